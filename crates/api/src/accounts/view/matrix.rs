//! The verdict matrix as the page shows it: promises by programme, a row a reading of the baseline, a cell a method, a
//! vintage and an interval end.

use std::collections::{BTreeMap, BTreeSet};

use bitacora_accounts::Observation;
use bitacora_accounts::import::{Baseline, Commitment, Deadline, Target};
use bitacora_accounts::registry::Registry;
use bitacora_accounts::verdict::{End, Judged, Matrix, Reading, Row, matrix};

use super::Page;
use super::figures::{place, text};
use crate::error::ApiError;
use crate::shapes::{
    AccountsView, BaselineShape, CommitmentDetail, ConditionEvent, ConditionShape, JudgedShape, MatrixCell,
    MatrixGroup, MatrixRow, MethodShape, NotTakenShape, PublisherShape, SourceRef, StatedSource, Words,
};

/// Rows and facts left out that the page lists; the command line lists all.
const NOT_TAKEN: usize = 200;
/// A publisher without a figure for so many whole years is late.
const LATE_YEARS: i16 = 2;

fn judge(page: &Page<'_>) -> Matrix {
    let book = &page.book;
    matrix(book.ledger(), book.registry(), book.commitments(), Some(page.as_of))
}

pub(crate) fn overview(page: &Page<'_>, findings: usize) -> Result<AccountsView, ApiError> {
    let book = &page.book;
    let matrix = judge(page);
    let shown: Vec<&Commitment> = book.commitments().iter().filter(|own| is_of(page, own)).collect();
    let mut groups: Vec<MatrixGroup> = Vec::new();
    for programme in book.registry().programmes() {
        let of = |own: &&&Commitment| {
            let indicator = book.registry().indicator(&own.indicator);
            indicator.is_some_and(|indicator| indicator.programme == programme.code)
        };
        let rows: Vec<MatrixRow> = shown.iter().filter(of).flat_map(|own| rows(&matrix, own)).collect();
        if !rows.is_empty() {
            groups.push(MatrixGroup {
                programme: programme.code.to_string(),
                name: (&programme.name).into(),
                rows,
            });
        }
    }
    let used: BTreeSet<&str> = groups
        .iter()
        .flat_map(|group| &group.rows)
        .flat_map(|row| &row.cells)
        .map(|cell| cell.method.as_str())
        .collect();
    let methods = methods(book.registry(), &used);
    let places: BTreeSet<_> = book.registry().indicators().iter().map(|own| own.place).collect();
    Ok(AccountsView {
        as_of: page.as_of.to_string(),
        today: page.today.to_string(),
        place: page.place.to_string(),
        places: places.into_iter().map(place).collect(),
        snapshot: book.snapshot().to_string(),
        observations: book.ledger().len(),
        series: book.ledger().series().count(),
        undated: book.ledger().observations().filter(|(_, own)| own.known().is_none()).count(),
        findings,
        not_taken: book
            .not_taken()
            .iter()
            .take(NOT_TAKEN)
            .map(|own| NotTakenShape {
                file: own.file.clone(),
                line: own.line,
                code: own.code,
                why: own.why.clone(),
            })
            .collect(),
        publishers: publishers(page),
        methods,
        groups,
    })
}

/// Whether a promise is about the place asked for; what is about no measured place is shown with the first.
fn is_of(page: &Page<'_>, commitment: &Commitment) -> bool {
    page.book.registry().indicator(&commitment.indicator).is_some_and(|own| own.place == page.place)
}

fn methods(registry: &Registry, used: &BTreeSet<&str>) -> Vec<MethodShape> {
    let shown = registry.methods().iter().filter(|method| used.contains(&*method.id));
    shown
        .map(|method| MethodShape {
            id: method.id.to_string(),
            publisher: Words::code(&method.publisher),
            name: (&method.name).into(),
            text: (&method.definition).into(),
            reference: method.reference.clone(),
        })
        .collect()
}

/// Who has figures known by the day, and up to which year.
fn publishers(page: &Page<'_>) -> Vec<PublisherShape> {
    let ledger = page.book.ledger();
    let mut last: BTreeMap<&str, i16> = BTreeMap::new();
    let by_then = |own: &&Observation| own.known().is_none_or(|known| known.last() <= page.as_of);
    for own in ledger.observations().map(|(_, own)| own).filter(by_then).filter(|own| own.place == page.place)
    {
        if let Some(publisher) = own.series.publisher() {
            let year = last.entry(publisher.method()).or_insert(i16::MIN);
            *year = (*year).max(own.period.year());
        }
    }
    let shape = |(method, last_year): (&str, i16)| {
        let known = page.book.registry().method(method);
        PublisherShape {
            code: method.to_owned(),
            name: known.map_or_else(|| Words::code(method), |method| (&method.name).into()),
            last_year,
            late: last_year < page.as_of.year() - LATE_YEARS,
        }
    };
    last.into_iter().map(shape).collect()
}

/// The rows of a promise: one for each reading of its baseline.
fn rows(matrix: &Matrix, commitment: &Commitment) -> Vec<MatrixRow> {
    let Some(judged) = matrix.judged.iter().find(|own| *own.commitment == *commitment.id) else {
        return Vec::new();
    };
    let cells = matrix.of(&commitment.id);
    let readings: BTreeSet<Reading> = cells.iter().map(|cell| cell.baseline).collect();
    let row = |(place, reading): (usize, &Reading)| {
        let of: Vec<&Row> = cells.iter().filter(|cell| cell.baseline == *reading).collect();
        let why = of
            .iter()
            .all(|cell| !cell.is_judged())
            .then(|| of.first().map(|cell| cell.reason.code()))
            .flatten();
        shape(commitment, judged, *reading, place == 0, why, &of)
    };
    readings.iter().enumerate().map(row).collect()
}

