//! What an incident is, and how sure the register is of it. Never says who is to blame.

use std::fmt;
use std::str::FromStr;

use bitacora_primitives::markings::BadCode;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IncidentKind {
    /// An attack on a vessel or a place.
    Strike,
    Death,
    Injury,
    /// A breach of an agreement or of the law that it names.
    Violation,
}

impl IncidentKind {
    pub const ALL: [Self; 4] = [Self::Strike, Self::Death, Self::Injury, Self::Violation];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Strike => "strike",
            Self::Death => "death",
            Self::Injury => "injury",
            Self::Violation => "violation",
        }
    }
}

impl FromStr for IncidentKind {
    type Err = BadCode;
    fn from_str(text: &str) -> Result<Self, BadCode> {
        let found = Self::ALL.into_iter().find(|kind| kind.code() == text);
        found.ok_or_else(|| BadCode::new(text, "kind of incident: strike, death, injury or violation"))
    }
}
impl fmt::Display for IncidentKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// How sure. The first three are degrees of one scale; disputed and unfounded stand beside it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IncidentStatus {
    Alleged,
    Corroborated,
    Verified,
    Disputed,
    Unfounded,
}

impl IncidentStatus {
    pub const ALL: [Self; 5] =
        [Self::Alleged, Self::Corroborated, Self::Verified, Self::Disputed, Self::Unfounded];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Alleged => "alleged",
            Self::Corroborated => "corroborated",
            Self::Verified => "verified",
            Self::Disputed => "disputed",
            Self::Unfounded => "unfounded",
        }
    }

    /// Degree on the scale from alleged to verified; a disputed or unfounded incident has none.
    pub const fn degree(self) -> Option<u8> {
        match self {
            Self::Alleged => Some(1),
            Self::Corroborated => Some(2),
            Self::Verified => Some(3),
            Self::Disputed | Self::Unfounded => None,
        }
    }

    /// Whether an incident of this status counts where `least` is asked for. What has no degree never counts.
    pub fn reaches(self, least: Self) -> bool {
        match (self.degree(), least.degree()) {
            (Some(mine), Some(asked)) => mine >= asked,
            _ => false,
        }
    }

    /// Whether an officer may lead from here to `to`. What was unfounded is first reopened as alleged, so that the
    /// history shows on what it was then raised.
    pub const fn leads_to(self, to: Self) -> bool {
        match (self, to) {
            (Self::Unfounded, to) => matches!(to, Self::Alleged),
            (from, to) => from as u8 != to as u8,
        }
    }
}

impl FromStr for IncidentStatus {
    type Err = BadCode;
    fn from_str(text: &str) -> Result<Self, BadCode> {
        let found = Self::ALL.into_iter().find(|status| status.code() == text);
        let what = "status: alleged, corroborated, verified, disputed or unfounded";
        found.ok_or_else(|| BadCode::new(text, what))
    }
}
impl fmt::Display for IncidentStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_json() {
        for kind in IncidentKind::ALL {
            assert_eq!(serde_json::to_string(&kind).unwrap(), format!("\"{kind}\""));
            assert_eq!(kind.code().parse(), Ok(kind));
        }
        for status in IncidentStatus::ALL {
            assert_eq!(serde_json::to_string(&status).unwrap(), format!("\"{status}\""));
            assert_eq!(status.code().parse(), Ok(status));
        }
        assert!("target".parse::<IncidentKind>().is_err());
        assert!("proven".parse::<IncidentStatus>().is_err());
    }

    #[test]
    fn what_is_disputed_or_unfounded_reaches_nothing() {
        use IncidentStatus::{Alleged, Corroborated, Disputed, Unfounded, Verified};
        assert!(Verified.reaches(Alleged) && Corroborated.reaches(Corroborated));
        assert!(!Alleged.reaches(Corroborated));
        for least in IncidentStatus::ALL {
            assert!(!Disputed.reaches(least) && !Unfounded.reaches(least));
        }
    }

    #[test]
    fn the_unfounded_is_reopened_as_alleged_only() {
        for to in IncidentStatus::ALL {
            assert_eq!(IncidentStatus::Unfounded.leads_to(to), to == IncidentStatus::Alleged, "{to}");
        }
        assert!(!IncidentStatus::Verified.leads_to(IncidentStatus::Verified));
        assert!(IncidentStatus::Disputed.leads_to(IncidentStatus::Verified));
    }
}
