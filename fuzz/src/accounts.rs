//! One function for each reader of figures: tables, statistical messages, workbooks and articles that anyone may hand in.
//! None may panic, hang or set aside more than its bounds; what was read is exported and read back the same.

use bitacora_accounts::export;
use bitacora_accounts::import::sdmx::{Given, sdmx};
use bitacora_accounts::import::wide::{Divipola, Mapping, PlaceOf, Separator, SeriesOf, Years, wide};
use bitacora_accounts::import::{absent, commitments, documents, tidy};
use bitacora_accounts::number::Locale;
use bitacora_accounts::reading::{self, ActorTable, Document};
use bitacora_accounts::{Observation, Place, SeriesId, Status, Unit};
use bitacora_feeds::series::{self, Sheets};

pub type Target = fn(&[u8]);

/// By the names of their corpora.
pub const TARGETS: [(&str, Target); 4] = [
    ("accounts_tidy", accounts_tidy),
    ("accounts_sdmx", accounts_sdmx),
    ("accounts_xlsx", accounts_xlsx),
    ("accounts_reading", accounts_reading),
];

fn both_ways(rows: &[Observation]) {
    let again = tidy(&export::tidy(rows), None).expect("what is written is a table");
    assert_eq!(again.rows, rows, "a tidy table reads back otherwise");
    let again = sdmx(&export::sdmx(rows), &Given::default()).expect("what is written is a message");
    assert_eq!(again.imported.rows, rows, "a message reads back otherwise");
}

fn mapping(series: SeriesOf, place: PlaceOf) -> Mapping {
    Mapping {
        series,
        place,
        unit: Unit::Hectare,
        years: Years::Named,
        ignored: Vec::new(),
        locale: None,
        vintage: None,
        status: Status::Measured,
        source_name: "fuzz".to_owned(),
        source_ref: String::new(),
        note: String::new(),
        ship: false,
        separator: Separator::Comma,
    }
}

/// The two wide tables that the fuzzed bytes may be: municipal, and regions by years.
fn mappings() -> [Mapping; 2] {
    let series = SeriesId::read("co.cult.unodc").expect("a series");
    let codes = Divipola {
        department: Some("CODDEPTO".to_owned()),
        municipality: Some("CODMPIO".to_owned()),
        mangled: true,
        ..Divipola::default()
    };
    let column = SeriesOf::Column { column: "region".to_owned(), prefix: series.clone() };
    [mapping(SeriesOf::One(series), PlaceOf::Divipola(codes)), mapping(column, PlaceOf::One(Place::COLOMBIA))]
}

/// Every table of the accounts.
pub fn accounts_tidy(bytes: &[u8]) {
    for locale in [None, Some(Locale::Es), Some(Locale::En)] {
        if let Ok(read) = tidy(bytes, locale) {
            both_ways(&read.rows);
        }
    }
    for mapping in mappings() {
        if let Ok(read) = wide(bytes, &mapping) {
            both_ways(&read.imported.rows);
        }
    }
    commitments(bytes).ok();
    absent(bytes).ok();
    if let Ok(read) = documents(bytes) {
        both_ways(&read.rows);
    }
}

pub fn accounts_sdmx(bytes: &[u8]) {
    let given = Given { place: Some(Place::COLOMBIA), unit: Some(Unit::Tonne), ..Given::default() };
    for given in [Given::default(), given] {
        if let Ok(read) = sdmx(bytes, &given) {
            both_ways(&read.imported.rows);
        }
    }
}

pub fn accounts_xlsx(bytes: &[u8]) {
    let Ok(workbook) = series::read(bytes) else { return };
    for sheet in series::tidy(&workbook, &Sheets::Visible, None).expect("no sheet was named") {
        if let Some(Ok(read)) = sheet.table {
            both_ways(&read.rows);
        }
    }
    for mapping in mappings() {
        for sheet in series::wide(&workbook, &Sheets::Visible, &mapping).expect("no sheet was named") {
            if let Some(Ok(read)) = sheet.table {
                both_ways(&read.imported.rows);
            }
        }
    }
}

/// An article: what is proposed of it is the same each time.
pub fn accounts_reading(bytes: &[u8]) {
    let Ok(document) = Document::from_bytes(bytes) else { return };
    let table = ActorTable::default();
    let read = reading::read(&document, None, &table);
    assert_eq!(read, reading::read(&document, None, &table), "two readings differ");
}
