//! Container events from CSV with a header, and the side tables that the rules read. Columns are found by name, in any
//! order; a row that does not read is refused with its line and column, and the rest goes on.
//!
//! ```csv
//! event_id,ts,trip,container,type,facility,actor,seal,weight_kg,auth,received,seal_maker,placement,second_read,read_count,scale,size_type,movement,empty,slot,tier,doors,vessel,line,classifier
//! 17,2026-11-20T10:00:00Z,T-4,CSQU3054383,GTIN,COCTG-SPRC,156,EC06248449,26055,7396896,,ML-CO,DOOR,EC06248449,1,G2,42G1,EXPORT,false,,,,,,ACT
//! ```
//!
//! Needed: `event_id`, `ts` (RFC 3339, or whole seconds since 1970), `container`, `type` (codes of [`EventKind`]; `VGMS` is
//! `VGM`). Every other column may be absent or empty: unknown. `auth` is the order's number; 0 is none. `weight_kg` 0 is
//! none. Without a `classifier` the event happened; a planned load (`PLN`) tells when the load is due.

use std::collections::BTreeMap;
use std::io::Read;

use bitacora_port::screening::{
    Classifier, ContainerEvent, DoorSide, EventKind, Facility, Kilograms, MassReading, Movement, Pseudonym,
    SealNumber, SealPlacement, SealReading, YardPlace,
};
use bitacora_primitives::{EvidenceRef, Instant, SourceId};
use serde::de::DeserializeOwned;

use super::{Batch, Defect};
use crate::refusal::Reason;

/// Why a file is none of its kind.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    #[error("the header does not read")]
    Header(#[source] csv::Error),
    #[error("the header has no column `{0}`")]
    Missing(&'static str),
    #[error("the file cannot be read on")]
    Read(#[source] csv::Error),
}

const NEEDED: [&str; 4] = ["event_id", "ts", "container", "type"];

/// Events of a file whose ids are `authority`'s.
pub fn events(
    input: impl Read,
    authority: &str,
    source: SourceId,
) -> Result<Batch<ContainerEvent>, TableError> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(input);
    let header = reader.headers().map_err(TableError::Header)?;
    let columns: BTreeMap<String, usize> =
        header.iter().enumerate().map(|(place, name)| (name.to_ascii_lowercase(), place)).collect();
    if let Some(missing) = NEEDED.into_iter().find(|name| !columns.contains_key(*name)) {
        return Err(TableError::Missing(missing));
    }
    let mut batch = Batch::default();
    for record in reader.into_records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                batch.refuse(unread(source, error)?);
                continue;
            }
        };
        let evidence = place(source, record.position());
        match (Row { columns: &columns, record: &record }).event(authority, evidence) {
            Ok(event) => batch.items.push(event),
            Err((column, reason)) => {
                let part = format!("line {}, {column}", evidence.line);
                let found = columns.get(column).and_then(|place| record.get(*place)).unwrap_or_default();
                batch.refuse(Defect::new(evidence, part, reason, found.as_bytes()));
            }
        }
    }
    Ok(batch)
}

/// Rows of a side table (orders, access log, reefer readings, telematics, registers), each with its place.
pub fn table<T: DeserializeOwned>(
    input: impl Read,
    source: SourceId,
) -> Result<Batch<(EvidenceRef, T)>, TableError> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(input);
    let header = reader.headers().map_err(TableError::Header)?.clone();
    let mut batch = Batch::default();
    for record in reader.into_records() {
        let read = record.and_then(|record| {
            let evidence = place(source, record.position());
            record.deserialize(Some(&header)).map(|row| (evidence, row))
        });
        match read {
            Ok(row) => batch.items.push(row),
            Err(error) => batch.refuse(unread(source, error)?),
        }
    }
    Ok(batch)
}

fn place(source: SourceId, position: Option<&csv::Position>) -> EvidenceRef {
    let (line, offset) = position.map_or((0, 0), |place| (place.line(), place.byte()));
    EvidenceRef { source, line, offset: Some(offset) }
}

