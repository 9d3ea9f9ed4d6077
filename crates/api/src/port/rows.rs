//! Rows of the store from and to what the rules read.

use std::collections::{BTreeMap, HashSet};

use bitacora_ledger::sha256;
use bitacora_port::screening::inputs::{
    AccessRecord, FoundBad, Order, SealRange, TelematicsRecord, TravelTime,
};
use bitacora_port::screening::{ContainerEvent, Inputs};
use bitacora_primitives::{EventId, EvidenceRef, Instant, SourceId};
use bitacora_store::PortRow;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::PortError;

/// What a row may hold.
pub trait RowKind: Serialize + DeserializeOwned {
    const KIND: &'static str;
    /// The box and the time it is about, where it is about one.
    fn about(&self) -> (Option<String>, Option<Instant>);

    /// The row for the store. Rows of side tables have no id of their own: the same content is the same row.
    fn row(&self, place: EvidenceRef) -> Result<PortRow, serde_json::Error> {
        let body = serde_json::to_string(self)?;
        let id = sha256(body.as_bytes()).to_string();
        self.row_as(id, place, body)
    }

    fn row_as(&self, id: String, place: EvidenceRef, body: String) -> Result<PortRow, serde_json::Error> {
        let (container, at) = self.about();
        let EvidenceRef { source, line, .. } = place;
        Ok(PortRow { kind: Self::KIND.to_owned(), id, container, at, source, line, body })
    }
}

impl RowKind for ContainerEvent {
    const KIND: &'static str = "event";
    fn about(&self) -> (Option<String>, Option<Instant>) {
        (Some(self.container.to_string()), Some(self.at))
    }
    fn row(&self, place: EvidenceRef) -> Result<PortRow, serde_json::Error> {
        self.row_as(self.id.to_string(), place, serde_json::to_string(self)?)
    }
}
impl RowKind for Order {
    const KIND: &'static str = "order";
    fn about(&self) -> (Option<String>, Option<Instant>) {
        (Some(self.container.to_string()), Some(self.valid_from))
    }
}
impl RowKind for AccessRecord {
    const KIND: &'static str = "access";
    fn about(&self) -> (Option<String>, Option<Instant>) {
        (Some(self.container.to_string()), Some(self.at))
    }
}
impl RowKind for TelematicsRecord {
    const KIND: &'static str = "telematics";
    fn about(&self) -> (Option<String>, Option<Instant>) {
        (Some(self.container.to_string()), Some(self.at))
    }
}
impl RowKind for SealRange {
    const KIND: &'static str = "seal_range";
    fn about(&self) -> (Option<String>, Option<Instant>) {
        (None, None)
    }
}
impl RowKind for TravelTime {
    const KIND: &'static str = "travel_time";
    fn about(&self) -> (Option<String>, Option<Instant>) {
        (None, None)
    }
}
impl RowKind for FoundBad {
    const KIND: &'static str = "found_bad";
    fn about(&self) -> (Option<String>, Option<Instant>) {
        (Some(self.container.to_string()), None)
    }
}

/// The sender takes an event back.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Retraction {
    pub event: EventId,
    pub place: EvidenceRef,
}

impl RowKind for Retraction {
    const KIND: &'static str = "retraction";
    fn about(&self) -> (Option<String>, Option<Instant>) {
        (None, None)
    }
}

/// What the rules read, and how many events each source gave.
pub(super) fn inputs(rows: Vec<PortRow>) -> Result<(Inputs, BTreeMap<SourceId, u64>), PortError> {
    let mut inputs = Inputs::default();
    let mut events: BTreeMap<SourceId, u64> = BTreeMap::new();
    let mut retracted: HashSet<EventId> = HashSet::new();
    for row in rows {
        match row.kind.as_str() {
            ContainerEvent::KIND => {
                *events.entry(row.source).or_default() += 1;
                inputs.events.push(read(&row)?);
            }
            Order::KIND => inputs.orders.get_or_insert_default().push(read(&row)?),
            AccessRecord::KIND => inputs.access.push(read(&row)?),
            TelematicsRecord::KIND => inputs.telematics.push(read(&row)?),
            SealRange::KIND => inputs.seal_ranges.push(read(&row)?),
            TravelTime::KIND => inputs.travel_times.push(read(&row)?),
            FoundBad::KIND => inputs.found_bad.push(read(&row)?),
            Retraction::KIND => {
                retracted.insert(read::<Retraction>(&row)?.event);
            }
            _ => {}
        }
    }
    inputs.events.retain(|event| !retracted.contains(&event.id));
    Ok((inputs, events))
}

fn read<T: RowKind>(row: &PortRow) -> Result<T, PortError> {
    serde_json::from_str(&row.body).map_err(|cause| PortError::Row {
        source_id: row.source.to_string(),
        line: row.line,
        cause,
    })
}
