//! Releasing: ask, decide, cut, seal, record. Everything refused or held is recorded with its clause too.

use std::collections::{BTreeMap, BTreeSet};

use bitacora_ledger::{Salt, hex, sha256};
use bitacora_policy::{Act, Decision, Reason, ReasonCode, Request, Rule};
use bitacora_primitives::markings::{ClauseId, FieldName, ItemKind, PartyCode, Purpose, Text};
use bitacora_primitives::{Instant, Offer, ReleaseId};

use super::{Side, SideError};
use crate::agreement::Agreement;
use crate::area::areas_of;
use crate::document::{Terms, cut};
use crate::gate::Shut;
use crate::history::Stage;
use crate::record::{
    Approval, EntryError, Held, Record, Refused, Release, ReleaseAct, ReleaseStatement, Sealed, Signed,
    Withdrawal, statement_bytes,
};
use crate::sealing;
use crate::shelf::Shelf;
use crate::tags::Tags;
use crate::wire::MAX_ITEM_BYTES;

/// What is asked: this item, to this party, for this purpose.
#[derive(Clone, PartialEq, Debug)]
pub struct Asked {
    pub offer: Offer,
    pub to: PartyCode,
    /// As written: what is no lawful purpose is refused by the base prohibition, not by the keyboard.
    pub purpose: String,
    /// From a standing subscription: nobody signs it.
    pub standing: bool,
    pub asset: Option<String>,
    pub corrects: Option<ReleaseId>,
}

/// What came of it.
#[derive(Clone, PartialEq, Debug)]
pub enum Offered {
    Released {
        release: ReleaseId,
        leaf: u64,
        decision: Decision,
    },
    Held {
        leaf: u64,
        decision: Decision,
    },
    Refused {
        leaf: u64,
        decision: Decision,
    },
    /// The same revision went to the same party for the same purpose before.
    Already {
        release: ReleaseId,
    },
}

impl Side {
    /// "If I released this to X for Y?" Decides and changes nothing.
    pub fn ask(&self, asked: &Asked, approvals: u8, now: Instant) -> Result<Decision, SideError> {
        let agreement = self.in_force()?;
        Ok(self.decide(&agreement, asked, approvals, now).0)
    }

    /// What an officer signs to release this offer, and the salt that it was made with.
    pub fn statement(&self, asked: &Asked) -> Result<Option<(ReleaseStatement, Salt)>, SideError> {
        let agreement = self.in_force()?;
        let Ok(purpose) = asked.purpose.parse::<Purpose>() else { return Ok(None) };
        let salt = match self.held_before(asked, purpose) {
            Some(held) => held.salt,
            None => self.salt()?,
        };
        Ok(Some((statement(&agreement, asked, purpose, salt)?, salt)))
    }

    /// Releases an item, or records why not. `signed` holds this officer's signature over [`Side::statement`]; one
    /// who signed before, while it was held for a second, is remembered.
    pub fn offer(
        &mut self,
        asked: Asked,
        salt: Option<Salt>,
        mut approvals: Vec<Approval>,
        now: Instant,
    ) -> Result<Offered, SideError> {
        let agreement = self.in_force()?;
        let purpose = asked.purpose.parse::<Purpose>().ok();
        let given = salt;
        let mut salt = match given {
            Some(salt) => salt,
            None => self.salt()?,
        };
        if let Some(purpose) = purpose {
            if let Some(release) = self.went_before(&asked, purpose) {
                return Ok(Offered::Already { release });
            }
            // A signature is over one salt: one over another, of the same item cut before, is not mixed in.
            let held =
                self.held_before(&asked, purpose).filter(|held| given.is_none_or(|given| given == held.salt));
            if let Some(held) = held {
                salt = held.salt;
                let known = self.still_signed(&agreement, held, &asked)?;
                let known =
                    known.into_iter().filter(|one| approvals.iter().all(|new| new.officer != one.officer));
                let known: Vec<Approval> = known.collect();
                approvals.extend(known);
            }
            self.own.approvals_hold(&approvals, &statement(&agreement, &asked, purpose, salt)?)?;
        } else {
            approvals.clear();
        }
        let count = u8::try_from(approvals.len()).unwrap_or(u8::MAX);
        let (decision, tags) = self.decide(&agreement, &asked, count, now);
        match (tags, purpose) {
            (Some(tags), Some(purpose)) if decision.permits() => {
                self.release(&agreement, asked, salt, approvals, decision, tags, purpose, now)
            }
            (_, Some(purpose)) if decision.waits() => {
                let held = Held {
                    offer: asked.offer,
                    salt,
                    to: asked.to,
                    purpose,
                    version: agreement.version,
                    standing: asked.standing,
                    asset: asked.asset,
                    corrects: asked.corrects,
                    reasons: decision.reasons.clone(),
                    approvals,
                };
                let key = (held.offer.id.clone(), held.to.clone(), held.purpose);
                let same = self.own.held().get(&key).is_some_and(|known| {
                    known.offer == held.offer
                        && known.approvals == held.approvals
                        && codes(&known.reasons) == codes(&held.reasons)
                });
                // Asked again with nothing new, it is not recorded again.
                let leaf =
                    if same { self.tree.size() } else { self.append(Record::Held(Box::new(held)), now)? };
                Ok(Offered::Held { leaf, decision })
            }
            _ => {
                let refused = Refused {
                    item: asked.offer.id,
                    revision: asked.offer.revision,
                    kind: asked.offer.kind,
                    to: asked.to.to_string(),
                    purpose: asked.purpose.chars().take(80).collect(),
                    version: agreement.version,
                    reasons: decision.reasons.clone(),
                };
                let leaf = self.append(Record::Refused(refused), now)?;
                Ok(Offered::Refused { leaf, decision })
            }
        }
    }