/// A row that the reader of CSV itself refuses; what it says is in English and for whoever repairs the file.
fn unread(source: SourceId, error: csv::Error) -> Result<Defect, TableError> {
    if error.is_io_error() {
        return Err(TableError::Read(error));
    }
    let evidence = place(source, error.position());
    let reason = match error.kind() {
        csv::ErrorKind::UnequalLengths { .. } => Reason::FieldCount,
        csv::ErrorKind::Utf8 { .. } => Reason::Encoding,
        _ => Reason::Form,
    };
    Ok(Defect::new(evidence, format!("line {}", evidence.line), reason, error.to_string().as_bytes()))
}

struct Row<'a> {
    columns: &'a BTreeMap<String, usize>,
    record: &'a csv::StringRecord,
}

/// The column, and what is wrong there.
type Bad = (&'static str, Reason);

impl Row<'_> {
    /// `None` where the column is absent or empty.
    fn text(&self, column: &str) -> Option<&str> {
        let place = self.columns.get(column)?;
        self.record.get(*place).filter(|text| !text.is_empty())
    }

    fn needed(&self, column: &'static str) -> Result<&str, Bad> {
        self.text(column).ok_or((column, Reason::Missing))
    }

    fn number(&self, column: &'static str) -> Result<Option<f64>, Bad> {
        self.parsed(column, Reason::NumberUnreadable, |text| {
            text.parse::<f64>().ok().filter(|value| value.is_finite())
        })
    }

    fn parsed<T>(
        &self,
        column: &'static str,
        reason: Reason,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, Bad> {
        let Some(text) = self.text(column) else { return Ok(None) };
        parse(text).map(Some).ok_or((column, reason))
    }

    fn instant(&self, column: &'static str) -> Result<Option<Instant>, Bad> {
        self.parsed(column, Reason::TimeUnreadable, |text| match text.parse::<i64>() {
            Ok(seconds) if (0..=253_402_300_799).contains(&seconds) => Some(Instant::from_secs(seconds)),
            Ok(_) => None,
            Err(_) => Instant::parse(text).ok(),
        })
    }

    fn event(&self, authority: &str, evidence: EvidenceRef) -> Result<ContainerEvent, Bad> {
        let own_id = self.needed("event_id")?;
        let at = self.instant("ts")?.ok_or(("ts", Reason::Missing))?;
        let container = self.needed("container")?.parse().map_err(|_| ("container", Reason::Form))?;
        let kind = match self.needed("type")? {
            "VGMS" => EventKind::VerifiedMass,
            code => EventKind::from_code(code).ok_or(("type", Reason::CodeUnknown))?,
        };
        let received = self.instant("received")?.unwrap_or(at);
        let id = ContainerEvent::id_of(authority, own_id);
        let mut event = ContainerEvent::new(id, kind, container, at, received, evidence);
        event.reference = Some(own_id.to_owned());
        let some = |column: &str| self.text(column).map(str::to_owned);
        (event.trip, event.size_type) = (some("trip"), some("size_type"));
        (event.vessel, event.line) = (some("vessel"), some("line"));
        event.classifier = self
            .parsed("classifier", Reason::CodeUnknown, Classifier::from_code)?
            .unwrap_or(event.classifier);
        event.order = some("auth").filter(|order| order != "0");
        event.facility = self.parsed("facility", Reason::Form, |text| Facility::new(text).ok())?;
        event.actor = self.parsed("actor", Reason::Form, |text| Pseudonym::new(text).ok())?;
        event.movement = self.parsed("movement", Reason::CodeUnknown, Movement::from_code)?;
        event.empty = self.parsed("empty", Reason::CodeUnknown, |text| text.parse().ok())?;
        event.seals.extend(self.seal()?);
        if let Some(kg) = self.number("weight_kg")?.filter(|kg| *kg != 0.0) {
            let kg = Kilograms::new(kg).map_err(|_| ("weight_kg", Reason::OutOfRange))?;
            event.mass = Some(MassReading { kg, scale: some("scale"), method: None });
        }
        if let Some(slot) = some("slot") {
            let tier = self.parsed("tier", Reason::NumberUnreadable, |text| text.parse().ok())?;
            let doors = self.parsed("doors", Reason::CodeUnknown, DoorSide::from_code)?;
            event.yard = Some(YardPlace { slot, tier, doors, camera_blind: None });
        }
        Ok(event)
    }

    fn seal(&self) -> Result<Option<SealReading>, Bad> {
        let Some(number) = self.parsed("seal", Reason::Form, |text| SealNumber::new(text).ok())? else {
            return Ok(None);
        };
        let mut seal = SealReading::door(number);
        seal.maker = self.text("seal_maker").map(str::to_owned);
        seal.placement = self
            .parsed("placement", Reason::CodeUnknown, SealPlacement::from_code)?
            .unwrap_or(seal.placement);
        seal.second_read = self.parsed("second_read", Reason::Form, |text| SealNumber::new(text).ok())?;
        seal.read_count = self
            .parsed("read_count", Reason::NumberUnreadable, |text| text.parse().ok())?
            .unwrap_or(seal.read_count);
        Ok(Some(seal))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bitacora_port::screening::inputs::Order;

    fn source() -> SourceId {
        SourceId::of(&[b"test"])
    }

    #[test]
    fn the_documented_row_reads_to_its_last_column() {
        let doc = include_str!("csv.rs");
        let lines: Vec<&str> = doc
            .lines()
            .filter_map(|line| line.strip_prefix("//! "))
            .skip_while(|line| *line != "```csv")
            .collect();
        let text =
            lines.iter().skip(1).take_while(|line| **line != "```").cloned().collect::<Vec<_>>().join("\n");
        let read = events(text.as_bytes(), "TERM", source()).unwrap();
        assert_eq!(read.defects, []);
        let [event] = read.items.as_slice() else { panic!("{read:?}") };
        assert_eq!(event.kind, EventKind::GateIn);
        assert_eq!(event.mass.as_ref().unwrap().scale.as_deref(), Some("G2"));
        assert_eq!(event.seals[0].maker.as_deref(), Some("ML-CO"));
        assert_eq!((event.empty, event.movement), (Some(false), Some(Movement::Export)));
        assert_eq!(event.evidence.line, 2);
    }

    #[test]
    fn a_bad_row_is_refused_with_line_and_column_and_the_rest_goes_on() {
        let text = "event_id,ts,container,type,weight_kg,seal\n1,100,CSQU3054383,GTIN,5,A1\n2,soon,CSQU3054383,GTIN,,\n\
            3,100,CSQU3054383,WHAT,,\n4,100,CSQU3054383,LOAD,900000,\n5,100,,LOAD,,\n6,100,CSQU3054383,LOAD,1,\u{7}\n\
            7,100,CSQU3054383\n8,100,CSQU3054383,LOAD,,\n";
        let read = events(text.as_bytes(), "TERM", source()).unwrap();
        let refused: Vec<String> = read.defects.iter().map(ToString::to_string).collect();
        let expected = [
            "line 3, ts: time_unreadable: soon",
            "line 4, type: code_unknown: WHAT",
            "line 5, weight_kg: out_of_range: 900000",
            "line 6, container: missing",
            "line 7, seal: form: \\x07",
            "line 8, type: missing",
        ];
        assert_eq!(refused, expected);
        assert_eq!(
            read.items.iter().filter_map(|event| event.reference.as_deref()).collect::<Vec<_>>(),
            ["1", "8"]
        );
        assert!(matches!(
            events("ts,type\n".as_bytes(), "TERM", source()),
            Err(TableError::Missing("event_id"))
        ));
    }

    #[test]
    fn side_tables_read_row_by_row() {
        let text = "order,kind,container,valid_from,valid_to,parties,consignee,booked_at\n\
            WO-1,move,CSQU3054383,2026-11-20T10:00:00Z,2026-11-20T14:00:00Z,,,\nWO-2,dance,CSQU3054383,x,y,,,\n\
            WO-3,move\nWO-4,move,CSQU3054383,2026-11-20T10:00:00Z,2026-11-20T14:00:00Z,,,\n";
        let read: Batch<(EvidenceRef, Order)> = table(text.as_bytes(), source()).unwrap();
        let lines: Vec<u64> = read.items.iter().map(|(place, _)| place.line).collect();
        assert_eq!((lines.as_slice(), read.defective), ([2, 5].as_slice(), 2));
        let refused: Vec<_> = read.defects.iter().map(|one| (one.part.as_str(), one.reason)).collect();
        assert_eq!(refused, [("line 3", Reason::Form), ("line 4", Reason::FieldCount)]);
    }
}
