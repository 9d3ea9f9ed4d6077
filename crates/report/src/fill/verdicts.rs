//! The matrix as the report prints it: the cells of each promise as they stand, and those of earlier vintages that say
//! otherwise.

use std::collections::BTreeSet;

use bitacora_accounts::book::Book;
use bitacora_accounts::import::{Commitment as Promise, Deadline, Target};
use bitacora_accounts::verdict::{self, End, Mark, Matrix, Reading, Row, matrix};
use bitacora_accounts::{Day, Decimal};

use super::sourced::{Sources, rounded};
use super::words;
use crate::{Cell, Commitment, Group, Number, Texts, Verdict};

/// Groups, the methods that judge something in them, and how many cells were judged in all.
pub(super) fn groups(book: &Book, as_of: Day, sources: &mut Sources<'_>) -> (Vec<Group>, Vec<String>, u64) {
    let matrix = matrix(book.ledger(), book.registry(), book.commitments(), Some(as_of));
    let mut groups = Vec::new();
    for programme in book.registry().programmes() {
        let of = |own: &&Promise| {
            book.registry().indicator(&own.indicator).is_some_and(|own| own.programme == programme.code)
        };
        let commitments: Vec<Commitment> =
            book.commitments().iter().filter(of).map(|own| commitment(&matrix, own, sources)).collect();
        if !commitments.is_empty() {
            groups.push(Group { title: words::texts(&programme.name), commitments });
        }
    }
    let used: BTreeSet<&str> = groups
        .iter()
        .flat_map(|group| &group.commitments)
        .flat_map(|own| &own.cells)
        .map(|cell| cell.method.as_str())
        .collect();
    let ordered = book.registry().methods().iter().map(|method| &*method.id);
    let methods = ordered.filter(|id| used.contains(id)).map(str::to_owned).collect();
    (groups, methods, matrix.rows.len() as u64)
}

fn commitment(matrix: &Matrix, own: &Promise, sources: &mut Sources<'_>) -> Commitment {
    let judged = matrix.judged.iter().find(|judged| *judged.commitment == *own.id);
    let stated = sources.stated(&own.source_name, &own.source_ref);
    let standing: Vec<&Row> = matrix.standing(End::Point).filter(|row| *row.commitment == *own.id).collect();
    let mut cells: Vec<Cell> = Vec::new();
    for row in matrix.of(&own.id).iter().filter(|row| row.end == End::Point) {
        let stands = standing.iter().any(|other| std::ptr::eq(*other, row));
        // An earlier state is printed where it said something else.
        let turned = row.is_judged()
            && standing.iter().any(|other| {
                other.method == row.method && other.baseline == row.baseline && other.verdict != row.verdict
            });
        if (stands || turned) && &*row.method != "-" {
            cells.push(cell(row, sources));
        }
    }
    let all: Vec<String> =
        cells.iter().filter_map(|cell| cell.value.as_ref()).flat_map(|value| value.sources.clone()).collect();
    let stability =
        judged.and_then(|judged| judged.stability.index).filter(|_| !all.is_empty()).map(|index| {
            let source = sources.derived(words::stability_rule(), all.clone());
            Number::new(rounded(index), "", source)
        });
    let mut axes: Vec<verdict::Axis> =
        judged.map(|judged| judged.flips.iter().map(|flip| flip.axis).collect()).unwrap_or_default();
    axes.dedup();
    let none = standing.iter().all(|row| !row.is_judged());
    let flips = if axes.is_empty() {
        none.then(|| matrix.of(&own.id).first().map(|row| words::reason(row.reason))).flatten()
    } else {
        Some(words::axes(&axes))
    };
    let number = |value: Decimal| {
        let unit = own.unit.map_or("", |unit| unit.code());
        let number = Number::new(value.to_string(), unit, stated.clone());
        if own.direction == bitacora_accounts::import::Direction::Change {
            number.as_change()
        } else {
            number
        }
    };
    Commitment {
        id: own.id.clone(),
        title: own.title.as_ref().map_or_else(|| Texts::same(&own.id), words::texts),
        text: words::promise(own),
        target: own.target.map(|target| match target {
            Target::One(value) => number(value),
            Target::Between { low, .. } => number(low),
        }),
        deadline: match own.deadline {
            Deadline::By(day) => day.to_string(),
            Deadline::NotApplicable | Deadline::NotStated | Deadline::Open => String::new(),
        },
        cells,
        stability,
        flips,
        sources: vec![stated],
    }
}

fn cell(row: &Row, sources: &mut Sources<'_>) -> Cell {
    let book = sources.book();
    let ids: Vec<_> = row.base_figures.iter().chain(&row.figures).copied().collect();
    let from: Vec<String> =
        ids.iter().filter_map(|id| book.ledger().get(*id)).map(|own| sources.observation(own)).collect();
    let value = row.value.filter(|_| !from.is_empty()).map(|value| {
        let unit = row.unit.map_or("", |unit| unit.code());
        let is_change =
            !row.base_figures.is_empty() || (unit == "%" && row.figures.len() == 1 && row.progress.is_none());
        // One figure alone is its own source; what was worked out says from what.
        let source = match from.as_slice() {
            [one] => one.clone(),
            _ => sources.derived(words::change_rule(), from.clone()),
        };
        let number = Number::new(rounded(value), unit, source);
        if is_change { number.as_change() } else { number }
    });
    Cell {
        method: row.method.to_string(),
        baseline: match row.baseline {
            Reading::NotApplicable => Texts::default(),
            reading => Texts::same(reading.to_string()),
        },
        vintage: match row.vintage {
            verdict::Vintage::From(day) => day.to_string(),
            verdict::Vintage::None | verdict::Vintage::Unknown => String::new(),
        },
        end: crate::End::Point,
        verdict: match (row.verdict, row.reason.mark()) {
            (verdict::Verdict::Met, _) => Verdict::Met,
            (verdict::Verdict::Missed, _) => Verdict::Missed,
            (_, Mark::NotYet) => Verdict::NotPublished,
            (verdict::Verdict::Undecided, _) => Verdict::Undecided,
            (verdict::Verdict::NotMeasurable, _) => Verdict::NotMeasurable,
        },
        value,
    }
}
