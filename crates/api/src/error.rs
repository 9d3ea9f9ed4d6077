//! Errors at the edge: a stable code for the page, a text for the log, never the same string.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bitacora_accounts::record::NotRecorded;
use bitacora_exchange::history::Fault;
use bitacora_exchange::record::EntryError;
use bitacora_exchange::{ShelfError, SideError};
use bitacora_incidents::{NotReplayed, Refused};
use bitacora_leads::decision::BadDecision;
use bitacora_ledger::{CheckpointError, RecordError};
use bitacora_port::inspection::BadInspection;
use bitacora_primitives::Ability;
use bitacora_store::StoreError;

use crate::accounts::AccountsError;
use crate::exchange::ExchangeError;
use crate::port::PortError;
use crate::shapes::{ApiErrorBody, First};
use crate::state::KeysError;

#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    #[error("no session")]
    NotSignedIn,
    #[error("sign-in link is {0}")]
    SignInLink(&'static str),
    #[error("role `{role}` may not {ability:?}")]
    NotAllowed { role: &'static str, ability: Ability },
    #[error("nothing here under `{0}`")]
    NotFound(String),
    #[error("`{field}` is not usable: {why}")]
    BadRequest { field: &'static str, why: String },
    #[error("the lead is not in the state the officer saw; it is `{state}`")]
    StateMoved { state: String },
    #[error("already decided by {}", .0.officer.name)]
    AlreadyDecided(First),
    #[error("request for host or origin `{0}` is not for this node")]
    ForeignHost(String),
    #[error(transparent)]
    Decision(#[from] BadDecision),
    #[error(transparent)]
    Inspection(#[from] BadInspection),
    #[error(transparent)]
    Incident(#[from] Refused),
    #[error(transparent)]
    Claim(#[from] bitacora_claims::Refused),
    #[error("the incident register cannot be read")]
    Register(#[from] NotReplayed),
    /// Not now, or not any more.
    #[error("{why}")]
    Conflict { code: &'static str, why: String },
    #[error(transparent)]
    Exchange(#[from] ExchangeError),
    #[error("the agreement's log cannot be read")]
    Shelf(#[from] ShelfError),
    #[error("a leaf of the agreement's log cannot be read")]
    Leaf(#[from] EntryError),
    #[error("the checkpoint kept for the agreement's log does not hold")]
    Checkpoint(#[from] CheckpointError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Port(#[from] PortError),
    #[error(transparent)]
    Accounts(#[from] AccountsError),
    #[error(transparent)]
    Keys(#[from] KeysError),
    #[error("record cannot be written")]
    Record(#[from] RecordError),
    #[error("stored body is not readable")]
    Body(#[from] serde_json::Error),
    #[error("worker ended early")]
    Worker(#[from] tokio::task::JoinError),
}

impl ApiError {
    pub(crate) fn bad(field: &'static str, why: impl std::fmt::Display) -> Self {
        Self::BadRequest { field, why: why.to_string() }
    }

    fn code(&self) -> (StatusCode, &'static str) {
        match self {
            Self::NotSignedIn => (StatusCode::UNAUTHORIZED, "not_signed_in"),
            Self::SignInLink("used") => (StatusCode::UNAUTHORIZED, "sign_in_link_used"),
            Self::SignInLink("expired") => (StatusCode::UNAUTHORIZED, "sign_in_link_expired"),
            Self::SignInLink(_) => (StatusCode::UNAUTHORIZED, "sign_in_link_unknown"),
            Self::NotAllowed { .. } => (StatusCode::FORBIDDEN, "not_allowed"),
            Self::NotFound(_) => (StatusCode::NOT_FOUND, "not_found"),
            Self::BadRequest { .. } => (StatusCode::BAD_REQUEST, "bad_request"),
            Self::StateMoved { .. } => (StatusCode::CONFLICT, "state_moved"),
            Self::AlreadyDecided(_) => (StatusCode::CONFLICT, "already_decided"),
            Self::ForeignHost(_) => (StatusCode::MISDIRECTED_REQUEST, "foreign_host"),
            Self::Decision(BadDecision::ReasonMissing { .. }) => (StatusCode::BAD_REQUEST, "reason_missing"),
            Self::Decision(BadDecision::ReasonUnknown { .. }) => (StatusCode::BAD_REQUEST, "reason_unknown"),
            Self::Decision(BadDecision::NoteMissing) => (StatusCode::BAD_REQUEST, "note_missing"),
            Self::Decision(BadDecision::NoteTooLong { .. }) => (StatusCode::BAD_REQUEST, "note_too_long"),
            Self::Inspection(BadInspection::ReasonMissing) => (StatusCode::BAD_REQUEST, "reason_missing"),
            Self::Inspection(BadInspection::NoteMissing) => (StatusCode::BAD_REQUEST, "note_missing"),
            Self::Inspection(BadInspection::NoteTooLong { .. }) => (StatusCode::BAD_REQUEST, "note_too_long"),
            Self::Inspection(_) => (StatusCode::BAD_REQUEST, "bad_request"),
            Self::Incident(refused) => (incident_status(refused), refused.code()),
            Self::Claim(refused) => (claim_status(refused), refused.code()),
            Self::Conflict { code, .. } => (StatusCode::CONFLICT, code),
            Self::Exchange(error) => exchange_code(error),
            Self::Shelf(_) => (StatusCode::SERVICE_UNAVAILABLE, "exchange_not_read"),
            Self::Port(PortError::Store(error)) => (StatusCode::SERVICE_UNAVAILABLE, error.code()),
            Self::Port(_) => (StatusCode::INTERNAL_SERVER_ERROR, "port_not_read"),
            Self::Accounts(error) => accounts_code(error),
            Self::Store(error) => (StatusCode::SERVICE_UNAVAILABLE, error.code()),
            Self::Keys(_) => (StatusCode::SERVICE_UNAVAILABLE, "key_unusable"),
            Self::Record(_)
            | Self::Body(_)
            | Self::Worker(_)
            | Self::Register(_)
            | Self::Leaf(_)
            | Self::Checkpoint(_) => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
        }
    }
}

/// What the accounts do not take, by whose turn it is: the officer's or the node's.
fn accounts_code(error: &AccountsError) -> (StatusCode, &'static str) {
    match error {
        AccountsError::Store(error) => (StatusCode::SERVICE_UNAVAILABLE, error.code()),
        AccountsError::NotRecorded(refusal @ NotRecorded::Moved { .. }) => {
            (StatusCode::CONFLICT, refusal.code())
        }
        AccountsError::NotRecorded(refusal @ NotRecorded::Unknown { .. }) => {
            (StatusCode::NOT_FOUND, refusal.code())
        }
        AccountsError::NotRecorded(refusal) => (StatusCode::BAD_REQUEST, refusal.code()),
        AccountsError::Busy => (StatusCode::SERVICE_UNAVAILABLE, "accounts_busy"),
        AccountsError::Leaf(_) => (StatusCode::SERVICE_UNAVAILABLE, "key_unusable"),
        AccountsError::Fact { .. }
        | AccountsError::File { .. }
        | AccountsError::Start(_)
        | AccountsError::Write(_) => (StatusCode::INTERNAL_SERVER_ERROR, "accounts_not_read"),
    }
}

/// What the exchange does not do, by whose turn it is: the officer's, the node's or nobody's.
fn exchange_code(error: &ExchangeError) -> (StatusCode, &'static str) {
    match error {
        ExchangeError::UnknownAgreement(_) => (StatusCode::NOT_FOUND, "not_found"),
        ExchangeError::NotStored(_) => (StatusCode::SERVICE_UNAVAILABLE, "exchange_not_stored"),
        ExchangeError::Key(_) => (StatusCode::SERVICE_UNAVAILABLE, "key_unusable"),
        ExchangeError::Stopping => (StatusCode::SERVICE_UNAVAILABLE, "exchange_stopping"),
        ExchangeError::Side(error) => match error {
            SideError::NoAgreement => (StatusCode::CONFLICT, "agreement_not_in_force"),
            SideError::Finding(finding) => fault_code(&finding.what),
            SideError::UnknownRelease(_) => (StatusCode::NOT_FOUND, "not_found"),
            SideError::NotShown(..) => (StatusCode::CONFLICT, "not_shown"),
            SideError::Shelf(_) => (StatusCode::SERVICE_UNAVAILABLE, "exchange_not_read"),
            _ => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
        },
    }
}

/// What the log would not take.
const fn fault_code(fault: &Fault) -> (StatusCode, &'static str) {
    match fault {
        Fault::Approval(_) => (StatusCode::FORBIDDEN, "signature_not_accepted"),
        Fault::Officers { .. } => (StatusCode::CONFLICT, "second_officer_missing"),
        Fault::NotSuspended(_) => (StatusCode::CONFLICT, "not_suspended"),
        Fault::Ended | Fault::NoAgreement => (StatusCode::CONFLICT, "agreement_not_in_force"),
        Fault::OtherVersion { .. } => (StatusCode::CONFLICT, "state_moved"),
        Fault::UnknownRelease(_) => (StatusCode::NOT_FOUND, "not_found"),
        _ => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
    }
}

/// An act that came too late is a conflict; one whose words are incomplete is a bad request.
const fn claim_status(refused: &bitacora_claims::Refused) -> StatusCode {
    use bitacora_claims::Refused::{
        Decided, Moved, NoteMissing, NoteTooLong, ReasonMissing, ReasonNotAsked, Withdrawn,
    };
    match refused {
        Moved { .. } | Withdrawn | Decided => StatusCode::CONFLICT,
        ReasonMissing | ReasonNotAsked | NoteMissing | NoteTooLong { .. } => StatusCode::BAD_REQUEST,
    }
}

/// What the register refuses as it stands is a conflict; what it would never take is a bad request.
const fn incident_status(refused: &Refused) -> StatusCode {
    match refused {
        Refused::Unknown(_) => StatusCode::NOT_FOUND,
        Refused::OutOfOrder { .. }
        | Refused::AlreadyReported(_)
        | Refused::NotSigned
        | Refused::AlreadySigned
        | Refused::Withdrawn
        | Refused::NotWhatStands { .. }
        | Refused::NothingCorrected
        | Refused::NoSuchChange { .. }
        | Refused::NotCorroborated { .. }
        | Refused::NotVerified
        | Refused::SourceKnown
        | Refused::Full { .. } => StatusCode::CONFLICT,
        _ => StatusCode::BAD_REQUEST,
    }
}

impl From<SideError> for ApiError {
    fn from(error: SideError) -> Self {
        ExchangeError::from(error).into()
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let (status, code) = self.code();
        if status.is_server_error() {
            tracing::error!(code, error = %self, cause = ?std::error::Error::source(&self), "request failed");
        }
        let detail = self.to_string();
        let first = match self {
            Self::AlreadyDecided(first) => Some(first),
            _ => None,
        };
        (status, Json(ApiErrorBody { error: code.to_owned(), detail, first })).into_response()
    }
}
