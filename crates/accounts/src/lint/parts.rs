//! Which figures are parts of which: regions of a country, countries of the Andes, departments, months of a year, years of
//! a running total, and the kinds that a name lists. The adding itself is in `sums`.

use std::collections::{BTreeMap, BTreeSet};

use crate::day::Dates;
use crate::period::Period;
use crate::place::{MUNICIPALITIES, Place};
use crate::series::SeriesId;
use crate::units::Dimension;

use super::beside::strain;
use super::edition::day_of_year;
use super::finding::{Arithmetic, Code, Operator};
use super::name::name;
use super::sheet::{Index, Sheet, some};
use super::sums::{self, Sum};
use crate::decimal::Decimal;
use crate::interval::Interval;

/// Segments under which a series is cut up without rest.
const CUTS: [&str; 12] = [
    "region",
    "regions",
    "dept",
    "department",
    "departments",
    "departamento",
    "force",
    "forces",
    "zone",
    "zones",
    "month",
    "quarter",
];
/// Kinds that make up the whole of what they stand under.
const WHOLES: [&[&str]; 2] =
    [&["productive", "new", "other"], &["productive", "nonproductive", "new", "other"]];
/// Kinds that exclude each other.
const EXCLUSIVE: [(&str, &str); 2] = [("productive", "nonproductive"), ("forced", "voluntary")];
/// A total of eradication is what planes and hands cleared.
const ERADICATION: [&str; 3] = ["aerial", "manual", "other"];

/// No running total runs longer.
const MOST_YEARS: usize = 60;

/// The rows of each part at each moment.
type Moments = BTreeMap<Moment, BTreeMap<String, Vec<Index>>>;
/// A place, a year and a dimension.
type Moment = (Place, i16, Dimension);

pub(super) fn check(sheet: &mut Sheet<'_>) {
    running_totals(sheet);
    regions(sheet);
    kinds(sheet);
    compounds(sheet);
    countries(sheet);
    departments(sheet);
    pieces_of_years(sheet);
    within_wholes(sheet);
}

fn family(series: &str) -> Option<String> {
    Some(name(&SeriesId::read(series).ok()?).family)
}

/// `co.cult.unodc.region.Pacific` and its siblings against `co.cult.unodc` and what else is counted the same way.
fn regions(sheet: &mut Sheet<'_>) {
    let mut cuts: BTreeMap<(String, String), Moments> = BTreeMap::new();
    for (series, rows) in &sheet.series {
        let Some((stem, part)) = series.rsplit_once('.') else { continue };
        let Some((whole, cut)) = stem.rsplit_once('.').filter(|(_, cut)| CUTS.contains(cut)) else {
            continue;
        };
        let Some(family) = family(whole) else { continue };
        for index in rows {
            let Some(row) = sheet.row(*index).filter(|row| row.level) else { continue };
            let moment = (row.place, row.year(), row.dimension());
            let years = cuts.entry((family.clone(), cut.to_owned())).or_default();
            years.entry(moment).or_default().entry(part.to_owned()).or_default().push(*index);
        }
    }
    for ((family, _), years) in cuts {
        for (moment, parts) in &years {
            let totals = totals(sheet, &family, *moment);
            if parts.len() < 2 || totals.is_empty() {
                continue;
            }
            let fuller =
                years.iter().filter(|(other, _)| *other != moment).map(|(_, other)| other).find(|other| {
                    other.len() > parts.len() && parts.keys().all(|part| other.contains_key(part))
                });
            let sum = Sum { parts: parts.values().cloned().collect(), totals };
            match fuller {
                None => {
                    sums::settle(sheet, &sum);
                }
                Some(fuller) if !sums::close(sheet, &sum) => {
                    let rows: Vec<Index> =
                        sum.parts.iter().filter_map(|part| part.first().copied()).collect();
                    short(sheet, &rows, fuller.len());
                }
                Some(_) => {}
            }
        }
    }
}

/// A list of fewer members than it should have, told at its first row.
pub(super) fn short(sheet: &mut Sheet<'_>, rows: &[Index], all: usize) {
    let count = |number: usize| Decimal::from_int(i64::try_from(number).unwrap_or(i64::MAX));
    let arithmetic = Arithmetic {
        operator: Operator::Count,
        operands: Vec::new(),
        computed: count(rows.len()),
        computed_within: Interval::exact(count(rows.len())),
        stated: count(all),
        stated_within: Interval::exact(count(all)),
        unit: None,
    };
    if let Some(first) = rows.first() {
        sheet.accuse(Code::ListShort, *first, rows, Some(arithmetic), None);
    }
}

fn totals(sheet: &Sheet<'_>, family: &str, (place, year, dimension): Moment) -> Vec<Index> {
    sheet.figures.get(&(family, place, year, dimension)).cloned().unwrap_or_default()
}

