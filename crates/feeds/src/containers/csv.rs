//! Container events from CSV with a header, and the side tables that the rules read. Columns are found by name, in any
//! order; a row that does not read is refused with its line and column, and the rest goes on.
//!
//! ```csv
//! event_id,ts,trip,container,type,facility,actor,seal,weight_kg,auth,received,seal_maker,placement,second_read,read_count,scale,size_type,movement,empty,slot,tier,doors,vessel,line
//! 17,2026-11-20T10:00:00Z,T-4,CSQU3054383,GTIN,COCTG-SPRC,156,EC06248449,26055,7396896,,ML-CO,DOOR,EC06248449,1,G2,42G1,EXPORT,false,,,,,
//! ```
//!
//! Needed: `event_id`, `ts` (RFC 3339, or whole seconds since 1970), `container`, `type` (codes of [`EventKind`]; `VGMS` is
//! `VGM`). Every other column may be absent or empty: unknown. `auth` is the order's number; 0 is none. `weight_kg` 0 is
//! none.

use std::collections::BTreeMap;
use std::io::Read;

use bitacora_port::screening::{
    ContainerEvent, DoorSide, EventKind, Facility, Kilograms, MassReading, Movement, Pseudonym, SealNumber,
    SealPlacement, SealReading, YardPlace,
};
use bitacora_primitives::{EvidenceRef, Instant, SourceId};
use serde::de::DeserializeOwned;

/// Refusals that are kept; beyond it they are counted.
const KEPT_REFUSALS: usize = 10_000;

/// A row that gave nothing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RowRefusal {
    /// 1 is the header.
    pub line: u64,
    /// The column's name; empty where the row as a whole does not read.
    pub column: String,
    pub why: String,
}

/// The rows of a file, and those that were refused.
#[derive(Clone, Debug)]
pub struct Rows<T> {
    pub rows: Vec<T>,
    pub refusals: Vec<RowRefusal>,
    /// All, kept or not.
    pub refused: u64,
}

impl<T> Rows<T> {
    const fn new() -> Self {
        Self { rows: Vec::new(), refusals: Vec::new(), refused: 0 }
    }

    fn refuse(&mut self, refusal: RowRefusal) {
        self.refused += 1;
        if self.refusals.len() < KEPT_REFUSALS {
            self.refusals.push(refusal);
        }
    }
}

/// Why a file is none of its kind.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    #[error("the header does not read")]
    Header(#[source] csv::Error),
    #[error("the header has no column `{0}`")]
    Missing(&'static str),
}

const NEEDED: [&str; 4] = ["event_id", "ts", "container", "type"];

/// Events of a file whose ids are `authority`'s.
pub fn events(
    input: impl Read,
    authority: &str,
    source: SourceId,
) -> Result<Rows<ContainerEvent>, TableError> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(input);
    let header = reader.headers().map_err(TableError::Header)?;
    let columns: BTreeMap<String, usize> =
        header.iter().enumerate().map(|(place, name)| (name.to_ascii_lowercase(), place)).collect();
    if let Some(missing) = NEEDED.into_iter().find(|name| !columns.contains_key(*name)) {
        return Err(TableError::Missing(missing));
    }
    let mut read = Rows::new();
    for record in reader.into_records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                read.refuse(RowRefusal { line, column: String::new(), why: error.to_string() });
                continue;
            }
        };
        let (line, offset) = record.position().map_or((0, 0), |place| (place.line(), place.byte()));
        let row = Row { columns: &columns, record: &record };
        let evidence = EvidenceRef { source, line, offset: Some(offset) };
        match row.event(authority, evidence) {
            Ok(event) => read.rows.push(event),
            Err((column, why)) => read.refuse(RowRefusal { line, column: column.to_owned(), why }),
        }
    }
    Ok(read)
}

/// Rows of a side table: orders, access log, reefer readings, telematics, registers.
pub fn table<T: DeserializeOwned>(input: impl Read) -> Result<Rows<T>, TableError> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(input);
    reader.headers().map_err(TableError::Header)?;
    let mut read = Rows::new();
    for record in reader.deserialize() {
        match record {
            Ok(row) => read.rows.push(row),
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                read.refuse(RowRefusal { line, column: String::new(), why: error.to_string() });
            }
        }
    }
    Ok(read)
}

struct Row<'a> {
    columns: &'a BTreeMap<String, usize>,
    record: &'a csv::StringRecord,
}