    /// Takes back a release: the recipient is told, and quiets what it shows. What was read stays read.
    pub fn withdraw(
        &mut self,
        release: ReleaseId,
        reason: Text,
        approvals: Vec<Approval>,
        now: Instant,
    ) -> Result<u64, SideError> {
        if !self.own.releases().contains_key(&release) {
            return Err(SideError::UnknownRelease(release));
        }
        self.append(Record::Withdrawal(Signed { statement: Withdrawal { release, reason }, approvals }), now)
    }

    /// Decides what is held again: time has passed, a second officer signed, a scope was resumed. Nothing queued
    /// leaves unexamined.
    pub fn review(&mut self, now: Instant) -> Result<Vec<Offered>, SideError> {
        if !self.is_running() {
            return Ok(Vec::new());
        }
        let agreement = self.in_force()?;
        let held: Vec<Held> = self.own.held().values().cloned().collect();
        let mut outcomes = Vec::new();
        for held in held {
            let approvals = u8::try_from(held.approvals.len()).unwrap_or(u8::MAX);
            let asked = again(&held);
            // Only what would now go, or would now be refused for good, is worth a leaf.
            let (decision, _) = self.decide(&agreement, &asked, approvals, now);
            if decision.permits() {
                let approvals = self.still_signed(&agreement, &held, &asked)?;
                outcomes.push(self.offer(asked, Some(held.salt), approvals, now)?);
            }
        }
        Ok(outcomes)
    }

    /// Offers again what a suspension cut, after its resumption: each is decided anew.
    pub(super) fn offer_cut_again(
        &mut self,
        shelf: &dyn Shelf,
        now: Instant,
    ) -> Result<Vec<Offered>, SideError> {
        let cut: Vec<ReleaseId> = {
            let mut cut: Vec<(u64, ReleaseId)> = self
                .own
                .releases()
                .iter()
                .filter(|(_, state)| {
                    state.stage == Stage::Cut && !state.replaced && self.gate.check(&state.tags).is_ok()
                })
                .map(|(id, state)| (state.leaf, *id))
                .collect();
            cut.sort_unstable();
            cut.into_iter().map(|(_, id)| id).collect()
        };
        let mut outcomes = Vec::new();
        for release in cut {
            let Some(text) = shelf.offer(&release)? else { return Err(SideError::NoOffer(release)) };
            let Ok(kept) = serde_json::from_str::<Held>(&text) else {
                return Err(SideError::NoOffer(release));
            };
            let agreement = self.in_force()?;
            let asked = again(&kept);
            let (decision, tags) =
                self.decide(&agreement, &asked, u8::try_from(kept.approvals.len()).unwrap_or(u8::MAX), now);
            let open = tags.is_some_and(|tags| self.gate.check(&tags).is_ok());
            if decision.permits() && open && self.went_before(&asked, kept.purpose).is_none() {
                let approvals = self.still_signed(&agreement, &kept, &asked)?;
                outcomes.push(self.offer(asked, Some(kept.salt), approvals, now)?);
            }
        }
        Ok(outcomes)
    }

