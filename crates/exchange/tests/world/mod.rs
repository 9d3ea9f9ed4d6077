//! Two sides and a witness in memory: stores that lose what was not synced, links that lose, repeat and reorder, and
//! clocks that are wrong. Everything follows from a seed.

#![allow(dead_code, reason = "each test uses a part of it")]

pub mod directory;
pub mod forger;
pub mod quiet;
pub mod witness;

#[allow(unused_imports, reason = "each test uses a part of it")]
pub use quiet::{Wire, exchange_one};

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bitacora_exchange::agreement::{Agreement, PartyKeys, PartyTerms, origin};
use bitacora_exchange::area::Area;
use bitacora_exchange::record::{Approval, statement_bytes};
use bitacora_exchange::sealing::seal_pair;
use bitacora_exchange::secrets::NoSecret;
use bitacora_exchange::shelf::StoredLeaf;
use bitacora_exchange::{Draft, Gate, Secrets, Shelf, ShelfError, Side};
use bitacora_ledger::{CosignerKey, Envelope, Signer, VerifierKey, sha256};
use bitacora_policy::{Clause, Form, Rule, Scope};
use bitacora_primitives::markings::{Handling, ItemKind, PartyCode, Purpose, Text, Tlp};
use bitacora_primitives::{Instant, Offer, OfficerId, Position, ReleaseId, Role};
use ed25519_dalek::{Signer as _, SigningKey};

#[derive(Clone)]
pub struct Key(SigningKey);

impl Key {
    pub fn new(name: &str) -> Self {
        Self(SigningKey::from_bytes(&sha256(name.as_bytes()).0))
    }
    pub fn public(&self) -> [u8; 32] {
        self.0.verifying_key().to_bytes()
    }
}
impl Signer for Key {
    fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }
}

/// All keys of a party, from its name.
pub struct Keyring {
    pub record: Key,
    /// Record keys before the one in use, or after it.
    pub others: Vec<Key>,
    pub log: Key,
    pub cosigner: Key,
    pub seal: [u8; 32],
    pub drawn: AtomicU64,
    pub name: String,
}

impl Keyring {
    pub fn new(party: &str) -> Self {
        Self {
            record: Key::new(&format!("{party} record")),
            others: Vec::new(),
            log: Key::new(&format!("{party} log")),
            cosigner: Key::new(&format!("{party} cosigner")),
            seal: sha256(format!("{party} seal").as_bytes()).0,
            drawn: AtomicU64::new(0),
            name: party.to_owned(),
        }
    }
}

impl Secrets for Keyring {
    fn record(&self, key: &VerifierKey) -> Result<Arc<dyn Signer>, NoSecret> {
        let known = self.others.iter().chain([&self.record]).find(|one| one.public() == *key.public_key());
        let known = known.ok_or_else(|| NoSecret { what: "record key", why: key.to_string() })?;
        Ok(Arc::new(known.clone()))
    }
    fn log(&self) -> &dyn Signer {
        &self.log
    }
    fn cosigner(&self) -> &dyn Signer {
        &self.cosigner
    }
    fn item_key(&self, release: &ReleaseId, month: &str) -> Result<[u8; 32], NoSecret> {
        Ok(sha256(format!("{} {month} {release}", self.name).as_bytes()).0)
    }
    fn seal_secret(&self) -> [u8; 32] {
        seal_pair(&self.seal).0
    }
    fn entropy(&self) -> Result<[u8; 32], NoSecret> {
        let drawn = self.drawn.fetch_add(1, Ordering::Relaxed);
        Ok(sha256(format!("{} {drawn}", self.name).as_bytes()).0)
    }
}

pub fn party(code: &str) -> PartyCode {
    code.parse().unwrap()
}

pub fn at(seconds: i64) -> Instant {
    Instant::parse("2026-11-21T00:00:00Z").unwrap() + bitacora_primitives::Duration::from_secs(seconds)
}

