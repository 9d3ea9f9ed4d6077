//! Between a feed's reader and the pipeline: hands reports on and refusals to quarantine. A reader cannot fail, a
//! store can: the first failure is kept and everything after it is left alone.

use bitacora_feeds::ais::{Counts, Options, Reception, Sink};
use bitacora_feeds::positions;
use bitacora_feeds::refusal::Refusal;
use bitacora_sea::contacts::Report;
use bitacora_store::Tallies;

use crate::error::NodeError;
use crate::pipeline::{Pipeline, QuarantineFile};

pub(crate) struct Intake<'a> {
    pub(crate) pipeline: &'a mut Pipeline,
    pub(crate) quarantine: &'a mut QuarantineFile,
    pub(crate) failure: Option<NodeError>,
}

impl<'a> Intake<'a> {
    pub(crate) const fn new(pipeline: &'a mut Pipeline, quarantine: &'a mut QuarantineFile) -> Self {
        Self { pipeline, quarantine, failure: None }
    }

    pub(crate) fn result(self) -> Result<(), NodeError> {
        self.failure.map_or(Ok(()), Err)
    }
}

impl Sink for Intake<'_> {
    fn report(&mut self, report: Report) {
        if self.failure.is_none()
            && let Err(error) = self.pipeline.take(report)
        {
            self.failure = Some(error);
        }
    }

    fn reception(&mut self, reception: &Reception) {
        self.pipeline.heard(reception);
    }

    fn refused(&mut self, refusal: Refusal) {
        self.pipeline.refuse(&refusal);
        if self.failure.is_none()
            && let Err(error) = self.quarantine.add(&refusal)
        {
            self.failure = Some(error);
        }
    }
}

/// How a source is read that is stored. All ways must ask for the same: the mark says that nothing of its lines is missing.
pub(crate) fn stored() -> Options {
    Options { receptions: true, ..Options::default() }
}

fn insert(tallies: &mut Tallies, code: &str, count: u64) {
    if count > 0 {
        tallies.insert(code.to_owned(), count);
    }
}

/// Sums of an AIS source, by code.
pub(crate) fn ais_tallies(counts: &Counts) -> Tallies {
    let mut tallies = Tallies::new();
    insert(&mut tallies, "lines", counts.lines);
    insert(&mut tallies, "messages", counts.messages);
    insert(&mut tallies, "ignored", counts.ignored());
    insert(&mut tallies, "duplicates", counts.duplicates);
    insert(&mut tallies, "positions", counts.positions);
    insert(&mut tallies, "position_not_available", counts.position_not_available);
    insert(&mut tallies, "clock_backwards", counts.clock_backwards);
    for (number, count) in counts.by_type.iter().enumerate() {
        insert(&mut tallies, &format!("message:{number}"), *count);
    }
    for (reason, count) in counts.refused.occurred() {
        insert(&mut tallies, &format!("refused:{}", reason.code()), count);
    }
    tallies
}

/// Sums of a source of decoded positions, by code.
pub(crate) fn position_tallies(counts: &positions::Counts) -> Tallies {
    let mut tallies = Tallies::new();
    insert(&mut tallies, "lines", counts.rows);
    insert(&mut tallies, "messages", counts.positions + counts.not_available);
    insert(&mut tallies, "positions", counts.positions);
    insert(&mut tallies, "position_not_available", counts.not_available);
    for (reason, count) in counts.refused.occurred() {
        insert(&mut tallies, &format!("refused:{}", reason.code()), count);
    }
    tallies
}
