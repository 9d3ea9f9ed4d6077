//! The walk, wired: reports -> picture -> events -> indications -> leads -> store and open pages. The same code
//! for a recording, a replay and a live feed; who feeds it decides when to commit.

mod quarantine;
mod rows;

use std::collections::BTreeMap;
use std::sync::Arc;

use bitacora_api::Live;
use bitacora_feeds::ais::Reception;
use bitacora_feeds::refusal::Refusal;
use bitacora_leads::{Desk, Timing};
use bitacora_primitives::{Duration, EvidenceRef, Instant, Mmsi, SourceId};
use bitacora_sea::contacts::{Report, StaticReport};
use bitacora_sea::indications::{UsualPlace, ids, mint};
use bitacora_sea::{Ahead, Charts, Event, Output, Parameters, Picture, Told};
use bitacora_store::{
    Batch, Committed, NewLead, PositionRow, Quarantined, RawLines, Receptions, Store, Tallies,
};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::clock;
use crate::error::NodeError;

pub(crate) use quarantine::QuarantineFile;
pub(crate) use rows::{event as event_row, lead as lead_row};

/// Samples of refused lines kept in the store, per source and reason; the quarantine file holds them all.
const SAMPLES: u32 = 20;
/// How often, in event time, old leads are looked for.
const EXPIRE_EVERY: Duration = Duration::from_mins(10);
/// Rows in one commit: some tens of megabytes of memory, whatever the source's length.
const POSITIONS_A_COMMIT: usize = 250_000;
const RECEPTIONS_A_COMMIT: usize = 750_000;
/// Recordings farther apart than this are two pictures: nothing that happened between them was a silence at sea.
const MAX_PAUSE: Duration = Duration::from_mins(30);

pub(crate) struct Pipeline {
    store: Arc<Store>,
    live: Option<Arc<Live>>,
    places: Vec<UsualPlace>,
    parameters: Parameters,
    charts: Arc<Charts>,
    picture: Picture,
    /// What open pages are told before it is settled; none where nobody watches.
    ahead: Option<Ahead>,
    told: Vec<Told>,
    desk: Desk,
    ship_types: FxHashMap<Mmsi, u8>,
    sources: FxHashMap<SourceId, RawLines>,
    outputs: Vec<Output>,
    /// What the next commit writes.
    pending: Pending,
    /// Memory of the rows of the last commit, for those of the next, which are as many.
    room: (Vec<PositionRow>, Receptions),
    newest: Option<Instant>,
    phase: Phase,
    /// Observed time of the first and last report of the phase `Store`.
    stored_span: Option<(Instant, Instant)>,
    /// The next report is the first of a recording.
    begins: bool,
    /// The picture's input has ended: the next recording is another picture.
    has_ended: bool,
    expired_at: Instant,
    /// Hearings that pictures before this one let go.
    given_up_before: u64,
    samples: BTreeMap<(SourceId, &'static str), u32>,
    /// Positions refused by the picture and reports that came late, by code, for the tallies.
    extra: FxHashMap<SourceId, Tallies>,
    /// Positions refused by the picture that are not yet in their source's quarantine file.
    refused: FxHashMap<SourceId, Vec<RefusedPosition>>,
    counts: Found,
}

/// What is done with a report. A live feed and a recording of one come in nearly in order; rows of a
/// decoded archive come in any order, so they are stored first and given to the picture sorted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum Phase {
    #[default]
    StoreAndDetect,
    Store,
    Detect,
}

/// How much a run found, for its summary.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Found {
    pub(crate) events: u64,
    pub(crate) leads: u64,
    pub(crate) late: u64,
}

/// A position that the picture refused.
#[derive(Debug)]
pub(crate) struct RefusedPosition {
    pub(crate) place: EvidenceRef,
    pub(crate) reason: &'static str,
    pub(crate) raw: Vec<u8>,
}

