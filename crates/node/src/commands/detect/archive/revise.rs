//! `--store`: what a run found is held against what is stored, and what differs becomes the next revision. Facts are
//! never edited; what the archive no longer bears out is withdrawn.

use std::collections::BTreeMap;

use bitacora_primitives::{Duration, EventId};
use bitacora_sea::{Event, Kind};
use bitacora_store::{EventFilter, EventRow, NewEvent, Store};

use super::found::Found;
use super::window::Window;
use crate::clock;
use crate::error::NodeError;
use crate::pipeline::event_row;

/// What was written.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) struct Revised {
    /// Events that were not stored.
    pub(crate) new: usize,
    pub(crate) changed: usize,
    pub(crate) withdrawn: usize,
    pub(crate) same: usize,
    /// Going on where the archive ends: the node that is watching will say how they end.
    pub(crate) going: usize,
}

pub(super) fn revise(
    store: &Store,
    found: &[Found],
    kinds: &[Kind],
    window: Window,
) -> Result<Revised, NodeError> {
    let (mut revised, mut rows) = (Revised::default(), Vec::new());
    let known: BTreeMap<EventId, &Found> = found.iter().map(|found| (found.event.id, found)).collect();
    for one in found.iter().filter(|one| window.meets(one.event.start, one.event.end)) {
        let stored = store.event(one.event.id)?;
        let goes_on = one.going && stored.as_ref().is_none_or(|row| row.event.end.is_none());
        if goes_on && !stored.as_ref().is_some_and(|row| row.event.withdrawn) {
            revised.going += 1;
        } else if let Some(row) = next(&one.event, stored.as_ref(), &mut revised)? {
            rows.push(row);
        }
    }
    for kind in kinds {
        let filter = EventFilter {
            from: Some(window.from),
            // Stored events are asked for up to and with an instant.
            to: Some(window.to - Duration::from_micros(1)),
            kinds: vec![kind.code().to_owned()],
            limit: usize::MAX >> 1,
            ..EventFilter::default()
        };
        for row in store.events(&filter)? {
            if !known.contains_key(&row.event.id) {
                let event: Event = serde_json::from_str(&row.event.body)?;
                let revision = row.event.revision + 1;
                rows.push(event_row(&Event { revision, withdrawn: true, ..event })?);
                revised.withdrawn += 1;
            }
        }
    }
    store.revise_events(&rows, clock::now())?;
    Ok(revised)
}

/// The revision that is to be written of an event; `None` where what is stored says the same.
fn next(
    event: &Event,
    stored: Option<&EventRow>,
    revised: &mut Revised,
) -> Result<Option<NewEvent>, NodeError> {
    let Some(stored) = stored.map(|row| &row.event) else {
        if event.withdrawn {
            return Ok(None);
        }
        revised.new += 1;
        return Ok(Some(event_row(event)?));
    };
    let as_stored = event_row(&Event { revision: stored.revision, ..event.clone() })?;
    if as_stored == *stored {
        revised.same += 1;
        return Ok(None);
    }
    if event.withdrawn && stored.withdrawn {
        revised.same += 1;
        return Ok(None);
    }
    *(if event.withdrawn { &mut revised.withdrawn } else { &mut revised.changed }) += 1;
    Ok(Some(event_row(&Event { revision: stored.revision + 1, ..event.clone() })?))
}
