//! `bitacora accounts import`: tables into the data folder. What breaks a rule is printed with its line and left out; the
//! rest goes in.

use std::path::Path;
use std::process::ExitCode;

use bitacora_accounts::book::Parsed;
use bitacora_accounts::import::sdmx::Given;
use bitacora_accounts::import::wide::{Mapping, PlaceOf, SeriesOf};
use bitacora_accounts::import::{self, Defect, Defects, Imported, Rule};
use bitacora_accounts::observation::Digest;
use bitacora_accounts::record::{FileImported, Format, Layout};
use bitacora_accounts::{Observation, Place};
use bitacora_api::accounts::Import;
use bitacora_feeds::series::{self as feeds, Sheets};

use super::{Office, bad, bytes};
use crate::cli::accounts::{ImportArgs, LayoutArgs};
use crate::clock;
use crate::error::NodeError;
use crate::summary::say;
use crate::words::Words;

/// How many defects of a file are printed.
const TOLD: usize = 20;

impl LayoutArgs {
    pub(super) fn layout(&self) -> Result<Option<Layout>, NodeError> {
        let wide = match (&self.mapping, &self.series, self.unit, &self.source) {
            (Some(path), ..) => {
                let text = std::fs::read(path).map_err(NodeError::file(path, "read"))?;
                Some(serde_json::from_slice(&text).map_err(|error| bad(path, error))?)
            }
            (None, Some(series), Some(unit), Some(source)) => {
                let place = match &self.place_column {
                    Some(column) => PlaceOf::Column(column.clone()),
                    None => PlaceOf::One(self.place.unwrap_or(Place::COLOMBIA)),
                };
                Some(Mapping::new(SeriesOf::One(series.clone()), place, unit, source))
            }
            _ => None,
        };
        let layout = Layout {
            wide: wide.map(Box::new),
            sheet: self.sheet.clone(),
            series: self.series.clone(),
            unit: self.unit,
            place: self.place,
            source: self.source.clone(),
        };
        Ok((layout != Layout::default()).then_some(layout))
    }
}

/// The reader of files that the accounts import.
pub(crate) fn read_file(file: &FileImported, bytes: &[u8]) -> Result<Parsed, String> {
    let not = |error: import::NotATable| error.to_string();
    let layout = file.layout.clone().unwrap_or_default();
    Ok(match file.format {
        Format::Tidy => Parsed::Observations(import::tidy(bytes, None).map_err(not)?),
        Format::Documents => Parsed::Observations(import::documents(bytes).map_err(not)?),
        Format::Commitments => Parsed::Commitments(import::commitments(bytes).map_err(not)?),
        Format::Absent => Parsed::Absent(import::absent(bytes).map_err(not)?),
        Format::Methods => Parsed::Methods(import::methods(bytes).map_err(not)?),
        Format::Programmes => Parsed::Programmes(import::programmes(bytes).map_err(not)?),
        Format::Indicators => Parsed::Indicators(import::indicators(bytes).map_err(not)?),
        Format::Answers => Parsed::Answers(import::answers(bytes).map_err(not)?),
        Format::Facts => return Err("facts are recorded one by one, never imported".to_owned()),
        Format::SdmxCsv => {
            let Layout { series, unit, place, source: source_name, .. } = layout;
            let given = Given { series, unit, place, source_name, ..Given::default() };
            Parsed::Observations(import::sdmx::sdmx(bytes, &given).map_err(not)?.imported)
        }
        Format::WideCsv => {
            let wide = layout.wide.as_deref().ok_or("a table with one column a year needs its mapping")?;
            Parsed::Observations(import::wide::wide(bytes, wide).map_err(not)?.imported)
        }
        Format::Xlsx => Parsed::Observations(workbook(bytes, &layout)?),
    })
}

