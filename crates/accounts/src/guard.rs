//! The guard before a cell that a spreadsheet would take for a formula, and its removal. It is one to one, so that a
//! guarded file reads back to the same texts; only the house's own files are read with it.

/// What a spreadsheet computes, or takes for a beginning to skip.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// One apostrophe before a formula, as a spreadsheet's own mark of text; two before a text that trimming or the single
/// apostrophe would change.
pub(crate) fn on(text: &str) -> String {
    if text.trim() != text || text.starts_with('\'') {
        format!("''{text}")
    } else if text.starts_with(FORMULA) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

/// The text that was guarded.
pub(crate) fn off(cell: &str) -> &str {
    if let Some(text) = cell.strip_prefix("''") {
        return text;
    }
    let trimmed = cell.trim();
    trimmed.strip_prefix('\'').filter(|text| text.starts_with(FORMULA)).unwrap_or(trimmed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_begins_like_a_formula_is_disarmed() {
        for (text, cell) in [
            ("=HYPERLINK(\"x\")", "'=HYPERLINK(\"x\")"),
            ("-5 against 2016", "'-5 against 2016"),
            ("@here", "'@here"),
            ("'80s", "'''80s"),
            (" spaced ", "'' spaced "),
            ("plain", "plain"),
            ("", ""),
        ] {
            assert_eq!((on(text).as_str(), off(cell)), (cell, text));
        }
    }

    proptest! {
        #[test]
        fn a_guard_comes_off_as_it_went_on(text in "['=+@ \t\r-]{0,4}.{0,6}[ \t']{0,2}") {
            let cell = on(&text);
            prop_assert_eq!(off(&cell), text.as_str());
            prop_assert!(!cell.starts_with(FORMULA));
        }
    }
}
