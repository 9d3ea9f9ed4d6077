//! Which tracks were in which cell until when: rows of equal latitude, columns of at least the same width in
//! metres, wrapped round the world. Says who may be near, never who is.

use rustc_hash::FxHashMap;

use super::motion::{Node, short_way};
use crate::tracks::fix::METRES_PER_DEGREE;

#[derive(Clone, Copy, Debug)]
struct Presence {
    slot: u32,
    until: i64,
}

#[derive(Debug)]
pub struct Grid {
    cell_deg: f64,
    /// Columns in the row, by row from the south pole.
    columns: Vec<u32>,
    pad_deg: f64,
    cells: FxHashMap<u64, Vec<Presence>>,
    sweep_at: usize,
}

/// A box in degrees; east is counted on from west and may exceed 180.
#[derive(Clone, Copy)]
struct Area {
    south: f64,
    north: f64,
    west: f64,
    east: f64,
}

const FIRST_SWEEP: usize = 4096;

impl Grid {
    pub fn new(max_distance_m: f64) -> Self {
        let pad_deg = max_distance_m / METRES_PER_DEGREE;
        let cell_deg = (2.0 * pad_deg).clamp(0.002, 10.0);
        let rows = (180.0 / cell_deg).ceil() as usize;
        let columns = (0..rows)
            .map(|row| {
                let south = row as f64 * cell_deg - 90.0;
                let widest = south.abs().max((south + cell_deg).abs()).min(90.0);
                let cos = libm::cos(widest.to_radians());
                ((360.0 * cos / cell_deg).floor() as u32).max(1)
            })
            .collect();
        // The plane of the quadratic and the degrees of the grid agree to better than this.
        Self {
            cell_deg,
            columns,
            pad_deg: pad_deg * 1.01,
            cells: FxHashMap::default(),
            sweep_at: FIRST_SWEEP,
        }
    }

    fn row(&self, lat: f64) -> usize {
        (((lat + 90.0) / self.cell_deg).floor().max(0.0) as usize).min(self.columns.len().saturating_sub(1))
    }

    /// Notes the motion from `from` to `to`, and calls `near` with each slot that was in reach after `from.t`.
    /// A slot may be named several times. Presences older than `horizon` are forgotten.
    pub fn pass<M>(
        &mut self,
        slot: u32,
        from: &Node<M>,
        to: &Node<M>,
        horizon: i64,
        mut near: impl FnMut(u32),
    ) {
        let north = to.lat - from.lat;
        let east = short_way(to.lon - from.lon);
        let reach = north.abs().max(east.abs() * from.cos_lat.max(to.cos_lat));
        let pieces = (reach / self.cell_deg).ceil().clamp(1.0, 4096.0);
        let mut piece = 0.0;
        while piece < pieces {
            let (a, b) = (piece / pieces, (piece + 1.0) / pieces);
            let (lat_a, lat_b) = (from.lat + north * a, from.lat + north * b);
            let (lon_a, lon_b) = (from.lon + east * a, from.lon + east * b);
            let own = Area {
                south: lat_a.min(lat_b),
                north: lat_a.max(lat_b),
                west: lon_a.min(lon_b),
                east: lon_a.max(lon_b),
            };
            self.visit(slot, own, from, to, horizon, &mut near);
            piece += 1.0;
        }
        if self.cells.len() > self.sweep_at {
            self.cells.retain(|_, present| {
                present.retain(|presence| presence.until >= horizon);
                !present.is_empty()
            });
            self.sweep_at = (2 * self.cells.len()).max(FIRST_SWEEP);
        }
    }

    fn visit<M>(
        &mut self,
        slot: u32,
        own: Area,
        from: &Node<M>,
        to: &Node<M>,
        horizon: i64,
        near: &mut impl FnMut(u32),
    ) {
        let pad_lon = self.pad_deg / from.cos_lat.min(to.cos_lat).max(1e-3);
        let own_rows = self.row(own.south)..=self.row(own.north);
        for row in self.row(own.south - self.pad_deg)..=self.row(own.north + self.pad_deg) {
            let Some(columns) = self.columns.get(row).copied() else { continue };
            let per_degree = f64::from(columns) / 360.0;
            let column = |lon: f64| ((lon + 180.0) * per_degree).floor() as i64;
            let (west, east) = (column(own.west - pad_lon), column(own.east + pad_lon));
            let (own_west, own_east) = (column(own.west), column(own.east));
            let last = east.min(west + i64::from(columns) - 1);
            for col in west..=last {
                let is_own = own_rows.contains(&row) && (own_west..=own_east).contains(&col);
                let wrapped = if (0..i64::from(columns)).contains(&col) {
                    col
                } else {
                    col.rem_euclid(i64::from(columns))
                };
                let key = ((row as u64) << 32) | wrapped as u64;
                if is_own {
                    let present = self.cells.entry(key).or_default();
                    let mut noted = false;
                    present.retain_mut(|presence| {
                        if presence.slot == slot {
                            presence.until = to.t;
                            noted = true;
                        } else if presence.until > from.t {
                            near(presence.slot);
                        }
                        presence.until >= horizon
                    });
                    if !noted {
                        present.push(Presence { slot, until: to.t });
                    }
                } else if let Some(present) = self.cells.get(&key) {
                    for presence in present {
                        if presence.until > from.t && presence.slot != slot {
                            near(presence.slot);
                        }
                    }
                }
            }
        }
    }
}
