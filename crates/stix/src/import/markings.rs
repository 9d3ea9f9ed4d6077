//! Markings resolved to their bodies (STIX 2.1, 7.2). A marking that nobody defined is a caveat that nobody can keep, so
//! what carries one is refused.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use bitacora_primitives::markings::Tlp;
use serde_json::{Map, Value};

use crate::StixId;
use crate::export::caveats::published_tlp;
use crate::import::claims::{Known, Marking};
use crate::import::header::{Headed, No, shown};
use crate::import::ours;
use crate::import::refusal::Code;
use crate::vocabulary::{TLP_EXTENSION, tlp_marking};

/// The four markings of TLP 1.0 that STIX 2.1 (7.2.1.4) defines: label and identifier.
const TLP_1: [(&str, &str); 4] = [
    ("white", "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9"),
    ("green", "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da"),
    ("amber", "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"),
    ("red", "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed"),
];

/// The markings that everybody knows, as they are published.
static PUBLISHED: LazyLock<Vec<(StixId, Arc<str>)>> = LazyLock::new(|| {
    let second = Tlp::ALL.iter().filter_map(|tlp| {
        let text = published_tlp(*tlp).ok()?.canonical().into();
        Some((tlp_marking(*tlp).parse().ok()?, text))
    });
    let first = TLP_1.iter().filter_map(|(label, id)| {
        let name = label.to_uppercase();
        let text = format!(
            "{{\"type\":\"marking-definition\",\"spec_version\":\"2.1\",\"id\":\"{id}\",\
             \"created\":\"2017-01-20T00:00:00.000Z\",\"definition_type\":\"tlp\",\
             \"name\":\"TLP:{name}\",\"definition\":{{\"tlp\":\"{label}\"}}}}"
        );
        Some((id.parse().ok()?, text.into()))
    });
    second.chain(first).collect()
});

/// Marking definitions that can be referred to: those that are published, those known before, those of the document.
pub(super) struct Definitions<'k> {
    known: &'k Known,
    /// Of the document.
    own: BTreeMap<StixId, Defined>,
    /// Of `known`, what was referred to: it may hold thousands.
    asked: RefCell<BTreeMap<StixId, Defined>>,
}

/// A marking's text, and what it says in our own form.
#[derive(Clone)]
struct Defined {
    text: Arc<str>,
    handling: Option<Arc<Map<String, Value>>>,
}

impl Defined {
    fn new(text: Arc<str>, properties: &Map<String, Value>) -> Self {
        Self { text, handling: ours::handling(properties).map(Arc::new) }
    }
}

impl<'k> Definitions<'k> {
    pub(super) const fn new(known: &'k Known) -> Self {
        Self { known, own: BTreeMap::new(), asked: RefCell::new(BTreeMap::new()) }
    }

    /// Takes a marking definition of the document. One that bears a published id must say what is published under it.
    pub(super) fn define(&mut self, marking: &Headed<'_>) -> Result<(), No> {
        let own: Vec<StixId> = marking.references("object_marking_refs")?;
        if own.contains(&marking.id) {
            return Err((Code::MarkingCircular, marking.id.to_string()));
        }
        if let Some(label) = published(&marking.id) {
            return if says(&marking.properties, label) {
                Ok(())
            } else {
                Err((Code::MarkingAltered, format!("{} is published as `{label}`", marking.id)))
            };
        }
        match self.find(&marking.id) {
            // A marking has no versions (STIX 2.1, 7.2.1): under one id there is one meaning, however it is spaced.
            Some(known) if serde_json::from_str(&known.text).ok().as_ref() != Some(&marking.properties) => {
                Err((Code::MarkingAltered, format!("{} was defined otherwise before", marking.id)))
            }
            Some(_) => Ok(()),
            None => {
                let defined = Defined::new(marking.raw.into(), &marking.properties);
                self.own.insert(marking.id.clone(), defined);
                Ok(())
            }
        }
    }

