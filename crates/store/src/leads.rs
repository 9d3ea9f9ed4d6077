//! Leads: revisions under one id and one number for the radio. Never holds a lead's state: that is what the
//! officers' decisions say.

use std::collections::BTreeMap;

use bitacora_primitives::{Instant, LeadId, Mmsi};

use crate::decisions::{DecisionRow, last_decision};
use crate::events::Conditions;
use crate::link::{Cells, Link, args};
use crate::{Store, StoreError};

/// The state of a lead on which nobody has decided.
pub const FIRST_STATE: &str = "new";

/// One revision of a lead. `body` is the lead itself as JSON.
#[derive(Clone, PartialEq, Debug)]
pub struct NewLead {
    pub id: LeadId,
    pub revision: u32,
    /// The vessel it is about, or the container.
    pub mmsi: Option<Mmsi>,
    pub other: Option<Mmsi>,
    pub container: Option<String>,
    pub start: Instant,
    /// Event time of this revision; the first one's month goes into the number.
    pub updated: Instant,
    /// Sum of the counted log-likelihood ratios and the prior, nats.
    pub strength: f64,
    pub lat: Option<f64>,
    pub lon: Option<f64>,
    /// The reason that names the lead.
    pub code: String,
    pub body: String,
}

#[derive(Clone, PartialEq, Debug)]
pub struct LeadRow {
    pub lead: NewLead,
    /// `IND-2611-0007`.
    pub number: String,
    pub state: String,
    pub last: Option<DecisionRow>,
    pub recorded: Instant,
}

/// Leads that start in `from..=to`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LeadFilter {
    pub states: Option<Vec<String>>,
    /// As the vessel or the other.
    pub mmsi: Option<Mmsi>,
    pub container: Option<String>,
    pub from: Option<Instant>,
    pub to: Option<Instant>,
    pub limit: usize,
}

impl Default for LeadFilter {
    fn default() -> Self {
        Self { states: None, mmsi: None, container: None, from: None, to: None, limit: 1000 }
    }
}

const COLUMNS: &str =
    "id, revision, mmsi, other, container, start_time, updated, strength, lat, lon, code, body, recorded";
/// Lead, its number and its state, for the columns above.
const LEADS: &str = "(SELECT l.*, u.number, COALESCE((SELECT d.state_after FROM decision d \
     WHERE d.lead = l.id ORDER BY d.seq DESC LIMIT 1), 'new') AS state \
     FROM lead_revision l JOIN lead_number u ON u.lead = l.id) x";
const LATEST: &str =
    "NOT EXISTS (SELECT 1 FROM lead_revision n WHERE n.id = x.id AND n.revision > x.revision)";

impl Store {
    /// The latest revision of each lead, strongest first.
    pub fn leads(&self, filter: &LeadFilter) -> Result<Vec<LeadRow>, StoreError> {
        let mut conditions = Conditions::default();
        conditions.add(LATEST, []);
        if let Some(states) = &filter.states {
            conditions.one_of("state", states);
        }
        if let Some(mmsi) = filter.mmsi {
            conditions.add("(mmsi = $ OR other = $)", [mmsi.into(), mmsi.into()]);
        }
        if let Some(container) = &filter.container {
            conditions.add("container = $", [container.into()]);
        }
        if let Some(from) = filter.from {
            conditions.add("start_time >= $", [from.into()]);
        }
        if let Some(to) = filter.to {
            conditions.add("start_time <= $", [to.into()]);
        }
        self.read(|link| select(link, &mut conditions.clone(), "strength DESC, number", filter.limit))
    }

    /// How many leads are in each state, as decided: age, which a lead tells of itself, is not looked at.
    pub fn lead_counts(&self) -> Result<BTreeMap<String, u64>, StoreError> {
        let sql = format!("SELECT state, COUNT(*) FROM {LEADS} WHERE {LATEST} GROUP BY state");
        self.read(|link| {
            let rows = link.query("counting leads", &sql, &[])?.into_iter();
            rows.map(|mut row| Ok((row.text()?, row.number()?))).collect()
        })
    }

