//! The incident register for people: what was reported, by which sources, and every change since.

use bitacora_incidents::{IncidentKind, IncidentStatus};
use bitacora_primitives::markings::Text;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::status::OfficerShape;

/// One sentence in both languages.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TextShape {
    pub es: String,
    pub en: String,
}

impl From<&Text> for TextShape {
    fn from(text: &Text) -> Self {
        Self { es: text.es.clone(), en: text.en.clone() }
    }
}
impl From<TextShape> for Text {
    fn from(text: TextShape) -> Self {
        Self { es: text.es, en: text.en }
    }
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct IncidentShape {
    pub id: String,
    /// For people: INC-2026-031.
    pub number: String,
    /// strike, death, injury, violation
    #[schema(value_type = String)]
    pub kind: IncidentKind,
    /// When it happened.
    pub at: String,
    pub text: TextShape,
    pub place: String,
    pub lat: Option<f64>,
    pub lon: Option<f64>,
    pub dead: Option<u32>,
    pub injured: Option<u32>,
    /// alleged, corroborated, verified, disputed, unfounded
    #[schema(value_type = String)]
    pub status: IncidentStatus,
    /// By a machine, and not yet signed: it counts for nothing.
    pub proposed: bool,
    pub withdrawn: bool,
    /// The entry whose account stands: what a correction names.
    pub account: u32,
    pub sources: Vec<SourceShape>,
    /// Every change, oldest first.
    pub history: Vec<IncidentChange>,
    /// Suspensions that refer to it.
    pub cited_by: Vec<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SourceShape {
    pub name: String,
    /// Title, address or file number.
    pub url_text: String,
    #[serde(default)]
    pub published: Option<String>,
    /// Source and information, as B2: A-F, 1-6.
    pub grading: String,
    /// Whom it repeats, where it only passes on what another said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relays: Option<String>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct IncidentChange {
    pub at: String,
    /// reported, proposed, signed, source_added, status_changed, corrected, withdrawn
    pub what: &'static str,
    #[schema(value_type = String)]
    pub status: IncidentStatus,
    pub officer: Option<OfficerShape>,
    pub note: String,
    pub leaf: Option<u64>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewIncident {
    #[schema(value_type = String)]
    pub kind: IncidentKind,
    pub at: String,
    pub text: TextShape,
    #[serde(default)]
    pub place: String,
    pub lat: Option<f64>,
    pub lon: Option<f64>,
    /// Absent where nobody gave a number; never zero for that.
    pub dead: Option<u32>,
    pub injured: Option<u32>,
    pub source: UngradedSource,
    /// Source and information, as B2: A-F, 1-6.
    pub grading: String,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UngradedSource {
    pub name: String,
    pub url_text: String,
    #[serde(default)]
    pub published: Option<String>,
    #[serde(default)]
    pub relays: Option<String>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewStatus {
    /// The same as now with a source adds the source alone; the same as now on a proposal signs it.
    #[schema(value_type = String)]
    pub status: IncidentStatus,
    #[serde(default)]
    pub note: String,
    #[serde(default)]
    pub source: Option<SourceShape>,
    /// How many changes the officer saw: if there are more, someone else was first.
    #[serde(default)]
    pub seen: Option<u32>,
}

/// A word to a signature or a withdrawal.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IncidentNote {
    #[serde(default)]
    pub note: String,
}

/// A whole account in place of another.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCorrection {
    /// The `account` on the officer's screen.
    pub of: u32,
    #[schema(value_type = String)]
    pub kind: IncidentKind,
    pub at: String,
    pub text: TextShape,
    #[serde(default)]
    pub place: String,
    pub lat: Option<f64>,
    pub lon: Option<f64>,
    pub dead: Option<u32>,
    pub injured: Option<u32>,
    pub note: String,
}

/// Stream message `incident`: this one changed; ask again.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct IncidentChanged {
    pub id: String,
}
