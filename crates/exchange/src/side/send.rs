//! What goes out to a partner or a witness: standing, leaves in order, sealed items. Only what is durable, and of items
//! only what the gate lets pass.

use bitacora_ledger::{Checkpoint, Envelope, VerifierKey, canonical_json};
use bitacora_primitives::markings::{AgreementId, PartyCode};
use bitacora_primitives::{Instant, ReleaseId};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::{Side, SideError};
use crate::gate::Shut;
use crate::history::Stage;
use crate::outgoing::Outgoing;
use crate::record::{Entry, EntryError, Record};
use crate::shelf::{Shelf, ShelfError};
use crate::tags::{Closure, Tags};
use crate::wire::{CHUNK_BYTES, Chunk, Entries, LeafOut, MAX_WANTS, Message, Status, Want};

const LEASE_TYPE: &str = "application/vnd.bitacora.lease.v1+json";
/// Leaves that may be under way without an answer.
const WINDOW: u64 = 4_096;
/// Text in one `Entries`, well within a frame.
const BATCH_BYTES: usize = 512 * 1024;
const BATCH_LEAVES: usize = 256;

/// To whom a link leads.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Audience {
    Partner,
    /// Sees commitments and counts, never a record.
    Witness(String),
}

/// One connection, or one carried bundle: what was said on it so far. Lost with the connection.
#[derive(Debug)]
pub struct Link {
    audience: Audience,
    name: String,
    /// Leaves that the other end said it holds; `None` until it spoke.
    acked: Option<u64>,
    sent: u64,
    /// Items under way on this link, and how far.
    chunks: FxHashMap<ReleaseId, u64>,
    wants: Vec<Want>,
    told: Option<Told>,
    /// Nothing that comes on this link leases anything beyond: a carried bundle holds its own expiry.
    not_after: Option<Instant>,
}

/// The part of a status whose change is worth telling at once.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Told {
    have: u64,
    closures: usize,
    wants: usize,
}

impl Link {
    pub fn new(audience: Audience, partner: &PartyCode) -> Self {
        let name = match &audience {
            Audience::Partner => partner.to_string(),
            Audience::Witness(name) => name.clone(),
        };
        Self {
            audience,
            name,
            acked: None,
            sent: 0,
            chunks: FxHashMap::default(),
            wants: Vec::new(),
            told: None,
            not_after: None,
        }
    }

    /// A link that nobody answers, for a bundle carried by hand: starts after what the other side was last known to
    /// hold.
    pub fn one_way(partner: &PartyCode, have: u64) -> Self {
        Self { acked: Some(have), sent: have, ..Self::new(Audience::Partner, partner) }
    }

    /// The receiving end of a bundle that expires.
    pub fn of_a_bundle(partner: &PartyCode, expires: Instant) -> Self {
        Self { not_after: Some(expires), ..Self::new(Audience::Partner, partner) }
    }

    /// What was put into the bundle counts as under way: go on with the next.
    pub fn assume_arrived(&mut self) {
        self.acked = Some(self.sent);
    }

    pub(super) const fn not_after(&self) -> Option<Instant> {
        self.not_after
    }

    pub const fn audience(&self) -> &Audience {
        &self.audience
    }
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn heard(&mut self, have: u64, wants: &[Want]) {
        // What it holds less than we sent is still under way, unless this is the first word on this link.
        if self.acked.is_none() {
            self.sent = have;
        }
        self.acked = Some(have);
        for want in wants {
            if self.chunks.get(&want.release).is_none_or(|sent| *sent > want.offset)
                && !self.wants.contains(want)
            {
                self.wants.push(*want);
            }
        }
        self.wants.truncate(MAX_WANTS);
    }

    pub(super) fn repeat_status(&mut self) {
        self.told = None;
    }

    /// Starts over from what the other end acknowledged: a heartbeat found nothing moved.
    pub fn resend(&mut self) {
        self.sent = self.acked.unwrap_or(0);
        self.chunks.clear();
        self.told = None;
    }
}

/// What the partner may show of ours, and until when: fresh, signed, and naming what is stopped.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lease {
    pub agreement: AgreementId,
    pub by: PartyCode,
    pub to: PartyCode,
    /// Rises with every lease: an old one cannot come again.
    pub issued: Instant,
    pub lasts_s: u32,
    /// Leaves of our log when it was given.
    pub log_size: u64,
    /// Items of these scopes are not leased.
    pub stopped: Vec<Closure>,
}

