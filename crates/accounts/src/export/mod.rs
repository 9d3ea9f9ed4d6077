//! Figures on their way out: tidy CSV and SDMX-CSV that read back to the same observations, CSVW metadata beside them and
//! PROV-JSON of where each came from. The same figures give the same bytes; what may leave is decided elsewhere.

mod cells;
mod csvw;
mod prov;
mod sdmx;
mod tidy;

pub use csvw::{About, Layout, csvw};
pub use prov::{Entity, Provenance};
pub use sdmx::sdmx;
pub use tidy::tidy;

use crate::day::Day;
use crate::ledger::{Ledger, ObservationId};
use crate::observation::Observation;
use crate::series::SeriesId;

#[derive(Debug, thiserror::Error)]
pub enum NotExported {
    #[error("the figures have no canonical JSON")]
    Json(#[source] serde_json::Error),
}

impl NotExported {
    /// A stable code for the edges.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Json(_) => "not_canonical",
        }
    }
}

/// Which figures of a ledger.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Selection {
    /// None is every series.
    pub series: Option<SeriesId>,
    /// What was known on a day; none is every vintage.
    pub known_on: Option<Day>,
}

/// The figures, and those that a day leaves out because nobody knows when they became known.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Selected<'l> {
    pub rows: Vec<(ObservationId, &'l Observation)>,
    pub undecided: Vec<ObservationId>,
    pub unknown: Vec<ObservationId>,
}

/// Chooses figures: by series, place and period, each with its vintages in the order in which they became known.
pub fn select<'l>(ledger: &'l Ledger, selection: &Selection) -> Selected<'l> {
    let mut selected = Selected::default();
    for series in ledger.series().filter(|own| selection.series.as_ref().is_none_or(|wanted| wanted == *own))
    {
        let Some(day) = selection.known_on else {
            selected.rows.extend(ledger.of_series(series));
            continue;
        };
        let known = ledger.as_known_on(series, day);
        selected.rows.extend(known.standing.into_iter().filter_map(|id| Some((id, ledger.get(id)?))));
        selected.undecided.extend(known.undecided);
        selected.unknown.extend(known.unknown);
    }
    selected
}
