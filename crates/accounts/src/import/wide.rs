//! Tables with one column a year: the municipal tables of the Colombian open data, regions by years. A mapping says
//! what the columns mean, for such tables do not; a cell that is empty is missing and never zero.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::day::Dates;
use crate::number::{Column, Locale};
use crate::observation::{Bound, Digest, Observation, Source, Status};
use crate::place::{self, MUNICIPALITIES, Place};
use crate::publication;
use crate::series::SeriesId;
use crate::units::Unit;

use super::cells::{Grid, Kind};
use super::table::{Row, Table, Wanted};
use super::tidy::{Imported, Texts, bad_observation, number_in, period_of};
use super::{Defect, Defects, NotATable, Rule};

/// What a wide table means. As a file: JSON with these names.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    pub series: SeriesOf,
    pub place: PlaceOf,
    pub unit: Unit,
    #[serde(default)]
    pub years: Years,
    /// Columns that are left out by somebody's word: names beside codes, comments.
    #[serde(default)]
    pub ignored: Vec<String>,
    /// Of the text cells of all year columns; without it each column decides for itself.
    #[serde(default)]
    pub locale: Option<Locale>,
    #[serde(default)]
    pub vintage: Option<Dates>,
    #[serde(default = "measured")]
    pub status: Status,
    pub source_name: String,
    #[serde(default)]
    pub source_ref: String,
    #[serde(default)]
    pub note: String,
    #[serde(default)]
    pub ship: bool,
    /// Between the cells of a comma-separated table.
    #[serde(default)]
    pub separator: Separator,
}

impl Mapping {
    /// Years in columns that are named by them, and nothing else said.
    pub fn new(series: SeriesOf, place: PlaceOf, unit: Unit, source_name: &str) -> Self {
        Self {
            series,
            place,
            unit,
            years: Years::Named,
            ignored: Vec::new(),
            locale: None,
            vintage: None,
            status: Status::Measured,
            source_name: source_name.to_owned(),
            source_ref: String::new(),
            note: String::new(),
            ship: false,
            separator: Separator::Comma,
        }
    }
}

const fn measured() -> Status {
    Status::Measured
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Separator {
    #[default]
    Comma,
    Semicolon,
    Tab,
}

impl Separator {
    const fn byte(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Semicolon => b';',
            Self::Tab => b'\t',
        }
    }
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum SeriesOf {
    /// All rows are of one series.
    One(SeriesId),
    /// The cell of a column is the last segment.
    Column { column: String, prefix: SeriesId },
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum PlaceOf {
    /// All rows are of one place.
    One(Place),
    /// A code as the tidy table has it in `country`.
    Column(String),
    Divipola(Divipola),
}

/// The columns of DIVIPOLA codes and of the names that must agree with them.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Divipola {
    #[serde(default)]
    pub department: Option<String>,
    /// Five digits, or the last three beside a column of departments.
    #[serde(default)]
    pub municipality: Option<String>,
    #[serde(default)]
    pub department_name: Option<String>,
    #[serde(default)]
    pub municipality_name: Option<String>,
    /// Somebody saw that the codes went through a number format: `5001`, `5,001` and `5.04` are read as what they were.
    #[serde(default)]
    pub mangled: bool,
}

#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Years {
    /// Every column whose name is a year.
    #[default]
    Named,
    /// These columns, and what they speak of.
    Columns(BTreeMap<String, Dates>),
}

/// One year column, and how it writes numbers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct YearColumn {
    pub column: String,
    pub dates: Dates,
    /// What its text cells were read as; none where nothing decides.
    pub locale: Option<Locale>,
    /// Cells of both formats stand in it.
    pub mixed: bool,
    /// Cells typed as numbers.
    pub typed: u64,
}

/// What a wide table gave.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wide {
    pub imported: Imported<Observation>,
    pub columns: Vec<YearColumn>,
    /// Empty cells of year columns: missing figures.
    pub missing: u64,
    /// Municipalities with a row, each once; the country has [`MUNICIPALITIES`].
    pub municipalities: usize,
    pub departments: usize,
}

impl Wide {
    /// How many of the country's municipalities have no row.
    pub const fn municipalities_missing(&self) -> usize {
        MUNICIPALITIES.saturating_sub(self.municipalities)
    }
}

