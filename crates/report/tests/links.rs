#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]
//! INVARIANT: every number opens its source.

mod made;

use std::collections::BTreeSet;

use bitacora_report::{Lang, html, pdf};

fn between<'a>(page: &'a str, before: &str, after: char) -> Vec<&'a str> {
    page.split(before).skip(1).map(|rest| rest.split(after).next().unwrap()).collect()
}

#[test]
fn every_number_opens_its_source() {
    for lang in [Lang::Es, Lang::En] {
        let page = html(&made::filled(), lang).unwrap();
        let ids = between(&page, " id=\"", '"');
        let unique: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(ids.len(), unique.len(), "an id stands twice");
        let hrefs = between(&page, "href=\"", '"');
        assert!(hrefs.len() > 100);
        for href in &hrefs {
            let name = href.strip_prefix('#').unwrap_or_else(|| panic!("`{href}` leads out of the page"));
            assert!(unique.contains(name), "`{href}` leads nowhere");
        }
        let figures: Vec<&str> = page.split("<span class=\"fig\">").skip(1).collect();
        assert!(figures.len() > 60, "{} figures", figures.len());
        for figure in figures {
            let (value, rest) = figure.split_once("</span>").unwrap();
            assert!(rest.starts_with("<span class=\"ref\">[<a href=\"#s"), "`{value}` opens nothing");
        }
    }
}

fn count(bytes: &[u8], text: &[u8]) -> usize {
    bytes.windows(text.len()).filter(|window| *window == text).count()
}

#[test]
fn the_paper_has_a_link_for_every_reference_of_the_page() {
    for lang in [Lang::Es, Lang::En] {
        let page = html(&made::filled(), lang).unwrap();
        let references = between(&page, "href=\"#s", '"').len();
        let paper = pdf(&made::filled(), lang).unwrap();
        let links = count(&paper, b"/Subtype/Link");
        assert!(links >= references, "{links} links for {references} references");
        // None leaves the document.
        assert_eq!(count(&paper, b"/S/URI"), 0);
    }
}
