//! What each of the three bodies adds to a slot's seed: a VRF value that only it can compute and anybody can check. The
//! beacon stops insiders from steering, the shares stop outsiders from predicting. Never holds a body's secret itself.

use std::fmt;

use bitacora_ledger::sha256;
use serde::{Deserialize, Serialize};

use super::commitment::FORMAT;
use super::hex::Hex;
use super::vrf::{self, Output, Proof, PublicKey, SecretKey};

/// Who holds a share.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Body {
    Customs,
    Police,
    Port,
}

/// All, in the order of every list of them.
pub const BODIES: [Body; 3] = [Body::Customs, Body::Police, Body::Port];
/// Shares without which nothing is drawn.
pub const THRESHOLD: u32 = 2;

impl Body {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Customs => "customs",
            Self::Police => "police",
            Self::Port => "port",
        }
    }
}

impl fmt::Display for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BodyKey {
    pub body: Body,
    pub key: PublicKey,
}

/// One body's share for one slot and round.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Share {
    pub body: Body,
    pub proof: Proof,
}

/// What the bodies' function is asked for. The round is part of it: a share for one round says nothing about the share
/// for the round that a draw falls back to.
fn question(commitment: &Hex<32>, slot: u32, round: u64) -> String {
    format!("{FORMAT} share\n{commitment}\n{slot}\n{round}\n")
}

impl Share {
    /// A body's own act, with its key: it answers for one slot and round of one commitment. To be given to the draw only
    /// when the body holds that the slot has come. `None` has a chance of 2^-256.
    pub fn make(body: Body, key: &SecretKey, commitment: &Hex<32>, slot: u32, round: u64) -> Option<Self> {
        let (proof, _) = key.prove(question(commitment, slot, round).as_bytes())?;
        Some(Self { body, proof })
    }

    /// The value that the share shows, if it holds under the body's key.
    pub fn value(&self, key: &PublicKey, commitment: &Hex<32>, slot: u32, round: u64) -> Option<Output> {
        vrf::verify(key, question(commitment, slot, round).as_bytes(), &self.proof)
    }
}

/// Whose shares the next attempt needs: all of those it names, no choice among them. The first attempt asks all bodies;
/// after an attempt that lacked a share, those that gave theirs are asked, if they reach the threshold, else all again.
pub fn roster_after(given: &[Body]) -> Vec<Body> {
    if given.len() >= THRESHOLD as usize { given.to_vec() } else { BODIES.to_vec() }
}

/// The seed of one slot: commitment, slot, round, the beacon's value, and the shares' values in the bodies' order.
pub fn seed(
    commitment: &Hex<32>,
    slot: u32,
    round: u64,
    randomness: &Hex<32>,
    values: &[(Body, Output)],
) -> Hex<32> {
    let mut text = format!("{FORMAT} seed\n{commitment}\n{slot}\n{round}\n{randomness}\n");
    for (body, value) in values {
        text.push_str(&format!("{body} {value}\n"));
    }
    Hex(sha256(text.as_bytes()).0)
}
