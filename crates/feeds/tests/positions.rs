//! Decoded positions, from bytes to reports: good files, broken files, wrong maps, and the files beside the repository.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs::File;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bitacora_feeds::ais::Sink;
use bitacora_feeds::open::{Format, open, stream};
use bitacora_feeds::positions::{ColumnMap, Counts, Positions, PositionsError};
use bitacora_feeds::{Reason, Refusal};
use bitacora_primitives::{Instant, SourceId};
use bitacora_sea::contacts::{Contact, ContactFlags, Report, StaticReport, StationKind};
use parquet::basic::Compression;
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, FloatType, Int32Type, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

#[derive(Default)]
struct Kept {
    contacts: Vec<Contact>,
    statics: Vec<StaticReport>,
    refused: Vec<Refusal>,
}

impl Sink for Kept {
    fn report(&mut self, report: Report) {
        match report {
            Report::Position(contact) => self.contacts.push(contact),
            Report::Static(statics) => self.statics.push(statics),
        }
    }
    fn refused(&mut self, refusal: Refusal) {
        self.refused.push(refusal);
    }
}

fn source() -> SourceId {
    SourceId::of(&[b"test"])
}

fn drain(mut positions: Positions) -> (Kept, Counts) {
    let mut kept = Kept::default();
    while positions.read(1000, &mut kept).unwrap() {}
    assert!(!positions.read(1000, &mut kept).unwrap(), "the end stays the end");
    (kept, *positions.counts())
}

fn read_csv(text: impl Into<Vec<u8>>, map: &str) -> Result<(Kept, Counts), PositionsError> {
    let opened = stream("test.csv".into(), Cursor::new(text.into())).unwrap();
    Ok(drain(Positions::new(opened, source(), &ColumnMap::parse(map).unwrap())?))
}

fn shared(part: &str) -> Option<PathBuf> {
    bitacora_given::data(&format!("ais/decoded/{part}"))
}

#[test]
fn a_marinecadastre_row_gives_all_it_says() {
    let text = "\u{feff}MMSI,BaseDateTime,LAT,LON,SOG,COG,Heading,VesselName,IMO,CallSign,VesselType,Status,Length,Width,Draft,Cargo,TransceiverClass\r\n\
        784000123,2022-01-03T00:00:03,30.3706,-88.56408,7.5,336.2,511,\"MAR, INVENTADA\",IMO9000002,1X0001,31,0,28,11,3.3,52,A\r\n\
        784000123,2022-01-03T00:01:03,30.3710,-88.56420,102.3,360.0,336,\"MAR, INVENTADA\",IMO9000002,1X0001,31,0,28,11,3.3,52,A\r\n";
    let (kept, counts) = read_csv(text, "").unwrap();
    assert_eq!((counts.rows, counts.positions, counts.statics), (2, 2, 1));
    let first = kept.contacts[0];
    assert_eq!(first.mmsi.number(), 784_000_123);
    assert_eq!(first.observed, Instant::parse("2022-01-03T00:00:03Z").unwrap());
    assert_eq!((first.position.lat(), first.position.lon()), (30.3706, -88.56408));
    assert_eq!((first.sog_kn, first.cog_deg, first.heading_deg), (Some(7.5), Some(336.2), None));
    assert_eq!(
        (first.nav_status, first.station, first.flags),
        (Some(0), StationKind::ClassA, ContactFlags::NONE)
    );
    let header = text.find("784000123").unwrap() as u64;
    assert_eq!((first.evidence.line, first.evidence.offset), (2, Some(header)));
    let second = kept.contacts[1];
    assert_eq!((second.sog_kn, second.cog_deg, second.heading_deg), (None, None, Some(336)));
    assert_eq!(second.flags, ContactFlags::NONE, "102.3 and 360 are the usual not available");
    let who = &kept.statics[0];
    assert_eq!(who.name.as_deref(), Some("MAR, INVENTADA"));
    assert_eq!(
        (who.imo, who.ship_type, who.length_m, who.beam_m),
        (Some(9_000_002), Some(31), Some(28), Some(11))
    );
    assert_eq!(who.draught_m, Some(3.3));
}

