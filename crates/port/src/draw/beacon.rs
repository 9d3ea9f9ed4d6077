//! Public randomness by numbered rounds: three kinds of drand chain, and a beacon of three parties for places without a
//! line. Never fetches a round: it is given, and checked against the committed keys.

use bitacora_ledger::sha256;
use bitacora_primitives::Instant;
use blst::{BLST_ERROR, min_pk, min_sig};
use serde::{Deserialize, Serialize};

use super::commitment::{FORMAT, MOST_ROUND};
use super::hex::Hex;
use super::vrf::{self, Output, Proof, PublicKey, SecretKey};

/// Parties of an own beacon without which a round has no value.
const PARTY_THRESHOLD: usize = 2;
/// Seconds: the first of the year 2100, so that times stay exact everywhere.
const LATEST: u64 = 4_102_444_800;

/// Why a beacon or one of its rounds is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RoundError {
    #[error("the beacon's key is not one")]
    Key,
    #[error("the beacon's times are out of bounds")]
    Times,
    #[error("the round is of another kind of beacon")]
    Kind,
    #[error("the round's number is out of order")]
    Order,
    #[error("the round's signature is wrong")]
    Signature,
    #[error("fewer than two parties gave their part, or not in order")]
    Parties,
}

/// When rounds come: round 1 at `first` (seconds since 1970, UTC), then every `period` seconds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Times {
    pub first: u64,
    pub period: u64,
}

/// The beacon that a commitment names.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "chain", rename_all = "snake_case", deny_unknown_fields)]
pub enum Beacon {
    /// drand scheme `pedersen-bls-chained`.
    DrandChained { key: Hex<48>, times: Times },
    /// drand scheme `pedersen-bls-unchained`.
    DrandUnchained { key: Hex<48>, times: Times },
    /// drand scheme `bls-unchained-g1-rfc9380` (quicknet).
    DrandQuicknet { key: Hex<96>, times: Times },
    /// Three parties' VRF values, hash-chained from a known value on.
    ThreeParty { from: Anchor, keys: [PublicKey; 3], times: Times },
}

/// The round of an own beacon from which the rounds of a draw follow.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Anchor {
    pub round: u64,
    pub value: Hex<32>,
}

/// A round as published.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "chain", rename_all = "snake_case", deny_unknown_fields)]
pub enum Round {
    DrandChained { previous: Hex<96>, round: u64, signature: Hex<96> },
    DrandUnchained { round: u64, signature: Hex<96> },
    DrandQuicknet { round: u64, signature: Hex<48> },
    ThreeParty { parts: Vec<Part>, round: u64 },
}

/// One party's part of a round of an own beacon.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Place of its key.
    pub party: u32,
    pub proof: Proof,
}

impl Round {
    pub const fn number(&self) -> u64 {
        match self {
            Self::DrandChained { round, .. }
            | Self::DrandUnchained { round, .. }
            | Self::DrandQuicknet { round, .. }
            | Self::ThreeParty { round, .. } => *round,
        }
    }
}

impl Beacon {
    const fn times(&self) -> &Times {
        match self {
            Self::DrandChained { times, .. }
            | Self::DrandUnchained { times, .. }
            | Self::DrandQuicknet { times, .. }
            | Self::ThreeParty { times, .. } => times,
        }
    }

    /// When a round comes: before this nobody has it.
    pub fn time_of(&self, round: u64) -> Option<Instant> {
        let times = self.times();
        let seconds = times.period.checked_mul(round.checked_sub(1)?)?.checked_add(times.first)?;
        (seconds <= LATEST).then(|| i64::try_from(seconds).ok().map(Instant::from_secs)).flatten()
    }

    /// The first round that comes at `at` or later.
    pub fn round_from(&self, at: Instant) -> u64 {
        let times = self.times();
        let seconds = u64::try_from(at.micros().saturating_add(999_999).div_euclid(1_000_000)).unwrap_or(0);
        seconds.saturating_sub(times.first).div_ceil(times.period.max(1)) + 1
    }

    /// Whether the committed keys and times can be a beacon's.
    pub fn check(&self) -> Result<(), RoundError> {
        let times = self.times();
        if times.first > LATEST || !(1..=86_400).contains(&times.period) {
            return Err(RoundError::Times);
        }
        match self {
            Self::DrandChained { key, .. } | Self::DrandUnchained { key, .. } => g1(key).map(|_| ()),
            Self::DrandQuicknet { key, .. } => g2(key).map(|_| ()),
            Self::ThreeParty { from, keys: [a, b, c], .. } => {
                if a == b || b == c || a == c {
                    Err(RoundError::Key)
                } else if from.round > MOST_ROUND {
                    Err(RoundError::Order)
                } else {
                    Ok(())
                }
            }
        }
    }
}

/// A beacon whose key is read, and how far an own beacon's chain was followed.
pub struct Checker {
    key: Key,
}

enum Key {
    Chained(Box<min_pk::PublicKey>),
    Unchained(Box<min_pk::PublicKey>),
    Quicknet(Box<min_sig::PublicKey>),
    Own { keys: [PublicKey; 3], last: Anchor },
}