#[derive(Default)]
struct Pending {
    /// By source: a part file holds one source's positions.
    positions: FxHashMap<SourceId, Vec<PositionRow>>,
    receptions: FxHashMap<SourceId, Receptions>,
    statics: FxHashMap<SourceId, Vec<StaticReport>>,
    events: Vec<Event>,
    /// For each of the events, whether pages are told of it with the commit.
    shown: Vec<bool>,
    leads: Vec<NewLead>,
    indications: Vec<bitacora_store::NewIndication>,
    identities: Vec<bitacora_store::IdentityRow>,
    evidence: Vec<(EvidenceRef, Instant, Mmsi)>,
    known_evidence: FxHashSet<(SourceId, u64)>,
    quarantined: Vec<Quarantined>,
}

impl Pipeline {
    pub(crate) fn new(
        store: Arc<Store>,
        live: Option<Arc<Live>>,
        parameters: Parameters,
        charts: Arc<Charts>,
        places: Vec<UsualPlace>,
    ) -> Self {
        Self {
            store,
            places,
            picture: Picture::with_charts(parameters.clone(), Arc::clone(&charts)),
            ahead: live.is_some().then(|| Ahead::new(&parameters, Arc::clone(&charts))),
            charts,
            told: Vec::new(),
            live,
            parameters,
            desk: Desk::new(Timing::default()),
            ship_types: FxHashMap::default(),
            sources: FxHashMap::default(),
            outputs: Vec::new(),
            pending: Pending::default(),
            room: <(Vec<PositionRow>, Receptions)>::default(),
            newest: None,
            phase: Phase::default(),
            stored_span: None,
            begins: false,
            has_ended: false,
            expired_at: Instant::default(),
            given_up_before: 0,
            samples: BTreeMap::new(),
            extra: FxHashMap::default(),
            refused: FxHashMap::default(),
            counts: Found::default(),
        }
    }

    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    /// A source is about to be read; its raw lines will be asked for as evidence.
    pub(crate) fn add_source(&mut self, source: SourceId, lines: RawLines) {
        self.sources.insert(source, lines);
        self.extra.remove(&source);
    }

    /// A recording is about to be read. Unless the one before was left open for it, it is another picture.
    pub(crate) fn begin_recording(&mut self, source: SourceId, lines: RawLines) {
        self.add_source(source, lines);
        self.begins = true;
    }

    /// Begins a phase; returns the span of what the phase before has only stored.
    pub(crate) fn enter(&mut self, phase: Phase) -> Option<(Instant, Instant)> {
        self.phase = phase;
        self.stored_span.take()
    }

    /// True when something found since the last commit should not wait for the next one.
    pub(crate) fn has_findings(&self) -> bool {
        !self.pending.events.is_empty() || !self.pending.leads.is_empty()
    }

    /// True when as much waits for the next commit as memory is meant to hold.
    pub(crate) fn is_full(&self) -> bool {
        let positions = self.pending.positions.values().map(Vec::len).sum::<usize>();
        let refused = self.refused.values().map(Vec::len).sum::<usize>();
        let receptions = self.pending.receptions.values().map(Receptions::len).sum::<usize>();
        let statics = self.pending.statics.values().map(Vec::len).sum::<usize>();
        positions + statics + refused >= POSITIONS_A_COMMIT || receptions >= RECEPTIONS_A_COMMIT
    }

    pub(crate) fn take_refused(&mut self, source: SourceId) -> Vec<RefusedPosition> {
        self.refused.remove(&source).unwrap_or_default()
    }

    /// A reader's sums with what the picture made of its reports.
    pub(crate) fn with_picture(&self, source: SourceId, mut tallies: Tallies) -> Tallies {
        for (code, count) in self.extra.get(&source).into_iter().flatten() {
            *tallies.entry(code.clone()).or_default() += count;
            if code.starts_with("refused:")
                && let Some(positions) = tallies.get_mut("positions")
            {
                *positions = positions.saturating_sub(*count);
            }
        }
        tallies
    }

    /// Observed time of the newest report.
    pub(crate) const fn newest(&self) -> Option<Instant> {
        self.newest
    }

    pub(crate) const fn found(&self) -> Found {
        self.counts
    }

