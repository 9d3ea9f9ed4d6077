//! The markings of an object (STIX 2.1, 7.2): TLP 2.0 for old tools, our handling marking for those that enforce, and the
//! same in a sentence, in Spanish and in English, for people. All are made from what they say, so that the same caveats are
//! the same objects, and other caveats other ones: a marking never changes under the objects that carry it.

use std::collections::BTreeSet;

use bitacora_primitives::Instant;
use bitacora_primitives::markings::{AgreementId, ClauseId, Handling, HandlingCode, PartyCode, Purpose, Tlp};
use serde_json::{Map, Value, json};

use crate::StixId;
use crate::export::{ExportError, words};
use crate::item::{Item, Terms};
use crate::object::Object;
use crate::time;
use crate::vocabulary::{FORBIDDEN, PUBLISHED, TLP_CREATED, TLP_EXTENSION, extension, tlp_marking};

/// What the log and the agreement say of a release, beyond the document.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Caveats {
    pub receipt: Receipt,
    /// Whoever holds it destroys it then, where the agreement says so.
    pub retain_until: Option<Instant>,
    /// The agreement has a clause of originator control; handling code H2 means it by itself.
    pub originator_control: bool,
    /// Clauses whose caveats the item carries, besides the one that permits it.
    pub clauses: BTreeSet<ClauseId>,
}

impl Caveats {
    /// Of what stays on the originator's own platforms.
    pub const fn own() -> Self {
        Self {
            receipt: Receipt::NotRequired,
            retain_until: None,
            originator_control: false,
            clauses: BTreeSet::new(),
        }
    }
}

/// Whether whoever reads the object has signed for it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Receipt {
    /// The recipient's signed receipt is in the log.
    Given,
    /// A clause lets the recipient's platform read without one.
    Waived,
    /// Nothing was released: it is the originator's own.
    NotRequired,
}

impl Receipt {
    pub const ALL: [Self; 3] = [Self::Given, Self::Waived, Self::NotRequired];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Given => "given",
            Self::Waived => "waived",
            Self::NotRequired => "not_required",
        }
    }
}

/// Everything that the markings of one item say.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Said<'a> {
    pub(crate) originator: &'a PartyCode,
    pub(crate) handling: &'a Handling,
    pub(crate) terms: Option<&'a Terms>,
    pub(crate) caveats: &'a Caveats,
}

impl<'a> Said<'a> {
    pub(crate) const fn of(item: &'a Item, caveats: &'a Caveats) -> Self {
        Self { originator: &item.originator, handling: &item.handling, terms: item.release.as_ref(), caveats }
    }
    /// What it may be used for: the purpose undertaken, or any lawful one.
    pub(crate) fn purposes(&self) -> Vec<Purpose> {
        self.terms.map_or_else(|| Purpose::ALL.to_vec(), |terms| vec![terms.purpose])
    }
    pub(crate) fn originator_control(&self) -> bool {
        self.caveats.originator_control || self.handling.codes.contains(&HandlingCode::H2)
    }
    pub(crate) fn agreement(&self) -> Option<(&'a AgreementId, u32, &'a ClauseId)> {
        self.terms.map(|terms| (&terms.agreement, terms.version, &terms.clause))
    }

    /// The body of the handling marking.
    fn body(&self) -> Result<Map<String, Value>, ExportError> {
        let mut body = Map::new();
        let mut put = |name: &str, value: Value| body.insert(name.to_owned(), value);
        put("extension_type", json!("property-extension"));
        put("marks", json!("item"));
        put("originator", json!(self.originator));
        put("purposes", json!(self.purposes()));
        put("forbidden_purposes", json!([FORBIDDEN]));
        put("originator_control", json!(self.originator_control()));
        put("tlp", json!(self.handling.tlp));
        put("receipt", json!(self.caveats.receipt.code()));
        if !self.handling.codes.is_empty() {
            put("handling_codes", json!(self.handling.codes));
        }
        // Absent means nobody but the originator, as in the agreement: STIX knows no empty list.
        if !self.handling.releasable_to.is_empty() {
            put("releasable_to", json!(self.handling.releasable_to));
        }
        if let Some((agreement, version, clause)) = self.agreement() {
            put("agreement", json!(agreement));
            put("agreement_version", json!(version));
            put("clause", json!(clause));
        }
        if !self.caveats.clauses.is_empty() {
            put("caveat_clauses", json!(self.caveats.clauses));
        }
        if let Some(until) = self.caveats.retain_until {
            put("retain_until", json!(time::seconds(until).ok_or(ExportError::TimeOutOfRange)?));
        }
        Ok(body)
    }