#[test]
fn danish_rows_have_their_own_times_and_words() {
    let text = "# Timestamp,Type of mobile,MMSI,Latitude,Longitude,Navigational status,ROT,SOG,COG,Heading,IMO,Callsign,Name,Ship type,Cargo type,Width,Length,Type of position fixing device,Draught,Destination,ETA,Data source type,A,B,C,D\n\
        03/01/2022 23:59:58,Class B,784000123,55.1,11.2,Engaged in fishing,,3.4,12.5,,Unknown,Unknown,Unknown,Fishing,,4,12,GPS,,Unknown,,AIS,1,2,3,4\n\
        03/01/2022 23:59:59,Base Station,007840001,55.3,11.0,Unknown value,,,,,Unknown,,,,,,,GPS,,,,AIS,,,,\n\
        03/01/2022 23:59:59,AtoN,997840001,91.0,0.0,Unknown value,,,,,Unknown,,,,,,,GPS,,,,AIS,,,,\n";
    let (kept, counts) = read_csv(text, "").unwrap();
    assert_eq!(kept.contacts[0].observed, Instant::parse("2022-01-03T23:59:58Z").unwrap());
    assert_eq!((kept.contacts[0].nav_status, kept.contacts[0].station), (Some(7), StationKind::ClassB));
    assert_eq!((kept.contacts[1].nav_status, kept.contacts[1].station), (None, StationKind::BaseStation));
    assert_eq!((counts.positions, counts.not_available, counts.statics), (2, 1, 1));
    assert_eq!((kept.statics[0].ship_type, kept.statics[0].imo), (Some(30), None));
    assert_eq!((kept.statics[0].name.as_deref(), kept.statics[0].length_m), (None, Some(12)));
}

#[test]
fn what_a_vessel_says_of_itself_is_told_when_it_changes() {
    let text = "ssvid;timestamp;lat;lon;speed;course;shipname\n\
        784000001;2022-01-01 00:00:00 UTC;1;2;3;4;UNO\n\
        784000002;2022-01-01 00:00:01 UTC;1;2;3;4;DOS\n\
        784000001;2022-01-01 00:00:02 UTC;1;2;3;4;UNO\n\
        784000001;2022-01-01 00:00:03 UTC;1;2;3;4;\n\
        784000001;2022-01-01 00:00:04 UTC;1;2;3;4;OTRO\n";
    let (kept, counts) = read_csv(text, "").unwrap();
    let names: Vec<_> = kept.statics.iter().map(|s| s.name.as_deref().unwrap()).collect();
    assert_eq!(names, ["UNO", "DOS", "OTRO"]);
    assert_eq!(counts.positions, 5);
}

#[test]
fn every_bad_row_is_refused_with_its_place_and_the_rest_goes_on() {
    let mut text = b"time,mmsi,lat,lon,sog\n".to_vec();
    let good = "2022-01-01T00:00:00Z,784000001,1,2,3\n";
    let bad: [(&str, Reason); 12] = [
        ("2022-01-01T00:00:00Z,0,1,2,3", Reason::MmsiInvalid),
        ("2022-01-01T00:00:00Z,1000000000,1,2,3", Reason::MmsiInvalid),
        ("2022-01-01T00:00:00Z,-5,1,2,3", Reason::MmsiInvalid),
        ("2022-01-01T00:00:00Z,,1,2,3", Reason::MmsiInvalid),
        ("2022-02-30T00:00:00Z,784000001,1,2,3", Reason::TimeUnreadable),
        (",784000001,1,2,3", Reason::TimeUnreadable),
        ("2022-01-01T00:00:00Z,784000001,one,2,3", Reason::NumberUnreadable),
        ("2022-01-01T00:00:00Z,784000001,90.5,2,3", Reason::PositionOutOfRange),
        ("2022-01-01T00:00:00Z,784000001,1,-180.01,3", Reason::PositionOutOfRange),
        ("2022-01-01T00:00:00Z,784000001,1,2", Reason::FieldCount),
        ("2022-01-01T00:00:00Z,784000001,1,2,3,4", Reason::FieldCount),
        ("\"2022-01-01T00:00:00Z,784000001,1,2,3", Reason::TimeUnreadable),
    ];
    for (row, _) in &bad {
        text.extend(format!("{good}{row}\n").bytes());
    }
    text.extend(b"\x00\xff\xfe\n");
    text.extend(vec![b'9'; 200_000]);
    text.extend(format!("\n\n{good}").bytes());
    let (kept, counts) = read_csv(text, "").unwrap();
    assert_eq!(counts.positions, bad.len() as u64 + 1);
    assert_eq!(counts.rows, 2 * bad.len() as u64 + 3);
    assert_eq!(counts.rows, counts.positions + counts.not_available + counts.refused.total());
    for (n, (row, reason)) in bad.iter().enumerate() {
        let refusal = &kept.refused[n];
        assert_eq!((refusal.reason, refusal.place.line), (*reason, 2 * n as u64 + 3), "{row}");
        assert!(refusal.place.offset.is_some() && !refusal.excerpt.is_empty());
    }
    assert_eq!(kept.refused[bad.len()].reason, Reason::FieldCount);
    assert_eq!(kept.refused[bad.len() + 1].reason, Reason::LineTooLong);
}

