//! Options of `bitacora stix`.

use std::path::PathBuf;

use clap::Args;

use super::DataArgs;

#[derive(Debug, Args)]
pub(crate) struct StixArgs {
    /// Released documents as JSON, or leaves of a log (records/000.jsonl): the items of these that are shown; - is standard
    /// input
    #[arg(value_name = "FILE", required_unless_present = "all", conflicts_with = "all")]
    pub(crate) file: Option<PathBuf>,
    /// Everything that is shown: releases given and received, signed incidents, accepted leads
    #[arg(long)]
    pub(crate) all: bool,
    /// FILE is STIX 2.1 that anyone wrote: say what would be taken of it, and what is refused, by code and place. Nothing is
    /// stored
    #[arg(long, conflicts_with_all = ["all", "out"])]
    pub(crate) check: bool,
    /// With --check: JSON lines in place of a table
    #[arg(long, requires = "check")]
    pub(crate) json: bool,
    /// Write to a file, which appears when it is whole
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) data: DataArgs,
}
