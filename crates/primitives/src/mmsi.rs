//! Maritime Mobile Service Identity and its classes (ITU-R M.585-9, annexes 1 and 2).

use std::fmt;

use serde::{Deserialize, Serialize};

/// An identity as transmitted: up to nine digits. AIS carries 30 bits, so larger numbers occur in noise; those
/// are not an `Mmsi`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Mmsi(u32);

/// What kind of station a number of this form is assigned to (M.585-9).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MmsiClass {
    Ship,
    GroupOfShips,
    CoastStation,
    SarAircraft,
    AidToNavigation,
    CraftOfParentShip,
    /// AIS-SART, man overboard or EPIRB-AIS (970, 972, 974).
    DistressDevice,
    HandheldVhf,
    /// No class of M.585 has this form.
    Unassigned,
}

impl Mmsi {
    pub const fn new(number: u32) -> Option<Self> {
        if number <= 999_999_999 { Some(Self(number)) } else { None }
    }
    pub const fn number(self) -> u32 {
        self.0
    }

    pub const fn class(self) -> MmsiClass {
        match self.0 {
            970_000_000..=970_999_999 | 972_000_000..=972_999_999 | 974_000_000..=974_999_999 => {
                MmsiClass::DistressDevice
            }
            980_000_000..=989_999_999 => MmsiClass::CraftOfParentShip,
            990_000_000..=999_999_999 => MmsiClass::AidToNavigation,
            800_000_000..=899_999_999 => MmsiClass::HandheldVhf,
            200_000_000..=799_999_999 => MmsiClass::Ship,
            111_000_000..=111_999_999 => MmsiClass::SarAircraft,
            20_000_000..=79_999_999 => MmsiClass::GroupOfShips,
            2_000_000..=7_999_999 => MmsiClass::CoastStation,
            _ => MmsiClass::Unassigned,
        }
    }

    /// Maritime identification digits (the country), wherever the class has them.
    pub const fn mid(self) -> Option<u16> {
        let mid = match self.class() {
            MmsiClass::Ship => self.0 / 1_000_000,
            MmsiClass::GroupOfShips => self.0 / 100_000,
            MmsiClass::CoastStation => self.0 / 10_000,
            MmsiClass::SarAircraft => self.0 / 1_000 % 1_000,
            MmsiClass::HandheldVhf => self.0 / 100_000 % 1_000,
            MmsiClass::CraftOfParentShip | MmsiClass::AidToNavigation => self.0 / 10_000 % 1_000,
            MmsiClass::DistressDevice | MmsiClass::Unassigned => return None,
        };
        Some(mid as u16)
    }
}

impl fmt::Display for Mmsi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:09}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_follow_m585() {
        let class = |n| Mmsi::new(n).unwrap().class();
        assert_eq!(class(352_741_000), MmsiClass::Ship);
        assert_eq!(class(3_669_987), MmsiClass::CoastStation);
        assert_eq!(class(111_232_506), MmsiClass::SarAircraft);
        assert_eq!(class(992_351_000), MmsiClass::AidToNavigation);
        assert_eq!(class(970_123_456), MmsiClass::DistressDevice);
        assert_eq!(class(0), MmsiClass::Unassigned);
        assert_eq!(Mmsi::new(1_000_000_000), None);
        assert_eq!(Mmsi::new(3_669_987).unwrap().to_string(), "003669987");
    }
}
