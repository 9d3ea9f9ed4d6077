//! `@context` (JSON-LD 1.1) without a network: the prefixes that the EPCIS context and the document itself declare. A
//! context is never fetched, so what only a foreign context could explain is refused.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::json::Value;

/// The prefixes of the EPCIS 2.0 context, and `cbvmda`, which the standard's examples use without declaring it.
const KNOWN: [(&str, &str); 8] = [
    ("cbv", "https://ref.gs1.org/cbv/"),
    ("cbvmda", "urn:epcglobal:cbv:mda:"),
    ("dcterms", "http://purl.org/dc/terms/"),
    ("epcis", "https://ref.gs1.org/epcis/"),
    ("gs1", "https://gs1.org/voc/"),
    ("owl", "http://www.w3.org/2002/07/owl#"),
    ("rdfs", "http://www.w3.org/2000/01/rdf-schema#"),
    ("xsd", "http://www.w3.org/2001/XMLSchema#"),
];

/// URI schemes of identifiers: a context that makes one a prefix would change what every identifier says.
const SCHEMES: [&str; 8] = ["data", "did", "geo", "http", "https", "ni", "tag", "urn"];

/// Prefixes and what they stand for; `None` where a declaration takes one away.
type Prefixes = BTreeMap<String, Option<Arc<str>>>;

/// What prefixes stand for, at one place of a document.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Context {
    /// The standard's, the document's, the event's: a later one counts. Shared, for every event may add its own.
    layers: Vec<Arc<Prefixes>>,
    /// Values under a declared prefix are written out (JSON-LD). EPCIS XML has no such rule but for GS1's own two.
    compact_values: bool,
}

/// What is wrong in a context, with the term.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum BadContext {
    /// A term of the EPCIS vocabulary, or a URI scheme, is given another meaning (JSON-LD 1.1, 4.1.11: the EPCIS
    /// context is protected).
    Redefined(String),
    /// A prefix that stands for no absolute IRI.
    NoIri(String),
    /// Neither an IRI, nor an object, nor a list of those.
    Shape,
}

impl Default for Context {
    fn default() -> Self {
        let known = KNOWN.iter().map(|(name, iri)| ((*name).to_owned(), Some(Arc::from(*iri)))).collect();
        Self { layers: vec![Arc::new(known)], compact_values: true }
    }
}

/// Most prefixes one context may declare.
const MAX_PREFIXES: usize = 1000;
/// Longest IRI of a prefix: it is written out for each value under it.
const MAX_PREFIX_IRI: usize = 200;

impl Context {
    /// For a document read from XML, with its namespaces as prefixes.
    pub(super) fn of_xml(self) -> Self {
        Self { compact_values: false, ..self }
    }

    /// With the declarations of one `@context` on top. `standard` tells the names that may not be redefined.
    pub(super) fn with(&self, declared: &Value, standard: impl Fn(&str) -> bool) -> (Self, Vec<BadContext>) {
        let mut prefixes = Prefixes::new();
        let mut bad = Vec::new();
        let parts =
            if let Value::List(parts) = declared { parts.as_slice() } else { std::slice::from_ref(declared) };
        for part in parts {
            match part {
                Value::Text(iri) if is_iri(iri) => {}
                Value::Object(terms) => {
                    bad.extend(terms.faults.iter().map(|(name, _)| BadContext::Redefined(name.clone())));
                    for (name, meaning) in &terms.members {
                        bad.extend(declare(&mut prefixes, name, meaning, &standard).err());
                    }
                }
                _ => bad.push(BadContext::Shape),
            }
        }
        let mut context = self.clone();
        context.layers.push(Arc::new(prefixes));
        (context, bad)
    }

    fn iri(&self, prefix: &str) -> Option<&Arc<str>> {
        self.layers.iter().rev().find_map(|layer| layer.get(prefix))?.as_ref()
    }

    /// Namespace and local name of a member under a declared prefix, or of a member named by a whole IRI.
    pub(super) fn name(&self, name: &str) -> Option<(Arc<str>, String)> {
        let (prefix, local) = name.split_once(':')?;
        if let Some(iri) = self.iri(prefix).filter(|_| !local.is_empty() && !local.starts_with("//")) {
            return Some((Arc::clone(iri), local.to_owned()));
        }
        let split = name.rfind(['/', '#', ':']).map_or(0, |place| place + 1);
        let (namespace, local) = name.split_at_checked(split)?;
        let whole = SCHEMES.contains(&prefix) && is_iri(name) && !local.is_empty();
        whole.then(|| (Arc::from(namespace), local.to_owned()))
    }

    /// A value written out, where it is compact.
    pub(super) fn expand(&self, value: &str) -> String {
        let known = value.split_once(':').filter(|(prefix, local)| {
            !local.starts_with("//") && (self.compact_values || ["cbv", "gs1"].contains(prefix))
        });
        match known.and_then(|(prefix, local)| Some((self.iri(prefix)?, local))) {
            Some((iri, local)) => format!("{iri}{local}"),
            None => value.to_owned(),
        }
    }
}

