//! What the log recorded while something was stopped, counted anew from the releases and not from what was counted
//! on the way. It tells of the log alone, and of the writes that this node started.

use axum::Json;
use axum::extract::State;
use bitacora_exchange::Closure;
use bitacora_exchange::history::{History, Stage, Suspended};
use bitacora_primitives::Ability;

use super::cosigned::{Cosigners, kept_above, newest_of};
use super::decisions::entry_at;
use super::resuming::suspension_id;
use super::{agreement_id, at_desk, see};
use crate::error::ApiError;
use crate::extract::Segment;
use crate::session::SignedIn;
use crate::shapes::{Agreeing, ApiErrorBody, IntervalReport};
use crate::state::AppState;

/// What the log recorded between a stop and its end, and who holds the same log.
#[utoipa::path(get, path = "/api/exchange/{agreement}/suspensions/{id}/interval",
    params(("agreement" = String, Path), ("id" = String, Path)),
    responses((status = 200, body = IntervalReport), (status = 404, body = ApiErrorBody), (status = 409, body = ApiErrorBody)))]
pub(super) async fn interval(
    State(state): State<AppState>,
    who: SignedIn,
    Segment((agreement, suspension)): Segment<(String, String)>,
) -> Result<Json<IntervalReport>, ApiError> {
    who.may(Ability::SeeExchange)?;
    let report = at_desk(&state, move |desk, state| {
        let (id, suspension) = (agreement_id(&agreement)?, suspension_id(&suspension)?);
        let writes = desk.exchange.writes_since(&suspension);
        let (mut report, cosigners, in_memory, end, partner) = see(desk, &id, (state.now)(), |scene| {
            let own = scene.side.own();
            let one = own.suspensions().get(&suspension).or_else(|| own.seen().get(&suspension));
            let Some(one) = one else {
                return Err(match desk.stop(&suspension) {
                    Some(_) => ApiError::Conflict {
                        code: "not_logged_yet",
                        why: format!("suspension `{suspension}` is not logged yet"),
                    },
                    None => ApiError::NotFound(suspension.to_string()),
                });
            };
            let at =
                |leaf| Ok::<_, ApiError>(entry_at(scene, scene.side.me(), leaf)?.map(|entry| entry.recorded));
            let counts = one.counts;
            // The fold counts what it refused to apply; counting again finds what it would have applied.
            let of_scope = counts.of_scope.max(of_scope(own, one));
            let report = IntervalReport {
                suspension: suspension.to_string(),
                from_leaf: one.leaf,
                to_leaf: one.ended,
                from: at(one.leaf)?.unwrap_or(one.notice.gate_closed).to_string(),
                to: one.ended.map(at).transpose()?.flatten().map(|at| at.to_string()),
                releases_of_scope: of_scope,
                writes_started_since_closed: writes,
                under_exception: counts.under_exception,
                held: counts.held,
                refused: counts.refused,
                cut: counts.cut,
                holds: of_scope == 0 && writes == 0,
                agree: Vec::new(),
                command: format!("bitacora verify ./log --keys ./keys --interval {suspension}"),
            };
            let end = one.ended.map_or(scene.side.durable(), |leaf| leaf + 1);
            let cosigners = Cosigners::of(scene.agreement, scene.side);
            let partner = (scene.side.partner_code().to_string(), scene.side.partner().have);
            Ok((report, cosigners, scene.side.cosigned().to_vec(), end, partner))
        })?;
        report.agree.push(Agreeing { who: desk.exchange.me().to_string(), says: "same" });
        if let Some(cosigners) = cosigners {
            let kept = kept_above(desk, &id, end.saturating_sub(1))?;
            let up_to = |key| newest_of(&in_memory, &kept, key).map_or(0, |(size, _)| size);
            let (code, mirrored) = partner;
            let says = if mirrored.max(up_to(&cosigners.partner)) >= end { "same" } else { "behind" };
            report.agree.push(Agreeing { who: code, says });
            report.agree.extend(cosigners.witnesses.iter().map(|key| Agreeing {
                who: key.name().to_owned(),
                says: if up_to(key) >= end { "order_and_counts_only" } else { "behind" },
            }));
        }
        Ok(report)
    })
    .await?;
    Ok(Json(report))
}

/// Releases recorded, and keys granted, inside the interval and its scope as it stood at their leaf.
fn of_scope(own: &History, one: &Suspended) -> u64 {
    let inside = |leaf: u64| leaf > one.leaf && one.ended.is_none_or(|end| leaf < end);
    let stopped_at = |leaf: u64, tags: &bitacora_exchange::Tags| {
        let resumed = one.resumptions.iter().filter(|(at, _)| *at < leaf);
        let resumed = resumed.map(|(_, resumption)| resumption.scope.clone()).collect();
        Closure { resumed, ..one.notice.closure() }.stops(tags)
    };
    let mut found = 0;
    for state in own.releases().values() {
        let granted = match state.stage {
            Stage::Granted(leaf) => Some(leaf),
            _ => None,
        };
        for leaf in std::iter::once(state.leaf).chain(granted) {
            found += u64::from(inside(leaf) && stopped_at(leaf, &state.tags));
        }
    }
    found
}
