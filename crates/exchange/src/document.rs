//! What a recipient gets: the offer cut to the agreement. Whatever the clause removes or coarsens is gone before the
//! item is sealed; nothing is hidden by the reader's good manners.

use std::collections::{BTreeMap, BTreeSet};

use bitacora_policy::Form;
use bitacora_primitives::markings::{AgreementId, ClauseId, FieldName, Handling, Purpose};
pub use bitacora_primitives::released::{Document, Place};
use bitacora_primitives::{Offer, Position, ReleaseId};
use serde_json::Value;

use crate::area::micro_degrees;

/// Micro-degrees of latitude in a metre, for grids only (60 NM of 1852 m to a degree).
const MICRO_DEGREES_PER_METRE: f64 = 1e6 / (60.0 * 1852.0);

/// The terms under which an item leaves.
#[derive(Clone, PartialEq, Debug)]
pub struct Terms<'a> {
    pub agreement: &'a AgreementId,
    pub version: u32,
    pub clause: &'a ClauseId,
    pub purpose: Purpose,
    pub form: Form,
    pub cut: &'a BTreeSet<FieldName>,
    pub handling: &'a Handling,
    pub corrects: Option<ReleaseId>,
}

/// Cuts an offer to the terms.
pub fn cut(offer: &Offer, terms: &Terms<'_>) -> Document {
    let grid = terms.form.grid_m;
    let mut removed = BTreeSet::new();
    let mut fields = BTreeMap::new();
    for (name, value) in &offer.fields {
        if terms.cut.contains(name) {
            removed.insert(name.clone());
        } else {
            let mut value = value.clone();
            coarsen(&mut value, grid);
            fields.insert(name.clone(), value);
        }
    }
    Document {
        item: offer.id.clone(),
        revision: offer.revision,
        kind: offer.kind,
        originator: offer.originator.clone(),
        observed: offer.observed,
        place: offer.position.map(|position| place(position, grid)),
        grading: offer.grading,
        handling: terms.handling.clone(),
        agreement: terms.agreement.clone(),
        version: terms.version,
        clause: terms.clause.clone(),
        purpose: terms.purpose,
        removed,
        corrects: terms.corrects,
        fields,
    }
}

fn place(position: Position, grid_m: u32) -> Place {
    let [lon, lat] = cell([position.lon(), position.lat()], grid_m);
    Place { lat_udeg: lat, lon_udeg: lon, grid_m }
}

/// The middle of the grid cell, in micro-degrees. Cells of one row are equally wide in longitude, so that a position
/// near an edge tells no more than one in the middle.
fn cell([lon, lat]: [f64; 2], grid_m: u32) -> [i64; 2] {
    if grid_m == 0 {
        return [micro_degrees(lon), micro_degrees(lat)];
    }
    let tall = (f64::from(grid_m) * MICRO_DEGREES_PER_METRE).max(1.0);
    let middle = |value: f64, size: f64| (libm::floor(value / size) + 0.5) * size;
    let lat = middle(lat * 1e6, tall).clamp(-90e6, 90e6);
    let shrink = libm::cos((lat / 1e6).to_radians()).max(0.01);
    let lon = middle(lon * 1e6, tall / shrink).clamp(-180e6, 180e6);
    [libm::round(lon) as i64, libm::round(lat) as i64]
}

/// Coarsens every `lat`/`lon` pair inside a field, however deep.
fn coarsen(value: &mut Value, grid_m: u32) {
    if grid_m == 0 {
        return;
    }
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| coarsen(item, grid_m)),
        Value::Object(members) => {
            let number = |name: &str| members.get(name).and_then(Value::as_f64);
            if let (Some(lat), Some(lon)) = (number("lat"), number("lon")) {
                let [lon, lat] = cell([lon, lat], grid_m);
                members.insert("lat".to_owned(), Value::from(lat as f64 / 1e6));
                members.insert("lon".to_owned(), Value::from(lon as f64 / 1e6));
            }
            members.values_mut().for_each(|member| coarsen(member, grid_m));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_coarsened_position_hides_where_in_the_cell_it_was() {
        let grid = 11_112; // 6 NM
        let here = cell([-77.012_345, 12.543_21], grid);
        let near = cell([-77.012_399, 12.543_99], grid);
        assert_eq!(here, near);
        assert_ne!(here, cell([-77.2, 12.54], grid));
        let off_by = ((here[1] as f64 / 1e6 - 12.543_21) * 60.0).abs();
        assert!(off_by <= 3.0, "the middle is at most half a cell away: {off_by} NM");
    }

    #[test]
    fn positions_inside_fields_are_coarsened_too() {
        let mut track =
            json!([{"t": 1, "lat": 12.543_21, "lon": -77.012_345}, {"deep": {"lat": 1.0, "lon": 2.0}}]);
        coarsen(&mut track, 11_112);
        assert_ne!(track[0]["lat"], json!(12.543_21));
        assert_ne!(track[1]["deep"]["lat"], json!(1.0));
        assert_eq!(track[0]["t"], json!(1));
    }
}
