//! One side's log as its records tell it, leaf by leaf. The same fold rebuilds a node after a start, follows the
//! partner's log as it is mirrored, and is the offline verifier: recovery and audit are one code.

mod finding;
mod paged;
mod rules;
mod suspended;

use std::collections::BTreeMap;
use std::sync::Arc;

use bitacora_ledger::{Envelope, Hash, VerifierKey};
use bitacora_policy::ReasonCode;
use bitacora_primitives::markings::{AgreementId, ClauseId, Handling, PartyCode, Purpose};
use bitacora_primitives::{FactId, Instant, OfficerId, ReleaseId, Role, SuspensionId};
use rustc_hash::FxHashMap;

pub use finding::{Fault, Finding};
pub(crate) use paged::waiver;
pub(crate) use rules::answers;
pub use suspended::{Counts, Suspended};

use crate::agreement::{Agreement, origin};
use crate::record::{Enrolment, Entry, EntryError, Held, Record, Rotation};
use crate::tags::{Closure, Tags};

/// The record keys that a log is read with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Trust {
    pub own: VerifierKey,
    pub partner: VerifierKey,
}

/// Whether signatures are verified. Structure and hashes are always.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Signatures {
    Verify,
    Skip,
}

/// What became of a release.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stage {
    Released,
    /// The key was granted at this leaf.
    Granted(u64),
    Cut,
    Declined,
    Withdrawn,
}

/// A release as its log holds it.
#[derive(Clone, Debug)]
pub struct Released {
    pub leaf: u64,
    pub recorded: Instant,
    pub tags: Arc<Tags>,
    pub sealed: Hash,
    pub bytes: u64,
    /// The caveats it was released under; equal ones are kept once.
    pub handling: Arc<Handling>,
    pub stage: Stage,
    /// When the log says that the key was granted.
    pub granted: Option<Instant>,
    /// The leaf of the partner's log that holds the receipt it was granted for.
    pub receipt: Option<u64>,
    /// The leaf that withdrew it, and the time that it declares.
    pub withdrawn: Option<(u64, Instant)>,
    /// Cut or declined, and released anew since under another id.
    pub replaced: bool,
    /// The first page that gave it to a platform of the recipient, without a receipt.
    pub paged: Option<u64>,
}

/// What this side holds of one of the partner's releases, by its own records.
#[derive(Clone, Debug, Default)]
pub struct Taken {
    pub receipt: Option<u64>,
    pub declined: bool,
    pub opened: Vec<(OfficerId, Instant)>,
    /// Opened for a boarding in progress.
    pub boarding: bool,
}

/// The same thing for the same recipient and purpose is one item.
pub type HeldKey = (String, PartyCode, Purpose);

#[derive(Debug)]
pub struct History {
    party: PartyCode,
    origin: String,
    trust: Trust,
    /// Record keys that the partner rotated away from, each with the leaf of its log that it no longer counts at.
    former: Vec<(u64, VerifierKey)>,
    signatures: Signatures,
    size: u64,
    /// Leaves of which only the commitment is known: they count, and keep their order.
    opaque: u64,
    /// The version in force and the leaf that put it there.
    agreement: Option<(u64, Arc<Agreement>)>,
    ended: Option<u64>,
    officers: BTreeMap<OfficerId, Enrolment>,
    suspensions: BTreeMap<SuspensionId, Suspended>,
    /// Suspensions of the partner that this side recorded as seen.
    seen: BTreeMap<SuspensionId, Suspended>,
    releases: FxHashMap<ReleaseId, Released>,
    /// Equal tags are kept once: a million releases have a few dozen.
    tags: FxHashMap<Tags, Arc<Tags>>,
    handlings: Vec<Arc<Handling>>,
    /// What went to whom for what, so that nothing goes twice.
    went: FxHashMap<FactId, ReleaseId>,
    taken: FxHashMap<ReleaseId, Taken>,
    held: BTreeMap<HeldKey, Held>,
    /// The newest leaf of each held item, and the time it declares.
    held_at: BTreeMap<HeldKey, (u64, Instant)>,
    /// Releases of each clause by UTC day.
    volume: BTreeMap<i64, BTreeMap<ClauseId, u32>>,
    /// The latest time that any leaf so far declares.
    last_recorded: Instant,
    /// The leaf that changed last what is decided.
    epoch: u64,
}

