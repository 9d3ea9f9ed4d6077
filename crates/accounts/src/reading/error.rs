//! Why a text is not read, and why a proposal is not accepted.

#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NotRead {
    #[error("the text is not UTF-8 from byte {byte} on")]
    NotUtf8 { byte: usize },
    #[error("the text has {bytes} bytes, more than {most}")]
    TooLong { bytes: usize, most: usize },
}

impl NotRead {
    /// A stable code for the edges.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotUtf8 { .. } => "not_utf8",
            Self::TooLong { .. } => "text_too_long",
        }
    }
}

#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NotAccepted {
    #[error("the reviewer has no name: a figure enters with the person who answers for it")]
    NoReviewer,
    #[error("the name of the reviewer has more than {most} characters")]
    LongName { most: usize },
}

impl NotAccepted {
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoReviewer => "reviewer_missing",
            Self::LongName { .. } => "reviewer_too_long",
        }
    }
}
