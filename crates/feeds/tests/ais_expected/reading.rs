//! The given files as our reader gives them, and a comparison of one object with another.

use std::collections::BTreeMap;
use std::path::PathBuf;

use bitacora_feeds::ais::{Counts, Decoded, Options, Reader, Sink, json};
use bitacora_feeds::{Reason, Refusal};
use bitacora_primitives::SourceId;
use bitacora_sea::contacts::Report;
use serde_json::{Value, json};

pub fn shared(part: &str) -> Option<PathBuf> {
    bitacora_given::data(&format!("ais-expected/{part}"))
}

pub fn bytes(part: &str) -> Option<Vec<u8>> {
    shared(part).map(|path| std::fs::read(path).unwrap())
}

/// What one file gives: each message as transmitted and in units, and what is refused.
#[derive(Default)]
pub struct Given {
    pub raw: Vec<Value>,
    pub units: Vec<Value>,
    /// Line, reason and excerpt.
    pub refused: Vec<(u64, Reason, String)>,
    pub counts: Counts,
}

impl Sink for Given {
    fn report(&mut self, _: Report) {}
    fn refused(&mut self, refusal: Refusal) {
        self.refused.push((refusal.place.line, refusal.reason, refusal.to_string()));
    }
    fn message(&mut self, decoded: &Decoded<'_>) {
        for (write, objects) in [
            (json::write_raw as fn(&Decoded<'_>, &mut String), &mut self.raw),
            (json::write_units, &mut self.units),
        ] {
            let mut object = String::new();
            write(decoded, &mut object);
            objects.push(serde_json::from_str(&object).expect(&object));
        }
    }
}

pub fn read(bytes: &[u8]) -> Given {
    let options = Options { reports: false, ..Options::default() };
    let mut reader = Reader::new(SourceId::of(&[b"test"]), options);
    let mut given = Given::default();
    reader.push(bytes, None, &mut given);
    reader.finish(&mut given);
    given.counts = *reader.counts();
    given
}

/// The objects of a file of JSON lines, comments and sentences passed over.
pub fn objects(text: &[u8]) -> Vec<Value> {
    let text = String::from_utf8(text.to_vec()).unwrap();
    text.lines()
        .filter(|line| line.starts_with('{'))
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// Flags as numbers: we print them as transmitted.
pub fn plain(value: &Value) -> Value {
    match value {
        Value::Bool(flag) => json!(u8::from(*flag)),
        other => other.clone(),
    }
}

/// A number, also where it is written as text.
pub fn number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.parse().ok())
}

/// Ours and theirs for one message. Parts of type 24 are joined where the other joins them: both stand next to each other.
pub fn pairs<'a>(ours: &[Value], theirs: &'a [Value]) -> Vec<(Value, &'a Value)> {
    let mut from = 0;
    let same = |a: &Value, b: &Value| ["type", "mmsi", "repeat"].iter().all(|key| a[key] == b[key]);
    theirs
        .iter()
        .map(|want| {
            let at = (from..ours.len())
                .find(|at| same(&ours[*at], want))
                .unwrap_or_else(|| panic!("lacks {want}"));
            from = at + 1;
            let mut got = ours[at].clone();
            if want["type"] == 24
                && let Some(other) = ours[from..].iter().find(|other| same(other, want))
            {
                for (key, value) in other.as_object().unwrap() {
                    got.as_object_mut().unwrap().entry(key.clone()).or_insert(value.clone());
                }
            }
            (got, want)
        })
        .collect()
}

/// How often each named exception was met.
#[derive(Default)]
pub struct Exceptions(BTreeMap<&'static str, u32>);

impl Exceptions {
    pub fn met(&mut self, rule: &'static str) {
        *self.0.entry(rule).or_default() += 1;
    }
    /// Exactly these, exactly so often.
    pub fn are(&self, expected: &[(&'static str, u32)]) {
        assert_eq!(self.0, expected.iter().copied().collect());
    }
}
