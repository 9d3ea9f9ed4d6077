//! Claims beside what was measured, and meetings with their action items.

use std::collections::BTreeMap;

use bitacora_accounts::book::Book;
use bitacora_accounts::claims::Judged;
use bitacora_accounts::record::{ActionAdded, ActionState, Answer, Claim, Entry, FactId, Meeting};

use super::Page;
use super::figures::text;
use super::matrix::stated;
use crate::error::ApiError;
use crate::shapes::{
    ActionShape, ActionStep, AgendaShape, ClaimAbout, ClaimShape, Dispute, DisputeParty, MeetingShape,
};

/// Overdue is computed on the day of the question.
const OVERDUE: &str = "overdue";

pub(crate) fn claims(page: &Page<'_>) -> Vec<ClaimShape> {
    let mut answers: BTreeMap<&FactId, Vec<&Answer>> = BTreeMap::new();
    for answer in page.book.answers(page.as_of) {
        answers.entry(&answer.claim).or_default().push(answer);
    }
    let none = Vec::new();
    let of = |entry: &Entry| answers.get(&entry.id).unwrap_or(&none).as_slice();
    let judged = page.book.claims(page.as_of);
    let mut shapes: Vec<ClaimShape> = judged
        .iter()
        .map(|(entry, claim, judged)| claim_shape(page, entry, claim, judged, of(entry)))
        .collect();
    // The latest first; what has no day last.
    shapes.sort_by(|a, b| b.day.cmp(&a.day).then_with(|| a.id.cmp(&b.id)));
    shapes
}

fn claim_shape(
    page: &Page<'_>,
    entry: &Entry,
    claim: &Claim,
    judged: &Judged,
    answers: &[&Answer],
) -> ClaimShape {
    let source = match &claim.passage {
        Some(passage) => page.passage(passage),
        None => stated(&claim.source_name, &claim.source_ref),
    };
    let own = DisputeParty { party: claim.speaker.clone(), text: claim.text.clone(), source: source.clone() };
    let others = answers.iter().map(|answer| DisputeParty {
        party: answer.party.clone(),
        text: answer.text.clone(),
        source: stated(&answer.source_name, &answer.source_ref),
    });
    let dispute =
        (!answers.is_empty()).then(|| Dispute { parties: std::iter::once(own).chain(others).collect() });
    ClaimShape {
        id: entry.id.to_string(),
        speaker: claim.speaker.clone(),
        speaker_kind: claim.speaker_kind.code(),
        day: claim.said.map(|said| said.to_string()),
        text: claim.text.clone(),
        about: ClaimAbout {
            series: claim.about.series.as_ref().map(ToString::to_string),
            indicator: claim.about.indicator.as_ref().map(ToString::to_string),
            place: claim.about.place.map(|place| place.to_string()),
            period: claim.about.period.map(|period| period.to_string()),
        },
        value: text(claim.value),
        unit: claim.unit.map(|unit| unit.to_string()),
        bound: claim.bound.code(),
        state: judged.state.code(),
        observation: judged.observation.map(|id| id.number()),
        measured: text(judged.measured),
        difference: text(judged.difference),
        given_instead: judged.given_instead.map(|id| id.number()),
        dispute,
        source,
        accepted_by: entry.officer.clone(),
    }
}

pub(crate) fn meetings(page: &Page<'_>) -> Vec<MeetingShape> {
    let mut actions: BTreeMap<&FactId, Vec<ActionShape>> = BTreeMap::new();
    for (id, action) in page.book.actions(page.as_of) {
        actions.entry(&action.meeting).or_default().push(action_shape(page, id, action));
    }
    let meetings = page.book.meetings(page.as_of);
    meetings
        .into_iter()
        .map(|(id, own)| meeting_shape(id, own, actions.remove(id).unwrap_or_default()))
        .collect()
}

/// One meeting with its action items.
pub(crate) fn meeting(page: &Page<'_>, id: &FactId) -> Result<MeetingShape, ApiError> {
    let found = meetings(page).into_iter().find(|own| own.id == id.as_str());
    found.ok_or_else(|| ApiError::NotFound(id.to_string()))
}

fn meeting_shape(id: &FactId, own: &Meeting, actions: Vec<ActionShape>) -> MeetingShape {
    let agenda = own.agenda.iter();
    MeetingShape {
        id: id.to_string(),
        kind: own.kind.code(),
        parties: own.parties.clone(),
        day: own.day.to_string(),
        place: own.place.clone(),
        agenda: agenda
            .map(|item| AgendaShape { title: item.title.clone(), commitments: item.commitments.clone() })
            .collect(),
        actions,
        source: own.source_name.clone(),
    }
}

fn action_shape(page: &Page<'_>, id: &FactId, action: &ActionAdded) -> ActionShape {
    let moves: Vec<_> =
        page.book.record().moves(id).filter(|(entry, _)| entry.recorded <= page.as_of).collect();
    let state = moves.last().map_or(ActionState::Open, |(_, moved)| moved.state);
    let step = |(entry, moved): &(&Entry, &bitacora_accounts::record::ActionMoved)| ActionStep {
        day: entry.recorded.to_string(),
        state: moved.state.code(),
        note: moved.note.clone(),
        officer: entry.officer.clone(),
    };
    ActionShape {
        id: id.to_string(),
        text: action.text.clone(),
        owner: action.owner.clone(),
        due: action.due.map(|due| due.to_string()),
        state: if action.is_overdue(state, page.as_of) { OVERDUE } else { state.code() },
        history: moves.iter().map(step).collect(),
    }
}

/// The state that an officer saw, whether or not it was shown as overdue.
pub(crate) fn seen_state(book: &Book, action: &FactId, seen: &str) -> Result<ActionState, ApiError> {
    if seen != OVERDUE {
        return seen.parse().map_err(|error| ApiError::bad("seen", error));
    }
    let state = book.record().last_move(action).map_or(ActionState::Open, |(_, moved)| moved.state);
    // Only what is still to do is shown as overdue.
    Ok(if matches!(state, ActionState::Open | ActionState::InProgress) { state } else { ActionState::Open })
}