/// A lease, and whether this key signed it.
pub(super) fn read_lease(text: &str, key: &VerifierKey) -> Option<(Lease, bool)> {
    let envelope =
        Envelope::parse(text.as_bytes()).ok().filter(|envelope| envelope.payload_type == LEASE_TYPE)?;
    let signed = !envelope.verify(&[(key.name(), key.public_key())]).is_empty();
    Some((serde_json::from_slice(&envelope.payload).ok()?, signed))
}

/// A record as the partner gets it, none for the commitment alone, and the item it is about.
type Opening = (Option<String>, Option<Tags>);

impl Side {
    /// Everything that may go out on this link now. Call it after each commit, each message and each heartbeat.
    pub fn pump(
        &mut self,
        link: &mut Link,
        shelf: &dyn Shelf,
        now: Instant,
    ) -> Result<Vec<Outgoing>, SideError> {
        let mut out = Vec::new();
        self.tell(link, now, false, &mut out)?;
        let Some(acked) = link.acked else { return Ok(out) };
        let most = self.durable.min(acked.saturating_add(WINDOW));
        while link.sent < most {
            let before = link.sent;
            self.send_leaves(link, shelf, most, &mut out)?;
            if link.sent == before {
                break;
            }
        }
        for want in std::mem::take(&mut link.wants) {
            self.send_item(link, shelf, want.release, want.offset, &mut out)?;
        }
        Ok(out)
    }

    /// The heartbeat: standing and a fresh lease, whether or not anything moved.
    pub fn beat(&mut self, link: &mut Link, now: Instant) -> Result<Vec<Outgoing>, SideError> {
        let mut out = Vec::new();
        self.tell(link, now, true, &mut out)?;
        Ok(out)
    }

    fn tell(
        &mut self,
        link: &mut Link,
        now: Instant,
        anyway: bool,
        out: &mut Vec<Outgoing>,
    ) -> Result<(), SideError> {
        let to_partner = link.audience == Audience::Partner;
        let have = if to_partner { self.durable_theirs } else { 0 };
        let wants = if to_partner { self.wants(anyway) } else { Vec::new() };
        let told = Told { have, closures: self.own.closures().len(), wants: wants.len() };
        if !anyway && link.told.as_ref() == Some(&told) {
            return Ok(());
        }
        let lease = if to_partner && self.is_running() { Some(self.lease(now)?) } else { None };
        let cosigned = self.mirror.newest().filter(|_| have == self.mirror.size() && have > 0);
        let status = Status {
            agreement: self.agreement_id.clone(),
            party: self.me.to_string(),
            now,
            log: self.partner_code.clone(),
            have,
            cosigned: cosigned.filter(|_| to_partner).map(str::to_owned),
            wants,
            lease,
            // A witness holds our copy of the partner's log against its own.
            seen: self.mirror.newest().filter(|_| !to_partner).map(str::to_owned).into_iter().collect(),
        };
        link.told = Some(told);
        out.push(Outgoing::new(Message::Status(Box::new(status)), Vec::new()));
        Ok(())
    }

    /// Missing bytes; at a heartbeat also keys that should have come, as bytes wanted from the end on.
    fn wants(&self, keys: bool) -> Vec<Want> {
        let want = |(release, partial): (&ReleaseId, &super::Partial)| Want {
            release: *release,
            offset: partial.bytes.len() as u64,
        };
        // Only of releases that are durable here: a receipt must never precede its release.
        let bytes = self.missing.iter().filter(|(_, partial)| partial.leaf < self.durable_theirs).map(want);
        let keys = self
            .unkeyed
            .iter()
            .filter(|_| keys)
            .map(|(release, offset)| Want { release: *release, offset: *offset });
        bytes.chain(keys).take(MAX_WANTS).collect()
    }

    fn lease(&self, now: Instant) -> Result<String, SideError> {
        let agreement = self.in_force()?;
        let lease = Lease {
            agreement: self.agreement_id.clone(),
            by: self.me.clone(),
            to: self.partner_code.clone(),
            issued: now,
            lasts_s: agreement.lease_s,
            log_size: self.durable,
            stopped: self.own.closures(),
        };
        let payload = canonical_json(&lease).map_err(EntryError::from)?.into_bytes();
        let mut envelope = Envelope::new(LEASE_TYPE, payload).map_err(EntryError::from)?;
        let signer = self.secrets.record(&self.keys.record)?;
        envelope.sign(self.keys.record.name(), &*signer).map_err(EntryError::from)?;
        Ok(envelope.to_json().map_err(EntryError::from)?)
    }

