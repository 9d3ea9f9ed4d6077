//! What the scan of a picked box gave, in the words of the officer who stood there. Checks the form; who may say it, and
//! of which pick, is judged where it is recorded.

use serde::{Deserialize, Serialize};

/// Longest note, characters.
pub const MOST_NOTE: usize = 500;
/// Above the heaviest box with its load (ISO 668: 36 t).
const MOST_KILOGRAMS: f64 = 40_000.0;
const LEAST_KILOGRAMS: f64 = 0.001;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Clean,
    Found,
    NotDone,
}

/// Why a box was not inspected.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotDone {
    /// Loaded or taken away before the slot.
    BoxGone,
    ScannerOut,
    /// The team was called elsewhere.
    Recalled,
    Other,
}

impl Outcome {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Clean => "clean",
            Self::Found => "found",
            Self::NotDone => "not_done",
        }
    }
}

impl NotDone {
    pub const fn code(self) -> &'static str {
        match self {
            Self::BoxGone => "box_gone",
            Self::ScannerOut => "scanner_out",
            Self::Recalled => "recalled",
            Self::Other => "other",
        }
    }
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inspection {
    pub outcome: Outcome,
    #[serde(default)]
    pub reason: Option<NotDone>,
    #[serde(default)]
    pub kilograms: Option<f64>,
    #[serde(default)]
    pub note: String,
}

/// What is wrong with the words of a result.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BadInspection {
    #[error("an inspection that was not done needs a reason code")]
    ReasonMissing,
    #[error("an inspection that was done takes no reason")]
    ReasonUnasked,
    #[error("only what was found has a mass")]
    MassUnasked,
    #[error("a mass is from {LEAST_KILOGRAMS} to {MOST_KILOGRAMS} kg")]
    Mass,
    #[error("reason `other` needs a note")]
    NoteMissing,
    #[error("the note has {length} characters, more than {MOST_NOTE}")]
    NoteTooLong { length: usize },
    #[error("the note has a control character")]
    NoteUnprintable,
}

impl Inspection {
    pub fn check(&self) -> Result<(), BadInspection> {
        let length = self.note.chars().count();
        if length > MOST_NOTE {
            return Err(BadInspection::NoteTooLong { length });
        }
        if self.note.chars().any(char::is_control) {
            return Err(BadInspection::NoteUnprintable);
        }
        match (self.outcome, self.reason) {
            (Outcome::NotDone, None) => return Err(BadInspection::ReasonMissing),
            (Outcome::Clean | Outcome::Found, Some(_)) => return Err(BadInspection::ReasonUnasked),
            (_, Some(NotDone::Other)) if self.note.trim().is_empty() => {
                return Err(BadInspection::NoteMissing);
            }
            _ => {}
        }
        match self.kilograms {
            Some(_) if self.outcome != Outcome::Found => Err(BadInspection::MassUnasked),
            Some(mass) if !(LEAST_KILOGRAMS..=MOST_KILOGRAMS).contains(&mass) => Err(BadInspection::Mass),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> Result<(), BadInspection> {
        serde_json::from_str::<Inspection>(text).unwrap().check()
    }

    #[test]
    fn a_result_says_what_it_must_and_no_more() {
        let good = [
            r#"{"outcome":"clean"}"#,
            r#"{"outcome":"clean","note":"repeated once"}"#,
            r#"{"outcome":"found","kilograms":412.5,"note":"bags at the doors"}"#,
            r#"{"outcome":"found"}"#,
            r#"{"outcome":"not_done","reason":"box_gone"}"#,
            r#"{"outcome":"not_done","reason":"other","note":"strike"}"#,
        ];
        for text in good {
            assert_eq!(check(text), Ok(()), "{text}");
        }
        let bad = [
            (r#"{"outcome":"not_done"}"#, BadInspection::ReasonMissing),
            (r#"{"outcome":"clean","reason":"box_gone"}"#, BadInspection::ReasonUnasked),
            (r#"{"outcome":"clean","kilograms":1}"#, BadInspection::MassUnasked),
            (r#"{"outcome":"found","kilograms":0}"#, BadInspection::Mass),
            (r#"{"outcome":"found","kilograms":-4}"#, BadInspection::Mass),
            (r#"{"outcome":"found","kilograms":1e9}"#, BadInspection::Mass),
            (r#"{"outcome":"not_done","reason":"other","note":" "}"#, BadInspection::NoteMissing),
            (r#"{"outcome":"found","note":"a\u0000b"}"#, BadInspection::NoteUnprintable),
        ];
        for (text, why) in bad {
            assert_eq!(check(text), Err(why), "{text}");
        }
        for unreadable in [
            r#"{"outcome":"lost"}"#,
            r#"{"outcome":"not_done","reason":"rain"}"#,
            r#"{"outcome":"clean","x":1}"#,
        ] {
            assert!(serde_json::from_str::<Inspection>(unreadable).is_err(), "{unreadable}");
        }
    }

    #[test]
    fn a_note_is_counted_in_characters() {
        let of = |length: usize| Inspection {
            outcome: Outcome::Found,
            reason: None,
            kilograms: None,
            note: "ñ".repeat(length),
        };
        assert_eq!(of(MOST_NOTE).check(), Ok(()));
        assert_eq!(of(MOST_NOTE + 1).check(), Err(BadInspection::NoteTooLong { length: MOST_NOTE + 1 }));
        let nan = Inspection { kilograms: Some(f64::NAN), ..of(1) };
        assert_eq!(nan.check(), Err(BadInspection::Mass));
    }
}
