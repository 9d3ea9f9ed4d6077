//! The ingest path: one batch of one source, positions to Parquet and facts to SQL, all of it or nothing.

use bitacora_primitives::{Instant, LeadId, SourceId};
use bitacora_sea::contacts::StaticReport;

use crate::events::{insert_event, insert_indication};
use crate::evidence::{insert_quarantined, insert_raw_line};
use crate::identities::insert_identity;
use crate::leads::insert_lead;
use crate::link::Link;
use crate::port::insert_port_row;
use crate::positions::parts::{self, Dataset, POSITIONS};
use crate::positions::staged::Staged;
use crate::positions::write::stage;
use crate::receptions::{self, RECEPTIONS};
use crate::sources::{insert_mark, latest_mark};
use crate::statics::{self, STATICS};
use crate::{
    IdentityRow, Mark, NewEvent, NewIndication, NewLead, PortRow, PositionRow, Quarantined, RawLine,
    Receptions, Store, StoreError, Tallies,
};

/// What the lines after the source's latest mark, up to and including `line`, gave. It must hold *every* position, static
/// report and reception of those lines: the mark says that there are no others.
#[derive(Clone, PartialEq, Debug)]
pub struct Batch {
    pub source: SourceId,
    pub line: u64,
    /// Byte after that line's end.
    pub offset: Option<u64>,
    pub recorded: Instant,
    pub tallies: Tallies,
    pub positions: Vec<PositionRow>,
    pub receptions: Receptions,
    pub statics: Vec<StaticReport>,
    pub events: Vec<NewEvent>,
    pub indications: Vec<NewIndication>,
    pub leads: Vec<NewLead>,
    pub port_rows: Vec<PortRow>,
    pub identities: Vec<IdentityRow>,
    pub evidence: Vec<RawLine>,
    pub quarantined: Vec<Quarantined>,
}

impl Batch {
    /// A batch with nothing in it yet.
    pub fn new(source: SourceId, line: u64, recorded: Instant) -> Self {
        Self {
            source,
            line,
            offset: None,
            recorded,
            tallies: Tallies::new(),
            positions: Vec::new(),
            receptions: Receptions::default(),
            statics: Vec::new(),
            events: Vec::new(),
            indications: Vec::new(),
            leads: Vec::new(),
            port_rows: Vec::new(),
            identities: Vec::new(),
            evidence: Vec::new(),
            quarantined: Vec::new(),
        }
    }
}

/// What a commit did; all of it is durable.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Committed {
    pub mark: Mark,
    /// Positions written now, and those left out because an earlier commit has them.
    pub positions: u64,
    pub positions_known: u64,
    /// Receptions written now.
    pub receptions: u64,
    /// Static reports written now.
    pub statics: u64,
    /// Fact rows that were not there before.
    pub facts: u64,
    /// Leads raised now, with their numbers.
    pub new_leads: Vec<(LeadId, String)>,
}

const DOING: &str = "committing a batch";

