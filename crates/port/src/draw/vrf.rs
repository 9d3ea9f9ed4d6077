//! The verifiable random function of RFC 9381, suite ECVRF-EDWARDS25519-SHA512-TAI: one number per key and input, with a
//! proof that anybody can check. Never draws randomness, and never shows a secret key.

use std::fmt;

use curve25519_dalek::edwards::{CompressedEdwardsY, EdwardsPoint};
use curve25519_dalek::scalar::{Scalar, clamp_integer};
use curve25519_dalek::traits::{IsIdentity as _, VartimeMultiscalarMul as _};
use sha2::{Digest, Sha512};
use zeroize::{Zeroize as _, Zeroizing};

use super::hex::Hex;

/// `suite_string` (RFC 9381, section 5.5).
const SUITE: u8 = 0x03;
/// Domain separators (sections 5.4.1.1, 5.4.3 and 5.2); each hash ends with the back separator 0x00.
const ENCODE: u8 = 0x01;
const CHALLENGE: u8 = 0x02;
const OUTPUT: u8 = 0x03;
const BACK: u8 = 0x00;

/// A proof: Gamma, challenge and response (`ptLen + cLen + qLen`).
pub type Proof = Hex<80>;
/// The function's value.
pub type Output = Hex<64>;
pub type PublicKey = Hex<32>;

/// A secret key: the 32 bytes of an Ed25519 seed (RFC 9381, section 5.5, "secret key").
pub struct SecretKey {
    scalar: Scalar,
    /// The second half of SHA-512 of the seed, from which nonces are made (section 5.4.2.2).
    prefix: Zeroizing<[u8; 32]>,
    public: PublicKey,
}

impl fmt::Debug for SecretKey {
    /// The public half only.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretKey").field("public", &self.public).finish_non_exhaustive()
    }
}

impl Drop for SecretKey {
    fn drop(&mut self) {
        self.scalar.zeroize();
    }
}

impl SecretKey {
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        let hashed = Zeroizing::new(<[u8; 64]>::from(Sha512::digest(seed)));
        let [scalar, prefix] = halves(&hashed);
        let scalar = Scalar::from_bytes_mod_order(clamp_integer(scalar));
        let public = Hex(EdwardsPoint::mul_base(&scalar).compress().to_bytes());
        Self { scalar, prefix: Zeroizing::new(prefix), public }
    }

    pub const fn public(&self) -> PublicKey {
        self.public
    }

    /// `ECVRF_prove` (section 5.1) with its output; `None` only where no try encodes to the curve, a chance of 2^-256.
    pub fn prove(&self, input: &[u8]) -> Option<(Proof, Output)> {
        let point = encode_to_curve(&self.public, input)?;
        let encoded = point.compress().to_bytes();
        let gamma = point * self.scalar;
        let mut nonce = Sha512::new();
        nonce.update(self.prefix.as_slice());
        nonce.update(encoded);
        let nonce = Zeroizing::new(Scalar::from_bytes_mod_order_wide(&nonce.finalize().into()));
        let (u, v) = (EdwardsPoint::mul_base(&nonce), point * *nonce);
        let challenge = challenge([self.public.0, encoded, bytes(&gamma), bytes(&u), bytes(&v)]);
        let response = *nonce + scalar_of(&challenge) * self.scalar;
        let mut proof = [0; 80];
        let parts = bytes(&gamma).into_iter().chain(challenge).chain(response.to_bytes());
        proof.iter_mut().zip(parts).for_each(|(to, from)| *to = from);
        Some((Hex(proof), output(&bytes(&gamma.mul_by_cofactor()))))
    }
}

