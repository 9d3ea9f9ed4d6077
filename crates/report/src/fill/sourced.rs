//! The list of sources behind a report's numbers: a row of a file, a span of a document, or figures that a number was
//! worked out from. Each stands in the list once.

use std::collections::BTreeMap;

use bitacora_accounts::book::Book;
use bitacora_accounts::{Decimal, Observation, ObservationId, Rounding};

use crate::fill::words;
use crate::{Number, Origin, Source, Texts};

/// Computed ratios are printed to so many digits after the point.
const PLACES: i32 = 2;

pub(super) struct Sources<'b> {
    book: &'b Book,
    list: Vec<Source>,
    known: BTreeMap<String, String>,
}

/// To two digits, as a reader needs it; sums and levels stay as published.
pub(super) fn rounded(value: Decimal) -> String {
    value.round_to(PLACES, Rounding::Nearest).unwrap_or(value).to_string()
}

impl<'b> Sources<'b> {
    pub(super) const fn new(book: &'b Book) -> Self {
        Self { book, list: Vec::new(), known: BTreeMap::new() }
    }
    pub(super) fn into_list(self) -> Vec<Source> {
        self.list
    }
    pub(super) const fn book(&self) -> &'b Book {
        self.book
    }

    /// The id under which a source stands, made on first use.
    fn put(&mut self, key: String, make: impl FnOnce(String) -> Source) -> String {
        if let Some(id) = self.known.get(&key) {
            return id.clone();
        }
        let id = format!("s{}", self.list.len() + 1);
        self.list.push(make(id.clone()));
        self.known.insert(key, id.clone());
        id
    }

    pub(super) fn observation(&mut self, own: &Observation) -> String {
        let vintage = own.known().map_or_else(String::new, |known| known.to_string());
        match &own.source {
            bitacora_accounts::Source::Named { name, reference, file, row } => {
                let (name, reference) = (Texts::same(&**name), reference.to_string());
                let (sha256, row) = (file.to_string(), *row);
                self.put(format!("{sha256} {row}"), |id| Source {
                    id,
                    name,
                    reference,
                    origin: Origin::Row { sha256, row },
                    vintage,
                })
            }
            bitacora_accounts::Source::Document { document, from, to } => {
                let (sha256, from, to) = (document.to_string(), *from, *to);
                let kept = self.book.record().document(&sha256);
                let name = kept.map_or_else(|| sha256.clone(), |kept| kept.name.clone());
                let reference = kept.map_or_else(String::new, |kept| kept.reference.clone());
                self.put(format!("{sha256} {from} {to}"), |id| Source {
                    id,
                    name: Texts::same(name),
                    reference,
                    origin: Origin::Span { sha256, from, to },
                    vintage,
                })
            }
        }
    }

    /// What somebody stated and no file holds.
    pub(super) fn stated(&mut self, name: &str, reference: &str) -> String {
        let (name, reference) = (Texts::same(name), reference.to_owned());
        self.put(format!("stated {} {reference}", name.en), |id| Source {
            id,
            name,
            reference,
            origin: Origin::Named,
            vintage: String::new(),
        })
    }

    /// A number worked out from others, by a rule that can be done again.
    pub(super) fn derived(&mut self, rule: Texts, mut from: Vec<String>) -> String {
        from.sort();
        from.dedup();
        let key = format!("derived {} {}", rule.en, from.join(" "));
        self.put(key, |id| Source {
            id,
            name: words::computed(),
            reference: String::new(),
            origin: Origin::Derived { rule, from },
            vintage: String::new(),
        })
    }

    /// A figure as it was published, with its source.
    pub(super) fn number(&mut self, id: ObservationId) -> Option<Number> {
        let own = self.book.ledger().get(id)?;
        let source = self.observation(own);
        let mut number = Number::new(own.number().to_string(), own.unit.code(), source);
        number.bound = own.bound;
        Some(if own.base().is_some() { number.as_change() } else { number })
    }
}
