//! The motion of every track, and its box in each slice of time. Whoever asks whether two may have met asks the
//! boxes first: they may say "perhaps", never wrongly "no".

use std::ops::Range;

use crate::behaviour::encounter::blocks::{Block, Legs, PER_BLOCK, blocks_of};
use crate::behaviour::encounter::motion::{Node, Rule, Vertices, place_at, short_way};
use crate::behaviour::encounter::run::Limits;
use crate::behaviour::parameters::EncounterParameters;
use crate::tracks::fix::METRES_PER_DEGREE;
use crate::tracks::positions::Positions;

/// Short enough that a vessel under way stays in a few kilometres, long enough to hold many fixes.
const SLICE_US: i64 = 600_000_000;
/// Slices are made longer where boxes would be more than this many times the fixes.
const BOXES_PER_FIX: i64 = 4;

/// Where the tracks hold less than one in so many of all rows, these are not read in their order.
const FEW_ROWS: usize = 8;

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
    /// Least cosine of the latitude at the vertices of its legs.
    pub cos_least: f32,
}

/// The vertices of one track among all.
#[derive(Clone, Debug)]
pub(super) struct Course {
    pub mmsi: u32,
    pub nodes: Range<usize>,
    pub blocks: Range<usize>,
}

/// The motion of all tracks of a batch, ready to be searched for pairs.
#[derive(Debug)]
pub struct Motions {
    pub(super) nodes: Vec<Node<u32>>,
    blocks: Vec<Block>,
    pub(super) courses: Vec<Course>,
    /// By track, then slice.
    pub(super) extents: Vec<Extent>,
    pub(super) slice_us: i64,
    pub(super) limits: Limits,
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
        let tracks: Vec<(u32, &[u32])> = tracks.into_iter().collect();
        let nodes = fixes(positions, &tracks);
        let blocks = nodes.len() / PER_BLOCK + tracks.len();
        let mut motions = Self {
            nodes,
            blocks: Vec::with_capacity(blocks),
            courses: Vec::with_capacity(tracks.len()),
            extents: Vec::new(),
            slice_us: SLICE_US,
            limits: Limits::of(parameters),
        };
        let mut begin = 0;
        for (mmsi, rows) in tracks {
            motions.follow(mmsi, begin..begin + rows.len(), &rule);
            begin += rows.len();
        }
        motions
    }

    /// Makes vertices of the fixes of one track, in their place.
    fn follow(&mut self, mmsi: u32, fixes: Range<usize>, rule: &Rule) {
        let begin = fixes.start;
        let mut end = begin;
        let Some(nodes) = self.nodes.get_mut(..fixes.end) else { return };
        let mut vertices = Vertices::NONE;
        let (mut known_lat, mut known_cos) = (f64::NAN, 1.0);
        for at in fixes {
            let Some(mut fix) = nodes.get(at).copied() else { break };
            // A vessel at rest often reports the same place to the last digit.
            if fix.lat != known_lat {
                (known_lat, known_cos) = (fix.lat, libm::cos(fix.lat.to_radians()));
            }
            fix.cos_lat = known_cos;
            // There are never more vertices than fixes so far: none is written over before it is read.
            vertices.push(fix, rule, |node| keep(nodes, &mut end, node));
        }
        vertices.flush(rule, |node| keep(nodes, &mut end, node));
        let first_block = self.blocks.len();
        self.blocks.extend(blocks_of(nodes.get(begin..end).unwrap_or(&[])));
        let blocks = first_block..self.blocks.len();
        self.courses.push(Course { mmsi, nodes: begin..end, blocks });
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
                        push(&mut self.extents, cut_short);
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
                push(&mut self.extents, cut_short);
            }
        }
    }

    pub(super) fn legs(&self, course: &Course) -> Option<Legs<'_, u32>> {
        let (nodes, blocks) =
            (self.nodes.get(course.nodes.clone())?, self.blocks.get(course.blocks.clone())?);
        Some(Legs { nodes, blocks })
    }

    /// The distance in degrees of latitude, a little more than exact.
    pub(super) fn reach_deg(&self) -> f64 {
        self.limits.max_distance_m / METRES_PER_DEGREE * (1.0 + 1e-6) + 1e-9
    }
}

fn keep(nodes: &mut [Node<u32>], end: &mut usize, node: Node<u32>) {
    if let Some(place) = nodes.get_mut(*end) {
        *place = node;
        *end += 1;
    }
}

/// The fixes of the tracks, one track after the other. Read in the order of the rows, each put where it belongs: the
/// rows of one vessel lie far apart, and to fetch them one by one would be to wait for each.
fn fixes(positions: &Positions, tracks: &[(u32, &[u32])]) -> Vec<Node<u32>> {
    let (micros, lat, lon) = (positions.micros(), positions.lat(), positions.lon());
    let count = tracks.iter().map(|(_, rows)| rows.len()).sum();
    let mut nodes = vec![Node::new(0, f64::NAN, f64::NAN, 0.0, 0); count];
    let mut put = |place: u32, row: usize| {
        if let (Some(t), Some(lat), Some(lon)) = (micros.get(row), lat.get(row), lon.get(row))
            && let Some(node) = nodes.get_mut(place as usize)
        {
            (node.t, node.lat, node.lon, node.mark) = (*t, *lat, *lon, row as u32);
        }
    };
    let rows = tracks.iter().flat_map(|(_, rows)| rows.iter().copied());
    if count < positions.len() / FEW_ROWS {
        rows.zip(0..).for_each(|(row, place)| put(place, row as usize));
        return nodes;
    }
    let mut places = vec![u32::MAX; positions.len()];
    for (row, place) in rows.zip(0..) {
        match places.get_mut(row as usize) {
            Some(free) if *free == u32::MAX => *free = place,
            // A row that is in two tracks.
            _ => put(place, row as usize),
        }
    }
    places.iter().enumerate().for_each(|(row, place)| put(*place, row));
    nodes
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
        }
    }

    fn at(from: &Node<u32>, track: u32, leg: u32, slice_us: i64) -> Self {
        Self { slice: from.t.div_euclid(slice_us), leg, ..Self::point(from.lat, from.lon, track) }
    }

    fn cosines(&mut self, from: &Node<u32>, to: &Node<u32>) {
        self.cos_least = self.cos_least.min(from.cos_lat as f32).min(to.cos_lat as f32);
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
        }
        _ => extents.push(next),
    }
}
