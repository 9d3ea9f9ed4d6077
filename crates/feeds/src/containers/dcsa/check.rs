//! A standard's schemas as tables, and the walk that holds an event against them. Members that no table names are let
//! pass: the published schemas do not forbid them (`additionalProperties` is not set), and nothing reads them.

use super::json::Node;
use crate::refusal::Reason;

/// Faults of one event that are told; the walk ends there.
const MAX_FAULTS: usize = 100;

/// What a value has to be.
pub(super) enum Is {
    /// Text of at most so many characters (`maxLength`, which counts code points).
    Text(usize),
    Code(&'static [&'static str]),
    /// Text of at most so many characters and of a form.
    Form(usize, fn(&str) -> Result<(), Reason>),
    Flag,
    Number,
    /// A whole number from the first to the second.
    Whole(f64, f64),
    Object(&'static [Member]),
    /// At most so many items (`maxItems`).
    List(&'static Is, usize),
}

/// No `maxLength`.
pub(super) const ANY: usize = usize::MAX;
/// The range of `format: int32`.
pub(super) const INT32: Is = Is::Whole(i32::MIN as f64, i32::MAX as f64);
pub(super) const TEXT: Is = Is::Text(ANY);

pub(super) enum Needed {
    No,
    Yes,
    /// Where one of these stands beside it.
    With(&'static [&'static str]),
}

pub(super) struct Member {
    pub(super) name: &'static str,
    is: Is,
    needed: Needed,
}

