//! How far two places are from what the motion told at each would have made of the other, and how likely it is
//! that one vessel was at both (gpsdio-segment @66e00d07, discrepancy.py and matcher.py, in our own words).

use bitacora_primitives::geodesy::wrap_longitude;

use super::message::Place;
use super::parameters::Parameters;

const MILES_PER_DEGREE: f64 = 60.0;

/// Hours over which a vessel is believed to have kept on: fewer than have passed, the more the longer.
pub(super) fn penalised(hours: f64, parameters: &Parameters) -> f64 {
    hours / (1.0 + (hours.max(0.0) / parameters.penalty_hours).sqrt())
}

/// Nautical miles: the least of the mean miss of the reckoning on from one and back from the other, the distance
/// between them, and the mean distance across the way told, the latter two times `shape_factor`.
pub(super) fn discrepancy(from: &Place, to: &Place, hours: f64, shape_factor: f64) -> f64 {
    let cos_lat = from.half.0 * to.half.0 - from.half.1 * to.half.1;
    let (north, east_deg) = (MILES_PER_DEGREE * (to.lat - from.lat), wrap_longitude(to.lon - from.lon));
    let mile_lon = MILES_PER_DEGREE * cos_lat;
    let east = mile_lon * east_deg;
    let miss = |rate_lat: f64, rate_lon: f64| {
        let north = north - MILES_PER_DEGREE * rate_lat * hours;
        let east = mile_lon * wrap_longitude(to.lon - from.lon - rate_lon * hours);
        (north * north + east * east).sqrt()
    };
    let reckoned = 0.5 * (miss(from.lat_rate, from.lon_rate) + miss(to.lat_rate, to.lon_rate));
    let apart = (north * north + east * east).sqrt();
    // Along and across the course told; only a place on the way, not behind and not beyond, can be across it.
    let across = |place: &Place| {
        let along = east * place.east + north * place.north;
        let on_the_way = 0.0 < along && along <= place.speed * hours;
        if on_the_way { (east * place.north - north * place.east).abs() } else { f64::INFINITY }
    };
    let across = 0.5 * (across(from) + across(to));
    reckoned.min(shape_factor * apart).min(shape_factor * across)
}

/// Hours with the buffer added in quadrature.
pub(super) fn padded(hours: f64, parameters: &Parameters) -> f64 {
    (hours * hours + parameters.buffer_hours * parameters.buffer_hours).sqrt()
}

/// Higher is likelier; 0 when no vessel goes so fast.
pub(super) fn metric(discrepancy: f64, padded_hours: f64, parameters: &Parameters) -> f64 {
    let most = padded_hours * parameters.max_knots;
    if discrepancy > most {
        return 0.0;
    }
    let off = parameters.max_knots / parameters.penalty_knots * discrepancy / most;
    libm::exp(-(off * off)) / padded_hours
}
