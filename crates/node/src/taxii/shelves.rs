//! The collections as the wire asks for them: the store's rows in the wire's terms, with who may do what.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bitacora_exchange::page::Content;
use bitacora_ledger::sha256;
use bitacora_primitives::Instant;
use bitacora_stix::Known;
use bitacora_store::taxii::{self as stored, Registered, TaxiiStore};
use bitacora_taxii::{
    Added, Backend, Collection, Detail, Entry, Filter, Object, Outcome, Page, PageQuery, Principal, Refusal,
    Row, STIX_21, SpecVersion, Status, Submission, Versions,
};

use super::partners::{Partners, WAIVED};
use super::{ROOT, collection_id, failed, inbox, not_made};
use crate::clock;
use crate::error::NodeError;

/// The collection into which platforms put what they know.
const INBOX: &str = "inbox";
const INBOX_TITLE: &str = "Inbox: what platforms hand in";

pub(super) struct Shelves {
    pub(super) store: Arc<TaxiiStore>,
    pub(super) node: String,
    /// Id of the collection into which platforms put what they know.
    pub(super) inbox: String,
    /// Platforms that may put objects into the inbox.
    writers: BTreeSet<String>,
    /// Platforms of partners, who see none of the rest.
    pub(super) partners: Partners,
    /// A platform deleted something of the inbox since claims were last compared with it; so at the start.
    pub(super) deleted: AtomicBool,
    /// Markings that were handed in: a later object may carry them. Shared, so that nobody reads under the lock.
    known: Mutex<Arc<Known>>,
    /// What the store lists, until something is registered: every request asks for it, and this alone registers.
    listed: Mutex<Option<Arc<[stored::CollectionRow]>>>,
}

impl std::fmt::Debug for Shelves {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shelves").field("node", &self.node).finish_non_exhaustive()
    }
}

impl Shelves {
    pub(super) fn open(
        store: Arc<TaxiiStore>,
        node: &str,
        writers: BTreeSet<String>,
        partners: Partners,
    ) -> Result<Self, NodeError> {
        let (inbox, known, listed) = (String::new(), Mutex::default(), Mutex::default());
        let (node, deleted) = (node.to_owned(), AtomicBool::new(true));
        let mut shelves = Self { store, node, inbox, writers, partners, deleted, known, listed };
        shelves.inbox = shelves.register(INBOX, INBOX_TITLE)?;
        *shelves.markings() = Arc::new(inbox::markings(&shelves.store, &shelves.inbox)?);
        Ok(shelves)
    }

    /// The id of the collection of this name, made where it is new. It stays when the node comes to have another name.
    pub(super) fn register(&self, alias: &str, title: &str) -> Result<String, NodeError> {
        let id = collection_id(&self.node, alias);
        let registered = self.store.register_collection(&stored::NewCollection {
            id: id.clone(),
            alias: Some(alias.to_owned()),
            title: title.to_owned(),
            registered: clock::now(),
        })?;
        match registered {
            Registered::New => *unpoisoned(&self.listed) = None,
            Registered::AlreadyThere(_) => {}
            Registered::AliasTaken(before) => return Ok(before),
        }
        Ok(id)
    }

    fn markings(&self) -> MutexGuard<'_, Arc<Known>> {
        unpoisoned(&self.known)
    }

    /// The collections in the order in which they were registered.
    pub(super) fn listed(&self) -> Result<Arc<[stored::CollectionRow]>, Refusal> {
        // Held while the store is asked: what is registered meanwhile clears it afterwards.
        let mut listed = unpoisoned(&self.listed);
        if let Some(rows) = &*listed {
            return Ok(Arc::clone(rows));
        }
        let rows: Arc<[_]> = self.store.collections().map_err(|error| failed(&error))?.into();
        *listed = Some(Arc::clone(&rows));
        Ok(rows)
    }

    /// A collection as one of our own platforms sees it.
    fn shown(&self, principal: &Principal, collection: &stored::NewCollection) -> Collection {
        let writes = collection.id == self.inbox && self.writers.contains(&principal.0);
        shown_collection(collection, writes)
    }

    /// The markings that were handed in.
    pub(super) fn known(&self) -> Arc<Known> {
        Arc::clone(&self.markings())
    }

    /// Rows until there is one: the store may have looked at a long stretch in vain.
    fn rows<R>(
        &self,
        query: &PageQuery,
        page: impl Fn(&stored::Filter, Option<Instant>) -> Result<stored::Page<R>, bitacora_store::StoreError>,
    ) -> Result<(Vec<R>, bool), Refusal> {
        let Some(filter) = filter(&query.filter) else { return Ok((Vec::new(), false)) };
        let mut after = query.after.map(|position| Instant::from_micros(position.cast_signed()));
        loop {
            let stored::Page { rows, next } = page(&filter, after).map_err(|error| failed(&error))?;
            if !rows.is_empty() || next.is_none() {
                return Ok((rows, next.is_some()));
            }
            after = next;
        }
    }
}

