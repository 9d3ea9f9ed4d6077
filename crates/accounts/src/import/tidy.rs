//! The tidy table of figures: `series_id,country,year,value,unit,low,high,source_name,source_ref,note,ship`, and the same
//! with the columns that the house's own export adds, of which nothing is guessed.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::day::Dates;
use crate::decimal::Decimal;
use crate::number::{self, BadNumber, Column, Locale};
use crate::observation::{BadObservation, Bound, Digest, Figure, Observation, Source};
use crate::period::{Nature, Period};
use crate::place::{BadPlace, Place};
use crate::publication;
use crate::series::SeriesId;
use crate::units::Unit;

use super::carried::{self, Carried};
use super::cells::{Grid, Kind};
use super::table::{Row, Table, Wanted};
use super::{Defect, Defects, NotATable, Rule, note};

const NEEDED: &[&str] = &["series_id", "country", "year", "value", "unit", "source_name"];
const READ: &[&str] = &["low", "high", "source_ref", "note", "ship"];
const NUMBERS: [&str; 3] = ["value", "low", "high"];

/// What a table gave.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Imported<T> {
    /// SHA-256 of the bytes.
    pub file: Digest,
    pub rows: Vec<T>,
    pub defects: Defects,
}

/// Texts that many rows share are kept once.
#[derive(Default)]
pub(super) struct Texts {
    known: FxHashMap<Box<str>, Arc<str>>,
}

impl Texts {
    pub(super) fn keep(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.known.get(text) {
            return known.clone();
        }
        let kept: Arc<str> = text.into();
        self.known.insert(text.into(), kept.clone());
        kept
    }
}

/// What every table of figures says in the same columns.
pub(super) struct Numbers {
    pub(super) series: SeriesId,
    pub(super) place: Place,
    pub(super) unit: Unit,
    pub(super) value: Decimal,
    pub(super) low: Option<Decimal>,
    pub(super) high: Option<Decimal>,
}

struct Reader {
    file: Digest,
    /// The table is the house's own export.
    own: bool,
    locale: Option<Locale>,
    texts: Texts,
    series: FxHashMap<Box<str>, SeriesId>,
    published: FxHashMap<Box<str>, Option<Dates>>,
    units: FxHashMap<Box<str>, Unit>,
    places: FxHashMap<Box<str>, Place>,
}

/// Reads a table. Without a locale, the column of numbers decides (value, low and high together): where no cell decides or
/// the cells contradict each other, the ambiguous ones are defects.
pub fn tidy(bytes: &[u8], locale: Option<Locale>) -> Result<Imported<Observation>, NotATable> {
    let mut defects = Defects::default();
    let wanted = Wanted { needed: NEEDED, read: &is_read };
    let table = Table::separated(bytes, b',', &wanted, &mut defects, str::to_owned)?;
    read(table, Digest::of(bytes), locale, defects)
}

/// The same from the cells of a sheet; `file` is the hash of the workbook.
pub fn tidy_sheet(
    grid: &Grid,
    file: Digest,
    locale: Option<Locale>,
) -> Result<Imported<Observation>, NotATable> {
    let mut defects = Defects::default();
    let wanted = Wanted { needed: NEEDED, read: &is_read };
    let table = Table::sheet(grid, &wanted, &mut defects)?;
    read(table, file, locale, defects)
}

fn is_read(column: &str) -> bool {
    READ.contains(&column) || carried::TIDY.all().contains(&column)
}

fn read(
    mut table: Table<'_>,
    file: Digest,
    locale: Option<Locale>,
    mut defects: Defects,
) -> Result<Imported<Observation>, NotATable> {
    let own = carried::TIDY.are_in(&table)?;
    if own {
        table.set_guarded();
    }
    let locale = match locale {
        _ if own => Some(Locale::En),
        Some(given) => Some(given),
        None => {
            let mut column = Column::default();
            // The defects of the shape are taken in the second pass.
            table.rows(&mut Defects::default(), |row| {
                let text = NUMBERS.iter().filter(|name| row.kind(name) == Kind::Text);
                text.for_each(|name| column.see(row.cell(name)));
                Ok(())
            })?;
            column.locale()
        }
    };
    let mut reader = Reader {
        file,
        own,
        locale,
        texts: Texts::default(),
        series: FxHashMap::default(),
        published: FxHashMap::default(),
        units: FxHashMap::default(),
        places: FxHashMap::default(),
    };
    let mut rows = Vec::new();
    table.rows(&mut defects, |row| {
        row.all_readable()?;
        rows.push(reader.observation(row)?);
        Ok(())
    })?;
    Ok(Imported { file, rows, defects })
}

