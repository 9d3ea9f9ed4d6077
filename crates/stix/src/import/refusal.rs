//! Why an object, or a whole document, is not taken: a stable code, the rule, and where.

use std::fmt;

/// A refused object, or the whole document where `path` is empty.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refused {
    /// Where it stands: `objects/3`; empty for the document.
    pub path: String,
    /// Its id, where one could be read.
    pub id: Option<String>,
    pub code: Code,
    /// What exactly: a property, a value, a number.
    pub detail: String,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.path.is_empty() { "document" } else { &self.path };
        write!(f, "{place}: {} ({}): {}", self.code.code(), self.code.rule(), self.detail)
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $code:literal, $rule:literal;)+) => {
        /// Reasons by a stable code. Each names its rule: a section of STIX 2.1, an RFC, or a bound of this reader.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Code { $($(#[$doc])* $variant),+ }
        impl Code {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }
            pub const fn rule(self) -> &'static str {
                match self { $(Self::$variant => $rule),+ }
            }
        }
    };
}

codes!(
    DocumentTooLong = "document_too_long", "limit";
    NotUtf8 = "not_utf8", "RFC 8259, 8.1";
    NotJson = "not_json", "RFC 8259";
    NotABundle = "not_a_bundle", "STIX 2.1, 8; TAXII 2.1, envelope";
    TooManyObjects = "too_many_objects", "limit";
    ObjectTooLong = "object_too_long", "limit";
    TooDeep = "too_deep", "limit";
    TooManyValues = "too_many_values", "limit";
    DuplicateName = "duplicate_name", "RFC 7493, 2.3";
    IntegerRange = "integer_range", "STIX 2.1, 2.10";
    NullValue = "null_value", "STIX 2.1, 2";
    EmptyList = "empty_list", "STIX 2.1, 2.12";
    SpecVersion = "spec_version", "STIX 2.1, 3.2";
    BadId = "bad_id", "STIX 2.1, 2.9";
    TypeMismatch = "type_mismatch", "STIX 2.1, 2.9";
    Missing = "missing_property", "STIX 2.1, 3.2";
    WrongForm = "wrong_form", "STIX 2.1, 3.2";
    BadTimestamp = "bad_timestamp", "STIX 2.1, 2.16";
    ModifiedBeforeCreated = "modified_before_created", "STIX 2.1, 3.2";
    WindowReversed = "window_reversed", "STIX 2.1, 4.14 and 5.2";
    VersionConflict = "version_conflict", "STIX 2.1, 3.6";
    Repeated = "repeated", "STIX 2.1, 3.6";
    MarkingNotFound = "marking_not_found", "STIX 2.1, 7.2";
    MarkingAltered = "marking_altered", "STIX 2.1, 7.2.1";
    MarkingCircular = "marking_circular", "STIX 2.1, 3.2";
    BadSelector = "bad_selector", "STIX 2.1, 7.2.3";
    ReferenceNotFound = "reference_not_found", "STIX 2.1, 3.3";
    BadPosition = "bad_position", "STIX 2.1, 4.10";
    HandlingMissing = "handling_missing", "docs/stix";
    NotOurForm = "not_our_form", "docs/stix";
    /// Says nothing of a vessel, a container, a place at sea or an incident.
    NotMaritime = "not_maritime", "scope of this reader";
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_another_and_in_the_documentation() {
        let page = include_str!("../../../../docs/stix/README.md");
        let mut codes: Vec<&str> = Code::ALL.iter().map(|code| code.code()).collect();
        for code in Code::ALL {
            let row = format!("| `{}` | {} |", code.code(), code.rule());
            assert!(page.contains(&row), "docs/stix/README.md lacks {row}");
        }
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), Code::ALL.len());
    }
}
