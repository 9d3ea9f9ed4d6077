//! Giving a page to a platform of the partner, under a clause that waives receipts: every release in it is decided anew, as
//! it was offered and as it was cut, and one leaf names all that goes.

use std::collections::{BTreeMap, BTreeSet};

use bitacora_ledger::{hex, sha256};
use bitacora_policy::{Act, Decision, Reason, ReasonCode};
use bitacora_primitives::markings::{ClauseId, Handling};
use bitacora_primitives::{Instant, ReleaseId};

use super::offer::again;
use super::{Side, SideError};
use crate::agreement::Agreement;
use crate::document::Document;
use crate::history::{Stage, waiver};
use crate::page::{Content, MOST_OBJECTS, MOST_RELEASES, ObjectHash, Page, PageDecision, Sheet};
use crate::record::{Held, Record};
use crate::shelf::Shelf;
use crate::tags::Tags;

/// An object that may stand in a page.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PageObject {
    pub bytes: Vec<u8>,
    /// The releases that it says something of. What several items share goes where one of them goes.
    pub releases: Vec<ReleaseId>,
}

/// What a platform of the partner asks for, in the order of its collection.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PageAsked {
    pub platform: String,
    pub collection: String,
    pub content: Content,
    pub objects: Vec<PageObject>,
}

/// An object that stays, and why: the answer of the first of its releases.
#[derive(Clone, PartialEq, Debug)]
pub struct PageRefused {
    /// Its place among those asked for.
    pub place: usize,
    pub reasons: Vec<Reason>,
}

/// What became of a page.
#[derive(Clone, Debug)]
pub struct Paged {
    /// `None` where nothing may go: then there is no leaf.
    pub sheet: Option<Sheet>,
    /// Places of the objects in the sheet, among those asked for.
    pub kept: Vec<usize>,
    pub refused: Vec<PageRefused>,
    /// How many of those asked for were looked at: a leaf names so many objects and no more.
    pub looked_at: usize,
}

/// A release's answer: the tags it goes under, or why it stays.
type Answer = Result<(Tags, Decision), Vec<Reason>>;

impl Side {
    /// The clause under which a platform of the partner may read what we released, if there is one in force.
    pub fn waiver(&self) -> Option<&ClauseId> {
        waiver(self.own.agreement()?, &self.me, &self.partner_code)
    }

    /// Decides a page and records it in one leaf. The sheet may be written once that leaf is durable.
    pub fn page(&mut self, asked: PageAsked, shelf: &dyn Shelf, now: Instant) -> Result<Paged, SideError> {
        let agreement = self.in_force()?;
        let mut answers: BTreeMap<ReleaseId, Answer> = BTreeMap::new();
        let mut going: BTreeSet<ReleaseId> = BTreeSet::new();
        let (mut kept, mut refused, mut looked_at) = (Vec::new(), Vec::new(), 0);
        for (place, object) in asked.objects.iter().enumerate() {
            if kept.len() == MOST_OBJECTS {
                break;
            }
            for id in &object.releases {
                if !answers.contains_key(id) {
                    answers.insert(*id, self.may_be_read(&agreement, *id, shelf, now)?);
                }
            }
            let mut open = object.releases.iter().filter(|id| answers.get(id).is_some_and(Result::is_ok));
            let carried = open.clone().find(|id| going.contains(id)).or_else(|| open.next());
            match carried {
                Some(id) => {
                    if !going.contains(id) && going.len() == MOST_RELEASES {
                        break;
                    }
                    going.insert(*id);
                    kept.push(place);
                }
                None => refused.push(PageRefused { place, reasons: first_refusal(object, &answers) }),
            }
            looked_at = place + 1;
        }
        let sheet = self.record_page(&agreement, asked, &kept, &going, &answers, now)?;
        Ok(Paged { sheet, kept, refused, looked_at })
    }