    fn send_leaves(
        &self,
        link: &mut Link,
        shelf: &dyn Shelf,
        most: u64,
        out: &mut Vec<Outgoing>,
    ) -> Result<(), SideError> {
        let from = link.sent;
        let limit = usize::try_from(most - from).unwrap_or(usize::MAX).min(BATCH_LEAVES);
        let mut leaves = Vec::new();
        let mut items: Vec<Tags> = Vec::new();
        let mut released: Vec<ReleaseId> = Vec::new();
        let mut bytes = 0;
        for (commitment, text) in shelf.leaves(&self.me, from, limit)? {
            let text = text.filter(|_| link.audience == Audience::Partner);
            let Some((record, tags)) = self.opening(text, &mut released)? else { break };
            bytes += record.as_ref().map_or(80, |text| text.len() + 96);
            if bytes > BATCH_BYTES && !leaves.is_empty() {
                break;
            }
            if let Some(tags) = tags
                && !items.contains(&tags)
            {
                items.push(tags);
            }
            leaves.push(LeafOut { commitment, record });
        }
        let size = from + leaves.len() as u64;
        let Some(checkpoint) = self.checkpoint(size) else { return Ok(()) };
        if leaves.is_empty() {
            return Ok(());
        }
        link.sent = size;
        let entries =
            Entries { agreement: self.agreement_id.clone(), log: self.me.clone(), from, leaves, checkpoint };
        out.push(Outgoing::new(Message::Entries(Box::new(entries)), items));
        for release in released {
            self.send_item(link, shelf, release, 0, out)?;
        }
        Ok(())
    }

    /// Our signed checkpoint at a size that is durable.
    pub fn checkpoint(&self, size: u64) -> Option<String> {
        if size > self.durable {
            return None;
        }
        let root = self.tree.root_at(size)?;
        let checkpoint = Checkpoint { origin: self.own.origin().to_owned(), size, root };
        Some(checkpoint.sign(&self.keys.log, self.secrets.log()))
    }

    /// Whether a record is opened to the partner, and the item it is about. What a suspension covers is not opened,
    /// and neither is what it cut: the partner gets the commitment, so that order and count are the same everywhere.
    /// `None` where the leaf has to wait.
    fn opening(
        &self,
        text: Option<String>,
        released: &mut Vec<ReleaseId>,
    ) -> Result<Option<Opening>, SideError> {
        let closed = Ok(Some((None, None)));
        let Some(text) = text else { return closed };
        let (entry, _) = Entry::open(&text, None)?;
        if !entry.record.is_for_the_partner() {
            return closed;
        }
        let release = match &entry.record {
            Record::Release(release) => release.release,
            Record::KeyGrant(grant) => grant.release,
            _ => return Ok(Some((Some(text), None))),
        };
        let Some(state) = self.own.releases().get(&release) else { return closed };
        if !matches!(state.stage, Stage::Released | Stage::Granted(_)) {
            return closed;
        }
        match self.gate.check(&state.tags) {
            Ok(()) => {}
            // Stopped, not yet logged: it is neither cut nor free. A leaf that went by unopened would be lost if the
            // stop is never logged, so it waits.
            Err(Shut::Suspended(id))
                if !self.own.suspensions().contains_key(&id) && !self.own.seen().contains_key(&id) =>
            {
                return Ok(None);
            }
            Err(_) => return closed,
        }
        if matches!(entry.record, Record::Release(_)) && state.stage == Stage::Released {
            released.push(release);
        }
        Ok(Some((Some(text), Some(state.tags.as_ref().clone()))))
    }

    fn send_item(
        &self,
        link: &mut Link,
        shelf: &dyn Shelf,
        release: ReleaseId,
        from: u64,
        out: &mut Vec<Outgoing>,
    ) -> Result<(), SideError> {
        let Some(state) = self.own.releases().get(&release) else { return Ok(()) };
        let stands = matches!(state.stage, Stage::Released | Stage::Granted(_)) && state.leaf < self.durable;
        if !stands || link.audience != Audience::Partner || self.gate.check(&state.tags).is_err() {
            return Ok(());
        }
        let sealed = shelf
            .sealed(&release)?
            .ok_or_else(|| ShelfError(format!("the ciphertext of {release} is not stored")))?;
        let total = sealed.len() as u64;
        let start = usize::try_from(from.min(total)).unwrap_or(0);
        let mut offset = start;
        for piece in sealed.get(start..).unwrap_or_default().chunks(CHUNK_BYTES) {
            let chunk = Chunk { release, offset: offset as u64, total, bytes: piece.to_vec() };
            out.push(Outgoing::new(Message::Chunk(chunk), vec![state.tags.as_ref().clone()]));
            offset += piece.len();
        }
        link.chunks.insert(release, total);
        Ok(())
    }
}
