//! A JSON value read strictly and without building it: no name twice in an object, bounded depth, every string and number readable.
//! What one reader takes for the first of two names and another for the last would be stored as two different objects.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// The rule that was broken, for the error; set by whoever raises it.
pub(crate) type Broken = Cell<Option<&'static str>>;

/// Reads any value and keeps nothing.
#[derive(Clone, Copy)]
pub(crate) struct Walk<'a> {
    /// Levels that may still be opened.
    pub(crate) depth: usize,
    pub(crate) broken: &'a Broken,
}

/// A name or a text, borrowed where it has no escapes.
pub(crate) struct Text;

/// A value that is of interest if it is a text.
pub(crate) struct TextOr<'a>(pub(crate) Walk<'a>);

/// The names of one object.
#[derive(Default)]
pub(crate) struct Names<'de>(HashSet<Cow<'de, str>>);

impl<'de> Names<'de> {
    /// The next name of a map; an error for one that was there.
    pub(crate) fn next<A: MapAccess<'de>>(
        &mut self,
        members: &mut A,
        broken: &Broken,
    ) -> Result<Option<Cow<'de, str>>, A::Error> {
        let Some(name) = members.next_key_seed(Text)? else { return Ok(None) };
        if !self.0.insert(name.clone()) {
            broken.set(Some("duplicate_name"));
            let shown: String = name.chars().take(80).collect();
            return Err(A::Error::custom(format_args!("the name `{shown}` stands twice in one object")));
        }
        Ok(Some(name))
    }
}

impl<'a> Walk<'a> {
    pub(crate) fn below<E: Error>(self) -> Result<Walk<'a>, E> {
        match self.depth.checked_sub(1) {
            Some(depth) => Ok(Self { depth, ..self }),
            None => {
                self.broken.set(Some("too_deep"));
                Err(E::custom("nested deeper than is read"))
            }
        }
    }
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<(), D::Error> {
        input.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }
    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }
    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }
    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }
    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }
    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let below = self.below()?;
        while items.next_element_seed(below)?.is_some() {}
        Ok(())
    }
    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let below = self.below()?;
        let mut names = Names::default();
        while names.next(&mut members, self.broken)?.is_some() {
            members.next_value_seed(below)?;
        }
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Text {
    type Value = Cow<'de, str>;
    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<Cow<'de, str>, D::Error> {
        input.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Text {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }
    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Borrowed(text))
    }
    fn visit_str<E>(self, text: &str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
}

impl<'de> DeserializeSeed<'de> for TextOr<'_> {
    type Value = Option<Cow<'de, str>>;
    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<Self::Value, D::Error> {
        input.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for TextOr<'_> {
    type Value = Option<Cow<'de, str>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }
    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Some(Cow::Borrowed(text)))
    }
    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Some(Cow::Owned(text.to_owned())))
    }
    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }
    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(None)
    }
    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(None)
    }
    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(None)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Self::Value, A::Error> {
        self.0.visit_seq(items).map(|()| None)
    }
    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Self::Value, A::Error> {
        self.0.visit_map(members).map(|()| None)
    }
}
