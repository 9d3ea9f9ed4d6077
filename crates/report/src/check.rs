//! Whether a report can be printed whole: bounded in size, every number with a source that exists, every drawing on one
//! unit. What fails is refused with its place; nothing is cut to fit.

use std::collections::BTreeSet;

use bitacora_accounts::Day;

use crate::number::{approximate, is_decimal};
use crate::{BadReport, Number, Origin, Reading, ReportInput, SeriesChart, Texts};

pub const MOST_CHARS: usize = 4_000;
/// On one drawing.
pub const MOST_METHODS: usize = 8;
/// In the report.
pub const MOST_LISTED: usize = 32;
pub const MOST_COMMITMENTS: usize = 1_000;
pub const MOST_CELLS: usize = 40_000;
pub const MOST_CHARTS: usize = 60;
pub const MOST_POINTS: usize = 10_000;
pub const MOST_ROWS: usize = 5_000;
pub const MOST_SOURCES: usize = 20_000;
/// More successive figures than this on one drawing cannot be told apart.
const MOST_LINES: usize = 40;

type Checked = Result<(), BadReport>;

struct Checker<'a> {
    sources: BTreeSet<&'a str>,
    methods: BTreeSet<&'a str>,
    as_of: Day,
}

fn at_most(place: &str, found: usize, most: usize) -> Checked {
    if found > most { Err(BadReport::TooMany { place: place.to_owned(), found, most }) } else { Ok(()) }
}

fn short_enough(place: &str, text: &str) -> Checked {
    // Bytes first: counting the letters of a huge text is itself work.
    if text.len() <= MOST_CHARS {
        return Ok(());
    }
    let found = text.chars().count();
    if found > MOST_CHARS {
        return Err(BadReport::TooLong { place: place.to_owned(), found, most: MOST_CHARS });
    }
    Ok(())
}

fn said(place: &str, text: &str) -> Checked {
    if text.trim().is_empty() {
        return Err(BadReport::Empty { place: place.to_owned() });
    }
    short_enough(place, text)
}

/// A sentence that the report prints: both languages have it.
fn texts(place: &str, both: &Texts) -> Checked {
    said(place, &both.es)?;
    said(place, &both.en)
}

fn maybe(place: &str, both: Option<&Texts>) -> Checked {
    both.map_or(Ok(()), |both| texts(place, both))
}

fn hash(place: &str, value: &str) -> Checked {
    let small = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    if value.len() == 64 && value.bytes().all(small) {
        return Ok(());
    }
    Err(BadReport::BadHash { place: place.to_owned(), value: value.chars().take(80).collect() })
}

fn decimal(place: &str, value: &str) -> Checked {
    if is_decimal(value) {
        return Ok(());
    }
    Err(BadReport::NotANumber { place: place.to_owned(), value: value.chars().take(60).collect() })
}

fn interval(place: &str, low: Option<&String>, high: Option<&String>) -> Checked {
    let bad = || BadReport::BadInterval {
        place: place.to_owned(),
        low: low.cloned().unwrap_or_default(),
        high: high.cloned().unwrap_or_default(),
    };
    match (low, high) {
        (None, None) => Ok(()),
        (Some(low), Some(high)) => {
            decimal(place, low)?;
            decimal(place, high)?;
            if approximate(low) <= approximate(high) { Ok(()) } else { Err(bad()) }
        }
        _ => Err(bad()),
    }
}

fn forward<T: PartialOrd + std::fmt::Display>(
    place: &str,
    items: impl Iterator<Item = T>,
    strictly: bool,
) -> Checked {
    let mut before: Option<T> = None;
    for item in items {
        let bad = before.as_ref().is_some_and(|last| if strictly { *last >= item } else { *last > item });
        if bad {
            return Err(BadReport::OutOfOrder { place: place.to_owned(), value: item.to_string() });
        }
        before = Some(item);
    }
    Ok(())
}

