//! Platforms of partners. One reads only what was released to its party under a clause that waives the receipt; the exchange
//! decides every page and logs it before it goes, and the gate is asked again for every piece of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError, RwLock, mpsc};

use bitacora_exchange::page::{Content, MOST_OBJECTS};
use bitacora_exchange::side::{PageAsked, PageObject, PageRefused, Paged};
use bitacora_exchange::tags::Tags;
use bitacora_exchange::{Sheet, Shut, Side};
use bitacora_primitives::markings::{AgreementId, PartyCode};
use bitacora_primitives::{Instant, ReleaseId, SuspensionId};
use bitacora_store::taxii as stored;
use bitacora_taxii::{Collection, Gatekeeper, Guard, Page, PageQuery, Principal, Refusal, Row};

use super::settings::Platform;
use super::shelves::{Shelves, entry, filter, shown_collection};
use super::{failed, inbox, not_made};
use crate::error::NodeError;
use crate::exchange::Standing;
use crate::exchange::desk::Desk;
use crate::exchange::engine::EngineError;

/// Ends the alias of a collection for a partner's platforms.
pub(super) const WAIVED: &str = "-waived";

/// An object's id and version.
type Version = (String, Instant);

/// What a collection for a partner's platforms may show, before each page is decided.
#[derive(Debug)]
pub(super) struct Waived {
    pub(super) agreement: AgreementId,
    /// Of all that is in it: where every one of them is stopped, so is the collection.
    pub(super) tags: BTreeSet<Arc<Tags>>,
    /// The releases that each object says something of.
    pub(super) releases: BTreeMap<Version, BTreeSet<ReleaseId>>,
}

impl Waived {
    pub(super) fn of(agreement: AgreementId) -> Self {
        Self { agreement, tags: BTreeSet::new(), releases: BTreeMap::new() }
    }
}

/// Collections by their ids.
pub(super) type AllWaived = BTreeMap<String, Waived>;

pub(super) struct Partners {
    desk: Option<Arc<Desk>>,
    platforms: BTreeMap<String, PartyCode>,
    /// `None` until the logs have been looked at.
    shown: RwLock<Option<Arc<AllWaived>>>,
}

impl Partners {
    pub(super) fn of(platforms: &[Platform], desk: Option<Arc<Desk>>) -> Result<Self, NodeError> {
        let mut parties = BTreeMap::new();
        for platform in platforms {
            let Some(party) = &platform.partner else { continue };
            if platform.write {
                let name = &platform.name;
                return Err(NodeError::Exchange(format!(
                    "platform `{name}` is of {party}, and cannot write"
                )));
            }
            parties.insert(platform.name.clone(), party.clone());
        }
        Ok(Self { desk, platforms: parties, shown: RwLock::default() })
    }

    /// The partner whose platform this is; `None` of our own country's.
    pub(super) fn party(&self, principal: &Principal) -> Option<&PartyCode> {
        self.platforms.get(&principal.0)
    }
    pub(super) fn is_empty(&self) -> bool {
        self.platforms.is_empty()
    }

    pub(super) fn show(&self, shown: AllWaived) {
        *self.shown.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(shown));
    }

    fn shown(&self) -> Result<Arc<AllWaived>, Refusal> {
        let shown = self.shown.read().unwrap_or_else(PoisonError::into_inner).clone();
        shown.ok_or(Refusal::Unavailable { retry_after_s: Some(2) })
    }

    /// The agreements with this partner in which a clause waives its receipt. Where there is none, that is what it is told.
    fn waiving(&self, party: &PartyCode) -> Result<BTreeSet<AgreementId>, Refusal> {
        let (mut with, mut waiving) = (Vec::new(), BTreeSet::new());
        let standing = self.desk.iter().flat_map(|desk| &desk.exchanges.standing);
        for (id, one) in standing {
            let look = one.engine.look();
            if look.side.partner_code() != party {
                continue;
            }
            with.push(("agreement".to_owned(), id.to_string()));
            if look.side.own().ended().is_none() && look.side.waiver().is_some() {
                waiving.insert(id.clone());
            }
        }
        if waiving.is_empty() {
            let title =
                format!("receipt_not_waived: no clause lets a platform of {party} read without a receipt");
            return Err(Refusal::Denied { title, details: with });
        }
        Ok(waiving)
    }

    fn standing(&self, agreement: &AgreementId) -> Option<&Standing> {
        self.desk.as_ref()?.exchanges.standing.get(agreement)
    }
}

impl Shelves {
    /// What a platform of this partner may know of: the collections of its agreements, and nothing else.
    pub(super) fn waived_collections(&self, party: &PartyCode) -> Result<Vec<Collection>, Refusal> {
        let waiving = self.partners.waiving(party)?;
        let shown = self.partners.shown()?;
        let rows = self.listed()?;
        let of = |id: &String| shown.get(id).is_some_and(|one| waiving.contains(&one.agreement));
        let rows = rows.iter().filter(|row| of(&row.collection.id));
        Ok(rows.map(|row| shown_collection(&row.collection, false)).collect())
    }