impl History {
    pub fn new(agreement: &AgreementId, party: PartyCode, trust: Trust, signatures: Signatures) -> Self {
        Self {
            origin: origin(agreement, &party),
            party,
            trust,
            former: Vec::new(),
            signatures,
            size: 0,
            opaque: 0,
            agreement: None,
            ended: None,
            officers: BTreeMap::new(),
            suspensions: BTreeMap::new(),
            seen: BTreeMap::new(),
            releases: FxHashMap::default(),
            tags: FxHashMap::default(),
            handlings: Vec::new(),
            went: FxHashMap::default(),
            taken: FxHashMap::default(),
            held: BTreeMap::new(),
            held_at: BTreeMap::new(),
            volume: BTreeMap::new(),
            last_recorded: Instant::default(),
            epoch: 0,
        }
    }

    /// Takes the next leaf; without a text only its place counts. What does not hold is not applied.
    pub fn step(&mut self, text: Option<&str>) -> Result<Option<Entry>, Finding> {
        let leaf = self.size;
        let Some(text) = text else {
            self.size += 1;
            self.opaque += 1;
            return Ok(None);
        };
        match self.read(text).and_then(|entry| self.apply(&entry, self.signatures).map(|()| entry)) {
            Ok(entry) => {
                self.passed(&entry);
                Ok(Some(entry))
            }
            Err(what) => Err(Finding { leaf, what }),
        }
    }

    /// Takes an entry that this node has just made: it is applied under the same rules, and not read back. What it
    /// quotes of the partner's log was verified when that came in.
    pub fn take(&mut self, entry: &Entry) -> Result<(), Finding> {
        let leaf = self.size;
        self.apply(entry, Signatures::Skip).map_err(|what| Finding { leaf, what })?;
        self.passed(entry);
        Ok(())
    }

    /// One leaf under a root that this side signed itself: its signatures were verified when it was made. Those of the
    /// next leaf are verified again.
    pub(crate) fn step_covered(&mut self, text: Option<&str>) -> Result<Option<Entry>, Finding> {
        let signatures = std::mem::replace(&mut self.signatures, Signatures::Skip);
        let stepped = self.step(text);
        self.signatures = signatures;
        stepped
    }

    /// A clock that is set back makes no dismissed officer's signature count again.
    fn passed(&mut self, entry: &Entry) {
        if paged::begins_an_epoch(&entry.record) {
            self.epoch = self.size;
        }
        self.size += 1;
        self.last_recorded = self.last_recorded.max(entry.recorded);
    }

    /// The release under which this revision went to this party for this purpose, unless it was cut or declined.
    pub fn went(&self, item: &str, revision: u32, to: &PartyCode, purpose: Purpose) -> Option<ReleaseId> {
        let release = self.went.get(&went_key(item, revision, to, purpose))?;
        let stage = self.releases.get(release)?.stage;
        (!matches!(stage, Stage::Cut | Stage::Declined)).then_some(*release)
    }

    /// Goes past a leaf that did not hold, for a verifier that lists all findings.
    pub fn pass_over(&mut self) {
        self.size += 1;
    }

    fn read(&self, text: &str) -> Result<Entry, Fault> {
        let (entry, _) = Entry::open(text, self.key())?;
        if entry.log != self.origin || entry.index != self.size {
            let log = entry.log.chars().take(120).collect();
            return Err(Fault::OtherPlace { log, index: entry.index });
        }
        Ok(entry)
    }

