//! The report's own sentences, in Spanish and English. The two tables have one shape, so that a missing sentence does
//! not compile; what the input says in its own words never passes through here.

mod en;
mod es;

use bitacora_accounts::observation::Status;

use crate::{ActionState, Cause, ClaimState, End, Lang, Verdict};

pub(crate) const fn of(lang: Lang) -> &'static Words {
    match lang {
        Lang::Es => &es::WORDS,
        Lang::En => &en::WORDS,
    }
}

/// How many of a thing: `(count printed, is one)`.
pub(crate) type Counted = fn(&str, bool) -> String;

#[derive(Debug)]
pub(crate) struct Words {
    pub(crate) lang: Lang,
    pub(crate) months: [&'static str; 12],
    /// Page `3 de 12`.
    pub(crate) page_of: &'static str,
    pub(crate) as_known_on: &'static str,
    pub(crate) snapshot: &'static str,
    pub(crate) contents: &'static str,
    pub(crate) reference: &'static str,

    pub(crate) s_matrix: &'static str,
    pub(crate) s_curves: &'static str,
    pub(crate) s_fans: &'static str,
    pub(crate) s_chain: &'static str,
    pub(crate) s_audit: &'static str,
    pub(crate) s_claims: &'static str,
    pub(crate) s_programmes: &'static str,
    pub(crate) s_meetings: &'static str,
    pub(crate) s_diff: &'static str,
    pub(crate) s_sources: &'static str,
    pub(crate) s_reproduce: &'static str,
    pub(crate) nothing_here: &'static str,

    pub(crate) parties: &'static str,
    pub(crate) meeting: &'static str,
    pub(crate) dated: &'static str,
    pub(crate) drawn_up_by: &'static str,
    pub(crate) the_answer: &'static str,
    pub(crate) no_commitments: &'static str,
    pub(crate) commitments: Counted,
    pub(crate) turn: Counted,
    pub(crate) all_met: Counted,
    pub(crate) all_missed: Counted,
    pub(crate) undecided_only: Counted,
    pub(crate) none_measurable: Counted,
    pub(crate) latest_answers: &'static str,
    pub(crate) also_other: &'static str,
    pub(crate) more_in: fn(&str, bool, &str) -> String,
    pub(crate) section: fn(usize) -> String,
    pub(crate) reading_rule: &'static str,
    pub(crate) number_rule: &'static str,

    pub(crate) commitment: &'static str,
    pub(crate) promised: &'static str,
    pub(crate) target: &'static str,
    pub(crate) deadline: &'static str,
    pub(crate) baseline: &'static str,
    pub(crate) no_baseline: &'static str,
    pub(crate) stability: &'static str,
    pub(crate) what_turns_it: &'static str,
    pub(crate) does_not_apply: &'static str,
    pub(crate) part_of: fn(usize, usize) -> String,
    pub(crate) not_dated: &'static str,
    pub(crate) legend: &'static str,
    pub(crate) stability_rule: &'static str,
    pub(crate) end_rule: &'static str,
    pub(crate) the_promises: &'static str,

    pub(crate) year: &'static str,
    pub(crate) published: &'static str,
    pub(crate) method: &'static str,
    pub(crate) value: &'static str,
    pub(crate) values: &'static str,
    pub(crate) no_data: &'static str,
    pub(crate) no_data_years: &'static str,
    pub(crate) no_reason: &'static str,
    pub(crate) in_thousands: &'static str,
    pub(crate) in_millions: &'static str,
    pub(crate) in_thousand_millions: &'static str,
    pub(crate) hull_rule: &'static str,
    pub(crate) interval_bar: &'static str,
    pub(crate) pooled: &'static str,
    pub(crate) pooled_rule: &'static str,
    pub(crate) break_line: &'static str,
    pub(crate) fan_rule: &'static str,
    pub(crate) moved_by: &'static str,
    pub(crate) chart_of: fn(&str, &str, &str) -> String,
    pub(crate) methods_used: &'static str,
    pub(crate) marker_rule: &'static str,

    pub(crate) factor: &'static str,
    pub(crate) interval: &'static str,
    pub(crate) product: &'static str,
    pub(crate) simulated: fn(&str, &str, &str, u64) -> String,
    pub(crate) attribution: &'static str,
    pub(crate) before: &'static str,
    pub(crate) after: &'static str,
    pub(crate) share_of_move: &'static str,
    pub(crate) chain_rule: &'static str,

    pub(crate) publisher: &'static str,
    pub(crate) quantity: &'static str,
    pub(crate) covered: &'static str,
    pub(crate) tested: &'static str,
    pub(crate) mean_width: &'static str,
    pub(crate) leaves_out: &'static str,
    pub(crate) audit_rule: &'static str,

    pub(crate) speaker: &'static str,
    pub(crate) said: &'static str,
    pub(crate) on_record: &'static str,
    pub(crate) result: &'static str,
    pub(crate) claims_rule: &'static str,
    pub(crate) number_meant: &'static str,

    pub(crate) indicator: &'static str,
    pub(crate) period: &'static str,
    pub(crate) known_as: &'static str,
    pub(crate) missing: &'static str,
    pub(crate) programmes_rule: &'static str,

    pub(crate) agenda: &'static str,
    pub(crate) actions: &'static str,
    pub(crate) action: &'static str,
    pub(crate) owner: &'static str,
    pub(crate) due: &'static str,
    pub(crate) state: &'static str,
    pub(crate) no_agenda: &'static str,
    pub(crate) no_actions: &'static str,
    pub(crate) no_due: &'static str,

    pub(crate) since: fn(&str, &str) -> String,
    pub(crate) moved_nothing: &'static str,
    pub(crate) subject: &'static str,
    pub(crate) why: &'static str,
    pub(crate) diff_rule: &'static str,

    pub(crate) not_kept: &'static str,
    pub(crate) row_of: fn(&str) -> String,
    pub(crate) span_of: fn(&str, &str) -> String,
    pub(crate) in_file: fn(&str) -> String,
    pub(crate) in_document: fn(&str) -> String,
    pub(crate) reference_as_in: &'static str,
    pub(crate) files_read: &'static str,
    pub(crate) file: &'static str,
    pub(crate) entries: &'static str,
    pub(crate) vintage: &'static str,
    pub(crate) vintage_unknown: &'static str,
    pub(crate) derived_by: &'static str,
    pub(crate) derived_from: &'static str,
    pub(crate) sources_rule: &'static str,

    pub(crate) snapshot_hash: &'static str,
    pub(crate) observations: &'static str,
    pub(crate) verdicts: &'static str,
    pub(crate) checks: &'static str,
    pub(crate) of_checks: fn(&str, &str) -> String,
    pub(crate) version: &'static str,
    pub(crate) bundle: &'static str,
    pub(crate) no_bundle: &'static str,
    pub(crate) how_to_verify: &'static str,
    pub(crate) verify_rule: &'static str,
    pub(crate) same_bytes: &'static str,

    pub(crate) verdict: fn(Verdict) -> &'static str,
    pub(crate) end: fn(End) -> &'static str,
    pub(crate) status: fn(Status) -> &'static str,
    pub(crate) claim: fn(ClaimState) -> &'static str,
    pub(crate) action_state: fn(ActionState) -> &'static str,
    pub(crate) cause: fn(Cause) -> &'static str,
    /// The word for a code of the units table; none prints the code.
    pub(crate) unit_word: fn(&str) -> Option<&'static str>,
}

impl Words {
    pub(crate) fn unit<'a>(&self, code: &'a str) -> &'a str {
        (self.unit_word)(code).unwrap_or(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A table that does not name a word does not compile; this holds that none is named and left empty.
    #[test]
    fn both_languages_have_every_word() {
        for lang in [Lang::Es, Lang::En] {
            let words = of(lang);
            assert!(!format!("{words:?}").contains("\"\""), "{lang:?} has an empty word");
            let verdicts: Vec<&str> = Verdict::ALL.into_iter().map(words.verdict).collect();
            let states =
                [ClaimState::Matched, ClaimState::Unmatched, ClaimState::Misquoted, ClaimState::Contested];
            let claims: Vec<&str> = states.into_iter().map(words.claim).collect();
            let statuses: Vec<&str> = Status::ALL.iter().map(|one| (words.status)(*one)).collect();
            let states = [ActionState::Open, ActionState::Done, ActionState::Late, ActionState::Dropped];
            let actions: Vec<&str> = states.into_iter().map(words.action_state).collect();
            let causes: Vec<&str> =
                [Cause::World, Cause::Method, Cause::Inseparable].into_iter().map(words.cause).collect();
            let ends: Vec<&str> = [End::Low, End::Point, End::High].into_iter().map(words.end).collect();
            for list in [verdicts, claims, statuses, actions, causes, ends] {
                let unique: std::collections::BTreeSet<&str> = list.iter().copied().collect();
                assert_eq!(unique.len(), list.len(), "{list:?}");
                assert!(list.iter().all(|word| !word.is_empty()));
            }
        }
        for unit in bitacora_accounts::Unit::ALL {
            let empty = [Lang::Es, Lang::En].map(|lang| of(lang).unit(unit.code()).is_empty());
            assert_eq!(empty, [unit.code() == "count"; 2]);
        }
    }
}
