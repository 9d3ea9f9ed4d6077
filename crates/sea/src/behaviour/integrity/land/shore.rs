//! An index of coastlines: inside or outside by even and odd crossings, the distance to the nearest shore. Any
//! nesting of lakes and islands, any longitude, a continent round a pole. Reads no file.

use bitacora_primitives::Position;
use bitacora_primitives::geodesy::{MEAN_EARTH_RADIUS_M, wrap_longitude};

use crate::tracks::fix::METRES_PER_DEGREE;

/// Cells of a quarter degree.
const PER_DEGREE: f64 = 4.0;
const COLUMNS: usize = 1440;
const ROWS: usize = 720;
/// Degrees by which an edge's cells are taken too wide, far above rounding.
const MARGIN_DEG: f64 = 1e-7;
/// Where in its cell the point of known side lies: off every round coordinate.
const KNOWN_LAT: f64 = 0.500_003_7;
const KNOWN_LON: f64 = 0.499_991_3;

/// Longitude and latitude, millionths of a degree. Longitudes are taken modulo 360 degrees.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Place {
    pub lon: i32,
    pub lat: i32,
}

impl Place {
    fn degrees(self) -> (f64, f64) {
        (f64::from(self.lon) * 1e-6, f64::from(self.lat) * 1e-6)
    }
}

/// Why a coastline cannot be indexed.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum TooLarge {
    #[error("coastline has more than {limit} points")]
    Points { limit: usize },
    /// Edges from one end of the world to the other: no coastline, and a way to fill the memory.
    #[error("coastline touches more than {limit} cells with its {points} points")]
    Cells { limit: usize, points: usize },
}

/// Cells that edges may touch: so many for each point, and for all together. Of a real coastline hardly one edge in
/// ten leaves its cell.
const CELLS_PER_POINT: usize = 8;
const CELLS_AT_LEAST: usize = 4_000_000;

/// Rings are added one by one, in any order and direction.
#[derive(Clone, Debug, Default)]
pub struct LandBuilder {
    points: Vec<Place>,
    /// Number of the last point of each ring, which is its first again.
    ends: Vec<u32>,
}

impl LandBuilder {
    /// The full-resolution coastline of the world has 10.7 million points.
    const LIMIT: usize = 100_000_000;

    /// Adds a ring, closed or not. Fewer than three points enclose nothing.
    pub fn ring(&mut self, points: impl IntoIterator<Item = Place>) -> Result<(), TooLarge> {
        let start = self.points.len();
        self.points.extend(points.into_iter().take(Self::LIMIT));
        if self.points.len() >= Self::LIMIT {
            self.points.truncate(start);
            return Err(TooLarge::Points { limit: Self::LIMIT });
        }
        if self.points.len() < start + 3 {
            self.points.truncate(start);
            return Ok(());
        }
        if let Some(first) = self.points.get(start).copied()
            && self.points.last() != Some(&first)
        {
            self.points.push(first);
        }
        self.ends.push((self.points.len() - 1) as u32);
        Ok(())
    }

    pub fn build(self) -> Result<Land, TooLarge> {
        let mut land = Land {
            points: self.points,
            starts: vec![0; COLUMNS * ROWS + 1],
            edges: Vec::new(),
            inside: vec![false; COLUMNS * ROWS],
        };
        land.sort_edges(&self.ends)?;
        land.know_sides();
        Ok(land)
    }
}

/// The index. An edge is the number of its first point; a straight line in latitude and longitude by the short way.
#[derive(Clone, Debug)]
pub struct Land {
    points: Vec<Place>,
    /// Edges by cell: where each cell's begin.
    starts: Vec<u32>,
    edges: Vec<u32>,
    /// Whether each cell's known point is land.
    inside: Vec<bool>,
}

/// An edge about a cell's known point or another origin: degrees east and north.
#[derive(Clone, Copy)]
struct Edge {
    ax: f64,
    ay: f64,
    bx: f64,
    by: f64,
}

impl Edge {
    /// The latitude at which it crosses a meridian.
    fn at_meridian(&self, x: f64) -> Option<f64> {
        ((self.ax <= x) != (self.bx <= x))
            .then(|| self.ay + (self.by - self.ay) * ((x - self.ax) / (self.bx - self.ax)))
    }
    /// The longitude at which it crosses a parallel.
    fn at_parallel(&self, y: f64) -> Option<f64> {
        ((self.ay <= y) != (self.by <= y))
            .then(|| self.ax + (self.bx - self.ax) * ((y - self.ay) / (self.by - self.ay)))
    }
}

fn row_of(lat: f64) -> usize {
    (((lat + 90.0) * PER_DEGREE).max(0.0) as usize).min(ROWS - 1)
}

