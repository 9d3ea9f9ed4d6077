//! Live feeds by URL: `tcp://host:port` is connected to, `udp://host:port` is listened on.

use std::io::{ErrorKind, Read};
use std::net::{TcpStream, ToSocketAddrs, UdpSocket};
use std::time::Duration;

use crate::error::NodeError;

/// How long one read waits before the caller gets its turn to commit.
const READ_TIMEOUT: Duration = Duration::from_millis(200);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum FeedUrl {
    Tcp(String),
    Udp(String),
}

pub(crate) enum Connection {
    Tcp(TcpStream),
    Udp(UdpSocket),
}

/// What one read gave.
pub(crate) enum Got {
    Bytes(usize),
    /// Nothing came in time; the connection stands.
    Silence,
    /// The other side has closed.
    Closed,
}

pub(crate) fn is_feed(text: &str) -> bool {
    text.starts_with("tcp://") || text.starts_with("udp://")
}

impl FeedUrl {
    pub(crate) fn parse(text: &str) -> Result<Self, NodeError> {
        let bad = |why: &str| NodeError::FeedUrl { url: text.to_owned(), why: why.to_owned() };
        let (scheme, rest) = text.split_once("://").ok_or_else(|| bad("it has no scheme"))?;
        let (host, port) = rest.rsplit_once(':').ok_or_else(|| bad("it has no port"))?;
        if host.is_empty() {
            return Err(bad("it has no host"));
        }
        port.parse::<u16>().map_err(|_| bad("its port is not a number from 1 to 65535"))?;
        match scheme {
            "tcp" => Ok(Self::Tcp(rest.to_owned())),
            "udp" => Ok(Self::Udp(rest.to_owned())),
            _ => Err(bad("only tcp:// and udp:// are feeds")),
        }
    }

    pub(crate) fn text(&self) -> String {
        match self {
            Self::Tcp(address) => format!("tcp://{address}"),
            Self::Udp(address) => format!("udp://{address}"),
        }
    }

    pub(crate) fn connect(&self) -> Result<Connection, NodeError> {
        let failed = |cause| NodeError::FeedUnreachable { url: self.text(), cause };
        match self {
            Self::Tcp(address) => {
                let mut last = std::io::Error::new(ErrorKind::NotFound, "the name has no address");
                for address in address.to_socket_addrs().map_err(failed)? {
                    match TcpStream::connect_timeout(&address, CONNECT_TIMEOUT) {
                        Ok(stream) => {
                            stream.set_read_timeout(Some(READ_TIMEOUT)).map_err(failed)?;
                            return Ok(Connection::Tcp(stream));
                        }
                        Err(error) => last = error,
                    }
                }
                Err(failed(last))
            }
            Self::Udp(address) => {
                let socket = UdpSocket::bind(address).map_err(failed)?;
                socket.set_read_timeout(Some(READ_TIMEOUT)).map_err(failed)?;
                Ok(Connection::Udp(socket))
            }
        }
    }
}

impl Connection {
    pub(crate) fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<Got> {
        let outcome = match self {
            Self::Tcp(stream) => {
                stream.read(buffer).map(|count| if count == 0 { Got::Closed } else { Got::Bytes(count) })
            }
            Self::Udp(socket) => socket.recv(buffer).map(Got::Bytes),
        };
        match outcome {
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted
                ) =>
            {
                Ok(Got::Silence)
            }
            other => other,
        }
    }

    /// A datagram ends its line even where the sender left the line end out.
    pub(crate) const fn ends_lines(&self) -> bool {
        matches!(self, Self::Udp(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feed_has_scheme_host_and_port() {
        assert_eq!(FeedUrl::parse("tcp://127.0.0.1:4001").unwrap(), FeedUrl::Tcp("127.0.0.1:4001".into()));
        assert!(matches!(FeedUrl::parse("udp://[::]:10110"), Ok(FeedUrl::Udp(_))));
        for bad in ["tcp://host", "tcp://:1", "http://host:80", "host:1", "tcp://host:99999"] {
            assert!(FeedUrl::parse(bad).is_err(), "{bad}");
        }
    }
}