    /// What is published under an id comes before what others say of it.
    fn find(&self, id: &StixId) -> Option<Defined> {
        if let Some((_, text)) = PUBLISHED.iter().find(|(published, _)| published == id) {
            return Some(Defined { text: Arc::clone(text), handling: None });
        }
        if let Some(own) = self.own.get(id) {
            return Some(own.clone());
        }
        let text = self.known.markings.get(id)?;
        let mut asked = self.asked.borrow_mut();
        if let Some(read) = asked.get(id) {
            return Some(read.clone());
        }
        let read = Defined::new(Arc::clone(text), &serde_json::from_str(text).unwrap_or_default());
        asked.insert(id.clone(), read.clone());
        Some(read)
    }

    /// The markings of an object, with their bodies.
    pub(super) fn of(&self, object: &Headed<'_>) -> Result<Vec<Marking>, No> {
        let mut markings = Vec::new();
        for id in object.references("object_marking_refs")? {
            markings.push(self.marking(id, Vec::new())?);
        }
        let granular = match object.properties.get("granular_markings") {
            None => return Ok(markings),
            Some(Value::Array(granular)) => granular,
            Some(_) => return Err((Code::WrongForm, "granular_markings".to_owned())),
        };
        for marking in granular {
            let wrong = || (Code::WrongForm, "granular_markings".to_owned());
            let selectors = marking.get("selectors").and_then(Value::as_array).ok_or_else(wrong)?;
            let mut names = Vec::with_capacity(selectors.len());
            for selector in selectors {
                let selector = selector.as_str().ok_or_else(wrong)?;
                if !selects(&object.properties, selector) {
                    return Err((Code::BadSelector, shown(selector)));
                }
                names.push(selector.to_owned());
            }
            match (marking.get("marking_ref").and_then(Value::as_str), marking.get("lang")) {
                (Some(id), None) => {
                    let id =
                        id.parse().map_err(|bad: crate::id::BadStixId| (Code::BadId, bad.to_string()))?;
                    markings.push(self.marking(id, names)?);
                }
                // A language is no caveat (7.2.3): it stays in the evidence.
                (None, Some(Value::String(_))) => {}
                _ => return Err(wrong()),
            }
        }
        Ok(markings)
    }

    fn marking(&self, id: StixId, selectors: Vec<String>) -> Result<Marking, No> {
        if id.kind() != "marking-definition" {
            return Err((Code::TypeMismatch, format!("`{id}` is no marking definition")));
        }
        match self.find(&id) {
            Some(Defined { text: body, handling }) => Ok(Marking { body, handling, id, selectors }),
            None => Err((Code::MarkingNotFound, id.to_string())),
        }
    }

    /// Those of the document that later ones may refer to. None is published: those everybody knows.
    pub(super) fn into_known(self) -> Known {
        Known { markings: self.own.into_iter().map(|(id, defined)| (id, defined.text)).collect() }
    }
}

/// The label that is published under an id.
fn published(id: &StixId) -> Option<&'static str> {
    let id = id.to_string();
    let first = TLP_1.iter().find(|(_, own)| *own == id).map(|(label, _)| *label);
    first.or_else(|| Tlp::ALL.iter().find(|tlp| tlp_marking(**tlp) == id).map(|tlp| tlp.code()))
}

/// Whether a TLP marking says this label, in the form of TLP 1.0 or 2.0.
fn says(properties: &Map<String, Value>, label: &str) -> bool {
    let first = properties.get("definition").and_then(|definition| definition.get("tlp"));
    let second = properties
        .get("extensions")
        .and_then(|extensions| extensions.get(TLP_EXTENSION))
        .and_then(|body| body.get("tlp_2_0"));
    first.or(second).and_then(Value::as_str) == Some(label)
}

/// Whether a selector (STIX 2.1, 7.2.3.1) finds something: names and `[n]`, between points.
fn selects(properties: &Map<String, Value>, selector: &str) -> bool {
    let mut steps = selector.split('.');
    let Some(mut place) = steps.next().and_then(|name| properties.get(name)) else { return false };
    for step in steps {
        let index = step.strip_prefix('[').and_then(|step| step.strip_suffix(']'));
        let below = match index {
            Some(index) => index.parse::<usize>().ok().and_then(|index| place.get(index)),
            None => place.get(step),
        };
        match below {
            Some(below) => place = below,
            None => return false,
        }
    }
    true
}