    pub fn lead(&self, id: LeadId) -> Result<Option<LeadRow>, StoreError> {
        let mut conditions = Conditions::default();
        conditions.add("id = $", [id.into()]);
        let rows = self.read(|link| select(link, &mut conditions.clone(), "revision DESC", 1))?;
        Ok(rows.into_iter().next())
    }

    pub fn lead_by_number(&self, number: &str) -> Result<Option<LeadRow>, StoreError> {
        let mut conditions = Conditions::default();
        conditions.add("number = $", [number.into()]);
        let rows = self.read(|link| select(link, &mut conditions.clone(), "revision DESC", 1))?;
        Ok(rows.into_iter().next())
    }

    /// Every revision, oldest first.
    pub fn lead_revisions(&self, id: LeadId) -> Result<Vec<LeadRow>, StoreError> {
        let mut conditions = Conditions::default();
        conditions.add("id = $", [id.into()]);
        self.read(|link| select(link, &mut conditions.clone(), "revision", usize::MAX))
    }
}

fn select(
    link: &mut Link,
    conditions: &mut Conditions,
    order: &str,
    limit: usize,
) -> Result<Vec<LeadRow>, StoreError> {
    let (found, limit) = (conditions.sql(), conditions.limit(limit));
    let sql = format!("SELECT {COLUMNS}, number, state FROM {LEADS}{found} ORDER BY {order}{limit}");
    let rows = link.query("listing leads", &sql, &conditions.values)?;
    let mut leads = Vec::with_capacity(rows.len());
    for row in rows {
        let mut lead = lead(row)?;
        if lead.state != FIRST_STATE
            && let Some(last) = last_decision(link, lead.lead.id)?
        {
            lead.state.clone_from(&last.state_after);
            lead.last = Some(last);
        }
        leads.push(lead);
    }
    Ok(leads)
}

/// Stores a revision; a lead's first one gets the next number of its month, which is given back.
pub(crate) fn insert_lead(
    link: &mut Link,
    lead: &NewLead,
    recorded: Instant,
) -> Result<(u64, Option<String>), StoreError> {
    let doing = "storing a lead";
    let known = "SELECT number FROM lead_number WHERE lead = $1";
    let number = match link.query_first(doing, known, args![lead.id])? {
        Some(_) => None,
        None => {
            let month = month(lead.updated);
            let next = "SELECT COALESCE(MAX(seq), 0) + 1 FROM lead_number WHERE month = $1";
            let seq = match link.query_first(doing, next, args![&month])? {
                Some(mut row) => row.int()?,
                None => 1,
            };
            let number = format!("IND-{month}-{seq:04}");
            let sql = "INSERT INTO lead_number (lead, month, seq, number) VALUES ($1, $2, $3, $4)";
            link.execute(doing, sql, args![lead.id, month, seq, &number])?;
            Some(number)
        }
    };
    let sql = format!(
        "INSERT INTO lead_revision ({COLUMNS}) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING"
    );
    let values = args![
        lead.id,
        lead.revision,
        lead.mmsi,
        lead.other,
        lead.container.as_ref(),
        lead.start,
        lead.updated,
        lead.strength,
        lead.lat,
        lead.lon,
        &lead.code,
        &lead.body,
        recorded
    ];
    Ok((link.execute(doing, &sql, values)?, number))
}

/// Two digits of the year and two of the month, UTC.
fn month(at: Instant) -> String {
    let text = at.to_string();
    match (text.get(2..4), text.get(5..7)) {
        (Some(year), Some(month)) => format!("{year}{month}"),
        _ => "0000".to_owned(),
    }
}

fn lead(mut row: Cells) -> Result<LeadRow, StoreError> {
    let lead = NewLead {
        id: row.id()?,
        revision: row.number()?,
        mmsi: row.opt_mmsi()?,
        other: row.opt_mmsi()?,
        container: row.opt_text()?,
        start: row.instant()?,
        updated: row.instant()?,
        strength: row.real()?,
        lat: row.opt_real()?,
        lon: row.opt_real()?,
        code: row.text()?,
        body: row.text()?,
    };
    let recorded = row.instant()?;
    Ok(LeadRow { lead, recorded, number: row.text()?, state: row.text()?, last: None })
}