fn column_of(lon: f64) -> usize {
    (((wrap_longitude(lon) + 180.0) * PER_DEGREE).max(0.0) as usize).min(COLUMNS - 1)
}

/// Longitude and latitude of a cell's known point.
fn known_point(row: usize, column: usize) -> (f64, f64) {
    ((column as f64 + KNOWN_LON) / PER_DEGREE - 180.0, (row as f64 + KNOWN_LAT) / PER_DEGREE - 90.0)
}

impl Land {
    pub const fn is_empty(&self) -> bool {
        self.points.is_empty()
    }
    /// Points of all rings, the closing ones included.
    pub const fn points(&self) -> usize {
        self.points.len()
    }

    fn edge(&self, number: u32, (lon, lat): (f64, f64)) -> Option<Edge> {
        let (a_lon, a_lat) = self.points.get(number as usize)?.degrees();
        let (b_lon, b_lat) = self.points.get(number as usize + 1)?.degrees();
        let ax = wrap_longitude(a_lon - lon);
        Some(Edge { ax, ay: a_lat - lat, bx: ax + wrap_longitude(b_lon - a_lon), by: b_lat - lat })
    }

    fn in_cell(&self, row: usize, column: usize) -> &[u32] {
        let at = row * COLUMNS + column;
        match self.starts.get(at..at + 2) {
            Some([from, to]) => self.edges.get(*from as usize..*to as usize).unwrap_or(&[]),
            _ => &[],
        }
    }

    /// Gives every edge to the cells it may touch: counted first, placed second.
    fn sort_edges(&mut self, ends: &[u32]) -> Result<(), TooLarge> {
        let mut counts = vec![0_u32; COLUMNS * ROWS + 1];
        self.each_cell(ends, |cell, _| {
            if let Some(count) = counts.get_mut(cell + 1) {
                *count += 1;
            }
        })?;
        let mut sum = 0;
        for count in &mut counts {
            sum += *count;
            *count = sum;
        }
        let mut edges = vec![0; sum as usize];
        let mut next = counts.clone();
        self.each_cell(ends, |cell, number| {
            if let Some(at) = next.get_mut(cell) {
                if let Some(slot) = edges.get_mut(*at as usize) {
                    *slot = number;
                }
                *at += 1;
            }
        })?;
        (self.starts, self.edges) = (counts, edges);
        Ok(())
    }

    fn each_cell(&self, ends: &[u32], mut take: impl FnMut(usize, u32)) -> Result<(), TooLarge> {
        let points = self.points.len();
        let limit = CELLS_AT_LEAST.max(points.saturating_mul(CELLS_PER_POINT));
        let mut touched = 0;
        let mut ends = ends.iter().copied().peekable();
        for number in 0..self.points.len().saturating_sub(1) as u32 {
            if ends.peek() == Some(&number) {
                ends.next();
                continue;
            }
            let Some(edge) = self.edge(number, (0.0, 0.0)) else { continue };
            let (low, high) = (edge.ay.min(edge.by), edge.ay.max(edge.by));
            for row in row_of(low - MARGIN_DEG)..=row_of(high + MARGIN_DEG) {
                // The part of the edge within the row.
                let south = row as f64 / PER_DEGREE - 90.0 - MARGIN_DEG;
                let north = (row as f64 + 1.0) / PER_DEGREE - 90.0 + MARGIN_DEG;
                let at = |lat: f64| {
                    if edge.by == edge.ay {
                        return edge.ax;
                    }
                    let share = ((lat - edge.ay) / (edge.by - edge.ay)).clamp(0.0, 1.0);
                    edge.ax + share * (edge.bx - edge.ax)
                };
                let (from, to) = if edge.by == edge.ay { (edge.ax, edge.bx) } else { (at(south), at(north)) };
                let (west, east) = (from.min(to) - MARGIN_DEG, from.max(to) + MARGIN_DEG);
                let first = libm::floor((west + 180.0) * PER_DEGREE) as i64;
                let last = libm::floor((east + 180.0) * PER_DEGREE) as i64;
                touched += (last - first) as usize + 1;
                if touched > limit {
                    return Err(TooLarge::Cells { limit, points });
                }
                for column in first..=last {
                    take(row * COLUMNS + column.rem_euclid(COLUMNS as i64) as usize, number);
                }
            }
        }
        Ok(())
    }

