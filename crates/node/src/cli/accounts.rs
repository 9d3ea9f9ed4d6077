//! Options of `bitacora accounts`: figures in, verdicts, reports and bundles out.

use std::path::PathBuf;

use bitacora_accounts::{Day, Interval, Place, SeriesId, Unit, number};
use clap::{Args, Subcommand, ValueEnum};

use super::DataArgs;

#[derive(Debug, Args)]
pub(crate) struct AccountsArgs {
    #[command(subcommand)]
    pub(crate) act: AccountsAct,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AccountsAct {
    /// Keep tables of figures or promises in the data folder; the same file again changes nothing
    #[command(after_help = "Example:\n  bitacora accounts import cultivation.csv commitments.csv\n  \
        bitacora accounts import coca.xlsx --series co.cult.unodc --unit ha --source \"ODC, 2019-09-26\"")]
    Import(ImportArgs),
    /// Check tables against themselves and one another: finding, row, arithmetic
    #[command(after_help = "Example:\n  bitacora accounts lint production_un.csv production_us.csv --json")]
    Lint(LintArgs),
    /// Every promise under every method, baseline, vintage and interval end
    #[command(after_help = "Example:\n  bitacora accounts verdicts --json\n  \
        bitacora accounts verdicts plan-colombia-50pct --as-of 2018-12-31")]
    Verdicts(VerdictsArgs),
    /// The methods that figures come from
    Methods(ListArgs),
    /// What is followed, programme by programme; what is missing is said to be missing
    Programmes(ProgrammesArgs),
    /// What was known of a series on a day
    #[command(after_help = "Example:\n  bitacora accounts asof co.prod.unodc 2018-12-31")]
    Asof(AsofArgs),
    /// What the world moved and what the method moved between two days
    #[command(after_help = "Example:\n  bitacora accounts moved 2018-06-30 2020-12-31")]
    Moved(MovedArgs),
    /// Rival methods of an indicator side by side: curves, hull, divergence, and how published intervals fared
    #[command(after_help = "Example:\n  bitacora accounts rivals co.cultivation\n  \
        bitacora accounts rivals co.cultivation --pooled")]
    Rivals(RivalsArgs),
    /// From hectares to leaf to cocaine, in intervals that hold what rounding hid
    #[command(
        after_help = "Example:\n  bitacora accounts chain --leaf 930900 --yield-ha 5.6 --hcl-per-t 1.146\n  \
        bitacora accounts chain --cocaine 1379 --hcl-per-ha 8.2 --leaf 930900 --yield-ha 5.6\n\n\
        `930900` is exact, `~930900` is rounded to its last digit that is not zero, `5.6` to its last place;\n\
        `1174..1623` is an interval."
    )]
    Chain(Box<ChainArgs>),
    /// Who said what, and how it stands to what was measured
    Claims(ListArgs),
    /// Read articles and communiques: quantities, dates, actors and claims, as proposals that a person accepts
    #[command(after_help = "Example:\n  bitacora accounts read communique.txt --published 2021-06-23")]
    Read(ReadArgs),
    /// Take a proposed quantity into the accounts; the officer answers for it
    #[command(
        after_help = "Example:\n  bitacora accounts accept communique.txt --quantity 3 --series co.erad.manual.odc \
        --place COL --period 2017 --officer off-..."
    )]
    Accept(AcceptArgs),
    /// Write all figures, or those of a series
    #[command(
        after_help = "Example:\n  bitacora accounts export --format sdmx --series co.cult.us --out us.csv"
    )]
    Export(ExportArgs),
    /// The working group's report from one snapshot: the same bytes from the same facts
    #[command(
        after_help = "Example:\n  bitacora accounts report --as-of 2025-12-31 --lang es --out informe.pdf\n  \
        bitacora accounts report --as-of 2025-12-31 --since 2021-06-23 --lang en --out report.html"
    )]
    Report(ReportArgs),
    /// Write everything from which the other government computes every verdict again
    #[command(after_help = "Example:\n  bitacora accounts bundle --as-of 2025-12-31 --out accounts.json")]
    Bundle(BundleArgs),
    /// Compute a bundle's verdicts again, offline, and compare the hashes
    #[command(after_help = "Example:\n  bitacora accounts verify accounts.json --key colombia.vkey")]
    Verify {
        bundle: PathBuf,
        /// Public key of the node that may have signed it
        #[arg(long, value_name = "FILE")]
        key: Vec<PathBuf>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct LayoutArgs {
    /// What a table with one column a year means, as JSON: series, place, unit, source_name, ...
    #[arg(long, value_name = "FILE", conflicts_with_all = ["place_column"])]
    pub(crate) mapping: Option<PathBuf>,
    /// Series of a table with one column a year, or of an SDMX message that names none
    #[arg(long, value_name = "SERIES", value_parser = series)]
    pub(crate) series: Option<SeriesId>,
    /// Unit of such a table or message
    #[arg(long, value_name = "UNIT", value_parser = unit)]
    pub(crate) unit: Option<Unit>,
    /// Place of such a table or message, where no column has it
    #[arg(long, value_name = "PLACE", value_parser = place)]
    pub(crate) place: Option<Place>,
    /// Column of a table with one column a year that holds the places
    #[arg(long, value_name = "COLUMN")]
    pub(crate) place_column: Option<String>,
    /// Sheet of a workbook; without it every sheet that is shown
    #[arg(long, value_name = "NAME")]
    pub(crate) sheet: Option<String>,
    /// Source of a table that does not name its own, with its date
    #[arg(long, value_name = "NAME")]
    pub(crate) source: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    #[command(flatten)]
    pub(crate) data: DataArgs,
    #[command(flatten)]
    pub(crate) layout: LayoutArgs,
    /// Who imports; without it the node itself
    #[arg(long, value_name = "OFFICER")]
    pub(crate) officer: Option<String>,
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct LintArgs {
    #[command(flatten)]
    pub(crate) layout: LayoutArgs,
    #[arg(long)]
    pub(crate) json: bool,
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct VerdictsArgs {
    #[command(flatten)]
    pub(crate) data: DataArgs,
    /// Only these promises
    #[arg(value_name = "COMMITMENT")]
    pub(crate) commitments: Vec<String>,
    /// As known on this day; without it all that is known
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub(crate) as_of: Option<Day>,
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    pub(crate) data: DataArgs,
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ProgrammesArgs {
    #[command(flatten)]
    pub(crate) data: DataArgs,
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub(crate) as_of: Option<Day>,
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct AsofArgs {
    #[command(flatten)]
    pub(crate) data: DataArgs,
    #[arg(value_parser = series)]
    pub(crate) series: SeriesId,
    #[arg(value_name = "DATE", value_parser = day)]
    pub(crate) day: Day,
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct MovedArgs {
    #[command(flatten)]
    pub(crate) data: DataArgs,
    #[arg(value_name = "FROM", value_parser = day)]
    pub(crate) from: Day,
    #[arg(value_name = "TO", value_parser = day)]
    pub(crate) to: Day,
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct RivalsArgs {
    #[command(flatten)]
    pub(crate) data: DataArgs,
    #[arg(value_parser = series)]
    pub(crate) indicator: SeriesId,
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub(crate) as_of: Option<Day>,
    /// The pooled curve too: a view, never a source
    #[arg(long)]
    pub(crate) pooled: bool,
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ChainArgs {
    /// Fresh leaf, t
    #[arg(long, value_name = "T", value_parser = quantity)]
    pub(crate) leaf: Option<Interval>,
    /// Cocaine hydrochloride, t
    #[arg(long, value_name = "T", value_parser = quantity)]
    pub(crate) cocaine: Option<Interval>,
    /// Harvested area, ha
    #[arg(long, value_name = "HA", value_parser = quantity)]
    pub(crate) harvested: Option<Interval>,
    /// Fresh leaf of a harvested hectare, t
    #[arg(long, value_name = "T_PER_HA", value_parser = quantity)]
    pub(crate) yield_ha: Option<Interval>,
    /// Hydrochloride of a harvested hectare, kg
    #[arg(long, value_name = "KG_PER_HA", value_parser = quantity)]
    pub(crate) hcl_per_ha: Option<Interval>,
    /// Hydrochloride of a tonne of fresh leaf, kg
    #[arg(long, value_name = "KG_PER_T", value_parser = quantity)]
    pub(crate) hcl_per_t: Option<Interval>,
    /// Area on a day, ha: taken only to say that it is no harvested area
    #[arg(long, value_name = "HA", value_parser = quantity)]
    pub(crate) net_area: Option<Interval>,
    /// Also draw the product so many times, each factor uniform over its interval, and say which one drives the spread
    #[arg(long, value_name = "N")]
    pub(crate) draws: Option<u32>,
    #[arg(long, value_name = "SEED", default_value_t = 1)]
    pub(crate) seed: u64,
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ReadArgs {
    /// The day on which it appeared; without it the day that the text prints
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub(crate) published: Option<Day>,
    #[arg(long)]
    pub(crate) json: bool,
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct AcceptArgs {
    #[command(flatten)]
    pub(crate) data: DataArgs,
    pub(crate) file: PathBuf,
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub(crate) published: Option<Day>,
    /// Number of the proposal, as `accounts read` prints it
    #[arg(long, value_name = "N")]
    pub(crate) quantity: u32,
    #[arg(long, value_parser = series)]
    pub(crate) series: SeriesId,
    #[arg(long, value_parser = place)]
    pub(crate) place: Place,
    /// 2017, 2017-09, 2017-12-31 or 2017-01-01/2017-09-30
    #[arg(long)]
    pub(crate) period: String,
    /// measured, claimed, leaked, tertiary or contested
    #[arg(long, default_value = "claimed")]
    pub(crate) status: String,
    #[arg(long, value_name = "OFFICER")]
    pub(crate) officer: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum ExportFormat {
    Csv,
    Sdmx,
    Csvw,
    Prov,
}

#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    #[command(flatten)]
    pub(crate) data: DataArgs,
    #[arg(long, value_enum, default_value = "csv")]
    pub(crate) format: ExportFormat,
    #[arg(long, value_name = "SERIES", value_parser = series)]
    pub(crate) series: Option<SeriesId>,
    /// As known on this day; without it every vintage
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub(crate) as_of: Option<Day>,
    /// Without it, standard output
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    #[command(flatten)]
    pub(crate) data: DataArgs,
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub(crate) as_of: Day,
    /// Also what moved since then
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub(crate) since: Option<Day>,
    /// PDF, or HTML where the name ends so
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct BundleArgs {
    #[command(flatten)]
    pub(crate) data: DataArgs,
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub(crate) as_of: Day,
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

fn series(text: &str) -> Result<SeriesId, String> {
    SeriesId::read(text).map_err(|error| error.to_string())
}
fn place(text: &str) -> Result<Place, String> {
    Place::read(text).map_err(|error| error.to_string())
}
fn unit(text: &str) -> Result<Unit, String> {
    Unit::read(text).map_err(|error| error.to_string())
}
fn day(text: &str) -> Result<Day, String> {
    text.parse().map_err(|_| "it is no day such as 2025-12-31".to_owned())
}

/// `930900` is exact, `~930900` and `5.6` are rounded to their last place, `1174..1623` is an interval.
fn quantity(text: &str) -> Result<Interval, String> {
    let one = |text: &str| number::read(text, Some(number::Locale::En)).map_err(|error| error.to_string());
    if let Some((low, high)) = text.split_once("..") {
        let (low, high) = (one(low)?.value(), one(high)?.value());
        return Interval::new(low, high).map_err(|error| error.to_string());
    }
    one(text)?.interval().map_err(|error| error.to_string())
}