fn terms(code: &str, keys: &Keyring) -> PartyTerms {
    let id = "CO-US-MAR".parse().unwrap();
    PartyTerms {
        code: party(code),
        name: Text::new(code, code),
        keys: PartyKeys {
            log: VerifierKey::new(&origin(&id, &party(code)), keys.log.public()).unwrap().to_string(),
            cosigner: CosignerKey::new(&format!("cosigner.{code}"), keys.cosigner.public())
                .unwrap()
                .to_string(),
            record: VerifierKey::new(&format!("record.{code}"), keys.record.public()).unwrap().to_string(),
            seal: seal_pair(&keys.seal).1,
            transport: "0".repeat(64),
        },
    }
}

pub fn clause(id: &str, rule: Rule) -> Clause {
    Clause { id: id.parse().unwrap(), text: Text::new("texto", "text"), critical: true, rule }
}

fn scope(from: &str, to: &str, items: &[ItemKind], officers: u8, standing: bool) -> Rule {
    Rule::Scope(Box::new(Scope {
        from: party(from),
        to: party(to),
        items: items.iter().copied().collect(),
        areas: ["caribbean-w".parse().unwrap()].into(),
        purposes: [Purpose::Seizure, Purpose::Arrest].into(),
        per_day: Some(5_000),
        standing,
        officers,
        form: Form { delay_s: 0, grid_m: 11_112, asset_only: false },
        cut: ["evidence".parse().unwrap()].into(),
    }))
}

pub fn agreement(co: &Keyring, us: &Keyring, witness: &Key) -> Agreement {
    let handling = Handling {
        tlp: Tlp::Amber,
        codes: Default::default(),
        releasable_to: [party("CO"), party("US")].into(),
    };
    Agreement {
        format: String::new(),
        id: "CO-US-MAR".parse().unwrap(),
        version: 1,
        replaces: None,
        title: Text::new("Interdicción marítima", "Maritime interdiction"),
        parties: vec![terms("CO", co), terms("US", us)],
        witnesses: vec![CosignerKey::new("oversight", witness.public()).unwrap().to_string()],
        from: at(-86_400),
        until: at(365 * 86_400),
        lease_s: 900,
        areas: vec![Area {
            id: "caribbean-w".parse().unwrap(),
            name: Text::new("Caribe occidental", "Western Caribbean"),
            polygon: vec![
                [-82_000_000, 9_000_000],
                [-74_000_000, 9_000_000],
                [-74_000_000, 16_000_000],
                [-82_000_000, 16_000_000],
            ],
        }],
        clauses: vec![
            clause("0.1", Rule::BaseProhibition),
            clause("3.1", scope("CO", "US", &[ItemKind::Lead], 1, true)),
            clause("3.5", scope("CO", "US", &[ItemKind::ContainerAlert], 2, false)),
            clause("4.1", scope("US", "CO", &[ItemKind::Lead, ItemKind::Contact], 1, true)),
            clause("5.1", Rule::Handling(handling)),
            clause("8.1", Rule::Officers { release: 1, suspend: 1, resume: 2, amend: 2 }),
            clause("9.1", Rule::SafetyOfLife),
        ],
        policy_set: String::new(),
    }
    .settle()
    .unwrap()
}

/// A lead-like offer in the area.
pub fn offer(number: u64, kind: ItemKind, observed: Instant) -> Offer {
    let fields = [("title", serde_json::json!("gap")), ("evidence", serde_json::json!(["!AIVDM,secret"]))];
    let fields = fields.into_iter().map(|(name, value)| (name.parse().unwrap(), value)).collect();
    Offer {
        id: format!("led-{number:020x}"),
        revision: 0,
        kind,
        originator: party("CO"),
        observed,
        position: Some(Position::new(12.5, -77.0).unwrap()),
        grading: "B2".parse().unwrap(),
        handling: Handling {
            tlp: Tlp::Amber,
            codes: Default::default(),
            releasable_to: [party("CO"), party("US")].into(),
        },
        case: None,
        fields,
    }
}

