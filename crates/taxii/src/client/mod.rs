//! A client of other people's TAXII 2.1 servers: it reads collections page by page and adds objects, and keeps what it needs to go on
//! as a value that the caller stores. It waits for nothing, tells no time and opens no connection: those are the caller's.
//!
//! It trusts no cursor. Servers hand out `date_added` before the object can be seen, and a reader that asks for "later than the
//! last" loses what became visible behind it; so the client asks again for the last minutes and leaves out what it had.

mod discover;
mod fetch;
mod poll;
mod push;
mod transport;

use bitacora_primitives::Duration;
use url::Url;

pub use discover::{Discovered, RemoteCollection, RemoteRoot};
pub use fetch::ClientError;
pub use poll::{PollState, Polled, Unread};
pub use push::{PushDetail, Pushed, parcels};
pub use transport::{Request, Response, Transport, TransportError};

/// Bounds against a server that is broken or hostile.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ClientLimits {
    /// Bytes of one answer.
    pub answer_bytes: usize,
    /// Objects of one page; bounds memory, as an object can be two bytes of text.
    pub page_objects: usize,
    /// Objects that a page is asked for (`limit`; TAXII 2.1, 3.4), where the server would give more. Sent with each page: medallion 3.0.0
    /// knows its own `next` only beside a `limit`.
    pub asked_objects: usize,
    /// Bytes of one object; a longer one is left unread.
    pub object_bytes: usize,
    /// Nesting of one object; below 100.
    pub depth: usize,
    /// Pages of one walk from a cursor to the end.
    pub pages: u64,
    /// Pages in a row that say `more` and bring neither an object, nor one of the overlap, nor a later date.
    pub idle_pages: u32,
    /// How far before the cursor a walk begins.
    pub overlap: Duration,
    /// Objects remembered for the overlap. With more, some come twice; none is lost.
    pub seen: usize,
}

impl Default for ClientLimits {
    fn default() -> Self {
        Self {
            answer_bytes: 32 << 20,
            page_objects: 100_000,
            asked_objects: 1_000,
            object_bytes: 1 << 20,
            depth: 32,
            pages: 100_000,
            idle_pages: 3,
            overlap: Duration::from_mins(10),
            seen: 200_000,
        }
    }
}

/// A client of one server.
pub struct Client {
    /// The discovery address, or that of an API root.
    url: Url,
    /// The value of `Authorization`. Sent to `url`'s scheme, host and port alone.
    authorization: Option<String>,
    limits: ClientLimits,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("url", &self.url.as_str()).finish_non_exhaustive()
    }
}

impl Client {
    /// `authorization` is the whole value of the header, as `Bearer …`; `None` where the connection's certificate speaks.
    pub fn new(url: Url, authorization: Option<String>, limits: ClientLimits) -> Self {
        Self { url, authorization, limits }
    }

    pub const fn limits(&self) -> &ClientLimits {
        &self.limits
    }
}
