//! Ed25519 keys on disk, one file a key, readable by their owner only: `keys/log.key` for the node's log and
//! `keys/off-….key` for each officer. Made here, never leave the folder.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use bitacora_api::{Keys, KeysError};
use bitacora_ledger::{VerifierKey, hex};
use bitacora_primitives::OfficerId;

use crate::error::NodeError;
use crate::random;

pub(crate) struct KeyFolder {
    folder: PathBuf,
    log: Ed25519KeyPair,
    log_key: VerifierKey,
}

impl std::fmt::Debug for KeyFolder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeyFolder").field("folder", &self.folder).finish_non_exhaustive()
    }
}

impl KeyFolder {
    /// Opens `DIR/keys`, making the log's key on first use. `origin` names the log in its checkpoints.
    pub(crate) fn open(data: &Path, origin: &str) -> Result<Arc<Self>, NodeError> {
        let folder = data.join("keys");
        std::fs::create_dir_all(&folder).map_err(NodeError::file(&folder, "created"))?;
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o700))
            .map_err(NodeError::file(&folder, "protected"))?;
        let path = folder.join("log.key");
        if !path.exists() {
            write_new(&path, &random::bytes()?)?;
        }
        let log = read(&path)?;
        let log_key = VerifierKey::new(origin, public_key(&log))
            .map_err(|error| NodeError::Key { path, why: error.to_string() })?;
        Ok(Arc::new(Self { folder, log, log_key }))
    }

    /// Makes an officer's key and returns its public half.
    pub(crate) fn make_officer_key(&self, officer: OfficerId) -> Result<[u8; 32], NodeError> {
        let path = self.officer_path(officer);
        write_new(&path, &random::bytes()?)?;
        Ok(public_key(&read(&path)?))
    }

    fn officer_path(&self, officer: OfficerId) -> PathBuf {
        self.folder.join(format!("{officer}.key"))
    }
}

impl Keys for KeyFolder {
    fn sign_as(&self, officer: OfficerId, message: &[u8]) -> Result<[u8; 64], KeysError> {
        let pair =
            read(&self.officer_path(officer)).map_err(|error| unusable(officer.to_string(), &error))?;
        sign(&pair, message, &officer.to_string())
    }

    fn sign_log(&self, message: &[u8]) -> Result<[u8; 64], KeysError> {
        sign(&self.log, message, "log")
    }

    fn log_key(&self) -> VerifierKey {
        self.log_key.clone()
    }

    fn random(&self) -> Result<[u8; 32], KeysError> {
        random::bytes().map_err(|error| unusable("random".to_owned(), &error))
    }
}

fn unusable(key: String, error: &NodeError) -> KeysError {
    KeysError { key, why: error.to_string() }
}

fn sign(pair: &Ed25519KeyPair, message: &[u8], key: &str) -> Result<[u8; 64], KeysError> {
    pair.sign(message)
        .as_ref()
        .try_into()
        .map_err(|_| KeysError { key: key.to_owned(), why: "signature has an odd length".to_owned() })
}

fn public_key(pair: &Ed25519KeyPair) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (to, from) in bytes.iter_mut().zip(pair.public_key().as_ref()) {
        *to = *from;
    }
    bytes
}

/// A new file, never over an old one, durable before it is used.
fn write_new(path: &Path, seed: &[u8; 32]) -> Result<(), NodeError> {
    let text = hex::encode(seed);
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(NodeError::file(path, "created"))?;
    writeln!(file, "{text}").and_then(|()| file.sync_all()).map_err(NodeError::file(path, "written"))?;
    let folder = path.parent().unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(NodeError::file(folder, "written"))
}

fn read(path: &Path) -> Result<Ed25519KeyPair, NodeError> {
    let text = std::fs::read_to_string(path).map_err(NodeError::file(path, "read"))?;
    let broken = |why: &str| NodeError::Key { path: path.to_owned(), why: why.to_owned() };
    let seed: [u8; 32] = hex::decode(text.trim()).ok_or_else(|| broken("it is not 64 hexadecimal digits"))?;
    Ed25519KeyPair::from_seed_unchecked(&seed).map_err(|_| broken("it is no Ed25519 seed"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_library_signs_and_another_verifies() {
        let data = std::env::temp_dir().join(format!("bitacora-keys-{}", std::process::id()));
        let keys = KeyFolder::open(&data, "test.example/log").unwrap();
        let again = KeyFolder::open(&data, "test.example/log").unwrap();
        assert_eq!(keys.log_key(), again.log_key(), "the key stays");
        let officer = OfficerId::of(&[b"a"]);
        let public = keys.make_officer_key(officer).unwrap();
        let signature = keys.sign_as(officer, b"decision").unwrap();
        assert!(bitacora_ledger::verify_signature(&public, b"decision", &signature));
        assert!(!bitacora_ledger::verify_signature(&public, b"decisiom", &signature));
        assert!(keys.make_officer_key(officer).is_err(), "a key is never written over");
        assert!(keys.sign_as(OfficerId::of(&[b"b"]), b"x").is_err());
        let mode = std::fs::metadata(data.join("keys/log.key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        std::fs::remove_dir_all(&data).unwrap();
    }
}
