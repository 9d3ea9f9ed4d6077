//! What went under agreements: what we released, as it was cut, and what partners released to us, where it may be shown.

use std::path::Path;
use std::sync::Arc;

use bitacora_exchange::history::{History, Released, Stage};
use bitacora_exchange::record::{Entry, Record, Release};
use bitacora_exchange::side::Readable;
use bitacora_exchange::tags::Tags;
use bitacora_exchange::{Agreement, Gate, Secrets, Shelf as _, Side, SideError};
use bitacora_policy::{Rule, retain_until};
use bitacora_primitives::markings::{AgreementId, PartyCode, Purpose};
use bitacora_primitives::released::Document;
use bitacora_primitives::{Instant, ReleaseId};
use bitacora_stix::{Caveats, Item, Object, Receipt, Standing, Times, item_objects};
use bitacora_store::ExchangeStore;

use super::left_out::{LeftOut, Reason, Why};
use super::versions::{Act, Event, Series, Version};
use super::{Planned, What};
use crate::error::NodeError;
use crate::exchange::engine::Chain;
use crate::exchange::installed::{Agreements, whose};
use crate::exchange::keyring::Keyring;
use crate::exchange::request::HeldLease;
use crate::exchange::shelf::Shelved;

/// One agreement: both logs, and its versions as both signed them.
pub(super) struct Book {
    side: Side,
    shelf: Shelved,
    versions: Vec<Agreement>,
}

/// A release of one of the two logs, and what tells it from others.
#[derive(Debug)]
pub(crate) struct Given {
    pub(super) book: usize,
    /// The party whose log it stands in.
    log: PartyCode,
    leaf: u64,
    pub(crate) release: ReleaseId,
    item: String,
    revision: u32,
    purpose: Purpose,
}

/// An event with its place, and the revision that it is about.
struct Noted {
    leaf: u64,
    revision: u32,
    event: Event,
}

impl Noted {
    fn given(&self, book: usize, log: &PartyCode) -> Given {
        Given {
            book,
            log: log.clone(),
            leaf: self.leaf,
            release: self.event.release,
            item: self.event.item.clone(),
            revision: self.revision,
            purpose: self.event.purpose,
        }
    }
}

impl Given {
    pub(super) fn may_be(&self, document: &Document) -> bool {
        (self.item.as_str(), self.revision, self.purpose)
            == (document.item.as_str(), document.revision, document.purpose)
    }
}

impl std::fmt::Display for Given {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} leaf {} {} {} revision {}", self.log, self.leaf, self.release, self.item, self.revision)
    }
}

/// Opens every agreement at whose logs something was written.
pub(super) fn open(
    folder: &Path,
    agreements: Agreements,
    database: Option<&str>,
    leases: &[HeldLease],
) -> Result<Vec<Book>, NodeError> {
    let Some(store) = ExchangeStore::open_to_read(folder, database)? else { return Ok(Vec::new()) };
    let store = Arc::new(store);
    let mut books = Vec::new();
    for (id, installed) in agreements {
        let Some(first) = installed.first().cloned() else { continue };
        let keys = Arc::new(Keyring::open_to_read(folder, &id)?);
        let me = whose(&first, &keys)?;
        let shelf = Shelved { store: Arc::clone(&store), agreement: id.clone() };
        // A gate of its own: nothing is sent from here.
        let side = Side::open(&first, me, Arc::new(Gate::new()), keys as Arc<dyn Secrets>, &shelf);
        let mut side = side.map_err(|error| NodeError::Exchange(Chain(&error).to_string()))?;
        for held in leases.iter().filter(|held| held.lease.agreement == id) {
            side.hold_lease(held.lease.clone(), held.until);
        }
        let versions = installed.versions.into_iter().map(|(agreement, _)| agreement).collect();
        books.push(Book { side, shelf, versions });
    }
    Ok(books)
}

impl Book {
    /// This node's party and the partner's.
    pub(super) fn pair(&self) -> (PartyCode, PartyCode) {
        (self.side.me().clone(), self.side.partner_code().clone())
    }

    pub(super) fn agreement(&self) -> &AgreementId {
        self.side.agreement_id()
    }

