//! A text that was read: its proposals with their words, and what an officer accepts of it as facts.

use bitacora_accounts::number::{Locale, read as read_number};
use bitacora_accounts::observation::{Bound, Status};
use bitacora_accounts::period::Nature;
use bitacora_accounts::reading::actor::ActorKind;
use bitacora_accounts::reading::bound::Bound as SaidBound;
use bitacora_accounts::reading::change::Direction;
use bitacora_accounts::reading::quantity::{Figure, Quantity};
use bitacora_accounts::reading::{Amount, Document, Language, Proposal, Reading, Span};
use bitacora_accounts::record::{About, Claim, FigureAccepted, Passage, SpeakerKind};
use bitacora_accounts::{Dates, Decimal, Period, Place, SeriesId, Unit};
use serde::Serialize;

use crate::accounts::recording::Text;
use crate::error::ApiError;
use crate::shapes::{
    AcceptedClaim, AcceptedQuantity, LeftOutShape, ReadActor, ReadClaim, ReadDate, ReadQuantity,
    ReadingShape, SpanShape,
};

fn span(own: Span) -> SpanShape {
    let (from, to) = own.bytes();
    SpanShape { from, to }
}

fn words(document: &Document<'_>, own: Span) -> String {
    document.slice(own).unwrap_or("").to_owned()
}

/// The code of a value that serializes as one, or of the one that it wraps.
fn code<T: Serialize>(own: &T) -> Result<String, ApiError> {
    let value = serde_json::to_value(own)?;
    let inner = value.as_object().and_then(|object| object.values().next()).unwrap_or(&value);
    Ok(inner.as_str().unwrap_or_default().to_owned())
}

pub(crate) fn reading(document: &Document<'_>, read: &Reading) -> Result<ReadingShape, ApiError> {
    Ok(ReadingShape {
        document: read.document.to_string(),
        language: match read.language {
            Language::En => "en",
            Language::Es => "es",
        },
        published: read.published.map(|published| published.day.to_string()),
        personal_allegations: read.personal_allegations,
        quantities: read
            .quantities
            .iter()
            .map(|own| quantity(document, read, own))
            .collect::<Result<_, _>>()?,
        dates: read
            .dates
            .iter()
            .map(|own| ReadDate {
                n: own.number(),
                span: span(own.span()),
                text: words(document, own.span()),
                value: own.recognised().interval.map_or_else(String::new, |interval| {
                    let end =
                        |day: Option<jiff::civil::Date>| day.map_or_else(String::new, |day| day.to_string());
                    format!("{}/{}", end(interval.from), end(interval.to))
                }),
            })
            .collect(),
        actors: read
            .actors
            .iter()
            .map(|own| {
                let actor = own.recognised();
                Ok(ReadActor {
                    n: own.number(),
                    span: span(own.span()),
                    text: words(document, own.span()),
                    name: actor.who.clone(),
                    kind: code(&actor.kind)?,
                })
            })
            .collect::<Result<_, ApiError>>()?,
        claims: read
            .claims
            .iter()
            .map(|own| {
                let claim = own.recognised();
                Ok(ReadClaim {
                    n: own.number(),
                    span: span(own.span()),
                    text: words(document, claim.content),
                    speaker: speaker(read, claim.speaker).map(|(who, _)| who),
                    quantities: claim.quantities.clone(),
                    act: claim.acts.first().map(code).transpose()?,
                })
            })
            .collect::<Result<_, ApiError>>()?,
        left_out: read
            .left_out
            .iter()
            .map(|own| Ok(LeftOutShape { span: span(own.span), why: code(&own.why)? }))
            .collect::<Result<_, ApiError>>()?,
    })
}

fn speaker(read: &Reading, actor: Option<u32>) -> Option<(String, ActorKind)> {
    let actor = read.actors.get(actor? as usize)?.recognised();
    Some((actor.who.clone(), actor.kind))
}

/// Value, low end and high end; none of a share such as two thirds, which is no decimal.
fn ends(figure: &Figure) -> Option<(Amount, Option<Amount>, Option<Amount>)> {
    match *figure {
        Figure::Value(value) => Some((value, None, None)),
        Figure::Between { low, high } => Some((low, Some(low), Some(high))),
        Figure::Share { .. } => None,
    }
}

fn quantity(
    document: &Document<'_>,
    read: &Reading,
    own: &Proposal<Quantity>,
) -> Result<ReadQuantity, ApiError> {
    let recognised = own.recognised();
    let (value, low, high) = match ends(&recognised.figure) {
        Some((value, low, high)) => (value.to_string(), low, high),
        None => (words(document, own.span()), None, None),
    };
    let period =
        recognised.date.and_then(|date| read.dates.get(date as usize)?.recognised().interval?.year());
    let states = read.actors.iter().filter(|actor| actor.sentence() == own.sentence());
    let place =
        states.filter(|actor| actor.recognised().kind == ActorKind::State).map(|actor| actor.recognised());
    Ok(ReadQuantity {
        n: own.number(),
        span: span(own.span()),
        text: words(document, own.span()),
        value,
        low: low.map(|end| end.to_string()),
        high: high.map(|end| end.to_string()),
        unit: recognised.unit.code().to_owned(),
        what: recognised.thing.map_or_else(String::new, |thing| words(document, thing)),
        bound: code(&recognised.bound)?,
        period: period.or(recognised.year).map(|year| year.to_string()),
        place: place.map(|state| state.who.clone()).next(),
        reasons: own.reasons().iter().map(code).collect::<Result<_, _>>()?,
    })
}

