//! What one method says of one time, at each end of the published intervals: from one figure, from several of the same
//! thing, or from a sum. Never decides anything.

use super::rule::Span;
use super::{End, Reason};
use crate::day::Dates;
use crate::decimal::{Decimal, Rounding};
use crate::ledger::ObservationId;
use crate::observation::{Bound, Status};
use crate::units::Unit;

/// A value and what the truth may be, given it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct View {
    pub(super) value: Decimal,
    pub(super) span: Span,
}

/// How well figures fit the time that was asked for, the best first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Fit {
    Exact,
    /// A part of it, or more than it.
    Bounded,
    /// Of an earlier time: the latest there is.
    Earlier,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Known {
    pub(super) point: View,
    pub(super) low: Option<View>,
    pub(super) high: Option<View>,
    /// Whether a figure has a published end at all.
    pub(super) has_interval: bool,
    pub(super) ids: Vec<ObservationId>,
    pub(super) status: Status,
    /// Why the span is not one number.
    pub(super) open: Option<Reason>,
    pub(super) fit: Fit,
    pub(super) period: Dates,
    /// When the last of the figures became known; none where one has no date.
    pub(super) seen: Option<Dates>,
    /// As printed, where it is one figure.
    pub(super) printed: Option<(Decimal, Unit)>,
}

/// One figure in the unit that is asked for.
#[derive(Clone, Debug)]
pub(super) struct Fig {
    pub(super) id: ObservationId,
    pub(super) known: Option<Dates>,
    pub(super) status: Status,
    pub(super) bound: Bound,
    pub(super) dates: Dates,
    /// What of the dates was over when the figure became known: a total of 2018 that is known in September is of nine months.
    pub(super) covers: Dates,
    pub(super) value: Decimal,
    pub(super) low: Option<Decimal>,
    pub(super) high: Option<Decimal>,
    pub(super) printed: (Decimal, Unit),
}

/// Whether a number is another one rounded: it is printed to fewer digits, the other lies within half a unit of its last
/// one, and they are no more than a hundredth apart, for 200,000 is a figure of its own beside 163,290.
pub(super) fn repeats(coarse: (Decimal, Unit), fine: (Decimal, Unit)) -> bool {
    let Some((last, finer)) = coarse.0.last_place().zip(fine.0.last_place()) else { return false };
    if coarse.1 != fine.1 || last <= finer {
        return false;
    }
    let half = Decimal::constant(5, 1).shift(last);
    let apart = coarse.0.sub(fine.0, Rounding::Nearest);
    let hundredth = fine.0.abs().shift(-2);
    matches!((half, apart, hundredth), (Ok(half), Ok(apart), Ok(most)) if apart.abs() <= half.min(most))
}

impl Fig {
    fn view(&self, value: Decimal) -> View {
        let span = match self.bound {
            Bound::Point => Span::exact(value),
            Bound::AtLeast => Span { low: Some(value), high: None },
            Bound::AtMost => Span { low: None, high: Some(value) },
        };
        View { value, span }
    }

    pub(super) fn alone(&self) -> Known {
        Known {
            point: self.view(self.value),
            low: self.low.map(|value| self.view(value)),
            high: self.high.map(|value| self.view(value)),
            has_interval: self.low.is_some() || self.high.is_some(),
            ids: vec![self.id],
            status: self.status,
            open: (self.bound != Bound::Point).then_some(Reason::BoundOnly),
            fit: Fit::Exact,
            period: self.covers,
            seen: self.known,
            printed: Some(self.printed),
        }
    }
}

impl Known {
    /// At an end: the point where no interval is published, none where the interval lacks that end.
    pub(super) fn at(&self, end: End) -> Option<View> {
        match end {
            _ if !self.has_interval => Some(self.point),
            End::Point => Some(self.point),
            End::Low => self.low,
            End::High => self.high,
        }
    }

    fn map(mut self, change: impl Fn(View) -> View) -> Self {
        self.point = change(self.point);
        self.low = self.low.map(&change);
        self.high = self.high.map(&change);
        self
    }

