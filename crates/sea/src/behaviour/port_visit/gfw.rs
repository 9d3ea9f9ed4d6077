//! Port visits as Global Fishing Watch's pipeline comes to them (pipe-anchorages e1db7c87): each UTC day of a segment is
//! thinned first by a state machine that knows nothing of the day before. For comparison with the peer, nothing else.

use bitacora_primitives::Instant;

use super::anchorages::Anchorages;
use super::{Found, InOut, PortVisitParameters, port_event, visits};
use crate::behaviour::located::{self, RowFix};
use crate::tracks::positions::Positions;

const DAY: i64 = 86_400_000_000;

/// A fix that the thinning kept.
#[derive(Clone, Copy, Debug)]
struct Kept {
    fix: RowFix,
    segment: u32,
    /// The first of its day, or the first after a silence within it.
    may_end_gap: bool,
}

/// Keeps of one day of one segment the fixes on either side of a change of state or of a gap, the first and the last.
fn thin(
    day: &[RowFix],
    segment: u32,
    anchorages: &Anchorages,
    parameters: &PortVisitParameters,
    kept: &mut Vec<Kept>,
) {
    let mut way = InOut::default();
    let mut before: Option<(Kept, bool)> = None;
    for (index, fix) in day.iter().enumerate() {
        let mut changed = false;
        way.observe((*fix, false), anchorages, parameters, &mut |_, _, _, _| changed = true);
        let silent = before.is_some_and(|(last, _)| {
            fix.micros.saturating_sub(last.fix.micros) >= parameters.min_gap.micros()
        });
        if let Some((last, is_kept)) = before
            && !is_kept
            && (changed || silent)
        {
            kept.push(last);
        }
        let own = Kept { fix: *fix, segment, may_end_gap: index == 0 || silent };
        let keep = changed || silent || index == 0 || index + 1 == day.len();
        if keep {
            kept.push(own);
        }
        before = Some((own, keep));
    }
}

/// The visits of every number as the peer's two programs make them of positions, by number and time. `segments` names
/// the segment of each row (0 beyond its end), `until` the end of the last day.
pub fn port_visits(
    positions: &Positions,
    segments: &[u32],
    anchorages: &Anchorages,
    until: Option<Instant>,
    parameters: &PortVisitParameters,
) -> Vec<Found> {
    let mut found = Vec::new();
    let segment_of = |row: u32| segments.get(row as usize).copied().unwrap_or(0);
    for (mmsi, rows) in positions.by_vessel().iter() {
        let mut fixes: Vec<RowFix> = rows
            .iter()
            .flat_map(|row| located::fixes(positions, std::slice::from_ref(row), &[]))
            .filter(|fix| (0.0..=102.25).contains(&fix.sog_kn))
            .collect();
        fixes.sort_by(|a, b| {
            let place = |fix: &RowFix| (fix.position.lat(), fix.position.lon());
            let (p, q) = (place(a), place(b));
            segment_of(a.row)
                .cmp(&segment_of(b.row))
                .then(a.micros.cmp(&b.micros))
                .then(a.sog_kn.total_cmp(&b.sog_kn))
                .then(p.0.total_cmp(&q.0))
                .then(p.1.total_cmp(&q.1))
        });
        fixes.dedup_by_key(|fix| (segment_of(fix.row), fix.micros));
        let mut kept = Vec::new();
        let day_of = |fix: &RowFix| (segment_of(fix.row), fix.micros.div_euclid(DAY));
        for day in fixes.chunk_by(|a, b| day_of(a) == day_of(b)) {
            let segment = day.first().map_or(0, |fix| segment_of(fix.row));
            thin(day, segment, anchorages, parameters, &mut kept);
        }
        kept.sort_by_key(|one| (one.fix.micros, one.segment));
        let mut events = Vec::new();
        let mut way = InOut::default();
        for one in &kept {
            let vessel = Some(one.fix.position);
            way.observe(
                (one.fix, one.may_end_gap),
                anchorages,
                parameters,
                &mut |kind, micros, index, at_fix| {
                    let vessel = vessel.filter(|_| at_fix);
                    events.push(port_event(kind, micros, index, one.segment, anchorages, vessel));
                },
            );
        }
        if let (Some(until), Some(last)) = (until, kept.last()) {
            way.end(until.micros(), parameters, &mut |kind, micros, index, _| {
                events.push(port_event(kind, micros, index, last.segment, anchorages, None));
            });
        }
        let visits = visits::visits(&mut events, parameters.max_segment_miles);
        let wanted = visits.into_iter().filter(|visit| visit.confidence >= parameters.min_confidence);
        found.extend(wanted.map(|visit| Found { mmsi, visit }));
    }
    found
}