impl std::fmt::Debug for Checker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Checker").finish_non_exhaustive()
    }
}

impl Checker {
    pub fn new(beacon: &Beacon) -> Result<Self, RoundError> {
        beacon.check()?;
        let key = match beacon {
            Beacon::DrandChained { key, .. } => Key::Chained(Box::new(g1(key)?)),
            Beacon::DrandUnchained { key, .. } => Key::Unchained(Box::new(g1(key)?)),
            Beacon::DrandQuicknet { key, .. } => Key::Quicknet(Box::new(g2(key)?)),
            Beacon::ThreeParty { from, keys, .. } => Key::Own { keys: *keys, last: *from },
        };
        Ok(Self { key })
    }

    /// The value of a round; those of an own beacon must follow each other without a gap.
    pub fn value(&mut self, round: &Round) -> Result<Hex<32>, RoundError> {
        let number = round.number();
        if number == 0 || number > MOST_ROUND {
            return Err(RoundError::Order);
        }
        match (&mut self.key, round) {
            (Key::Chained(key), Round::DrandChained { previous, signature, .. }) => {
                signed_on_g2(key, &message(&previous.0, number), signature)
            }
            (Key::Unchained(key), Round::DrandUnchained { signature, .. }) => {
                signed_on_g2(key, &message(&[], number), signature)
            }
            (Key::Quicknet(key), Round::DrandQuicknet { signature, .. }) => {
                let read = min_sig::Signature::sig_validate(&signature.0, true);
                let read = read.map_err(|_| RoundError::Signature)?;
                let told = read.verify(false, &message(&[], number), DST_G1, &[], key, false);
                randomness(told, &signature.0)
            }
            (Key::Own { keys, last }, Round::ThreeParty { parts, .. }) => {
                if number != last.round + 1 {
                    return Err(RoundError::Order);
                }
                let value = own_value(keys, number, &last.value, parts)?;
                *last = Anchor { round: number, value };
                Ok(value)
            }
            _ => Err(RoundError::Kind),
        }
    }
}

/// Ciphersuites of the signatures, which drand takes from the IETF's draft on BLS signatures (section 4.2.1).
const DST_G1: &[u8] = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_";
const DST_G2: &[u8] = b"BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_NUL_";

fn g1(key: &Hex<48>) -> Result<min_pk::PublicKey, RoundError> {
    min_pk::PublicKey::key_validate(&key.0).map_err(|_| RoundError::Key)
}

fn g2(key: &Hex<96>) -> Result<min_sig::PublicKey, RoundError> {
    min_sig::PublicKey::key_validate(&key.0).map_err(|_| RoundError::Key)
}

/// What drand signs: the hash of the signature before, where rounds are chained, and the round's number.
fn message(previous: &[u8], round: u64) -> [u8; 32] {
    sha256(&[previous, &round.to_be_bytes()].concat()).0
}

fn signed_on_g2(key: &min_pk::PublicKey, message: &[u8], signature: &Hex<96>) -> Result<Hex<32>, RoundError> {
    let read = min_pk::Signature::sig_validate(&signature.0, true).map_err(|_| RoundError::Signature)?;
    randomness(read.verify(false, message, DST_G2, &[], key, false), &signature.0)
}

fn randomness(verified: BLST_ERROR, signature: &[u8]) -> Result<Hex<32>, RoundError> {
    match verified {
        BLST_ERROR::BLST_SUCCESS => Ok(Hex(sha256(signature).0)),
        _ => Err(RoundError::Signature),
    }
}

/// What a party of an own beacon answers: the round and the value before it, so that no part can be made ahead.
fn question(round: u64, before: &Hex<32>) -> String {
    format!("{FORMAT} beacon\n{round}\n{before}\n")
}

/// A party's own act. `None` has a chance of 2^-256.
pub fn part(party: u32, key: &SecretKey, round: u64, before: &Hex<32>) -> Option<Part> {
    let (proof, _) = key.prove(question(round, before).as_bytes())?;
    Some(Part { party, proof })
}

/// The hash of the value before, the number, and the parties' VRF values. With a party absent (at most one) the round is
/// made of the others; who was absent is seen in the parts.
fn own_value(
    keys: &[PublicKey; 3],
    round: u64,
    before: &Hex<32>,
    parts: &[Part],
) -> Result<Hex<32>, RoundError> {
    let ascending = parts.windows(2).all(|pair| matches!(pair, [a, b] if a.party < b.party));
    if !(PARTY_THRESHOLD..=keys.len()).contains(&parts.len()) || !ascending {
        return Err(RoundError::Parties);
    }
    let mut text = format!("{FORMAT} round\n{round}\n{before}\n");
    for Part { party, proof } in parts {
        let key = keys.get(*party as usize).ok_or(RoundError::Parties)?;
        let value: Output =
            vrf::verify(key, question(round, before).as_bytes(), proof).ok_or(RoundError::Signature)?;
        text.push_str(&format!("{party} {value}\n"));
    }
    Ok(Hex(sha256(text.as_bytes()).0))
}
