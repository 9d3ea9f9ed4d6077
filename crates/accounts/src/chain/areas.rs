//! The five areas. None adds to, multiplies into or is subtracted from another, except where the difference means
//! something: what was touched less what stands is what was cleared, each hectare once.

use super::steps::{Alkaloid, Cocaine, DryLeafPerHectare, Efficiency, FreshLeaf, HclPerHectare, LeafYield};
use super::{Refused, quantity};
use crate::interval::Interval;
use crate::series::Quantity;

quantity! {
    /// Fields standing on one day, such as 31 December.
    ///
    /// Times a yield it is not production (2016: 17 % too much):
    /// ```compile_fail
    /// use bitacora_accounts::chain::{Cocaine, HclPerHectare, NetStock};
    /// fn wrong(stock: NetStock, yields: HclPerHectare) -> Cocaine {
    ///     stock.cocaine(yields).unwrap()
    /// }
    /// ```
    /// Less the eradication of a year it is nothing either:
    /// ```compile_fail
    /// use bitacora_accounts::chain::{AccumulatedEradication, NetStock};
    /// fn wrong(stock: NetStock, eradicated: AccumulatedEradication) -> NetStock {
    ///     stock - eradicated
    /// }
    /// ```
    /// What the types allow is the harvested area:
    /// ```
    /// use bitacora_accounts::chain::{Cocaine, HarvestedArea, HclPerHectare, Refused};
    /// fn right(harvested: HarvestedArea, yields: HclPerHectare) -> Result<Cocaine, Refused> {
    ///     harvested.cocaine(yields)
    /// }
    /// ```
    NetStock in Hectare;
    /// Fields that bore coca at some time in the year.
    AreaTouched in Hectare;
    /// Fields cut, as the yield studies count them.
    HarvestedArea in Hectare;
    /// Healthy plants with usable leaf when the images were taken (CNC, later ONDCP).
    UsableLeafArea in Hectare;
    /// Passes over fields: one sprayed three times counts three times (GAO-03-319R).
    AccumulatedEradication in Hectare;
}

impl HarvestedArea {
    pub fn leaf(self, yields: LeafYield) -> Result<FreshLeaf, Refused> {
        FreshLeaf::new(self.0.mul(yields.interval())?, FreshLeaf::UNIT)
    }
    pub fn cocaine(self, yields: HclPerHectare) -> Result<Cocaine, Refused> {
        Cocaine::new(self.0.mul(yields.interval())?.shift(-3)?, Cocaine::UNIT)
    }
}

impl UsableLeafArea {
    /// The chain of the DEA studies: dry leaf, its alkaloid, and what the laboratories get out of it.
    pub fn cocaine(
        self,
        leaf: DryLeafPerHectare,
        alkaloid: Alkaloid,
        efficiency: Efficiency,
    ) -> Result<Cocaine, Refused> {
        let leaf = self.0.mul(leaf.interval())?;
        let pure = leaf.mul(alkaloid.interval())?.mul(efficiency.interval())?;
        Cocaine::new(pure, Cocaine::UNIT)
    }
}

impl AreaTouched {
    /// Distinct hectares cleared: touched in the year and no longer standing at its end. Never below zero.
    pub fn cleared(self, standing: NetStock) -> Result<Interval, Refused> {
        let zero = Interval::exact(crate::decimal::Decimal::ZERO);
        let difference = self.0.sub(standing.0)?;
        if difference.high().is_negative() {
            return Err(Refused::BelowZero { low: difference.high() });
        }
        Ok(difference.max(zero))
    }
}

/// How often a distinct hectare was cleared: eradication accumulated over what was cleared for good.
pub fn implied_passes(
    eradicated: AccumulatedEradication,
    touched: AreaTouched,
    standing: NetStock,
) -> Result<Interval, Refused> {
    Ok(eradicated.0.div(touched.cleared(standing)?)?)
}

/// An area of which only the data say the kind.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Area {
    NetStock(NetStock),
    Touched(AreaTouched),
    Harvested(HarvestedArea),
    UsableLeaf(UsableLeafArea),
    Eradication(AccumulatedEradication),
}

impl Area {
    pub const fn quantity(self) -> Quantity {
        match self {
            Self::NetStock(_) => Quantity::NetStock,
            Self::Touched(_) => Quantity::AreaTouched,
            Self::Harvested(_) => Quantity::HarvestedArea,
            Self::UsableLeaf(_) => Quantity::UsableLeafArea,
            Self::Eradication(_) => Quantity::AccumulatedEradication,
        }
    }
}

/// Production from an area that data name: only a harvested area makes any.
// INVARIANT: a stock on a day is never multiplied by a yield.
pub fn production(area: Area, yields: HclPerHectare) -> Result<Cocaine, Refused> {
    match area {
        Area::Harvested(harvested) => harvested.cocaine(yields),
        other => Err(Refused::StockTimesYield(other.quantity())),
    }
}

/// One area less another, where that means something.
// INVARIANT: accumulated eradication is never subtracted from a stock.
pub fn net_of(from: Area, less: Area) -> Result<Interval, Refused> {
    match (from, less) {
        (Area::Touched(touched), Area::NetStock(standing)) => touched.cleared(standing),
        // Two stocks on two days differ by what happened between them.
        (Area::NetStock(later), Area::NetStock(earlier)) => Ok(later.0.sub(earlier.0)?),
        (from, Area::Eradication(_)) => Err(Refused::EradicationFromArea(from.quantity())),
        (from, other) => Err(Refused::AreasDoNotMix { from: from.quantity(), other: other.quantity() }),
    }
}
