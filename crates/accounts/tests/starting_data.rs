#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]
//! The starting data: complete, read without a defect, and every table fits the others.

mod made;

use std::collections::BTreeSet;

use bitacora_accounts::import::{self, Rule, tidy};
use bitacora_accounts::registry::{Registry, Tables};
use bitacora_accounts::series::Publisher;
use bitacora_accounts::starting::{FILES, file, starting};
use bitacora_accounts::{Observation, SeriesId, Status};

fn series(text: &str) -> SeriesId {
    SeriesId::read(text).unwrap()
}

#[test]
fn every_row_cleared_for_shipping_is_there_and_no_other() {
    let Some(folder) = made::shared() else { return };
    let start = starting().unwrap();
    let said = |own: &Observation| {
        let source = match &own.source {
            bitacora_accounts::Source::Named { name, reference, .. } => format!("{name} {reference}"),
            bitacora_accounts::Source::Document { .. } => String::new(),
        };
        let low = own.low.map(|end| end.to_string());
        let high = own.high.map(|end| end.to_string());
        format!(
            "{} {} {} {} {low:?} {high:?} {source} {}",
            own.series,
            own.period,
            own.number(),
            own.unit,
            own.note
        )
    };
    let mut cleared: Vec<String> = Vec::new();
    for name in made::TIDY {
        let rows = tidy(&made::bytes(&folder, &format!("{name}.csv")), None).unwrap().rows;
        cleared.extend(rows.iter().filter(|row| row.ship).map(said));
    }
    let documents = import::documents(&made::bytes(&folder, "documents.csv")).unwrap().rows;
    cleared.extend(documents.iter().map(said));
    let mut held: Vec<String> = start.ledger().observations().map(|(_, own)| said(own)).collect();
    cleared.sort();
    held.sort();
    assert_eq!(held, cleared);
    let promises = import::commitments(&made::bytes(&folder, "commitments.csv")).unwrap().rows;
    // The titles are ours.
    let mut own = start.commitments().to_vec();
    own.iter_mut().for_each(|promise| promise.title = None);
    assert_eq!(own, promises);
    let absent = import::absent(&made::bytes(&folder, "absent.csv")).unwrap().rows;
    assert_eq!(start.registry().absent(), absent);
}

#[test]
fn nothing_that_is_not_cleared_is_shipped() {
    let start = starting().unwrap();
    assert!(start.ledger().observations().all(|(_, own)| own.ship));
    assert_eq!(start.ledger().len(), 400);
    assert_eq!(FILES.len(), 22);
    assert!(start.ledger().observations().any(|(_, own)| own.status == Status::Leaked));
}

#[test]
fn the_tables_fit_each_other() {
    let start = starting().unwrap();
    let registry = start.registry();
    for publisher in Publisher::ALL {
        assert!(registry.method(publisher.method()).is_some(), "{}", publisher.method());
    }
    for commitment in start.commitments() {
        assert!(registry.indicator(&commitment.indicator).is_some(), "{}", commitment.id);
    }
    // Every series that is shipped answers something, and every answer has figures.
    let answered: BTreeSet<&SeriesId> =
        registry.indicators().iter().flat_map(bitacora_accounts::indicator::Indicator::series).collect();
    let held: BTreeSet<&SeriesId> = start.ledger().series().collect();
    assert_eq!(answered, held);
    for programme in registry.programmes() {
        assert!(registry.of_programme(&programme.code).next().is_some(), "{}", programme.code);
    }
    for method in registry.methods() {
        let used = registry.indicators().iter().any(|own| own.methods().contains(&&method.id));
        assert!(used, "{}", method.id);
        assert!(!method.reference.is_empty() && !method.publisher.is_empty(), "{}", method.id);
    }
}

#[test]
fn missing_is_shown_as_missing() {
    let start = starting().unwrap();
    let wanted = [
        "cultivation",
        "production",
        "seizures",
        "precursors",
        "bulk_cash",
        "laboratories",
        "manual_eradication",
        "aerial_eradication",
        "substitution",
        "land",
        "demand",
        "environment",
        "displacement",
        "migration",
        "trafficking_in_persons",
        "aid",
        "sanctions",
        "certification",
        "extradition",
        "forfeiture",
    ];
    for code in wanted {
        assert!(start.registry().programme(code).is_some(), "{code}");
    }
    for indicator in start.registry().indicators() {
        if indicator.answers.is_empty() {
            assert!(!indicator.missing.is_empty(), "{} has neither a series nor a reason", indicator.id);
        }
    }
    let absent = start.registry().absent_of(&series("co.bulkcash"));
    assert_eq!(absent.iter().map(|own| own.why.as_str()).collect::<Vec<_>>(), ["no series found"]);
    assert_eq!(start.registry().absent_of(&series("co.prec.cement")).len(), 1);
    assert_eq!(start.registry().absent_of(&series("co.cult.simci_odc")).len(), 0);
}

