#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]
//! Tables of figures, with the traps that real ones held, and places and periods as they write them.

mod made;

use bitacora_accounts::import::{
    Baseline, Deadline, Direction, NotATable, Rule, Target, absent, commitments, documents, tidy,
};
use bitacora_accounts::number::Locale;
use bitacora_accounts::observation::{Bound, Source};
use bitacora_accounts::period::{Nature, month_named};
use bitacora_accounts::place::{BadPlace, department_named, divipola_from_number, municipalities_missing};
use bitacora_accounts::{Dates, Figure, Place, SeriesId, Status, publication};
use made::{HEADING, d};
use proptest::prelude::*;

fn one(row: &str) -> Result<bitacora_accounts::Observation, (u64, String, Rule)> {
    let mut imported = tidy(format!("{HEADING}{row}\n").as_bytes(), None).unwrap();
    match imported.defects.first.pop() {
        Some(defect) => Err((defect.line, defect.column, defect.rule)),
        None => Ok(imported.rows.pop().unwrap()),
    }
}

#[test]
fn every_row_of_the_data_is_read() {
    let Some(folder) = made::shared() else { return };
    let rows = made::all_tidy(&folder);
    let lines = made::TIDY.iter().map(|name| {
        let bytes = made::bytes(&folder, &format!("{name}.csv"));
        csv::Reader::from_reader(bytes.as_slice()).into_byte_records().count()
    });
    assert_eq!(rows.len(), lines.sum::<usize>());
    let by_status = |status| rows.iter().filter(|row| row.status == status).count();
    assert_eq!(by_status(Status::Leaked), 2);
    assert_eq!(by_status(Status::Claimed), 1);
    assert!(by_status(Status::Contested) >= 13);
    let undated = rows.iter().filter(|row| row.known().is_none()).count();
    assert!(undated < rows.len() / 4, "{undated}");
    let gaps = absent(&made::bytes(&folder, "absent.csv")).unwrap();
    assert_eq!((gaps.rows.len(), gaps.defects.count), (12, 0));
    assert_eq!(
        gaps.rows[0].years.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["1999", "2003/2006", "2009", "2022/2024"]
    );
    let stated = documents(&made::bytes(&folder, "documents.csv")).unwrap();
    assert_eq!((stated.rows.len(), stated.defects.count), (11, 0));
    let bounds: Vec<Bound> = stated.rows.iter().map(|row| row.bound).collect();
    assert_eq!(bounds[1..5], [Bound::AtLeast, Bound::AtMost, Bound::AtLeast, Bound::AtMost]);
    assert!(stated.rows.iter().all(|row| row.status == Status::Claimed));
    let change = stated.rows.iter().find(|row| row.series.as_str() == "co.cultivation.change").unwrap();
    assert_eq!(
        (change.base().unwrap().to_string(), change.period.to_string()),
        ("2015".to_owned(), "2016".to_owned())
    );
    let promises = commitments(&made::bytes(&folder, "commitments.csv")).unwrap();
    assert_eq!((promises.rows.len(), promises.defects.count), (28, 0), "{:?}", promises.defects);
    let of = |id: &str| promises.rows.iter().find(|row| row.id == id).unwrap();
    assert_eq!(
        of("land-purchase").target,
        Some(Target::Between { low: d("7000000000"), high: d("14000000000") })
    );
    assert_eq!(of("hld-50pct-area").baseline, Baseline::NotStated);
    assert_eq!(of("hld-50pct-area").promisers, ["COL", "USA"]);
    assert_eq!(of("erad-2017-total").baseline, Baseline::NotApplicable);
    assert_eq!(of("extradition-kept").deadline, Deadline::Open);
    assert_eq!(
        (of("land-titles").direction, of("land-titles").is_measurable()),
        (Direction::Increase, false)
    );
}

