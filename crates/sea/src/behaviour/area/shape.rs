//! Areas as the node loads them: rings of corners, inside by the even-odd rule, and an index of many. The plane is
//! latitude and longitude, as for the motion of vessels; knows nothing of vessels.

use bitacora_primitives::geodesy::wrap_longitude;
use rustc_hash::FxHashMap;

/// A ring that is no ring.
#[derive(Clone, Copy, PartialEq, Debug, thiserror::Error)]
pub enum BadArea {
    #[error("area {area} ring {ring} has fewer than three corners")]
    TooFewCorners { area: usize, ring: usize },
    #[error("area {area} ring {ring} has a corner outside -90..90, -180..180")]
    BadCorner { area: usize, ring: usize },
}

/// Rings of (latitude, longitude), degrees; holes are rings inside rings, in any direction.
pub type Rings = Vec<Vec<(f64, f64)>>;

/// A side, in unrolled longitude: a ring that crosses the antimeridian goes on beyond 180.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Side {
    from: (f64, f64),
    to: (f64, f64),
}

#[derive(Clone, Debug)]
struct Shape {
    sides: Vec<Side>,
    /// Sides by band of latitude: starts of the bands in `banded`.
    starts: Vec<u32>,
    banded: Vec<u32>,
    /// South, north, west, east, unrolled; west is within -180 to 180.
    bounds: [f64; 4],
}

/// A fixed set of areas; each is known by its place in the list it came from.
#[derive(Clone, Debug, Default)]
pub struct Areas {
    shapes: Vec<Shape>,
    names: Vec<String>,
    /// Areas by square of the grid that their bounds touch.
    grid: FxHashMap<(i16, i16), Vec<u32>>,
    /// Areas that touch too many squares to be listed there.
    wide: Vec<u32>,
}

/// Degrees of a square of the grid.
const SQUARE: f64 = 0.25;
/// Squares that one area is listed in at most.
const MAX_SQUARES: f64 = 16_384.0;

/// The way from one longitude to the next along a side: the short one, or as it is written where that is no longer.
/// A side of exactly 360 degrees goes round the Earth, as in the rectangles by which people write "all the south",
/// unless `short`.
fn step(from: f64, to: f64, short: bool) -> f64 {
    let written = to - from;
    if written.abs() <= 180.0 || (!short && written.abs() >= 360.0) {
        written
    } else {
        wrap_longitude(written)
    }
}

/// The corners of a ring in unrolled longitude, and the longitude at which it comes back to the first.
fn unroll(ring: &[(f64, f64)], short: bool) -> (Vec<(f64, f64)>, f64) {
    let mut corners = Vec::with_capacity(ring.len() + 3);
    let first = ring.first().map_or(0.0, |corner| corner.1);
    let (mut x, mut before) = (first, first);
    for (lat, lon) in ring {
        x += step(before, *lon, short);
        before = *lon;
        corners.push((*lat, x));
    }
    (corners, x + step(before, first, short))
}

/// Sides of 360 degrees. A rectangle round the Earth has two; a ring round a pole that is written from -180 to 180
/// has one, which closes it and goes nowhere.
fn rounds(ring: &[(f64, f64)]) -> usize {
    let next = ring.iter().cycle().skip(1);
    ring.iter().zip(next).filter(|(a, b)| (b.1 - a.1).abs() >= 360.0).count()
}

/// The sides of a ring. One that winds round a pole is closed over that pole: the one on the side of its mean
/// latitude, whichever way it is written.
fn sides_of(ring: &[(f64, f64)]) -> Vec<Side> {
    let (mut corners, end) = unroll(ring, rounds(ring) % 2 == 1);
    let Some(first) = corners.first().copied() else { return Vec::new() };
    if (end - first.1).abs() > 180.0 {
        let mean = corners.iter().map(|corner| corner.0).sum::<f64>() / corners.len() as f64;
        let pole = if mean < 0.0 { -90.0 } else { 90.0 };
        corners.extend([(first.0, end), (pole, end), (pole, first.1)]);
    }
    let next = corners.iter().skip(1).chain(std::iter::once(&first));
    corners.iter().zip(next).map(|(from, to)| Side { from: *from, to: *to }).collect()
}

