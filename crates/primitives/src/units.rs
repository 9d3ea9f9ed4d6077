//! Quantities with their unit in the type. Metres and seconds inside; knots and nautical miles at the edges.

use serde::{Deserialize, Serialize};

/// Metres in a nautical mile, exactly (First International Extraordinary Hydrographic Conference, 1929).
pub const METRES_PER_NAUTICAL_MILE: f64 = 1852.0;

/// A length in metres.
#[derive(Clone, Copy, PartialEq, PartialOrd, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Metres(f64);

impl Metres {
    pub const fn new(value: f64) -> Self {
        Self(value)
    }
    pub const fn from_nautical_miles(miles: f64) -> Self {
        Self(miles * METRES_PER_NAUTICAL_MILE)
    }
    pub const fn value(self) -> f64 {
        self.0
    }
    pub fn nautical_miles(self) -> f64 {
        self.0 / METRES_PER_NAUTICAL_MILE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nautical_mile_is_1852_metres() {
        assert_eq!(Metres::from_nautical_miles(0.5), Metres::new(926.0));
        assert!((Metres::new(926.0).nautical_miles() - 0.5).abs() < 1e-12);
    }
}