#[test]
fn a_row_tells_vintage_status_period_and_source() {
    let row = one("co.prod.unodc,COL,2016,1053,t,917,1240,\"Fact sheet, Sep 2018\",https://x.example,\"potential; vintage=2018-09 (revised: yield)\",yes").unwrap();
    assert_eq!(row.vintage.unwrap().to_string(), "2018-09");
    assert_eq!((row.low, row.high), (Some(d("917")), Some(d("1240"))));
    assert_eq!((row.period.nature(), row.period.to_string()), (Nature::Flow, "2016".to_owned()));
    assert_eq!((row.method.as_deref(), row.publisher.as_deref()), (Some("simci"), Some("unodc")));
    assert!(matches!(row.source, Source::Named { row: 2, .. }));
    let stock = one("co.cult.unodc,COL,2024,261000,ha,,,X,,status=leaked/unpublished; disputed,no").unwrap();
    assert_eq!(
        (stock.status, stock.ship, stock.period.to_string()),
        (Status::Leaked, false, "@2024-12-31".to_owned())
    );
    assert_eq!(stock.known(), None);
    let change = one("co.cult.us.change_2000_2006,COL,2006,15,%,,,GAO (Oct 2008),,,yes").unwrap();
    assert!(
        matches!(change.figure, Figure::Change { percent, base } if percent == d("15") && base.to_string() == "2000")
    );
    assert_eq!(change.change_ratio().unwrap(), Some(d("1.15")));
    let part = one("co.labs.all.jan_sep,COL,2019,4580,count,,,X,,,yes").unwrap();
    assert_eq!(
        (part.period.to_string().as_str(), part.period.is_part_year()),
        ("2019-01-01/2019-09-30", true)
    );
    assert_eq!(one("co.seiz.x,COL,2019,1,kg,,,X,,CONFLICT: other,no").unwrap().status, Status::Contested);
    assert_eq!(one("co.seiz.x,COL,2019,1,kg,,,X,,TERTIARY; CONFLICT,no").unwrap().status, Status::Contested);
    assert_eq!(one("co.seiz.x,COL,2019,1,kg,,,X,,a CONFLICT in prose,no").unwrap().status, Status::Measured);
    assert_eq!(one("co.seiz.x,COL,2019,1,kg,,,X,,CONFLICTING,no").unwrap().status, Status::Measured);
}

#[test]
fn rows_are_counted_as_lines_whatever_ends_them() {
    for ending in ["\n", "\r\n"] {
        let text = format!(
            "{HEADING}co.x,COL,2016,1,t,,,X,,,yes\n\nco.x,COL,2017,2,t,,,\"X\",,,yes\nco.x,ZZZ,2018,3,t,,,X,,,yes\n"
        );
        let imported = tidy(text.replace('\n', ending).as_bytes(), None).unwrap();
        let lines: Vec<u64> = imported
            .rows
            .iter()
            .map(|row| match row.source {
                Source::Named { row, .. } => row,
                Source::Document { .. } => 0,
            })
            .collect();
        assert_eq!((lines, imported.defects.first[0].line), (vec![2, 4], 5), "{ending:?}");
    }
}

