//! The closed table of units that figures come in, with exact factors inside one dimension. A spelling that is not in
//! the table is refused: `ton` and `tonelada corta` differ by a tenth, and nobody can tell them apart later.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::decimal::{Decimal, Rounding};
use crate::interval::{BadInterval, Interval};

/// What is measured. Figures of two dimensions are never compared, added or converted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Dimension {
    Area,
    Mass,
    /// Fresh leaf and dry leaf are not one mass: drying is a process, not a factor.
    FreshLeaf,
    Volume,
    Persons,
    Families,
    Count,
    Cases,
    Items,
    Cop,
    Usd,
    Eur,
    Share,
    Years,
    MassPerArea,
    /// Per harvested hectare, as the fact sheets of UNODC/SIMCI print it.
    MassPerHarvestedArea,
    /// Leaf of one hectare in one year.
    LeafYield,
    MassPerMass,
    MassPerDryLeaf,
    VolumePerMass,
}

macro_rules! unit_table {
    ($($unit:ident = $code:literal, $dimension:ident, $mantissa:literal e $exponent:literal, [$($spelling:literal),*];)*) => {
        /// A unit of the table.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Unit { $($unit),* }

        impl Unit {
            pub const ALL: &[Self] = &[$(Self::$unit),*];

            pub const fn code(self) -> &'static str {
                match self { $(Self::$unit => $code),* }
            }
            pub const fn dimension(self) -> Dimension {
                match self { $(Self::$unit => Dimension::$dimension),* }
            }
            /// How many of the dimension's first unit make one of this.
            pub const fn factor(self) -> Decimal {
                match self { $(Self::$unit => Decimal::constant($mantissa, -($exponent))),* }
            }
            /// The texts that mean this unit, in small letters.
            pub const fn spellings(self) -> &'static [&'static str] {
                match self { $(Self::$unit => &[$($spelling),*]),* }
            }
        }
    };
}

unit_table! {
    SquareMetre = "m2", Area, 1 e 0, ["m2", "m²", "metros cuadrados", "square metres"];
    Hectare = "ha", Area, 1 e 4, ["ha", "has", "hectare", "hectares", "hectárea", "hectáreas", "hectarea", "hectareas"];
    SquareKilometre = "km2", Area, 1 e 6, ["km2", "km²", "kilómetros cuadrados", "square kilometres"];
    // The international acre, 4840 square yards of (0.9144 m)²: NIST SP 811 (2008), appendix B.8.
    Acre = "acre", Area, 40468564224 e -7, ["acre", "acres"];

    Kilogram = "kg", Mass, 1 e 0, ["kg", "kgs", "kilogram", "kilograms", "kilogramo", "kilogramos", "kilo", "kilos"];
    Gram = "g", Mass, 1 e -3, ["g", "gr", "gram", "grams", "gramo", "gramos"];
    Tonne = "t", Mass, 1 e 3, ["t", "tonne", "tonnes", "metric ton", "metric tons", "tonelada", "toneladas", "toneladas métricas", "toneladas metricas"];
    // The avoirdupois pound of 1959: NIST SP 811, appendix B.8. A `libra` is 500 g at a Colombian market: not read.
    Pound = "lb", Mass, 45359237 e -8, ["lb", "lbs", "pound", "pounds"];

    TonneFreshLeaf = "t fresh", FreshLeaf, 1 e 3, ["t fresh", "t fresh leaf", "t hoja fresca", "toneladas de hoja fresca"];
    KilogramFreshLeaf = "kg fresh", FreshLeaf, 1 e 0, ["kg fresh", "kg fresh leaf", "kg hoja fresca"];

    Litre = "L", Volume, 1 e 0, ["l", "litre", "litres", "liter", "liters", "litro", "litros"];
    CubicMetre = "m3", Volume, 1 e 3, ["m3", "m³", "metros cúbicos", "cubic metres"];
    // The US liquid gallon, 231 cubic inches: NIST Handbook 44, appendix C.
    UsGallon = "gal", Volume, 3785411784 e -9, ["gal", "us gal", "gallon", "gallons", "us gallon", "us gallons", "galón", "galones", "galon"];

    Person = "persons", Persons, 1 e 0, ["persons", "person", "people", "persona", "personas"];
    Family = "families", Families, 1 e 0, ["families", "family", "familia", "familias"];
    One = "count", Count, 1 e 0, ["count", "number", "unidades", "número"];
    Case = "cases", Cases, 1 e 0, ["cases", "case", "casos", "caso"];
    Item = "items", Items, 1 e 0, ["items", "item", "ítems"];

    Cop = "COP", Cop, 1 e 0, ["cop"];
    Usd = "USD", Usd, 1 e 0, ["usd", "us$"];
    Eur = "EUR", Eur, 1 e 0, ["eur", "€"];

    Percent = "%", Share, 1 e 0, ["%", "percent", "per cent", "por ciento"];
    Year = "years", Years, 1 e 0, ["years", "year", "años", "año"];

    KilogramPerHectare = "kg/ha", MassPerArea, 1 e 0, ["kg/ha"];
    TonnePerHectare = "t/ha", MassPerArea, 1 e 3, ["t/ha"];
    KilogramPerHarvestedHectare = "kg/ha harvested", MassPerHarvestedArea, 1 e 0, ["kg/ha harvested", "kg/ha cosechada"];
    TonnePerHarvestedHectare = "t/ha harvested", MassPerHarvestedArea, 1 e 3, ["t/ha harvested", "t/ha cosechada"];
    TonnePerHectareYear = "t/ha/yr", LeafYield, 1 e 3, ["t/ha/yr", "t/ha/year", "t/ha/año"];
    KilogramPerHectareYear = "kg/ha/yr", LeafYield, 1 e 0, ["kg/ha/yr", "kg/ha/year", "kg/ha/año"];
    KilogramPerTonne = "kg/t", MassPerMass, 1 e 0, ["kg/t"];
    KilogramPerTonneDryLeaf = "kg/t dry leaf", MassPerDryLeaf, 1 e 0, ["kg/t dry leaf"];
    LitreAcidPerKilogram = "L/kg", VolumePerMass, 1 e 0, ["l/kg", "l hcl acid per kg cocaine hcl"];
}

