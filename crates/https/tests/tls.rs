//! Both ends of TLS against each other, with authorities made for the test: who is believed, and who is told to be whom.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails loudly")]

use std::path::{Path, PathBuf};

use axum::Router;
use axum::extract::Request as Asked;
use axum::routing::any;
use bitacora_https::{Bounds, Connection, FileError, Identity, Trust, accepting, serve};
use bitacora_taxii::ClientCertificate;
use bitacora_taxii::client::{Request, Transport as _, TransportError};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use sha2::{Digest as _, Sha256};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

struct Authority {
    issuer: Issuer<'static, KeyPair>,
    folder: PathBuf,
    ca: PathBuf,
}

/// A certificate with its key.
struct Pair {
    certificate: PathBuf,
    key: PathBuf,
    sha256: [u8; 32],
}

impl Authority {
    fn new(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&folder).unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let ca = folder.join("ca.pem");
        std::fs::write(&ca, params.self_signed(&key).unwrap().pem()).unwrap();
        Self { issuer: Issuer::new(params, key), folder, ca }
    }

    fn pair(&self, name: &str) -> Pair {
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let key = KeyPair::generate().unwrap();
        let signed = params.signed_by(&key, &self.issuer).unwrap();
        let (certificate, path) =
            (self.folder.join(format!("{name}.pem")), self.folder.join(format!("{name}.key")));
        std::fs::write(&certificate, signed.pem()).unwrap();
        std::fs::write(&path, key.serialize_pem()).unwrap();
        Pair { certificate, key: path, sha256: Sha256::digest(signed.der()).into() }
    }
}

/// Says which certificate a request came with.
fn routes() -> Router {
    Router::new().route(
        "/",
        any(|asked: Asked| async move {
            asked.extensions().get::<ClientCertificate>().map_or_else(Vec::new, |shown| shown.0.to_vec())
        }),
    )
}

fn serving(runtime: &Runtime, identity: Identity<'_>) -> u16 {
    let tls = accepting(identity).unwrap();
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let port = listener.local_addr().unwrap().port();
    runtime.spawn(serve(listener, tls, routes()));
    port
}

fn asked(host: &str, port: u16, trust: Trust<'_>) -> Result<Vec<u8>, TransportError> {
    let mut connection = Connection::new(trust, Bounds::default()).unwrap();
    let url = format!("https://{host}:{port}/").parse().unwrap();
    let request = Request { method: "GET", url, headers: Vec::new(), body: None };
    let mut response = connection.send(request)?;
    let mut body = Vec::new();
    response.body.read_to_end(&mut body).map_err(|error| TransportError(error.to_string()))?;
    assert_eq!(response.status, 200);
    Ok(body)
}

#[test]
fn a_platform_is_known_by_its_certificate_and_nobody_comes_in_without_one() {
    let (ours, others) = (Authority::new("https-ours"), Authority::new("https-others"));
    let (server, client, stranger) = (ours.pair("127.0.0.1"), ours.pair("platform"), others.pair("platform"));
    let runtime = Runtime::new().unwrap();
    let identity =
        Identity { certificate: &server.certificate, key: &server.key, clients_ca: Some(&ours.ca) };
    let port = serving(&runtime, identity);
    let with = |pair: Option<&Pair>| {
        let certificate = pair.map(|pair| (pair.certificate.as_path(), pair.key.as_path()));
        asked("127.0.0.1", port, Trust { ca: Some(&ours.ca), certificate, allow_plain: false })
    };
    assert_eq!(with(Some(&client)).unwrap(), client.sha256);
    assert!(with(None).is_err(), "no certificate");
    assert!(with(Some(&stranger)).is_err(), "another authority's");
}

#[test]
fn a_server_is_believed_by_its_authority_and_its_name() {
    let (ours, others) = (Authority::new("https-server"), Authority::new("https-server-others"));
    let (server, client) = (ours.pair("127.0.0.1"), ours.pair("platform"));
    let runtime = Runtime::new().unwrap();
    let identity = Identity { certificate: &server.certificate, key: &server.key, clients_ca: None };
    let port = serving(&runtime, identity);
    let trust = |ca| Trust { ca: Some(ca), certificate: None, allow_plain: false };
    assert_eq!(asked("127.0.0.1", port, trust(&ours.ca)).unwrap(), b"");
    let with = Trust { certificate: Some((&client.certificate, &client.key)), ..trust(&ours.ca) };
    assert_eq!(asked("127.0.0.1", port, with).unwrap(), b"", "none is asked for, so none is told");
    let unknown = asked("127.0.0.1", port, trust(&others.ca)).unwrap_err();
    assert!(unknown.to_string().contains("no TLS with"), "{unknown}");
    assert!(asked("localhost", port, trust(&ours.ca)).is_err(), "another name than the certificate's");
    let plain: Result<_, _> = {
        let url = format!("http://127.0.0.1:{port}/").parse().unwrap();
        let request = Request { method: "GET", url, headers: Vec::new(), body: None };
        Connection::new(trust(&ours.ca), Bounds::default()).unwrap().send(request)
    };
    assert!(plain.is_err(), "no TLS, no answer");
}

#[test]
fn files_that_hold_no_certificate_are_named() {
    let ours = Authority::new("https-files");
    let pair = ours.pair("127.0.0.1");
    let missing = ours.folder.join("missing.pem");
    let identity =
        |certificate, key| accepting(Identity { certificate, key, clients_ca: None }).map(drop).unwrap_err();
    for (certificate, key, named) in [
        (missing.as_path(), pair.key.as_path(), "missing.pem"),
        (&pair.key, &pair.key, "127.0.0.1.key"),
        (&pair.certificate, &pair.certificate, "no private key"),
        (&ours.ca, &pair.key, "ca.pem"),
    ] {
        let error = identity(certificate, key).to_string();
        assert!(error.contains(named), "{error}");
    }
    let trust = Trust { ca: Some(&pair.key), ..Trust::default() };
    let error = Connection::new(trust, Bounds::default()).unwrap_err();
    assert!(matches!(error, FileError::NotPem { .. }), "{error}");
}