#[test]
fn each_bad_row_is_a_defect_and_the_rest_goes_on() {
    let cases = [
        ("co..x,COL,2016,1,t,,,X,,,yes", "series_id", Rule::BadSeries),
        ("co.x,ZZZ,2016,1,t,,,X,,,yes", "country", Rule::UnknownPlace),
        ("co.x,\"5,001\",2016,1,t,,,X,,,yes", "country", Rule::DivipolaMangled),
        ("co.x,COL,2016-13,1,t,,,X,,,yes", "year", Rule::BadPeriod),
        ("co.x,COL,,1,t,,,X,,,yes", "year", Rule::BadPeriod),
        ("co.x,COL,2016,,t,,,X,,,yes", "value", Rule::NumberMissing),
        ("co.x,COL,2016,ca. 5,t,,,X,,,yes", "value", Rule::NotANumber),
        ("co.x,COL,2016,1.234,t,,,X,,,yes", "value", Rule::AmbiguousNumber),
        ("co.x,COL,2016,5%,t,,,X,,,yes", "value", Rule::PercentOfAnother),
        ("co.x,COL,2016,1,tons,,,X,,,yes", "unit", Rule::UnknownUnit),
        ("co.x,COL,2016,1,,,,X,,,yes", "unit", Rule::UnitMissing),
        ("co.x,COL,2016,1,t,2,3,X,,,yes", "value", Rule::BadObservation),
        ("co.x,COL,2016,1,t,2,1,X,,,yes", "value", Rule::BadObservation),
        ("co.x,COL,2016,1,t,,,,,,yes", "value", Rule::BadObservation),
        ("co.x,COL,2016,1,t,,,X,,vintage=soon,yes", "note", Rule::VintageUnreadable),
        ("co.x,COL,2016,1,t,,,X,,vintage=2018-09; vintage=2019,yes", "note", Rule::TwoVintages),
        ("co.x,COL,2016,1,t,,,X,,status=rumoured,yes", "note", Rule::StatusUnknown),
        ("co.x,COL,2016,1,t,,,X,,,perhaps", "ship", Rule::ShipUnreadable),
        ("co.x,COL,2016,1,t", "", Rule::CellCount),
        ("co.cult.us.change_2000_2006,COL,2007,15,%,,,X,,,yes", "year", Rule::PeriodContradiction),
        ("co.cult.us.change_2000_2006,COL,2006,15,ha,,,X,,,yes", "value", Rule::BadObservation),
    ];
    for (row, column, rule) in cases {
        assert_eq!(one(row), Err((2, column.to_owned(), rule)), "{row}");
    }
    let table: String =
        cases.iter().map(|(row, ..)| format!("{row}\nco.ok,COL,2016,7,t,,,X,,,yes\n")).collect();
    let imported = tidy(format!("{HEADING}{table}").as_bytes(), None).unwrap();
    assert_eq!((imported.rows.len(), imported.defects.count), (cases.len(), cases.len() as u64));
    assert!(imported.defects.first.iter().zip((2..).step_by(2)).all(|(defect, line)| defect.line == line));
}

#[test]
fn bytes_that_are_no_table_are_refused_and_bad_bytes_are_a_defect() {
    assert_eq!(tidy(b"", None).unwrap_err(), NotATable::Empty);
    assert!(matches!(tidy(b"a,b\n1,2\n", None), Err(NotATable::ColumnMissing { .. })));
    assert!(matches!(tidy(b"unit,unit\n", None), Err(NotATable::ColumnTwice { .. })));
    let mut bytes = HEADING.as_bytes().to_vec();
    bytes.extend_from_slice(b"co.x,COL,2016,1,t,,,\xff,,,yes\n\"co.y\",COL,2016,1,t,,,\"two\nlines\",,,yes\nco.z,COL,2016,x,t,,,X,,,yes\n");
    let imported = tidy(&bytes, None).unwrap();
    assert_eq!(imported.rows.len(), 1);
    let lines: Vec<(u64, Rule)> =
        imported.defects.first.iter().map(|defect| (defect.line, defect.rule)).collect();
    assert_eq!(lines, [(2, Rule::NotUtf8), (5, Rule::NotANumber)]);
    let more = HEADING.replace("ship", "ship,colour");
    let imported = tidy(format!("\u{feff}{more}co.x,COL,2016,1,t,,,X,,,yes,red\n").as_bytes(), None).unwrap();
    assert_eq!((imported.rows.len(), imported.defects.first[0].rule), (1, Rule::UnknownColumn));
}

