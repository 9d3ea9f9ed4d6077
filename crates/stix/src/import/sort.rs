//! Which list an object belongs to, once its header, markings and place are read.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bitacora_primitives::{Instant, Position};

use crate::StixId;
use crate::import::claims::{Contact, Imported, Named, Origin, Proposal, Proposed, Said, Sighting};
use crate::import::header::{Headed, No};
use crate::import::ours;
use crate::import::refusal::Code;
use crate::import::sea::AtSea;

/// Types that claim nothing by themselves.
const CONTEXT: [&str; 5] =
    ["identity", "marking-definition", "extension-definition", "relationship", "language-content"];

/// The document's objects, to follow references by.
pub(super) struct Desk<'a> {
    at_sea: BTreeMap<&'a StixId, &'a AtSea>,
    ids: BTreeSet<&'a StixId>,
    /// Groupings and reports that hold something of concern here.
    holding: BTreeSet<&'a StixId>,
}

impl<'a> Desk<'a> {
    pub(super) fn new(objects: impl Iterator<Item = (&'a Headed<'a>, &'a Result<AtSea, No>)>) -> Self {
        let mut desk = Self { at_sea: BTreeMap::new(), ids: BTreeSet::new(), holding: BTreeSet::new() };
        let mut holders = Vec::new();
        for (object, at) in objects {
            desk.ids.insert(&object.id);
            if matches!(object.kind(), "grouping" | "report") {
                holders.push(object);
            }
            if let Ok(at) = at {
                desk.at_sea.insert(&object.id, at);
            }
        }
        for holder in holders {
            let members = holder.references("object_refs").unwrap_or_default();
            if members.iter().any(|id| desk.concerns(id)) {
                desk.holding.insert(&holder.id);
            }
        }
        desk
    }

    /// Whether an object of the document says anything of concern here.
    fn concerns(&self, id: &StixId) -> bool {
        self.at_sea.get(id).is_some_and(|at| at.says_anything())
    }

    /// Puts an object into its list, or says why into none.
    pub(super) fn take(
        &self,
        object: &Headed<'_>,
        at: &AtSea,
        mut origin: Origin,
        into: &mut Imported,
    ) -> Result<(), No> {
        let kind = object.kind();
        if CONTEXT.contains(&kind) || self.is_view(object) {
            into.context.push(origin);
            return Ok(());
        }
        if ours::is_ours(object) && !matches!(kind, "vessel" | "container") {
            origin.unread = at.unread(object, &ours::ITEM_PROPERTIES);
            let item = ours::item(object, &origin.markings)?;
            into.proposals.push(Proposal { origin, what: Proposed::Released(Box::new(item)) });
            return Ok(());
        }
        match kind {
            "incident" => self.incident(object, at, origin, into),
            "sighting" => self.sighting(object, at, origin, into),
            "observed-data" => self.observed(object, at, origin, into),
            "note" | "opinion" | "report" | "grouping" | "indicator" => self.said(object, at, origin, into),
            _ => placed(object, at, origin, into),
        }
    }

    /// One of our views of an item that is in the document too: it says nothing that the item does not.
    fn is_view(&self, object: &Headed<'_>) -> bool {
        let top = object.text("item_ref").ok().flatten();
        let below =
            ours::body(object).and_then(|body| body.get("item_ref")).and_then(serde_json::Value::as_str);
        let item = top.filter(|_| ours::is_ours(object)).or(below).and_then(|text| text.parse().ok());
        item.is_some_and(|item: StixId| self.ids.contains(&item))
    }

    fn incident(
        &self,
        object: &Headed<'_>,
        at: &AtSea,
        mut origin: Origin,
        into: &mut Imported,
    ) -> Result<(), No> {
        let what = match ours::body(object) {
            Some(body) => {
                origin.unread = at.unread(object, &["name", "description", "extensions"]);
                Proposed::Incident(Box::new(ours::incident(object, body)?))
            }
            None => {
                origin.unread = at.unread(object, &["name", "description"]);
                Proposed::Said(Said {
                    title: owned(object.text("name")?),
                    text: owned(object.text("description")?),
                    about: anyone(&at.named),
                })
            }
        };
        into.proposals.push(Proposal { origin, what });
        Ok(())
    }

    /// Claims about others' objects: kept where one of these is of concern here.
    fn said(
        &self,
        object: &Headed<'_>,
        at: &AtSea,
        mut origin: Origin,
        into: &mut Imported,
    ) -> Result<(), No> {
        let refs: BTreeSet<StixId> = object.references("object_refs")?.into_iter().collect();
        let mut about = anyone(&at.named);
        about.extend(refs.iter().filter_map(|id| self.at_sea.get(id)).flat_map(|at| anyone(&at.named)));
        // A note may be on a grouping, which by itself says nothing.
        let concerns = refs.iter().any(|id| self.concerns(id) || self.holding.contains(id));
        if !concerns && !at.says_anything() {
            return Err(self.no_concern(&refs, object.kind().to_owned()));
        }
        let first = |names: &[&str]| -> Result<Option<String>, No> {
            for name in names {
                if let Some(text) = object.text(name)? {
                    return Ok(Some(text.to_owned()));
                }
            }
            Ok(None)
        };
        let read = ["object_refs", "name", "abstract", "opinion", "description", "content", "explanation"];
        origin.unread = at.unread(object, &read);
        let said = Said {
            title: first(&["name", "abstract", "opinion"])?,
            text: first(&["description", "content", "explanation"])?,
            about,
        };
        into.proposals.push(Proposal { origin, what: Proposed::Said(said) });
        Ok(())
    }

    /// STIX 2.1, 5.2.
    fn sighting(
        &self,
        object: &Headed<'_>,
        at: &AtSea,
        mut origin: Origin,
        into: &mut Imported,
    ) -> Result<(), No> {
        let of = object.references("sighting_of_ref")?;
        let [of] = of.as_slice() else { return Err((Code::Missing, "sighting_of_ref".to_owned())) };
        let seen = self.found(of)?;
        let window = Window::read(object, ["first_seen", "last_seen"], "count")?;
        let read = ["sighting_of_ref", "where_sighted_refs", "first_seen", "last_seen", "count"];
        origin.unread = at.unread(object, &read);
        let mut sighting =
            window.sighting(origin, anyone(&seen.named), seen.position.map(|at| (at, seen.uncertainty_m)));
        for place in object.references("where_sighted_refs")? {
            let place = self.at_sea.get(&place);
            if let (None, Some(position)) = (sighting.position, place.and_then(|place| place.position)) {
                sighting.position = Some(position);
                sighting.uncertainty_m = place.and_then(|place| place.uncertainty_m);
            }
        }
        if sighting.named.is_empty() && sighting.position.is_none() {
            let places = object.references("where_sighted_refs")?;
            return Err(self.no_concern(&places, format!("a sighting of `{}`", of.kind())));
        }
        into.sightings.push(sighting);
        Ok(())
    }

    /// STIX 2.1, 4.14: when it was one moment, and somebody was somewhere, it is a contact.
    fn observed(
        &self,
        object: &Headed<'_>,
        at: &AtSea,
        mut origin: Origin,
        into: &mut Imported,
    ) -> Result<(), No> {
        let window = Window::read(object, ["first_observed", "last_observed"], "number_observed")?;
        let refs: BTreeSet<StixId> = object.references("object_refs")?.into_iter().collect();
        let seen: Vec<&AtSea> = refs.iter().filter_map(|id| self.at_sea.get(id).copied()).collect();
        let told = || seen.iter().copied().chain(std::iter::once(at));
        let named: Vec<Arc<Named>> = told().flat_map(|at| anyone(&at.named)).collect();
        let place = told().find_map(|at| at.position.map(|position| (position, at.uncertainty_m)));
        if named.is_empty() && place.is_none() {
            return Err(self.no_concern(&refs, "observed-data".to_owned()));
        }
        let read = ["object_refs", "first_observed", "last_observed", "number_observed"];
        origin.unread = at.unread(object, &read);
        let moment = window.first.filter(|first| window.last == Some(*first));
        match (moment, place, named.as_slice()) {
            (Some(observed), Some((position, uncertainty_m)), [] | [_]) => {
                let moving = told().find(|at| at.sog_kn.is_some() || at.cog_deg.is_some());
                into.contacts.push(Contact {
                    origin,
                    named: named.into_iter().next().unwrap_or_default(),
                    observed,
                    position,
                    uncertainty_m,
                    sog_kn: moving.and_then(|at| at.sog_kn),
                    cog_deg: moving.and_then(|at| at.cog_deg),
                });
            }
            _ => into.sightings.push(window.sighting(origin, named, place)),
        }
        Ok(())
    }

    /// Why what refers to these is left out: whether it is of concern cannot be told while one of them is not in the document.
    fn no_concern<'r>(&self, refs: impl IntoIterator<Item = &'r StixId>, what: String) -> No {
        match refs.into_iter().find(|id| !self.ids.contains(id)) {
            Some(absent) => (Code::ReferenceNotFound, absent.to_string()),
            None => (Code::NotMaritime, what),
        }
    }

