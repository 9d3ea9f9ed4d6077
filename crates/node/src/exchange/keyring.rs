//! One party's keys for one agreement, a file each under `keys/agreements/ID/`, readable by their owner only. Items are
//! sealed under a secret of their month, in a file of its own: destroying it ends what was sealed under it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

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

/// The record keys: `record.key`, and `record-2.key` and on where it was rotated.
type RecordKeys = Vec<Arc<Pair>>;

impl Signer for Pair {
    fn sign(&self, message: &[u8]) -> [u8; 64] {
        signature(&self.0, message)
    }
}

pub(crate) struct Keyring {
    folder: PathBuf,
    record: RwLock<RecordKeys>,
    log: Pair,
    cosigner: Pair,
    seal: [u8; 32],
    /// Item secrets by month, as read.
    months: Mutex<BTreeMap<String, [u8; 32]>>,
    absent: Absent,
}

/// What is done about a key that is not there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Absent {
    Made,
    /// What only reads makes none: a month's secret that was destroyed stays so.
    Missed,
}

impl Absent {
    fn settle(self, path: &Path) -> Result<(), NodeError> {
        match self {
            Self::Made => make_if_absent(path),
            Self::Missed => Ok(()),
        }
    }
}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keyring").field("folder", &self.folder).finish_non_exhaustive()
    }
}

impl Keyring {
    /// Opens the keys of an agreement, making those that are not there yet.
    pub(crate) fn open(data: &Path, agreement: &AgreementId) -> Result<Self, NodeError> {
        let folder = folder_of(data, agreement);
        protected_folder(&folder)?;
        Self::read(folder, Absent::Made)
    }

    /// Opens the keys as they are, and makes none.
    pub(crate) fn open_to_read(data: &Path, agreement: &AgreementId) -> Result<Self, NodeError> {
        Self::read(folder_of(data, agreement), Absent::Missed)
    }

    fn read(folder: PathBuf, absent: Absent) -> Result<Self, NodeError> {
        let pair = |name: &str| {
            let path = folder.join(name);
            absent.settle(&path)?;
            read_pair(&path).map(Pair)
        };
        let (log, cosigner) = (pair("log.key")?, pair("cosigner.key")?);
        let mut record = vec![Arc::new(pair("record.key")?)];
        while folder.join(record_file(record.len() + 1)).exists() {
            record.push(Arc::new(pair(&record_file(record.len() + 1))?));
        }
        let record = RwLock::new(record);
        let seal = folder.join("seal.key");
        absent.settle(&seal)?;
        Ok(Self { record, log, cosigner, seal: read_seed(&seal)?, months: Mutex::default(), absent, folder })
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
        let record = self.newest_record(agreement, party)?;
        let cosigner = CosignerKey::new(&format!("{home}/cosigner"), public_key(&self.cosigner.0))
            .map_err(|error| self.unusable(error.to_string()))?;
        Ok(PartyKeys {
            log: named(home.clone(), &self.log)?.to_string(),
            cosigner: cosigner.to_string(),
            record: record.to_string(),
            seal: seal_pair(&self.seal).1,
            transport,
        })
    }

    pub(crate) fn log_public(&self) -> [u8; 32] {
        public_key(&self.log.0)
    }

    /// The record key made last: the one in use, unless a rotation to it was never recorded.
    pub(crate) fn newest_record(
        &self,
        agreement: &AgreementId,
        party: &PartyCode,
    ) -> Result<VerifierKey, NodeError> {
        let keys = self.record.read().unwrap_or_else(PoisonError::into_inner);
        let number = keys.len();
        let newest = keys.last().ok_or_else(|| self.unusable("no record key".to_owned()))?;
        let home = origin(agreement, party);
        let name = if number == 1 { format!("{home}/record") } else { format!("{home}/record-{number}") };
        VerifierKey::new(&name, public_key(&newest.0)).map_err(|error| self.unusable(error.to_string()))
    }

    /// Makes one more record key, for a rotation to it.
    pub(crate) fn make_record(&self) -> Result<(), NodeError> {
        let mut keys = self.record.write().unwrap_or_else(PoisonError::into_inner);
        let path = self.folder.join(record_file(keys.len() + 1));
        make_if_absent(&path)?;
        keys.push(Arc::new(Pair(read_pair(&path)?)));
        Ok(())
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
        self.absent.settle(&path)?;
        let secret = read_seed(&path)?;
        months.insert(month.to_owned(), secret);
        Ok(secret)
    }
}

impl Secrets for Keyring {
    fn record(&self, key: &VerifierKey) -> Result<Arc<dyn Signer>, NoSecret> {
        let keys = self.record.read().unwrap_or_else(PoisonError::into_inner);
        let held = keys.iter().find(|pair| public_key(&pair.0) == *key.public_key());
        let none = || NoSecret { what: "record key", why: format!("this node does not hold `{key}`") };
        held.map(|pair| Arc::clone(pair) as Arc<dyn Signer>).ok_or_else(none)
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

fn folder_of(data: &Path, agreement: &AgreementId) -> PathBuf {
    data.join("keys").join("agreements").join(agreement.as_str())
}

fn record_file(number: usize) -> String {
    if number == 1 { "record.key".to_owned() } else { format!("record-{number}.key") }
}
