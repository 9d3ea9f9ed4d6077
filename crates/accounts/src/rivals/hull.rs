//! The lowest and the highest figure of each year, and whose they are. A year of one method has no hull, and a year of none
//! is shown as such.

use serde::Serialize;

use super::Curve;
use crate::codes::codes;
use crate::decimal::Decimal;

codes!(
    /// What a year has.
    Hull, "kind of a year in the hull",
    Rivals = "rivals",
    OneMethod = "one_method",
    Nothing = "nothing",
);

/// An end of the hull and the methods that stand there.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct End {
    pub value: Decimal,
    pub methods: Vec<String>,
}

#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct HullYear {
    pub year: i16,
    pub kind: Hull,
    /// How many methods have a figure.
    pub methods: usize,
    pub lowest: Option<End>,
    pub highest: Option<End>,
    /// Highest over lowest; none for one method, and none over zero.
    pub ratio: Option<f64>,
    /// The only figure of a year without rivals.
    pub only: Option<End>,
}

/// Every year from the first to the last that any method has.
pub fn hull(curves: &[Curve]) -> Vec<HullYear> {
    let years = || curves.iter().flat_map(|curve| &curve.points).map(|point| point.year);
    let (Some(first), Some(last)) = (years().min(), years().max()) else { return Vec::new() };
    (first..=last).map(|year| of_year(curves, year)).collect()
}

fn of_year(curves: &[Curve], year: i16) -> HullYear {
    let of = |curve: &Curve| curve.at(year).map(|point| point.value);
    let end = |value: Decimal| End {
        value,
        methods: curves
            .iter()
            .filter(|curve| of(curve) == Some(value))
            .map(|curve| curve.method.clone())
            .collect(),
    };
    let values: Vec<Decimal> = curves.iter().filter_map(of).collect();
    let (lowest, highest) = (values.iter().min().copied(), values.iter().max().copied());
    let kind = match values.len() {
        0 => Hull::Nothing,
        1 => Hull::OneMethod,
        _ => Hull::Rivals,
    };
    let rivals = kind == Hull::Rivals;
    HullYear {
        year,
        kind,
        methods: values.len(),
        ratio: lowest
            .zip(highest)
            .filter(|(low, _)| rivals && *low > Decimal::ZERO)
            .map(|(low, high)| high.to_f64() / low.to_f64()),
        only: lowest.filter(|_| kind == Hull::OneMethod).map(end),
        lowest: lowest.filter(|_| rivals).map(end),
        highest: highest.filter(|_| rivals).map(end),
    }
}
