//! Audits, claims, indicators, meetings, and what moved since another day.

use bitacora_accounts::audit::audit;
use bitacora_accounts::book::Book;
use bitacora_accounts::claims::{ClaimState as State, Judged};
use bitacora_accounts::moved::{self, moved};
use bitacora_accounts::record::{self, ActionState as Stands};
use bitacora_accounts::series::Publisher;
use bitacora_accounts::verdict::{End, matrix};
use bitacora_accounts::{Day, ObservationId};

use super::sourced::{Sources, rounded};
use super::words;
use crate::{
    Action, ActionState, Audit, BadReport, Cause, Claim, ClaimState, Diff, Indicator, Lang, Meeting, Move,
    Number, Position, Quoted, Reading, Shown, Texts,
};

/// How published intervals fared, a line a publisher.
pub(super) fn audits(book: &Book, as_of: Day, sources: &mut Sources<'_>) -> Vec<Audit> {
    let mut lines = Vec::new();
    for own in audit(book.ledger(), as_of).iter().filter(|own| own.with_inferred.of > 0) {
        let mut from = Vec::new();
        for judged in own.intervals.iter().filter(|judged| judged.last.is_some()) {
            let ids = [Some(judged.observation), judged.last.as_ref().map(|later| later.observation)];
            for id in ids.into_iter().flatten() {
                from.extend(book.ledger().get(ObservationId::at(id)).map(|own| sources.observation(own)));
            }
        }
        if from.is_empty() {
            continue;
        }
        let source = sources.derived(words::coverage_rule(), from);
        let count = |count: u32| Number::new(count.to_string(), "", source.clone());
        let code = own.publisher.as_deref().unwrap_or("-");
        let method = Publisher::of(code).and_then(|own| book.registry().method(own.method()));
        let width = own
            .mean_relative_width
            .map(|width| Number::new(format!("{:.1}", 100.0 * width), "%", source.clone()));
        lines.push(Audit {
            publisher: method.map_or_else(|| Texts::same(code), |method| words::texts(&method.name)),
            quantity: words::all_intervals(),
            judged: count(own.with_inferred.of),
            covered: count(own.with_inferred.inside),
            width,
            omitted: (!own.omissions.is_empty()).then(words::omits_factor),
        });
    }
    lines
}

pub(super) fn claims(book: &Book, as_of: Day, sources: &mut Sources<'_>) -> Vec<Claim> {
    let judged = book.claims(as_of);
    judged.iter().map(|(entry, claim, judged)| claim_of(book, as_of, entry, claim, judged, sources)).collect()
}

fn claim_of(
    book: &Book,
    as_of: Day,
    entry: &record::Entry,
    claim: &record::Claim,
    judged: &Judged,
    sources: &mut Sources<'_>,
) -> Claim {
    let source = sources.stated(&claim.source_name, &claim.source_ref);
    let unit = claim.unit.map_or("", |unit| unit.code());
    let found = judged.observation.zip(judged.measured).and_then(|(id, measured)| {
        let figure = book.ledger().get(id)?;
        let own = sources.observation(figure);
        let number = Number::new(rounded(measured), unit, own);
        Some(if claim.about.base.is_some() { number.as_change() } else { number })
    });
    let mut positions = Vec::new();
    for answer in book.answers(as_of).filter(|answer| answer.claim == entry.id) {
        if positions.is_empty() {
            let text = Texts::same(&claim.text);
            positions.push(Position {
                party: Texts::same(&claim.speaker),
                text,
                sources: vec![source.clone()],
            });
        }
        let own = sources.stated(&answer.source_name, &answer.source_ref);
        positions.push(Position {
            party: Texts::same(&answer.party),
            text: Texts::same(&answer.text),
            sources: vec![own],
        });
    }
    let quantity = claim.value.map(|value| {
        let mut number = Number::new(value.to_string(), unit, source.clone());
        number.bound = claim.bound;
        if claim.about.base.is_some() { number.as_change() } else { number }
    });
    Claim {
        speaker: claim.speaker.clone(),
        date: claim.said.map_or_else(String::new, |said| said.to_string()),
        said: Quoted { text: claim.text.clone(), lang: Lang::En },
        quantity,
        state: match judged.state {
            State::Matched => ClaimState::Matched,
            State::Unmatched => ClaimState::Unmatched,
            State::Misquoted => ClaimState::Misquoted,
            State::Contested => ClaimState::Contested,
        },
        found,
        why: judged.given_instead.is_some().then(words::given_instead),
        positions,
        sources: vec![source],
    }
}

