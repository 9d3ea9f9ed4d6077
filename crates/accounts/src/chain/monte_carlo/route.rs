//! Which factors make cocaine out of which area or leaf. A list that is none of the routes is refused, and an area that is
//! not harvested never meets a yield.

use serde::Serialize;

use super::NotDrawn;
use super::spread::{Law, Spread};
use crate::chain::{
    Alkaloid, BasePerLeaf, BaseToHcl, Cocaine, DryLeafPerHectare, Efficiency, FreshLeaf, HarvestedArea,
    HclPerHectare, HclPerLeaf, LeafYield, Purity, Refused, UsableLeafArea,
};
use crate::codes::codes;
use crate::decimal::Decimal;
use crate::interval::Interval;
use crate::series::Quantity;
use crate::units::Unit;

codes!(
    /// A factor of the product.
    Link, "factor of the chain",
    Harvested = "harvested_area",
    UsableLeaf = "usable_leaf_area",
    NetStock = "net_stock",
    Touched = "area_touched",
    Eradication = "accumulated_eradication",
    Leaf = "fresh_leaf",
    LeafYield = "leaf_yield",
    BasePerLeaf = "base_per_leaf",
    Purity = "purity",
    BaseToHcl = "base_to_hcl",
    HclPerLeaf = "hcl_per_leaf",
    HclPerHectare = "hcl_per_hectare",
    DryLeafPerHectare = "dry_leaf_per_hectare",
    Alkaloid = "alkaloid",
    Efficiency = "efficiency",
);

/// The products that are tonnes of pure cocaine, each in the order of its steps, and whether one factor is in kilograms.
const ROUTES: [(&[Link], bool); 6] = [
    (&[Link::Harvested, Link::LeafYield, Link::BasePerLeaf, Link::Purity, Link::BaseToHcl], true),
    (&[Link::Harvested, Link::LeafYield, Link::HclPerLeaf], true),
    (&[Link::Harvested, Link::HclPerHectare], true),
    (&[Link::Leaf, Link::BasePerLeaf, Link::Purity, Link::BaseToHcl], true),
    (&[Link::Leaf, Link::HclPerLeaf], true),
    (&[Link::UsableLeaf, Link::DryLeafPerHectare, Link::Alkaloid, Link::Efficiency], false),
];

impl Link {
    /// The kind of area; none for what is none.
    pub const fn area(self) -> Option<Quantity> {
        match self {
            Self::Harvested => Some(Quantity::HarvestedArea),
            Self::UsableLeaf => Some(Quantity::UsableLeafArea),
            Self::NetStock => Some(Quantity::NetStock),
            Self::Touched => Some(Quantity::AreaTouched),
            Self::Eradication => Some(Quantity::AccumulatedEradication),
            _ => None,
        }
    }
    /// A share of one whole.
    const fn is_share(self) -> bool {
        matches!(self, Self::Purity | Self::Alkaloid | Self::Efficiency)
    }

    /// The span in the unit of this step, checked by the step's own type. Shares have no unit: `percent` or none.
    fn kept(self, span: Interval, unit: Option<Unit>) -> Result<Interval, NotDrawn> {
        let given = || unit.ok_or(NotDrawn::UnitMissing { link: self.code() });
        let whole = || match unit {
            None => Ok(span),
            Some(Unit::Percent) => Ok(span.shift(-2).map_err(Refused::from)?),
            Some(_) => Err(NotDrawn::UnitOfShare { link: self.code() }),
        };
        Ok(match self {
            Self::Harvested => HarvestedArea::new(span, given()?)?.interval(),
            Self::UsableLeaf => UsableLeafArea::new(span, given()?)?.interval(),
            // Refused as no route before it comes to this.
            Self::NetStock | Self::Touched | Self::Eradication => span,
            Self::Leaf => FreshLeaf::new(span, given()?)?.interval(),
            Self::LeafYield => LeafYield::new(span, given()?)?.interval(),
            Self::BasePerLeaf => BasePerLeaf::new(span, given()?)?.interval(),
            Self::HclPerLeaf => HclPerLeaf::new(span, given()?)?.interval(),
            Self::HclPerHectare => HclPerHectare::new(span, given()?)?.interval(),
            Self::DryLeafPerHectare => DryLeafPerHectare::new(span, given()?)?.interval(),
            Self::Purity => Purity::new(whole()?)?.interval(),
            Self::BaseToHcl => BaseToHcl::new(whole()?)?.interval(),
            Self::Alkaloid => Alkaloid::new(whole()?)?.interval(),
            Self::Efficiency => Efficiency::new(whole()?)?.interval(),
        })
    }
}

