//! The stable JSON form of an observation, as the API, bundles and releases carry it: decimals, dates and hashes are
//! texts, absent members are null, and an unknown member is refused. Reading checks what every observation must hold.

use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::day::Dates;
use crate::decimal::Decimal;
use crate::observation::{Bound, Digest, Figure, Observation, Source, Status};
use crate::period::Period;
use crate::place::Place;
use crate::series::SeriesId;
use crate::units::Unit;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    series: SeriesId,
    place: Place,
    period: Period,
    /// The level, or the change in percent where `base` stands.
    value: Decimal,
    base: Option<Period>,
    unit: Unit,
    bound: Bound,
    low: Option<Decimal>,
    high: Option<Decimal>,
    method: Option<String>,
    publisher: Option<String>,
    vintage: Option<Dates>,
    published: Option<Dates>,
    status: Status,
    source: SourceForm,
    note: String,
    ship: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum SourceForm {
    Document { document: Digest, from: u64, to: u64 },
    Named { name: String, reference: String, file: Digest, row: u64 },
}

impl Serialize for Observation {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let text = |text: &Option<Arc<str>>| text.as_deref().map(str::to_owned);
        let source = match &self.source {
            Source::Document { document, from, to } => {
                SourceForm::Document { document: *document, from: *from, to: *to }
            }
            Source::Named { name, reference, file, row } => SourceForm::Named {
                name: name.as_ref().to_owned(),
                reference: reference.as_ref().to_owned(),
                file: *file,
                row: *row,
            },
        };
        let form = Form {
            series: self.series.clone(),
            place: self.place,
            period: self.period,
            value: self.number(),
            base: self.base(),
            unit: self.unit,
            bound: self.bound,
            low: self.low,
            high: self.high,
            method: text(&self.method),
            publisher: text(&self.publisher),
            vintage: self.vintage,
            published: self.published,
            status: self.status,
            source,
            note: self.note.as_ref().to_owned(),
            ship: self.ship,
        };
        form.serialize(out)
    }
}

impl<'de> Deserialize<'de> for Observation {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let form = Form::deserialize(input)?;
        let source = match form.source {
            SourceForm::Document { document, from, to } => Source::Document { document, from, to },
            SourceForm::Named { name, reference, file, row } => {
                Source::Named { name: name.into(), reference: reference.into(), file, row }
            }
        };
        let observation = Self {
            series: form.series,
            place: form.place,
            period: form.period,
            figure: match form.base {
                Some(base) => Figure::Change { percent: form.value, base },
                None => Figure::Value(form.value),
            },
            unit: form.unit,
            bound: form.bound,
            low: form.low,
            high: form.high,
            method: form.method.map(Arc::from),
            publisher: form.publisher.map(Arc::from),
            vintage: form.vintage,
            published: form.published,
            status: form.status,
            source,
            note: form.note.into(),
            ship: form.ship,
        };
        observation.check().map_err(serde::de::Error::custom)?;
        Ok(observation)
    }
}
