//! `bitacora detect`: the detectors over a table of positions.

use std::path::PathBuf;

use clap::builder::TypedValueParser;
use clap::{Args, ValueEnum};

use super::DataArgs;

#[derive(Debug, Args)]
pub(crate) struct DetectArgs {
    /// What to find: one kind in a table of positions; in the archive any, and without one all
    #[arg(value_enum, value_name = "KIND", required_unless_present = "from")]
    pub(crate) kinds: Vec<DetectKind>,
    /// Our definition, or that of Global Fishing Watch for comparison
    #[arg(long, value_enum, default_value = "exact")]
    pub(crate) mode: Mode,
    /// Positions: CSV (plain, gzip or zstd), Parquet, or - for CSV on standard input
    #[arg(long = "in", value_name = "FILE", required_unless_present_any = ["describe", "events", "from"], conflicts_with = "from")]
    pub(crate) input: Option<PathBuf>,
    /// Names of columns: time=timestamp,mmsi=ssvid,...
    #[arg(long, value_name = "FIELD=COLUMN,...")]
    pub(crate) map: Option<String>,
    /// A parameter in place of its default; may be given several times
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) set: Vec<String>,
    /// For port visits: a table of id,lat,lon
    #[arg(long, value_name = "FILE")]
    pub(crate) anchorages: Option<PathBuf>,
    /// For port visits: port events as JSON, in place of positions
    #[arg(long, value_name = "FILE", conflicts_with = "input")]
    pub(crate) events: Option<PathBuf>,
    /// Print the definition and every parameter with its default
    #[arg(long)]
    pub(crate) describe: bool,
    /// JSON lines in place of CSV
    #[arg(long)]
    pub(crate) json: bool,
    /// Write to a file; over the archive also to a folder, a table a kind
    #[arg(long, value_name = "FILE|DIR")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) archive: ArchiveArgs,
}

/// The archive in place of a table.
#[derive(Debug, Args)]
#[command(next_help_heading = "Over the archive of positions")]
pub(crate) struct ArchiveArgs {
    /// First UTC day (2026-01-31), or instant (RFC 3339), whose events are reported
    #[arg(long, value_name = "DATE", requires = "to", conflicts_with_all = ["mode", "set", "map", "anchorages", "events"])]
    pub(crate) from: Option<String>,
    /// The day or instant before which these events begin: it is excluded
    #[arg(long, value_name = "DATE", requires = "from")]
    pub(crate) to: Option<String>,
    /// A folder of such Parquet files, or file://, s3://, gs://, az://, http(s):// [default: that of the data folder]
    #[arg(long, value_name = "DIR|URL", requires = "from")]
    pub(crate) archive: Option<String>,
    #[command(flatten)]
    pub(crate) data: DataArgs,
    /// Threads [default: one a core]
    #[arg(long, value_name = "N", requires = "from", value_parser = clap::value_parser!(u16).range(1..).map(usize::from))]
    pub(crate) workers: Option<usize>,
    /// Memory to stay within, MiB [default: 1024]
    #[arg(long, value_name = "MIB", requires = "from", value_parser = clap::value_parser!(u64).range(64..1_000_000))]
    pub(crate) memory: Option<u64>,
    /// Read only the fixes of so many days before --from and after --to [default: the whole archive]
    #[arg(long, value_name = "DAYS", requires = "from", value_parser = days)]
    pub(crate) margin: Option<f64>,
    /// Write what differs from the stored events as their next revisions
    #[arg(long, requires = "from", conflicts_with = "margin")]
    pub(crate) store: bool,
    /// Stop after so many units of work; the next run goes on
    #[arg(long, value_name = "N", requires = "from", hide = true)]
    pub(crate) units: Option<usize>,
}

fn days(text: &str) -> Result<f64, String> {
    let days = text.parse().ok().filter(|days: &f64| (0.0..=36_525.0).contains(days));
    days.ok_or_else(|| "not a number of days from 0 to 36525".to_owned())
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum DetectKind {
    Segments,
    Encounters,
    Gaps,
    Loitering,
    Stops,
    PortVisits,
    Identity,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum Mode {
    Exact,
    Gfw,
}
