//! UN/LOCODE by format and country (UNECE Recommendation 16), and facilities that start with one. Whether a place
//! exists is asked of a list that the node loads; none is built in.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Most characters of a facility name: a UN/LOCODE, a hyphen and a terminal or depot code.
pub const MAX_FACILITY_LEN: usize = 40;

/// ISO 3166-1 alpha-2 codes in force, and XZ, which Recommendation 16 uses for installations in international waters.
const COUNTRIES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS \
BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM \
FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP \
KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV \
MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD \
SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC \
VE VG VI VN VU WF WS XZ YE YT ZA ZM ZW";

/// A place code: two letters of the country, three letters or digits 2 to 9 of the place (Recommendation 16, 3.1).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnLocode([u8; 5]);

/// Why a text is no UN/LOCODE.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum BadLocode {
    #[error("a UN/LOCODE has two letters of a country and three letters or digits 2 to 9")]
    Form,
    #[error("`{0}` is not a country of ISO 3166-1")]
    Country(String),
}

impl UnLocode {
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("")
    }
    pub fn country(&self) -> &str {
        self.as_str().get(..2).unwrap_or("")
    }
}

impl FromStr for UnLocode {
    type Err = BadLocode;
    /// With or without the blank between country and place; capitals only.
    fn from_str(text: &str) -> Result<Self, BadLocode> {
        let (country, place) = match text.len() {
            5 => text.split_at_checked(2).ok_or(BadLocode::Form)?,
            6 => text.split_once(' ').ok_or(BadLocode::Form)?,
            _ => return Err(BadLocode::Form),
        };
        let (&[a, b], &[c, d, e]) = (country.as_bytes(), place.as_bytes()) else {
            return Err(BadLocode::Form);
        };
        let letters = a.is_ascii_uppercase() && b.is_ascii_uppercase();
        if !letters || ![c, d, e].iter().all(|x| x.is_ascii_uppercase() || (b'2'..=b'9').contains(x)) {
            return Err(BadLocode::Form);
        }
        if !COUNTRIES.split(' ').any(|known| known == country) {
            return Err(BadLocode::Country(country.to_owned()));
        }
        Ok(Self([a, b, c, d, e]))
    }
}

impl fmt::Display for UnLocode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
impl fmt::Debug for UnLocode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UnLocode({self})")
    }
}
impl Serialize for UnLocode {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for UnLocode {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        String::deserialize(input)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A terminal, depot, gate or ship side: the text that one source always uses for one place, best `LOCODE-TERMINAL`.
/// Two different texts are two facilities.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Facility(String);

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("a facility has 1 to {MAX_FACILITY_LEN} printable characters")]
pub struct BadFacility;

impl Facility {
    pub fn new(text: &str) -> Result<Self, BadFacility> {
        let text = text.trim();
        let printable = text.chars().all(|c| !c.is_control());
        if text.is_empty() || !printable || text.chars().count() > MAX_FACILITY_LEN {
            return Err(BadFacility);
        }
        Ok(Self(text.to_owned()))
    }
    pub fn as_str(&self) -> &str {
        &self.0
    }
    /// The UN/LOCODE in front, where there is one.
    pub fn locode(&self) -> Option<UnLocode> {
        self.0.get(..5)?.parse().ok()
    }
}

impl TryFrom<String> for Facility {
    type Error = BadFacility;
    fn try_from(text: String) -> Result<Self, BadFacility> {
        Self::new(&text)
    }
}
impl From<Facility> for String {
    fn from(facility: Facility) -> Self {
        facility.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_of_the_samples_pass() {
        for good in ["ECGYE", "NL RTM", "USNYC", "COTRB", "US2LA"] {
            assert!(good.parse::<UnLocode>().is_ok(), "{good}");
        }
        assert_eq!(Facility::new("ECGYE-CGSA").unwrap().locode().unwrap().country(), "EC");
        assert_eq!(Facility::new("Gate 4").unwrap().locode(), None);
    }

    #[test]
    fn form_and_country_are_told_apart() {
        for form in ["", "ECGY", "ecgye", "EC1YE", "EC0YE", "E1GYE", "EC GYEX", "éGYE", "NLéé"] {
            assert_eq!(form.parse::<UnLocode>(), Err(BadLocode::Form), "{form}");
        }
        assert_eq!("QQGYE".parse::<UnLocode>(), Err(BadLocode::Country("QQ".into())));
    }

    #[test]
    fn the_country_list_is_the_249_of_iso_3166_and_xz() {
        let listed: Vec<&str> = COUNTRIES.split(' ').collect();
        assert_eq!(listed.len(), 250);
        assert!(listed.is_sorted());
    }
}