fn tables() -> Tables {
    Tables {
        methods: import::methods(file("methods").unwrap()).unwrap().rows,
        programmes: import::programmes(file("programmes").unwrap()).unwrap().rows,
        indicators: import::indicators(file("indicators").unwrap()).unwrap().rows,
        answers: import::answers(file("answers").unwrap()).unwrap().rows,
        absent: Vec::new(),
    }
}

#[test]
fn a_promise_whose_method_or_indicator_does_not_exist_is_refused_by_its_rule() {
    let (registry, defects) = Registry::new(tables());
    assert!(defects.is_empty());
    let text = "id,promiser,promisee,indicator,direction,target,unit,baseline,deadline,method_named,source_name\n\
        a,COL,USA,co.erad.manual,at_least,1,ha,,2020-12-31,siima,x\n\
        b,COL,USA,co.erad.manual,at_least,1,ha,,2020-12-31,astrology,x\n\
        c,COL,USA,co.erad.by.magic,at_least,1,ha,,2020-12-31,,x\n\
        c,COL,USA,co.erad.manual,sideways,1,ha,,2020-12-31,,x\n";
    let admitted = registry.admit(import::commitments(text.as_bytes()).unwrap());
    assert_eq!(admitted.rows.iter().map(|row| row.id.as_str()).collect::<Vec<_>>(), ["a"]);
    let told: Vec<(u64, &str, Rule, &str)> = admitted
        .defects
        .first
        .iter()
        .map(|own| (own.line, own.column.as_str(), own.rule, own.text.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (3, "method_named", Rule::UnknownMethod, "astrology"),
            (4, "indicator", Rule::UnknownIndicator, "co.erad.by.magic"),
            (5, "direction", Rule::DirectionUnknown, "sideways"),
        ]
    );
    assert_eq!(admitted.defects.count, 3);
}

#[test]
fn bad_rows_of_the_registry_name_their_line_and_rule() {
    let rules = |defects: &import::Defects| -> Vec<(u64, Rule)> {
        defects.first.iter().map(|own| (own.line, own.rule)).collect()
    };
    let methods = "id,kind,publisher,name_en,name_es,definition_en,definition_es,reference\n\
        a,imagery,p,a,a,b,b,r\na,imagery,p,a,a,b,b,r\nÁ,imagery,p,a,a,b,b,r\n,imagery,p,a,a,b,b,r\n\
        b,magic,p,a,a,b,b,r\nc,imagery,p,a,,b,b,r\n";
    let read = import::methods(methods.as_bytes()).unwrap();
    assert_eq!(read.rows.len(), 1);
    assert_eq!(
        rules(&read.defects),
        [
            (3, Rule::IdTwice),
            (4, Rule::BadId),
            (5, Rule::IdMissing),
            (6, Rule::KindUnknown),
            (7, Rule::NameMissing)
        ]
    );
    let indicators = "id,programme,unit,place,name_en,name_es,missing\n\
        x.y,cultivation,ha,COL,a,a,\nx.y,cultivation,ha,COL,a,a,\nx.z,cultivation,furlong,COL,a,a,\n\
        x.z,cultivation,ha,Atlantis,a,a,\nx.z,wizardry,ha,COL,a,a,\n";
    let indicators = import::indicators(indicators.as_bytes()).unwrap();
    assert_eq!(
        rules(&indicators.defects),
        [(3, Rule::IdTwice), (4, Rule::UnknownUnit), (5, Rule::UnknownPlace)]
    );
    let answers = "indicator,method,series,accrual,note\n\
        x.y,simci,a.b.unodc,stock,\nx.y,simci,a.b.unodc,stock,\nx.y,simci,a.b.us,stock,\n\
        x.y,astrology,a.b,stock,\nx.q,simci,a.b,stock,\nx.y,simci,a.b+c.d,stock,\nx.y,simci,a.c,sideways,\n";
    let answers = import::answers(answers.as_bytes()).unwrap();
    assert_eq!(
        rules(&answers.defects),
        [(3, Rule::IdTwice), (7, Rule::AccrualUnknown), (8, Rule::AccrualUnknown)]
    );
    let with = Tables { indicators: indicators.rows, answers: answers.rows, ..tables() };
    let (registry, defects) = Registry::new(with);
    assert_eq!(
        rules(&defects),
        [
            (6, Rule::UnknownProgramme),
            (4, Rule::MethodContradiction),
            (5, Rule::UnknownMethod),
            (6, Rule::UnknownIndicator),
        ]
    );
    assert_eq!(registry.indicators().len(), 1);
    assert_eq!(registry.indicators()[0].answers.len(), 1);
}
