//! What the data folder holds beside the positions and some kinds rest on: who heard what, and what vessels said of themselves.

use bitacora_primitives::Instant;
use bitacora_sea::archive::{Needs, Ordered};
use bitacora_sea::{Event, Kind};
use bitacora_store::{ReceptionFile, StaticFile, Store};

use super::heard::Heard;
use super::told::Told;
use super::window::Window;
use crate::error::NodeError;
use crate::words::Words;

/// See the module.
pub(super) struct Beside<'a> {
    /// `None`: another folder's positions come without it.
    store: Option<&'a Store>,
    receptions: Vec<ReceptionFile>,
    statics: Vec<StaticFile>,
    /// Between these times positions were stored without what vessels said.
    without_statics: Option<(Instant, Instant)>,
    /// What is read.
    window: Window,
}

impl<'a> Beside<'a> {
    pub(super) fn new(store: Option<&'a Store>, window: Window) -> Result<Self, NodeError> {
        let Some(held) = store else {
            return Ok(Self {
                store,
                receptions: Vec::new(),
                statics: Vec::new(),
                without_statics: None,
                window,
            });
        };
        let (receptions, statics) = (held.reception_files()?, held.static_files()?);
        Ok(Self { store, receptions, statics, without_statics: held.statics_lacking()?, window })
    }

    fn lacks(&self, needs: Needs) -> bool {
        let Window { from, to } = self.window;
        match needs {
            Needs::Positions => false,
            Needs::Statics => {
                self.store.is_none()
                    || self.without_statics.is_some_and(|(first, last)| first < to && last >= from)
            }
            Needs::Hearings => {
                self.receptions.is_empty() || !self.receptions.iter().all(|file| file.has_payload)
            }
        }
    }

    /// The kinds that can be told; of the others, which were asked for, says why they cannot. They are not looked for, and so
    /// nothing found of them live is taken back.
    pub(super) fn told(&self, mut kinds: Vec<Kind>, words: Words) -> Vec<Kind> {
        for needs in [Needs::Statics, Needs::Hearings] {
            if !self.lacks(needs) {
                continue;
            }
            let off: Vec<Kind> = kinds.extract_if(.., |kind| Needs::of(*kind) == needs).collect();
            let codes: Vec<&str> = off.iter().map(|kind| kind.code()).collect();
            if !codes.is_empty() {
                eprintln!("{}", words.archive_lacks(&codes.join(", "), needs));
            }
        }
        kinds
    }

    /// Name and bytes of the files that these kinds rest on.
    pub(super) fn files(&self, kinds: &[Kind]) -> impl Iterator<Item = (String, u64, String)> {
        let receptions = self.receptions.iter().filter(|_| wants(kinds, Needs::Hearings));
        let receptions = receptions.map(|file| (format!("receptions/{}", file.name), file.bytes));
        let statics = self.statics.iter().filter(|_| wants(kinds, Needs::Statics));
        let statics = statics.map(|file| (format!("statics/{}", file.name), file.bytes));
        receptions.chain(statics).map(|(name, bytes)| (name, bytes, String::new()))
    }

    /// From the beginning, what these kinds rest on.
    pub(super) fn teller(&self, kinds: &[Kind]) -> Teller<'_> {
        let told = self.store.filter(|_| wants(kinds, Needs::Statics));
        let heard = self.store.filter(|_| wants(kinds, Needs::Hearings));
        Teller {
            told: told.map(|store| Told::new(store, &self.statics, self.window)),
            heard: heard.map(Heard::new),
        }
    }
}

fn wants(kinds: &[Kind], needs: Needs) -> bool {
    kinds.iter().any(|kind| Needs::of(*kind) == needs)
}

/// Tells the picture beside the positions what is as old as they are.
#[derive(Default)]
pub(super) struct Teller<'a> {
    told: Option<Told<'a>>,
    heard: Option<Heard<'a>>,
}

impl Teller<'_> {
    /// Before the contacts of `time`; times never go back. Appends revisions of events.
    pub(super) fn tell(
        &mut self,
        time: Instant,
        ordered: &mut Ordered,
        events: &mut Vec<Event>,
    ) -> Result<(), NodeError> {
        if let Some(told) = &mut self.told {
            told.tell(time, ordered, events)?;
        }
        match &mut self.heard {
            Some(heard) => heard.tell(time, ordered),
            None => Ok(()),
        }
    }

    /// After the last contact: what was said later.
    pub(super) fn rest(&mut self, ordered: &mut Ordered, events: &mut Vec<Event>) -> Result<(), NodeError> {
        match &mut self.told {
            Some(told) => told.tell(Instant::from_micros(i64::MAX), ordered, events),
            None => Ok(()),
        }
    }
}
