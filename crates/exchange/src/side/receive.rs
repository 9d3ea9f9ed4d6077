//! What a partner or a witness says. Nothing is believed before it is checked against the log it belongs to, and
//! nothing is answered before it is durable.

use bitacora_ledger::{Envelope, LeafRecord, Note, cosignatures, sha256};
use bitacora_primitives::{Instant, ReleaseId};

use super::{Cosigned, Link, Partial, Side, SideError, keep_checkpoint, keep_finding, merge};
use crate::draft::DraftLeaf;
use crate::history::{Released, Stage};
use crate::mirror::MirrorError;
use crate::record::{DeclineCode, Declined, Entry, KeyGrant, Receipt, Record, Release};
use crate::sealing;
use crate::shelf::Shelf;
use crate::side::offer::{bound, month};
use crate::side::send::{Audience, Lease, read_lease};
use crate::wire::{Chunk, Entries, MAX_ITEM_BYTES, Message, Status, Want};

/// Checkpoints of our own log that are kept in memory while cosigners catch up.
const KEPT_CHECKPOINTS: usize = 32;
/// Items whose bytes are awaited at once.
const MAX_MISSING: usize = 100_000;

/// Why a message is not taken. The connection ends; what was durable stays.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    #[error(transparent)]
    Side(#[from] SideError),
    #[error(transparent)]
    Mirror(#[from] MirrorError),
    #[error("the message is of another agreement or another party")]
    NotYours,
    #[error("a witness sends no leaves and no items")]
    NotFromAWitness,
    #[error("the chunk of {0} is not the next one")]
    NotTheNext(ReleaseId),
    #[error("the cosigned checkpoint does not hold")]
    BadCosignature,
    #[error("the lease does not hold")]
    BadLease,
}

impl Side {
    /// Takes one message. What it changes is in the draft; nothing of it is told before that is durable.
    pub fn receive(&mut self, link: &mut Link, message: Message, now: Instant) -> Result<(), Fault> {
        match message {
            Message::Status(status) => self.status(link, &status, now),
            Message::Entries(entries) if *link.audience() == Audience::Partner => {
                self.entries(link, &entries, now)
            }
            Message::Chunk(chunk) if *link.audience() == Audience::Partner => self.chunk(chunk, now),
            Message::Entries(_) | Message::Chunk(_) => Err(Fault::NotFromAWitness),
        }
    }

    fn status(&mut self, link: &mut Link, status: &Status, now: Instant) -> Result<(), Fault> {
        if status.agreement != self.agreement_id || status.party != link.name() || status.log != self.me {
            return Err(Fault::NotYours);
        }
        if status.have > self.durable {
            // It claims leaves that we have not: our own log was set back, or it lies. Either way, stop.
            return Err(Fault::BadCosignature);
        }
        link.heard(status.have, &status.wants);
        self.asked_for_keys(&status.wants, status.have);
        if let Some(note) = &status.cosigned {
            self.cosignature(note, now)?;
        }
        for note in &status.seen {
            self.mirror.compare(note)?;
        }
        if *link.audience() == Audience::Partner {
            self.partner.have = self.partner.have.max(status.have);
            self.partner.last_heard = Some(now);
            self.partner.skew = Some(status.now - now);
            if let Some(lease) = &status.lease {
                self.leased(lease, link.not_after(), now)?;
            }
        }
        Ok(())
    }

    /// A lease runs from when it came, by our own clock, for no longer than it was given: a partner's wrong clock
    /// neither lengthens nor voids it. One that was sent before cannot come again: it names the log size it was given
    /// at, which is never less than what we hold, and orders leases where the partner's clock was set back.
    fn leased(&mut self, text: &str, not_after: Option<Instant>, now: Instant) -> Result<(), Fault> {
        let (lease, signed) = read_lease(text, &self.theirs.trust().own).ok_or(Fault::BadLease)?;
        // The key may have been rotated in a leaf that has not come yet: then this lease counts for nothing, and the
        // next one will do.
        if !signed && lease.log_size > self.mirror.size() {
            return Ok(());
        }
        if !signed {
            return Err(Fault::BadLease);
        }
        if lease.agreement != self.agreement_id || lease.by != self.partner_code || lease.to != self.me {
            return Err(Fault::BadLease);
        }
        let order = |lease: &Lease| (lease.log_size, lease.issued);
        let older = lease.log_size < self.mirror.size()
            || self.partner.lease.as_ref().is_some_and(|(held, _)| order(&lease) <= order(held));
        if !older {
            let until = now + bitacora_primitives::Duration::from_secs(i64::from(lease.lasts_s));
            self.partner.lease = Some((lease, not_after.map_or(until, |bound| bound.min(until))));
        }
        Ok(())
    }

    /// A checkpoint of our own log that came back with a cosignature.
    fn cosignature(&mut self, text: &str, now: Instant) -> Result<(), Fault> {
        let note = Note::parse(text.as_bytes()).map_err(SideError::from)?;
        let checkpoint = bitacora_ledger::Checkpoint::verify(text, self.own.origin(), &self.keys.log)
            .map_err(|_| Fault::BadCosignature)?;
        if self.tree.root_at(checkpoint.size) != Some(checkpoint.root) {
            return Err(Fault::BadCosignature);
        }
        let mut cosigners = self.witness_keys.clone();
        if let Some(agreement) = self.own.agreement() {
            let partner = agreement.partner_of(&self.me).and_then(crate::agreement::PartyTerms::read_keys);
            cosigners.extend(partner.map(|keys| keys.cosigner));
        }
        let by = cosignatures(&note, &cosigners).map_err(|_| Fault::BadCosignature)?;
        let by: Vec<(String, Instant)> = by.iter().map(|one| (one.by.name().to_owned(), one.at)).collect();
        if by.is_empty() {
            return Err(Fault::BadCosignature);
        }
        let size = checkpoint.size;
        match self.cosigned.iter_mut().find(|held| held.size == size) {
            Some(held) => {
                if by.iter().all(|new| held.by.iter().any(|(name, _)| *name == new.0)) {
                    return Ok(());
                }
                held.note = merge(&held.note, text)?;
                for one in by {
                    if held.by.iter().all(|(name, _)| *name != one.0) {
                        held.by.push(one);
                    }
                }
            }
            None => {
                self.cosigned.push(Cosigned { size, note: text.to_owned(), by });
                self.cosigned.sort_by_key(|held| held.size);
                if self.cosigned.len() > KEPT_CHECKPOINTS {
                    self.cosigned.remove(0);
                }
            }
        }
        if let Some(held) = self.cosigned.iter().find(|held| held.size == size) {
            keep_checkpoint(&mut self.draft, &self.me, size, &held.note, now);
        }
        Ok(())
    }

    fn entries(&mut self, link: &mut Link, entries: &Entries, now: Instant) -> Result<(), Fault> {
        if entries.agreement != self.agreement_id || entries.log != self.partner_code {
            return Err(Fault::NotYours);
        }
        let taken = match self.mirror.take(entries, &self.keys.cosigner, self.secrets.cosigner(), now) {
            Ok(taken) => taken,
            // Leaves were lost on the way: say again what we have.
            Err(MirrorError::Gap { .. }) => {
                link.repeat_status();
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        };
        keep_checkpoint(&mut self.draft, &self.partner_code, taken.size, &taken.checkpoint, now);
        // Every leaf is mirrored, whatever it says: a log that breaks a rule has signed the evidence. An answer that
        // fails is told at the end: what follows it in the batch is taken all the same.
        let mut failed = None;
        for (index, leaf) in (taken.from..).zip(taken.leaves) {
            let entry = match self.theirs.step(leaf.record.as_deref()) {
                Ok(entry) => entry,
                Err(finding) => {
                    keep_finding(&mut self.findings, finding);
                    self.theirs.pass_over();
                    None
                }
            };
            let envelope = leaf.record.as_deref().and_then(envelope_of);
            self.draft.leaves.push(DraftLeaf {
                log: self.partner_code.clone(),
                index,
                commitment: leaf.commitment,
                text: leaf.record,
                kind: entry.as_ref().map(|entry| entry.record.kind()),
                at: now,
            });
            if let (Some(entry), Some(envelope)) = (entry, envelope) {
                failed = failed.or(self.answer(&entry, &envelope, now).err());
            }
        }
        failed.map_or(Ok(()), Err)
    }

    /// What the partner's record asks of us.
    fn answer(&mut self, entry: &Entry, envelope: &Envelope, now: Instant) -> Result<(), Fault> {
        match &entry.record {
            Record::Release(release) => self.expect(entry.index, release, now)?,
            Record::Receipt(receipt) => self.grant(receipt, envelope, now)?,
            Record::Suspension(_) | Record::Resumption(_) | Record::Ended(_) | Record::Rotation(_) => {
                self.bind(&entry.record, envelope, now)?;
            }
            Record::Cut(cut) => cut.releases.iter().for_each(|release| self.await_no_more(release)),
            Record::Withdrawal(withdrawal) => self.await_no_more(&withdrawal.statement.release),
            Record::KeyGrant(grant) => self.await_no_more(&grant.release),
            _ => {}
        }
        Ok(())
    }

    fn await_no_more(&mut self, release: &ReleaseId) {
        self.missing.remove(release);
        self.unkeyed.remove(release);
    }

    /// A release to us: its bytes are awaited, unless we have stopped taking such items ourselves.
    fn expect(&mut self, leaf: u64, release: &Release, now: Instant) -> Result<(), Fault> {
        if release.tags.to != self.me || !self.is_running() {
            return Ok(());
        }
        let suspended = self.own.suspensions().values().filter_map(crate::history::Suspended::closure);
        if suspended.into_iter().any(|closure| closure.stops(&release.tags)) {
            let declined = Declined { release: release.release, leaf, code: DeclineCode::Suspended };
            self.append(Record::Declined(declined), now)?;
        } else if self.missing.len() < MAX_MISSING && release.sealed.bytes <= MAX_ITEM_BYTES {
            let (total, sealed) = (release.sealed.bytes, Some(release.sealed.sha256));
            self.missing.insert(release.release, Partial { leaf, total, sealed, bytes: Vec::new() });
        }
        Ok(())
    }

    /// A receipt came: the key follows, through the gate, if the release still stands.
    // INVARIANT: no key without a receipt.
    fn grant(&mut self, receipt: &Receipt, envelope: &Envelope, now: Instant) -> Result<(), SideError> {
        let Some(state) = self.own.releases().get(&receipt.release) else { return Ok(()) };
        let stands = self.own.may_be_keyed(state) && crate::history::answers(receipt, receipt.release, state);
        if !stands || !self.is_running() || self.gate.check(&state.tags).is_err() {
            return Ok(());
        }
        let item_key = self.secrets.item_key(&receipt.release, &month(state.recorded))?;
        let entropy = self.secrets.entropy()?;
        let to = self.in_force()?.partner_of(&self.me)?.keys.seal;
        let wrapped = sealing::wrap(&to, &bound(&receipt.release), &item_key, entropy)?;
        let grant = KeyGrant { release: receipt.release, receipt: envelope.clone(), wrapped };
        self.append(Record::KeyGrant(Box::new(grant)), now)?;
        Ok(())
    }

    /// The partner holds an item and its receipt is given, yet it has no key: the leaf went by unopened while a
    /// suspension was in force, or its receipt came while the gate was shut.
    fn asked_for_keys(&mut self, wants: &[Want], have: u64) {
        for want in wants {
            let Some(state) = self.own.releases().get(&want.release) else { continue };
            let passed_by = match state.stage {
                Stage::Granted(leaf) => leaf < have,
                stage => stage == Stage::Released,
            };
            let receipted = self.theirs.taken(&want.release).is_some_and(|taken| taken.receipt.is_some());
            if want.offset == state.bytes && passed_by && receipted && self.own.may_be_keyed(state) {
                self.asked_again.insert(want.release);
            }
        }
    }

    /// Grants what was asked for, from the receipt as it is stored.
    pub(super) fn key_again(&mut self, shelf: &dyn Shelf, now: Instant) -> Result<(), SideError> {
        let mut failed = None;
        for release in std::mem::take(&mut self.asked_again) {
            let leaf = self.theirs.taken(&release).and_then(|taken| taken.receipt);
            let Some(leaf) = leaf.filter(|leaf| *leaf < self.durable_theirs) else { continue };
            let text =
                shelf.leaves(&self.partner_code, leaf, 1)?.into_iter().next().and_then(|(_, text)| text);
            let Some(text) = text else { continue };
            let (entry, envelope) = Entry::open(&text, None)?;
            if let Record::Receipt(receipt) = &entry.record {
                failed = failed.or(self.grant(receipt, &envelope, now).err());
            }
        }
        failed.map_or(Ok(()), Err)
    }

    fn chunk(&mut self, chunk: Chunk, now: Instant) -> Result<(), Fault> {
        // Late, repeated or cut: not an error, and not wanted.
        let Some(partial) = self.missing.get_mut(&chunk.release) else { return Ok(()) };
        if chunk.total != partial.total {
            return Err(Fault::NotTheNext(chunk.release));
        }
        let have = partial.bytes.len() as u64;
        if chunk.offset > have {
            return Err(Fault::NotTheNext(chunk.release));
        }
        let skip = usize::try_from(have - chunk.offset).unwrap_or(usize::MAX);
        partial.bytes.extend(chunk.bytes.iter().skip(skip));
        if (partial.bytes.len() as u64) < partial.total {
            return Ok(());
        }
        let Some(partial) = self.missing.remove(&chunk.release) else { return Ok(()) };
        self.complete(chunk.release, partial, now)
    }

    /// All bytes are here: they are kept and the receipt is signed, in one transaction.
    fn complete(&mut self, release: ReleaseId, partial: Partial, now: Instant) -> Result<(), Fault> {
        if Some(sha256(&partial.bytes)) != partial.sealed {
            let declined = Declined { release, leaf: partial.leaf, code: DeclineCode::OtherBytes };
            self.append(Record::Declined(declined), now)?;
            return Ok(());
        }
        let Some(given) = self.theirs.releases().get(&release) else { return Ok(()) };
        if !self.is_running() {
            return Ok(());
        }
        let agreement = self.in_force()?;
        let Some(prohibition) = agreement
            .clauses
            .iter()
            .find(|clause| matches!(clause.rule, bitacora_policy::Rule::BaseProhibition))
            .map(|clause| clause.id.clone())
        else {
            return Ok(());
        };
        let receipt = Receipt {
            release,
            leaf: given.leaf,
            sealed: given.sealed,
            purpose: given.tags.purpose,
            handling: given.handling.as_ref().clone(),
            prohibition,
            received: now,
        };
        self.unkeyed.insert(release, partial.total);
        self.draft.sealed.push((release, partial.bytes));
        self.append(Record::Receipt(receipt), now)?;
        Ok(())
    }

    /// After a restart: releases to us without receipt or refusal, whose bytes are asked for again.
    pub(super) fn look_for_missing(&mut self, shelf: &dyn Shelf) -> Result<(), SideError> {
        let waiting: Vec<(ReleaseId, Released)> = self
            .theirs
            .releases()
            .iter()
            .filter(|(_, state)| state.tags.to == self.me && state.stage == Stage::Released)
            .map(|(id, state)| (*id, state.clone()))
            .collect();
        for (id, state) in waiting {
            let taken = self.own.taken(&id);
            if taken.is_some_and(|taken| taken.receipt.is_some()) {
                self.unkeyed.insert(id, state.bytes);
            } else if !taken.is_some_and(|taken| taken.declined) && shelf.sealed(&id)?.is_none() {
                let Released { leaf, bytes: total, sealed, .. } = state;
                self.missing.insert(id, Partial { leaf, total, sealed: Some(sealed), bytes: Vec::new() });
            }
        }
        Ok(())
    }
}

fn envelope_of(text: &str) -> Option<Envelope> {
    let leaf: LeafRecord = serde_json::from_str(text).ok()?;
    Envelope::from_value(&leaf.body).ok()
}
