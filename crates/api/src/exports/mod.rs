//! Own use: the one function through which an officer of this node takes anything out of it as a file or on
//! paper. Each export names its purpose, and its leaf, with the content's hash, is in the log before the first
//! byte leaves. Nothing here sends to anyone outside the node's own authority.

mod csv;
mod geojson;
mod kml;
mod rows;

use bitacora_ledger::hex;
use bitacora_primitives::{Ability, Officer};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::error::ApiError;
use crate::log::signed_leaf;
use crate::routes::{card_of, new_log_entry, publish_entry, signed_head, watchlog_of};
use crate::shapes::{ExportFormat, ExportWhat, NewExport, Sheet};
use crate::state::AppState;

pub(crate) use rows::Table;

/// A file on its way to the officer.
#[derive(Debug)]
pub(crate) struct Exported {
    pub(crate) name: String,
    pub(crate) media_type: &'static str,
    pub(crate) bytes: Vec<u8>,
    pub(crate) leaf: u64,
}

const MIN_PURPOSE: usize = 4;
const MAX_PURPOSE: usize = 300;

/// Makes the file, writes who takes it and what for into the log, and only then hands it over.
pub(crate) async fn own_use(
    state: &AppState,
    officer: &Officer,
    ask: &NewExport,
) -> Result<Exported, ApiError> {
    if !officer.role.may(Ability::Export) {
        return Err(ApiError::NotAllowed { role: officer.role.code(), ability: Ability::Export });
    }
    let purpose = ask.purpose.trim();
    if !(MIN_PURPOSE..=MAX_PURPOSE).contains(&purpose.chars().count()) {
        return Err(ApiError::bad(
            "purpose",
            format!("it must have {MIN_PURPOSE} to {MAX_PURPOSE} characters"),
        ));
    }
    let (ending, media_type) = match ask.format {
        ExportFormat::Csv => ("csv", "text/csv; charset=utf-8"),
        ExportFormat::Geojson => ("geojson", "application/geo+json"),
        ExportFormat::Kml => ("kml", "application/vnd.google-earth.kml+xml"),
        ExportFormat::Sheet => ("json", "application/json"),
    };
    let (bytes, count) = match ask.format {
        ExportFormat::Sheet => sheet_content(state, ask).await?,
        ExportFormat::Csv => rendered(state, ask, csv::render).await?,
        ExportFormat::Geojson => rendered(state, ask, geojson::render).await?,
        ExportFormat::Kml => rendered(state, ask, kml::render).await?,
    };
    let hash = hex::encode(&Sha256::digest(&bytes));
    let mut entry = new_log_entry(state, "export", &code_of(ask), officer.id, Some(purpose.to_owned()))?;
    entry.body = json!({ "numbers": { "rows": count, "bytes": bytes.len() } }).to_string();
    let act = json!({
        "export": entry.id, "what": ask.what, "format": ask.format, "purpose": purpose, "from": ask.from, "to": ask.to,
        "mmsi": ask.mmsi, "lead": ask.lead, "rows": count, "content_sha256": hash, "marking": MARKING,
    });
    let leaf = signed_leaf(state.keys.as_ref(), officer, "export", entry.recorded, act)?;
    let stored = entry.clone();
    let leaf = state.with_store(move |store| store.append_logged(&stored, |_| leaf)).await?;
    publish_entry(state, &entry, officer, leaf);

    let bytes = if ask.format == ExportFormat::Sheet {
        finish_sheet(state, bytes, &entry, leaf).await?
    } else {
        bytes
    };
    let what = code_of(ask);
    let stamp: String = entry.at.to_string().chars().filter(char::is_ascii_alphanumeric).take(15).collect();
    Ok(Exported { name: format!("bitacora-{what}-{stamp}-{MARKING}.{ending}"), media_type, bytes, leaf })
}

/// Carried in the file and in its name: for the node's own officers only, until an agreement says otherwise.
pub(crate) const MARKING: &str = "OWN-USE";

fn code_of(ask: &NewExport) -> String {
    match ask.what {
        ExportWhat::Vessels => "vessels",
        ExportWhat::Track => "track",
        ExportWhat::Events => "events",
        ExportWhat::Leads => "leads",
        ExportWhat::Watchlog => "watchlog",
    }
    .to_owned()
}

async fn rendered(
    state: &AppState,
    ask: &NewExport,
    render: fn(&Table) -> Vec<u8>,
) -> Result<(Vec<u8>, usize), ApiError> {
    let table = rows::gather(state, ask).await?;
    Ok((render(&table), table.rows.len()))
}

/// A hand-over sheet: the watch log of the window and the leads that were open or decided in it.
async fn sheet_content(state: &AppState, ask: &NewExport) -> Result<(Vec<u8>, usize), ApiError> {
    let mut entries = watchlog_of(state, ask).await?;
    entries.reverse();
    let mut leads = Vec::new();
    for summary in rows::leads_of(state, ask).await? {
        let id = summary.id.parse().map_err(|error| ApiError::bad("lead", error))?;
        leads.push(card_of(state, id).await?);
    }
    let count = entries.len();
    let sheet = Sheet { export: String::new(), leaf: 0, checkpoint: String::new(), entries, leads };
    Ok((serde_json::to_vec(&sheet)?, count))
}

/// Adds the export's own place in the log, which is known only once it is written.
async fn finish_sheet(
    state: &AppState,
    content: Vec<u8>,
    entry: &bitacora_store::NewEntry,
    leaf: u64,
) -> Result<Vec<u8>, ApiError> {
    let mut sheet: serde_json::Value = serde_json::from_slice(&content)?;
    if let Some(fields) = sheet.as_object_mut() {
        fields.insert("export".to_owned(), json!(entry.id));
        fields.insert("leaf".to_owned(), json!(leaf));
        fields.insert("checkpoint".to_owned(), json!(signed_head(state).await?.checkpoint));
    }
    Ok(serde_json::to_vec(&sheet)?)
}
