//! What must be read together: an object means little without what it refers to, and a sighting or an event may come before
//! or after what it is about.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use bitacora_store::taxii::{Filter, ObjectRow};
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::{PAGE_BYTES, RUN};
use crate::error::NodeError;
use crate::taxii::shelves::Shelves;

/// Types that tell of other objects or hold them.
const TELLING: [&str; 6] = ["grouping", "report", "sighting", "observed-data", "note", "opinion"];
/// Of these, those whose caveats hold for what they refer to.
const HOLDING: [&str; 2] = ["grouping", "report"];
/// How far references are followed from what is read: a sighting, its observation, the vessel in it, its place.
const STEPS: usize = 4;

/// By an object's id, which objects of [`TELLING`] types refer to it.
#[derive(Default)]
pub(super) struct Links(BTreeMap<String, BTreeSet<String>>);

impl Links {
    /// The links of everything in the inbox.
    pub(super) fn of(shelves: &Shelves) -> Result<Self, NodeError> {
        let types = TELLING.map(str::to_owned).to_vec();
        let filter = Filter { types, ..Filter::default() };
        let (mut links, mut after) = (Self::default(), None);
        loop {
            let page = shelves.store.objects(&shelves.inbox, &filter, after, super::PAGE, PAGE_BYTES)?;
            page.rows.iter().for_each(|row| links.add(row));
            after = page.next;
            if after.is_none() {
                return Ok(links);
            }
        }
    }

    fn add(&mut self, row: &ObjectRow) {
        if TELLING.contains(&row.manifest.object_type.as_str()) {
            for id in references(&row.content) {
                self.0.entry(id).or_default().insert(row.manifest.id.clone());
            }
        }
    }

    fn to(&self, id: &str) -> impl Iterator<Item = &String> {
        self.0.get(id).into_iter().flatten()
    }
}

/// Objects to be read together.
pub(super) struct Gathered {
    /// Those whose claims are to be entered, by id.
    pub(super) affected: BTreeMap<String, ObjectRow>,
    /// Those that they are understood by.
    context: BTreeMap<String, ObjectRow>,
}

impl Gathered {
    pub(super) fn envelope(&self) -> Vec<u8> {
        let mut envelope = b"{\"objects\":[".to_vec();
        for (place, row) in self.affected.values().chain(self.context.values()).enumerate() {
            if place > 0 {
                envelope.push(b',');
            }
            envelope.extend_from_slice(&row.content);
        }
        envelope.extend_from_slice(b"]}");
        envelope
    }
}

/// New objects, those whose meaning they change, and what all of them refer to.
pub(super) fn gather(
    shelves: &Shelves,
    links: &mut Links,
    rows: Vec<ObjectRow>,
) -> Result<Gathered, NodeError> {
    let mut wanted: BTreeSet<String> = BTreeSet::new();
    for row in &rows {
        links.add(row);
        wanted.extend(links.to(&row.manifest.id).cloned());
        if HOLDING.contains(&row.manifest.object_type.as_str()) {
            wanted.extend(references(&row.content));
        }
    }
    let mut affected: BTreeMap<String, ObjectRow> = by_id(rows);
    wanted.retain(|id| !affected.contains_key(id));
    affected.extend(by_id(fetch(shelves, &wanted.into_iter().collect::<Vec<_>>())?));

    let mut context: BTreeMap<String, ObjectRow> = BTreeMap::new();
    let mut next: BTreeSet<String> = affected.values().flat_map(|row| references(&row.content)).collect();
    // What holds it marks it, whenever it came.
    let holders = affected.keys().flat_map(|id| links.to(id));
    next.extend(holders.filter(|id| HOLDING.contains(&kind(id))).cloned());
    for _ in 0..STEPS {
        next.retain(|id| !affected.contains_key(id) && !context.contains_key(id));
        if next.is_empty() {
            break;
        }
        let found = fetch(shelves, &next.into_iter().collect::<Vec<_>>())?;
        // What else an event holds says nothing of this object.
        let plain = found.iter().filter(|row| !HOLDING.contains(&row.manifest.object_type.as_str()));
        next = plain.flat_map(|row| references(&row.content)).collect();
        for holder in found.iter().filter(|row| HOLDING.contains(&row.manifest.object_type.as_str())) {
            next.extend(
                references(&holder.content).into_iter().filter(|id| kind(id) == "marking-definition"),
            );
        }
        context.extend(by_id(found));
    }
    Ok(Gathered { affected, context })
}

/// The latest versions of objects, those that the inbox has.
pub(super) fn fetch(shelves: &Shelves, ids: &[String]) -> Result<Vec<ObjectRow>, NodeError> {
    let mut rows = Vec::new();
    for run in ids.chunks(RUN) {
        let filter = Filter { ids: run.to_vec(), ..Filter::default() };
        let mut after = None;
        loop {
            let page = shelves.store.objects(&shelves.inbox, &filter, after, super::PAGE, PAGE_BYTES)?;
            rows.extend(page.rows);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
    }
    Ok(rows)
}

fn by_id(rows: Vec<ObjectRow>) -> BTreeMap<String, ObjectRow> {
    rows.into_iter().map(|row| (row.manifest.id.clone(), row)).collect()
}

fn kind(id: &str) -> &str {
    id.split("--").next().unwrap_or_default()
}

/// Ids in properties whose names end in `_ref` or `_refs` (STIX 2.1, 2.9), at any depth.
fn references(content: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    let walked = Walk { named: false, found: &mut found }
        .deserialize(&mut serde_json::Deserializer::from_slice(content));
    if walked.is_err() {
        found.clear();
    }
    found
}

/// Goes through a value as it is read, without keeping any of it but what is found.
struct Walk<'f> {
    /// The property's name says that it refers.
    named: bool,
    found: &'f mut Vec<String>,
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }
    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        if self.named && text.contains("--") {
            self.found.push(text.to_owned());
        }
        Ok(())
    }
    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }
    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }
    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }
    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }
    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut all: A) -> Result<(), A::Error> {
        let Self { named, found } = self;
        while all.next_element_seed(Walk { named, found: &mut *found })?.is_some() {}
        Ok(())
    }
    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        while let Some(name) = members.next_key::<Cow<'de, str>>()? {
            let named = name.ends_with("_ref") || name.ends_with("_refs");
            members.next_value_seed(Walk { named, found: &mut *self.found })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_found_at_any_depth_and_other_texts_are_not() {
        let object = br#"{"id":"x--1","name":"a--b","object_refs":["vessel--2"],"granular_markings":[{"marking_ref":"marking-definition--3"}]}"#;
        let mut found = references(object);
        found.sort_unstable();
        assert_eq!(found, ["marking-definition--3", "vessel--2"]);
    }
}