/// The children of a series that a list says make up the whole, and pairs that exclude each other.
fn kinds(sheet: &mut Sheet<'_>) {
    let mut children: BTreeMap<String, Moments> = BTreeMap::new();
    for (series, rows) in &sheet.series {
        let Some((stem, kind)) = series.rsplit_once('.') else { continue };
        let listed = |own: &str| own == kind;
        if !WHOLES.iter().any(|whole| whole.iter().any(|own| listed(own)))
            && !EXCLUSIVE.iter().any(|(a, b)| *a == kind || *b == kind)
        {
            continue;
        }
        for index in rows {
            let Some(row) = sheet.row(*index).filter(|row| row.level) else { continue };
            let moment = (row.place, row.year(), row.dimension());
            let moments = children.entry(stem.to_owned()).or_default();
            moments.entry(moment).or_default().entry(kind.to_owned()).or_default().push(*index);
        }
    }
    for (stem, moments) in children {
        let Some(family) = family(&stem) else { continue };
        for (moment, kinds) in moments {
            let totals = totals(sheet, &family, moment);
            if totals.is_empty() {
                continue;
            }
            let sums: Vec<Sum> = WHOLES
                .iter()
                .filter_map(|whole| {
                    let parts: Option<Vec<Vec<Index>>> =
                        whole.iter().map(|kind| kinds.get(*kind).cloned()).collect();
                    Some(Sum { parts: parts?, totals: totals.clone() })
                })
                .collect();
            let mut closed = false;
            for sum in &sums {
                closed |= sums::close(sheet, sum);
            }
            if let Some(sum) = sums.first().filter(|_| !closed) {
                sums::settle(sheet, sum);
            }
            for (a, b) in EXCLUSIVE {
                if let (Some(a), Some(b)) =
                    (kinds.get(a).and_then(|a| a.first()), kinds.get(b).and_then(|b| b.first()))
                {
                    exceeds(sheet, &[*a, *b], &totals);
                }
            }
        }
    }
}

/// Parts that are together more than every total. Told at a part that closes no sum.
fn exceeds(sheet: &mut Sheet<'_>, parts: &[Index], totals: &[Index]) {
    let Some((_, within)) = sums::of(sheet, parts) else { return };
    let totals = some(totals);
    let above = |total: &Index| sheet.row(*total).is_some_and(|row| beyond(within, row.within));
    let Some(total) = totals.first().copied().filter(|_| totals.iter().all(above)) else { return };
    let mut all = parts.to_vec();
    all.push(total);
    let weight = |index: &Index| {
        // In steps of a tenth: less is no difference.
        let strained = libm::floor(strain(sheet, *index).min(20.0) * 10.0);
        (-strained, sheet.row(*index).map_or(0, |row| sheet.weight_of(row)))
    };
    let open = all.iter().copied().filter(|index| !sheet.is_vouched(*index));
    // A row that others contradict, then that of the source that gives least; of two the later.
    let Some(index) = open.min_by(|a, b| {
        let ((one, few), (other, less)) = (weight(a), weight(b));
        one.total_cmp(&other).then(few.cmp(&less)).then(b.cmp(a))
    }) else {
        return;
    };
    let arithmetic = sums::arithmetic_of(sheet, parts, total);
    sheet.accuse(Code::PartExceedsWhole, index, &all, arithmetic, None);
}

/// More by at least a hundredth: two publishers of one register differ by late entries.
fn beyond(part: Interval, whole: Interval) -> bool {
    part.low() > whole.high() && part.low().to_f64() > whole.high().to_f64() * 1.01
}

/// `co.erad.total` and `co.erad.aerial_manual` against `aerial` and `manual`.
fn compounds(sheet: &mut Sheet<'_>) {
    let mut found: Vec<(Vec<String>, Vec<Index>)> = Vec::new();
    for ((family, _, _, _), totals) in &sheet.figures {
        let Some((stem, last)) = family.rsplit_once('.') else { continue };
        let kinds: Vec<&str> = match last {
            "total" if stem.ends_with(".erad") => ERADICATION.to_vec(),
            other if other.contains('_') => other.split('_').collect(),
            _ => continue,
        };
        found.push((kinds.iter().map(|kind| format!("{stem}.{kind}")).collect(), totals.clone()));
    }
    for (families, totals) in found {
        let Some(row) = totals.first().and_then(|total| sheet.row(*total)) else { continue };
        let (place, year, dimension) = (row.place, row.year(), row.dimension());
        let parts: Vec<Vec<Index>> =
            families.iter().map(|family| sheet.levels(family, place, year, dimension)).collect();
        // Only the last kind, the rest of all others, may be nothing.
        let present: Vec<Vec<Index>> = parts.iter().filter(|rows| !rows.is_empty()).cloned().collect();
        let needed = if families.len() == ERADICATION.len() { 2 } else { families.len() };
        if present.len() < needed || parts.iter().take(2).any(Vec::is_empty) {
            continue;
        }
        if present.len() > needed {
            let first = Sum { parts: present.iter().take(needed).cloned().collect(), totals: totals.clone() };
            if sums::close(sheet, &first) {
                continue;
            }
        }
        sums::settle(sheet, &Sum { parts: present, totals });
    }
}

