//! Handing the node's own collections to a server, in the order in which they grew. A leaf of the node's log names each object before
//! it goes, and what the server says of a request is asked until it has said all.

use bitacora_api::machine_leaf;
use bitacora_ledger::hex;
use bitacora_store::taxii::{self as stored, ObjectRow};
use bitacora_taxii::client::{ClientError, Pushed, parcels};
use serde_json::json;

use super::failed::Failed;
use super::settings::Push;
use super::state::Pushing;
use super::turn::{Offered, Turn, named};
use crate::clock;

/// The leaf that names what goes out.
const LEAF: &str = "taxii_pushed";
/// What one leaf names, and what is read at once.
const PAGE: usize = 1_000;
const PAGE_BYTES: usize = 8 << 20;
/// Requests whose end is asked for; of older ones it stays untold.
const PENDING: usize = 200;

/// Pushes every collection that the settings name, the rest too where one fails.
pub(super) fn push(turn: &mut Turn<'_>, offered: &[Offered]) -> Result<(), Failed> {
    let mut outcome = Ok(());
    for way in &turn.server.push {
        let pushed = named(offered, &way.to).and_then(|to| {
            if to.collection.can_write {
                hand_over(turn, way, to)
            } else {
                Err(Failed::NotWritable(way.to.clone()))
            }
        });
        match pushed {
            Err(failed) if failed.ends_the_turn() => return Err(failed),
            Err(failed) => outcome = outcome.and(Err(failed)),
            Ok(()) => {}
        }
    }
    outcome
}

fn hand_over(turn: &mut Turn<'_>, way: &Push, to: &Offered) -> Result<(), Failed> {
    let key = format!("{} {}", way.from, to.collection.id);
    let begun = turn.file.state.pushes.entry(key.clone()).or_default();
    begun.from.clone_from(&way.from);
    begun.to.clone_from(&to.collection.title);
    follow(turn, &key, to)?;
    let collections = turn.place.shelves.store.collections()?;
    let ours = collections.into_iter().find(|row| row.collection.alias.as_ref() == Some(&way.from));
    // Nothing of this subject was ever shown.
    let Some(ours) = ours.map(|row| row.collection.id) else { return Ok(()) };
    let most = turn.client.root(&mut turn.connection, &to.root)?.max_content_length;
    let most = usize::try_from(most).unwrap_or(PAGE_BYTES).min(PAGE_BYTES);
    let filter = stored::Filter {
        versions: stored::Versions::ALL,
        spec_versions: stored::SpecVersions::All,
        ..stored::Filter::default()
    };
    let mut after = pushing(turn, &key).cursor;
    while !turn.place.stopped() {
        let page = turn.place.shelves.store.objects(&ours, &filter, after, PAGE, PAGE_BYTES)?;
        log(turn, &key, to, &page.rows)?;
        let bytes: Vec<&[u8]> = page.rows.iter().map(|row| row.content.as_slice()).collect();
        for range in parcels(&bytes, most, PAGE) {
            let objects = bytes.get(range.clone()).unwrap_or_default();
            let pushed = turn.client.push(&mut turn.connection, &to.root, &to.collection.id, objects)?;
            let last = page.rows.get(range.end.saturating_sub(1)).map(|row| row.manifest.date_added);
            let pushing = pushing(turn, &key);
            pushing.cursor = last.max(pushing.cursor);
            note(pushing, pushed, objects.len() as u64);
            turn.file.save_now_and_then()?;
            turn.tell();
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    follow(turn, &key, to)?;
    Ok(turn.file.save()?)
}

fn pushing<'t>(turn: &'t mut Turn<'_>, key: &str) -> &'t mut Pushing {
    turn.file.state.pushes.entry(key.to_owned()).or_default()
}

/// INVARIANT: nothing is pushed that no leaf names. A crash in between leaves a leaf of what did not go, or a second leaf of it.
fn log(turn: &mut Turn<'_>, key: &str, to: &Offered, rows: &[ObjectRow]) -> Result<(), Failed> {
    let logged = pushing(turn, key).logged;
    let new: Vec<&ObjectRow> = rows.iter().filter(|row| Some(row.manifest.date_added) > logged).collect();
    let Some(last) = new.last().map(|row| row.manifest.date_added) else { return Ok(()) };
    let hashes: Vec<String> = new.iter().map(|row| hex::encode(&row.manifest.hash)).collect();
    let body = json!({
        "server": turn.server.name,
        "url": to.root.as_str(),
        "collection": to.collection.id,
        "from": pushing(turn, key).from,
        "objects_sha256": hashes,
    });
    let leaf = machine_leaf(turn.place.keys.as_ref(), LEAF, clock::now(), body);
    let leaf = leaf.map_err(|error| Failed::NotLogged(error.to_string()))?;
    turn.place.log.append_leaf(|_| leaf).map_err(|error| Failed::NotLogged(error.to_string()))?;
    pushing(turn, key).logged = Some(last);
    Ok(turn.file.save_now_and_then()?)
}

/// Adds up what a server said of a request.
fn note(pushing: &mut Pushing, pushed: Pushed, objects: u64) {
    // What is not told as failed or pending was taken; some servers count nothing.
    if pushed.complete {
        pushing.refused += pushed.failure_count;
        pushing.pushed += objects.saturating_sub(pushed.failure_count);
        pushing.fail(&pushed.failures);
    } else {
        pushing.pending.push(Pushed { total_count: objects, ..pushed });
        let beyond = pushing.pending.len().saturating_sub(PENDING);
        pushing.pending.drain(..beyond);
        pushing.untold += beyond as u64;
    }
}

/// Asks for the end of requests that had none.
fn follow(turn: &mut Turn<'_>, key: &str, to: &Offered) -> Result<(), Failed> {
    for waiting in std::mem::take(&mut pushing(turn, key).pending) {
        let total_count = waiting.total_count;
        match turn.client.follow(&mut turn.connection, &to.root, &waiting) {
            Ok(told) => note(pushing(turn, key), told, total_count),
            // The server keeps a status for as long as it likes (TAXII 2.1, 4.3).
            Err(ClientError::Status { status: 404 | 410, .. }) => pushing(turn, key).untold += 1,
            Err(error) => {
                tracing::debug!(server = turn.server.name, %error, "a status is asked for again in the next turn");
                pushing(turn, key).pending.push(waiting);
            }
        }
    }
    Ok(turn.file.save()?)
}

/// Of the objects that wait, how many; for people.
pub(crate) fn waiting(pushing: &Pushing) -> u64 {
    pushing.pending.iter().map(|one| one.pending_count.max(1)).sum()
}
