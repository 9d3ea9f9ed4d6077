//! What is fixed before the beacon's round: the list with marginals and plan (by its Merkle root), capacities, rounds,
//! rule and model versions, keys. Its hash goes into the ledger; nothing of a draw can be changed afterwards unseen.

use std::fmt;
use std::str::FromStr;

use bitacora_ledger::{Tree, canonical_json, leaf_hash, sha256};
use bitacora_primitives::OfficerId;
use serde::{Deserialize, Serialize};

use super::beacon::Beacon;
use super::comb::GRID;
use super::error::CommitError;
use super::hex::Hex;
use super::plan::{MOST_CAPACITY, MOST_CONTAINERS, MOST_SLOTS, Masses};
use super::shares::{BODIES, BodyKey, THRESHOLD};
use super::vrf;

/// The name of this version; every hash of a draw begins with it.
pub const FORMAT: &str = "bitacora-draw-1";
const MOST_OFFICERS: usize = 200;
const MOST_TEXT: usize = 100;
/// Integers that every reader of JSON keeps exactly (RFC 8785, appendix D).
pub const MOST_ROUND: u64 = (1 << 53) - 1;

/// How a container is named in the list: 1 to 32 capital letters, digits and hyphens, byte for byte.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Label(String);

/// A text that cannot name a container of a list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not 1 to 32 capital letters, digits and hyphens")]
pub struct BadLabel(String);

impl Label {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
impl TryFrom<String> for Label {
    type Error = BadLabel;
    fn try_from(text: String) -> Result<Self, BadLabel> {
        let fits = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'-';
        if (1..=32).contains(&text.len()) && text.bytes().all(fits) {
            Ok(Self(text))
        } else {
            Err(BadLabel(text.chars().take(40).collect()))
        }
    }
}
impl FromStr for Label {
    type Err = BadLabel;
    fn from_str(text: &str) -> Result<Self, BadLabel> {
        text.to_owned().try_into()
    }
}
impl From<Label> for String {
    fn from(label: Label) -> Self {
        label.0
    }
}
impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One container of the list.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    pub container: Label,
    /// The first slot in which a scan helps: that of the last hour in which the container can be touched.
    pub first: u32,
    /// The last slot before it is loaded.
    pub last: u32,
    /// The chance of being scanned in this draw, in units of [`GRID`]: 10^-15.
    pub marginal: u64,
    /// How the marginal falls on slots: slot and units, slots ascending.
    pub plan: Masses,
}

/// A slot of the scanner. Slots are numbered from 0.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slot {
    /// Scans that fit.
    pub capacity: u32,
    /// The beacon's round that opens it.
    pub round: u64,
}

/// An officer who may sign an override.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfficerKey {
    /// Ed25519.
    pub key: Hex<32>,
    pub officer: OfficerId,
}

/// The list, by count and RFC 6962 root over the canonical JSON of its entries in ascending order of `container`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListRoot {
    pub count: u32,
    pub root: Hex<32>,
}

/// The terms of a draw, without the list.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// The port, as the node names it, and the shift or day.
    pub port: String,
    pub shift: String,
    /// Versions of the screening rules and of the game that gave the marginals.
    pub rules: String,
    pub model: String,
    pub slots: Vec<Slot>,
    pub beacon: Beacon,
    /// VRF keys of customs, police and port.
    pub keys: [vrf::PublicKey; 3],
    pub officers: Vec<OfficerKey>,
}

/// What is committed to. Published with the draw; before, only its hash.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Commitment {
    pub beacon: Beacon,
    pub bodies: Vec<BodyKey>,
    pub format: String,
    pub list: ListRoot,
    pub model: String,
    pub officers: Vec<OfficerKey>,
    pub port: String,
    pub rules: String,
    pub shift: String,
    pub slots: Vec<Slot>,
    pub threshold: u32,
    /// Units in certainty.
    pub units: u64,
}

impl Commitment {
    /// Commits to the list under the terms, if they hold together.
    pub fn new(terms: Terms, list: &[Entry]) -> Result<Self, CommitError> {
        let bodies = BODIES.into_iter().zip(terms.keys).map(|(body, key)| BodyKey { body, key }).collect();
        let count = u32::try_from(list.len()).unwrap_or(u32::MAX);
        let commitment = Self {
            beacon: terms.beacon,
            bodies,
            format: FORMAT.to_owned(),
            list: ListRoot { count, root: list_root(list)? },
            model: terms.model,
            officers: terms.officers,
            port: terms.port,
            rules: terms.rules,
            shift: terms.shift,
            slots: terms.slots,
            threshold: THRESHOLD,
            units: GRID,
        };
        commitment.check(list)?;
        Ok(commitment)
    }

