//! A party's side as the engine drives it.

use bitacora_exchange::side::{Audience, Fault, Link};
use bitacora_exchange::wire::Message;
use bitacora_exchange::{Agreement, Draft, Gate, Outgoing, Secrets, Side, SideError};
use bitacora_primitives::Instant;
use std::sync::Arc;

use crate::exchange::engine::Actor;
use crate::exchange::shelf::Shelved;
use crate::exchange::tally::Tally;

/// The side, and what it was opened with, so that it can be opened again from the store.
pub(crate) struct Party {
    pub(crate) side: Side,
    first: Agreement,
    gate: Arc<Gate>,
    secrets: Arc<dyn Secrets>,
    tally: Arc<Tally>,
}

impl Party {
    pub(crate) fn open(
        first: &Agreement,
        me: bitacora_primitives::markings::PartyCode,
        gate: Arc<Gate>,
        secrets: Arc<dyn Secrets>,
        tally: Arc<Tally>,
        shelf: &Shelved,
    ) -> Result<Self, SideError> {
        let side = Side::open(first, me, Arc::clone(&gate), Arc::clone(&secrets), shelf)?;
        tally.follow(side.own());
        Ok(Self { side, first: first.clone(), gate, secrets, tally })
    }
}

impl Actor for Party {
    type Link = Link;

    fn link(&self, audience: &Audience) -> Link {
        Link::new(audience.clone(), self.side.partner_code())
    }
    fn receive(&mut self, link: &mut Link, message: Message, now: Instant) -> Result<(), Fault> {
        self.side.receive(link, message, now)
    }
    fn pump(&mut self, link: &mut Link, shelf: &Shelved, now: Instant) -> Result<Vec<Outgoing>, SideError> {
        self.side.pump(link, shelf, now)
    }
    fn beat(&mut self, link: &mut Link, now: Instant) -> Result<Vec<Outgoing>, SideError> {
        self.side.beat(link, now)
    }
    fn review(&mut self, shelf: &Shelved, now: Instant) -> Result<(), SideError> {
        self.side.take_up(shelf, now).map(drop)
    }
    fn take_draft(&mut self) -> Draft {
        self.side.take_draft()
    }
    fn committed(&mut self) {
        self.tally.follow(self.side.own());
        self.side.committed();
    }
    fn resend(link: &mut Link) {
        link.resend();
    }
    fn replay(&self, shelf: &Shelved) -> Result<Self, SideError> {
        let me = self.side.me().clone();
        Self::open(
            &self.first,
            me,
            Arc::clone(&self.gate),
            Arc::clone(&self.secrets),
            Arc::clone(&self.tally),
            shelf,
        )
    }
}
