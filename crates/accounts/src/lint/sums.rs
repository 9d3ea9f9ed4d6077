//! Parts against their total: one set of slots, each with the rival figures of one part, and the rival totals. What closes
//! vouches for its rows; what closes in no combination is reported once, at the row that one slip would mend.

use crate::decimal::{Decimal, Rounding};
use crate::interval::Interval;

use super::explain::{self, factors};
use super::finding::{Arithmetic, Code, Operator};
use super::printed;
use super::sheet::{Index, Row, Sheet};

/// Rival figures of one part that are tried.
const RIVALS: usize = 4;
const COMBINATIONS: usize = 256;

pub(super) struct Sum {
    pub(super) parts: Vec<Vec<Index>>,
    pub(super) totals: Vec<Index>,
}

/// What one choice of parts adds up to.
struct Chosen {
    rows: Vec<Index>,
    sum: Decimal,
    within: Interval,
}

fn choices(sheet: &Sheet<'_>, parts: &[Vec<Index>]) -> Vec<Chosen> {
    let count = parts.iter().try_fold(1usize, |all, part| all.checked_mul(part.len().min(RIVALS)));
    let rivals = if count.is_some_and(|count| count <= COMBINATIONS) { RIVALS } else { 1 };
    let zero = Interval::exact(Decimal::ZERO);
    let mut all = vec![Chosen { rows: Vec::new(), sum: Decimal::ZERO, within: zero }];
    for part in parts {
        let mut next = Vec::new();
        for chosen in &all {
            for index in part.iter().take(rivals) {
                let Some(row) = sheet.row(*index) else { continue };
                let Ok(within) = chosen.within.add(row.within) else { continue };
                let Ok(sum) = chosen.sum.add(row.base, Rounding::Nearest) else { continue };
                let mut rows = chosen.rows.clone();
                rows.push(*index);
                next.push(Chosen { rows, sum, within });
            }
        }
        all = next;
    }
    all
}

/// Whether the parts close with any total; all that close are vouched for.
pub(super) fn close(sheet: &mut Sheet<'_>, sum: &Sum) -> bool {
    let mut closed = Vec::new();
    let choices = choices(sheet, &sum.parts);
    for total in &sum.totals {
        let Some(row) = sheet.row(*total) else { continue };
        let gap =
            |chosen: &&Chosen| chosen.sum.sub(row.base, Rounding::Nearest).map_or(row.base, Decimal::abs);
        let meeting = choices.iter().filter(|chosen| row.within.overlap(chosen.within).is_some());
        // Of rival parts only those that come nearest: a coarse total closes with many.
        if let Some(chosen) = meeting.min_by_key(gap) {
            closed.extend(&chosen.rows);
            closed.push(*total);
        }
    }
    closed.iter().for_each(|index| sheet.vouch(*index));
    !closed.is_empty()
}

/// Reports a sum that does not close.
pub(super) fn settle(sheet: &mut Sheet<'_>, sum: &Sum) -> bool {
    if sum.parts.is_empty() || sum.totals.is_empty() || close(sheet, sum) {
        return true;
    }
    let Some((chosen, total)) = nearest(sheet, sum) else { return true };
    let Some((index, mend)) = suspect(sheet, sum, &chosen, total) else { return true };
    let mut others = chosen.rows.clone();
    others.push(total);
    let arithmetic = arithmetic(sheet, &chosen, total);
    sheet.accuse(Code::SumMismatch, index, &others, arithmetic.clone(), None);
    if let Some(code) = mend {
        sheet.accuse(code, index, &others, arithmetic, None);
    }
    false
}

pub(super) fn of(sheet: &Sheet<'_>, rows: &[Index]) -> Option<(Decimal, Interval)> {
    let parts: Vec<Vec<Index>> = rows.iter().map(|row| vec![*row]).collect();
    choices(sheet, &parts).pop().map(|chosen| (chosen.sum, chosen.within))
}

pub(super) fn arithmetic_of(sheet: &Sheet<'_>, rows: &[Index], total: Index) -> Option<Arithmetic> {
    let (sum, within) = of(sheet, rows)?;
    arithmetic(sheet, &Chosen { rows: rows.to_vec(), sum, within }, total)
}

fn arithmetic(sheet: &Sheet<'_>, chosen: &Chosen, total: Index) -> Option<Arithmetic> {
    let operands = chosen.rows.iter().filter_map(|index| Some(sheet.operand(sheet.row(*index)?))).collect();
    sheet.compared(sheet.row(total)?, Operator::Sum, operands, chosen.sum, chosen.within)
}

fn nearest(sheet: &Sheet<'_>, sum: &Sum) -> Option<(Chosen, Index)> {
    let mut best: Option<((usize, Decimal), Chosen, Index)> = None;
    for chosen in choices(sheet, &sum.parts) {
        // The finest total says most.
        let gap = |total: &Index| {
            let row = sheet.row(*total)?;
            Some((row.base.sub(chosen.sum, Rounding::Nearest).ok()?.abs(), row.within.width().ok()?, *total))
        };
        let foreign = |total: Index| {
            let source = sheet.row(total).map(|row| row.source);
            chosen.rows.iter().filter(|part| sheet.row(**part).map(|row| row.source) != source).count()
        };
        let Some((gap, _, total)) =
            sum.totals.iter().filter_map(gap).min_by(|a, b| (a.1, a.0).cmp(&(b.1, b.0)))
        else {
            continue;
        };
        // Parts that the source of the total gives itself are what it added.
        let rank = (foreign(total), gap);
        if best.as_ref().is_none_or(|(known, _, _)| rank < *known) {
            best = Some((rank, chosen, total));
        }
    }
    best.map(|(_, chosen, total)| (chosen, total))
}