/// Every sheet's figures; a sheet that is left out is a defect, so that nothing goes missing in silence.
fn workbook(bytes: &[u8], layout: &Layout) -> Result<Imported<Observation>, String> {
    let book = feeds::read(bytes).map_err(|error| error.to_string())?;
    let sheets = layout.sheet.clone().map_or(Sheets::Visible, Sheets::Named);
    let read = match &layout.wide {
        Some(mapping) => {
            let read = feeds::wide(&book, &sheets, mapping).map_err(|error| error.to_string())?;
            read.into_iter()
                .map(|own| (own.name, own.table.map(|table| table.map(|wide| wide.imported))))
                .collect()
        }
        None => {
            let read = feeds::tidy(&book, &sheets, None).map_err(|error| error.to_string())?;
            read.into_iter().map(|own| (own.name, own.table)).collect::<Vec<_>>()
        }
    };
    let mut all = Imported { file: Digest::of(bytes), rows: Vec::new(), defects: Defects::default() };
    let left_out =
        |name: String, text: String| Defect { line: 1, column: name, rule: Rule::SheetNotRead, text };
    let mut any = false;
    for (name, table) in read {
        match table {
            Some(Ok(imported)) => {
                any = true;
                all.rows.extend(imported.rows);
                all.defects.merge(imported.defects);
            }
            Some(Err(error)) => all.defects.push(left_out(name, error.to_string())),
            // Asked for one sheet, nobody misses the others.
            None if layout.sheet.is_some() => {}
            None => all.defects.push(left_out(name, "it is hidden".to_owned())),
        }
    }
    match all.defects.first.first() {
        Some(first) if !any => Err(first.to_string()),
        _ => Ok(all),
    }
}

/// The format that the heading tells.
pub(super) fn detect(bytes: &[u8], layout: Option<&Layout>) -> Option<Format> {
    if bytes.starts_with(b"PK") {
        return Some(Format::Xlsx);
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let line = bytes.split(|byte| *byte == b'\n').next()?;
    let line = std::str::from_utf8(line).ok()?.trim_end_matches('\r');
    let columns: Vec<&str> = line.split([',', ';']).map(|column| column.trim_matches('"')).collect();
    let has = |column: &str| columns.iter().any(|own| own.eq_ignore_ascii_case(column));
    let first = columns.first()?;
    if first.eq_ignore_ascii_case("DATAFLOW") || first.to_ascii_uppercase().starts_with("STRUCTURE") {
        Some(Format::SdmxCsv)
    } else if has("promiser") {
        Some(Format::Commitments)
    } else if has("document") && has("series_id") {
        Some(Format::Documents)
    } else if has("series_id") && has("value") {
        Some(Format::Tidy)
    } else if has("series_id") && has("years") {
        Some(Format::Absent)
    } else if has("definition_en") {
        Some(Format::Methods)
    } else if has("indicator") && has("method") && has("series") {
        Some(Format::Answers)
    } else if has("programme") {
        Some(Format::Indicators)
    } else if has("code") && has("name_en") {
        Some(Format::Programmes)
    } else {
        layout.and_then(|own| own.wide.as_ref()).map(|_| Format::WideCsv)
    }
}

pub(super) fn import(args: &ImportArgs, words: Words) -> Result<ExitCode, NodeError> {
    let office = Office::open(&args.data)?;
    let officer = args.officer.as_deref().map(|id| office.officer(id)).transpose()?;
    let layout = args.layout.layout()?;
    let mut all = true;
    for path in &args.files {
        match one(&office, officer.as_ref(), path, layout.as_ref(), words) {
            Ok(whole) => all &= whole,
            // What cannot be read is said, and does not stop the rest; what cannot be stored stops everything.
            Err(error @ (NodeError::AccountsInput { .. } | NodeError::File { .. })) => {
                eprintln!("{error}");
                all = false;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(if all { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Whether every row of the file went in.
fn one(
    office: &Office,
    officer: Option<&bitacora_primitives::Officer>,
    path: &Path,
    layout: Option<&Layout>,
    words: Words,
) -> Result<bool, NodeError> {
    let raw = bytes(path)?;
    let format = detect(&raw, layout).ok_or_else(|| bad(path, words.accounts_unknown_table()))?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let file = Import { name: &name, bytes: &raw, format, layout };
    let before = office.book()?.not_taken().len();
    let done = bitacora_api::accounts::import(
        &office.store,
        &office.accounts,
        office.keys.as_ref(),
        officer,
        clock::now(),
        file,
    )
    .map_err(|error| match error {
        bitacora_api::accounts::AccountsError::File { why, .. } => bad(path, why),
        other => NodeError::Accounts(other),
    })?;
    for defect in done.defects.first.iter().take(TOLD) {
        eprintln!("{name}: {defect}");
    }
    let book = office.book()?;
    for refusal in book.not_taken().iter().skip(before).take(TOLD) {
        let line = refusal.line.map_or_else(String::new, |line| format!("line {line}, "));
        eprintln!("{name}: {line}{}: {}", refusal.code, refusal.why);
    }
    let (rows, defects) = (done.fact.rows, done.fact.defects);
    say(&format!(
        "{name}  {format}  {rows} {}  {defects} {}  {} {}\n",
        words.accounts_rows(),
        words.accounts_defects(),
        done.refused,
        words.accounts_refused(),
    ))?;
    Ok(defects == 0 && done.refused == 0)
}
