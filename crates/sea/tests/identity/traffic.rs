//! Rows, fixes and statements for the tests of identity.

use std::collections::BTreeMap;

use bitacora_primitives::{Duration, EvidenceRef, Instant, Mmsi, Position, SourceId};
use bitacora_sea::contacts::{StaticReport, StationKind};
use bitacora_sea::tracks::Fix;
use bitacora_sea::tracks::identity::Finding;
use bitacora_sea::tracks::positions::Row;

use crate::shared::{self, at};

pub const MAX_IDLE: Duration = Duration::from_hours(14 * 24);
pub const IMO: u32 = 9_074_729;

pub fn row(mmsi: u32, seconds: f64, lat: f64, lon: f64, sog: f32, cog: f32) -> Row {
    Row {
        mmsi,
        micros: at(seconds).micros(),
        lat,
        lon,
        sog_kn: Some(sog),
        cog_deg: Some(cog),
        message_type: 1,
    }
}

pub fn fix(row: &Row, line: usize) -> Fix {
    let mut one = shared::contact(row.mmsi, Instant::from_micros(row.micros), row.lat, row.lon, line as u64);
    (one.sog_kn, one.cog_deg) = (row.sog_kn, row.cog_deg);
    Fix::of(&one)
}

pub fn statics(mmsi: u32, seconds: f64, imo: Option<u32>, name: Option<&str>) -> StaticReport {
    StaticReport {
        mmsi: Mmsi::new(mmsi).unwrap(),
        observed: at(seconds),
        name: name.map(str::to_owned),
        call_sign: None,
        imo,
        ship_type: None,
        length_m: None,
        beam_m: None,
        draught_m: None,
        destination: None,
        station: StationKind::ClassA,
        evidence: EvidenceRef { source: SourceId::of(&[b"statics"]), line: seconds as u64, offset: None },
    }
}

pub fn real_rows() -> Option<Vec<Row>> {
    let text = shared::text("segments/regression_messages.csv.gz")?;
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let headers = reader.headers().unwrap().clone();
    let column = |name: &str| headers.iter().position(|header| header == name).unwrap();
    let columns = ["ssvid", "timestamp", "lat", "lon", "speed", "course", "type"].map(column);
    let mut rows = Vec::new();
    for row in reader.records() {
        let row = row.unwrap();
        let field = |at: usize| row.get(columns[at]).unwrap();
        let (Ok(lat), Ok(lon)) = (field(2).parse::<f64>(), field(3).parse::<f64>()) else { continue };
        if Position::new(lat, lon).is_err() {
            continue;
        }
        rows.push(Row {
            mmsi: field(0).parse().unwrap(),
            micros: Instant::parse(field(1)).unwrap().micros(),
            lat,
            lon,
            sog_kn: field(4).parse().ok(),
            cog_deg: field(5).parse().ok(),
            message_type: field(6).trim_start_matches("AIS.").parse().unwrap(),
        });
    }
    Some(rows)
}

/// What findings say, without ids and evidence, `days` earlier and under the numbers that `back` gives.
pub fn gist(found: &[Finding], days: i64, back: impl Fn(u32) -> u32) -> Vec<String> {
    let shift = Duration::from_hours(24 * days);
    let mut said: Vec<String> = found
        .iter()
        .map(|one| {
            let numbers: Vec<String> = one.numbers.iter().map(|(name, v)| format!("{name}={v:.3}")).collect();
            format!(
                "{} {} {:?} {} {} {}",
                one.reason.code(),
                back(one.mmsi.number()),
                one.other.map(|other| back(other.number())),
                one.start - shift,
                one.end - shift,
                numbers.join(" ")
            )
        })
        .collect();
    said.sort_unstable();
    said
}

/// The last revision of each finding, without the withdrawn. Revisions count up from 0.
pub fn last_revisions(found: Vec<Finding>) -> Vec<Finding> {
    let mut last: BTreeMap<_, Finding> = BTreeMap::new();
    for one in found {
        let due = last.get(&one.id).map_or(0, |known| known.revision + 1);
        assert_eq!(one.revision, due, "{one:?}");
        last.insert(one.id, one);
    }
    last.into_values().filter(|one| !one.withdrawn).collect()
}
