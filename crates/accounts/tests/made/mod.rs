//! What several tests read: the shared data, and figures made up for a test.

use std::path::{Path, PathBuf};

use bitacora_accounts::import::{Defects, tidy};
use bitacora_accounts::{Decimal, Interval, Observation};

#[allow(dead_code, reason = "not every test reads the data")]
pub fn shared() -> Option<PathBuf> {
    bitacora_given::data("accounts")
}

#[allow(dead_code, reason = "not every test reads the data")]
pub fn bytes(folder: &Path, name: &str) -> Vec<u8> {
    #[expect(clippy::disallowed_methods, reason = "a test may read the data")]
    std::fs::read(folder.join(name)).unwrap()
}

#[allow(dead_code, reason = "not every test reads the data")]
pub const TIDY: [&str; 14] = [
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
];

#[allow(dead_code, reason = "not every test reads the data")]
pub fn all_tidy(folder: &Path) -> Vec<Observation> {
    let mut rows = Vec::new();
    for name in TIDY {
        let imported = tidy(&bytes(folder, &format!("{name}.csv")), None).unwrap();
        assert_eq!(imported.defects, Defects::default(), "{name}");
        rows.extend(imported.rows);
    }
    rows
}

#[allow(dead_code, reason = "not every test makes figures")]
pub fn d(text: &str) -> Decimal {
    text.parse().unwrap()
}

#[allow(dead_code, reason = "not every test makes figures")]
pub fn span(low: &str, high: &str) -> Interval {
    Interval::new(d(low), d(high)).unwrap()
}

#[allow(dead_code, reason = "not every test makes figures")]
pub const HEADING: &str = "series_id,country,year,value,unit,low,high,source_name,source_ref,note,ship\n";