#[test]
fn a_value_that_is_not_needed_never_costs_the_row() {
    let text = "time,mmsi,lat,lon,sog,cog,heading\n1641168000.25,784000001,1,2,fast,-3,511\n1641168001,784000001.0,1,2,,,\n";
    let (kept, counts) = read_csv(text, "").unwrap();
    assert_eq!((counts.positions, counts.refused.total()), (2, 0));
    assert_eq!((kept.contacts[0].sog_kn, kept.contacts[0].cog_deg), (None, None));
    assert!(kept.contacts[0].flags.has(ContactFlags::FIELD_RANGE));
    assert_eq!(kept.contacts[0].observed.micros(), 1_641_168_000_250_000);
    assert_eq!((kept.contacts[1].flags, kept.contacts[1].mmsi.number()), (ContactFlags::NONE, 784_000_001));
}

#[test]
fn not_available_is_counted_and_never_a_place() {
    let text = "time,mmsi,lat,lon\n1641168000,784000001,91,181\n1641168000,784000001,91.0,2\n1641168000,784000001,,\n";
    let (kept, counts) = read_csv(text, "").unwrap();
    assert_eq!((counts.rows, counts.not_available, counts.positions), (3, 3, 0));
    assert!(kept.contacts.is_empty() && kept.refused.is_empty());
}

#[test]
fn a_source_that_does_not_fit_says_what_it_has() {
    let refused = |text: &str, map: &str| read_csv(text, map).err().expect("is refused");
    assert!(matches!(refused("", ""), PositionsError::Empty { .. }));
    assert!(matches!(refused("\n\n", ""), PositionsError::Empty { .. }));
    let error = refused("a,b,c\n1,2,3\n", "");
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert_eq!(error.to_string(), "the header of `test.csv` does not fit");
    assert!(cause.starts_with("no column for time: looked for `time`, `timestamp`"), "{cause}");
    assert!(cause.ends_with("the columns are `a`, `b`, `c`"), "{cause}");
    let error = refused("time,mmsi,lat,lon\n", "mmsi=ssvid");
    assert!(
        std::error::Error::source(&error)
            .unwrap()
            .to_string()
            .contains("mmsi the column `ssvid`, which is not")
    );
    let opened = stream("x".into(), Cursor::new(b"!AIVDM,1,1,,A,1,0*00\n".to_vec())).unwrap();
    let other = Positions::new(opened, source(), &ColumnMap::default());
    assert!(matches!(other, Err(PositionsError::NotPositions { .. })));
    let opened = stream("x.csv".into(), Cursor::new(b"time,\xff\n".to_vec())).unwrap();
    let binary = Positions::new(opened, source(), &ColumnMap::default());
    assert!(matches!(binary, Err(PositionsError::Header { .. })));
}

