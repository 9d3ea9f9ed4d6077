//! How long a vessel that transmits stays unheard: the share of silences that end in each half octave of their
//! length, of those that lasted so long. Says nothing of one place; `places` tells how it departs from this.

use serde::{Deserialize, Serialize};

/// Half octaves from one second; the last ends after about 48 days.
pub const BINS: usize = 44;
/// Where nothing has been seen yet, of the silences that have lasted so long this share ends within a half octave: a
/// tail like 1/t, which leaves long silences possible.
pub const PRIOR: [f64; BINS] = [0.3; BINS];
/// What is assumed before counts as so many silences.
const PRIOR_WEIGHT: f64 = 4.0;
/// No share of ends is so sure that a silence beyond it would be impossible.
const MAX_HAZARD: f64 = 0.999;

/// The half octave of a length: from 2^k s, or from 1.5 x 2^k s. Below a second the first.
pub const fn bin(micros: i64) -> usize {
    let seconds = if micros < 1_000_000 { 1 } else { (micros / 1_000_000) as u64 };
    let octave = 63 - seconds.leading_zeros();
    let half = if octave == 0 { 0 } else { (seconds >> (octave - 1)) & 1 };
    let bin = 2 * octave as usize + half as usize;
    if bin < BINS { bin } else { BINS - 1 }
}

/// Where a half octave begins, in seconds.
pub fn begins_s(bin: usize) -> f64 {
    let octave = (1_u64 << (bin / 2).min(62)) as f64;
    if bin.is_multiple_of(2) { octave } else { 1.5 * octave }
}

/// How much of the half octave the length has gone through, 0 to 1.
pub fn share(micros: i64) -> f64 {
    let at = bin(micros);
    let (from, to) = (begins_s(at), begins_s(at + 1));
    ((micros as f64 / 1e6 - from) / (to - from)).clamp(0.0, 1.0)
}

/// Silences of one kind of vessel, by length, with the shares worked out from time to time.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Curve {
    #[serde(with = "super::bits")]
    ended: Vec<f64>,
    /// Noticed while they lasted, and not ended yet.
    #[serde(with = "super::bits")]
    lasting: Vec<f64>,
    #[serde(with = "super::bits")]
    hazard: Vec<f64>,
    /// Sum of the hazards before each half octave.
    #[serde(with = "super::bits")]
    before: Vec<f64>,
    changes: u32,
    refresh_at: u32,
}

impl Default for Curve {
    fn default() -> Self {
        let mut curve = Self {
            ended: vec![0.0; BINS],
            lasting: vec![0.0; BINS],
            hazard: vec![0.0; BINS],
            before: vec![0.0; BINS + 1],
            changes: 0,
            refresh_at: 0,
        };
        curve.refresh(&PRIOR);
        curve
    }
}

impl Curve {
    /// A silence ended after a length in this half octave. `prior`: the hazards to assume where little was seen.
    pub fn end(&mut self, bin: usize, weight: f64, prior: &[f64]) {
        if let Some(count) = self.ended.get_mut(bin) {
            *count += weight;
        }
        self.changed(prior);
    }

    /// A silence has lasted into this half octave; a negative weight takes it back, when it has ended.
    pub fn last(&mut self, bin: usize, weight: f64, prior: &[f64]) {
        if let Some(count) = self.lasting.get_mut(bin) {
            *count = (*count + weight).max(0.0);
        }
        self.changed(prior);
    }

    /// Everything seen so far counts less.
    pub fn fade(&mut self, factor: f64) {
        self.ended.iter_mut().chain(&mut self.lasting).for_each(|count| *count *= factor);
    }

    fn changed(&mut self, prior: &[f64]) {
        self.changes = self.changes.saturating_add(1);
        if self.changes >= self.refresh_at {
            self.refresh(prior);
        }
    }

    /// Again when there is a sixteenth more: the shares are the same function of what was seen, in whatever steps.
    fn refresh(&mut self, prior: &[f64]) {
        self.changes = self.changes.min(1 << 16);
        self.refresh_at = self.changes + self.changes / 16 + 1;
        let (mut ended_later, mut lasted_longer) = (0.0, 0.0);
        for bin in (0..BINS).rev() {
            let ended = self.ended.get(bin).copied().unwrap_or_default();
            let at_risk = ended + ended_later + lasted_longer;
            let assumed = prior.get(bin).copied().unwrap_or_default();
            let hazard = (ended + PRIOR_WEIGHT * assumed) / (at_risk + PRIOR_WEIGHT);
            if let Some(slot) = self.hazard.get_mut(bin) {
                *slot = hazard.min(MAX_HAZARD);
            }
            ended_later += ended;
            // One that still lasts has not gone through its half octave: it counts for those before.
            lasted_longer += self.lasting.get(bin).copied().unwrap_or_default();
        }
        let mut sum = 0.0;
        for (slot, hazard) in self.before.iter_mut().zip(&self.hazard) {
            *slot = sum;
            sum += hazard;
        }
        if let Some(last) = self.before.last_mut() {
            *last = sum;
        }
    }

    pub fn hazards(&self) -> &[f64] {
        &self.hazard
    }

    /// Ends that a silence had to expect in the half octaves `from..to`.
    pub fn expected(&self, from: usize, to: usize) -> f64 {
        let sum = |bin: usize| self.before.get(bin.min(BINS)).copied().unwrap_or_default();
        sum(to) - sum(from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_lies_in_its_half_octave() {
        for seconds in [1_i64, 2, 3, 4, 5, 6, 7, 8, 59, 60, 64, 95, 96, 3_600, 86_400, 1_000_000] {
            let at = bin(seconds * 1_000_000);
            assert!(begins_s(at) <= seconds as f64 && (seconds as f64) < begins_s(at + 1), "{seconds}: {at}");
        }
        assert_eq!((bin(-5), bin(0), bin(999_999)), (0, 0, 0));
        assert_eq!(bin(i64::MAX), BINS - 1);
    }

    #[test]
    fn the_share_that_ends_is_the_share_that_was_seen_to_end() {
        let mut curve = Curve::default();
        for length in [4_i64, 4, 4, 4, 4, 4, 4, 4, 4, 16] {
            for _ in 0..1_000 {
                curve.end(bin(length * 1_000_000), 1.0, &PRIOR);
            }
        }
        curve.refresh(&PRIOR);
        assert!((curve.hazards()[bin(4_000_000)] - 0.9).abs() < 1e-3);
        assert!(curve.hazards()[bin(8_000_000)] < 2e-3);
        assert!(curve.hazards()[bin(16_000_000)] > 0.99);
    }
}
