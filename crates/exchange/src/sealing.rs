//! Sealing an item: AES-256-GCM under a key of its own, and that key wrapped for the recipient with HPKE (RFC 9180:
//! DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM, base mode). Randomness is given; nothing is drawn here.

use std::convert::Infallible;

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use bitacora_ledger::hex;
use hpke::aead::AesGcm256;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256 as Kem;
use hpke::rand_core::{TryCryptoRng, TryRng};
use hpke::{Deserializable, Kem as _, OpModeR, OpModeS, Serializable};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Why something does not open. One word for all causes: which byte was wrong is nobody's business.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("the sealed item or its key does not open")]
pub struct NotOpened;

/// Where the recipient can be sealed to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SealKey(#[serde(with = "hex32")] pub [u8; 32]);

/// An item key wrapped for one recipient.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wrapped {
    /// HPKE `enc`.
    #[serde(with = "hex32")]
    pub enc: [u8; 32],
    /// HPKE ciphertext of the item key with its tag.
    #[serde(with = "hex48")]
    pub key: [u8; 48],
}

/// The pair of a seed that the node keeps.
pub fn seal_pair(seed: &[u8; 32]) -> ([u8; 32], SealKey) {
    let (secret, public) = Kem::derive_keypair(seed);
    (bytes(secret.to_bytes().as_slice()), SealKey(bytes(public.to_bytes().as_slice())))
}

/// Seals with a key that seals nothing else, hence the fixed nonce. `bound` names what the item belongs to.
pub fn seal(item_key: &[u8; 32], bound: &[u8], plain: &[u8]) -> Result<Vec<u8>, NotOpened> {
    let payload = Payload { msg: plain, aad: bound };
    Aes256Gcm::new(item_key.into()).encrypt(&Nonce::default(), payload).map_err(|_| NotOpened)
}

pub fn open(item_key: &[u8; 32], bound: &[u8], sealed: &[u8]) -> Result<Vec<u8>, NotOpened> {
    let payload = Payload { msg: sealed, aad: bound };
    Aes256Gcm::new(item_key.into()).decrypt(&Nonce::default(), payload).map_err(|_| NotOpened)
}

/// Wraps an item key for a recipient. `entropy` is 32 fresh random bytes.
pub fn wrap(
    to: &SealKey,
    bound: &[u8],
    item_key: &[u8; 32],
    entropy: [u8; 32],
) -> Result<Wrapped, NotOpened> {
    let public = <Kem as hpke::Kem>::PublicKey::from_bytes(&to.0).map_err(|_| NotOpened)?;
    let (enc, key) = hpke::single_shot_seal_with_rng::<AesGcm256, HkdfSha256, Kem>(
        &OpModeS::Base,
        &public,
        bound,
        item_key,
        b"",
        &mut Given::new(entropy),
    )
    .map_err(|_| NotOpened)?;
    let key = <[u8; 48]>::try_from(key.as_slice()).map_err(|_| NotOpened)?;
    Ok(Wrapped { enc: bytes(enc.to_bytes().as_slice()), key })
}

pub fn unwrap(secret: &[u8; 32], bound: &[u8], wrapped: &Wrapped) -> Result<[u8; 32], NotOpened> {
    let secret = <Kem as hpke::Kem>::PrivateKey::from_bytes(secret).map_err(|_| NotOpened)?;
    let enc = <Kem as hpke::Kem>::EncappedKey::from_bytes(&wrapped.enc).map_err(|_| NotOpened)?;
    let key = hpke::single_shot_open::<AesGcm256, HkdfSha256, Kem>(
        &OpModeR::Base,
        &secret,
        &enc,
        bound,
        &wrapped.key,
        b"",
    )
    .map_err(|_| NotOpened)?;
    key.as_slice().try_into().map_err(|_| NotOpened)
}

fn bytes(from: &[u8]) -> [u8; 32] {
    let mut to = [0; 32];
    for (to, from) in to.iter_mut().zip(from) {
        *to = *from;
    }
    to
}

/// The bytes it was given, stretched by SHA-256 in counter mode: HPKE asks for a generator.
struct Given {
    seed: [u8; 32],
    counter: u64,
    left: Vec<u8>,
}

impl Given {
    fn new(seed: [u8; 32]) -> Self {
        Self { seed, counter: 0, left: Vec::new() }
    }
    fn byte(&mut self) -> u8 {
        if self.left.is_empty() {
            let mut hasher = Sha256::new();
            hasher.update(self.seed);
            hasher.update(self.counter.to_be_bytes());
            self.counter += 1;
            self.left = hasher.finalize().to_vec();
        }
        self.left.pop().unwrap_or(0)
    }
}

impl TryRng for Given {
    type Error = Infallible;
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::from_be_bytes([self.byte(), self.byte(), self.byte(), self.byte()]))
    }
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from(self.try_next_u32()?) << 32 | u64::from(self.try_next_u32()?))
    }
    fn try_fill_bytes(&mut self, into: &mut [u8]) -> Result<(), Infallible> {
        into.iter_mut().for_each(|byte| *byte = self.byte());
        Ok(())
    }
}
impl TryCryptoRng for Given {}

macro_rules! hex_field {
    ($name:ident, $length:literal) => {
        mod $name {
            use super::hex;
            use serde::{Deserialize, Deserializer, Serializer};

            pub(super) fn serialize<S: Serializer>(bytes: &[u8; $length], out: S) -> Result<S::Ok, S::Error> {
                out.serialize_str(&hex::encode(bytes))
            }
            pub(super) fn deserialize<'de, D: Deserializer<'de>>(
                input: D,
            ) -> Result<[u8; $length], D::Error> {
                let text = String::deserialize(input)?;
                hex::decode(&text).ok_or_else(|| {
                    serde::de::Error::custom(concat!("not ", stringify!($length), " bytes in hexadecimal"))
                })
            }
        }
    };
}
hex_field!(hex32, 32);
hex_field!(hex48, 48);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrapped_for_one_opens_for_that_one_alone() {
        let (secret, public) = seal_pair(&[7; 32]);
        let (other, _) = seal_pair(&[8; 32]);
        let wrapped = wrap(&public, b"rel-1", &[9; 32], [1; 32]).unwrap();
        assert_eq!(unwrap(&secret, b"rel-1", &wrapped), Ok([9; 32]));
        assert_eq!(unwrap(&other, b"rel-1", &wrapped), Err(NotOpened));
        assert_eq!(unwrap(&secret, b"rel-2", &wrapped), Err(NotOpened), "bound to its release");
    }

    #[test]
    fn a_flipped_bit_does_not_open() {
        let sealed = seal(&[3; 32], b"rel-1", b"lat lon").unwrap();
        assert_eq!(open(&[3; 32], b"rel-1", &sealed), Ok(b"lat lon".to_vec()));
        for at in 0..sealed.len() {
            let mut bent = sealed.clone();
            bent[at] ^= 1;
            assert_eq!(open(&[3; 32], b"rel-1", &bent), Err(NotOpened));
        }
        assert_eq!(open(&[3; 32], b"rel-2", &sealed), Err(NotOpened));
    }

    #[test]
    fn other_entropy_gives_another_encapsulation() {
        let (_, public) = seal_pair(&[7; 32]);
        let one = wrap(&public, b"r", &[9; 32], [1; 32]).unwrap();
        assert_eq!(one, wrap(&public, b"r", &[9; 32], [1; 32]).unwrap());
        assert_ne!(one.enc, wrap(&public, b"r", &[9; 32], [2; 32]).unwrap().enc);
    }
}
