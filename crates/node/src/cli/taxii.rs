//! Options of `bitacora taxii`.

use clap::{Args, Subcommand};

#[derive(Debug, Args)]
pub(crate) struct TaxiiArgs {
    #[command(subcommand)]
    pub(crate) act: TaxiiAct,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TaxiiAct {
    /// Make a token, and the lines of bitacora.toml that let its holder in
    Token {
        /// The platform, as the log will name it
        name: String,
        /// It may also put objects into the inbox
        #[arg(long)]
        write: bool,
    },
}