    /// Officers signed under a version and while they were enrolled; otherwise they must sign again.
    fn still_signed(
        &self,
        agreement: &Agreement,
        held: &Held,
        asked: &Asked,
    ) -> Result<Vec<Approval>, SideError> {
        let statement = statement(agreement, asked, held.purpose, held.salt)?;
        let hold =
            held.version == agreement.version && self.own.approvals_hold(&held.approvals, &statement).is_ok();
        Ok(if hold { held.approvals.clone() } else { Vec::new() })
    }

    fn held_before(&self, asked: &Asked, purpose: Purpose) -> Option<&Held> {
        let key = (asked.offer.id.clone(), asked.to.clone(), purpose);
        self.own.held().get(&key).filter(|held| held.offer == asked.offer)
    }

    fn went_before(&self, asked: &Asked, purpose: Purpose) -> Option<ReleaseId> {
        self.own.went(&asked.offer.id, asked.offer.revision, &asked.to, purpose)
    }

    /// The decision, and for a permit the tags it would go out under. The policy engine decides; what it cannot know,
    /// suspensions resumed in part and stops not logged yet, is asked of the closures and the gate.
    pub(super) fn decide(
        &self,
        agreement: &Agreement,
        asked: &Asked,
        approvals: u8,
        now: Instant,
    ) -> (Decision, Option<Tags>) {
        self.decide_act(Act::Release, agreement, asked, approvals, now)
    }

    /// As [`Side::decide`], of any act.
    pub(super) fn decide_act(
        &self,
        act: Act,
        agreement: &Agreement,
        asked: &Asked,
        approvals: u8,
        now: Instant,
    ) -> (Decision, Option<Tags>) {
        let offer = &asked.offer;
        let areas = areas_of(&agreement.areas, offer.position);
        let mut fields: BTreeSet<FieldName> = offer.fields.keys().cloned().collect();
        if offer.kind == ItemKind::Distress && offer.position.is_some() {
            fields.extend("position".parse::<FieldName>());
        }
        let conditions = BTreeSet::new();
        let derived = BTreeSet::new();
        let volume: BTreeMap<ClauseId, u32> = self.own.volume(now.day());
        let request = Request {
            act,
            from: &self.me,
            to: &asked.to,
            kind: offer.kind,
            originator: &offer.originator,
            areas: &areas,
            observed: offer.observed,
            grading: offer.grading,
            handling: &offer.handling,
            case: offer.case.as_deref(),
            fields: &fields,
            purpose: &asked.purpose,
            derived_uses: &derived,
            now,
            released_today: &volume,
            approvals,
            standing: asked.standing,
            asset: asked.asset.as_deref(),
            conditions_met: &conditions,
        };
        let Some(policy) = &self.policy else { return (undecided(agreement), None) };
        let mut decision = policy.decide(&request);
        let (Some(clause), Ok(purpose)) =
            (permitting(agreement, &decision), asked.purpose.parse::<Purpose>())
        else {
            return (decision, None);
        };
        let tags = Tags {
            agreement: agreement.id.clone(),
            from: self.me.clone(),
            to: asked.to.clone(),
            kind: offer.kind,
            areas,
            purpose,
            clause,
        };
        let stopped = self
            .own
            .closures()
            .iter()
            .find(|closure| closure.stops(&tags))
            .map(|closure| closure.id.to_string())
            .or_else(|| match self.gate.check(&tags) {
                Ok(()) => None,
                Err(Shut::Suspended(id)) => Some(id.to_string()),
                Err(Shut::NotOpen) => Some(agreement.id.to_string()),
            });
        if let Some(by) = stopped {
            decision.effect = bitacora_policy::Effect::Refuse;
            decision.reasons = vec![Reason { clause: by, code: ReasonCode::Suspended, until: None }];
            return (decision, None);
        }
        (decision, Some(tags))
    }

