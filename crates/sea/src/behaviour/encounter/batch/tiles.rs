//! Tiles of the world for work in parallel: which tiles a motion touches, so that its rows are sent there, and
//! which one tile owns a pair that is found in several, so that nothing is found twice or lost at an edge.

use super::candidates::pad_east;
use super::slices::{Extent, Motions};

/// A tile of a tiling, by row from the south pole and column from the antimeridian.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Tile {
    pub row: u32,
    pub column: u32,
}

/// Rows of equal height; in each, columns at least as wide in metres as they are high.
#[derive(Clone, Debug)]
pub struct Tiling {
    height_deg: f64,
    /// Columns by row.
    columns: Vec<u32>,
}

impl Tiling {
    /// Tiles of about this many degrees of latitude, 0.1 to 90.
    pub fn new(height_deg: f64) -> Self {
        let height_deg = height_deg.clamp(0.1, 90.0);
        let rows = (180.0 / height_deg).ceil() as u32;
        let columns = (0..rows)
            .map(|row| {
                let south = f64::from(row) * height_deg - 90.0;
                let widest = south.abs().max((south + height_deg).abs()).min(90.0);
                ((360.0 * libm::cos(widest.to_radians()) / height_deg) as u32).max(1)
            })
            .collect();
        Self { height_deg, columns }
    }

    /// The tile that holds a place; the longitude may lie beyond 180.
    pub fn at(&self, lat: f64, lon: f64) -> Tile {
        let row = self.row(lat);
        let columns = self.columns_of(row);
        let column = (lon + 180.0).rem_euclid(360.0) * f64::from(columns) / 360.0;
        Tile { row, column: (column as u32).min(columns - 1) }
    }

    fn row(&self, lat: f64) -> u32 {
        (((lat + 90.0) / self.height_deg).max(0.0) as u32).min(self.columns.len().saturating_sub(1) as u32)
    }

    fn columns_of(&self, row: u32) -> u32 {
        self.columns.get(row as usize).copied().unwrap_or(1).max(1)
    }

    /// Every tile within the distance of the motion of each track of the batch: where its rows are needed.
    pub fn touched(&self, motions: &Motions) -> Vec<(Tile, u32)> {
        // A little more than the owner is found with, for the rounding.
        let reach = motions.reach_deg() + 1e-9;
        let mut touched: Vec<(Tile, u32)> = Vec::new();
        for extent in &motions.extents {
            let pad = pad_east(extent, reach) + 1e-9;
            let (lat, lon) =
                ([extent.south - reach, extent.north + reach], [extent.west - pad, extent.east + pad]);
            self.within(lat, lon, |tile| touched.push((tile, extent.track)));
        }
        touched.sort_unstable();
        touched.dedup();
        touched
    }

    /// Every tile that has a part in a box: least and greatest latitude, and longitude, which may lie beyond 180.
    pub fn within(&self, [south, north]: [f64; 2], [west, east]: [f64; 2], mut visit: impl FnMut(Tile)) {
        for row in self.row(south)..=self.row(north) {
            let columns = self.columns_of(row);
            let per_degree = f64::from(columns) / 360.0;
            let first = ((west + 180.0) * per_degree).floor() as i64;
            let last = ((east + 180.0) * per_degree).floor() as i64;
            for column in first..=last.min(first + i64::from(columns) - 1) {
                visit(Tile { row, column: column.rem_euclid(i64::from(columns)) as u32 });
            }
        }
    }

    /// The tile that owns the pair: the one that holds the south-western corner of what both boxes, each with the
    /// distance added, have in common. Both motions touch it.
    pub(super) fn owner(&self, a: &Extent, b: &Extent, reach: f64) -> Tile {
        let (a, b) = if a.track <= b.track { (a, b) } else { (b, a) };
        let lat = a.south.max(b.south) - reach;
        let (west_a, west_b) = (a.west - pad_east(a, reach), b.west - pad_east(b, reach));
        let width_a = a.east + pad_east(a, reach) - west_a;
        let lon = if (west_b - west_a).rem_euclid(360.0) <= width_a { west_b } else { west_a };
        self.at(lat, lon)
    }
}
