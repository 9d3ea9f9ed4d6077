//! Two nodes on loopback: who gets a link, what ends one, and how it comes back.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]

mod harness;

use std::collections::BTreeSet;

use bitacora_peer::{CloseReason, Identity, Limits};
use bitacora_primitives::markings::ItemKind;
use harness::{Event, Node, chunk, identity, limits, outgoing, pair, tags};

#[tokio::test]
async fn pinned_partners_exchange_messages_in_order_both_ways() {
    let (mut co, mut us) = pair();
    co.dial(us.serve().await, us.key);
    let (seen, _, to_us) = co.connected().await;
    assert_eq!(seen, us.key);
    let (seen, _, to_co) = us.connected().await;
    assert_eq!(seen, co.key);
    for number in 0..40 {
        to_us.send(outgoing(number, tags("west", ItemKind::Lead))).await.unwrap();
        to_co.send(outgoing(100 + number, tags("west", ItemKind::Lead))).await.unwrap();
    }
    for number in 0..40 {
        assert_eq!(us.message().await, chunk(number));
        assert_eq!(co.message().await, chunk(100 + number));
    }
}

#[tokio::test]
async fn a_key_that_is_not_pinned_gets_no_link_on_either_side() {
    // The server does not know the dialler.
    let (mut co, mut us) = (Node::new(limits()), Node::new(limits()));
    co.pins.add(us.key);
    co.dial(us.serve().await, us.key);
    assert!(us.turned_away().await.starts_with("the handshake failed"));
    co.turned_away().await;
    assert!(us.queues.is_empty() && co.queues.is_empty());

    // The dialler is answered by a pinned key, but another than it dialled.
    let (mut co, us, other) = (Node::new(limits()), Node::new(limits()), Node::new(limits()));
    co.pins.replace([us.key, other.key].into());
    us.pins.add(co.key);
    co.dial(us.serve().await, other.key);
    assert!(co.turned_away().await.starts_with("the handshake failed"));
    assert!(co.queues.is_empty());
}

#[tokio::test]
async fn revocation_ends_open_links_and_lets_none_in() {
    let (mut co, mut us) = pair();
    co.dial(us.serve().await, us.key);
    co.connected().await;
    us.connected().await;
    assert!(us.pins.revoke(&co.key));
    assert!(matches!(us.closed().await.1, CloseReason::Revoked));
    assert!(us.turned_away().await.starts_with("the handshake failed"), "it dials again, in vain");
    // Rotation: the new key is pinned beside the old, and the old goes.
    us.pins.add(co.key);
    us.connected().await;
    us.pins.replace(BTreeSet::new());
    assert!(matches!(us.closed().await.1, CloseReason::Revoked));
}

#[tokio::test]
async fn a_lost_link_is_dialled_again() {
    let (mut co, mut us) = pair();
    co.dial(us.serve().await, us.key);
    let (_, first, _) = co.connected().await;
    us.connected().await;
    // The server's node lets go of its queue: an orderly end.
    us.queues.clear();
    let (closed, why) = co.closed().await;
    assert_eq!(closed, first);
    assert!(matches!(why, CloseReason::Left), "{why:?}");
    let (_, second, out) = co.connected().await;
    assert!(second > first);
    out.send(outgoing(5, tags("west", ItemKind::Lead))).await.unwrap();
    assert_eq!(us.message().await, chunk(5));
}

#[tokio::test]
async fn what_was_queued_before_an_orderly_end_arrives() {
    let (mut co, mut us) = pair();
    co.dial(us.serve().await, us.key);
    let (_, _, out) = co.connected().await;
    for number in 0..10 {
        out.send(outgoing(number, tags("west", ItemKind::Lead))).await.unwrap();
    }
    drop(out);
    co.queues.clear();
    for number in 0..10 {
        assert_eq!(us.message().await, chunk(number));
    }
    let (_, why) = us.closed().await;
    assert!(matches!(why, CloseReason::Left), "{why:?}");
}

#[tokio::test]
async fn a_partner_has_no_more_links_than_the_limit() {
    let mut us = Node::new(Limits { links_of_a_peer: 1, ..limits() });
    let co = Node::new(limits());
    us.pins.add(co.key);
    co.pins.add(us.key);
    let address = us.serve().await;
    co.dial(address, us.key);
    us.connected().await;
    co.dial(address, us.key);
    assert_eq!(us.turned_away().await, "too many handshakes or links at once");
    assert_eq!(us.queues.len(), 1);
}

#[test]
fn a_key_reads_back_and_a_foreign_one_does_not_fit() {
    let (one, pem) = identity();
    let again = Identity::from_pem(&pem.certificate, &pem.key).unwrap();
    assert_eq!(one.fingerprint(), again.fingerprint());
    assert_eq!(
        one.fingerprint().to_string().parse::<bitacora_peer::Fingerprint>().unwrap(),
        one.fingerprint()
    );
    let (_, other) = identity();
    assert!(Identity::from_pem(&pem.certificate, &other.key).is_err());
    assert!(Identity::from_pem("no PEM", &pem.key).is_err());
    assert!(Identity::from_pem(&pem.key, &pem.certificate).is_err());
    for shown in [format!("{one:?}"), format!("{pem:?}")] {
        assert!(!shown.contains("PRIVATE"), "{shown}");
    }
}

#[tokio::test]
async fn an_unreachable_partner_is_told_to_the_node() {
    let mut co = Node::new(limits());
    let us = Node::new(limits());
    co.pins.add(us.key);
    // Bound and let go: nobody listens there.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    co.dial(free, us.key);
    let event = co.next().await;
    let Event::TurnedAway(why) = event else { panic!("{event:?}") };
    assert!(why.starts_with("the address cannot be reached"), "{why}");
}
