//! Which open segment a place continues. Pure choice: changes nothing.

use super::discrepancy::{discrepancy, metric, padded, penalised};
use super::message::Place;
use super::parameters::Parameters;
use super::segment::Open;

/// How a place continues one segment.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Match {
    pub index: usize,
    pub metric: f64,
    pub hours: f64,
    /// Messages at the end of the segment that the match leaves out.
    pub drops: usize,
}

/// What the segments say of a place.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Choice {
    None,
    /// A coarse report close in time to finer ones.
    Coarse,
    One(Match),
    /// Several fit nearly as well; their indices are in the list given.
    Ambiguous,
}

const HOUR_US: f64 = 3_600e6;

/// The best match of one segment over its last `lookback` messages, if any is one.
fn best(index: usize, segment: &Open, place: &Place, parameters: &Parameters) -> Option<Match> {
    let recent = || segment.recent().take(parameters.lookback);
    let told = recent().fold(0, |all, kept| all | kept.place.transponders);
    let weight = if told & place.transponders == 0 { parameters.transponder_mismatch } else { 1.0 };
    let (mut found, mut best, mut existing) = (None, 0.0, 0.0);
    for (back, kept) in recent().enumerate() {
        let micros = place.micros.saturating_sub(kept.place.micros);
        let hours = micros as f64 / HOUR_US;
        if hours > parameters.max_hours {
            break;
        }
        let padded = padded(hours, parameters);
        let handicap = (back as f64 * parameters.lookback_factor).max(1.0);
        // The metric is at most weight / padded, so that most earlier messages need no comparison.
        let bound = weight * (1.0 / padded) / handicap;
        if bound > existing && bound > best {
            let off = discrepancy(&kept.place, place, penalised(hours, parameters), parameters.shape_factor);
            let metric = weight * metric(off, padded, parameters);
            let discounted = metric / handicap;
            // Only what is better than the message it would leave out.
            if metric > 0.0 && discounted > existing && discounted > best {
                best = discounted;
                found = Some(Match { index, metric, hours, drops: back });
            }
        }
        existing = kept.metric;
    }
    found
}

/// Chooses among the open segments. `scratch` is kept for its memory; after `Ambiguous` it holds the matches
/// that came close.
pub(super) fn choose(
    segments: &[Open],
    place: &Place,
    parameters: &Parameters,
    scratch: &mut Vec<(f64, Match)>,
) -> Choice {
    scratch.clear();
    for (index, segment) in segments.iter().enumerate() {
        if let Some(found) = best(index, segment, place, parameters) {
            scratch.push((found.metric, found));
        }
    }
    let choice = if scratch.len() > 1 {
        // The weights are those of the first open segments, not of the ones that match: the peer pairs the two
        // lists by place after it has taken the segments without a match out of only one of them.
        for ((weighted, _), segment) in scratch.iter_mut().zip(segments) {
            let length = segment.messages as f64 / parameters.short_segment;
            *weighted *= length / (1.0 + length * length).sqrt();
        }
        scratch.sort_by(|(a, _), (b, _)| b.total_cmp(a));
        let most = scratch.first().map_or(0.0, |(weighted, _)| *weighted);
        scratch.retain(|(weighted, _)| weighted * parameters.ambiguity_factor >= most);
        if scratch.len() > 1 { Choice::Ambiguous } else { first(scratch) }
    } else {
        first(scratch)
    };
    let nearest = scratch.iter().map(|(_, found)| found.hours).fold(f64::INFINITY, f64::min);
    if place.long_range && nearest < parameters.min_long_range_hours { Choice::Coarse } else { choice }
}

fn first(matches: &[(f64, Match)]) -> Choice {
    matches.first().map_or(Choice::None, |(_, found)| Choice::One(*found))
}
