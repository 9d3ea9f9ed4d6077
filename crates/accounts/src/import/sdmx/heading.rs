//! The first row of an SDMX-CSV message: which version it is, what separates its cells, which columns carry labels and
//! which are dimensions. Reads no figure.

use crate::import::NotATable;
use crate::import::carried;

/// What a message may be, by its first column (SDMX-CSV field guides 1.0 and 2.0, "Column headers").
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Version {
    /// `DATAFLOW` first.
    One,
    /// `STRUCTURE`, `STRUCTURE_ID`, `ACTION` first; 2.0 and 2.1 alike.
    Two,
}

pub(super) struct Heading {
    pub(super) version: Version,
    pub(super) separator: u8,
    /// Between the values of one cell: the first character in the brackets of `STRUCTURE[;]`.
    pub(super) inner: Option<char>,
    /// `labels=both`: names stand behind ids in one cell.
    pub(super) labelled: bool,
    /// What the columns are called, labels removed, the label columns of `labels=name` marked.
    pub(super) names: Vec<String>,
    /// The columns that tell series apart, the known ones left out.
    pub(super) dimensions: Vec<String>,
}

/// How a column of names beside ids is marked, which no id can be.
pub(super) const LABEL: &str = " (name)";

const KNOWN: [&str; 24] = [
    "DATAFLOW",
    "STRUCTURE",
    "STRUCTURE_ID",
    "STRUCTURE_NAME",
    "ACTION",
    "SERIES_KEY",
    "OBS_KEY",
    "SERIES",
    "REF_AREA",
    "FREQ",
    "TIME_PERIOD",
    "OBS_VALUE",
    "UNIT_MEASURE",
    "UNIT_MULT",
    "OBS_STATUS",
    "CONF_STATUS",
    "TIME_FORMAT",
    "DECIMALS",
    "REPORTING_YEAR_START_DAY",
    "LOW",
    "HIGH",
    "SOURCE_NAME",
    "SOURCE_REF",
    "COMMENT_OBS",
];

pub(super) fn is_known(column: &str) -> bool {
    KNOWN.contains(&column) || is_comment(column) || carried::SDMX.all().contains(&column)
}

/// `COMMENT_OBS`, `COMMENT_TS`, `COMMENT_DSET` and their kin.
pub(super) fn is_comment(column: &str) -> bool {
    column.starts_with("COMMENT")
}

impl Heading {
    pub(super) fn read(bytes: &[u8]) -> Result<Self, NotATable> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        if bytes.is_empty() {
            return Err(NotATable::Empty);
        }
        let bare = bytes.strip_prefix(b"\"").unwrap_or(bytes);
        let (version, rest) = match (bare.strip_prefix(b"STRUCTURE"), bare.strip_prefix(b"DATAFLOW")) {
            (Some(rest), _) => (Version::Two, rest),
            (None, Some(rest)) => (Version::One, rest),
            (None, None) => return Err(NotATable::NotSdmx),
        };
        let mut ahead = rest.iter().map(|byte| char::from(*byte));
        let mut next = ahead.next();
        let mut inner = None;
        if next == Some('[') {
            inner = ahead.next().filter(|c| *c != ']');
            next = match inner {
                Some(_) if ahead.next() == Some(']') => ahead.next(),
                _ => return Err(NotATable::NotSdmx),
            };
        }
        if next == Some('"') {
            next = ahead.next();
        }
        // The separator is what follows the term (field guide 2.0, "Design principles").
        let separator = match next {
            Some(',') => b',',
            Some(';') => b';',
            Some('\t') => b'\t',
            Some('|') => b'|',
            _ => return Err(NotATable::NotSdmx),
        };
        let mut heading =
            Self { version, separator, inner, labelled: false, names: Vec::new(), dimensions: Vec::new() };
        heading.columns(bytes)?;
        Ok(heading)
    }

    fn columns(&mut self, bytes: &[u8]) -> Result<(), NotATable> {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .delimiter(self.separator)
            .flexible(true)
            .from_reader(bytes);
        let mut record = csv::ByteRecord::new();
        reader.read_byte_record(&mut record).map_err(|_| NotATable::NotText)?;
        let mut named = false;
        let mut label_is_due = false;
        for cell in &record {
            let text = std::str::from_utf8(cell).map_err(|_| NotATable::NotText)?.trim();
            let (id, label) = text.split_once(": ").unwrap_or((text, ""));
            self.labelled |= !label.is_empty();
            let id = id.split('[').next().unwrap_or(id).to_owned();
            named |= id == "STRUCTURE_NAME";
            // `labels=name`: behind each id stands a column of names, whose heading is a name too.
            if named && label_is_due && !is_known(&id) {
                let of = self.names.last().map_or("", String::as_str);
                self.names.push(format!("{of}{LABEL}"));
                label_is_due = false;
                continue;
            }
            label_is_due = !matches!(
                id.as_str(),
                "STRUCTURE" | "STRUCTURE_ID" | "STRUCTURE_NAME" | "ACTION" | "SERIES_KEY" | "OBS_KEY"
            );
            self.names.push(id);
        }
        // Services write dimensions, measures, attributes in this order; where the time does not stand before the
        // value, the order says nothing, and a column too many in a name is better than two figures under one.
        let at = |id: &str| self.names.iter().position(|own| own == id);
        let in_order = at("TIME_PERIOD") < at("OBS_VALUE");
        let value = at("OBS_VALUE").filter(|_| in_order).unwrap_or(self.names.len());
        let before = self.names.iter().take(value).filter(|id| !is_known(id) && !id.ends_with(LABEL));
        self.dimensions = before.cloned().collect();
        Ok(())
    }
}
