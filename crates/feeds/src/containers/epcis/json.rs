//! JSON text (RFC 8259) into a tree, strictly and within bounds. Keeps what a lenient reader loses: the digits of
//! numbers as written, names that occur twice, texts that are no Unicode, and where each object begins. Never decides
//! what a value means.

use std::collections::BTreeSet;

use crate::refusal::Reason;

/// Longest document in bytes.
pub const MAX_BYTES: usize = 32 << 20;
/// Deepest nesting: an event's own members end at eight, extensions may go on.
pub const MAX_DEPTH: usize = 64;
/// Most values in one document: each takes some 40 bytes of memory, however short its text is.
pub const MAX_VALUES: usize = 2_000_000;

#[derive(Clone, PartialEq, Debug)]
pub(super) enum Value {
    Null,
    Bool(bool),
    /// As written: `26.10` and `1e3` keep their digits.
    Number(String),
    Text(String),
    List(Vec<Value>),
    Object(Object),
    /// A text with an escape that is no Unicode character: half a surrogate pair.
    NoText,
}

#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct Object {
    /// Byte at which it begins.
    pub(super) at: usize,
    /// In the order of the document; of a doubled name the first.
    pub(super) members: Vec<(String, Value)>,
    /// Names that occur again (RFC 8259, 4: then nobody knows which counts), and names that are no Unicode.
    pub(super) faults: Vec<(String, Reason)>,
}

impl Object {
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.members.iter().find(|(own, _)| own == name).map(|(_, value)| value)
    }
}

impl Value {
    pub(super) fn object(&self) -> Option<&Object> {
        if let Self::Object(object) = self { Some(object) } else { None }
    }
    pub(super) fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }
    /// What a defect shows of it: the text or number, or its shape.
    pub(super) fn shown(&self) -> &str {
        match self {
            Self::Null => "null",
            Self::Bool(true) => "true",
            Self::Bool(false) => "false",
            Self::Number(text) | Self::Text(text) => text,
            Self::List(_) => "[...]",
            Self::Object(_) => "{...}",
            Self::NoText => "\\u",
        }
    }
}

/// Why, and at which byte, the bytes are no JSON document.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct NoJson {
    pub(super) at: usize,
    pub(super) reason: Reason,
}

/// The one value of the document.
pub(super) fn parse(bytes: &[u8]) -> Result<Value, NoJson> {
    if bytes.len() > MAX_BYTES {
        return Err(NoJson { at: MAX_BYTES, reason: Reason::TooLong });
    }
    let text = std::str::from_utf8(bytes)
        .map_err(|error| NoJson { at: error.valid_up_to(), reason: Reason::Encoding })?;
    // RFC 8259, 8.1: a byte order mark may be ignored.
    let at = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let mut reader = Reader { text, bytes, at, values: 0 };
    reader.blanks();
    let value = reader.value(0)?;
    reader.blanks();
    if reader.at == bytes.len() { Ok(value) } else { Err(reader.no(Reason::Structure)) }
}

struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    values: usize,
}

