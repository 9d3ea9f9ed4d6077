//! One sentence as speech: the verb, who speaks and what is said. It finds the words; what they weigh is for
//! `claim`.

use crate::reading::actor::ActorKind;
use crate::reading::actor::{Named, name_at};
use crate::reading::claim::ClaimKind;
use crate::reading::date::Dated;
use crate::reading::proposal::Reason;
use crate::reading::quantity::Counted;
use crate::reading::text::Document;
use crate::reading::token::{Kind, Words};
use crate::reading::verbs::{ACCORDING, MEASURE, PROMISE, SAY};

pub(crate) struct Scene<'s, 'd, 'a> {
    pub document: &'d Document<'a>,
    pub words: Words<'d, 'a>,
    pub number: usize,
    pub actors: &'s [Named],
    pub named: Vec<(usize, &'s Named)>,
    pub counted: Vec<(usize, &'s Counted)>,
    pub dated: Vec<(usize, &'s Dated)>,
    pub allegation: Option<(usize, usize)>,
}

#[derive(Clone, Copy)]
pub(crate) struct Speaker {
    pub place: Option<usize>,
    pub first: usize,
    pub end: usize,
    pub reason: Reason,
}

impl Scene<'_, '_, '_> {
    pub(crate) fn trigger(&self, at: usize) -> Option<(usize, Option<ClaimKind>)> {
        if let Some(length) = self.words.any(at, ACCORDING) {
            return Some((at + length, None));
        }
        let lower = self.words.lower(at);
        if lower.is_empty() {
            return None;
        }
        let before = self.words.before(at, 1);
        // "the estimated cost", "a planned visit", "el anuncio": no verbs of saying.
        let noun = matches!(
            before,
            "the"
                | "a"
                | "an"
                | "of"
                | "this"
                | "its"
                | "el"
                | "la"
                | "un"
                | "una"
                | "to"
                | "was"
                | "were"
                | "be"
                | "been"
                | "is"
                | "are"
                | "de"
                | "del"
                | "su"
                | "fue"
                | "ser"
        );
        if MEASURE.contains(&lower) && !noun {
            return Some((at + 1, Some(ClaimKind::Measured)));
        }
        if PROMISE.contains(&lower) && !noun {
            let aims = !matches!(lower, "plans" | "planned" | "intends" | "aims" | "seeks" | "targets")
                || self.words.key(at + 1) == "to";
            return aims.then_some((at + 1, Some(ClaimKind::Promised)));
        }
        (SAY.contains(&lower) && !noun).then_some((at + 1, None))
    }

    /// The quotation that holds the token, cut to this sentence.
    pub(crate) fn quoted(&self, at: usize) -> Option<(usize, usize)> {
        let quotes = &self.document.quotes;
        let next = quotes.partition_point(|quote| quote.first <= at);
        let quote = quotes.get(next.checked_sub(1)?)?;
        (at < quote.end).then(|| (quote.first.max(self.words.first), quote.end.min(self.words.end)))
    }

    pub(crate) fn first_word(&self) -> usize {
        (self.words.first..self.words.end)
            .find(|at| self.words.is(*at, Kind::Word))
            .unwrap_or(self.words.first)
    }

    /// The first token of the quotation that holds the token.
    pub(crate) fn whole_quote(&self, at: usize) -> Option<usize> {
        let quotes = &self.document.quotes;
        let next = quotes.partition_point(|quote| quote.first <= at);
        quotes.get(next.checked_sub(1)?).filter(|quote| at < quote.end).map(|quote| quote.first)
    }

    /// The first quotation that begins in `from..to` and has at least four words in this sentence.
    pub(crate) fn quote_in(&self, from: usize, to: usize) -> Option<(usize, usize)> {
        let quotes = &self.document.quotes;
        let next = quotes.partition_point(|quote| quote.end <= from);
        quotes.iter().skip(next).take_while(|quote| quote.first < to).take(8).find_map(|quote| {
            let cut = (quote.first.max(self.words.first), quote.end.min(self.words.end));
            (cut.1 >= cut.0 + 4 && cut.0 >= from.saturating_sub(1)
                || cut.0 == self.words.first && cut.1 > cut.0 + 3)
                .then_some(cut)
        })
    }

    pub(crate) fn by_actor(&self, place: usize, named: &Named) -> Speaker {
        let reason = named.reasons.first().copied().unwrap_or(Reason::InActorTable);
        Speaker { place: Some(place), first: named.first, end: named.end, reason }
    }

    pub(crate) fn named_after(&self, from: usize, reach: usize) -> Option<Speaker> {
        let stop = self
            .words
            .find(from, from + reach, &[",", ";", "“", "\"", "«", "that", "que"])
            .unwrap_or(from + reach);
        if let Some((place, named)) =
            self.named.iter().find(|(_, named)| from <= named.first && named.first < stop.max(from + 1))
        {
            // "a White House report": the office says it through its report.
            return Some(self.by_actor(*place, named));
        }
        for at in from..stop.min(from + 4) {
            if let Some(end) = name_at(&self.words, at) {
                return Some(Speaker { place: None, first: at, end, reason: Reason::NameWithoutOffice });
            }
        }
        let end = stop.min(self.words.end).min(from + 8);
        (end > from && self.words.is(from, Kind::Word)).then_some(Speaker {
            place: None,
            first: from,
            end,
            reason: Reason::SpeakerNotNamed,
        })
    }

    /// The subject of a verb of saying: after it where the verb follows a quotation or a comma, else before it.
    pub(crate) fn speaker(
        &self,
        verb: usize,
        verb_end: usize,
        last: Option<(usize, usize)>,
    ) -> Option<Speaker> {
        let words = &self.words;
        let opens = verb == words.first
            || matches!(words.before(verb, 1), "," | "”" | "\"" | "»" | "—" | "–" | "-" | "." | "?" | "!");
        if opens && verb_end < words.end {
            let after =
                verb_end + usize::from(matches!(words.key(verb_end), "the" | "el" | "la" | "los" | "las"));
            let close = |first: usize| {
                first <= after + 2
                    && (after..first).all(|at| {
                        let time = self.dated.iter().any(|(_, date)| date.first <= at && at < date.end);
                        words.is(at, Kind::Word)
                            && !time
                            && !matches!(words.key(at), "that" | "que" | "to" | "a" | "on" | "en")
                    })
            };
            if let Some((place, named)) =
                self.named.iter().find(|(_, named)| named.first >= verb_end && close(named.first))
            {
                return Some(self.by_actor(*place, named));
            }
            if let Some(end) = name_at(words, after) {
                return Some(Speaker { place: None, first: after, end, reason: Reason::NameWithoutOffice });
            }
        }
        let reach = verb.saturating_sub(30).max(words.first);
        let barrier = words.find_last(reach, verb, &["that", "que", ";", ":"]).map_or(reach, |at| at + 1);
        // The subject opens its clause: of several actors before the verb the one that no "of" or "to" leads in.
        let mut best: Option<(usize, &Named)> = None;
        for (place, named) in self.named.iter().filter(|(_, named)| {
            barrier <= named.first && named.end <= verb && self.quoted(named.first).is_none()
        }) {
            let article = usize::from(matches!(
                words.before(named.first, 1),
                "the" | "el" | "la" | "former" | "los" | "las"
            ));
            let led = matches!(
                words.before(named.first, 1 + article),
                "of" | "to"
                    | "by"
                    | "with"
                    | "in"
                    | "from"
                    | "on"
                    | "de"
                    | "del"
                    | "a"
                    | "al"
                    | "con"
                    | "en"
                    | "por"
                    | "and"
                    | "for"
                    | "against"
                    | "his"
                    | "after"
            );
            let own = matches!(words.key(named.end), "'s" | "’s");
            let close = verb - named.end <= 2;
            let person = named.actor.kind == ActorKind::Person;
            if best.is_none() || !led && (!own || named.actor.kind == ActorKind::Person) || close && person {
                best = Some((*place, named));
            }
        }
        let pronoun = words
            .find_last(
                verb.saturating_sub(3).max(barrier),
                verb,
                &["he", "she", "they", "el", "ella", "ellos"],
            )
            .filter(|at| words.key(*at) != "el" || words.lower(*at) == "él");
        let before = last.filter(|(_, said)| self.number.saturating_sub(*said) <= 3);
        if let (Some(at), Some((place, _))) = (pronoun, before) {
            return Some(Speaker {
                place: Some(place),
                first: at,
                end: at + 1,
                reason: Reason::SpeakerFromBefore,
            });
        }
        if let Some((place, named)) = best {
            return Some(self.by_actor(place, named));
        }
        for at in (verb.saturating_sub(5).max(barrier)..verb).rev() {
            let start = if at > words.first && name_at(words, at - 1).is_some_and(|end| end > at) {
                at - 1
            } else {
                at
            };
            if let Some(end) = name_at(words, start).filter(|end| *end <= verb) {
                return Some(Speaker { place: None, first: start, end, reason: Reason::NameWithoutOffice });
            }
        }
        let spanish_open = self
            .document
            .sentences
            .get(self.number)
            .is_some_and(|s| s.language == crate::reading::text::Language::Es)
            && (opens || verb <= words.first + 3);
        let (place, _) = before.filter(|_| pronoun.is_some() || spanish_open || opens)?;
        Some(Speaker { place: Some(place), first: verb, end: verb_end, reason: Reason::SpeakerFromBefore })
    }

    /// What is said: the quotation, else what follows the verb, else what stands before an attribution at the end.
    pub(crate) fn content(
        &self,
        verb: usize,
        verb_end: usize,
        speaker: &Speaker,
        according: bool,
    ) -> Option<(usize, usize, bool)> {
        let words = &self.words;
        let speaker_after = speaker.first >= verb_end;
        let after = if speaker_after || according { speaker.end.max(verb_end) } else { verb_end };
        let opened = matches!(words.before(verb, 1), "," | "”" | "\"" | "»" | "?" | "!" | "—");
        let after_quote = matches!(words.before(speaker.first.min(verb), 1), "”" | "\"" | "»")
            || words.before(speaker.first.min(verb), 1) == ","
                && matches!(words.before(speaker.first.min(verb), 2), "”" | "\"" | "»");
        if (speaker_after && opened || after_quote || according)
            && let Some((from, end)) = self.quote_in(words.first, verb)
        {
            return self.trimmed(from, end).map(|(from, end)| (from, end, true));
        }
        // "..., the agency said in a statement on Tuesday": what was said stands before the comma.
        let tail = words.end.saturating_sub(after);
        let comma = words
            .find_last(verb.saturating_sub(9).max(words.first), verb, &[","])
            .filter(|at| *at > words.first + 3);
        let told = words.find(after, words.end, &["that", "que", ":", "“", "\"", "«"]).is_some();
        if let Some(comma) = comma.filter(|at| {
            !according && !speaker_after && tail <= 9 && !told && *at < speaker.first.max(words.first + 4)
                || tail <= 9 && !told && self.led_by_place(after) && !speaker_after && *at < verb
        }) {
            return self.trimmed(words.first, comma).map(|(from, end)| (from, end, false));
        }
        let first_word = (words.first..words.end).find(|at| words.is(*at, Kind::Word)).unwrap_or(words.first);
        if according && verb <= first_word + 1 {
            let comma = words.find(after, words.end, &[","]).map_or(after, |at| at + 1);
            return self.trimmed(comma, words.end).map(|(from, end)| (from, end, false));
        }
        let subject_first = speaker.first.min(verb);
        if (according || speaker_after && opened || words.key(after) == "." || after >= words.end)
            && subject_first > words.first + 2
        {
            return self.trimmed(words.first, subject_first).map(|(from, end)| (from, end, false));
        }
        // "announced Tuesday that", "told El Colombiano that", "dijo en una rueda de prensa que".
        let that = words
            .find(after, after + 9, &["that", "que"])
            .filter(|at| words.find(after, *at, &[",", ";"]).is_none());
        let after = that.map_or(after, |at| at + 1);
        let skip = usize::from(matches!(words.key(after), ":" | ","));
        let quote = self.quote_in(after, words.end).filter(|(from, _)| *from <= after + 3);
        match quote {
            Some((from, end)) => self.trimmed(from, end).map(|(from, end)| (from, end, true)),
            None => self.trimmed(after + skip, words.end).map(|(from, end)| (from, end, false)),
        }
    }

    /// "said in a statement", "said on Tuesday": where and when, not what.
    pub(crate) fn led_by_place(&self, at: usize) -> bool {
        matches!(self.words.key(at), "in" | "on" | "at" | "en" | "a" | "durante" | "during")
            || self.dated.iter().any(|(_, date)| date.first <= at && at < date.end)
    }

    pub(crate) fn trimmed(&self, mut from: usize, mut end: usize) -> Option<(usize, usize)> {
        let edge = |key: &str| {
            matches!(key, "," | "." | ";" | ":" | "\"" | "“" | "”" | "«" | "»" | "-" | "–" | "—" | "!" | "?")
        };
        while from < end && edge(self.words.key(from)) {
            from += 1;
        }
        while end > from
            && (edge(self.words.key(end - 1))
                || matches!(self.words.key(end - 1), "the" | "el" | "la" | "los" | "las"))
        {
            end -= 1;
        }
        (from < end).then_some((from, end))
    }
}
