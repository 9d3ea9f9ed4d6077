//! DSSE v1.0 envelopes: a payload, its type, and signatures over both at once, so that bytes signed as one kind of
//! record can never pass for another. Never parses the payload: that is for its type's owner, after verification.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::de::{Error as _, MapAccess, Visitor};
use serde::ser::SerializeStruct as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::note::{Signer, verify_signature};

/// Larger payloads are refused.
pub const MAX_PAYLOAD_BYTES: usize = 512 * 1024;
/// An envelope of the largest payload in base64, with room for its other members.
pub const MAX_ENVELOPE_BYTES: usize = 800 * 1024;
/// Signatures on one envelope.
pub const MAX_SIGNATURES: usize = 16;
const MAX_NAME_BYTES: usize = 256;
/// "Either standard or URL-safe base64 encodings are allowed ... verifiers MUST accept either" (protocol.md).
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Why bytes are not an envelope, or a payload cannot be put into one.
#[derive(Debug, thiserror::Error)]
pub enum EnvelopeError {
    #[error("the {what} has {bytes} bytes, more than {most}")]
    TooLong { what: &'static str, bytes: usize, most: usize },
    #[error("the envelope has more than 16 signatures")]
    TooManySignatures,
    #[error("the bytes are not a DSSE envelope")]
    NotAnEnvelope(#[source] serde_json::Error),
}

/// A payload with signatures. Nothing in it is proven until [`Envelope::verify`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Envelope {
    pub payload_type: String,
    pub payload: Vec<u8>,
    pub signatures: Vec<EnvelopeSignature>,
}

/// One signature; `keyid` is a hint that nothing is decided by.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EnvelopeSignature {
    pub keyid: String,
    pub sig: Vec<u8>,
}

/// `PAE(type, body)` of protocol.md: the bytes that are signed.
pub fn pae(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let head = format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len());
    let mut bytes = head.into_bytes();
    bytes.extend_from_slice(payload);
    bytes
}

impl Envelope {
    /// An envelope without signatures yet.
    pub fn new(payload_type: &str, payload: Vec<u8>) -> Result<Self, EnvelopeError> {
        bounded("payload type", payload_type.len(), MAX_NAME_BYTES)?;
        bounded("payload", payload.len(), MAX_PAYLOAD_BYTES)?;
        Ok(Self { payload_type: payload_type.to_owned(), payload, signatures: Vec::new() })
    }

    /// Adds a signature over payload and type.
    pub fn sign(&mut self, keyid: &str, signer: &dyn Signer) -> Result<(), EnvelopeError> {
        bounded("key id", keyid.len(), MAX_NAME_BYTES)?;
        if self.signatures.len() >= MAX_SIGNATURES {
            return Err(EnvelopeError::TooManySignatures);
        }
        let sig = signer.sign(&self.signed_bytes()).to_vec();
        self.signatures.push(EnvelopeSignature { keyid: keyid.to_owned(), sig });
        Ok(())
    }

    /// What every signature is over.
    pub fn signed_bytes(&self) -> Vec<u8> {
        pae(&self.payload_type, &self.payload)
    }

    /// Which of `keys` signed, in the order of `keys`. A signature that names a key is tried with that key only, one
    /// that names none with all. Wrong signatures and those by others are passed over, and a key that is listed or
    /// signs twice counts once ("`t` of `n` unique trusted public keys"). How many are needed, the caller says.
    pub fn verify<'k>(&self, keys: &[(&'k str, &[u8; 32])]) -> Vec<&'k str> {
        let message = self.signed_bytes();
        let mut accepted: Vec<(&'k str, &[u8; 32])> = Vec::new();
        for (keyid, public_key) in keys {
            let by_key = |signature: &&EnvelopeSignature| {
                let named = signature.keyid.is_empty() || signature.keyid == *keyid;
                let sig = <&[u8; 64]>::try_from(signature.sig.as_slice());
                named && sig.is_ok_and(|sig| verify_signature(public_key, &message, sig))
            };
            let known = accepted.iter().any(|(_, other)| other == public_key);
            if !known && self.signatures.iter().take(MAX_SIGNATURES).any(|signature| by_key(&signature)) {
                accepted.push((*keyid, *public_key));
            }
        }
        accepted.into_iter().map(|(keyid, _)| keyid).collect()
    }

    /// The JSON envelope, members in the order of RFC 8785.
    pub fn to_json(&self) -> Result<String, EnvelopeError> {
        serde_json::to_string(self).map_err(EnvelopeError::NotAnEnvelope)
    }

    /// Reads a JSON envelope: unknown and repeated members are refused, and so is what exceeds a bound.
    pub fn parse(json: &[u8]) -> Result<Self, EnvelopeError> {
        bounded("envelope", json.len(), MAX_ENVELOPE_BYTES)?;
        serde_json::from_slice(json).map_err(EnvelopeError::NotAnEnvelope)
    }

    /// Reads an envelope that stands inside other JSON, such as a log record's body.
    pub fn from_value(value: &serde_json::Value) -> Result<Self, EnvelopeError> {
        Self::deserialize(value).map_err(EnvelopeError::NotAnEnvelope)
    }

    pub fn to_value(&self) -> Result<serde_json::Value, EnvelopeError> {
        serde_json::to_value(self).map_err(EnvelopeError::NotAnEnvelope)
    }
}

