//! A log written by whoever holds all keys of a side, without `Side`: no gate, no decision, any record at any place.

use std::sync::Arc;

use bitacora_exchange::agreement::origin;
use bitacora_exchange::history::{Fault, History, Signatures, Trust};
use bitacora_exchange::record::{
    Approval, Condition, Enrolment, Entry, KeyGrant, Notice, Receipt, Record, Release, Resumption, Sealed,
    Signed, statement_bytes,
};
use bitacora_exchange::sealing::Wrapped;
use bitacora_exchange::shelf::StoredLeaf;
use bitacora_exchange::{Agreement, Secrets, Tags};
use bitacora_ledger::{
    Checkpoint, CosignerKey, Envelope, Note, Salt, Tree, VerifierKey, kept_checkpoint_path, leaf_hash, sha256,
};
use bitacora_policy::{Form, Reason, ReasonCode, SuspensionScope};
use bitacora_primitives::markings::{Handling, ItemKind, PartyCode, Purpose, Text, Tlp};
use bitacora_primitives::{FactId, Instant, ReleaseId, Role, SuspensionId};

use super::directory::{Files, files_of};
use super::{Key, Keyring, OFFICERS, agreement, at, officer_id, party, signed};

pub struct Forger {
    pub code: PartyCode,
    pub keys: Arc<Keyring>,
    pub other: Arc<Keyring>,
    pub agreement: Agreement,
    pub leaves: Vec<StoredLeaf>,
    /// Checkpoints that the partner cosigned: so many leaves, at that time.
    pub kept: Vec<(u64, Instant)>,
}

impl Forger {
    /// Colombia's log with the agreement in force and two officers.
    pub fn new() -> Self {
        Self::under(|_| ())
    }

    /// The same, with the agreement changed before both sign it.
    pub fn under(change: impl FnOnce(&mut Agreement)) -> Self {
        let (co, us) = (Arc::new(Keyring::new("CO")), Arc::new(Keyring::new("US")));
        let mut agreement = agreement(&co, &us, &Key::new("witness"));
        change(&mut agreement);
        let agreement = agreement.settle().unwrap();
        let envelope = signed(&agreement, &[&co, &us]);
        let mut forger =
            Self { code: party("CO"), keys: co, other: us, agreement, leaves: Vec::new(), kept: Vec::new() };
        forger.push(Record::Agreement { envelope }, at(0));
        for name in OFFICERS {
            forger.push(enrolment(name, None), at(0));
        }
        forger
    }

    pub fn size(&self) -> u64 {
        self.leaves.len() as u64
    }

    pub fn push(&mut self, record: Record, recorded: Instant) -> u64 {
        let index = self.size();
        let log = origin(&self.agreement.id, &self.code);
        let text = seal(&Entry { log, index, recorded, record }, &self.keys, self.code.as_str());
        self.push_text(text)
    }

    pub fn push_text(&mut self, text: String) -> u64 {
        self.leaves.push((sha256(text.as_bytes()), Some(text)));
        self.size() - 1
    }

    /// A standing release of the kind, whose tags are those of the clause.
    pub fn release(&self, kind: ItemKind, purpose: Purpose) -> Release {
        let index = self.size();
        let log = origin(&self.agreement.id, &self.code);
        let clause = match kind {
            ItemKind::Distress => "9.1",
            ItemKind::ContainerAlert => "3.5",
            _ => "3.1",
        };
        Release {
            release: ReleaseId::of(&[log.as_bytes(), &index.to_be_bytes()]),
            item: format!("led-{index:020x}"),
            revision: 0,
            corrects: None,
            tags: Tags {
                agreement: self.agreement.id.clone(),
                from: self.code.clone(),
                to: party("US"),
                kind,
                areas: ["caribbean-w".parse().unwrap()].into(),
                purpose,
                clause: clause.parse().unwrap(),
            },
            version: 1,
            policy_set: self.agreement.policy_set.clone(),
            reasons: vec![Reason { clause: clause.to_owned(), code: ReasonCode::InScope, until: None }],
            form: Form { delay_s: 0, grid_m: 11_112, asset_only: false },
            removed: Default::default(),
            handling: Handling {
                tlp: Tlp::Amber,
                codes: Default::default(),
                releasable_to: [party("US")].into(),
            },
            sealed: Sealed { sha256: sha256(&index.to_be_bytes()), bytes: 100 },
            offer: "00".repeat(32),
            standing: kind != ItemKind::ContainerAlert,
            approvals: Vec::new(),
        }
    }

    pub fn push_release(&mut self, kind: ItemKind, purpose: Purpose, recorded: Instant) -> (u64, Release) {
        let release = self.release(kind, purpose);
        (self.push(Record::Release(Box::new(release.clone())), recorded), release)
    }

