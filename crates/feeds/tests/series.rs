#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]
//! Workbooks with the traps that real ones held, and with those that an attacker sets.

#[path = "made/xlsx.rs"]
mod xlsx;

use bitacora_accounts::import::wide::{Divipola, Mapping, PlaceOf, Separator, SeriesOf, Wide, Years, wide};
use bitacora_accounts::import::{Imported, NotATable, Rule, tidy};
use bitacora_accounts::number::Locale;
use bitacora_accounts::{Decimal, Observation, Place, SeriesId, Source, Status, Unit};
use bitacora_feeds::series::{self, NotAWorkbook, SheetRead, Sheets, Visibility};
use proptest::prelude::*;
use xlsx::{Book, book, number, rows, text, texts, zip};

fn d(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn mapping() -> Mapping {
    Mapping {
        series: SeriesOf::One(SeriesId::read("co.cult.unodc").unwrap()),
        place: PlaceOf::Divipola(Divipola {
            department: Some("CODDEPTO".to_owned()),
            municipality: Some("CODMPIO".to_owned()),
            department_name: Some("DEPARTAMENTO".to_owned()),
            municipality_name: Some("MUNICIPIO".to_owned()),
            mangled: false,
        }),
        unit: Unit::Hectare,
        years: Years::Named,
        ignored: Vec::new(),
        locale: None,
        vintage: "2025-06".parse().ok(),
        status: Status::Measured,
        source_name: "Deteccion de Cultivos de Coca (hectareas)".to_owned(),
        source_ref: "datos.gov.co".to_owned(),
        note: String::new(),
        ship: false,
        separator: Separator::Comma,
    }
}

const MUNICIPAL: [&str; 7] = ["CODDEPTO", "DEPARTAMENTO", "CODMPIO", "MUNICIPIO", "2019", "2020", "2021"];

fn one<T>(mut sheets: Vec<SheetRead<T>>) -> T {
    assert_eq!(sheets.len(), 1);
    sheets.remove(0).table.unwrap().unwrap()
}

fn wide_of(bytes: &[u8], mapping: &Mapping) -> Wide {
    one(series::wide(&series::read(bytes).unwrap(), &Sheets::Visible, mapping).unwrap())
}

fn tidy_of(bytes: &[u8]) -> Imported<Observation> {
    one(series::tidy(&series::read(bytes).unwrap(), &Sheets::Visible, None).unwrap())
}

fn defects(imported: &Imported<Observation>) -> Vec<(u64, &str, Rule)> {
    imported.defects.first.iter().map(|defect| (defect.line, defect.column.as_str(), defect.rule)).collect()
}

fn values(imported: &Imported<Observation>) -> Vec<String> {
    imported.rows.iter().map(|row| row.number().to_string()).collect()
}

#[test]
fn a_tidy_sheet_is_the_tidy_table() {
    let heading = "series_id,country,year,value,unit,low,high,source_name,source_ref,note,ship";
    let columns: Vec<&str> = heading.split(',').collect();
    let mut row = texts(&["co.prod.unodc", "COL"]);
    row.extend([number("2016"), number("1053"), text("t"), number("917"), number("1240")]);
    row.extend(texts(&["Fact sheet, Sep 2018", "https://x.example", "vintage=2018-09", "yes"]));
    let bytes = book(rows(&[texts(&columns), row]));
    let sheet = tidy_of(&bytes);
    let csv = format!(
        "{heading}\nco.prod.unodc,COL,2016,1053,t,917,1240,\"Fact sheet, Sep 2018\",https://x.example,vintage=2018-09,yes\n"
    );
    let mut want = tidy(csv.as_bytes(), None).unwrap().rows;
    for row in &mut want {
        let Source::Named { file, .. } = &mut row.source else { panic!() };
        *file = sheet.file;
    }
    assert_eq!((sheet.rows, sheet.defects.count), (want, 0));
}

#[test]
fn typed_numbers_are_exact_and_everything_else_in_a_figure_s_cell_is_a_defect() {
    let heading = ["series_id", "country", "year", "value", "unit", "source_name"];
    let with = |value: String| {
        let mut row = texts(&["co.seiz.x", "COL"]);
        row.extend([number("2019"), value, text("kg"), text("X")]);
        row
    };
    let styled = |style: u32, value: &str| format!("<c s=\"{style}\"><v>{value}</v></c>");
    let cells = [
        number("142783.45"),
        number("0.1"),
        number("1.2345E+3"),
        styled(3, "98233.123456789012"),
        "<c t=\"str\"><f>TEXT(A1)</f><v>1.234,5</v></c>".to_owned(),
        "<c><f>SUM(B1:B9)</f><v>77.457</v></c>".to_owned(),
        "<c><f>SUM(B1:B9)</f></c>".to_owned(),
        "<c t=\"e\"><v>#N/A</v></c>".to_owned(),
        "<c t=\"b\"><v>1</v></c>".to_owned(),
        styled(1, "42735"),
        styled(2, "0.05"),
        "<c/>".to_owned(),
        text("1,234.5"),
        number("1E+300"),
    ];
    let mut table = vec![texts(&heading)];
    table.extend(cells.into_iter().map(with));
    let workbook = series::read(&book(rows(&table[..14]))).unwrap();
    assert_eq!(workbook.sheets[0].formulas, 3);
    let read = one(series::tidy(&workbook, &Sheets::Visible, None).unwrap());
    assert_eq!(
        values(&read),
        ["142783.45", "0.1", "1234.5", "98233.123456789", "1234.5", "77.457", "1234.5"]
    );
    assert_eq!(
        defects(&read),
        [
            (8, "value", Rule::FormulaWithoutValue),
            (9, "value", Rule::ErrorCell),
            (10, "value", Rule::NotANumber),
            (11, "value", Rule::DateForNumber),
            (12, "value", Rule::PercentOfAnother),
            (13, "value", Rule::NumberMissing),
        ]
    );
    let huge = series::read(&book(rows(&table))).unwrap_err();
    assert_eq!((huge.code(), huge.to_string().contains("cell D15")), ("workbook_bad_cell", true), "{huge}");
}

#[test]
fn a_year_that_became_a_date_is_a_defect() {
    let heading = texts(&["series_id", "country", "year", "value", "unit", "source_name"]);
    let mut row = texts(&["co.seiz.x", "COL"]);
    row.extend(["<c s=\"1\"><v>2016</v></c>".to_owned(), number("5"), text("kg"), text("X")]);
    let read = tidy_of(&book(rows(&[heading, row])));
    assert_eq!(defects(&read), [(2, "year", Rule::DateInYearColumn)]);
    assert_eq!(read.defects.first[0].text, "1905-07-08");
    // In a heading, of the calendar of 1904.
    let mut heading = texts(&MUNICIPAL[..6]);
    heading.push("<c s=\"4\"><v>41273</v></c>".to_owned());
    let row = texts(&["05", "Antioquia", "05001", "Medellín", "1", "2", "3"]);
    let bytes =
        Book { sheets: vec![("H", "visible", rows(&[heading, row]))], strings: Vec::new(), from_1904: true };
    let read = wide_of(&bytes.bytes(), &mapping());
    assert_eq!(read.imported.rows.len(), 2);
    assert_eq!(defects(&read.imported)[0], (1, "2016-12-31", Rule::DateInYearColumn));
}

// The year 2020 of an extract came in Spanish number format inside an otherwise plain file.
#[test]
fn a_spanish_column_in_a_plain_table_is_read_as_it_is_written_and_reported() {
    let table = |rows: &[[&str; 7]]| {
        let mut lines = vec![MUNICIPAL.join(",")];
        lines.extend(rows.iter().map(|row| row.map(|cell| format!("\"{cell}\"")).join(",")));
        lines.join("\n")
    };
    let csv = table(&[
        ["05", "Antioquia", "05001", "Medellín", "1234.5", "1.234,56", "7"],
        ["05", "Antioquia", "05040", "Anorí", "0.25", "2.345", ""],
        ["81", "Arauca", "81001", "Arauca", "12", "0,5", "3.5"],
    ]);
    let read = wide(csv.as_bytes(), &mapping()).unwrap();
    assert_eq!(values(&read.imported), ["1234.5", "1234.56", "7", "0.25", "2345", "12", "0.5", "3.5"]);
    assert_eq!(defects(&read.imported), [(1, "2020", Rule::LocaleDrift)]);
    assert_eq!((read.missing, read.columns[1].locale), (1, Some(Locale::Es)));
    // Where nothing in the column decides, its cells are not guessed.
    let csv = table(&[["05", "Antioquia", "05001", "Medellín", "1234.5", "1.234", "7"]]);
    let read = wide(csv.as_bytes(), &mapping()).unwrap();
    assert_eq!(defects(&read.imported), [(2, "2020", Rule::AmbiguousNumber)]);
    assert_eq!(values(&read.imported), ["1234.5", "7"]);
    // The same in a sheet, where the other years are typed.
    let mut row = texts(&["05", "Antioquia", "05001", "Medellín"]);
    row.extend([number("1234.5"), text("1.234,56"), number("7")]);
    let read = wide_of(&book(rows(&[texts(&MUNICIPAL), row])), &mapping());
    assert_eq!(values(&read.imported), ["1234.5", "1234.56", "7"]);
    assert_eq!(defects(&read.imported), [(1, "2020", Rule::LocaleDrift)]);
}

#[test]
fn codes_that_went_through_a_number_format_are_not_guessed() {
    let row = |department: &str, name: &str, code: String, municipality: &str| {
        let mut cells = vec![text(department), text(name), code, text(municipality)];
        cells.extend(["1", "2", "3"].map(number));
        cells
    };
    let table = rows(&[
        texts(&MUNICIPAL),
        row("05", "Antioquia", text("5,001"), "Medellín"),
        row("05", "Antioquia", text("5.04"), "Anorí"),
        row("05", "Antioquia", number("5002"), "Abejorral"),
        row("05", "Antioquia", number("5.045"), "Apartadó"),
        row("05", "Antioquia", text("021"), "Alejandría"),
        row("11", "Bogotá, D.C.", number("11001"), "Bogotá, D.C."),
        row("25", "Bogotá, D.C.", text("25001"), "Bogotá"),
        row("25", "Cundinamarca", text("25001"), "Bogotá, D.C."),
        row("25", "Cundinamarca", text("11001"), "Agua de Dios"),
        row("05", "Antioquia", text(""), "Total"),
        row("11", "Bogotá, D.C.", text("11001"), "Bogotá, D.C."),
    ]);
    let bytes = book(table);
    let read = wide_of(&bytes, &mapping());
    let mangled = (2..=5).map(|line| (line, "CODMPIO", Rule::DivipolaMangled));
    let rest = [
        (8, "DEPARTAMENTO", Rule::PlaceContradiction),
        (9, "MUNICIPIO", Rule::PlaceContradiction),
        (10, "CODMPIO", Rule::PlaceContradiction),
        (11, "CODMPIO", Rule::UnknownPlace),
        (12, "", Rule::PlaceTwice),
    ];
    assert_eq!(defects(&read.imported), mangled.chain(rest).collect::<Vec<_>>());
    let places = |read: &Wide| {
        let mut places: Vec<String> = read.imported.rows.iter().map(|row| row.place.to_string()).collect();
        places.dedup();
        places
    };
    assert_eq!(places(&read), ["05021", "11001"]);
    // Somebody looked, and says that they did.
    let mut known = mapping();
    let PlaceOf::Divipola(codes) = &mut known.place else { panic!() };
    codes.mangled = true;
    let read = wide_of(&bytes, &known);
    assert_eq!(places(&read), ["05001", "05040", "05002", "05045", "05021", "11001"]);
    assert_eq!((read.municipalities, read.imported.defects.count), (6, 5));
}

#[test]
fn a_list_of_1094_municipalities_says_how_many_the_country_has() {
    let mut csv = String::from("CODMPIO,2023\n");
    for n in 0..1094u32 {
        csv += &format!("{}{:03},{n}\n", ["05", "08", "13"][(n % 3) as usize], n / 3 + 1);
    }
    let mut own = mapping();
    own.place =
        PlaceOf::Divipola(Divipola { municipality: Some("CODMPIO".to_owned()), ..Divipola::default() });
    let read = wide(csv.as_bytes(), &own).unwrap();
    assert_eq!(
        (read.municipalities, read.municipalities_missing(), read.imported.rows.len()),
        (1094, 28, 1094)
    );
    assert_eq!(read.imported.rows[0].period.to_string(), "@2023-12-31");
    assert_eq!(read.imported.rows[0].known().unwrap().to_string(), "2025-06");
}

#[test]
fn regions_by_years_are_a_series_each() {
    let mut own = mapping();
    own.series = SeriesOf::Column {
        column: "Región".to_owned(),
        prefix: SeriesId::read("co.cult.unodc.region").unwrap(),
    };
    own.place = PlaceOf::One(Place::COLOMBIA);
    own.separator = Separator::Semicolon;
    own.ignored = vec!["Var %".to_owned()];
    let csv = "Región;2016;2017;Var %\nMeta-Guaviare;12.302;18.717;52%\nPacífico;57.777,0;65.567;13%\n";
    let read = wide(csv.as_bytes(), &own).unwrap();
    // One cell decides its column; in the other none does.
    assert_eq!(values(&read.imported), ["12302", "57777"]);
    assert_eq!(read.imported.defects.first[0].rule, Rule::AmbiguousNumber);
    own.locale = Some(Locale::Es);
    let read = wide(csv.as_bytes(), &own).unwrap();
    assert_eq!(values(&read.imported), ["12302", "18717", "57777", "65567"]);
    assert_eq!(read.imported.rows[0].series.as_str(), "co.cult.unodc.region.Meta-Guaviare");
    assert!(read.imported.defects.is_empty());
    let refused = wide(b"Region;2016\n", &own).unwrap_err();
    assert_eq!(
        (refused.clone(), refused.code()),
        (NotATable::ColumnMissing { column: "Región".to_owned() }, "column_missing")
    );
}

#[test]
fn merged_cells_name_all_their_rows_and_are_no_figure() {
    let mut first = texts(&["05", "Antioquia", "05001", "Medellín"]);
    first.extend(["1", "2", "3"].map(number));
    let mut second = texts(&["", "", "05040", "Anorí"]);
    second.extend([number("4"), "<c/>".to_owned(), number("6")]);
    let title = texts(&["Detección de cultivos de coca"]);
    let xml = rows(&[title, texts(&MUNICIPAL), first, second])
        + "<mergeCells><mergeCell ref=\"A1:G1\"/><mergeCell ref=\"A3:A4\"/><mergeCell ref=\"B3:B4\"/>\
           <mergeCell ref=\"F3:F4\"/></mergeCells>";
    let workbook = series::read(&book(xml)).unwrap();
    assert_eq!(workbook.sheets[0].merged, 4);
    let read = one(series::wide(&workbook, &Sheets::Visible, &mapping()).unwrap());
    assert_eq!(values(&read.imported), ["1", "3", "4", "6"]);
    assert_eq!(
        defects(&read.imported),
        [(1, "", Rule::AboveHeading), (3, "2020", Rule::MergedCell), (4, "2020", Rule::MergedCell)]
    );
}

#[test]
fn hidden_sheets_are_named_and_read_only_when_asked_for() {
    let sheet = |value: &str| {
        let mut row = texts(&["co.seiz.x", "COL"]);
        row.extend([number("2019"), number(value), text("kg"), "<c t=\"s\"><v>0</v></c>".to_owned()]);
        rows(&[texts(&["series_id", "country", "year", "value", "unit", "source_name"]), row])
    };
    let bytes = Book {
        sheets: vec![
            ("Cifras", "visible", sheet("1")),
            ("Borrador", "hidden", sheet("2")),
            ("Interno", "veryHidden", sheet("3")),
            ("Nota", "visible", "<sheetData/>".to_owned()),
        ],
        strings: vec![
            "<r><t>Min</t></r><r><t xml:space=\"preserve\">Defensa _x0041_&amp;</t></r><rPh><t>x</t></rPh>",
        ],
        from_1904: false,
    }
    .bytes();
    let workbook = series::read(&bytes).unwrap();
    let read = series::tidy(&workbook, &Sheets::Visible, None).unwrap();
    let seen: Vec<_> =
        read.iter().map(|sheet| (sheet.name.as_str(), sheet.visibility, sheet.table.is_some())).collect();
    assert_eq!(
        seen,
        [
            ("Cifras", Visibility::Visible, true),
            ("Borrador", Visibility::Hidden, false),
            ("Interno", Visibility::VeryHidden, false),
            ("Nota", Visibility::Visible, true),
        ]
    );
    assert_eq!(read[3].table.clone().unwrap().unwrap_err(), NotATable::Empty);
    let row = &read[0].table.clone().unwrap().unwrap().rows[0];
    let Source::Named { name, reference, row, .. } = &row.source else { panic!() };
    assert_eq!((name.as_ref(), reference.as_ref(), *row), ("MinDefensa A&", "#Cifras", 2));
    let read = series::tidy(&workbook, &Sheets::Named("Interno".to_owned()), None).unwrap();
    assert_eq!(read[2].table.clone().unwrap().unwrap().rows[0].number(), d("3"));
    let missing = series::tidy(&workbook, &Sheets::Named("Otro".to_owned()), None).unwrap_err();
    assert_eq!(missing.code(), "sheet_missing");
}

fn refused(bytes: &[u8]) -> &'static str {
    series::read(bytes).unwrap_err().code()
}

