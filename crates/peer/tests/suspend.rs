//! A suspension in mid-stream: what may start afterwards, what ends, and what goes on.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]

mod harness;

use bitacora_exchange::wire::Message;
use bitacora_exchange::{Outgoing, Shut};
use bitacora_peer::CloseReason;
use bitacora_primitives::markings::ItemKind;
use harness::theatre::Theatre;
use harness::{Event, chunk, closure, outgoing, pair, tags};

/// How many suspensions under full flow; the bench makes 10,000.
const TRIALS: usize = 100;

#[test]
fn invariant_no_write_of_the_scope_starts_after_a_suspension_returned() {
    let mut theatre = Theatre::open();
    let trials: Vec<_> = (0..TRIALS).map(|_| theatre.trial()).collect();
    assert_eq!(theatre.late(), 0, "writes started after the gate's closing had returned");
    assert!(theatre.started() > 10 * TRIALS as u64, "nothing flowed: {}", theatre.started());
    let links: u64 = trials.iter().map(|trial| trial.links).sum();
    assert!(links > 5 * TRIALS as u64, "{links} transfers were suspended");
    assert_eq!(theatre.links_closed_by_gate(), links, "open connections of the scope are reset");
    let flowing = trials.iter().filter(|trial| trial.others > 0).count();
    assert!(flowing > TRIALS / 2, "the other scopes stood still in {} trials", TRIALS - flowing);
}

#[tokio::test]
async fn an_item_whose_gate_is_shut_is_held_and_its_link_goes_on_with_others() {
    let (mut from, mut to) = pair();
    from.dial(to.serve().await, to.key);
    let (_, _, out) = from.connected().await;
    from.gate.close(closure(1, "west"));
    out.send(outgoing(1, tags("west", ItemKind::Track))).await.unwrap();
    out.send(outgoing(2, tags("east", ItemKind::Track))).await.unwrap();
    // Safety of life goes on, in the closed area too.
    out.send(outgoing(3, tags("west", ItemKind::Distress))).await.unwrap();
    let held = from.next().await;
    assert!(matches!(held, Event::Held(_, Shut::Suspended(_))), "{held:?}");
    assert_eq!(to.message().await, chunk(2));
    assert_eq!(to.message().await, chunk(3));
}

#[tokio::test]
async fn nothing_passes_before_the_log_is_replayed() {
    let (mut from, to) = pair();
    from.dial(to.serve().await, to.key);
    let (_, _, out) = from.connected().await;
    from.gate.shut(&"CO-US-MAR".parse().unwrap());
    out.send(outgoing(1, tags("west", ItemKind::Distress))).await.unwrap();
    assert!(matches!(from.next().await, Event::Held(_, Shut::NotOpen)));
}

#[tokio::test]
async fn a_sender_in_the_middle_of_an_item_is_reset_and_comes_back_for_the_rest() {
    let (mut from, mut to) = pair();
    from.dial(to.serve().await, to.key);
    let (_, _, out) = from.connected().await;
    // A queue that is always full: when the gate shuts, a frame is under way and bytes are with the kernel.
    let filler =
        tokio::spawn(
            async move { while out.send(outgoing(1, tags("west", ItemKind::Track))).await.is_ok() {} },
        );
    let first = to.message().await;
    assert_eq!(first, chunk(1));
    from.gate.close(closure(1, "west"));
    from.endpoint.reset_shut();
    let (_, why) = from.closed().await;
    assert!(matches!(why, CloseReason::Suspended(Shut::Suspended(_))), "{why:?}");
    let (_, why) = to.closed().await;
    assert!(matches!(why, CloseReason::Lost(_)), "{why:?}");
    filler.await.unwrap();
    // It comes back by itself, for what is not suspended.
    let (_, _, out) = from.connected().await;
    out.send(Outgoing::unsealed(chunk(9), vec![tags("east", ItemKind::Lead)])).await.unwrap();
    let nine = to
        .until(|event| match event {
            Event::Message(_, message @ Message::Chunk(_)) if message == chunk(9) => Some(message),
            _ => None,
        })
        .await;
    assert_eq!(nine, chunk(9));
}
