//! `next` (TAXII 2.1, 3.5): where a page ended, opaque to the client, sealed with a key of the node. It lives as long as the key
//! does, restarts included, and holds for one collection, one kind of resource and one filter; anywhere else it is a 400.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::fault::Fault;

/// Bytes of the seal: 128 bits of HMAC-SHA-256 (RFC 2104, 5).
const SEAL: usize = 16;

/// The key that seals `next`. Whoever holds it can move a cursor, and see nothing by that which the principal may not see.
#[derive(Clone)]
pub struct NextKey([u8; 32]);

impl std::fmt::Debug for NextKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NextKey(..)")
    }
}

/// What a cursor is good for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scope<'a> {
    /// Objects, one object, manifest or versions.
    pub(crate) resource: &'static str,
    pub(crate) root: &'a str,
    pub(crate) collection: &'a str,
    /// [`crate::Filter::canonical`].
    pub(crate) filter: &'a str,
}

impl NextKey {
    pub const fn new(key: [u8; 32]) -> Self {
        Self(key)
    }

    /// The token of a position.
    pub(crate) fn seal(&self, scope: Scope<'_>, position: u64) -> String {
        let mut token = position.to_be_bytes().to_vec();
        let seal = self.mac(scope, position).finalize().into_bytes();
        token.extend(seal.iter().take(SEAL));
        URL_SAFE_NO_PAD.encode(token)
    }

    /// The position of a token of this key and scope.
    pub(crate) fn open(&self, scope: Scope<'_>, token: &str) -> Result<u64, Fault> {
        let bad = || Fault::bad("next", "`next` is none that was given for this collection and this filter");
        let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| bad())?;
        let (position, seal) = bytes.split_first_chunk::<8>().ok_or_else(bad)?;
        let position = u64::from_be_bytes(*position);
        if seal.len() != SEAL {
            return Err(bad());
        }
        // Compares in constant time.
        self.mac(scope, position).verify_truncated_left(seal).map_err(|_| bad())?;
        Ok(position)
    }

    fn mac(&self, scope: Scope<'_>, position: u64) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new(&self.padded().into());
        mac.update(b"bitacora taxii next v1");
        for part in [scope.resource, scope.root, scope.collection, scope.filter] {
            // With its length before it, no part runs into the next.
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        mac.update(&position.to_be_bytes());
        mac
    }

    /// A key shorter than SHA-256's block of 64 bytes is filled with zeros (RFC 2104, 2).
    fn padded(&self) -> [u8; 64] {
        let mut block = [0; 64];
        for (to, from) in block.iter_mut().zip(self.0) {
            *to = from;
        }
        block
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SCOPE: Scope<'static> = Scope { resource: "objects", root: "a", collection: "b", filter: "c" };

    #[test]
    fn a_token_outlives_the_process_and_holds_for_its_scope_alone() {
        let key = NextKey::new([7; 32]);
        let token = key.seal(SCOPE, 42);
        assert_eq!(NextKey::new([7; 32]).open(SCOPE, &token), Ok(42));
        let others = [
            Scope { resource: "manifest", ..SCOPE },
            Scope { root: "ab", collection: "", ..SCOPE },
            Scope { collection: "x", ..SCOPE },
            Scope { filter: "", ..SCOPE },
        ];
        for other in others {
            assert_eq!(key.open(other, &token).unwrap_err().code(), "next", "{other:?}");
        }
        assert!(NextKey::new([8; 32]).open(SCOPE, &token).is_err());
        for bad in ["", "1", "42", "AAAA", &token[1..], &format!("{token}A"), &token.to_lowercase()] {
            assert!(key.open(SCOPE, bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn no_changed_byte_goes_unseen(position: u64, at in 0usize..24, flip in 1u8..) {
            let key = NextKey::new([7; 32]);
            let mut bytes = URL_SAFE_NO_PAD.decode(key.seal(SCOPE, position)).unwrap();
            prop_assert_eq!(bytes.len(), 24);
            bytes[at] ^= flip;
            prop_assert!(key.open(SCOPE, &URL_SAFE_NO_PAD.encode(bytes)).is_err());
        }
    }
}
