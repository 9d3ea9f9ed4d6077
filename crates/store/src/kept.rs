//! Files that facts name by their SHA-256: kept whole in the data folder under that name. Never reads what they hold, and never
//! replaces one.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::PathBuf;

use crate::{Store, StoreError, folder};

/// Bytes kept under their hash.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kept {
    /// Tables and texts of the accounts.
    Accounts,
}

impl Kept {
    const fn folder(self) -> &'static str {
        match self {
            Self::Accounts => "accounts",
        }
    }
}

impl Store {
    fn kept_path(&self, kept: Kept, sha256: &str) -> PathBuf {
        self.folder().join(kept.folder()).join("files").join(sha256)
    }

    /// Keeps bytes under their SHA-256 in hex, durably before this returns.
    pub fn keep_file(&self, kept: Kept, sha256: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let path = self.kept_path(kept, sha256);
        if path.exists() {
            return Ok(());
        }
        let parent = path.parent().map(PathBuf::from).unwrap_or_default();
        let told = |error| StoreError::io("keeping a file", &path, error);
        fs::create_dir_all(&parent).map_err(told)?;
        let part = parent.join(format!(".{sha256}.{}", std::process::id()));
        let write = || {
            let mut file = File::create(&part)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            fs::rename(&part, &path)
        };
        write().map_err(told)?;
        folder::sync(&parent)
    }

    /// The bytes that were kept.
    pub fn kept_file(&self, kept: Kept, sha256: &str) -> Result<Vec<u8>, StoreError> {
        // Names come from facts that were checked to be hex; what else there is stays out of reach.
        let plain = sha256.bytes().all(|byte| byte.is_ascii_hexdigit());
        let path = self.kept_path(kept, if plain { sha256 } else { "" });
        fs::read(&path).map_err(|error| StoreError::io("reading a kept file", &path, error))
    }
}
