//! Names of series, and what a name says of the figures under it: who publishes them, by which method, and whether
//! they are a stock or a flow. `co.cult.unodc` is country, indicator, publisher; what follows narrows it down.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::day::{Dates, Day};
use crate::period::{Nature, Period};

/// Longer names are no names.
const MOST_BYTES: usize = 100;

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct SeriesId(Arc<str>);

#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("`{text}` is no series: segments of letters, digits, `_`, `-` and inner spaces, parted by points")]
pub struct BadSeries {
    text: String,
}

impl SeriesId {
    pub fn read(text: &str) -> Result<Self, BadSeries> {
        let segment = |part: &str| {
            !part.is_empty()
                && part.trim() == part
                && part.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | ' '))
        };
        if text.len() > MOST_BYTES || !text.split('.').all(segment) {
            return Err(BadSeries { text: text.chars().take(60).collect() });
        }
        Ok(Self(text.into()))
    }
    pub fn as_str(&self) -> &str {
        &self.0
    }
    /// The segments between the points.
    pub fn segments(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.0.split('.')
    }
    fn segment(&self, place: usize) -> &str {
        self.segments().nth(place).unwrap_or("")
    }

    /// The kind of quantity that the second segment names.
    pub fn quantity(&self) -> Quantity {
        match (self.segment(1), self.segment(2)) {
            _ if self.is_change() => Quantity::Other,
            ("cult" | "cultivation", "us") => Quantity::UsableLeafArea,
            ("cult" | "cultivation", _) => Quantity::NetStock,
            ("touched", _) => Quantity::AreaTouched,
            ("harvested", _) => Quantity::HarvestedArea,
            ("erad" | "eradication", _) => Quantity::AccumulatedEradication,
            ("leaf", _) => Quantity::FreshLeaf,
            ("leafyield", _) => Quantity::LeafYield,
            ("hclperha", _) => Quantity::HclPerHectare,
            ("prod" | "production", _) => Quantity::Cocaine,
            _ => Quantity::Other,
        }
    }

    /// Who counts, and how, as a code: none where the name does not say.
    pub fn publisher(&self) -> Option<Publisher> {
        // In `co.extr.us` the country is where people are sent, not who counts them.
        if self.segment(1) == "extr" {
            return None;
        }
        // The publisher stands third, or fourth where the indicator has two words: `co.erad.manual.odc`.
        self.segments().skip(2).find_map(Publisher::of)
    }

    /// Whether the figures are changes between two periods, in percent.
    pub fn is_change(&self) -> bool {
        self.segments().next_back().is_some_and(|last| last == "change" || last.starts_with("change_"))
    }

    /// The years that a change of a year lies between: `co.cult.us.change_2000_2006` names both, `co.cultivation.change`
    /// is on the year before. None for other series, and for a name whose years are none.
    pub fn change(&self, year: i16) -> Option<(i16, i16)> {
        let last = self.segments().next_back()?;
        if last == "change" {
            return Some((year.checked_sub(1)?, year));
        }
        let (from, to) = last.strip_prefix("change_")?.split_once('_')?;
        let year = |text: &str| text.parse::<i16>().ok().filter(|_| text.len() == 4);
        Some((year(from)?, year(to)?))
    }

    /// What the series speaks of when a row says only a year.
    pub fn period_of_year(&self, year: i16) -> Option<Period> {
        let whole = Dates::year(year)?;
        let last = self.segments().next_back().unwrap_or("");
        if let Some(part) = Period::part_of_year(year, last) {
            return Some(part);
        }
        match (self.quantity(), self.publisher()) {
            // SIMCI counts the fields that stand on 31 December.
            (Quantity::NetStock, Some(Publisher::Unodc | Publisher::SimciOdc)) => {
                Some(Period::at(Day::new(year, 12, 31)?))
            }
            (quantity, _) if quantity.nature() == Nature::Stock => Some(Period::stock(whole)),
            _ => Some(Period::flow(whole)),
        }
    }
}

/// What is counted. Five areas that are never one (reference "stock and flow"), and the steps of the chain.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quantity {
    /// Fields standing on one day.
    NetStock,
    /// Fields that bore coca at some time in the year.
    AreaTouched,
    /// Fields cut, as the yield studies count them.
    HarvestedArea,
    /// Healthy plants with usable leaf, when the images were taken.
    UsableLeafArea,
    /// Passes over fields: one that was sprayed three times counts three times.
    AccumulatedEradication,
    FreshLeaf,
    LeafYield,
    HclPerHectare,
    Cocaine,
    Other,
}

impl Quantity {
    pub const fn nature(self) -> Nature {
        match self {
            Self::NetStock | Self::UsableLeafArea => Nature::Stock,
            _ => Nature::Flow,
        }
    }
}

macro_rules! publishers {
    ($($name:ident = $segment:literal, $method:literal;)*) => {
        /// Who publishes a series, by the segment of its name.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Publisher { $($name),* }
        impl Publisher {
            pub const ALL: &[Self] = &[$(Self::$name),*];
            pub fn of(segment: &str) -> Option<Self> {
                match segment { $($segment => Some(Self::$name),)* _ => None }
            }
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $segment),* }
            }
            /// How they count: two publishers of one method repeat each other and do not rival.
            pub const fn method(self) -> &'static str {
                match self { $(Self::$name => $method),* }
            }
        }
    };
}

publishers! {
    Unodc = "unodc", "simci";
    SimciOdc = "simci_odc", "simci";
    Us = "us", "us_government";
    Siima = "siima", "siima";
    Odc = "odc", "odc_register";
    Gov = "gov", "ministry_balance";
    Dane = "dane", "satellite_account";
}

impl fmt::Display for SeriesId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
impl Serialize for SeriesId {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(&self.0)
    }
}
impl<'de> Deserialize<'de> for SeriesId {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        Self::read(&String::deserialize(input)?).map_err(serde::de::Error::custom)
    }
}
