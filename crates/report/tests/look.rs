#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test fails loudly, and this one writes what it made where it is told"
)]
//! Reports for a person to look at: written under `BITACORA_REPORT_OUT` where that is set, typeset in any case.

mod made;
mod real;

use bitacora_report::{Lang, html, pdf};

/// More commitments than the first page holds, under more methods than stand beside each other in large type.
fn crowded() -> bitacora_report::ReportInput {
    let mut input = made::filled();
    let pattern = input.groups[0].commitments[0].clone();
    for number in 0..24 {
        let mut one = pattern.clone();
        one.id = format!("c-{number}");
        for (place, cell) in pattern.cells.iter().enumerate() {
            let vintage = format!("{}-0{}", 2012 + (number + place) % 12, 1 + place);
            let method = ["unodc", "us", "siima", "records"][(number + place) % 4].to_owned();
            one.cells.push(bitacora_report::Cell { method, vintage, ..cell.clone() });
        }
        input.groups[0].commitments.push(one);
    }
    input
}

#[test]
fn both_languages_are_made_in_both_forms() {
    let Some(folder) = real::folder() else { return };
    let input = real::report(&folder);
    for lang in [Lang::Es, Lang::En] {
        let paper = pdf(&input, lang).unwrap();
        let page = html(&input, lang).unwrap();
        assert!(paper.starts_with(b"%PDF-1.7"));
        let many = pdf(&crowded(), lang).unwrap();
        if let Ok(folder) = std::env::var("BITACORA_REPORT_OUT") {
            let folder = std::path::Path::new(&folder);
            std::fs::write(folder.join(format!("crowded-{}.pdf", lang.code())), many).unwrap();
            std::fs::write(folder.join(format!("report-{}.pdf", lang.code())), paper).unwrap();
            std::fs::write(folder.join(format!("report-{}.html", lang.code())), page).unwrap();
        }
    }
}
