//! What an officer at the node's own console asks of the exchange, and how it is carried out. The same for a node that
//! runs, asked over its control socket, and for one that does not.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use bitacora_api::exchange::Exchange;
use bitacora_exchange::record::{Approval, Condition, Ended, Resumption, statement_bytes};
use bitacora_exchange::side::{Asked, Lease, Offered, Stop};
use bitacora_policy::{Reason, SuspensionScope};
use bitacora_primitives::markings::{AgreementId, ClauseId, ItemKind, PartyCode, Purpose, Text};
use bitacora_primitives::{IncidentId, Instant, Offer, OfficerId, Position, SuspensionId};
use serde::{Deserialize, Serialize};

use crate::exchange::desk::Desk;

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Request {
    Status,
    Suspend {
        agreement: AgreementId,
        officer: OfficerId,
        scope: SuspensionScope,
        exceptions: BTreeSet<ClauseId>,
        reason: Text,
        condition: Condition,
        incident: Option<IncidentId>,
    },
    Resume {
        agreement: AgreementId,
        suspension: SuspensionId,
        officers: Vec<OfficerId>,
        scope: SuspensionScope,
        condition_met: Text,
    },
    Release {
        agreement: AgreementId,
        item: String,
        to: PartyCode,
        purpose: String,
        officers: Vec<OfficerId>,
    },
    End {
        agreement: AgreementId,
        officers: Vec<OfficerId>,
        reason: Text,
    },
    /// Another record key from the next leaf on.
    Rotate {
        agreement: AgreementId,
        reason: Text,
    },
    /// An officer's signature counts no longer.
    Dismiss {
        agreement: AgreementId,
        officer: OfficerId,
    },
    /// A transport key is trusted no longer.
    Revoke {
        transport: String,
    },
    /// Safety of life: position, time and distress, and nothing else.
    Distress {
        agreement: AgreementId,
        lat: f64,
        lon: f64,
        distress: String,
        persons_on_board: Option<u32>,
    },
    CarryOut {
        agreement: AgreementId,
        out: PathBuf,
    },
    CarryIn {
        bundle: PathBuf,
    },
    /// The partners' leases, which this process alone holds: what may be shown now hangs on them.
    Leases,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "reply", rename_all = "snake_case")]
pub(crate) enum Reply {
    Status {
        agreements: Vec<AgreementStatus>,
    },
    /// `leaf` is null where the gate is shut and the stop not logged yet.
    Suspended {
        suspension: SuspensionId,
        gate_closed: String,
        gate_closed_us: u64,
        leaf: Option<u64>,
        leaf_durable: Option<String>,
    },
    Resumed {
        leaf: u64,
        released: usize,
        held: usize,
        refused: usize,
    },
    Released {
        outcome: String,
        leaf: u64,
        reasons: Vec<Reason>,
    },
    Carried {
        frames: u64,
        bytes: u64,
        held: usize,
    },
    CarriedIn {
        frames: u64,
        refused: u64,
    },
    Ended {
        leaf: u64,
    },
    Rotated {
        leaf: u64,
        key: String,
    },
    Dismissed {
        leaf: u64,
    },
    /// Whether the key was trusted until now.
    Revoked {
        was_trusted: bool,
    },
    Leases {
        leases: Vec<HeldLease>,
    },
    Refused {
        code: String,
        detail: String,
    },
}

/// A partner's lease, checked when it came, and until when it holds by this node's clock.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(crate) struct HeldLease {
    pub(crate) lease: Lease,
    pub(crate) until: Instant,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(crate) struct AgreementStatus {
    pub(crate) agreement: AgreementId,
    pub(crate) me: PartyCode,
    pub(crate) partner: PartyCode,
    pub(crate) version: u32,
    pub(crate) state: String,
    pub(crate) leaves: u64,
    pub(crate) mirrored: u64,
    pub(crate) partner_leaves: u64,
    pub(crate) held: usize,
    pub(crate) suspensions: Vec<SuspensionId>,
}

