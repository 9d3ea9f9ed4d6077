//! Everything that follows from what is given of the chain, each quantity by every route that leads to it, so that two
//! routes that do not meet show a figure that is wrong.

use crate::codes::codes;

use super::Refused;
use super::areas::{HarvestedArea, NetStock};
use super::steps::{Cocaine, FreshLeaf, HclPerHectare, HclPerLeaf, LeafYield};
use crate::interval::Interval;
use crate::series::Quantity;

codes!(
    /// A quantity of the chain.
    Step, "step of the chain",
    Harvested = "harvested_area",
    Leaf = "fresh_leaf",
    Cocaine = "cocaine",
    LeafYield = "leaf_yield",
    HclPerHectare = "hcl_per_hectare",
    HclPerLeaf = "hcl_per_leaf",
);

codes!(
    /// How one follows from two others.
    Formula, "formula of the chain",
    LeafOverYield = "leaf_over_yield",
    CocaineOverHclPerHectare = "cocaine_over_hcl_per_hectare",
    AreaTimesYield = "area_times_yield",
    CocaineOverHclPerLeaf = "cocaine_over_hcl_per_leaf",
    LeafTimesHclPerLeaf = "leaf_times_hcl_per_leaf",
    AreaTimesHclPerHectare = "area_times_hcl_per_hectare",
    LeafOverArea = "leaf_over_area",
    CocaineOverArea = "cocaine_over_area",
    CocaineOverLeaf = "cocaine_over_leaf",
);

/// What is known. A net stock is taken only to be refused as a harvested area.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Givens {
    pub harvested: Option<HarvestedArea>,
    pub leaf: Option<FreshLeaf>,
    pub cocaine: Option<Cocaine>,
    pub leaf_yield: Option<LeafYield>,
    pub hcl_per_hectare: Option<HclPerHectare>,
    pub hcl_per_leaf: Option<HclPerLeaf>,
    pub net_stock: Option<NetStock>,
}

/// A quantity in its own unit and the formula it came by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Derived {
    pub step: Step,
    pub formula: Formula,
    pub interval: Interval,
    /// The steps that it rests on, one bit each.
    rests_on: u8,
}

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Closed {
    pub given: Vec<(Step, Interval)>,
    pub derived: Vec<Derived>,
}

impl Closed {
    /// Every interval for one step, the given one first.
    pub fn intervals(&self, step: Step) -> Vec<Interval> {
        let given = self.given.iter().filter(|(own, _)| *own == step).map(|(_, interval)| *interval);
        given.chain(self.derived.iter().filter(|own| own.step == step).map(|own| own.interval)).collect()
    }

    /// What all routes allow for a step; none where two of them do not meet, or where nothing leads there.
    pub fn overlap(&self, step: Step) -> Option<Interval> {
        let mut all = self.intervals(step).into_iter();
        let first = all.next()?;
        all.try_fold(first, Interval::overlap)
    }

    /// The steps at which two routes contradict each other.
    pub fn contradictions(&self) -> Vec<Step> {
        let known = Step::ALL.iter().copied().filter(|step| !self.intervals(*step).is_empty());
        known.filter(|step| self.overlap(*step).is_none()).collect()
    }
}

/// Target, inputs.
const fn shape(formula: Formula) -> (Step, Step, Step) {
    match formula {
        Formula::LeafOverYield => (Step::Harvested, Step::Leaf, Step::LeafYield),
        Formula::CocaineOverHclPerHectare => (Step::Harvested, Step::Cocaine, Step::HclPerHectare),
        Formula::AreaTimesYield => (Step::Leaf, Step::Harvested, Step::LeafYield),
        Formula::CocaineOverHclPerLeaf => (Step::Leaf, Step::Cocaine, Step::HclPerLeaf),
        Formula::LeafTimesHclPerLeaf => (Step::Cocaine, Step::Leaf, Step::HclPerLeaf),
        Formula::AreaTimesHclPerHectare => (Step::Cocaine, Step::Harvested, Step::HclPerHectare),
        Formula::LeafOverArea => (Step::LeafYield, Step::Leaf, Step::Harvested),
        Formula::CocaineOverArea => (Step::HclPerHectare, Step::Cocaine, Step::Harvested),
        Formula::CocaineOverLeaf => (Step::HclPerLeaf, Step::Cocaine, Step::Leaf),
    }
}

fn compute(formula: Formula, a: Interval, b: Interval) -> Result<Interval, Refused> {
    Ok(match formula {
        Formula::LeafOverYield | Formula::LeafOverArea => a.div(b)?,
        Formula::CocaineOverHclPerHectare
        | Formula::CocaineOverHclPerLeaf
        | Formula::CocaineOverArea
        | Formula::CocaineOverLeaf => a.shift(3)?.div(b)?,
        Formula::AreaTimesYield => a.mul(b)?,
        // Kilograms to tonnes.
        Formula::LeafTimesHclPerLeaf | Formula::AreaTimesHclPerHectare => a.mul(b)?.shift(-3)?,
    })
}

const fn bit(step: Step) -> u8 {
    1 << step as u8
}

/// Applies every formula once its inputs are known, and none to inputs that themselves rest on its result.
pub fn close(givens: &Givens) -> Result<Closed, Refused> {
    let yields = givens.leaf_yield.is_some() || givens.hcl_per_hectare.is_some();
    if givens.net_stock.is_some() && yields {
        return Err(Refused::StockTimesYield(Quantity::NetStock));
    }
    let all = [
        (Step::Harvested, givens.harvested.map(HarvestedArea::interval)),
        (Step::Leaf, givens.leaf.map(FreshLeaf::interval)),
        (Step::Cocaine, givens.cocaine.map(Cocaine::interval)),
        (Step::LeafYield, givens.leaf_yield.map(LeafYield::interval)),
        (Step::HclPerHectare, givens.hcl_per_hectare.map(HclPerHectare::interval)),
        (Step::HclPerLeaf, givens.hcl_per_leaf.map(HclPerLeaf::interval)),
    ];
    let given = all.into_iter().filter_map(|(step, interval)| Some((step, interval?))).collect();
    let mut closed = Closed { given, derived: Vec::new() };
    // Each round adds at least one of nine formulas, or ends.
    loop {
        let mut grown = false;
        for formula in Formula::ALL.iter().copied() {
            if closed.derived.iter().any(|own| own.formula == formula) {
                continue;
            }
            let (step, first, second) = shape(formula);
            let input = |wanted: Step| -> Option<(Interval, u8)> {
                let given = closed.given.iter().find(|(own, _)| *own == wanted);
                if let Some((_, interval)) = given {
                    return Some((*interval, bit(wanted)));
                }
                let fits = |own: &&Derived| own.step == wanted && own.rests_on & bit(step) == 0;
                closed.derived.iter().find(fits).map(|own| (own.interval, own.rests_on))
            };
            let Some(((a, on_a), (b, on_b))) = input(first).zip(input(second)) else { continue };
            let interval = compute(formula, a, b)?;
            closed.derived.push(Derived { step, formula, interval, rests_on: on_a | on_b | bit(step) });
            grown = true;
        }
        if !grown {
            return Ok(closed);
        }
    }
}
