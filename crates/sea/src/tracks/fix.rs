//! A fix: what of a contact the detectors need, with the cosine of its latitude worked out once. And the
//! distance between two fixes that is cheap when they are near.

use bitacora_primitives::geodesy::{MEAN_EARTH_RADIUS_M, haversine, wrap_longitude};
use bitacora_primitives::{EvidenceRef, Instant, Mmsi, Position, SourceId};

use crate::behaviour::{EventEvidence, EvidenceRole};
use crate::contacts::Contact;
use crate::tracks::positions::Row;

/// Metres in a degree of a great circle of the mean sphere.
pub const METRES_PER_DEGREE: f64 = MEAN_EARTH_RADIUS_M * std::f64::consts::PI / 180.0;
/// Metres per second in a knot.
pub const KNOT: f64 = 1852.0 / 3600.0;
/// Within this many degrees of latitude and longitude the plane is within 1e-5 of the sphere below 80 degrees.
const NEAR_DEG: f64 = 0.3;

#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Fix {
    pub mmsi: Mmsi,
    pub observed: Instant,
    pub position: Position,
    pub cos_lat: f64,
    pub sog_kn: Option<f32>,
    pub cog_deg: Option<f32>,
    /// True heading, degrees.
    pub heading_deg: Option<u16>,
    pub nav_status: Option<u8>,
    pub evidence: EvidenceRef,
}

impl Fix {
    pub fn of(contact: &Contact) -> Self {
        Self {
            mmsi: contact.mmsi,
            observed: contact.observed,
            position: contact.position,
            cos_lat: libm::cos(contact.position.lat().to_radians()),
            sog_kn: contact.sog_kn,
            cog_deg: contact.cog_deg,
            heading_deg: contact.heading_deg,
            nav_status: contact.nav_status,
            evidence: contact.evidence,
        }
    }

    /// A row by its number, which stands for its line. `None` where the row's number or place is none that a contact
    /// can have.
    pub fn of_row(row: &Row, source: SourceId, number: u32) -> Option<Self> {
        let position = Position::new(row.lat, row.lon).ok()?;
        Some(Self {
            mmsi: Mmsi::new(row.mmsi)?,
            observed: Instant::from_micros(row.micros),
            position,
            cos_lat: libm::cos(position.lat().to_radians()),
            sog_kn: row.sog_kn,
            cog_deg: row.cog_deg,
            heading_deg: None,
            nav_status: None,
            evidence: EvidenceRef { source, line: u64::from(number), offset: None },
        })
    }

    /// At anchor (1) or moored (5), as the vessel itself says (M.1371-5 table 45).
    pub const fn says_at_rest(&self) -> bool {
        matches!(self.nav_status, Some(1 | 5))
    }

    pub const fn as_evidence(&self, role: EvidenceRole) -> EventEvidence {
        EventEvidence { role, evidence: self.evidence, observed: self.observed, mmsi: self.mmsi }
    }

    /// Metres on the mean sphere.
    pub fn distance_m(&self, other: &Self) -> f64 {
        let north = other.position.lat() - self.position.lat();
        let east = wrap_longitude(other.position.lon() - self.position.lon());
        if north.abs() < NEAR_DEG && east.abs() < NEAR_DEG {
            let east = east * 0.5 * (self.cos_lat + other.cos_lat);
            (north * north + east * east).sqrt() * METRES_PER_DEGREE
        } else {
            haversine(self.position, other.position).value()
        }
    }

    /// Where the vessel would be at `at` had it kept course and speed. `None` without both.
    pub fn dead_reckoned(&self, at: Instant) -> Option<Position> {
        let (speed, course) = (f64::from(self.sog_kn?), f64::from(self.cog_deg?).to_radians());
        let run_deg = speed * KNOT * (at - self.observed).secs_f64() / METRES_PER_DEGREE;
        let lat = (self.position.lat() + run_deg * libm::cos(course)).clamp(-90.0, 90.0);
        let east = run_deg * libm::sin(course) / self.cos_lat.max(1e-6);
        Position::new(lat, wrap_longitude(self.position.lon() + east)).ok()
    }
}
