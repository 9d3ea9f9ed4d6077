//! Our log of an agreement, leaf by leaf, and one leaf with everything that a stranger needs to check it.

use axum::Json;
use axum::extract::State;
use bitacora_exchange::Agreement;
use bitacora_exchange::record::{Entry, Record};
use bitacora_ledger::{Checkpoint, Hash, leaf_hash};
use bitacora_primitives::Ability;

use super::cosigned::{Cosigners, covering, kept_above};
use super::decisions::{Before, label, of_entry, walk_back};
use super::desk::Desk;
use super::{Scene, agreement_id, at_desk, see};
use crate::error::ApiError;
use crate::extract::{Asked, Segment};
use crate::session::SignedIn;
use crate::shapes::{ApiErrorBody, CosignedBy, ExchangeLeaf, ExchangeLeafProof, InclusionProof};
use crate::state::AppState;

/// Leaves of our log, newest first, with who cosigned them.
#[utoipa::path(get, path = "/api/exchange/{agreement}/log", operation_id = "exchange_log", params(("agreement" = String, Path), Before),
    responses((status = 200, body = Vec<ExchangeLeaf>), (status = 404, body = ApiErrorBody)))]
pub(super) async fn log(
    State(state): State<AppState>,
    who: SignedIn,
    Segment(agreement): Segment<String>,
    Asked(query): Asked<Before>,
) -> Result<Json<Vec<ExchangeLeaf>>, ApiError> {
    who.may(Ability::SeeExchange)?;
    let limit = query.limit.unwrap_or(50).min(200);
    let leaves = at_desk(&state, move |desk, state| {
        let id = agreement_id(&agreement)?;
        let (mut leaves, cosigners) = see(desk, &id, (state.now)(), |scene| {
            let mut leaves = Vec::new();
            if limit > 0 {
                walk_back(scene, query.before, |index, commitment, text| {
                    leaves.push(shape(scene, index, commitment, text)?);
                    Ok(leaves.len() < limit)
                })?;
            }
            Ok((leaves, Cosigners::of(scene.agreement, scene.side)))
        })?;
        sign_off(desk, &id, &mut leaves, cosigners.as_ref())?;
        for decision in leaves.iter_mut().filter_map(|leaf| leaf.decision.as_mut()) {
            label(state, std::slice::from_mut(decision))?;
        }
        Ok(leaves)
    })
    .await?;
    Ok(Json(leaves))
}

fn sign_off(
    desk: &Desk,
    id: &bitacora_primitives::markings::AgreementId,
    leaves: &mut [ExchangeLeaf],
    cosigners: Option<&Cosigners>,
) -> Result<(), ApiError> {
    let (Some(lowest), Some(cosigners)) = (leaves.iter().map(|leaf| leaf.index).min(), cosigners) else {
        return Ok(());
    };
    let kept = kept_above(desk, id, lowest)?;
    let indices: Vec<u64> = leaves.iter().map(|leaf| leaf.index).collect();
    let found: Vec<Vec<CosignedBy>> = covering(&kept, cosigners, &indices);
    for (leaf, by) in leaves.iter_mut().zip(found) {
        leaf.cosigned = by;
    }
    Ok(())
}

/// One leaf with its path to a signed root, the checkpoint with its cosignatures, and the keys to check them.
#[utoipa::path(get, path = "/api/exchange/{agreement}/log/{index}", operation_id = "exchange_leaf",
    params(("agreement" = String, Path), ("index" = u64, Path)),
    responses((status = 200, body = ExchangeLeafProof), (status = 404, body = ApiErrorBody)))]
pub(super) async fn leaf(
    State(state): State<AppState>,
    who: SignedIn,
    Segment((agreement, index)): Segment<(String, u64)>,
) -> Result<Json<ExchangeLeafProof>, ApiError> {
    who.may(Ability::SeeExchange)?;
    let leaf = at_desk(&state, move |desk, state| {
        let id = agreement_id(&agreement)?;
        // The newest that anyone cosigned and that covers the leaf; else our own, which nobody confirms yet.
        let kept = kept_above(desk, &id, index)?.pop().map(|one| one.text);
        let (mut proof, cosigners) = see(desk, &id, (state.now)(), |scene| {
            Ok((prove(scene, index, kept)?, Cosigners::of(scene.agreement, scene.side)))
        })?;
        let leaf = std::slice::from_mut(&mut proof.leaf);
        sign_off(desk, &id, leaf, cosigners.as_ref())?;
        if let Some(decision) = proof.leaf.decision.as_mut() {
            label(state, std::slice::from_mut(decision))?;
        }
        Ok(proof)
    })
    .await?;
    Ok(Json(leaf))
}

