//! `[exchange]` of `bitacora.toml`: where partners connect, and where they are dialled. What may flow is not set here:
//! that is in the signed agreements.

use std::net::SocketAddr;

use bitacora_primitives::markings::{AgreementId, Grading, Tlp};
use serde::Deserialize;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Settings {
    /// Where partners and witnesses connect; without it they are only dialled.
    pub(crate) bind: Option<SocketAddr>,
    pub(crate) partners: Vec<Partner>,
    pub(crate) witnesses: Vec<Witness>,
    pub(crate) marks: Marks,
}

/// A partner or witness that is dialled.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Partner {
    pub(crate) dial: String,
    /// SHA-256 of its transport key, hex, as in the agreement.
    pub(crate) transport: String,
}

/// An oversight body's node, which sees commitments only.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Witness {
    pub(crate) agreement: AgreementId,
    pub(crate) name: String,
    pub(crate) transport: String,
}

/// How this node marks what it offers, before an agreement narrows it.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Marks {
    pub(crate) grading: Option<Grading>,
    pub(crate) tlp: Tlp,
}

impl Default for Marks {
    fn default() -> Self {
        Self { grading: None, tlp: Tlp::Amber }
    }
}
