//! `bitacora accounts chain`: what follows from given links of the production chain, by every route, as intervals.

use std::fmt::Write as _;
use std::process::ExitCode;

use bitacora_accounts::chain::monte_carlo::{Given, Link, Production, Spread, draw};
use bitacora_accounts::chain::{
    Cocaine, FreshLeaf, Givens, HarvestedArea, HclPerHectare, HclPerLeaf, LeafYield, NetStock, Refused, Step,
    close,
};
use bitacora_accounts::chance::Chance;
use bitacora_accounts::{Decimal, Interval, Rounding, Unit};
use serde_json::json;

use crate::cli::accounts::ChainArgs;
use crate::error::NodeError;
use crate::summary::say;
use crate::words::Words;

/// Ends are printed outward to so many digits after the point.
const PLACES: i32 = 3;

pub(super) fn run(args: &ChainArgs, words: Words) -> Result<ExitCode, NodeError> {
    let closed = givens(args).and_then(|givens| close(&givens)).map_err(NodeError::Chain)?;
    let contradictions = closed.contradictions();
    let mut text = String::new();
    for derived in &closed.derived {
        let (low, high) =
            (outward(derived.interval.low(), Rounding::Down), outward(derived.interval.high(), Rounding::Up));
        let (step, unit, formula) = (derived.step.code(), unit(derived.step), derived.formula.code());
        let row = json!({ "step": step, "low": low, "high": high, "unit": unit, "formula": formula });
        let _ = if args.json {
            writeln!(text, "{row}")
        } else {
            writeln!(
                text,
                "{:<32}  {low} .. {high} {unit}  ({})",
                words.chain_step(derived.step),
                words.chain_formula(derived.formula)
            )
        };
    }
    for step in
        [Step::Harvested, Step::Leaf, Step::Cocaine, Step::LeafYield, Step::HclPerHectare, Step::HclPerLeaf]
    {
        let routes = closed.intervals(step).len();
        if routes < 2 {
            continue;
        }
        let contradicts = contradictions.contains(&step);
        let overlap = closed.overlap(step);
        let ends =
            overlap.map(|both| (outward(both.low(), Rounding::Down), outward(both.high(), Rounding::Up)));
        let _ = if args.json {
            let (low, high) = ends.unzip();
            writeln!(
                text,
                "{}",
                json!({ "step": step.code(), "routes": routes, "meet": !contradicts, "low": low, "high": high, "unit": unit(step) })
            )
        } else {
            match ends {
                Some((low, high)) => writeln!(
                    text,
                    "{:<32}  {low} .. {high} {}  {}",
                    words.chain_step(step),
                    unit(step),
                    words.chain_meet()
                ),
                None => writeln!(text, "{:<32}  {}", words.chain_step(step), words.chain_apart()),
            }
        };
    }
    if let Some(draws) = args.draws {
        text.push_str(&drawn(args, draws, words)?);
    }
    say(&text)?;
    Ok(if contradictions.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The product drawn from its factors: quantiles, and the share of each factor in the spread.
fn drawn(args: &ChainArgs, draws: u32, words: Words) -> Result<String, NodeError> {
    let factors = [
        (Link::Harvested, args.harvested, Unit::Hectare),
        (Link::Leaf, args.leaf, Unit::TonneFreshLeaf),
        (Link::LeafYield, args.yield_ha, Unit::TonnePerHectareYear),
        (Link::HclPerLeaf, args.hcl_per_t, Unit::KilogramPerTonne),
        (Link::HclPerHectare, args.hcl_per_ha, Unit::KilogramPerHarvestedHectare),
        (Link::NetStock, args.net_area, Unit::Hectare),
    ];
    let spread = |own: Interval| if own.is_exact() { Spread::Exact(own.low()) } else { Spread::Uniform(own) };
    let given: Vec<Given> = factors
        .into_iter()
        .filter_map(|(link, own, unit)| Some(Given { link, spread: spread(own?), unit: Some(unit) }))
        .collect();
    let outcome = Production::new(&given).and_then(|own| draw(&own, &mut Chance::seeded(args.seed), draws));
    let outcome = outcome.map_err(|error| NodeError::NotDrawn { why: error.to_string() })?;
    if args.json {
        return Ok(format!("{}\n", serde_json::to_string(&outcome)?));
    }
    let mut text = format!("{}  {draws}, seed {}\n", words.chain_draws(), args.seed);
    for quantile in &outcome.quantiles {
        let _ = writeln!(text, "  {:>3} %  {:.1} {}", quantile.percent, quantile.value, outcome.unit);
    }
    for factor in &outcome.factors {
        let share = factor.share.map_or_else(|| "-".to_owned(), |share| format!("{:.0} %", 100.0 * share));
        let _ = writeln!(text, "  {:<20} {share}", factor.link.to_string());
    }
    Ok(text)
}

fn givens(args: &ChainArgs) -> Result<Givens, Refused> {
    fn take<T>(
        given: Option<Interval>,
        unit: Unit,
        new: impl Fn(Interval, Unit) -> Result<T, Refused>,
    ) -> Result<Option<T>, Refused> {
        given.map(|given| new(given, unit)).transpose()
    }
    Ok(Givens {
        harvested: take(args.harvested, Unit::Hectare, HarvestedArea::new)?,
        leaf: take(args.leaf, Unit::TonneFreshLeaf, FreshLeaf::new)?,
        cocaine: take(args.cocaine, Unit::Tonne, Cocaine::new)?,
        leaf_yield: take(args.yield_ha, Unit::TonnePerHectareYear, LeafYield::new)?,
        hcl_per_hectare: take(args.hcl_per_ha, Unit::KilogramPerHarvestedHectare, HclPerHectare::new)?,
        hcl_per_leaf: take(args.hcl_per_t, Unit::KilogramPerTonne, HclPerLeaf::new)?,
        net_stock: take(args.net_area, Unit::Hectare, NetStock::new)?,
    })
}

const fn unit(step: Step) -> Unit {
    match step {
        Step::Harvested => HarvestedArea::UNIT,
        Step::Leaf => FreshLeaf::UNIT,
        Step::Cocaine => Cocaine::UNIT,
        Step::LeafYield => LeafYield::UNIT,
        Step::HclPerHectare => HclPerHectare::UNIT,
        Step::HclPerLeaf => HclPerLeaf::UNIT,
    }
}

fn outward(value: Decimal, rounding: Rounding) -> Decimal {
    value.round_to(PLACES, rounding).unwrap_or(value)
}
