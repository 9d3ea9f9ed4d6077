//! One connection to one server, kept between requests. It follows no redirect, asks for no compression, reads no proxy from
//! the environment, and gives up on a server that is slow: to connect, to answer, between two pieces of a body, or as a whole.

use std::io::{self, Read};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bitacora_taxii::client::{Request, Response, Transport, TransportError};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::HOST;
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsConnector;
use url::{Host, Origin, Position, Url};

use crate::files::{self, FileError};

/// The longest head of an answer.
const HEAD_BYTES: usize = 64 << 10;
/// How long a kept connection may take to show that it still lives.
const STILL_THERE: Duration = Duration::from_secs(1);
const HEARING: Duration = Duration::from_millis(1);

/// How long a server may take.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bounds {
    /// To be found, reached and to shake hands.
    pub connect: Duration,
    /// Without a byte: until the answer's head, and between two pieces of its body.
    pub idle: Duration,
    /// For one request with its whole answer: a body that drips ends here.
    pub whole: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            idle: Duration::from_secs(30),
            whole: Duration::from_secs(300),
        }
    }
}

/// Whom to believe, and what to show. PEM files.
#[derive(Clone, Copy, Debug, Default)]
pub struct Trust<'a> {
    /// Certificate authorities; those of the system when absent.
    pub ca: Option<&'a Path>,
    /// Our own certificate chain and its key, for servers that ask for one.
    pub certificate: Option<(&'a Path, &'a Path)>,
    /// Whether `http://` may leave this machine. To a loopback address it always may.
    pub allow_plain: bool,
}

/// A connection, opened with the first request and again when it was lost.
pub struct Connection {
    runtime: Arc<Runtime>,
    tls: Arc<ClientConfig>,
    /// Why no server can be believed, where none can.
    unbelieving: Option<String>,
    allow_plain: bool,
    bounds: Bounds,
    kept: Option<(Origin, SendRequest<Full<Bytes>>)>,
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connection").field("bounds", &self.bounds).finish_non_exhaustive()
    }
}

impl Connection {
    /// Reads the files; connects to nothing yet.
    pub fn new(trust: Trust<'_>, bounds: Bounds) -> Result<Self, FileError> {
        // A machine without authorities can still talk to itself.
        let (roots, unbelieving) = match trust.ca.map_or_else(files::system_authorities, files::authorities) {
            Ok(roots) => (roots, None),
            Err(FileError::NoSystemAuthorities { why }) => (RootCertStore::empty(), Some(why)),
            Err(error) => return Err(error),
        };
        let unusable = |path: &Path| {
            let path = path.to_owned();
            move |error: rustls::Error| FileError::NotAPair { path, why: error.to_string() }
        };
        let builder = ClientConfig::builder_with_provider(files::provider())
            .with_safe_default_protocol_versions()
            .map_err(|error| FileError::Setup { why: error.to_string() })?
            .with_root_certificates(roots);
        let mut tls = match trust.certificate {
            Some((certificate, key)) => builder
                .with_client_auth_cert(files::chain(certificate)?, files::key(key)?)
                .map_err(unusable(certificate))?,
            None => builder.with_no_client_auth(),
        };
        tls.alpn_protocols = vec![b"http/1.1".to_vec()];
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| FileError::Setup { why: error.to_string() })?;
        let allow_plain = trust.allow_plain;
        let (runtime, tls) = (Arc::new(runtime), Arc::new(tls));
        Ok(Self { runtime, tls, unbelieving, allow_plain, bounds, kept: None })
    }

    async fn exchange(&mut self, request: &Request) -> Result<hyper::Response<Incoming>, TransportError> {
        let origin = request.url.origin();
        if let Some((to, mut kept)) = self.kept.take()
            && to == origin
            && is_there(&mut kept).await
        {
            match self.ask(&mut kept, request).await {
                // Closed before anything was sent. What may have arrived is for the caller to repeat: with some servers each
                // page is given once.
                Err(Lost::Connection(error)) if error.is_canceled() => {}
                answered => {
                    self.kept = Some((to, kept));
                    return answered.map_err(Lost::into_error);
                }
            }
        }
        let mut fresh = slow(timeout(self.bounds.connect, self.connect(&request.url)).await, "to connect")??;
        let answered = self.ask(&mut fresh, request).await.map_err(Lost::into_error)?;
        self.kept = Some((origin, fresh));
        Ok(answered)
    }

    async fn ask(
        &self,
        sender: &mut SendRequest<Full<Bytes>>,
        request: &Request,
    ) -> Result<hyper::Response<Incoming>, Lost> {
        let http = written(request).map_err(Lost::Request)?;
        match timeout(self.patience(request), sender.send_request(http)).await {
            Ok(answered) => answered.map_err(Lost::Connection),
            Err(_) => Err(Lost::Request(TransportError("the server took too long to answer".to_owned()))),
        }
    }

    /// A long body takes its time at 64 KiB a second, within the whole.
    fn patience(&self, request: &Request) -> Duration {
        let bytes = request.body.as_ref().map_or(0, Vec::len) as u64;
        (self.bounds.idle + Duration::from_secs(bytes >> 16)).min(self.bounds.whole)
    }

    async fn connect(&self, url: &Url) -> Result<SendRequest<Full<Bytes>>, TransportError> {
        let host = url.host().ok_or_else(|| TransportError(format!("`{url}` names no host")))?;
        let port = url.port_or_known_default().unwrap_or(443);
        let addresses: Vec<SocketAddr> = match &host {
            Host::Domain(name) => {
                let found = tokio::net::lookup_host((*name, port)).await;
                found.map_err(|error| TransportError(format!("`{name}` is not found: {error}")))?.collect()
            }
            Host::Ipv4(ip) => vec![(*ip, port).into()],
            Host::Ipv6(ip) => vec![(*ip, port).into()],
        };
        let plain = url.scheme() != "https";
        // The addresses are looked at, not the name: whoever answers for names could send it anywhere.
        if plain && !self.allow_plain && addresses.iter().any(|address| !address.ip().is_loopback()) {
            return Err(TransportError(format!(
                "`{host}` is another machine: nothing goes there without TLS"
            )));
        }
        let tcp = TcpStream::connect(addresses.as_slice()).await;
        let tcp = tcp.map_err(|error| TransportError(format!("`{host}` cannot be reached: {error}")))?;
        // A request is one write; waiting for more only costs time.
        drop(tcp.set_nodelay(true));
        if plain {
            return spoken(tcp).await;
        }
        if let Some(why) = &self.unbelieving {
            return Err(TransportError(format!("`{host}` cannot be believed: set `ca`, as {why}")));
        }
        let name = match host {
            Host::Domain(name) => ServerName::try_from(name.to_owned())
                .map_err(|_| TransportError(format!("`{name}` is no name of a server")))?,
            Host::Ipv4(ip) => ServerName::from(std::net::IpAddr::from(ip)),
            Host::Ipv6(ip) => ServerName::from(std::net::IpAddr::from(ip)),
        };
        let tls = TlsConnector::from(Arc::clone(&self.tls)).connect(name, tcp).await;
        spoken(tls.map_err(|error| TransportError(format!("no TLS with `{}`: {error}", host_of(url))))?).await
    }
}