    fn key(&self) -> Option<&VerifierKey> {
        (self.signatures == Signatures::Verify).then_some(&self.trust.own)
    }

    /// `quoted` is for what the entry quotes of the partner's log; officers' signatures follow the history's own rule.
    fn apply(&mut self, entry: &Entry, quoted: Signatures) -> Result<(), Fault> {
        match &entry.record {
            Record::Agreement { envelope } => return self.adopt(Agreement::in_force(envelope)?),
            Record::Officer(enrolment) => {
                self.officers.insert(enrolment.officer, enrolment.clone());
                return Ok(());
            }
            Record::Rotation(rotation) => return self.rotate(rotation),
            _ => {}
        }
        if self.ended.is_some() {
            return Err(Fault::Ended);
        }
        let agreement = Arc::clone(self.in_force()?);
        match &entry.record {
            Record::Agreement { .. } | Record::Officer(_) | Record::Rotation(_) => Ok(()),
            Record::Ended(ended) => {
                self.ours(&ended.statement.by)?;
                let needed = agreement.officers().amend;
                self.approved(&ended.approvals, &ended.statement, Role::Release, needed)?;
                self.ended = Some(self.size);
                Ok(())
            }
            Record::Release(release) => self.released(&agreement, entry.recorded, release),
            Record::Withdrawal(withdrawal) => {
                let needed = agreement.officers().release;
                self.approved(&withdrawal.approvals, &withdrawal.statement, Role::Release, needed)?;
                let (id, leaf) = (withdrawal.statement.release, self.size);
                self.set_stage(id, |_| Some(Stage::Withdrawn))?;
                if let Some(state) = self.releases.get_mut(&id) {
                    state.withdrawn.get_or_insert((leaf, entry.recorded));
                }
                Ok(())
            }
            Record::Held(held) => {
                self.hold(held, entry.recorded);
                Ok(())
            }
            Record::Refused(_) => {
                self.count(|counts| counts.refused += 1);
                Ok(())
            }
            Record::Cut(cut) => {
                for release in &cut.releases {
                    self.set_stage(*release, |stage| (stage == Stage::Released).then_some(Stage::Cut))?;
                }
                let cut_now = cut.releases.len() as u64;
                self.count(|counts| counts.cut += cut_now);
                Ok(())
            }
            Record::Page(page) => self.paged(&agreement, entry.recorded, page),
            Record::Receipt(receipt) => {
                self.taken.entry(receipt.release).or_default().receipt = Some(self.size);
                Ok(())
            }
            Record::Declined(declined) => {
                self.taken.entry(declined.release).or_default().declined = true;
                Ok(())
            }
            Record::KeyGrant(grant) => self.granted(&agreement, entry.recorded, grant, quoted),
            Record::Opened(opened) => {
                let taken = self.taken.entry(opened.release).or_default();
                taken.opened.push((opened.officer, entry.recorded));
                taken.boarding |= opened.boarding;
                Ok(())
            }
            Record::Suspension(signed) => {
                self.ours(&signed.statement.by)?;
                let needed = agreement.officers().suspend;
                self.approved(&signed.approvals, &signed.statement, Role::Release, needed)?;
                suspended::begin(&mut self.suspensions, &signed.statement, self.size)
            }
            Record::Resumption(signed) => {
                self.ours(&signed.statement.by)?;
                let needed = agreement.officers().resume;
                self.approved(&signed.approvals, &signed.statement, Role::Release, needed)?;
                suspended::resume(&mut self.suspensions, &signed.statement, self.size)
            }
            Record::Seen { envelope } => self.bind(&agreement, envelope, quoted),
        }
    }

    fn in_force(&self) -> Result<&Arc<Agreement>, Fault> {
        self.agreement.as_ref().map(|(_, agreement)| agreement).ok_or(Fault::NoAgreement)
    }

    fn ours(&self, by: &PartyCode) -> Result<(), Fault> {
        if *by == self.party { Ok(()) } else { Err(Fault::NotOurs) }
    }

