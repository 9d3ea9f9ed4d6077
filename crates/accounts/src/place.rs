//! Where a figure holds: countries by ISO 3166-1 alpha-3, their parts by ISO 3166-2, Colombian departments and
//! municipalities by DIVIPOLA as text, so that no leading zero is lost. Outlines and maps are elsewhere.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::place_lists::{COUNTRIES, DEPARTMENTS};

/// How many municipalities DIVIPOLA lists; a shorter list is not the country.
pub const MUNICIPALITIES: usize = 1122;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Place {
    /// `WLD`
    World,
    /// `INT`: at sea, or in no one country.
    International,
    /// `AND`: Bolivia, Colombia and Peru, as the surveys of the region add them. ISO 3166-1 gives these letters to
    /// Andorra, which therefore cannot be named here.
    Andes,
    /// ISO 3166-1 alpha-3.
    Country([u8; 3]),
    /// ISO 3166-2 outside Colombia, padded with spaces.
    Part([u8; 6]),
    /// DIVIPOLA, two digits.
    Department([u8; 2]),
    /// DIVIPOLA, two and three digits.
    Municipality([u8; 5]),
}

#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BadPlace {
    #[error("`{text}` is no country of ISO 3166-1 alpha-3, no code of ISO 3166-2 and no DIVIPOLA code")]
    Unknown { text: String },
    #[error("`{text}` is no DIVIPOLA code but may be {meant} that went through a number format")]
    Mangled { text: String, meant: Place },
    #[error("DIVIPOLA {code} is `{known}`, not `{given}`")]
    OtherName { code: String, known: &'static str, given: String },
}

impl BadPlace {
    /// A stable code for the edges.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unknown { .. } => "unknown_place",
            Self::Mangled { .. } => "divipola_mangled",
            Self::OtherName { .. } => "divipola_other_name",
        }
    }
}

fn short(text: &str) -> String {
    text.chars().take(60).collect()
}

fn bytes<const N: usize>(text: &str) -> Option<[u8; N]> {
    text.as_bytes().try_into().ok()
}

fn is_department(code: &str) -> bool {
    DEPARTMENTS.iter().any(|(own, _, _)| *own == code)
}

impl Place {
    pub const COLOMBIA: Self = Self::Country(*b"COL");
    /// The countries that `AND` adds.
    pub const ANDEAN: [Self; 3] = [Self::Country(*b"BOL"), Self::Country(*b"COL"), Self::Country(*b"PER")];

    /// Reads a code as printed above. `CO-ANT` and `05` are the same place.
    pub fn read(text: &str) -> Result<Self, BadPlace> {
        let text = text.trim();
        let unknown = || BadPlace::Unknown { text: short(text) };
        match text {
            "WLD" => return Ok(Self::World),
            "INT" => return Ok(Self::International),
            "AND" => return Ok(Self::Andes),
            _ => {}
        }
        if text.bytes().next().is_some_and(|b| b.is_ascii_digit()) {
            return match divipola(text) {
                Some(place) => Ok(place),
                None => match divipola_from_number(text) {
                    Some(meant) => Err(BadPlace::Mangled { text: short(text), meant }),
                    None => Err(unknown()),
                },
            };
        }
        if let Some((country, part)) = text.split_once('-') {
            if country == "CO" {
                let found = DEPARTMENTS.iter().find(|(_, iso, _)| *iso == text);
                return found.and_then(|(code, _, _)| bytes(code)).map(Self::Department).ok_or_else(unknown);
            }
            let plain = (1..=3).contains(&part.len())
                && part.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
            let known = country.len() == 2 && COUNTRIES.split(' ').any(|pair| pair.starts_with(country));
            let padded = format!("{text:<6}");
            return bytes(&padded).filter(|_| plain && known).map(Self::Part).ok_or_else(unknown);
        }
        let known =
            text.len() == 3 && COUNTRIES.split(' ').any(|pair| pair.get(2..).is_some_and(|own| own == text));
        bytes(text).filter(|_| known).map(Self::Country).ok_or_else(unknown)
    }

    /// A country by ISO 3166-1 alpha-2, as statistical files name it.
    pub fn of_alpha2(text: &str) -> Option<Self> {
        let pair = COUNTRIES.split(' ').find(|pair| text.len() == 2 && pair.starts_with(text))?;
        bytes(pair.get(2..)?).map(Self::Country)
    }

