//! Positions by column, and their order by vessel and time: what the batch form of every detector takes, so that
//! each is a function of (key, ordered fixes). Reads nothing and judges nothing.

use std::ops::Range;

use rustc_hash::FxHashMap;

/// One position report as a row.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Row {
    pub mmsi: u32,
    /// Microseconds since 1970, UTC.
    pub micros: i64,
    /// Degrees within -90 to 90; NaN, as `lon`, in a row that says only that the vessel was heard.
    pub lat: f64,
    /// Degrees within -180 to 180.
    pub lon: f64,
    /// Knots; `None` when not available.
    pub sog_kn: Option<f32>,
    /// Degrees true; `None` when not available.
    pub cog_deg: Option<f32>,
    /// ITU-R M.1371 message type, 0 where the source does not say.
    pub message_type: u8,
}

/// Rows by column, in the order in which they came. The number of a row is its place in that order.
#[derive(Clone, Debug, Default)]
pub struct Positions {
    mmsi: Vec<u32>,
    micros: Vec<i64>,
    lat: Vec<f64>,
    lon: Vec<f64>,
    sog_kn: Vec<f32>,
    cog_deg: Vec<f32>,
    message_type: Vec<u8>,
}

impl Positions {
    pub fn with_capacity(rows: usize) -> Self {
        Self {
            mmsi: Vec::with_capacity(rows),
            micros: Vec::with_capacity(rows),
            lat: Vec::with_capacity(rows),
            lon: Vec::with_capacity(rows),
            sog_kn: Vec::with_capacity(rows),
            cog_deg: Vec::with_capacity(rows),
            message_type: Vec::with_capacity(rows),
        }
    }

    pub fn push(&mut self, row: Row) {
        self.mmsi.push(row.mmsi);
        self.micros.push(row.micros);
        self.lat.push(row.lat);
        self.lon.push(row.lon);
        self.sog_kn.push(row.sog_kn.unwrap_or(f32::NAN));
        self.cog_deg.push(row.cog_deg.unwrap_or(f32::NAN));
        self.message_type.push(row.message_type);
    }

    pub const fn len(&self) -> usize {
        self.mmsi.len()
    }
    pub const fn is_empty(&self) -> bool {
        self.mmsi.is_empty()
    }

    pub fn row(&self, index: usize) -> Option<Row> {
        let known = |value: f32| (!value.is_nan()).then_some(value);
        Some(Row {
            mmsi: *self.mmsi.get(index)?,
            micros: *self.micros.get(index)?,
            lat: *self.lat.get(index)?,
            lon: *self.lon.get(index)?,
            sog_kn: known(*self.sog_kn.get(index)?),
            cog_deg: known(*self.cog_deg.get(index)?),
            message_type: *self.message_type.get(index)?,
        })
    }

    pub fn mmsi(&self) -> &[u32] {
        &self.mmsi
    }
    pub fn micros(&self) -> &[i64] {
        &self.micros
    }
    pub fn lat(&self) -> &[f64] {
        &self.lat
    }
    pub fn lon(&self) -> &[f64] {
        &self.lon
    }
    /// NaN where not available.
    pub fn sog_kn(&self) -> &[f32] {
        &self.sog_kn
    }
    /// NaN where not available.
    pub fn cog_deg(&self) -> &[f32] {
        &self.cog_deg
    }
    pub fn message_type(&self) -> &[u8] {
        &self.message_type
    }

