//! What the feed has taught about reception, and the probability that reception alone explains a silence. Formula and
//! sources: docs/reception.md. A function of the fixes in their order; can be stored and taken up again.

use bitacora_primitives::{Instant, Position};
use serde::{Deserialize, Serialize};

use super::curve::{self, Curve};
use super::parameters::ReceptionParameters;
use super::places::{Factors, Fading, Kept, Places};
use crate::tracks::fix::Fix;

/// Speeds between which M.1371-5 (table 1) changes the reporting interval: 3 kn at anchor or moored, 14 kn. And one
/// kind for vessels that do not say.
const MOTIONS: usize = 4;
/// A vessel's own usual interval in steps of two octaves from a second; the last for one that has none yet. It carries
/// what class, power and antenna do, and what the feed leaves out.
const PACES: usize = 9;
const KINDS: usize = MOTIONS * PACES;
/// Parts of a half octave in which the usual interval is kept.
const PACE_PARTS: i16 = 16;
/// One silence moves it by a quarter of the difference, which counts as no more than this many half octaves.
const PACE_STEP: i16 = 4;
/// Vessels around that count singly; beyond it they are no longer independent witnesses.
const WITNESSES: f64 = 20.0;

/// No feed teaches enough to be surer than this: what the model leaves out (docs/reception.md) is not that rare.
const SUREST: f64 = 0.999;

/// As good as one of two: nothing is known of which is rarer.
const UNKNOWN_SHARE: [f64; 2] = [2.0, 1.0];

/// What a track remembers of its last fix for the next.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Last {
    at: Instant,
    place: Kept,
    kind: u8,
    /// In parts of half octaves; `None` before the second fix.
    pace: Option<i16>,
    /// The silence since was noticed: half octave and weight.
    noticed: Option<(u8, f64)>,
}

/// Why a silence may be nothing but reception.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Explained {
    /// Probability that reception alone explains it, with the prior of the parameters.
    pub p_reception: f64,
    /// Half of the silences of such a vessel at this place end within it.
    pub expected_interval_s: f64,
    /// Silences seen to end there that this rests on, the older ones counting less.
    pub observations: f64,
}

/// Others around, and how likely one of them falls silent by itself.
#[derive(Clone, Copy, Debug)]
pub struct Around {
    pub heard: f64,
    pub silent: f64,
    /// Seconds in which they had to be heard first, and then not again.
    pub present_s: f64,
    pub silent_s: f64,
}

/// See the module.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Learned {
    /// By kind; the last of all together.
    curves: Vec<Curve>,
    places: Places,
    /// Windows of fading are counted from the first fix, in microseconds since 1970: no date matters.
    begun: Option<i64>,
    window: i64,
    /// Silences taken for reception, and those of them that others shared.
    #[serde(with = "super::bits")]
    shared: [f64; 2],
}

impl Default for Learned {
    fn default() -> Self {
        Self {
            curves: vec![Curve::default(); KINDS + 1],
            places: Places::default(),
            begun: None,
            window: 0,
            shared: UNKNOWN_SHARE,
        }
    }
}

fn motion(fix: &Fix) -> usize {
    match fix.sog_kn {
        None => 0,
        Some(knots) if knots < 3.0 => 1,
        Some(knots) if knots < 14.0 => 2,
        Some(_) => 3,
    }
}

fn kind(fix: &Fix, pace: Option<i16>) -> u8 {
    let step = pace.map_or(PACES - 1, |pace| (pace.max(0) / (4 * PACE_PARTS)) as usize);
    (motion(fix) * PACES + step.min(if pace.is_some() { PACES - 2 } else { PACES - 1 })) as u8
}

impl Learned {
    const fn fading(&self, parameters: &ReceptionParameters, window_us: i64) -> Fading {
        let half_life = parameters.half_life.micros() as f64 / window_us as f64;
        Fading { window: self.window, half_life: if half_life > 1.0 { half_life } else { 1.0 } }
    }

    fn cell(position: Position, parameters: &ReceptionParameters) -> (i32, i32) {
        let edge = parameters.cell_deg.clamp(0.01, 45.0);
        let index = |degrees: f64| (degrees / edge).floor() as i32;
        // 180 E is 180 W.
        let lon = if position.lon() >= 180.0 { -180.0 } else { position.lon() };
        (index(position.lat()), index(lon))
    }

