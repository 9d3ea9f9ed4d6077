//! RFC 7946: WGS 84, longitude first, at most six decimals; a line is cut at 180°.

use serde_json::{Value, json};

use super::rows::Table;

pub(super) fn render(table: &Table) -> Vec<u8> {
    let features = if table.is_line { vec![line(table)] } else { points(table) };
    let document = json!({
        "type": "FeatureCollection",
        "features": features,
        "bitacora": { "what": table.what, "node": table.node, "made_at": table.made, "marking": table.marking,
                      "rows": table.rows.len() },
    });
    document.to_string().into_bytes()
}

fn points(table: &Table) -> Vec<Value> {
    table
        .rows
        .iter()
        .map(|row| {
            let mut properties = row.properties();
            properties.insert("observed_at".to_owned(), json!(row.at));
            properties.insert("marking".to_owned(), json!(table.marking));
            let geometry = row
                .place
                .map_or(Value::Null, |(lat, lon)| json!({ "type": "Point", "coordinates": [lon, lat] }));
            json!({ "type": "Feature", "id": row.id, "geometry": geometry, "properties": properties })
        })
        .collect()
}

fn line(table: &Table) -> Value {
    let fixes: Vec<(f64, f64)> = table.rows.iter().filter_map(|row| row.place).collect();
    let times: Vec<&str> = table.rows.iter().map(|row| row.at.as_str()).collect();
    json!({
        "type": "Feature",
        "id": table.rows.first().map(|row| row.label.clone()),
        "geometry": { "type": "MultiLineString", "coordinates": cut_at_antimeridian(&fixes) },
        "properties": { "observed_at": times, "marking": table.marking },
    })
}

/// RFC 7946, 3.1.9: a line that crosses the antimeridian is cut in two on it.
fn cut_at_antimeridian(fixes: &[(f64, f64)]) -> Vec<Vec<[f64; 2]>> {
    let mut parts: Vec<Vec<[f64; 2]>> = Vec::new();
    let mut part: Vec<[f64; 2]> = Vec::new();
    let mut last: Option<(f64, f64)> = None;
    for &(lat, lon) in fixes {
        if let Some((last_lat, last_lon)) = last.filter(|(_, last_lon)| (lon - last_lon).abs() > 180.0) {
            let side = if last_lon < 0.0 { -180.0 } else { 180.0 };
            let unwrapped = if side > 0.0 { lon + 360.0 } else { lon - 360.0 };
            let share = if unwrapped == last_lon { 0.0 } else { (side - last_lon) / (unwrapped - last_lon) };
            let crossing = crate::convert::round6(last_lat + (lat - last_lat) * share);
            part.push([side, crossing]);
            parts.push(std::mem::replace(&mut part, vec![[-side, crossing]]));
        }
        part.push([lon, lat]);
        last = Some((lat, lon));
    }
    parts.push(part);
    parts.retain(|part| part.len() > 1);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_across_180_is_cut_on_it() {
        let parts = cut_at_antimeridian(&[(0.0, 179.0), (2.0, -179.0), (3.0, -178.0)]);
        assert_eq!(
            parts,
            [vec![[179.0, 0.0], [180.0, 1.0]], vec![[-180.0, 1.0], [-179.0, 2.0], [-178.0, 3.0]]]
        );
    }
}