fn unpoisoned<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

/// `None`: nothing can match.
pub(super) fn filter(asked: &Filter) -> Option<stored::Filter> {
    let spec_versions = match &asked.spec_versions {
        None => stored::SpecVersions::Newest,
        Some(wanted) if wanted.is_empty() => return None,
        Some(wanted) => stored::SpecVersions::AnyOf(wanted.iter().map(|one| one.text().to_owned()).collect()),
    };
    Some(stored::Filter {
        added_after: asked.added_after,
        ids: asked.ids.iter().cloned().collect(),
        types: asked.types.iter().cloned().collect(),
        spec_versions,
        versions: versions(&asked.versions),
    })
}

fn versions(asked: &Versions) -> stored::Versions {
    match asked {
        Versions::All => stored::Versions::ALL,
        Versions::Some { first, last, at } => {
            stored::Versions { all: false, first: *first, last: *last, at: at.iter().copied().collect() }
        }
    }
}

pub(super) fn entry(row: &stored::ManifestRow) -> Entry {
    Entry {
        position: row.date_added.micros().cast_unsigned(),
        date_added: row.date_added,
        id: row.id.clone(),
        version: row.version,
        spec_version: SpecVersion::parse(&row.spec_version).unwrap_or(SpecVersion::V21),
    }
}

pub(super) fn shown_collection(collection: &stored::NewCollection, can_write: bool) -> Collection {
    Collection {
        can_write,
        can_read: true,
        id: collection.id.clone(),
        title: collection.title.clone(),
        description: None,
        alias: collection.alias.clone(),
        media_types: vec![STIX_21.to_owned()],
    }
}

/// Collections that are for platforms of our own.
fn ours(rows: &[stored::CollectionRow]) -> impl Iterator<Item = &stored::NewCollection> {
    rows.iter().map(|row| &row.collection).filter(|one| !is_waived(one))
}

/// Whether a collection is for platforms of partners.
fn is_waived(collection: &stored::NewCollection) -> bool {
    collection.alias.as_ref().is_some_and(|alias| alias.ends_with(WAIVED))
}

impl Backend for Shelves {
    fn collections(&self, principal: &Principal, root: &str) -> Result<Vec<Collection>, Refusal> {
        if root != ROOT {
            return Ok(Vec::new());
        }
        if let Some(party) = self.partners.party(principal) {
            return self.waived_collections(party);
        }
        let rows = self.listed()?;
        Ok(ours(&rows).map(|collection| self.shown(principal, collection)).collect())
    }

    /// What was listed before is told at once; partners' collections are the desk's to tell.
    fn collection_at_hand(
        &self,
        principal: &Principal,
        root: &str,
        name: &str,
    ) -> Option<Option<Collection>> {
        if root != ROOT || self.partners.party(principal).is_some() {
            return None;
        }
        let listed = self.listed.try_lock().ok()?;
        let found = ours(listed.as_ref()?).find(|one| one.id == name || one.alias.as_deref() == Some(name));
        Some(found.map(|collection| self.shown(principal, collection)))
    }

    fn add(
        &self,
        principal: &Principal,
        _root: &str,
        collection: &str,
        submission: &Submission,
    ) -> Result<Added, Refusal> {
        let known = self.known();
        let read = inbox::read(&submission.objects, &known);
        let mut outcomes: Vec<Outcome> = Vec::with_capacity(submission.objects.len());
        let mut taken = Vec::new();
        for (object, refused) in submission.objects.iter().zip(&read.refused) {
            match refused {
                Some(why) => outcomes.push(Outcome::Refused(why.clone())),
                None => {
                    outcomes.push(Outcome::Pending);
                    taken.push(new_object(object));
                }
            }
        }
        let refused = submission.objects.iter().zip(&read.refused).filter_map(|(object, why)| {
            let why = why.clone()?;
            Some(inbox::Failure { id: object.id.clone(), version: object.version, why })
        });
        let before = submission.refused.iter().map(|refused| inbox::Failure {
            id: refused.id.clone(),
            version: refused.version,
            why: refused.message.clone(),
        });
        let note = inbox::Note { principal: principal.0.clone(), failures: refused.chain(before).collect() };
        let request = inbox::request(Some(principal)).map_err(not_made)?;
        let (id, at) = (request.id.clone(), request.at);
        let request = stored::Request { note: Some(note.text()), ..request };
        let stored = self.store.add(collection, request, taken).map_err(|error| failed(&error))?;
        if !read.known.is_empty() {
            Arc::make_mut(&mut *self.markings()).extend(read.known);
        }
        let mut stored = stored.into_iter().map(inbox::outcome);
        for outcome in outcomes.iter_mut().filter(|one| **one == Outcome::Pending) {
            if let Some(done) = stored.next() {
                *outcome = done;
            }
        }
        Ok(Added { status_id: id, request_timestamp: at, outcomes })
    }

