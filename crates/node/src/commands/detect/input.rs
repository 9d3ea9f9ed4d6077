//! A table of positions as the detectors take it: by column, each row under the key that names its vessel or segment.
//! Every refused row is told with its place and reason; the rest goes on.

use std::hash::{Hash, Hasher};
use std::ops::Range;
use std::path::Path;

use bitacora_feeds::ais::Sink;
use bitacora_feeds::open;
use bitacora_feeds::positions::{ColumnMap, Positions as Reader, RowColumns};
use bitacora_feeds::refusal::Refusal;
use bitacora_primitives::SourceId;
use bitacora_sea::contacts::Report;
use bitacora_sea::tracks::positions::{Positions, Row};
use rustc_hash::{FxHashMap, FxHasher};

use crate::error::NodeError;

const ROWS_A_TURN: usize = 100_000;

/// What of a table a detector takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Wanted {
    pub(super) key: Key,
    pub(super) unpositioned: Unpositioned,
}

/// What becomes of a good row without a position. If it is kept, its latitude and longitude are NaN.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Unpositioned {
    LeftOut,
    /// Kept where the row has coordinates and they say "not available": a position report all the same.
    Reports,
    All,
}

/// What stands for a vessel.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Key {
    Mmsi,
    /// The segment where the table has that column, else the MMSI.
    Segment,
}

/// A table that was read.
#[derive(Debug, Default)]
pub(super) struct Input {
    /// Under the number of their key.
    pub(super) positions: Positions,
    /// Text of each key. Under [`Key::Mmsi`] the number of a key is the MMSI itself, and this is empty.
    keys: Vec<String>,
    /// The MMSI of each key with a text.
    owners: Vec<u32>,
    /// For each position its MMSI.
    pub(super) mmsi: Vec<u32>,
    /// For each position its line, and where in `ids` the source's own name for the row stands.
    rows: Vec<(u64, Range<usize>)>,
    ids: String,
    /// For each position what else its row says.
    pub(super) said: Vec<Said>,
}

/// What a row says beside [`Row`], as the table has it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Said {
    /// Latitude, longitude, speed, course and heading.
    pub(super) numbers: [Option<f64>; 5],
    /// Equal for rows that the source gave one name.
    pub(super) name: Option<u64>,
}

impl Input {
    pub(super) fn read(path: &Path, map: Option<&str>, wanted: Wanted) -> Result<Self, NodeError> {
        let map = map.map_or_else(
            || Ok(ColumnMap::default()),
            |text| ColumnMap::parse(text).map_err(|error| NodeError::Map(error.to_string())),
        )?;
        let opened = open::open(path)?;
        let mut reader = Reader::new(opened, SourceId::of(&[path.as_os_str().as_encoded_bytes()]), &map)?;
        let mut taking = Taking { input: Self::default(), wanted, numbers: FxHashMap::default(), next: None };
        while reader.read(ROWS_A_TURN, &mut taking)? {}
        Ok(taking.input)
    }

    /// How a key is printed.
    pub(super) fn name(&self, key: u32) -> String {
        self.keys.get(key as usize).cloned().unwrap_or_else(|| key.to_string())
    }

    /// The MMSI that a key stands for.
    pub(super) fn owner(&self, key: u32) -> u32 {
        self.owners.get(key as usize).copied().unwrap_or(key)
    }

    /// How a row is printed.
    pub(super) fn row_id(&self, row: usize) -> String {
        let Some((line, name)) = self.rows.get(row) else { return String::new() };
        match self.ids.get(name.clone()) {
            Some(name) if !name.is_empty() => name.to_owned(),
            _ => line.to_string(),
        }
    }

    /// Where a row stands in the table; for Parquet, its number.
    pub(super) fn line(&self, row: usize) -> Option<u64> {
        self.rows.get(row).map(|(line, _)| *line)
    }
}

type Next = (u32, u32, (u64, Range<usize>), Said);

struct Taking {
    input: Input,
    wanted: Wanted,
    numbers: FxHashMap<Vec<u8>, u32>,
    /// Key, MMSI, id and the rest of the row whose report comes next.
    next: Option<Next>,
}

impl Taking {
    fn number(&mut self, row: &RowColumns<'_>) -> u32 {
        let mmsi = row.key.0.number();
        if self.wanted.key == Key::Mmsi {
            return mmsi;
        }
        let digits = mmsi.to_string();
        let name = row.segment.unwrap_or(digits.as_bytes());
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let number = self.input.keys.len() as u32;
        self.input.keys.push(String::from_utf8_lossy(name).into_owned());
        self.input.owners.push(mmsi);
        self.numbers.insert(name.to_owned(), number);
        number
    }
}

impl Taking {
    fn keep(&mut self, row: Row, (_, mmsi, id, said): Next) {
        self.input.positions.push(row);
        self.input.mmsi.push(mmsi);
        self.input.rows.push(id);
        self.input.said.push(said);
    }
}

impl Sink for Taking {
    fn row(&mut self, row: &RowColumns<'_>) {
        let reported = matches!(row.numbers, [Some(_), Some(_), ..]);
        match self.wanted.unpositioned {
            _ if row.positioned => {}
            Unpositioned::All => {}
            Unpositioned::Reports if reported => {}
            _ => return,
        }
        let number = self.number(row);
        let start = self.input.ids.len();
        if let Some(name) = row.message_id.map(String::from_utf8_lossy) {
            self.input.ids.push_str(&name);
        }
        let id = (row.line, start..self.input.ids.len());
        let name = row.message_id.map(|name| {
            let mut digest = FxHasher::default();
            name.hash(&mut digest);
            digest.finish()
        });
        let next = (number, row.key.0.number(), id, Said { numbers: row.numbers, name });
        if row.positioned {
            self.next = Some(next);
            return;
        }
        let nowhere = Row {
            mmsi: number,
            micros: row.key.1.micros(),
            lat: f64::NAN,
            lon: f64::NAN,
            sog_kn: None,
            cog_deg: None,
            message_type: row.message_type,
        };
        self.keep(nowhere, next);
    }

    fn report(&mut self, report: Report) {
        let Report::Position(contact) = report else { return };
        let Some(next) = self.next.take() else { return };
        let row = Row {
            mmsi: next.0,
            micros: contact.observed.micros(),
            lat: contact.position.lat(),
            lon: contact.position.lon(),
            sog_kn: contact.sog_kn,
            cog_deg: contact.cog_deg,
            message_type: contact.message_type,
        };
        self.keep(row, next);
    }

    fn refused(&mut self, refusal: Refusal) {
        eprintln!("{refusal}");
    }
}