fn bounded(what: &'static str, bytes: usize, most: usize) -> Result<(), EnvelopeError> {
    if bytes > most { Err(EnvelopeError::TooLong { what, bytes, most }) } else { Ok(()) }
}

impl Serialize for Envelope {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let mut members = out.serialize_struct("Envelope", 3)?;
        members.serialize_field("payload", &STANDARD.encode(&self.payload))?;
        members.serialize_field("payloadType", &self.payload_type)?;
        members.serialize_field("signatures", &self.signatures)?;
        members.end()
    }
}

impl Serialize for EnvelopeSignature {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let named = !self.keyid.is_empty();
        let mut members = out.serialize_struct("EnvelopeSignature", 1 + usize::from(named))?;
        if named {
            members.serialize_field("keyid", &self.keyid)?;
        }
        members.serialize_field("sig", &STANDARD.encode(&self.sig))?;
        members.end()
    }
}

// Written by hand because derived readers also take a JSON array for an object, and two forms of one envelope are one
// too many.

impl<'de> Deserialize<'de> for Envelope {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        input.deserialize_map(EnvelopeMembers)
    }
}

struct EnvelopeMembers;

impl<'de> Visitor<'de> for EnvelopeMembers {
    type Value = Envelope;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a DSSE envelope")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Envelope, A::Error> {
        let (mut payload, mut payload_type, mut signatures) = (None, None, None);
        while let Some(name) = members.next_key::<String>()? {
            match name.as_str() {
                "payload" => once(&mut payload, "payload", members.next_value::<String>()?)?,
                "payloadType" => once(&mut payload_type, "payloadType", members.next_value::<String>()?)?,
                "signatures" => once(&mut signatures, "signatures", members.next_value::<Signatures>()?)?,
                _ => return Err(A::Error::custom("an envelope has no other member")),
            }
        }
        let payload = payload.ok_or_else(|| A::Error::missing_field("payload"))?;
        let payload = decode::<A::Error>(&payload, MAX_PAYLOAD_BYTES)?;
        let payload_type = payload_type.ok_or_else(|| A::Error::missing_field("payloadType"))?;
        short::<A::Error>(&payload_type)?;
        let Signatures(signatures) = signatures.ok_or_else(|| A::Error::missing_field("signatures"))?;
        Ok(Envelope { payload_type, payload, signatures })
    }
}

/// A list of at most [`MAX_SIGNATURES`].
struct Signatures(Vec<EnvelopeSignature>);

impl<'de> Deserialize<'de> for Signatures {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        input.deserialize_seq(SignatureList)
    }
}

struct SignatureList;

impl<'de> Visitor<'de> for SignatureList {
    type Value = Signatures;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of signatures")
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut list: A) -> Result<Signatures, A::Error> {
        let mut signatures = Vec::new();
        while let Some(signature) = list.next_element()? {
            if signatures.len() == MAX_SIGNATURES {
                return Err(A::Error::custom("an envelope has at most 16 signatures"));
            }
            signatures.push(signature);
        }
        Ok(Signatures(signatures))
    }
}

impl<'de> Deserialize<'de> for EnvelopeSignature {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        input.deserialize_map(SignatureMembers)
    }
}

struct SignatureMembers;

impl<'de> Visitor<'de> for SignatureMembers {
    type Value = EnvelopeSignature;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a signature of an envelope")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<EnvelopeSignature, A::Error> {
        let (mut keyid, mut sig) = (None, None);
        while let Some(name) = members.next_key::<String>()? {
            match name.as_str() {
                "keyid" => once(&mut keyid, "keyid", members.next_value::<String>()?)?,
                "sig" => once(&mut sig, "sig", members.next_value::<String>()?)?,
                _ => return Err(A::Error::custom("a signature has no other member")),
            }
        }
        let keyid = keyid.unwrap_or_default();
        short::<A::Error>(&keyid)?;
        let sig = sig.ok_or_else(|| A::Error::missing_field("sig"))?;
        Ok(EnvelopeSignature { keyid, sig: decode::<A::Error>(&sig, MAX_NAME_BYTES)? })
    }
}

/// JSON allows a member twice and readers disagree on which counts: here it is refused.
fn once<T, E: serde::de::Error>(place: &mut Option<T>, name: &'static str, value: T) -> Result<(), E> {
    if place.replace(value).is_some() { Err(E::duplicate_field(name)) } else { Ok(()) }
}

fn short<E: serde::de::Error>(text: &str) -> Result<(), E> {
    if text.len() > MAX_NAME_BYTES {
        return Err(E::custom("a name in the envelope is longer than 256 bytes"));
    }
    Ok(())
}

fn decode<E: serde::de::Error>(text: &str, most: usize) -> Result<Vec<u8>, E> {
    if text.len() / 4 > most / 3 + 1 {
        return Err(E::custom("a value in the envelope is too long"));
    }
    let bytes = STANDARD.decode(text).or_else(|_| URL_SAFE.decode(text));
    let bytes = bytes.map_err(|_| E::custom("a value in the envelope is not base64"))?;
    if bytes.len() > most { Err(E::custom("a value in the envelope is too long")) } else { Ok(bytes) }
}