#[test]
fn what_is_no_workbook_is_refused_by_name() {
    assert_eq!(refused(b""), "workbook_not_zip");
    assert_eq!(refused(b"series_id,country\n"), "workbook_not_zip");
    assert_eq!(refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest"), "workbook_xls_or_encrypted");
    let ods =
        zip(&[("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", b"<x/>")]);
    assert_eq!(refused(&ods), "workbook_ods");
    assert_eq!(refused(&zip(&[("xl/workbook.bin", b"")])), "workbook_xlsb");
    assert_eq!(refused(&zip(&[("word/document.xml", b"<x/>")])), "workbook_part_missing");
    let whole = book(rows(&[texts(&["a"])]));
    assert_eq!(refused(&whole[..whole.len() - 1]), "workbook_not_zip");
    let sheet = |inner: &str| refused(&book(inner.to_owned()));
    assert_eq!(sheet("<sheetData><row r=\"2\"/><row r=\"1\"/></sheetData>"), "workbook_damaged");
    assert_eq!(sheet("<sheetData><row r=\"0\"/></sheetData>"), "workbook_damaged");
    assert_eq!(sheet("<sheetData><row><c r=\"B1\"/><c r=\"A1\"/></row></sheetData>"), "workbook_damaged");
    assert_eq!(sheet("<sheetData><row><c r=\"ZZZZ1\"/></row></sheetData>"), "workbook_damaged");
    assert_eq!(sheet("<sheetData><row><c t=\"s\"><v>7</v></c></row></sheetData>"), "workbook_bad_cell");
    assert_eq!(sheet("<sheetData><row><c t=\"s\"><v>x</v></c></row></sheetData>"), "workbook_bad_cell");
    assert_eq!(sheet("<sheetData><row><c><v>NaN</v></c></row></sheetData>"), "workbook_bad_cell");
    assert_eq!(sheet("<sheetData><row></sheetData>"), "workbook_damaged");
    assert_eq!(sheet("<!DOCTYPE x [<!ENTITY y 'z'>]><sheetData/>"), "workbook_damaged");
    assert_eq!(sheet("<sheetData/><mergeCells><mergeCell ref=\"A1\"/></mergeCells>"), "workbook_damaged");
}

// One sheet of 200 MB deflates to 200 kB; cells in the last column and row of an empty sheet are not laid out between.
#[test]
fn a_small_file_does_not_fill_the_memory() {
    let bomb = book(format!("<sheetData>{}</sheetData>", " ".repeat(200 << 20)));
    assert!(bomb.len() < 1 << 20);
    assert_eq!(refused(&bomb), "workbook_too_much");
    let far =
        book("<sheetData><row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row></sheetData>".to_owned());
    assert_eq!(refused(&far), "workbook_too_much");
    let styled =
        book("<sheetData><row r=\"1048576\"><c r=\"XFD1048576\" s=\"1\"/></row></sheetData>".to_owned());
    assert_eq!(series::read(&styled).unwrap().sheets[0].grid.rows.len(), 0);
    let counted = "<sheetData><row><c t=\"s\"><v>0</v></c></row></sheetData>";
    let shared = format!(
        "{counted}<x uniqueCount=\"18446744073709551615\"/><f t=\"shared\" si=\"18446744073709551615\"/>"
    );
    let sparse = Book { sheets: vec![("H", "visible", shared)], strings: vec!["<t>a</t>"], from_1904: false };
    assert_eq!(series::read(&sparse.bytes()).unwrap().sheets[0].grid.rows.len(), 1);
    let mut wide_rows = String::from("<sheetData>");
    for row in 1..=20_000 {
        wide_rows += &format!("<row r=\"{row}\"><c r=\"SR{row}\"><v>1</v></c></row>");
    }
    assert_eq!(refused(&book(wide_rows + "</sheetData>")), "workbook_too_much");
    let rows: String = (1..=5000).map(|row| format!("<row r=\"{row}\"><c><v>1</v></c></row>")).collect();
    let merges = "<mergeCell ref=\"A1:XFD1048576\"/>".repeat(90_000);
    let merged = format!("<sheetData>{rows}</sheetData><mergeCells>{merges}</mergeCells>");
    assert_eq!(refused(&book(merged)), "workbook_too_much");
    let error = series::read(&bomb).unwrap_err();
    assert!(matches!(error, NotAWorkbook::TooMuch { most, .. } if most == 128 << 20), "{error}");
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_fall(
        bytes in proptest::collection::vec(any::<u8>(), 0..200),
        inner in "(<(row|c|v|f|is|t|mergeCell|x)( (r|s|t|ref)=\"(A1|B2|A1:B2|s|str|e|[0-9]{1,3})\")?/?>|</(row|c|v|is|t)>|[0-9#&;.-]{0,4}){0,20}",
        cut in 0usize..600,
        change in any::<(usize, u8)>(),
    ) {
        let read = |bytes: &[u8]| if let Ok(workbook) = series::read(bytes) {
            let _ = series::tidy(&workbook, &Sheets::Visible, None);
            let _ = series::wide(&workbook, &Sheets::Visible, &mapping());
        };
        read(&bytes);
        read(&[b"PK\x03\x04".as_slice(), &bytes].concat());
        let mut whole = book(format!("<sheetData>{inner}</sheetData>"));
        read(&whole);
        read(&whole[..cut.min(whole.len())]);
        let at = change.0 % whole.len();
        whole[at] = change.1;
        read(&whole);
    }
}
