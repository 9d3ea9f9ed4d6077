//! A year of fields from one 31 December to the next: what was cleared, what was planted, and how often the same field was
//! eradicated. Eradication counts passes and is never taken from a stock.

use serde::Serialize;

use super::Refused;
use super::areas::{AccumulatedEradication, AreaTouched, NetStock, implied_passes};
use crate::decimal::Decimal;
use crate::interval::Interval;

/// Hectares, each distinct one once, except the passes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct StockFlow {
    /// Bore coca in the year and no longer stood at its end.
    pub cleared: Interval,
    /// Bore coca in the year and had not stood at its beginning: new fields and replanted ones, which areas alone cannot
    /// tell apart. None where the opening stock is not known.
    pub planted: Option<Interval>,
    /// Eradication for each hectare cleared; none where nothing was cleared, or perhaps nothing.
    pub passes: Option<Interval>,
    /// Eradicated hectares beyond those cleared: fields that were eradicated again or stood again at the end. A lower
    /// bound of what came back, for a field may be cleared by its owner. Never below zero.
    pub came_back: Interval,
}

/// Closing is opening and planted less cleared. A field that stood at the end was
/// touched, so no stock exceeds the area touched.
// INVARIANT: no hectare appears or vanishes.
pub fn stock_flow(
    opening: Option<NetStock>,
    touched: AreaTouched,
    closing: NetStock,
    eradicated: AccumulatedEradication,
) -> Result<StockFlow, Refused> {
    let cleared = touched.cleared(closing)?;
    // The same subtraction at the other end of the year: touched and not standing then.
    let planted = opening.map(|opening| touched.cleared(opening)).transpose()?;
    let passes = if cleared.contains(Decimal::ZERO) {
        None
    } else {
        Some(implied_passes(eradicated, touched, closing)?)
    };
    let came_back = eradicated.interval().sub(cleared)?.max(Interval::exact(Decimal::ZERO));
    Ok(StockFlow { cleared, planted, passes, came_back })
}
