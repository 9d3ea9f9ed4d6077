//! The public figures as a report: series and fans from the data files, the rest from the small report.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use bitacora_accounts::Day;
use bitacora_accounts::observation::{Digest, Status};
use bitacora_report::*;

use super::made::{day, filled, t};

pub fn folder() -> Option<PathBuf> {
    bitacora_given::data("accounts")
}

struct Figure {
    series: String,
    year: i16,
    value: String,
    unit: String,
    low: Option<String>,
    high: Option<String>,
    source: String,
    vintage: String,
    published: Option<Day>,
    status: Status,
}

fn read(folder: &Path, file: &str, sources: &mut Vec<Source>) -> Vec<Figure> {
    let bytes = std::fs::read(folder.join(file)).unwrap();
    let sha256: String = Digest::of(&bytes).0.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    let mut figures = Vec::new();
    for (at, row) in reader.records().enumerate() {
        let row = row.unwrap();
        if row.get(10) != Some("yes") {
            continue;
        }
        let id = format!("{file}:{}", at + 2);
        let note = row.get(9).unwrap_or_default();
        let vintage =
            note.split("vintage=").nth(1).map_or("", |rest| rest.split(';').next().unwrap_or(rest).trim());
        let published = if vintage.len() == 7 { format!("{vintage}-15").parse().ok() } else { None };
        let optional = |at: usize| row.get(at).filter(|text| !text.is_empty()).map(str::to_owned);
        let status = if note.contains("leak") || note.contains("unpublished") {
            Status::Leaked
        } else if note.contains("TERTIARY") {
            Status::Tertiary
        } else if note.contains("contested") {
            Status::Contested
        } else {
            Status::Measured
        };
        sources.push(Source {
            id: id.clone(),
            name: Texts::same(row.get(7).unwrap_or_default()),
            reference: row.get(8).unwrap_or_default().to_owned(),
            origin: Origin::Row { sha256: sha256.clone(), row: at as u64 + 2 },
            vintage: vintage.to_owned(),
        });
        figures.push(Figure {
            series: row.get(0).unwrap_or_default().to_owned(),
            year: row.get(2).unwrap().parse().unwrap(),
            value: row.get(3).unwrap_or_default().to_owned(),
            unit: row.get(4).unwrap_or_default().to_owned(),
            low: optional(5),
            high: optional(6),
            source: id,
            vintage: vintage.to_owned(),
            published,
            status,
        });
    }
    figures
}

fn curve(method: &str, series: &[&str], figures: &[Figure], unit: &str, from: i16, to: i16) -> Curve {
    let mut points: BTreeMap<i16, Point> = BTreeMap::new();
    for one in
        series.iter().flat_map(|id| figures.iter().filter(move |one| one.series == *id && one.unit == unit))
    {
        points.entry(one.year).or_insert_with(|| Point {
            year: one.year,
            value: Number::new(&one.value, unit, &one.source),
            low: one.high.as_ref().and(one.low.clone()),
            high: one.low.as_ref().and(one.high.clone()),
            status: one.status,
            vintage: one.vintage.clone(),
        });
    }
    let mut missing: Vec<Missing> = Vec::new();
    for year in (from..=to).filter(|year| !points.contains_key(year)) {
        match missing.last_mut() {
            Some(gap) if gap.to + 1 == year => gap.to = year,
            _ => missing.push(Missing {
                from: year,
                to: year,
                why: t("no figura en los textos obtenidos", "in none of the texts obtained"),
            }),
        }
    }
    Curve { method: method.to_owned(), points: points.into_values().collect(), missing }
}

fn hull(curves: &[Curve]) -> Vec<HullYear> {
    let mut years: BTreeMap<i16, Vec<&str>> = BTreeMap::new();
    for point in curves.iter().flat_map(|curve| &curve.points) {
        years.entry(point.year).or_default().push(&point.value.value);
    }
    let number = |text: &&str| text.parse::<f64>().unwrap();
    years
        .into_iter()
        .filter(|(_, values)| values.len() > 1)
        .map(|(year, values)| HullYear {
            year,
            low: (*values.iter().min_by(|a, b| number(a).total_cmp(&number(b))).unwrap()).to_owned(),
            high: (*values.iter().max_by(|a, b| number(a).total_cmp(&number(b))).unwrap()).to_owned(),
        })
        .collect()
}

