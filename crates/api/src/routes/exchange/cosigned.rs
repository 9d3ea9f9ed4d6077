//! Who cosigned our log up to where, and when: read from kept checkpoints, each signature verified. A line that does
//! not hold proves nothing and is passed over.

use bitacora_exchange::Side;
use bitacora_exchange::agreement::Agreement;
use bitacora_exchange::side::Cosigned;
use bitacora_ledger::{Checkpoint, CosignerKey, Note};
use bitacora_primitives::Instant;
use bitacora_primitives::markings::AgreementId;

use super::desk::{Desk, Times};
use crate::error::ApiError;
use crate::shapes::CosignedBy;

/// Who may cosign our log.
#[derive(Clone, Debug)]
pub(super) struct Cosigners {
    pub(super) partner: CosignerKey,
    pub(super) witnesses: Vec<CosignerKey>,
}

impl Cosigners {
    pub(super) fn of(agreement: &Agreement, side: &Side) -> Option<Self> {
        let partner = agreement.partner_of(side.me()).and_then(|terms| terms.read_keys()).ok()?.cosigner;
        let witnesses = agreement.witnesses.iter().filter_map(|key| key.parse().ok()).collect();
        Some(Self { partner, witnesses })
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &CosignerKey> {
        std::iter::once(&self.partner).chain(&self.witnesses)
    }
}

/// The earliest time that a key's lines below a note prove.
pub(super) fn cosigned_at(note: &Note, key: &CosignerKey) -> Option<Instant> {
    let named = note.signatures().iter().filter(|line| key.is_named_by(line));
    named.filter_map(|line| key.verify(note.unverified_text(), line).ok()).min()
}

fn has_line(note: &Note, key: &CosignerKey) -> bool {
    note.signatures().iter().any(|line| key.is_named_by(line))
}

/// A kept checkpoint of our log.
pub(super) struct Kept {
    pub(super) size: u64,
    pub(super) text: String,
    note: Note,
}

/// Cosigned checkpoints of our log above a size, by size.
pub(super) fn kept_above(desk: &Desk, agreement: &AgreementId, above: u64) -> Result<Vec<Kept>, ApiError> {
    let mut kept: Vec<Kept> = desk
        .exchange
        .checkpoints(agreement, &desk.exchange.me(), above)?
        .into_iter()
        .filter_map(|(size, text)| {
            let note = Note::parse(text.as_bytes()).ok()?;
            // The size is the signed one, not the one that the row says.
            let stated = Checkpoint::parse(note.unverified_text()).ok()?.size;
            (stated == size).then_some(Kept { size, text, note })
        })
        .collect();
    kept.sort_by_key(|one| one.size);
    Ok(kept)
}

/// When the partner's cosignature first covered a leaf, and the earliest time that any proves for it.
pub(super) fn times(kept: &[Kept], cosigners: &Cosigners) -> Times {
    let mut times = Times::default();
    for one in kept {
        let mut earlier =
            |at: Instant| times.proven_by = Some(times.proven_by.map_or(at, |known| known.min(at)));
        if has_line(&one.note, &cosigners.partner)
            && let Some(at) = cosigned_at(&one.note, &cosigners.partner)
        {
            earlier(at);
            times.partner_informed = Some(at);
        }
        cosigners.witnesses.iter().filter_map(|key| cosigned_at(&one.note, key)).for_each(earlier);
        if times.partner_informed.is_some() {
            return times;
        }
    }
    times
}

/// Of each leaf from the newest down: who cosigned it, with the time of the smallest checkpoint that covers it.
pub(super) fn covering(kept: &[Kept], cosigners: &Cosigners, newest_first: &[u64]) -> Vec<Vec<CosignedBy>> {
    let mut found: Vec<Vec<CosignedBy>> = vec![Vec::new(); newest_first.len()];
    for key in cosigners.all() {
        // Walking down the leaves, the smallest covering checkpoint only ever gets smaller.
        let mut signed = kept.iter().rev().filter(|one| has_line(&one.note, key)).peekable();
        let mut holds: Option<Instant> = None;
        for (leaf, by) in newest_first.iter().zip(&mut found) {
            let mut smallest = None;
            while let Some(one) = signed.next_if(|one| one.size > *leaf) {
                smallest = Some(one);
            }
            holds = smallest.and_then(|one| cosigned_at(&one.note, key)).or(holds);
            if let Some(at) = holds {
                by.push(CosignedBy { who: key.name().to_owned(), at: at.to_string() });
            }
        }
    }
    found
}

/// The newest size that a key cosigned, and when, among these.
pub(super) fn newest_by(kept: &[Kept], key: &CosignerKey) -> Option<(u64, Instant)> {
    let mut newest = kept.iter().rev().filter(|one| has_line(&one.note, key));
    newest.find_map(|one| Some((one.size, cosigned_at(&one.note, key)?)))
}

/// As [`newest_by`], from what the side holds in memory, and only else from the store.
pub(super) fn newest_of(side: &[Cosigned], kept: &[Kept], key: &CosignerKey) -> Option<(u64, Instant)> {
    let known = side.iter().rev().find_map(|one| {
        let at = one.by.iter().find(|(name, _)| name == key.name()).map(|(_, at)| *at)?;
        Some((one.size, at))
    });
    known.into_iter().chain(newest_by(kept, key)).max_by_key(|(size, _)| *size)
}