impl Store {
    /// Stores a batch. What it acknowledges, it keeps through any crash; a batch given twice changes nothing.
    ///
    /// The steps, and what a crash after each leaves behind:
    /// 1. positions, receptions and static reports are written to files under `.staging` of their folder and synced: strays,
    ///    which the next opening removes;
    /// 2. the writer's lock is taken and the mark read again. Had another writer moved it, the files are dropped and
    ///    nothing happened;
    /// 3. the files are renamed into their day's folder and the folder synced: files that no row names. Readers
    ///    go by the rows, so they are not seen; their names hold source and batch number, so the batch that
    ///    is read again overwrites them, and the next opening removes what is left;
    /// 4. facts, rows naming the files, and the mark are committed together by the database, which syncs. Before the
    ///    commit is durable nothing of the batch counts, after it everything does.
    pub fn commit(&self, batch: &Batch) -> Result<Committed, StoreError> {
        let before = self.latest_mark(batch.source)?;
        if before.is_none() && self.source(batch.source)?.is_none() {
            return Err(StoreError::UnknownSource(batch.source));
        }
        let stored_line = before.as_ref().map_or(0, |mark| mark.line);
        let foreign = |source, line| source != batch.source || line > batch.line;
        let mut positions = batch.positions.iter().map(|row| (row.source, row.line));
        let mut said = batch.statics.iter().map(|row| (row.evidence.source, row.evidence.line));
        let strange = positions.find(|(source, line)| foreign(*source, *line));
        let strange = strange.or_else(|| said.find(|(source, line)| foreign(*source, *line)));
        let heard = batch.receptions.last_line().filter(|line| *line > batch.line);
        if let Some(line) = strange.map(|(_, line)| line).or(heard) {
            let (source_id, through) = (batch.source, batch.line);
            return Err(StoreError::NotOfBatch { source_id, line, through });
        }
        let number = before.as_ref().map_or(0, |mark| mark.batch) + 1;
        let fresh = |row: &PositionRow| row.line > stored_line;
        let origin = batch.source.to_string();
        let name = |day| parts::part_name(day, &origin, number);
        let positions = stage(&self.folder, &batch.positions, fresh, name)?;
        let heard = [(batch.source, &batch.receptions)];
        let receptions = receptions::stage(&self.folder, &heard, stored_line, name)?;
        let statics = statics::stage(&self.folder, &batch.statics, stored_line, name)?;
        let rows = |staged: &[Staged]| staged.iter().map(|part| part.rows).sum::<u64>();
        let written = rows(&positions);
        self.write(DOING, |link| {
            let now = latest_mark(link, batch.source)?;
            if now != before {
                let found = now.map_or(0, |mark| mark.line);
                return Err(StoreError::MarkMoved { source_id: batch.source, found });
            }
            let mut committed = Committed {
                mark: Mark {
                    source: batch.source,
                    batch: number,
                    line: batch.line,
                    offset: batch.offset,
                    recorded: batch.recorded,
                    tallies: batch.tallies.clone(),
                },
                positions: written,
                positions_known: batch.positions.len() as u64 - written,
                receptions: rows(&receptions),
                statics: rows(&statics),
                facts: 0,
                new_leads: Vec::new(),
            };
            publish(POSITIONS, link, &self.folder, &positions, &origin, number)?;
            publish(RECEPTIONS, link, &self.folder, &receptions, &origin, number)?;
            publish(STATICS, link, &self.folder, &statics, &origin, number)?;
            insert_facts(link, batch, &mut committed)?;
            match before {
                Some(mark) if mark.line >= batch.line => committed.mark = mark,
                _ => insert_mark(link, &committed.mark)?,
            }
            Ok(committed)
        })
    }
}

fn publish(
    set: Dataset,
    link: &mut Link,
    folder: &std::path::Path,
    staged: &[Staged],
    origin: &str,
    batch: u64,
) -> Result<(), StoreError> {
    parts::publish(set, folder, staged)?;
    staged.iter().try_for_each(|part| parts::register(set, link, part, origin, batch))
}

fn insert_facts(link: &mut Link, batch: &Batch, committed: &mut Committed) -> Result<(), StoreError> {
    let recorded = batch.recorded;
    let mut facts = 0;
    for identity in &batch.identities {
        facts += insert_identity(link, identity)?;
    }
    for line in &batch.evidence {
        facts += insert_raw_line(link, line)?;
    }
    for refused in &batch.quarantined {
        facts += insert_quarantined(link, refused, recorded)?;
    }
    for event in &batch.events {
        facts += insert_event(link, event, recorded)?;
    }
    for indication in &batch.indications {
        facts += insert_indication(link, indication, recorded)?;
    }
    for row in &batch.port_rows {
        facts += insert_port_row(link, row, recorded)?;
    }
    for lead in &batch.leads {
        let (added, number) = insert_lead(link, lead, recorded)?;
        facts += added;
        committed.new_leads.extend(number.map(|number| (lead.id, number)));
    }
    committed.facts = facts;
    Ok(())
}