    /// The partner's receipt as its own log would hold it.
    pub fn receipt(&self, release: &Release, leaf: u64) -> Envelope {
        let receipt = Receipt {
            release: release.release,
            leaf,
            sealed: release.sealed.sha256,
            purpose: release.tags.purpose,
            handling: release.handling.clone(),
            prohibition: "0.1".parse().unwrap(),
            received: at(1),
        };
        let log = origin(&self.agreement.id, &party("US"));
        let entry = Entry { log, index: leaf, recorded: at(1), record: Record::Receipt(receipt) };
        envelope_of(&seal(&entry, &self.other, "US"))
    }

    pub fn grant(&self, release: &Release, receipt: Envelope) -> Record {
        let wrapped = Wrapped { enc: [1; 32], key: [2; 48] };
        Record::KeyGrant(Box::new(KeyGrant { release: release.release, receipt, wrapped }))
    }

    pub fn suspension(&self, number: u64, scope: SuspensionScope, declared: Instant) -> Notice {
        Notice {
            suspension: SuspensionId::of(&[&number.to_be_bytes()]),
            agreement: self.agreement.id.clone(),
            by: self.code.clone(),
            scope,
            exceptions: Default::default(),
            reason: Text::new("ataques a lanchas", "attacks on boats"),
            condition: Condition {
                text: Text::new("mientras sigan", "as long as they continue"),
                rule: None,
            },
            incident: None,
            gate_closed: declared,
        }
    }

    pub fn resumption(&self, number: u64, suspension: SuspensionId, scope: SuspensionScope) -> Resumption {
        Resumption {
            resumption: FactId::of(&[&number.to_be_bytes()]),
            suspension,
            agreement: self.agreement.id.clone(),
            by: self.code.clone(),
            scope,
            condition_met: Text::new("cumplida", "met"),
            register: None,
            declared: at(1),
        }
    }

    pub fn push_suspension(&mut self, notice: Notice, recorded: Instant) -> u64 {
        let approvals = vec![approve(OFFICERS[0], &notice)];
        self.push(Record::Suspension(Box::new(Signed { statement: notice, approvals })), recorded)
    }

    pub fn push_resumption(&mut self, resumption: Resumption, recorded: Instant) -> u64 {
        let approvals = OFFICERS.map(|name| approve(name, &resumption)).to_vec();
        self.push(Record::Resumption(Box::new(Signed { statement: resumption, approvals })), recorded)
    }

    /// The files of this log, signed, with the kept checkpoints cosigned by the partner.
    pub fn directory(&self) -> Files {
        let tree = Tree::from_leaf_hashes(self.leaves.iter().map(|(commitment, _)| leaf_hash(&commitment.0)));
        let mut files = files_of(&self.leaves, &tree, true);
        files.insert("checkpoint".to_owned(), self.checkpoint(&tree, tree.size()).to_string().into_bytes());
        let cosigner = CosignerKey::new("cosigner.US", self.other.cosigner.public()).unwrap();
        for (size, when) in &self.kept {
            let mut note = self.checkpoint(&tree, *size);
            let line = cosigner.cosign(note.unverified_text(), *when, &self.other.cosigner).unwrap();
            note.add(line).unwrap();
            files.insert(kept_checkpoint_path(*size), note.to_string().into_bytes());
        }
        files
    }

    fn checkpoint(&self, tree: &Tree, size: u64) -> Note {
        let origin = origin(&self.agreement.id, &self.code);
        let key = VerifierKey::new(&origin, self.keys.log.public()).unwrap();
        let checkpoint = Checkpoint { origin, size, root: tree.root_at(size).unwrap() };
        Note::parse(checkpoint.sign(&key, self.keys.log()).as_bytes()).unwrap()
    }

    /// The first leaf that does not hold, read as a node reads it.
    pub fn first_fault(&self) -> Option<(u64, Fault)> {
        let keys = |code: &str| self.agreement.party(&party(code)).unwrap().read_keys().unwrap().record;
        let trust = Trust { own: keys("CO"), partner: keys("US") };
        let mut history = History::new(&self.agreement.id, self.code.clone(), trust, Signatures::Verify);
        self.leaves
            .iter()
            .find_map(|(_, text)| history.step(text.as_deref()).err())
            .map(|found| (found.leaf, found.what))
    }
}

pub fn seal(entry: &Entry, keys: &Keyring, code: &str) -> String {
    let salt = Salt(*sha256(entry.log.as_bytes()).0.first_chunk::<16>().unwrap());
    entry.seal(salt, &format!("record.{code}"), &keys.record).unwrap().text
}

pub fn envelope_of(text: &str) -> Envelope {
    Entry::open(text, None).unwrap().1
}

pub fn enrolment(name: &str, until: Option<Instant>) -> Record {
    let key = bitacora_ledger::hex::encode(&Key::new(name).public());
    let officer = officer_id(name);
    Record::Officer(Enrolment { officer, name: name.to_owned(), role: Role::Release, key, until })
}

pub fn approve<T: serde::Serialize>(name: &str, statement: &T) -> Approval {
    use bitacora_ledger::Signer as _;
    let message = statement_bytes(statement).unwrap();
    Approval { officer: officer_id(name), signature: Key::new(name).sign(&message) }
}
