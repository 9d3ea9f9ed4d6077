//! Figures for others' programs: tables, their metadata, and where each figure came from.

use bitacora_accounts::book::Book;
use bitacora_accounts::export::{
    About, Layout, NotExported, Provenance, Selection, csvw, sdmx, select, tidy,
};
use bitacora_accounts::verdict::{Matrix, matrix};
use bitacora_accounts::{Day, Observation};

/// How figures are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Written {
    /// The tidy table, which reads back to the same observations.
    Csv,
    /// SDMX-CSV 2.0.
    Sdmx,
    /// Metadata of the tidy table: W3C Metadata Vocabulary for Tabular Data, 2015.
    Csvw,
    /// W3C PROV-JSON: every figure, its source, and every verdict derived from them.
    Prov,
}

impl Written {
    pub const ALL: [(&'static str, Self); 4] =
        [("csv", Self::Csv), ("sdmx", Self::Sdmx), ("csvw", Self::Csvw), ("prov", Self::Prov)];

    /// What the file ends in.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Sdmx => "sdmx.csv",
            Self::Csvw => "csv-metadata.json",
            Self::Prov => "prov.json",
        }
    }
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Csv | Self::Sdmx => "text/csv; charset=utf-8",
            Self::Csvw | Self::Prov => "application/json",
        }
    }
}

/// The figures of a book, or of one series, in one of the forms.
pub fn export(
    book: &Book,
    written: Written,
    selection: &Selection,
    title: &str,
) -> Result<Vec<u8>, NotExported> {
    let selected = select(book.ledger(), selection);
    let rows: Vec<&Observation> = selected.rows.iter().map(|(_, own)| *own).collect();
    match written {
        Written::Csv => Ok(tidy(rows)),
        Written::Sdmx => Ok(sdmx(rows)),
        Written::Csvw => {
            let about = About {
                url: "accounts.csv".to_owned(),
                layout: Layout::Tidy,
                language: "en".to_owned(),
                title: title.to_owned(),
                known_on: selection.known_on,
                undecided: selected.undecided.len(),
                unknown: selected.unknown.len(),
            };
            csvw(rows, &about)
        }
        Written::Prov => provenance(book, &selected.rows, selection.known_on),
    }
}

fn provenance(
    book: &Book,
    rows: &[(bitacora_accounts::ObservationId, &Observation)],
    day: Option<Day>,
) -> Result<Vec<u8>, NotExported> {
    let mut provenance = Provenance::default();
    let mut entities = std::collections::BTreeMap::new();
    for (id, own) in rows {
        entities.insert(*id, provenance.figure(own)?);
    }
    let Matrix { rows, .. } = matrix(book.ledger(), book.registry(), book.commitments(), day);
    for row in rows.iter().filter(|row| row.is_judged()) {
        let used: Vec<_> =
            row.base_figures.iter().chain(&row.figures).filter_map(|id| entities.get(id)).cloned().collect();
        if used.is_empty() {
            continue;
        }
        let name = format!("{} {} {} {} {}", row.commitment, row.method, row.baseline, row.vintage, row.end);
        let value = row.value.map(|value| value.to_string()).unwrap_or_default();
        let _entity = provenance.derived(
            "verdict",
            &name,
            &[("verdict", row.verdict.code()), ("value", &value), ("reason", row.reason.code())],
            &used,
        );
    }
    provenance.to_json()
}
