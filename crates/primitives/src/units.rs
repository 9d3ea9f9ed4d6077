//! Quantities with their unit in the type. Metres and seconds inside; knots and nautical miles at the edges.

use serde::{Deserialize, Serialize};

/// Metres in a nautical mile, exactly (First International Extraordinary Hydrographic Conference, 1929).
pub const METRES_PER_NAUTICAL_MILE: f64 = 1852.0;

macro_rules! quantity {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, PartialOrd, Debug, Default, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(f64);
        impl $name {
            pub const fn new(value: f64) -> Self {
                Self(value)
            }
            pub const fn value(self) -> f64 {
                self.0
            }
        }
    };
}

quantity!(
    /// A length in metres.
    Metres
);
quantity!(
    /// A speed in knots, as AIS and the officer give it.
    Knots
);
quantity!(
    /// A direction in degrees true, clockwise from north, 0 <= value < 360.
    Degrees
);

impl Metres {
    pub fn nautical_miles(self) -> f64 {
        self.0 / METRES_PER_NAUTICAL_MILE
    }
}

impl Knots {
    pub fn metres_per_second(self) -> f64 {
        self.0 * METRES_PER_NAUTICAL_MILE / 3600.0
    }
    pub fn from_metres_per_second(speed: f64) -> Self {
        Self(speed * 3600.0 / METRES_PER_NAUTICAL_MILE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_knot_is_a_nautical_mile_an_hour() {
        assert!((Knots::new(1.0).metres_per_second() * 3600.0 - 1852.0).abs() < 1e-9);
        assert!((Metres::new(926.0).nautical_miles() - 0.5).abs() < 1e-12);
    }
}
