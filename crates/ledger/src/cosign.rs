//! C2SP tlog-cosignature, Ed25519 form: a second party signs a checkpoint together with the time at which it held the
//! log to be consistent. That time is the only one in a log that its author did not choose. Never checks consistency
//! itself: that is the witness's part.

use std::fmt;
use std::str::FromStr;

use bitacora_primitives::Instant;

use crate::note::{
    Note, NoteError, NoteSignature, Signer, key_id, named_key, parse_vkey, verify_signature, vkey,
};

/// Signature type byte of a timestamped cosignature (C2SP signed-note, "Signature types").
const COSIGNATURE: u8 = 0x04;
/// 9999-12-31T23:59:59Z: a later time is no time that a clock showed.
const LAST_SECOND: u64 = 253_402_300_799;

/// Why a cosignature cannot be made or does not hold.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum CosignError {
    #[error("the time `{0}` is not one that a cosignature can state")]
    Time(Instant),
    #[error(transparent)]
    Note(#[from] NoteError),
}

/// A cosigner's public key with the name it signs under.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CosignerKey {
    name: String,
    public_key: [u8; 32],
}

/// One verified cosignature: who, and the time they state.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cosignature<'k> {
    pub by: &'k CosignerKey,
    pub at: Instant,
}

impl CosignerKey {
    /// The name must be non-empty, without blanks and plus signs.
    pub fn new(name: &str, public_key: [u8; 32]) -> Result<Self, NoteError> {
        named_key(name, &public_key)?;
        Ok(Self { name: name.to_owned(), public_key })
    }
    pub fn name(&self) -> &str {
        &self.name
    }
    pub const fn public_key(&self) -> &[u8; 32] {
        &self.public_key
    }
    /// `SHA-256(name || 0x0A || 0x04 || key)[:4]`.
    pub fn key_hash(&self) -> [u8; 4] {
        key_id(&self.name, COSIGNATURE, &self.public_key)
    }

    /// Whether this line claims to be by this key. Nothing is proven by it.
    pub fn is_named_by(&self, line: &NoteSignature) -> bool {
        self.name == line.name && self.key_hash() == line.key_hash
    }

    /// Signs a checkpoint's text (the note's, up to and with its last newline) as seen `now`.
    pub fn cosign(
        &self,
        text: &str,
        now: Instant,
        signer: &dyn Signer,
    ) -> Result<NoteSignature, CosignError> {
        let timestamp = u64::try_from(now.secs()).ok().filter(|secs| *secs <= LAST_SECOND);
        let timestamp = timestamp.ok_or(CosignError::Time(now))?;
        let mut signature = timestamp.to_be_bytes().to_vec();
        signature.extend_from_slice(&signer.sign(&cosigned_message(timestamp, text)));
        Ok(NoteSignature { name: self.name.clone(), key_hash: self.key_hash(), signature })
    }

    /// Checks a line that is named after this key, and gives the time it states.
    pub fn verify(&self, text: &str, line: &NoteSignature) -> Result<Instant, NoteError> {
        let wrong = || NoteError::WrongSignature { name: self.name.clone() };
        let (timestamp, signature) = line.signature.split_first_chunk::<8>().ok_or_else(wrong)?;
        let timestamp = u64::from_be_bytes(*timestamp);
        let signature: &[u8; 64] = signature.try_into().map_err(|_| wrong())?;
        let secs = i64::try_from(timestamp).ok().filter(|_| timestamp <= LAST_SECOND).ok_or_else(wrong)?;
        if self.is_named_by(line)
            && verify_signature(&self.public_key, &cosigned_message(timestamp, text), signature)
        {
            Ok(Instant::from_secs(secs))
        } else {
            Err(wrong())
        }
    }
}

/// The cosignatures by `keys` below a note, in the order of its lines. Lines by others are passed over; one wrong line
/// by a known key refuses the note. None is no error: how many are needed, the caller's agreement says. One key may
/// have cosigned more than once, at different times.
pub fn cosignatures<'k>(note: &Note, keys: &'k [CosignerKey]) -> Result<Vec<Cosignature<'k>>, NoteError> {
    let mut found = Vec::new();
    for line in note.signatures() {
        if let Some(by) = keys.iter().find(|key| key.is_named_by(line)) {
            found.push(Cosignature { by, at: by.verify(note.unverified_text(), line)? });
        }
    }
    Ok(found)
}

/// "Ed25519 signed message": a header, the time, and the whole note body.
fn cosigned_message(timestamp: u64, text: &str) -> Vec<u8> {
    format!("cosignature/v1\ntime {timestamp}\n{text}").into_bytes()
}

impl fmt::Display for CosignerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&vkey(&self.name, COSIGNATURE, &self.public_key))
    }
}

impl FromStr for CosignerKey {
    type Err = NoteError;
    fn from_str(text: &str) -> Result<Self, NoteError> {
        let (name, public_key) = parse_vkey(text, COSIGNATURE)?;
        Self::new(name, public_key)
    }
}
