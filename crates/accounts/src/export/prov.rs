//! Where figures come from, as PROV-JSON (W3C member submission, 24 April 2013): a figure is an entity derived from the
//! row or the span that it was read in, by an import or an extraction, attributed to its publisher. Knows no times: when a
//! file was read is its reader's to say.

use serde_json::{Map, Value, json};

use crate::observation::{Digest, Observation, Source};

use super::NotExported;

/// The name of an entity in the document.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Entity(String);

impl Entity {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A document that grows figure by figure.
#[derive(Clone, Debug, Default)]
pub struct Provenance {
    entities: Map<String, Value>,
    activities: Map<String, Value>,
    agents: Map<String, Value>,
    relations: std::collections::BTreeMap<&'static str, Map<String, Value>>,
}

fn qualified(name: &str) -> Value {
    json!({ "$": name, "type": "prov:QUALIFIED_NAME" })
}

/// What may stand in a name stands in it; another text is named by its hash.
fn local(text: &str) -> String {
    let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if plain && text.len() <= 60 { text.to_owned() } else { Digest::of(text.as_bytes()).to_string() }
}

impl Provenance {
    /// Takes a figure with everything behind it, and names it by the hash of its canonical JSON.
    pub fn figure(&mut self, observation: &Observation) -> Result<Entity, NotExported> {
        let canonical = serde_json_canonicalizer::to_vec(observation).map_err(NotExported::Json)?;
        let entity = format!("bitacora:figure_{}", Digest::of(&canonical));
        if self.entities.contains_key(&entity) {
            return Ok(Entity(entity));
        }
        let mut about = Map::new();
        let mut say = |key: &str, value: Value| about.insert(key.to_owned(), value);
        say("prov:type", qualified("bitacora:Figure"));
        say("prov:value", json!({ "$": observation.number().to_string(), "type": "xsd:decimal" }));
        say("bitacora:series", json!(observation.series.as_str()));
        say("bitacora:place", json!(observation.place.to_string()));
        say("bitacora:period", json!(observation.period.to_string()));
        say("bitacora:unit", json!(observation.unit.code()));
        say("bitacora:status", json!(observation.status.code()));
        if let Some(vintage) = observation.vintage {
            say("bitacora:vintage", json!(vintage.to_string()));
        }
        if let Some(method) = &observation.method {
            say("bitacora:method", json!(method.as_ref()));
        }
        self.entities.insert(entity.clone(), Value::Object(about));

        let (carrier, activity, place) = self.carrier(&observation.source);
        self.relate("wasGeneratedBy", &[("prov:entity", &entity), ("prov:activity", &activity)], &[]);
        self.relate(
            "wasDerivedFrom",
            &[("prov:generatedEntity", &entity), ("prov:usedEntity", &carrier), ("prov:activity", &activity)],
            &place,
        );
        if let Source::Named { name, reference, .. } = &observation.source {
            let source = format!("bitacora:source_{}", local(&format!("{name}\n{reference}")));
            let about = json!({
                "prov:type": qualified("bitacora:Source"),
                "prov:label": name.as_ref(),
                "prov:location": reference.as_ref(),
            });
            self.entities.entry(source.clone()).or_insert(about);
            let ends = [("prov:generatedEntity", entity.as_str()), ("prov:usedEntity", source.as_str())];
            self.relate("wasDerivedFrom", &ends, &[("prov:type", qualified("prov:PrimarySource"))]);
        }
        if let Some(publisher) = &observation.publisher {
            let agent = format!("bitacora:publisher_{}", local(publisher));
            let about = json!({
                "prov:type": qualified("prov:Organization"),
                "prov:label": publisher.as_ref(),
            });
            self.agents.entry(agent.clone()).or_insert(about);
            self.relate("wasAttributedTo", &[("prov:entity", &entity), ("prov:agent", &agent)], &[]);
        }
        Ok(Entity(entity))
    }