    fn found(&self, id: &StixId) -> Result<&AtSea, No> {
        self.at_sea.get(id).copied().ok_or_else(|| (Code::ReferenceNotFound, id.to_string()))
    }
}

/// When something was seen, and how often.
struct Window {
    first: Option<Instant>,
    last: Option<Instant>,
    count: Option<u64>,
}

impl Window {
    fn read(object: &Headed<'_>, [first, last]: [&str; 2], count: &str) -> Result<Self, No> {
        let (first, last) = (object.time(first)?, object.time(last)?);
        if let (Some(first), Some(last)) = (first, last)
            && last < first
        {
            return Err((Code::WindowReversed, format!("{last} before {first}")));
        }
        let count = match object.properties.get(count) {
            None => None,
            Some(value) => Some(value.as_u64().ok_or_else(|| (Code::WrongForm, count.to_owned()))?),
        };
        Ok(Self { first, last, count })
    }

    fn sighting(
        self,
        origin: Origin,
        named: Vec<Arc<Named>>,
        place: Option<(Position, Option<f64>)>,
    ) -> Sighting {
        Sighting {
            origin,
            named,
            position: place.map(|(position, _)| position),
            uncertainty_m: place.and_then(|(_, uncertainty_m)| uncertainty_m),
            first: self.first,
            last: self.last,
            count: self.count,
        }
    }
}