    fn record_page(
        &mut self,
        agreement: &Agreement,
        asked: PageAsked,
        kept: &[usize],
        going: &BTreeSet<ReleaseId>,
        answers: &BTreeMap<ReleaseId, Answer>,
        now: Instant,
    ) -> Result<Option<Sheet>, SideError> {
        let mut decisions: Vec<PageDecision> = Vec::new();
        let mut policy_set = String::new();
        for id in going {
            let Some(Ok((tags, decision))) = answers.get(id) else { continue };
            policy_set = hex::encode(&decision.policy_set);
            let same = |one: &&mut PageDecision| one.tags == *tags && one.reasons == decision.reasons;
            match decisions.iter_mut().find(same) {
                Some(one) => one.releases.push(*id),
                None => decisions.push(PageDecision {
                    tags: tags.clone(),
                    reasons: decision.reasons.clone(),
                    releases: vec![*id],
                }),
            }
        }
        let Some(waiver) = waiver(agreement, &self.me, &self.partner_code).filter(|_| !kept.is_empty())
        else {
            return Ok(None);
        };
        let items: Vec<Tags> = decisions.iter().map(|decision| decision.tags.clone()).collect();
        let mut objects: Vec<Option<Vec<u8>>> =
            asked.objects.into_iter().map(|object| Some(object.bytes)).collect();
        let objects: Vec<Vec<u8>> =
            kept.iter().filter_map(|place| objects.get_mut(*place).and_then(Option::take)).collect();
        let page = Page {
            to: self.partner_code.clone(),
            platform: asked.platform,
            collection: asked.collection,
            content: asked.content,
            version: agreement.version,
            epoch: self.own.epoch(),
            policy_set,
            waiver: waiver.clone(),
            decisions,
            objects: objects.iter().map(|bytes| ObjectHash(sha256(bytes))).collect(),
        };
        let leaf = self.append(Record::Page(Box::new(page)), now)?;
        Ok(Some(Sheet::new(leaf, objects, items, self.gate.clone())))
    }

    /// Whether a platform may read this release now. It was released, and not cut since; the clauses in force permit it
    /// still, and it was cut at least as far as they ask.
    fn may_be_read(
        &self,
        agreement: &Agreement,
        release: ReleaseId,
        shelf: &dyn Shelf,
        now: Instant,
    ) -> Result<Answer, SideError> {
        let not = |code| Ok(Err(vec![Reason { clause: agreement.id.to_string(), code, until: None }]));
        let Some(state) = self.own.releases().get(&release) else { return not(ReasonCode::NoClause) };
        if matches!(state.stage, Stage::Cut | Stage::Declined) {
            return not(ReasonCode::NoClause);
        }
        let kept = shelf.offer(&release)?.ok_or(SideError::NoOffer(release))?;
        let kept: Held = serde_json::from_str(&kept).map_err(|_| SideError::NoOffer(release))?;
        let asked = again(&kept);
        let approvals = u8::try_from(kept.approvals.len()).unwrap_or(u8::MAX);
        let (decision, tags) = self.decide_act(Act::Poll, agreement, &asked, approvals, now);
        let Some(tags) = tags.filter(|_| decision.permits()) else { return Ok(Err(decision.reasons)) };
        match self.given(release, shelf) {
            Ok(document) if is_cut_as(&document, &decision) => Ok(Ok((tags, decision))),
            // It went out under an earlier version, which cut less; or its secret is destroyed.
            Ok(_) | Err(SideError::Secret(_)) => not(ReasonCode::DecisionError),
            Err(error) => Err(error),
        }
    }
}

/// Whether a document, as it left, lacks all that a decision made now takes from it.
fn is_cut_as(document: &Document, decision: &Decision) -> bool {
    let coarse = document.place.is_none_or(|place| place.grid_m >= decision.form.grid_m);
    let cut = decision.cut.iter().all(|field| !document.fields.contains_key(field));
    coarse && cut && is_as_narrow(&document.handling, &decision.handling)
}

fn is_as_narrow(one: &Handling, other: &Handling) -> bool {
    one.tlp >= other.tlp
        && one.codes.is_superset(&other.codes)
        && one.releasable_to.is_subset(&other.releasable_to)
}

fn first_refusal(object: &PageObject, answers: &BTreeMap<ReleaseId, Answer>) -> Vec<Reason> {
    let refusals = object.releases.iter().filter_map(|id| answers.get(id)?.as_ref().err());
    refusals.into_iter().next().cloned().unwrap_or_default()
}
