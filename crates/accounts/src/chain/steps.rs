//! Leaf, base, hydrochloride and the factors between them, as UNODC/SIMCI and the DEA studies name them.

use super::areas::HarvestedArea;
use super::{Refused, quantity};
use crate::decimal::Decimal;
use crate::interval::Interval;

quantity! {
    FreshLeaf in TonneFreshLeaf;
    /// Cocaine base, impure as it leaves the laboratory.
    Base in Tonne;
    /// Pure cocaine hydrochloride.
    Cocaine in Tonne;
    LeafYield in TonnePerHectareYear;
    /// Per harvested hectare.
    HclPerHectare in KilogramPerHarvestedHectare;
    /// Of fresh leaf.
    HclPerLeaf in KilogramPerTonne;
    /// Of fresh leaf.
    BasePerLeaf in KilogramPerTonne;
    DryLeafPerHectare in TonnePerHectare;
}

macro_rules! share {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub struct $name(Interval);
        impl $name {
            /// From 0 to 1.
            pub fn new(value: Interval) -> Result<Self, Refused> {
                if value.low().is_negative() {
                    return Err(Refused::BelowZero { low: value.low() });
                }
                if value.high() > Decimal::ONE {
                    return Err(Refused::AboveOne { high: value.high() });
                }
                Ok(Self(value))
            }
            pub const fn interval(self) -> Interval {
                self.0
            }
        }
    )*};
}

share! {
    /// Of the base.
    Purity;
    /// Cocaine alkaloid in dry leaf.
    Alkaloid;
    /// What the laboratories get out of the alkaloid.
    Efficiency;
}

/// Mass of hydrochloride from a mass of pure base. The salt weighs more than its base (339.8 to 303.4 g/mol), so the
/// ratio may pass 1.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BaseToHcl(Interval);

impl BaseToHcl {
    pub fn new(value: Interval) -> Result<Self, Refused> {
        if value.low().is_negative() {
            return Err(Refused::BelowZero { low: value.low() });
        }
        Ok(Self(value))
    }
    pub const fn interval(self) -> Interval {
        self.0
    }
}

impl FreshLeaf {
    pub fn harvested(self, yields: LeafYield) -> Result<HarvestedArea, Refused> {
        HarvestedArea::new(self.0.div(yields.0)?, HarvestedArea::UNIT)
    }
    pub fn cocaine(self, factor: HclPerLeaf) -> Result<Cocaine, Refused> {
        Cocaine::new(self.0.mul(factor.0)?.shift(-3)?, Cocaine::UNIT)
    }
    pub fn base(self, factor: BasePerLeaf) -> Result<Base, Refused> {
        Base::new(self.0.mul(factor.0)?.shift(-3)?, Base::UNIT)
    }
    pub fn per_hectare(self, harvested: HarvestedArea) -> Result<LeafYield, Refused> {
        LeafYield::new(self.0.div(harvested.interval())?, LeafYield::UNIT)
    }
}

impl Base {
    pub fn cocaine(self, purity: Purity, conversion: BaseToHcl) -> Result<Cocaine, Refused> {
        Cocaine::new(self.0.mul(purity.0)?.mul(conversion.0)?, Cocaine::UNIT)
    }
}

impl Cocaine {
    pub fn harvested(self, yields: HclPerHectare) -> Result<HarvestedArea, Refused> {
        HarvestedArea::new(self.0.shift(3)?.div(yields.0)?, HarvestedArea::UNIT)
    }
    pub fn leaf(self, factor: HclPerLeaf) -> Result<FreshLeaf, Refused> {
        FreshLeaf::new(self.0.shift(3)?.div(factor.0)?, FreshLeaf::UNIT)
    }
    pub fn per_leaf(self, leaf: FreshLeaf) -> Result<HclPerLeaf, Refused> {
        HclPerLeaf::new(self.0.shift(3)?.div(leaf.0)?, HclPerLeaf::UNIT)
    }
    pub fn per_hectare(self, harvested: HarvestedArea) -> Result<HclPerHectare, Refused> {
        HclPerHectare::new(self.0.shift(3)?.div(harvested.interval())?, HclPerHectare::UNIT)
    }
}