/// Every indicator, with its latest figure and the one before, or the reason why there is none.
pub(super) fn indicators(book: &Book, as_of: Day, sources: &mut Sources<'_>) -> Vec<Indicator> {
    let mut lines = Vec::new();
    for programme in book.registry().programmes() {
        for own in book.registry().of_programme(&programme.code) {
            let standing = book.standing(own, as_of);
            let mut readings: Vec<Reading> = Vec::new();
            for (id, _) in standing.iter().rev() {
                let Some(figure) = book.ledger().get(*id) else { continue };
                let period = figure.period.dates().to_string();
                let again =
                    readings.iter().any(|own| matches!(own, Reading::Shown(own) if own.period == period));
                if again || readings.len() == 2 {
                    continue;
                }
                if let Some(value) = sources.number(*id) {
                    let vintage = figure.known().map_or_else(String::new, |known| known.to_string());
                    readings
                        .insert(0, Reading::Shown(Shown { value, period, status: figure.status, vintage }));
                }
            }
            if readings.is_empty() {
                readings.push(Reading::Missing { period: "-".to_owned(), why: words::missing(&own.missing) });
            }
            lines.push(Indicator {
                group: words::texts(&programme.name),
                name: words::texts(&own.name),
                readings,
                note: None,
            });
        }
    }
    lines
}

pub(super) fn meetings(book: &Book, as_of: Day, sources: &mut Sources<'_>) -> Vec<Meeting> {
    let mut lines = Vec::new();
    for (id, own) in book.meetings(as_of) {
        let mut actions = Vec::new();
        for (action_id, action) in book.actions(as_of).filter(|(_, action)| action.meeting == *id) {
            let mut moves = book.record().moves(action_id).filter(|(entry, _)| entry.recorded <= as_of);
            let stands = moves.next_back().map_or(Stands::Open, |(_, moved)| moved.state);
            let source = sources.stated(&own.source_name_or_kind(), "");
            actions.push(Action {
                text: Texts::same(&action.text),
                owner: Texts::same(&action.owner),
                due: action.due,
                state: match stands {
                    _ if action.is_overdue(stands, as_of) => ActionState::Late,
                    Stands::Done => ActionState::Done,
                    Stands::Dropped => ActionState::Dropped,
                    Stands::Open | Stands::InProgress => ActionState::Open,
                },
                sources: vec![source],
            });
        }
        lines.push(Meeting {
            name: words::meeting_kind(own.kind),
            days: own.day,
            place: Some(Texts::same(&own.place)),
            parties: own.parties.iter().map(|party| words::party(party)).collect(),
            agenda: own.agenda.iter().map(|item| Texts::same(&item.title)).collect(),
            actions,
        });
    }
    lines
}

/// What the world moved and what the method moved, and the verdicts that are others than then.
pub(super) fn diff(
    book: &Book,
    since: Day,
    as_of: Day,
    sources: &mut Sources<'_>,
) -> Result<Diff, BadReport> {
    let found = moved(book.ledger(), since, as_of, &[])
        .map_err(|error| BadReport::NotMoved { why: error.to_string() })?;
    let mut moves: Vec<Move> = Vec::new();
    for change in &found.changes {
        let cause = match change.cause {
            moved::Cause::World => Cause::World,
            moved::Cause::Method => Cause::Method,
            // What is only known or said otherwise moved neither the world nor a method.
            moved::Cause::Knowledge | moved::Cause::Dispute => continue,
        };
        let number = |stood: Option<moved::Stood>, sources: &mut Sources<'_>| {
            stood.and_then(|stood| sources.number(ObservationId::at(stood.observation)))
        };
        let (from, to) = (number(change.before, sources), number(change.after, sources));
        let subject = words::subject(book, &change.series, &change.period.dates().to_string());
        let why = words::moved(change.kind, change.factor.as_ref().and_then(|own| own.mover));
        moves.push(Move { cause, subject, from, to, verdict: None, why });
    }
    moves.extend(verdicts(book, since, as_of));
    Ok(Diff { since, since_snapshot: book.snapshot().to_string(), moves })
}

fn verdicts(book: &Book, since: Day, as_of: Day) -> Vec<Move> {
    let at = |day| matrix(book.ledger(), book.registry(), book.commitments(), Some(day));
    let (then, now) = (at(since), at(as_of));
    let before: Vec<_> = then.standing(End::Point).collect();
    let mut moves = Vec::new();
    for row in now.standing(End::Point) {
        let same = |own: &&&bitacora_accounts::verdict::Row| {
            own.commitment == row.commitment && own.method == row.method && own.baseline == row.baseline
        };
        let Some(old) = before.iter().find(same) else { continue };
        if old.verdict == row.verdict || !(old.is_judged() || row.is_judged()) {
            continue;
        }
        let Some(promise) = book.commitment(&row.commitment) else { continue };
        moves.push(Move {
            // Both may have moved it: the figures of the two days are listed above.
            cause: Cause::Inseparable,
            subject: promise.title.as_ref().map_or_else(|| Texts::same(&promise.id), words::texts),
            from: None,
            to: None,
            verdict: Some((words::verdict(old.verdict), words::verdict(row.verdict))),
            why: words::reason(row.reason),
        });
    }
    moves
}