impl Reader {
    fn observation(&mut self, row: &Row<'_>) -> Result<Observation, Defect> {
        let series = self.series(row)?;
        let place = self.place(row)?;
        let unit = self.unit(row)?;
        let value = self.number(row, "value", unit)?;
        let value = value.ok_or_else(|| row.defect("value", Rule::NumberMissing, ""))?;
        let low = self.number(row, "low", unit)?;
        let high = self.number(row, "high", unit)?;
        if row.kind("year") == Kind::Date {
            return Err(row.defect("year", Rule::DateInYearColumn, row.cell("year")));
        }
        if self.own {
            return self.own_observation(row, Numbers { series, place, unit, value, low, high });
        }
        let (period, figure) = period(row, &series, value)?;
        let text = row.cell("note");
        let marks = note::read(text).map_err(|(rule, text)| row.defect("note", rule, text))?;
        let ship = match row.cell("ship") {
            "yes" => true,
            // What nobody cleared is not shipped.
            "no" | "" => false,
            other => return Err(row.defect("ship", Rule::ShipUnreadable, other)),
        };
        let name = row.cell("source_name");
        let published = match self.published.get(name) {
            Some(known) => *known,
            None => {
                let stated = publication::stated(name);
                self.published.insert(name.into(), stated);
                stated
            }
        };
        let publisher = series.publisher();
        let source = Source::Named {
            name: self.texts.keep(name),
            reference: self.texts.keep(row.cell("source_ref")),
            file: self.file,
            row: row.line,
        };
        let observation = Observation {
            place,
            period,
            figure,
            unit,
            bound: Bound::Point,
            low,
            high,
            method: publisher.map(|publisher| self.texts.keep(publisher.method())),
            publisher: publisher.map(|publisher| self.texts.keep(publisher.code())),
            vintage: marks.vintage,
            published,
            status: marks.status,
            source,
            note: self.texts.keep(text),
            ship,
            series,
        };
        observation.check().map_err(|bad| bad_observation(row, &bad))?;
        Ok(observation)
    }

    /// A row of the house's own export: what other tables leave to their notes and names stands in columns.
    fn own_observation(&mut self, row: &Row<'_>, numbers: Numbers) -> Result<Observation, Defect> {
        let text = row.cell("year");
        let dates = text.parse().map_err(|_| row.defect("year", Rule::BadPeriod, text))?;
        let ship = match row.cell("ship") {
            "yes" => true,
            "no" => false,
            other => return Err(row.defect("ship", Rule::ShipUnreadable, other)),
        };
        let carried = Carried::read(row, &carried::TIDY, &mut self.texts)?;
        let note = self.texts.keep(row.cell("note"));
        let observation = carried.observation(numbers, dates, note, ship);
        observation.check().map_err(|bad| bad_observation(row, &bad))?;
        Ok(observation)
    }

    fn series(&mut self, row: &Row<'_>) -> Result<SeriesId, Defect> {
        let text = row.cell("series_id");
        if let Some(known) = self.series.get(text) {
            return Ok(known.clone());
        }
        let series = series(row)?;
        self.series.insert(text.into(), series.clone());
        Ok(series)
    }

    fn unit(&mut self, row: &Row<'_>) -> Result<Unit, Defect> {
        let text = row.cell("unit");
        if let Some(known) = self.units.get(text) {
            return Ok(*known);
        }
        let unit = unit(row)?;
        self.units.insert(text.into(), unit);
        Ok(unit)
    }

    fn place(&mut self, row: &Row<'_>) -> Result<Place, Defect> {
        let text = row.cell("country");
        if let Some(known) = self.places.get(text) {
            return Ok(*known);
        }
        let place = place(row)?;
        self.places.insert(text.into(), place);
        Ok(place)
    }

    fn number(&self, row: &Row<'_>, column: &'static str, unit: Unit) -> Result<Option<Decimal>, Defect> {
        if self.own { carried::number(row, column) } else { number_of(row, column, self.locale, unit) }
    }
}

