//! What officers recorded of the scans of picks: a row each, and a leaf of the node's log under the officer's signature.
//! Nothing is taken back: a correction is one more result, and the one before stays.

use bitacora_ledger::sha256;
use bitacora_port::draw::{Action, Bundle};
use bitacora_port::inspection::Inspection;
use bitacora_primitives::{Instant, Officer, OfficerId, SourceId};
use bitacora_store::{PortRow, Store};
use serde::{Deserialize, Serialize};

use super::PortError;
use super::draws::DrawFolder;
use super::view::opened;
use crate::error::ApiError;
use crate::log::signed_leaf;
use crate::shapes::NewScanResult;
use crate::state::Keys;

/// Kind of the row and of the leaf.
pub const RESULT: &str = "scan_result";
const MOST_KEY: usize = 64;

/// One result as it is stored and signed.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ScanResult {
    /// The draw's commitment.
    pub draw: String,
    pub slot: u32,
    pub container: String,
    /// 0 for the first of a pick; each later one corrects the one before.
    pub number: u32,
    /// The leaf of the one that it corrects.
    pub corrects: Option<u64>,
    /// The page's name for this act: sent twice, it is one act.
    pub key: String,
    pub inspection: Inspection,
    pub officer: OfficerId,
    pub at: Instant,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Stored {
    pub leaf: u64,
    pub result: ScanResult,
}

impl ScanResult {
    pub fn pick(&self) -> (String, u32, String) {
        (self.draw.clone(), self.slot, self.container.clone())
    }

    fn is_of(&self, ask: &NewScanResult) -> bool {
        (self.draw.as_str(), self.slot, self.container.as_str())
            == (ask.draw.as_str(), ask.slot, ask.container.as_str())
    }

    /// Of two results with the same number of the same pick, the store keeps one.
    fn id(&self) -> Result<String, serde_json::Error> {
        let name = serde_json::to_string(&(&self.draw, self.slot, &self.container, self.number))?;
        Ok(sha256(name.as_bytes()).to_string())
    }
}

/// All results, in the log's order.
pub fn results(store: &Store) -> Result<Vec<Stored>, PortError> {
    store.port_rows_of(RESULT)?.into_iter().map(|row| read(&row)).collect()
}

fn read(row: &PortRow) -> Result<Stored, PortError> {
    let result = serde_json::from_str(&row.body).map_err(|cause| PortError::Row {
        source_id: row.source.to_string(),
        line: row.line,
        cause,
    })?;
    Ok(Stored { leaf: row.line, result })
}

/// What became of a result that an officer gave.
#[derive(Debug)]
pub(crate) enum Recorded {
    New(Stored),
    /// The same act came again.
    Again(Stored),
    /// Another was recorded that the officer had not seen.
    Moved(Stored),
}

/// When an act was done, by the picture's clock and by the node's.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Times {
    pub(crate) at: Instant,
    pub(crate) recorded: Instant,
}

/// Records the result of a pick that is open, or of a box that two officers added.
// INVARIANT: of results with one key, and of results with one number of one pick, one has a leaf.
pub(crate) fn record(
    store: &Store,
    folder: &DrawFolder,
    keys: &dyn Keys,
    officer: &Officer,
    ask: &NewScanResult,
    times: Times,
) -> Result<Recorded, ApiError> {
    let inspection = Inspection {
        outcome: ask.outcome,
        reason: ask.reason,
        kilograms: ask.kilograms,
        note: ask.note.trim().to_owned(),
    };
    inspection.check()?;
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if !(1..=MOST_KEY).contains(&ask.key.len()) || !ask.key.chars().all(plain) {
        return Err(ApiError::bad("key", "it is not 1 to 64 letters, digits and hyphens"));
    }
    let all = folder.all(store)?;
    let listed = all.iter().find(|one| one.commitment == ask.draw);
    let listed = listed.ok_or_else(|| ApiError::NotFound("draw".to_owned()))?;
    may_have_result(&listed.read()?.bundle, ask)?;

    let known = results(store)?;
    if let Some(same) = known.iter().find(|stored| stored.result.key == ask.key) {
        let again = same.result.is_of(ask)
            && same.result.inspection == inspection
            && same.result.officer == officer.id;
        return if again { Ok(Recorded::Again(same.clone())) } else { Err(used()) };
    }
    let before: Vec<&Stored> = known.iter().filter(|stored| stored.result.is_of(ask)).collect();
    let number = u32::try_from(before.len()).unwrap_or(u32::MAX);
    let last = before.last().copied();
    match last {
        Some(last) if number > ask.seen => return Ok(Recorded::Moved(last.clone())),
        _ if number < ask.seen => return Err(ApiError::bad("seen", format!("there are {number} results"))),
        _ => {}
    }
    let result = ScanResult {
        draw: ask.draw.clone(),
        slot: ask.slot,
        container: ask.container.clone(),
        number,
        corrects: last.map(|last| last.leaf),
        key: ask.key.clone(),
        inspection,
        officer: officer.id,
        at: times.at,
    };
    let row = PortRow {
        kind: RESULT.to_owned(),
        id: result.id()?,
        container: Some(result.container.clone()),
        at: Some(times.at),
        source: SourceId::of(&[RESULT.as_bytes()]),
        line: 0,
        body: serde_json::to_string(&result)?,
    };
    let leaf = signed_leaf(keys, officer, RESULT, times.recorded, serde_json::to_value(&result)?)?;
    let (id, recorded) = (row.id.clone(), times.recorded);
    let leaf = store.log_port_row(row, recorded, |_| leaf)?;
    // Another request may have been first with this number: what is stored says whose it is.
    match store.port_row(RESULT, &id)?.map(|row| read(&row)).transpose()? {
        Some(stored) if stored.result != result => {
            let again = stored.result.key == result.key && stored.result.inspection == result.inspection;
            Ok(if again { Recorded::Again(stored) } else { Recorded::Moved(stored) })
        }
        _ => Ok(Recorded::New(Stored { leaf, result })),
    }
}

/// Records a result outside the interface, such as the demo's.
pub fn log_result(
    store: &Store,
    keys: &dyn Keys,
    officer: &Officer,
    ask: &NewScanResult,
    at: Instant,
) -> Result<(), PortError> {
    let times = Times { at, recorded: at };
    let recorded = record(store, &DrawFolder::default(), keys, officer, ask, times);
    recorded.map(|_| ()).map_err(|error| PortError::Draw { name: ask.draw.clone(), why: error.to_string() })
}

fn used() -> ApiError {
    ApiError::Conflict { code: "key_used", why: "the key names another result".to_owned() }
}

fn may_have_result(bundle: &Bundle, ask: &NewScanResult) -> Result<(), ApiError> {
    let refused = |code, why: &str| Err(ApiError::Conflict { code, why: why.to_owned() });
    if ask.slot as usize >= bundle.commitment.slots.len() {
        return Err(ApiError::bad("slot", format!("the draw has {} slots", bundle.commitment.slots.len())));
    }
    let of = |order: &&bitacora_port::draw::Override| {
        order.slot == ask.slot && order.container.as_str() == ask.container
    };
    let added = bundle.overrides.iter().filter(of).any(|order| order.action == Action::Add);
    if !added && !opened(bundle, ask.slot) {
        return refused("slot_sealed", "the slot has not opened");
    }
    if bundle.inspected(ask.slot).iter().any(|label| label.as_str() == ask.container) {
        Ok(())
    } else {
        refused("not_picked", "the box is no pick of the slot")
    }
}
