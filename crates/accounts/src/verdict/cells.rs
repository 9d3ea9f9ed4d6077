//! From a promise to its cells. Every path ends in a row: what cannot be judged says why.

use std::sync::Arc;

use super::known::{Fit, Known, View};
use super::rule::{Asked, Rule, Span};
use super::sweep::{Method, Picture};
use super::track::Ask;
use super::{DECIMALS, End, Reading, Reason, Row, Verdict, Vintage, baseline};
use crate::day::{Dates, Day};
use crate::decimal::{Decimal, Rounding};
use crate::import::{Commitment, Deadline};
use crate::indicator::{Accrual, Indicator};
use crate::ledger::{Ledger, ObservationId};
use crate::observation::Status;
use crate::registry::Registry;

/// More revisions of one base than this are not read one by one.
const MOST_REVISIONS: usize = 32;

pub(super) fn of(
    ledger: &Ledger,
    registry: &Registry,
    commitment: &Commitment,
    until: Option<Day>,
    rows: &mut Vec<Row>,
) {
    let deadline = match commitment.deadline {
        Deadline::By(day) => Some(day),
        _ => None,
    };
    let beside = baseline::beside_level(commitment);
    let nothing = |method: &str, reading: Reading, named: bool, reason: Reason| Row {
        commitment: commitment.id.as_str().into(),
        method: method.into(),
        baseline: reading,
        vintage: Vintage::None,
        end: End::Point,
        verdict: Verdict::NotMeasurable,
        value: None,
        target: commitment.target,
        unit: commitment.unit,
        reason,
        progress: None,
        status: None,
        named,
        base_figures: Vec::new(),
        figures: Vec::new(),
    };
    let indicator = registry.indicator(&commitment.indicator);
    let (rule, indicator) = match (commitment.target, indicator) {
        (None, _) => return rows.push(nothing("-", beside, true, Reason::NoTarget)),
        (_, None) => return rows.push(nothing("-", beside, true, Reason::NoSeries)),
        (Some(_), Some(indicator)) => match Rule::of(commitment, indicator.unit) {
            None => return rows.push(nothing("-", beside, true, Reason::TargetUnclear)),
            Some(rule) => (rule, indicator),
        },
    };
    let methods = indicator.methods();
    if methods.is_empty() {
        return rows.push(nothing("-", beside, true, Reason::NoSeries));
    }
    if let Some(named) = commitment.method_named.as_deref()
        && !methods.iter().any(|method| &***method == named)
    {
        rows.push(nothing(named, beside, true, Reason::NamedMethodHasNoSeries));
    }
    let bases = baseline::periods(commitment);
    for id in methods {
        let named = commitment.method_named.as_deref().is_none_or(|named| named == &**id);
        let asked = Promise { commitment, indicator, rule, deadline, until, id, named };
        let readings: Vec<Reading> = match rule {
            Rule::Level(_) => vec![beside],
            Rule::Change(_) => bases.iter().map(|dates| Reading::Of(*dates)).collect(),
        };
        if readings.is_empty() {
            rows.push(nothing(id, Reading::NotApplicable, named, Reason::BaselineUnreadable));
            continue;
        }
        let mut cells = match asked.read(ledger) {
            Err(reason) => {
                rows.push(nothing(id, Reading::NotApplicable, named, reason));
                continue;
            }
            Ok(method) => asked.cells(&method, beside, &bases, &nothing),
        };
        cells.sort_by_key(|row| (place(row.baseline), row.vintage, row.end));
        rows.append(&mut cells);
    }
}

/// A reading as known earlier stands behind the reading itself.
fn place(reading: Reading) -> (Option<Dates>, Option<Day>) {
    match reading {
        Reading::NotApplicable => (None, None),
        Reading::Of(dates) => (Some(dates), None),
        Reading::AsOf { dates, day } => (Some(dates), Some(day)),
    }
}

/// One promise and one method.
struct Promise<'a> {
    commitment: &'a Commitment,
    indicator: &'a Indicator,
    rule: Rule,
    deadline: Option<Day>,
    until: Option<Day>,
    id: &'a Arc<str>,
    named: bool,
}