pub(super) fn bad_observation(row: &Row<'_>, bad: &BadObservation) -> Defect {
    row.defect("value", Rule::BadObservation, format!("{}: {bad}", bad.code()))
}

pub(super) fn series(row: &Row<'_>) -> Result<SeriesId, Defect> {
    let text = row.cell("series_id");
    SeriesId::read(text).map_err(|_| row.defect("series_id", Rule::BadSeries, text))
}

pub(super) fn place(row: &Row<'_>) -> Result<Place, Defect> {
    let text = row.cell("country");
    Place::read(text).map_err(|bad| {
        let rule =
            if matches!(bad, BadPlace::Mangled { .. }) { Rule::DivipolaMangled } else { Rule::UnknownPlace };
        row.defect("country", rule, bad.to_string())
    })
}

pub(super) fn unit(row: &Row<'_>) -> Result<Unit, Defect> {
    let text = row.cell("unit");
    if text.is_empty() {
        return Err(row.defect("unit", Rule::UnitMissing, ""));
    }
    Unit::read(text).map_err(|_| row.defect("unit", Rule::UnknownUnit, text))
}

/// None for an empty cell. A number with `%` in a column of another unit is a defect: the share of something is not it.
pub(super) fn number_of(
    row: &Row<'_>,
    column: &str,
    locale: Option<Locale>,
    unit: Unit,
) -> Result<Option<Decimal>, Defect> {
    match row.kind(column) {
        Kind::Number(value) => return Ok(Some(value)),
        Kind::Share(value) if unit == Unit::Percent => return Ok(Some(value)),
        Kind::Share(_) => return Err(row.defect(column, Rule::PercentOfAnother, row.cell(column))),
        Kind::Date => return Err(row.defect(column, Rule::DateForNumber, row.cell(column))),
        _ => {}
    }
    number_in(row, column, row.cell(column), locale, unit)
}

/// Of the text of a cell.
pub(super) fn number_in(
    row: &Row<'_>,
    column: &str,
    text: &str,
    locale: Option<Locale>,
    unit: Unit,
) -> Result<Option<Decimal>, Defect> {
    let printed = match number::read(text, locale) {
        Ok(printed) => printed,
        Err(BadNumber::Empty) => return Ok(None),
        Err(bad @ BadNumber::Ambiguous { .. }) => {
            return Err(row.defect(column, Rule::AmbiguousNumber, bad.to_string()));
        }
        Err(bad @ BadNumber::NotANumber { .. }) => {
            return Err(row.defect(column, Rule::NotANumber, bad.to_string()));
        }
    };
    if printed.is_percent() && unit != Unit::Percent {
        return Err(row.defect(column, Rule::PercentOfAnother, text));
    }
    Ok(Some(printed.value()))
}

/// The period of the row, and the figure as the series means it.
pub(super) fn period(row: &Row<'_>, series: &SeriesId, value: Decimal) -> Result<(Period, Figure), Defect> {
    let text = row.cell("year");
    let dates: Dates = text.parse().map_err(|_| row.defect("year", Rule::BadPeriod, text))?;
    period_of(dates, series, value).map_err(|(rule, text)| row.defect("year", rule, text))
}

/// What a figure of the series speaks of where its table gives only the dates.
pub(super) fn period_of(
    dates: Dates,
    series: &SeriesId,
    value: Decimal,
) -> Result<(Period, Figure), (Rule, String)> {
    let bad = || (Rule::BadPeriod, dates.to_string());
    let year = dates.first().year();
    if series.is_change() {
        let (base, end) = series.change(year).ok_or_else(bad)?;
        if !dates.is_whole_year() || year != end {
            let text = format!("{dates}: the series speaks of {base} to {end}");
            return Err((Rule::PeriodContradiction, text));
        }
        let base = Dates::year(base).ok_or_else(bad)?;
        let figure = Figure::Change { percent: value, base: Period::flow(base) };
        return Ok((Period::flow(dates), figure));
    }
    let period = if dates.is_whole_year() {
        series.period_of_year(year).ok_or_else(bad)?
    } else if series.quantity().nature() == Nature::Stock {
        Period::stock(dates)
    } else {
        Period::flow(dates)
    };
    Ok((period, Figure::Value(value)))
}