    /// The order by vessel, then time, then row. Linear for input that is in order of time, which it mostly is.
    pub fn by_vessel(&self) -> ByVessel {
        let (places, mut vessels) = self.number_vessels();
        let mut order = vec![0_u32; self.len()];
        let mut next: Vec<u32> = Vec::with_capacity(vessels.len());
        let mut end = 0;
        for (_, range) in &mut vessels {
            next.push(end);
            let begin = end;
            end += range.end;
            *range = begin..end;
        }
        for (row, place) in places.iter().enumerate() {
            if let Some(at) = next.get_mut(*place as usize) {
                if let Some(slot) = order.get_mut(*at as usize) {
                    *slot = row as u32;
                }
                *at += 1;
            }
        }
        let time = |row: &u32| self.micros.get(*row as usize).copied().unwrap_or(i64::MAX);
        for (_, range) in &vessels {
            if let Some(rows) = order.get_mut(range.start as usize..range.end as usize)
                && !rows.is_sorted_by_key(time)
            {
                rows.sort_by_key(time);
            }
        }
        vessels.sort_unstable_by_key(|(mmsi, _)| *mmsi);
        ByVessel { order, vessels }
    }

    /// For each row the number of its vessel by first appearance; for each vessel how many rows it has.
    fn number_vessels(&self) -> (Vec<u32>, Vec<(u32, Range<u32>)>) {
        let mut numbers: FxHashMap<u32, u32> = FxHashMap::default();
        let mut vessels: Vec<(u32, Range<u32>)> = Vec::new();
        let mut places = Vec::with_capacity(self.len());
        for mmsi in &self.mmsi {
            let number = *numbers.entry(*mmsi).or_insert_with(|| {
                vessels.push((*mmsi, 0..0));
                (vessels.len() - 1) as u32
            });
            if let Some((_, range)) = vessels.get_mut(number as usize) {
                range.end += 1;
            }
            places.push(number);
        }
        (places, vessels)
    }
}

impl FromIterator<Row> for Positions {
    fn from_iter<I: IntoIterator<Item = Row>>(rows: I) -> Self {
        let rows = rows.into_iter();
        let mut positions = Self::with_capacity(rows.size_hint().0);
        rows.for_each(|row| positions.push(row));
        positions
    }
}

/// The rows of each vessel in order of time; rows of equal time in the order in which they came.
#[derive(Clone, Debug)]
pub struct ByVessel {
    order: Vec<u32>,
    vessels: Vec<(u32, Range<u32>)>,
}

impl ByVessel {
    /// MMSI and rows of each vessel, by MMSI.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &[u32])> {
        self.vessels.iter().map(|(mmsi, range)| {
            (*mmsi, self.order.get(range.start as usize..range.end as usize).unwrap_or(&[]))
        })
    }

    pub const fn vessels(&self) -> usize {
        self.vessels.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn row(mmsi: u32, micros: i64) -> Row {
        Row { mmsi, micros, lat: 0.0, lon: 0.0, sog_kn: None, cog_deg: Some(1.5), message_type: 1 }
    }

    #[test]
    fn a_row_comes_back_as_it_was_pushed() {
        let rows = [row(7, 3), row(2, 1), Row { sog_kn: Some(12.0), cog_deg: None, ..row(7, 1) }];
        let positions: Positions = rows.into_iter().collect();
        assert_eq!((0..3).filter_map(|at| positions.row(at)).collect::<Vec<_>>(), rows);
        assert_eq!(positions.row(3), None);
    }

    proptest! {
        #[test]
        fn the_order_is_by_vessel_then_time_then_row(
            rows in proptest::collection::vec((0_u32..5, -4_i64..4), 0..60)
        ) {
            let positions: Positions = rows.iter().map(|(mmsi, t)| row(*mmsi, *t)).collect();
            let mut expected: Vec<(u32, i64, u32)> =
                rows.iter().enumerate().map(|(at, (mmsi, t))| (*mmsi, *t, at as u32)).collect();
            expected.sort_unstable();
            let by_vessel = positions.by_vessel();
            let given: Vec<(u32, i64, u32)> = by_vessel
                .iter()
                .flat_map(|(mmsi, rows)| rows.iter().map(move |at| (mmsi, *at)))
                .map(|(mmsi, at)| (mmsi, positions.micros()[at as usize], at))
                .collect();
            prop_assert_eq!(given, expected);
        }
    }
}
