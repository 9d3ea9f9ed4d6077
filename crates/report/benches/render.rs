#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a bench fails loudly, and looks at the clock"
)]
//! How long reports of three sizes take as PDF and as HTML.

#[path = "../tests/made/mod.rs"]
mod made;

use bitacora_report::{Lang, html, pdf};

fn render(commitments: usize, sources: u64) {
    let mut input = made::filled();
    let pattern = input.groups[0].commitments[0].clone();
    input.groups[0].commitments = (0..commitments)
        .map(|number| {
            let mut one = pattern.clone();
            one.id = format!("c-{number}");
            one.cells = (0..20u16)
                .map(|vintage| {
                    let mut cell = pattern.cells[usize::from(vintage % 4)].clone();
                    cell.vintage = format!("{}", 2005 + vintage);
                    cell
                })
                .collect();
            one
        })
        .collect();
    for number in 0..sources {
        input.sources.push(made::row(
            &format!("extra-{number}"),
            "Observatorio",
            "obs.xlsx",
            number + 2,
            "2019-09",
        ));
    }
    let before = std::time::Instant::now();
    let paper = pdf(&input, Lang::Es).unwrap();
    let typeset = before.elapsed().as_secs_f64();
    let before = std::time::Instant::now();
    let page = html(&input, Lang::Es).unwrap();
    let written = before.elapsed().as_secs_f64();
    println!(
        "{commitments} commitments, {sources} more sources: pdf {typeset:.2} s, {} kB; html {written:.3} s, {} kB",
        paper.len() / 1000,
        page.len() / 1000
    );
}

fn main() {
    render(10, 10);
    render(100, 500);
    render(200, 1000);
}
