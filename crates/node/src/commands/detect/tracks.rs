//! A table's positions under the number of their track instead of their MMSI, as the picture has them: two users of one
//! number are two vessels here.

use bitacora_sea::Parameters;
use bitacora_sea::tracks::positions::{Positions, Row};
use bitacora_sea::tracks::segments;

use super::input::Input;

pub(super) struct Tracks {
    pub(super) positions: Positions,
    /// The MMSI of each track.
    mmsi: Vec<u32>,
}

impl Tracks {
    /// Rows on no track (stations that are no vessels) are left out.
    pub(super) fn of(input: &Input) -> Self {
        let defaults = Parameters::default();
        let segments = segments::exact(&input.positions, &defaults.motion, defaults.max_idle);
        let mut mmsi = vec![0; segments.len()];
        let mut positions = Positions::with_capacity(input.positions.len());
        for row in 0..input.positions.len() {
            let (Some(track), Some(at)) = (segments.of(row), input.positions.row(row)) else { continue };
            if let Some(number) = mmsi.get_mut(track as usize) {
                *number = at.mmsi;
            }
            positions.push(Row { mmsi: track, ..at });
        }
        Self { positions, mmsi }
    }

    pub(super) fn mmsi(&self, track: u32) -> u32 {
        self.mmsi.get(track as usize).copied().unwrap_or_default()
    }
}
