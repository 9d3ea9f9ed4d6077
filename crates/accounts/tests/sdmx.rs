#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]
//! SDMX-CSV messages in the forms that the field guides allow, and what each code and action becomes.

mod made;

use bitacora_accounts::import::sdmx::{Given, Message, Version, sdmx};
use bitacora_accounts::import::{NotATable, Rule};
use bitacora_accounts::{Place, SeriesId, Source, Status, Unit};
use proptest::prelude::*;

fn read(text: &str) -> Message {
    sdmx(text.as_bytes(), &Given::default()).unwrap()
}

fn values(message: &Message) -> Vec<String> {
    message.imported.rows.iter().map(|row| row.number().to_string()).collect()
}

fn defects(message: &Message) -> Vec<(u64, &str, Rule)> {
    message.imported.defects.first.iter().map(|own| (own.line, own.column.as_str(), own.rule)).collect()
}

const TWO: &str = "STRUCTURE,STRUCTURE_ID,ACTION,REF_AREA,INDICATOR,TIME_PERIOD,OBS_VALUE,UNIT_MEASURE,UNIT_MULT,OBS_STATUS,CONF_STATUS,COMMENT_OBS\n";

fn two(rows: &[&str]) -> Message {
    let rows: String = rows.iter().map(|row| format!("dataflow,UNODC:DF_COCA(1.0.0),{row}\n")).collect();
    read(&format!("{TWO}{rows}"))
}

#[test]
fn a_message_of_version_1_names_its_dataflow_first() {
    let message = read(
        "DATAFLOW,FREQ,REF_AREA,SERIES,TIME_PERIOD,OBS_VALUE,UNIT_MEASURE,OBS_STATUS\n\
         UNODC:DF_COCA(1.0),A,COL,co.cult.unodc,2016,146139,HA,A\n\
         UNODC:DF_COCA(1.0),Q,CO,co.seiz.hcl,2019-Q3,NaN,T,M\n\
         UNODC:DF_COCA(1.0),A,05040,co.cult.unodc,2016-12-31,12.5,ha,E\n",
    );
    assert_eq!((message.version, message.missing), (Version::One, 1));
    assert_eq!(defects(&message), []);
    assert_eq!(values(&message), ["146139", "12.5"]);
    let rows = &message.imported.rows;
    assert_eq!(rows[0].series.as_str(), "co.cult.unodc");
    assert_eq!((rows[0].period.to_string(), rows[0].unit), ("@2016-12-31".to_owned(), Unit::Hectare));
    // The frequency says that the day stands for its year.
    assert_eq!(rows[1].period, rows[0].period);
    assert_eq!(rows[1].note.as_ref(), "OBS_STATUS=E");
    let Source::Named { name, row, .. } = &rows[1].source else { panic!() };
    assert_eq!((name.as_ref(), *row), ("UNODC:DF_COCA(1.0)", 4));
}

#[test]
fn dimensions_name_the_series_of_a_foreign_message() {
    let message = two(&["I,COL,CULT_NET,2016,146.139,HA,3,A,F,", "A,PER,CULT_NET,2016,43.9,HA,3,,,seen"]);
    assert_eq!(values(&message), ["146139", "43900"]);
    assert_eq!(message.imported.rows[0].series.as_str(), "DF_COCA.CULT_NET");
    assert_eq!(message.imported.rows[1].note.as_ref(), "seen");
    let series = SeriesId::read("co.cult.unodc").unwrap();
    let given = Given {
        series: Some(series.clone()),
        dimensions: Some(Vec::new()),
        ship: true,
        source_name: Some("UNODC data portal, 3 Jul 2018".to_owned()),
        ..Given::default()
    };
    let text = format!(
        "{TWO}dataflow,UNODC:DF_COCA,I,COL,CULT_NET,2016,1,HA,0,A,F,\ndataflow,UNODC:DF_COCA,I,COL,CULT_NET,2015,1,HA,0,A,C,\n"
    );
    let message = sdmx(text.as_bytes(), &given).unwrap();
    // A dimension that nobody reads is not dropped in silence.
    assert_eq!(defects(&message), [(1, "INDICATOR", Rule::UnknownColumn)]);
    let rows = &message.imported.rows;
    assert_eq!((&rows[0].series, rows[0].ship, rows[1].ship), (&series, true, false));
    assert_eq!(rows[0].published.unwrap().to_string(), "2018-07-03");
    assert_eq!(rows[1].note.as_ref(), "CONF_STATUS=C");
}