impl Shape {
    fn new(rings: &Rings) -> Self {
        let mut sides: Vec<Side> = Vec::new();
        for ring in rings {
            let mut own = sides_of(ring);
            let west = own.iter().map(|side| side.from.1).fold(f64::INFINITY, f64::min);
            let turn = wrap_longitude(west) - west;
            for side in &mut own {
                side.from.1 += turn;
                side.to.1 += turn;
            }
            sides.extend(own);
        }
        let mut bounds = [f64::INFINITY, f64::NEG_INFINITY, f64::INFINITY, f64::NEG_INFINITY];
        for side in &sides {
            let [s, n, w, e] = bounds;
            bounds = [s.min(side.from.0), n.max(side.from.0), w.min(side.from.1), e.max(side.from.1)];
        }
        let mut shape = Self { sides, starts: Vec::new(), banded: Vec::new(), bounds };
        shape.sort_into_bands();
        shape
    }

    fn bands(&self) -> usize {
        (self.sides.len() / 4).clamp(1, 2_048)
    }

    fn band(&self, lat: f64) -> usize {
        let [south, north, ..] = self.bounds;
        let share = (lat - south) / (north - south).max(1e-12);
        ((share * self.bands() as f64).max(0.0) as usize).min(self.bands() - 1)
    }

    fn sort_into_bands(&mut self) {
        let bands = self.bands();
        let mut lists: Vec<Vec<u32>> = vec![Vec::new(); bands];
        for (index, side) in self.sides.iter().enumerate() {
            let (low, high) = (side.from.0.min(side.to.0), side.from.0.max(side.to.0));
            let (from, to) = (self.band(low), self.band(high));
            for list in lists.get_mut(from..=to).unwrap_or(&mut []) {
                list.push(index as u32);
            }
        }
        self.starts.push(0);
        for list in &lists {
            self.banded.extend(list);
            self.starts.push(self.banded.len() as u32);
        }
    }

    /// Sides that may touch these latitudes, some more than once.
    fn sides_between(&self, low: f64, high: f64) -> impl Iterator<Item = &Side> {
        let start = |band: usize| self.starts.get(band).copied().unwrap_or(0) as usize;
        let range = start(self.band(low))..start(self.band(high) + 1);
        let listed = self.banded.get(range).unwrap_or(&[]);
        listed.iter().filter_map(|index| self.sides.get(*index as usize))
    }

    /// Longitudes, unrolled, at which a place may lie in the shape.
    fn turns(&self, west: f64, east: f64) -> impl Iterator<Item = f64> + use<> {
        let [.., w, e] = self.bounds;
        let first = ((w - east) / 360.0).ceil() as i32;
        let last = ((e - west) / 360.0).floor() as i32;
        (first..=last.min(first.saturating_add(8))).map(|turn| f64::from(turn) * 360.0)
    }

    fn holds(&self, lat: f64, lon: f64) -> bool {
        let [south, north, ..] = self.bounds;
        if lat < south || lat > north {
            return false;
        }
        // The northernmost line belongs to the area, so that the pole does.
        let lat = if lat == north { north - (north - south).max(1.0) * 1e-12 } else { lat };
        let mut inside = false;
        for turn in self.turns(lon, lon) {
            let x = lon + turn;
            for side in self.sides_between(lat, lat) {
                if (side.from.0 > lat) != (side.to.0 > lat) {
                    let share = (lat - side.from.0) / (side.to.0 - side.from.0);
                    inside ^= side.from.1 + share * (side.to.1 - side.from.1) > x;
                }
            }
        }
        inside
    }
}

/// Rounding of a crossing's place on a side or a leg.
const SLACK: f64 = 1e-9;

impl Areas {
    pub fn new(areas: &[Rings]) -> Result<Self, BadArea> {
        let mut all = Self::default();
        for (area, rings) in areas.iter().enumerate() {
            let mut closed = Vec::with_capacity(rings.len());
            for (ring, corners) in rings.iter().enumerate() {
                let mut corners = corners.clone();
                if corners.len() > 1 && corners.first() == corners.last() {
                    corners.pop();
                }
                if corners.len() < 3 {
                    return Err(BadArea::TooFewCorners { area, ring });
                }
                let valid =
                    |(lat, lon): &(f64, f64)| (-90.0..=90.0).contains(lat) && (-180.0..=180.0).contains(lon);
                if !corners.iter().all(valid) {
                    return Err(BadArea::BadCorner { area, ring });
                }
                closed.push(corners);
            }
            all.shapes.push(Shape::new(&closed));
        }
        all.fill_grid();
        Ok(all)
    }

    /// As [`Self::new`], with a name for each.
    pub fn named(areas: &[Rings], names: Vec<String>) -> Result<Self, BadArea> {
        Ok(Self { names, ..Self::new(areas)? })
    }

