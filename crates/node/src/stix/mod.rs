//! What this node shows its own country's platforms, read from its data folder: what it released and what partners released
//! to it, signed incidents, and the leads that its officers accepted. Reads alone, also beside a node that runs; whether
//! something of a partner may be shown is the exchange's own answer, and here as on the page it is asked each time.

pub(crate) mod left_out;
mod own;
mod releases;
mod versions;
pub(crate) mod written;

use std::path::Path;
use std::sync::Arc;

use bitacora_exchange::tags::Tags;
use bitacora_ledger::sha256;
use bitacora_primitives::markings::AgreementId;
use bitacora_primitives::released::Document;
use bitacora_primitives::{Instant, ReleaseId};
use bitacora_stix::{Item, Object, Receipt, Standing, StixId, Times};

use crate::clock;
use crate::config::Config;
use crate::error::NodeError;
use crate::exchange::installed::installed;
use crate::exchange::request::{HeldLease, Reply, Request};
use crate::exchange::{control, originator};
use crate::stix::left_out::{LeftOut, Why};
use crate::stix::own::Own;
use crate::stix::releases::{Book, Given};

/// One version of one item that is shown, before it is opened: small, so that all of them are held at once.
#[derive(Debug)]
pub(crate) struct Planned {
    pub(crate) what: What,
    times: Times,
    standing: Standing,
}

/// A version that a platform of the partner may be shown.
#[derive(Debug)]
pub(crate) struct Waived {
    pub(crate) agreement: AgreementId,
    planned: Planned,
    pub(crate) tags: Arc<Tags>,
}

/// What a version is of.
#[derive(Debug)]
pub(crate) enum What {
    Release(Given),
    Own(own::Thing),
}

impl Planned {
    /// A line that says which version this is, of what.
    fn line(&self) -> String {
        let at = |at: Instant| at.micros();
        let (created, modified) = (at(self.times.created()), at(self.times.modified()));
        format!("{} {created} {modified} {:?}\n", self.what, self.standing)
    }
}

impl std::fmt::Display for What {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Release(given) => write!(f, "{given}"),
            Self::Own(thing) => write!(f, "{thing}"),
        }
    }
}

/// A data folder as it stood when it was opened.
pub(crate) struct Holdings {
    books: Vec<Book>,
    own: Own,
}

impl std::fmt::Debug for Holdings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Holdings").field("books", &self.books.len()).finish_non_exhaustive()
    }
}

impl Holdings {
    /// Replays the logs of every agreement of the folder. A node that runs is asked for its leases first: what it learns
    /// while the logs are read can then only show less.
    pub(crate) fn open(folder: &Path, database: Option<&str>) -> Result<Self, NodeError> {
        std::fs::read_dir(folder).map_err(NodeError::file(folder, "read"))?;
        let config = Config::load(folder)?;
        let leases = leases(folder)?;
        let database = database.map(str::to_owned).or_else(|| config.database.clone());
        let books = releases::open(folder, installed(folder)?, database.as_deref(), &leases)?;
        let by = originator(books.iter().map(Book::pair), &config.exchange);
        let own = Own::open(folder, database.as_deref(), by)?;
        Ok(Self { books, own })
    }

    /// Every version that is shown now, in the order of the logs: each agreement's own log, the partner's, the register, the
    /// leads. What is left out is counted by its reason.
    pub(crate) fn plan(&self, left: &mut LeftOut) -> Result<Vec<Planned>, NodeError> {
        let now = clock::now();
        let mut plan = Vec::new();
        for (place, book) in self.books.iter().enumerate() {
            book.plan(place, now, &mut plan, left)?;
        }
        self.own.plan(&mut plan, left)?;
        Ok(plan)
    }

    /// What platforms of partners may be shown under clauses that waive their receipt, with the agreement and the tags.
    pub(crate) fn plan_waived(&self) -> Result<Vec<Waived>, NodeError> {
        let mut plan = Vec::new();
        for (place, book) in self.books.iter().enumerate() {
            let agreement = book.agreement();
            let waived = book.plan_waived(place)?.into_iter();
            plan.extend(waived.map(|(planned, tags)| Waived { agreement: agreement.clone(), planned, tags }));
        }
        Ok(plan)
    }

    /// The objects of a version as a platform of the partner reads them, or why it is not shown after all.
    pub(crate) fn waived_objects(&self, waived: &Waived) -> Result<(ReleaseId, Vec<Object>), Why> {
        let Planned { what: What::Release(given), times, standing } = &waived.planned else {
            return Err(Why::Unknown);
        };
        let book = self.books.get(given.book).ok_or(Why::Unknown)?;
        let objects = book.objects(given, *times, *standing, Receipt::Waived, clock::now())?;
        Ok((given.release, objects))
    }

    /// The agreement under which we gave a planned version; `None` of what a partner gave.
    pub(crate) fn under(&self, planned: &Planned) -> Option<&str> {
        match &planned.what {
            What::Release(given) => self.books.get(given.book)?.agreement_of_ours(given),
            What::Own(_) => Some("own"),
        }
    }

    /// The objects of a planned version, or why it is not shown after all.
    pub(crate) fn objects(&self, planned: &Planned) -> Result<Vec<Object>, Why> {
        let Planned { what, times, standing } = planned;
        match what {
            What::Release(given) => {
                let book = self.books.get(given.book).ok_or(Why::Unknown)?;
                book.objects(given, *times, *standing, Receipt::Given, clock::now())
            }
            What::Own(thing) => self.own.objects(thing, *times),
        }
    }

    /// Whether a planned release is of this very document: it says the same in every member.
    pub(crate) fn is_of(&self, planned: &Planned, document: &Document) -> bool {
        let What::Release(given) = &planned.what else { return false };
        let Some(book) = self.books.get(given.book).filter(|_| given.may_be(document)) else { return false };
        let released = book.document(given, clock::now());
        released.is_ok_and(|released| Item::from(&released).said() == Item::from(document).said())
    }
}

/// The id of a bundle: that of the versions it was planned from, so that one state of the logs gives one id.
pub(crate) fn bundle_id<'a>(plan: impl Iterator<Item = &'a Planned>) -> StixId {
    let digest = plan.fold(sha256(b"bitacora stix bundle"), |before, planned| {
        let mut next = before.0.to_vec();
        next.extend_from_slice(planned.line().as_bytes());
        sha256(&next)
    });
    StixId::of("bundle", &[&digest.hex()])
}

/// The leases of the node that runs on this folder; none where none runs, since they are kept in memory alone.
fn leases(folder: &Path) -> Result<Vec<HeldLease>, NodeError> {
    match control::ask(folder, &Request::Leases)? {
        Some(Reply::Leases { leases }) => Ok(leases),
        _ => Ok(Vec::new()),
    }
}
