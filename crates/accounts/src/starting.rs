//! The starting data of a node: published figures with their sources, promises, gaps, and the tables they are read
//! against. Every row was printed by the source that it names; see `data/SOURCES.md`.

use crate::book::{Book, File, Parsed};
use crate::import::{self, NotATable};
use crate::number::Locale;
use crate::observation::Digest;
use crate::record::{NotAFact, read_facts};

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        /// Every table, by its name, as shipped.
        pub const FILES: &[(&str, &[u8])] =
            &[$(($name, include_bytes!(concat!("../data/", $name, ".csv")))),*, ("facts", include_bytes!("../data/facts.jsonl"))];
    };
}

files!(
    "cultivation_un",
    "cultivation_un_regions",
    "cultivation_us",
    "eradication",
    "extraditions",
    "laboratories",
    "peru_bolivia",
    "precursors",
    "production_un",
    "production_us",
    "seizures",
    "siima_police",
    "substitution_pnis",
    "yields_conversion",
    "documents",
    "absent",
    "commitments",
    "methods",
    "programmes",
    "indicators",
    "answers",
);

/// Why what is shipped cannot be begun with.
#[derive(Debug, thiserror::Error)]
pub enum BadStart {
    #[error("table `{name}` is not shipped")]
    Missing { name: String },
    #[error("table `{name}`")]
    Table {
        name: String,
        #[source]
        cause: NotATable,
    },
    #[error("table `{name}`")]
    Facts {
        name: String,
        #[source]
        cause: NotAFact,
    },
    #[error("table `{name}` has {count} defects, the first: {first}")]
    Defects { name: String, count: u64, first: String },
    #[error("`{file}` holds what the book does not take: {why}")]
    NotTaken { file: String, why: String },
}

impl BadStart {
    /// A stable code for the edges.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "table_missing",
            Self::Table { .. } => "not_a_table",
            Self::Facts { .. } => "not_a_fact",
            Self::Defects { .. } => "table_with_defects",
            Self::NotTaken { .. } => "not_taken",
        }
    }
}

/// The table of a name.
pub fn file(name: &str) -> Result<&'static [u8], BadStart> {
    let found = FILES.iter().find(|(own, _)| *own == name);
    found.map(|(_, bytes)| *bytes).ok_or_else(|| BadStart::Missing { name: name.to_owned() })
}

/// Reads a table as its name says; what is no table of another kind holds figures.
pub fn parse(name: &str, bytes: &[u8]) -> Result<Parsed, BadStart> {
    let not = |cause| BadStart::Table { name: name.to_owned(), cause };
    Ok(match name {
        "methods" => Parsed::Methods(import::methods(bytes).map_err(not)?),
        "programmes" => Parsed::Programmes(import::programmes(bytes).map_err(not)?),
        "indicators" => Parsed::Indicators(import::indicators(bytes).map_err(not)?),
        "answers" => Parsed::Answers(import::answers(bytes).map_err(not)?),
        "absent" => Parsed::Absent(import::absent(bytes).map_err(not)?),
        "commitments" => Parsed::Commitments(import::commitments(bytes).map_err(not)?),
        "documents" => Parsed::Observations(import::documents(bytes).map_err(not)?),
        "facts" => {
            let read = read_facts(bytes);
            Parsed::Facts(read.map_err(|cause| BadStart::Facts { name: name.to_owned(), cause })?)
        }
        _ => Parsed::Observations(import::tidy(bytes, Some(Locale::En)).map_err(not)?),
    })
}

/// Every table, read without a defect.
pub fn files() -> Result<Vec<File>, BadStart> {
    let read = |(name, bytes): &(&str, &[u8])| {
        let parsed = parse(name, bytes)?;
        match parsed.defects().and_then(|defects| defects.first.first().map(|first| (defects.count, first))) {
            Some((count, first)) => {
                Err(BadStart::Defects { name: (*name).to_owned(), count, first: first.to_string() })
            }
            None => Ok(File { name: (*name).to_owned(), digest: Digest::of(bytes), parsed }),
        }
    };
    FILES.iter().map(read).collect()
}

/// The book that a node begins with, of which nothing was left out.
pub fn starting() -> Result<Book, BadStart> {
    let book = Book::begin(files()?);
    match book.not_taken().first() {
        None => Ok(book),
        Some(first) => Err(BadStart::NotTaken { file: first.file.clone(), why: first.why.clone() }),
    }
}
