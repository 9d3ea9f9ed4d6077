//! Bundles on a stick: what a link would have said, in one file that expires. Goes through the same gate and the same
//! side as a link.

use std::fs::File;
use std::path::Path;

use bitacora_api::exchange::Exchange;

use bitacora_exchange::Secrets as _;
use bitacora_exchange::side::Link;
use bitacora_ledger::Checkpoint;
use bitacora_peer::{Bounds, Waybill, pack, unpack};
use bitacora_primitives::Duration;
use bitacora_primitives::markings::AgreementId;

use super::desk::Desk;
use super::engine::Chain;
use super::request::{Reply, Why, why};
use crate::clock;

/// A bundle opens nothing after this: weeks at sea are possible, months are not.
const BUNDLE_LASTS: Duration = Duration::from_hours(24 * 14);

impl Desk {
    /// Writes everything that the partner is not known to hold.
    pub(super) fn pack(&self, agreement: &AgreementId, out: &Path) -> Result<Reply, Why> {
        let standing =
            self.exchanges.standing.get(agreement).ok_or(("unknown_agreement", agreement.to_string()))?;
        let now = clock::now();
        let have = self.held_by_partner(agreement)?;
        let (outgoing, waybill) = {
            let mut party = standing.engine.look();
            let side = &mut party.side;
            let mut link = Link::one_way(side.partner_code(), have);
            let mut outgoing = Vec::new();
            loop {
                let more = side
                    .pump(&mut link, &standing.shelf, now)
                    .map_err(|error| ("exchange", error.to_string()))?;
                if more.is_empty() {
                    break;
                }
                outgoing.extend(more);
                link.assume_arrived();
            }
            let logs =
                [(side.me().clone(), side.durable()), (side.partner_code().clone(), side.mirror().size())];
            let waybill = Waybill {
                agreement: agreement.clone(),
                from: side.me().clone(),
                to: side.partner_code().to_string(),
                made: now,
                expires: now + BUNDLE_LASTS,
                logs: logs.into(),
            };
            (outgoing, waybill)
        };
        let key = standing.engine.look().side.record_key().clone();
        let signer = standing.keys.record(&key).map_err(|error| ("key", error.to_string()))?;
        let packed = pack(waybill, &outgoing, &self.exchanges.gate, key.name(), &*signer)
            .map_err(|error| ("bundle", Chain(&error).to_string()))?;
        let failed = |error: std::io::Error| ("file", format!("`{}`: {error}", out.display()));
        let mut file = File::create(out).map_err(failed)?;
        if let Err(error) = packed.write_to(&self.exchanges.gate, &mut file) {
            // What was written is no bundle.
            drop(std::fs::remove_file(out));
            return Err(("bundle", Chain(&error).to_string()));
        }
        file.sync_all().map_err(failed)?;
        let bytes = file.metadata().map_err(failed)?.len();
        Ok(Reply::Carried { frames: packed.header.body.frames, bytes, held: packed.held.len() })
    }

    /// Takes a bundle in, message by message, as if a link had brought it.
    pub(super) fn unpack(&self, path: &Path) -> Result<Reply, Why> {
        let failed = |error: std::io::Error| ("file", format!("`{}`: {error}", path.display()));
        let bounds = Bounds::default();
        if std::fs::metadata(path).map_err(failed)?.len() > bounds.file {
            return Err(("bundle", "the file is larger than a bundle can be".to_owned()));
        }
        let bytes = std::fs::read(path).map_err(failed)?;
        let unpacked = unpack(&bytes, &bounds, clock::now(), |waybill| self.signers(waybill))
            .map_err(|error| ("bundle", Chain(&error).to_string()))?;
        let waybill = unpacked.header.waybill.clone();
        let exchange = self as &dyn Exchange;
        let (mut frames, mut refused) = (0, 0);
        for message in unpacked.messages {
            let message = message.map_err(|error| ("bundle", Chain(&error).to_string()))?;
            let expires = waybill.expires;
            // Each in a transaction of its own: what was taken stays, and the rest can be carried in again.
            let taken = exchange.carry_out(&waybill.agreement, move |side, _, now| {
                let mut link = Link::of_a_bundle(side.partner_code(), expires);
                Ok(side.receive(&mut link, message, now).map_err(|fault| Chain(&fault).to_string()))
            });
            frames += 1;
            if let Err(fault) = taken.map_err(why)? {
                tracing::warn!(fault, "a message of the bundle is not taken");
                refused += 1;
            }
        }
        Ok(Reply::CarriedIn { frames, refused })
    }

    /// The partner's record key, where the waybill is addressed to us.
    fn signers(&self, waybill: &Waybill) -> Vec<(String, [u8; 32])> {
        let Some(standing) = self.exchanges.standing.get(&waybill.agreement) else { return Vec::new() };
        let party = standing.engine.look();
        if waybill.from != *party.side.partner_code() || waybill.to != party.side.me().as_str() {
            return Vec::new();
        }
        let key = &party.side.theirs().trust().own;
        vec![(key.name().to_owned(), *key.public_key())]
    }

    /// Leaves of our log under the partner's newest stored cosignature: survives a restart.
    fn held_by_partner(&self, agreement: &AgreementId) -> Result<u64, Why> {
        let standing =
            self.exchanges.standing.get(agreement).ok_or(("unknown_agreement", agreement.to_string()))?;
        let kept = self.checkpoints(agreement, &standing.me, 0).map_err(why)?;
        let partner = {
            let party = standing.engine.look();
            let side = &party.side;
            side.own()
                .agreement()
                .and_then(|agreement| agreement.partner_of(side.me()).ok()?.read_keys().ok())
        };
        let Some(partner) = partner else { return Ok(0) };
        let cosigned = |note: &str| {
            let note = bitacora_ledger::Note::parse(note.as_bytes()).ok()?;
            let by = bitacora_ledger::cosignatures(&note, std::slice::from_ref(&partner.cosigner)).ok()?;
            if by.is_empty() {
                return None;
            }
            Checkpoint::parse(note.unverified_text()).ok().map(|checkpoint| checkpoint.size)
        };
        Ok(kept.iter().rev().find_map(|(_, note)| cosigned(note)).unwrap_or(0))
    }
}