/// What a cell rests on, before it is said at each end.
struct Ground {
    base: Option<Known>,
    figure: Option<Known>,
    published: bool,
}

/// The last cell of a reading, so that a state in which nothing is new makes no row.
type Last = (Reading, Vec<ObservationId>, Vec<ObservationId>, Verdict, Reason);

impl Promise<'_> {
    fn read(&self, ledger: &Ledger) -> Result<Method, Reason> {
        let unit = match self.rule {
            Rule::Level(_) => self.commitment.unit,
            Rule::Change(_) => self.indicator.unit,
        };
        let unit = unit.ok_or(Reason::TargetUnclear)?;
        Method::read(ledger, self.indicator, self.id, unit, self.until)
    }

    fn cells(
        &self,
        method: &Method,
        beside: Reading,
        bases: &[Dates],
        nothing: &dyn Fn(&str, Reading, bool, Reason) -> Row,
    ) -> Vec<Row> {
        let stock = method.has(Accrual::Stock);
        let mut rows: Vec<Row> = Vec::new();
        let mut last: Vec<Last> = Vec::new();
        let mut missed_bases: Vec<Dates> = Vec::new();
        match self.rule {
            Rule::Level(asked) => {
                method.sweep(self.deadline, self.until, |picture| {
                    let figure = self.level(picture, method);
                    let ground = Ground { base: None, figure, published: false };
                    self.say(picture, beside, asked, &ground, stock, &mut last, &mut rows);
                });
            }
            Rule::Change(asked) => {
                for dates in bases.iter().copied() {
                    if self.changes(method, dates, asked, stock, &mut last, &mut rows).is_none() {
                        missed_bases.push(dates);
                    }
                }
            }
        }
        let unreadable = || {
            if method.is_empty() {
                Some(if method.other_unit() { Reason::OtherUnit } else { Reason::NoFigure })
            } else {
                None
            }
        };
        match self.rule {
            Rule::Level(_) if rows.is_empty() => {
                let later = method.first_day().zip(self.deadline).is_some_and(|(first, end)| first > end);
                let reason = if later { Reason::SeriesStartsLater } else { Reason::NoFigure };
                rows.push(nothing(self.id, beside, self.named, unreadable().unwrap_or(reason)));
            }
            Rule::Level(_) => {}
            Rule::Change(_) => {
                for dates in bases.iter().copied() {
                    let any = rows.iter().any(|row| row.baseline == Reading::Of(dates));
                    if !any {
                        let reason = if missed_bases.contains(&dates) {
                            Reason::TooManyFigures
                        } else {
                            unreadable().unwrap_or(Reason::NoBaseFigure)
                        };
                        rows.push(nothing(self.id, Reading::Of(dates), self.named, reason));
                    }
                }
            }
        }
        rows
    }

    fn level(&self, picture: &Picture<'_>, method: &Method) -> Option<Known> {
        if let Some(deadline) = self.deadline {
            return picture.pick(Ask::By(deadline), |_| true);
        }
        let latest = picture.pick(Ask::Latest, |_| true)?;
        // A total that has reached what was promised stays there; anything else may still move.
        let total = !method.has(Accrual::Stock) && !method.has(Accrual::Flow);
        Some(if total { latest.bound_below(Reason::NoDeadline) } else { latest.of_earlier() })
    }

    /// The cells of one base, and of each earlier state of it. None where it was revised too often.
    fn changes(
        &self,
        method: &Method,
        dates: Dates,
        asked: Asked,
        stock: bool,
        last: &mut Vec<Last>,
        rows: &mut Vec<Row>,
    ) -> Option<()> {
        let mut states: Vec<(Day, Known)> = Vec::new();
        let mut many = false;
        let kept = rows.len();
        method.sweep(self.deadline, self.until, |picture| {
            let base = picture.pick(Ask::Base(dates), |_| true);
            let after = |known: &Known| known.period.first() > dates.last();
            let figure = match self.deadline {
                Some(deadline) => picture.pick(Ask::YearOf(deadline), after),
                None => picture.pick(Ask::Latest, after).map(Known::of_earlier),
            };
            let exact = |known: &Option<Known>| known.as_ref().is_some_and(|known| known.fit == Fit::Exact);
            let levels = exact(&base) && exact(&figure);
            let published = self.deadline.filter(|_| !levels);
            let published = published.and_then(|deadline| picture.published_change(dates, deadline));
            if let Some(change) = published {
                let ground = Ground { base: None, figure: Some(change), published: true };
                self.say(picture, Reading::Of(dates), asked, &ground, stock, last, rows);
                return;
            }
            let Some(base) = base else { return };
            if let Some(day) = picture.moment.day {
                if states.last().is_none_or(|(_, known)| known.ids != base.ids) {
                    states.push((day, base.clone()));
                    many |= states.len() > MOST_REVISIONS;
                }
                for (day, earlier) in
                    states.iter().take(MOST_REVISIONS).filter(|(_, own)| own.ids != base.ids)
                {
                    let reading = Reading::AsOf { dates, day: *day };
                    let ground =
                        Ground { base: Some(earlier.clone()), figure: figure.clone(), published: false };
                    self.say(picture, reading, asked, &ground, stock, last, rows);
                }
            }
            let ground = Ground { base: Some(base), figure, published: false };
            self.say(picture, Reading::Of(dates), asked, &ground, stock, last, rows);
        });
        if many {
            rows.truncate(kept);
            return None;
        }
        Some(())
    }

    /// The rows of one state, unless it rests on what the one before it rests on.
    #[expect(clippy::too_many_arguments, reason = "what a cell is made of")]
    fn say(
        &self,
        picture: &Picture<'_>,
        reading: Reading,
        asked: Asked,
        ground: &Ground,
        stock: bool,
        last: &mut Vec<Last>,
        rows: &mut Vec<Row>,
    ) {
        if ground.figure.is_none() && ground.base.is_none() {
            return;
        }
        let ids = |known: &Option<Known>| known.as_ref().map(|known| known.ids.clone()).unwrap_or_default();
        let (base_figures, figures) = (ids(&ground.base), ids(&ground.figure));
        let undated = |known: &Option<Known>| known.as_ref().is_some_and(|known| known.seen.is_none());
        if picture.moment.day.is_none() && !undated(&ground.base) && !undated(&ground.figure) {
            return;
        }
        let point = self.cell(picture, asked, ground, stock, End::Point);
        let Some((verdict, reason, _)) = point else { return };
        let now: Last = (reading, base_figures.clone(), figures.clone(), verdict, reason);
        match last.iter_mut().find(|own| own.0 == reading) {
            Some(own) if *own == now => return,
            Some(own) => *own = now,
            None => last.push(now),
        }
        let has = |known: &Option<Known>| known.as_ref().is_some_and(|known| known.has_interval);
        let ends: &[End] = if has(&ground.base) || has(&ground.figure) { End::ALL } else { &[End::Point] };
        let status = [&ground.base, &ground.figure].into_iter().flatten().map(|known| known.status).max();
        for end in ends.iter().copied() {
            let Some((verdict, reason, value)) = self.cell(picture, asked, ground, stock, end) else {
                continue;
            };
            let change = matches!(self.rule, Rule::Change(_));
            // What was done in another year is no progress in this one.
            let other_year =
                !change && !stock && ground.figure.as_ref().is_some_and(|own| own.fit == Fit::Earlier);
            rows.push(Row {
                commitment: self.commitment.id.as_str().into(),
                method: self.id.clone(),
                baseline: reading,
                vintage: picture.moment.day.map_or(Vintage::Unknown, Vintage::From),
                end,
                verdict,
                value: value.and_then(|value| value.round_to(DECIMALS, Rounding::Nearest).ok()),
                target: self.commitment.target,
                unit: self.commitment.unit,
                reason,
                progress: value.filter(|_| !other_year).and_then(|value| asked.progress(value, change)),
                status,
                named: self.named,
                base_figures: base_figures.clone(),
                figures: figures.clone(),
            });
        }
    }

    /// None where the published interval lacks this end.
    fn cell(
        &self,
        picture: &Picture<'_>,
        asked: Asked,
        ground: &Ground,
        stock: bool,
        end: End,
    ) -> Option<(Verdict, Reason, Option<Decimal>)> {
        let passed = picture.moment.passed;
        let waiting = match self.deadline {
            None => Reason::NoDeadline,
            Some(_) if passed => Reason::EndNotPublished,
            Some(_) => Reason::BeforeDeadline,
        };
        let Some(figure) = &ground.figure else {
            return (end == End::Point).then_some((Verdict::Undecided, waiting, None));
        };
        let mut open = figure.open;
        let mut status = figure.status;
        let view = match &ground.base {
            None => figure.at(end)?,
            Some(base) => {
                open = open.or(base.open);
                status = status.max(base.status);
                let opposite = match end {
                    End::Low => End::High,
                    End::Point => End::Point,
                    End::High => End::Low,
                };
                match change(figure.at(end)?, base.at(opposite)?) {
                    Ok(view) => view,
                    Err(reason) => return Some((Verdict::NotMeasurable, reason, None)),
                }
            }
        };
        let value = Some(view.value);
        if figure.fit == Fit::Earlier {
            return Some((Verdict::Undecided, waiting, value));
        }
        let undecided = |reason: Reason| Some((Verdict::Undecided, reason, value));
        let not_measured = match status {
            Status::Measured => None,
            Status::Claimed => Some(Reason::ClaimedOnly),
            Status::Leaked => Some(Reason::LeakedOnly),
            Status::Tertiary => Some(Reason::TertiaryOnly),
            Status::Contested => Some(Reason::ContestedOnly),
        };
        if let Some(reason) = not_measured {
            return undecided(reason);
        }
        match asked.of(view.span) {
            // A stock may move until the day.
            Some(_) if stock && !passed && self.deadline.is_some() && !ground.published => undecided(waiting),
            Some(met) => {
                let verdict = if met { Verdict::Met } else { Verdict::Missed };
                Some((verdict, ground_of(asked, view.span, open, ground.published), value))
            }
            None if !passed => undecided(waiting),
            None => undecided(open.unwrap_or(Reason::EndNotPublished)),
        }
    }
}