// The year 2020 of an extract came in Spanish format inside an otherwise plain file.
#[test]
fn a_spanish_column_inside_a_plain_file_is_not_read_as_english() {
    let rows = "co.x,COL,2018,169018.19,ha,,,X,,,yes\nco.x,COL,2020,\"142.783,45\",ha,,,X,,,yes\nco.x,COL,2021,142.783,ha,,,X,,,yes\n";
    let imported = tidy(format!("{HEADING}{rows}").as_bytes(), None).unwrap();
    assert_eq!(
        imported.rows.iter().map(|row| row.number()).collect::<Vec<_>>(),
        [d("169018.19"), d("142783.45")]
    );
    assert_eq!((imported.defects.first[0].line, imported.defects.first[0].rule), (4, Rule::AmbiguousNumber));
    // A column that is Spanish throughout decides its ambiguous cells.
    let rows = "co.x,COL,2020,\"142.783,45\",ha,,,X,,,yes\nco.x,COL,2021,142.783,ha,,,X,,,yes\n";
    let imported = tidy(format!("{HEADING}{rows}").as_bytes(), None).unwrap();
    assert_eq!(imported.rows[1].number(), d("142783"));
    // And a locale that is given refuses what is not written in it.
    let imported = tidy(format!("{HEADING}{rows}").as_bytes(), Some(Locale::En)).unwrap();
    assert_eq!(imported.defects.first[0].rule, Rule::NotANumber);
    assert_eq!(imported.rows[0].number(), d("142.783"));
}

#[test]
fn divipola_is_text_and_a_number_is_not_taken_for_it() {
    for (mangled, meant) in [
        ("5,001", "05001"),
        ("5.04", "05040"),
        ("5001", "05001"),
        ("5", "05"),
        ("8,001", "08001"),
        ("11.001", "11001"),
    ] {
        let bad = Place::read(mangled).unwrap_err();
        assert!(
            matches!(&bad, BadPlace::Mangled { meant: own, .. } if own.to_string() == meant),
            "{mangled}: {bad}"
        );
        assert_eq!(divipola_from_number(mangled).unwrap().to_string(), meant);
    }
    for right in ["05", "05040", "11", "11001", "COL", "PER", "WLD", "AND", "INT", "PE-CUS"] {
        assert_eq!(Place::read(right).unwrap().to_string(), right);
        assert_eq!(divipola_from_number(right), None);
    }
    assert_eq!(Place::read("CO-ANT"), Place::read("05"));
    for wrong in
        ["06", "05000", "123456", "col", "XXX", "CO-XXX", "ZZ-1", "", "0", "99999999", "PE-", "PE-ABCD"]
    {
        assert!(matches!(Place::read(wrong), Err(BadPlace::Unknown { .. })), "{wrong}");
    }
    assert_eq!(Place::read("05040").unwrap().within(), Some(Place::read("05").unwrap()));
    assert_eq!(Place::read("PE-CUS").unwrap().within(), Some(Place::read("PER").unwrap()));
    assert_eq!(Place::COLOMBIA.within(), Some(Place::Andes));
}

#[test]
fn bogota_with_the_code_of_cundinamarca_is_refused() {
    assert!(department_named("11", "Bogotá, D.C.").is_ok());
    assert!(department_named("11", "BOGOTA").is_ok());
    let bad = department_named("25", "Bogotá, D.C.").unwrap_err();
    assert_eq!(bad.code(), "divipola_other_name");
    assert!(department_named("54", "norte de santander").is_ok());
    assert!(department_named("68", "norte de santander").is_err());
}

#[test]
fn a_list_of_1094_municipalities_is_not_the_country() {
    let listed: Vec<Place> = (1..=1094u32)
        .map(|n| {
            let department = ["05", "08", "13"][(n % 3) as usize];
            Place::read(&format!("{department}{:03}", n / 3 + 1)).unwrap()
        })
        .collect();
    assert_eq!(municipalities_missing(&listed), 28);
    assert_eq!(municipalities_missing(listed.iter().chain(&listed)), 28);
}

