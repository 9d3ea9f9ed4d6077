//! A draw as it is published: everything from which every pick follows, as one canonical JSON document. Holds no slot
//! that is not drawn yet, so it may be published after each.

use serde::{Deserialize, Serialize};

use super::beacon::Round;
use super::commitment::{Commitment, Entry, Label};
use super::error::Why;
use super::hex::Hex;
use super::overrides::{Action, Override};
use super::shares::Share;

/// Larger texts are refused unread.
pub const MOST_BYTES: usize = 64 * 1024 * 1024;

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bundle {
    pub commitment: Commitment,
    /// The commitment's hash, as it stands in the ledger.
    pub hash: Hex<32>,
    /// In ascending order of container.
    pub list: Vec<Entry>,
    pub overrides: Vec<Override>,
    /// In ascending order.
    pub rounds: Vec<Round>,
    /// From the first slot on.
    pub slots: Vec<SlotRecord>,
}

/// What happened in one slot. Not drawn if the last attempt lacked a share.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlotRecord {
    pub attempts: Vec<Attempt>,
    /// In ascending order.
    pub picks: Vec<Label>,
    pub slot: u32,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attempt {
    pub round: u64,
    /// Those given, in the bodies' order.
    pub shares: Vec<Share>,
}

impl Bundle {
    /// The document that is published, in RFC 8785 form.
    // INVARIANT: a published draw's plain JSON is its canonical JSON: every type here and below declares its members in
    // order. (Sorting members again costs more than all the rest of a verification.)
    pub fn to_json(&self) -> Result<String, Why> {
        serde_json::to_string(self).map_err(|error| Why::NotADraw(error.to_string()))
    }

    /// Reads a document. Nothing in it is proven until it is verified.
    pub fn parse(text: &str) -> Result<Self, Why> {
        if text.len() > MOST_BYTES {
            return Err(Why::TooLong { bytes: text.len(), most: MOST_BYTES });
        }
        let bundle: Self = serde_json::from_str(text).map_err(|error| Why::NotADraw(error.to_string()))?;
        if bundle.to_json()? == text { Ok(bundle) } else { Err(Why::NotCanonical) }
    }

    /// What is to be inspected in a slot: the picks, with the overrides applied.
    pub fn inspected(&self, slot: u32) -> Vec<Label> {
        let record = self.slots.iter().find(|record| record.slot == slot);
        let mut list = record.map(|record| record.picks.clone()).unwrap_or_default();
        for order in self.overrides.iter().filter(|order| order.slot == slot) {
            match order.action {
                Action::Add => list.push(order.container.clone()),
                Action::Remove => list.retain(|container| *container != order.container),
            }
        }
        list.sort();
        list.dedup();
        list
    }
}
