//! The feed while it is being told: events, orders, logs. Numbers of records are given at the end, in order of time, so
//! that they tell nothing about what was planted.

use bitacora_port::screening::inputs::{
    AccessAction, AccessObject, AccessRecord, Order, OrderKind, ReeferRow, TelematicsRecord,
};
use bitacora_port::screening::{ContainerEvent, ContainerNumber, EventKind, Pseudonym};
use bitacora_primitives::{Duration, EvidenceRef, Instant, SourceId};

/// Whose ids the events are: the name under which the command reads an event file.
pub const AUTHORITY: &str = "events";

#[derive(Debug)]
pub(super) struct Feed {
    pub start: Instant,
    pub events: Vec<ContainerEvent>,
    pub orders: Vec<Order>,
    pub reefer: Vec<ReeferRow>,
    pub access: Vec<AccessRecord>,
    pub telematics: Vec<TelematicsRecord>,
}

fn evidence(line: usize) -> EvidenceRef {
    EvidenceRef { source: SourceId::of(&[b"port scenario"]), line: line as u64, offset: None }
}

impl Feed {
    pub(super) fn new(start: Instant) -> Self {
        Self {
            start,
            events: Vec::new(),
            orders: Vec::new(),
            reefer: Vec::new(),
            access: Vec::new(),
            telematics: Vec::new(),
        }
    }

    pub(super) fn time(&self, seconds: i64) -> Instant {
        self.start + Duration::from_secs(seconds)
    }

    /// An event that is not yet numbered.
    pub(super) fn event(&self, container: ContainerNumber, kind: EventKind, at: i64) -> ContainerEvent {
        let at = self.time(at);
        let id = ContainerEvent::id_of(AUTHORITY, "");
        ContainerEvent::new(id, kind, container, at, at, evidence(0))
    }

    /// An order that is valid between two times; its number.
    pub(super) fn order(
        &mut self,
        container: ContainerNumber,
        kind: OrderKind,
        from: i64,
        to: i64,
    ) -> String {
        let order = format!("WO-{}", 70_000 + self.orders.len());
        let (valid_from, valid_to) = (self.time(from), self.time(to));
        self.orders.push(Order {
            order: order.clone(),
            kind,
            container,
            valid_from,
            valid_to,
            parties: None,
            consignee: None,
            booked_at: None,
        });
        order
    }

    /// A look at a record; `task` as the log has it.
    pub(super) fn look(
        &mut self,
        container: ContainerNumber,
        at: i64,
        (user, role): (&str, &str),
        object: AccessObject,
        task: Option<String>,
    ) -> Option<&mut AccessRecord> {
        let user = Pseudonym::new(user).ok()?;
        self.access.push(AccessRecord {
            id: String::new(),
            at: self.time(at),
            user,
            role: role.to_owned(),
            object,
            action: AccessAction::View,
            container,
            task,
            code_hash: None,
            party: None,
            haulier: None,
            consignee: None,
        });
        self.access.last_mut()
    }

    /// Puts everything in order of time, and numbers it.
    pub(super) fn number(&mut self) {
        self.events.sort_by_key(|event| (event.received, event.at, event.container, event.kind));
        for (n, event) in self.events.iter_mut().enumerate() {
            let own = (100_001 + n).to_string();
            event.id = ContainerEvent::id_of(AUTHORITY, &own);
            event.evidence = evidence(n + 2);
            event.reference = Some(own);
        }
        self.orders.sort_by(|a, b| (a.valid_from, &a.order).cmp(&(b.valid_from, &b.order)));
        self.reefer.sort_by_key(|row| (row.at, row.container));
        for (n, row) in self.reefer.iter_mut().enumerate() {
            row.id = (n + 1).to_string();
        }
        self.access.sort_by_key(|record| (record.at, record.container, record.user.clone()));
        for (n, record) in self.access.iter_mut().enumerate() {
            record.id = (n + 1).to_string();
        }
        self.telematics.sort_by_key(|record| (record.at, record.container));
        for (n, record) in self.telematics.iter_mut().enumerate() {
            record.id = (n + 1).to_string();
        }
    }
}