/// Bolivia, Colombia and Peru against the Andes.
fn countries(sheet: &mut Sheet<'_>) {
    let mut tails: BTreeMap<(&str, Moment), Vec<Index>> = BTreeMap::new();
    for ((_, place, year, dimension), rows) in &sheet.figures {
        if *place != Place::Andes && !Place::ANDEAN.contains(place) {
            continue;
        }
        let Some(name) = rows.first().and_then(|row| sheet.name_of(sheet.row(*row)?)) else { continue };
        tails.entry((name.tail.as_str(), (*place, *year, *dimension))).or_default().extend(rows);
    }
    let mut all = Vec::new();
    for ((tail, (place, year, dimension)), totals) in &tails {
        if *place != Place::Andes {
            continue;
        }
        let parts: Vec<Vec<Index>> = Place::ANDEAN
            .iter()
            .filter_map(|country| tails.get(&(*tail, (*country, *year, *dimension))).cloned())
            .collect();
        all.push(Sum { parts, totals: totals.clone() });
    }
    for sum in all {
        if sum.parts.len() == Place::ANDEAN.len() {
            sums::settle(sheet, &sum);
        } else {
            for part in &sum.parts {
                exceeds(sheet, part.get(..1).unwrap_or(&[]), &sum.totals);
            }
        }
    }
}

/// Departments against the country and municipalities against both; a sum where the list is whole, else a bound.
fn departments(sheet: &mut Sheet<'_>) {
    let mut inside: BTreeMap<(&str, Moment), BTreeMap<Place, Vec<Index>>> = BTreeMap::new();
    for ((family, place, year, dimension), rows) in &sheet.figures {
        let mut up = match place {
            Place::Department(_) | Place::Municipality(_) => place.within(),
            _ => None,
        };
        while let Some(whole) = up {
            inside.entry((family, (whole, *year, *dimension))).or_default().insert(*place, rows.clone());
            up = whole.within().filter(|next| matches!(next, Place::Country(_)));
        }
    }
    let mut all = Vec::new();
    for ((family, moment), places) in &inside {
        let totals = totals(sheet, family, *moment);
        for departments in [true, false] {
            let of = |place: &Place| matches!(place, Place::Department(_)) == departments;
            let parts: Vec<Vec<Index>> =
                places.iter().filter(|(place, _)| of(place)).map(|(_, rows)| rows.clone()).collect();
            let whole = if departments { crate::DEPARTMENTS.len() } else { MUNICIPALITIES };
            let country = matches!(moment.0, Place::Country(_));
            let complete = country && parts.len() == whole;
            if !totals.is_empty() && !parts.is_empty() {
                all.push((Sum { parts, totals: totals.clone() }, complete));
            }
        }
    }
    for (sum, complete) in all {
        if complete {
            sums::settle(sheet, &sum);
        } else {
            let rows: Vec<Index> = sum.parts.iter().filter_map(|part| part.first().copied()).collect();
            exceeds(sheet, &rows, &sum.totals);
        }
    }
}

/// Months, quarters and halves against the year.
fn pieces_of_years(sheet: &mut Sheet<'_>) {
    let mut all = Vec::new();
    for ((family, place, year, dimension), rows) in &sheet.parts {
        let totals = totals(sheet, family, (*place, *year, *dimension));
        if totals.is_empty() {
            continue;
        }
        let mut pieces: BTreeMap<Dates, Vec<Index>> = BTreeMap::new();
        for index in rows {
            if let Some(row) = sheet.row(*index) {
                pieces.entry(row.period.dates()).or_default().push(*index);
            }
        }
        all.push((pieces, totals));
    }
    for (pieces, totals) in all {
        let mut next = 1;
        let mut tiles = Vec::new();
        for (dates, rows) in &pieces {
            if day_of_year(dates.first()) == next {
                next = day_of_year(dates.last()) + 1;
                tiles.push(rows.clone());
            }
        }
        if next > 365 && tiles.len() == pieces.len() {
            sums::settle(sheet, &Sum { parts: tiles, totals });
            continue;
        }
        for rows in pieces.values() {
            exceeds(sheet, rows.get(..1).unwrap_or(&[]), &totals);
        }
    }
}

