//! A third witness of both logs: mirrors commitments, cosigns, and shows each side the newest checkpoint that the other
//! showed it, so that two histories meet. Holds no record, decides nothing, and never takes back a leaf.

use std::collections::BTreeMap;
use std::sync::Arc;

use bitacora_ledger::{CosignerKey, Signer};
use bitacora_primitives::Instant;
use bitacora_primitives::markings::{AgreementId, PartyCode};

use crate::agreement::{Agreement, AgreementError};
use crate::draft::{Draft, DraftCheckpoint, DraftLeaf};
use crate::mirror::{Mirror, MirrorError};
use crate::outgoing::Outgoing;
use crate::shelf::{Shelf, ShelfError};
use crate::wire::{Entries, Message, Status};

/// Leaves read from the store at a time while replaying.
const REPLAY_BATCH: usize = 4_096;

/// Why an observer cannot be opened, or does not take a message.
#[derive(Debug, thiserror::Error)]
pub enum ObserverError {
    #[error(transparent)]
    Agreement(#[from] AgreementError),
    #[error(transparent)]
    Shelf(#[from] ShelfError),
    #[error(transparent)]
    Mirror(#[from] MirrorError),
    #[error("the agreement names no witness `{0}`")]
    NotAWitness(String),
    #[error("the message is of another agreement or another party")]
    NotYours,
    #[error("a party sends its witness no items")]
    Item,
}

/// One connection to a party. Lost with it.
#[derive(Debug)]
pub struct ObserverLink {
    party: PartyCode,
    told: Option<(u64, Option<String>)>,
}

impl ObserverLink {
    pub const fn new(party: PartyCode) -> Self {
        Self { party, told: None }
    }
    pub const fn party(&self) -> &PartyCode {
        &self.party
    }
}

/// The witness of one agreement's two logs.
pub struct Observer {
    agreement: AgreementId,
    key: CosignerKey,
    signer: Arc<dyn Signer + Send + Sync>,
    logs: BTreeMap<PartyCode, Watched>,
    draft: Draft,
}

#[derive(Debug)]
struct Watched {
    mirror: Mirror,
    /// What is stored, and may be told.
    durable: u64,
    told: Option<String>,
}

impl std::fmt::Debug for Observer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Observer")
            .field("key", &self.key.name())
            .field("logs", &self.logs)
            .finish_non_exhaustive()
    }
}

impl Observer {
    /// Goes on from what is stored: the commitments of both logs, and of each the newest checkpoint with this witness's
    /// own line. `name` is the witness's among the agreement's.
    pub fn open(
        agreement: &Agreement,
        name: &str,
        signer: Arc<dyn Signer + Send + Sync>,
        shelf: &dyn Shelf,
        newest: &BTreeMap<PartyCode, String>,
    ) -> Result<Self, ObserverError> {
        let mut keys = agreement.witnesses.iter().filter_map(|key| key.parse::<CosignerKey>().ok());
        let key =
            keys.find(|key| key.name() == name).ok_or_else(|| ObserverError::NotAWitness(name.to_owned()))?;
        let mut logs = BTreeMap::new();
        for party in &agreement.parties {
            let log = party.read_keys()?.log;
            let mut leaves = Vec::new();
            loop {
                let batch = shelf.leaves(&party.code, leaves.len() as u64, REPLAY_BATCH)?;
                if batch.is_empty() {
                    break;
                }
                leaves.extend(
                    batch.into_iter().map(|(commitment, _)| bitacora_ledger::leaf_hash(&commitment.0)),
                );
            }
            let told = newest.get(&party.code).cloned();
            let mirror = Mirror::new(log, leaves, told.clone());
            logs.insert(party.code.clone(), Watched { durable: mirror.size(), mirror, told });
        }
        Ok(Self { agreement: agreement.id.clone(), key, signer, logs, draft: Draft::default() })
    }

