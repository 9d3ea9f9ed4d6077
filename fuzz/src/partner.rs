//! A partner that holds its keys and means harm: whatever records it signs into its log, in whatever order, our side
//! takes or refuses them, stays whole, and starts again from its disk.

#[path = "../../crates/exchange/tests/world/mod.rs"]
mod world;

use std::sync::Arc;

use bitacora_exchange::agreement::origin;
use bitacora_exchange::audit::TrustFile;
use bitacora_exchange::document::{Document, Terms, cut};
use bitacora_exchange::record::{Approval, Condition, Entry, Record, Withdrawal, statement_bytes};
use bitacora_exchange::shelf::StoredLeaf;
use bitacora_exchange::side::{Audience, Link, Offered, Stop};
use bitacora_exchange::wire::{Entries, LeafOut, Message};
use bitacora_exchange::{Agreement, Secrets as _};
use bitacora_ledger::{Checkpoint, Salt, Tree, VerifierKey, leaf_hash, sha256};
use bitacora_policy::Form;
use bitacora_primitives::markings::{ItemKind, Purpose, Text};
use serde::Serialize;
use world::forger::approve;
use world::quiet::{Wire, asked, exchange_one};
use world::{Disk, Keyring, Node, OFFICERS, at, pair, party};

/// Leaves in one input, at most.
const MAX_LEAVES: usize = 32;

/// Where every input starts: one lead exchanged, two more released and not fetched yet.
struct Ground {
    agreement: Agreement,
    keys: [Arc<Keyring>; 2],
    disks: [Disk; 2],
}

thread_local! {
    static GROUND: Ground = ground();
}

fn ground() -> Ground {
    let (mut co, mut us) = pair();
    exchange_one(&mut co, &mut us, 1, 60);
    for number in [2, 3] {
        co.side.offer(asked(number, ItemKind::Lead), None, Vec::new(), at(70)).expect("a standing release");
    }
    co.commit();
    Ground { agreement: co.agreement, keys: [co.keys, us.keys], disks: [co.disk, us.disk] }
}

fn start(ground: &Ground, place: usize, disk: Disk) -> Node {
    Node::start(["CO", "US"][place], ground.keys[place].clone(), &ground.agreement, disk)
}

/// Each line is one of the partner's next leaves: the JSON of a record, which is sealed, signed and signed for by its
/// officers; or else the leaf's text as it is.
pub fn partner(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    GROUND.with(|ground| {
        let mut co = start(ground, 0, ground.disks[0].clone());
        let mut leaves = ground.disks[1].log(&party("US"));
        let mut link = Link::new(Audience::Partner, &party("US"));
        for (second, line) in (100..).zip(text.lines().take(MAX_LEAVES)) {
            let from = leaves.len() as u64;
            leaves.push(stored(ground, from, second, line));
            let entries = entries(ground, from, &leaves);
            if co.side.receive(&mut link, world::quiet::again(&entries), at(second)).is_err() {
                break;
            }
            co.commit();
            co.side.pump(&mut link, &co.disk, at(second)).expect("an own disk reads");
            co.side.take_up(&co.disk, at(second)).expect("what waits is decided");
            co.commit();
        }
        // A strict fold: a grant without a receipt or a release out of bounds would stop it.
        let own = co.disk.log(&party("CO")).len();
        let again = start(ground, 0, co.disk);
        assert_eq!(again.disk.log(&party("CO")).len(), own);
    });
}

fn stored(ground: &Ground, index: u64, second: i64, line: &str) -> StoredLeaf {
    let text = match serde_json::from_str::<Record>(line) {
        Ok(mut record) => {
            sign_for(&mut record);
            let log = origin(&ground.agreement.id, &party("US"));
            let entry = Entry { log, index, recorded: at(second), record };
            let salt = Salt([7; 16]);
            match entry.seal(salt, "record.US", &ground.keys[1].record) {
                Ok(leaf) => leaf.text,
                Err(_) => line.to_owned(),
            }
        }
        Err(_) => line.to_owned(),
    };
    (sha256(text.as_bytes()), Some(text))
}

/// The statement as the input has it, with the signatures that it needs.
fn sign_for(record: &mut Record) {
    fn all(statement: &impl Serialize) -> Vec<Approval> {
        let writable = statement_bytes(statement).is_ok();
        if writable { OFFICERS.map(|name| approve(name, statement)).to_vec() } else { Vec::new() }
    }
    match record {
        Record::Ended(signed) => signed.approvals = all(&signed.statement),
        Record::Withdrawal(signed) => signed.approvals = all(&signed.statement),
        Record::Suspension(signed) => signed.approvals = all(&signed.statement),
        Record::Resumption(signed) => signed.approvals = all(&signed.statement),
        Record::Release(release) if !release.standing => release.approvals = all(&release.statement()),
        _ => {}
    }
}