    /// A page, decided and logged. What may not be read now is taken out of the collection, so that no cursor passes it: when
    /// it may be read again it is put in anew.
    pub(super) fn waived_page(
        &self,
        principal: &Principal,
        collection: &str,
        query: &PageQuery,
        content: Content,
    ) -> Result<Page<Row>, Refusal> {
        let shown = self.partners.shown()?;
        let gone = || Refusal::Unavailable { retry_after_s: Some(2) };
        let waived = shown.get(collection).ok_or_else(gone)?;
        let standing = self.partners.standing(&waived.agreement).ok_or_else(gone)?;
        whole_stop(&standing.engine.look().side, &waived.tags)?;
        let empty = Page { rows: Vec::new(), guard: None, more: false };
        let Some(filter) = filter(&query.filter) else { return Ok(empty) };
        let limit = query.limit.min(MOST_OBJECTS);
        let mut after = query.after.map(|position| Instant::from_micros(position.cast_signed()));
        loop {
            let page = self.store.objects(collection, &filter, after, limit, query.bytes);
            let stored::Page { rows, next } = page.map_err(|error| failed(&error))?;
            if rows.is_empty() {
                match next {
                    Some(next) => after = Some(next),
                    None => return Ok(empty),
                }
                continue;
            }
            let object = |row: &stored::ObjectRow| {
                let version = (row.manifest.id.clone(), row.manifest.version);
                let releases = waived.releases.get(&version).into_iter().flatten().copied().collect();
                PageObject { bytes: row.content.clone(), releases }
            };
            let asked = PageAsked {
                platform: principal.0.clone(),
                collection: collection.to_owned(),
                content,
                objects: rows.iter().map(object).collect(),
            };
            let Paged { sheet, kept, refused, looked_at } = decided(standing, asked)?;
            self.set_aside(collection, &rows, &refused)?;
            let more = next.is_some() || looked_at < rows.len();
            if let Some(sheet) = sheet {
                let entries =
                    kept.iter().filter_map(|place| rows.get(*place)).map(|row| entry(&row.manifest));
                let rows =
                    entries.zip(sheet.objects()).map(|(entry, bytes)| Row { entry, bytes: bytes.clone() });
                let rows = rows.collect();
                return Ok(Page { rows, guard: Some(Guard(Arc::new(Passed(sheet)))), more });
            }
            if !more {
                // Stopped since it was looked at: the client is told why, and does not take it for an end.
                whole_stop(&standing.engine.look().side, &waived.tags)?;
                return Ok(empty);
            }
            after =
                looked_at.checked_sub(1).and_then(|last| rows.get(last)).map(|row| row.manifest.date_added);
        }
    }

    fn set_aside(
        &self,
        collection: &str,
        rows: &[stored::ObjectRow],
        refused: &[PageRefused],
    ) -> Result<(), Refusal> {
        for row in refused.iter().filter_map(|one| rows.get(one.place)) {
            let stored::ManifestRow { id, version, .. } = &row.manifest;
            let at = stored::Versions { all: false, first: false, last: false, at: vec![*version] };
            let request = inbox::request(None).map_err(not_made)?;
            let all = stored::SpecVersions::All;
            let gone = self.store.delete(collection, id, &all, &at, &request);
            gone.map_err(|error| failed(&error))?;
        }
        Ok(())
    }
}

/// Decided by the exchange, with its leaf durable when this returns.
// INVARIANT: the leaf is durable before the first byte leaves.
fn decided(standing: &Standing, asked: PageAsked) -> Result<Paged, Refusal> {
    let (tell, told) = mpsc::channel();
    let acted = standing.engine.act(move |party, shelf, now| {
        let paged = party.side.page(asked, shelf, now)?;
        // The asker may have gone: the page is logged all the same.
        tell.send(paged).ok();
        Ok(())
    });
    match acted {
        Ok(()) => told.recv().map_err(|_| Refusal::Unavailable { retry_after_s: None }),
        Err(EngineError::Side(error)) => Err(Refusal::Failed { cause: error.to_string() }),
        Err(EngineError::NotStored(_) | EngineError::Stopping) => {
            Err(Refusal::Unavailable { retry_after_s: Some(2) })
        }
    }
}

/// A sheet on its way out.
struct Passed(Sheet);

impl Gatekeeper for Passed {
    fn pass(&self, hand_over: &mut dyn FnMut()) -> bool {
        self.0.pass(hand_over).is_ok()
    }
}

/// Denies where everything is stopped, with the suspension and as long as what it lasts.
fn whole_stop(side: &Side, tags: &BTreeSet<Arc<Tags>>) -> Result<(), Refusal> {
    let mut stopped = None;
    for one in tags {
        match side.gate_says(one) {
            Ok(()) => return Ok(()),
            Err(Shut::NotOpen) => return Err(Refusal::Unavailable { retry_after_s: Some(2) }),
            Err(Shut::Suspended(id)) => stopped = stopped.or(Some(id)),
        }
    }
    stopped.map_or(Ok(()), |id| Err(suspended(side, id)))
}

fn suspended(side: &Side, id: SuspensionId) -> Refusal {
    let mut details = vec![
        ("agreement".to_owned(), side.agreement_id().to_string()),
        ("suspension".to_owned(), id.to_string()),
    ];
    let own = side.own();
    // A stop that was made and is not in the log yet is known by its id alone.
    if let Some(one) = own.suspensions().get(&id).or_else(|| own.seen().get(&id)) {
        let notice = &one.notice;
        let told = [
            ("by", notice.by.as_str()),
            ("reason_es", &notice.reason.es),
            ("reason_en", &notice.reason.en),
            ("condition_es", &notice.condition.text.es),
            ("condition_en", &notice.condition.text.en),
        ];
        details.extend(told.map(|(name, text)| (name.to_owned(), text.to_owned())));
        details.push(("gate_closed".to_owned(), notice.gate_closed.to_string()));
    }
    if let Some(waiver) = side.waiver() {
        details.push(("clause".to_owned(), waiver.to_string()));
    }
    Refusal::Denied { title: "suspended: nothing is read until it is resumed".to_owned(), details }
}