    /// A version follows the one before by naming its hash; the first has no predecessor. Its keys must be those in use:
    /// a record key changes by rotation, and an agreement can neither smuggle one in nor bring one back. Only the
    /// transport key may be another.
    fn adopt(&mut self, agreement: Agreement) -> Result<(), Fault> {
        let own = agreement.party(&self.party)?.read_keys()?;
        let partner = agreement.partner_of(&self.party)?.read_keys()?;
        let follows = match &self.agreement {
            None => true,
            Some((_, before)) => {
                agreement.id == before.id
                    && agreement.version == before.version + 1
                    && agreement.replaces.as_deref() == Some(before.digest()?.as_str())
            }
        };
        if !follows {
            return Err(Fault::NotTheNext);
        }
        let same = |a: &VerifierKey, b: &VerifierKey| a.public_key() == b.public_key();
        let mut keys_in_use =
            same(&own.record, &self.trust.own) && same(&partner.record, &self.trust.partner);
        if let Some((_, before)) = &self.agreement {
            for (now, code) in [(&own, &self.party), (&partner, &before.partner_of(&self.party)?.code)] {
                let then = before.party(code)?.read_keys()?;
                keys_in_use &= (&now.log, &now.cosigner, now.seal) == (&then.log, &then.cosigner, then.seal);
            }
        }
        if !keys_in_use {
            return Err(Fault::OtherKeys);
        }
        self.agreement = Some((self.size, Arc::new(agreement)));
        Ok(())
    }

    fn rotate(&mut self, rotation: &Rotation) -> Result<(), Fault> {
        self.trust.own = rotation.verified(&self.origin, self.size)?;
        Ok(())
    }

    /// A record of the partner's log that ours quotes, by the key that counted at its place in that log.
    fn quoted(
        &self,
        agreement: &Agreement,
        envelope: &Envelope,
        signatures: Signatures,
    ) -> Result<Entry, Fault> {
        let entry = Entry::read(envelope, None)?;
        let partner = agreement.partner_of(&self.party)?;
        if entry.log != origin(&agreement.id, &partner.code) {
            return Err(Fault::NotBinding);
        }
        let former = self.former.iter().find(|(until, _)| entry.index < *until);
        let key = former.map_or(&self.trust.partner, |(_, key)| key);
        let signed =
            signatures == Signatures::Skip || !envelope.verify(&[(key.name(), key.public_key())]).is_empty();
        if signed { Ok(entry) } else { Err(EntryError::NotSigned(key.name().to_owned()).into()) }
    }

    /// The partner's own signed act, put into our log: from here on it binds us.
    fn bind(&mut self, agreement: &Agreement, envelope: &Envelope, quoted: Signatures) -> Result<(), Fault> {
        let partner = agreement.partner_of(&self.party)?;
        let entry = self.quoted(agreement, envelope, quoted)?;
        match &entry.record {
            Record::Suspension(signed) if signed.statement.by == partner.code => {
                suspended::begin(&mut self.seen, &signed.statement, self.size)
            }
            Record::Resumption(signed) if signed.statement.by == partner.code => {
                suspended::resume(&mut self.seen, &signed.statement, self.size)
            }
            Record::Rotation(rotation) => {
                let key = rotation.verified(&entry.log, entry.index)?;
                self.former.push((entry.index + 1, std::mem::replace(&mut self.trust.partner, key)));
                Ok(())
            }
            Record::Ended(ended) if ended.statement.by == partner.code => {
                self.ended = Some(self.size);
                Ok(())
            }
            _ => Err(Fault::NotBinding),
        }
    }

    /// A release whose leaf was not opened to us cannot be known here.
    fn set_stage(&mut self, id: ReleaseId, next: impl Fn(Stage) -> Option<Stage>) -> Result<(), Fault> {
        match self.releases.get_mut(&id) {
            Some(state) => state.stage = next(state.stage).unwrap_or(state.stage),
            None if self.opaque > 0 => {}
            None => return Err(Fault::UnknownRelease(id)),
        }
        Ok(())
    }