    /// Down each column from the north pole, which is sea: every crossing changes the side. A ring round the
    /// south pole is crossed once, so the pole is land.
    fn know_sides(&mut self) {
        for column in 0..COLUMNS {
            let mut land = false;
            for row in (0..ROWS).rev() {
                let (lon, lat) = known_point(row, column);
                let (mut above, mut below) = (0_u32, 0_u32);
                for number in self.in_cell(row, column) {
                    let Some(edge) = self.edge(*number, (lon, lat)) else { continue };
                    if let Some(y) = edge.at_meridian(0.0)
                        && row_of(y + lat) == row
                    {
                        if y > 0.0 { above += 1 } else { below += 1 }
                    }
                }
                land ^= above % 2 == 1;
                if let Some(side) = self.inside.get_mut(row * COLUMNS + column) {
                    *side = land;
                }
                land ^= below % 2 == 1;
            }
        }
    }

    /// Whether the place lies inside an odd number of rings: land, an island in a lake, but no lake.
    pub fn on_land(&self, position: Position) -> bool {
        let (row, column) = (row_of(position.lat()), column_of(position.lon()));
        let known = known_point(row, column);
        let mut land = self.inside.get(row * COLUMNS + column).copied().unwrap_or(false);
        // From the place along its meridian to the known point's parallel, then along that.
        let (x, y) = (wrap_longitude(position.lon() - known.0), position.lat() - known.1);
        for number in self.in_cell(row, column) {
            let Some(edge) = self.edge(*number, known) else { continue };
            if let Some(crossing) = edge.at_meridian(x) {
                land ^= (crossing > y) != (crossing > 0.0);
            }
            if let Some(crossing) = edge.at_parallel(0.0) {
                land ^= (crossing > x) != (crossing > 0.0);
            }
        }
        land
    }

    /// Metres on the mean sphere to the nearest shore of any kind, edges being great circles; `None` where that is
    /// farther than `within_m`.
    pub fn distance_to_shore_m(&self, position: Position, within_m: f64) -> Option<f64> {
        let reach = within_m.max(0.0) / METRES_PER_DEGREE + MARGIN_DEG;
        let (south, north) = (position.lat() - reach, position.lat() + reach);
        let widest = south.abs().max(north.abs());
        // East and west a circle about the place spans asin(sin r / cos lat); near a pole, everything.
        let across = if widest >= 89.9 {
            180.0
        } else {
            let sin = libm::sin(reach.min(90.0).to_radians()) / libm::cos(position.lat().to_radians());
            if sin >= 1.0 { 180.0 } else { libm::asin(sin).to_degrees() + MARGIN_DEG }
        };
        let here = vector(position.lon(), position.lat());
        let first = libm::floor((position.lon() - across + 180.0) * PER_DEGREE) as i64;
        let last = libm::floor((position.lon() + across + 180.0) * PER_DEGREE) as i64;
        let last = last.min(first + COLUMNS as i64 - 1);
        let mut nearest = f64::INFINITY;
        for row in row_of(south)..=row_of(north) {
            for column in first..=last {
                for number in self.in_cell(row, column.rem_euclid(COLUMNS as i64) as usize) {
                    let at = *number as usize;
                    if let (Some(a), Some(b)) = (self.points.get(at), self.points.get(at + 1)) {
                        let ((a_lon, a_lat), (b_lon, b_lat)) = (a.degrees(), b.degrees());
                        nearest = nearest.min(to_arc(here, vector(a_lon, a_lat), vector(b_lon, b_lat)));
                    }
                }
            }
        }
        let metres = nearest * MEAN_EARTH_RADIUS_M;
        (metres <= within_m).then_some(metres)
    }
}

type Vector = [f64; 3];

fn vector(lon: f64, lat: f64) -> Vector {
    let (lon, lat) = (lon.to_radians(), lat.to_radians());
    [libm::cos(lat) * libm::cos(lon), libm::cos(lat) * libm::sin(lon), libm::sin(lat)]
}

fn cross([ax, ay, az]: Vector, [bx, by, bz]: Vector) -> Vector {
    [ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx]
}

fn dot([ax, ay, az]: Vector, [bx, by, bz]: Vector) -> f64 {
    ax * bx + ay * by + az * bz
}

/// The angle from a place to the nearest of an arc shorter than half the world.
fn to_arc(p: Vector, a: Vector, b: Vector) -> f64 {
    let normal = cross(a, b);
    let square = dot(normal, normal);
    let between = square > 0.0 && dot(cross(a, p), normal) >= 0.0 && dot(cross(p, b), normal) >= 0.0;
    if between {
        return libm::asin((dot(p, normal).abs() / square.sqrt()).min(1.0));
    }
    let to = |end: Vector| {
        let [x, y, z] = [end[0] - p[0], end[1] - p[1], end[2] - p[2]];
        2.0 * libm::asin((0.5 * (x * x + y * y + z * z).sqrt()).min(1.0))
    };
    to(a).min(to(b))
}
