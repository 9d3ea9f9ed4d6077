//! What officers do in the simulation, drawn from the seed.

use bitacora_exchange::history::Stage;
use bitacora_exchange::record::{Condition, Notice, Withdrawal};
use bitacora_exchange::side::{Asked, Offered, Readable, Stop};
use bitacora_policy::SuspensionScope;
use bitacora_primitives::markings::{ItemKind, Purpose, Text};
use bitacora_primitives::{Offer, ReleaseId, SuspensionId};

use crate::Sim;
use crate::truth::Done;
use crate::wires::CODES;
use crate::world::{OFFICERS, at, distress, offer, officer_id, party};

impl Sim {
    pub fn offer_something(&mut self, node: usize) {
        self.items += 1;
        let kinds = [
            [ItemKind::Lead, ItemKind::ContainerAlert, ItemKind::Distress],
            [ItemKind::Lead, ItemKind::Contact, ItemKind::Distress],
        ];
        let kind = kinds[node][self.dice.below(3) as usize];
        let made = if kind == ItemKind::Distress {
            distress(self.items, at(0))
        } else {
            offer(self.items, kind, at(0))
        };
        let made = Offer { originator: party(CODES[node]), ..made };
        let purpose = match kind {
            ItemKind::Distress => "rescue",
            _ if self.dice.one_in(3) => "arrest",
            _ => "seizure",
        };
        let standing = kind != ItemKind::ContainerAlert && !self.dice.one_in(3);
        let asked = Asked {
            offer: made,
            to: party(CODES[1 - node]),
            purpose: purpose.to_owned(),
            standing,
            asset: None,
            corrects: None,
        };
        self.sign_and_offer(node, asked, 0);
    }

    /// Offers with one officer's signature, or with none where it is standing.
    fn sign_and_offer(&mut self, node: usize, asked: Asked, officer: usize) {
        let now = self.local(node);
        let here = &mut self.sides[node];
        let (salt, approvals) = if asked.standing {
            (None, Vec::new())
        } else {
            let (statement, salt) = here.side.statement(&asked).unwrap().unwrap();
            (Some(salt), vec![here.approve(OFFICERS[officer], &statement)])
        };
        let (item, kind) = (asked.offer.id.clone(), asked.offer.kind);
        let purpose: Purpose = asked.purpose.parse().unwrap();
        let outcome = here.side.offer(asked.clone(), salt, approvals, now).unwrap();
        match outcome {
            Offered::Released { .. } | Offered::Held { .. } => {
                self.truth.pending[node].push(Done::Offered { item, purpose, kind });
            }
            Offered::Already { .. } => {}
            Offered::Refused { decision, .. } => panic!("{kind:?} refused: {:?}", decision.reasons),
        }
        assert!(
            kind != ItemKind::Distress || !matches!(outcome, Offered::Held { .. }),
            "safety of life was held"
        );
        if kind == ItemKind::ContainerAlert && officer == 0 {
            self.half_signed[node].push(asked);
        } else if self.dice.one_in(4) {
            // An officer who saw no answer asks again.
            self.half_signed[node].push(asked);
        }
    }

    /// The second officer, or the same thing asked twice.
    pub fn sign_again(&mut self, node: usize) {
        if self.half_signed[node].is_empty() {
            return;
        }
        let which = self.dice.below(self.half_signed[node].len() as u64) as usize;
        // Kept: a crash may forget the second signature, and officers sign again.
        let asked = self.half_signed[node][which].clone();
        self.both_sign(node, asked);
    }

    pub fn both_sign(&mut self, node: usize, asked: Asked) {
        // The first signature may have been lost in a crash.
        let last = self.half_signed[node].len();
        self.sign_and_offer(node, asked.clone(), 1);
        if !asked.standing {
            self.sign_and_offer(node, asked, 0);
        }
        self.half_signed[node].truncate(last);
    }