/// Reads comma-separated bytes.
pub fn wide(bytes: &[u8], mapping: &Mapping) -> Result<Wide, NotATable> {
    let mut defects = Defects::default();
    let needed = mapping.needed();
    let wanted = Wanted { needed: &needed, read: &|column| mapping.reads(column) };
    let separator = mapping.separator.byte();
    let table = Table::separated(bytes, separator, &wanted, &mut defects, str::to_owned)?;
    read(&table, Digest::of(bytes), mapping, defects)
}

/// Reads the cells of a sheet; `file` is the hash of the workbook.
pub fn wide_sheet(grid: &Grid, file: Digest, mapping: &Mapping) -> Result<Wide, NotATable> {
    let mut defects = Defects::default();
    let needed = mapping.needed();
    let wanted = Wanted { needed: &needed, read: &|column| mapping.reads(column) };
    let table = Table::sheet(grid, &wanted, &mut defects)?;
    read(&table, file, mapping, defects)
}

impl Mapping {
    fn needed(&self) -> Vec<&str> {
        let mut needed = Vec::new();
        if let SeriesOf::Column { column, .. } = &self.series {
            needed.push(column.as_str());
        }
        match &self.place {
            PlaceOf::One(_) => {}
            PlaceOf::Column(column) => needed.push(column),
            PlaceOf::Divipola(codes) => {
                let columns = [
                    &codes.department,
                    &codes.municipality,
                    &codes.department_name,
                    &codes.municipality_name,
                ];
                needed.extend(columns.into_iter().flatten().map(String::as_str));
            }
        }
        if let Years::Columns(columns) = &self.years {
            needed.extend(columns.keys().map(String::as_str));
        }
        needed
    }
    fn reads(&self, column: &str) -> bool {
        self.dates_of(column).is_some() || self.ignored.iter().any(|own| own == column) || column.is_empty()
    }
    fn dates_of(&self, column: &str) -> Option<Dates> {
        match &self.years {
            Years::Columns(columns) => columns.get(column).copied(),
            Years::Named => Dates::year(column.parse().ok().filter(|_| column.len() == 4)?),
        }
    }
}

/// A year column while it is read.
struct Open {
    place: usize,
    format: Column,
    read_as: YearColumn,
}

struct Reader<'m> {
    mapping: &'m Mapping,
    file: Digest,
    texts: Texts,
    published: Option<Dates>,
    columns: Vec<Open>,
    rows: Vec<Observation>,
    /// Of single cells, whose rows go on.
    defects: Defects,
    seen: BTreeSet<(SeriesId, Place)>,
    missing: u64,
}

fn read(table: &Table<'_>, file: Digest, mapping: &Mapping, mut defects: Defects) -> Result<Wide, NotATable> {
    let named = table.columns().iter().enumerate().filter_map(|(place, name)| {
        let dates = mapping.dates_of(name)?;
        let read_as = YearColumn { column: name.clone(), dates, locale: None, mixed: false, typed: 0 };
        Some(Open { place, format: Column::default(), read_as })
    });
    let mut columns: Vec<Open> = named.collect();
    if columns.is_empty() {
        return Err(NotATable::ColumnMissing { column: "a year".to_owned() });
    }
    table.rows(&mut Defects::default(), |row| {
        for column in &mut columns {
            match row.kind_at(column.place) {
                Kind::Text => column.format.see(row.at(column.place)),
                Kind::Number(_) | Kind::Share(_) => column.read_as.typed += 1,
                _ => {}
            }
        }
        Ok(())
    })?;
    for column in &mut columns {
        column.read_as.mixed = column.format.is_mixed();
        column.read_as.locale = mapping.locale.or(column.format.locale());
    }
    drift(table.heading, &columns, &mut defects);
    let mut reader = Reader {
        mapping,
        file,
        texts: Texts::default(),
        published: publication::stated(&mapping.source_name),
        columns,
        rows: Vec::new(),
        defects: Defects::default(),
        seen: BTreeSet::new(),
        missing: 0,
    };
    table.rows(&mut defects, |row| reader.row(row))?;
    defects.merge(reader.defects);
    let places: BTreeSet<Place> = reader.seen.into_iter().map(|(_, place)| place).collect();
    let count = |is: fn(&Place) -> bool| places.iter().filter(|place| is(place)).count();
    Ok(Wide {
        imported: Imported { file, rows: reader.rows, defects },
        columns: reader.columns.into_iter().map(|column| column.read_as).collect(),
        missing: reader.missing,
        municipalities: count(|place| matches!(place, Place::Municipality(_))),
        departments: count(|place| matches!(place, Place::Department(_))),
    })
}