    /// Takes the next fix of a track; fixes of all tracks come in order of time.
    pub fn hear(
        &mut self,
        fix: &Fix,
        last: &mut Option<Last>,
        parameters: &ReceptionParameters,
        window_us: i64,
    ) {
        self.turn(fix.observed, parameters, window_us);
        let mut pace = None;
        if let Some(before) = last {
            let ended = curve::bin((fix.observed - before.at).micros());
            self.end(before, ended, self.fading(parameters, window_us));
            let reached = ended as i16 * PACE_PARTS;
            pace = Some(before.pace.map_or(reached, |pace| {
                let most = PACE_STEP * PACE_PARTS;
                pace + (reached - pace).clamp(-most, most) / 4
            }));
        }
        let (row, column) = Self::cell(fix.position, parameters);
        self.places.thin(parameters.max_cells.max(100), self.fading(parameters, window_us));
        let place = self.places.keep(row, column, last.map(|before| before.place));
        *last = Some(Last { at: fix.observed, place, kind: kind(fix, pace), pace, noticed: None });
    }

    /// Another window: what was learned fades.
    fn turn(&mut self, now: Instant, parameters: &ReceptionParameters, window_us: i64) {
        let begun = *self.begun.get_or_insert(now.micros());
        let window = now.micros().saturating_sub(begun).div_euclid(window_us);
        if window <= self.window {
            return;
        }
        let before = std::mem::replace(&mut self.window, window);
        let factor = self.fading(parameters, window_us).since(before);
        self.curves.iter_mut().for_each(|curve| curve.fade(factor));
        for (sum, from) in self.shared.iter_mut().zip(UNKNOWN_SHARE) {
            *sum = from + (*sum - from) * factor;
        }
    }

    /// All together, and the kind, which is as all are until it has shown itself.
    fn teach(&mut self, kind: u8, lesson: impl Fn(&mut Curve, &[f64])) {
        let Some((all, kinds)) = self.curves.split_last_mut() else { return };
        lesson(all, &curve::PRIOR);
        if let Some(curve) = kinds.get_mut(usize::from(kind)) {
            lesson(curve, all.hazards());
        }
    }

    fn end(&mut self, last: &Last, bin: usize, fading: Fading) {
        let (from, weight) = last.noticed.map_or((0, 1.0), |(bin, weight)| (usize::from(bin), weight));
        self.teach(last.kind, |curve, prior| {
            if last.noticed.is_some() {
                curve.last(from, -weight, prior);
            }
            curve.end(bin, weight, prior);
        });
        if let Some(curve) = self.curves.get(usize::from(last.kind)) {
            self.places.silence(last.place, curve, (from, bin + 1), true, weight, fading);
        }
    }

    /// A silence is noticed while it lasts: judges it, and learns that it has lasted so long, as far as it is taken for
    /// reception. One switched off teaches nothing about receivers.
    pub fn notice(
        &mut self,
        last: &mut Last,
        at: Instant,
        around: &Around,
        parameters: &ReceptionParameters,
        window_us: i64,
    ) -> Option<Explained> {
        let judged = self.judge(last, at, around, parameters, window_us);
        if last.noticed.is_none() {
            let bin = curve::bin((at - last.at).micros());
            let weight = judged.map_or(1.0, |(explained, _)| explained.p_reception);
            let fading = self.fading(parameters, window_us);
            self.teach(last.kind, |curve, prior| curve.last(bin, weight, prior));
            if let Some(curve) = self.curves.get(usize::from(last.kind)) {
                self.places.silence(last.place, curve, (0, bin), false, weight, fading);
            }
            if let Some((explained, shared)) = judged {
                let [taken, of_all] = &mut self.shared;
                *taken += explained.p_reception;
                *of_all += explained.p_reception * shared;
            }
            last.noticed = Some((bin as u8, weight));
        }
        judged.map(|(explained, _)| explained)
    }

    /// Judges a silence that has lasted until `at`, and how far others shared it. `None`: too little was heard there.
    pub fn judge(
        &self,
        last: &Last,
        at: Instant,
        around: &Around,
        parameters: &ReceptionParameters,
        window_us: i64,
    ) -> Option<(Explained, f64)> {
        let fading = self.fading(parameters, window_us);
        let (factors, seen) =
            self.places.factors(last.place, parameters.shrinkage, parameters.min_observations, fading);
        let observations = seen?;
        let curve = self.curves.get(usize::from(last.kind))?;
        let expected_interval_s = factors.half_end_s(curve);
        let (survival, mean_s) = factors.survival(curve, (at - last.at).micros());
        // Switched off at some time of the silence, while it was still one of reception.
        let off = -libm::expm1(-parameters.off_per_hour.max(0.0) * mean_s / 3600.0);
        let all = self.curves.get(KINDS)?;
        let ratio = shared_ratio(&factors, all, around);
        let [taken, of_all] = self.shared;
        let share = of_all / taken;
        let on = survival * (1.0 - share + share * ratio);
        let sum = on + off;
        let p_reception = if sum > 0.0 { (on / sum).clamp(1.0 - SUREST, SUREST) } else { 0.5 };
        let shared = share * ratio / (1.0 - share + share * ratio);
        Some((Explained { p_reception, expected_interval_s, observations }, shared))
    }

