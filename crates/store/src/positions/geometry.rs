//! The geometry column by which geographic programs open a file of positions as a layer: points in well-known binary,
//! described under the key `geo` (GeoParquet 1.1.0, OGC). Only writes; the columns `lat` and `lon` are what is read.

use parquet::data_type::{ByteArray, ByteArrayType};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::writer::SerializedColumnWriter;

/// Byte order, type and two doubles (OGC 06-103r4, 8.2).
const POINT_BYTES: usize = 21;
/// Little-endian, and the code of a point.
const HEAD: [u8; 5] = [1, 1, 0, 0, 0];

/// Points that are made at a time: their bytes stay in the cache until they are written.
const BATCH: usize = 1024;

/// Writes points, and remembers the box round those of the file.
#[derive(Debug)]
pub(super) struct Points {
    west_south_east_north: [f64; 4],
}

impl Default for Points {
    fn default() -> Self {
        let (least, most) = (f64::NEG_INFINITY, f64::INFINITY);
        Self { west_south_east_north: [most, most, least, least] }
    }
}

impl Points {
    /// The column of a row group.
    pub(super) fn write(
        &mut self,
        column: &mut SerializedColumnWriter<'_>,
        lat: &[f64],
        lon: &[f64],
    ) -> Result<(), ParquetError> {
        for (lat, lon) in lat.chunks(BATCH).zip(lon.chunks(BATCH)) {
            let mut bytes = Vec::with_capacity(BATCH * POINT_BYTES);
            for (lat, lon) in lat.iter().zip(lon) {
                bytes.extend_from_slice(&HEAD);
                bytes.extend_from_slice(&lon.to_le_bytes());
                bytes.extend_from_slice(&lat.to_le_bytes());
                let [west, south, east, north] = self.west_south_east_north;
                self.west_south_east_north =
                    [west.min(*lon), south.min(*lat), east.max(*lon), north.max(*lat)];
            }
            let whole = ByteArray::from(bytes);
            let point = |at: usize| whole.slice(at * POINT_BYTES, POINT_BYTES);
            let points: Vec<ByteArray> = (0..lat.len()).map(point).collect();
            column.typed::<ByteArrayType>().write_batch(&points, None, None)?;
        }
        Ok(())
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