impl Reader<'_> {
    const fn no(&self, reason: Reason) -> NoJson {
        NoJson { at: self.at, reason }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// Takes `byte` where it comes next.
    fn take(&mut self, byte: u8) -> bool {
        let here = self.peek() == Some(byte);
        self.at += usize::from(here);
        here
    }

    fn word(&mut self, word: &str, value: Value) -> Result<Value, NoJson> {
        let end = self.at + word.len();
        if self.bytes.get(self.at..end) != Some(word.as_bytes()) {
            return Err(self.no(Reason::Structure));
        }
        self.at = end;
        Ok(value)
    }

    /// `depth` is bounded, so is the recursion.
    fn value(&mut self, depth: usize) -> Result<Value, NoJson> {
        self.values += 1;
        if depth > MAX_DEPTH || self.values > MAX_VALUES {
            return Err(self.no(Reason::TooMany));
        }
        match self.peek() {
            Some(b'{') => self.members(depth),
            Some(b'[') => self.list(depth),
            Some(b'"') => Ok(self.string()?.map_or(Value::NoText, Value::Text)),
            Some(b't') => self.word("true", Value::Bool(true)),
            Some(b'f') => self.word("false", Value::Bool(false)),
            Some(b'n') => self.word("null", Value::Null),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => Err(self.no(Reason::Structure)),
        }
    }

    fn list(&mut self, depth: usize) -> Result<Value, NoJson> {
        self.at += 1;
        let mut items = Vec::new();
        self.blanks();
        if self.take(b']') {
            return Ok(Value::List(items));
        }
        loop {
            self.blanks();
            items.push(self.value(depth + 1)?);
            self.blanks();
            if self.take(b']') {
                return Ok(Value::List(items));
            }
            if !self.take(b',') {
                return Err(self.no(Reason::Structure));
            }
        }
    }

    fn members(&mut self, depth: usize) -> Result<Value, NoJson> {
        let mut object = Object { at: self.at, ..Object::default() };
        let mut names = Names::default();
        self.at += 1;
        self.blanks();
        if self.take(b'}') {
            return Ok(Value::Object(object));
        }
        loop {
            self.blanks();
            if self.peek() != Some(b'"') {
                return Err(self.no(Reason::Structure));
            }
            let name = self.string()?;
            self.blanks();
            if !self.take(b':') {
                return Err(self.no(Reason::Structure));
            }
            self.blanks();
            let value = self.value(depth + 1)?;
            match name {
                None => object.faults.push((String::new(), Reason::Encoding)),
                Some(name) if names.is_new(&name, &object.members) => object.members.push((name, value)),
                Some(name) => object.faults.push((name, Reason::TooMany)),
            }
            self.blanks();
            if self.take(b'}') {
                return Ok(Value::Object(object));
            }
            if !self.take(b',') {
                return Err(self.no(Reason::Structure));
            }
        }
    }

    fn digits(&mut self) -> Result<(), NoJson> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at > start { Ok(()) } else { Err(self.no(Reason::NumberUnreadable)) }
    }

    fn number(&mut self) -> Result<Value, NoJson> {
        let start = self.at;
        self.take(b'-');
        if !self.take(b'0') {
            self.digits()?;
        }
        if self.take(b'.') {
            self.digits()?;
        }
        if self.take(b'e') || self.take(b'E') {
            let _signed = self.take(b'+') || self.take(b'-');
            self.digits()?;
        }
        Ok(Value::Number(self.text.get(start..self.at).unwrap_or_default().to_owned()))
    }

    /// `None` for a text with half a surrogate pair: the rest of the document still reads.
    fn string(&mut self) -> Result<Option<String>, NoJson> {
        self.at += 1;
        let mut text = Some(String::new());
        loop {
            let start = self.at;
            while matches!(self.peek(), Some(byte) if byte != b'"' && byte != b'\\' && byte >= 0x20) {
                self.at += 1;
            }
            if let (Some(text), Some(run)) = (&mut text, self.text.get(start..self.at)) {
                text.push_str(run);
            }
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(text);
                }
                Some(b'\\') => {
                    self.at += 1;
                    match (self.escape()?, &mut text) {
                        (Some(character), Some(text)) => text.push(character),
                        (None, _) => text = None,
                        (Some(_), None) => {}
                    }
                }
                _ => return Err(self.no(Reason::Structure)),
            }
        }
    }

    fn escape(&mut self) -> Result<Option<char>, NoJson> {
        let character = match self.peek() {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(),
            _ => return Err(self.no(Reason::Structure)),
        };
        self.at += 1;
        Ok(Some(character))
    }

    /// At the `u` of `\u`: one character of four digits, or of a pair.
    fn unicode(&mut self) -> Result<Option<char>, NoJson> {
        let first = self.hex()?;
        if !(0xd800..0xdc00).contains(&first) {
            return Ok(char::from_u32(first));
        }
        let after_first = self.at;
        if !self.take(b'\\') || self.peek() != Some(b'u') {
            self.at = after_first;
            return Ok(None);
        }
        let second = self.hex()?;
        if !(0xdc00..0xe000).contains(&second) {
            self.at = after_first;
            return Ok(None);
        }
        Ok(char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00)))
    }

    fn hex(&mut self) -> Result<u32, NoJson> {
        self.at += 1;
        let mut value = 0;
        for _ in 0..4 {
            let digit = self.peek().and_then(|byte| char::from(byte).to_digit(16));
            value = (value << 4) | digit.ok_or(NoJson { at: self.at, reason: Reason::Structure })?;
            self.at += 1;
        }
        Ok(value)
    }
}

