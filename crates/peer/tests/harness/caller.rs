//! A caller that does as a test says: any key or none, any bytes.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use bitacora_peer::IdentityPem;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// Believes any server.
#[derive(Debug)]
struct Believer;

impl ServerCertVerifier for Believer {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }
    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }
    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }
    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        default_provider().signature_verification_algorithms.supported_schemes()
    }
}

/// A TLS 1.3 client with this key or none, and this protocol name or none.
pub async fn shake(
    address: SocketAddr,
    pem: Option<&IdentityPem>,
    alpn: Option<&str>,
) -> io::Result<TlsStream<TcpStream>> {
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Believer));
    let mut config = match pem {
        None => config.with_no_client_auth(),
        Some(pem) => {
            let certificate = CertificateDer::from_pem_slice(pem.certificate.as_bytes()).unwrap();
            let key = PrivateKeyDer::from_pem_slice(pem.key.as_bytes()).unwrap();
            config.with_client_auth_cert(vec![certificate], key).unwrap()
        }
    };
    config.alpn_protocols = alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
    let tcp = TcpStream::connect(address).await?;
    TlsConnector::from(Arc::new(config)).connect("bitacora.invalid".try_into().unwrap(), tcp).await
}

/// The whole of a stranger's view: what came back until the end, and how it ended.
pub async fn rest(mut stream: impl tokio::io::AsyncRead + Unpin) -> (Vec<u8>, Option<io::ErrorKind>) {
    let mut came = Vec::new();
    let ended = stream.read_to_end(&mut came).await;
    (came, ended.err().map(|error| error.kind()))
}

/// A ClientHello of TLS 1.2 (RFC 5246, 7.4.1.2), as a client without TLS 1.3 sends it.
pub fn hello_of_tls12() -> Vec<u8> {
    let extensions: &[&[u8]] = &[
        &[0x00, 0x0a, 0, 6, 0, 4, 0x00, 0x1d, 0x00, 0x17], // supported_groups: x25519, secp256r1
        &[0x00, 0x0b, 0, 2, 1, 0],                         // ec_point_formats: uncompressed
        &[0x00, 0x0d, 0, 6, 0, 4, 0x04, 0x03, 0x08, 0x04], // signature_algorithms
        &[0x00, 0x17, 0, 0],                               // extended_master_secret
    ];
    let extensions = extensions.concat();
    let mut hello = vec![0x03, 0x03];
    hello.extend_from_slice(&[0x5a; 32]);
    hello.push(0);
    hello.extend_from_slice(&[0, 4, 0xc0, 0x2b, 0xc0, 0x2f]); // ECDHE-ECDSA and -RSA with AES-128-GCM
    hello.extend_from_slice(&[1, 0]);
    hello.extend_from_slice(&u16::try_from(extensions.len()).unwrap().to_be_bytes());
    hello.extend_from_slice(&extensions);
    let length = u32::try_from(hello.len()).unwrap().to_be_bytes();
    let mut message = vec![1, length[1], length[2], length[3]];
    message.extend_from_slice(&hello);
    let mut record = vec![22, 3, 1];
    record.extend_from_slice(&u16::try_from(message.len()).unwrap().to_be_bytes());
    record.extend_from_slice(&message);
    record
}