    /// Takes one message of a party. Nothing is told of it before it is durable. A fork ends the connection; its proof
    /// is in the error, for the caller to keep.
    pub fn receive(
        &mut self,
        link: &mut ObserverLink,
        message: Message,
        now: Instant,
    ) -> Result<(), ObserverError> {
        match message {
            Message::Status(status) => self.status(link, &status),
            Message::Entries(entries) => self.entries(link, &entries, now),
            Message::Chunk(_) => Err(ObserverError::Item),
        }
    }

    /// A party shows its copy of the other's log: it must be a beginning or a continuation of ours.
    fn status(&mut self, link: &ObserverLink, status: &Status) -> Result<(), ObserverError> {
        if status.agreement != self.agreement
            || status.party != link.party.as_str()
            || status.log == link.party
        {
            return Err(ObserverError::NotYours);
        }
        let other = self.logs.get(&status.log).ok_or(ObserverError::NotYours)?;
        for note in &status.seen {
            other.mirror.compare(note)?;
        }
        Ok(())
    }

    fn entries(
        &mut self,
        link: &mut ObserverLink,
        entries: &Entries,
        now: Instant,
    ) -> Result<(), ObserverError> {
        if entries.agreement != self.agreement || entries.log != link.party {
            return Err(ObserverError::NotYours);
        }
        let watched = self.logs.get_mut(&entries.log).ok_or(ObserverError::NotYours)?;
        let taken = match watched.mirror.take(entries, &self.key, self.signer.as_ref(), now) {
            Ok(taken) => taken,
            // Leaves were lost on the way: say again what we have.
            Err(MirrorError::Gap { .. }) => {
                link.told = None;
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        };
        let (log, size) = (&entries.log, taken.size);
        self.draft.checkpoints.retain(|kept| kept.log != *log || kept.size != size);
        self.draft.checkpoints.push(DraftCheckpoint {
            log: log.clone(),
            size,
            note: taken.checkpoint,
            at: now,
        });
        let leaves = (taken.from..).zip(taken.leaves).map(|(index, leaf)| DraftLeaf {
            log: log.clone(),
            index,
            commitment: leaf.commitment,
            // Whatever was sent: a witness keeps no record.
            text: None,
            kind: None,
            at: now,
        });
        self.draft.leaves.extend(leaves);
        Ok(())
    }

    /// What has to be stored since the last commit. After a store that failed, drop the observer and open it anew.
    pub fn take_draft(&mut self) -> Draft {
        std::mem::take(&mut self.draft)
    }

    /// The draft that was taken is durable: it may be told.
    pub fn committed(&mut self) {
        for watched in self.logs.values_mut() {
            watched.durable = watched.mirror.size();
            watched.told = watched.mirror.newest().map(str::to_owned);
        }
    }

    /// What a party should hear now: at the start, when something changed, and at a heartbeat (`anyway`).
    pub fn pump(&self, link: &mut ObserverLink, now: Instant, anyway: bool) -> Option<Outgoing> {
        let watched = self.logs.get(&link.party)?;
        let other = self
            .logs
            .iter()
            .find(|(party, _)| **party != link.party)
            .and_then(|(_, other)| other.told.clone());
        let telling = Some((watched.durable, other.clone()));
        if !anyway && link.told == telling {
            return None;
        }
        link.told = telling;
        let status = Status {
            agreement: self.agreement.clone(),
            party: self.key.name().to_owned(),
            now,
            log: link.party.clone(),
            have: watched.durable,
            cosigned: watched.told.clone().filter(|_| watched.durable > 0),
            wants: Vec::new(),
            lease: None,
            seen: other.into_iter().collect(),
        };
        Some(Outgoing::new(Message::Status(Box::new(status)), Vec::new()))
    }

    /// Leaves of a party's log that are stored here, and the newest checkpoint with our line.
    pub fn standing(&self, party: &PartyCode) -> Option<(u64, Option<&str>)> {
        self.logs.get(party).map(|watched| (watched.durable, watched.told.as_deref()))
    }
    pub fn name(&self) -> &str {
        self.key.name()
    }
}
