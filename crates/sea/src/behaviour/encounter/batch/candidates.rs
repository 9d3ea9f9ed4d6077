//! Which pairs of tracks may be together in which slice of time: a function of a tile and a slice, so that an
//! archive can be searched in parts. Rows of equal latitude, swept from west to east, wrapped round the world.

use super::slices::{Extent, Motions};
use super::tiles::{Tile, Tiling};

/// Two tracks that may be within the distance of each other in a slice of time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Candidate {
    /// Places of the tracks in the order in which they were given, the lesser first.
    pub tracks: [u32; 2],
    /// Slice `n` begins at `n` times the length of a slice ([`Motions::slice_us`]).
    pub slice: i64,
    pub(super) extents: [u32; 2],
}

/// Rows are at least this high, about 2 km: more rows than that cost more than they spare.
const LEAST_ROW_DEG: f64 = 0.02;
/// Where the cosine of the latitude is less, longitude rules nothing out.
const POLAR_COS: f32 = 0.02;

/// Of boxes wider than this only the latitude is compared.
const WIDE_DEG: f64 = 90.0;

/// A box as the sweep sees it, in one row.
#[derive(Clone, Copy)]
struct Entry {
    row: u32,
    /// First row of the box: the pair belongs to the greater of both first rows, so that it is found once.
    first_row: u32,
    /// With the distance added on both sides.
    west: f64,
    east: f64,
    /// Turns by which the box was shifted, for boxes near the antimeridian.
    turn: f64,
    extent: u32,
}

impl Motions {
    /// The slices of time in which there is motion, in order.
    pub fn slices(&self) -> Vec<i64> {
        let mut slices: Vec<i64> = self.extents.iter().map(|extent| extent.slice).collect();
        slices.sort_unstable();
        slices.dedup();
        slices
    }

    /// Microseconds of a slice: slice `n` begins at `n` times this.
    pub const fn slice_us(&self) -> i64 {
        self.slice_us
    }

    /// All candidates, or those that the tile owns: each candidate has one owner in a tiling.
    pub fn candidates(&self, tile: Option<(&Tiling, Tile)>) -> Vec<Candidate> {
        let mut by_slice: Vec<(i64, u32)> =
            self.extents.iter().enumerate().map(|(at, extent)| (extent.slice, at as u32)).collect();
        by_slice.sort_unstable();
        let mut sweep = Sweep { entries: Vec::new(), motions: self, tile };
        let mut found = Vec::new();
        for slice in by_slice.chunk_by(|a, b| a.0 == b.0) {
            sweep.slice(slice, &mut found);
        }
        found
    }

    /// The candidates of one slice of time, or those of them that the tile owns.
    pub fn candidates_of_slice(&self, slice: i64, tile: Option<(&Tiling, Tile)>) -> Vec<Candidate> {
        let of_slice: Vec<(i64, u32)> = self
            .extents
            .iter()
            .enumerate()
            .filter(|(_, extent)| extent.slice == slice)
            .map(|(at, extent)| (extent.slice, at as u32))
            .collect();
        let mut found = Vec::new();
        Sweep { entries: Vec::new(), motions: self, tile }.slice(&of_slice, &mut found);
        found
    }
}

struct Sweep<'a> {
    entries: Vec<Entry>,
    motions: &'a Motions,
    tile: Option<(&'a Tiling, Tile)>,
}

impl Sweep<'_> {
    fn slice(&mut self, slice: &[(i64, u32)], found: &mut Vec<Candidate>) {
        let reach = self.motions.reach_deg();
        let extent = |at: u32| self.motions.extents.get(at as usize);
        let height: f64 = slice.iter().filter_map(|(_, at)| extent(*at)).map(|e| e.north - e.south).sum();
        let row_deg = LEAST_ROW_DEG.max(2.0 * reach).max(height / slice.len().max(1) as f64);
        let row = |lat: f64| ((lat + 90.0).max(0.0) / row_deg) as u32;
        self.entries.clear();
        let mut shifted = false;
        for (_, at) in slice {
            let Some(one) = extent(*at) else { continue };
            let pad = pad_east(one, reach);
            let (west, east) = if one.east - one.west > WIDE_DEG || pad > WIDE_DEG {
                (-180.0, 180.0)
            } else {
                (one.west - pad, one.east + pad)
            };
            let (first_row, last_row) = (row(one.south - reach), row(one.north));
            let mut entry = |turn: f64| {
                let (west, east) = (west + turn, east + turn);
                self.entries.extend((first_row..=last_row).map(|row| Entry {
                    row,
                    first_row,
                    west,
                    east,
                    turn,
                    extent: *at,
                }));
            };
            entry(0.0);
            if west < -180.0 {
                entry(360.0);
                shifted = true;
            }
            if east > 180.0 {
                entry(-360.0);
                shifted = true;
            }
        }
        self.entries.sort_unstable_by(|a, b| a.row.cmp(&b.row).then(a.west.total_cmp(&b.west)));
        let begin = found.len();
        for (index, one) in self.entries.iter().enumerate() {
            let Some(rest) = self.entries.get(index + 1..) else { break };
            let Some(a) = extent(one.extent) else { continue };
            for other in rest {
                if other.row != one.row || other.west > one.east {
                    break;
                }
                if one.first_row.max(other.first_row) != one.row {
                    continue;
                }
                let Some(b) = extent(other.extent) else { continue };
                if a.track == b.track {
                    continue;
                }
                if near(a, one.turn, b, other.turn, reach)
                    && self.tile.is_none_or(|(tiling, tile)| tiling.owner(a, b, reach) == tile)
                {
                    let (tracks, extents) = if a.track < b.track {
                        ([a.track, b.track], [one.extent, other.extent])
                    } else {
                        ([b.track, a.track], [other.extent, one.extent])
                    };
                    found.push(Candidate { tracks, slice: a.slice, extents });
                }
            }
        }
        if shifted && let Some(own) = found.get_mut(begin..) {
            // Two boxes across the antimeridian meet on either side of it.
            own.sort_unstable_by_key(|candidate| candidate.extents);
            let mut kept = begin;
            for at in begin..found.len() {
                let Some(one) = found.get(at).copied() else { break };
                let known =
                    kept > begin && found.get(kept - 1).is_some_and(|last| last.extents == one.extents);
                if !known {
                    if let Some(place) = found.get_mut(kept) {
                        *place = one;
                    }
                    kept += 1;
                }
            }
            found.truncate(kept);
        }
    }
}

/// Degrees of longitude that the distance may span at this extent.
pub(super) fn pad_east(extent: &Extent, reach: f64) -> f64 {
    if extent.cos_least < POLAR_COS { 360.0 } else { (reach / f64::from(extent.cos_least)).min(360.0) }
}

/// False when the two cannot be within the distance in the slice.
#[inline]
fn near(a: &Extent, turn_a: f64, b: &Extent, turn_b: f64, reach: f64) -> bool {
    let north = (a.south - b.north).max(b.south - a.north).max(0.0);
    if north > reach {
        return false;
    }
    let shift = turn_b - turn_a;
    let cos_least = a.cos_least.min(b.cos_least);
    if cos_least < POLAR_COS || a.east - a.west > WIDE_DEG || b.east - b.west > WIDE_DEG {
        return true;
    }
    let east = (a.west - (b.east + shift)).max((b.west + shift) - a.east).max(0.0) * f64::from(cos_least);
    north * north + east * east <= reach * reach
}