#[test]
fn labels_and_separators_are_told_from_the_heading() {
    // Field guide 2.0, "Examples": labels=both in a French locale.
    let message = read(
        "STRUCTURE[|];STRUCTURE_ID;ACTION;SERIES_KEY;OBS_KEY;REF_AREA: Pays;INDICATOR: Indicateur;TIME_PERIOD: Temps;OBS_VALUE: Valeur;UNIT_MEASURE: Unité;OBS_STATUS[]: Statut\n\
         dataflow;UNODC:DF_COCA(1.0.0): Culture: nette;I;a;b;COL: Colombie;NET: Nette: brute;2014-01: 2014-01;12,4;HA: Hectares;B: Rupture|E: Estimé\n",
    );
    assert_eq!(defects(&message), []);
    let row = &message.imported.rows[0];
    assert_eq!((row.number().to_string(), row.series.as_str()), ("12.4".to_owned(), "DF_COCA.NET"));
    assert_eq!((row.period.to_string(), row.note.as_ref()), ("2014-01".to_owned(), "OBS_STATUS=B,E"));
    // labels=name: a column of names behind each column of ids.
    let message = read(
        "STRUCTURE,STRUCTURE_ID,STRUCTURE_NAME,ACTION,REF_AREA,Reference area,INDICATOR,Indicator,TIME_PERIOD,Time,OBS_VALUE,Observation value,UNIT_MEASURE,Unit,OBS_STATUS,Status\n\
         dataflow,UNODC:DF_COCA(1.0.0),Coca,I,COL,Colombia,NET,Net area,2014,2014,12.4,,HA,Hectares,A,Normal\n",
    );
    assert_eq!(defects(&message), []);
    assert_eq!(message.imported.rows[0].series.as_str(), "DF_COCA.NET");
    // Both marks in one message: neither is believed.
    let message = read(
        "STRUCTURE;STRUCTURE_ID;ACTION;REF_AREA;TIME_PERIOD;OBS_VALUE;UNIT_MEASURE\n\
         dataflow;A:B;I;COL;2014;12,4;HA\ndataflow;A:B;I;COL;2015;12.4;HA\ndataflow;A:B;I;COL;2016;12;HA\n",
    );
    assert_eq!(
        defects(&message),
        [(2, "OBS_VALUE", Rule::AmbiguousNumber), (3, "OBS_VALUE", Rule::AmbiguousNumber)]
    );
    assert_eq!(values(&message), ["12"]);
    // Columns in any order: what is not known tells series apart.
    let message = read(
        "STRUCTURE,STRUCTURE_ID,OBS_VALUE,SEX,TIME_PERIOD,REF_AREA,UNIT_MEASURE\ndatastructure,A:B,5,F,2014,COL,PS\n",
    );
    assert_eq!(message.imported.rows[0].series.as_str(), "B.F");
}

#[test]
fn nothing_is_deleted_or_replaced() {
    let message = two(&[
        "D,COL,X,2016,-,,,,,",
        "R,COL,X,2016,7,HA,0,A,F,",
        "R,COL,X,2017,8,HA,0,A,F,",
        "X,COL,X,2016,7,HA,0,A,F,",
        "M,COL,X,2018,9,HA,0,A,F,",
    ]);
    assert_eq!(
        defects(&message),
        [
            (2, "ACTION", Rule::DeleteRefused),
            (3, "ACTION", Rule::ReplaceAppended),
            (5, "ACTION", Rule::ActionUnknown)
        ]
    );
    assert_eq!(
        (values(&message), message.replacing),
        (vec!["7".to_owned(), "8".to_owned(), "9".to_owned()], 2)
    );
}

#[test]
fn every_status_code_has_a_meaning() {
    for code in ["A", "B", "D", "E", "G", "I", "J", "N", "P", "S", "U", "V", "W", "_U", ""] {
        let message = two(&[&format!("I,COL,X,2016,7,HA,0,{code},F,")]);
        assert_eq!(message.imported.rows[0].status, Status::Measured, "{code}");
    }
    assert_eq!(two(&["I,COL,X,2030,7,HA,0,F,F,"]).imported.rows[0].status, Status::Claimed);
    for code in ["H", "K", "L", "M", "O", "Q"] {
        let message =
            two(&[&format!("I,COL,X,2016,,HA,0,{code},F,"), &format!("I,COL,X,2016,0,HA,0,{code},F,")]);
        assert_eq!(
            (message.missing, defects(&message)),
            (1, vec![(3, "OBS_STATUS", Rule::ValueOfMissing)]),
            "{code}"
        );
    }
    assert_eq!(defects(&two(&["I,COL,X,2016,7,HA,0,Z,F,"])), [(2, "OBS_STATUS", Rule::ObsStatusUnknown)]);
}

