//! The motion of tracks dealt leg by leg to the tiles that they touch, so that an archive is searched tile by tile. What
//! a tile is given comes in the order, and with the moments, in which one detector for the whole world would take it.

use bitacora_primitives::{EvidenceRef, Instant, Mmsi, TrackId};

use super::batch::{Tile, Tiling};
use super::motion::{Node, short_way};
use crate::tracks::fix::METRES_PER_DEGREE;

/// Where the cosine of the latitude is less, a leg is sent to every tile of its rows.
const POLAR_COS: f64 = 0.02;

/// When a detector takes something. In this order; of equal moments by number, then as they were dealt.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum At {
    /// With a contact of this time.
    Heard(Instant),
    /// When a silence became too long, and before any contact of a later time.
    Silent(Instant),
    /// When the input had ended.
    End,
}

impl At {
    /// What sorts: the end last, and of one time a silence after the contacts.
    pub const fn key(self) -> (i64, u8) {
        match self {
            Self::Heard(at) => (at.micros(), 0),
            Self::Silent(at) => (at.micros(), 1),
            Self::End => (i64::MAX, 2),
        }
    }
}

/// A vertex of a track's motion, with what is known of the leg that ends there.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Vertex {
    pub observed: Instant,
    /// Degrees.
    pub lat: f64,
    pub lon: f64,
    /// Over the last leg of at least a minute, ending here or before.
    pub speed_kn: f32,
    /// One over the length of the leg that ends here, in microseconds; 0 where none does.
    pub per_us: f64,
    pub evidence: EvidenceRef,
}

impl Vertex {
    const fn of(node: &Node<EvidenceRef>) -> Self {
        Self {
            observed: Instant::from_micros(node.t),
            lat: node.lat,
            lon: node.lon,
            speed_kn: node.speed_kn,
            per_us: node.per_us,
            evidence: node.mark,
        }
    }

    pub(super) fn node(&self) -> Node<EvidenceRef> {
        let cos_lat = libm::cos(self.lat.to_radians());
        Node {
            per_us: self.per_us,
            speed_kn: self.speed_kn,
            ..Node::new(self.observed.micros(), self.lat, self.lon, cos_lat, self.evidence)
        }
    }
}

/// What is dealt of a track.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Step {
    Vertex(Vertex),
    /// The track is silent for longer than a leg may last, or has ended.
    End,
}

/// One thing that a tile's detector takes.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Dealt {
    pub at: At,
    pub mmsi: Mmsi,
    pub track: TrackId,
    pub step: Step,
}

/// What is remembered of a track: its last vertex, and where the leg to it was sent.
#[derive(Debug, Default)]
struct Course {
    last: Option<Vertex>,
    tiles: Vec<Tile>,
}

/// Deals what one detector for the whole world would take.
#[derive(Debug)]
pub(super) struct Dealing {
    reach_deg: f64,
    tiling: Tiling,
    /// By slot.
    courses: Vec<Course>,
    touched: Vec<Tile>,
    pub(super) at: At,
    pub(super) dealt: Vec<(Tile, Dealt)>,
}

impl Dealing {
    pub(super) fn new(max_distance_m: f64, tiling: Tiling) -> Self {
        Self {
            // As much more than the distance as covers the rounding.
            reach_deg: 1.01 * max_distance_m / METRES_PER_DEGREE + 1e-6,
            tiling,
            courses: Vec::new(),
            touched: Vec::new(),
            at: At::Heard(Instant::from_micros(i64::MIN)),
            dealt: Vec::new(),
        }
    }

    /// A leg goes to the tiles that it touches, with the vertex that begins it where a tile does not have that yet; a
    /// break goes where the leg before it went.
    pub(super) fn vertex(&mut self, slot: u32, (mmsi, track): (Mmsi, TrackId), node: &Node<EvidenceRef>) {
        let at = slot as usize;
        if at >= self.courses.len() {
            self.courses.resize_with(at + 1, Course::default);
        }
        let Some(course) = self.courses.get_mut(at) else { return };
        let to = Vertex::of(node);
        let deal = |vertex| Dealt { at: self.at, mmsi, track, step: Step::Vertex(vertex) };
        match course.last.replace(to).filter(|_| node.ends_leg()) {
            Some(from) => {
                self.touched.clear();
                let touched = &mut self.touched;
                let (lat, lon) = reached(self.reach_deg, &from, &to);
                self.tiling.within(lat, lon, |tile| touched.push(tile));
                for tile in touched {
                    if !course.tiles.contains(tile) {
                        self.dealt.push((*tile, deal(Vertex { per_us: 0.0, ..from })));
                    }
                    self.dealt.push((*tile, deal(to)));
                }
                std::mem::swap(&mut course.tiles, &mut self.touched);
            }
            None => self.dealt.extend(course.tiles.drain(..).map(|tile| (tile, deal(to)))),
        }
    }

    pub(super) fn end(&mut self, slot: u32, (mmsi, track): (Mmsi, TrackId)) {
        let Some(course) = self.courses.get_mut(slot as usize) else { return };
        let end = Dealt { at: self.at, mmsi, track, step: Step::End };
        self.dealt.extend(course.tiles.drain(..).map(|tile| (tile, end)));
        course.last = None;
    }
}

/// Latitudes and longitudes within the reach of a leg; the longitudes may lie beyond 180.
fn reached(reach_deg: f64, from: &Vertex, to: &Vertex) -> ([f64; 2], [f64; 2]) {
    let east = short_way(to.lon - from.lon);
    let (south, north) = (from.lat.min(to.lat) - reach_deg, from.lat.max(to.lat) + reach_deg);
    let cos = libm::cos(south.abs().max(north.abs()).min(90.0).to_radians());
    let pad = if cos < POLAR_COS { 360.0 } else { reach_deg / cos };
    ([south, north], [from.lon + east.min(0.0) - pad, from.lon + east.max(0.0) + pad])
}