#[test]
fn a_damaged_archive_gives_its_good_rows_and_then_the_error() {
    let mut zipped = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    zipped.write_all(b"time,mmsi,lat,lon\n").unwrap();
    for n in 0..200_000 {
        writeln!(zipped, "{},{},{},2", 1_641_168_000 + n, 784_000_000 + n % 997, n % 90).unwrap();
    }
    let mut bytes = zipped.finish().unwrap();
    bytes.truncate(bytes.len() / 2);
    let opened = stream("half.csv.gz".into(), Cursor::new(bytes)).unwrap();
    let mut positions = Positions::new(opened, source(), &ColumnMap::default()).unwrap();
    let mut kept = Kept::default();
    let error = loop {
        match positions.read(1000, &mut kept) {
            Ok(true) => {}
            Ok(false) => panic!("the damage went unseen"),
            Err(error) => break error,
        }
    };
    assert!(matches!(error, PositionsError::Read { row, .. } if row > 10_000), "{error}");
    assert_eq!(kept.contacts.len() as u64, positions.counts().positions);
    assert!(!positions.read(1000, &mut kept).unwrap());
}

/// Writes what a partner's table may look like: optional columns, a timestamp in milliseconds, text identities.
fn write_parquet(path: &Path, rows: usize) {
    let schema = parse_message_type(
        "message positions {
            REQUIRED INT64 timestamp (TIMESTAMP(MILLIS,true));
            OPTIONAL BYTE_ARRAY ssvid (UTF8);
            OPTIONAL DOUBLE lat;
            OPTIONAL DOUBLE lon;
            OPTIONAL FLOAT speed;
            REQUIRED INT32 unknown;
        }",
    )
    .unwrap();
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
    let file = File::create(path).unwrap();
    let mut writer = SerializedFileWriter::new(file, Arc::new(schema), Arc::new(properties)).unwrap();
    for group in 0..2 {
        let numbers: Vec<usize> = (0..rows).map(|n| group * rows + n).collect();
        let mut out = writer.next_row_group().unwrap();
        let times: Vec<i64> = numbers.iter().map(|&n| 1_641_168_000_000 + n as i64 * 500).collect();
        let mut column = out.next_column().unwrap().unwrap();
        column.typed::<Int64Type>().write_batch(&times, None, None).unwrap();
        column.close().unwrap();
        // Every tenth identity is missing, every seventh place too.
        let levels: Vec<i16> = numbers.iter().map(|&n| i16::from(n % 10 != 0)).collect();
        let texts: Vec<ByteArray> = numbers
            .iter()
            .filter(|&&n| n % 10 != 0)
            .map(|n| ByteArray::from((784_000_000 + n).to_string().as_str()))
            .collect();
        let mut column = out.next_column().unwrap().unwrap();
        column.typed::<ByteArrayType>().write_batch(&texts, Some(&levels), None).unwrap();
        column.close().unwrap();
        for degrees in [0.001, -0.002] {
            let levels: Vec<i16> = numbers.iter().map(|&n| i16::from(n % 7 != 0)).collect();
            let values: Vec<f64> =
                numbers.iter().filter(|&&n| n % 7 != 0).map(|&n| n as f64 * degrees).collect();
            let mut column = out.next_column().unwrap().unwrap();
            column.typed::<DoubleType>().write_batch(&values, Some(&levels), None).unwrap();
            column.close().unwrap();
        }
        let mut column = out.next_column().unwrap().unwrap();
        column.typed::<FloatType>().write_batch(&vec![7.25; rows], Some(&vec![1; rows]), None).unwrap();
        column.close().unwrap();
        let mut column = out.next_column().unwrap().unwrap();
        column.typed::<Int32Type>().write_batch(&vec![1; rows], None, None).unwrap();
        column.close().unwrap();
        out.close().unwrap();
    }
    writer.close().unwrap();
}

