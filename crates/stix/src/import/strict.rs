//! One JSON value, strictly: no name twice, no `null`, no empty list, whole numbers within STIX's range, bounded depth and
//! number of values.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::map::Entry;
use serde_json::{Map, Value};

use crate::export::MAX_INTEGER;
use crate::import::refusal::Code;

/// What is left of the bounds, and the rule that was broken.
pub(super) struct Budget {
    values: Cell<usize>,
    broken: Cell<Option<Code>>,
}

impl Budget {
    pub(super) const fn new(values: usize) -> Self {
        Self { values: Cell::new(values), broken: Cell::new(None) }
    }

    fn no<E: Error>(&self, code: Code, what: &dyn fmt::Display) -> E {
        self.broken.set(Some(code));
        E::custom(what)
    }
}

/// Reads one object.
pub(super) fn object(
    text: &str,
    depth: usize,
    budget: &Budget,
) -> Result<Map<String, Value>, (Code, String)> {
    budget.broken.set(None);
    let mut input = serde_json::Deserializer::from_str(text);
    let read = Strict { depth, budget }.deserialize(&mut input).and_then(|value| {
        input.end()?;
        Ok(value)
    });
    match read {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err((Code::WrongForm, "not an object".to_owned())),
        Err(error) => Err((budget.broken.get().unwrap_or(Code::NotJson), error.to_string())),
    }
}

#[derive(Clone, Copy)]
struct Strict<'a> {
    depth: usize,
    budget: &'a Budget,
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;
    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<Value, D::Error> {
        let left = self.budget.values.get();
        if left == 0 {
            return Err(self.budget.no(Code::TooManyValues, &"more values than are read"));
        }
        self.budget.values.set(left - 1);
        input.deserialize_any(self)
    }
}

impl Strict<'_> {
    fn below<E: Error>(self) -> Result<Self, E> {
        match self.depth.checked_sub(1) {
            Some(depth) => Ok(Self { depth, ..self }),
            None => Err(self.budget.no(Code::TooDeep, &"nested too deep")),
        }
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }
    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Err(self.budget.no(Code::NullValue, &"null"))
    }
    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(flag.into())
    }
    fn visit_i64<E: Error>(self, number: i64) -> Result<Value, E> {
        if number < -MAX_INTEGER {
            return Err(self.budget.no(Code::IntegerRange, &number));
        }
        Ok(number.into())
    }
    fn visit_u64<E: Error>(self, number: u64) -> Result<Value, E> {
        if number > MAX_INTEGER.unsigned_abs() {
            return Err(self.budget.no(Code::IntegerRange, &number));
        }
        Ok(number.into())
    }
    /// A whole number beyond 64 bits comes here too.
    fn visit_f64<E: Error>(self, number: f64) -> Result<Value, E> {
        if number.abs() > MAX_INTEGER as f64 {
            return Err(self.budget.no(Code::IntegerRange, &number));
        }
        Ok(number.into())
    }
    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(text.into())
    }
    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(text.into())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let below = self.below()?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(below)? {
            list.push(item);
        }
        if list.is_empty() {
            return Err(self.budget.no(Code::EmptyList, &"empty list"));
        }
        Ok(list.into())
    }
    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let below = self.below()?;
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            match object.entry(name) {
                Entry::Vacant(free) => drop(free.insert(members.next_value_seed(below)?)),
                Entry::Occupied(taken) => {
                    let shown: String = taken.key().chars().take(80).collect();
                    return Err(self.budget.no(Code::DuplicateName, &shown));
                }
            }
        }
        Ok(object.into())
    }
}