/// `ECVRF_verify` (section 5.3) with key validation: the output that the proof shows, if it holds.
pub fn verify(key: &PublicKey, input: &[u8], proof: &Proof) -> Option<Output> {
    let public = decode(&key.0)?;
    if public.is_small_order() {
        return None;
    }
    let (gamma, challenge_bytes, response) = proof_parts(proof);
    let gamma_point = decode(&gamma)?;
    let response = Option::<Scalar>::from(Scalar::from_canonical_bytes(response))?;
    let point = encode_to_curve(key, input)?;
    let minus = -scalar_of(&challenge_bytes);
    let u = EdwardsPoint::vartime_double_scalar_mul_basepoint(&minus, &public, &response);
    let v = EdwardsPoint::vartime_multiscalar_mul([response, minus], [point, gamma_point]);
    // One inversion for all.
    let [point, u, v, cleared] = EdwardsPoint::compress_batch(&[point, u, v, gamma_point.mul_by_cofactor()]);
    let expected = challenge([key.0, point.to_bytes(), gamma, u.to_bytes(), v.to_bytes()]);
    (expected == challenge_bytes).then(|| output(&cleared.to_bytes()))
}

/// `ECVRF_encode_to_curve_try_and_increment` (section 5.4.1.1) with the public key as salt.
fn encode_to_curve(key: &PublicKey, input: &[u8]) -> Option<EdwardsPoint> {
    let mut start = Sha512::new();
    start.update([SUITE, ENCODE]);
    start.update(key.0);
    start.update(input);
    (0..=u8::MAX).find_map(|counter| {
        let mut hasher = start.clone();
        hasher.update([counter, BACK]);
        let [candidate, _] = halves(&hasher.finalize().into());
        let point = decode(&candidate)?.mul_by_cofactor();
        (!point.is_identity()).then_some(point)
    })
}

/// `ECVRF_challenge_generation` (section 5.4.3): the first 16 bytes of the hash.
fn challenge(points: [[u8; 32]; 5]) -> [u8; 16] {
    let mut hasher = Sha512::new();
    hasher.update([SUITE, CHALLENGE]);
    points.iter().for_each(|point| hasher.update(point));
    hasher.update([BACK]);
    taken(hasher.finalize())
}

/// `ECVRF_proof_to_hash` (section 5.2), of Gamma times the cofactor.
fn output(cleared: &[u8; 32]) -> Output {
    let mut hasher = Sha512::new();
    hasher.update([SUITE, OUTPUT]);
    hasher.update(cleared);
    hasher.update([BACK]);
    Hex(hasher.finalize().into())
}

/// A point of RFC 8032, section 5.1.3. Decompression alone also takes y of p or more, and a sign with x of 0.
fn decode(encoded: &[u8; 32]) -> Option<EdwardsPoint> {
    let [first, middle @ .., last] = encoded;
    let sign = last >> 7 == 1;
    let high = middle.iter().all(|byte| *byte == 0xff) && last & 0x7f == 0x7f;
    let low = middle.iter().all(|byte| *byte == 0) && last & 0x7f == 0;
    // p = 2^255 - 19 ends in 0xed; x is 0 where y is 1 or p - 1.
    let beyond = high && *first >= 0xed;
    let no_sign = (low && *first == 1) || (high && *first == 0xec);
    if beyond || (no_sign && sign) { None } else { CompressedEdwardsY(*encoded).decompress() }
}

fn bytes(point: &EdwardsPoint) -> [u8; 32] {
    point.compress().to_bytes()
}

fn scalar_of(challenge: &[u8; 16]) -> Scalar {
    Scalar::from(u128::from_le_bytes(*challenge))
}

fn proof_parts(proof: &Proof) -> ([u8; 32], [u8; 16], [u8; 32]) {
    let mut rest = proof.0.iter().copied();
    (taken(rest.by_ref()), taken(rest.by_ref()), taken(rest))
}

fn halves(hash: &[u8; 64]) -> [[u8; 32]; 2] {
    let mut rest = hash.iter().copied();
    [taken(rest.by_ref()), taken(rest)]
}

