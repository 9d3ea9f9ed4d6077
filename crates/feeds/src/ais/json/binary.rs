//! The application data of binary messages inside the JSON object of the message: fields under gpsd's names, lists
//! as arrays of objects. Knows no application itself: all of it is in the tables of `bitacora_ais`.

use bitacora_ais::applications::{self, Field, Scaled, Visitor};
use bitacora_ais::bits::{Payload, Span};
use bitacora_ais::messages::Quality;

use super::super::Decoded;
use super::{decimal, number, string, text_or_null};

/// Writes the fields of a known application, of any other message nothing, and returns the doubts about them.
pub(super) fn write(decoded: &Decoded<'_>, units: bool, out: &mut String) -> Quality {
    let Some((application, data)) = applications::of(decoded.message) else {
        return Quality::GOOD;
    };
    let mut print = Print { payload: decoded.payload, out, units, depth: 0, comma: true };
    application.read(decoded.payload, data, &mut print)
}

struct Print<'a> {
    payload: &'a Payload,
    out: &'a mut String,
    units: bool,
    /// Lists that are open.
    depth: usize,
    /// Whether something stands before the next member.
    comma: bool,
}

impl Print<'_> {
    fn name(&mut self, name: &str) {
        self.out.push_str(if self.comma { ",\"" } else { "\"" });
        self.comma = true;
        self.out.push_str(name);
        self.out.push_str("\":");
    }
}

impl Visitor for Print<'_> {
    fn number(&mut self, field: &'static Field, raw: i64, power: u8) {
        self.name(field.name);
        if !self.units {
            return number(raw, self.out);
        }
        match field.scaled(raw, power) {
            Scaled::Nothing => self.out.push_str("null"),
            Scaled::Flag(on) => self.out.push_str(if on { "true" } else { "false" }),
            Scaled::Whole(value) => number(value, self.out),
            Scaled::Decimal { value, digits } => decimal(Some(value), usize::from(digits), self.out),
        }
    }

    /// As transmitted is what was transmitted: nothing.
    fn absent(&mut self, field: &'static Field, _power: u8) {
        if self.units {
            self.name(field.name);
            self.out.push_str("null");
        }
    }

    fn text(&mut self, name: &'static str, text: Span) {
        self.name(name);
        let mut characters = String::new();
        text.text(self.payload, &mut characters);
        if self.units {
            text_or_null(&characters, self.out);
        } else {
            string(&characters, self.out);
        }
    }

    fn bits(&mut self, name: &'static str, bits: Span) {
        if self.depth == 0 && name == "data" {
            // The object's own `data` has them.
            return;
        }
        self.name(name);
        super::bits(bits, self.payload, self.out);
    }

    fn list(&mut self, name: &'static str) {
        self.name(name);
        self.out.push('[');
        self.depth += 1;
        self.comma = false;
    }
    fn group(&mut self) {
        self.out.push_str(if self.comma { ",{" } else { "{" });
        self.comma = false;
    }
    fn group_end(&mut self) {
        self.out.push('}');
        self.comma = true;
    }
    fn list_end(&mut self) {
        self.out.push(']');
        self.depth -= 1;
        self.comma = true;
    }
}
