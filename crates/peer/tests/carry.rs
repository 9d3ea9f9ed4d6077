//! Bundles carried by hand: what is packed is what is unpacked, and nothing else is.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]

mod harness;

use bitacora_exchange::{Gate, Outgoing, Shut};
use bitacora_ledger::Signer;
use bitacora_peer::carry::{Bounds, CarryError, Waybill, pack, unpack};
use bitacora_primitives::Instant;
use bitacora_primitives::markings::ItemKind;
use ed25519_dalek::{Signer as _, SigningKey};
use harness::{chunk, closure, open_gate, outgoing, tags};
use proptest::prelude::*;

const NOW: Instant = Instant::from_secs(1_800_000_000);

fn key() -> SigningKey {
    SigningKey::from_bytes(&[3; 32])
}

fn waybill() -> Waybill {
    Waybill {
        agreement: "CO-US-MAR".parse().unwrap(),
        from: "CO".parse().unwrap(),
        to: "US".to_owned(),
        made: Instant::from_secs(1_799_999_000),
        expires: Instant::from_secs(1_800_001_000),
        logs: [("CO".parse().unwrap(), 12)].into(),
    }
}

fn packed(gate: &Gate, outgoing: &[Outgoing]) -> bitacora_peer::Packed {
    let sign = |message: &[u8]| key().sign(message).to_bytes();
    pack(waybill(), outgoing, gate, "CO release", &sign as &dyn Signer).unwrap()
}

fn written(outgoing: &[Outgoing]) -> Vec<u8> {
    let mut bytes = Vec::new();
    packed(&open_gate(), outgoing).write_to(&open_gate(), &mut bytes).unwrap();
    bytes
}

fn three() -> Vec<Outgoing> {
    (0..3).map(|number| outgoing(number, tags("west", ItemKind::Lead))).collect()
}

fn keys(_: &Waybill) -> Vec<(String, [u8; 32])> {
    vec![("CO release".to_owned(), key().verifying_key().to_bytes())]
}

fn read(bytes: &[u8], bounds: &Bounds) -> Result<Vec<bitacora_exchange::wire::Message>, CarryError> {
    unpack(bytes, bounds, NOW, keys)?.messages.collect()
}

#[test]
fn a_bundle_holds_its_messages_in_order_with_who_signed() {
    let bytes = written(&three());
    let unpacked = unpack(&bytes, &Bounds::default(), NOW, keys).unwrap();
    assert_eq!((&unpacked.header.waybill, unpacked.signers), (&waybill(), vec!["CO release".to_owned()]));
    let messages: Vec<_> = unpacked.messages.map(Result::unwrap).collect();
    assert_eq!(messages, [chunk(0), chunk(1), chunk(2)]);
    assert_eq!(read(&written(&[]), &Bounds::default()).unwrap(), []);
}

#[test]
fn what_is_suspended_is_neither_packed_nor_written() {
    let gate = open_gate();
    let mut wanted = three();
    wanted.push(outgoing(3, tags("east", ItemKind::Lead)));
    wanted.push(outgoing(4, tags("west", ItemKind::Distress)));
    let before = packed(&gate, &wanted);
    gate.close(closure(1, "west"));
    // Packed before, written after: not a byte.
    let mut out = Vec::new();
    assert!(matches!(before.write_to(&gate, &mut out), Err(CarryError::Shut(Shut::Suspended(_)))));
    assert!(out.is_empty());
    let after = packed(&gate, &wanted);
    assert_eq!(after.held.iter().map(|(position, _)| *position).collect::<Vec<_>>(), [0, 1, 2]);
    after.write_to(&gate, &mut out).unwrap();
    assert_eq!(read(&out, &Bounds::default()).unwrap(), [chunk(3), chunk(4)]);
}