    #[expect(clippy::too_many_arguments, reason = "one decision with all that it was made of, called once")]
    fn release(
        &mut self,
        agreement: &Agreement,
        asked: Asked,
        salt: Salt,
        approvals: Vec<Approval>,
        decision: Decision,
        tags: Tags,
        purpose: Purpose,
        now: Instant,
    ) -> Result<Offered, SideError> {
        let index = self.tree.size();
        let release = ReleaseId::of(&[self.own.origin().as_bytes(), &index.to_be_bytes()]);
        let terms = Terms {
            agreement: &agreement.id,
            version: agreement.version,
            clause: &tags.clause,
            purpose,
            form: decision.form,
            cut: &decision.cut,
            handling: &decision.handling,
            corrects: asked.corrects,
        };
        let document = cut(&asked.offer, &terms);
        let plain = bitacora_ledger::canonical_json(&document).map_err(EntryError::from)?;
        let item_key = self.secrets.item_key(&release, &month(now))?;
        let sealed = sealing::seal(&item_key, &bound(&release), plain.as_bytes())?;
        if sealed.len() as u64 > MAX_ITEM_BYTES {
            return Err(SideError::ItemTooLong(sealed.len()));
        }
        let offer_digest = statement(agreement, &asked, purpose, salt)?.offer;
        let kept = Held {
            offer: asked.offer,
            salt,
            to: asked.to,
            purpose,
            version: agreement.version,
            standing: asked.standing,
            asset: asked.asset,
            corrects: asked.corrects,
            reasons: decision.reasons.clone(),
            approvals: approvals.clone(),
        };
        let record = Release {
            release,
            item: kept.offer.id.clone(),
            revision: kept.offer.revision,
            corrects: kept.corrects,
            tags,
            version: agreement.version,
            policy_set: hex::encode(&decision.policy_set),
            reasons: decision.reasons.clone(),
            form: decision.form,
            removed: document.removed,
            handling: decision.handling.clone(),
            sealed: Sealed { sha256: sha256(&sealed), bytes: sealed.len() as u64 },
            offer: offer_digest,
            standing: kept.standing && approvals.is_empty(),
            approvals,
        };
        let leaf = self.append(Record::Release(Box::new(record)), now)?;
        self.draft.sealed.push((release, sealed));
        let kept = bitacora_ledger::canonical_json(&kept).map_err(EntryError::from)?;
        self.draft.offers.push((release, kept));
        Ok(Offered::Released { release, leaf, decision })
    }
}

/// The permitting clause that the decision names first.
fn permitting(agreement: &Agreement, decision: &Decision) -> Option<ClauseId> {
    if !decision.permits() {
        return None;
    }
    let permits = |rule: &Rule| matches!(rule, Rule::Scope(_) | Rule::SafetyOfLife | Rule::CourtOrder { .. });
    decision
        .reasons
        .iter()
        .filter_map(|reason| reason.clause.parse::<ClauseId>().ok())
        .find(|id| agreement.clause(id).is_some_and(|clause| permits(&clause.rule)))
}

/// No policy set stands: a refusal, with the agreement named.
fn undecided(agreement: &Agreement) -> Decision {
    Decision {
        effect: bitacora_policy::Effect::Refuse,
        agreement: agreement.id.clone(),
        version: agreement.version,
        policy_set: [0; 32],
        reasons: vec![Reason {
            clause: agreement.id.to_string(),
            code: ReasonCode::DecisionError,
            until: None,
        }],
        exception: None,
        form: bitacora_policy::Form::default(),
        cut: BTreeSet::new(),
        handling: bitacora_primitives::markings::Handling {
            tlp: bitacora_primitives::markings::Tlp::Red,
            codes: BTreeSet::new(),
            releasable_to: BTreeSet::new(),
        },
        retain_until: None,
    }
}

fn statement(
    agreement: &Agreement,
    asked: &Asked,
    purpose: Purpose,
    salt: Salt,
) -> Result<ReleaseStatement, SideError> {
    let mut salted = salt.0.to_vec();
    salted.extend(statement_bytes(&asked.offer).map_err(EntryError::from)?);
    Ok(ReleaseStatement {
        act: ReleaseAct::Release,
        agreement: agreement.id.clone(),
        version: agreement.version,
        item: asked.offer.id.clone(),
        revision: asked.offer.revision,
        to: asked.to.clone(),
        purpose,
        offer: sha256(&salted).hex(),
    })
}

pub(super) fn again(held: &Held) -> Asked {
    Asked {
        offer: held.offer.clone(),
        to: held.to.clone(),
        purpose: held.purpose.to_string(),
        standing: held.standing,
        asset: held.asset.clone(),
        corrects: held.corrects,
    }
}

fn codes(reasons: &[Reason]) -> Vec<(&str, ReasonCode)> {
    reasons.iter().map(|reason| (reason.clause.as_str(), reason.code)).collect()
}

/// What a sealed item and its key belong to.
pub(super) fn bound(release: &ReleaseId) -> Vec<u8> {
    format!("bitacora item {release}").into_bytes()
}

/// `2026-11`, of the release's own record time.
pub(super) fn month(at: Instant) -> String {
    at.to_string().chars().take(7).collect()
}
