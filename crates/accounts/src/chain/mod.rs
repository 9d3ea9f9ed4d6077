//! From hectares to leaf, to base, to cocaine hydrochloride, in intervals that hold what rounding hid. Five areas are five
//! types; what must not be multiplied or subtracted has no operation to do it with.

mod areas;
mod attribution;
mod closure;
pub mod monte_carlo;
mod steps;
mod stock_flow;

pub use areas::{
    AccumulatedEradication, Area, AreaTouched, HarvestedArea, NetStock, UsableLeafArea, implied_passes,
    net_of, production,
};
pub use attribution::{Attribution, Factor, Share, attribute};
pub use closure::{Closed, Derived, Formula, Givens, Step, close};
pub use steps::{
    Alkaloid, Base, BasePerLeaf, BaseToHcl, Cocaine, DryLeafPerHectare, Efficiency, FreshLeaf, HclPerHectare,
    HclPerLeaf, LeafYield, Purity,
};
pub use stock_flow::{StockFlow, stock_flow};

use crate::decimal::{BadArithmetic, Decimal};
use crate::interval::{BadInterval, Interval};
use crate::series::Quantity;
use crate::units::{BadUnit, Dimension, Unit};

/// Why the chain does not compute.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Refused {
    #[error(
        "an area of kind `{}` times a yield is not production: yields are per harvested hectare",
        quantity_code(*.0)
    )]
    StockTimesYield(Quantity),
    #[error("accumulated eradication counts a field at each pass and is not subtracted from `{}`", quantity_code(*.0))]
    EradicationFromArea(Quantity),
    #[error("`{}` and `{}` are areas of different kinds and do not mix", quantity_code(*.from), quantity_code(*.other))]
    AreasDoNotMix { from: Quantity, other: Quantity },
    #[error("{unit} does not measure what this step of the chain takes: {expected:?}")]
    WrongUnit { unit: Unit, expected: Dimension },
    #[error("{low} is below zero")]
    BelowZero { low: Decimal },
    #[error("{high} is above one whole")]
    AboveOne { high: Decimal },
    #[error("a factor of zero has no logarithm, so no share")]
    ZeroFactor,
    #[error(transparent)]
    Unit(#[from] BadUnit),
    #[error(transparent)]
    Interval(#[from] BadInterval),
}

impl Refused {
    /// A stable code for the edges.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::StockTimesYield(_) => "stock_times_yield",
            Self::EradicationFromArea(_) => "eradication_from_stock",
            Self::AreasDoNotMix { .. } => "areas_do_not_mix",
            Self::WrongUnit { .. } => "wrong_unit",
            Self::BelowZero { .. } => "below_zero",
            Self::AboveOne { .. } => "above_one",
            Self::ZeroFactor => "zero_factor",
            Self::Unit(bad) => bad.code(),
            Self::Interval(_) => "not_computable",
        }
    }
}

impl From<BadArithmetic> for Refused {
    fn from(bad: BadArithmetic) -> Self {
        Self::Interval(BadInterval::Arithmetic(bad))
    }
}

const fn quantity_code(quantity: Quantity) -> &'static str {
    match quantity {
        Quantity::NetStock => "net_stock",
        Quantity::AreaTouched => "area_touched",
        Quantity::HarvestedArea => "harvested_area",
        Quantity::UsableLeafArea => "usable_leaf_area",
        Quantity::AccumulatedEradication => "accumulated_eradication",
        Quantity::FreshLeaf => "fresh_leaf",
        Quantity::LeafYield => "leaf_yield",
        Quantity::HclPerHectare => "hcl_per_hectare",
        Quantity::Cocaine => "cocaine",
        Quantity::Other => "other",
    }
}

/// A quantity in the unit that its type is kept in, never below zero.
fn kept(value: Interval, unit: Unit, own: Unit) -> Result<Interval, Refused> {
    if unit.dimension() != own.dimension() {
        return Err(Refused::WrongUnit { unit, expected: own.dimension() });
    }
    let value = unit.convert(value, own)?;
    if value.low().is_negative() {
        return Err(Refused::BelowZero { low: value.low() });
    }
    Ok(value)
}

/// A quantity as a type of its own, with the unit that it is kept in.
macro_rules! quantity {
    ($($(#[$doc:meta])* $name:ident in $unit:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub struct $name($crate::interval::Interval);
        impl $name {
            pub const UNIT: $crate::units::Unit = $crate::units::Unit::$unit;
            /// In any unit of the dimension; never below zero.
            pub fn new(
                value: $crate::interval::Interval,
                unit: $crate::units::Unit,
            ) -> Result<Self, $crate::chain::Refused> {
                $crate::chain::kept(value, unit, Self::UNIT).map(Self)
            }
            /// In [`Self::UNIT`].
            pub const fn interval(self) -> $crate::interval::Interval {
                self.0
            }
        }
    )*};
}
use quantity;
