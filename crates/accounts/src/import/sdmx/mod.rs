//! SDMX-CSV messages as observations: version 1.0 (SDMX 2.1) and 2.0 with 2.1 (SDMX 3.0), after the field guides of the
//! SDMX technical working group (sdmx-twg/sdmx-csv, "Column headers", "Column content", "Optional parameters"). Nothing is
//! deleted or replaced by a message: facts are appended, and what asks for more is reported.

mod codes;
mod heading;
pub(crate) mod time;

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use crate::day::Dates;
use crate::decimal::Decimal;
use crate::observation::{Bound, Digest, Observation, Source, Status};
use crate::place::{BadPlace, Place};
use crate::publication;
use crate::series::SeriesId;
use crate::units::Unit;

use super::carried::{self, Carried};
use super::table::{Row, Table, Wanted};
use super::tidy::{Imported, Numbers, Texts, bad_observation, period_of};
use super::{Defect, Defects, NotATable, Rule};
use codes::Meaning;
use heading::{Heading, LABEL, is_comment, is_known};

pub use heading::Version;

/// What a message leaves open, stated by whoever imports it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Given {
    /// Of all rows; else the column `SERIES`, else the id of the structure, with the dimensions behind it.
    pub series: Option<SeriesId>,
    /// The columns that tell series apart; else those before `OBS_VALUE` that have no other meaning.
    pub dimensions: Option<Vec<String>>,
    /// Where there is no column `REF_AREA`.
    pub place: Option<Place>,
    /// Where there is no column `UNIT_MEASURE`.
    pub unit: Option<Unit>,
    /// Else the structure's identification.
    pub source_name: Option<String>,
    /// Figures that the message holds free may be shipped.
    pub ship: bool,
}

/// What a message gave.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Message {
    pub imported: Imported<Observation>,
    pub version: Version,
    /// Rows without a figure: missing, or attributes alone.
    pub missing: u64,
    /// Rows that ask to replace; their figures were appended beside the old ones.
    pub replacing: u64,
}

pub fn sdmx(bytes: &[u8], given: &Given) -> Result<Message, NotATable> {
    let heading = Heading::read(bytes)?;
    let mut defects = Defects::default();
    let dimensions = given.dimensions.clone().unwrap_or_else(|| heading.dimensions.clone());
    let mut needed = vec!["TIME_PERIOD", "OBS_VALUE"];
    if heading.version == Version::Two {
        needed.push("STRUCTURE_ID");
    }
    if given.place.is_none() {
        needed.push("REF_AREA");
    }
    if given.unit.is_none() {
        needed.push("UNIT_MEASURE");
    }
    needed.extend(dimensions.iter().map(String::as_str));
    let read = |column: &str| is_known(column) || column.ends_with(LABEL);
    let wanted = Wanted { needed: &needed, read: &read };
    let place = std::cell::Cell::new(0);
    let name_of = |_: &str| {
        let own = heading.names.get(place.get()).cloned().unwrap_or_default();
        place.set(place.get() + 1);
        own
    };
    let mut table = Table::separated(bytes, heading.separator, &wanted, &mut defects, name_of)?;
    let own = carried::SDMX.are_in(&table)?;
    if own {
        table.set_guarded();
    }
    let mark = if own { Mark::Point } else { Mark::of(&table, &heading)? };
    let comments = table.columns().iter().filter(|name| is_comment(name)).cloned().collect();
    let mut reader = Reader {
        file: Digest::of(bytes),
        heading: &heading,
        given,
        own,
        mark,
        dimensions,
        comments,
        texts: Texts::default(),
        published: FxHashMap::default(),
        series: FxHashMap::default(),
        places: FxHashMap::default(),
        units: FxHashMap::default(),
        times: FxHashMap::default(),
        missing: 0,
        replacing: (0, 0),
    };
    let mut rows = Vec::new();
    table.rows(&mut defects, |row| {
        match reader.row(row)? {
            Some(observation) => rows.push(observation),
            None => reader.missing += 1,
        }
        Ok(())
    })?;
    let (replacing, line) = reader.replacing;
    if replacing > 0 {
        let text = format!("{replacing} rows would replace figures; they stand beside the old ones");
        let mut notice = Defects::default();
        notice.push(Defect { line, column: "ACTION".to_owned(), rule: Rule::ReplaceAppended, text });
        defects.merge(notice);
    }
    let imported = Imported { file: reader.file, rows, defects };
    Ok(Message { imported, version: heading.version, missing: reader.missing, replacing })
}

