//! Why a turn with a server failed, or a part of it.

use bitacora_https::FileError;
use bitacora_taxii::client::ClientError;

use super::state::Trouble;
use crate::clock;
use crate::error::NodeError;

#[derive(Debug, thiserror::Error)]
pub(crate) enum Failed {
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error(transparent)]
    Tls(#[from] FileError),
    #[error("the server wants to be left alone until {0}")]
    Resting(bitacora_primitives::Instant),
    #[error("the server offers no collection `{0}`")]
    UnknownCollection(String),
    #[error("`{0}` names more than one collection of the server: name it by its id")]
    AmbiguousCollection(String),
    #[error("the server does not let us read `{0}`")]
    NotReadable(String),
    #[error("the server does not let us add to `{0}`")]
    NotWritable(String),
    #[error("nothing could be taken in: {0}")]
    NotTaken(String),
    #[error("what would be pushed cannot be logged, and is not pushed: {0}")]
    NotLogged(String),
    #[error(transparent)]
    Node(#[from] NodeError),
}

impl From<bitacora_store::StoreError> for Failed {
    fn from(error: bitacora_store::StoreError) -> Self {
        Self::Node(error.into())
    }
}

impl Failed {
    /// The stable code.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Client(error) => match error {
                ClientError::Transport(_) => "connection",
                ClientError::Busy { .. } => "busy",
                ClientError::Status { status: 401 | 403, .. } => "not_let_in",
                ClientError::Status { .. } => "refused",
                ClientError::NotTaxii(_) => "not_taxii",
                ClientError::TooLong { .. } => "too_long",
                ClientError::Form(_) => "form",
                ClientError::Elsewhere(_) => "elsewhere",
                ClientError::Endless { .. } | ClientError::NoWayOn => "endless",
            },
            Self::Tls(_) => "tls",
            Self::Resting(_) => "busy",
            Self::UnknownCollection(_) => "unknown_collection",
            Self::AmbiguousCollection(_) => "ambiguous_collection",
            Self::NotReadable(_) => "not_readable",
            Self::NotWritable(_) => "not_writable",
            Self::NotTaken(_) => "not_taken",
            Self::NotLogged(_) => "not_logged",
            Self::Node(error) => error.code(),
        }
    }

    /// As it is kept and shown.
    pub(crate) fn trouble(&self) -> Trouble {
        let mut detail = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(inner) = cause {
            let inner_text = inner.to_string();
            // Some say their cause themselves.
            if !detail.ends_with(&inner_text) {
                detail.push_str(&format!(": {inner_text}"));
            }
            cause = inner.source();
        }
        Trouble { at: clock::now(), code: self.code().to_owned(), detail }
    }

    /// Whether nothing else with this server is worth trying in this turn.
    pub(super) const fn ends_the_turn(&self) -> bool {
        !matches!(
            self,
            Self::Client(
                ClientError::Status { .. }
                    | ClientError::NotTaxii(_)
                    | ClientError::TooLong { .. }
                    | ClientError::Form(_)
                    | ClientError::Endless { .. }
                    | ClientError::NoWayOn
            ) | Self::UnknownCollection(_)
                | Self::AmbiguousCollection(_)
                | Self::NotReadable(_)
                | Self::NotWritable(_)
        )
    }
}