    /// SHA-256 of the canonical JSON: what goes into the ledger before the first round.
    pub fn hash(&self) -> Result<Hex<32>, CommitError> {
        let text = canonical_json(self).map_err(|_| CommitError::NotCanonical)?;
        Ok(Hex(sha256(text.as_bytes()).0))
    }

    /// Whether terms, list and plan hold together; the first thing that does not.
    pub fn check(&self, list: &[Entry]) -> Result<(), CommitError> {
        self.check_terms()?;
        if list.len() != self.list.count as usize {
            return Err(CommitError::ListCount { count: list.len(), committed: self.list.count });
        }
        self.check_list(list)?;
        if list_root(list)? == self.list.root { Ok(()) } else { Err(CommitError::ListRoot) }
    }

    fn check_terms(&self) -> Result<(), CommitError> {
        if self.format != FORMAT || self.units != GRID || self.threshold != THRESHOLD {
            return Err(CommitError::Version);
        }
        let texts =
            [("port", &self.port), ("shift", &self.shift), ("rules", &self.rules), ("model", &self.model)];
        for (what, text) in texts {
            let plain = text.bytes().all(|byte| (0x20..0x7f).contains(&byte));
            if !plain || !(1..=MOST_TEXT).contains(&text.len()) {
                return Err(CommitError::Text { what });
            }
        }
        bounded("slots", self.slots.len(), MOST_SLOTS)?;
        bounded("officers", self.officers.len(), MOST_OFFICERS)?;
        bounded("containers", self.list.count as usize, MOST_CONTAINERS)?;
        let named = self.bodies.iter().map(|key| key.body).eq(BODIES);
        if !named || repeats(self.bodies.iter().map(|key| key.key)) {
            return Err(CommitError::Bodies);
        }
        let officers = &self.officers;
        if repeats(officers.iter().map(|key| key.key)) || repeats(officers.iter().map(|key| key.officer)) {
            return Err(CommitError::Officers);
        }
        let bad = |slot: &Slot| slot.capacity > MOST_CAPACITY || !(1..=MOST_ROUND).contains(&slot.round);
        if let Some(slot) = self.slots.iter().position(bad) {
            return Err(CommitError::Slot { slot: slot as u32 });
        }
        self.beacon.check().map_err(CommitError::Beacon)
    }

    fn check_list(&self, list: &[Entry]) -> Result<(), CommitError> {
        let mut sums = vec![0_u64; self.slots.len()];
        let mut incoming = vec![0_u8; self.slots.len()];
        let mut previous: Option<&Label> = None;
        for (place, entry) in list.iter().enumerate() {
            if previous.is_some_and(|before| *before >= entry.container) {
                return Err(CommitError::ListOrder { place });
            }
            previous = Some(&entry.container);
            if entry.first > entry.last || entry.last as usize >= self.slots.len() {
                return Err(CommitError::Plan { place });
            }
            let mut sum = 0_u64;
            let mut next = entry.first;
            for (slot, units) in &entry.plan {
                if *slot < next || *slot > entry.last || *units == 0 || *units > GRID {
                    return Err(CommitError::Plan { place });
                }
                next = slot + 1;
                let at = *slot as usize;
                let (Some(total), Some(incoming)) = (sums.get_mut(at), incoming.get_mut(at)) else {
                    return Err(CommitError::Plan { place });
                };
                *total = total.saturating_add(*units);
                if sum > 0 {
                    *incoming = incoming.saturating_add(1);
                }
                sum = sum.saturating_add(*units);
            }
            if sum != entry.marginal || sum > GRID {
                return Err(CommitError::Marginal { place });
            }
        }
        for ((slot, terms), (sum, incoming)) in (0..).zip(&self.slots).zip(sums.iter().zip(&incoming)) {
            if *sum > u64::from(terms.capacity) * GRID {
                return Err(CommitError::Capacity { slot });
            }
            if *incoming > 1 {
                return Err(CommitError::TwoIncoming { slot });
            }
        }
        Ok(())
    }
}

/// The RFC 6962 root over the entries' canonical JSON.
pub fn list_root(list: &[Entry]) -> Result<Hex<32>, CommitError> {
    bounded("containers", list.len(), MOST_CONTAINERS)?;
    let mut tree = Tree::new();
    for entry in list {
        // INVARIANT: a list entry's plain JSON is its canonical JSON: members in order, no fraction, no escape.
        let text = serde_json::to_string(entry).map_err(|_| CommitError::NotCanonical)?;
        tree.push(leaf_hash(text.as_bytes()));
    }
    Ok(Hex(tree.root().0))
}

fn bounded(what: &'static str, count: usize, most: usize) -> Result<(), CommitError> {
    if count > most { Err(CommitError::TooMany { what, count, most }) } else { Ok(()) }
}

fn repeats<T: Ord>(items: impl Iterator<Item = T>) -> bool {
    let mut seen = std::collections::BTreeSet::new();
    !items.into_iter().all(|item| seen.insert(item))
}
