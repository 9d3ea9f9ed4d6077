//! C2SP signed-note: a text, and lines of signatures below it, each naming its key by a short hash. Never holds a
//! private key: the node signs behind [`Signer`].

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, VerifyingKey};
use sha2::{Digest, Sha256};

/// Signature type byte for Ed25519 (C2SP signed-note, "Signature types").
const ED25519: u8 = 0x01;
/// Larger notes are refused unread (the Go implementation's bound).
const MAX_NOTE_BYTES: usize = 1_000_000;
const MAX_SIGNATURES: usize = 100;
/// Em dash and a space: the start of each signature line.
const SIGNATURE_START: &str = "\u{2014} ";

/// Makes Ed25519 signatures with a key it does not show.
pub trait Signer {
    fn sign(&self, message: &[u8]) -> [u8; 64];
}

impl<F: Fn(&[u8]) -> [u8; 64]> Signer for F {
    fn sign(&self, message: &[u8]) -> [u8; 64] {
        self(message)
    }
}

/// Why bytes are not a note, a key is none, or no signature holds.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum NoteError {
    #[error("the note has {0} bytes, more than 1000000")]
    TooLong(usize),
    #[error("the note is not UTF-8 or holds control characters")]
    NotText,
    #[error("the note has no blank line before its signatures")]
    NoSignatures,
    #[error("signature line {0} of the note is malformed")]
    BadSignatureLine(usize),
    #[error("the note has more than 100 signatures")]
    TooManySignatures,
    #[error("`{0}` is not a verifier key of the form name+hash+base64")]
    BadKey(String),
    #[error("the signature of `{name}` is wrong")]
    WrongSignature { name: String },
    #[error("no signature is by a known key")]
    NoKnownKey,
}

/// A public key with the name it signs under.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VerifierKey {
    name: String,
    public_key: [u8; 32],
}

impl VerifierKey {
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
    /// `SHA-256(name || 0x0A || type || key)[:4]`.
    pub fn key_hash(&self) -> [u8; 4] {
        key_id(&self.name, ED25519, &self.public_key)
    }
    fn verify(&self, text: &str, signature: &[u8]) -> Result<(), NoteError> {
        let wrong = || NoteError::WrongSignature { name: self.name.clone() };
        let key = VerifyingKey::from_bytes(&self.public_key).map_err(|_| wrong())?;
        let signature = Signature::from_slice(signature).map_err(|_| wrong())?;
        key.verify_strict(text.as_bytes(), &signature).map_err(|_| wrong())
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&vkey(&self.name, ED25519, &self.public_key))
    }
}

impl FromStr for VerifierKey {
    type Err = NoteError;
    fn from_str(text: &str) -> Result<Self, NoteError> {
        let (name, public_key) = parse_vkey(text, ED25519)?;
        Self::new(name, public_key)
    }
}

/// The key id of C2SP signed-note, "Signatures": `SHA-256(name || 0x0A || type || key)[:4]`.
pub(crate) fn key_id(name: &str, kind: u8, public_key: &[u8; 32]) -> [u8; 4] {
    let mut hasher = Sha256::new();
    hasher.update(name.as_bytes());
    hasher.update([b'\n', kind]);
    hasher.update(public_key);
    let digest: [u8; 32] = hasher.finalize().into();
    let [a, b, c, d, ..] = digest;
    [a, b, c, d]
}

/// The name is non-empty, without blanks and plus signs, and the key is a point of the curve.
pub(crate) fn named_key(name: &str, public_key: &[u8; 32]) -> Result<(), NoteError> {
    let bad = name.is_empty() || name.chars().any(|c| c.is_whitespace() || c.is_control() || c == '+');
    if bad || VerifyingKey::from_bytes(public_key).is_err() {
        return Err(NoteError::BadKey(name.chars().take(80).collect()));
    }
    Ok(())
}

/// C2SP signed-note, "Verifier keys": `name+hash+base64(type || key)`.
pub(crate) fn vkey(name: &str, kind: u8, public_key: &[u8; 32]) -> String {
    let mut typed = vec![kind];
    typed.extend_from_slice(public_key);
    format!("{name}+{}+{}", crate::hex::encode(&key_id(name, kind, public_key)), STANDARD.encode(typed))
}

/// Name and key of a verifier key of this type, its hash checked.
pub(crate) fn parse_vkey(text: &str, kind: u8) -> Result<(&str, [u8; 32]), NoteError> {
    let bad = || NoteError::BadKey(text.chars().take(80).collect());
    let mut parts = text.splitn(3, '+');
    let (Some(name), Some(hash), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(bad());
    };
    let typed = STANDARD.decode(key).map_err(|_| bad())?;
    let (found, key) = typed.split_first().ok_or_else(bad)?;
    let key: [u8; 32] = key.try_into().map_err(|_| bad())?;
    let right = *found == kind && crate::hex::decode(hash) == Some(key_id(name, kind, &key));
    if right { Ok((name, key)) } else { Err(bad()) }
}