/// The years that one source gives, against its own running total.
fn running_totals(sheet: &mut Sheet<'_>) {
    type Run<'r> = (&'r str, Place, Index, Dimension);
    let mut runs: BTreeMap<Run<'_>, BTreeMap<i16, Vec<Index>>> = BTreeMap::new();
    let stems: BTreeSet<&str> = sheet
        .names
        .iter()
        .filter(|name| name.cumulative)
        .flat_map(|name| &name.stems)
        .map(String::as_str)
        .collect();
    for stem in stems {
        for index in sheet.series.get(stem).into_iter().flatten() {
            if let Some(row) = sheet.row(*index).filter(|row| row.level) {
                let years = runs.entry((stem, row.place, row.source, row.dimension())).or_default();
                years.entry(row.year()).or_default().push(*index);
            }
        }
    }
    let mut all = Vec::new();
    for rows in sheet.series.values() {
        for total in rows {
            let Some(row) = sheet.row(*total) else { continue };
            let Some(name) = sheet.name_of(row).filter(|name| name.cumulative) else { continue };
            let mut named =
                name.stems.iter().map(|stem| (stem.as_str(), row.place, row.source, row.dimension()));
            let Some(years) = named.find_map(|run| runs.get(&run)) else { continue };
            let parts: Vec<(&i16, &Vec<Index>)> =
                years.range(..=row.year()).rev().take(MOST_YEARS + 1).collect();
            let span = parts
                .first()
                .zip(parts.last())
                .map_or(0, |((last, _), (first, _))| i32::from(**last) - i32::from(**first));
            let whole = i32::try_from(parts.len()).is_ok_and(|count| count == span + 1);
            let ends = parts.first().is_some_and(|(last, _)| **last == row.year());
            if (3..=MOST_YEARS).contains(&parts.len()) && whole && ends {
                let parts = parts.into_iter().rev().map(|(_, rows)| some(rows).to_vec()).collect();
                all.push(Sum { parts, totals: vec![*total] });
            }
        }
    }
    for sum in all {
        sums::settle(sheet, &sum);
    }
}

/// A child against what it stands under, and `hcl` against `coc_base`.
fn within_wholes(sheet: &mut Sheet<'_>) {
    const WIDER: [(&str, &[&str]); 4] = [
        ("hcl", &["all", "coc_base", "all_drugs", "drugs"]),
        ("base", &["coc_base", "all_drugs", "drugs"]),
        ("coc_base", &["all_drugs", "drugs"]),
        ("us", &["all"]),
    ];
    let mut wholes: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for ((family, _, _, _), rows) in sheet.figures.iter().chain(&sheet.parts) {
        if wholes.contains_key(family) {
            continue;
        }
        let Some(name) = rows.first().and_then(|row| sheet.name_of(sheet.row(*row)?)) else { continue };
        let mut own = BTreeSet::new();
        for stem in &name.stems {
            own.extend(self::family(stem));
        }
        let segments: Vec<&str> = family.split('.').collect();
        for (place, segment) in segments.iter().enumerate() {
            for (_, wider) in WIDER.iter().filter(|(narrow, _)| narrow == segment && place >= 2) {
                for other in *wider {
                    let mut changed = segments.clone();
                    if let Some(slot) = changed.get_mut(place) {
                        *slot = other;
                    }
                    own.insert(changed.join("."));
                }
            }
        }
        own.remove(*family);
        wholes.insert(family, own);
    }
    let mut all: Vec<(Vec<Index>, Vec<Index>)> = Vec::new();
    for ((family, place, year, dimension), rows) in &sheet.figures {
        for whole in wholes.get(family).into_iter().flatten() {
            all.push((rows.clone(), totals(sheet, whole, (*place, *year, *dimension))));
        }
    }
    for ((family, place, year, dimension), rows) in &sheet.parts {
        for whole in wholes.get(family).into_iter().flatten() {
            let beside = sheet.parts.get(&(whole.as_str(), *place, *year, *dimension));
            for index in rows {
                let period = |index: &Index| sheet.row(*index).map(|row| row.period);
                let beside = beside.map(|beside| some(beside));
                let own: Vec<Index> = beside
                    .into_iter()
                    .flatten()
                    .copied()
                    .filter(|other| period(other) == period(index))
                    .collect();
                all.push((vec![*index], own));
            }
        }
    }
    for (parts, totals) in all {
        for part in parts {
            exceeds(sheet, &[part], &totals);
        }
    }
}

/// Whether a series names a part of a year.
pub(super) fn is_piece(series: &str) -> bool {
    series.rsplit('.').next().is_some_and(|last| Period::part_of_year(2000, last).is_some())
}

/// Whether a series is of one part among several.
pub(super) fn is_cut(family: &str) -> bool {
    family.split('.').any(|segment| CUTS.contains(&segment))
}