pub fn distress(number: u64, observed: Instant) -> Offer {
    let fields = [("distress".parse().unwrap(), serde_json::json!("taking water"))].into();
    Offer { fields, ..offer(number, ItemKind::Distress, observed) }
}

/// What is on the disk, and what is not yet.
#[derive(Clone, Default)]
pub struct Disk {
    leaves: BTreeMap<(PartyCode, u64), StoredLeaf>,
    sealed: BTreeMap<ReleaseId, Vec<u8>>,
    offers: BTreeMap<ReleaseId, String>,
    pub checkpoints: BTreeMap<(PartyCode, u64), String>,
}

impl Disk {
    /// One transaction.
    pub fn store(&mut self, draft: Draft) {
        for leaf in draft.leaves {
            let known = self.leaves.insert((leaf.log, leaf.index), (leaf.commitment, leaf.text));
            assert!(known.is_none(), "a leaf is never written over");
        }
        self.sealed.extend(draft.sealed);
        self.offers.extend(draft.offers);
        for kept in draft.checkpoints {
            self.checkpoints.insert((kept.log, kept.size), kept.note);
        }
    }
    pub fn log(&self, party: &PartyCode) -> Vec<StoredLeaf> {
        let of = |((log, _), leaf): (&(PartyCode, u64), &StoredLeaf)| (log == party).then(|| leaf.clone());
        self.leaves.iter().filter_map(of).collect()
    }
    /// Leaves of a party's log, and the commitment of the last of its first `most`.
    pub fn edge(&self, party: &PartyCode, most: u64) -> (u64, Option<bitacora_ledger::Hash>) {
        let whole = self.leaves.range((party.clone(), 0)..=(party.clone(), u64::MAX));
        let size = whole.last().map_or(0, |((_, index), _)| index + 1);
        let last = size.min(most).checked_sub(1);
        (
            size,
            last.and_then(|last| self.leaves.get(&(party.clone(), last))).map(|(commitment, _)| *commitment),
        )
    }
    /// As if the last leaf had never been written.
    pub fn without_last(&self, party: &PartyCode) -> Self {
        let mut less = self.clone();
        let last = less.leaves.keys().filter(|(log, _)| log == party).max().cloned();
        last.and_then(|last| less.leaves.remove(&last)).unwrap();
        less
    }
    /// Another text for a leaf, with the commitment that goes with it.
    pub fn altered(&self, party: &PartyCode, leaf: u64) -> Self {
        let mut other = self.clone();
        let (commitment, text) = other.leaves.get_mut(&(party.clone(), leaf)).unwrap();
        let changed = text.as_ref().unwrap().replace("\"kind\"", "\"kind\" ");
        *commitment = sha256(changed.as_bytes());
        *text = Some(changed);
        other
    }
    pub fn newest(&self, party: &PartyCode) -> Option<String> {
        self.checkpoints.iter().filter(|((log, _), _)| log == party).map(|(_, note)| note.clone()).next_back()
    }
}

impl Shelf for Disk {
    fn leaves(&self, log: &PartyCode, from: u64, limit: usize) -> Result<Vec<StoredLeaf>, ShelfError> {
        Ok((from..).take(limit).map_while(|index| self.leaves.get(&(log.clone(), index)).cloned()).collect())
    }
    fn sealed(&self, release: &ReleaseId) -> Result<Option<Vec<u8>>, ShelfError> {
        Ok(self.sealed.get(release).cloned())
    }
    fn newest_checkpoint(&self, log: &PartyCode) -> Result<Option<String>, ShelfError> {
        Ok(self.newest(log))
    }
    fn offer(&self, release: &ReleaseId) -> Result<Option<String>, ShelfError> {
        Ok(self.offers.get(release).cloned())
    }
}

/// A node of the simulation: its keys, disk, gate and side.
pub struct Node {
    pub code: PartyCode,
    pub keys: Arc<Keyring>,
    pub disk: Disk,
    pub gate: Arc<Gate>,
    pub side: Side,
    pub agreement: Agreement,
}

