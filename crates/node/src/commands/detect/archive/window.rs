//! The times of a run: which events are reported, and which fixes are read for it.

use bitacora_primitives::{Duration, Instant};

use crate::error::NodeError;

/// From an instant, included, to another, excluded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Window {
    pub(super) from: Instant,
    pub(super) to: Instant,
}

impl Window {
    pub(super) fn parse(from: &str, to: &str) -> Result<Self, NodeError> {
        let (from_at, to_at) = (moment(from)?, moment(to)?);
        if from_at >= to_at {
            let why = format!("it is not before `{to}`, the end, which is excluded");
            return Err(NodeError::Window { text: from.to_owned(), why });
        }
        Ok(Self { from: from_at, to: to_at })
    }

    /// True for what starts, ends or goes on within.
    pub(super) fn meets(&self, start: Instant, end: Option<Instant>) -> bool {
        start < self.to && end.is_none_or(|end| end >= self.from)
    }

    /// The fixes that are read: all, or those of the window and so many days before and after it.
    pub(super) fn read(&self, margin_days: Option<f64>) -> Self {
        match margin_days {
            None => Self { from: Instant::from_micros(i64::MIN), to: Instant::from_micros(i64::MAX) },
            Some(days) => {
                let margin = Duration::from_secs_f64(days * 86_400.0);
                Self { from: self.from - margin, to: self.to + margin }
            }
        }
    }
}

/// A UTC day, or an instant of RFC 3339.
fn moment(text: &str) -> Result<Instant, NodeError> {
    let is_day = text.len() == 10;
    let whole = if is_day { format!("{text}T00:00:00Z") } else { text.to_owned() };
    Instant::parse(&whole).map_err(|_| NodeError::Window {
        text: text.to_owned(),
        why: "it is neither a UTC day as 2026-01-31 nor an instant of RFC 3339 as 2026-01-31T12:00:00Z"
            .to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_meets_a_window_meets_one_of_its_halves() {
        let day = |text| moment(text).unwrap();
        let window = |from, to| Window::parse(from, to).unwrap();
        let whole = window("2026-01-01", "2026-01-03");
        let halves = [window("2026-01-01", "2026-01-02"), window("2026-01-02", "2026-01-03T00:00:00Z")];
        for start in ["2025-12-30", "2026-01-01", "2026-01-01T12:00:00Z", "2026-01-02", "2026-01-03"] {
            for end in [None, Some("2025-12-31"), Some("2026-01-01"), Some("2026-01-02"), Some("2026-01-05")]
            {
                let (start, end) = (day(start), end.map(day));
                if end.is_some_and(|end| end < start) {
                    continue;
                }
                assert_eq!(whole.meets(start, end), halves.iter().any(|half| half.meets(start, end)));
            }
        }
        assert!(
            Window::parse("2026-01-02", "2026-01-02").is_err()
                && Window::parse("yesterday", "2026-01-02").is_err()
        );
    }
}