    /// The truth is not below it.
    pub(super) fn bound_below(self, why: Reason) -> Self {
        let mut known = self.map(|view| View { span: Span { high: None, ..view.span }, ..view });
        known.open = Some(why);
        known.fit = Fit::Bounded;
        known
    }
    /// The truth is not above it.
    pub(super) fn bound_above(self, why: Reason) -> Self {
        let mut known = self.map(|view| View { span: Span { low: None, ..view.span }, ..view });
        known.open = Some(why);
        known.fit = Fit::Bounded;
        known
    }
    pub(super) fn of_earlier(mut self) -> Self {
        self.fit = Fit::Earlier;
        self
    }

    fn joined(&mut self, other: &Self) {
        self.ids.extend(&other.ids);
        self.ids.sort_unstable();
        self.ids.dedup();
        self.status = self.status.max(other.status);
        self.fit = self.fit.max(other.fit);
        self.printed = None;
        self.seen = self.seen.zip(other.seen).map(|(a, b)| if a.last() >= b.last() { a } else { b });
    }

    /// Two things known of one number, each a bound: the value is the first's.
    pub(super) fn within(mut self, other: &Self) -> Self {
        let meet = |own: View, other: View| {
            let low = own.span.low.max(other.span.low);
            let high = match (own.span.high, other.span.high) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            };
            View { span: Span { low, high }, ..own }
        };
        self.point = meet(self.point, other.point);
        self.low = self.low.zip(other.at(End::Low)).map(|(own, other)| meet(own, other));
        self.high = self.high.zip(other.at(End::High)).map(|(own, other)| meet(own, other));
        let fit = self.fit;
        self.joined(other);
        self.fit = fit;
        self
    }

    /// Two figures of one day and rank that differ: the truth may be either.
    pub(super) fn or(mut self, other: &Self) -> Self {
        let hull = |own: View, other: View| {
            let low = own.span.low.zip(other.span.low).map(|(a, b)| a.min(b));
            let high = own.span.high.zip(other.span.high).map(|(a, b)| a.max(b));
            View { span: Span { low, high }, ..own }
        };
        self.point = hull(self.point, other.point);
        self.has_interval = self.has_interval && other.has_interval;
        self.low = self.low.zip(other.low).map(|(own, other)| hull(own, other));
        self.high = self.high.zip(other.high).map(|(own, other)| hull(own, other));
        self.open = Some(Reason::TwoFigures);
        let (printed, fit) = (self.printed, self.fit);
        self.joined(other);
        (self.printed, self.fit) = (printed, fit);
        self
    }

    /// The sum. None beyond what 36 digits hold.
    pub(super) fn plus(mut self, other: &Self) -> Option<Self> {
        let add = |a: View, b: View| -> Option<View> {
            let end = |a: Option<Decimal>, b: Option<Decimal>, rounding| match a.zip(b) {
                Some((a, b)) => a.add(b, rounding).ok().map(Some),
                None => Some(None),
            };
            Some(View {
                value: a.value.add(b.value, Rounding::Nearest).ok()?,
                span: Span {
                    low: end(a.span.low, b.span.low, Rounding::Down)?,
                    high: end(a.span.high, b.span.high, Rounding::Up)?,
                },
            })
        };
        let low = self.at(End::Low).zip(other.at(End::Low)).and_then(|(a, b)| add(a, b));
        let high = self.at(End::High).zip(other.at(End::High)).and_then(|(a, b)| add(a, b));
        self.point = add(self.point, other.point)?;
        self.has_interval = self.has_interval || other.has_interval;
        (self.low, self.high) = (low, high);
        self.open = self.open.or(other.open);
        self.joined(other);
        if self.period.last() < other.period.last() {
            self.period = other.period;
        }
        Some(self)
    }

    /// Whether this answers better than another series of the same method.
    pub(super) fn goes_before(&self, other: &Self) -> bool {
        if self.status != other.status || self.fit != other.fit {
            return (self.status, self.fit) < (other.status, other.fit);
        }
        if self.fit == Fit::Earlier && self.period.last() != other.period.last() {
            return self.period.last() > other.period.last();
        }
        if let Some((own, its)) = self.printed.zip(other.printed) {
            if repeats(own, its) {
                return false;
            }
            if repeats(its, own) {
                return true;
            }
        }
        let day = |known: &Self| known.seen.map(|seen| seen.last());
        day(self) > day(other)
    }
}