impl Checker<'_> {
    fn refs(&self, place: &str, ids: &[String]) -> Checked {
        at_most(place, ids.len(), MOST_ROWS)?;
        match ids.iter().find(|id| !self.sources.contains(id.as_str())) {
            None => Ok(()),
            Some(id) => {
                Err(BadReport::UnknownSource { place: place.to_owned(), id: id.chars().take(80).collect() })
            }
        }
    }

    /// INVARIANT: every number opens its source.
    fn number(&self, place: &str, number: &Number) -> Checked {
        decimal(place, &number.value)?;
        short_enough(place, &number.unit)?;
        if number.sources.is_empty() {
            return Err(BadReport::NoSource { place: place.to_owned(), value: number.value.clone() });
        }
        self.refs(place, &number.sources)
    }

    fn maybe_number(&self, place: &str, number: Option<&Number>) -> Checked {
        number.map_or(Ok(()), |number| self.number(place, number))
    }

    fn method(&self, place: &str, id: &str) -> Checked {
        if self.methods.contains(id) {
            return Ok(());
        }
        Err(BadReport::UnknownMethod { place: place.to_owned(), id: id.chars().take(80).collect() })
    }

    fn on_axis(&self, place: &str, number: &Number, unit: &str) -> Checked {
        self.number(place, number)?;
        if number.unit == unit {
            return Ok(());
        }
        let (found, expected) = (number.unit.clone(), unit.to_owned());
        Err(BadReport::MixedUnits { place: place.to_owned(), found, expected })
    }

    fn known(&self, place: &str, day: Day) -> Checked {
        if day <= self.as_of {
            return Ok(());
        }
        let (value, as_of) = (day.to_string(), self.as_of.to_string());
        Err(BadReport::AfterAsOf { place: place.to_owned(), value, as_of })
    }

    fn chart(&self, place: &str, chart: &SeriesChart) -> Checked {
        texts(place, &chart.title)?;
        maybe(place, chart.note.as_ref())?;
        short_enough(place, &chart.unit)?;
        at_most(place, chart.curves.len(), MOST_METHODS)?;
        at_most(place, chart.breaks.len() + chart.hull.len(), MOST_ROWS)?;
        for curve in &chart.curves {
            self.method(place, &curve.method)?;
            forward(place, curve.points.iter().map(|point| point.year), true)?;
            forward(place, curve.missing.iter().flat_map(|gap| [gap.from, gap.to]), false)?;
            for point in &curve.points {
                let here = format!("{place}, {} {}", curve.method, point.year);
                self.on_axis(&here, &point.value, &chart.unit)?;
                interval(&here, point.low.as_ref(), point.high.as_ref())?;
                short_enough(&here, &point.vintage)?;
            }
            for gap in &curve.missing {
                texts(place, &gap.why)?;
            }
        }
        forward(place, chart.hull.iter().map(|one| one.year), true)?;
        for one in &chart.hull {
            interval(place, Some(&one.low), Some(&one.high))?;
        }
        for one in &chart.breaks {
            texts(place, &one.what)?;
        }
        let Some(pooled) = &chart.pooled else { return Ok(()) };
        texts(place, &pooled.not_identified)?;
        forward(place, pooled.years.iter().map(|one| one.year), true)?;
        for one in &pooled.years {
            self.on_axis(place, &one.middle, &chart.unit)?;
            interval(place, Some(&one.low), Some(&one.high))?;
        }
        Ok(())
    }
}

/// Refuses what cannot be printed whole.
pub fn check(input: &ReportInput) -> Checked {
    at_most("sources", input.sources.len(), MOST_SOURCES)?;
    at_most("methods", input.methods.len(), MOST_LISTED)?;
    let mut checker = Checker { sources: BTreeSet::new(), methods: BTreeSet::new(), as_of: input.as_of };
    for (at, source) in input.sources.iter().enumerate() {
        let place = format!("source {}", at + 1);
        said(&place, &source.id)?;
        texts(&place, &source.name)?;
        short_enough(&place, &source.reference)?;
        short_enough(&place, &source.vintage)?;
        match &source.origin {
            Origin::Named => {}
            Origin::Row { sha256, .. } => hash(&place, sha256)?,
            Origin::Span { sha256, from, to } => {
                hash(&place, sha256)?;
                if from >= to {
                    let (low, high) = (from.to_string(), to.to_string());
                    return Err(BadReport::BadInterval { place, low, high });
                }
            }
            Origin::Derived { rule, from } => {
                texts(&place, rule)?;
                // Entries before this one are known: what is derived stands after what it comes from, so no circle.
                if let Some(id) = from.iter().find(|id| !checker.sources.contains(id.as_str())) {
                    let known = input.sources.iter().any(|one| one.id == **id);
                    let id = id.chars().take(80).collect();
                    return Err(if known {
                        BadReport::CircularSource { place, id }
                    } else {
                        BadReport::UnknownSource { place, id }
                    });
                }
                at_most(&place, from.len(), MOST_ROWS)?;
            }
        }
        if !checker.sources.insert(&source.id) {
            return Err(BadReport::DoubleId { place, id: source.id.clone() });
        }
    }
    for (at, method) in input.methods.iter().enumerate() {
        let place = format!("method {}", at + 1);
        said(&place, &method.id)?;
        texts(&place, &method.short)?;
        texts(&place, &method.name)?;
        if !checker.methods.insert(&method.id) {
            return Err(BadReport::DoubleId { place, id: method.id.clone() });
        }
    }
    head(input)?;
    commitments(input, &checker)?;
    drawings(input, &checker)?;
    records(input, &checker)
}

