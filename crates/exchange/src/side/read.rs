//! Showing what the partner gave: only under a lease, only what is not stopped, and each opening recorded. What an
//! officer opened for a boarding in progress stays, marked, without export.

use bitacora_primitives::{Duration, Instant, OfficerId, ReleaseId};

use super::{Lease, Side, SideError};
use crate::document::Document;
use crate::history::{Released, Stage};
use crate::record::{Entry, Opened, Record};
use crate::sealing;
use crate::shelf::Shelf;
use crate::side::offer::{bound, month};

/// Whether an item that the partner gave may be shown now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Readable {
    /// No key has come.
    Sealed,
    Yes,
    /// The lease ran out or the partner stopped it, yet it was opened for a boarding in progress.
    LeaseLapsed,
    /// Neither shown nor exported.
    Quiet,
    Withdrawn,
}

/// An opened item.
#[derive(Clone, PartialEq, Debug)]
pub struct Shown {
    pub document: Document,
    /// `false` once the lease lapsed: it may be read, not exported.
    pub export: bool,
}

impl Side {
    pub fn readable(&self, release: &ReleaseId, now: Instant) -> Option<Readable> {
        let state = self.theirs.releases().get(release)?;
        Some(self.readable_state(release, state, now))
    }

    fn readable_state(&self, release: &ReleaseId, state: &Released, now: Instant) -> Readable {
        match state.stage {
            Stage::Withdrawn => return Readable::Withdrawn,
            // Nothing is shown before it is durable here.
            Stage::Granted(leaf) if leaf >= self.durable_theirs => return Readable::Sealed,
            Stage::Granted(_) => {}
            Stage::Released | Stage::Cut | Stage::Declined => return Readable::Sealed,
        }
        // A clock that went back before the lease came knows nothing about how long it has lasted.
        let lasts = |lease: &Lease| Duration::from_secs(i64::from(lease.lasts_s));
        let leased = self.partner.lease.as_ref().is_some_and(|(lease, until)| {
            now < *until
                && now >= *until - lasts(lease)
                && !lease.stopped.iter().any(|closure| closure.stops(&state.tags))
        });
        let stopped = self.own.seen().values().filter_map(crate::history::Suspended::closure);
        if leased && !stopped.into_iter().any(|closure| closure.stops(&state.tags)) {
            return Readable::Yes;
        }
        match self.own.taken(release) {
            Some(taken) if taken.boarding => Readable::LeaseLapsed,
            _ => Readable::Quiet,
        }
    }

    /// Opens an item for an officer and records it.
    pub fn open_item(
        &mut self,
        release: ReleaseId,
        officer: OfficerId,
        boarding: bool,
        shelf: &dyn Shelf,
        now: Instant,
    ) -> Result<Shown, SideError> {
        let shown = self.show(release, shelf, now)?;
        // A lapsed item was opened when it could be; nothing about it may be opened anew.
        if shown.export {
            let known = self.own.taken(&release).is_some_and(|taken| {
                taken.opened.iter().any(|(by, _)| *by == officer) && (taken.boarding || !boarding)
            });
            if !known {
                self.append(Record::Opened(Opened { release, officer, boarding }), now)?;
            }
        }
        Ok(shown)
    }

    /// The plain text, where it may be shown.
    pub fn show(&self, release: ReleaseId, shelf: &dyn Shelf, now: Instant) -> Result<Shown, SideError> {
        let state = self.theirs.releases().get(&release).ok_or(SideError::UnknownRelease(release))?;
        let export = match self.readable_state(&release, state, now) {
            Readable::Yes => true,
            Readable::LeaseLapsed => false,
            Readable::Sealed => return Err(SideError::NotShown(release, "its key has not come")),
            Readable::Quiet => return Err(SideError::NotShown(release, "the lease over it has lapsed")),
            Readable::Withdrawn => return Err(SideError::NotShown(release, "it was withdrawn")),
        };
        let Stage::Granted(leaf) = state.stage else {
            return Err(SideError::NotShown(release, "its key has not come"));
        };
        let stored = shelf.leaves(&self.partner_code, leaf, 1)?;
        let text = stored.into_iter().next().and_then(|(_, text)| text);
        let text = text.ok_or(SideError::NotShown(release, "its key has not come"))?;
        let Record::KeyGrant(grant) = Entry::open(&text, None)?.0.record else {
            return Err(SideError::NotShown(release, "its key has not come"));
        };
        let sealed = shelf.sealed(&release)?.ok_or(SideError::NotShown(release, "its bytes are not here"))?;
        let item_key = sealing::unwrap(&self.secrets.seal_secret(), &bound(&release), &grant.wrapped)?;
        let document = opened(release, &item_key, &sealed)?;
        Ok(Shown { document, export })
    }

    /// What we released ourselves, as it was cut: from the ciphertext, under the item's own key. Where the secret of its
    /// month was destroyed, so is the item.
    pub fn given(&self, release: ReleaseId, shelf: &dyn Shelf) -> Result<Document, SideError> {
        let state = self.own.releases().get(&release).ok_or(SideError::UnknownRelease(release))?;
        let sealed = shelf.sealed(&release)?.ok_or(SideError::NotShown(release, "its bytes are not here"))?;
        let item_key = self.secrets.item_key(&release, &month(state.recorded))?;
        opened(release, &item_key, &sealed)
    }

    /// Takes over the partner's lease from another process of this node, which checked it when it came: a lease is kept in
    /// memory alone. One of another agreement or other parties is not taken.
    pub fn hold_lease(&mut self, lease: Lease, until: Instant) {
        if lease.agreement == self.agreement_id && lease.by == self.partner_code && lease.to == self.me {
            self.partner.lease = Some((lease, until));
        }
    }
}

fn opened(release: ReleaseId, item_key: &[u8; 32], sealed: &[u8]) -> Result<Document, SideError> {
    let plain = sealing::open(item_key, &bound(&release), sealed)?;
    serde_json::from_slice(&plain).map_err(|_| SideError::NotShown(release, "its text is not an item"))
}
