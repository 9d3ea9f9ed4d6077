//! What port visits are found from besides positions: a table of anchorages, and port events as pipe-anchorages writes
//! them. Bad rows are told with their place; opens nothing.

use bitacora_primitives::{Instant, Position};
use bitacora_sea::behaviour::port_visit::anchorages::Anchorage;
use bitacora_sea::behaviour::port_visit::visits::{PortEvent, PortEventKind};
use serde::Deserialize;
use serde_json::Value;

/// Why a table or a document cannot be used at all.
#[derive(Debug, thiserror::Error)]
pub enum PortsError {
    #[error("the table has no column `{column}`")]
    Column { column: &'static str },
    #[error("the table cannot be read")]
    Table(#[from] csv::Error),
    #[error("the port events are no JSON")]
    Json(#[from] serde_json::Error),
    #[error("the port events are no list, nor an object with `events` or `cases`")]
    Shape,
}

/// A row or an element that is left out: its number from 1 (a table's header is row 1), and why.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{what} {number}: {why}")]
pub struct LeftOut {
    pub what: &'static str,
    pub number: u64,
    pub why: String,
}

/// Anchorages from a table with the columns `id`, `lat` and `lon`.
pub fn anchorages(bytes: &[u8]) -> Result<(Vec<Anchorage>, Vec<LeftOut>), PortsError> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(bytes);
    let header = reader.headers()?.clone();
    let place = |column: &'static str| {
        let found =
            header.iter().position(|name| name.trim_start_matches('\u{feff}').eq_ignore_ascii_case(column));
        found.ok_or(PortsError::Column { column })
    };
    let (id, lat, lon) = (place("id")?, place("lat")?, place("lon")?);
    let (mut found, mut left_out) = (Vec::new(), Vec::new());
    for (index, row) in reader.byte_records().enumerate() {
        let number = index as u64 + 2;
        let mut refuse = |why: String| left_out.push(LeftOut { what: "row", number, why });
        let row = match row {
            Ok(row) => row,
            Err(error) => {
                refuse(error.to_string());
                continue;
            }
        };
        let text = |at: usize| row.get(at).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or("");
        let degrees = |at: usize| text(at).parse::<f64>().ok();
        let position = degrees(lat).zip(degrees(lon)).and_then(|(lat, lon)| Position::new(lat, lon).ok());
        match (text(id), position) {
            ("", _) => refuse("the id is missing".to_owned()),
            (_, None) => {
                refuse(format!("`{}`, `{}` is no latitude and longitude", text(lat), text(lon)));
            }
            (id, Some(position)) => found.push(Anchorage { id: id.to_owned(), position }),
        }
    }
    Ok((found, left_out))
}

/// The port events of one vessel.
#[derive(Clone, PartialEq, Debug)]
pub struct VesselEvents {
    /// `ssvid` of the source.
    pub vessel: String,
    pub events: Vec<PortEvent<String, String>>,
}

#[derive(Deserialize)]
struct Raw {
    ssvid: Value,
    seg_id: Value,
    anchorage_id: String,
    lat: f64,
    lon: f64,
    #[serde(default)]
    vessel_lat: Option<f64>,
    #[serde(default)]
    vessel_lon: Option<f64>,
    timestamp: Value,
    event_type: String,
}

/// Port events by vessel, from a list, from an object with `events`, or from `cases` of either, each case by itself.
pub fn port_events(bytes: &[u8]) -> Result<(Vec<VesselEvents>, Vec<LeftOut>), PortsError> {
    let document: Value = serde_json::from_slice(bytes)?;
    let (mut found, mut left_out, mut number) = (Vec::new(), Vec::new(), 0);
    let lists: Vec<&Vec<Value>> = match (&document, document.get("events"), document.get("cases")) {
        (Value::Array(list), ..) | (_, Some(Value::Array(list)), _) => vec![list],
        (_, _, Some(Value::Array(cases))) => {
            cases.iter().filter_map(|case| case.get("events").and_then(Value::as_array)).collect()
        }
        _ => return Err(PortsError::Shape),
    };
    for list in lists {
        let mut vessels: Vec<VesselEvents> = Vec::new();
        for element in list {
            number += 1;
            match event(element) {
                Ok((vessel, event)) => match vessels.iter_mut().find(|known| known.vessel == vessel) {
                    Some(known) => known.events.push(event),
                    None => vessels.push(VesselEvents { vessel, events: vec![event] }),
                },
                Err(why) => left_out.push(LeftOut { what: "event", number, why }),
            }
        }
        found.append(&mut vessels);
    }
    Ok((found, left_out))
}

fn event(element: &Value) -> Result<(String, PortEvent<String, String>), String> {
    let raw = Raw::deserialize(element).map_err(|error| error.to_string())?;
    let kind = PortEventKind::parse(&raw.event_type)
        .ok_or_else(|| format!("`{}` is no kind of port event", raw.event_type))?;
    let position = Position::new(raw.lat, raw.lon)
        .map_err(|_| format!("`{}`, `{}` is no latitude and longitude", raw.lat, raw.lon))?;
    let event = PortEvent {
        kind,
        micros: micros(&raw.timestamp)?,
        anchorage: raw.anchorage_id,
        lat: position.lat(),
        lon: position.lon(),
        vessel: raw.vessel_lat.zip(raw.vessel_lon),
        segment: plain(&raw.seg_id),
    };
    Ok((plain(&raw.ssvid), event))
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Epoch seconds, or RFC 3339.
fn micros(value: &Value) -> Result<i64, String> {
    let text = plain(value);
    Instant::parse(&text).map(Instant::micros).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_of_anchorages_is_read_and_its_bad_rows_are_named() {
        let table = b"lon,id,lat\n-75.5,Cartagena,10.4\n-75.5,,10.4\nx,Bad,10\n200,Far,10\n1.5,\"A, B\",-3\n";
        let (found, left_out) = anchorages(table).unwrap();
        assert_eq!(found.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["Cartagena", "A, B"]);
        assert_eq!(left_out.iter().map(|one| one.number).collect::<Vec<_>>(), [3, 4, 5]);
        assert!(matches!(anchorages(b"id,lat\n1,2\n"), Err(PortsError::Column { column: "lon" })));
    }

    #[test]
    fn port_events_are_read_in_each_of_their_forms() {
        let one = r#"{"ssvid":"7","seg_id":5,"anchorage_id":"a","lat":1.0,"lon":2.0,"timestamp":1.5,"event_type":"PORT_ENTRY"}"#;
        let other = r#"{"ssvid":"7","seg_id":5,"anchorage_id":"a","lat":1.0,"lon":2.0,"timestamp":2,"event_type":"NONE"}"#;
        for text in [
            format!("[{one},{other}]"),
            format!(r#"{{"events":[{one},{other}]}}"#),
            format!(r#"{{"cases":[{{"events":[{one},{other}]}}]}}"#),
        ] {
            let (found, left_out) = port_events(text.as_bytes()).unwrap();
            assert_eq!(found.len(), 1, "{text}");
            assert_eq!((found[0].vessel.as_str(), found[0].events[0].micros), ("7", 1_500_000));
            assert_eq!(
                left_out,
                [LeftOut { what: "event", number: 2, why: "`NONE` is no kind of port event".into() }]
            );
        }
        assert!(matches!(port_events(b"{}"), Err(PortsError::Shape)));
        assert!(matches!(port_events(b"nothing"), Err(PortsError::Json(_))));
    }
}
