//! Who is let in: platforms by the hash of their token, as a bearer token or as a password under the platform's name, or by the
//! hash of the certificate that the TLS listener verified.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use bitacora_api::hash_token;
use bitacora_ledger::hex;
use bitacora_taxii::{ClientCertificate, Credentials, Doorkeeper, Principal};

use super::settings::Platform;
use crate::error::NodeError;
use crate::random;

#[derive(Debug)]
pub(super) struct Door(Vec<Known>);

#[derive(Debug)]
struct Known {
    principal: Principal,
    token: Option<[u8; 32]>,
    certificate: Option<[u8; 32]>,
}

impl Door {
    pub(super) fn of(platforms: &[Platform]) -> Result<Self, NodeError> {
        let known = platforms.iter().map(|platform| {
            let read = |text: &Option<String>, setting: &'static str| {
                let wrong = || NodeError::TaxiiToken { platform: platform.name.clone(), setting };
                // As fingerprints are printed: in pairs, in capitals.
                let plain = |text: &String| text.trim().replace(':', "").to_lowercase();
                text.as_ref().map(|text| hex::decode(&plain(text)).ok_or_else(wrong)).transpose()
            };
            let token = read(&platform.token_sha256, "token_sha256")?;
            let certificate = read(&platform.certificate_sha256, "certificate_sha256")?;
            if token.is_none() && certificate.is_none() {
                let (platform, setting) = (platform.name.clone(), "token_sha256");
                return Err(NodeError::TaxiiToken { platform, setting });
            }
            Ok(Known { principal: Principal(platform.name.clone()), token, certificate })
        });
        known.collect::<Result<_, _>>().map(Self)
    }
}

impl Doorkeeper for Door {
    fn admit(&self, credentials: &Credentials) -> Option<Principal> {
        let is = |known: &Option<[u8; 32]>, shown: &[u8; 32]| {
            known.as_ref().is_some_and(|known| verify_slices_are_equal(known, shown).is_ok())
        };
        let found = match credentials {
            Credentials::Token(token) => {
                let hash = hash_token(token);
                self.0.iter().find(|known| is(&known.token, &hash))
            }
            Credentials::Password { user, password } => {
                let hash = hash_token(password);
                self.0.iter().find(|known| is(&known.token, &hash) && known.principal.0 == *user)
            }
            Credentials::Certificate(ClientCertificate(hash)) => {
                self.0.iter().find(|known| is(&known.certificate, hash))
            }
        };
        found.map(|known| known.principal.clone())
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
            token_sha256: Some(hash.to_owned()),
            certificate_sha256: None,
            write: false,
            partner: None,
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
        assert_eq!(door.admit(&Credentials::Token(token_sha256.clone())), None);
        assert!(Door::of(&[platform("x", "12")]).is_err());
        let shown = |byte: u8| Credentials::Certificate(ClientCertificate([byte; 32]));
        assert_eq!(door.admit(&shown(0xAB)), None);
        let certificate_sha256 = Some(["AB"; 32].join(":"));
        let bare = Platform { token_sha256: None, ..platform("siem", "") };
        let by_certificate = Platform { certificate_sha256, ..bare.clone() };
        let door = Door::of(&[platform("opencti", &token_sha256), by_certificate]).unwrap();
        assert_eq!(door.admit(&shown(0xAB)), Some(Principal("siem".to_owned())));
        assert_eq!(door.admit(&shown(0xAC)), None);
        assert!(Door::of(&[bare]).is_err(), "a platform comes in by something");
    }
}
