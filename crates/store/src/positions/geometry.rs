//! The geometry column by which geographic programs open a file of positions as a layer: points in well-known binary,
//! described under the key `geo` (GeoParquet 1.1.0, OGC). Only writes; the columns `lat` and `lon` are what is read.

use parquet::data_type::ByteArray;
use parquet::file::metadata::KeyValue;

/// Byte order, type and two doubles (OGC 06-103r4, 8.2).
const POINT_BYTES: usize = 21;
/// Little-endian, and the code of a point.
const HEAD: [u8; 5] = [1, 1, 0, 0, 0];

/// The points of a row group, and the box round those of the file.
#[derive(Debug)]
pub(super) struct Points {
    bytes: Vec<u8>,
    west_south_east_north: [f64; 4],
}

impl Default for Points {
    fn default() -> Self {
        let (least, most) = (f64::NEG_INFINITY, f64::INFINITY);
        Self { bytes: Vec::new(), west_south_east_north: [most, most, least, least] }
    }
}

impl Points {
    /// A new row group begins; the box stays.
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
    }

    pub(super) fn push(&mut self, lat: f64, lon: f64) {
        self.bytes.extend_from_slice(&HEAD);
        self.bytes.extend_from_slice(&lon.to_le_bytes());
        self.bytes.extend_from_slice(&lat.to_le_bytes());
        let [west, south, east, north] = self.west_south_east_north;
        self.west_south_east_north = [west.min(lon), south.min(lat), east.max(lon), north.max(lat)];
    }

    /// The row group's points; they share one buffer, which is handed over.
    pub(super) fn take(&mut self) -> Vec<ByteArray> {
        let whole = ByteArray::from(std::mem::take(&mut self.bytes));
        (0..whole.len() / POINT_BYTES).map(|at| whole.slice(at * POINT_BYTES, POINT_BYTES)).collect()
    }

    /// Coordinates are longitude and latitude on WGS 84, which is what a column without `crs` holds (OGC:CRS84).
    pub(super) fn describe(&self) -> KeyValue {
        let known = self.west_south_east_north.iter().all(|bound| bound.is_finite());
        let bounds =
            if known { format!(",\"bbox\":{:?}", self.west_south_east_north) } else { String::new() };
        let text = format!(
            "{{\"version\":\"1.1.0\",\"primary_column\":\"geometry\",\"columns\":{{\"geometry\":{{\
             \"encoding\":\"WKB\",\"geometry_types\":[\"Point\"]{bounds}}}}}}}"
        );
        KeyValue::new("geo".to_owned(), text)
    }
}
