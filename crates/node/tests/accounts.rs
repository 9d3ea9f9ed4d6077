//! `bitacora accounts` as an analyst's script calls it: verdicts of the shipped promises, files in, findings, the chain, a
//! text read and accepted, and a bundle that another folder computes again.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "what a test expects and does not find is its failure"
)]

mod harness;

use std::path::Path;

use harness::{file, folder, run, text};
use serde_json::Value;

fn lines(out: &str) -> Vec<Value> {
    out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn accounts(data: &Path, args: &[&str]) -> harness::Ran {
    let mut all = vec!["accounts", args[0], "--data", text(data)];
    all.extend(&args[1..]);
    run(&all)
}

fn standing<'v>(rows: &'v [Value], commitment: &str, method: &str) -> &'v Value {
    let of =
        |row: &&Value| row["commitment"] == commitment && row["method"] == method && row["end"] == "point";
    rows.iter().rfind(of).unwrap_or_else(|| panic!("{commitment} by {method}"))
}

#[test]
fn the_same_promise_is_met_by_one_method_and_missed_by_another() {
    let data = folder("accounts-verdicts");
    let ran = accounts(&data, &["verdicts", "--json"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let rows = lines(&ran.out);
    for column in ["commitment", "method", "baseline", "vintage", "end", "verdict", "value", "target"] {
        assert!(rows.iter().all(|row| row.get(column).is_some()), "{column}");
    }
    let said = |commitment, method| {
        let row = standing(&rows, commitment, method);
        (row["verdict"].as_str().unwrap().to_owned(), row["value"].as_str().unwrap_or("").to_owned())
    };
    let (verdict, value) = said("plan-colombia-50pct", "simci");
    assert!(verdict == "met" && value.starts_with("-52.3"), "{verdict} {value}");
    assert_eq!(said("plan-colombia-50pct", "us_government"), ("missed".into(), "15".into()));
    assert_eq!(said("erad-2017-forced", "odc_register").0, "met");
    assert_eq!(said("manual-2018", "odc_register").0, "missed");
    let people = accounts(&data, &["verdicts", "plan-colombia-50pct", "--lang", "es"]);
    assert!(people.out.contains("cumplido") && people.out.contains("método"), "{}", people.out);
    assert_ne!(accounts(&data, &["verdicts", "no-such-promise"]).code, 0);
}

const FIGURES: &str = "series_id,country,year,value,unit,low,high,source_name,source_ref,note,ship\n\
    co.cult.us,COL,2023,253000,ha,,,\"A ministry, 9 Sep 2024\",,vintage=2024-09,yes\n\
    co.cult.us,COL,2024,12,stones,,,\"A ministry, 9 Sep 2024\",,,yes\n";

#[test]
fn a_file_goes_in_but_for_what_breaks_a_rule_and_a_second_time_changes_nothing() {
    let data = folder("accounts-import");
    let table = file(&data, "figures.csv", FIGURES.as_bytes());
    let ran = accounts(&data, &["import", text(&table)]);
    assert_ne!(ran.code, 0, "a row was left out: {ran:?}");
    assert!(ran.err.contains("line 3") && ran.err.contains("unknown_unit"), "{}", ran.err);
    let asof = |day: &str| accounts(&data, &["asof", "co.cult.us", day, "--json"]);
    let known = |day: &str| {
        let rows = lines(&asof(day).out);
        rows.iter().filter(|row| row["state"] == "known" && row["period"] == "2023").count()
    };
    assert_eq!((known("2024-08-31"), known("2024-10-01")), (0, 1));
    let before = asof("2024-10-01").out;
    accounts(&data, &["import", text(&table)]);
    assert_eq!(asof("2024-10-01").out, before);
    let other = FIGURES.replace("253000", "299000").replace("12,stones", "1,ha");
    let contradicting = file(&data, "other.csv", other.as_bytes());
    let ran = accounts(&data, &["import", text(&contradicting)]);
    assert!(ran.code != 0 && ran.err.contains("contradictory_vintage"), "{}", ran.err);
    let promise = "id,promiser,promisee,indicator,direction,target,unit,baseline,deadline,method_named,condition,source_name,source_ref,note\n\
        p1,COL,USA,co.cultivation,at_most,100000,ha,,2023-12-31,dowsing,,\"A speech, 1 Jan 2020\",,\n\
        p2,COL,USA,co.cultivation,at_most,100000,ha,,2023-12-31,,,\"A speech, 1 Jan 2020\",,\n";
    let promises = file(&data, "promises.csv", promise.as_bytes());
    let ran = accounts(&data, &["import", text(&promises)]);
    assert!(
        ran.code != 0 && ran.err.contains("unknown_method") && ran.err.contains("dowsing"),
        "{}",
        ran.err
    );
    let rows = lines(&accounts(&data, &["verdicts", "p2", "--json"]).out);
    assert_eq!(standing(&rows, "p2", "us_government")["verdict"], "missed");
    assert_ne!(accounts(&data, &["verdicts", "p1"]).code, 0, "a refused promise is none");
}

#[test]
fn the_linter_names_row_and_arithmetic() {
    let data = folder("accounts-lint");
    let heading = FIGURES.lines().next().unwrap();
    let table = format!(
        "{heading}\nco.seiz.base.odc,COL,2010,34486,kg,,,\"One, 1 Feb 2012\",,,yes\nco.seiz.base.odc,COL,2010,34846,kg,,,\"Two, 1 Mar 2012\",,,yes\n"
    );
    let table = file(&data, "seized.csv", table.as_bytes());
    let ran = run(&["accounts", "lint", text(&table), "--json"]);
    let found = lines(&ran.out);
    assert!(
        found.iter().any(|row| row["code"] == "digits_swapped" && row["file"] == "seized.csv"),
        "{ran:?}"
    );
    assert_ne!(ran.code, 0, "findings are an exit code");
    let clean = format!("{heading}\nco.cult.us,COL,2016,188000,ha,,,\"One, 1 Feb 2018\",,,yes\n");
    let clean = file(&data, "clean.csv", clean.as_bytes());
    let ran = run(&["accounts", "lint", text(&clean)]);
    assert_eq!(ran.code, 0, "{ran:?}");
}

#[test]
fn the_chain_gives_the_worked_intervals_and_refuses_the_stock() {
    let chain = |args: &[&str]| run(&[&["accounts", "chain", "--json"], args].concat());
    let ran = chain(&["--leaf", "930900", "--yield-ha", "5.6"]);
    let row = &lines(&ran.out)[0];
    let near = |value: &Value, expected: f64| {
        (value.as_str().unwrap().parse::<f64>().unwrap() - expected).abs() < 1.0
    };
    assert!(near(&row["low"], 164_761.0) && near(&row["high"], 167_730.0), "{}", ran.out);
    let both = chain(&["--leaf", "930900", "--yield-ha", "5.6", "--cocaine", "1379", "--hcl-per-ha", "8.2"]);
    let meet = lines(&both.out);
    let meet = meet.iter().find(|row| row["step"] == "harvested_area" && row["routes"] == 2).unwrap();
    assert!(
        meet["meet"] == true && near(&meet["low"], 167_152.0) && near(&meet["high"], 167_730.0),
        "{meet}"
    );
    let stock = chain(&["--net-area", "171495", "--hcl-per-ha", "8.2"]);
    assert!(stock.code != 0 && stock.err.contains("net_stock"), "{stock:?}");
}

const COMMUNIQUE: &str =
    "Bogotá, 5 March 2021. The government said that it eradicated 130,171 hectares of coca in 2020.\n";

#[test]
fn a_figure_of_a_text_enters_by_an_officer_and_opens_at_its_span() {
    let data = folder("accounts-read");
    let communique = file(&data, "communique.txt", COMMUNIQUE.as_bytes());
    let ran = run(&["accounts", "read", text(&communique), "--json"]);
    let read: Value = serde_json::from_str(ran.out.trim()).unwrap();
    let quantity = read["quantities"]
        .as_array()
        .unwrap()
        .iter()
        .find(|own| own["recognised"]["figure"]["value"] == "130171")
        .unwrap_or_else(|| panic!("{}", ran.out));
    let n = quantity["number"].to_string();
    let accept = |officer: &str| {
        accounts(
            &data,
            &[
                "accept",
                text(&communique),
                "--quantity",
                &n,
                "--series",
                "co.erad.manual.gov",
                "--place",
                "COL",
                "--period",
                "2020",
                "--officer",
                officer,
            ],
        )
    };
    assert_ne!(accept("off-0000000000000000").code, 0, "nobody answers for it");
    run(&["officer", "add", "Dra. L. Peña", "--role", "analyst", "--data", text(&data)]);
    let officers = run(&["officer", "list", "--json", "--data", text(&data)]);
    let officer: Value = serde_json::from_str(officers.out.trim()).unwrap();
    let ran = accept(officer["id"].as_str().unwrap());
    assert_eq!(ran.code, 0, "{ran:?}");
    let rows = lines(&accounts(&data, &["asof", "co.erad.manual.gov", "2021-03-05", "--json"]).out);
    let row = rows.iter().find(|row| row["value"] == "130171").unwrap();
    let (from, to) = (row["source"]["from"].as_u64().unwrap(), row["source"]["to"].as_u64().unwrap());
    assert!(COMMUNIQUE[from as usize..to as usize].contains("130,171"), "{row}");
    assert_eq!(row["status"], "claimed");
}

#[test]
fn the_other_side_computes_a_bundle_again_and_notices_every_change() {
    let data = folder("accounts-bundle");
    let table = file(&data, "figures.csv", FIGURES.as_bytes());
    accounts(&data, &["import", text(&table)]);
    let out = data.join("bundle.json");
    let ran = accounts(&data, &["bundle", "--as-of", "2025-12-31", "--out", text(&out)]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let verify = |path: &Path| run(&["accounts", "verify", text(path)]);
    let ran = verify(&out);
    assert!(ran.code == 0 && ran.out.contains("HOLDS"), "{ran:?}");
    let bundle: Value = serde_json::from_slice(&std::fs::read(&out).unwrap()).unwrap();
    type Change = (&'static str, fn(&mut Value));
    let changes: [Change; 6] = [
        ("a figure", |own| {
            let text = own["files"][0]["text"].as_str().unwrap().replace("253000", "25300");
            own["files"][0]["text"] = text.into();
        }),
        ("a verdict", |own| {
            own["verdicts"] = own["verdicts"].as_str().unwrap().replacen(",missed,", ",met,", 1).into();
        }),
        ("the day", |own| own["as_of"] = "2010-01-01".into()),
        ("a fact", |own| own["facts"] = Value::Array(Vec::new())),
        ("a file", |own| own["files"] = Value::Array(Vec::new())),
        ("a promise", |own| {
            let all = own["starting"].as_array_mut().unwrap();
            all.retain(|file| file["name"] != "commitments");
        }),
    ];
    for (what, change) in changes {
        let mut changed = bundle.clone();
        change(&mut changed);
        let path = file(&data, "changed.json", changed.to_string().as_bytes());
        let ran = verify(&path);
        assert!(ran.code != 0 && ran.out.contains("DOES NOT HOLD"), "{what}: {ran:?}");
    }
    let garbage = file(&data, "garbage.json", b"{}");
    assert_ne!(verify(&garbage).code, 0);
}

#[test]
fn the_report_is_the_same_bytes_from_the_same_facts_in_both_languages() {
    let data = folder("accounts-report");
    let report = |name: &str, lang: &str| {
        let out = data.join(name);
        let ran = accounts(
            &data,
            &[
                "report",
                "--as-of",
                "2025-12-31",
                "--since",
                "2021-06-23",
                "--lang",
                lang,
                "--out",
                text(&out),
            ],
        );
        assert_eq!(ran.code, 0, "{ran:?}");
        std::fs::read(out).unwrap()
    };
    let (one, two) = (report("one.pdf", "es"), report("two.pdf", "es"));
    assert!(one.starts_with(b"%PDF-") && one == two, "another process gives the same bytes");
    let page = String::from_utf8(report("report.html", "es")).unwrap();
    for word in ["Plan Colombia", "no cumplido", "1.058", "lang=\"es\""] {
        assert!(page.contains(word), "{word}");
    }
    // Every reference opens an entry of the list.
    let opened = page.split("href=\"#").skip(1).map(|rest| rest.split('"').next().unwrap());
    let mut count = 0;
    for anchor in opened {
        assert!(page.contains(&format!("id=\"{anchor}\"")), "{anchor}");
        count += 1;
    }
    assert!(count > 400, "{count} references");
    assert!(page.contains("default-src 'none'") && !page.contains(" src="), "nothing is fetched");
    let english = String::from_utf8(report("report.en.html", "en")).unwrap();
    assert!(english.contains("missed") && english.contains("1,058"));
}

#[test]
fn what_is_missing_is_said_to_be_missing() {
    let data = folder("accounts-programmes");
    let ran = accounts(&data, &["programmes", "--json"]);
    let rows = lines(&ran.out);
    let of = |indicator: &str| rows.iter().find(|row| row["indicator"] == indicator).unwrap();
    assert!(of("co.bulkcash")["latest"].is_null() && of("co.bulkcash")["missing"] != "");
    assert!(!of("co.cultivation")["latest"].is_null());
    let people = accounts(&data, &["programmes", "--lang", "es"]);
    assert!(people.out.contains("sin dato"), "{}", people.out);
}
