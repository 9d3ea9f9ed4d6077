//! The tree of JSON for an XML document: lists for repeated elements, members for attributes, bare words for the
//! standard's URNs. Checks nothing: what does not fit keeps its name and is refused by the reader of both.

use std::collections::BTreeMap;

use super::json::{Object, Value};
use super::xml::Node;
use crate::refusal::Reason;

/// Members that are lists of texts, with the name of one.
const TEXT_LISTS: [(&str, &str); 5] = [
    ("epcList", "epc"),
    ("inputEPCList", "epc"),
    ("outputEPCList", "epc"),
    ("childEPCs", "epc"),
    ("correctiveEventIDs", "correctiveEventID"),
];
/// Members that are lists of objects, with the name of one.
const OBJECT_LISTS: [(&str, &str); 5] = [
    ("quantityList", "quantityElement"),
    ("childQuantityList", "quantityElement"),
    ("inputQuantityList", "quantityElement"),
    ("outputQuantityList", "quantityElement"),
    ("sensorElementList", "sensorElement"),
];
/// Members that are lists of typed identifiers, with the name of one.
const TYPED_LISTS: [(&str, &str); 3] =
    [("bizTransactionList", "bizTransaction"), ("sourceList", "source"), ("destinationList", "destination")];
const NUMBERS: [&str; 8] =
    ["quantity", "value", "minValue", "maxValue", "meanValue", "sDev", "percRank", "percValue"];
/// Values that may be one of the standard's URNs.
const WORDS: [&str; 8] =
    ["bizStep", "disposition", "type", "reason", "set", "unset", "component", "exception"];
/// Namespaces get prefixes of our own: those of the document may change from element to element.
#[derive(Default)]
struct Prefixes(BTreeMap<String, String>);

impl Prefixes {
    fn name(&mut self, namespace: Option<&String>, local: &str) -> String {
        let Some(namespace) = namespace else { return local.to_owned() };
        let next = format!("n{}", self.0.len());
        let prefix = self.0.entry(namespace.clone()).or_insert(next);
        format!("{prefix}:{local}")
    }
}

/// The document as its JSON would be.
pub(super) fn document(root: &Node) -> Value {
    let mut prefixes = Prefixes::default();
    let mut object = Members::at(root.at);
    for (namespace, local, value) in &root.attributes {
        object.put(prefixes.name(namespace.as_ref(), local), Value::Text(value.clone()));
    }
    object.put("type".to_owned(), Value::Text(root.local.clone()));
    match root.local.as_str() {
        "EPCISQueryDocument" => {
            // The body may hold `QueryResults`, or be left out around its parts.
            let body = child(root, "EPCISBody").unwrap_or(root);
            let results = child(body, "QueryResults").unwrap_or(body);
            let mut inner = Members::at(results.at);
            for node in &results.children {
                if node.namespace.is_none() && node.local == "resultsBody" {
                    let body = list_body(node, &mut prefixes);
                    inner.put("resultsBody".to_owned(), body);
                } else if !(std::ptr::eq(results, root) && node.local == "EPCISHeader") {
                    put_member(&mut inner, node, &mut prefixes);
                }
            }
            let mut body = Members::at(results.at);
            body.put("queryResults".to_owned(), inner.done());
            object.put("epcisBody".to_owned(), body.done());
        }
        _ => {
            for node in &root.children {
                match (node.namespace.is_none(), node.local.as_str()) {
                    (true, "EPCISBody") => object.put("epcisBody".to_owned(), list_body(node, &mut prefixes)),
                    // Master data and the header of a message: nothing here uses them.
                    (true, "EPCISHeader") => {}
                    _ => put_member(&mut object, node, &mut prefixes),
                }
            }
        }
    }
    let mut declared = Members::default();
    for (namespace, prefix) in &prefixes.0 {
        declared.put(prefix.clone(), Value::Text(namespace.clone()));
    }
    let epcis = "https://ref.gs1.org/standards/epcis/epcis-context.jsonld".to_owned();
    object.put("@context".to_owned(), Value::List(vec![Value::Text(epcis), declared.done()]));
    object.done()
}

/// An object under construction; its names are indexed, for an element may have a million children.
#[derive(Default)]
struct Members {
    object: Object,
    places: BTreeMap<String, usize>,
}

impl Members {
    fn at(at: usize) -> Self {
        Self { object: Object { at, ..Object::default() }, ..Self::default() }
    }

    fn own(&mut self, name: &str) -> Option<&mut Value> {
        let place = self.places.get(name)?;
        self.object.members.get_mut(*place).map(|(_, value)| value)
    }

    /// A member; the second of a name is a fault.
    fn put(&mut self, name: String, value: Value) {
        if self.places.contains_key(&name) {
            self.object.faults.push((name, Reason::TooMany));
        } else {
            self.places.insert(name.clone(), self.object.members.len());
            self.object.members.push((name, value));
        }
    }

    /// A member that may be repeated: then it is a list.
    fn repeat(&mut self, name: String, value: Value) {
        match (self.own(&name), value) {
            (Some(Value::List(items)), Value::List(more)) => items.extend(more),
            (Some(Value::List(items)), value) => items.push(value),
            (Some(first), value) => *first = Value::List(vec![std::mem::replace(first, Value::Null), value]),
            (None, value) => self.put(name, value),
        }
    }

    fn done(self) -> Value {
        Value::Object(self.object)
    }
}