fn shape(
    commitment: &Commitment,
    judged: &Judged,
    reading: Reading,
    first_of_commitment: bool,
    why: Option<&'static str>,
    cells: &[&Row],
) -> MatrixRow {
    let (target, target_high) = match commitment.target {
        None => (None, None),
        Some(Target::One(value)) => (Some(value.to_string()), None),
        Some(Target::Between { low, high }) => (Some(low.to_string()), Some(high.to_string())),
    };
    let stated = matches!(commitment.baseline, Baseline::Of(_));
    let baseline = match reading {
        Reading::NotApplicable => None,
        reading => Some(BaselineShape { label: reading.to_string(), stated }),
    };
    MatrixRow {
        commitment: commitment.id.clone(),
        title: title(commitment),
        baseline,
        first_of_commitment,
        target,
        target_high,
        unit: commitment.unit.map(|unit| unit.to_string()),
        direction: commitment.direction.code(),
        deadline: match commitment.deadline {
            Deadline::NotApplicable => None,
            Deadline::NotStated => Some("not_stated".to_owned()),
            Deadline::Open => Some("open".to_owned()),
            Deadline::By(day) => Some(day.to_string()),
        },
        stability: judged.stability.index.map(|share| share.to_f64()),
        flips: judged.flips.iter().map(|flip| flip.axis.code()).collect(),
        why,
        cells: cells.iter().map(|cell| cell_shape(cell)).collect(),
    }
}

fn cell_shape(cell: &Row) -> MatrixCell {
    MatrixCell {
        method: cell.method.to_string(),
        vintage: cell.vintage.to_string(),
        end: cell.end.code(),
        verdict: cell.verdict.code(),
        value: text(cell.value),
        unit: cell.unit.map(|unit| unit.to_string()),
        progress: text(cell.progress),
        reason: cell.reason.code(),
        mark: cell.reason.mark().code(),
        status: cell.status.map(|status| status.code()),
        named: cell.named,
        observations: cell.base_figures.iter().chain(&cell.figures).map(|id| id.number()).collect(),
    }
}

pub(super) fn title(commitment: &Commitment) -> Words {
    commitment.title.as_ref().map_or_else(|| Words::code(&commitment.id), Words::from)
}

/// A promise, its condition, and the answer of each method as it stands.
pub(crate) fn commitment(page: &Page<'_>, id: &str) -> Result<CommitmentDetail, ApiError> {
    let found = page.book.commitment(id).ok_or_else(|| ApiError::NotFound(id.to_owned()))?;
    let matrix = judge(page);
    let figure = |ids: &[bitacora_accounts::ObservationId]| ids.first().and_then(|id| page.figure(*id));
    let standing = matrix.standing(End::Point).filter(|row| *row.commitment == *found.id);
    let year = |row: &Row| {
        let last = row.figures.first().and_then(|id| page.book.ledger().get(*id));
        last.map(|own| own.period.year())
    };
    let judged = standing
        .map(|row| JudgedShape {
            method: row.method.to_string(),
            baseline: Some(row.baseline)
                .filter(|own| *own != Reading::NotApplicable)
                .map(|own| own.to_string()),
            end_year: year(row),
            base: figure(&row.base_figures),
            end: figure(&row.figures),
            change: text(row.value),
            verdict: row.verdict.code(),
            reason: row.reason.code(),
        })
        .collect();
    let kind = matrix.judged.iter().find(|own| *own.commitment == *found.id).and_then(|own| own.condition);
    let events = events(page, id);
    // A state of affairs whose text holds no condition may still have been moved.
    let text = found.condition.clone().or_else(|| (!events.is_empty()).then(|| found.note.clone()));
    let condition =
        text.map(|text| ConditionShape { text, kind: kind.map_or("other", |kind| kind.code()), events });
    Ok(CommitmentDetail {
        row: rows(&matrix, found),
        promisers: found.promisers.clone(),
        promisee: found.promisee.clone(),
        indicator: found.indicator.to_string(),
        method_named: found.method_named.clone(),
        condition,
        source: StatedSource {
            name: found.source_name.clone(),
            reference: found.source_ref.clone(),
            note: Some(found.note.clone()).filter(|note| !note.is_empty()),
        },
        judged,
    })
}

fn events(page: &Page<'_>, id: &str) -> Vec<ConditionEvent> {
    let moves = page.book.condition_moves(id, page.as_of);
    let shape = |moved: &bitacora_accounts::record::ConditionMove| ConditionEvent {
        day: moved.day.to_string(),
        state: moved.state.code(),
        party: moved.party.clone(),
        text: moved.text.clone(),
        source: stated(&moved.source_name, &moved.source_ref),
    };
    moves.into_iter().map(shape).collect()
}

/// A source that is named and not kept: it has no file and no row.
pub(super) fn stated(name: &str, reference: &str) -> SourceRef {
    SourceRef::Named { name: name.to_owned(), reference: reference.to_owned(), file: String::new(), row: 0 }
}