    /// The agreement, if the release is ours.
    pub(super) fn agreement_of_ours(&self, given: &Given) -> Option<&str> {
        (given.log == *self.side.me()).then(|| self.side.agreement_id().as_str())
    }

    /// What a platform of the partner may be shown under the clause that waives its receipt, before the exchange decides page by
    /// page: released and not cut, or taken back after the partner could have read it. With the tags it went under.
    pub(super) fn plan_waived(&self, book: usize) -> Result<Vec<(Planned, Arc<Tags>)>, NodeError> {
        let history = self.side.own();
        let kinds = self.side.waiver().and_then(|id| history.agreement()?.clause(id));
        let Some(Rule::ReceiptWaived { items, .. }) = kinds.map(|clause| &clause.rule) else {
            return Ok(Vec::new());
        };
        let mut events = Vec::new();
        for (id, state) in history.releases().iter().filter(|(_, state)| items.contains(&state.tags.kind)) {
            let read = state.granted.is_some() || state.paged.is_some();
            let stands = matches!(state.stage, Stage::Released | Stage::Granted(_));
            if read || stands {
                events.extend(self.noted(history.party(), id, state, !stands)?);
            }
        }
        events.sort_by_key(|noted| noted.leaf);
        let mut series = Series::default();
        let mut plan = Vec::new();
        for noted in events {
            let given = noted.given(book, history.party());
            let Some(state) = history.releases().get(&given.release) else { continue };
            if let Some(version) = series.next(noted.event) {
                let Version { times, standing } = version;
                plan.push((Planned { what: What::Release(given), times, standing }, Arc::clone(&state.tags)));
            }
        }
        Ok(plan)
    }

    /// The leaves about one release, in their order.
    fn noted(
        &self,
        log: &PartyCode,
        id: &ReleaseId,
        state: &Released,
        withdrawn: bool,
    ) -> Result<impl Iterator<Item = Noted> + use<>, NodeError> {
        let release = self.record(log, state.leaf)?;
        let (id, purpose, item, revision) = (*id, state.tags.purpose, release.item, release.revision);
        let leaves = std::iter::once((state.leaf, state.recorded, Act::Released { withdrawn }))
            .chain(state.withdrawn.map(|(leaf, recorded)| (leaf, recorded, Act::Withdrawn)));
        Ok(leaves.map(move |(leaf, recorded, what)| {
            let event = Event { release: id, item: item.clone(), purpose, recorded, what };
            Noted { leaf, revision, event }
        }))
    }

    pub(super) fn plan(
        &self,
        book: usize,
        now: Instant,
        plan: &mut Vec<Planned>,
        left: &mut LeftOut,
    ) -> Result<(), NodeError> {
        for (history, ours) in [(self.side.own(), true), (self.side.theirs(), false)] {
            let mut series = Series::default();
            for noted in self.events(history, left, ours)? {
                let given = noted.given(book, history.party());
                let event = noted.event;
                let withdrawal = event.what == Act::Withdrawn;
                let version = series.next(event);
                let Some(version) = version else {
                    // A withdrawn release is counted once, at its withdrawal.
                    left.several(Reason::Withdrawn, u64::from(withdrawal));
                    continue;
                };
                let may = if ours { Ok(()) } else { self.shown(given.release, now) };
                match may {
                    Ok(()) => plan.push(Planned {
                        what: What::Release(given),
                        times: version.times,
                        standing: version.standing,
                    }),
                    Err(reason) => left.one(reason),
                }
            }
        }
        Ok(())
    }

    /// The leaves about releases for which a key was ever given, in their order. The others are counted.
    fn events(&self, history: &History, left: &mut LeftOut, ours: bool) -> Result<Vec<Noted>, NodeError> {
        let mut events = Vec::new();
        let to_us = |state: &Released| ours || state.tags.to == *self.side.me();
        for (id, state) in history.releases().iter().filter(|(_, state)| to_us(state)) {
            if state.granted.is_none() {
                left.one(match state.stage {
                    Stage::Cut => Reason::Cut,
                    Stage::Declined => Reason::Declined,
                    Stage::Withdrawn => Reason::Withdrawn,
                    _ if ours => Reason::NoReceipt,
                    _ => Reason::Sealed,
                });
                continue;
            }
            events.extend(self.noted(history.party(), id, state, state.withdrawn.is_some())?);
        }
        events.sort_by_key(|noted| noted.leaf);
        Ok(events)
    }

