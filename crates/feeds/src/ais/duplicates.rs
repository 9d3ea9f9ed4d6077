//! Remembers for a short while what has been heard, so that a transmission heard by several stations, or
//! coming by several feeds, counts once and the others stand as its witnesses. Fixed memory; forgets the oldest first.

use bitacora_primitives::{EvidenceRef, Instant};

use super::heard::{Heard, Hearing, Hearings, Transmission};

/// How long after its first hearing the same payload is the same transmission. Equipment repeats an equal
/// payload after minutes at the soonest (M.1371-5 Annex 1, reporting intervals: static data every six minutes;
/// dynamic data carry the second).
pub(super) const WINDOW_MICROS: i64 = 30_000_000;
const WAYS: usize = 4;
/// 2^15 buckets of four hold 30 s of 4,369 distinct messages a second; the whole US coast has about 600.
const BUCKETS: usize = 1 << 15;

/// Looked at first: 2^12 of the latest by the hash's first bits. Most copies come within seconds, and this fits a cache
/// that the buckets do not fit.
const RECENT: usize = 1 << 12;
const RECENT_SHIFT: u32 = u64::BITS - 12;

type Bucket = [(u64, i64); WAYS];

/// Line of the first hearing, and its time.
type Kept = (u64, Instant);

pub(super) struct Duplicates {
    buckets: Vec<Bucket>,
    /// Hash, time and line of the first hearing.
    recent: Vec<(u64, i64, u64)>,
    /// Lines of the first hearings, where somebody asks for them: beside the buckets, so that one of those stays one
    /// cache line. Else empty.
    lines: Vec<[u64; WAYS]>,
    witnesses: Option<Witnesses>,
}

/// What is gathered of the hearings after the first, where somebody asks for it.
struct Witnesses {
    /// Numbers of the transmissions' records.
    records: Vec<[u64; WAYS]>,
    hearings: Hearings,
}

impl std::fmt::Debug for Duplicates {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Duplicates({} entries)", self.buckets.len() * WAYS)
    }
}

impl Duplicates {
    /// `receptions`: the first hearing's line is wanted; `stations`: who else heard is gathered.
    pub(super) fn new(receptions: bool, stations: bool) -> Self {
        let numbers = |wanted| vec![[0; WAYS]; if wanted { BUCKETS } else { 0 }];
        Self {
            buckets: vec![[(0, i64::MIN); WAYS]; BUCKETS],
            recent: vec![(0, i64::MIN, 0); RECENT],
            lines: numbers(receptions || stations),
            witnesses: stations.then(|| Witnesses { records: numbers(true), hearings: Hearings::new() }),
        }
    }

