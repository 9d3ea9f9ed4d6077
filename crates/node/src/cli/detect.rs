//! `bitacora detect`: the detectors over a table of positions.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
pub(crate) struct DetectArgs {
    /// What to find
    #[arg(value_enum)]
    pub(crate) kind: DetectKind,
    /// Our definition, or that of Global Fishing Watch for comparison
    #[arg(long, value_enum, default_value = "exact")]
    pub(crate) mode: Mode,
    /// Positions: CSV (plain, gzip or zstd), Parquet, or - for CSV on standard input
    #[arg(long = "in", value_name = "FILE", required_unless_present_any = ["describe", "events"])]
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
    /// Write to a file
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
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
