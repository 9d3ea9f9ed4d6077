//! Why a record cannot be written as application data.

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    #[error("field `{field}` does not fit its bits")]
    Field { field: &'static str },
    #[error("field `{field}` is not of the kind that application `{application}` gives it")]
    Kind { application: &'static str, field: &'static str },
    #[error("application `{application}` has no field `{field}` here")]
    Unknown { application: &'static str, field: &'static str },
    #[error("`{field}` has {count} groups, the definition allows {most}")]
    Groups { field: &'static str, count: usize, most: usize },
    #[error("application `{application}` takes {bits} bits, a message holds {most}")]
    TooLong { application: &'static str, bits: usize, most: usize },
}