    /// A station's hearing of a transmission, before the report that rests on it or after.
    pub(crate) fn heard(&mut self, reception: &Reception) {
        let (row, station) = rows::reception(reception);
        let room = || std::mem::take(&mut self.room.1);
        self.pending.receptions.entry(reception.source).or_insert_with(room).push(row, station);
        if let Some(hearing) = rows::hearing(reception) {
            self.begin_anew();
            self.picture.heard(&hearing);
        }
    }

    pub(crate) fn take(&mut self, report: Report) -> Result<(), NodeError> {
        if self.phase != Phase::Detect {
            self.keep(&report);
        }
        if self.phase == Phase::Store {
            let time = report.observed();
            let (first, last) = self.stored_span.unwrap_or((time, time));
            self.stored_span = Some((first.min(time), last.max(time)));
            return Ok(());
        }
        self.set_time(&report);
        if let (Some(ahead), Report::Position(contact)) = (&mut self.ahead, &report) {
            ahead.push(contact, &mut self.told);
        }
        self.picture_takes(|picture, outputs| picture.push(report, outputs))?;
        self.expire()
    }

    /// Stored as it arrives, so that the commit mark holds for it whatever the picture waits for.
    fn keep(&mut self, report: &Report) {
        match report {
            Report::Position(contact) => {
                let row = PositionRow::of(contact);
                let room = || std::mem::take(&mut self.room.0);
                self.pending.positions.entry(row.source).or_insert_with(room).push(row);
            }
            Report::Static(told) => {
                self.pending.statics.entry(told.evidence.source).or_default().push(told.clone());
            }
        }
    }

    /// Whatever the picture is given, what comes out of it goes one way.
    fn picture_takes(&mut self, step: impl FnOnce(&mut Picture, &mut Vec<Output>)) -> Result<(), NodeError> {
        let mut outputs = std::mem::take(&mut self.outputs);
        step(&mut self.picture, &mut outputs);
        self.drain(&mut outputs)?;
        self.outputs = outputs;
        self.tell();
        Ok(())
    }

    /// Pages are told at once what is provisional: it is no fact, and waits for no store.
    fn tell(&mut self) {
        let settled =
            if self.has_ended { self.newest.map(|at| at + EXPIRE_EVERY) } else { self.picture.watermark() };
        if let (Some(ahead), Some(settled)) = (&mut self.ahead, settled) {
            ahead.settle_before(settled, &mut self.told);
        }
        for told in self.told.drain(..) {
            if let Some(live) = &self.live {
                live.tell(&told);
            }
        }
    }

    fn set_time(&mut self, report: &Report) {
        let observed = report.observed();
        self.begin_anew();
        self.newest = Some(self.newest.map_or(observed, |newest| newest.max(observed)));
    }

    /// Time goes on while nothing is heard: silences are noticed.
    pub(crate) fn advance(&mut self, now: Instant) -> Result<(), NodeError> {
        if let Some(ahead) = &mut self.ahead {
            ahead.advance(now, &mut self.told);
        }
        let watermark = now - self.parameters.lateness;
        self.picture_takes(|picture, outputs| picture.advance(watermark, outputs))?;
        self.expire()
    }

    /// True when a recording that begins at `next` goes on where this one ends, as one day's file after another:
    /// then nothing ends here, and a meeting across the border of two files stays one.
    pub(crate) fn is_continued_by(&self, next: Option<Instant>) -> bool {
        self.newest.zip(next).is_some_and(|(newest, next)| (next - newest).abs() <= MAX_PAUSE)
    }

    /// The input has ended: what the picture held back comes out.
    pub(crate) fn finish(&mut self) -> Result<(), NodeError> {
        self.has_ended = true;
        self.picture_takes(Picture::finish)
    }

