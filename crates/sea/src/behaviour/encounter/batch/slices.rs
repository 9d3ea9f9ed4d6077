//! The motion of every track, and its box in each slice of time. Whoever asks whether two may have met asks the
//! boxes first: they may say "perhaps", never wrongly "no".

use std::ops::Range;

use crate::behaviour::encounter::motion::{Node, Rule, Vertices, place_at, short_way};
use crate::behaviour::encounter::run::Limits;
use crate::behaviour::parameters::EncounterParameters;
use crate::tracks::fix::METRES_PER_DEGREE;
use crate::tracks::positions::Positions;

/// Short enough that a vessel under way stays in a few kilometres, long enough to hold many fixes.
const SLICE_US: i64 = 600_000_000;
/// Slices are made longer where boxes would be more than this many times the fixes.
const BOXES_PER_FIX: i64 = 4;

/// The motion of one track in one slice of time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Extent {
    pub south: f64,
    pub north: f64,
    /// Within -180 to 180.
    pub west: f64,
    /// Counted on from west; may exceed 180.
    pub east: f64,
    pub slice: i64,
    pub track: u32,
    /// The vertex that ends the first leg of the slice.
    pub leg: u32,
    /// Least and greatest cosine of the latitude at the vertices of its legs.
    pub cos_least: f32,
    pub cos_most: f32,
    /// The motion is known throughout the slice.
    pub whole: bool,
}

/// The vertices of one track among all.
#[derive(Clone, Debug)]
pub(super) struct Course {
    pub mmsi: u32,
    pub nodes: Range<usize>,
}

/// The motion of all tracks of a batch, ready to be searched for pairs.
#[derive(Debug)]
pub struct Motions {
    pub(super) nodes: Vec<Node<u32>>,
    pub(super) courses: Vec<Course>,
    /// By track, then slice.
    pub(super) extents: Vec<Extent>,
    pub(super) slice_us: i64,
    pub(super) limits: Limits,
    buffers: Buffers,
}

/// The columns of one track.
#[derive(Debug, Default)]
struct Buffers {
    micros: Vec<i64>,
    lat: Vec<f64>,
    lon: Vec<f64>,
}

impl Motions {
    /// Tracks with their MMSI and their rows in order of time; rows of equal time after the first are passed over.
    pub fn new<'a>(
        positions: &Positions,
        tracks: impl IntoIterator<Item = (u32, &'a [u32])>,
        parameters: &EncounterParameters,
    ) -> Self {
        let mut motions = Self::uncut(positions, tracks, parameters);
        motions.choose_slice();
        motions.cut();
        motions
    }

    /// The same with slices of a given length (microseconds, at least a second), so that the candidates of several
    /// workers fit together.
    pub fn sliced<'a>(
        positions: &Positions,
        tracks: impl IntoIterator<Item = (u32, &'a [u32])>,
        parameters: &EncounterParameters,
        slice_us: i64,
    ) -> Self {
        let mut motions = Self::uncut(positions, tracks, parameters);
        motions.slice_us = slice_us.max(1_000_000);
        motions.cut();
        motions
    }

    fn uncut<'a>(
        positions: &Positions,
        tracks: impl IntoIterator<Item = (u32, &'a [u32])>,
        parameters: &EncounterParameters,
    ) -> Self {
        let rule = Rule::of(parameters);
        let mut motions = Self {
            nodes: Vec::with_capacity(positions.len()),
            courses: Vec::new(),
            extents: Vec::new(),
            slice_us: SLICE_US,
            limits: Limits::of(parameters),
            buffers: Buffers::default(),
        };
        for (mmsi, rows) in tracks {
            motions.add(positions, mmsi, rows, &rule);
        }
        motions
    }

    fn add(&mut self, positions: &Positions, mmsi: u32, rows: &[u32], rule: &Rule) {
        let begin = self.nodes.len();
        // Column by column: the rows of one vessel lie far apart, and a loop that only fetches waits for many at once.
        let buffers = &mut self.buffers;
        fn fetch<T: Copy>(buffer: &mut Vec<T>, column: &[T], rows: &[u32]) {
            buffer.clear();
            buffer.extend(rows.iter().filter_map(|row| column.get(*row as usize).copied()));
        }
        fetch(&mut buffers.micros, positions.micros(), rows);
        fetch(&mut buffers.lat, positions.lat(), rows);
        fetch(&mut buffers.lon, positions.lon(), rows);
        let mut vertices = Vertices::NONE;
        let nodes = &mut self.nodes;
        let (mut known_lat, mut known_cos) = (f64::NAN, 1.0);
        let fixes = buffers.micros.iter().zip(&buffers.lat).zip(&buffers.lon).zip(rows);
        for (((t, lat), lon), row) in fixes {
            // A vessel at rest often reports the same place to the last digit.
            if *lat != known_lat {
                (known_lat, known_cos) = (*lat, libm::cos(lat.to_radians()));
            }
            vertices.push(Node::new(*t, *lat, *lon, known_cos, *row), rule, |node| nodes.push(node));
        }
        vertices.flush(rule, |node| nodes.push(node));
        self.courses.push(Course { mmsi, nodes: begin..self.nodes.len() });
    }