/// Columns that write numbers otherwise than most: the year 2020 of one extract came in Spanish format. Their figures are
/// read as they are written; that the format changes is reported.
fn drift(line: u64, columns: &[Open], defects: &mut Defects) {
    // A cell typed as a number has no format of its own and counts with the plain ones.
    let own = |column: &Open| column.format.locale().or((column.read_as.typed > 0).then_some(Locale::En));
    let count = |locale| columns.iter().filter(|column| own(column) == Some(locale)).count();
    let (es, en) = (count(Locale::Es), count(Locale::En));
    let most = if es > en { Locale::Es } else { Locale::En };
    for column in columns {
        let others = if most == Locale::Es { es } else { en };
        let text = if column.format.is_mixed() {
            "es and en in one column".to_owned()
        } else {
            match column.format.locale() {
                Some(Locale::Es) if most == Locale::En && others > 0 => {
                    format!("es, {others} columns are en")
                }
                Some(Locale::En) if most == Locale::Es => format!("en, {others} columns are es"),
                _ => continue,
            }
        };
        let rule = Rule::LocaleDrift;
        defects.push(Defect { line, column: column.read_as.column.clone(), rule, text });
    }
}

impl Reader<'_> {
    fn row(&mut self, row: &Row<'_>) -> Result<(), Defect> {
        let mapping = self.mapping;
        let series = match &mapping.series {
            SeriesOf::One(series) => series.clone(),
            SeriesOf::Column { column, prefix } => {
                let text = named(row, column)?;
                SeriesId::read(&format!("{prefix}.{text}"))
                    .map_err(|_| row.defect(column, Rule::BadSeries, text))?
            }
        };
        let place = match &mapping.place {
            PlaceOf::One(place) => *place,
            PlaceOf::Column(column) => {
                let text = named(row, column)?;
                Place::read(text).map_err(|bad| bad_place(row, column, &bad))?
            }
            PlaceOf::Divipola(codes) => codes.place(row)?,
        };
        if !self.seen.insert((series.clone(), place)) {
            return Err(row.defect("", Rule::PlaceTwice, format!("{series} {place}")));
        }
        let columns = std::mem::take(&mut self.columns);
        for column in &columns {
            match self.figure(row, &series, place, column) {
                Ok(Some(observation)) => self.rows.push(observation),
                Ok(None) => self.missing += 1,
                Err(defect) => self.defects.push(defect),
            }
        }
        self.columns = columns;
        Ok(())
    }

    fn figure(
        &mut self,
        row: &Row<'_>,
        series: &SeriesId,
        place: Place,
        column: &Open,
    ) -> Result<Option<Observation>, Defect> {
        row.readable(column.place)?;
        let name = column.read_as.column.as_str();
        let text = row.at(column.place);
        let value = match row.kind_at(column.place) {
            Kind::Number(value) => Some(value),
            Kind::Share(value) if self.mapping.unit == Unit::Percent => Some(value),
            Kind::Share(_) => return Err(row.defect(name, Rule::PercentOfAnother, text)),
            Kind::Date => return Err(row.defect(name, Rule::DateForNumber, text)),
            _ => number_in(row, name, text, column.read_as.locale, self.mapping.unit)?,
        };
        let Some(value) = value else { return Ok(None) };
        let (period, figure) = period_of(column.read_as.dates, series, value)
            .map_err(|(rule, text)| row.defect(name, rule, text))?;
        let publisher = series.publisher();
        let mapping = self.mapping;
        let observation = Observation {
            series: series.clone(),
            place,
            period,
            figure,
            unit: mapping.unit,
            bound: Bound::Point,
            low: None,
            high: None,
            method: publisher.map(|publisher| self.texts.keep(publisher.method())),
            publisher: publisher.map(|publisher| self.texts.keep(publisher.code())),
            vintage: mapping.vintage,
            published: self.published,
            status: mapping.status,
            source: Source::Named {
                name: self.texts.keep(&mapping.source_name),
                reference: self.texts.keep(&mapping.source_ref),
                file: self.file,
                row: row.line,
            },
            note: self.texts.keep(&mapping.note),
            ship: mapping.ship,
        };
        observation
            .check()
            .map_err(|bad| Defect { column: name.to_owned(), ..bad_observation(row, &bad) })?;
        Ok(Some(observation))
    }
}

