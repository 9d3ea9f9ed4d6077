//! What can end a command. Each names the place; [`crate::words`] adds what to do, in the officer's language.

use std::net::SocketAddr;
use std::path::PathBuf;

use bitacora_store::StoreError;

#[derive(Debug, thiserror::Error)]
pub(crate) enum NodeError {
    #[error("the operating system gives no randomness")]
    Random,
    #[error("`{path}` cannot be {act}")]
    File {
        path: PathBuf,
        act: &'static str,
        #[source]
        cause: std::io::Error,
    },
    #[error("`{path}` line {line}: {why}")]
    Config { path: PathBuf, line: usize, why: String },
    #[error("key `{path}` is not usable: {why}")]
    Key { path: PathBuf, why: String },
    #[error("address `{address}` cannot be served on")]
    Bind {
        address: SocketAddr,
        #[source]
        cause: std::io::Error,
    },
    #[error("`{url}` is not a feed: {why}")]
    FeedUrl { url: String, why: String },
    #[error("feed `{url}` cannot be reached")]
    FeedUnreachable {
        url: String,
        #[source]
        cause: std::io::Error,
    },
    #[error("`{path}` has no timestamps")]
    NoTime { path: String },
    #[error(transparent)]
    Open(#[from] bitacora_feeds::open::OpenError),
    #[error(transparent)]
    Positions(#[from] bitacora_feeds::positions::PositionsError),
    #[error("`{entry}` is no parameter of this detector: {why}")]
    Parameter { entry: String, why: String },
    #[error("`{text}` cannot begin or end a run: {why}")]
    Window { text: String, why: String },
    #[error("a table is searched for one kind at a time")]
    OneKind,
    #[error("`{kind}` is not found in an archive yet; what is: {known}")]
    NotOfArchive { kind: String, known: String },
    #[error("another run works in `{}`", .path.display())]
    RunHeld { path: PathBuf },
    #[error(transparent)]
    Archive(#[from] bitacora_store::ArchiveError),
    #[error("column map: {0}")]
    Map(String),
    #[error("standard output cannot be written")]
    Output(#[source] std::io::Error),
    #[error("the log's directory cannot be written: {why}")]
    Log { why: String },
    #[error("`{path}` is not an agreement: {why}")]
    Agreement { path: PathBuf, why: String },
    #[error("`{path}` is no keys file: {why}")]
    Keys { path: PathBuf, why: String },
    #[error("`{path}` is no log of these keys: {why}")]
    NotALog { path: PathBuf, why: String },
    #[error("the log's opened records hold no suspension `{id}`: {why}")]
    UnknownSuspension { id: String, why: String },
    #[error(transparent)]
    PortStore(#[from] bitacora_api::port::PortError),
    #[error(transparent)]
    Accounts(#[from] bitacora_api::accounts::AccountsError),
    #[error("`{path}`: {why}")]
    AccountsInput { path: PathBuf, why: String },
    #[error("the chain does not compute")]
    Chain(#[source] bitacora_accounts::chain::Refused),
    #[error("the product cannot be drawn: {why}")]
    NotDrawn { why: String },
    #[error("`{id}` names no promise")]
    UnknownCommitment { id: String },
    #[error("`{indicator}` cannot be laid side by side: {why}")]
    NotCompared { indicator: String, why: String },
    #[error("no figure of a series `{series}` is kept")]
    UnknownSeries { series: String },
    #[error("`{path}`: {why}")]
    Port { path: PathBuf, why: String },
    #[error("the exchange does not answer: {0}")]
    Exchange(String),
    #[error("`{path}` is no STIX: {why}")]
    NotStix { path: PathBuf, why: String },
    #[error("`{setting}` of the platform `{platform}` is not 64 hexadecimal digits")]
    TaxiiToken { platform: String, setting: &'static str },
    #[error("TAXII server `{server}`: {why}")]
    TaxiiServer { server: String, why: String },
    #[error("`bitacora.toml` names no TAXII server `{server}`")]
    UnknownTaxiiServer { server: String },
    #[error("[taxii] listen: {why}")]
    TaxiiListen { why: String },
    #[error("the inbox cannot be read into claims: {why}")]
    Inbox { why: String },
    #[error("a thread cannot be started")]
    Thread {
        #[source]
        cause: std::io::Error,
    },
    #[error("`{id}` names no officer")]
    UnknownOfficer { id: String },
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("stored body cannot be written or read")]
    Body(#[from] serde_json::Error),
}

impl NodeError {
    pub(crate) fn file(path: impl Into<PathBuf>, act: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |cause| Self::File { path, act, cause }
    }

    /// Something is wrong with one input: others can still be read.
    pub(crate) const fn is_of_input(&self) -> bool {
        matches!(self, Self::Open(_) | Self::Positions(_))
    }

    /// The stable code under which the message tables say what to do.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Random => "random",
            Self::File { .. } => "file",
            Self::Config { .. } => "config",
            Self::Key { .. } => "key",
            Self::Bind { cause, .. } if cause.kind() == std::io::ErrorKind::AddrInUse => "port_in_use",
            Self::Bind { .. } => "bind",
            Self::FeedUrl { .. } => "feed_url",
            Self::FeedUnreachable { .. } => "feed_unreachable",
            Self::NoTime { .. } => "no_time",
            Self::Open(_) => "file",
            Self::Positions(_) | Self::Map(_) => "map",
            Self::Parameter { .. } | Self::OneKind | Self::NotOfArchive { .. } => "parameter",
            Self::Window { .. } => "window",
            Self::RunHeld { .. } => "run_held",
            Self::Archive(bitacora_store::ArchiveError::Store(error)) => error.code(),
            Self::Archive(_) => "archive",
            Self::Output(_) => "output",
            Self::Log { .. } => "log",
            Self::Agreement { .. } => "agreement",
            Self::Accounts(_) => "accounts",
            Self::AccountsInput { .. } => "accounts_input",
            Self::Chain(refused) => refused.code(),
            Self::NotDrawn { .. } => "not_drawn",
            Self::UnknownCommitment { .. } => "unknown_commitment",
            Self::NotCompared { .. } => "not_compared",
            Self::UnknownSeries { .. } => "unknown_series",
            Self::Port { .. } => "port_input",
            Self::PortStore(_) => "store",
            Self::Keys { .. } => "keys_file",
            Self::NotALog { .. } => "not_a_log",
            Self::UnknownSuspension { .. } => "unknown_suspension",
            Self::Exchange(_) => "exchange",
            Self::NotStix { .. } => "not_stix",
            Self::TaxiiToken { .. } => "taxii_token",
            Self::TaxiiServer { .. } | Self::UnknownTaxiiServer { .. } => "taxii_server",
            Self::TaxiiListen { .. } => "taxii_listen",
            Self::Inbox { .. } => "inbox",
            Self::Thread { .. } => "thread",
            Self::UnknownOfficer { .. } => "unknown_officer",
            Self::Store(error) => error.code(),
            Self::Body(_) => "body",
        }
    }
}
