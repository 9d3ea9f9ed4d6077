//! The third witness with its own disk.

use std::collections::BTreeMap;
use std::sync::Arc;

use bitacora_exchange::Agreement;
use bitacora_exchange::observer::Observer;

use super::{Disk, Key};

pub struct Witness {
    pub observer: Observer,
    pub disk: Disk,
    agreement: Agreement,
}

impl Witness {
    pub fn start(agreement: &Agreement, disk: Disk) -> Self {
        let newest =
            agreement.codes().into_iter().filter_map(|code| disk.newest(&code).map(|note| (code, note)));
        let newest: BTreeMap<_, _> = newest.collect();
        let observer =
            Observer::open(agreement, "oversight", Arc::new(Key::new("witness")), &disk, &newest).unwrap();
        Self { observer, disk, agreement: agreement.clone() }
    }

    pub fn commit(&mut self) {
        self.disk.store(self.observer.take_draft());
        self.observer.committed();
    }

    /// Everything in memory is gone; `after_storing`, the draft is not.
    pub fn crash(&mut self, after_storing: bool) {
        let draft = self.observer.take_draft();
        if after_storing {
            self.disk.store(draft);
        }
        *self = Self::start(&self.agreement, std::mem::take(&mut self.disk));
    }
}