#[test]
fn the_publication_date_that_a_source_states() {
    let cases = [
        ("Reuters via WSAU, 25 Jun 2021 (ONDCP and UNODC 2020 figures)", Some("2021-06-25")),
        ("ONDCP release 25 Jun 2021, updated 16 Jul 2021", Some("2021-07-16")),
        ("El Comercio / El Tiempo, Sep 2018", Some("2018-09")),
        ("InSight Crime, Jul/Aug 2012, US vs UN 2010-2011", Some("2012-07-01/2012-08-31")),
        ("El Radar Informativo / El Tiempo, 14-15 Jan 2026 (Siima; Petro)", Some("2026-01-14/2026-01-15")),
        ("ODC extract, repo x data_xls/obs.xlsx (2019-09-26)", Some("2019-09-26")),
        ("UNODC/Gov., Monitoreo 2016 (Jul 2017), fact sheet", Some("2017-07")),
        ("Semana, 15 de agosto de 2023", Some("2023-08-15")),
        ("Fact sheet, septiembre 2018", Some("2018-09")),
        ("UNODC World Drug Report 2011", None),
        ("Data Clave, 2022", None),
        ("El Frente, early 2024", None),
        ("Marcha 2018", None),
        ("31 Feb 2020 edition", Some("2020-02")),
        ("", None),
    ];
    for (name, want) in cases {
        assert_eq!(publication::stated(name).map(|dates| dates.to_string()).as_deref(), want, "{name}");
    }
    assert_eq!(month_named("Ago"), Some(8));
    assert_eq!(month_named("sept."), Some(9));
}

#[test]
fn dates_print_as_they_are_read() {
    for text in ["2018", "2018-09", "2018-09-30", "2018/2019", "2018-01-01/2018-09-30", "2020-02-29"] {
        assert_eq!(text.parse::<Dates>().unwrap().to_string(), text);
    }
    for (text, want) in
        [("2018-01/2018-09", "2018-01-01/2018-09-30"), ("2017-07/2017-12-31", "2017-07-01/2017-12-31")]
    {
        assert_eq!(text.parse::<Dates>().unwrap().to_string(), want);
    }
    for text in [
        "",
        "18",
        "2018-9",
        "2018-13",
        "2019-02-29",
        "2019/2018",
        "2018/2018",
        "0999",
        "3000",
        "2018-",
        "2018-09-30-1",
        "+018",
        "2018/2019/2020",
    ] {
        assert!(text.parse::<Dates>().is_err(), "{text}");
    }
    // A stock on a day, a stock of a year whose day nobody names, and a flow are three things.
    let [day, year, flow] = ["co.cult.unodc", "co.cult.us", "co.seiz.hcl.gov"]
        .map(|series| SeriesId::read(series).unwrap().period_of_year(2016).unwrap());
    assert_eq!([day, year, flow].map(|period| period.to_string()), ["@2016-12-31", "@2016", "2016"]);
    assert!(day != year && year != flow && !flow.is_part_year());
}

proptest! {
    #[test]
    fn no_bytes_make_the_import_fall(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let mut table = HEADING.as_bytes().to_vec();
        table.extend_from_slice(&bytes);
        for read in [&bytes, &table] {
            let _ = tidy(read, None);
            let _ = commitments(read);
            let _ = documents(read);
            let _ = absent(read);
        }
    }

    #[test]
    fn nothing_is_dropped_in_silence(rows in proptest::collection::vec("(co\\.x|co\\.\\.x),(COL|5\\.04),(2016|16),([0-9]{1,3}|x),(t|ton),,,X,,,yes", 0..20)) {
        let text: String = rows.iter().map(|row| format!("{row}\n")).collect();
        let imported = tidy(format!("{HEADING}{text}").as_bytes(), None).unwrap();
        prop_assert_eq!(imported.rows.len() as u64 + imported.defects.count, rows.len() as u64);
    }
}
