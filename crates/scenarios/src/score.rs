//! Holds findings against the truth: how much of what was guilty was found, and how often an innocent was named.

use std::collections::BTreeMap;

use bitacora_primitives::{Duration, Instant, Mmsi};
use serde::{Deserialize, Serialize};

use crate::truth::{Entry, Kind, Truth};

/// What a detector or a lead says happened.
#[derive(Clone, PartialEq, Debug)]
pub struct FoundEvent {
    pub kind: Kind,
    pub mmsis: Vec<Mmsi>,
    pub start: Instant,
    pub end: Option<Instant>,
}

/// Found out of how many.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Recall {
    pub found: usize,
    pub of: usize,
}

impl Recall {
    /// `None` where there was nothing to find: that is not zero.
    pub fn share(self) -> Option<f64> {
        (self.of > 0).then(|| self.found as f64 / self.of as f64)
    }
}

#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Score {
    /// Over guilty entries only.
    pub recall: BTreeMap<Kind, Recall>,
    /// Findings that name no guilty entry of their kind.
    pub false_findings: usize,
    /// Of those, the ones that describe a true but innocent occurrence.
    pub innocent_findings: usize,
    pub false_per_vessel_day: f64,
}

/// How far a finding's time may lie outside an entry's and still mean it: reports are minutes apart, a satellite
/// passes every half hour.
const SLACK: Duration = Duration::from_mins(30);

pub fn score(truth: &Truth, found: &[FoundEvent]) -> Score {
    let mut score = Score::default();
    for entry in truth.guilty() {
        let recall = score.recall.entry(entry.kind).or_default();
        recall.of += 1;
        recall.found += usize::from(found.iter().any(|finding| means(finding, entry)));
    }
    for finding in found {
        if truth.guilty().any(|entry| means(finding, entry)) {
            continue;
        }
        score.false_findings += 1;
        score.innocent_findings += usize::from(truth.entries.iter().any(|entry| means(finding, entry)));
    }
    if truth.vessel_days > 0.0 {
        score.false_per_vessel_day = score.false_findings as f64 / truth.vessel_days;
    }
    score
}

/// The same kind, all of the entry's vessels where the finding names as many (else one of them), and an overlap in
/// time.
fn means(finding: &FoundEvent, entry: &Entry) -> bool {
    let shared = entry.mmsis.iter().filter(|mmsi| finding.mmsis.contains(mmsi)).count();
    let enough = shared >= entry.mmsis.len().min(finding.mmsis.len()).max(1);
    let starts_in_time = finding.start <= entry.end + SLACK;
    let ends_in_time = finding.end.is_none_or(|end| end + SLACK >= entry.start);
    finding.kind == entry.kind && enough && starts_in_time && ends_in_time
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::truth::Note;
    use bitacora_primitives::Position;

    fn entry(kind: Kind, mmsis: &[u32], start: i64, end: i64, innocent: bool) -> Entry {
        let mmsis = mmsis.iter().map(|&n| Mmsi::new(n).unwrap()).collect();
        let (start, end) = (Instant::from_secs(start), Instant::from_secs(end));
        let position = Position::new(10.0, -75.0).unwrap();
        Entry { kind, mmsis, start, end, position, innocent, note: Note::RendezvousAtSea }
    }
    fn finding(kind: Kind, mmsis: &[u32], start: i64, end: Option<i64>) -> FoundEvent {
        let mmsis = mmsis.iter().map(|&n| Mmsi::new(n).unwrap()).collect();
        FoundEvent { kind, mmsis, start: Instant::from_secs(start), end: end.map(Instant::from_secs) }
    }

    #[test]
    fn counts_what_was_found_and_what_was_not() {
        let truth = Truth {
            entries: vec![
                entry(Kind::Encounter, &[788_000_001, 788_000_002], 0, 3600, false),
                entry(Kind::Encounter, &[788_000_003, 788_000_004], 0, 3600, false),
                entry(Kind::Gap, &[788_000_005], 0, 20_000, true),
            ],
            vessel_days: 4.0,
        };
        let found = [
            finding(Kind::Encounter, &[788_000_002, 788_000_001], 600, None),
            // One of the pair with a stranger is not that meeting.
            finding(Kind::Encounter, &[788_000_003, 788_000_009], 600, Some(1200)),
            finding(Kind::Gap, &[788_000_005], 0, Some(20_000)),
            // A day later is another occurrence.
            finding(Kind::Gap, &[788_000_005], 90_000, None),
        ];
        let score = score(&truth, &found);
        assert_eq!(score.recall.get(&Kind::Encounter), Some(&Recall { found: 1, of: 2 }));
        assert_eq!(score.recall.get(&Kind::Gap), None);
        assert_eq!((score.false_findings, score.innocent_findings), (3, 1));
        assert!((score.false_per_vessel_day - 0.75).abs() < 1e-12);
    }

    #[test]
    fn nothing_to_find_is_not_zero() {
        assert_eq!(Recall::default().share(), None);
        assert_eq!(score(&Truth::default(), &[]), Score::default());
    }
}
