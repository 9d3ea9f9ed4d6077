//! A place on the WGS 84 ellipsoid, degrees. AIS's "not available" (91°N, 181°E) is no position.

use serde::{Deserialize, Serialize};

/// Latitude and longitude in degrees; latitude in [-90, 90], longitude in [-180, 180].
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[serde(try_from = "RawPosition", into = "RawPosition")]
pub struct Position {
    lat: f64,
    lon: f64,
}

#[derive(Serialize, Deserialize)]
struct RawPosition {
    lat: f64,
    lon: f64,
}

#[derive(Debug, thiserror::Error, PartialEq)]
#[error("position lat {lat} lon {lon} is outside -90..90, -180..180")]
pub struct BadPosition {
    lat: f64,
    lon: f64,
}

impl Position {
    pub fn new(lat: f64, lon: f64) -> Result<Self, BadPosition> {
        if (-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&lon) {
            Ok(Self { lat, lon })
        } else {
            Err(BadPosition { lat, lon })
        }
    }
    pub const fn lat(self) -> f64 {
        self.lat
    }
    pub const fn lon(self) -> f64 {
        self.lon
    }
}

impl TryFrom<RawPosition> for Position {
    type Error = BadPosition;
    fn try_from(raw: RawPosition) -> Result<Self, BadPosition> {
        Self::new(raw.lat, raw.lon)
    }
}
impl From<Position> for RawPosition {
    fn from(position: Position) -> Self {
        Self { lat: position.lat, lon: position.lon }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn not_available_is_no_position() {
        assert!(Position::new(91.0, 181.0).is_err());
        assert!(Position::new(0.0, 181.0).is_err());
        assert!(Position::new(f64::NAN, 0.0).is_err());
        assert!(Position::new(90.0, -180.0).is_ok());
    }
}