#[test]
fn every_cut_and_every_changed_byte_is_refused() {
    let bytes = written(&[outgoing(1, tags("west", ItemKind::Lead))]);
    for end in 0..bytes.len() {
        assert!(read(&bytes[..end], &Bounds::default()).is_err(), "cut at {end}");
    }
    for place in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[place] ^= 1;
        assert!(read(&changed, &Bounds::default()).is_err(), "changed at {place}");
    }
    let mut longer = bytes;
    longer.push(0);
    assert!(matches!(read(&longer, &Bounds::default()), Err(CarryError::OtherBody)));
}

#[test]
fn strangers_and_old_bundles_are_refused() {
    let bytes = written(&three());
    let other = |_: &Waybill| {
        vec![("CO release".to_owned(), SigningKey::from_bytes(&[4; 32]).verifying_key().to_bytes())]
    };
    let refused = unpack(&bytes, &Bounds::default(), NOW, other);
    assert!(matches!(refused, Err(CarryError::NotSigned)));
    let late = Instant::from_secs(1_800_001_000);
    assert!(matches!(unpack(&bytes, &Bounds::default(), late, keys), Err(CarryError::Expired(_))));
    assert!(matches!(read(b"PK\x03\x04 a zip file", &Bounds::default()), Err(CarryError::NotABundle)));
    let mut version = bytes.clone();
    version[8] = 2;
    assert!(matches!(read(&version, &Bounds::default()), Err(CarryError::UnknownVersion(2))));
}

#[test]
fn bombs_are_refused_by_what_they_claim_and_by_what_they_are() {
    // 40 chunks of one byte: 2.6 MiB in some hundred bytes, honestly declared.
    let many: Vec<_> = (0..40).map(|number| outgoing(number, tags("west", ItemKind::Lead))).collect();
    let bytes = written(&many);
    assert!(matches!(read(&bytes, &Bounds::default()), Err(CarryError::TooDense { .. })));
    let wide = Bounds { ratio: 1 << 20, ..Bounds::default() };
    assert_eq!(read(&bytes, &wide).unwrap().len(), 40);
    for bounds in
        [Bounds { unpacked: 1 << 20, ..wide }, Bounds { frames: 39, ..wide }, Bounds { file: 200, ..wide }]
    {
        assert!(matches!(read(&bytes, &bounds), Err(CarryError::TooLong { .. })));
    }
    // A header that claims less than its body holds, rightly signed by a partner that lies.
    for (frames, unpacked) in [(1, 65_567), (2, 65_567), (40, 100), (41, 3_000_000)] {
        let lie = relabelled(&bytes, frames, unpacked);
        let refused = read(&lie, &wide);
        assert!(
            matches!(
                refused,
                Err(CarryError::GoesOn(_) | CarryError::CutShort(_) | CarryError::Unpack { .. })
            ),
            "{frames} {unpacked}: {refused:?}"
        );
    }
}

/// The same body under a header that says otherwise.
fn relabelled(bytes: &[u8], frames: u64, unpacked: u64) -> Vec<u8> {
    use bitacora_ledger::{Envelope, canonical_json};
    let length = u32::from_be_bytes(bytes[9..13].try_into().unwrap()) as usize;
    let envelope = Envelope::parse(&bytes[13..13 + length]).unwrap();
    let mut header: bitacora_peer::Header = serde_json::from_slice(&envelope.payload).unwrap();
    (header.body.frames, header.body.unpacked) = (frames, unpacked);
    let payload = canonical_json(&header).unwrap().into_bytes();
    let mut signed = Envelope::new(&envelope.payload_type, payload).unwrap();
    let sign = |message: &[u8]| key().sign(message).to_bytes();
    signed.sign("CO release", &sign as &dyn Signer).unwrap();
    let json = signed.to_json().unwrap();
    let mut out = bytes[..9].to_vec();
    out.extend_from_slice(&u32::try_from(json.len()).unwrap().to_be_bytes());
    out.extend_from_slice(json.as_bytes());
    out.extend_from_slice(&bytes[13 + length..]);
    out
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300), head in any::<bool>()) {
        let bytes = if head { [&b"BITACORA\x01"[..], &bytes].concat() } else { bytes };
        prop_assert!(read(&bytes, &Bounds::default()).is_err());
    }
}
