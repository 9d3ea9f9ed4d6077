//! Where a vessel was at the time of a scene, from its fix before and its fix after, with how sure that is.
//! No speed is too high to be reckoned with.

use bitacora_primitives::geodesy::wrap_longitude;
use bitacora_primitives::{Instant, Position};

use super::parameters::AssociationParameters;
use crate::tracks::fix::{Fix, KNOT, METRES_PER_DEGREE};

/// A place and velocity with the variance of each axis: metres, metres per second.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Reckoned {
    pub position: Position,
    pub east_m_s: f64,
    pub north_m_s: f64,
    /// Square metres, by axis.
    pub variance_m2: f64,
    /// Square metres per square second, by axis.
    pub velocity_variance: f64,
}

impl Reckoned {
    pub fn speed_m_s(&self) -> f64 {
        (self.east_m_s * self.east_m_s + self.north_m_s * self.north_m_s).sqrt()
    }
    pub fn course_deg(&self) -> f64 {
        libm::atan2(self.east_m_s, self.north_m_s).to_degrees()
    }
}

/// Dead reckoning from one fix to a time before or after it. Errors: of the fix, of its velocity, and of a
/// velocity that wanders with a power of q: q |t|^3 / 3 in place, q |t| in velocity.
pub fn reckon(fix: &Fix, at: Instant, parameters: &AssociationParameters) -> Reckoned {
    let seconds = (at - fix.observed).secs_f64();
    let span = seconds.abs();
    let told = fix.sog_kn.zip(fix.cog_deg).map(|(speed, course)| {
        let (speed, course) = (f64::from(speed) * KNOT, f64::from(course).to_radians());
        (speed * libm::sin(course), speed * libm::cos(course))
    });
    let ((east_m_s, north_m_s), doubt) = match told {
        Some(velocity) => (velocity, parameters.velocity_sd_kn * KNOT),
        // Anywhere within what vessels do, from where it was.
        None => ((0.0, 0.0), parameters.unknown_velocity_sd_kn * KNOT),
    };
    let lat = (fix.position.lat() + north_m_s * seconds / METRES_PER_DEGREE).clamp(-90.0, 90.0);
    let cos_lat = (0.5 * (fix.cos_lat + libm::cos(lat.to_radians()))).max(1e-6);
    let lon = wrap_longitude(fix.position.lon() + east_m_s * seconds / METRES_PER_DEGREE / cos_lat);
    let q = parameters.wander_m2_s3;
    Reckoned {
        position: Position::new(lat, lon).unwrap_or(fix.position),
        east_m_s,
        north_m_s,
        variance_m2: parameters.fix_sd_m * parameters.fix_sd_m
            + doubt * doubt * span * span
            + q * span * span * span / 3.0,
        velocity_variance: doubt * doubt + q * span,
    }
}

/// Both ways in time, each with the weight of its certainty. Wandering before the scene and after it are
/// independent, so the variances add as their inverses. `None` without a fix near enough in time.
pub fn reckon_both(
    before: Option<&Fix>,
    after: Option<&Fix>,
    at: Instant,
    parameters: &AssociationParameters,
) -> Option<Reckoned> {
    let near = |fix: Option<&Fix>| {
        fix.filter(|fix| (at - fix.observed).abs() <= parameters.max_time)
            .map(|fix| reckon(fix, at, parameters))
    };
    match (near(before), near(after)) {
        (Some(a), Some(b)) => Some(fuse(&a, &b)),
        (one, None) | (None, one) => one,
    }
}

fn fuse(a: &Reckoned, b: &Reckoned) -> Reckoned {
    let share = weight(a.variance_m2, b.variance_m2);
    let swift = weight(a.velocity_variance, b.velocity_variance);
    let lat = a.position.lat() + share * (b.position.lat() - a.position.lat());
    let lon = a.position.lon() + share * wrap_longitude(b.position.lon() - a.position.lon());
    Reckoned {
        position: Position::new(lat, wrap_longitude(lon)).unwrap_or(a.position),
        east_m_s: a.east_m_s + swift * (b.east_m_s - a.east_m_s),
        north_m_s: a.north_m_s + swift * (b.north_m_s - a.north_m_s),
        variance_m2: a.variance_m2 * (1.0 - share),
        velocity_variance: a.velocity_variance * (1.0 - swift),
    }
}

/// Share of the second of two estimates of these variances.
fn weight(a: f64, b: f64) -> f64 {
    if a + b > 0.0 { a / (a + b) } else { 0.5 }
}