fn entries(ground: &Ground, from: u64, leaves: &[StoredLeaf]) -> Message {
    let tree = Tree::from_leaf_hashes(leaves.iter().map(|(commitment, _)| leaf_hash(&commitment.0)));
    let log = origin(&ground.agreement.id, &party("US"));
    let key = VerifierKey::new(&log, ground.keys[1].log.public()).expect("a key");
    let size = tree.size();
    let checkpoint = Checkpoint { origin: log, size, root: tree.root_at(size).expect("its own size") };
    let out = |(commitment, record): &StoredLeaf| LeafOut { commitment: *commitment, record: record.clone() };
    let from_place = usize::try_from(from).unwrap_or(usize::MAX);
    Message::Entries(Box::new(Entries {
        agreement: ground.agreement.id.clone(),
        log: party("US"),
        from,
        leaves: leaves.iter().skip(from_place).map(out).collect(),
        checkpoint: checkpoint.sign(&key, ground.keys[1].log()),
    }))
}

/// Leaves of an honest partner from the same ground: receipts, a release of its own and its withdrawal, a stop and its
/// end.
pub fn honest_leaves() -> Vec<String> {
    GROUND.with(|ground| {
        let mut co = start(ground, 0, ground.disks[0].clone());
        let mut us = start(ground, 1, ground.disks[1].clone());
        let before = us.disk.log(&party("US")).len();
        let mut wire = Wire::new();
        wire.settle(&mut co, &mut us, at(80));
        let mut lead = asked(9, ItemKind::Lead);
        lead.to = party("CO");
        lead.offer.originator = party("US");
        let Ok(Offered::Released { release, .. }) = us.side.offer(lead, None, Vec::new(), at(90)) else {
            panic!("the ground's agreement lets a lead go to Colombia")
        };
        us.commit();
        wire.settle(&mut co, &mut us, at(91));
        stop_and_resume(&mut us);
        let withdrawal = Withdrawal { release, reason: Text::new("error", "mistake") };
        let approvals = vec![approve(OFFICERS[0], &withdrawal)];
        us.side.withdraw(release, withdrawal.reason, approvals, at(95)).expect("one officer withdraws");
        us.commit();
        us.disk.log(&party("US")).into_iter().skip(before).filter_map(|(_, text)| text).collect()
    })
}

fn stop_and_resume(us: &mut Node) {
    let stop = Stop {
        scope: Default::default(),
        exceptions: Default::default(),
        reason: Text::new("ataques a lanchas", "attacks on boats"),
        condition: Condition { text: Text::new("mientras sigan", "as long as they continue"), rule: None },
        incident: None,
    };
    let notice = stop.notice(us.side.agreement_id(), &party("US"), [5; 32], at(92));
    let (id, approval) = (notice.suspension, approve(OFFICERS[0], &notice));
    us.side.suspend(notice, vec![approval], at(92)).expect("one officer stops");
    us.commit();
    let met = Text::new("cumplida", "met");
    let resumption = us.side.resumption(id, Default::default(), met, None, at(93)).expect("entropy");
    let approvals = OFFICERS.map(|name| approve(name, &resumption)).to_vec();
    us.side.resume(resumption, approvals, at(93)).expect("two officers resume");
    us.commit();
}

/// The ground's agreement, in its canonical form, and as both signed it.
pub fn agreement() -> (String, String) {
    GROUND.with(|ground| {
        let envelope = world::signed(&ground.agreement, &[&ground.keys[0], &ground.keys[1]]);
        let text = ground.agreement.canonical().expect("a canonical form");
        (text, envelope.to_json().expect("an envelope"))
    })
}

/// The keys that the ground's agreement pins, as `bitacora verify` reads them.
pub fn keys_file() -> String {
    GROUND.with(|ground| TrustFile::of(&ground.agreement).expect("usable keys").to_string())
}

/// A lead as it is sealed under clause 3.1.
pub fn document() -> Document {
    GROUND.with(|ground| {
        let lead = world::offer(4, ItemKind::Lead, at(50));
        let terms = Terms {
            agreement: &ground.agreement.id,
            version: 1,
            clause: &"3.1".parse().expect("a clause"),
            purpose: Purpose::Seizure,
            form: Form { delay_s: 0, grid_m: 11_112, asset_only: false },
            cut: &["evidence".parse().expect("a field")].into(),
            handling: &lead.handling,
            corrects: None,
        };
        cut(&lead, &terms)
    })
}