    /// The file or document, what read it, and where in it the figure stands.
    fn carrier(&mut self, source: &Source) -> (String, String, Vec<(&'static str, Value)>) {
        let count = |n: &u64| json!({ "$": n.to_string(), "type": "xsd:nonNegativeInteger" });
        let (hash, kind, doing, place) = match source {
            Source::Named { file, row, .. } => (
                file,
                ("file", "bitacora:File"),
                ("import", "bitacora:Import"),
                vec![("bitacora:row", count(row))],
            ),
            Source::Document { document, from, to } => (
                document,
                ("document", "bitacora:Document"),
                ("extraction", "bitacora:Extraction"),
                vec![("bitacora:from", count(from)), ("bitacora:to", count(to))],
            ),
        };
        let carrier = format!("bitacora:{}_{hash}", kind.0);
        let activity = format!("bitacora:{}_{hash}", doing.0);
        if !self.activities.contains_key(&activity) {
            let about = json!({ "prov:type": qualified(kind.1), "bitacora:sha256": hash.to_string() });
            self.entities.insert(carrier.clone(), about);
            self.activities.insert(activity.clone(), json!({ "prov:type": qualified(doing.1) }));
            self.relate("used", &[("prov:activity", &activity), ("prov:entity", &carrier)], &[]);
        }
        (carrier, activity, place)
    }

    /// Something computed of figures (a verdict, a sum, a pooled value), by an activity of its own.
    pub fn derived(
        &mut self,
        kind: &str,
        name: &str,
        attributes: &[(&str, &str)],
        used: &[Entity],
    ) -> Entity {
        let (kind, name) = (local(kind), local(name));
        let entity = format!("bitacora:{kind}_{name}");
        let activity = format!("bitacora:derivation_{kind}_{name}");
        let mut about = Map::new();
        about.insert("prov:type".to_owned(), qualified(&format!("bitacora:{kind}")));
        for (key, value) in attributes {
            about.insert(format!("bitacora:{}", local(key)), json!(value));
        }
        self.entities.insert(entity.clone(), Value::Object(about));
        self.activities.insert(activity.clone(), json!({ "prov:type": qualified("bitacora:Derivation") }));
        self.relate("wasGeneratedBy", &[("prov:entity", &entity), ("prov:activity", &activity)], &[]);
        for own in used {
            self.relate("used", &[("prov:activity", &activity), ("prov:entity", &own.0)], &[]);
            let ends = [
                ("prov:generatedEntity", &entity),
                ("prov:usedEntity", &own.0),
                ("prov:activity", &activity),
            ];
            self.relate("wasDerivedFrom", &ends.map(|(key, value)| (key, value.as_str())), &[]);
        }
        Entity(entity)
    }

    /// An officer answers for every import, extraction and derivation so far.
    pub fn answered_by(&mut self, officer: &str) {
        let agent = format!("bitacora:officer_{}", local(officer));
        let about = json!({ "prov:type": qualified("prov:Person"), "prov:label": officer });
        self.agents.insert(agent.clone(), about);
        for activity in self.activities.keys().cloned().collect::<Vec<_>>() {
            self.relate("wasAssociatedWith", &[("prov:activity", &activity), ("prov:agent", &agent)], &[]);
        }
    }

    /// The same relation is said once: its name is its content's hash.
    fn relate(&mut self, relation: &'static str, ends: &[(&str, &str)], more: &[(&str, Value)]) {
        let mut about = Map::new();
        let mut said = relation.to_owned();
        for (key, value) in ends {
            said.push_str(&format!("\n{key}={value}"));
            about.insert((*key).to_owned(), json!(value));
        }
        for (key, value) in more {
            said.push_str(&format!("\n{key}={value}"));
            about.insert((*key).to_owned(), value.clone());
        }
        let id = format!("_:r{}", Digest::of(said.as_bytes()));
        self.relations.entry(relation).or_default().insert(id, Value::Object(about));
    }

    /// RFC 8785 bytes: the same figures give the same document, in whatever order they came.
    pub fn to_json(&self) -> Result<Vec<u8>, NotExported> {
        let mut document = Map::new();
        document.insert(
            "prefix".to_owned(),
            json!({ "bitacora": "urn:bitacora:accounts:", "xsd": "http://www.w3.org/2001/XMLSchema#" }),
        );
        let parts = [("entity", &self.entities), ("activity", &self.activities), ("agent", &self.agents)];
        for (key, part) in parts.into_iter().filter(|(_, part)| !part.is_empty()) {
            document.insert(key.to_owned(), Value::Object(part.clone()));
        }
        for (relation, all) in &self.relations {
            document.insert((*relation).to_owned(), Value::Object(all.clone()));
        }
        serde_json_canonicalizer::to_vec(&Value::Object(document)).map_err(NotExported::Json)
    }
}
