//! Ways and harbours that the tests of slow behaviour share.

use bitacora_primitives::Position;
use bitacora_sea::behaviour::port_visit::anchorages::{Anchorage, Anchorages};
use bitacora_sea::tracks::positions::Row;

pub const SECOND: i64 = 1_000_000;
pub const MINUTE: i64 = 60 * SECOND;
/// Metres in a degree.
pub const DEGREE: f64 = 111_195.08;

pub fn row(micros: i64, lat: f64, lon: f64) -> Row {
    Row { mmsi: 224_000_001, micros, lat, lon, sog_kn: None, cog_deg: None, message_type: 1 }
}

/// Metres east and north, from a place near the equator.
pub fn at(minutes: f64, east: f64, north: f64) -> Row {
    row((minutes * MINUTE as f64) as i64, 1.0 + north / DEGREE, 20.0 + east / DEGREE / 0.999_847_7)
}

pub fn harbour() -> Anchorages {
    let one = |id: &str, lat, lon| Anchorage { id: id.into(), position: Position::new(lat, lon).unwrap() };
    Anchorages::new(vec![one("b", 10.0, 179.99), one("a", -60.0, 20.0), one("c", 89.99, 0.0)])
}
