//! The sealed type: the only thing that an edge may write to a partner, made by `exchange` alone.

use std::sync::Arc;

use crate::tags::Tags;
use crate::wire::Message;

/// A message with the items it is about. Its fields are private: no other crate can make one.
///
/// ```compile_fail,E0624
/// fn export_around_the_gate(message: bitacora_exchange::wire::Message) -> bitacora_exchange::Outgoing {
///     bitacora_exchange::Outgoing::new(message, Vec::new())
/// }
/// ```
/// ```compile_fail,E0451
/// fn export_around_the_gate(message: bitacora_exchange::wire::Message) -> bitacora_exchange::Outgoing {
///     bitacora_exchange::Outgoing { message, items: [].into() }
/// }
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct Outgoing {
    message: Message,
    items: Arc<[Tags]>,
}

impl Outgoing {
    pub(crate) fn new(message: Message, items: Vec<Tags>) -> Self {
        Self { message, items: items.into() }
    }
    /// Without a decision: for tests of the edges, behind a feature that no ordinary dependency may name.
    #[cfg(feature = "unsealed-for-tests")]
    pub fn unsealed(message: Message, items: Vec<Tags>) -> Self {
        Self::new(message, items)
    }
    pub const fn message(&self) -> &Message {
        &self.message
    }
    /// What the gate is asked about before each write of this message; empty for what carries no item.
    pub fn items(&self) -> &Arc<[Tags]> {
        &self.items
    }
}