#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BadUnit {
    #[error("`{text}` is not in the closed table of units")]
    Unknown { text: String },
    #[error("{from} and {to} do not measure the same")]
    OtherDimension { from: Unit, to: Unit },
    #[error(transparent)]
    Interval(#[from] BadInterval),
}

impl BadUnit {
    /// A stable code for the edges.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unknown { .. } => "unknown_unit",
            Self::OtherDimension { .. } => "other_dimension",
            Self::Interval(_) => "out_of_range",
        }
    }
}

impl Unit {
    /// Reads a spelling of the table, whatever its capitals and spaces.
    pub fn read(text: &str) -> Result<Self, BadUnit> {
        // Codes are what files hold; the longer way is for the rest.
        if let Some(unit) = Self::ALL.iter().find(|unit| unit.code() == text) {
            return Ok(*unit);
        }
        let unknown = || BadUnit::Unknown { text: text.chars().take(60).collect() };
        if text.len() > 200 {
            return Err(unknown());
        }
        let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
        let plain = words.join(" ");
        let found = Self::ALL.iter().find(|unit| unit.spellings().contains(&plain.as_str()));
        found.copied().ok_or_else(unknown)
    }

    /// The same quantity in another unit: exact where 36 digits hold it, else the two neighbours around it.
    pub fn convert(self, value: Interval, to: Self) -> Result<Interval, BadUnit> {
        if self.dimension() != to.dimension() {
            return Err(BadUnit::OtherDimension { from: self, to });
        }
        let first = value.mul(Interval::exact(self.factor()))?;
        Ok(first.div(Interval::exact(to.factor()))?)
    }

    /// The same quantity in another unit, to the nearest of 36 digits.
    pub fn convert_value(self, value: Decimal, to: Self) -> Result<Decimal, BadUnit> {
        if self.dimension() != to.dimension() {
            return Err(BadUnit::OtherDimension { from: self, to });
        }
        let first = value.mul(self.factor(), Rounding::Nearest).map_err(BadInterval::from)?;
        Ok(first.div(to.factor(), Rounding::Nearest).map_err(BadInterval::from)?)
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}
impl Serialize for Unit {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(self.code())
    }
}
impl<'de> Deserialize<'de> for Unit {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        Self::read(&String::deserialize(input)?).map_err(serde::de::Error::custom)
    }
}
