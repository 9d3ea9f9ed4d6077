//! Everything that stands: agreements, flows, suspensions, partners, logs.

use axum::Json;
use axum::extract::State;
use bitacora_exchange::SideError;
use bitacora_ledger::Hash;
use bitacora_policy::Rule;
use bitacora_primitives::Ability;
use bitacora_primitives::markings::AgreementId;
use serde_json::Value;

use super::cosigned::{Cosigners, kept_above, newest_of};
use super::decisions::entry_at;
use super::desk::Desk;
use super::suspensions::{Drawn, draw_all, register, with_times};
use super::{Scene, at_desk, flows, see};
use crate::error::ApiError;
use crate::exchange::{ExchangeError, PeerState};
use crate::session::SignedIn;
use crate::shapes::{
    AgreementView, AreaView, ClauseView, ExchangeOverview, LogState, PartnerView, PartyView, SignedView,
    TextShape, WitnessView,
};
use crate::state::AppState;

/// Checkpoints below the newest size that are looked through for cosignatures after a restart.
const RECENT: u64 = 1_024;

/// The agreements of this node: who may get what and why, what is stopped, and the state of each log.
#[utoipa::path(get, path = "/api/exchange", responses((status = 200, body = ExchangeOverview)))]
pub(super) async fn exchange(
    State(state): State<AppState>,
    who: SignedIn,
) -> Result<Json<ExchangeOverview>, ApiError> {
    who.may(Ability::SeeExchange)?;
    if state.desk.is_none() {
        return Ok(Json(ExchangeOverview { me: String::new(), agreements: Vec::new() }));
    }
    let overview = at_desk(&state, |desk, state| {
        let mut agreements = Vec::new();
        for id in desk.exchange.agreements() {
            match view(desk, state, &id) {
                Ok(view) => agreements.push(view),
                // One that is not in force yet, or that ends just now, hides no other.
                Err(ApiError::Exchange(
                    ExchangeError::Side(SideError::NoAgreement) | ExchangeError::UnknownAgreement(_),
                )) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(ExchangeOverview { me: desk.exchange.me().to_string(), agreements })
    })
    .await?;
    Ok(Json(overview))
}

/// What only the store beside the side knows is filled in after the look.
fn view(desk: &Desk, state: &AppState, id: &AgreementId) -> Result<AgreementView, ApiError> {
    let register = register(state)?;
    let peer = desk.exchange.partner_state(id)?;
    let (mut view, drawn, cosigners, in_memory) = see(desk, id, (state.now)(), |scene| {
        let drawn: Vec<Drawn> = draw_all(scene, &register)?;
        let cosigners = Cosigners::of(scene.agreement, scene.side);
        Ok((agreement(scene, peer)?, drawn, cosigners, scene.side.cosigned().to_vec()))
    })?;
    if let Some(cosigners) = &cosigners {
        let known = |name: &str| in_memory.iter().any(|one| one.by.iter().any(|(by, _)| by == name));
        let kept = if cosigners.all().all(|key| known(key.name())) {
            Vec::new()
        } else {
            kept_above(desk, id, view.log.size.saturating_sub(RECENT))?
        };
        let newest = |key| newest_of(&in_memory, &kept, key);
        view.witnesses = cosigners
            .witnesses
            .iter()
            .map(|key| WitnessView {
                name: key.name().to_owned(),
                cosigned_size: newest(key).map_or(0, |(size, _)| size),
                cosigned_at: newest(key).map(|(_, at)| at.to_string()),
            })
            .collect();
        let last = cosigners.all().filter_map(newest).map(|(_, at)| at).max();
        view.log.checkpoint_at = last.map(|at| at.to_string());
        let by_partner = newest(&cosigners.partner).map_or(0, |(size, _)| size);
        view.log.mirrored = view.log.mirrored.max(by_partner);
    }
    view.suspensions = with_times(desk, id, drawn, cosigners.as_ref())?;
    Ok(view)
}

fn agreement(scene: Scene<'_>, peer: PeerState) -> Result<AgreementView, ApiError> {
    let Scene { side, agreement, now, .. } = scene;
    let (flows, state) = flows::views(scene);
    let ended = side.own().ended().is_some() || now >= agreement.until;
    let mut signed = Vec::new();
    for (party, history) in [(side.me(), side.own()), (side.partner_code(), side.theirs())] {
        let leaf = history.adopted().filter(|_| history.agreement().is_some_and(|held| **held == *agreement));
        let entry = leaf.map(|leaf| entry_at(scene, party, leaf)).transpose()?.flatten();
        signed.extend(
            entry.map(|entry| SignedView { party: party.to_string(), at: entry.recorded.to_string() }),
        );
    }
    let partner = side.partner();
    let link = match (peer.connected, peer.ever) {
        (true, _) => "connected",
        (false, true) => "lost",
        (false, false) => "never",
    };
    let size = side.durable();
    Ok(AgreementView {
        id: agreement.id.to_string(),
        version: agreement.version,
        title: TextShape::from(&agreement.title),
        status: if ended { "ended" } else { "in_force" },
        state,
        parties: agreement
            .parties
            .iter()
            .map(|party| PartyView {
                code: party.code.to_string(),
                name: TextShape::from(&party.name),
                me: party.code == *side.me(),
            })
            .collect(),
        partner: PartnerView {
            code: side.partner_code().to_string(),
            link,
            last_heard: partner.last_heard.map(|at| at.to_string()),
            clock_skew_s: partner.skew.map(|skew| skew.secs_f64()),
            lease_until: partner.lease.as_ref().map(|(_, until)| until.to_string()),
        },
        witnesses: Vec::new(),
        from: agreement.from.to_string(),
        until: agreement.until.to_string(),
        signed,
        lease_s: agreement.lease_s,
        areas: agreement
            .areas
            .iter()
            .map(|area| AreaView {
                id: area.id.to_string(),
                name: TextShape::from(&area.name),
                polygon: area.polygon.iter().map(|corner| corner.map(|value| value as f64 / 1e6)).collect(),
            })
            .collect(),
        clauses: agreement.clauses.iter().map(clause).collect(),
        flows,
        suspensions: Vec::new(),
        log: LogState {
            origin: side.own().origin().to_owned(),
            size,
            root: side.tree().root_at(size).as_ref().map(Hash::hex).unwrap_or_default(),
            checkpoint_at: None,
            mirrored: partner.have,
            partner_size: side.mirror().size(),
        },
        policy_set: agreement.policy_set.clone(),
    })
}

fn clause(clause: &bitacora_policy::Clause) -> ClauseView {
    // The kind is the rule's own tag, so that a new rule needs no second list here.
    let written = serde_json::to_value(&clause.rule).unwrap_or(Value::Null);
    let kind = written.get("kind").and_then(Value::as_str).unwrap_or("unknown");
    ClauseView {
        id: clause.id.to_string(),
        kind: kind.chars().take(40).collect(),
        critical: clause.critical,
        text: TextShape::from(&clause.text),
        known: !matches!(clause.rule, Rule::Unknown(_)),
    }
}
