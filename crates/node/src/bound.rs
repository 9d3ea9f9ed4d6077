//! Addresses that are listened on from before anything starts: a port in use is said first, and nothing that starts meanwhile,
//! nor any connection that this machine makes, is given the port.

use std::net::{Ipv4Addr, SocketAddr};

use crate::error::NodeError;

/// See the module. Whoever connects waits until it is answered.
#[derive(Debug)]
pub(crate) struct Bound {
    listener: std::net::TcpListener,
    address: SocketAddr,
}

impl Bound {
    pub(crate) fn to(address: SocketAddr) -> Result<Self, NodeError> {
        let bound = std::net::TcpListener::bind(address).and_then(|listener| {
            listener.set_nonblocking(true)?;
            let address = listener.local_addr()?;
            Ok(Self { listener, address })
        });
        bound.map_err(|cause| NodeError::Bind { address, cause })
    }

    /// A free port of the loopback.
    pub(crate) fn free() -> Result<Self, NodeError> {
        Self::to(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))
    }

    pub(crate) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// To be called within the runtime that answers.
    pub(crate) fn listener(self) -> Result<tokio::net::TcpListener, NodeError> {
        let Self { listener, address } = self;
        tokio::net::TcpListener::from_std(listener).map_err(|cause| NodeError::Bind { address, cause })
    }
}