/// A cell that names what the row is about: nothing stands for it.
fn named<'r>(row: &Row<'r>, column: &str) -> Result<&'r str, Defect> {
    let rule = match row.kind(column) {
        Kind::Failed => Rule::ErrorCell,
        Kind::Uncomputed => Rule::FormulaWithoutValue,
        Kind::Merged if row.cell(column).is_empty() => Rule::MergedCell,
        Kind::Date => Rule::UnknownPlace,
        _ => return Ok(row.cell(column)),
    };
    Err(row.defect(column, rule, row.cell(column)))
}

fn bad_place(row: &Row<'_>, column: &str, bad: &place::BadPlace) -> Defect {
    let rule = match bad {
        place::BadPlace::Mangled { .. } => Rule::DivipolaMangled,
        place::BadPlace::OtherName { .. } => Rule::PlaceContradiction,
        place::BadPlace::Unknown { .. } => Rule::UnknownPlace,
    };
    row.defect(column, rule, bad.to_string())
}

impl Divipola {
    fn place(&self, row: &Row<'_>) -> Result<Place, Defect> {
        let department = match &self.department {
            Some(column) => Some((column, self.code(row, column, named(row, column)?)?)),
            None => None,
        };
        let Some(column) = &self.municipality else {
            let Some((column, place)) = department else {
                return Err(row.defect("", Rule::UnknownPlace, "the mapping names no column of codes"));
            };
            self.agrees(row, place)?;
            return match place {
                Place::Department(_) => Ok(place),
                _ => Err(row.defect(column, Rule::UnknownPlace, place.to_string())),
            };
        };
        let text = named(row, column)?;
        let place = match department {
            // The last three digits, beside their department.
            Some((_, department)) if self.is_short(text) => {
                self.code(row, column, &format!("{department}{text:0>3}"))?
            }
            _ => self.code(row, column, text)?,
        };
        if !matches!(place, Place::Municipality(_)) {
            return Err(row.defect(column, Rule::UnknownPlace, text));
        }
        if let Some((_, department)) = department
            && place.within() != Some(department)
        {
            let text = format!("municipality {place} beside department {department}");
            return Err(row.defect(column, Rule::PlaceContradiction, text));
        }
        self.agrees(row, place)?;
        Ok(place)
    }

    /// Fewer than three digits lost their zeros.
    fn is_short(&self, text: &str) -> bool {
        text.bytes().all(|b| b.is_ascii_digit())
            && (text.len() == 3 || (self.mangled && (1..3).contains(&text.len())))
    }

    fn code(&self, row: &Row<'_>, column: &str, text: &str) -> Result<Place, Defect> {
        match Place::read(text) {
            Err(place::BadPlace::Mangled { meant, .. }) if self.mangled => Ok(meant),
            Err(bad) => Err(bad_place(row, column, &bad)),
            Ok(place @ (Place::Department(_) | Place::Municipality(_))) => Ok(place),
            Ok(_) => Err(row.defect(column, Rule::UnknownPlace, text)),
        }
    }

    /// The names beside the codes: Bogotá under the code of Cundinamarca is refused.
    fn agrees(&self, row: &Row<'_>, place: Place) -> Result<(), Defect> {
        let department = match place {
            Place::Municipality(_) => place.within().unwrap_or(place),
            _ => place,
        };
        let code = department.to_string();
        if let Some(column) = &self.department_name {
            place::department_named(&code, row.cell(column)).map_err(|bad| bad_place(row, column, &bad))?;
        }
        if let Some(column) = &self.municipality_name {
            let name = row.cell(column);
            let bogota = place::department_named("11", name).is_ok();
            if bogota != (code == "11") {
                let text = format!("`{name}` under {place}");
                return Err(row.defect(column, Rule::PlaceContradiction, text));
            }
        }
        Ok(())
    }
}
