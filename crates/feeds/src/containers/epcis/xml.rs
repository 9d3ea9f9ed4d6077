//! EPCIS documents in XML (EPCIS 2.0, 9.5; also those of 1.x with their `extension` wrappers) into the tree that the
//! same document has in JSON, so that both are checked and hashed by one reader. No document type declaration and no
//! entity but XML's own five.

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::json::{MAX_BYTES, MAX_DEPTH, MAX_VALUES, NoJson};
use crate::refusal::Reason;

/// Most attributes of one element, and most namespaces in scope.
const MAX_ATTRIBUTES: usize = 100;

/// One element.
#[derive(Debug, Default)]
pub(super) struct Node {
    /// Byte at which its start tag ends.
    pub(super) at: usize,
    /// `None` for names without a prefix and for EPCIS' own.
    pub(super) namespace: Option<String>,
    pub(super) local: String,
    /// Namespace, local name, value; without `xmlns` and `xsi`.
    pub(super) attributes: Vec<(Option<String>, String, String)>,
    pub(super) children: Vec<Node>,
    pub(super) text: String,
}

const INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// The root element.
pub(super) fn parse(bytes: &[u8]) -> Result<Node, NoJson> {
    if bytes.len() > MAX_BYTES {
        return Err(NoJson { at: MAX_BYTES, reason: Reason::TooLong });
    }
    let text = std::str::from_utf8(bytes)
        .map_err(|error| NoJson { at: error.valid_up_to(), reason: Reason::Encoding })?;
    let mut tree = Tree { open: Vec::new(), scopes: Vec::new(), values: 0 };
    let mut reader = Reader::from_str(text);
    let mut root = None;
    loop {
        let event = reader.read_event();
        let at = usize::try_from(reader.buffer_position()).unwrap_or(bytes.len());
        let no = |reason: Reason| NoJson { at, reason };
        let closed = match event.map_err(|_| no(Reason::Structure))? {
            Event::Start(start) if root.is_none() => {
                tree.open(&start, at).map_err(no)?;
                None
            }
            Event::Empty(start) if root.is_none() => {
                tree.open(&start, at).map_err(no)?;
                tree.close()
            }
            Event::End(_) => tree.close(),
            Event::Text(text) => tree.text(&text).map(|()| None).map_err(no)?,
            Event::CData(text) => tree.text(&text).map(|()| None).map_err(no)?,
            Event::GeneralRef(reference) => {
                let character = match &*reference {
                    "amp" => Some('&'),
                    "lt" => Some('<'),
                    "gt" => Some('>'),
                    "quot" => Some('"'),
                    "apos" => Some('\''),
                    _ => reference.resolve_char_ref().ok().flatten(),
                };
                let character = character.ok_or(no(Reason::Structure))?;
                tree.text(character.encode_utf8(&mut [0; 4])).map(|()| None).map_err(no)?
            }
            Event::Comment(_) | Event::PI(_) | Event::Decl(_) => None,
            Event::Start(_) | Event::Empty(_) | Event::DocType(_) => return Err(no(Reason::Structure)),
            Event::Eof => {
                return root.filter(|_| tree.open.is_empty()).ok_or(no(Reason::Structure));
            }
        };
        root = root.or(closed);
    }
}

struct Tree {
    open: Vec<Node>,
    /// Depth, prefix, namespace: those of an element end with it.
    scopes: Vec<(usize, String, String)>,
    values: usize,
}

