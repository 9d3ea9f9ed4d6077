//! Scales from zero with round steps. Amounts and areas are read by their height, so the axis always holds zero.

use crate::number;
use crate::words::Words;

use super::svg::{Anchor, Sheet};
use super::{EDGE, INK_2, LINE};

/// The box that the data stand in.
#[derive(Clone, Copy)]
pub(super) struct Plot {
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) top: f64,
    pub(super) bottom: f64,
}

/// A height for every value.
pub(super) struct Scale {
    low: f64,
    high: f64,
    /// The step and its power of ten: `digit * 10^power`.
    step: f64,
    power: i32,
}

/// The size of figures that the axis counts in.
struct Counted {
    power: i32,
    word: &'static str,
}

fn ten(power: i32) -> f64 {
    // Read as text: correctly rounded, the same on every machine.
    format!("1e{power}").parse().unwrap_or(1.0)
}

impl Scale {
    /// Holds zero and all the values, with three to six steps of 1, 2 or 5.
    pub(super) fn of(values: impl Iterator<Item = f64>) -> Self {
        let (mut low, mut high) = (0.0f64, 0.0f64);
        for value in values.filter(|value| value.is_finite()) {
            low = low.min(value);
            high = high.max(value);
        }
        let span = if high - low > 0.0 { high - low } else { 1.0 };
        let mut power = -60;
        while ten(power + 1) <= span && power < 130 {
            power += 1;
        }
        let unit = ten(power);
        // `span / unit` is from 1 to 10.
        let (digit, power) = match span / unit {
            share if share <= 2.5 => (5.0, power - 1),
            share if share <= 5.0 => (1.0, power),
            _ => (2.0, power),
        };
        let step = digit * ten(power);
        let high = if high > 0.0 { (high / step).ceil() * step } else { 0.0 };
        let low = if low < 0.0 { (low / step).floor() * step } else { 0.0 };
        let high = if high - low > 0.0 { high } else { step };
        Self { low, high, step, power }
    }

    pub(super) fn y(&self, value: f64, plot: Plot) -> f64 {
        let share = ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0);
        plot.bottom - share * (plot.bottom - plot.top)
    }

    fn counted(&self, words: &Words) -> Counted {
        let most = self.high.max(-self.low);
        if most >= 1e10 {
            Counted { power: 9, word: words.in_thousand_millions }
        } else if most >= 1e7 {
            Counted { power: 6, word: words.in_millions }
        } else if most >= 2e4 {
            Counted { power: 3, word: words.in_thousands }
        } else {
            Counted { power: 0, word: "" }
        }
    }

    /// `miles de ha`, for the head of the axis.
    pub(super) fn unit(&self, unit: &str, words: &Words) -> String {
        let counted = self.counted(words);
        [counted.word, words.unit(unit)]
            .into_iter()
            .filter(|word| !word.is_empty())
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// Lines across the plot with their values, and a strong one at zero.
    pub(super) fn draw(&self, sheet: &mut Sheet, plot: Plot, words: &Words) {
        let counted = self.counted(words);
        let unit = ten(counted.power);
        let places = usize::try_from((counted.power - self.power).max(0)).unwrap_or(0).min(20);
        let steps = ((self.high - self.low) / self.step).round().clamp(1.0, 20.0);
        let mut at = 0.0;
        while at <= steps {
            let value = self.low + at * self.step;
            let y = self.y(value, plot);
            sheet.line((plot.left, y), (plot.right, y), LINE, 0.6, "");
            let text = number::decimal(&format!("{:.places$}", value / unit), words.lang);
            sheet.text((plot.left - 5.0, y + 3.3), &text, 9.5, Anchor::End, INK_2, false);
            at += 1.0;
        }
        let zero = self.y(0.0, plot);
        sheet.line((plot.left, zero), (plot.right, zero), EDGE, 1.0, "");
    }
}

/// Years or days along the foot.
pub(super) struct Across {
    pub(super) from: f64,
    pub(super) to: f64,
}

impl Across {
    pub(super) fn x(&self, at: f64, plot: Plot) -> f64 {
        let span = if self.to > self.from { self.to - self.from } else { 1.0 };
        plot.left + ((at - self.from) / span).clamp(0.0, 1.0) * (plot.right - plot.left)
    }

    /// The years that are written: every one, or every second, fifth, tenth and so on, so that none touches another.
    pub(super) fn years(&self, plot: Plot) -> Vec<i32> {
        let (first, last) = (self.from.ceil() as i32, self.to.floor() as i32);
        let fits = ((plot.right - plot.left) / 30.0).max(2.0);
        let span = f64::from(last - first).max(1.0);
        let step = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]
            .into_iter()
            .find(|step| span / f64::from(*step) <= fits)
            .unwrap_or(2000);
        (first..=last).filter(|year| year.rem_euclid(step) == 0).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_holds_zero_and_every_value() {
        for values in
            [vec![163_290.0, 253_000.0], vec![0.3], vec![-15.0, 47.0], vec![], vec![0.0], vec![2.3e12]]
        {
            let scale = Scale::of(values.iter().copied());
            assert!(scale.low <= 0.0 && scale.high >= 0.0 && scale.high > scale.low);
            assert!(values.iter().all(|value| scale.low <= *value && *value <= scale.high), "{values:?}");
            let steps = (scale.high - scale.low) / scale.step;
            assert!((0.9..=7.1).contains(&steps), "{values:?} has {steps} steps");
        }
    }
}