    /// The first thing told of another picture begins it.
    fn begin_anew(&mut self) {
        if !(std::mem::take(&mut self.begins) && self.has_ended) {
            return;
        }
        let charts = || Arc::clone(&self.charts);
        self.given_up_before += self.picture.hearings_given_up();
        self.picture = Picture::with_charts(self.parameters.clone(), charts());
        self.ahead = self.live.is_some().then(|| Ahead::new(&self.parameters, charts()));
        self.desk = Desk::new(Timing::default());
        self.newest = None;
        self.has_ended = false;
    }

    pub(crate) fn refuse(&mut self, refusal: &Refusal) {
        let seen = self.samples.entry((refusal.place.source, refusal.reason.code())).or_default();
        *seen += 1;
        if *seen <= SAMPLES {
            self.pending.quarantined.push(Quarantined {
                source: refusal.place.source,
                line: refusal.place.line,
                offset: refusal.place.offset,
                reason: refusal.reason.code().to_owned(),
                detail: String::new(),
                raw: refusal.excerpt.clone().into_bytes(),
            });
        }
    }

    /// Everything taken since the last commit becomes durable in one transaction; then the pages are told.
    pub(crate) fn commit(
        &mut self,
        source: SourceId,
        line: u64,
        offset: Option<u64>,
        tallies: Tallies,
    ) -> Result<Committed, NodeError> {
        let mut pending = std::mem::take(&mut self.pending);
        let positions = pending.positions.remove(&source).unwrap_or_default();
        let receptions = pending.receptions.remove(&source).unwrap_or_default();
        let statics = pending.statics.remove(&source).unwrap_or_default();
        // What other sources gave waits for their own mark; everything else goes with this one.
        self.pending.positions = pending.positions;
        self.pending.receptions = pending.receptions;
        self.pending.statics = pending.statics;
        let mut batch = Batch::new(source, line, clock::now());
        batch.offset = offset;
        batch.tallies = self.with_picture(source, tallies);
        batch.evidence = self.raw_lines(&pending.evidence);
        batch.positions = positions;
        batch.receptions = receptions;
        batch.statics = statics;
        batch.events = pending.events.iter().map(rows::event).collect::<Result<_, _>>()?;
        batch.indications = pending.indications;
        batch.leads = pending.leads;
        batch.identities = pending.identities;
        batch.quarantined = pending.quarantined;
        let committed = self.store.commit(&batch)?;
        self.room = (std::mem::take(&mut batch.positions), std::mem::take(&mut batch.receptions));
        self.room.0.clear();
        self.room.1.clear();
        if let Some(live) = &self.live {
            live.set_hearings_given_up(self.given_up_before + self.picture.hearings_given_up());
        }
        let shown = pending.events.iter().zip(&pending.shown).filter(|(_, shown)| **shown);
        self.tell_pages(shown.map(|(event, _)| event), &batch.leads)?;
        Ok(committed)
    }

    fn raw_lines(&self, wanted: &[(EvidenceRef, Instant, Mmsi)]) -> Vec<bitacora_store::RawLine> {
        wanted
            .iter()
            .filter_map(|(evidence, observed, mmsi)| {
                let raw = self.sources.get(&evidence.source)?.at(evidence.offset?)?;
                Some(rows::raw_line(*evidence, *observed, *mmsi, raw))
            })
            .collect()
    }