fn decimal(amount: Amount) -> Result<Decimal, ApiError> {
    let printed = read_number(&amount.to_string(), Some(Locale::En));
    Ok(printed.map_err(|error| ApiError::bad("value", error))?.value())
}

fn passage(text: &Text, own: Span) -> Passage {
    let (from, to) = own.bytes();
    Passage { document: text.document.sha256.clone(), from: from as u64, to: to as u64 }
}

/// The figure that an officer takes from a text, under the series, place and period that the officer says.
pub(crate) fn figure_of(
    text: &Text,
    own: &Proposal<Quantity>,
    said: &AcceptedQuantity,
) -> Result<FigureAccepted, ApiError> {
    let recognised = own.recognised();
    let series = SeriesId::read(&said.series).map_err(|error| ApiError::bad("series", error))?;
    let place = Place::read(&said.place).map_err(|error| ApiError::bad("place", error))?;
    let unit = Unit::read(recognised.unit.code()).map_err(|error| ApiError::bad("unit", error))?;
    let status = said.status.as_deref().map_or(Ok(Status::Claimed), str::parse);
    let year: Option<i16> = said.period.parse().ok();
    let period = match year.and_then(|year| series.period_of_year(year)) {
        Some(period) => period,
        None => {
            let nature =
                if series.quantity().nature() == Nature::Stock { Nature::Stock } else { Nature::Flow };
            Period::read(&said.period, nature).map_err(|error| ApiError::bad("period", error))?
        }
    };
    let no_decimal = || ApiError::bad("value", "a share such as two thirds is no decimal");
    let (value, low, high) = ends(&recognised.figure).ok_or_else(no_decimal)?;
    let falls = recognised.change.is_some_and(|change| change.direction == Direction::Down);
    let signed = |value: Decimal| if unit == Unit::Percent && falls { value.neg() } else { value };
    let base = match (unit, series.change(period.year())) {
        (Unit::Percent, Some((from, _))) => Dates::year(from).map(Period::stock),
        _ => None,
    };
    let ends = (low.map(decimal).transpose()?.map(signed), high.map(decimal).transpose()?.map(signed));
    let (low, high) = if falls { (ends.1, ends.0) } else { ends };
    Ok(FigureAccepted {
        passage: passage(text, own.span()),
        series,
        place,
        period,
        base,
        value: signed(decimal(value)?),
        low,
        high,
        unit,
        bound: match recognised.bound {
            SaidBound::AtLeast | SaidBound::MoreThan => Bound::AtLeast,
            SaidBound::AtMost | SaidBound::LessThan => Bound::AtMost,
            SaidBound::AsStated | SaidBound::About | SaidBound::Nearly => Bound::Point,
        },
        status: status.map_err(|error| ApiError::bad("status", error))?,
        published: text.document.published,
    })
}

/// The claim that an officer takes from a text.
pub(crate) fn claim_of(
    text: &Text,
    document: &Document<'_>,
    read: &Reading,
    said: &AcceptedClaim,
) -> Result<Claim, ApiError> {
    let own = read
        .claims
        .get(said.n as usize)
        .ok_or_else(|| ApiError::bad("claims", format!("no claim {}", said.n)))?;
    let claim = own.recognised();
    let day = |text: &str| text.parse::<Dates>().map_err(|error| ApiError::bad("day", error));
    let quantity = claim.quantities.first().and_then(|n| read.quantities.get(*n as usize));
    let amount =
        quantity.and_then(|own| ends(&own.recognised().figure)).map(|ends| decimal(ends.0)).transpose()?;
    let unit = quantity.and_then(|own| Unit::read(own.recognised().unit.code()).ok());
    let named = speaker(read, claim.speaker);
    let period = match &said.period {
        Some(period) => Some(period.parse().map_err(|error| ApiError::bad("period", error))?),
        None => quantity.and_then(|own| own.recognised().year).and_then(Dates::year),
    };
    Ok(Claim {
        speaker_kind: match named.as_ref().map(|(_, kind)| kind) {
            Some(ActorKind::Person) => SpeakerKind::PersonInOffice,
            Some(ActorKind::State | ActorKind::Office) => SpeakerKind::Government,
            Some(ActorKind::Agency | ActorKind::Body | ActorKind::Report) => SpeakerKind::Organisation,
            Some(ActorKind::Press) => SpeakerKind::Press,
            Some(ActorKind::ArmedGroup | ActorKind::Unnamed) | None => SpeakerKind::Other,
        },
        speaker: named.map_or_else(|| text.document.name.clone(), |(who, _)| who),
        said: said.day.as_deref().map(day).transpose()?.or(text.document.published.map(Dates::on)),
        text: words(document, own.span()),
        about: About {
            indicator: said
                .indicator
                .as_deref()
                .map(|id| SeriesId::read(id).map_err(|error| ApiError::bad("indicator", error)))
                .transpose()?,
            period,
            ..About::default()
        },
        value: amount.filter(|_| unit.is_some()),
        unit: unit.filter(|_| amount.is_some()),
        bound: Bound::Point,
        passage: Some(passage(text, own.span())),
        source_name: text.document.name.clone(),
        source_ref: text.document.reference.clone(),
    })
}
