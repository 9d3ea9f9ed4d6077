//! Decisions, the question before an act, and releasing.

use bitacora_policy::ReasonCode;
use bitacora_primitives::markings::{Handling, ItemKind, Purpose};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::shapes::{OfficerShape, TextShape};

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DecisionView {
    /// Leaf in our log.
    pub leaf: u64,
    /// As our side declares.
    pub at: String,
    /// released, received, held, refused, partner_refused, exception, cut, withdrawn, corrected
    pub what: &'static str,
    pub item: String,
    #[schema(value_type = Option<String>)]
    pub kind: Option<ItemKind>,
    /// For people: a lead's number; empty where there is none.
    pub label: String,
    pub from: String,
    pub to: String,
    pub purpose: String,
    /// Why, most important first.
    pub reasons: Vec<ReasonView>,
    /// Fields removed.
    pub cut: Vec<String>,
    pub grid_m: u32,
    /// When the key went out, for which the receipt had come.
    pub receipted_at: Option<String>,
    pub officers: Vec<OfficerShape>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReasonView {
    /// A clause's id or a suspension's; the agreement's own id where no clause speaks of such a flow.
    pub clause: String,
    #[schema(value_type = String)]
    pub code: ReasonCode,
    /// The clause's own words.
    pub text: Option<TextShape>,
    pub until: Option<String>,
}

/// "If I released this to X for Y?"
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    pub item: String,
    pub to: String,
    /// As the officer wrote it: what is no lawful purpose is refused by its clause, not by the form.
    pub purpose: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Answer {
    /// release, hold, refuse
    pub effect: &'static str,
    pub reasons: Vec<ReasonView>,
    pub form: AnswerForm,
    pub handling: HandlingView,
    pub version: u32,
}

/// What the partner would get.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AnswerForm {
    pub cut: Vec<String>,
    pub grid_m: u32,
    pub delay_s: u32,
    pub not_before: Option<String>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HandlingView {
    pub tlp: String,
    pub codes: Vec<String>,
    pub releasable_to: Vec<String>,
}

impl From<&Handling> for HandlingView {
    fn from(handling: &Handling) -> Self {
        Self {
            tlp: handling.tlp.to_string(),
            codes: handling.codes.iter().map(ToString::to_string).collect(),
            releasable_to: handling.releasable_to.iter().map(ToString::to_string).collect(),
        }
    }
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OfferView {
    pub item: String,
    #[schema(value_type = String)]
    pub kind: ItemKind,
    pub label: String,
    pub observed: String,
    pub waiting_for_second: bool,
    /// What the first officer signed; the second signs the same.
    pub waiting: Option<WaitingRelease>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WaitingRelease {
    pub to: String,
    #[schema(value_type = String)]
    pub purpose: Purpose,
    pub officer: OfficerShape,
    pub at: String,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWithdrawal {
    pub release: String,
    pub reason: TextShape,
}
