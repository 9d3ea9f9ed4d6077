//! One side of one agreement: both logs as they are known here, and what may be done next. Pure: every step takes the
//! time and leaves a [`Draft`] that the node stores in one transaction; only then does anything leave.
//!
//! The commit path of the node, and what a crash at each point leaves behind:
//! 1. a command or a message changes this state in memory and adds to the draft: a crash forgets both;
//! 2. the draft is stored in one transaction and synced: before it is durable none of it happened, after it all of it did;
//! 3. [`Side::committed`] lets the gate follow what is durable, and [`Side::pump`] may send it. A crash here repeats the
//!    sending: leaves are ordered by index and items by release, so nothing doubles;
//! 4. log files and checkpoints are written from what is stored: they can be written again.
//!
//! Recovery is [`Side::open`]: the same fold over the same leaves.

mod offer;
mod page;
mod read;
mod receive;
mod replay;
mod send;
mod stop;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bitacora_ledger::{Checkpoint, CheckpointError, CosignerKey, Hash, Note, Salt, Tree, VerifierKey};
use bitacora_policy::{PolicySet, SuspensionRule};
use bitacora_primitives::markings::{AgreementId, PartyCode};
use bitacora_primitives::{Duration, Instant, OfficerId, ReleaseId, Role, SuspensionId};

pub use offer::{Asked, Offered};
pub use page::{PageAsked, PageObject, PageRefused, Paged};
pub use read::{Readable, Shown};
pub use receive::Fault;
pub use send::{Audience, Lease, Link};
pub use stop::Stop;

use crate::agreement::{Agreement, AgreementError, Keys};
use crate::draft::{Draft, DraftCheckpoint, DraftLeaf};
use crate::gate::{Gate, Shut};
use crate::history::{Finding, History, Signatures, Stage, Trust};
use crate::mirror::Mirror;
use crate::record::{Enrolment, Entry, EntryError, Record, Rotation};
use crate::secrets::{NoSecret, Secrets};
use crate::shelf::{Shelf, ShelfError};
use crate::tags::Closure;

/// Findings in the partner's log that are kept in memory; the audit lists all.
const KEPT_FINDINGS: usize = 1_000;

