//! Claims out of the inbox: what platforms handed in is read as it comes, and entered for officers to read. Nothing here takes
//! a claim or gives it any weight.

mod gather;
mod read;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bitacora_api::Live;
use bitacora_claims::{Entry, Gone, Standing, State, What};
use bitacora_primitives::Instant;
use bitacora_stix::{Limits, import};
use bitacora_store::taxii::{Filter, ObjectRow};
use bitacora_store::{ClaimFilter, ClaimRow, ClaimsEntered, NewClaimEntry, Store};
use serde_json::json;

use self::gather::Links;
use super::shelves::Shelves;
use crate::clock;
use crate::error::NodeError;

/// Between two looks.
const REST: Duration = Duration::from_secs(1);
/// Objects read in one transaction, and their bytes.
const PAGE: usize = 2_000;
const PAGE_BYTES: usize = 8 << 20;
/// Claims looked up at a time.
const RUN: usize = 100;

pub(super) struct Reader {
    shelves: Arc<Shelves>,
    store: Arc<Store>,
    live: Arc<Live>,
    links: Links,
}

/// Reads the inbox until `stop`, on a thread of its own.
pub(super) fn keep(
    shelves: Arc<Shelves>,
    store: Arc<Store>,
    live: Arc<Live>,
    stop: Arc<AtomicBool>,
) -> Result<(), NodeError> {
    let read = move || {
        let mut reader = Reader { shelves, store, live, links: Links::default() };
        let mut linked = false;
        while !stop.load(Ordering::Relaxed) {
            if let Err(error) = reader.look(&mut linked) {
                tracing::warn!(%error, "claims are not brought up to date, the next turn tries again");
            }
            std::thread::sleep(REST);
        }
    };
    std::thread::Builder::new()
        .name("claims".to_owned())
        .spawn(read)
        .map(drop)
        .map_err(|cause| NodeError::Thread { cause })
}

impl Reader {
    fn look(&mut self, linked: &mut bool) -> Result<(), NodeError> {
        if !*linked {
            self.links = Links::of(&self.shelves)?;
            *linked = true;
        }
        let inbox = self.shelves.inbox.clone();
        let mut entered = 0;
        loop {
            let from = self.store.claims_read_to(&inbox)?;
            let page = self.shelves.store.objects(&inbox, &Filter::default(), from, PAGE, PAGE_BYTES)?;
            let Some(to) = page.next.or_else(|| page.rows.last().map(|row| row.manifest.date_added)) else {
                break;
            };
            let more = page.next.is_some();
            entered += self.enter(page.rows, to)?;
            if !more {
                break;
            }
        }
        // Cleared first: what is deleted meanwhile is looked for at the next turn. An error sets it again.
        if self.shelves.deleted.swap(false, Ordering::AcqRel) {
            match self.missed() {
                Ok(gone) => entered += gone,
                Err(error) => {
                    self.shelves.deleted.store(true, Ordering::Release);
                    return Err(error);
                }
            }
        }
        if entered > 0 {
            self.live.publish("claims", &json!({ "entered": entered }));
        }
        Ok(())
    }

    /// Enters what objects say, and that the inbox is read up to `to`. How many entries.
    fn enter(&mut self, rows: Vec<ObjectRow>, to: Instant) -> Result<usize, NodeError> {
        let gathered = gather::gather(&self.shelves, &mut self.links, rows)?;
        let imported =
            import(&gathered.envelope(), &Limits::default(), &self.shelves.known()).map_err(|refused| {
                NodeError::Inbox { why: format!("{}: {}", refused.code.code(), refused.detail) }
            })?;
        let mut told = read::claims(imported, &gathered.affected);
        let mut standings = self.standings(gathered.affected.keys())?;
        let mut entries = Vec::new();
        for id in gathered.affected.keys() {
            let standing = standings.remove(id);
            let what = match (told.remove(id), &standing) {
                (Some(read::Told { revoked: false, claim }), None) => {
                    Some(What::Told { claim: Box::new(claim) })
                }
                (Some(read::Told { revoked: false, claim }), Some(standing)) => standing.told(claim),
                (told, Some(Standing { withdrawn: None, .. })) => {
                    let why = if told.is_some() { Gone::Revoked } else { Gone::NothingLeft };
                    Some(What::Withdrawn { why })
                }
                _ => None,
            };
            if let Some(what) = what {
                entries.extend(entry(id, standing, what)?);
            }
        }
        self.write(to, &entries)
    }