impl Tree {
    fn open(&mut self, start: &BytesStart<'_>, at: usize) -> Result<(), Reason> {
        let depth = self.open.len();
        self.values += 1;
        if depth >= MAX_DEPTH || self.values > MAX_VALUES {
            return Err(Reason::TooMany);
        }
        let mut attributes = Vec::new();
        // Its own check compares each name with each; here their number is bounded first.
        for attribute in start.attributes().with_checks(false) {
            let attribute = attribute.map_err(|_| Reason::Structure)?;
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|_| Reason::Structure)?;
            let name = attribute.key.into_inner();
            match name.strip_prefix("xmlns") {
                Some(prefix) if prefix.is_empty() || prefix.starts_with(':') => {
                    self.scopes.push((depth, prefix.trim_start_matches(':').to_owned(), value.into_owned()));
                }
                _ => attributes.push((name.to_owned(), value.into_owned())),
            }
            if attributes.len() > MAX_ATTRIBUTES || self.scopes.len() > MAX_ATTRIBUTES {
                return Err(Reason::TooMany);
            }
        }
        self.values += attributes.len();
        let (namespace, local) = self.resolve(start.name().into_inner(), true)?;
        let mut node = Node { at, namespace, local, ..Node::default() };
        for (name, value) in attributes {
            let (namespace, local) = self.resolve(&name, false)?;
            if namespace.as_deref() != Some(INSTANCE) {
                node.attributes.push((namespace, local, value));
            }
        }
        self.open.push(node);
        Ok(())
    }

    /// Namespaces in XML 1.0, 6: an attribute without a prefix has none; an undeclared prefix is an error.
    fn resolve(&self, name: &str, element: bool) -> Result<(Option<String>, String), Reason> {
        let (prefix, local) = name.split_once(':').unwrap_or(("", name));
        if local.is_empty() || local.contains(':') {
            return Err(Reason::Structure);
        }
        let declared =
            self.scopes.iter().rev().find(|(_, own, _)| own == prefix).map(|(.., space)| space.as_str());
        let namespace = match declared {
            None if prefix.is_empty() => None,
            _ if prefix.is_empty() && !element => None,
            _ if prefix == "xml" => return Ok((Some(INSTANCE.to_owned()), local.to_owned())),
            None => return Err(Reason::Structure),
            Some(space) => Some(space).filter(|space| !space.is_empty() && !is_epcis(space)),
        };
        Ok((namespace.map(str::to_owned), local.to_owned()))
    }

    /// Ends the innermost element; the root is handed out.
    fn close(&mut self) -> Option<Node> {
        let node = self.open.pop()?;
        let depth = self.open.len();
        self.scopes.retain(|(own, ..)| *own < depth);
        match self.open.last_mut() {
            Some(parent) => {
                parent.children.push(node);
                None
            }
            None => Some(node),
        }
    }

    fn text(&mut self, text: &str) -> Result<(), Reason> {
        match self.open.last_mut() {
            Some(node) => node.text.push_str(text),
            None if text.trim().trim_start_matches('\u{feff}').is_empty() => {}
            None => return Err(Reason::Structure),
        }
        Ok(())
    }
}

fn is_epcis(namespace: &str) -> bool {
    ["urn:epcglobal:epcis:xsd:", "urn:epcglobal:epcis-query:xsd:"]
        .iter()
        .any(|own| namespace.starts_with(own))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn namespaces_references_and_sections_are_read() {
        let root = parse(
            b"<?xml version='1.0'?><!-- c --><e:A xmlns:e='urn:epcglobal:epcis:xsd:2' xmlns='' x='1 &amp; 2'>\
              <b xmlns:o='urn:o:' o:y='3'>p&lt;<![CDATA[&]]>&#x41;</b><o xmlns='urn:o:'/></e:A>",
        )
        .unwrap();
        assert_eq!((root.local.as_str(), root.namespace.as_ref()), ("A", None));
        assert_eq!(root.attributes, [(None, "x".to_owned(), "1 & 2".to_owned())]);
        assert_eq!(root.children[0].text, "p<&A");
        assert_eq!(
            root.children[0].attributes,
            [(Some("urn:o:".to_owned()), "y".to_owned(), "3".to_owned())]
        );
        assert_eq!(root.children[1].namespace.as_deref(), Some("urn:o:"));
    }

    #[test]
    fn what_is_no_plain_xml_is_refused() {
        for bad in [
            "",
            "text",
            "<a>",
            "<a></b>",
            "<a/><b/>",
            "<p:a/>",
            "<a>&x;</a>",
            "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>",
            "<a x='&x;'/>",
            "<a b:c:d='1'/>",
        ] {
            assert!(parse(bad.as_bytes()).is_err(), "{bad}");
        }
        let deep = "<a>".repeat(1_000_000);
        assert_eq!(parse(deep.as_bytes()).unwrap_err().reason, Reason::TooMany);
        let wide: String = (0..200).map(|n| format!(" a{n}='1'")).collect();
        assert_eq!(parse(format!("<a{wide}/>").as_bytes()).unwrap_err().reason, Reason::TooMany);
    }
}