    fn hold(&mut self, held: &Held, recorded: Instant) {
        let key = (held.offer.id.clone(), held.to.clone(), held.purpose);
        let suspended = held.reasons.iter().any(|reason| reason.code == ReasonCode::Suspended);
        self.held_at.insert(key.clone(), (self.size, recorded));
        // Held again for another signature is still one item held.
        if self.held.insert(key, held.clone()).is_none() && suspended {
            self.count(|counts| counts.held += 1);
        }
    }

    /// A release or key of a stopped scope is not applied, yet it is counted where it lies.
    pub(super) fn breached(&mut self, suspension: SuspensionId) {
        let one = self.suspensions.get_mut(&suspension).or_else(|| self.seen.get_mut(&suspension));
        if let Some(one) = one {
            one.counts.of_scope += 1;
        }
    }

    fn count(&mut self, add: impl Fn(&mut Counts)) {
        self.suspensions
            .values_mut()
            .chain(self.seen.values_mut())
            .filter(|one| one.ended.is_none())
            .for_each(|one| add(&mut one.counts));
    }

    /// Suspensions in force, our own and those of the partner that we have seen.
    pub fn closures(&self) -> Vec<Closure> {
        self.suspensions.values().chain(self.seen.values()).filter_map(Suspended::closure).collect()
    }

    pub const fn size(&self) -> u64 {
        self.size
    }
    pub const fn opaque(&self) -> u64 {
        self.opaque
    }
    pub fn origin(&self) -> &str {
        &self.origin
    }
    pub const fn party(&self) -> &PartyCode {
        &self.party
    }
    pub const fn trust(&self) -> &Trust {
        &self.trust
    }
    pub fn agreement(&self) -> Option<&Arc<Agreement>> {
        self.agreement.as_ref().map(|(_, agreement)| agreement)
    }
    /// The leaf that put the version in force there.
    pub fn adopted(&self) -> Option<u64> {
        self.agreement.as_ref().map(|(leaf, _)| *leaf)
    }
    /// The leaf that changed last what is decided: an agreement, a suspension or a resumption, our own or seen.
    pub const fn epoch(&self) -> u64 {
        self.epoch
    }
    pub const fn ended(&self) -> Option<u64> {
        self.ended
    }
    pub const fn officers(&self) -> &BTreeMap<OfficerId, Enrolment> {
        &self.officers
    }
    pub const fn suspensions(&self) -> &BTreeMap<SuspensionId, Suspended> {
        &self.suspensions
    }
    pub const fn seen(&self) -> &BTreeMap<SuspensionId, Suspended> {
        &self.seen
    }
    pub const fn releases(&self) -> &FxHashMap<ReleaseId, Released> {
        &self.releases
    }
    pub fn taken(&self, release: &ReleaseId) -> Option<&Taken> {
        self.taken.get(release)
    }
    pub fn all_taken(&self) -> impl Iterator<Item = (&ReleaseId, &Taken)> {
        self.taken.iter()
    }
    pub const fn held(&self) -> &BTreeMap<HeldKey, Held> {
        &self.held
    }
    /// The newest leaf of a held item, and the time it declares.
    pub fn held_at(&self, key: &HeldKey) -> Option<(u64, Instant)> {
        self.held_at.get(key).copied()
    }
    /// Releases under each clause on a UTC day.
    pub fn volume(&self, day: i64) -> BTreeMap<ClauseId, u32> {
        self.volume.get(&day).cloned().unwrap_or_default()
    }
}

fn went_key(item: &str, revision: u32, to: &PartyCode, purpose: Purpose) -> FactId {
    FactId::of(&[item.as_bytes(), &revision.to_be_bytes(), to.as_str().as_bytes(), purpose.code().as_bytes()])
}