/// Why a side cannot be opened, or a command is not carried out.
#[derive(Debug, thiserror::Error)]
pub enum SideError {
    #[error(transparent)]
    Agreement(#[from] AgreementError),
    #[error(transparent)]
    Finding(#[from] Finding),
    #[error(transparent)]
    Entry(#[from] EntryError),
    #[error(transparent)]
    Shelf(#[from] ShelfError),
    #[error("no agreement is in force")]
    NoAgreement,
    #[error("leaf {leaf} of the stored log of `{party}` does not match its commitment")]
    Corrupt { party: PartyCode, leaf: u64 },
    #[error("the stored checkpoint of our own log does not hold")]
    Checkpoint(#[from] CheckpointError),
    #[error("the stored log has another root than the one this side signed at {0} leaves")]
    SetBack(u64),
    #[error(transparent)]
    Secret(#[from] NoSecret),
    #[error("the item could not be sealed")]
    Seal(#[from] crate::sealing::NotOpened),
    #[error("the checkpoint could not be made")]
    Note(#[from] bitacora_ledger::NoteError),
    #[error("release `{0}` is not known here")]
    UnknownRelease(ReleaseId),
    #[error("officer `{0}` is not enrolled")]
    UnknownOfficer(OfficerId),
    #[error("release `{0}` cannot be shown: {1}")]
    NotShown(ReleaseId, &'static str),
    #[error("the offer behind release `{0}` is not stored")]
    NoOffer(ReleaseId),
    #[error("the sealed item has {0} bytes, more than 16777216")]
    ItemTooLong(usize),
}

/// What is known of the partner's node; nothing in it survives a restart, and nothing needs to.
#[derive(Clone, Debug, Default)]
pub struct Partner {
    /// Leaves of our log that it holds durably.
    pub have: u64,
    pub last_heard: Option<Instant>,
    /// Its clock less ours. Transit time is in it.
    pub skew: Option<Duration>,
    /// Its lease to us, and when by our clock it runs out.
    pub lease: Option<(Lease, Instant)>,
}

/// A newest cosigned checkpoint of our log, and who cosigned it.
#[derive(Clone, Debug)]
pub struct Cosigned {
    pub size: u64,
    pub note: String,
    pub by: Vec<(String, Instant)>,
}

pub struct Side {
    me: PartyCode,
    partner_code: PartyCode,
    agreement_id: AgreementId,
    gate: Arc<Gate>,
    secrets: Arc<dyn Secrets>,
    keys: Keys,
    own: History,
    tree: Tree,
    theirs: History,
    mirror: Mirror,
    /// The clauses and the whole suspensions in force; `None` refuses everything.
    policy: Option<Arc<PolicySet>>,
    /// Suspensions have changed since the set was compiled, which takes tens of milliseconds: it waits until they are
    /// durable. Meanwhile the closures and the gate stop what is stopped, and what is resumed waits a moment longer.
    stale: bool,
    draft: Draft,
    /// Own leaves that are durable: nothing beyond is sent.
    durable: u64,
    /// Leaves of the partner that are durable: nothing beyond is acknowledged.
    durable_theirs: u64,
    after_commit: Vec<AfterCommit>,
    /// What the draft that was taken last reaches to.
    taken: TakenDraft,
    /// Items that the partner released to us and whose bytes have not all come.
    missing: BTreeMap<ReleaseId, Partial>,
    /// Receipted, with their length, and no key has come.
    unkeyed: BTreeMap<ReleaseId, u64>,
    /// Of our releases: receipted, and the partner says that it has no key.
    asked_again: BTreeSet<ReleaseId>,
    /// Leaves of the partner's log that break a rule: mirrored as evidence, never applied.
    findings: Vec<Finding>,
    partner: Partner,
    cosigned: Vec<Cosigned>,
    witness_keys: Vec<CosignerKey>,
}

/// Bytes of an item as they come, in order.
#[derive(Debug, Default)]
struct Partial {
    leaf: u64,
    total: u64,
    sealed: Option<Hash>,
    bytes: Vec<u8>,
}

/// A draft on its way to the disk.
#[derive(Debug, Default)]
struct TakenDraft {
    own: u64,
    theirs: u64,
    then: Vec<AfterCommit>,
}

/// What the gate learns once the draft is durable.
#[derive(Clone, PartialEq, Debug)]
enum AfterCommit {
    Resumed(SuspensionId, Option<Box<Closure>>),
    Reopen,
    Shut,
}

impl std::fmt::Debug for Side {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Side")
            .field("me", &self.me)
            .field("agreement", &self.agreement_id)
            .field("leaves", &self.tree.size())
            .finish_non_exhaustive()
    }
}

impl Side {
    /// Replays both logs from the shelf and then, not before, opens the gate with the suspensions they hold.
    /// `first` is the agreement as pinned in the node's configuration: its keys are what the logs are read with.
    // INVARIANT: the gate starts closed until the log is replayed.
    pub fn open(
        first: &Agreement,
        me: PartyCode,
        gate: Arc<Gate>,
        secrets: Arc<dyn Secrets>,
        shelf: &dyn Shelf,
    ) -> Result<Self, SideError> {
        let keys = first.party(&me)?.read_keys()?;
        let partner = first.partner_of(&me)?;
        let partner_keys = partner.read_keys()?;
        let partner_code = partner.code.clone();
        let trust =
            |own: &VerifierKey, partner: &VerifierKey| Trust { own: own.clone(), partner: partner.clone() };
        let mut own = History::new(
            &first.id,
            me.clone(),
            trust(&keys.record, &partner_keys.record),
            Signatures::Verify,
        );
        let mut theirs = History::new(
            &first.id,
            partner_code.clone(),
            trust(&partner_keys.record, &keys.record),
            Signatures::Verify,
        );
        let signed = shelf.newest_checkpoint(&me)?;
        let signed = signed.map(|note| Checkpoint::verify(&note, own.origin(), &keys.log)).transpose()?;
        let tree = replay::own(&mut own, &me, shelf, signed.as_ref())?;
        let mut findings = Vec::new();
        let theirs_tree = replay::theirs(&mut theirs, &partner_code, shelf, |finding| {
            keep_finding(&mut findings, finding)
        })?;
        // The key in use is the log's, not the agreement's: it may have been rotated since.
        let keys = Keys { record: own.trust().own.clone(), ..keys };
        let leaves = (0..theirs_tree.size()).filter_map(|index| theirs_tree.leaf(index));
        let newest = shelf.newest_checkpoint(&partner_code)?;
        let mirror = Mirror::new(partner_keys.log.clone(), leaves, newest);
        let (durable, durable_theirs) = (tree.size(), mirror.size());
        let witness_keys = first.witnesses.iter().filter_map(|key| key.parse().ok()).collect();
        let mut side = Self {
            me,
            partner_code,
            agreement_id: first.id.clone(),
            gate,
            secrets,
            keys,
            own,
            tree,
            theirs,
            mirror,
            policy: None,
            stale: false,
            draft: Draft::default(),
            durable,
            durable_theirs,
            after_commit: Vec::new(),
            taken: TakenDraft { own: durable, theirs: durable_theirs, then: Vec::new() },
            missing: BTreeMap::new(),
            unkeyed: BTreeMap::new(),
            asked_again: BTreeSet::new(),
            findings,
            partner: Partner::default(),
            cosigned: Vec::new(),
            witness_keys,
        };
        side.look_for_missing(shelf)?;
        side.compile();
        if side.is_running() {
            side.gate.open(&side.agreement_id, side.own.closures());
        }
        Ok(side)
    }

    /// Puts the agreement in force at this side: its log's first leaf.
    pub fn adopt(&mut self, envelope: bitacora_ledger::Envelope, now: Instant) -> Result<u64, SideError> {
        let index = self.append(Record::Agreement { envelope }, now)?;
        self.compile();
        self.after_commit.push(AfterCommit::Reopen);
        Ok(index)
    }

    /// Lets an officer's signature count from here on.
    pub fn enrol(
        &mut self,
        officer: OfficerId,
        name: &str,
        role: Role,
        key: &[u8; 32],
        now: Instant,
    ) -> Result<u64, SideError> {
        let key = bitacora_ledger::hex::encode(key);
        let enrolment = Enrolment { officer, name: name.to_owned(), role, key, until: None };
        if self.own.officers().get(&officer) == Some(&enrolment) {
            return Ok(self.tree.size());
        }
        self.append(Record::Officer(enrolment), now)
    }

    /// An officer's signature counts no longer: left, or a key stolen.
    pub fn dismiss(&mut self, officer: OfficerId, now: Instant) -> Result<u64, SideError> {
        let enrolment = self.own.officers().get(&officer).ok_or(SideError::UnknownOfficer(officer))?;
        let ended = Enrolment { until: Some(now), ..enrolment.clone() };
        self.append(Record::Officer(ended), now)
    }

    /// Replaces our record key: the old key signs the record, the new one signs its proof.
    pub fn rotate(
        &mut self,
        key: &VerifierKey,
        reason: bitacora_primitives::markings::Text,
        now: Instant,
    ) -> Result<u64, SideError> {
        let message = Rotation::proof_message(self.own.origin(), self.tree.size());
        let proof = self.secrets.record(key)?.sign(&message);
        let index = self.append(Record::Rotation(Rotation { key: key.to_string(), reason, proof }), now)?;
        self.keys.record = key.clone();
        Ok(index)
    }

    /// What has to be stored since the last commit. After a store that failed, drop the side and open it anew: its
    /// memory is ahead of the disk.
    pub fn take_draft(&mut self) -> Draft {
        self.taken.own = self.tree.size();
        self.taken.theirs = self.mirror.size();
        self.taken.then.append(&mut self.after_commit);
        std::mem::take(&mut self.draft)
    }

    pub fn has_draft(&self) -> bool {
        !self.draft.is_empty()
    }

    /// The draft that was taken is durable: the gate may follow, and it may be sent. What was added since, while the disk
    /// worked, is neither.
    pub fn committed(&mut self) {
        if std::mem::take(&mut self.stale) {
            self.compile();
        }
        self.durable = self.taken.own;
        self.durable_theirs = self.taken.theirs;
        for change in std::mem::take(&mut self.taken.then) {
            match change {
                AfterCommit::Resumed(id, left) => self.gate.resume(id, left.map(|left| *left)),
                AfterCommit::Reopen => self.gate.open(&self.agreement_id, self.own.closures()),
                AfterCommit::Shut => self.gate.shut(&self.agreement_id),
            }
        }
    }

    fn append(&mut self, record: Record, now: Instant) -> Result<u64, SideError> {
        let index = self.tree.size();
        let entry = Entry { log: self.own.origin().to_owned(), index, recorded: now, record };
        // Sealed first: what has no canonical form or is too long must not count as recorded.
        let salt = self.salt()?;
        let signer = self.secrets.record(&self.keys.record)?;
        let leaf = entry.seal(salt, self.keys.record.name(), &*signer)?;
        self.own.take(&entry)?;
        self.tree.push(leaf.hash);
        self.draft.leaves.push(DraftLeaf {
            log: self.me.clone(),
            index,
            commitment: leaf.commitment,
            text: Some(leaf.text),
            kind: Some(entry.record.kind()),
            at: now,
        });
        Ok(index)
    }

    fn salt(&self) -> Result<Salt, SideError> {
        let mut salt = [0; 16];
        for (to, from) in salt.iter_mut().zip(self.secrets.entropy()?) {
            *to = from;
        }
        Ok(Salt(salt))
    }

    /// Clauses and suspensions have changed. A suspension that was resumed in part is left to the closures, which
    /// know what was resumed. A set that does not compile refuses everything.
    fn compile(&mut self) {
        let Some(agreement) = self.own.agreement().cloned() else { return };
        let whole = self.own.suspensions().values().chain(self.own.seen().values());
        let rules: Vec<SuspensionRule> = whole
            .filter(|one| one.ended.is_none() && one.resumptions.is_empty())
            .map(|one| SuspensionRule {
                id: one.notice.suspension,
                scope: one.notice.scope.clone(),
                exceptions: one.notice.exceptions.clone(),
                reason: one.notice.reason.clone(),
            })
            .collect();
        self.policy = agreement.compile(&rules).ok().map(Arc::new);
    }

    fn in_force(&self) -> Result<Arc<Agreement>, SideError> {
        if self.own.ended().is_some() {
            return Err(SideError::NoAgreement);
        }
        self.own.agreement().cloned().ok_or(SideError::NoAgreement)
    }

    fn is_running(&self) -> bool {
        self.own.agreement().is_some() && self.own.ended().is_none()
    }

    /// Releases that the gate let out and whose key has not been given.
    pub fn in_flight(&self) -> impl Iterator<Item = (&ReleaseId, &crate::history::Released)> {
        self.own.releases().iter().filter(|(_, state)| state.stage == Stage::Released)
    }

    pub const fn me(&self) -> &PartyCode {
        &self.me
    }
    pub const fn partner_code(&self) -> &PartyCode {
        &self.partner_code
    }
    pub const fn agreement_id(&self) -> &AgreementId {
        &self.agreement_id
    }
    pub const fn own(&self) -> &History {
        &self.own
    }
    pub const fn theirs(&self) -> &History {
        &self.theirs
    }
    pub const fn tree(&self) -> &Tree {
        &self.tree
    }
    pub const fn mirror(&self) -> &Mirror {
        &self.mirror
    }
    pub const fn partner(&self) -> &Partner {
        &self.partner
    }
    pub const fn record_key(&self) -> &VerifierKey {
        &self.keys.record
    }
    /// What does not hold in the partner's log as it is mirrored here.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }
    /// Own checkpoints with cosignatures, the newest last.
    pub fn cosigned(&self) -> &[Cosigned] {
        &self.cosigned
    }
    pub const fn durable(&self) -> u64 {
        self.durable
    }
    pub fn gate(&self) -> &Arc<Gate> {
        &self.gate
    }
    /// Whether the gate would let an item of these tags out now.
    pub fn gate_says(&self, tags: &crate::tags::Tags) -> Result<(), Shut> {
        self.gate.check(tags)
    }
}

fn keep_finding(findings: &mut Vec<Finding>, finding: Finding) {
    if findings.len() < KEPT_FINDINGS {
        findings.push(finding);
    }
}

/// Adds a cosigner's lines to a checkpoint of the same size.
fn merge(held: &str, other: &str) -> Result<String, SideError> {
    let mut note = Note::parse(held.as_bytes())?;
    for line in Note::parse(other.as_bytes())?.signatures() {
        if !note.signatures().contains(line) {
            note.add(line.clone())?;
        }
    }
    Ok(note.to_string())
}

fn keep_checkpoint(draft: &mut Draft, log: &PartyCode, size: u64, note: &str, at: Instant) {
    draft.checkpoints.retain(|kept| kept.log != *log || kept.size != size);
    draft.checkpoints.push(DraftCheckpoint { log: log.clone(), size, note: note.to_owned(), at });
}