impl Node {
    pub fn start(code: &str, keys: Arc<Keyring>, agreement: &Agreement, disk: Disk) -> Self {
        let gate = Arc::new(Gate::new());
        let secrets: Arc<dyn Secrets> = keys.clone();
        let side = Side::open(agreement, party(code), gate.clone(), secrets, &disk).unwrap();
        Self { code: party(code), keys, disk, gate, side, agreement: agreement.clone() }
    }

    /// Everything in memory is gone; what was stored stays.
    pub fn crash(&mut self) {
        let disk = std::mem::take(&mut self.disk);
        let drawn = self.keys.drawn.load(Ordering::Relaxed);
        *self = Self::start(self.code.as_str(), self.keys.clone(), &self.agreement, disk);
        self.keys.drawn.store(drawn + 1_000, Ordering::Relaxed);
    }

    /// A store that refused: the side's memory is ahead of the disk, so it is read anew. The gate is the process's and
    /// stays as it is.
    pub fn reopen(&mut self) {
        let secrets: Arc<dyn Secrets> = self.keys.clone();
        self.side =
            Side::open(&self.agreement, self.code.clone(), self.gate.clone(), secrets, &self.disk).unwrap();
    }

    pub fn commit(&mut self) {
        let draft = self.side.take_draft();
        self.disk.store(draft);
        self.side.committed();
    }

    pub fn approve<T: serde::Serialize>(&self, officer: &str, statement: &T) -> Approval {
        let message = statement_bytes(statement).unwrap();
        Approval { officer: officer_id(officer), signature: Key::new(officer).sign(&message) }
    }
}

pub fn officer_id(name: &str) -> OfficerId {
    OfficerId::of(&[name.as_bytes()])
}

pub const OFFICERS: [&str; 2] = ["Arbeláez", "Restrepo"];

/// Two nodes with the agreement in force and two release officers each.
pub fn pair() -> (Node, Node) {
    pair_under(|_| ())
}

/// The same, with the agreement changed before both sign it.
pub fn pair_under(change: impl FnOnce(&mut Agreement)) -> (Node, Node) {
    let (co, us) = (Arc::new(Keyring::new("CO")), Arc::new(Keyring::new("US")));
    let mut agreement = agreement(&co, &us, &Key::new("witness"));
    change(&mut agreement);
    let agreement = agreement.settle().unwrap();
    let envelope = signed(&agreement, &[&co, &us]);
    let mut nodes = [("CO", co), ("US", us)].map(|(code, keys)| {
        let mut node = Node::start(code, keys, &agreement, Disk::default());
        node.side.adopt(envelope.clone(), at(0)).unwrap();
        for name in OFFICERS {
            node.side.enrol(officer_id(name), name, Role::Release, &Key::new(name).public(), at(0)).unwrap();
        }
        node.commit();
        node
    });
    let [co, us] = &mut nodes;
    let us = std::mem::replace(us, Node::start("US", us.keys.clone(), &agreement, us.disk.clone()));
    let co = std::mem::replace(co, Node::start("CO", co.keys.clone(), &agreement, co.disk.clone()));
    (co, us)
}

pub fn signed(agreement: &Agreement, by: &[&Arc<Keyring>]) -> Envelope {
    let mut envelope = agreement.envelope().unwrap();
    for (keys, party) in by.iter().zip(&agreement.parties) {
        let name = party.read_keys().unwrap().record.name().to_owned();
        envelope.sign(&name, &keys.record).unwrap();
    }
    envelope
}

/// A number that follows from a seed (SplitMix64).
pub struct Dice(Cell<u64>);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(Cell::new(seed))
    }
    pub fn next(&self) -> u64 {
        let state = self.0.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
        self.0.set(state);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
    pub fn below(&self, most: u64) -> u64 {
        self.next() % most.max(1)
    }
    pub fn one_in(&self, n: u64) -> bool {
        self.below(n) == 0
    }
}

pub type Shared<T> = Rc<RefCell<T>>;
