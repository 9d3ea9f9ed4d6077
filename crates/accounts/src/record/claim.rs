//! Who said what, where it stands, and what the other side answers. A claim holds a quantity, a programme or an agreed act;
//! never an accusation against a person. Whether it agrees with what was measured is computed elsewhere.

use serde::{Deserialize, Serialize};

use super::{FactId, NotRecorded, name, text};
use crate::codes::codes;
use crate::day::{Dates, Day};
use crate::decimal::Decimal;
use crate::observation::{Bound, Digest, Figure, Observation, Source, Status};
use crate::period::Period;
use crate::place::Place;
use crate::series::SeriesId;
use crate::units::Unit;

codes!(
    /// As whom somebody speaks: an office, never a private person.
    SpeakerKind, "kind of a speaker",
    PersonInOffice = "person_in_office",
    Government = "government",
    Organisation = "organisation",
    Press = "press",
    Other = "other",
);

/// A text that figures and claims are read from. The bytes are kept beside the record.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentKept {
    /// In hex.
    pub sha256: String,
    pub bytes: u64,
    pub name: String,
    #[serde(default)]
    pub reference: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<Day>,
}

/// Bytes `from..to` of a document that is kept.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Passage {
    pub document: String,
    pub from: u64,
    pub to: u64,
}

/// What a claim is about, as far as it says.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct About {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub indicator: Option<SeriesId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub series: Option<SeriesId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<Dates>,
    /// The year that a relative change is counted from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<Dates>,
    /// Whose measurement the speaker names: a publisher's code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attributed: Option<String>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    pub speaker: String,
    pub speaker_kind: SpeakerKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said: Option<Dates>,
    /// The words, or what they come to where the source is not kept.
    pub text: String,
    pub about: About,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Decimal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Unit>,
    #[serde(default = "point")]
    pub bound: Bound,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passage: Option<Passage>,
    pub source_name: String,
    #[serde(default)]
    pub source_ref: String,
}

const fn point() -> Bound {
    Bound::Point
}

/// What a party says to a claim. Both texts stand side by side; nobody is ruled right.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    pub claim: FactId,
    pub party: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said: Option<Dates>,
    pub text: String,
    pub source_name: String,
    #[serde(default)]
    pub source_ref: String,
}

/// A figure that a person took from a text.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FigureAccepted {
    pub passage: Passage,
    pub series: SeriesId,
    pub place: Place,
    pub period: Period,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<Period>,
    pub value: Decimal,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low: Option<Decimal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub high: Option<Decimal>,
    pub unit: Unit,
    #[serde(default = "point")]
    pub bound: Bound,
    pub status: Status,
    /// The day on which the document appeared: from then on the figure is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<Day>,
}

pub(super) fn sha256_hex(field: &'static str, text: &str) -> Result<(), NotRecorded> {
    digest(text)
        .map(|_| ())
        .ok_or_else(|| NotRecorded::Bad { field, why: "it is no SHA-256 in hex".to_owned() })
}

/// 64 small hex digits.
pub(super) fn digest(text: &str) -> Option<Digest> {
    if text.len() != 64 || !text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)) {
        return None;
    }
    let mut bytes = [0; 32];
    for (place, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * place..2 * place + 2)?, 16).ok()?;
    }
    Some(Digest(bytes))
}

impl DocumentKept {
    pub(super) fn check(&self) -> Result<(), NotRecorded> {
        name("name", &self.name)?;
        sha256_hex("sha256", &self.sha256)
    }
}

impl Passage {
    fn check(&self) -> Result<(), NotRecorded> {
        sha256_hex("document", &self.document)?;
        if self.from >= self.to {
            let why = format!("bytes {} to {} hold no text", self.from, self.to);
            return Err(NotRecorded::Bad { field: "span", why });
        }
        Ok(())
    }
}

impl Claim {
    pub(super) fn check(&self) -> Result<(), NotRecorded> {
        name("speaker", &self.speaker)?;
        text("text", &self.text)?;
        name("source_name", &self.source_name)?;
        if self.value.is_some() != self.unit.is_some() {
            return Err(NotRecorded::Bad {
                field: "unit",
                why: "a value and its unit come together".to_owned(),
            });
        }
        self.passage.as_ref().map_or(Ok(()), Passage::check)
    }
}

impl Answer {
    pub(super) fn check(&self) -> Result<(), NotRecorded> {
        name("party", &self.party)?;
        text("text", &self.text)?;
        name("source_name", &self.source_name)
    }
}

impl FigureAccepted {
    pub(super) fn check(&self) -> Result<(), NotRecorded> {
        self.passage.check()?;
        let observation = self.observation().ok_or(NotRecorded::Missing { field: "document" })?;
        observation.check().map_err(|bad| NotRecorded::Bad { field: "value", why: bad.to_string() })
    }

    /// The observation that it enters the ledger as; none where the document's hash is none.
    pub fn observation(&self) -> Option<Observation> {
        let figure = match self.base {
            Some(base) => Figure::Change { percent: self.value, base },
            None => Figure::Value(self.value),
        };
        Some(Observation {
            series: self.series.clone(),
            place: self.place,
            period: self.period,
            figure,
            unit: self.unit,
            bound: self.bound,
            low: self.low,
            high: self.high,
            method: None,
            publisher: None,
            vintage: None,
            published: self.published.map(Dates::on),
            status: self.status,
            source: Source::Document {
                document: digest(&self.passage.document)?,
                from: self.passage.from,
                to: self.passage.to,
            },
            note: "".into(),
            ship: false,
        })
    }
}
