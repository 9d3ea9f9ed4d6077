//! Names that stand for staff, and hashes that stand for release codes. The clear text goes in once, under a key that
//! the node holds, and is never kept: it is in no field, no error, no debug print.

use std::fmt;

use bitacora_ledger::hex;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

const MAX_PSEUDONYM_LEN: usize = 64;

/// A person at a terminal, as a stable stand-in. Who it is, only the terminal's own register tells.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Pseudonym(String);

/// A release code (container PIN) as a keyed hash: 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CodeHash([u8; 32]);

/// Says nothing of the text, which may be the code or the name itself.
#[derive(Clone, Copy, Debug, thiserror::Error, PartialEq, Eq)]
pub enum BadStandIn {
    #[error("a pseudonym has 1 to {MAX_PSEUDONYM_LEN} letters, digits, hyphens, dots or underscores")]
    Pseudonym,
    #[error("a code hash has 64 lower-case hexadecimal digits; a release code itself is never taken")]
    CodeHash,
}

/// HMAC-SHA256 (RFC 2104).
fn keyed(key: &[u8; 32], purpose: &[u8], text: &[u8]) -> [u8; 32] {
    // A key of 32 bytes lies at the head of a block that is otherwise zero: RFC 2104, section 2.
    let mut block = [0; 64];
    for (to, from) in block.iter_mut().zip(key) {
        *to = *from;
    }
    Hmac::<Sha256>::new(&block.into()).chain_update(purpose).chain_update(text).finalize().into_bytes().into()
}

impl Pseudonym {
    /// Takes a stand-in that the source made itself.
    pub fn new(text: &str) -> Result<Self, BadStandIn> {
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
        if text.is_empty() || text.len() > MAX_PSEUDONYM_LEN || !text.chars().all(fits) {
            return Err(BadStandIn::Pseudonym);
        }
        Ok(Self(text.to_owned()))
    }
    /// Makes one from a clear name under the node's key: the same name gives the same pseudonym, and without the key
    /// a list of names cannot be tried.
    pub fn keyed(key: &[u8; 32], clear: &str) -> Self {
        let [a, b, c, d, e, f, g, h, i, j, ..] = keyed(key, b"staff\0", clear.as_bytes());
        Self(format!("st-{}", hex::encode(&[a, b, c, d, e, f, g, h, i, j])))
    }
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Pseudonym {
    type Error = BadStandIn;
    fn try_from(text: String) -> Result<Self, BadStandIn> {
        Self::new(&text)
    }
}
impl From<Pseudonym> for String {
    fn from(name: Pseudonym) -> Self {
        name.0
    }
}

impl CodeHash {
    pub fn keyed(key: &[u8; 32], code: &str) -> Self {
        Self(keyed(key, b"release code\0", code.as_bytes()))
    }
    pub fn parse(text: &str) -> Result<Self, BadStandIn> {
        hex::decode(text).map(Self).ok_or(BadStandIn::CodeHash)
    }
}

impl fmt::Display for CodeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(&self.0))
    }
}
impl fmt::Debug for CodeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CodeHash({self})")
    }
}
impl Serialize for CodeHash {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for CodeHash {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(input)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hmac_agrees_with_another_implementation() {
        // Worked out with Python's hmac: key 0x01..=0x20, message "staff\0" + "ana".
        let mut key = [0; 32];
        for (n, byte) in key.iter_mut().enumerate() {
            *byte = n as u8 + 1;
        }
        let hex = hex::encode(&keyed(&key, b"staff\0", b"ana"));
        assert_eq!(hex, "c122b3901a903350fcd242114925da47cc60615d4296593af788537961df11f0");
    }

    #[test]
    fn a_release_code_itself_is_never_taken_nor_printed() {
        let error = CodeHash::parse("4711-SECRET").unwrap_err();
        assert!(!format!("{error} {error:?}").contains("SECRET"));
        let hash = CodeHash::keyed(&[7; 32], "4711-SECRET");
        assert!(!format!("{hash} {hash:?}").contains("4711-SECRET"));
        assert_eq!(CodeHash::parse(&hash.to_string()), Ok(hash));
        let json: Result<CodeHash, _> = serde_json::from_str("\"4711-SECRET\"");
        assert!(!json.unwrap_err().to_string().contains("SECRET"));
    }

    #[test]
    fn a_name_gives_one_pseudonym_a_key() {
        let one = Pseudonym::keyed(&[1; 32], "Ana Pérez");
        assert_eq!(one, Pseudonym::keyed(&[1; 32], "Ana Pérez"));
        assert_ne!(one, Pseudonym::keyed(&[2; 32], "Ana Pérez"));
        assert!(Pseudonym::new("Ana Pérez").is_err());
    }
}
