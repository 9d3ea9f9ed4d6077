//! The deviations by maximum likelihood: the simplex of Nelder and Mead (Computer J. 7, 1965) from a given start with given
//! steps, so that the same figures always give the same deviations.

use super::filter::log_likelihood;
use super::model::{Frame, Hyper};

const MOST_STEPS: usize = 600;
/// In logarithms of the deviations.
const FIRST_STEP: f64 = 0.7;
const SAME: f64 = 1e-7;

/// What the figures say of the deviations, in logarithms; less is likelier.
fn cost(frame: &Frame<'_>, point: &[f64; 5]) -> f64 {
    let hyper = hyper(point);
    let (system, among) = frame.system(&hyper);
    let likelihood = log_likelihood(&system) + among;
    // Beyond the bounds the deviations stay at them; the way back is downhill.
    let (least, most) = (libm::log(Hyper::LEAST), libm::log(Hyper::MOST));
    let outside: f64 = point.iter().map(|own| (own - own.clamp(least, most)).abs()).sum();
    if likelihood.is_finite() { outside - likelihood } else { f64::INFINITY }
}

fn hyper(point: &[f64; 5]) -> Hyper {
    Hyper::of(point.map(|log| libm::exp(log).clamp(Hyper::LEAST, Hyper::MOST)))
}

type Corner = ([f64; 5], f64);

fn between(from: &[f64; 5], to: &[f64; 5], by: f64) -> [f64; 5] {
    let mut point = *from;
    for (cell, other) in point.iter_mut().zip(to) {
        *cell += by * (other - *cell);
    }
    point
}

/// The likeliest deviations from `start`, and the names of those that ended at a bound.
pub(super) fn likeliest(frame: &Frame<'_>, start: &Hyper) -> (Hyper, Vec<&'static str>) {
    let origin = start.all().map(|sd| libm::log(sd.clamp(Hyper::LEAST, Hyper::MOST)));
    let mut corners: Vec<Corner> = vec![(origin, cost(frame, &origin))];
    for place in 0..origin.len() {
        let mut point = origin;
        if let Some(cell) = point.get_mut(place) {
            *cell += FIRST_STEP;
        }
        corners.push((point, cost(frame, &point)));
    }
    for _ in 0..MOST_STEPS {
        corners.sort_by(|a, b| a.1.total_cmp(&b.1));
        let [best, middle @ .., second, worst] = corners.as_slice() else { break };
        if (worst.1 - best.1).abs() < SAME {
            break;
        }
        let mut centre = [0.0; 5];
        let others = || std::iter::once(best).chain(middle).chain(std::iter::once(second));
        for (point, _) in others() {
            centre.iter_mut().zip(point).for_each(|(cell, own)| *cell += own / 5.0);
        }
        let try_at = |by: f64| {
            let point = between(&centre, &worst.0, by);
            (point, cost(frame, &point))
        };
        let reflected = try_at(-1.0);
        let new = if reflected.1 < best.1 {
            let further = try_at(-2.0);
            if further.1 < reflected.1 { Some(further) } else { Some(reflected) }
        } else if reflected.1 < second.1 {
            Some(reflected)
        } else {
            let nearer = if reflected.1 < worst.1 { try_at(-0.5) } else { try_at(0.5) };
            (nearer.1 < worst.1.min(reflected.1)).then_some(nearer)
        };
        let best = *best;
        match (new, corners.last_mut()) {
            (Some(new), Some(worst)) => *worst = new,
            _ => {
                for corner in corners.iter_mut().skip(1) {
                    let point = between(&best.0, &corner.0, 0.5);
                    *corner = (point, cost(frame, &point));
                }
            }
        }
    }
    corners.sort_by(|a, b| a.1.total_cmp(&b.1));
    let best = corners.first().map_or(origin, |(point, _)| *point);
    let found = hyper(&best);
    let at_bound = |sd: f64| sd <= Hyper::LEAST * 1.01 || sd >= Hyper::MOST * 0.99;
    let bounds = Hyper::NAMES.into_iter().zip(found.all()).filter(|(_, sd)| at_bound(*sd));
    (found, bounds.map(|(name, _)| name).collect())
}