/// The next `N` bytes.
fn taken<const N: usize>(from: impl IntoIterator<Item = u8>) -> [u8; N] {
    let mut to = [0; N];
    to.iter_mut().zip(from).for_each(|(to, from)| *to = from);
    to
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vectors_of_rfc_9381_appendix_b_3_hold() {
        // Examples 16, 17 and 18: secret key, public key, input, proof, output.
        let vectors: [[&str; 5]; 3] = [
            [
                "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
                "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
                "",
                "8657106690b5526245a92b003bb079ccd1a92130477671f6fc01ad16f26f723f26f8a57ccaed74ee1b190bed1f479d9727d2d0f9b005a6e456a35d4fb0daab1268a1b0db10836d9826a528ca76567805",
                "90cf1df3b703cce59e2a35b925d411164068269d7b2d29f3301c03dd757876ff66b71dda49d2de59d03450451af026798e8f81cd2e333de5cdf4f3e140fdd8ae",
            ],
            [
                "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
                "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
                "72",
                "f3141cd382dc42909d19ec5110469e4feae18300e94f304590abdced48aed5933bf0864a62558b3ed7f2fea45c92a465301b3bbf5e3e54ddf2d935be3b67926da3ef39226bbc355bdc9850112c8f4b02",
                "eb4440665d3891d668e7e0fcaf587f1b4bd7fbfe99d0eb2211ccec90496310eb5e33821bc613efb94db5e5b54c70a848a0bef4553a41befc57663b56373a5031",
            ],
            [
                "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
                "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
                "af82",
                "9bc0f79119cc5604bf02d23b4caede71393cedfbb191434dd016d30177ccbf8096bb474e53895c362d8628ee9f9ea3c0e52c7a5c691b6c18c9979866568add7a2d41b00b05081ed0f58ee5e31b3a970e",
                "645427e5d00c62a23fb703732fa5d892940935942101e456ecca7bb217c61c452118fec1219202a0edcf038bb6373241578be7217ba85a2687f7a0310b2df19f",
            ],
        ];
        for [secret, public, input, proof, output] in vectors {
            let key = SecretKey::from_seed(&Hex::<32>::parse(secret).unwrap().0);
            let input: Vec<u8> = match input {
                "" => Vec::new(),
                "72" => vec![0x72],
                _ => vec![0xaf, 0x82],
            };
            assert_eq!(key.public().to_string(), public);
            let (made, value) = key.prove(&input).unwrap();
            assert_eq!((made.to_string(), value.to_string()), (proof.into(), output.into()));
            assert_eq!(verify(&key.public(), &input, &made), Some(value));
            assert_eq!(verify(&key.public(), b"another", &made), None);
            for at in 0..80 * 8 {
                let mut flipped = made;
                flipped.0[at / 8] ^= 1 << (at % 8);
                assert_eq!(verify(&key.public(), &input, &flipped), None, "bit {at}");
            }
        }
    }

    #[test]
    fn a_key_of_small_order_or_in_another_form_is_refused() {
        let key = SecretKey::from_seed(&[7; 32]);
        let (proof, _) = key.prove(b"input").unwrap();
        let identity = {
            let mut bytes = [0; 32];
            bytes[0] = 1;
            Hex(bytes)
        };
        assert_eq!(verify(&identity, b"input", &proof), None);
        // Every point is read from its own encoding only: y around p, y of 1 and p - 1 with either sign.
        for first in 0..=u8::MAX {
            for (rest, last) in [(0xff, 0x7f), (0xff, 0xff), (0, 0), (0, 0x80)] {
                let mut encoded = [rest; 32];
                (encoded[0], encoded[31]) = (first, last);
                let read = CompressedEdwardsY(encoded).decompress().filter(|point| bytes(point) == encoded);
                assert_eq!(decode(&encoded), read, "{encoded:?}");
            }
        }
    }

    #[test]
    fn a_secret_key_never_shows_itself() {
        let shown = format!("{:?}", SecretKey::from_seed(&[7; 32]));
        assert!(
            shown.contains("public") && !shown.contains("scalar") && !shown.contains("prefix"),
            "{shown}"
        );
        assert!(!shown.contains(&"07".repeat(4)) && !shown.contains("7, 7"), "{shown}");
    }
}
