//! JSON as a tree that keeps what a map would hide: the order of members, and a name given twice. It knows no
//! standard; it never holds more than one event of a document at a time.

use std::fmt;

use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::refusal::excerpt;

#[derive(Clone, PartialEq, Debug)]
pub(super) enum Node {
    Null,
    Flag(bool),
    Number(f64),
    Text(String),
    List(Vec<Node>),
    /// In the order of the document.
    Object(Vec<(String, Node)>),
}

impl Node {
    /// The members that are there, in this order; `None` where none is.
    pub(super) fn object<const N: usize>(members: [(&str, Option<Node>); N]) -> Option<Node> {
        let there: Vec<_> =
            members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect();
        if there.is_empty() { None } else { Some(Node::Object(there)) }
    }

    /// `None` for an empty list.
    pub(super) fn list(items: Vec<Node>) -> Option<Node> {
        if items.is_empty() { None } else { Some(Node::List(items)) }
    }

    pub(super) fn of(text: impl Into<String>) -> Option<Node> {
        Some(Node::Text(text.into()))
    }

    pub(super) fn member(&self, name: &str) -> Option<&Node> {
        match self {
            Node::Object(members) => members.iter().find(|(own, _)| own == name).map(|(_, value)| value),
            _ => None,
        }
    }

    /// The part at a path of member names: `eventLocation/geoCoordinate`.
    pub(super) fn at(&self, path: &str) -> Option<&Node> {
        path.split('/').try_fold(self, |node, name| node.member(name))
    }

    /// Text that says something: an empty one is taken as not given.
    pub(super) fn text(&self, path: &str) -> Option<&str> {
        match self.at(path) {
            Some(Node::Text(text)) if !text.is_empty() => Some(text),
            _ => None,
        }
    }

    pub(super) fn number(&self, path: &str) -> Option<f64> {
        match self.at(path) {
            Some(Node::Number(number)) => Some(*number),
            _ => None,
        }
    }

    pub(super) fn is_set(&self, path: &str) -> bool {
        matches!(self.at(path), Some(Node::Flag(true)))
    }

    pub(super) fn items(&self, path: &str) -> &[Node] {
        match self.at(path) {
            Some(Node::List(items)) => items,
            _ => &[],
        }
    }

    /// The beginning of what stands here, for a defect.
    pub(super) fn shown(&self) -> String {
        match self {
            Node::Null => "null".to_owned(),
            Node::Flag(flag) => flag.to_string(),
            Node::Number(number) => number.to_string(),
            Node::Text(text) => excerpt(text.as_bytes()),
            Node::List(items) => format!("list of {}", items.len()),
            Node::Object(members) => {
                let names: Vec<&str> = members.iter().take(4).map(|(name, _)| name.as_str()).collect();
                excerpt(format!("object of {}", names.join(", ")).as_bytes())
            }
        }
    }

    /// Pointers of the members whose name their object has given already (RFC 7493, 2.3).
    pub(super) fn repeated(&self, pointer: &str, found: &mut Vec<String>) {
        match self {
            Node::List(items) => {
                for (place, item) in items.iter().enumerate() {
                    if matches!(item, Node::List(_) | Node::Object(_)) {
                        item.repeated(&format!("{pointer}/{place}"), found);
                    }
                }
            }
            Node::Object(members) => {
                let mut names: Vec<&str> = members.iter().map(|(name, _)| name.as_str()).collect();
                found.extend(twice(&mut names).into_iter().map(|name| below(pointer, name)));
                for (name, value) in members {
                    if matches!(value, Node::List(_) | Node::Object(_)) {
                        value.repeated(&below(pointer, name), found);
                    }
                }
            }
            _ => {}
        }
    }
}

/// The names that occur more than once, each one time.
pub(super) fn twice<'a>(names: &mut [&'a str]) -> Vec<&'a str> {
    names.sort_unstable();
    let pairs = names.iter().zip(names.iter().skip(1));
    let mut again: Vec<&str> = pairs.filter(|(one, next)| one == next).map(|(one, _)| *one).collect();
    again.dedup();
    again
}

/// The pointer of a member (RFC 6901, 3). A name of the document may be anything, so it is printed as an excerpt.
pub(super) fn below(pointer: &str, name: &str) -> String {
    if name.len() < 64 && name.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return [pointer, name].join("/");
    }
    format!("{pointer}/{}", excerpt(name.as_bytes()).replace('~', "~0").replace('/', "~1"))
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        input.deserialize_any(Tree)
    }
}

/// Recursion is bounded by serde_json itself: 128 levels.
struct Tree;

impl<'de> Visitor<'de> for Tree {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }
    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }
    fn visit_bool<E>(self, flag: bool) -> Result<Node, E> {
        Ok(Node::Flag(flag))
    }
    fn visit_i64<E>(self, number: i64) -> Result<Node, E> {
        Ok(Node::Number(number as f64))
    }
    fn visit_u64<E>(self, number: u64) -> Result<Node, E> {
        Ok(Node::Number(number as f64))
    }
    fn visit_f64<E>(self, number: f64) -> Result<Node, E> {
        Ok(Node::Number(number))
    }
    fn visit_str<E>(self, text: &str) -> Result<Node, E> {
        Ok(Node::Text(text.to_owned()))
    }
    fn visit_string<E>(self, text: String) -> Result<Node, E> {
        Ok(Node::Text(text))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Node::List(list))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Node, A::Error> {
        let mut object = Vec::new();
        while let Some(member) = members.next_entry()? {
            object.push(member);
        }
        Ok(Node::Object(object))
    }
}

impl Serialize for Node {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        match self {
            Node::Null => out.serialize_unit(),
            Node::Flag(flag) => out.serialize_bool(*flag),
            Node::Number(number) => out.serialize_f64(*number),
            Node::Text(text) => out.serialize_str(text),
            Node::List(items) => {
                let mut list = out.serialize_seq(Some(items.len()))?;
                for item in items {
                    list.serialize_element(item)?;
                }
                list.end()
            }
            Node::Object(members) => {
                let mut object = out.serialize_map(Some(members.len()))?;
                for (name, value) in members {
                    object.serialize_entry(name, value)?;
                }
                object.end()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repeated(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        serde_json::from_str::<Node>(text).unwrap().repeated("", &mut found);
        found
    }

    #[test]
    fn a_name_given_twice_is_found_at_any_depth() {
        assert_eq!(repeated(r#"{"a": 1, "b": {"a": 2}}"#), [""; 0]);
        assert_eq!(
            repeated(r#"{"a/b": [0, {"x": 1, "x": 1, "x": 2}], "~": 1, "~": 1}"#),
            ["/~0", "/a~1b/1/x"]
        );
        // The escaped spelling is the same name.
        assert_eq!(repeated(r#"{"a": 1, "\u0061": 2}"#), ["/a"]);
        assert_eq!(repeated("{\"\\u001b[2J\": 1, \"\\u001b[2J\": 2}"), ["/\\x1b[2J"]);
    }

    #[test]
    fn a_tree_is_written_as_it_was_read() {
        let text = r#"{"b":[1.5,null,true,"é"],"a":{}}"#;
        assert_eq!(serde_json::to_string(&serde_json::from_str::<Node>(text).unwrap()).unwrap(), text);
    }

    #[test]
    fn nesting_is_bounded() {
        let deep = "[".repeat(200_000) + &"]".repeat(200_000);
        assert!(serde_json::from_str::<Node>(&deep).is_err());
    }
}