/// A factor as it is given. Ratios without a dimension take no unit, or percent.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct Given {
    pub link: Link,
    pub spread: Spread,
    pub unit: Option<Unit>,
}

/// A factor in the unit of its step.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Term {
    pub(super) link: Link,
    pub(super) law: Law,
    pub(super) span: Interval,
    pub(super) bounded: bool,
}

/// A product that makes tonnes of cocaine.
#[derive(Clone, PartialEq, Debug)]
pub struct Production {
    pub(super) terms: Vec<Term>,
    /// 0.001 where one factor counts kilograms.
    pub(super) scale: f64,
    kilograms: bool,
}

/// A share's lognormal tail beyond one whole is drawn again; where more than this lies there, the spread is wrong.
const MOST_ABOVE_ONE: f64 = 0.05;

impl Production {
    pub const UNIT: Unit = Cocaine::UNIT;

    /// Takes the factors in any order.
    // INVARIANT: no draw multiplies a stock on a day by a yield.
    pub fn new(factors: &[Given]) -> Result<Self, NotDrawn> {
        let mut links: Vec<Link> = factors.iter().map(|factor| factor.link).collect();
        links.sort_unstable();
        if let Some(link) = links.windows(2).find_map(|pair| match pair {
            [a, b] if a == b => Some(*a),
            _ => None,
        }) {
            return Err(NotDrawn::Twice { link: link.code() });
        }
        let route = ROUTES.iter().find(|(route, _)| {
            route.len() == links.len() && route.iter().all(|link| links.binary_search(link).is_ok())
        });
        let Some((route, kilograms)) = route else {
            let wrong = links.iter().filter_map(|link| link.area()).find(|area| {
                !matches!(area, Quantity::HarvestedArea | Quantity::UsableLeafArea)
                    || (*area == Quantity::UsableLeafArea && !links.contains(&Link::DryLeafPerHectare))
            });
            return Err(match wrong {
                Some(area) if links.len() > 1 => Refused::StockTimesYield(area).into(),
                _ => NotDrawn::NoRoute { links: links.iter().map(|link| link.code()).collect() },
            });
        };
        let mut terms = Vec::with_capacity(route.len());
        for link in *route {
            let Some(given) = factors.iter().find(|factor| factor.link == *link) else { continue };
            let span = link.kept(given.spread.span(), given.unit)?;
            let law = given.spread.law(span, link.code())?;
            if link.is_share() && law.above(1.0) > MOST_ABOVE_ONE {
                return Err(NotDrawn::ShareAboveOne { link: link.code() });
            }
            terms.push(Term { link: *link, law, span, bounded: given.spread.is_bounded() });
        }
        Ok(Self { terms, scale: if *kilograms { 1e-3 } else { 1.0 }, kilograms: *kilograms })
    }

    /// The factors in the order of the steps.
    pub fn links(&self) -> Vec<Link> {
        self.terms.iter().map(|term| term.link).collect()
    }

    /// The product in interval arithmetic: none where a factor has no bounds.
    pub fn bounds(&self) -> Result<Option<Interval>, Refused> {
        if !self.terms.iter().all(|term| term.bounded) {
            return Ok(None);
        }
        let mut product = Interval::exact(Decimal::ONE);
        for term in &self.terms {
            product = product.mul(term.span)?;
        }
        Ok(Some(if self.kilograms { product.shift(-3)? } else { product }))
    }
}

impl Term {
    /// One draw, and how many were above one whole before it.
    pub(super) fn draw(&self, chance: &mut crate::chance::Chance) -> (f64, u32) {
        let mut redrawn = 0;
        loop {
            let drawn = self.law.draw(chance);
            if !self.link.is_share() || drawn <= 1.0 {
                return (drawn, redrawn);
            }
            redrawn += 1;
            // One in twenty at most is above: a hundred in a row do not happen.
            if redrawn > 100 {
                return (1.0, redrawn);
            }
        }
    }
}
