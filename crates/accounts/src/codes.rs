//! Closed lists of codes, as files and people's screens name them.

/// Why a text is none of a list's codes.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("`{text}` is no {what}")]
pub struct BadCode {
    text: String,
    what: &'static str,
}

impl BadCode {
    pub(crate) fn new(text: &str, what: &'static str) -> Self {
        Self { text: text.chars().take(60).collect(), what }
    }
}

macro_rules! codes {
    ($(#[$doc:meta])* $name:ident, $what:literal, $($(#[$inner:meta])* $variant:ident = $code:literal),+ $(,)?) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$inner])* #[serde(rename = $code)] $variant),+
        }
        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }
        }
        impl std::str::FromStr for $name {
            type Err = crate::codes::BadCode;
            fn from_str(text: &str) -> Result<Self, crate::codes::BadCode> {
                let found = Self::ALL.iter().copied().find(|one| one.code() == text);
                found.ok_or_else(|| crate::codes::BadCode::new(text, $what))
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.code())
            }
        }
    };
}
pub(crate) use codes;