/// The row whose one slip would mend the sum, and the slip; else the total, unless another total stands by it.
fn suspect(sheet: &Sheet<'_>, sum: &Sum, chosen: &Chosen, total: Index) -> Option<(Index, Option<Code>)> {
    let whole = *sheet.row(total)?;
    let stands = |index: &Index| {
        let near = |row: &Row<'_>| row.log.zip(whole.log).is_some_and(|(a, b)| (a - b).abs() <= 0.01);
        *index != total && sheet.row(*index).is_some_and(|row| row.source != whole.source && near(row))
    };
    let supported = sum.totals.iter().any(stands);
    let mut candidates = chosen.rows.clone();
    if !supported {
        candidates.push(total);
    }
    let mut best: Option<(u8, f64, Index, Option<Code>)> = None;
    let mut second = 0.0;
    for index in candidates {
        let row = *sheet.row(index)?;
        let needed = if index == total {
            chosen.within
        } else {
            // What the part would have to be: the total less the other parts.
            let others = chosen.within.sub(row.within).ok()?;
            whole.within.sub(Interval::new(others.low().min(others.high()), others.high()).ok()?).ok()?
        };
        let Ok(middle) = needed.middle() else { continue };
        let (rank, code) = mend(&row, needed, middle);
        let gain = gain(sheet, index, middle);
        let better = best.is_none_or(|(known, most, _, _)| (rank > known) || (rank == known && gain > most));
        if better {
            second = best.map_or(0.0, |(_, most, _, _)| most);
            best = Some((rank, gain, index, code));
        } else if gain > second {
            second = gain;
        }
    }
    let (rank, gain, index, code) = best?;
    // The total of the source that gives most of the parts.
    let own = |total: &Index| {
        let source = sheet.row(*total).map(|row| row.source);
        chosen.rows.iter().filter(|part| sheet.row(**part).map(|row| row.source) == source).count()
    };
    let fallback =
        sum.totals.iter().copied().max_by_key(|other| (own(other), *other == total)).unwrap_or(total);
    // One changed digit fits many rows: it decides only where the years beside it say so, and of no other row.
    let clear = gain > 0.2 && gain > second + 0.15;
    Some(if rank >= 3 || clear {
        (index, code)
    } else {
        (fallback, if fallback == index { code } else { None })
    })
}

fn mend(row: &Row<'_>, needed: Interval, middle: Decimal) -> (u8, Option<Code>) {
    let size = middle.to_f64();
    let Some(log) = row.log.filter(|_| size > 0.0) else { return (0, None) };
    let apart = log - libm::log(size);
    let sharp = needed.width().is_ok_and(|width| width.to_f64() < size * 0.02);
    let exactly = |factor: Decimal| {
        let factor = Interval::exact(if apart > 0.0 { explain::inverse(factor) } else { factor });
        row.within.mul(factor).is_ok_and(|own| !sharp || own.overlap(needed).is_some())
    };
    let mut mistaken = factors(row.dimension()).filter(|(_, _, factor)| (apart.abs() - factor).abs() < 0.02);
    if let Some((code, _, _)) = mistaken.find(|(_, factor, _)| exactly(*factor)) {
        return (3, Some(code));
    }
    let fits = |value: Decimal| {
        let base = value.mul(row.unit.factor(), Rounding::Nearest);
        base.is_ok_and(|base| needed.contains(base))
    };
    if sharp && printed::swaps(row.value).into_iter().any(fits) {
        return (3, Some(Code::DigitsSwapped));
    }
    let in_unit = middle
        .div(row.unit.factor(), Rounding::Nearest)
        .and_then(|value| value.round_to(0, Rounding::Nearest));
    match in_unit.ok().filter(|_| sharp).and_then(|value| printed::slip(row.value, value)) {
        Some(slip) => (1, Some(explain::slip_code(slip))),
        None => (0, None),
    }
}

/// How much nearer the needed value lies to the years beside it.
fn gain(sheet: &Sheet<'_>, index: Index, needed: Decimal) -> f64 {
    let size = needed.to_f64();
    let Some(row) = sheet.row(index) else { return 0.0 };
    let Some(own) = row.log.filter(|_| size > 0.0) else { return 0.0 };
    let Some(name) = sheet.name_of(row) else { return 0.0 };
    let mut logs = Vec::new();
    for step in [-1, 1] {
        let near = (1..=3).find_map(|far| {
            let levels =
                sheet.levels(&name.family, row.place, row.year().checked_add(step * far)?, row.dimension());
            sheet.row(*levels.first()?)?.log
        });
        logs.extend(near);
    }
    let count = logs.len();
    if count == 0 {
        return 0.0;
    }
    let beside = logs.iter().sum::<f64>() / if count == 2 { 2.0 } else { 1.0 };
    (own - beside).abs() - (libm::log(size) - beside).abs()
}