/// The decimal mark of a message: SDMX numbers have no groups, so `12,4` under `;` can only be a decimal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Mark {
    Point,
    Comma,
    /// Both occur, and a mark may be either.
    Both,
}

impl Mark {
    fn of(table: &Table<'_>, heading: &Heading) -> Result<Self, NotATable> {
        if heading.separator == b',' {
            return Ok(Self::Point);
        }
        let (mut points, mut commas) = (false, false);
        table.rows(&mut Defects::default(), |row| {
            for column in ["OBS_VALUE", "LOW", "HIGH"] {
                points |= row.cell(column).contains('.');
                commas |= row.cell(column).contains(',');
            }
            Ok(())
        })?;
        Ok(match (points, commas) {
            (true, true) => Self::Both,
            (false, true) => Self::Comma,
            _ => Self::Point,
        })
    }
}

struct Reader<'m> {
    file: Digest,
    heading: &'m Heading,
    given: &'m Given,
    own: bool,
    mark: Mark,
    dimensions: Vec<String>,
    comments: Vec<String>,
    texts: Texts,
    published: FxHashMap<Box<str>, Option<Dates>>,
    /// What codes mean that many rows share.
    series: FxHashMap<Box<str>, SeriesId>,
    places: FxHashMap<Box<str>, Place>,
    units: FxHashMap<Box<str>, Unit>,
    times: FxHashMap<Box<str>, Dates>,
    missing: u64,
    /// How many, and the line of the first.
    replacing: (u64, u64),
}

