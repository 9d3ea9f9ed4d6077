//! The policies of one version of one agreement, with the suspensions in force, ready to decide. Made only by `compile`
//! and never changed: an amendment or a suspension makes another.

use std::collections::{BTreeMap, BTreeSet};

use bitacora_primitives::Instant;
use bitacora_primitives::markings::{AgreementId, ClauseId, FieldName, Handling};
use cedar_policy::{Entities, EntityUid, Expression, Schema};

use crate::compile::{Flow, Retained, source};
use crate::decision::ReasonCode;
use crate::error::CompileError;
use crate::facts::Names;
use crate::load::load;
use crate::request::{Act, Terms};
use crate::suspension::SuspensionRule;

/// A condition: what it means, and its place among the parsed ones.
#[derive(Clone, Debug)]
pub(crate) struct Ground {
    pub(crate) code: ReasonCode,
    pub(crate) place: usize,
}

/// A clause that permits, and its conditions one by one, to find out whether and to say why not.
#[derive(Clone, Debug)]
pub(crate) struct Permit {
    pub(crate) flow: Flow,
    pub(crate) conditions: Vec<Ground>,
}

/// A clause that forbids.
#[derive(Clone, Debug)]
pub(crate) struct Prohibition {
    pub(crate) id: String,
    pub(crate) grounds: Vec<Ground>,
    /// It asks for signatures, which matter only where some flow would permit.
    pub(crate) officers: bool,
}

/// A suspension: what it covers, exceptions apart.
#[derive(Clone, Debug)]
pub(crate) struct Stop {
    pub(crate) id: String,
    pub(crate) covers: Ground,
}

#[derive(Clone, Debug)]
pub(crate) struct Parts {
    pub(crate) agreement: AgreementId,
    pub(crate) version: u32,
    pub(crate) hash: [u8; 32],
    pub(crate) cedar: cedar_policy::PolicySet,
    pub(crate) schema: Schema,
    pub(crate) schema_text: String,
    /// Empty: all facts are context. Held so that it is not made anew for each request.
    pub(crate) entities: Entities,
    pub(crate) names: Names,
    pub(crate) actions: BTreeMap<Act, EntityUid>,
    pub(crate) texts: BTreeMap<String, String>,
    pub(crate) base: ClauseId,
    pub(crate) counted: Vec<ClauseId>,
    pub(crate) handling: Option<Handling>,
    pub(crate) removed: BTreeSet<FieldName>,
    pub(crate) watched: BTreeSet<FieldName>,
    /// Some clause waives receipts.
    pub(crate) waived: bool,
    pub(crate) retention: Vec<Retained>,
    /// Every different condition once.
    pub(crate) conditions: Vec<Expression>,
    /// In the agreement's order, as the two that follow.
    pub(crate) permits: Vec<Permit>,
    pub(crate) prohibitions: Vec<Prohibition>,
    pub(crate) stops: Vec<Stop>,
    pub(crate) from: Instant,
}

/// See the crate's documentation.
#[derive(Clone, Debug)]
pub struct PolicySet {
    pub(crate) parts: Parts,
}

impl PolicySet {
    pub(crate) fn new(parts: Parts) -> Self {
        Self { parts }
    }

    /// Where this fails, nothing may be released under the agreement.
    pub fn compile(terms: &Terms<'_>, suspensions: &[SuspensionRule]) -> Result<Self, CompileError> {
        load(terms, source(terms, suspensions)?)
    }

    /// SHA-256 over the sorted policies' texts and the schema.
    pub fn hash(&self) -> &[u8; 32] {
        &self.parts.hash
    }

    /// Each policy's id and Cedar text, sorted by id.
    pub fn policies(&self) -> impl Iterator<Item = (&str, &str)> {
        self.parts.texts.iter().map(|(id, text)| (id.as_str(), text.as_str()))
    }

    /// The Cedar schema that they and every request are held against.
    pub fn schema(&self) -> &str {
        &self.parts.schema_text
    }
}