fn head(input: &ReportInput) -> Checked {
    texts("title", &input.title)?;
    said("node", &input.node)?;
    hash("snapshot", &input.snapshot)?;
    at_most("parties", input.parties.len(), 20)?;
    for party in &input.parties {
        texts("parties", party)?;
    }
    if let Some(meeting) = &input.meeting {
        texts("meeting", &meeting.name)?;
        maybe("meeting", meeting.place.as_ref())?;
    }
    if input.as_of > input.dated {
        let (value, as_of) = (input.as_of.to_string(), input.dated.to_string());
        return Err(BadReport::AfterAsOf { place: "document date".to_owned(), value, as_of });
    }
    short_enough("bundle", &input.reproduction.bundle)?;
    short_enough("version", &input.reproduction.version)
}

fn commitments(input: &ReportInput, checker: &Checker<'_>) -> Checked {
    let all = || input.groups.iter().flat_map(|group| &group.commitments);
    at_most("groups", input.groups.len(), MOST_COMMITMENTS)?;
    at_most("commitments", all().count(), MOST_COMMITMENTS)?;
    at_most("cells", all().map(|one| one.cells.len()).sum(), MOST_CELLS)?;
    let mut ids = BTreeSet::new();
    for group in &input.groups {
        texts("group", &group.title)?;
    }
    for one in all() {
        said("commitment", &one.id)?;
        let place = format!("commitment {}", one.id.chars().take(80).collect::<String>());
        if !ids.insert(&one.id) {
            return Err(BadReport::DoubleId { place, id: one.id.clone() });
        }
        texts(&place, &one.title)?;
        texts(&place, &one.text)?;
        maybe(&place, one.flips.as_ref())?;
        short_enough(&place, &one.deadline)?;
        checker.maybe_number(&place, one.target.as_ref())?;
        checker.maybe_number(&place, one.stability.as_ref())?;
        checker.refs(&place, &one.sources)?;
        for cell in &one.cells {
            checker.method(&place, &cell.method)?;
            short_enough(&place, &cell.vintage)?;
            short_enough(&place, &cell.baseline.es)?;
            short_enough(&place, &cell.baseline.en)?;
            checker.maybe_number(&place, cell.value.as_ref())?;
        }
    }
    Ok(())
}

fn drawings(input: &ReportInput, checker: &Checker<'_>) -> Checked {
    at_most("charts", input.charts.len() + input.fans.len(), MOST_CHARTS)?;
    let pooled = |chart: &SeriesChart| chart.pooled.as_ref().map_or(0, |pooled| pooled.years.len());
    let points = |chart: &SeriesChart| {
        pooled(chart)
            + chart.curves.iter().map(|curve| curve.points.len() + curve.missing.len()).sum::<usize>()
    };
    at_most("points", input.charts.iter().map(points).sum(), MOST_POINTS)?;
    for (at, chart) in input.charts.iter().enumerate() {
        checker.chart(&format!("chart {}", at + 1), chart)?;
    }
    for (at, fan) in input.fans.iter().enumerate() {
        let place = format!("fan {}", at + 1);
        texts(&place, &fan.title)?;
        maybe(&place, fan.note.as_ref())?;
        short_enough(&place, &fan.unit)?;
        at_most(&place, fan.lines.len(), MOST_LINES)?;
        at_most(&place, fan.lines.iter().map(|line| line.points.len()).sum(), MOST_POINTS / 10)?;
        for line in &fan.lines {
            let here = format!("{place}, {} {}", line.method, line.year);
            checker.method(&here, &line.method)?;
            maybe(&here, line.note.as_ref())?;
            forward(&here, line.points.iter().map(|point| point.published), false)?;
            for point in &line.points {
                checker.on_axis(&here, &point.value, &fan.unit)?;
                checker.known(&here, point.published)?;
                interval(&here, point.low.as_ref(), point.high.as_ref())?;
            }
        }
    }
    Ok(())
}

