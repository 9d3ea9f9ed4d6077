//! All incidents of one node, rebuilt by replaying their entries in the order of the log. The same entries give the
//! same register; a refused entry changes nothing.

use std::collections::BTreeMap;

use bitacora_primitives::{IncidentId, Instant};

use crate::entry::Entry;
use crate::error::{NotReplayed, Refused};
use crate::incident::Incident;

#[derive(Clone, PartialEq, Debug, Default)]
pub struct Register {
    incidents: BTreeMap<IncidentId, Incident>,
    /// How many numbers each year has given out.
    numbers: BTreeMap<String, u32>,
}

impl Register {
    /// Replays stored entries, each as JSON, in the order of the log.
    pub fn replay<'a>(bodies: impl IntoIterator<Item = &'a str>) -> Result<Self, NotReplayed> {
        let mut register = Self::default();
        for (place, body) in bodies.into_iter().enumerate() {
            let entry: Entry =
                serde_json::from_str(body).map_err(|source| NotReplayed::NotAnEntry { place, source })?;
            register.apply(&entry).map_err(|source| NotReplayed::Refused { place, source })?;
        }
        Ok(register)
    }

    /// Takes the next entry, or says why not.
    pub fn apply(&mut self, entry: &Entry) -> Result<(), Refused> {
        if let Some(known) = self.incidents.get_mut(&entry.incident) {
            return known.take(entry);
        }
        let year = year(entry.at);
        let number = self.numbers.get(&year).copied().unwrap_or(0).saturating_add(1);
        // Numbers count the year's entries into the register, whatever becomes of them: none is given twice.
        let incident = Incident::begin(entry, format!("INC-{year}-{number:03}"))?;
        self.numbers.insert(year, number);
        self.incidents.insert(entry.incident, incident);
        Ok(())
    }

    /// Whether [`Register::apply`] would take the entry.
    pub fn check(&self, entry: &Entry) -> Result<(), Refused> {
        match self.incidents.get(&entry.incident) {
            Some(known) => known.clone().take(entry),
            None => Incident::begin(entry, String::new()).map(|_| ()),
        }
    }

    pub fn get(&self, id: IncidentId) -> Option<&Incident> {
        self.incidents.get(&id)
    }

    /// In order of their ids.
    pub fn incidents(&self) -> impl Iterator<Item = &Incident> {
        self.incidents.values()
    }
}

/// Four digits, UTC.
fn year(at: Instant) -> String {
    at.to_string()
        .get(..4)
        .filter(|year| year.bytes().all(|b| b.is_ascii_digit()))
        .unwrap_or("0000")
        .to_owned()
}
