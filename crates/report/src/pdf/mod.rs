//! The report as PDF. A fixed template reads the page as data, so that no text of the input is ever markup; the world
//! around it holds that template, those data and four fonts, and nothing else.

mod data;
mod world;

use typst::foundations::{Datetime, Smart};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use crate::page::Report;
use crate::{BadReport, Lang};

use world::{Paper, coverage};

pub(crate) fn render(report: &Report, lang: Lang) -> Result<Vec<u8>, BadReport> {
    let fonts = world::fonts();
    let covered = coverage(&fonts);
    let data = data::encode(report, lang, &|one| covered.is_some_and(|all| all.contains(u32::from(one))))
        .map_err(|cause| BadReport::NotTypeset(cause.to_string()))?;
    let paper = Paper::new(fonts, data)
        .ok_or_else(|| BadReport::NotTypeset("the template has no name".to_owned()))?;
    let made = made(report, &paper);
    // The typesetter remembers what it laid out, for editors; a node that runs for months must not.
    typst::comemo::evict(0);
    made
}

fn made(report: &Report, paper: &Paper) -> Result<Vec<u8>, BadReport> {
    let document = typst::compile::<PagedDocument>(paper).output.map_err(first)?;
    let day = report.dated;
    let midnight = Datetime::from_ymd_hms(i32::from(day.year()), day.month(), day.day(), 0, 0, 0);
    let standards = PdfStandards::new(&[PdfStandard::A_2a, PdfStandard::Ua_1])
        .map_err(|cause| BadReport::NotTypeset(cause.message().to_string()))?;
    let options = PdfOptions {
        ident: Smart::Custom(report.ident.clone()),
        creator: Smart::Custom(Some("Bitácora".to_owned())),
        timestamp: midnight.map(Timestamp::new_utc),
        standards,
        ..PdfOptions::default()
    };
    typst_pdf::pdf(&document, &options).map_err(first)
}

fn first(causes: typst::ecow::EcoVec<typst::diag::SourceDiagnostic>) -> BadReport {
    let said = causes.first().map_or("no reason given", |cause| cause.message.as_str());
    BadReport::NotTypeset(said.replace('\n', " "))
}