/// Whether a connection that lay idle can be used. The runtime stood still meanwhile, and must first hear that the server closed it.
async fn is_there(kept: &mut SendRequest<Full<Bytes>>) -> bool {
    sleep(HEARING).await;
    matches!(timeout(STILL_THERE, kept.ready()).await, Ok(Ok(())))
}

fn host_of(url: &Url) -> &str {
    url.host_str().unwrap_or_default()
}

async fn spoken<T>(stream: T) -> Result<SendRequest<Full<Bytes>>, TransportError>
where
    T: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let begun = http1::Builder::new().max_buf_size(HEAD_BYTES).handshake(TokioIo::new(stream)).await;
    let (sender, connection) = begun.map_err(|error| TransportError(error.to_string()))?;
    // Its failure is told by the request that it fails.
    tokio::spawn(async move { drop(connection.await) });
    Ok(sender)
}

/// Why there is no answer.
enum Lost {
    Connection(hyper::Error),
    Request(TransportError),
}

impl Lost {
    fn into_error(self) -> TransportError {
        match self {
            Self::Request(error) => error,
            Self::Connection(error) => TransportError(told(&error)),
        }
    }
}

/// An error with its causes: the outer one alone says little.
fn told(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(&format!(": {inner}"));
        cause = inner.source();
    }
    text
}

fn slow<T>(waited: Result<T, tokio::time::error::Elapsed>, what: &str) -> Result<T, TransportError> {
    waited.map_err(|_| TransportError(format!("the server took too long {what}")))
}

fn written(request: &Request) -> Result<hyper::Request<Full<Bytes>>, TransportError> {
    let body = request.body.clone().map_or_else(Bytes::new, Bytes::from);
    let url = &request.url;
    let mut http = hyper::Request::builder()
        .method(request.method)
        .uri(&url[Position::BeforePath..Position::AfterQuery])
        .header(HOST, &url[Position::BeforeHost..Position::AfterPort]);
    for (name, value) in &request.headers {
        http = http.header(*name, value);
    }
    http.body(Full::new(body)).map_err(|error| TransportError(error.to_string()))
}

impl Transport for Connection {
    /// Blocks; not to be called inside an asynchronous runtime.
    fn send(&mut self, request: Request) -> Result<Response, TransportError> {
        let runtime = Arc::clone(&self.runtime);
        let deadline = Instant::now() + self.bounds.whole;
        let answered = runtime.block_on(async {
            slow(timeout(self.bounds.whole, self.exchange(&request)).await, "to answer")?
        })?;
        let headers = answered.headers().iter().map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        });
        Ok(Response {
            status: answered.status().as_u16(),
            headers: headers.collect(),
            body: Box::new(Body {
                idle: self.bounds.idle,
                deadline,
                left: Bytes::new(),
                incoming: answered.into_body(),
                runtime,
            }),
        })
    }
}

/// A body as it comes.
struct Body {
    runtime: Arc<Runtime>,
    incoming: Incoming,
    left: Bytes,
    idle: Duration,
    deadline: Instant,
}

impl Read for Body {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.left.is_empty() {
            let left = self.deadline.saturating_duration_since(Instant::now());
            let frame = async { timeout(self.idle.min(left), self.incoming.frame()).await };
            let late = |_| io::Error::new(io::ErrorKind::TimedOut, "the server took too long to send");
            match self.runtime.block_on(frame).map_err(late)? {
                None => return Ok(0),
                Some(Err(error)) => return Err(io::Error::other(told(&error))),
                // Anything but data (trailers) is nothing to a reader of bytes.
                Some(Ok(frame)) => self.left = frame.into_data().unwrap_or_default(),
            }
        }
        let size = self.left.len().min(buffer.len());
        let piece = self.left.split_to(size);
        buffer.iter_mut().zip(piece.iter()).for_each(|(to, from)| *to = *from);
        Ok(size)
    }
}
