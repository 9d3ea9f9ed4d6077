//! Methods and programmes: `id,kind,publisher,name_en,name_es,definition_en,definition_es,reference` and
//! `code,name_en,name_es`. Never decides which series a method answers.

use std::collections::BTreeSet;

use crate::indicator::Programme;
use crate::method::{Bilingual, Method, MethodKind};
use crate::observation::Digest;

use super::table::{Row, Table};
use super::tidy::Imported;
use super::{Defect, Defects, NotATable, Rule};

const METHOD: &[&str] =
    &["id", "kind", "publisher", "name_en", "name_es", "definition_en", "definition_es", "reference"];
const PROGRAMME: &[&str] = &["code", "name_en", "name_es"];

/// Lower-case letters, digits and `_`: what files and command lines hold without quotes.
pub(super) fn code(row: &Row<'_>, column: &'static str) -> Result<String, Defect> {
    let text = row.cell(column);
    if text.is_empty() {
        return Err(row.defect(column, Rule::IdMissing, ""));
    }
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if text.len() > 60 || !text.bytes().all(plain) {
        return Err(row.defect(column, Rule::BadId, text));
    }
    Ok(text.to_owned())
}

/// Both languages, or neither reader is served.
pub(super) fn bilingual(row: &Row<'_>, en: &'static str, es: &'static str) -> Result<Bilingual, Defect> {
    let word = |column: &'static str| match row.cell(column) {
        "" => Err(row.defect(column, Rule::NameMissing, "")),
        text => Ok(text.to_owned()),
    };
    Ok(Bilingual { en: word(en)?, es: word(es)? })
}

pub fn methods(bytes: &[u8]) -> Result<Imported<Method>, NotATable> {
    let mut defects = Defects::default();
    let table = Table::open(bytes, METHOD, &[], &mut defects)?;
    let mut rows = Vec::new();
    let mut ids = BTreeSet::new();
    table.rows(&mut defects, |row| {
        let id = code(row, "id")?;
        let kind = row.cell("kind");
        let kind: MethodKind = kind.parse().map_err(|_| row.defect("kind", Rule::KindUnknown, kind))?;
        let method = Method {
            line: row.line,
            id: id.as_str().into(),
            kind,
            publisher: row.cell("publisher").to_owned(),
            name: bilingual(row, "name_en", "name_es")?,
            definition: bilingual(row, "definition_en", "definition_es")?,
            reference: row.cell("reference").to_owned(),
        };
        if !ids.insert(id.clone()) {
            return Err(row.defect("id", Rule::IdTwice, id));
        }
        rows.push(method);
        Ok(())
    })?;
    Ok(Imported { file: Digest::of(bytes), rows, defects })
}

pub fn programmes(bytes: &[u8]) -> Result<Imported<Programme>, NotATable> {
    let mut defects = Defects::default();
    let table = Table::open(bytes, PROGRAMME, &[], &mut defects)?;
    let mut rows = Vec::new();
    let mut codes = BTreeSet::new();
    table.rows(&mut defects, |row| {
        let code = code(row, "code")?;
        let name = bilingual(row, "name_en", "name_es")?;
        if !codes.insert(code.clone()) {
            return Err(row.defect("code", Rule::IdTwice, code));
        }
        rows.push(Programme { line: row.line, code: code.into(), name });
        Ok(())
    })?;
    Ok(Imported { file: Digest::of(bytes), rows, defects })
}
