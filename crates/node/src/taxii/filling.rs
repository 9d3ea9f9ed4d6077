//! Keeps the collections as the node's logs stand: what the node gave and what is its own is there, and what is not shown
//! any more (withdrawn, its key destroyed) is taken out.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant as Stopwatch};

use bitacora_ledger::sha256;
use bitacora_primitives::Instant;
use bitacora_stix::Object;
use bitacora_store::taxii::{self as stored, NewObject};

use super::inbox;
use super::partners::{AllWaived, WAIVED, Waived};
use super::shelves::Shelves;
use crate::error::NodeError;
use crate::stix::Holdings;
use crate::stix::left_out::LeftOut;

/// Between two looks, at least; a look that took long is followed by a longer rest, so that it costs a tenth of a core.
const REST: Duration = Duration::from_secs(2);
const SHARE: u32 = 10;
const BATCH: usize = 1_000;
/// Constants, or named by their content: they stay.
const SHARED: [&str; 3] = ["marking-definition", "identity", "extension-definition"];

/// An object's id and version.
type Version = (String, Instant);

/// What is shown in one collection.
#[derive(Default)]
struct Shown {
    title: String,
    objects: BTreeMap<Version, Object>,
}

impl Shown {
    fn add(&mut self, objects: Vec<Object>) {
        for object in objects {
            if let Some(version) = version(&object) {
                self.objects.insert((object.id().to_owned(), version), object);
            }
        }
    }
}

/// What the collection is named by that these objects go into.
fn subject(objects: &[Object]) -> &str {
    objects.iter().map(Object::kind).find(|kind| is_subject(kind)).unwrap_or("item")
}

/// Fills the collections until `stop`, on a thread of its own.
pub(super) fn keep(
    shelves: Arc<Shelves>,
    folder: PathBuf,
    database: Option<String>,
    stop: Arc<AtomicBool>,
) -> Result<(), NodeError> {
    let fill = move || {
        while !stop.load(Ordering::Relaxed) {
            let begun = Stopwatch::now();
            if let Err(error) = look(&shelves, &folder, database.as_deref()) {
                tracing::warn!(%error, "collections are not brought up to date, the next turn tries again");
            }
            let rest = REST.max(begun.elapsed() * SHARE);
            let ticks = rest.as_millis() / 50;
            for _ in 0..ticks {
                if stop.load(Ordering::Relaxed) {
                    break;
                }
                std::thread::sleep(Duration::from_millis(50));
            }
        }
    };
    std::thread::Builder::new()
        .name("taxii".to_owned())
        .spawn(fill)
        .map(drop)
        .map_err(|cause| NodeError::Thread { cause })
}

fn look(shelves: &Shelves, folder: &Path, database: Option<&str>) -> Result<(), NodeError> {
    let holdings = Holdings::open(folder, database)?;
    let mut shown: BTreeMap<String, Shown> = BTreeMap::new();
    for planned in holdings.plan(&mut LeftOut::default())? {
        // What a partner gave would lie open in the database: it is shown by `bitacora stix` and on the page alone.
        let Some(under) = holdings.under(&planned) else { continue };
        let Ok(objects) = holdings.objects(&planned) else { continue };
        let subject = subject(&objects);
        let alias = format!("{}-{subject}", under.to_lowercase());
        let collection = shown.entry(alias).or_default();
        collection.title = format!("{under}: {subject}");
        collection.add(objects);
    }
    if !shelves.partners.is_empty() {
        let waived = waived(shelves, &holdings, &mut shown)?;
        // Before anything is put in: what a page does not know it takes out.
        shelves.partners.show(waived);
    }
    for (alias, shown) in &shown {
        shelves.register(alias, &shown.title)?;
    }
    for row in shelves.store.collections()? {
        let collection = row.collection;
        if collection.id == shelves.inbox {
            continue;
        }
        let shown = collection.alias.as_ref().and_then(|alias| shown.get(alias));
        let there = versions(shelves, &collection.id)?;
        if let Some(shown) = shown {
            put(shelves, &collection.id, shown, &there)?;
        }
        take_out(shelves, &collection.id, shown, there)?;
    }
    Ok(())
}

/// What partners' platforms are shown, in collections of their own: the caveats are others there.
fn waived(
    shelves: &Shelves,
    holdings: &Holdings,
    shown: &mut BTreeMap<String, Shown>,
) -> Result<AllWaived, NodeError> {
    let mut all = AllWaived::new();
    for one in holdings.plan_waived()? {
        let Ok((release, objects)) = holdings.waived_objects(&one) else { continue };
        let (under, subject) = (&one.agreement, subject(&objects));
        let alias = format!("{}-{subject}{WAIVED}", under.as_str().to_lowercase());
        let title = format!("{under}: {subject}, receipt waived");
        let id = shelves.register(&alias, &title)?;
        let waived = all.entry(id).or_insert_with(|| Waived::of(under.clone()));
        waived.tags.insert(one.tags);
        for object in &objects {
            if let Some(version) = version(object) {
                let key = (object.id().to_owned(), version);
                waived.releases.entry(key).or_default().insert(release);
            }
        }
        let collection = shown.entry(alias).or_default();
        collection.title = title;
        collection.add(objects);
    }
    Ok(all)
}

/// The types that a collection is named by: each item is one object of one of them, beside what it tells of.
fn is_subject(kind: &str) -> bool {
    ["lead", "contact", "track", "distress", "series", "incident", "seizure", "case"].contains(&kind)
}

/// `modified`, else `created`.
fn version(object: &Object) -> Option<Instant> {
    Instant::parse(object.version()).ok()
}

/// Adds what is not there.
fn put(
    shelves: &Shelves,
    collection: &str,
    shown: &Shown,
    there: &BTreeSet<Version>,
) -> Result<(), NodeError> {
    let new: Vec<NewObject> = shown
        .objects
        .iter()
        .filter(|(version, _)| !there.contains(*version))
        .map(|((id, version), object)| NewObject {
            id: id.clone(),
            spec_version: "2.1".to_owned(),
            version: Some(*version),
            hash: sha256(object.canonical().as_bytes()).0,
            content: object.canonical().as_bytes().to_vec(),
        })
        .collect();
    for batch in new.chunks(BATCH) {
        shelves.store.add(collection, inbox::request(None)?, batch.to_vec())?;
    }
    Ok(())
}

/// Takes out what is not shown any more.
fn take_out(
    shelves: &Shelves,
    collection: &str,
    shown: Option<&Shown>,
    there: BTreeSet<Version>,
) -> Result<(), NodeError> {
    for (id, version) in there {
        let kind = id.split("--").next().unwrap_or_default();
        let stays = shown.is_some_and(|shown| shown.objects.contains_key(&(id.clone(), version)));
        if stays || SHARED.contains(&kind) {
            continue;
        }
        let at = stored::Versions { all: false, first: false, last: false, at: vec![version] };
        shelves.store.delete(collection, &id, &stored::SpecVersions::All, &at, &inbox::request(None)?)?;
    }
    Ok(())
}

/// Every version that a collection holds.
fn versions(shelves: &Shelves, collection: &str) -> Result<BTreeSet<Version>, NodeError> {
    let filter = stored::Filter {
        versions: stored::Versions::ALL,
        spec_versions: stored::SpecVersions::All,
        ..stored::Filter::default()
    };
    let (mut there, mut after) = (BTreeSet::new(), None);
    loop {
        let page = shelves.store.manifest(collection, &filter, after, BATCH)?;
        there.extend(page.rows.into_iter().map(|row| (row.id, row.version)));
        after = page.next;
        if after.is_none() {
            return Ok(there);
        }
    }
}