/// What forced the verdict.
fn ground_of(asked: Asked, span: Span, open: Option<Reason>, published: bool) -> Reason {
    let bound = open.is_some_and(|open| open != Reason::TwoFigures);
    if bound && asked.of(Span { high: None, ..span }).is_some() {
        Reason::LowerBound
    } else if bound && asked.of(Span { low: None, ..span }).is_some() {
        Reason::UpperBound
    } else if published {
        Reason::PublishedChange
    } else {
        Reason::Measured
    }
}

/// From base to end in percent of the base, rounded outwards.
fn change(end: View, base: View) -> Result<View, Reason> {
    if base.value.is_zero() {
        return Err(Reason::BaseIsZero);
    }
    if base.value.is_negative() || end.value.is_negative() {
        return Err(Reason::NotComputable);
    }
    let percent = |end: Decimal, base: Decimal, rounding: Rounding| {
        let ratio = end.div(base, rounding).ok()?.shift(2).ok()?;
        ratio.sub(Decimal::from_int(100), rounding).ok()
    };
    let positive = |value: &Decimal| !value.is_zero() && !value.is_negative();
    let low = end.span.low.zip(base.span.high.filter(positive));
    let high = end.span.high.zip(base.span.low.filter(positive));
    Ok(View {
        value: percent(end.value, base.value, Rounding::Nearest).ok_or(Reason::NotComputable)?,
        span: Span {
            low: low.and_then(|(end, base)| percent(end, base, Rounding::Down)),
            high: high.and_then(|(end, base)| percent(end, base, Rounding::Up)),
        },
    })
}
