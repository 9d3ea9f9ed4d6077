//! What the detectors of slow behaviour need of a position report, so that one state machine serves the stream
//! (a fix with its evidence) and the batch (a row by its number). Judges nothing and keeps no state.

use bitacora_primitives::Position;
use bitacora_primitives::geodesy::{haversine, wrap_longitude};

use crate::tracks::fix::{Fix, METRES_PER_DEGREE};
use crate::tracks::positions::Positions;

/// Within this many degrees the plane with the mean of both cosines stands for the sphere (as in `tracks::fix`).
const NEAR_DEG: f64 = 0.3;

/// Where and when, and what the vessel said of its motion. Speeds and angles are NaN when not available.
pub trait Located: Copy {
    fn micros(&self) -> i64;
    fn position(&self) -> Position;
    fn cos_lat(&self) -> f64;
    fn sog_kn(&self) -> f64;
    fn heading_deg(&self) -> f64;
    /// At anchor or moored, as the vessel itself says.
    fn says_at_rest(&self) -> bool;

    fn lat(&self) -> f64 {
        self.position().lat()
    }
    fn lon(&self) -> f64 {
        self.position().lon()
    }
    /// Seconds from an earlier one.
    fn secs_since(&self, earlier: &impl Located) -> f64 {
        self.micros().saturating_sub(earlier.micros()) as f64 / 1e6
    }
    /// Degrees north and east (short way round) of another.
    fn offset_deg(&self, from: &impl Located) -> (f64, f64) {
        (self.lat() - from.lat(), wrap_longitude(self.lon() - from.lon()))
    }
    /// Metres north and east of another near by, with the mean of both cosines.
    fn offset_m(&self, from: &impl Located) -> (f64, f64) {
        let (north, east) = self.offset_deg(from);
        let cos = 0.5 * (self.cos_lat() + from.cos_lat());
        (north * METRES_PER_DEGREE, east * cos * METRES_PER_DEGREE)
    }
    /// Metres on the mean sphere.
    fn distance_m(&self, other: &impl Located) -> f64 {
        let (north, east) = self.offset_deg(other);
        if north.abs() < NEAR_DEG && east.abs() < NEAR_DEG {
            let east = east * 0.5 * (self.cos_lat() + other.cos_lat());
            (north * north + east * east).sqrt() * METRES_PER_DEGREE
        } else {
            haversine(self.position(), other.position()).value()
        }
    }
}

impl Located for Fix {
    fn micros(&self) -> i64 {
        self.observed.micros()
    }
    fn position(&self) -> Position {
        self.position
    }
    fn cos_lat(&self) -> f64 {
        self.cos_lat
    }
    fn sog_kn(&self) -> f64 {
        self.sog_kn.map_or(f64::NAN, f64::from)
    }
    fn heading_deg(&self) -> f64 {
        self.heading_deg.map_or(f64::NAN, f64::from)
    }
    fn says_at_rest(&self) -> bool {
        Fix::says_at_rest(self)
    }
}

/// A row of [`Positions`] as the detectors see it. Columns that `Positions` does not have are not available.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct RowFix {
    pub micros: i64,
    pub position: Position,
    pub cos_lat: f64,
    pub sog_kn: f32,
    pub heading_deg: f32,
    /// Number of the row.
    pub row: u32,
}

impl Located for RowFix {
    fn micros(&self) -> i64 {
        self.micros
    }
    fn position(&self) -> Position {
        self.position
    }
    fn cos_lat(&self) -> f64 {
        self.cos_lat
    }
    fn sog_kn(&self) -> f64 {
        f64::from(self.sog_kn)
    }
    fn heading_deg(&self) -> f64 {
        f64::from(self.heading_deg)
    }
    fn says_at_rest(&self) -> bool {
        false
    }
}

/// Rows fetched at once: columns are read far apart, and reads that do not wait for each other are fast.
const CHUNK: usize = 256;

/// A row as it stands in the columns.
#[derive(Clone, Copy)]
struct Raw {
    micros: i64,
    lat: f64,
    lon: f64,
    sog_kn: f32,
    heading_deg: f32,
    row: u32,
}

impl Raw {
    fn is_before(&self, other: &Self) -> bool {
        let order = self.lat.total_cmp(&other.lat).then(self.lon.total_cmp(&other.lon));
        let order = order.then(self.sog_kn.total_cmp(&other.sog_kn));
        order.then(self.heading_deg.total_cmp(&other.heading_deg)).is_lt()
    }
}

/// One vessel's rows in order of time, one for each time: of several at one time the least by latitude, then
/// longitude, then speed, so that the order in which they came does not matter. `headings` may be empty.
pub fn fixes<'a>(
    positions: &'a Positions,
    rows: &'a [u32],
    headings: &'a [f32],
) -> impl Iterator<Item = RowFix> + 'a {
    let (micros, lat, lon, sog) = (positions.micros(), positions.lat(), positions.lon(), positions.sog_kn());
    let read = move |row: &u32| {
        let index = *row as usize;
        Some(Raw {
            micros: *micros.get(index)?,
            lat: *lat.get(index)?,
            lon: *lon.get(index)?,
            sog_kn: *sog.get(index)?,
            heading_deg: headings.get(index).copied().unwrap_or(f32::NAN),
            row: *row,
        })
    };
    let fetched = rows.chunks(CHUNK).flat_map(move |chunk| chunk.iter().filter_map(read).collect::<Vec<_>>());
    let mut fetched = fetched.peekable();
    std::iter::from_fn(move || {
        loop {
            let mut own = fetched.next()?;
            while let Some(other) = fetched.next_if(|other| other.micros == own.micros) {
                if other.is_before(&own) {
                    own = other;
                }
            }
            // `Positions` holds valid places only; anything else would be no position.
            let Ok(position) = Position::new(own.lat, own.lon) else { continue };
            return Some(RowFix {
                micros: own.micros,
                position,
                cos_lat: libm::cos(position.lat().to_radians()),
                sog_kn: own.sog_kn,
                heading_deg: own.heading_deg,
                row: own.row,
            });
        }
    })
}
