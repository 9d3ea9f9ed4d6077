//! `bitacora stix --check`: each object of somebody's STIX in the list that it would come into, and each refusal by code and
//! place. Nothing is stored.

use std::path::Path;
use std::process::ExitCode;

use bitacora_ledger::{hex, sha256};
use bitacora_stix::import::{Named, Origin, Proposed};
use bitacora_stix::{Imported, Known, Limits, import};
use serde_json::{Value, json};

use crate::error::NodeError;
use crate::summary::say;

/// Fails where anything is refused, as the other checks do.
pub(super) fn run(file: &Path, bytes: &[u8], as_json: bool) -> Result<ExitCode, NodeError> {
    let read = import(bytes, &Limits::default(), &Known::default());
    let read = read.map_err(|why| NodeError::NotStix { path: file.to_owned(), why: why.to_string() })?;
    let mut text = String::new();
    for (list, origin, what) in lines(&read) {
        if as_json {
            text += &format!("{}\n", line(list, origin, bytes, &what));
        } else {
            let revoked = if origin.revoked { "revoked  " } else { "" };
            text += &format!("{list:<9} {}  {revoked}{}\n", origin.id, told(&what));
        }
    }
    say(&text)?;
    for refused in &read.refused {
        let id = refused.id.as_deref().unwrap_or("-");
        eprintln!("{}: {refused}  {id}", file.display());
    }
    Ok(if read.refused.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Every object that is taken: its list, where it comes from, and what it says, in short.
fn lines(read: &Imported) -> impl Iterator<Item = (&'static str, &Origin, Value)> {
    let contacts = read.contacts.iter().map(|one| {
        let (lat, lon) = (one.position.lat(), one.position.lon());
        let what = json!({
            "who": named(&one.named), "observed": one.observed, "lat": lat, "lon": lon,
            "sog_kn": one.sog_kn, "cog_deg": one.cog_deg,
        });
        ("contact", &one.origin, what)
    });
    let sightings = read.sightings.iter().map(|one| {
        let who: Vec<Value> = one.named.iter().map(|named| self::named(named)).collect();
        let at = one.position.map(|at| json!([at.lat(), at.lon()]));
        ("sighting", &one.origin, json!({ "who": who, "lat_lon": at, "first": one.first, "last": one.last }))
    });
    let proposals = read.proposals.iter().map(|one| ("proposal", &one.origin, proposed(&one.what)));
    let context = read.context.iter().map(|origin| ("context", origin, json!({})));
    contacts.chain(sightings).chain(proposals).chain(context)
}

fn named(named: &Named) -> Value {
    json!({
        "mmsi": named.mmsi, "imo": named.imo, "container": named.container, "name": named.name,
        "call_sign": named.call_sign, "flag": named.flag,
    })
}

fn proposed(what: &Proposed) -> Value {
    match what {
        Proposed::Released(item) => json!({
            "kind": item.kind, "item": item.id, "revision": item.revision, "originator": item.originator,
            "agreement": item.release.as_ref().map(|terms| &terms.agreement),
            "purpose": item.release.as_ref().map(|terms| terms.purpose),
        }),
        Proposed::Incident(claim) => json!({
            "kind": claim.report.kind, "incident": claim.id, "number": claim.number, "status": claim.status,
        }),
        Proposed::Said(said) => json!({ "title": said.title }),
    }
}

fn line(list: &str, origin: &Origin, document: &[u8], what: &Value) -> Value {
    let sha256 = origin.evidence.of(document).map(|bytes| hex::encode(&sha256(bytes).0));
    let markings: Vec<String> = origin.all_markings().map(|marking| marking.id.to_string()).collect();
    json!({
        "list": list, "id": origin.id.to_string(), "modified": origin.modified, "revoked": origin.revoked,
        "markings": markings, "unread": origin.unread, "sha256": sha256,
        "what": what,
    })
}

/// Names and values in one line; what nobody said is left out.
fn told(what: &Value) -> String {
    match what {
        Value::Null => String::new(),
        Value::Object(members) => {
            let said = members.iter().filter_map(|(name, value)| {
                let text = told(value);
                let named =
                    if value.is_object() || value.is_array() { text } else { format!("{name}={text}") };
                (!told(value).is_empty()).then_some(named)
            });
            said.collect::<Vec<_>>().join(" ")
        }
        Value::Array(items) => items.iter().map(told).collect::<Vec<_>>().join(","),
        Value::String(text) => text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect(),
        other => other.to_string(),
    }
}
