//! How a claim stands, from its entries. INVARIANT: only an officer's act takes a claim, only of the version that stands, and
//! only while its source stands by it.

use bitacora_primitives::{Instant, OfficerId};
use serde::{Deserialize, Serialize};

use crate::act::{Act, NewAct, Refused, SetAsideReason};
use crate::claim::Claim;

/// One entry about one claim. `seq` counts from 1.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Entry {
    pub seq: u32,
    pub at: Instant,
    pub what: What,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum What {
    /// The source says this; a later version stands in place of the earlier one.
    Told {
        claim: Box<Claim>,
    },
    /// The source takes it back.
    Withdrawn {
        why: Gone,
    },
    Acted(Acted),
}

/// How a source takes a claim back.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gone {
    /// The object's last version is `revoked` (STIX 2.1, 3.2).
    Revoked,
    /// The platform deleted it from the inbox.
    Deleted,
    /// A later version says nothing of concern here.
    NothingLeft,
}

/// An officer's act.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Acted {
    pub act: Act,
    pub officer: OfficerId,
    pub at: Instant,
    /// The version that it is about.
    pub version: Instant,
    pub reason: Option<SetAsideReason>,
    pub note: String,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It waits for an officer.
    Open,
    Taken,
    SetAside,
    /// Taken back by its source, and nothing had been made of it.
    Withdrawn,
}

impl State {
    pub const ALL: [Self; 4] = [Self::Open, Self::Taken, Self::SetAside, Self::Withdrawn];
    pub const fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Taken => "taken",
            Self::SetAside => "set_aside",
            Self::Withdrawn => "withdrawn",
        }
    }
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Standing {
    /// Entries so far.
    pub seq: u32,
    /// What the source says last.
    pub claim: Claim,
    /// The source does not stand by it any more.
    pub withdrawn: Option<Gone>,
    /// The last act about it, of this version or an earlier one.
    pub acted: Option<Acted>,
    /// What an officer took, as it was then. It stays when its source says something else or takes it back, and shows that.
    pub taken: Option<Claim>,
}

impl Standing {
    /// The first thing told of an object.
    pub const fn first(claim: Claim) -> Self {
        Self { seq: 1, claim, withdrawn: None, acted: None, taken: None }
    }

    /// Reads a standing as it is kept: of a claim with one entry, that entry says it by itself.
    pub fn read(json: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(json).or_else(|error| {
            let first: Option<Entry> = serde_json::from_str(json).ok();
            first.and_then(|entry| Self::replay([entry])).ok_or(error)
        })
    }

    /// Replays entries in their order; `None` where the first tells nothing.
    pub fn replay(entries: impl IntoIterator<Item = Entry>) -> Option<Self> {
        let mut entries = entries.into_iter();
        let What::Told { claim } = entries.next()?.what else { return None };
        let mut standing = Self::first(*claim);
        for entry in entries {
            standing.apply(entry.what);
        }
        Some(standing)
    }

    /// Takes the next entry in.
    pub fn apply(&mut self, what: What) {
        self.seq = self.seq.saturating_add(1);
        match what {
            What::Told { claim } => {
                self.claim = *claim;
                self.withdrawn = None;
            }
            What::Withdrawn { why } => self.withdrawn = Some(why),
            What::Acted(acted) => {
                self.taken = (acted.act == Act::Take).then(|| self.claim.clone());
                self.acted = Some(acted);
            }
        }
    }

    /// The act about the version that stands.
    fn decided(&self) -> Option<&Acted> {
        self.acted.as_ref().filter(|acted| acted.version == self.claim.version)
    }

    pub fn state(&self) -> State {
        match (self.decided(), self.withdrawn, &self.taken) {
            (Some(Acted { act: Act::SetAside, .. }), ..) => State::SetAside,
            (Some(_), ..) | (None, Some(_), Some(_)) => State::Taken,
            (None, Some(_), None) => State::Withdrawn,
            (None, None, _) => State::Open,
        }
    }

    /// What was taken is not what its source says now.
    pub fn superseded(&self) -> bool {
        self.taken.as_ref().is_some_and(|taken| taken.version != self.claim.version)
    }

    /// What the source says now, if that is anything new: what is to be entered.
    pub fn told(&self, mut claim: Claim) -> Option<What> {
        if claim.version == self.claim.version {
            claim.keep_caveats_of(&self.claim);
        }
        (self.withdrawn.is_some() || claim != self.claim).then(|| What::Told { claim: Box::new(claim) })
    }

    /// Judges an officer's act; what is to be entered.
    pub fn act(&self, new: NewAct, officer: OfficerId, at: Instant) -> Result<What, Refused> {
        new.check()?;
        if new.version != self.claim.version {
            return Err(Refused::Moved { version: self.claim.version });
        }
        if self.withdrawn.is_some() {
            return Err(Refused::Withdrawn);
        }
        if self.decided().is_some() {
            return Err(Refused::Decided);
        }
        let NewAct { act, version, reason, note } = new;
        Ok(What::Acted(Acted { act, officer, at, version, reason, note }))
    }
}