/// One signature line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NoteSignature {
    pub name: String,
    pub key_hash: [u8; 4],
    pub signature: Vec<u8>,
}

/// A note as read: nothing in it is proven until [`Note::verify`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Note {
    text: String,
    signatures: Vec<NoteSignature>,
}

impl Note {
    /// Reads a note. Lines of unknown signature types are kept; a malformed line refuses the whole.
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        if bytes.len() > MAX_NOTE_BYTES {
            return Err(NoteError::TooLong(bytes.len()));
        }
        let whole = std::str::from_utf8(bytes).map_err(|_| NoteError::NotText)?;
        if whole.chars().any(|c| c < ' ' && c != '\n') {
            return Err(NoteError::NotText);
        }
        let split = whole.rfind("\n\n").ok_or(NoteError::NoSignatures)?;
        let (text, below) = whole.split_at_checked(split + 1).ok_or(NoteError::NoSignatures)?;
        let lines = below.strip_prefix('\n').and_then(|rest| rest.strip_suffix('\n'));
        let lines = lines.filter(|lines| !lines.is_empty()).ok_or(NoteError::NoSignatures)?;
        let mut signatures = Vec::new();
        for (number, line) in (1..).zip(lines.split('\n')) {
            if signatures.len() == MAX_SIGNATURES {
                return Err(NoteError::TooManySignatures);
            }
            signatures.push(signature_line(line).ok_or(NoteError::BadSignatureLine(number))?);
        }
        Ok(Self { text: text.to_owned(), signatures })
    }

    /// Signs a text, which must end with a newline.
    pub fn sign(text: &str, key: &VerifierKey, signer: &dyn Signer) -> Self {
        let signature = NoteSignature {
            name: key.name.clone(),
            key_hash: key.key_hash(),
            signature: signer.sign(text.as_bytes()).to_vec(),
        };
        Self { text: text.to_owned(), signatures: vec![signature] }
    }

    /// Adds a signature line below the others, as a cosigner does. The same line again changes nothing.
    pub fn add(&mut self, line: NoteSignature) -> Result<(), NoteError> {
        if self.signatures.contains(&line) {
            return Ok(());
        }
        if self.signatures.len() >= MAX_SIGNATURES {
            return Err(NoteError::TooManySignatures);
        }
        self.signatures.push(line);
        Ok(())
    }

    /// Not proven: for deciding which keys to ask for.
    pub fn unverified_text(&self) -> &str {
        &self.text
    }
    pub fn signatures(&self) -> &[NoteSignature] {
        &self.signatures
    }

    /// The text and who of `keys` signed it. Signatures by unknown keys are passed over; one wrong signature by a
    /// known key refuses the note, and so does none by a known key.
    pub fn verify<'k>(&self, keys: &'k [VerifierKey]) -> Result<(&str, Vec<&'k VerifierKey>), NoteError> {
        let mut by = Vec::new();
        for signature in &self.signatures {
            let known =
                |key: &&VerifierKey| key.name == signature.name && key.key_hash() == signature.key_hash;
            if let Some(key) = keys.iter().find(known) {
                key.verify(&self.text, &signature.signature)?;
                by.push(key);
            }
        }
        if by.is_empty() { Err(NoteError::NoKnownKey) } else { Ok((&self.text, by)) }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

impl fmt::Display for NoteSignature {
    /// The signature line without its newline.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = self.key_hash.to_vec();
        bytes.extend_from_slice(&self.signature);
        write!(f, "{SIGNATURE_START}{} {}", self.name, STANDARD.encode(bytes))
    }
}

impl FromStr for NoteSignature {
    type Err = NoteError;
    /// Reads one signature line, without its newline.
    fn from_str(line: &str) -> Result<Self, NoteError> {
        if line.len() > MAX_NOTE_BYTES {
            return Err(NoteError::TooLong(line.len()));
        }
        let plain = !line.chars().any(|c| c < ' ');
        signature_line(line).filter(|_| plain).ok_or(NoteError::BadSignatureLine(1))
    }
}

fn signature_line(line: &str) -> Option<NoteSignature> {
    let (name, encoded) = line.strip_prefix(SIGNATURE_START)?.split_once(' ')?;
    if name.is_empty() || name.contains('+') || name.chars().any(char::is_whitespace) {
        return None;
    }
    let bytes = STANDARD.decode(encoded).ok()?;
    let (key_hash, signature) = bytes.split_first_chunk::<4>()?;
    if signature.is_empty() {
        return None;
    }
    Some(NoteSignature { name: name.to_owned(), key_hash: *key_hash, signature: signature.to_vec() })
}

/// Whether this officer or node signed these bytes (strict verification: no malleable signature, no weak key).
pub fn verify_signature(public_key: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> bool {
    VerifyingKey::from_bytes(public_key)
        .is_ok_and(|key| key.verify_strict(message, &Signature::from_bytes(signature)).is_ok())
}
