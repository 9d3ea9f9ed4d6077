//! Agreements with their flows, partner and log.

use std::collections::BTreeSet;

use bitacora_primitives::markings::{ItemKind, Purpose};
use serde::Serialize;
use utoipa::ToSchema;

use super::suspension::SuspensionView;
use crate::shapes::TextShape;

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ExchangeOverview {
    /// This node's party code, as `CO`; empty where the node has no agreement.
    pub me: String,
    pub agreements: Vec<AgreementView>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AgreementView {
    pub id: String,
    pub version: u32,
    pub title: TextShape,
    /// in_force, ended
    pub status: &'static str,
    /// starting, flowing, part_suspended, suspended
    pub state: &'static str,
    pub parties: Vec<PartyView>,
    pub partner: PartnerView,
    pub witnesses: Vec<WitnessView>,
    pub from: String,
    pub until: String,
    /// When each side's log put this version in force, as it declares.
    pub signed: Vec<SignedView>,
    pub lease_s: u32,
    pub areas: Vec<AreaView>,
    pub clauses: Vec<ClauseView>,
    pub flows: Vec<FlowView>,
    /// Newest first, the ended ones included.
    pub suspensions: Vec<SuspensionView>,
    pub log: LogState,
    /// SHA-256 of the compiled policy set, hexadecimal.
    pub policy_set: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PartyView {
    pub code: String,
    pub name: TextShape,
    pub me: bool,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PartnerView {
    pub code: String,
    /// connected, lost, never
    pub link: &'static str,
    pub last_heard: Option<String>,
    /// The partner's clock less ours.
    pub clock_skew_s: Option<f64>,
    /// Until then we may show what the partner gave us.
    pub lease_until: Option<String>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WitnessView {
    pub name: String,
    pub cosigned_size: u64,
    pub cosigned_at: Option<String>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SignedView {
    pub party: String,
    pub at: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AreaView {
    pub id: String,
    pub name: TextShape,
    /// Corners as longitude, latitude in degrees (RFC 7946 section 3.1.1).
    pub polygon: Vec<[f64; 2]>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ClauseView {
    pub id: String,
    pub kind: String,
    pub critical: bool,
    pub text: TextShape,
    /// `false`: of a kind from a later version. If it is critical, nothing is released.
    pub known: bool,
}

/// One scope clause or exception, in one direction.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FlowView {
    pub clause: String,
    pub from: String,
    pub to: String,
    #[schema(value_type = Vec<String>)]
    pub items: BTreeSet<ItemKind>,
    pub title: TextShape,
    pub areas: Vec<String>,
    #[schema(value_type = Vec<String>)]
    pub purposes: BTreeSet<Purpose>,
    pub standing: bool,
    pub officers: u8,
    pub delay_s: u32,
    pub grid_m: u32,
    pub cut: Vec<String>,
    pub per_day: Option<u32>,
    pub today: u32,
    /// Releases in each of 48 bins of 5 min, oldest first; the last bin ends now.
    pub spark: Vec<u32>,
    pub sent_24h: u64,
    pub sent_since_stop: u64,
    /// `null` for what comes from the partner: what it holds back it does not tell.
    pub held: Option<u64>,
    /// Released, and the key not given.
    pub in_flight: u64,
    /// Median from release to key over 24 h; the key follows the receipt.
    pub receipt_lag_s: Option<f64>,
    /// flowing, stopped, exception, waiting. A flow that is stopped in part flows, and names who stopped the part.
    pub state: &'static str,
    /// safety_of_life, court_order
    pub exception: Option<&'static str>,
    /// A suspension's id.
    pub stopped_by: Option<String>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LogState {
    pub origin: String,
    pub size: u64,
    /// Root hash, hexadecimal.
    pub root: String,
    /// Newest time that a cosignature states.
    pub checkpoint_at: Option<String>,
    /// Leaves of ours that the partner mirrors durably.
    pub mirrored: u64,
    /// Leaves of the partner's log that we mirror.
    pub partner_size: u64,
}

/// Stream message `exchange`: something of this agreement changed; ask again.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ExchangeChanged {
    pub agreement: String,
    pub size: u64,
    pub partner_size: u64,
    pub what: String,
}