#[test]
fn parquet_gives_the_same_reports_as_rows_would() {
    let folder = std::env::temp_dir().join(format!("bitacora-positions-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("table.parquet");
    write_parquet(&path, 10_000);
    let opened = open(&path).unwrap();
    assert_eq!((opened.format, opened.compressed), (Format::Parquet, false));
    let (progress, total) = (opened.progress.clone(), opened.bytes_total.unwrap());
    let (kept, counts) = drain(Positions::new(opened, source(), &ColumnMap::default()).unwrap());
    assert_eq!(progress.bytes(), total);
    let numbers = || (0..20_000_usize).filter(|n| n % 10 != 0);
    assert_eq!(counts.rows, 20_000);
    assert_eq!(counts.refused.of(Reason::MmsiInvalid), 2_000);
    assert_eq!(counts.not_available as usize, numbers().filter(|n| n % 7 == 0).count());
    let want: Vec<usize> = numbers().filter(|n| n % 7 != 0).collect();
    assert_eq!(kept.contacts.len(), want.len());
    for (contact, n) in kept.contacts.iter().zip(want) {
        assert_eq!(contact.mmsi.number() as usize, 784_000_000 + n);
        assert_eq!(contact.observed.micros(), 1_641_168_000_000_000 + n as i64 * 500_000);
        assert_eq!((contact.position.lat(), contact.position.lon()), (n as f64 * 0.001, n as f64 * -0.002));
        assert_eq!((contact.sog_kn, contact.evidence.line), (Some(7.25), n as u64 + 1));
    }
    // The same bytes cut short are an error that names the file, not a panic.
    let bytes = std::fs::read(&path).unwrap();
    let cut = folder.join("cut.parquet");
    std::fs::write(&cut, &bytes[..bytes.len() / 2]).unwrap();
    let error = Positions::new(open(&cut).unwrap(), source(), &ColumnMap::default()).err().unwrap();
    assert!(matches!(error, PositionsError::Parquet { .. }), "{error}");
    // Damage anywhere is an error or unseen by the format, never a panic, and the source ends.
    for at in (4..bytes.len() - 64).step_by(bytes.len() / 97) {
        let mut damaged = bytes.clone();
        damaged[at..at + 48].fill(0xA5);
        std::fs::write(&cut, &damaged).unwrap();
        let Ok(mut positions) = Positions::new(open(&cut).unwrap(), source(), &ColumnMap::default()) else {
            continue;
        };
        let mut sink = Kept::default();
        while let Ok(true) = positions.read(1000, &mut sink) {}
        assert!(!positions.read(1000, &mut sink).unwrap());
        assert!(sink.contacts.len() <= 20_000);
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

/// The figures were counted apart from this reader with Python's csv module. The five refused rows
/// bear the number 1072211352, ten digits.
#[test]
fn the_marinecadastre_file_is_read_whole() {
    let Some(path) = shared("marinecadastre-2022-01-03-first99999.csv.gz") else { return };
    let opened = open(&path).unwrap();
    assert_eq!((opened.format, opened.compressed), (Format::Csv, true));
    let (progress, total) = (opened.progress.clone(), opened.bytes_total.unwrap());
    let (kept, counts) = drain(Positions::new(opened, source(), &ColumnMap::default()).unwrap());
    assert_eq!(progress.bytes(), total);
    assert_eq!(counts.rows, 99_999);
    assert_eq!((counts.positions, counts.not_available), (99_994, 0));
    assert_eq!((counts.refused.of(Reason::MmsiInvalid), counts.refused.total()), (5, 5));
    let vessels: std::collections::BTreeSet<_> = kept.contacts.iter().map(|contact| contact.mmsi).collect();
    let has = |test: fn(&Contact) -> bool| kept.contacts.iter().filter(|contact| test(contact)).count();
    let class_a = has(|contact| contact.station == StationKind::ClassA);
    let headings = has(|contact| contact.heading_deg.is_some());
    let speeds = has(|contact| contact.sog_kn.is_some());
    assert_eq!((vessels.len(), class_a, headings, speeds), (10_630, 76_194, 47_739, 99_821));
    assert_eq!(counts.statics, 10_638);
}

#[test]
fn the_solent_file_is_read_whole() {
    let Some(path) = shared("solent-2016-01-12.csv") else { return };
    let (kept, counts) =
        drain(Positions::new(open(&path).unwrap(), source(), &ColumnMap::default()).unwrap());
    assert_eq!((counts.rows, counts.positions, counts.statics), (18_623, 18_623, 0));
    let vessels: std::collections::BTreeSet<_> = kept.contacts.iter().map(|contact| contact.mmsi).collect();
    assert_eq!(vessels.len(), 91);
    assert_eq!(kept.contacts[0].observed, Instant::parse("2016-01-12T13:02:11.218Z").unwrap());
    assert_eq!(kept.contacts.last().unwrap().evidence.line, 18_624);
}