/// The names of one object so far. Few names are compared one by one; many are kept in a tree, so that an object of a
/// million names is read in a moment, whoever chose them.
#[derive(Default)]
struct Names(BTreeSet<String>);

impl Names {
    const FEW: usize = 16;

    fn is_new(&mut self, name: &str, members: &[(String, Value)]) -> bool {
        if members.len() < Self::FEW {
            return members.iter().all(|(own, _)| own != name);
        }
        if self.0.is_empty() {
            self.0 = members.iter().map(|(own, _)| own.clone()).collect();
        }
        self.0.insert(name.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &[u8]) -> (usize, Reason) {
        let no = parse(text).unwrap_err();
        (no.at, no.reason)
    }

    #[test]
    fn digits_escapes_and_places_are_kept() {
        let value = parse(
            "\u{feff} {\"a\": [26.10, -0, 1e3, true, null], \"\\u00e9\": {\"b\": \"\\ud83d\\ude00\\n\"}}"
                .as_bytes(),
        );
        let Ok(Value::Object(object)) = value else { panic!("{value:?}") };
        let Some(Value::List(items)) = object.get("a") else { panic!("{object:?}") };
        let shown: Vec<&str> = items.iter().map(Value::shown).collect();
        assert_eq!(shown, ["26.10", "-0", "1e3", "true", "null"]);
        let inner = object.get("é").and_then(Value::object).unwrap();
        assert_eq!((inner.at, inner.get("b").and_then(Value::text)), (50, Some("\u{1f600}\n")));
    }

    #[test]
    fn what_is_no_json_is_refused_at_its_byte() {
        assert_eq!(fault(b""), (0, Reason::Structure));
        assert_eq!(fault(b"{\"a\": 1,}"), (8, Reason::Structure));
        assert_eq!(fault(b"[1] 2"), (4, Reason::Structure));
        assert_eq!(fault(b"[01]"), (2, Reason::Structure));
        assert_eq!(fault(b"[1.]"), (3, Reason::NumberUnreadable));
        assert_eq!(fault(b"[NaN]"), (1, Reason::Structure));
        assert_eq!(fault(b"[\"a\nb\"]"), (3, Reason::Structure));
        assert_eq!(fault(b"[\"\\x\"]"), (3, Reason::Structure));
        assert_eq!(fault(b"[\"a\xff\"]"), (3, Reason::Encoding));
        assert_eq!(fault("[".repeat(MAX_DEPTH + 2).as_bytes()), (MAX_DEPTH + 1, Reason::TooMany));
        assert_eq!(fault("[".repeat(1_000_000).as_bytes()).1, Reason::TooMany);
    }

    #[test]
    fn doubled_names_and_half_surrogates_are_marked_and_the_rest_reads() {
        let Ok(Value::Object(object)) =
            parse(br#"{"a": 1, "a": 2, "b": "\ud800", "c": "\udc00x", "\ud800": 3, "d": "\ud800\n"}"#)
        else {
            panic!()
        };
        assert_eq!(object.get("a"), Some(&Value::Number("1".into())));
        assert_eq!(object.faults, [("a".to_owned(), Reason::TooMany), (String::new(), Reason::Encoding)]);
        for name in ["b", "c", "d"] {
            assert_eq!(object.get(name), Some(&Value::NoText), "{name}");
        }
        let many: String = (0..200).map(|n| format!("\"k{n}\": 0, ")).collect();
        let Ok(Value::Object(object)) = parse(format!("{{{many}\"k7\": 1}}").as_bytes()) else { panic!() };
        assert_eq!((object.members.len(), object.faults.len()), (200, 1));
    }
}