    fn page(&self, principal: &Principal, collection: &str, query: &PageQuery) -> Result<Page<Row>, Refusal> {
        if self.partners.party(principal).is_some() {
            return self.waived_page(principal, collection, query, Content::Objects);
        }
        let (rows, more) = self.rows(query, |filter, after| {
            self.store.objects(collection, filter, after, query.limit, query.bytes)
        })?;
        let row = |row: stored::ObjectRow| Row { entry: entry(&row.manifest), bytes: row.content };
        Ok(Page { rows: rows.into_iter().map(row).collect(), guard: None, more })
    }

    fn manifest(
        &self,
        principal: &Principal,
        collection: &str,
        query: &PageQuery,
    ) -> Result<Page<Entry>, Refusal> {
        if self.partners.party(principal).is_some() {
            let Page { rows, guard, more } =
                self.waived_page(principal, collection, query, Content::Manifest)?;
            return Ok(Page { rows: rows.into_iter().map(|row| row.entry).collect(), guard, more });
        }
        let (rows, more) =
            self.rows(query, |filter, after| self.store.manifest(collection, filter, after, query.limit))?;
        Ok(Page { rows: rows.iter().map(entry).collect(), guard: None, more })
    }

    fn holds(&self, _: &Principal, collection: &str, id: &str) -> Result<bool, Refusal> {
        let all = stored::SpecVersions::All;
        let page = self.store.versions(collection, id, all, None, 1).map_err(|error| failed(&error))?;
        Ok(!page.rows.is_empty())
    }

    /// Whoever put it there may take it back, and not in silence: the node's log names what goes.
    fn delete(
        &self,
        principal: &Principal,
        collection: &str,
        id: &str,
        asked: &Versions,
        spec_versions: Option<&[SpecVersion]>,
    ) -> Result<usize, Refusal> {
        let specs = spec_versions.map_or(stored::SpecVersions::All, |wanted| {
            stored::SpecVersions::AnyOf(wanted.iter().map(|one| one.text().to_owned()).collect())
        });
        let request = inbox::request(Some(principal)).map_err(not_made)?;
        let gone = self.store.delete(collection, id, &specs, &versions(asked), &request);
        self.deleted.store(true, Ordering::Release);
        gone.map(|rows| rows.len()).map_err(|error| failed(&error))
    }

    fn status(&self, principal: &Principal, _root: &str, id: &str) -> Result<Option<Status>, Refusal> {
        let Some(row) = self.store.status(id).map_err(|error| failed(&error))? else { return Ok(None) };
        let Some(note) = inbox::Note::read(&row.note).filter(|note| note.principal == principal.0) else {
            return Ok(None);
        };
        let mut status = Status {
            id: row.id,
            request_timestamp: row.requested,
            successes: Vec::new(),
            failures: Vec::new(),
            pendings: Vec::new(),
        };
        for stored::StatusEntry { id, added } in row.entries {
            let version = added.version();
            match inbox::outcome(added) {
                Outcome::Refused(why) => status.failures.push(Detail { id, version, message: Some(why) }),
                _ => status.successes.push(Detail { id, version, message: None }),
            }
        }
        status.failures.extend(note.failures.into_iter().map(|one| Detail {
            id: one.id,
            version: one.version.unwrap_or(row.requested),
            message: Some(one.why),
        }));
        Ok(Some(status))
    }
}

fn new_object(object: &Object) -> stored::NewObject {
    stored::NewObject {
        id: object.id.clone(),
        spec_version: object.spec_version.text().to_owned(),
        version: object.version,
        hash: sha256(&object.bytes).0,
        content: object.bytes.clone(),
    }
}
