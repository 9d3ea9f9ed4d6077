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
        protected_folder(&folder)?;
        let path = folder.join("log.key");
        make_if_absent(&path)?;
        let log = read_pair(&path)?;
        let log_key = VerifierKey::new(origin, public_key(&log))
            .map_err(|error| NodeError::Key { path, why: error.to_string() })?;
        Ok(Arc::new(Self { folder, log, log_key }))
    }

    /// Makes an officer's key and returns its public half.
    pub(crate) fn make_officer_key(&self, officer: OfficerId) -> Result<[u8; 32], NodeError> {
        let path = self.officer_path(officer);
        write_new(&path, &random::bytes()?)?;
        Ok(public_key(&read_pair(&path)?))
    }

    /// Thirty-two bytes of this name that no one else has, made on first use.
    pub(crate) fn secret(&self, name: &str) -> Result<[u8; 32], NodeError> {
        let path = self.folder.join(format!("{name}.key"));
        make_if_absent(&path)?;
        read_seed(&path)
    }

    fn officer_path(&self, officer: OfficerId) -> PathBuf {
        self.folder.join(format!("{officer}.key"))
    }
}

impl Keys for KeyFolder {
    fn sign_as(&self, officer: OfficerId, message: &[u8]) -> Result<[u8; 64], KeysError> {
        let pair =
            read_pair(&self.officer_path(officer)).map_err(|error| unusable(officer.to_string(), &error))?;
        Ok(signature(&pair, message))
    }

    fn sign_log(&self, message: &[u8]) -> Result<[u8; 64], KeysError> {
        Ok(signature(&self.log, message))
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

/// An Ed25519 signature has 64 bytes (RFC 8032 section 5.1.6).
pub(crate) fn signature(pair: &Ed25519KeyPair, message: &[u8]) -> [u8; 64] {
    let mut bytes = [0; 64];
    for (to, from) in bytes.iter_mut().zip(pair.sign(message).as_ref()) {
        *to = *from;
    }
    bytes
}

pub(crate) fn public_key(pair: &Ed25519KeyPair) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (to, from) in bytes.iter_mut().zip(pair.public_key().as_ref()) {
        *to = *from;
    }
    bytes
}

fn write_new(path: &Path, seed: &[u8; 32]) -> Result<(), NodeError> {
    write_secret(path, &(hex::encode(seed) + "\n"))
}

/// A new file, never over an old one, durable before it is used.
pub(crate) fn write_secret(path: &Path, text: &str) -> Result<(), NodeError> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(NodeError::file(path, "created"))?;
    file.write_all(text.as_bytes())
        .and_then(|()| file.sync_all())
        .map_err(NodeError::file(path, "written"))?;
    let folder = path.parent().unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(NodeError::file(folder, "written"))
}

/// A folder that its owner alone may enter.
pub(crate) fn protected_folder(folder: &Path) -> Result<(), NodeError> {
    std::fs::create_dir_all(folder).map_err(NodeError::file(folder, "created"))?;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))
        .map_err(NodeError::file(folder, "protected"))
}

/// A seed of 32 random bytes in a file of its own.
pub(crate) fn make_if_absent(path: &Path) -> Result<(), NodeError> {
    if path.exists() { Ok(()) } else { write_new(path, &random::bytes()?) }
}

pub(crate) fn read_seed(path: &Path) -> Result<[u8; 32], NodeError> {
    let text = std::fs::read_to_string(path).map_err(NodeError::file(path, "read"))?;
    let why = || "it is not 64 hexadecimal digits".to_owned();
    hex::decode(text.trim()).ok_or_else(|| NodeError::Key { path: path.to_owned(), why: why() })
}

pub(crate) fn read_pair(path: &Path) -> Result<Ed25519KeyPair, NodeError> {
    let seed = read_seed(path)?;
    let why = || "it is no Ed25519 seed".to_owned();
    Ed25519KeyPair::from_seed_unchecked(&seed)
        .map_err(|_| NodeError::Key { path: path.to_owned(), why: why() })
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
