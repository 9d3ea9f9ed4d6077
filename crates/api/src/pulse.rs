//! The beat of the open pages: moves every twentieth of a second, the status every second.

use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};

use crate::routes::compose_status;
use crate::state::AppState;

const FLUSH_EVERY: Duration = Duration::from_millis(50);
const STATUS_EVERY_FLUSHES: u32 = 20;

/// Runs until the node ends.
pub async fn pulse(state: AppState) {
    let mut ticks = interval(FLUSH_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut count = 0;
    loop {
        ticks.tick().await;
        state.live.flush();
        count += 1;
        if count % STATUS_EVERY_FLUSHES == 0 && state.live.has_pages() {
            match compose_status(&state).await {
                Ok(status) => state.live.publish("status", &status),
                Err(error) => tracing::error!(%error, "status cannot be shown"),
            }
        }
    }
}
