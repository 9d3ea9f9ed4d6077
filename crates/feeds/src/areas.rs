//! Areas from a GeoJSON document (RFC 7946): polygons with a name. A feature that is none is told with its place; the
//! others are read. Opens nothing.

use bitacora_sea::behaviour::area::shape::{Areas, Rings};
use serde_json::Value;

use crate::ports::LeftOut;

/// Why a document cannot be used at all.
#[derive(Debug, thiserror::Error)]
pub enum AreasError {
    #[error("the areas are no JSON")]
    Json(#[from] serde_json::Error),
    #[error("the areas are no `FeatureCollection` with a list of `features`")]
    Shape,
}

/// The polygons and multipolygons of a feature collection, in its order; a feature's `name` is among its properties.
pub fn areas(bytes: &[u8]) -> Result<(Areas, Vec<LeftOut>), AreasError> {
    let document: Value = serde_json::from_slice(bytes)?;
    let features = Some(&document).filter(|one| one.get("type") == Some(&Value::from("FeatureCollection")));
    let features =
        features.and_then(|one| one.get("features")).and_then(Value::as_array).ok_or(AreasError::Shape)?;
    let (mut shapes, mut names, mut left_out) = (Vec::<Rings>::new(), Vec::<String>::new(), Vec::new());
    for (index, feature) in features.iter().enumerate() {
        let name = feature.get("properties").and_then(|of| of.get("name")).and_then(Value::as_str);
        // Each by itself first, so that one bad ring does not cost the others.
        let read = rings(feature).and_then(|rings| match Areas::new(std::slice::from_ref(&rings)) {
            Ok(_) => Ok(rings),
            Err(error) => Err(error.to_string()),
        });
        match (name, read) {
            (None, _) => left_out.push(refused(index, "the property `name` is missing".to_owned())),
            (Some(_), Err(why)) => left_out.push(refused(index, why)),
            (Some(name), Ok(rings)) => {
                shapes.push(rings);
                names.push(name.to_owned());
            }
        }
    }
    let areas = Areas::named(&shapes, names).map_err(|_| AreasError::Shape)?;
    Ok((areas, left_out))
}

fn refused(index: usize, why: String) -> LeftOut {
    LeftOut { what: "feature", number: index as u64 + 1, why }
}

/// All rings of a polygon or of several: by the even-odd rule holes are rings as any other.
fn rings(feature: &Value) -> Result<Rings, String> {
    let geometry = feature.get("geometry").unwrap_or(&Value::Null);
    let lists = |value: Option<&Value>| value.and_then(Value::as_array).cloned().unwrap_or_default();
    let coordinates = lists(geometry.get("coordinates"));
    let rings = match geometry.get("type").and_then(Value::as_str) {
        Some("Polygon") => coordinates,
        Some("MultiPolygon") => coordinates.iter().flat_map(|polygon| lists(Some(polygon))).collect(),
        Some(other) => return Err(format!("geometry `{other}` encloses nothing")),
        None => return Err("the geometry has no type".to_owned()),
    };
    if rings.is_empty() {
        return Err("the polygon has no ring".to_owned());
    }
    rings.iter().map(|ring| lists(Some(ring)).iter().map(corner).collect()).collect()
}

/// `[longitude, latitude]`, as RFC 7946 section 3.1.1 has it.
fn corner(place: &Value) -> Result<(f64, f64), String> {
    let degrees = |at: usize| place.get(at).and_then(Value::as_f64);
    degrees(1).zip(degrees(0)).ok_or_else(|| format!("`{place}` is no longitude and latitude"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_feature_is_told_with_its_number_and_the_others_are_read() {
        let document = r#"{"type":"FeatureCollection","features":[
            {"type":"Feature","properties":{"name":"Cabo"},"geometry":{"type":"Polygon","coordinates":
                [[[-75,10],[-74,10],[-74,11],[-75,11],[-75,10]]]}},
            {"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1]]]}},
            {"type":"Feature","properties":{"name":"Punto"},"geometry":{"type":"Point","coordinates":[0,0]}},
            {"type":"Feature","properties":{"name":"Linea"},"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,1]]]}},
            {"type":"Feature","properties":{"name":"Lejos"},"geometry":{"type":"Polygon","coordinates":
                [[[0,0],[1,0],[1,95]]]}},
            {"type":"Feature","properties":{"name":"Islas"},"geometry":{"type":"MultiPolygon","coordinates":
                [[[[0,0],[1,0],[1,1]]],[[[5,5],[6,5],[6,6]]]]}}]}"#;
        let (found, left_out) = areas(document.as_bytes()).unwrap();
        assert_eq!([0, 1, 2].map(|area| found.name(area)), [Some("Cabo"), Some("Islas"), None]);
        assert!(found.holds(0, 10.5, -74.5) && found.holds(1, 5.2, 5.9));
        assert!(!found.holds(0, 5.2, 5.9));
        let numbers: Vec<u64> = left_out.iter().map(|one| one.number).collect();
        assert_eq!(numbers, [2, 3, 4, 5], "{left_out:?}");
        assert!(left_out[3].to_string().contains("outside -90..90"), "{}", left_out[3]);
    }

    #[test]
    fn what_is_no_collection_of_features_is_refused() {
        for text in ["", "[]", "{\"type\":\"Feature\"}", "{\"type\":\"FeatureCollection\"}"] {
            assert!(areas(text.as_bytes()).is_err(), "{text}");
        }
    }
}