/// A member that may be left out.
pub(super) const fn may(name: &'static str, is: Is) -> Member {
    Member { name, is, needed: Needed::No }
}
/// A member of the schema's `required` list.
pub(super) const fn must(name: &'static str, is: Is) -> Member {
    Member { name, is, needed: Needed::Yes }
}
/// A member without which the ones named say nothing.
pub(super) const fn with(name: &'static str, is: Is, others: &'static [&'static str]) -> Member {
    Member { name, is, needed: Needed::With(others) }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Fault {
    pub(super) pointer: String,
    pub(super) reason: Reason,
    /// The beginning of what stands there.
    pub(super) found: String,
}

impl Fault {
    pub(super) fn new(pointer: String, reason: Reason) -> Self {
        Self { pointer, reason, found: String::new() }
    }
}

/// Everything at `pointer` that the table does not allow.
pub(super) fn faults(node: &Node, is: &Is, pointer: &str) -> Vec<Fault> {
    let mut faults = Vec::new();
    walk(node, is, pointer, &mut faults);
    faults
}

/// The paths that a rule beyond the tables asks for and that are not there, or hold an empty text.
pub(super) fn missing(node: &Node, paths: &[&str], pointer: &str, faults: &mut Vec<Fault>) {
    for path in paths {
        let told = format!("{pointer}/{path}");
        let silent = matches!(node.at(path), None | Some(Node::Null));
        let empty = matches!(node.at(path), Some(Node::Text(text)) if text.is_empty());
        if (silent || empty) && !faults.iter().any(|fault| fault.pointer == told) {
            faults.push(Fault::new(told, Reason::Missing));
        }
    }
}

fn walk(node: &Node, is: &Is, pointer: &str, faults: &mut Vec<Fault>) {
    if faults.len() >= MAX_FAULTS {
        return;
    }
    let reason = match (is, node) {
        (Is::Text(longest), Node::Text(text)) => fits(text, *longest),
        (Is::Code(list), Node::Text(text)) => {
            if list.contains(&text.as_str()) {
                Ok(())
            } else {
                Err(Reason::CodeUnknown)
            }
        }
        (Is::Form(longest, form), Node::Text(text)) => fits(text, *longest).and_then(|()| form(text)),
        (Is::Flag, Node::Flag(_)) | (Is::Number, Node::Number(_)) => Ok(()),
        (Is::Whole(least, most), Node::Number(number)) => {
            let whole = number.fract() == 0.0;
            match whole && (*least..=*most).contains(number) {
                true => Ok(()),
                false => Err(if whole { Reason::OutOfRange } else { Reason::Form }),
            }
        }
        (Is::Object(table), Node::Object(_)) => {
            table.iter().for_each(|member| member.walk(node, pointer, faults));
            Ok(())
        }
        (Is::List(_, most), Node::List(items)) if items.len() > *most => Err(Reason::TooMany),
        (Is::List(each, _), Node::List(items)) => {
            for (place, item) in items.iter().enumerate() {
                if faults.len() >= MAX_FAULTS {
                    break;
                }
                walk(item, each, &format!("{pointer}/{place}"), faults);
            }
            Ok(())
        }
        _ => Err(Reason::Structure),
    };
    if let Err(reason) = reason {
        faults.push(Fault { pointer: pointer.to_owned(), reason, found: node.shown() });
    }
}

impl Member {
    fn pointer(&self, parent: &str) -> String {
        [parent, self.name].join("/")
    }

    fn walk(&self, object: &Node, pointer: &str, faults: &mut Vec<Fault>) {
        let value = object.member(self.name);
        let needed = match self.needed {
            Needed::No => false,
            Needed::Yes => true,
            Needed::With(others) => others.iter().any(|other| object.member(other).is_some()),
        };
        match value {
            None if needed => faults.push(Fault::new(self.pointer(pointer), Reason::Missing)),
            None => {}
            Some(Node::Text(text)) if text.is_empty() => {
                // Not given. A code or a form cannot be empty either, but says so as itself.
                if needed {
                    faults.push(Fault::new(self.pointer(pointer), Reason::Missing));
                } else if !matches!(self.is, Is::Text(_)) {
                    walk(&Node::Text(String::new()), &self.is, &self.pointer(pointer), faults);
                }
            }
            Some(value) => walk(value, &self.is, &self.pointer(pointer), faults),
        }
    }
}

fn fits(text: &str, longest: usize) -> Result<(), Reason> {
    // Bytes are never fewer than characters.
    if text.len() <= longest || text.chars().count() <= longest { Ok(()) } else { Err(Reason::TooLong) }
}

#[cfg(test)]
mod tests {
    use super::*;

    static SIZES: &[&str] = &["L", "S"];
    static NAME: Is = Is::Text(3);
    static SHOE: &[Member] = &[
        must("size", Is::Code(SIZES)),
        may("names", Is::List(&NAME, 2)),
        may("pair", Is::Flag),
        with("unit", TEXT, &["mass"]),
        may("mass", Is::Number),
        may("eyes", Is::Whole(0.0, 12.0)),
    ];

    fn told(text: &str) -> Vec<String> {
        let node: Node = serde_json::from_str(text).unwrap();
        let faults = faults(&node, &Is::Object(SHOE), "/0");
        faults
            .iter()
            .map(|fault| format!("{} {} {}", fault.pointer, fault.reason.code(), fault.found))
            .collect()
    }

    #[test]
    fn each_fault_is_told_with_its_pointer() {
        assert_eq!(told(r#"{"size": "L", "names": ["äöü"], "more": {"size": 4}}"#), [""; 0]);
        assert_eq!(
            told(r#"{"size": "M", "pair": null}"#),
            ["/0/size code_unknown M", "/0/pair structure null"]
        );
        assert_eq!(told(r#"{"size": "", "mass": 3}"#), ["/0/size missing ", "/0/unit missing "]);
        assert_eq!(
            told(r#"{"size": "S", "names": ["äöüß", 5]}"#),
            ["/0/names/0 too_long \\xc3\\xa4\\xc3\\xb6\\xc3\\xbc\\xc3\\x9f", "/0/names/1 structure 5"]
        );
        assert_eq!(told(r#"{"size": "S", "names": ["", "", ""]}"#), ["/0/names too_many list of 3"]);
        assert_eq!(told(r#"{"size": "S", "eyes": 1.5}"#), ["/0/eyes form 1.5"]);
        assert_eq!(told(r#"{"size": "S", "eyes": 13}"#), ["/0/eyes out_of_range 13"]);
        assert_eq!(told("[]"), ["/0 structure list of 0"]);
    }

    #[test]
    fn the_faults_of_one_event_are_bounded() {
        static LIST: Is = Is::List(&Is::Flag, usize::MAX);
        let node = Node::List(vec![Node::Null; 100_000]);
        assert_eq!(faults(&node, &LIST, "").len(), MAX_FAULTS);
    }
}