    /// What the figure of this place adds up to: the department of a municipality, the country of a department.
    pub fn within(self) -> Option<Self> {
        match self {
            Self::World | Self::International => None,
            Self::Andes => Some(Self::World),
            Self::Country(_) if Self::ANDEAN.contains(&self) => Some(Self::Andes),
            Self::Country(_) => Some(Self::World),
            Self::Department(_) => Some(Self::COLOMBIA),
            Self::Municipality([a, b, ..]) => Some(Self::Department([a, b])),
            Self::Part([a, b, ..]) => {
                let letters = [a, b];
                let pair = COUNTRIES.split(' ').find(|pair| pair.as_bytes().starts_with(&letters))?;
                bytes(pair.get(2..)?).map(Self::Country)
            }
        }
    }
}

/// Strictly two digits of a department that exists, or five with a municipality.
pub fn divipola(text: &str) -> Option<Place> {
    if !text.bytes().all(|b| b.is_ascii_digit()) || !text.get(..2).is_some_and(is_department) {
        return None;
    }
    match text.len() {
        2 => bytes(text).map(Place::Department),
        5 if !text.ends_with("000") => bytes(text).map(Place::Municipality),
        _ => None,
    }
}

/// The code that a spreadsheet made a number of: `5` for 05, `5001` and `5,001` for 05001, `5.04` for 05040. For a person
/// to confirm, or for a column that is known to be mangled; a right code is not taken for a mangled one.
pub fn divipola_from_number(text: &str) -> Option<Place> {
    let text = text.trim();
    if divipola(text).is_some() {
        return None;
    }
    if let Some((lead, tail)) = text.split_once([',', '.']) {
        // Behind the mark stand the three digits of the municipality, the zeros at their end lost.
        if lead.is_empty() || lead.len() > 2 || tail.is_empty() || tail.len() > 3 {
            return None;
        }
        return divipola(&format!("{lead:0>2}{tail:0<3}"));
    }
    match text.len() {
        1 => divipola(&format!("0{text}")),
        4 => divipola(&format!("0{text}")),
        _ => None,
    }
}

/// Letters alone, small and without accents, as names of places are compared.
fn folded(name: &str) -> String {
    let plain = |c: char| match c {
        'á' => 'a',
        'é' => 'e',
        'í' => 'i',
        'ó' => 'o',
        'ú' | 'ü' => 'u',
        'ñ' => 'n',
        other => other,
    };
    name.to_lowercase().chars().map(plain).filter(|c| c.is_alphanumeric()).collect()
}

/// A department's code with the name beside it: Bogotá under the code of Cundinamarca is refused.
pub fn department_named(code: &str, name: &str) -> Result<Place, BadPlace> {
    let place = Place::read(code)?;
    let Place::Department(own) = place else {
        return Err(BadPlace::Unknown { text: short(code) });
    };
    let known = DEPARTMENTS.iter().find(|(code, _, _)| code.as_bytes() == own).map(|(_, _, name)| *name);
    let known = known.unwrap_or("");
    let (given, full) = (folded(name), folded(known));
    // `Bogotá` and `San Andrés` are names in use of longer ones; `Norte` alone is none.
    let in_use = matches!(
        (full.as_str(), given.as_str()),
        ("bogotadc", "bogota" | "santafedebogota" | "bogotadistritocapital")
            | ("sanandresyprovidencia", "sanandres" | "archipielagodesanandresprovidenciaysantacatalina")
            | ("valledelcauca", "valle")
    );
    if given == full || in_use {
        return Ok(place);
    }
    Err(BadPlace::OtherName { code: code.to_owned(), known, given: short(name) })
}

/// How many of the country's municipalities a list lacks, each counted once.
pub fn municipalities_missing<'a>(places: impl IntoIterator<Item = &'a Place>) -> usize {
    let listed: std::collections::BTreeSet<&Place> =
        places.into_iter().filter(|place| matches!(place, Place::Municipality(_))).collect();
    MUNICIPALITIES.saturating_sub(listed.len())
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code: &[u8] = match self {
            Self::World => b"WLD",
            Self::International => b"INT",
            Self::Andes => b"AND",
            Self::Country(code) => code,
            Self::Part(code) => code,
            Self::Department(code) => code,
            Self::Municipality(code) => code,
        };
        f.write_str(std::str::from_utf8(code).unwrap_or("").trim_end())
    }
}
impl Serialize for Place {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for Place {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        Self::read(&String::deserialize(input)?).map_err(serde::de::Error::custom)
    }
}
