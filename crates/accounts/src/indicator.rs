//! What is promised and followed, by programme, and which series answer it by which method. An indicator that nothing
//! answers stands here all the same, with the reason: missing is shown as missing.

use std::sync::Arc;

use serde::Serialize;

use crate::codes::codes;
use crate::method::Bilingual;
use crate::place::Place;
use crate::rivals;
use crate::series::SeriesId;
use crate::units::Unit;

codes!(
    /// How the figures of a series add up over time.
    Accrual, "accrual of a series",
    /// As of a day: areas, shares.
    Stock = "stock",
    /// Over the days of its period: what was seized in a year.
    Flow = "flow",
    /// Since a beginning, and never less than before: hectares substituted so far.
    Cumulative = "cumulative",
);

/// A field of work of the partners.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Programme {
    pub line: u64,
    pub code: Arc<str>,
    pub name: Bilingual,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Indicator {
    pub line: u64,
    pub id: SeriesId,
    pub programme: Arc<str>,
    /// None where it is a state of affairs.
    pub unit: Option<Unit>,
    pub place: Place,
    pub name: Bilingual,
    /// What is known of why figures are missing; empty where nothing is said.
    pub missing: String,
    /// In the order of the table.
    pub answers: Vec<Answer>,
}

/// One way to answer an indicator. Several of one method repeat each other; which of them stands is decided by
/// [`crate::verdict`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Answer {
    pub line: u64,
    pub method: Arc<str>,
    /// Summed where there are several.
    pub parts: Vec<Part>,
    /// Why this series answers this indicator.
    pub note: String,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Part {
    pub series: SeriesId,
    pub accrual: Accrual,
}

impl Indicator {
    /// The methods that answer it, in the order of the table, each once.
    pub fn methods(&self) -> Vec<&Arc<str>> {
        let mut methods: Vec<&Arc<str>> = Vec::new();
        for answer in &self.answers {
            if !methods.contains(&&answer.method) {
                methods.push(&answer.method);
            }
        }
        methods
    }
    /// The methods as rivals on one axis: each with its series in the order of the table. What is a sum of series is no
    /// curve of its own.
    pub fn rivals(&self) -> Vec<rivals::Method> {
        let mut rivals: Vec<rivals::Method> = Vec::new();
        for answer in &self.answers {
            let [part] = answer.parts.as_slice() else { continue };
            if part.series.is_change() {
                continue;
            }
            match rivals.iter_mut().find(|own| own.code == *answer.method) {
                Some(own) => own.series.push(part.series.clone()),
                None => rivals.push(rivals::Method {
                    code: answer.method.to_string(),
                    series: vec![part.series.clone()],
                }),
            }
        }
        rivals
    }
    /// Every series that it names.
    pub fn series(&self) -> impl Iterator<Item = &SeriesId> {
        self.answers.iter().flat_map(|answer| &answer.parts).map(|part| &part.series)
    }
}