type Bad = (&'static str, String);

impl Row<'_> {
    /// `None` where the column is absent or empty.
    fn text(&self, column: &str) -> Option<&str> {
        let place = self.columns.get(column)?;
        self.record.get(*place).filter(|text| !text.is_empty())
    }

    fn needed(&self, column: &'static str) -> Result<&str, Bad> {
        self.text(column).ok_or_else(|| (column, "empty".to_owned()))
    }

    fn number(&self, column: &'static str) -> Result<Option<f64>, Bad> {
        self.parsed(column, |text| text.parse::<f64>().ok().filter(|value| value.is_finite()))
    }

    fn parsed<T>(&self, column: &'static str, parse: impl Fn(&str) -> Option<T>) -> Result<Option<T>, Bad> {
        let Some(text) = self.text(column) else { return Ok(None) };
        parse(text).map(Some).ok_or_else(|| (column, format!("`{}`", shortened(text))))
    }

    fn instant(&self, column: &'static str) -> Result<Option<Instant>, Bad> {
        self.parsed(column, |text| match text.parse::<i64>() {
            Ok(seconds) if (0..=253_402_300_799).contains(&seconds) => Some(Instant::from_secs(seconds)),
            Ok(_) => None,
            Err(_) => Instant::parse(text).ok(),
        })
    }

    fn event(&self, authority: &str, evidence: EvidenceRef) -> Result<ContainerEvent, Bad> {
        let own_id = self.needed("event_id")?;
        let at = self.instant("ts")?.ok_or_else(|| ("ts", "empty".to_owned()))?;
        let container = self.needed("container")?;
        let container =
            container.parse().map_err(|_| ("container", format!("`{}`", shortened(container))))?;
        let kind = match self.needed("type")? {
            "VGMS" => EventKind::VerifiedMass,
            code => EventKind::from_code(code).ok_or_else(|| ("type", format!("`{}`", shortened(code))))?,
        };
        let received = self.instant("received")?.unwrap_or(at);
        let id = ContainerEvent::id_of(authority, own_id);
        let mut event = ContainerEvent::new(id, kind, container, at, received, evidence);
        event.reference = Some(own_id.to_owned());
        let some = |column: &str| self.text(column).map(str::to_owned);
        (event.trip, event.size_type) = (some("trip"), some("size_type"));
        (event.vessel, event.line) = (some("vessel"), some("line"));
        event.order = some("auth").filter(|order| order != "0");
        event.facility = self.parsed("facility", |text| Facility::new(text).ok())?;
        event.actor = self.parsed("actor", |text| Pseudonym::new(text).ok())?;
        event.movement = self.parsed("movement", Movement::from_code)?;
        event.empty = self.parsed("empty", |text| text.parse().ok())?;
        event.seals.extend(self.seal()?);
        if let Some(kg) = self.number("weight_kg")?.filter(|kg| *kg != 0.0) {
            let kg = Kilograms::new(kg).map_err(|error| ("weight_kg", error.to_string()))?;
            event.mass = Some(MassReading { kg, scale: some("scale"), method: None });
        }
        if let Some(slot) = some("slot") {
            let tier = self.parsed("tier", |text| text.parse().ok())?;
            let doors = self.parsed("doors", DoorSide::from_code)?;
            event.yard = Some(YardPlace { slot, tier, doors, camera_blind: None });
        }
        Ok(event)
    }

    fn seal(&self) -> Result<Option<SealReading>, Bad> {
        let Some(number) = self.parsed("seal", |text| SealNumber::new(text).ok())? else { return Ok(None) };
        let mut seal = SealReading::door(number);
        seal.maker = self.text("seal_maker").map(str::to_owned);
        seal.placement = self.parsed("placement", SealPlacement::from_code)?.unwrap_or(seal.placement);
        seal.second_read = self.parsed("second_read", |text| SealNumber::new(text).ok())?;
        seal.read_count = self.parsed("read_count", |text| text.parse().ok())?.unwrap_or(seal.read_count);
        Ok(Some(seal))
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(40).flat_map(char::escape_default).collect()
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
        assert_eq!(read.refusals, []);
        let [event] = read.rows.as_slice() else { panic!("{read:?}") };
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
        let refused: Vec<(u64, &str)> =
            read.refusals.iter().map(|one| (one.line, one.column.as_str())).collect();
        let expected = [(3, "ts"), (4, "type"), (5, "weight_kg"), (6, "container"), (7, "seal"), (8, "type")];
        assert_eq!(refused, expected);
        assert_eq!(
            read.rows.iter().filter_map(|event| event.reference.as_deref()).collect::<Vec<_>>(),
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
            WO-1,move,CSQU3054383,2026-11-20T10:00:00Z,2026-11-20T14:00:00Z,,,\nWO-2,dance,CSQU3054383,x,y,,,\n";
        let read: Rows<Order> = table(text.as_bytes()).unwrap();
        assert_eq!((read.rows.len(), read.refused), (1, 1));
        assert_eq!(read.refusals[0].line, 3);
    }
}