    /// Cells kept, of all sizes.
    pub const fn cells(&self) -> usize {
        self.places.len()
    }
}

/// How much more likely the others' silence is when a loss that hits some share of the vessels hit this one, than when
/// each falls silent by itself. The share is anything between none and all.
fn shared_ratio(factors: &Factors, all: &Curve, around: &Around) -> f64 {
    if around.heard < 1.0 || around.silent_s <= 0.0 {
        return 1.0;
    }
    let scale = (WITNESSES / around.heard).min(1.0);
    let (silent, again) = (around.silent * scale, (around.heard - around.silent) * scale);
    let micros = (around.silent_s * 1e6) as i64;
    let (survival, _) = factors.survival(all, micros);
    // Any of the silences that began while it was present.
    let occasions = (around.present_s / factors.half_end_s(all)).max(1.0);
    let alone = (-libm::expm1(occasions * libm::log1p(-survival.min(0.999)))).clamp(0.001, 0.95);
    let ln_gamma = |x: f64| libm::lgamma(x);
    let together = core::f64::consts::LN_2 + ln_gamma(silent + 2.0) + ln_gamma(again + 1.0)
        - ln_gamma(silent + again + 3.0);
    let apart = silent * libm::log(alone) + again * libm::log1p(-alone);
    libm::exp(together - apart)
}

#[cfg(test)]
mod tests {
    use bitacora_primitives::{Duration, EvidenceRef, Mmsi, SourceId};
    use proptest::prelude::*;

    use super::*;

    const WINDOW_US: i64 = 600_000_000;

    /// What a feed teaches that has a fix every ten seconds, and now and then a pause.
    fn taught() -> (Learned, Last, Instant) {
        let (mut learned, mut last) = (Learned::default(), None);
        let mut at = Instant::from_secs(1_000_000);
        for fix in 0..4_000 {
            let evidence = EvidenceRef { source: SourceId::from_bytes([0; 10]), line: fix, offset: None };
            let position = Position::new(50.7, -1.1).unwrap();
            let heard = Fix {
                mmsi: Mmsi::new(1).unwrap(),
                observed: at,
                position,
                cos_lat: 0.6,
                sog_kn: Some(9.0),
                cog_deg: None,
                heading_deg: None,
                nav_status: None,
                evidence,
            };
            learned.hear(&heard, &mut last, &ReceptionParameters::default(), WINDOW_US);
            let pause = if fix % 200 == 199 { fix as i64 } else { 10 };
            at = at + Duration::from_secs(pause);
        }
        let last = last.unwrap();
        (learned, last, last.at)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn longer_silence_is_less_likely_reception_and_company_makes_it_likelier(
            minutes in 1..2_000_i64, more in 1..2_000_i64, heard in 1..60_u32, silent in 0..60_u32
        ) {
            let (learned, last, begun) = taught();
            let silent = silent.min(heard);
            let judge = |minutes: i64, silent: u32| {
                let around = Around {
                    heard: f64::from(heard),
                    silent: f64::from(silent),
                    present_s: 1_200.0,
                    silent_s: 7_200.0,
                };
                let at = begun + Duration::from_mins(minutes);
                let parameters = ReceptionParameters::default();
                learned.judge(&last, at, &around, &parameters, WINDOW_US).unwrap().0
            };
            let said = judge(minutes, silent);
            prop_assert!((0.0..=1.0).contains(&said.p_reception));
            // Room for rounding.
            prop_assert!(judge(minutes + more, silent).p_reception <= said.p_reception + 1e-12);
            if silent < heard {
                prop_assert!(judge(minutes, silent + 1).p_reception >= said.p_reception - 1e-12);
            }
            prop_assert!((8.0..16.0).contains(&said.expected_interval_s), "{}", said.expected_interval_s);
        }
    }
}
