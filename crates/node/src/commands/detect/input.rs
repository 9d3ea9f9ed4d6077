//! A table of positions as the detectors take it: by column, each row under the key that names its vessel or segment.
//! Every refused row is told with its place and reason; the rest goes on.

use std::path::Path;

use bitacora_feeds::ais::Sink;
use bitacora_feeds::open;
use bitacora_feeds::positions::{ColumnMap, Positions as Reader, RowColumns};
use bitacora_feeds::refusal::Refusal;
use bitacora_primitives::SourceId;
use bitacora_sea::contacts::Report;
use bitacora_sea::tracks::positions::{Positions, Row};
use rustc_hash::FxHashMap;

use crate::error::NodeError;

const ROWS_A_TURN: usize = 100_000;

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
    /// For each position its MMSI.
    pub(super) mmsi: Vec<u32>,
    /// For each position its row: the source's own name for it, else its line.
    rows: Vec<RowId>,
    ids: String,
    /// Rows without a position: key and time, microseconds.
    pub(super) heard: Vec<(u32, i64)>,
}

#[derive(Clone, Copy, Debug)]
enum RowId {
    Line(u64),
    /// In `ids`.
    Named(usize, usize),
}

impl Input {
    pub(super) fn read(path: &Path, map: Option<&str>, key: Key) -> Result<Self, NodeError> {
        let map = map.map_or_else(
            || Ok(ColumnMap::default()),
            |text| ColumnMap::parse(text).map_err(|error| NodeError::Map(error.to_string())),
        )?;
        let opened = open::open(path)?;
        let mut reader = Reader::new(opened, SourceId::of(&[path.as_os_str().as_encoded_bytes()]), &map)?;
        let mut taking = Taking { input: Self::default(), key, numbers: FxHashMap::default(), next: None };
        while reader.read(ROWS_A_TURN, &mut taking)? {}
        Ok(taking.input)
    }

    /// How a key is printed.
    pub(super) fn name(&self, key: u32) -> String {
        self.keys.get(key as usize).cloned().unwrap_or_else(|| key.to_string())
    }

    /// How a row is printed.
    pub(super) fn row_id(&self, row: usize) -> String {
        match self.rows.get(row) {
            Some(RowId::Named(start, end)) => self.ids.get(*start..*end).unwrap_or_default().to_owned(),
            Some(RowId::Line(line)) => line.to_string(),
            None => String::new(),
        }
    }
}

struct Taking {
    input: Input,
    key: Key,
    numbers: FxHashMap<Vec<u8>, u32>,
    /// Key, MMSI and id of the row whose report comes next.
    next: Option<(u32, u32, RowId)>,
}

impl Taking {
    fn number(&mut self, row: &RowColumns<'_>) -> u32 {
        let mmsi = row.key.0.number();
        if self.key == Key::Mmsi {
            return mmsi;
        }
        let digits = mmsi.to_string();
        let name = row.segment.unwrap_or(digits.as_bytes());
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let number = self.input.keys.len() as u32;
        self.input.keys.push(String::from_utf8_lossy(name).into_owned());
        self.numbers.insert(name.to_owned(), number);
        number
    }
}

impl Sink for Taking {
    fn row(&mut self, row: &RowColumns<'_>) {
        let number = self.number(row);
        if !row.positioned {
            self.input.heard.push((number, row.key.1.micros()));
            return;
        }
        let id = match row.message_id.map(String::from_utf8_lossy) {
            Some(name) => {
                let start = self.input.ids.len();
                self.input.ids.push_str(&name);
                RowId::Named(start, self.input.ids.len())
            }
            None => RowId::Line(row.line),
        };
        self.next = Some((number, row.key.0.number(), id));
    }

    fn report(&mut self, report: Report) {
        let Report::Position(contact) = report else { return };
        let Some((key, mmsi, id)) = self.next.take() else { return };
        self.input.positions.push(Row {
            mmsi: key,
            micros: contact.observed.micros(),
            lat: contact.position.lat(),
            lon: contact.position.lon(),
            sog_kn: contact.sog_kn,
            cog_deg: contact.cog_deg,
            message_type: contact.message_type,
        });
        self.input.mmsi.push(mmsi);
        self.input.rows.push(id);
    }

    fn refused(&mut self, refusal: Refusal) {
        eprintln!("{refusal}");
    }
}
