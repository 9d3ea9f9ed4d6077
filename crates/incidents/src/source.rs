//! Who says so, where one can look it up, and how far to believe it. Never weighs the event itself.
//!
//! The rule for the statuses rests on STANAG 2511 (January 2003), tables I and II. Information is "confirmed by other
//! sources" (credibility 1) only if it certainly comes from another source than what is known already (paragraph 10):
//! so two papers that repeat one agency are one source here. A source graded E has proved unworthy of confidence, F
//! and 6 cannot be judged, 5 is improbable: none of them confirms anything.
//!
//! - *corroborated* needs two sources of different origin;
//! - *verified* needs two sources of different origin, each graded D4 or better, or one that is at least usually
//!   reliable and probably true (A or B, 1 or 2).

use std::collections::BTreeSet;

use bitacora_primitives::markings::Grading;
use bitacora_primitives::{Duration, Instant};
use serde::{Deserialize, Serialize};

use crate::error::Refused;
use crate::report::{at_most, words};

pub const MAX_NAME: usize = 200;
pub const MAX_CITATION: usize = 1_000;

/// One source of one incident.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    pub name: String,
    /// Title, address or file number: enough for another to find it.
    pub citation: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<Instant>,
    pub grading: Grading,
    /// Whom it repeats, where it only passes on what another said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relays: Option<String>,
}

impl Source {
    pub(crate) fn check(&self, now: Instant) -> Result<(), Refused> {
        words("source.name", &self.name, MAX_NAME)?;
        words("source.citation", &self.citation, MAX_CITATION)?;
        if let Some(relays) = &self.relays {
            at_most("source.relays", relays, MAX_NAME)?;
        }
        // A paper's date may be tomorrow's, east of here.
        match self.published {
            Some(published) if published > now + Duration::from_hours(24) => {
                Err(Refused::InTheFuture { occurred: published })
            }
            _ => Ok(()),
        }
    }

    /// Whose word it is in the end, without case and blanks, so that `El Faro` and `el  faro ` are one.
    fn origin(&self) -> String {
        let relayed = self.relays.as_deref().filter(|name| !name.trim().is_empty());
        let name = relayed.unwrap_or(&self.name).to_lowercase();
        name.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// D4 or better on both scales.
    fn confirms(&self) -> bool {
        self.grading.source_rank() <= 4 && self.grading.information_rank() <= 4
    }

    /// A or B, 1 or 2.
    fn stands_alone(&self) -> bool {
        self.grading.source_rank() <= 2 && self.grading.information_rank() <= 2
    }
}

fn origins<'a>(sources: impl Iterator<Item = &'a Source>) -> usize {
    sources.map(Source::origin).collect::<BTreeSet<_>>().len()
}

/// INVARIANT: corroborated needs two sources of different origin.
pub(crate) fn corroborate(sources: &[Source]) -> bool {
    origins(sources.iter()) >= 2
}

/// INVARIANT: verified needs two graded sources of different origin or one graded B2 or better.
pub(crate) fn verify(sources: &[Source]) -> bool {
    sources.iter().any(Source::stands_alone)
        || origins(sources.iter().filter(|source| source.confirms())) >= 2
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(name: &str, grading: &str, relays: Option<&str>) -> Source {
        Source {
            name: name.into(),
            citation: "p. 1".into(),
            published: None,
            grading: grading.parse().unwrap(),
            relays: relays.map(Into::into),
        }
    }

    #[test]
    fn corroborated_needs_two_sources_of_different_origin() {
        let paper = source("El Faro", "C3", None);
        assert!(!corroborate(std::slice::from_ref(&paper)));
        assert!(!corroborate(&[paper.clone(), source(" el  FARO", "A1", None)]));
        assert!(!corroborate(&[source("El Faro", "C3", Some("EFE")), source("La Marea", "C3", Some("efe"))]));
        assert!(!corroborate(&[source("EFE", "B3", None), source("La Marea", "C3", Some("EFE"))]));
        assert!(corroborate(&[paper, source("La Marea", "F6", None)]));
    }

    #[test]
    fn verified_needs_two_graded_sources_of_different_origin_or_one_graded_b2_or_better() {
        for (grading, alone) in [
            ("A1", true),
            ("A2", true),
            ("B1", true),
            ("B2", true),
            ("B3", false),
            ("C1", false),
            ("A3", false),
        ] {
            assert_eq!(verify(&[source("one", grading, None)]), alone, "{grading}");
        }
        let paper = source("El Faro", "C3", None);
        assert!(verify(&[paper.clone(), source("La Marea", "D4", None)]));
        assert!(!verify(&[paper.clone(), paper.clone()]));
        for nothing in ["E1", "F3", "A5", "B6", "F6"] {
            assert!(!verify(&[paper.clone(), source("La Marea", nothing, None)]), "{nothing}");
        }
        assert!(!verify(&[]));
    }
}
