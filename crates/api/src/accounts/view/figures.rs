//! Figures and where they stand: the table row, or the span of a text with what surrounds it.

use bitacora_accounts::ledger::ObservationId;
use bitacora_accounts::observation::Digest;
use bitacora_accounts::record::Passage;
use bitacora_accounts::{Decimal, Observation, Place, Source};
use bitacora_store::Kept;

use super::Page;
use crate::error::ApiError;
use crate::shapes::{Figure, ObservationShape, PlaceShape, SourceRef, Words};

/// How much of a text stands around a span, in characters.
const AROUND: usize = 160;

pub(super) fn text(value: Option<Decimal>) -> Option<String> {
    value.map(|value| value.to_string())
}

pub(super) fn figure(id: ObservationId, own: &Observation) -> Figure {
    Figure {
        observation: id.number(),
        series: own.series.to_string(),
        period: own.period.dates().to_string(),
        value: own.number().to_string(),
        low: text(own.low),
        high: text(own.high),
        unit: own.unit.to_string(),
        vintage: own.known().map_or_else(|| "unknown".to_owned(), |known| known.to_string()),
        status: own.status.code(),
    }
}

impl Page<'_> {
    pub(super) fn figure(&self, id: ObservationId) -> Option<Figure> {
        self.book.ledger().get(id).map(|own| figure(id, own))
    }

    pub(super) fn source(&self, source: &Source) -> SourceRef {
        match source {
            Source::Named { name, reference, file, row } => SourceRef::Named {
                name: name.to_string(),
                reference: reference.to_string(),
                file: file.to_string(),
                row: *row,
            },
            Source::Document { document, from, to } => self.span(&document.to_string(), *from, *to),
        }
    }

    pub(super) fn passage(&self, passage: &Passage) -> SourceRef {
        self.span(&passage.document, passage.from, passage.to)
    }

    /// A span of a kept text; where the text is not kept any more, its place alone.
    fn span(&self, document: &str, from: u64, to: u64) -> SourceRef {
        let kept = self.store.kept_file(Kept::Accounts, document).ok();
        let kept = kept.filter(|bytes| Digest::of(bytes).to_string() == document);
        let whole = kept.and_then(|bytes| String::from_utf8(bytes).ok());
        let parts = whole.as_deref().and_then(|whole| {
            let (from, to) = (usize::try_from(from).ok()?, usize::try_from(to).ok()?);
            Some((whole.get(..from)?, whole.get(from..to)?, whole.get(to..)?))
        });
        let last =
            |text: &str| text.chars().rev().take(AROUND).collect::<Vec<_>>().into_iter().rev().collect();
        SourceRef::Document {
            document: document.to_owned(),
            from,
            to,
            text: parts.map(|(_, text, _)| text.to_owned()),
            before: parts.map(|(before, ..)| last(before)),
            after: parts.map(|(.., after)| after.chars().take(AROUND).collect()),
        }
    }
}

/// The places that have a name in both languages; others are their code.
pub(super) fn place(place: Place) -> PlaceShape {
    let code = place.to_string();
    let name = match code.as_str() {
        "COL" => words("Colombia", "Colombia"),
        "PER" => words("Perú", "Peru"),
        "BOL" => words("Bolivia", "Bolivia"),
        "USA" => words("Estados Unidos", "United States"),
        "AND" => words("Región andina", "Andean region"),
        "WLD" => words("Mundo", "World"),
        "INT" => words("Aguas internacionales", "International waters"),
        _ => Words::code(&code),
    };
    PlaceShape { code, name }
}

pub(super) fn words(es: &str, en: &str) -> Words {
    Words { es: es.to_owned(), en: en.to_owned() }
}

/// One figure with its source, and the other figures of its series, place and period.
pub(crate) fn observation(page: &Page<'_>, number: u32) -> Result<ObservationShape, ApiError> {
    let (book, id) = (&page.book, ObservationId::at(number));
    let own = book.ledger().get(id).ok_or_else(|| ApiError::NotFound(number.to_string()))?;
    let others = book.ledger().of_series_at(&own.series, own.place);
    let others = others.filter(|(other, _)| *other != id).filter(|(_, other)| other.period == own.period);
    let publisher = own.series.publisher();
    let method = own.method.as_deref().or_else(|| publisher.map(|publisher| publisher.method()));
    let by_method = method.and_then(|method| book.registry().method(method));
    let named = own.publisher.as_deref().map(Words::code);
    Ok(ObservationShape {
        id: number,
        figure: figure(id, own),
        place: place(own.place),
        publisher: named.or_else(|| by_method.map(|method| Words::code(&method.publisher))),
        method: method.map(str::to_owned),
        bound: own.bound.code(),
        base: own.base().map(|base| base.dates().to_string()),
        note: Some(own.note.to_string()).filter(|note| !note.is_empty()),
        source: page.source(&own.source),
        others: others.map(|(other, own)| figure(other, own)).collect(),
    })
}