    /// The first hearing of the bits of this [`hash`], if they were heard within the window (its line is 0 where nobody asks for
    /// it); if not, they have been now. `received` is the clock of a live feed. Records that are over go to `out`.
    pub(super) fn heard(
        &mut self,
        hash: u64,
        about: Transmission,
        hearing: Hearing,
        received: Option<Instant>,
        out: &mut impl FnMut(&Heard<'_>),
    ) -> Option<Kept> {
        let micros = hearing.at.micros();
        let recent = (hash >> RECENT_SHIFT) as usize;
        if self.witnesses.is_none()
            && let Some((other, at, line)) = self.recent.get(recent)
            && *other == hash
            && at.abs_diff(micros) <= WINDOW_MICROS as u64
        {
            return Some((*line, Instant::from_micros(*at)));
        }
        let clock = received.map_or(micros, Instant::micros);
        if received.is_none()
            && let Some(witnesses) = &mut self.witnesses
        {
            witnesses.hearings.tick(micros, out);
        }
        let place = hash as usize % BUCKETS;
        let bucket = self.buckets.get_mut(place)?;
        let mut oldest = 0;
        let mut oldest_at = i64::MAX;
        for (way, (other, at)) in bucket.iter().enumerate() {
            if *other == hash && at.abs_diff(micros) <= WINDOW_MICROS as u64 {
                let line = self.lines.get(place).and_then(|lines| lines.get(way)).copied().unwrap_or(0);
                let kept = (line, Instant::from_micros(*at));
                if let Some(entry) = self.recent.get_mut(recent) {
                    *entry = (hash, *at, line);
                }
                if let Some(witnesses) = &mut self.witnesses {
                    witnesses.again((place, way), kept, about, hearing, clock, out);
                }
                return Some(kept);
            }
            if *at < oldest_at {
                (oldest, oldest_at) = (way, *at);
            }
        }
        if let Some(entry) = bucket.get_mut(oldest) {
            *entry = (hash, micros);
        }
        if let Some(entry) = self.recent.get_mut(recent) {
            *entry = (hash, micros, about.first.line);
        }
        if let Some(line) = self.lines.get_mut(place).and_then(|lines| lines.get_mut(oldest)) {
            *line = about.first.line;
        }
        if let Some(witnesses) = &mut self.witnesses {
            witnesses.first((place, oldest), about, hearing, clock, out);
        }
        None
    }

    /// Live: the time goes on, whatever the messages say.
    pub(super) fn expire(&mut self, now: Instant, out: &mut impl FnMut(&Heard<'_>)) {
        if let Some(witnesses) = &mut self.witnesses {
            witnesses.hearings.expire(now.micros(), out);
        }
    }

    pub(super) fn finish(&mut self, out: &mut impl FnMut(&Heard<'_>)) {
        if let Some(witnesses) = &mut self.witnesses {
            witnesses.hearings.finish(out);
        }
    }
}

impl Witnesses {
    fn record(&mut self, (bucket, way): (usize, usize)) -> Option<&mut u64> {
        self.records.get_mut(bucket)?.get_mut(way)
    }

    fn first(
        &mut self,
        place: (usize, usize),
        about: Transmission,
        hearing: Hearing,
        clock: i64,
        out: &mut impl FnMut(&Heard<'_>),
    ) {
        let record = self.hearings.begin(about, false, hearing, clock, out);
        if let Some(known) = self.record(place) {
            *known = record;
        }
    }

    fn again(
        &mut self,
        place: (usize, usize),
        (line, observed): Kept,
        about: Transmission,
        hearing: Hearing,
        clock: i64,
        out: &mut impl FnMut(&Heard<'_>),
    ) {
        let Some(record) = self.record(place).copied() else { return };
        if self.hearings.again(record, hearing, out) {
            return;
        }
        let first = EvidenceRef { line, offset: None, ..about.first };
        let about = Transmission { first, observed, ..about };
        let record = self.hearings.begin(about, true, hearing, clock, out);
        if let Some(known) = self.record(place) {
            *known = record;
        }
    }
}

/// Sixty-four bits of the payload without its repeat indicator, which a repeater counts up. Multiplied to 128
/// bits and folded (as wyhash does), eight bytes at a time.
#[inline]
pub(super) fn hash(packed: &[u8]) -> u64 {
    const SECRETS: [u64; 2] = [0xa076_1d64_78bd_642f, 0xe703_7ed1_a0b4_28db];
    let fold = |a: u64, b: u64| {
        let wide = u128::from(a) * u128::from(b);
        (wide as u64) ^ (wide >> 64) as u64
    };
    let (words, rest) = packed.as_chunks::<8>();
    let mut last = [0; 8];
    for (to, from) in last.iter_mut().zip(rest) {
        *to = *from;
    }
    let mut mask = 0xfcff_ffff_ffff_ffff;
    let mut state = packed.len() as u64 ^ SECRETS[1];
    for word in words.iter().chain([&last]) {
        state = fold((u64::from_be_bytes(*word) & mask) ^ SECRETS[0], state ^ SECRETS[1]);
        mask = u64::MAX;
    }
    state
}

#[cfg(test)]
mod tests {
    use bitacora_ais::sentence::Label;
    use bitacora_primitives::SourceId;

    use super::*;

    impl Duplicates {
        fn bits(&mut self, packed: &[u8], micros: i64) -> bool {
            let observed = Instant::from_micros(micros);
            let first = EvidenceRef { source: SourceId::of(&[b"t"]), line: 1, offset: Some(0) };
            let about = Transmission { first, mmsi: 1, message_type: 1, observed };
            let hearing = Hearing { station: Label::default(), at: observed, line: 1, times: 1 };
            self.heard(hash(packed), about, hearing, None, &mut |_| {}).is_some()
        }
    }

    #[test]
    fn the_same_bits_within_half_a_minute_are_heard_once() {
        for mut duplicates in [Duplicates::new(false, true), Duplicates::new(true, false)] {
            let payload = [4, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
            let start = 1_469_664_000_000_000;
            assert!(!duplicates.bits(&payload, start));
            assert!(duplicates.bits(&payload, start + WINDOW_MICROS));
            assert!(duplicates.bits(&payload, start - 2_000_000));
            assert!(!duplicates.bits(&payload, start + WINDOW_MICROS + 1));
        }
    }

    /// The first hearing is told alike whether it stands among the latest or has left them.
    #[test]
    fn what_left_the_latest_is_still_remembered() {
        let mut duplicates = Duplicates::new(true, false);
        for round in 0..2_i64 {
            for n in 0..6_000_u64 {
                let heard =
                    duplicates.bits(&[&[4; 8][..], &n.to_be_bytes()].concat(), n as i64 + round * 6_000);
                assert_eq!(heard, round == 1, "{n}");
            }
        }
    }

    #[test]
    fn a_repeated_transmission_is_the_same_and_another_bit_is_not() {
        let mut duplicates = Duplicates::new(false, true);
        let payload = [4_u8; 21];
        assert!(!duplicates.bits(&payload, 0));
        let mut repeated = payload;
        repeated[0] |= 2;
        assert!(duplicates.bits(&repeated, 0));
        for bit in 0..8 * payload.len() {
            if bit == 6 || bit == 7 {
                continue;
            }
            let mut other = payload;
            other[bit / 8] ^= 0x80 >> (bit % 8);
            assert!(!duplicates.bits(&other, 0), "bit {bit}");
        }
    }
}