fn records(input: &ReportInput, checker: &Checker<'_>) -> Checked {
    let readings: usize = input.indicators.iter().map(|one| one.readings.len().max(1)).sum();
    let steps: usize = input.chains.iter().map(|one| one.steps.len() + one.factors.len() + 1).sum();
    let actions: usize = input.meetings.iter().map(|one| one.actions.len() + one.agenda.len() + 1).sum();
    let moves = input.diff.as_ref().map_or(0, |diff| diff.moves.len());
    let positions: usize = input.claims.iter().map(|one| one.positions.len() + 1).sum();
    for (place, found) in [
        ("indicators", readings),
        ("chains", steps),
        ("meetings", actions),
        ("moves", moves),
        ("claims", positions),
        ("audits", input.audits.len()),
    ] {
        at_most(place, found, MOST_ROWS)?;
    }
    for (at, chain) in input.chains.iter().enumerate() {
        let place = format!("chain {}", at + 1);
        texts(&place, &chain.title)?;
        maybe(&place, chain.note.as_ref())?;
        for step in chain.steps.iter().chain([&chain.result]) {
            texts(&place, &step.name)?;
            checker.number(&place, &step.value)?;
            interval(&place, step.low.as_ref(), step.high.as_ref())?;
        }
        if let Some(simulated) = &chain.simulated {
            checker.number(&place, &simulated.middle)?;
            interval(&place, Some(&simulated.low), Some(&simulated.high))?;
            decimal(&place, &simulated.coverage)?;
        }
        for factor in &chain.factors {
            texts(&place, &factor.name)?;
            checker.number(&place, &factor.from)?;
            checker.number(&place, &factor.to)?;
            checker.number(&place, &factor.share)?;
        }
    }
    for (at, audit) in input.audits.iter().enumerate() {
        let place = format!("audit {}", at + 1);
        texts(&place, &audit.publisher)?;
        texts(&place, &audit.quantity)?;
        checker.number(&place, &audit.judged)?;
        checker.number(&place, &audit.covered)?;
        checker.maybe_number(&place, audit.width.as_ref())?;
        maybe(&place, audit.omitted.as_ref())?;
    }
    for (at, claim) in input.claims.iter().enumerate() {
        let place = format!("claim {}", at + 1);
        said(&place, &claim.speaker)?;
        short_enough(&place, &claim.date)?;
        said(&place, &claim.said.text)?;
        checker.maybe_number(&place, claim.quantity.as_ref())?;
        checker.maybe_number(&place, claim.found.as_ref())?;
        maybe(&place, claim.why.as_ref())?;
        checker.refs(&place, &claim.sources)?;
        for position in &claim.positions {
            texts(&place, &position.party)?;
            texts(&place, &position.text)?;
            checker.refs(&place, &position.sources)?;
        }
    }
    for (at, indicator) in input.indicators.iter().enumerate() {
        let place = format!("indicator {}", at + 1);
        texts(&place, &indicator.group)?;
        texts(&place, &indicator.name)?;
        maybe(&place, indicator.note.as_ref())?;
        for reading in &indicator.readings {
            match reading {
                Reading::Shown(shown) => {
                    checker.number(&place, &shown.value)?;
                    short_enough(&place, &shown.period)?;
                    short_enough(&place, &shown.vintage)?;
                }
                Reading::Missing { period, why } => {
                    short_enough(&place, period)?;
                    texts(&place, why)?;
                }
            }
        }
    }
    for (at, meeting) in input.meetings.iter().enumerate() {
        let place = format!("meeting {}", at + 1);
        texts(&place, &meeting.name)?;
        maybe(&place, meeting.place.as_ref())?;
        at_most(&place, meeting.parties.len(), 20)?;
        for text in meeting.parties.iter().chain(&meeting.agenda) {
            texts(&place, text)?;
        }
        for action in &meeting.actions {
            texts(&place, &action.text)?;
            texts(&place, &action.owner)?;
            checker.refs(&place, &action.sources)?;
        }
    }
    let Some(diff) = &input.diff else { return Ok(()) };
    hash("diff", &diff.since_snapshot)?;
    checker.known("diff", diff.since)?;
    for (at, one) in diff.moves.iter().enumerate() {
        let place = format!("move {}", at + 1);
        texts(&place, &one.subject)?;
        texts(&place, &one.why)?;
        checker.maybe_number(&place, one.from.as_ref())?;
        checker.maybe_number(&place, one.to.as_ref())?;
    }
    Ok(())
}