    /// One line of codes, the marking's name: what tools that know no extension show.
    fn name(&self) -> String {
        let purposes: Vec<&str> = self.purposes().iter().map(|purpose| purpose.code()).collect();
        let mut name =
            format!("bitacora:origin={} use={} never={FORBIDDEN}", self.originator, purposes.join(","));
        let parties: Vec<&str> = self.handling.releasable_to.iter().map(PartyCode::as_str).collect();
        name += &format!(" rel={}", if parties.is_empty() { "none".to_owned() } else { parties.join(",") });
        let codes: Vec<&str> = self.handling.codes.iter().map(|code| code.code()).collect();
        if !codes.is_empty() {
            name += &format!(" codes={}", codes.join(","));
        }
        if self.originator_control() {
            name += " orcon";
        }
        if let Some((agreement, version, clause)) = self.agreement() {
            name += &format!(" agreement={agreement}/{version} clause={clause}");
        }
        name
    }
}

/// The markings of an item: their ids in the order TLP, handling, Spanish, English, and the objects.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Marks {
    pub(crate) refs: Vec<String>,
    pub(crate) objects: Vec<Object>,
}

pub(crate) fn marks(said: &Said<'_>, created_by: &str) -> Result<Marks, ExportError> {
    let statements = [words::es(said)?, words::en(said)?];
    assemble(said.handling.tlp, &said.name(), said.body()?, &statements, created_by)
}

/// The markings of what names nothing of an operation: who a party is, and what the extension means.
pub(crate) fn public_marks(created_by: &str) -> Result<Marks, ExportError> {
    let body = json!({
        "extension_type": "property-extension", "marks": "definition", "forbidden_purposes": [FORBIDDEN],
    });
    let Value::Object(body) = body else { return Err(ExportError::NotCanonical) };
    let statements = [words::PUBLIC_ES.to_owned(), words::PUBLIC_EN.to_owned()];
    assemble(Tlp::Clear, &format!("bitacora:definition never={FORBIDDEN}"), body, &statements, created_by)
}

/// Markings are marked too, without a circle: statements carry TLP, the handling marking carries TLP and both statements.
/// TLP is OASIS's own object, byte for byte, and carries none.
fn assemble(
    tlp: Tlp,
    name: &str,
    body: Map<String, Value>,
    statements: &[String; 2],
    created_by: &str,
) -> Result<Marks, ExportError> {
    let tlp_ref = tlp_marking(tlp);
    let mut objects = vec![published_tlp(tlp)?];
    let mut refs = vec![tlp_ref.to_owned()];
    let mut sentences = Vec::new();
    // `lang` is not a property of a marking definition (STIX 2.1, 3.2, table of common properties): its name tells.
    for (statement, language) in statements.iter().zip(["Restricciones (es)", "Caveats (en)"]) {
        let statement = json!({
            "name": language,
            "definition_type": "statement",
            "definition": { "statement": statement },
            "object_marking_refs": [tlp_ref],
        });
        let object = marking(statement, created_by)?;
        sentences.push(object.id().to_owned());
        objects.push(object);
    }
    let marked: Vec<&str> = std::iter::once(tlp_ref).chain(sentences.iter().map(String::as_str)).collect();
    let handling = json!({
        "name": name,
        "extensions": { extension(): body },
        "object_marking_refs": marked,
    });
    let handling = marking(handling, created_by)?;
    refs.push(handling.id().to_owned());
    refs.extend(sentences);
    objects.push(handling);
    Ok(Marks { refs, objects })
}

/// A marking whose id is that of its content.
fn marking(body: Value, created_by: &str) -> Result<Object, ExportError> {
    let Value::Object(mut properties) = body else { return Err(ExportError::NotCanonical) };
    let mut put = |name: &str, value: &str| properties.insert(name.to_owned(), json!(value));
    put("type", "marking-definition");
    put("spec_version", "2.1");
    put("created_by_ref", created_by);
    put("created", PUBLISHED);
    let content = serde_json_canonicalizer::to_string(&properties).map_err(|_| ExportError::NotCanonical)?;
    let id = StixId::of("marking-definition", &[&content]).to_string();
    properties.insert("id".to_owned(), json!(id));
    Object::new(properties).ok_or(ExportError::NotCanonical)
}

/// A TLP 2.0 marking as OASIS publishes it.
pub(crate) fn published_tlp(tlp: Tlp) -> Result<Object, ExportError> {
    let object = json!({
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": tlp_marking(tlp),
        "created": TLP_CREATED,
        "name": format!("TLP:{}", tlp.code().to_uppercase()),
        "extensions": {
            TLP_EXTENSION: { "extension_type": "property-extension", "tlp_2_0": tlp.code() },
        },
    });
    let Value::Object(properties) = object else { return Err(ExportError::NotCanonical) };
    Object::new(properties).ok_or(ExportError::NotCanonical)
}
