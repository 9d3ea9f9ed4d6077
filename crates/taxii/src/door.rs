//! Who asks: what a request brings to prove it, and the trait that turns it into a principal.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Somebody who was let in. The name is the backend's to give a meaning to.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Principal(pub String);

/// The SHA-256 of a client certificate's DER form, put into the request's extensions by whoever ended TLS and verified it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ClientCertificate(pub [u8; 32]);

/// What a request brought.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Credentials {
    /// `Authorization: Bearer …` (RFC 6750), or `Token …`, as the client library of OASIS sends it.
    Token(String),
    /// `Authorization: Basic …` (RFC 7617).
    Password {
        user: String,
        password: String,
    },
    Certificate(ClientCertificate),
}

/// Who may come in. It compares secrets in constant time, and waits for nothing: it is asked on the connection's own task.
pub trait Doorkeeper: Send + Sync + 'static {
    /// `None` is a 401, for the unknown and for the wrong secret alike.
    fn admit(&self, credentials: &Credentials) -> Option<Principal>;
}

impl Credentials {
    /// What the headers bring; else the certificate of the connection. More than one `Authorization`, or one that cannot be read, is
    /// nothing: a broken secret does not fall back on the certificate.
    pub(crate) fn of(headers: &HeaderMap, certificate: Option<ClientCertificate>) -> Option<Self> {
        let mut fields = headers.get_all(AUTHORIZATION).iter();
        let Some(field) = fields.next() else { return certificate.map(Self::Certificate) };
        if fields.next().is_some() {
            return None;
        }
        let (scheme, rest) = field.to_str().ok()?.split_once(' ')?;
        let rest = rest.trim();
        if scheme.eq_ignore_ascii_case("bearer") || scheme.eq_ignore_ascii_case("token") {
            return (!rest.is_empty()).then(|| Self::Token(rest.to_owned()));
        }
        if scheme.eq_ignore_ascii_case("basic") {
            let pair = String::from_utf8(STANDARD.decode(rest).ok()?).ok()?;
            let (user, password) = pair.split_once(':')?;
            return Some(Self::Password { user: user.to_owned(), password: password.to_owned() });
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(field: &str) -> Option<Credentials> {
        Credentials::of(
            &HeaderMap::from_iter([(AUTHORIZATION, field.parse().unwrap())]),
            Some(ClientCertificate([7; 32])),
        )
    }

    #[test]
    fn each_form_of_credentials_is_read() {
        let token = || Some(Credentials::Token("abc".to_owned()));
        assert_eq!((read("Bearer abc"), read("bearer  abc"), read("Token abc")), (token(), token(), token()));
        // RFC 7617, 2: the first colon divides, a password may hold others.
        let basic = Credentials::Password { user: "ana".to_owned(), password: "a:b".to_owned() };
        assert_eq!(read("Basic YW5hOmE6Yg=="), Some(basic));
        let certificate = ClientCertificate([7; 32]);
        let alone = Credentials::of(&HeaderMap::new(), Some(certificate));
        assert_eq!(alone, Some(Credentials::Certificate(certificate)));
        assert_eq!(Credentials::of(&HeaderMap::new(), None), None);
    }

    #[test]
    fn a_broken_secret_does_not_fall_back_on_the_certificate() {
        for bad in ["Bearer", "Bearer ", "Basic ???", "Basic YW5h", "Digest x", "abc"] {
            assert_eq!(read(bad), None, "{bad}");
        }
        let mut twice = HeaderMap::new();
        twice.append(AUTHORIZATION, "Bearer abc".parse().unwrap());
        twice.append(AUTHORIZATION, "Bearer abc".parse().unwrap());
        assert_eq!(Credentials::of(&twice, None), None);
    }
}
