//! How far reception explains each gap found in stored positions: the same pass over all fixes in order of time that
//! the picture makes, with nothing but reception in it.

use bitacora_primitives::{Instant, Mmsi};
use rustc_hash::FxHashMap;

use super::nearby::{HeardNearby, Noted, Reception};
use crate::behaviour::Parameters;
use crate::behaviour::gap::exact::{self, NO_TRACK};
use crate::behaviour::gap::silence::{Silence, fix_of};
use crate::tracks::positions::Positions;

/// A gap by track and what reception has to do with it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Judged {
    pub silence: Silence,
    /// When the gap was noticed: as long as the threshold.
    pub noticed: Reception,
    /// Over its whole length; `None` while it is open.
    pub ended: Option<Reception>,
}

/// What a track has come to.
#[derive(Clone, Copy, Default)]
struct Heard {
    first: u32,
    fixes: u32,
    last: Option<Instant>,
    noted: Option<Noted>,
}

/// [`exact::detect`] with reception, from what `nearby` has learned so far; it learns on.
pub fn judge(
    positions: &Positions,
    parameters: &Parameters,
    until: Option<Instant>,
    nearby: &mut HeardNearby,
) -> Vec<Judged> {
    let (silences, track_of) = exact::detect_with_tracks(positions, parameters, until);
    let threshold = parameters.gap.min_duration;
    let mut judged: Vec<Judged> = silences
        .iter()
        .map(|silence| Judged { silence: *silence, noticed: Reception::default(), ended: None })
        .collect();
    let due = |silence: &Silence| Instant::from_micros(silence.off.micros) + threshold;
    // They come out by MMSI and time: of equal times the lower number first, as in the picture.
    let mut notices: Vec<u32> = (0..judged.len() as u32).collect();
    notices.sort_by_key(|at| silences.get(*at as usize).map(due));
    let mut notices = notices.into_iter().peekable();
    let ends: FxHashMap<u32, u32> = silences
        .iter()
        .enumerate()
        .filter_map(|(at, silence)| silence.on.map(|on| (on.row, at as u32)))
        .collect();
    let mut rows: Vec<u32> = (0..positions.len() as u32).collect();
    let (times, numbers) = (positions.micros(), positions.mmsi());
    rows.sort_by_key(|row| (times.get(*row as usize), numbers.get(*row as usize)));
    let tracks = track_of.iter().filter(|track| **track != NO_TRACK).max().map_or(0, |most| most + 1);
    let mut tracks = vec![Heard::default(); tracks as usize];
    let mut last_heard: FxHashMap<Mmsi, Instant> = FxHashMap::default();
    let newest = until.or_else(|| times.iter().max().map(|at| Instant::from_micros(*at)));
    let ends_here = std::iter::once((None, newest.unwrap_or_default()));
    let in_time = rows
        .into_iter()
        .map(|row| (Some(row), Instant::from_micros(times.get(row as usize).copied().unwrap_or_default())));
    for (row, now) in in_time.chain(ends_here) {
        while let Some(at) =
            notices.next_if(|at| silences.get(*at as usize).is_some_and(|one| due(one) < now))
        {
            let Some(judged) = judged.get_mut(at as usize) else { continue };
            let off = judged.silence.off.row;
            let Some(fix) = fix_of(positions, off) else { continue };
            let around = nearby.around(&fix, |other| last_heard.get(&other).copied());
            let track = track_of.get(off as usize).and_then(|track| tracks.get_mut(*track as usize));
            judged.noticed = match track {
                Some(track) => nearby.notice(around, &fix, &mut track.noted),
                None => around,
            };
        }
        let Some(row) = row else { break };
        let Some(track) = track_of.get(row as usize).and_then(|track| tracks.get_mut(*track as usize)) else {
            continue;
        };
        let Some(fix) = fix_of(positions, row) else { continue };
        last_heard.insert(fix.mmsi, now);
        if track.last == Some(now) {
            continue;
        }
        track.last = Some(now);
        track.fixes += 1;
        if track.fixes == 1 {
            track.first = row;
            continue;
        }
        if track.fixes == 2
            && let Some(first) = fix_of(positions, track.first)
        {
            nearby.note(&first, &mut track.noted);
        }
        if let Some(judged) = ends.get(&row).and_then(|at| judged.get_mut(*at as usize)) {
            judged.ended = Some(nearby.ended(judged.noticed, track.noted.as_ref(), now));
        }
        nearby.note(&fix, &mut track.noted);
    }
    judged
}