    /// Shuts the gate at once; the act is logged now or some steps later.
    pub fn stop_something(&mut self, node: usize) {
        let now = self.local(node);
        let stop = Stop {
            scope: self.some_scope(true),
            exceptions: if self.dice.one_in(3) {
                ["3.5".parse().unwrap()].into()
            } else {
                Default::default()
            },
            reason: Text::new("ataques a lanchas", "attacks on boats"),
            condition: Condition {
                text: Text::new("mientras sigan", "as long as they continue"),
                rule: None,
            },
            incident: None,
        };
        let entropy = bitacora_ledger::sha256(&self.dice.next().to_be_bytes()).0;
        let notice = stop.notice(self.sides[node].side.agreement_id(), &party(CODES[node]), entropy, now);
        self.sides[node].gate.close(notice.closure());
        self.truth.stops[node].push((notice.closure(), false));
        self.to_log[node].push(notice);
        // The edge is told after each closing, and resets what carried the scope.
        if !self.dice.one_in(3) {
            self.sweep(node);
        }
        if !self.dice.one_in(3) {
            self.log_stops(node);
        }
    }

    pub fn log_stops(&mut self, node: usize) {
        for notice in std::mem::take(&mut self.to_log[node]) {
            self.log_stop(node, notice);
        }
    }

    fn log_stop(&mut self, node: usize, notice: Notice) {
        let now = self.local(node);
        let here = &mut self.sides[node];
        let approval = here.approve(OFFICERS[0], &notice);
        self.truth.pending[node].push(Done::Stopped(notice.suspension));
        self.truth.signed[node].push(notice.clone());
        here.side.suspend(notice, vec![approval], now).unwrap();
    }

    fn some_scope(&self, whole: bool) -> SuspensionScope {
        let mut scope = SuspensionScope::default();
        match self.dice.below(6) {
            0 | 1 if whole => {}
            2 => scope.purposes = [Purpose::Arrest].into(),
            3 => scope.areas = ["caribbean-w".parse().unwrap()].into(),
            4 => scope.from = Some(party("CO")),
            5 => scope.to = Some(party("CO")),
            _ => scope.items = [ItemKind::Lead].into(),
        }
        scope
    }

    pub fn resume_something(&mut self, node: usize, all: bool) {
        let side = &self.sides[node].side;
        let open: Vec<SuspensionId> = side
            .own()
            .suspensions()
            .iter()
            .filter(|(_, one)| one.ended.is_none())
            .map(|(id, _)| *id)
            .collect();
        if open.is_empty() {
            return;
        }
        let chosen = if all { open } else { vec![open[self.dice.below(open.len() as u64) as usize]] };
        for id in chosen {
            let now = self.local(node);
            let part = !all && self.dice.one_in(2);
            let scope = if part { self.some_scope(false) } else { SuspensionScope::default() };
            let here = &mut self.sides[node];
            let resumption =
                here.side.resumption(id, scope.clone(), Text::new("cumplida", "met"), None, now).unwrap();
            let approvals = OFFICERS.map(|name| here.approve(name, &resumption)).to_vec();
            here.side.resume(resumption, approvals, now).unwrap();
            self.truth.pending[node].push(Done::Resumed(id, scope));
        }
    }

    pub fn withdraw_something(&mut self, node: usize) {
        let now = self.local(node);
        let own = self.sides[node].side.own().releases();
        let mut standing: Vec<ReleaseId> = own
            .iter()
            .filter(|(_, state)| matches!(state.stage, Stage::Released | Stage::Granted(_)))
            .map(|(id, _)| *id)
            .collect();
        standing.sort_unstable();
        if standing.is_empty() {
            return;
        }
        let release = standing[self.dice.below(standing.len() as u64) as usize];
        let reason = Text::new("error", "mistake");
        let here = &mut self.sides[node];
        let approval = here.approve(OFFICERS[1], &Withdrawal { release, reason: reason.clone() });
        here.side.withdraw(release, reason, vec![approval], now).unwrap();
    }

    pub fn open_something(&mut self, node: usize) {
        let now = self.local(node);
        let boarding = self.dice.one_in(4);
        let here = &mut self.sides[node];
        let mut readable: Vec<ReleaseId> = here.side.theirs().releases().keys().copied().collect();
        readable.sort_unstable();
        readable.retain(|id| here.side.readable(id, now) == Some(Readable::Yes));
        if let Some(id) = readable.get(self.dice.below(readable.len() as u64) as usize) {
            here.side.open_item(*id, officer_id(OFFICERS[0]), boarding, &here.disk, now).unwrap();
        }
    }
}
