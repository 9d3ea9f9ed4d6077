//! Claims of platforms: what they say, under which markings, and what an officer made of them.

use bitacora_claims::{Act, Gone, Kind, SetAsideReason, State};
use bitacora_primitives::Ability;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::status::OfficerShape;

/// A page of claims, newest first, and how many there are in all.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ClaimList {
    pub counts: ClaimCounts,
    pub claims: Vec<InboxClaim>,
    /// Ask again with this as `before`, where there are more.
    pub next: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, Serialize, ToSchema)]
pub struct ClaimCounts {
    pub open: u64,
    pub taken: u64,
    pub set_aside: u64,
    pub withdrawn: u64,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct InboxClaim {
    /// STIX id of the object.
    pub id: String,
    /// open, taken, set_aside, withdrawn
    #[schema(value_type = String)]
    pub state: State,
    /// What a role must be able to do to act on it.
    #[schema(value_type = String)]
    pub ability: Ability,
    /// What its source says now.
    pub says: ClaimSaid,
    /// What an officer took, where something is made of it.
    pub taken: Option<ClaimSaid>,
    /// Its source says something else by now than what was taken.
    pub superseded: bool,
    /// revoked, deleted, nothing_left: its source takes it back.
    #[schema(value_type = Option<String>)]
    pub withdrawn: Option<Gone>,
    /// The last act about it.
    pub acted: Option<ClaimActed>,
    /// Every change, oldest first; only of a claim that is asked for by itself.
    pub history: Vec<ClaimChange>,
}

/// One version of what a source says.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ClaimSaid {
    pub version: String,
    /// SHA-256 of its bytes, hexadecimal.
    pub sha256: String,
    /// contact, sighting, indication, incident
    #[schema(value_type = String)]
    pub kind: Kind,
    /// The platform that handed it in, by its name in the configuration.
    pub platform: Option<String>,
    pub handed_in: String,
    /// STIX id of the identity that made it.
    pub maker: Option<String>,
    pub about: Vec<ClaimNamed>,
    pub lat: Option<f64>,
    pub lon: Option<f64>,
    pub uncertainty_m: Option<f64>,
    pub first: Option<String>,
    pub last: Option<String>,
    pub count: Option<u64>,
    pub sog_kn: Option<f64>,
    pub cog_deg: Option<f64>,
    pub title: Option<String>,
    pub text: Option<String>,
    /// The strictest TLP label among the markings, lower case.
    pub tlp: Option<String>,
    pub markings: Vec<ClaimMarking>,
    pub labels: Vec<String>,
    /// Properties that were not understood.
    pub unread: Vec<String>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ClaimNamed {
    pub mmsi: Option<u32>,
    pub imo: Option<u32>,
    pub container: Option<String>,
    pub name: Option<String>,
    pub call_sign: Option<String>,
    pub flag: Option<String>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ClaimMarking {
    pub id: String,
    /// tlp, statement, handling, other
    pub form: &'static str,
    /// The label, the statement, or what is known of another form; of a handling marking, its originator.
    pub text: String,
    /// Of a handling marking: to whom it may go; null for nobody but the originator, and of every other form.
    pub releasable_to: Option<Vec<String>>,
    pub purposes: Vec<String>,
    pub forbidden_purposes: Vec<String>,
    pub handling_codes: Vec<String>,
    pub originator_control: bool,
    /// Which properties it marks; empty for the whole object.
    pub selectors: Vec<String>,
    /// It marks the event or report that the object came in.
    pub of_holder: bool,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ClaimActed {
    /// take, set_aside
    #[schema(value_type = String)]
    pub act: Act,
    pub officer: Option<OfficerShape>,
    pub at: String,
    pub version: String,
    /// not_credible, already_known, out_of_area, too_old, not_usable, other
    #[schema(value_type = Option<String>)]
    pub reason: Option<SetAsideReason>,
    pub note: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ClaimChange {
    pub at: String,
    /// told, withdrawn, take, set_aside
    pub what: &'static str,
    pub by: Option<String>,
    pub leaf: Option<u64>,
}

/// An officer's act on a claim.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewClaimAct {
    /// take, set_aside
    #[schema(value_type = String)]
    pub act: Act,
    /// The version on the officer's screen.
    pub version: String,
    /// not_credible, already_known, out_of_area, too_old, not_usable, other
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub reason: Option<SetAsideReason>,
    #[serde(default)]
    pub note: String,
}