#[test]
fn each_bad_row_is_a_defect_with_its_rule() {
    for (row, column, rule) in [
        ("I,XXX,X,2016,7,HA,0,A,F,", "REF_AREA", Rule::UnknownPlace),
        ("I,\"5,001\",X,2016,7,HA,0,A,F,", "REF_AREA", Rule::DivipolaMangled),
        ("I,COL,X,2016-Q7,7,HA,0,A,F,", "TIME_PERIOD", Rule::BadPeriod),
        ("I,COL,X,2016,7 ha,HA,0,A,F,", "OBS_VALUE", Rule::NotANumber),
        ("I,COL,X,2016,\"7,5\",HA,0,A,F,", "OBS_VALUE", Rule::NotANumber),
        ("I,COL,X,2016,INF,HA,0,A,F,", "OBS_VALUE", Rule::NotANumber),
        ("I,COL,X,2016,7,TON,0,A,F,", "UNIT_MEASURE", Rule::UnknownUnit),
        ("I,COL,X,2016,7,,0,A,F,", "UNIT_MEASURE", Rule::UnitMissing),
        ("I,COL,X,2016,7,HA,x,A,F,", "UNIT_MULT", Rule::UnitMultUnreadable),
        ("I,COL,X,2016,7,HA,99,A,F,", "UNIT_MULT", Rule::UnitMultUnreadable),
        ("I,COL,X*Y,2016,7,HA,0,A,F,", "SERIES", Rule::BadSeries),
        ("I,COL,X,2016,7,HA,0,A,Y,", "CONF_STATUS", Rule::ConfStatusUnknown),
        ("I,COL,X,2016,7,HA", "", Rule::CellCount),
    ] {
        assert_eq!(defects(&two(&[row])), [(2, column, rule)], "{row}");
    }
    let kind = read(&format!("{TWO}table,UNODC:DF(1.0),I,COL,X,2016,7,HA,0,A,F,\n"));
    assert_eq!(defects(&kind), [(2, "STRUCTURE", Rule::StructureUnknown)]);
    let frequency = "STRUCTURE,STRUCTURE_ID,FREQ,REF_AREA,REPORTING_YEAR_START_DAY,TIME_PERIOD,OBS_VALUE,UNIT_MEASURE\n\
        dataflow,A:B,Q,COL,,2016,1,HA\ndataflow,A:B,A,COL,--07-01,2016-A1,1,HA\ndataflow,A:B,A,COL,--01-01,2016-A1,-1.5E3,HA\n";
    let message = read(frequency);
    assert_eq!(
        defects(&message),
        [(2, "FREQ", Rule::FrequencyContradiction), (3, "REPORTING_YEAR_START_DAY", Rule::YearStartMoved)]
    );
    assert_eq!(values(&message), ["-1500"]);
}

#[test]
fn what_a_message_leaves_open_must_be_given() {
    let no = |text: &str| sdmx(text.as_bytes(), &Given::default()).unwrap_err();
    assert_eq!(no(""), NotATable::Empty);
    assert_eq!(no("series_id,country\n"), NotATable::NotSdmx);
    assert_eq!(no("STRUCTURE\n"), NotATable::NotSdmx);
    assert_eq!(no("STRUCTURE[;,STRUCTURE_ID\n"), NotATable::NotSdmx);
    let bare = "DATAFLOW,TIME_PERIOD,OBS_VALUE\nA:B(1.0),2016,7\n";
    assert_eq!(no(bare), NotATable::ColumnMissing { column: "REF_AREA".to_owned() });
    let given = Given { place: Some(Place::COLOMBIA), unit: Some(Unit::Tonne), ..Given::default() };
    assert_eq!(values(&sdmx(bare.as_bytes(), &given).unwrap()), ["7"]);
    let quoted = "\u{feff}\"DATAFLOW\",\"TIME_PERIOD\",\"OBS_VALUE\"\r\n\"A:B(1.0)\",\"2016\",\"7\"\r\n";
    assert_eq!(values(&sdmx(quoted.as_bytes(), &given).unwrap()), ["7"]);
}

proptest! {
    #[test]
    fn no_bytes_make_the_import_fall(
        bytes in proptest::collection::vec(any::<u8>(), 0..200),
        heading in "(STRUCTURE(\\[.?\\]?)?|DATAFLOW)[,;]?.{0,40}",
        rows in "([a-z]{0,4}[,;:0-9E.-]{0,12}\n?){0,10}",
    ) {
        let _ = sdmx(&bytes, &Given::default());
        let _ = sdmx(format!("{heading}\n{rows}").as_bytes(), &Given::default());
        let _ = sdmx(format!("{TWO}{rows}").as_bytes(), &Given::default());
        let _ = sdmx(&[TWO.as_bytes(), &bytes].concat(), &Given::default());
    }

    #[test]
    fn nothing_is_dropped_in_silence(rows in proptest::collection::vec("dataflow,A:B,[IRDX],(COL|XX),X,(2016|16),([0-9]{0,2}|x),(HA|tons),(0|3|y),(A|M|Z),(F|C),", 0..20)) {
        let text: String = rows.iter().map(|row| format!("{row}\n")).collect();
        let message = read(&format!("{TWO}{text}"));
        let notices = message.imported.defects.first.iter().filter(|own| own.rule == Rule::ReplaceAppended).count() as u64;
        let counted = message.imported.rows.len() as u64 + message.missing + message.imported.defects.count - notices;
        prop_assert_eq!(counted, rows.len() as u64);
    }
}
