//! Which vessels are near each other at one time of the grid. Rows of latitude, each in order of longitude; distance
//! by the haversine on the peer's sphere.

use super::resample::Sample;

/// The peer's radius of the earth, metres.
const RADIUS_M: f64 = 6_371_000.0;
/// Where the cosine of the latitude is less, longitude rules nothing out.
const POLAR_COS: f64 = 0.02;
const LEAST_ROW_DEG: f64 = 0.02;

/// Metres between two places.
pub(super) fn distance_m(lat_a: f64, lon_a: f64, lat_b: f64, lon_b: f64) -> f64 {
    let north = libm::sin(0.5 * (lat_b - lat_a).to_radians());
    let east = libm::sin(0.5 * (lon_b - lon_a).to_radians());
    let cos = libm::cos(lat_a.to_radians()) * libm::cos(lat_b.to_radians());
    2.0 * RADIUS_M * libm::asin((north * north + cos * east * east).min(1.0).sqrt())
}

/// For each sample its neighbours within the distance, as (nearness, place): at most `most`, the nearest; then by place.
pub(super) fn neighbours(samples: &[Sample], limit_m: f64, most: usize) -> Vec<Vec<(f64, u32)>> {
    let reach = (limit_m / RADIUS_M).to_degrees() * 1.001 + 1e-9;
    let row_deg = reach.max(LEAST_ROW_DEG);
    let row = |lat: f64| ((lat + 90.0) / row_deg) as i64;
    let mut order: Vec<(i64, f64, u32)> =
        samples.iter().enumerate().map(|(at, sample)| (row(sample.lat), sample.lon, at as u32)).collect();
    order.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let mut near: Vec<Vec<(f64, u32)>> = vec![Vec::new(); samples.len()];
    for (at, sample) in samples.iter().enumerate() {
        let cos = libm::cos((sample.lat.abs() + reach).min(90.0).to_radians());
        let pad = if cos < POLAR_COS { 360.0 } else { reach / cos * 1.01 };
        let own = row(sample.lat);
        for other_row in own - 1..=own + 1 {
            for turn in [-360.0, 0.0, 360.0] {
                let (west, east) = (sample.lon - pad + turn, sample.lon + pad + turn);
                // With the whole row in reach, one turn is enough.
                if east < -180.0 || west > 180.0 || (pad >= 180.0 && turn != 0.0) {
                    continue;
                }
                let begin = order.partition_point(|known| (known.0, known.1) < (other_row, west));
                for (found_row, lon, other) in order.iter().skip(begin) {
                    if *found_row != other_row || *lon > east {
                        break;
                    }
                    let Some(theirs) = samples.get(*other as usize) else { continue };
                    // Each pair once.
                    if *other as usize <= at || theirs.track == sample.track {
                        continue;
                    }
                    let distance = distance_m(sample.lat, sample.lon, theirs.lat, theirs.lon);
                    if distance <= limit_m {
                        if let Some(own) = near.get_mut(at) {
                            own.push((distance, *other));
                        }
                        if let Some(own) = near.get_mut(*other as usize) {
                            own.push((distance, at as u32));
                        }
                    }
                }
            }
        }
    }
    for own in &mut near {
        // Of equal distances the peer keeps the first by id.
        own.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        own.truncate(most);
        own.sort_unstable_by_key(|(_, other)| *other);
    }
    near
}