    fn tell_pages<'a>(
        &self,
        events: impl Iterator<Item = &'a Event>,
        leads: &[NewLead],
    ) -> Result<(), NodeError> {
        let Some(live) = &self.live else { return Ok(()) };
        for event in events {
            live.publish_event(event);
        }
        let mut told = FxHashSet::default();
        for id in leads.iter().rev().map(|lead| lead.id).filter(|id| told.insert(*id)) {
            if let Some(row) = self.store.lead(id)? {
                match bitacora_api::lead_summary(live, &row, None) {
                    Ok(summary) => live.publish("lead", &summary),
                    Err(error) => tracing::error!(%error, lead.id = %id, "lead cannot be shown"),
                }
            }
        }
        Ok(())
    }

    fn drain(&mut self, outputs: &mut Vec<Output>) -> Result<(), NodeError> {
        for output in outputs.drain(..) {
            match output {
                Output::Moved(contact) => {
                    if let Some(live) = &self.live {
                        live.moved(&contact);
                    }
                }
                Output::Tracked { .. } => {}
                Output::Late(contact) => {
                    self.counts.late += 1;
                    self.count(contact.evidence.source, "late".to_owned());
                }
                Output::Refused(contact, refusal) => self.refuse_contact(contact.evidence, refusal),
                Output::Identity { mmsi, identity, .. } => self.identify(mmsi, &identity),
                Output::Event(event) => self.weigh(event)?,
            }
        }
        Ok(())
    }

    /// A position whose time cannot be right is not archived: it goes to quarantine.
    fn refuse_contact(&mut self, evidence: EvidenceRef, refusal: bitacora_sea::Refusal) {
        // Most are refused as they come, so the search begins at the end.
        if let Some(rows) = self.pending.positions.get_mut(&evidence.source)
            && let Some(index) = rows.iter().rposition(|row| row.line == evidence.line)
        {
            rows.remove(index);
        }
        let reason = rows::refusal_code(refusal);
        self.count(evidence.source, format!("refused:{reason}"));
        let raw = evidence.offset.and_then(|offset| self.sources.get(&evidence.source)?.at(offset));
        let raw = raw.unwrap_or_default();
        let seen = self.samples.entry((evidence.source, reason)).or_default();
        *seen += 1;
        if *seen <= SAMPLES {
            self.pending.quarantined.push(Quarantined {
                source: evidence.source,
                line: evidence.line,
                offset: evidence.offset,
                reason: reason.to_owned(),
                detail: refusal.to_string(),
                raw: raw.clone(),
            });
        }
        self.refused.entry(evidence.source).or_default().push(RefusedPosition {
            place: evidence,
            reason,
            raw,
        });
    }

    fn count(&mut self, source: SourceId, code: String) {
        *self.extra.entry(source).or_default().entry(code).or_default() += 1;
    }

    fn identify(&mut self, mmsi: Mmsi, identity: &bitacora_sea::Identity) {
        if let Some(ship_type) = identity.ship_type {
            self.ship_types.insert(mmsi, ship_type);
        }
        if let Some(live) = &self.live {
            live.named(mmsi, identity.name.as_deref(), identity.ship_type);
        }
        self.pending.identities.push(rows::identity(mmsi, identity));
    }

    fn weigh(&mut self, event: Event) -> Result<(), NodeError> {
        if event.revision == 0 {
            self.counts.events += 1;
        }
        let now = self.newest.unwrap_or(event.start);
        let leads = if event.withdrawn {
            self.desk.withdraw(&ids(&event), now)
        } else {
            let types = |mmsi| self.ship_types.get(&mmsi).copied();
            let minted = mint(&event, types, &self.places, self.parameters.gap.min_duration);
            for one in &minted {
                self.pending.indications.push(rows::indication(event.mmsi, one)?);
            }
            self.desk.spend(minted, now).into_iter().collect()
        };
        self.keep_leads(&leads)?;
        for piece in &event.evidence {
            if self.pending.known_evidence.insert((piece.evidence.source, piece.evidence.line)) {
                self.pending.evidence.push((piece.evidence, piece.observed, piece.mmsi));
            }
        }
        self.pending.shown.push(self.ahead.as_mut().is_none_or(|ahead| ahead.settled(&event)));
        self.pending.events.push(event);
        Ok(())
    }

    fn expire(&mut self) -> Result<(), NodeError> {
        let Some(now) = self.newest.filter(|now| *now - self.expired_at >= EXPIRE_EVERY) else {
            return Ok(());
        };
        self.expired_at = now;
        let expired = self.desk.expire(now);
        self.keep_leads(&expired)
    }

    fn keep_leads(&mut self, leads: &[bitacora_leads::Lead]) -> Result<(), NodeError> {
        for lead in leads {
            if lead.revision == 0 {
                self.counts.leads += 1;
            }
            self.pending.leads.push(rows::lead(lead)?);
        }
        Ok(())
    }
}