    /// However long silences may be, boxes stay in proportion to fixes.
    fn choose_slice(&mut self) {
        let known_us = self.nodes.windows(2).fold(0_i64, |sum, pair| match pair {
            [from, to] if to.ends_leg() => sum.saturating_add(to.t - from.t),
            _ => sum,
        });
        let most = (self.nodes.len() as i64).saturating_mul(BOXES_PER_FIX).max(1);
        self.slice_us = SLICE_US.max(known_us / most + 1);
    }

    fn cut(&mut self) {
        let slice_us = self.slice_us;
        for (track, course) in self.courses.iter().enumerate() {
            let Some(nodes) = self.nodes.get(course.nodes.clone()) else { continue };
            let mut open: Option<Extent> = None;
            for (index, pair) in nodes.windows(2).enumerate() {
                let [from, to] = pair else { continue };
                let leg = (index + 1) as u32;
                if !to.ends_leg() {
                    if let Some(cut_short) = open.take() {
                        push(&mut self.extents, Extent { whole: false, ..cut_short });
                    }
                    continue;
                }
                let mut extent = open.take().unwrap_or_else(|| Extent::at(from, track as u32, leg, slice_us));
                extent.cosines(from, to);
                let mut end = extent.slice.saturating_add(1).saturating_mul(slice_us);
                // The east side of the extent goes on from where the vessel was.
                let mut was = from.lon;
                while to.t > end {
                    let place = place_at((from, to), end);
                    extent.reach(place.lat, place.lon, was);
                    was = place.lon;
                    push(&mut self.extents, extent);
                    extent = Extent {
                        slice: extent.slice + 1,
                        leg,
                        whole: true,
                        ..Extent::point(place.lat, place.lon, track as u32)
                    };
                    extent.cosines(from, to);
                    end = end.saturating_add(slice_us);
                }
                extent.reach(to.lat, to.lon, was);
                if to.t == end {
                    push(&mut self.extents, extent);
                } else {
                    open = Some(extent);
                }
            }
            if let Some(cut_short) = open {
                push(&mut self.extents, Extent { whole: false, ..cut_short });
            }
        }
    }

    /// The distance in degrees of latitude, a little more than exact.
    pub(super) fn reach_deg(&self) -> f64 {
        self.limits.max_distance_m / METRES_PER_DEGREE * (1.0 + 1e-6) + 1e-9
    }
}

impl Extent {
    fn point(lat: f64, lon: f64, track: u32) -> Self {
        let lon = short_way(lon);
        Self {
            south: lat,
            north: lat,
            west: lon,
            east: lon,
            slice: 0,
            track,
            leg: 0,
            cos_least: f32::INFINITY,
            cos_most: 0.0,
            whole: false,
        }
    }

    fn at(from: &Node<u32>, track: u32, leg: u32, slice_us: i64) -> Self {
        let slice = from.t.div_euclid(slice_us);
        let whole = slice.saturating_mul(slice_us) == from.t;
        Self { slice, leg, whole, ..Self::point(from.lat, from.lon, track) }
    }

    fn cosines(&mut self, from: &Node<u32>, to: &Node<u32>) {
        let (a, b) = (from.cos_lat as f32, to.cos_lat as f32);
        self.cos_least = self.cos_least.min(a).min(b);
        self.cos_most = self.cos_most.max(a).max(b);
    }

    /// Takes in the way from longitude `was`, which it holds already, to a place.
    fn reach(&mut self, lat: f64, lon: f64, was: f64) {
        self.south = self.south.min(lat);
        self.north = self.north.max(lat);
        // The longitude as counted by this extent: `was` lies within it, perhaps a turn away.
        let mut from = was;
        if from < self.west - 1e-9 || from > self.east + 1e-9 {
            from += if from < self.west { 360.0 } else { -360.0 };
        }
        let lon = from + short_way(lon - was);
        self.west = self.west.min(lon);
        self.east = self.east.max(lon);
        if self.west < -180.0 {
            self.west += 360.0;
            self.east += 360.0;
        }
    }
}

/// Motion that ends and begins anew within a slice has one extent there.
fn push(extents: &mut Vec<Extent>, next: Extent) {
    match extents.last_mut() {
        Some(last) if last.track == next.track && last.slice == next.slice => {
            last.south = last.south.min(next.south);
            last.north = last.north.max(next.north);
            let widths = [last.east - last.west, next.east - next.west];
            let to_next = (next.west - last.west).rem_euclid(360.0);
            let from_last = widths[0].max(to_next + widths[1]);
            let from_next = widths[1].max((360.0 - to_next) + widths[0]);
            if from_next < from_last {
                last.west = next.west;
            }
            last.east = last.west + from_last.min(from_next);
            last.cos_least = last.cos_least.min(next.cos_least);
            last.cos_most = last.cos_most.max(next.cos_most);
            last.whole = false;
        }
        _ => extents.push(next),
    }
}
