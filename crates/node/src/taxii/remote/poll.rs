//! Reading a server's collections into the node's inbox, as if a platform of this name had put the objects there: the same reader,
//! the same refusals, the same leaf before anything is stored.

use std::ops::Range;

use bitacora_taxii::client::{ClientError, Polled, Unread, parcels};
use bitacora_taxii::{Backend as _, Object, Outcome, Principal, Refused, Submission};

use super::failed::Failed;
use super::quarantine::Held;
use super::turn::{Offered, Turn, named};
use crate::clock;
use crate::taxii::ROOT;

/// What is handed to the inbox at once.
const HANDED_BYTES: usize = 8 << 20;
const HANDED_OBJECTS: usize = 5_000;
/// A marking may come after what it marks: such objects are offered again when markings came.
const MARKING_NOT_FOUND: &str = "marking_not_found";
const MARKING: &str = "marking-definition";

/// What became of a page.
#[derive(Default)]
struct Taken {
    taken: u64,
    known: u64,
    refused: u64,
    /// Markings among what was taken.
    markings: bool,
}

/// Polls every collection that the settings name, the rest too where one fails.
pub(super) fn poll(turn: &mut Turn<'_>, offered: &[Offered]) -> Result<(), Failed> {
    let mut outcome = Ok(());
    for name in &turn.server.poll {
        let polled = named(offered, name).and_then(|one| {
            if one.collection.can_read { walk(turn, one) } else { Err(Failed::NotReadable(name.clone())) }
        });
        match polled {
            Err(failed) if failed.ends_the_turn() => return Err(failed),
            Err(failed) => outcome = outcome.and(Err(failed)),
            Ok(()) => {}
        }
    }
    outcome
}

/// Reads a collection to its end, from where it was read to.
fn walk(turn: &mut Turn<'_>, offered: &Offered) -> Result<(), Failed> {
    let id = &offered.collection.id;
    let (mut is_repeated, mut markings) = (false, false);
    // Of a turn that was cut short, the state may be older than what the server has given.
    let overlap = turn.client.limits().overlap;
    turn.file.state.polls.entry(id.clone()).or_default().state.resume(overlap);
    loop {
        if turn.place.stopped() {
            return Ok(turn.file.save()?);
        }
        let polling = turn.file.state.polls.entry(id.clone()).or_default();
        polling.title.clone_from(&offered.collection.title);
        let page = turn.client.poll(&mut turn.connection, &offered.root, id, &polling.state, clock::now());
        let (polled, next) = match page {
            Ok(page) => page,
            Err(error) => {
                // A server that does not know its own `next` any more, or that leads nowhere: from the last end again.
                if loses_the_walk(&error) {
                    polling.state.restart();
                }
                let again = matches!(
                    error,
                    ClientError::Status { status: 400 | 404 | 410, .. } | ClientError::Transport(_)
                );
                if again && !is_repeated {
                    is_repeated = true;
                    polling.state.resume(overlap);
                    continue;
                }
                return Err(error.into());
            }
        };
        is_repeated = false;
        let more = polled.more;
        let taken = take(turn, id, polled)?;
        markings |= taken.markings;
        // Stored first, and only then the state: what a crash leaves in between comes again, and is known.
        let polling = turn.file.state.polls.entry(id.clone()).or_default();
        polling.state = next;
        polling.taken += taken.taken;
        polling.known += taken.known;
        polling.refused += taken.refused;
        if !more {
            polling.walked = Some(clock::now());
        }
        turn.file.save_now_and_then()?;
        turn.tell();
        if !more {
            break;
        }
    }
    if markings {
        offer_again(turn)?;
    }
    Ok(turn.file.save()?)
}

const fn loses_the_walk(error: &ClientError) -> bool {
    matches!(
        error,
        ClientError::Status { status: 400 | 404 | 410, .. }
            | ClientError::Form(_)
            | ClientError::TooLong { .. }
            | ClientError::Endless { .. }
            | ClientError::NoWayOn
    )
}

fn take(turn: &mut Turn<'_>, collection: &str, polled: Polled) -> Result<Taken, Failed> {
    let mut taken = Taken::default();
    // What cannot be read comes again with the overlap of each walk.
    let unread: Vec<Unread> =
        polled.unread.into_iter().filter(|one| !turn.quarantine.has(&one.bytes)).collect();
    // The reader finds a marking anywhere in what is handed to it, so those of the page come first.
    let (mut objects, others): (Vec<Object>, Vec<Object>) =
        polled.objects.into_iter().partition(|object| object.kind == MARKING);
    objects.extend(others);
    let bytes: Vec<&[u8]> = objects.iter().map(|object| object.bytes.as_slice()).collect();
    let mut ranges: Vec<Range<usize>> = parcels(&bytes, HANDED_BYTES, HANDED_OBJECTS);
    if ranges.is_empty() && !unread.is_empty() {
        ranges.push(0..0);
    }
    let mut refused: Vec<Refused> = unread.iter().map(named_refusal).collect();
    for range in ranges {
        let objects = objects.get(range).unwrap_or_default().to_vec();
        let submission = Submission { objects, refused: std::mem::take(&mut refused) };
        hand_in(turn, collection, &submission, &mut taken)?;
    }
    for one in unread {
        let text = String::from_utf8_lossy(&one.bytes).into_owned();
        let held = Held {
            collection: collection.to_owned(),
            at: clock::now(),
            id: one.id,
            why: one.reason,
            spec_version: None,
            version: None,
            text,
        };
        taken.refused += u64::from(turn.quarantine.keep(&held)?);
    }
    Ok(taken)
}

fn named_refusal(unread: &Unread) -> Refused {
    Refused { id: unread.id.clone(), version: None, message: unread.reason.clone() }
}

/// Puts objects into the inbox, and what is refused into quarantine.
fn hand_in(
    turn: &mut Turn<'_>,
    collection: &str,
    submission: &Submission,
    taken: &mut Taken,
) -> Result<(), Failed> {
    let shelves = &turn.place.shelves;
    let principal = Principal(turn.server.name.clone());
    let added = shelves.add(&principal, ROOT, &shelves.inbox, submission);
    let added = added.map_err(|refusal| Failed::NotTaken(refusal.to_string()))?;
    for (object, outcome) in submission.objects.iter().zip(&added.outcomes) {
        match outcome {
            Outcome::Stored { .. } => {
                taken.taken += 1;
                taken.markings |= object.kind == MARKING;
            }
            Outcome::AlreadyThere { .. } | Outcome::Pending => taken.known += 1,
            Outcome::Refused(why) => {
                let held = Held::of(collection, clock::now(), object, why);
                taken.refused += u64::from(turn.quarantine.keep(&held)?);
            }
        }
    }
    Ok(())
}

/// Offers what waited for a marking to the inbox once more.
fn offer_again(turn: &mut Turn<'_>) -> Result<(), Failed> {
    for held in turn.quarantine.of(MARKING_NOT_FOUND)? {
        let Some(object) = held.object() else { continue };
        let submission = Submission { objects: vec![object], refused: Vec::new() };
        let mut taken = Taken::default();
        hand_in(turn, &held.collection, &submission, &mut taken)?;
        if taken.taken + taken.known > 0 {
            turn.quarantine.release(&held)?;
            let polling = turn.file.state.polls.entry(held.collection).or_default();
            polling.refused = polling.refused.saturating_sub(1);
            polling.taken += taken.taken;
            polling.known += taken.known;
        }
    }
    Ok(())
}
