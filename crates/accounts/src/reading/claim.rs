//! Who says what: reporting verbs, "according to" and quotations in both languages, promises and agreed acts. It
//! proposes only quantities, programmes and acts; a personal allegation is counted and never proposed.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::reading::actor::{ActorKind, Named};
use crate::reading::acts::{Act, acts};
use crate::reading::allegation::allegation;
use crate::reading::date::{DateKind, Dated};
use crate::reading::proposal::Reason;
use crate::reading::quantity::Counted;
use crate::reading::speech::{Scene, Speaker};
use crate::reading::text::{Document, Span};
use crate::reading::token::{Kind, Words};
use crate::reading::unit::TOPICS;
use crate::reading::verbs::{ACCORDING, ANNOUNCE, MEASURERS, PROGRAMMES};

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ClaimKind {
    /// By who measures: a monitoring agency or a report.
    Measured,
    Claimed,
    Promised,
    AgreedAct,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ConditionKind {
    Unless,
    AsLongAs,
    If,
    Until,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Condition {
    pub kind: ConditionKind,
    pub span: Span,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Claim {
    pub kind: ClaimKind,
    /// The proposal of the actor who speaks or acts; absent where nobody is named.
    pub speaker: Option<u32>,
    /// The words that name the speaker here.
    pub speaker_span: Option<Span>,
    pub verb: Option<Span>,
    pub content: Span,
    pub quoted: bool,
    pub acts: Vec<Act>,
    pub quantities: Vec<u32>,
    /// When it was said or done, as far as the sentence says.
    pub date: Option<u32>,
    pub deadline: Option<u32>,
    pub condition: Option<Condition>,
}

#[derive(Clone, Debug)]
pub(crate) struct Said {
    pub sentence: usize,
    pub span: Span,
    pub claim: Claim,
    pub reasons: Vec<Reason>,
}

#[derive(Debug, Default)]
pub(crate) struct Sayings {
    pub found: Vec<Said>,
    pub allegations: Vec<Span>,
    /// Attributed sentences about nothing that the ledger holds.
    pub outside: Vec<Span>,
}

pub(crate) fn read(
    document: &Document<'_>,
    actors: &[Named],
    counted: &[Counted],
    dates: &[Dated],
) -> Sayings {
    let mut sayings = Sayings::default();
    let all = actors;
    let mut actors = actors.iter().enumerate().peekable();
    // Who is known to speak a quotation, by its first token, and its sentences that wait for that.
    let mut voices: BTreeMap<usize, usize> = BTreeMap::new();
    let mut waiting: Vec<(usize, Scene<'_, '_, '_>)> = Vec::new();
    let mut counts = counted.iter().enumerate().peekable();
    let mut dates = dates.iter().enumerate().peekable();
    // Who spoke last, and in which sentence: for "he said" and for Spanish verbs without a subject.
    let mut last: Option<(usize, usize)> = None;
    for (number, sentence) in document.sentences.iter().enumerate() {
        let words = Words { tokens: &document.tokens, first: sentence.first, end: sentence.end };
        let mut scene = Scene {
            document,
            words,
            number,
            actors: all,
            named: Vec::new(),
            counted: Vec::new(),
            dated: Vec::new(),
            allegation: None,
        };
        while let Some(next) = actors.next_if(|(_, named)| named.sentence <= number) {
            scene.named.push(next);
        }
        while let Some(next) = counts.next_if(|(_, count)| count.sentence <= number) {
            scene.counted.push(next);
        }
        while let Some(next) = dates.next_if(|(_, date)| date.sentence <= number) {
            scene.dated.push(next);
        }
        let people: Vec<&Named> = scene.named.iter().map(|(_, named)| *named).collect();
        scene.allegation = allegation(&words, &people);
        if let Some(span) = scene.allegation.and_then(|(from, end)| document.span(from, end)) {
            sayings.allegations.push(span);
        }
        let begins = sayings.found.len();
        scene.read(&mut last, &mut sayings);
        let mut heard: Vec<(usize, usize)> = Vec::new();
        for said in sayings.found.get(begins..).unwrap_or_default() {
            let first = document.tokens.partition_point(|token| token.span.start < said.claim.content.start);
            if let Some((quote, place)) =
                scene.whole_quote(first).zip(said.claim.speaker.filter(|_| said.claim.quoted))
            {
                voices.insert(quote, place as usize);
                heard.push((quote, place as usize));
            }
        }
        for (quote, place) in heard {
            for (of, before) in waiting.drain(..) {
                if of == quote {
                    sayings.found.extend(before.continued(place));
                }
            }
        }
        if sayings.found.len() == begins
            && let Some(quote) = scene.whole_quote(scene.first_word())
        {
            match voices.get(&quote) {
                Some(place) => sayings.found.extend(scene.continued(*place)),
                None if waiting.len() < 32 => {
                    waiting.retain(|(of, _)| *of == quote);
                    waiting.push((quote, scene));
                    continue;
                }
                None => {}
            }
        }
        if let Some((place, _)) =
            scene.named.iter().rev().find(|(_, named)| named.actor.kind == ActorKind::Person)
        {
            let first_person = scene.named.iter().find(|(_, named)| named.actor.kind == ActorKind::Person);
            if last.is_none_or(|(_, said)| said != number) {
                last = Some((first_person.map_or(*place, |(first, _)| *first), number));
            }
        }
    }
    sayings
}

impl Scene<'_, '_, '_> {
    fn read(&self, last: &mut Option<(usize, usize)>, sayings: &mut Sayings) {
        let begins = sayings.found.len();
        let mut attributed = false;
        let mut at = self.words.first;
        while at < self.words.end && sayings.found.len() < begins + 4 {
            let Some((verb_end, kind)) = self.trigger(at) else {
                at += 1;
                continue;
            };
            let (verb, inside) = (at, self.allegation.is_some_and(|(from, end)| from <= at && at < end));
            at = verb_end;
            if inside || self.quoted(verb).is_some() {
                continue;
            }
            let according = self.words.any(verb, ACCORDING).is_some();
            let speaker =
                if according { self.named_after(verb_end, 12) } else { self.speaker(verb, verb_end, *last) };
            let Some(speaker) = speaker else { continue };
            attributed = true;
            if let Some(place) = speaker.place {
                *last = Some((place, self.number));
            }
            let Some((from, end, quoted)) = self.content(verb, verb_end, &speaker, according) else {
                continue;
            };
            let within = |other: &Said| {
                let inside = self.document.span(from, end).is_some_and(|span| {
                    other.claim.content.start <= span.start && span.end <= other.claim.content.end
                });
                inside
                    && other.claim.speaker.map(|who| who as usize) == speaker.place
                    && speaker.place.is_some()
            };
            if sayings.found.get(begins..).unwrap_or_default().iter().any(within) {
                continue;
            }
            if let Some(said) = self.claim(Some(speaker), (verb, verb_end), (from, end), quoted, kind) {
                let twice = sayings
                    .found
                    .get(begins..)
                    .unwrap_or_default()
                    .iter()
                    .any(|other| other.claim.content == said.claim.content);
                if !twice {
                    sayings.found.push(said);
                }
            } else if let Some(span) = self.document.span(self.words.first, self.words.end) {
                sayings.outside.push(span);
            }
        }
        if sayings.found.len() == begins && !attributed {
            sayings.found.extend(self.plain(*last));
        }
        if sayings.found.len() > begins {
            sayings
                .outside
                .retain(|span| self.document.span(self.words.first, self.words.end) != Some(*span));
        }
        sayings.outside.dedup();
    }

    /// A sentence within a quotation whose speaker another sentence names.
    fn continued(&self, place: usize) -> Option<Said> {
        let first = self.first_word();
        let (from, end) = self.quoted(first)?;
        let (from, end) = self.trimmed(from, end)?;
        let speaker =
            Speaker { place: Some(place), first: from, end: from + 1, reason: Reason::SpeakerOfQuotation };
        let mut said = self.claim(Some(speaker), (from, from), (from, end), true, None)?;
        (said.claim.speaker_span, said.claim.verb) = (None, None);
        Some(said)
    }

    /// A promise or an act that the text states in its own voice.
    fn plain(&self, last: Option<(usize, usize)>) -> Option<Said> {
        let words = &self.words;
        let verb = (words.first..words.end)
            .find(|at| crate::reading::acts::finite(words, *at) || self.future(*at))?;
        if self.allegation.is_some_and(|(from, end)| from <= verb && verb < end) {
            return None;
        }
        let pronoun = words.find_last(verb.saturating_sub(3).max(words.first), verb, &["he", "she", "they"]);
        let speaker = match (pronoun, last.filter(|(_, said)| self.number.saturating_sub(*said) <= 3)) {
            (Some(at), Some((place, _))) => {
                Speaker { place: Some(place), first: at, end: at + 1, reason: Reason::SpeakerFromBefore }
            }
            _ => {
                let (place, named) =
                    self.named.iter().rev().find(|(_, named)| named.end <= verb && verb - named.end <= 12)?;
                self.by_actor(*place, named)
            }
        };
        let kind = if self.future(verb) { ClaimKind::Promised } else { ClaimKind::AgreedAct };
        let (from, end) = self.trimmed(speaker.first, words.end)?;
        let mut said = self.claim(Some(speaker), (verb, verb + 1), (from, end), false, Some(kind))?;
        // A plain future tells of a meeting as well: a promise names an act or a figure.
        if kind == ClaimKind::Promised && said.claim.acts.is_empty() && said.claim.quantities.is_empty() {
            return None;
        }
        said.reasons.push(Reason::StatedByTheText);
        Some(said)
    }

    fn future(&self, at: usize) -> bool {
        let lower = self.words.lower(at);
        matches!(lower, "will") && self.words.is(at + 1, Kind::Word)
            || lower.len() > 5
                && (lower.ends_with("drá")
                    || lower.ends_with("drán")
                    || lower.ends_with("ará")
                    || lower.ends_with("erá")
                    || lower.ends_with("irá")
                    || lower.ends_with("arán")
                    || lower.ends_with("erán")
                    || lower.ends_with("irán"))
    }

    fn claim(
        &self,
        speaker: Option<Speaker>,
        verb: (usize, usize),
        content: (usize, usize),
        quoted: bool,
        kind: Option<ClaimKind>,
    ) -> Option<Said> {
        let words = &self.words;
        let (mut from, mut end) = content;
        let mut reasons: Vec<Reason> = Vec::new();
        if let Some((bad, bad_end)) = self.allegation
            && from < bad_end
            && bad < end
        {
            // What stands before the allegation may stand; what follows it hangs on it.
            (from, end) = self.trimmed(from, bad.max(from))?;
            reasons.push(Reason::CutBeforeAllegation);
        }
        let body = Words { end, first: from, ..*words };
        let acts = acts(&body);
        let quantities: Vec<u32> = self
            .counted
            .iter()
            .filter(|(_, count)| from <= count.first && count.end <= end)
            .filter_map(|(place, _)| u32::try_from(*place).ok())
            .collect();
        let programme = (from..end).any(|at| {
            let key = words.key(at);
            words.is(at, Kind::Word)
                && (PROGRAMMES.iter().any(|stem| key.starts_with(stem))
                    || TOPICS
                        .iter()
                        .any(|(_, stems)| stems.iter().any(|stem| stem.len() > 3 && key.starts_with(stem))))
        });
        if quantities.is_empty() && acts.is_empty() && !programme {
            return None;
        }
        let who = speaker.and_then(|who| self.actors.get(who.place?)).map(|named| &named.actor);
        let official = who.is_none_or(|actor| {
            matches!(actor.kind, ActorKind::State | ActorKind::Office | ActorKind::Agency | ActorKind::Person)
                && actor.role != Some("analyst")
                || actor.kind == ActorKind::Unnamed
                    && matches!(
                        actor.who.as_str(),
                        "officials" | "ministers" | "parties" | "president" | "minister"
                    )
        });
        let weighty = !quantities.is_empty() || !acts.is_empty();
        let measures = who
            .is_some_and(|actor| actor.kind == ActorKind::Report || MEASURERS.contains(&actor.who.as_str()));
        let goal = words
            .find(from, end, &["goal", "goals", "target", "targets", "meta", "metas", "objetivo"])
            .is_some();
        let promises = kind == Some(ClaimKind::Promised)
            || official
                && weighty
                && !quoted_past(words, from, end)
                && ((from..end).any(|at| self.future(at))
                    && words.find(from, end, &["would", "will"]).is_none_or(|at| words.key(at) == "will"));
        let would = official
            && !acts.is_empty()
            && kind.is_none()
            && words.find(from, end, &["would"]).is_some()
            && words.lower(verb.0) != "warned";
        let plans = words.any_in(
            from,
            end,
            &[
                "plans to",
                "intends to",
                "aims to",
                "vowed to",
                "pledged to",
                "promised to",
                "vamos a",
                "we will",
                "we'll",
                "going to",
                "gonna",
                "se comprometio a",
                "se comprometieron a",
                "planea",
                "pretende",
            ],
        );
        let sovereign = acts.iter().any(|act| act.is_sovereign());
        let said = words.lower(verb.0);
        let announces = ANNOUNCE.contains(&said);
        let decided = sovereign
            && (announces
                || (from..end).any(|at| crate::reading::acts::finite(words, at))
                || crate::reading::acts::finite(words, verb.0));
        let kind = match kind {
            _ if decided && (kind != Some(ClaimKind::Promised) || announces) => ClaimKind::AgreedAct,
            Some(ClaimKind::AgreedAct) => ClaimKind::AgreedAct,
            _ if promises || would || plans && official => ClaimKind::Promised,
            Some(ClaimKind::Measured) => ClaimKind::Measured,
            _ if measures && !quantities.is_empty() => ClaimKind::Measured,
            _ if measures && words.any(verb.0, ACCORDING).is_some() => ClaimKind::Measured,
            _ => ClaimKind::Claimed,
        };
        if goal {
            reasons.push(Reason::NamesAGoal);
        }
        let deadline = self.dated.iter().find(|(_, date)| {
            from <= date.first && date.end <= end && matches!(date.when.kind, DateKind::By | DateKind::Before)
        });
        let date = self.dated.iter().find(|(_, date)| date.first < from || date.first >= end).or_else(|| {
            self.dated
                .iter()
                .find(|(_, date)| kind == ClaimKind::AgreedAct && date.when.kind == DateKind::Within)
        });
        let index = |found: Option<&(usize, &Dated)>| found.and_then(|(place, _)| u32::try_from(*place).ok());
        let content = self.document.span(from, end)?;
        let speaker_span = speaker.and_then(|who| self.document.span(who.first, who.end));
        let verb_span = self.document.span(verb.0, verb.1);
        reasons.extend(speaker.map(|who| who.reason));
        if quoted {
            reasons.push(Reason::DirectQuotation);
        }
        let parts = [Some(content), speaker_span, verb_span];
        let start = parts.iter().flatten().min().copied()?;
        let stop = parts.iter().flatten().max_by_key(|span| span.end).copied()?;
        Some(Said {
            sentence: self.number,
            span: start.to(stop),
            claim: Claim {
                kind,
                speaker: speaker.and_then(|who| u32::try_from(who.place?).ok()),
                speaker_span,
                verb: verb_span,
                content,
                quoted,
                acts,
                quantities,
                date: index(date),
                deadline: index(deadline),
                condition: self.condition(),
            },
            reasons,
        })
    }

    fn condition(&self) -> Option<Condition> {
        const TABLE: &[(ConditionKind, &[&str])] = &[
            (ConditionKind::Unless, &["unless", "a menos que", "a no ser que", "salvo que"]),
            (
                ConditionKind::AsLongAs,
                &[
                    "as long as",
                    "so long as",
                    "while",
                    "provided that",
                    "mientras",
                    "mientras que",
                    "siempre que",
                    "siempre y cuando",
                    "en tanto",
                ],
            ),
            (ConditionKind::Until, &["until", "hasta que", "till"]),
            (
                ConditionKind::If,
                &[
                    "if",
                    "on condition that",
                    "si",
                    "a condicion de que",
                    "con la condicion de que",
                    "en caso de que",
                ],
            ),
        ];
        let words = &self.words;
        for at in words.first..words.end {
            for (kind, phrases) in TABLE {
                let Some(length) = words.any(at, phrases) else { continue };
                // "until 2026" and "hasta 2026" are dates; "mientras tanto" and "si bien" no conditions.
                let date = self.dated.iter().any(|(_, date)| date.first <= at && at < date.end);
                let idle = matches!(words.key(at + length), "tanto" | "bien" | "only" | "talking")
                    || words.lower(at) == "sí";
                let whilst = words.key(at) == "while" && !self.allowed_while(at);
                if date || idle || whilst || self.allegation.is_some_and(|(from, end)| from <= at && at < end)
                {
                    continue;
                }
                let end =
                    words.find(at + length, words.end, &[",", ";", "”", "\"", "."]).unwrap_or(words.end);
                return Some(Condition { kind: *kind, span: self.document.span(at, end)? });
            }
        }
        None
    }

    /// "while" is a condition beside a suspension only, not where it means "whereas".
    fn allowed_while(&self, at: usize) -> bool {
        !matches!(self.words.before(at, 1), "," | "") && !acts(&self.words).is_empty()
    }
}

fn quoted_past(words: &Words<'_, '_>, from: usize, end: usize) -> bool {
    words.find(from, end.min(from + 2), &["if", "si"]).is_some()
}
