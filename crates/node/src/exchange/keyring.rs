//! One party's keys for one agreement, a file each under `keys/agreements/ID/`, readable by their owner only. Items are
//! sealed under a secret of their month, in a file of its own: destroying it ends what was sealed under it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use aws_lc_rs::hmac;
use aws_lc_rs::signature::Ed25519KeyPair;
use bitacora_exchange::Secrets;
use bitacora_exchange::agreement::{PartyKeys, origin};
use bitacora_exchange::sealing::seal_pair;
use bitacora_exchange::secrets::NoSecret;
use bitacora_ledger::{CosignerKey, Signer, VerifierKey};
use bitacora_primitives::ReleaseId;
use bitacora_primitives::markings::{AgreementId, PartyCode};

use crate::error::NodeError;
use crate::keys::{make_if_absent, protected_folder, public_key, read_pair, read_seed, signature};
use crate::random;

/// An Ed25519 key that signs without being shown.
struct Pair(Ed25519KeyPair);

impl Signer for Pair {
    fn sign(&self, message: &[u8]) -> [u8; 64] {
        signature(&self.0, message)
    }
}

pub(crate) struct Keyring {
    folder: PathBuf,
    record: Pair,
    log: Pair,
    cosigner: Pair,
    seal: [u8; 32],
    /// Item secrets by month, as read.
    months: Mutex<BTreeMap<String, [u8; 32]>>,
}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keyring").field("folder", &self.folder).finish_non_exhaustive()
    }
}

impl Keyring {
    /// Opens the keys of an agreement, making those that are not there yet.
    pub(crate) fn open(data: &Path, agreement: &AgreementId) -> Result<Self, NodeError> {
        let folder = data.join("keys").join("agreements").join(agreement.as_str());
        protected_folder(&folder)?;
        let pair = |name: &str| {
            let path = folder.join(name);
            make_if_absent(&path)?;
            read_pair(&path).map(Pair)
        };
        let (record, log, cosigner) = (pair("record.key")?, pair("log.key")?, pair("cosigner.key")?);
        let seal = folder.join("seal.key");
        make_if_absent(&seal)?;
        Ok(Self { record, log, cosigner, seal: read_seed(&seal)?, months: Mutex::default(), folder })
    }

    /// The public halves, as an agreement names them.
    pub(crate) fn public(
        &self,
        agreement: &AgreementId,
        party: &PartyCode,
        transport: String,
    ) -> Result<PartyKeys, NodeError> {
        let named = |name: String, pair: &Pair| {
            let key = VerifierKey::new(&name, public_key(&pair.0));
            key.map_err(|error| self.unusable(error.to_string()))
        };
        let home = origin(agreement, party);
        let cosigner = CosignerKey::new(&format!("{home}/cosigner"), public_key(&self.cosigner.0))
            .map_err(|error| self.unusable(error.to_string()))?;
        Ok(PartyKeys {
            log: named(home.clone(), &self.log)?.to_string(),
            cosigner: cosigner.to_string(),
            record: named(format!("{home}/record"), &self.record)?.to_string(),
            seal: seal_pair(&self.seal).1,
            transport,
        })
    }

    pub(crate) fn record_public(&self) -> [u8; 32] {
        public_key(&self.record.0)
    }

    fn unusable(&self, why: String) -> NodeError {
        NodeError::Key { path: self.folder.clone(), why }
    }

    fn month(&self, month: &str) -> Result<[u8; 32], NodeError> {
        let mut months = self.months.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(secret) = months.get(month) {
            return Ok(*secret);
        }
        let path = self.folder.join(format!("items-{month}.key"));
        make_if_absent(&path)?;
        let secret = read_seed(&path)?;
        months.insert(month.to_owned(), secret);
        Ok(secret)
    }
}

impl Secrets for Keyring {
    fn record(&self) -> &dyn Signer {
        &self.record
    }
    fn log(&self) -> &dyn Signer {
        &self.log
    }
    fn cosigner(&self) -> &dyn Signer {
        &self.cosigner
    }
    fn item_key(&self, release: &ReleaseId, month: &str) -> Result<[u8; 32], NoSecret> {
        let none = |why: String| NoSecret { what: "item secret", why };
        // Digits and a hyphen: it becomes a file's name.
        if !month.bytes().all(|b| b.is_ascii_digit() || b == b'-') {
            return Err(none(format!("`{month}` is no month")));
        }
        let secret = self.month(month).map_err(|error| none(error.to_string()))?;
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &secret), release.bytes());
        tag.as_ref().try_into().map_err(|_| none("the digest has an odd length".to_owned()))
    }
    fn seal_secret(&self) -> [u8; 32] {
        seal_pair(&self.seal).0
    }
    fn entropy(&self) -> Result<[u8; 32], NoSecret> {
        random::bytes().map_err(|error| NoSecret { what: "randomness", why: error.to_string() })
    }
}