    /// What people call an area.
    pub fn name(&self, area: u32) -> Option<&str> {
        self.names.get(area as usize).map(String::as_str)
    }

    pub const fn len(&self) -> usize {
        self.shapes.len()
    }
    pub const fn is_empty(&self) -> bool {
        self.shapes.is_empty()
    }

    fn fill_grid(&mut self) {
        for (index, shape) in self.shapes.iter().enumerate() {
            let [south, north, west, east] = shape.bounds;
            if !south.is_finite() {
                continue;
            }
            if ((north - south) / SQUARE + 2.0) * ((east - west) / SQUARE + 2.0) > MAX_SQUARES {
                self.wide.push(index as u32);
                continue;
            }
            for square in squares(south, north, west, east) {
                let listed = self.grid.entry(square).or_default();
                if listed.last() != Some(&(index as u32)) {
                    listed.push(index as u32);
                }
            }
        }
    }

    /// Areas whose bounds may touch these, in order.
    pub(super) fn near(&self, south: f64, north: f64, west: f64, east: f64, found: &mut Vec<u32>) {
        found.clear();
        found.extend(&self.wide);
        let count = ((north - south) / SQUARE + 2.0) * ((east - west) / SQUARE + 2.0);
        if count > self.shapes.len() as f64 + 16.0 {
            found.clear();
            found.extend(0..self.shapes.len() as u32);
        } else {
            let mut lists = usize::from(!found.is_empty());
            for square in squares(south, north, west, east) {
                if let Some(listed) = self.grid.get(&square) {
                    found.extend(listed);
                    lists += 1;
                }
            }
            // One list is in order already.
            if lists > 1 {
                found.sort_unstable();
                found.dedup();
            }
        }
        found.retain(|area| {
            self.shapes.get(*area as usize).is_some_and(|shape| {
                let [s, n, ..] = shape.bounds;
                s <= north && n >= south && shape.turns(west, east).next().is_some()
            })
        });
    }

    pub fn holds(&self, area: u32, lat: f64, lon: f64) -> bool {
        self.shapes.get(area as usize).is_some_and(|shape| shape.holds(lat, lon))
    }

    /// Where on a leg, as a share of it, its line touches the area's border: in order, with 0 and 1 only if there.
    /// `east` is the leg's longitude at its end, unrolled from that at its beginning.
    pub(super) fn touches(&self, area: u32, from: (f64, f64), to: (f64, f64), shares: &mut Vec<f64>) {
        shares.clear();
        let Some(shape) = self.shapes.get(area as usize) else { return };
        let (dy, dx) = (to.0 - from.0, to.1 - from.1);
        for turn in shape.turns(from.1.min(to.1), from.1.max(to.1)) {
            for side in shape.sides_between(from.0.min(to.0), from.0.max(to.0)) {
                let (ey, ex) = (side.to.0 - side.from.0, side.to.1 - side.from.1);
                let (ry, rx) = (side.from.0 - from.0, side.from.1 - from.1 - turn);
                let turned = dx * ey - dy * ex;
                if turned == 0.0 {
                    // In line or beside: the ends of the side cut the leg, if they lie on it.
                    let square = dx * dx + dy * dy;
                    if dx * ry == dy * rx && square > 0.0 {
                        shares.push((rx * dx + ry * dy) / square);
                        shares.push(((rx + ex) * dx + (ry + ey) * dy) / square);
                    }
                    continue;
                }
                let (share, along) = ((rx * ey - ry * ex) / turned, (rx * dy - ry * dx) / turned);
                if (-SLACK..=1.0 + SLACK).contains(&along) {
                    shares.push(share);
                }
            }
        }
        shares.retain(|share| (-SLACK..=1.0 + SLACK).contains(share));
        for share in shares.iter_mut() {
            *share = share.clamp(0.0, 1.0);
        }
        shares.sort_unstable_by(f64::total_cmp);
        shares.dedup();
    }
}

/// Squares of the grid that these bounds touch; longitudes may be unrolled.
fn squares(south: f64, north: f64, west: f64, east: f64) -> impl Iterator<Item = (i16, i16)> {
    let row = |lat: f64| (lat / SQUARE).floor() as i16;
    let around = (360.0 / SQUARE) as i32;
    let (first, last) = ((west / SQUARE).floor() as i32, (east / SQUARE).floor() as i32);
    let last = last.min(first.saturating_add(around));
    (row(south)..=row(north))
        .flat_map(move |row| (first..=last).map(move |column| (row, column.rem_euclid(around) as i16)))
}