fn declare(
    prefixes: &mut Prefixes,
    name: &str,
    meaning: &Value,
    standard: &impl Fn(&str) -> bool,
) -> Result<(), BadContext> {
    if name.starts_with('@') {
        return Ok(());
    }
    if SCHEMES.contains(&name) || standard(name) {
        return Err(BadContext::Redefined(name.to_owned()));
    }
    let iri = match meaning {
        Value::Null => {
            prefixes.insert(name.to_owned(), None);
            return Ok(());
        }
        Value::Object(term) => term.get("@id"),
        other => Some(other),
    };
    match iri.and_then(Value::text) {
        Some(iri) if is_iri(iri) && iri.len() <= MAX_PREFIX_IRI && prefixes.len() < MAX_PREFIXES => {
            prefixes.insert(name.to_owned(), Some(Arc::from(iri)));
            Ok(())
        }
        _ => Err(BadContext::NoIri(name.to_owned())),
    }
}

/// Whether a text is an absolute URI (RFC 3986): a scheme, a colon, and characters and escapes of a URI.
pub(super) fn is_iri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let scheme_fits = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'));
    scheme_fits && !rest.is_empty() && rest.match_indices('#').count() <= 1 && characters_fit(rest)
}

fn characters_fit(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.iter().enumerate().all(|(place, byte)| match byte {
        b'%' => [1, 2].iter().all(|n| bytes.get(place + n).is_some_and(u8::is_ascii_hexdigit)),
        byte => byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=".contains(byte),
    })
}

/// Whether the EPCIS context is among the contexts named.
pub(super) fn names_epcis(declared: &Value) -> bool {
    let named = |value: &Value| value.text().is_some_and(is_epcis);
    match declared {
        Value::List(parts) => parts.iter().any(named),
        one => named(one),
    }
}

/// `https://ref.gs1.org/standards/epcis/epcis-context.jsonld`, with or without a version of 2, and where it was first
/// published.
fn is_epcis(iri: &str) -> bool {
    let Some((_, rest)) = iri.split_once("://").filter(|(scheme, _)| ["http", "https"].contains(scheme))
    else {
        return false;
    };
    let Some(path) = rest.strip_suffix("/epcis-context.jsonld") else { return false };
    match path.strip_prefix("ref.gs1.org/standards/epcis") {
        Some(version) => version.is_empty() || version.starts_with("/2."),
        None => path == "gs1.github.io/EPCIS",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::containers::epcis::json::parse;

    fn context(text: &str) -> (Context, Vec<BadContext>) {
        Context::default().with(&parse(text.as_bytes()).unwrap(), |name| name == "bizStep")
    }

    #[test]
    fn prefixes_of_the_document_and_of_the_standard_are_known() {
        let (context, bad) = context(
            r#"["https://a.example/c.jsonld", {"ext": "https://ns.example/x/", "@version": 1.1, "gs1": null}, {"t": {"@id": "urn:a:"}}]"#,
        );
        assert_eq!(bad, []);
        assert_eq!(context.name("ext:seal"), Some(("https://ns.example/x/".into(), "seal".into())));
        assert_eq!(context.name("t:u"), Some(("urn:a:".into(), "u".into())));
        assert_eq!(context.name("https://o.example/n#p"), Some(("https://o.example/n#".into(), "p".into())));
        assert_eq!(context.name("gs1:x"), None);
        assert_eq!(context.name("other:x"), None);
        assert_eq!(context.name("bare"), None);
        assert_eq!(context.expand("ext:seal"), "https://ns.example/x/seal");
        assert_eq!(context.expand("other:seal"), "other:seal");
        assert_eq!(context.of_xml().expand("ext:seal"), "ext:seal");
    }

    #[test]
    fn a_context_that_bends_the_standard_is_refused() {
        assert_eq!(
            context(r#"{"bizStep": "https://a.example/"}"#).1,
            [BadContext::Redefined("bizStep".into())]
        );
        assert_eq!(context(r#"{"urn": "https://a.example/"}"#).1, [BadContext::Redefined("urn".into())]);
        assert_eq!(context(r#"{"a": "no iri"}"#).1, [BadContext::NoIri("a".into())]);
        assert_eq!(context("[7]").1, [BadContext::Shape]);
        assert_eq!(context(r#"{"a": "urn:a:", "a": "urn:b:"}"#).1, [BadContext::Redefined("a".into())]);
    }

    #[test]
    fn a_uri_has_a_scheme_and_no_blanks() {
        for good in ["urn:epc:id:sgtin:1.2.a%2F!'()*", "geo:50.9,6.9", "https://w3id.org/saref#E", "ext:x"] {
            assert!(is_iri(good), "{good}");
        }
        for bad in
            ["", "shipping", "a b:c", "urn:", "urn:a b", "urn:a%2", "urn:a%zz", "1a:b", "urn:é", "a:b#c#d"]
        {
            assert!(!is_iri(bad), "{bad}");
        }
    }

    #[test]
    fn only_gs1_s_own_context_explains_bare_names() {
        for good in [
            r#""https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld""#,
            r#"["https://ref.gs1.org/standards/epcis/epcis-context.jsonld", {}]"#,
            r#""https://gs1.github.io/EPCIS/epcis-context.jsonld""#,
        ] {
            assert!(names_epcis(&parse(good.as_bytes()).unwrap()), "{good}");
        }
        for bad in [r#""https://evil.example/epcis-context.jsonld""#, "{}", "[]"] {
            assert!(!names_epcis(&parse(bad.as_bytes()).unwrap()), "{bad}");
        }
    }
}
