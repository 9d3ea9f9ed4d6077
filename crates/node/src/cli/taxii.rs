//! Options of `bitacora taxii`.

use clap::{Args, Subcommand};

use super::DataArgs;

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
    /// How it stands with the servers that bitacora.toml names; asks none of them
    Servers {
        #[command(flatten)]
        data: DataArgs,
        /// JSON lines, one a server
        #[arg(long)]
        json: bool,
    },
    /// Read a server's collections into the inbox now
    Poll(TurnArgs),
    /// Hand this node's collections to a server now, as the running node last filled them
    Push(TurnArgs),
}

/// A turn with one server. A running node takes it; where none runs, it is taken here.
#[derive(Debug, Args)]
pub(crate) struct TurnArgs {
    /// The server, as bitacora.toml names it
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) data: DataArgs,
    /// The server's standing as JSON
    #[arg(long)]
    pub(crate) json: bool,
}