fn chart(title: Texts, unit: &str, curves: Vec<Curve>) -> SeriesChart {
    let hull = hull(&curves);
    SeriesChart { title, unit: unit.to_owned(), note: None, curves, hull, pooled: None, breaks: vec![] }
}

fn lines(method: &str, series: &str, figures: &[Figure]) -> Vec<FanLine> {
    let mut years: BTreeMap<i16, Vec<&Figure>> = BTreeMap::new();
    for one in figures.iter().filter(|one| one.series == series && one.published.is_some()) {
        years.entry(one.year).or_default().push(one);
    }
    years
        .into_iter()
        .filter(|(year, _)| *year >= 2015)
        .map(|(year, mut figures)| {
            figures.sort_by_key(|one| one.published);
            let points = figures
                .iter()
                .map(|one| FanPoint {
                    published: one.published.unwrap(),
                    value: Number::new(&one.value, "t", &one.source),
                    low: one.high.as_ref().and(one.low.clone()),
                    high: one.low.as_ref().and(one.high.clone()),
                    status: one.status,
                })
                .collect();
            FanLine { method: method.to_owned(), year, points, note: None }
        })
        .collect()
}

pub fn report(folder: &Path) -> ReportInput {
    let mut input = filled();
    let mut sources = input.sources.clone();
    let mut figures = Vec::new();
    for file in [
        "cultivation_un.csv",
        "cultivation_us.csv",
        "siima_police.csv",
        "production_un.csv",
        "production_us.csv",
        "eradication.csv",
        "seizures.csv",
        "laboratories.csv",
        "extraditions.csv",
    ] {
        figures.extend(read(folder, file, &mut sources));
    }
    let area = vec![
        curve("unodc", &["co.cult.simci_odc", "co.cult.unodc"], &figures, "ha", 1999, 2025),
        curve("us", &["co.cult.us"], &figures, "ha", 1999, 2025),
        curve("siima", &["co.cult.siima"], &figures, "ha", 2022, 2025),
    ];
    let cocaine = vec![
        curve("unodc", &["co.prod.unodc"], &figures, "t", 2008, 2024),
        curve("us", &["co.prod.us"], &figures, "t", 2008, 2024),
    ];
    let records = |id: &[&str], unit: &str, from: i16| vec![curve("records", id, &figures, unit, from, 2024)];
    let mut charts = vec![
        chart(t("Área de coca", "Coca area"), "ha", area),
        chart(t("Cocaína potencial", "Potential cocaine"), "t", cocaine),
        chart(
            t("Erradicación manual", "Manual eradication"),
            "ha",
            records(&["co.erad.manual.odc", "co.erad.manual.gov"], "ha", 1999),
        ),
        chart(
            t("Incautaciones de clorhidrato", "Seizures of hydrochloride"),
            "t",
            vec![curve("records", &["co.seiz.hcl.gov"], &figures, "t", 2016, 2025)],
        ),
        chart(
            t("Laboratorios destruidos", "Laboratories destroyed"),
            "count",
            records(&["co.labs.all"], "count", 2004),
        ),
        chart(
            t("Extradiciones, todos los países", "Extraditions, all countries"),
            "persons",
            records(&["co.extr.all"], "persons", 2011),
        ),
    ];
    charts.append(&mut input.charts);
    input.charts = charts;
    let mut fan = lines("unodc", "co.prod.unodc", &figures);
    fan.extend(lines("us", "co.prod.us", &figures));
    input.fans.push(Fan {
        title: t("Cocaína potencial, todas las cosechas fechadas", "Potential cocaine, every dated vintage"),
        unit: "t".to_owned(),
        note: None,
        lines: fan,
    });
    input.as_of = day("2026-11-21");
    input.sources = sources;
    input
}
