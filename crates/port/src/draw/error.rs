//! Why a plan, a commitment, a step of a draw or a published draw is refused: codes, places and numbers. The words for
//! officers are elsewhere.

use super::beacon::RoundError;
use super::commitment::Label;
use super::shares::Body;

/// A plan that cannot be laid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    #[error("{count} {what} are more than {most}")]
    TooMany { what: &'static str, count: usize, most: usize },
    #[error("slot {slot} holds more scans than a draw may have")]
    Capacity { slot: usize },
    #[error("the marginal of container {container} is more than certainty")]
    Marginal { container: usize },
    #[error("the window of container {container} is empty or ends after the last slot")]
    Window { container: usize },
    #[error("{units} units of container {container} fit nowhere in its window")]
    NoRoom { container: usize, units: u64 },
}

/// What is to be committed to does not hold together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommitError {
    #[error("the format, the grid or the threshold is not the one of this version")]
    Version,
    #[error("`{what}` is empty, too long or holds characters it may not")]
    Text { what: &'static str },
    #[error("{count} {what} are more than {most}")]
    TooMany { what: &'static str, count: usize, most: usize },
    #[error("the bodies are not customs, police and port, in this order, with three different keys")]
    Bodies,
    #[error("the beacon is not usable: {0}")]
    Beacon(#[source] RoundError),
    #[error("two officers have one id or one key")]
    Officers,
    #[error("slot {slot}: the capacity or the round is out of bounds")]
    Slot { slot: u32 },
    #[error("the list is not in strictly ascending order at place {place}")]
    ListOrder { place: usize },
    #[error("place {place}: the marginal is more than certainty or not the sum of the plan")]
    Marginal { place: usize },
    #[error("place {place}: the plan is not in ascending slots within the window, or has an empty mass")]
    Plan { place: usize },
    #[error("slot {slot}: the masses exceed the capacity")]
    Capacity { slot: u32 },
    #[error("slot {slot}: two containers may have been scanned before")]
    TwoIncoming { slot: u32 },
    #[error("the list has {count} containers, the commitment {committed}")]
    ListCount { count: usize, committed: u32 },
    #[error("the list's root is not the committed one")]
    ListRoot,
    #[error("the commitment has no canonical form")]
    NotCanonical,
}

impl CommitError {
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Version => "version",
            Self::Text { .. } => "text",
            Self::TooMany { .. } => "too_many",
            Self::Bodies => "bodies",
            Self::Beacon(_) => "beacon",
            Self::Officers => "officers",
            Self::Slot { .. } => "slot",
            Self::ListOrder { .. } => "list_order",
            Self::Marginal { .. } => "marginal",
            Self::Plan { .. } => "plan",
            Self::Capacity { .. } => "capacity",
            Self::TwoIncoming { .. } => "two_incoming",
            Self::ListCount { .. } => "list_count",
            Self::ListRoot => "list_root",
            Self::NotCanonical => "not_canonical",
        }
    }
}

/// Why an override is no record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OverrideError {
    #[error("the slot is not one of the draw")]
    Slot,
    #[error("the reason is empty, too long or holds control characters")]
    Reason,
    #[error("an override needs two different officers of the commitment")]
    Officers,
    #[error("a signature is wrong")]
    Signature,
    #[error("the override is there already")]
    Repeated,
    #[error("there are too many overrides")]
    TooMany,
}

/// Why a step of a draw is refused; the draw stays as it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DrawError {
    #[error("slot {slot} is not one of the draw")]
    NoSlot { slot: u32 },
    #[error("slot {slot} is drawn, or a later one was tried")]
    SlotClosed { slot: u32 },
    #[error("slot {slot} waits for round {round} of the beacon")]
    NoRound { slot: u32, round: u64 },
    #[error("slot {slot} was tried {most} times")]
    TooManyAttempts { slot: u32, most: usize },
    #[error("the beacon's round is refused: {0}")]
    Round(#[source] RoundError),
    #[error("the override is refused: {0}")]
    Override(#[source] OverrideError),
    #[error("the draw's record does not hold: {0}")]
    Record(#[source] Box<Why>),
}

/// The first thing of a published draw that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    #[error("the text has {bytes} bytes, more than {most}")]
    TooLong { bytes: usize, most: usize },
    #[error("the text is not a published draw: {0}")]
    NotADraw(String),
    #[error("the text is not in canonical form")]
    NotCanonical,
    #[error("the commitment does not hold: {0}")]
    Commitment(#[source] CommitError),
    #[error("the commitment's hash is not the published one")]
    CommitmentHash,
    #[error("round {round}: {reason}")]
    Round { round: u64, reason: RoundError },
    #[error("{count} rounds are more than {most}")]
    TooManyRounds { count: usize, most: usize },
    #[error("slot {slot}: round {round} of the beacon is not published")]
    RoundMissing { slot: u32, round: u64 },
    #[error("the slots are not published from the first one on, at place {place}")]
    SlotOrder { place: usize },
    #[error("slot {slot}: attempt {attempt} has another round, follows a draw, or is one too many")]
    Attempt { slot: u32, attempt: usize },
    #[error(
        "slot {slot}: the shares of attempt {attempt} are not in the order of the bodies that were asked"
    )]
    ShareOrder { slot: u32, attempt: usize },
    #[error("slot {slot}: the share of `{body}` for round {round} does not hold")]
    Share { slot: u32, round: u64, body: Body },
    #[error("slot {slot}, pick {place}: `{published:?}` is published, `{derived:?}` is drawn")]
    Pick { slot: u32, place: usize, derived: Option<Label>, published: Option<Label> },
    #[error("override {place}: {reason}")]
    Override { place: usize, reason: OverrideError },
}

impl Why {
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLong { .. } => "too_long",
            Self::NotADraw(_) => "not_a_draw",
            Self::NotCanonical => "not_canonical",
            Self::Commitment(_) => "commitment",
            Self::CommitmentHash => "commitment_hash",
            Self::Round { .. } => "round",
            Self::TooManyRounds { .. } => "too_many_rounds",
            Self::RoundMissing { .. } => "round_missing",
            Self::SlotOrder { .. } => "slot_order",
            Self::Attempt { .. } => "attempt",
            Self::ShareOrder { .. } => "share_order",
            Self::Share { .. } => "share",
            Self::Pick { .. } => "pick",
            Self::Override { .. } => "override",
        }
    }
}