impl Desk {
    pub(crate) fn carry_out(&self, request: Request) -> Reply {
        let done = match request {
            Request::Status => self.status(),
            Request::Suspend { agreement, officer, scope, exceptions, reason, condition, incident } => {
                let stop = Stop { scope, exceptions, reason, condition, incident };
                self.suspend(&agreement, officer, stop)
            }
            Request::Resume { agreement, suspension, officers, scope, condition_met } => {
                self.resume(&agreement, suspension, officers, scope, condition_met)
            }
            Request::Release { agreement, item, to, purpose, officers } => {
                self.release(&agreement, &item, to, purpose, &officers)
            }
            Request::End { agreement, officers, reason } => self.end(&agreement, &officers, reason),
            Request::Rotate { agreement, reason } => self.rotate(&agreement, reason),
            Request::Dismiss { agreement, officer } => self.dismiss(&agreement, officer),
            Request::Revoke { transport } => self.revoke(&transport),
            Request::Distress { agreement, lat, lon, distress, persons_on_board } => {
                self.distress(&agreement, lat, lon, &distress, persons_on_board)
            }
            Request::CarryOut { agreement, out } => self.pack(&agreement, &out),
            Request::CarryIn { bundle } => self.unpack(&bundle),
            Request::Leases => Ok(self.leases()),
        };
        done.unwrap_or_else(|(code, detail)| Reply::Refused { code: code.to_owned(), detail })
    }

    fn status(&self) -> Result<Reply, Why> {
        let agreements = self.agreements().into_iter().map(|id| {
            (self as &dyn Exchange)
                .see(&id, |side, _| AgreementStatus {
                    agreement: id.clone(),
                    me: side.me().clone(),
                    partner: side.partner_code().clone(),
                    version: side.own().agreement().map_or(0, |agreement| agreement.version),
                    state: state(side).to_owned(),
                    leaves: side.durable(),
                    mirrored: side.partner().have,
                    partner_leaves: side.mirror().size(),
                    held: side.own().held().len(),
                    suspensions: side.own().closures().into_iter().map(|closure| closure.id).collect(),
                })
                .map_err(why)
        });
        Ok(Reply::Status { agreements: agreements.collect::<Result<_, Why>>()? })
    }

    fn leases(&self) -> Reply {
        let held = |standing: &super::Standing| {
            let party = standing.engine.look();
            let (lease, until) = party.side.partner().lease.clone()?;
            Some(HeldLease { lease, until })
        };
        Reply::Leases { leases: self.exchanges.standing.values().filter_map(held).collect() }
    }

    fn suspend(&self, agreement: &AgreementId, officer: OfficerId, stop: Stop) -> Result<Reply, Why> {
        let stopped = self.stop(agreement, officer, stop).map_err(why)?;
        Ok(Reply::Suspended {
            suspension: stopped.suspension,
            gate_closed: stopped.gate_closed.to_string(),
            gate_closed_us: stopped.gate_closed_us,
            leaf: stopped.leaf,
            leaf_durable: stopped.leaf_durable.map(|at| at.to_string()),
        })
    }

    fn resume(
        &self,
        agreement: &AgreementId,
        suspension: SuspensionId,
        officers: Vec<OfficerId>,
        scope: SuspensionScope,
        condition_met: Text,
    ) -> Result<Reply, Why> {
        let exchange = self as &dyn Exchange;
        let now = crate::clock::now();
        let resumption: Resumption = exchange
            .see(agreement, |side, _| side.resumption(suspension, scope, condition_met, None, now))
            .map_err(why)?
            .map_err(|error| ("exchange", error.to_string()))?;
        let approvals = self.approvals(&officers, &resumption)?;
        let leaf = exchange
            .carry_out(agreement, move |side, _, now| side.resume(resumption, approvals, now))
            .map_err(why)?;
        self.take_up(agreement).map(|[released, held, refused]| Reply::Resumed {
            leaf,
            released,
            held,
            refused,
        })
    }

    /// Decides the backlog after a resumption: released, held, refused.
    pub(crate) fn take_up(&self, agreement: &AgreementId) -> Result<[usize; 3], Why> {
        let outcomes = (self as &dyn Exchange)
            .carry_out(agreement, |side, shelf, now| side.take_up(shelf, now))
            .map_err(why)?;
        let count = |is: fn(&Offered) -> bool| outcomes.iter().filter(|one| is(one)).count();
        Ok([
            count(|one| matches!(one, Offered::Released { .. })),
            count(|one| matches!(one, Offered::Held { .. })),
            count(|one| matches!(one, Offered::Refused { .. })),
        ])
    }

    fn release(
        &self,
        agreement: &AgreementId,
        item: &str,
        to: PartyCode,
        purpose: String,
        officers: &[OfficerId],
    ) -> Result<Reply, Why> {
        let offered = self.offerable().map_err(why)?;
        let found = offered.into_iter().find(|one| one.offer.id == item || one.label == item);
        let offer = found.ok_or_else(|| ("unknown_item", item.to_owned()))?.offer;
        let asked = Asked { offer, to, purpose, standing: officers.is_empty(), asset: None, corrects: None };
        self.ask_out(agreement, asked, officers)
    }

