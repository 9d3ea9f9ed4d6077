//! The Arrow batches read back say what the tables say, and the numbers lie where they lay.
#![cfg(feature = "arrow")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test fails loudly"
)]

use std::path::Path;

use arrow_array::cast::AsArray;
use arrow_array::types::*;
use arrow_array::{Array, RecordBatch};
use bitacora_ais::columns::{Bulk, Columns, Positions, Statics, flag};

fn numbers<T: ArrowPrimitiveType>(batch: &RecordBatch, name: &str) -> Vec<Option<T::Native>> {
    batch.column_by_name(name).unwrap().as_primitive::<T>().iter().collect()
}

fn texts(batch: &RecordBatch, name: &str) -> Vec<Option<String>> {
    batch.column_by_name(name).unwrap().as_string_view().iter().map(|text| text.map(str::to_owned)).collect()
}

fn given<T: Copy>(has: &[u16], bit: u16, values: &[T]) -> Vec<Option<T>> {
    has.iter().zip(values).map(|(has, value)| (has & bit != 0).then_some(*value)).collect()
}

fn all<T: Copy>(values: &[T]) -> Vec<Option<T>> {
    values.iter().map(|value| Some(*value)).collect()
}

fn cut<const N: usize>(values: &[[u8; N]]) -> Vec<Option<String>> {
    let one = |raw: &[u8; N]| {
        let text = std::str::from_utf8(raw).unwrap().split('@').next().unwrap().trim_end_matches(' ');
        Some(text.to_owned()).filter(|text| !text.is_empty())
    };
    values.iter().map(one).collect()
}

#[test]
fn batches_of_every_recording_read_back_equal() {
    for path in bitacora_given::files("ais/raw").unwrap_or_default() {
        let bytes = std::fs::read(path).unwrap();
        let mut c = Columns::default();
        Bulk::default().read(&bytes, &mut c, &mut |_, _, _| {});
        let lon_at = c.positions.lon.as_ptr();
        let kept = c.clone();
        let Columns { messages, positions, clocks, statics, rest, .. } = c;

        let batch = messages.into_batch().unwrap();
        let m = &kept.messages;
        assert_eq!(batch.num_rows(), m.len());
        assert_eq!(numbers::<UInt32Type>(&batch, "mmsi"), all(&m.mmsi));
        assert_eq!(numbers::<UInt8Type>(&batch, "type"), all(&m.message_type));
        assert_eq!(numbers::<UInt16Type>(&batch, "quality"), all(&m.quality));
        assert_eq!(numbers::<UInt64Type>(&batch, "line"), all(&m.line));
        let times: Vec<Option<i64>> = m.micros.iter().map(|t| (*t != i64::MIN).then_some(*t)).collect();
        assert_eq!(numbers::<TimestampMicrosecondType>(&batch, "time"), times);
        let talkers: Vec<Option<String>> =
            m.address.iter().map(|raw| Some(String::from_utf8(raw.to_vec()).unwrap())).collect();
        assert_eq!(texts(&batch, "talker"), talkers);
        let stations = m.station.iter().map(|raw| {
            let end = raw.iter().position(|byte| *byte == 0).unwrap_or(23);
            String::from_utf8(raw[..end].to_vec()).ok().filter(|text| !text.is_empty() && text.is_ascii())
        });
        assert_eq!(texts(&batch, "station"), stations.collect::<Vec<_>>());

        let batch = positions.into_batch().unwrap();
        let p = &kept.positions;
        assert_eq!(numbers::<UInt32Type>(&batch, "row"), all(&p.row));
        assert_eq!(numbers::<Int32Type>(&batch, "lon"), given(&p.has, Positions::PLACE, &p.lon));
        assert_eq!(numbers::<Int32Type>(&batch, "lat"), given(&p.has, Positions::PLACE, &p.lat));
        assert_eq!(numbers::<UInt16Type>(&batch, "speed"), given(&p.has, Positions::SPEED, &p.speed));
        assert_eq!(numbers::<UInt16Type>(&batch, "course"), given(&p.has, Positions::COURSE, &p.course));
        assert_eq!(numbers::<UInt16Type>(&batch, "heading"), given(&p.has, Positions::HEADING, &p.heading));
        assert_eq!(numbers::<Int8Type>(&batch, "turn"), given(&p.has, Positions::TURN, &p.turn));
        assert_eq!(numbers::<UInt32Type>(&batch, "radio"), given(&p.has, Positions::RADIO, &p.radio));
        let raim: Vec<bool> = p.flags.iter().map(|flags| flags & flag::RAIM != 0).collect();
        let column = batch.column_by_name("raim").unwrap().as_boolean();
        assert_eq!(column.values().iter().collect::<Vec<bool>>(), raim);
        if !p.is_empty() {
            let column = batch.column_by_name("lon").unwrap().as_primitive::<Int32Type>();
            assert_eq!(column.values().as_ptr(), lon_at, "a column is handed over, not copied");
        }

        assert_eq!(numbers::<UInt16Type>(&clocks.into_batch().unwrap(), "year").len(), kept.clocks.len());

        let batch = statics.into_batch().unwrap();
        let s = &kept.statics;
        assert_eq!(texts(&batch, "name"), cut(&s.name));
        assert_eq!(texts(&batch, "destination"), cut(&s.destination));
        assert_eq!(texts(&batch, "callsign"), cut(&s.callsign));
        assert_eq!(numbers::<UInt32Type>(&batch, "imo"), given(&s.has, Statics::IMO, &s.imo));
        assert_eq!(numbers::<UInt16Type>(&batch, "to_bow"), given(&s.has, Statics::SIZE, &s.to_bow));

        let batch = rest.into_batch().unwrap();
        let payloads = batch.column_by_name("payload").unwrap().as_binary::<i64>();
        assert_eq!(payloads.len(), kept.rest.len());
        for row in 0..payloads.len() {
            assert_eq!(payloads.value(row), kept.rest.payload(row).unwrap().packed());
        }
    }
}
