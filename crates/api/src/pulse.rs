//! The beat of the open pages: moves every twentieth of a second, the status every second, and what another process
//! ingested of the port.

use std::time::Duration;

use serde_json::json;
use tokio::time::{MissedTickBehavior, interval};

use crate::error::ApiError;
use crate::routes::{compose_status, lead_summaries};
use crate::state::AppState;

const FLUSH_EVERY: Duration = Duration::from_millis(50);
const STATUS_EVERY_FLUSHES: u32 = 20;

/// Runs until the node ends.
pub async fn pulse(state: AppState) {
    let mut ticks = interval(FLUSH_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut count = 0;
    let mut rows = None;
    loop {
        ticks.tick().await;
        state.live.flush();
        count += 1;
        if count % STATUS_EVERY_FLUSHES == 0 && state.live.has_pages() {
            match compose_status(&state).await {
                Ok(status) => state.live.publish("status", &status),
                Err(error) => tracing::error!(%error, "status cannot be shown"),
            }
            if let Err(error) = tell_port(&state, &mut rows).await {
                tracing::error!(%error, "the port cannot be shown");
            }
        }
    }
}

/// `bitacora port ingest` is a process of its own: pages are told when the store has more rows, with the leads of boxes.
async fn tell_port(state: &AppState, known: &mut Option<u64>) -> Result<(), ApiError> {
    let rows = state.with_store(|store| store.port_row_count()).await?;
    let more = known.is_some_and(|known| known != rows);
    *known = Some(rows);
    if more {
        state.live.publish("port", &json!({ "rows": rows }));
        for lead in lead_summaries(state).await?.iter().filter(|lead| lead.container.is_some()) {
            state.live.publish("lead", lead);
        }
    }
    Ok(())
}