fn prove(scene: Scene<'_>, index: u64, kept: Option<String>) -> Result<ExchangeLeafProof, ApiError> {
    let side = scene.side;
    let missing = || ApiError::NotFound(format!("leaf {index}"));
    if index >= side.durable() {
        return Err(missing());
    }
    let stored = scene.shelf.leaves(side.me(), index, 1)?.into_iter().next();
    let (commitment, text) = stored.ok_or_else(missing)?;
    let leaf = shape(scene, index, &commitment, text.as_deref())?;
    let in_memory = side.cosigned().iter().rev().find(|one| one.size > index).map(|one| one.note.clone());
    let size_of =
        |note: &String| Checkpoint::parse(note.split_once("\n\n")?.0).ok().map(|stated| stated.size);
    let newest = in_memory.into_iter().chain(kept).max_by_key(size_of);
    let checkpoint = newest.or_else(|| side.checkpoint(side.durable())).ok_or_else(missing)?;
    let keys = scene.agreement.party(side.me()).and_then(bitacora_exchange::agreement::PartyTerms::read_keys);
    let key = keys.map_err(bitacora_exchange::SideError::from)?.log;
    let stated = Checkpoint::verify(&checkpoint, side.own().origin(), &key)?;
    let path = side.tree().inclusion(index, stated.size).ok_or_else(missing)?;
    Ok(ExchangeLeafProof {
        leaf,
        record: text.unwrap_or_default(),
        proof: InclusionProof {
            size: stated.size,
            root: stated.root.hex(),
            path: path.iter().map(Hash::hex).collect(),
        },
        checkpoint,
        keys: keys_of(scene.agreement, scene),
    })
}

/// The log's key, the partner's cosigner key and the witnesses' keys, as the agreement pins them.
fn keys_of(agreement: &Agreement, scene: Scene<'_>) -> Vec<String> {
    let log = agreement.party(scene.side.me()).ok().map(|party| party.keys.log.clone());
    let partner = agreement.partner_of(scene.side.me()).ok().map(|party| party.keys.cosigner.clone());
    log.into_iter().chain(partner).chain(agreement.witnesses.iter().cloned()).collect()
}

fn shape(
    scene: Scene<'_>,
    index: u64,
    commitment: &Hash,
    text: Option<&str>,
) -> Result<ExchangeLeaf, ApiError> {
    let hash = leaf_hash(&commitment.0).hex();
    let Some(text) = text else {
        return Ok(ExchangeLeaf {
            index,
            recorded: String::new(),
            kind: "commitment".to_owned(),
            what: String::new(),
            clause: None,
            leaf_hash: hash,
            cosigned: Vec::new(),
            decision: None,
        });
    };
    let (entry, _) = Entry::open(text, None)?;
    let decision = of_entry(scene, index, &entry)?.into_iter().next();
    Ok(ExchangeLeaf {
        index,
        recorded: entry.recorded.to_string(),
        kind: entry.record.kind().to_owned(),
        what: subject(&entry.record),
        clause: match &entry.record {
            Record::Release(release) => Some(release.tags.clause.to_string()),
            _ => {
                decision.as_ref().and_then(|decision| decision.reasons.first()).map(|one| one.clause.clone())
            }
        },
        leaf_hash: hash,
        cosigned: Vec::new(),
        decision,
    })
}

/// What a record is about, by its own id.
fn subject(record: &Record) -> String {
    match record {
        Record::Agreement { envelope } => Agreement::parse(&envelope.payload)
            .map(|agreement| format!("{} v{}", agreement.id, agreement.version))
            .unwrap_or_default(),
        Record::Ended(ended) => ended.statement.agreement.to_string(),
        Record::Officer(enrolment) => enrolment.name.clone(),
        Record::Rotation(rotation) => rotation.key.clone(),
        Record::Release(release) => release.item.clone(),
        Record::Withdrawal(withdrawal) => withdrawal.statement.release.to_string(),
        Record::Held(held) => held.offer.id.clone(),
        Record::Refused(refused) => refused.item.clone(),
        Record::Cut(cut) => cut.suspension.to_string(),
        Record::Page(page) => format!("{} {}", page.platform, page.collection),
        Record::Receipt(receipt) => receipt.release.to_string(),
        Record::Declined(declined) => declined.release.to_string(),
        Record::KeyGrant(grant) => grant.release.to_string(),
        Record::Opened(opened) => opened.release.to_string(),
        Record::Suspension(signed) => signed.statement.suspension.to_string(),
        Record::Resumption(signed) => signed.statement.suspension.to_string(),
        Record::Seen { envelope } => {
            let kind = Entry::read(envelope, None).map(|entry| (entry.record.kind(), subject(&entry.record)));
            kind.map(|(kind, about)| format!("{kind} {about}")).unwrap_or_default()
        }
    }
}