impl Reader<'_> {
    /// None for a row without a figure.
    fn row(&mut self, row: &Row<'_>) -> Result<Option<Observation>, Defect> {
        let structure = self.structure(row)?;
        match row.cell("ACTION") {
            "" | "I" | "A" | "M" => {}
            "R" => {
                let (count, first) = self.replacing;
                self.replacing = (count + 1, if count == 0 { row.line } else { first });
            }
            "D" => return Err(row.defect("ACTION", Rule::DeleteRefused, "facts are never deleted")),
            other => return Err(row.defect("ACTION", Rule::ActionUnknown, other)),
        }
        let (status, flags) = self.obs_status(row)?;
        let value = self.number(row, "OBS_VALUE")?;
        let Some(value) = value else { return Ok(None) };
        let Some(status) = status else {
            return Err(row.defect("OBS_STATUS", Rule::ValueOfMissing, format!("{flags} beside {value}")));
        };
        let low = self.number(row, "LOW")?;
        let high = self.number(row, "HIGH")?;
        let series = self.series(row, structure)?;
        let place = self.place(row)?;
        let unit = self.unit(row)?;
        let dates = self.dates(row)?;
        let conf = self.code(row, "CONF_STATUS");
        let free =
            codes::is_free(conf).ok_or_else(|| row.defect("CONF_STATUS", Rule::ConfStatusUnknown, conf))?;
        if self.own {
            let carried = Carried::read(row, &carried::SDMX, &mut self.texts)?;
            let note = self.texts.keep(row.cell("COMMENT_OBS"));
            let numbers = Numbers { series, place, unit, value, low, high };
            let observation = carried.observation(numbers, dates, note, free);
            observation.check().map_err(|bad| bad_observation(row, &bad))?;
            return Ok(Some(observation));
        }
        let (period, figure) =
            period_of(dates, &series, value).map_err(|(rule, text)| row.defect("TIME_PERIOD", rule, text))?;
        let name = match (row.cell("SOURCE_NAME"), &self.given.source_name) {
            ("", Some(given)) => given.as_str(),
            ("", None) => structure,
            (own, _) => own,
        };
        let mut note: Vec<String> = self
            .comments
            .iter()
            .map(|column| row.cell(column).to_owned())
            .filter(|text| !text.is_empty())
            .collect();
        if !matches!(flags.as_str(), "" | "A") {
            note.push(format!("OBS_STATUS={flags}"));
        }
        if !matches!(conf, "" | "F") {
            note.push(format!("CONF_STATUS={conf}"));
        }
        let published = match self.published.get(name) {
            Some(known) => *known,
            None => {
                let stated = publication::stated(name);
                self.published.insert(name.into(), stated);
                stated
            }
        };
        let publisher = series.publisher();
        let reference = match row.cell("SOURCE_REF") {
            "" => structure,
            own => own,
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
            vintage: None,
            published,
            status,
            source: Source::Named {
                name: self.texts.keep(name),
                reference: self.texts.keep(reference),
                file: self.file,
                row: row.line,
            },
            note: self.texts.keep(&note.join("; ")),
            ship: self.given.ship && free,
            series,
        };
        observation.check().map_err(|bad| bad_observation(row, &bad))?;
        Ok(Some(observation))
    }

    /// A code, without the name that `labels=both` puts behind it.
    fn code<'r>(&self, row: &Row<'r>, column: &str) -> &'r str {
        let text = row.cell(column);
        if !self.heading.labelled {
            return text;
        }
        text.split_once(": ").map_or(text, |(code, _)| code)
    }

    /// `AGENCY:ID(VERSION)`.
    fn structure<'r>(&self, row: &Row<'r>) -> Result<&'r str, Defect> {
        let column = if self.heading.version == Version::One { "DATAFLOW" } else { "STRUCTURE_ID" };
        let kind = row.cell("STRUCTURE");
        if self.heading.version == Version::Two
            && !matches!(kind, "dataflow" | "datastructure" | "dataprovision")
        {
            return Err(row.defect("STRUCTURE", Rule::StructureUnknown, kind));
        }
        let text = self.code(row, column);
        let named = text.split_once(':').is_some_and(|(agency, id)| !agency.is_empty() && !id.is_empty());
        if named { Ok(text) } else { Err(row.defect(column, Rule::StructureUnknown, text)) }
    }

    fn series(&mut self, row: &Row<'_>, structure: &str) -> Result<SeriesId, Defect> {
        let id = structure.rsplit(':').next().unwrap_or(structure);
        let id = id.split('(').next().unwrap_or(id);
        let first = match (&self.given.series, self.code(row, "SERIES")) {
            (Some(given), _) => given.as_str(),
            (None, "") => id,
            (None, own) => own,
        };
        let mut name = Cow::Borrowed(first);
        for column in &self.dimensions {
            let name = name.to_mut();
            name.push('.');
            name.push_str(self.code(row, column));
        }
        if let Some(known) = self.series.get(&*name) {
            return Ok(known.clone());
        }
        let series = SeriesId::read(&name).map_err(|_| row.defect("SERIES", Rule::BadSeries, &*name))?;
        self.series.insert(name.into(), series.clone());
        Ok(series)
    }

    fn place(&mut self, row: &Row<'_>) -> Result<Place, Defect> {
        let text = self.code(row, "REF_AREA");
        if let (true, Some(given)) = (text.is_empty(), self.given.place) {
            return Ok(given);
        }
        if let Some(known) = self.places.get(text) {
            return Ok(*known);
        }
        let place = Place::of_alpha2(text).map_or_else(|| Place::read(text), Ok).map_err(|bad| {
            let mangled = matches!(bad, BadPlace::Mangled { .. });
            let rule = if mangled { Rule::DivipolaMangled } else { Rule::UnknownPlace };
            row.defect("REF_AREA", rule, bad.to_string())
        })?;
        self.places.insert(text.into(), place);
        Ok(place)
    }

    fn unit(&mut self, row: &Row<'_>) -> Result<Unit, Defect> {
        let code = self.code(row, "UNIT_MEASURE");
        if code.is_empty() {
            return self.given.unit.ok_or_else(|| row.defect("UNIT_MEASURE", Rule::UnitMissing, ""));
        }
        if let Some(known) = self.units.get(code) {
            return Ok(*known);
        }
        let unit = codes::unit(code).ok_or_else(|| row.defect("UNIT_MEASURE", Rule::UnknownUnit, code))?;
        self.units.insert(code.into(), unit);
        Ok(unit)
    }

    fn dates(&mut self, row: &Row<'_>) -> Result<Dates, Defect> {
        let start = row.cell("REPORTING_YEAR_START_DAY");
        if !matches!(start, "" | "--01-01") {
            return Err(row.defect("REPORTING_YEAR_START_DAY", Rule::YearStartMoved, start));
        }
        let text = self.code(row, "TIME_PERIOD");
        let dates = match self.times.get(text) {
            Some(known) => *known,
            None => {
                let dates =
                    time::read(text).ok_or_else(|| row.defect("TIME_PERIOD", Rule::BadPeriod, text))?;
                self.times.insert(text.into(), dates);
                dates
            }
        };
        let frequency = self.code(row, "FREQ");
        time::at_frequency(dates, frequency).ok_or_else(|| {
            row.defect("FREQ", Rule::FrequencyContradiction, format!("{frequency} and {text}"))
        })
    }

    /// The status of the figure, none where the codes say that there is none, and the codes as they stand.
    fn obs_status(&self, row: &Row<'_>) -> Result<(Option<Status>, String), Defect> {
        let text = row.cell("OBS_STATUS");
        let mut codes: Vec<&str> = Vec::new();
        let mut status = Some(Status::Measured);
        let parts = text.split(|c| Some(c) == self.heading.inner).filter(|_| !text.is_empty());
        for part in parts {
            let code = if self.heading.labelled {
                part.split_once(": ").map_or(part, |(code, _)| code)
            } else {
                part
            };
            match codes::obs_status(code.trim()) {
                Some(Meaning::Figure(own)) => status = status.map(|known| known.max(own)),
                Some(Meaning::Missing) => status = None,
                None => return Err(row.defect("OBS_STATUS", Rule::ObsStatusUnknown, code)),
            }
            codes.push(code.trim());
        }
        Ok((status, codes.join(",")))
    }

    /// A number times ten to `UNIT_MULT`: none where it is missing.
    fn number(&self, row: &Row<'_>, column: &str) -> Result<Option<Decimal>, Defect> {
        let text = row.cell(column);
        if matches!(text, "" | "NaN") {
            return Ok(None);
        }
        if self.own && row.cell("UNIT_MULT") == "0" {
            return carried::number(row, column);
        }
        let bad = || row.defect(column, Rule::NotANumber, text);
        let plain = match self.mark {
            Mark::Both if text.contains(['.', ',']) => {
                return Err(row.defect(column, Rule::AmbiguousNumber, text));
            }
            Mark::Comma => text.replace(',', "."),
            _ => text.to_owned(),
        };
        let plain = plain.strip_prefix('+').unwrap_or(&plain);
        let (digits, power) = match plain.split_once(['e', 'E']) {
            Some((digits, power)) => (digits, power.parse::<i32>().map_err(|_| bad())?),
            None => (plain, 0),
        };
        // `.5` and `5.` are doubles of XML Schema too.
        let (sign, bare) = digits.strip_prefix('-').map_or(("", digits), |bare| ("-", bare));
        let digits = match bare.split_once('.') {
            Some(("", part)) => format!("{sign}0.{part}"),
            Some((whole, "")) => format!("{sign}{whole}"),
            _ => digits.to_owned(),
        };
        let value: Decimal = digits.parse().map_err(|_| bad())?;
        let multiplier = match self.code(row, "UNIT_MULT") {
            "" => 0,
            code => {
                let known = code.parse::<i32>().ok().filter(|n| n.abs() <= 24);
                known.ok_or_else(|| row.defect("UNIT_MULT", Rule::UnitMultUnreadable, code))?
            }
        };
        power.checked_add(multiplier).and_then(|places| value.shift(places).ok()).map(Some).ok_or_else(bad)
    }
}
