//! Texts that a reader can trust to say what they show. Never drops a character: what cannot be seen is shown by its
//! number.

/// Characters that print nothing or turn the line around are shown by their number: a reader must see that they are
/// there, and they must not reorder what stands beside them.
pub(crate) fn legible(text: &str, printable: impl Fn(char) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    for one in text.chars() {
        let hidden = one.is_control()
            || matches!(one, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
                | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
            || is_private_or_none(one);
        if matches!(one, '\n' | '\r' | '\t') {
            out.push(' ');
        } else if hidden || !printable(one) {
            out.push_str(&format!("‹U+{:04X}›", u32::from(one)));
        } else {
            out.push(one);
        }
    }
    out
}

fn is_private_or_none(one: char) -> bool {
    let code = u32::from(one);
    (0xe000..=0xf8ff).contains(&code) || code >= 0xf_0000 || (code & 0xfffe) == 0xfffe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_prints_nothing_is_shown_by_its_number() {
        assert_eq!(legible("a\u{202e}b\u{0}c", |_| true), "a‹U+202E›b‹U+0000›c");
        assert_eq!(legible("línea\nuna", |_| true), "línea una");
        assert_eq!(legible("中x", |c| c.is_ascii()), "‹U+4E2D›x");
    }
}