/// Vessels, containers and locations of whatever type. A place where nobody is said to be, and at no time, is context.
fn placed(object: &Headed<'_>, at: &AtSea, mut origin: Origin, into: &mut Imported) -> Result<(), No> {
    let kind = object.kind();
    if !at.says_anything() && kind != "location" {
        return Err((Code::NotMaritime, kind.to_owned()));
    }
    origin.unread = at.unread(object, &["item_ref"]);
    match (at.position, at.observed) {
        (Some(position), Some(observed)) => into.contacts.push(Contact {
            origin,
            named: at.named.clone(),
            observed,
            position,
            uncertainty_m: at.uncertainty_m,
            sog_kn: at.sog_kn,
            cog_deg: at.cog_deg,
        }),
        _ if at.named.is_anyone() => {
            let window = Window { first: at.observed, last: at.observed, count: None };
            let place = at.position.map(|position| (position, at.uncertainty_m));
            into.sightings.push(window.sighting(origin, anyone(&at.named), place));
        }
        _ => into.context.push(origin),
    }
    Ok(())
}

fn anyone(named: &Arc<Named>) -> Vec<Arc<Named>> {
    if named.is_anyone() { vec![Arc::clone(named)] } else { Vec::new() }
}

fn owned(text: Option<&str>) -> Option<String> {
    text.map(str::to_owned)
}
