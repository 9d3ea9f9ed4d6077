//! How far two methods run apart: the ratio of their figures in the years that both have, and the yearly changes that they
//! sign differently.

use serde::Serialize;

use super::{Curve, NotCompared};
use crate::decimal::Decimal;
use crate::moments::Moments;

#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct RatioYear {
    pub year: i16,
    pub ratio: f64,
}

/// The first method over the second.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Divergence {
    pub of: String,
    pub against: String,
    /// Years that both have, with positive figures.
    pub ratios: Vec<RatioYear>,
    /// Years that both have and one of them at zero or below: they have no ratio.
    pub without_ratio: Vec<i16>,
    pub lowest: Option<RatioYear>,
    pub highest: Option<RatioYear>,
    pub mean: Option<f64>,
    pub geometric_mean: Option<f64>,
    /// Deviation of the ratio's logarithm, with one less than the years below the line; none for fewer than two.
    pub log_sd: Option<f64>,
    /// Years whose year before both have too.
    pub year_pairs: usize,
    /// Of those, the years in which one rose and the other fell.
    pub opposite: Vec<i16>,
    /// Of those, the years in which one stood still and the other did not.
    pub one_still: Vec<i16>,
}

/// By the codes of two curves.
pub fn divergence(curves: &[Curve], of: &str, against: &str) -> Result<Divergence, NotCompared> {
    let find = |code: &str| {
        curves
            .iter()
            .find(|curve| curve.method == code)
            .ok_or_else(|| NotCompared::MethodUnknown { method: code.chars().take(60).collect() })
    };
    let (of, against) = (find(of)?, find(against)?);
    let mut made = Divergence {
        of: of.method.clone(),
        against: against.method.clone(),
        ratios: Vec::new(),
        without_ratio: Vec::new(),
        lowest: None,
        highest: None,
        mean: None,
        geometric_mean: None,
        log_sd: None,
        year_pairs: 0,
        opposite: Vec::new(),
        one_still: Vec::new(),
    };
    let mut before: Option<(i16, Decimal, Decimal)> = None;
    for point in &of.points {
        let Some(other) = against.at(point.year) else { continue };
        if point.value > Decimal::ZERO && other.value > Decimal::ZERO {
            let ratio = point.value.to_f64() / other.value.to_f64();
            made.ratios.push(RatioYear { year: point.year, ratio });
        } else {
            made.without_ratio.push(point.year);
        }
        if let Some((year, own, rival)) = before
            && year.checked_add(1) == Some(point.year)
        {
            made.year_pairs += 1;
            let (a, b) = (point.value.cmp(&own), other.value.cmp(&rival));
            if a != b && a.is_ne() && b.is_ne() {
                made.opposite.push(point.year);
            } else if a != b {
                made.one_still.push(point.year);
            }
        }
        before = Some((point.year, point.value, other.value));
    }
    made.summarise();
    Ok(made)
}

impl Divergence {
    fn summarise(&mut self) {
        let by_ratio = |a: &&RatioYear, b: &&RatioYear| a.ratio.total_cmp(&b.ratio);
        self.lowest = self.ratios.iter().min_by(by_ratio).copied();
        self.highest = self.ratios.iter().max_by(by_ratio).copied();
        let mut plain = Moments::default();
        let mut logs = Moments::default();
        for own in &self.ratios {
            plain.see(own.ratio);
            logs.see(libm::log(own.ratio));
        }
        if !self.ratios.is_empty() {
            self.mean = Some(plain.mean());
            self.geometric_mean = Some(libm::exp(logs.mean()));
        }
        if self.ratios.len() > 1 {
            self.log_sd = Some(libm::sqrt(logs.variance()));
        }
    }
}
