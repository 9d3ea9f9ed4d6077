//! Who and where: the few properties by which tools name a vessel, a container and a position, whatever type they stand in.
//! Names are compared without case, hyphens and underscores, which covers ours, CISE's, Follow-the-Money's and those of
//! gpsd and MISP (docs/stix/README.md has the table).

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use bitacora_primitives::{Instant, Mmsi, Position};
use serde_json::Value;

use crate::import::claims::Named;
use crate::import::header::{COMMON, Headed, No};
use crate::import::refusal::Code;
use crate::time;

/// Bytes of the longest name that is taken for one.
const LONGEST_NAME: usize = 200;

/// What an object says at sea.
#[derive(Clone, Default)]
pub(super) struct AtSea {
    pub(super) named: Arc<Named>,
    pub(super) position: Option<Position>,
    pub(super) uncertainty_m: Option<f64>,
    pub(super) observed: Option<Instant>,
    pub(super) sog_kn: Option<f64>,
    pub(super) cog_deg: Option<f64>,
    /// Top-level properties that were understood.
    read: BTreeSet<String>,
}

/// A property's value under its plain name, and the top-level property it stands in.
struct Told<'a> {
    name: String,
    value: Cow<'a, Value>,
    top: &'a str,
}

impl AtSea {
    /// Reads an object; what is there and cannot be is refused, such as a latitude of 91 degrees.
    pub(super) fn read(object: &Headed<'_>) -> Result<Self, No> {
        let mut at = Self::default();
        let mut named = Named::default();
        let container = object.kind().contains("container");
        let mut place: [Option<f64>; 2] = [None; 2];
        for told in told(object)? {
            let value = &*told.value;
            let known = match told.name.as_str() {
                "mmsi" => keep(&mut named.mmsi, mmsi(value)),
                "imo" | "imonumber" => keep(&mut named.imo, imo(value)),
                "containernumber" | "number" if container || told.name != "number" => {
                    keep(&mut named.container, value.as_str().and_then(|text| text.parse().ok()))
                }
                "name" | "vesselname" | "shipname" if is_hull(object.kind()) || told.name != "name" => {
                    set(&mut named.name, value)
                }
                "callsign" => set(&mut named.call_sign, value),
                "flag" | "flagstate" | "flagcountry" => set(&mut named.flag, value),
                "latitude" | "lat" => number(&mut place[0], value),
                "longitude" | "lon" | "lng" => number(&mut place[1], value),
                "precision" | "accuracyradius" if told.top == "precision" => {
                    number(&mut at.uncertainty_m, value)
                }
                "observed" | "observedat" | "observationtime" => at.observed(value)?,
                "sog" | "sogkn" | "speedoverground" => number(&mut at.sog_kn, value),
                "cog" | "cogdeg" | "courseoverground" => number(&mut at.cog_deg, value),
                _ => false,
            };
            if known {
                at.read.insert(told.top.to_owned());
            }
        }
        at.named = Arc::new(named);
        at.position = match place {
            [Some(lat), Some(lon)] => {
                let position = Position::new(lat, lon).map_err(|bad| (Code::BadPosition, bad.to_string()))?;
                Some(position)
            }
            [None, None] => None,
            _ => return Err((Code::BadPosition, "latitude and longitude go together".to_owned())),
        };
        Ok(at)
    }

    /// Whether there is anything in it of this reader's concern.
    pub(super) fn says_anything(&self) -> bool {
        self.named.is_anyone() || self.position.is_some()
    }

    /// Top-level properties of the object that were not understood.
    pub(super) fn unread(&self, object: &Headed<'_>, also_read: &[&str]) -> Vec<String> {
        let names = object.properties.keys().filter(|name| {
            let name = name.as_str();
            let of_ours = COMMON.contains(&name) && name != "extensions";
            !of_ours && !self.read.contains(name) && !also_read.contains(&name)
        });
        names.cloned().collect()
    }

    fn observed(&mut self, value: &Value) -> Result<bool, No> {
        let Some(text) = value.as_str() else { return Ok(false) };
        let at = time::parse(text).ok_or_else(|| (Code::BadTimestamp, super::header::shown(text)))?;
        Ok(keep(&mut self.observed, Some(at)))
    }
}

fn mmsi(value: &Value) -> Option<Mmsi> {
    let number = match value {
        Value::Number(number) => number.as_u64(),
        Value::String(text) if text.len() <= 9 => text.parse().ok(),
        _ => None,
    };
    number.and_then(|number| Mmsi::new(u32::try_from(number).ok()?))
}

/// `9074729`, `"9074729"` or `"IMO 9074729"`.
fn imo(value: &Value) -> Option<u32> {
    let number = match value {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => {
            let digits = text.strip_prefix("IMO").unwrap_or(text).trim();
            if digits.len() == 7 { digits.parse().ok() } else { None }
        }
        _ => None,
    };
    let number = number.filter(|number| (1_000_000..=9_999_999).contains(number));
    number.and_then(|number| u32::try_from(number).ok())
}

/// Every property of the object, of its extensions' bodies, of MISP's list of attributes, and labels of ours.
fn told<'a>(object: &'a Headed<'_>) -> Result<Vec<Told<'a>>, No> {
    let of = |name: &'a str, value: &'a Value, top: &'a str| Told {
        name: plain(name),
        value: Cow::Borrowed(value),
        top,
    };
    let mut all: Vec<Told<'a>> =
        object.properties.iter().map(|(name, value)| of(name, value, name)).collect();
    for (_, body) in object.extensions() {
        all.extend(body.iter().map(|(name, value)| of(name, value, "extensions")));
    }
    // misp-stix writes a MISP object that STIX does not know as `x-misp-object`.
    let attributes = object.properties.get("x_misp_attributes").and_then(Value::as_array);
    for attribute in attributes.into_iter().flatten() {
        let name = attribute.get("object_relation").and_then(Value::as_str);
        if let (Some(name), Some(value)) = (name, attribute.get("value")) {
            all.push(of(name, value, "x_misp_attributes"));
        }
    }
    // What is left of an item of ours after a trip through MISP.
    for label in object.labels()? {
        let (name, value) = match label.strip_prefix("bitacora:").and_then(|label| label.split_once("=\"")) {
            Some(("mmsi", value)) => ("mmsi", value),
            Some(("container", value)) => ("containernumber", value),
            _ => continue,
        };
        let value = Cow::Owned(Value::from(value.trim_end_matches('"')));
        all.push(Told { name: name.to_owned(), value, top: "labels" });
    }
    Ok(all)
}

fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// Types whose `name` is a vessel's.
fn is_hull(kind: &str) -> bool {
    ["vessel", "ship", "boat", "craft"].iter().any(|word| kind.contains(word)) || kind == "x-misp-object"
}

/// The first that says something stands; a second one is not understood, and so stays in the evidence as unread.
fn keep<T>(place: &mut Option<T>, found: Option<T>) -> bool {
    let takes = place.is_none() && found.is_some();
    if takes {
        *place = found;
    }
    takes
}

/// A name longer than any ship's stays in the evidence as unread.
fn set(place: &mut Option<String>, value: &Value) -> bool {
    let text = value.as_str().filter(|text| !text.trim().is_empty() && text.len() <= LONGEST_NAME);
    keep(place, text.map(str::to_owned))
}

fn number(place: &mut Option<f64>, value: &Value) -> bool {
    let number = match value {
        Value::String(text) => text.parse().ok().filter(|number: &f64| number.is_finite()),
        other => other.as_f64(),
    };
    keep(place, number)
}
