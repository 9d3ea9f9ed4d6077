//! One vessel's stored fixes put on tracks again, by the same code that tracks them live: two ships that share a
//! number are drawn as two lines, and a false position does not pull the line across the sea.

use bitacora_primitives::TrackId;
use bitacora_sea::contacts::Report;
use bitacora_sea::{Output, Parameters, Picture};
use bitacora_store::PositionRow;
use rustc_hash::FxHashMap;

/// Rows grouped by track, each in order of time, tracks in order of their first fix; and where each begins.
pub(crate) fn by_track(rows: Vec<PositionRow>) -> (Vec<PositionRow>, Vec<usize>) {
    let mut picture = Picture::new(Parameters::default());
    let mut outputs = Vec::new();
    for contact in rows.iter().filter_map(PositionRow::contact) {
        picture.push(Report::Position(contact), &mut outputs);
    }
    picture.finish(&mut outputs);
    let tracks: FxHashMap<_, Option<TrackId>> = outputs
        .into_iter()
        .filter_map(|output| match output {
            Output::Tracked { contact, track, .. } => {
                Some(((contact.evidence.source, contact.evidence.line), track))
            }
            _ => None,
        })
        .collect();

    let mut groups: Vec<(Option<TrackId>, Vec<PositionRow>)> = Vec::new();
    for row in rows {
        let track = tracks.get(&(row.source, row.line)).copied().flatten();
        match groups.iter_mut().find(|(known, _)| *known == track) {
            Some((_, group)) => group.push(row),
            None => groups.push((track, vec![row])),
        }
    }
    let mut grouped = Vec::new();
    let mut starts = Vec::new();
    for (_, mut group) in groups {
        starts.push(grouped.len());
        grouped.append(&mut group);
    }
    (grouped, starts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bitacora_primitives::{EvidenceRef, Instant, Mmsi, Position, SourceId};
    use bitacora_sea::contacts::{Contact, ContactFlags, StationKind};

    fn row(minute: i64, lat: f64, lon: f64) -> PositionRow {
        let observed = Instant::from_secs(1_700_000_000 + minute * 60);
        PositionRow::of(&Contact {
            mmsi: Mmsi::new(290_000_001).unwrap(),
            observed,
            received: observed,
            position: Position::new(lat, lon).unwrap(),
            sog_kn: Some(10.0),
            cog_deg: Some(90.0),
            heading_deg: None,
            nav_status: None,
            station: StationKind::ClassA,
            message_type: 1,
            flags: ContactFlags::NONE,
            evidence: EvidenceRef { source: SourceId::of(&[b"s"]), line: minute as u64 + 1, offset: None },
        })
    }

    #[test]
    fn two_ships_under_one_number_are_two_lines() {
        let rows: Vec<PositionRow> = (0..40)
            .map(|minute| {
                let along = minute as f64 * 0.002;
                if minute % 2 == 0 {
                    row(minute, 10.0, -77.0 + along)
                } else {
                    row(minute, 14.0, -80.0 + along)
                }
            })
            .collect();
        let (grouped, starts) = by_track(rows);
        assert_eq!((grouped.len(), starts.as_slice()), (40, &[0, 20][..]));
        assert!(
            grouped[..20].iter().all(|row| row.lat == 10.0)
                && grouped[20..].iter().all(|row| row.lat == 14.0)
        );
    }

    #[test]
    fn a_steady_ship_is_one_line() {
        let (grouped, starts) =
            by_track((0..40).map(|minute| row(minute, 10.0, -77.0 + minute as f64 * 0.002)).collect());
        assert_eq!((grouped.len(), starts.as_slice()), (40, &[0][..]));
        assert_eq!(by_track(Vec::new()), (Vec::new(), Vec::new()));
    }
}
