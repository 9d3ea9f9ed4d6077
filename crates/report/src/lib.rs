//! The working-group report: one snapshot of the accounts in, the same bytes out every time, as PDF and as one HTML
//! file, in Spanish and English. Never reads a clock, a file or the net, and never judges: verdicts come in computed.

mod chart;
mod check;
mod error;
mod fill;
mod html;
mod input;
mod legible;
mod number;
mod page;
mod pdf;
mod words;

pub use check::{MOST_CELLS, MOST_CHARS, MOST_COMMITMENTS, MOST_POINTS, MOST_ROWS, MOST_SOURCES, check};
pub use error::BadReport;
pub use fill::words::{axis, reason};
pub use fill::{Request, fill};
pub use input::*;

/// The language that a report is printed in.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, serde::Serialize, serde::Deserialize)]
pub enum Lang {
    #[serde(rename = "es")]
    Es,
    #[serde(rename = "en")]
    En,
}

impl Lang {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Es => "es",
            Self::En => "en",
        }
    }
}

/// The report as PDF/A-2a and PDF/UA-1.
pub fn pdf(input: &ReportInput, lang: Lang) -> Result<Vec<u8>, BadReport> {
    check(input)?;
    pdf::render(&page::report(input, lang), lang)
}

/// The report as one HTML file that asks for nothing else.
pub fn html(input: &ReportInput, lang: Lang) -> Result<String, BadReport> {
    check(input)?;
    Ok(html::render(&page::report(input, lang), lang))
}
