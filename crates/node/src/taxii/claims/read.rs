//! From what the importer reads to what an officer reads.

use std::collections::BTreeMap;

use bitacora_claims::{Claim, Kind, Marking, Named, Place, Said};
use bitacora_ledger::hex;
use bitacora_primitives::Position;
use bitacora_stix::import::{self as stix, Imported, Origin, Proposed};
use bitacora_store::taxii::ObjectRow;

/// What an object's last version says.
pub(super) struct Told {
    pub(super) revoked: bool,
    pub(super) claim: Claim,
}

/// The claims of affected objects, by id.
pub(super) fn claims(imported: Imported, affected: &BTreeMap<String, ObjectRow>) -> BTreeMap<String, Told> {
    let mut told = BTreeMap::new();
    let mut put = |origin: &Origin, kind: Kind, fill: &dyn Fn(&mut Claim)| {
        let id = origin.id.to_string();
        let Some(row) = affected.get(&id) else { return };
        let mut claim = bare(origin, kind, row);
        fill(&mut claim);
        told.insert(id, Told { revoked: origin.revoked, claim });
    };
    for one in &imported.contacts {
        put(&one.origin, Kind::Contact, &|claim| {
            if one.named.is_anyone() {
                claim.about = vec![named(&one.named)];
            }
            claim.place = Some(Place { position: one.position, uncertainty_m: one.uncertainty_m });
            (claim.first, claim.last) = (Some(one.observed), Some(one.observed));
            (claim.sog_kn, claim.cog_deg) = (one.sog_kn, one.cog_deg);
        });
    }
    for one in &imported.sightings {
        put(&one.origin, Kind::Sighting, &|claim| {
            claim.about = one.named.iter().map(|who| named(who)).collect();
            claim.place = one.position.map(|position| Place { position, uncertainty_m: one.uncertainty_m });
            (claim.first, claim.last, claim.count) = (one.first, one.last, one.count);
        });
    }
    for one in &imported.proposals {
        let kind = match one.what {
            Proposed::Incident(_) => Kind::Incident,
            Proposed::Released(_) | Proposed::Said(_) => Kind::Indication,
        };
        put(&one.origin, kind, &|claim| proposed(claim, &one.what));
    }
    told
}

/// A claim of which only its origin is known.
fn bare(origin: &Origin, kind: Kind, row: &ObjectRow) -> Claim {
    let own = origin.markings.iter().map(|one| marking(one, false));
    let held = origin.held_by.iter().flat_map(|holder| &holder.markings).map(|one| marking(one, true));
    let mut markings: Vec<Marking> = Vec::new();
    for one in own.chain(held) {
        if !markings.contains(&one) {
            markings.push(one);
        }
    }
    let mut labels: Vec<String> = origin.all_labels().map(str::to_owned).collect();
    labels.sort_unstable();
    labels.dedup();
    Claim {
        object: origin.id.to_string(),
        version: row.manifest.version,
        sha256: hex::encode(&row.manifest.hash),
        kind,
        platform: row.manifest.platform.clone(),
        handed_in: row.manifest.date_added,
        maker: origin.created_by.as_ref().map(ToString::to_string),
        about: Vec::new(),
        place: None,
        first: None,
        last: None,
        count: None,
        sog_kn: None,
        cog_deg: None,
        title: None,
        text: None,
        report: None,
        markings,
        labels,
        unread: origin.unread.clone(),
    }
}

fn proposed(claim: &mut Claim, what: &Proposed) {
    match what {
        Proposed::Said(said) => {
            claim.about = said.about.iter().map(|who| named(who)).collect();
            (claim.title, claim.text) = (said.title.clone(), said.text.clone());
        }
        Proposed::Incident(incident) => {
            let report = &incident.report;
            claim.title = Some(incident.number.clone());
            claim.place = report.position.map(|position| Place { position, uncertainty_m: None });
            (claim.first, claim.last) = (Some(report.occurred), Some(report.occurred));
            claim.text = Some(report.text.es.clone());
            claim.report = serde_json::to_value(report).ok();
        }
        Proposed::Released(item) => {
            claim.title = Some(item.id.clone());
            let field = |name: &str| {
                item.fields.iter().find(|(field, _)| field.as_str() == name).map(|(_, value)| value)
            };
            let vessel = field("vessel").and_then(|value| serde_json::from_value(value.clone()).ok());
            let container = field("container").and_then(|value| serde_json::from_value(value.clone()).ok());
            if vessel.is_some() || container.is_some() {
                claim.about = vec![Named { mmsi: vessel, container, ..Named::default() }];
            }
            (claim.first, claim.last) = (Some(item.observed), Some(item.observed));
            let degrees = |micro: i64| micro as f64 / 1e6;
            claim.place = item.place.and_then(|place| {
                let position = Position::new(degrees(place.lat_udeg), degrees(place.lon_udeg)).ok()?;
                let uncertainty_m = (place.grid_m > 0).then(|| f64::from(place.grid_m) / 2_f64.sqrt());
                Some(Place { position, uncertainty_m })
            });
            claim.text = serde_json::to_string_pretty(&item.fields).ok();
        }
    }
}

fn named(who: &stix::Named) -> Named {
    Named {
        mmsi: who.mmsi,
        imo: who.imo,
        container: who.container,
        name: who.name.clone(),
        call_sign: who.call_sign.clone(),
        flag: who.flag.clone(),
    }
}

fn marking(one: &stix::Marking, of_holder: bool) -> Marking {
    Marking { id: one.id.to_string(), says: Said::of(&one.body), selectors: one.selectors.clone(), of_holder }
}
