//! Why an agreement's clauses do not make a policy set. Whoever gets one of these must release nothing.

use bitacora_primitives::SuspensionId;
use bitacora_primitives::markings::{ClauseId, PartyCode};

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum CompileError {
    #[error("no clause is the base prohibition")]
    NoBaseProhibition,
    #[error("clauses `{first}` and `{second}` are both the base prohibition")]
    SecondBaseProhibition { first: ClauseId, second: ClauseId },
    #[error("clauses `{first}` and `{second}` both waive receipts in one direction")]
    SecondWaiver { first: ClauseId, second: ClauseId },
    #[error("the base prohibition of clause `{clause}` is not the one that stands above all agreements")]
    BaseProhibitionAltered { clause: String },
    #[error("clause `{clause}` occurs twice")]
    DuplicateClause { clause: ClauseId },
    #[error("suspension `{suspension}` occurs twice")]
    DuplicateSuspension { suspension: SuspensionId },
    #[error("an agreement has {parties} parties, at least two different ones are needed")]
    TooFewParties { parties: usize },
    #[error("clause `{clause}` names `{party}`, which is no party to the agreement")]
    NotAParty { clause: ClauseId, party: PartyCode },
    #[error("clause `{clause}` is a flow from `{party}` to itself")]
    ToItself { clause: ClauseId, party: PartyCode },
    #[error("clause `{clause}` lists distress messages, which only the safety of life clause permits")]
    DistressInScope { clause: ClauseId },
    #[error("the agreement ends before it begins")]
    EmptyPeriod,
    #[error("{count} {what} are more than {limit}")]
    TooMany { what: &'static str, count: usize, limit: usize },
    #[error("a text of `{place}` has {length} bytes, more than {limit}")]
    TooLong { place: String, length: usize, limit: usize },
    #[error("policy `{policy}` is not Cedar: {reason}")]
    NotCedar { policy: String, reason: String },
    #[error("policy `{policy}` did not read back as it was written")]
    ReadBack { policy: String },
    #[error("the schema is refused: {reason}")]
    BadSchema { reason: String },
    #[error("the policies do not hold against the schema: {reason}")]
    Invalid { reason: String },
}