    fn end(&self, agreement: &AgreementId, officers: &[OfficerId], reason: Text) -> Result<Reply, Why> {
        let statement = Ended { agreement: agreement.clone(), by: self.me(), reason: reason.clone() };
        let approvals = self.approvals(officers, &statement)?;
        let leaf = (self as &dyn Exchange)
            .carry_out(agreement, move |side, _, now| side.end(reason, approvals, now))
            .map_err(why)?;
        Ok(Reply::Ended { leaf })
    }

    /// Anyone at the node may call for help: no signature is asked for.
    fn distress(
        &self,
        agreement: &AgreementId,
        lat: f64,
        lon: f64,
        distress: &str,
        persons_on_board: Option<u32>,
    ) -> Result<Reply, Why> {
        let position = Position::new(lat, lon).map_err(|error| ("position", error.to_string()))?;
        let mut fields = BTreeMap::new();
        let mut field = |name: &str, value: serde_json::Value| match name.parse() {
            Ok(name) => drop(fields.insert(name, value)),
            Err(_) => tracing::error!(name, "not a field's name"),
        };
        field("distress", serde_json::json!(distress.chars().take(200).collect::<String>()));
        if let Some(persons) = persons_on_board {
            field("persons_on_board", serde_json::json!(persons));
        }
        let now = crate::clock::now();
        let standing = self.exchanges.standing.get(agreement);
        let standing = standing.ok_or_else(|| ("unknown_agreement", agreement.to_string()))?;
        let to = standing.engine.look().side.partner_code().clone();
        let id = format!(
            "dst-{}",
            bitacora_primitives::FactId::of(&[&now.micros().to_be_bytes(), distress.as_bytes()])
        );
        let offer = Offer {
            id,
            revision: 0,
            kind: ItemKind::Distress,
            originator: self.originator.party.clone(),
            observed: now,
            position: Some(position),
            grading: self.originator.grading,
            handling: self.originator.handling.clone(),
            case: None,
            fields,
        };
        let purpose = Purpose::Rescue.to_string();
        let asked = Asked { offer, to, purpose, standing: true, asset: None, corrects: None };
        self.ask_out(agreement, asked, &[])
    }

    fn ask_out(&self, agreement: &AgreementId, asked: Asked, officers: &[OfficerId]) -> Result<Reply, Why> {
        let exchange = self as &dyn Exchange;
        let statement = exchange
            .see(agreement, |side, _| side.statement(&asked))
            .map_err(why)?
            .map_err(|error| ("exchange", error.to_string()))?;
        let (salt, approvals) = match &statement {
            Some((statement, salt)) => (Some(*salt), self.approvals(officers, statement)?),
            None => (None, Vec::new()),
        };
        let outcome = exchange
            .carry_out(agreement, move |side, _, now| side.offer(asked, salt, approvals, now))
            .map_err(why)?;
        let (outcome, leaf, reasons) = match outcome {
            Offered::Released { leaf, decision, .. } => ("released", leaf, decision.reasons),
            Offered::Held { leaf, decision } => ("held", leaf, decision.reasons),
            Offered::Refused { leaf, decision } => ("refused", leaf, decision.reasons),
            Offered::Already { .. } => ("already", 0, Vec::new()),
        };
        Ok(Reply::Released { outcome: outcome.to_owned(), leaf, reasons })
    }

    pub(crate) fn approvals<T: Serialize>(
        &self,
        officers: &[OfficerId],
        statement: &T,
    ) -> Result<Vec<Approval>, Why> {
        let message = statement_bytes(statement).map_err(|error| ("exchange", error.to_string()))?;
        officers
            .iter()
            .map(|officer| {
                let signature = self.sign(*officer, &message).map_err(why)?;
                Ok(Approval { officer: *officer, signature })
            })
            .collect()
    }
}

/// A stable code and a text for the log.
pub(crate) type Why = (&'static str, String);

pub(crate) fn why(error: bitacora_api::exchange::ExchangeError) -> Why {
    use bitacora_api::exchange::ExchangeError as E;
    let code = match &error {
        E::UnknownAgreement(_) => "unknown_agreement",
        E::Side(_) => "not_valid",
        E::NotStored(_) => "not_stored",
        E::Key(_) => "key",
        E::Stopping => "stopping",
    };
    (code, super::engine::Chain(&error).to_string())
}

/// In a word: flowing, suspended in part or whole, ended.
fn state(side: &bitacora_exchange::Side) -> &'static str {
    let closures = side.own().closures();
    if side.own().ended().is_some() {
        "ended"
    } else if side.own().agreement().is_none() {
        "starting"
    } else if closures.is_empty() {
        "flowing"
    } else if closures.iter().any(|one| one.scope == SuspensionScope::default() && one.resumed.is_empty()) {
        "suspended"
    } else {
        "part_suspended"
    }
}