    /// Claims whose object a platform deleted.
    fn missed(&mut self) -> Result<usize, NodeError> {
        let inbox = self.shelves.inbox.clone();
        let to = self.store.claims_read_to(&inbox)?.unwrap_or_default();
        let (mut entered, mut before) = (0, None);
        loop {
            let states = [State::Open, State::Taken, State::SetAside].map(|state| state.code().to_owned());
            let filter =
                ClaimFilter { states: Some(states.to_vec()), before, limit: RUN, ..ClaimFilter::default() };
            let rows = self.store.claims(&filter)?;
            let Some(last) = rows.last() else { return Ok(entered) };
            before = Some(last.handed);
            let standings: Vec<Standing> =
                rows.iter().map(|row| stored(&row.body)).collect::<Result<_, _>>()?;
            let standings = standings.into_iter().filter(|standing| standing.withdrawn.is_none());
            let mut standings: BTreeMap<String, Standing> =
                standings.map(|standing| (standing.claim.object.clone(), standing)).collect();
            let ids: Vec<String> = standings.keys().cloned().collect();
            let mut earlier = Vec::new();
            for row in gather::fetch(&self.shelves, &ids)? {
                let standing = standings.remove(&row.manifest.id);
                if standing.is_some_and(|standing| standing.claim.version != row.manifest.version) {
                    earlier.push(row);
                }
            }
            let gone = standings.into_iter().filter_map(|(id, standing)| {
                entry(&id, Some(standing), What::Withdrawn { why: Gone::Deleted }).transpose()
            });
            let gone: Vec<NewClaimEntry> = gone.collect::<Result<_, _>>()?;
            entered += self.write(to, &gone)?;
            if !earlier.is_empty() {
                entered += self.enter(earlier, to)?;
            }
        }
    }

    /// How claims stand, of those that there are.
    fn standings<'i>(
        &self,
        ids: impl Iterator<Item = &'i String>,
    ) -> Result<BTreeMap<String, Standing>, NodeError> {
        let ids: Vec<&str> = ids.map(String::as_str).collect();
        let rows = self.store.standings(&ids)?.into_iter();
        rows.map(|(id, row)| Ok((id, stored(&row.body)?))).collect()
    }

    fn write(&self, to: Instant, entries: &[NewClaimEntry]) -> Result<usize, NodeError> {
        match self.store.enter_claims(&self.shelves.inbox, to, entries)? {
            ClaimsEntered::Entered { .. } => Ok(entries.len()),
            // An officer acted at this moment: all is read again.
            ClaimsEntered::Moved { claim } => Err(NodeError::Inbox { why: format!("{claim} was acted on") }),
        }
    }
}

fn stored(body: &str) -> Result<Standing, NodeError> {
    Standing::read(body).map_err(|error| NodeError::Inbox { why: error.to_string() })
}

/// The claim's next entry, and how it stands then.
fn entry(id: &str, standing: Option<Standing>, what: What) -> Result<Option<NewClaimEntry>, NodeError> {
    let at = clock::now();
    let seq = standing.as_ref().map_or(0, |standing| standing.seq).saturating_add(1);
    let entry = Entry { seq, at, what };
    let json = |error: serde_json::Error| NodeError::Inbox { why: error.to_string() };
    let body = serde_json::to_string(&entry).map_err(json)?;
    let (next, kept) = match standing {
        Some(mut standing) => {
            standing.apply(entry.what);
            let kept = serde_json::to_string(&standing).map_err(json)?;
            (standing, kept)
        }
        None => match Standing::replay([entry]) {
            // The entry says it.
            Some(first) => (first, String::new()),
            None => return Ok(None),
        },
    };
    Ok(Some(NewClaimEntry {
        claim: id.to_owned(),
        seq,
        recorded: at,
        body,
        row: ClaimRow {
            state: next.state().code().to_owned(),
            kind: next.claim.kind.code().to_owned(),
            taken: next.taken.is_some(),
            handed: next.claim.handed_in,
            subjects: next.claim.subjects(),
            body: kept,
        },
    }))
}
