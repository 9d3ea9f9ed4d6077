//! The starting data of a node: published figures with their sources, promises, gaps, and the tables they are read
//! against. Every row was printed by the source that it names; see `data/SOURCES.md`.

use crate::import::{self, Absent, Commitment, Defects, Imported, NotATable};
use crate::ledger::{Ledger, NotAppended};
use crate::number::Locale;
use crate::registry::{Registry, Tables};

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

/// What a node begins with.
#[derive(Clone, Debug)]
pub struct Starting {
    /// Settled.
    pub ledger: Ledger,
    pub registry: Registry,
    pub commitments: Vec<Commitment>,
    pub absent: Vec<Absent>,
}

#[derive(Debug, thiserror::Error)]
pub enum BadStart {
    #[error("table `{name}` is not shipped")]
    Missing { name: &'static str },
    #[error("table `{name}`")]
    Table {
        name: &'static str,
        #[source]
        cause: NotATable,
    },
    #[error("table `{name}` has {count} defects, the first: {first}")]
    Defects { name: &'static str, count: u64, first: String },
    #[error("table `{name}`, row {row}")]
    NotAppended {
        name: &'static str,
        row: usize,
        #[source]
        cause: Box<NotAppended>,
    },
}

impl BadStart {
    /// A stable code for the edges.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "table_missing",
            Self::Table { .. } => "not_a_table",
            Self::Defects { .. } => "table_with_defects",
            Self::NotAppended { cause, .. } => cause.code(),
        }
    }
}

/// The table of a name.
pub fn file(name: &'static str) -> Result<&'static [u8], BadStart> {
    let found = FILES.iter().find(|(own, _)| *own == name);
    found.map(|(_, bytes)| *bytes).ok_or(BadStart::Missing { name })
}

fn read<T>(
    name: &'static str,
    reader: impl FnOnce(&[u8]) -> Result<Imported<T>, NotATable>,
) -> Result<Vec<T>, BadStart> {
    let imported = reader(file(name)?).map_err(|cause| BadStart::Table { name, cause })?;
    whole(name, &imported.defects)?;
    Ok(imported.rows)
}

fn whole(name: &'static str, defects: &Defects) -> Result<(), BadStart> {
    match defects.first.first() {
        None => Ok(()),
        Some(first) => Err(BadStart::Defects { name, count: defects.count, first: first.to_string() }),
    }
}

/// Tables of figures, in the order in which they are appended.
const FIGURES: usize = 14;

pub fn starting() -> Result<Starting, BadStart> {
    let mut ledger = Ledger::default();
    let mut append = |name: &'static str, rows: Vec<crate::Observation>| {
        for (row, observation) in rows.into_iter().enumerate() {
            ledger.append(observation).map_err(|cause| BadStart::NotAppended {
                name,
                row,
                cause: Box::new(cause),
            })?;
        }
        Ok(())
    };
    for (name, _) in FILES.iter().take(FIGURES) {
        append(name, read(name, |bytes| import::tidy(bytes, Some(Locale::En)))?)?;
    }
    append("documents", read("documents", import::documents)?)?;
    ledger.settle();
    let absent = read("absent", import::absent)?;
    let (registry, defects) = Registry::new(Tables {
        methods: read("methods", import::methods)?,
        programmes: read("programmes", import::programmes)?,
        indicators: read("indicators", import::indicators)?,
        answers: read("answers", import::answers)?,
        absent: absent.clone(),
    });
    whole("indicators", &defects)?;
    let commitments = file("commitments").and_then(|bytes| {
        import::commitments(bytes).map_err(|cause| BadStart::Table { name: "commitments", cause })
    })?;
    let commitments = registry.admit(commitments);
    whole("commitments", &commitments.defects)?;
    Ok(Starting { ledger, registry, commitments: commitments.rows, absent })
}
