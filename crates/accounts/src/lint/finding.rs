//! What the linter reports: a closed code, the row, the other rows of the arithmetic and the arithmetic itself as numbers.
//! A finding says that figures do not fit together, never which of them is right.

use std::sync::Arc;

use serde::Serialize;

use crate::codes::codes;
use crate::decimal::Decimal;
use crate::interval::Interval;
use crate::place::Place;
use crate::series::SeriesId;
use crate::units::Unit;

codes!(
    /// What does not fit.
    Code, "code of a finding",
    /// The parts do not add up to the total.
    SumMismatch = "sum_mismatch",
    /// A part, or two that exclude each other, are more than the whole.
    PartExceedsWhole = "part_exceeds_whole",
    /// A stated change is not the change of the levels.
    GrowthMismatch = "growth_mismatch",
    /// A stated change fits the levels on another base.
    GrowthWrongBase = "growth_wrong_base",
    /// A percentage of a part is given as one of the whole, or of another whole.
    WrongDenominator = "wrong_denominator",
    /// A stated share is not the share of the levels.
    ShareMismatch = "share_mismatch",
    /// Tonnes for kilograms, or a number format: a factor of 1,000.
    FactorThousand = "factor_thousand",
    /// Litres for gallons: a factor of 3.785.
    GallonsLitres = "gallons_litres",
    /// Acres for hectares: a factor of 2.471.
    AcresHectares = "acres_hectares",
    /// A fraction for a percentage: a factor of 100.
    PercentFraction = "percent_fraction",
    /// A yield outside what a field can bear.
    OutsidePhysicalRange = "outside_physical_range",
    /// The leaf by its yield and the cocaine by its own give harvested areas that do not meet.
    ChainMismatch = "chain_mismatch",
    /// Another figure of the same thing with two adjacent digits exchanged.
    DigitsSwapped = "digits_swapped",
    /// Another figure of the same thing with one digit changed.
    DigitChanged = "digit_changed",
    /// Another figure of the same thing with one digit more.
    DigitLost = "digit_lost",
    /// Two figures of the same thing that differ by one unit of the last printed place.
    LastPlace = "last_place",
    /// Two figures of the same thing that no rounding brings together.
    Conflict = "conflict",
    /// A part of a year stands where years stand.
    PartYear = "part_year",
    /// A figure as of a day after its source was published.
    PublishedBefore = "published_before",
    /// The figure of a wider or narrower scope.
    MixedScope = "mixed_scope",
    /// A running total stands where years stand.
    CumulativeAsYearly = "cumulative_as_yearly",
    /// The digits of another country's figure.
    CopiedFromPlace = "copied_from_place",
    /// The digits of another year's figure.
    CopiedFromYear = "copied_from_year",
    /// Far outside what the years beside it and the rivals say.
    Jump = "jump",
    /// Cocaine as the stock of 31 December times a yield.
    StockTimesYield = "stock_times_yield",
    /// A stock less an accumulated eradication.
    EradicationFromStock = "eradication_from_stock",
    /// Several figures of one year a factor of 1,000 off, or a cell that its column's format does not read.
    NumberFormat = "number_format",
    /// A DIVIPOLA code that went through a number format.
    DivipolaMangled = "divipola_mangled",
    /// One place under the code of another.
    PlaceUnderOtherCode = "place_under_other_code",
    /// A list that lacks members.
    ListShort = "list_short",
    /// A row that the import could not read.
    UnreadableRow = "unreadable_row",
);

/// A row of a file, its heading being line 1.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
pub struct At {
    #[serde(serialize_with = "text")]
    pub file: Arc<str>,
    pub line: u64,
}

fn text<S: serde::Serializer>(text: &str, out: S) -> Result<S::Ok, S::Error> {
    out.serialize_str(text)
}

codes!(
    /// How the operands give the computed number.
    Operator, "operator of a finding",
    /// All operands added.
    Sum = "sum",
    /// The first less the others.
    Difference = "difference",
    /// The first by the second.
    Ratio = "ratio",
    /// The first times the second.
    Product = "product",
    /// The first by the second, less 1, in percent.
    Growth = "growth",
    /// The first less the second, by the first, in percent.
    GrowthOnEnd = "growth_on_end",
    /// The first of the second, in percent.
    Share = "share",
    /// The one operand itself.
    Same = "same",
    /// How many there are.
    Count = "count",
    /// Days that the source could know of those that the period has.
    Days = "days",
);

#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Operand {
    pub value: Decimal,
    pub unit: Unit,
    pub at: Option<At>,
}

/// `operator(operands) = computed`, against what is stated; both with what their printed rounding allows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Arithmetic {
    pub operator: Operator,
    pub operands: Vec<Operand>,
    pub computed: Decimal,
    pub computed_within: Interval,
    pub stated: Decimal,
    pub stated_within: Interval,
    /// Of both numbers; none for bare numbers.
    pub unit: Option<Unit>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Finding {
    pub code: Code,
    pub at: At,
    /// None where the row could not be read.
    pub series: Option<SeriesId>,
    pub place: Option<Place>,
    /// The first other rows of the arithmetic, at most [`Finding::MOST_OTHERS`].
    pub others: Vec<At>,
    pub others_count: usize,
    pub arithmetic: Option<Arithmetic>,
    /// What stands in the cell, where it is no number that is wrong.
    pub text: Option<String>,
}

impl Finding {
    pub const MOST_OTHERS: usize = 40;
}