fn child<'a>(node: &'a Node, local: &str) -> Option<&'a Node> {
    node.children.iter().find(|child| child.namespace.is_none() && child.local == local)
}

/// `EPCISBody` or `resultsBody`: the events.
fn list_body(node: &Node, prefixes: &mut Prefixes) -> Value {
    let mut object = Members::at(node.at);
    for list in &node.children {
        if list.namespace.is_some() || list.local != "EventList" {
            put_member(&mut object, list, prefixes);
            continue;
        }
        let mut events = Vec::new();
        for node in &list.children {
            // EPCIS 1.x puts newer types of events into an extension.
            let wrapped = node.namespace.is_none() && node.local == "extension";
            for node in if wrapped { node.children.as_slice() } else { std::slice::from_ref(node) } {
                events.push(event(node, prefixes));
            }
        }
        object.put("eventList".to_owned(), Value::List(events));
    }
    object.done()
}

fn event(node: &Node, prefixes: &mut Prefixes) -> Value {
    let kind = prefixes.name(node.namespace.as_ref(), &node.local);
    let mut object = members(node, prefixes);
    object.put("type".to_owned(), Value::Text(kind));
    object.done()
}

/// Attributes and children of an element of the standard.
fn members(node: &Node, prefixes: &mut Prefixes) -> Members {
    let mut object = Members::at(node.at);
    for (namespace, local, value) in &node.attributes {
        let name = prefixes.name(namespace.as_ref(), local);
        let value = if namespace.is_some() { Value::Text(value.clone()) } else { leaf(local, value) };
        object.put(name, value);
    }
    flattened(node, &mut |child| put_member(&mut object, child, prefixes));
    object
}

/// The children, with those of `extension` and `baseExtension` (EPCIS 1.x) in their place.
fn flattened(node: &Node, take: &mut impl FnMut(&Node)) {
    for child in &node.children {
        if child.namespace.is_none() && ["extension", "baseExtension"].contains(&child.local.as_str()) {
            flattened(child, take);
        } else {
            take(child);
        }
    }
}

fn put_member(object: &mut Members, node: &Node, prefixes: &mut Prefixes) {
    if node.namespace.is_some() {
        let name = prefixes.name(node.namespace.as_ref(), &node.local);
        let value = extension(node, prefixes);
        return object.repeat(name, value);
    }
    let local = node.local.as_str();
    let of =
        |lists: &[(&str, &'static str)]| lists.iter().find(|(list, _)| *list == local).map(|(_, item)| *item);
    let items = |item: &str, mut read: Box<dyn FnMut(&Node) -> Value + '_>| {
        Value::List(
            node.children
                .iter()
                .map(|child| if child.local == item { read(child) } else { Value::Null })
                .collect(),
        )
    };
    let value = if let Some(item) = of(&TEXT_LISTS) {
        items(item, Box::new(|child| Value::Text(child.text.trim().to_owned())))
    } else if let Some(item) = of(&OBJECT_LISTS) {
        items(item, Box::new(|child| members(child, prefixes).done()))
    } else if let Some(item) = of(&TYPED_LISTS) {
        items(item, Box::new(|child| typed(child, item)))
    } else if node.children.is_empty()
        && node.attributes.is_empty()
        && !["ilmd", "sensorReport"].contains(&local)
    {
        leaf(local, &node.text)
    } else {
        members(node, prefixes).done()
    };
    match local {
        "certificationInfo" => object.repeat(local.to_owned(), value),
        "set" | "unset" | "sensorReport" => object.repeat(local.to_owned(), Value::List(vec![value])),
        _ => object.put(local.to_owned(), value),
    }
}

fn typed(node: &Node, own: &str) -> Value {
    let mut object = Members::at(node.at);
    for (_, local, value) in &node.attributes {
        object.put(local.clone(), leaf(local, value));
    }
    object.put(own.to_owned(), Value::Text(node.text.trim().to_owned()));
    object.done()
}

/// A value of the standard: a number, a truth value, a word or a text.
fn leaf(name: &str, text: &str) -> Value {
    let text = text.trim();
    if NUMBERS.contains(&name) {
        let digits = text.strip_prefix('+').unwrap_or(text);
        return Value::Number(digits.to_owned());
    }
    match (name, text) {
        ("booleanValue", "true" | "1") => Value::Bool(true),
        ("booleanValue", "false" | "0") => Value::Bool(false),
        _ => {
            let urn = text.strip_prefix("urn:epcglobal:cbv:").and_then(|rest| rest.split_once(':'));
            let word = urn.filter(|_| WORDS.contains(&name)).map(|(_, word)| word);
            Value::Text(word.unwrap_or(text).to_owned())
        }
    }
}

/// An extension: its text, or its parts.
fn extension(node: &Node, prefixes: &mut Prefixes) -> Value {
    let text = node.text.trim();
    if node.children.is_empty() && node.attributes.is_empty() {
        return Value::Text(text.to_owned());
    }
    let mut object = Members::at(node.at);
    for (namespace, local, value) in &node.attributes {
        object.put(prefixes.name(namespace.as_ref(), local), Value::Text(value.clone()));
    }
    for child in &node.children {
        let name = prefixes.name(child.namespace.as_ref(), &child.local);
        let value = extension(child, prefixes);
        object.repeat(name, value);
    }
    if !text.is_empty() {
        object.put("@value".to_owned(), Value::Text(text.to_owned()));
    }
    object.done()
}
