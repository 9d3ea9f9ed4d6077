//! Callers that keep no rule. A stranger sees the same reset and not a byte of why; a partner with a key may break a
//! link, never a node.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]

mod harness;

use std::io::ErrorKind;
use std::time::Duration;

use bitacora_exchange::wire::{MAX_FRAME_BYTES, Message};
use bitacora_peer::frame::{HEAD_BYTES, frame, read};
use bitacora_peer::link::MAX_REFUSED;
use bitacora_peer::{CloseReason, FrameError, Timing};
use harness::caller::{hello_of_tls12, rest, shake};
use harness::{Event, Node, chunk, identity, limits};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

const ALPN: Option<&str> = Some("bitacora/1");

/// A node, and a caller's key that it knows.
async fn node() -> (Node, std::net::SocketAddr, bitacora_peer::IdentityPem) {
    let node = Node::new(limits());
    let (caller, pem) = identity();
    node.pins.add(caller.fingerprint());
    let address = node.serve().await;
    (node, address, pem)
}

#[tokio::test]
async fn a_stranger_learns_nothing_whatever_it_sends() {
    let (mut us, address, _) = node().await;
    let attempts: [(&str, Vec<u8>); 5] = [
        ("plain HTTP", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n".to_vec()),
        ("TLS 1.2", hello_of_tls12()),
        ("garbage", vec![0xff; 100]),
        ("an alert", vec![21, 3, 3, 0, 2, 2, 40]),
        ("a record too long", vec![22, 3, 1, 0xff, 0xff, 1, 0, 0, 0]),
    ];
    for (what, bytes) in attempts {
        let mut tcp = TcpStream::connect(address).await.unwrap();
        tcp.write_all(&bytes).await.unwrap();
        assert_eq!(rest(&mut tcp).await, (Vec::new(), Some(ErrorKind::ConnectionReset)), "{what}");
        us.turned_away().await;
    }
    assert!(us.queues.is_empty());
}

#[tokio::test]
async fn a_client_without_the_right_key_is_reset_without_an_alert() {
    let (mut us, address, pem) = node().await;
    let (_, unknown) = identity();
    for (what, pem, alpn) in [
        ("no certificate", None, ALPN),
        ("another key", Some(&unknown), ALPN),
        ("no protocol", Some(&pem), None),
    ] {
        // In TLS 1.3 the client is done before the server has judged it; its first read tells.
        let ended = match shake(address, pem, alpn).await {
            Ok(mut tls) => rest(&mut tls).await,
            Err(error) => (Vec::new(), Some(error.kind())),
        };
        assert_eq!(ended, (Vec::new(), Some(ErrorKind::ConnectionReset)), "{what}");
        us.turned_away().await;
    }
    assert!(us.queues.is_empty());
    // The same caller, rightly.
    let _tls = shake(address, Some(&pem), ALPN).await.unwrap();
    us.connected().await;
}

#[tokio::test(start_paused = true)]
async fn a_handshake_a_byte_at_a_time_is_cut_off() {
    let (mut us, address, _) = node().await;
    let mut tcp = TcpStream::connect(address).await.unwrap();
    let began = tokio::time::Instant::now();
    for byte in hello_of_tls12() {
        if tcp.write_all(&[byte]).await.is_err() {
            break;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    assert_eq!(us.turned_away().await, "the handshake took too long");
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_frame_a_byte_at_a_time_is_cut_off_and_silence_too() {
    let timing = Timing::default();
    let (mut near, mut far) = tokio::io::duplex(64);
    let slow = tokio::spawn(async move {
        for byte in frame(1, &[b' '; 1000]).unwrap() {
            if near.write_all(&[byte]).await.is_err() {
                return;
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    });
    let began = tokio::time::Instant::now();
    assert!(matches!(read(&mut far, &timing).await, Err(FrameError::Slow)));
    assert_eq!(began.elapsed().as_secs(), timing.frame.as_secs());
    drop(far);
    slow.await.unwrap();

    let (near, mut far) = tokio::io::duplex(64);
    let began = tokio::time::Instant::now();
    assert!(matches!(read(&mut far, &timing).await, Err(FrameError::Silent)));
    assert_eq!(began.elapsed().as_secs(), timing.silent.as_secs());
    drop(near);

    // A narrow line is no attack: a whole chunk at 2,400 bit/s is not, at the rate its node sets.
    let narrow = Timing { bytes_per_second: 200, ..timing };
    assert!(narrow.of_frame(65_562) > Duration::from_secs(300));
}

#[tokio::test]
async fn frames_are_bounded_before_anything_is_set_aside() {
    let timing = Timing::default();
    let over = u32::try_from(MAX_FRAME_BYTES).unwrap() + 1;
    for (length, kind) in [(over, 3), (u32::MAX, 1)] {
        let mut bytes: &[u8] = &[&[kind][..], &length.to_be_bytes()].concat();
        assert!(
            matches!(read(&mut bytes, &timing).await, Err(FrameError::TooLong(found)) if found == length)
        );
    }
    let mut loud: &[u8] = &[0, 0, 0, 0, 1, 9];
    assert!(matches!(read(&mut loud, &timing).await, Err(FrameError::LoudAlive(1))));
    let whole = frame(3, &[5; 10]).unwrap();
    for end in 1..whole.len() {
        let mut cut = &whole[..end];
        let of = if end < HEAD_BYTES { HEAD_BYTES } else { whole.len() };
        let got = read(&mut cut, &timing).await;
        assert!(
            matches!(got, Err(FrameError::CutShort { had, of: found }) if had == end && found == of),
            "{end}: {got:?}"
        );
    }
    let mut none: &[u8] = &[];
    assert!(read(&mut none, &timing).await.unwrap().is_none());
    assert!(frame(1, &vec![0; MAX_FRAME_BYTES + 1]).is_err());
}

#[tokio::test]
async fn malformed_messages_are_counted_by_place_and_the_good_go_on() {
    let (mut us, address, pem) = node().await;
    let mut tls = shake(address, Some(&pem), ALPN).await.unwrap();
    us.connected().await;
    let (kind, payload) = chunk(3).encode().unwrap();
    for bytes in
        [frame(9, b"x"), frame(Message::STATUS, b"{"), frame(Message::CHUNK, b"short"), frame(kind, &payload)]
    {
        tls.write_all(&bytes.unwrap()).await.unwrap();
    }
    tls.flush().await.unwrap();
    let mut seen = Vec::new();
    for _ in 0..4 {
        seen.push(match us.next().await {
            Event::Refused(_, frame, why) => format!("{frame}: {why}"),
            Event::Message(_, message) if message == chunk(3) => "3".to_owned(),
            other => panic!("{other:?}"),
        });
    }
    let told = ["1: frames of kind 9 are not known", "2: the frame is malformed"];
    assert_eq!((&seen[..2], seen[3].as_str()), (&told.map(str::to_owned)[..], "3"), "{seen:?}");
    // Without end it is no mistake any more.
    for _ in 0..MAX_REFUSED {
        tls.write_all(&frame(9, b"x").unwrap()).await.unwrap();
    }
    tls.flush().await.unwrap();
    assert!(matches!(us.closed().await.1, CloseReason::TooManyRefused));
}

#[tokio::test]
async fn a_broken_frame_ends_its_link_alone() {
    let (mut us, address, pem) = node().await;
    let mut steady = shake(address, Some(&pem), ALPN).await.unwrap();
    us.connected().await;
    // Too long.
    let mut tls = shake(address, Some(&pem), ALPN).await.unwrap();
    us.connected().await;
    tls.write_all(&[1, 0xff, 0xff, 0xff, 0xff]).await.unwrap();
    tls.flush().await.unwrap();
    let (_, why) = us.closed().await;
    assert!(matches!(why, CloseReason::Frame { frame: 1, rule: FrameError::TooLong(u32::MAX) }), "{why:?}");
    assert_eq!(rest(&mut tls).await.1, Some(ErrorKind::ConnectionReset));
    // Cut in the middle by an end without a word, and by a reset.
    for reset in [false, true] {
        let mut tls = shake(address, Some(&pem), ALPN).await.unwrap();
        us.connected().await;
        let bytes = frame(1, &[b' '; 1000]).unwrap();
        tls.write_all(&bytes[..500]).await.unwrap();
        tls.flush().await.unwrap();
        if reset {
            tls.get_ref().0.set_zero_linger().unwrap();
        }
        drop(tls);
        let (_, why) = us.closed().await;
        assert!(matches!(why, CloseReason::Lost(_) | CloseReason::Frame { .. }), "{why:?}");
    }
    let (kind, payload) = chunk(8).encode().unwrap();
    steady.write_all(&frame(kind, &payload).unwrap()).await.unwrap();
    steady.flush().await.unwrap();
    assert_eq!(us.message().await, chunk(8));
}