    fn record(&self, log: &PartyCode, leaf: u64) -> Result<Release, NodeError> {
        let missing = || NodeError::Exchange(format!("leaf {leaf} of the log of {log} is no release"));
        let failed = |error: &dyn std::error::Error| NodeError::Exchange(Chain(error).to_string());
        let stored = self.shelf.leaves(log, leaf, 1).map_err(|error| failed(&error))?;
        let text = stored.into_iter().next().and_then(|(_, text)| text).ok_or_else(missing)?;
        match Entry::open(&text, None).map_err(|error| failed(&error))?.0.record {
            Record::Release(release) => Ok(*release),
            _ => Err(missing()),
        }
    }

    /// Whether something that the partner gave may leave for our own platforms: what the page shows, and what an officer has
    /// opened.
    fn shown(&self, release: ReleaseId, now: Instant) -> Result<(), Reason> {
        let opened = self.side.own().taken(&release).is_some_and(|taken| !taken.opened.is_empty());
        match self.side.readable(&release, now) {
            Some(Readable::Yes) if opened => Ok(()),
            Some(Readable::Yes) => Err(Reason::Unopened),
            Some(Readable::LeaseLapsed) => Err(Reason::BoardingOnly),
            Some(Readable::Quiet) => Err(Reason::Quiet),
            Some(Readable::Withdrawn) => Err(Reason::Withdrawn),
            Some(Readable::Sealed) | None => Err(Reason::Sealed),
        }
    }

    /// The document of a release. A partner's is asked for again now: its lease may have lapsed since it was planned.
    pub(super) fn document(&self, given: &Given, now: Instant) -> Result<Document, Why> {
        let told = |error: SideError| match error {
            SideError::Secret(_) => Why::For(Reason::Shredded),
            other => Why::NotOpened(Chain(&other).to_string()),
        };
        if given.log == *self.side.me() {
            return self.side.given(given.release, &self.shelf).map_err(told);
        }
        self.shown(given.release, now).map_err(Why::For)?;
        let shown = self.side.show(given.release, &self.shelf, now).map_err(told)?;
        if shown.export { Ok(shown.document) } else { Err(Why::For(Reason::BoardingOnly)) }
    }

    pub(super) fn objects(
        &self,
        given: &Given,
        times: Times,
        standing: Standing,
        receipt: Receipt,
        now: Instant,
    ) -> Result<Vec<Object>, Why> {
        let mut document = self.document(given, now)?;
        // A page is decided anew under the version in force, whose waiver and retention hold for what is read in it.
        if receipt == Receipt::Waived
            && let Some(in_force) = self.side.own().agreement()
        {
            document.version = in_force.version;
        }
        let agreement = self.versions.iter().find(|agreement| agreement.version == document.version);
        let agreement = agreement.ok_or_else(|| {
            Why::NotOpened(format!("version {} of the agreement is not installed", document.version))
        })?;
        let caveats = caveats(agreement, &document, receipt);
        Ok(item_objects(&Item::from(&document), &caveats, times, standing)?)
    }
}

/// What the clauses say of an item that was given under them. A clause that this version does not understand is words for
/// people, and so is named.
fn caveats(agreement: &Agreement, document: &Document, receipt: Receipt) -> Caveats {
    let speaks = |rule: &Rule| match rule {
        Rule::BaseProhibition | Rule::Handling(_) | Rule::OriginatorControl | Rule::Unknown(_) => true,
        Rule::Retention { items, .. } => items.contains(&document.kind),
        Rule::ReceiptWaived { to, items, .. } => {
            receipt == Receipt::Waived && *to != document.originator && items.contains(&document.kind)
        }
        _ => false,
    };
    let said = agreement.clauses.iter().filter(|clause| speaks(&clause.rule));
    Caveats {
        receipt,
        retain_until: retain_until(&agreement.clauses, document.kind, document.observed),
        originator_control: agreement.clauses.iter().any(|clause| clause.rule == Rule::OriginatorControl),
        clauses: said.map(|clause| clause.id.clone()).collect(),
    }
}
