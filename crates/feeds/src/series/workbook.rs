//! A workbook's parts (ECMA-376, SpreadsheetML, transitional and strict) as sheets of typed cells. Numbers are exact, a
//! formula is the value last computed, and nothing is computed here.

use std::collections::BTreeMap;

use bitacora_accounts::import::Grid;
use bitacora_accounts::observation::Digest;

use super::error::{NotAWorkbook, short};
use super::formats::{self, Format};
use super::sheet;
use super::xml::{Tag, Token, Xml, unescaped};
use super::zip::Archive;

const MOST_SHEETS: usize = 256;
const MOST_STRINGS: usize = 2_000_000;
const MOST_FORMATS: usize = 65_536;
/// Of all sheets together, the empty ones between two that are full included.
pub(super) const MOST_CELLS: usize = 6_000_000;

/// Whether people see a sheet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Visibility {
    Visible,
    Hidden,
    /// Only a program can show it.
    VeryHidden,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sheet {
    pub name: String,
    pub visibility: Visibility,
    pub grid: Grid,
    /// Cells whose value a formula gave.
    pub formulas: u64,
    /// Merged cells.
    pub merged: u64,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Workbook {
    /// SHA-256 of the bytes.
    pub file: Digest,
    pub sheets: Vec<Sheet>,
    /// Sheets without cells: charts, macros.
    pub without_cells: Vec<String>,
}

/// What cells refer to.
pub(super) struct Shared {
    pub(super) strings: Vec<Box<str>>,
    pub(super) formats: Vec<Format>,
    pub(super) from_1904: bool,
}

/// Of one relationship: what kind of part, and where.
struct Related {
    kind: String,
    target: String,
}

pub fn read(bytes: &[u8]) -> Result<Workbook, NotAWorkbook> {
    let mut archive = Archive::open(bytes)?;
    if archive.has("mimetype") && archive.has("content.xml") {
        return Err(NotAWorkbook::OpenDocument);
    }
    if archive.has("xl/workbook.bin") {
        return Err(NotAWorkbook::Binary);
    }
    let main = main_part(&mut archive)?;
    let related = relations(&mut archive, &main)?;
    let text = archive.text(&main)?;
    let (listed, from_1904) = listed(&text, &main)?;
    let of_kind = |kind: &str| related.values().find(|own| own.kind == kind).map(|own| own.target.clone());
    let strings = match of_kind("sharedStrings") {
        Some(part) if archive.has(&part) => shared_strings(&archive.text(&part)?, &part)?,
        _ => Vec::new(),
    };
    let formats = match of_kind("styles") {
        Some(part) if archive.has(&part) => cell_formats(&archive.text(&part)?, &part)?,
        _ => Vec::new(),
    };
    let shared = Shared { strings, formats, from_1904 };
    let mut left = MOST_CELLS;
    let (mut sheets, mut without_cells) = (Vec::new(), Vec::new());
    for (name, visibility, id) in listed {
        let missing = || NotAWorkbook::PartMissing { part: short(&name) };
        let own = related.get(&id).ok_or_else(missing)?;
        if own.kind != "worksheet" {
            without_cells.push(name);
            continue;
        }
        let text = archive.text(&own.target)?;
        let read = sheet::read(&text, &own.target, &shared, &mut left)?;
        sheets.push(Sheet {
            name,
            visibility,
            grid: read.grid,
            formulas: read.formulas,
            merged: read.merged,
        });
    }
    Ok(Workbook { file: Digest::of(bytes), sheets, without_cells })
}

/// The part that the package calls its document.
fn main_part(archive: &mut Archive<'_>) -> Result<String, NotAWorkbook> {
    if !archive.has("_rels/.rels") {
        return Err(NotAWorkbook::PartMissing { part: "_rels/.rels".to_owned() });
    }
    let related = relations(archive, "")?;
    let found = related.into_values().find(|own| own.kind == "officeDocument").map(|own| own.target);
    let main = found.unwrap_or_else(|| "xl/workbook.xml".to_owned());
    if main.ends_with(".bin") { Err(NotAWorkbook::Binary) } else { Ok(main) }
}

/// The relationships of a part by their ids; of the package where the part has no name.
fn relations(archive: &mut Archive<'_>, part: &str) -> Result<BTreeMap<String, Related>, NotAWorkbook> {
    let (folder, name) = part.rsplit_once('/').map_or(("", part), |(folder, name)| (folder, name));
    let path =
        if folder.is_empty() { format!("_rels/{name}.rels") } else { format!("{folder}/_rels/{name}.rels") };
    let text = archive.text(&path)?;
    let mut xml = Xml::new(&text, &path);
    let mut related = BTreeMap::new();
    loop {
        match xml.next()? {
            Token::Open(tag) if tag.name() == "Relationship" => {
                let get = |name| tag.attribute(name).unwrap_or_default();
                if get("TargetMode") == "External" {
                    continue;
                }
                let kind = get("Type").rsplit('/').next().unwrap_or("").to_owned();
                related.insert(get("Id"), Related { kind, target: resolved(folder, &get("Target")) });
                if related.len() > MOST_SHEETS * 4 {
                    return Err(NotAWorkbook::too_much(&path, "relationships", MOST_SHEETS * 4));
                }
            }
            Token::End => return Ok(related),
            _ => {}
        }
    }
}

/// A target as its part's folder means it.
fn resolved(folder: &str, target: &str) -> String {
    let full = match target.strip_prefix('/') {
        Some(absolute) => absolute.to_owned(),
        None => format!("{folder}/{target}"),
    };
    let mut steps: Vec<&str> = Vec::new();
    for step in full.split('/').filter(|step| !matches!(*step, "" | ".")) {
        if step == ".." {
            steps.pop();
        } else {
            steps.push(step);
        }
    }
    steps.join("/")
}

type Listed = (String, Visibility, String);

/// The sheets in the order of their tabs, and whether dates count from 1904.
fn listed(text: &str, part: &str) -> Result<(Vec<Listed>, bool), NotAWorkbook> {
    let mut xml = Xml::new(text, part);
    let (mut sheets, mut from_1904) = (Vec::new(), false);
    loop {
        match xml.next()? {
            Token::Open(tag) => match tag.name().as_str() {
                "workbookPr" => {
                    from_1904 = matches!(tag.attribute("date1904").as_deref(), Some("1" | "true"));
                }
                "sheet" => {
                    sheets.push(listed_sheet(&tag));
                    if sheets.len() > MOST_SHEETS {
                        return Err(NotAWorkbook::too_much(part, "sheets", MOST_SHEETS));
                    }
                }
                _ => {}
            },
            Token::End => return Ok((sheets, from_1904)),
            _ => {}
        }
    }
}

fn listed_sheet(tag: &Tag<'_>) -> Listed {
    let visibility = match tag.attribute("state").as_deref() {
        Some("hidden") => Visibility::Hidden,
        Some("veryHidden") => Visibility::VeryHidden,
        _ => Visibility::Visible,
    };
    (tag.attribute("name").unwrap_or_default(), visibility, tag.attribute("id").unwrap_or_default())
}

/// The runs of each string together; how it is to be spoken left out.
fn shared_strings(text: &str, part: &str) -> Result<Vec<Box<str>>, NotAWorkbook> {
    let mut xml = Xml::new(text, part);
    let mut strings: Vec<Box<str>> = Vec::new();
    let (mut own, mut in_text, mut spoken) = (String::new(), false, false);
    loop {
        match xml.next()? {
            Token::Open(tag) => match tag.name().as_str() {
                "si" => own.clear(),
                "t" => in_text = !spoken,
                "rPh" => spoken = true,
                _ => {}
            },
            Token::Text(text) if in_text => own.push_str(&text),
            Token::Text(_) => {}
            Token::Close(name) => match name.as_str() {
                "si" => {
                    strings.push(unescaped(&own).into());
                    if strings.len() > MOST_STRINGS {
                        return Err(NotAWorkbook::too_much(part, "strings", MOST_STRINGS));
                    }
                }
                "t" => in_text = false,
                "rPh" => spoken = false,
                _ => {}
            },
            Token::End => return Ok(strings),
        }
    }
}

/// What each cell style makes of a number.
fn cell_formats(text: &str, part: &str) -> Result<Vec<Format>, NotAWorkbook> {
    let mut xml = Xml::new(text, part);
    let mut custom: BTreeMap<u32, Format> = BTreeMap::new();
    let (mut formats, mut in_cells) = (Vec::new(), false);
    loop {
        match xml.next()? {
            Token::Open(tag) => match tag.name().as_str() {
                "numFmt" => {
                    let id = tag.attribute("numFmtId").and_then(|id| id.parse().ok());
                    if let Some((id, code)) = id.zip(tag.attribute("formatCode")) {
                        custom.insert(id, formats::custom(&code));
                    }
                }
                "cellXfs" => in_cells = true,
                "xf" if in_cells => {
                    let id = tag.attribute("numFmtId").and_then(|id| id.parse().ok()).unwrap_or(0);
                    formats.push(custom.get(&id).copied().unwrap_or(formats::built_in(id)));
                }
                _ => {}
            },
            Token::Close(name) if name == "cellXfs" => in_cells = false,
            Token::End => return Ok(formats),
            _ => {}
        }
        if custom.len() > MOST_FORMATS || formats.len() > MOST_FORMATS {
            return Err(NotAWorkbook::too_much(part, "formats", MOST_FORMATS));
        }
    }
}
