//! Who is let in: platforms by the hash of their token, as a bearer token or as a password under the platform's name.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use bitacora_api::hash_token;
use bitacora_ledger::hex;
use bitacora_taxii::{Credentials, Doorkeeper, Principal};

use super::settings::Platform;
use crate::error::NodeError;
use crate::random;

#[derive(Debug)]
pub(super) struct Door(Vec<(Principal, [u8; 32])>);

impl Door {
    pub(super) fn of(platforms: &[Platform]) -> Result<Self, NodeError> {
        let known = platforms.iter().map(|platform| {
            let wrong = || NodeError::TaxiiToken { platform: platform.name.clone() };
            let hash = hex::decode(platform.token_sha256.trim()).ok_or_else(wrong)?;
            Ok((Principal(platform.name.clone()), hash))
        });
        known.collect::<Result<_, _>>().map(Self)
    }
}

impl Doorkeeper for Door {
    fn admit(&self, credentials: &Credentials) -> Option<Principal> {
        let (name, secret) = match credentials {
            Credentials::Token(token) => (None, token),
            Credentials::Password { user, password } => (Some(user), password),
            // No connection here carries one: TLS ends before the node.
            Credentials::Certificate(_) => return None,
        };
        let hash = hash_token(secret);
        let same = |known: &[u8; 32]| verify_slices_are_equal(known, &hash).is_ok();
        let named = |principal: &Principal| name.is_none_or(|name| *name == principal.0);
        self.0
            .iter()
            .find(|(principal, known)| same(known) && named(principal))
            .map(|(found, _)| found.clone())
    }
}

/// A fresh token, and what `token_sha256` is for it.
pub(crate) fn new_token() -> Result<(String, String), NodeError> {
    let token = random::token()?;
    let hash = hex::encode(&hash_token(&token));
    Ok((token, hash))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_platform_comes_in_with_its_own_token_alone() {
        let (token, token_sha256) = new_token().unwrap();
        let (other, other_sha256) = new_token().unwrap();
        let platform = |name: &str, hash: &str| Platform {
            name: name.to_owned(),
            token_sha256: hash.to_owned(),
            write: false,
        };
        let door = Door::of(&[platform("opencti", &token_sha256), platform("misp", &other_sha256)]).unwrap();
        let password = |user: &str, password: &str| Credentials::Password {
            user: user.to_owned(),
            password: password.to_owned(),
        };
        let opencti = Some(Principal("opencti".to_owned()));
        assert_eq!(door.admit(&Credentials::Token(token.clone())), opencti);
        assert_eq!(door.admit(&password("opencti", &token)), opencti);
        assert_eq!(door.admit(&password("misp", &token)), None);
        assert_eq!(door.admit(&Credentials::Token(other)), Some(Principal("misp".to_owned())));
        assert_eq!(door.admit(&Credentials::Token(token_sha256)), None);
        assert!(Door::of(&[platform("x", "12")]).is_err());
    }
}
