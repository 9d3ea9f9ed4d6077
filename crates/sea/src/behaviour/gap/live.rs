//! The gaps of one track as it is heard: open while the silence lasts, closed when the vessel is heard again,
//! narrowed or withdrawn when late reports fall inside. What reception explains is not judged here.

use bitacora_primitives::{Duration, EventId, Instant, Numbers, TrackId};

use super::geodesic_m;
use crate::behaviour::reception::{HeardNearby, Noted, Reception};
use crate::behaviour::{Event, EvidenceRole, Kind};
use crate::tracks::fix::{Fix, KNOT};

/// Closed gaps that a late report can still revise.
const REVISABLE: usize = 4;

/// The gaps of one track.
#[derive(Clone, Debug, Default)]
pub struct Gaps {
    open: Option<Box<Gap>>,
    closed: Vec<Gap>,
}

#[derive(Clone, Debug)]
struct Gap {
    id: EventId,
    next_revision: u32,
    off: Fix,
    on: Option<Fix>,
    reception: Reception,
    inside: Option<Fix>,
}

impl Gaps {
    pub const fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// The watermark has passed the last fix by more than the threshold.
    pub fn open(&mut self, track: TrackId, off: Fix, reception: Reception, out: &mut Vec<Event>) {
        let mut gap = Gap::new(track, off, reception);
        out.push(gap.event(track, false));
        self.open = Some(Box::new(gap));
    }

    /// The track is heard again: closes the open gap, if there is one.
    /// `nearby` and `noted` say how far reception explains the silence, now that its length is known.
    pub fn heard(
        &mut self,
        track: TrackId,
        on: &Fix,
        nearby: &HeardNearby,
        noted: Option<&Noted>,
        out: &mut Vec<Event>,
    ) {
        if let Some(mut gap) = self.open.take() {
            gap.on = Some(*on);
            gap.reception = nearby.ended(gap.reception, noted, on.observed);
            out.push(gap.event(track, false));
            self.closed.push(*gap);
            if self.closed.len() > REVISABLE {
                self.closed.remove(0);
            }
        }
    }

    /// A late report of this track. Narrows the gap it falls into to the longest silence that is left, or
    /// withdraws it when none exceeds the threshold. True when a gap was touched.
    pub fn late(
        &mut self,
        track: TrackId,
        fix: &Fix,
        silent_until: Instant,
        threshold: Duration,
        out: &mut Vec<Event>,
    ) -> bool {
        if let Some(gap) = self.open.as_mut()
            && fix.observed > gap.off.observed
        {
            gap.inside = Some(*fix);
            // It was worked out for the length the silence had.
            gap.reception.explained = None;
            let before = fix.observed - gap.off.observed > threshold;
            let after = silent_until - fix.observed > threshold;
            let mut gap = gap.clone();
            if before {
                // What had been one silence is a closed one, and perhaps another that is still open.
                gap.on = Some(*fix);
                out.push(gap.event(track, false));
                let reception = gap.reception;
                self.closed.push(*gap);
                self.open = None;
                if after {
                    self.open(track, *fix, reception, out);
                }
            } else if after {
                gap.off = *fix;
                out.push(gap.event(track, false));
                self.open = Some(gap);
            } else {
                out.push(gap.event(track, true));
                self.open = None;
            }
            return true;
        }
        let found = self.closed.iter().position(|gap| {
            fix.observed > gap.off.observed && gap.on.is_some_and(|on| fix.observed < on.observed)
        });
        let Some(index) = found else { return false };
        let mut gap = self.closed.remove(index);
        let Some(on) = gap.on else { return false };
        gap.inside = Some(*fix);
        gap.reception.explained = None;
        let before = fix.observed - gap.off.observed > threshold;
        let after = on.observed - fix.observed > threshold;
        let second = (before && after).then(|| Gap { on: Some(on), ..Gap::new(track, *fix, gap.reception) });
        match (before, after) {
            (true, _) => gap.on = Some(*fix),
            (false, true) => gap.off = *fix,
            (false, false) => {}
        }
        let withdrawn = !before && !after;
        out.push(gap.event(track, withdrawn));
        if !withdrawn {
            self.closed.insert(index, gap);
        }
        if let Some(mut second) = second {
            out.push(second.event(track, false));
            self.closed.insert(index + 1, second);
        }
        true
    }
}

impl Gap {
    fn new(track: TrackId, off: Fix, reception: Reception) -> Self {
        let id = EventId::of(&[b"gap", track.bytes(), &off.observed.micros().to_be_bytes()]);
        Self { id, next_revision: 0, off, on: None, reception, inside: None }
    }

    fn event(&mut self, track: TrackId, withdrawn: bool) -> Event {
        let revision = self.next_revision;
        self.next_revision += 1;
        let mut numbers = Numbers::from([
            ("others_heard".to_owned(), f64::from(self.reception.heard)),
            ("others_silent".to_owned(), f64::from(self.reception.silent)),
        ]);
        if let Some(explained) = &self.reception.explained {
            numbers.insert("p_reception".to_owned(), explained.p_reception);
            numbers.insert("expected_interval_s".to_owned(), explained.expected_interval_s);
            numbers.insert("reception_observations".to_owned(), explained.observations);
        }
        let mut evidence = vec![self.off.as_evidence(EvidenceRole::LastBeforeGap)];
        if let Some(on) = &self.on {
            let span = on.observed - self.off.observed;
            let distance_m = geodesic_m(self.off.position, on.position);
            numbers.insert("duration_h".to_owned(), span.hours_f64());
            numbers.insert("distance_m".to_owned(), distance_m);
            numbers.insert("implied_speed_kn".to_owned(), distance_m / span.secs_f64() / KNOT);
            evidence.push(on.as_evidence(EvidenceRole::FirstAfterGap));
        }
        evidence.extend(self.inside.map(|fix| fix.as_evidence(EvidenceRole::InsideGap)));
        Event {
            id: self.id,
            revision,
            kind: Kind::Gap,
            mmsi: self.off.mmsi,
            other: None,
            track,
            other_track: None,
            start: self.off.observed,
            end: self.on.map(|on| on.observed),
            position: self.off.position,
            end_position: self.on.map(|on| on.position),
            place: None,
            numbers,
            evidence,
            withdrawn,
        }
    }
}
