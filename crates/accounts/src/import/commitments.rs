//! Promises as data, one a row. Empty is not "not stated": a column left empty says that nothing applies, the words say
//! that the promise leaves it open. Whether a promise was kept is computed elsewhere and never typed here.

use std::collections::BTreeSet;

use crate::codes::codes;
use crate::day::{Dates, Day};
use crate::decimal::Decimal;
use crate::method::Bilingual;
use crate::number::{self, Locale};
use crate::observation::Digest;
use crate::series::SeriesId;
use crate::units::Unit;

use super::table::{Row, Table};
use super::tidy::{Imported, unit};
use super::{Defect, Defects, NotATable, Rule};

codes!(
    /// What was promised of the indicator.
    Direction, "direction of a commitment",
    AtLeast = "at_least",
    AtMost = "at_most",
    Between = "between",
    /// To change by the target, in percent of the baseline.
    Change = "change",
    Increase = "increase",
    Decrease = "decrease",
    Maintain = "maintain",
    /// A state of affairs, not a quantity.
    State = "state",
);

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Target {
    One(Decimal),
    Between { low: Decimal, high: Decimal },
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Baseline {
    NotApplicable,
    NotStated,
    Of(Dates),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Deadline {
    NotApplicable,
    NotStated,
    /// Without an end.
    Open,
    By(Day),
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Commitment {
    pub line: u64,
    pub id: String,
    /// Short, for people; where none is given the id stands.
    pub title: Option<Bilingual>,
    /// `COL+USA` is two.
    pub promisers: Vec<String>,
    pub promisee: String,
    pub indicator: SeriesId,
    pub direction: Direction,
    pub target: Option<Target>,
    pub unit: Option<Unit>,
    pub baseline: Baseline,
    pub deadline: Deadline,
    pub method_named: Option<String>,
    pub condition: Option<String>,
    pub source_name: String,
    pub source_ref: String,
    pub note: String,
}

impl Commitment {
    /// Whether another row is the same promise, wherever it stands and whether or not it has a title.
    pub fn says_the_same_as(&self, other: &Self) -> bool {
        let title = other.title.clone().or_else(|| self.title.clone());
        *self == Self { line: self.line, title, ..other.clone() }
    }

    /// Whether figures can decide it at all: a direction with a number to reach.
    pub const fn is_measurable(&self) -> bool {
        self.target.is_some()
    }
}

const NEEDED: &[&str] = &[
    "id",
    "promiser",
    "promisee",
    "indicator",
    "direction",
    "target",
    "unit",
    "baseline",
    "deadline",
    "source_name",
];
const READ: &[&str] = &["method_named", "condition", "source_ref", "note", "title_en", "title_es"];

pub fn commitments(bytes: &[u8]) -> Result<Imported<Commitment>, NotATable> {
    let mut defects = Defects::default();
    let table = Table::open(bytes, NEEDED, READ, &mut defects)?;
    let mut rows = Vec::new();
    let mut ids = BTreeSet::new();
    table.rows(&mut defects, |row| {
        let commitment = commitment(row)?;
        if !ids.insert(commitment.id.clone()) {
            return Err(row.defect("id", Rule::IdTwice, commitment.id));
        }
        rows.push(commitment);
        Ok(())
    })?;
    Ok(Imported { file: Digest::of(bytes), rows, defects })
}

fn commitment(row: &Row<'_>) -> Result<Commitment, Defect> {
    let id = row.cell("id");
    if id.is_empty() {
        return Err(row.defect("id", Rule::IdMissing, ""));
    }
    let indicator = row.cell("indicator");
    let indicator =
        SeriesId::read(indicator).map_err(|_| row.defect("indicator", Rule::BadSeries, indicator))?;
    let direction = row.cell("direction");
    let direction: Direction =
        direction.parse().map_err(|_| row.defect("direction", Rule::DirectionUnknown, direction))?;
    let target = target(row, direction)?;
    let unit = if row.cell("unit").is_empty() { None } else { Some(unit(row)?) };
    if unit.is_none() && target.is_some() {
        return Err(row.defect("unit", Rule::UnitMissing, ""));
    }
    let given = |column: &str| Some(row.cell(column)).filter(|text| !text.is_empty()).map(str::to_owned);
    Ok(Commitment {
        line: row.line,
        id: id.to_owned(),
        title: given("title_en").zip(given("title_es")).map(|(en, es)| Bilingual { en, es }),
        promisers: row.cell("promiser").split('+').map(|part| part.trim().to_owned()).collect(),
        promisee: row.cell("promisee").to_owned(),
        indicator,
        direction,
        target,
        unit,
        baseline: baseline(row)?,
        deadline: deadline(row)?,
        method_named: given("method_named"),
        condition: given("condition"),
        source_name: row.cell("source_name").to_owned(),
        source_ref: row.cell("source_ref").to_owned(),
        note: row.cell("note").to_owned(),
    })
}

fn target(row: &Row<'_>, direction: Direction) -> Result<Option<Target>, Defect> {
    let text = row.cell("target");
    let bad = || row.defect("target", Rule::TargetUnreadable, text);
    let one =
        |part: &str| number::read(part, Some(Locale::En)).map(number::Printed::value).map_err(|_| bad());
    match (text.split_once(';'), direction) {
        (None, _) if text.is_empty() => Ok(None),
        (Some((low, high)), Direction::Between) => {
            let (low, high) = (one(low)?, one(high)?);
            if low > high { Err(bad()) } else { Ok(Some(Target::Between { low, high })) }
        }
        (None, Direction::AtLeast | Direction::AtMost | Direction::Change) => {
            Ok(Some(Target::One(one(text)?)))
        }
        // A number that the direction cannot use is not dropped: the row is wrong.
        (None, Direction::Increase | Direction::Decrease | Direction::Maintain) => {
            Ok(Some(Target::One(one(text)?)))
        }
        _ => Err(bad()),
    }
}

fn baseline(row: &Row<'_>) -> Result<Baseline, Defect> {
    match row.cell("baseline") {
        "" => Ok(Baseline::NotApplicable),
        "not stated" => Ok(Baseline::NotStated),
        text => {
            text.parse().map(Baseline::Of).map_err(|_| row.defect("baseline", Rule::BaselineUnreadable, text))
        }
    }
}

fn deadline(row: &Row<'_>) -> Result<Deadline, Defect> {
    match row.cell("deadline") {
        "" => Ok(Deadline::NotApplicable),
        "not stated" => Ok(Deadline::NotStated),
        "open" => Ok(Deadline::Open),
        text => {
            text.parse().map(Deadline::By).map_err(|_| row.defect("deadline", Rule::DeadlineUnreadable, text))
        }
    }
}
