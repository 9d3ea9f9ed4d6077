//! Sentences for people at the terminal, in Spanish and English; everything else prints codes and numbers. The
//! two tables have one shape, so that a missing sentence does not compile.

mod accounts;
mod detect;
mod en;
mod es;
mod findings;
mod lint;
mod replies;
mod stix;
mod taxii;

use crate::cli::Lang;
use crate::error::NodeError;

/// A message table.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) is_spanish: bool,
    pub(crate) source: &'static str,
    pub(crate) lines: &'static str,
    pub(crate) messages: &'static str,
    pub(crate) duplicates: &'static str,
    pub(crate) positions: &'static str,
    pub(crate) position_not_available: &'static str,
    pub(crate) ignored: &'static str,
    pub(crate) refused: &'static str,
    pub(crate) late: &'static str,
    pub(crate) events: &'static str,
    pub(crate) leads: &'static str,
    pub(crate) rate: &'static str,
    pub(crate) per_second: &'static str,
    pub(crate) commit_mark: &'static str,
    pub(crate) quarantine_file: &'static str,
    pub(crate) type_column: &'static str,
    pub(crate) count_column: &'static str,
    pub(crate) reason_column: &'static str,
    pub(crate) nothing_usable: &'static str,
    pub(crate) serving: &'static str,
    pub(crate) officer: &'static str,
    pub(crate) link_once: &'static str,
    pub(crate) making_theatre: &'static str,
    pub(crate) replay_ended: &'static str,
    pub(crate) stopped: &'static str,
    pub(crate) script_held: &'static str,
    pub(crate) verify_log: &'static str,
    pub(crate) verify_leaves: &'static str,
    pub(crate) verify_opened: &'static str,
    pub(crate) verify_root: &'static str,
    pub(crate) verify_cosigned: &'static str,
    pub(crate) verify_releases: &'static str,
    pub(crate) verify_keys: &'static str,
    pub(crate) verify_receipts: &'static str,
    pub(crate) verify_held: &'static str,
    pub(crate) verify_refused: &'static str,
    pub(crate) verify_pages: &'static str,
    pub(crate) verify_not_receipted: &'static str,
    pub(crate) verify_cut: &'static str,
    pub(crate) verify_commitments_only: &'static str,
    pub(crate) verify_no_signatures: &'static str,
    pub(crate) verify_suspension: &'static str,
    pub(crate) verify_reason: &'static str,
    pub(crate) verify_condition: &'static str,
    pub(crate) verify_began: &'static str,
    pub(crate) verify_part_resumed: &'static str,
    pub(crate) verify_ended: &'static str,
    pub(crate) verify_in_force: &'static str,
    pub(crate) verify_leaf: &'static str,
    pub(crate) verify_declared: &'static str,
    pub(crate) verify_proven: &'static str,
    pub(crate) verify_unproven: &'static str,
    pub(crate) verify_inside: &'static str,
    pub(crate) verify_exceptions: &'static str,
    pub(crate) verify_outside: &'static str,
    pub(crate) verify_paired: &'static str,
    pub(crate) verify_one_side: &'static str,
    pub(crate) verify_bad_leaf: &'static str,
    pub(crate) verify_holds: &'static str,
    pub(crate) verify_fails: &'static str,
    pub(crate) agreement_policy_set: &'static str,
    pub(crate) agreement_not_ours: &'static str,
    pub(crate) agreement_signed_by: &'static str,
    pub(crate) agreement_installed: &'static str,
    pub(crate) agreement_unknown: &'static str,
    pub(crate) agreement_signed: &'static str,
    pub(crate) agreement_unsigned: &'static str,
    pub(crate) clause_unknown: &'static str,
    pub(crate) clause_unknown_critical: &'static str,
    pub(crate) reply_suspended: &'static str,
    pub(crate) reply_gate: &'static str,
    pub(crate) reply_not_logged: &'static str,
    pub(crate) reply_leaf: &'static str,
    pub(crate) reply_durable: &'static str,
    pub(crate) reply_resumed: &'static str,
    pub(crate) reply_released: &'static str,
    pub(crate) reply_held_again: &'static str,
    pub(crate) reply_refused: &'static str,
    pub(crate) reply_already: &'static str,
    pub(crate) reply_frames: &'static str,
    pub(crate) reply_bytes: &'static str,
    pub(crate) reply_ended: &'static str,
    pub(crate) reply_rotated: &'static str,
    pub(crate) reply_dismissed: &'static str,
    pub(crate) reply_revoked: &'static str,
    pub(crate) reply_was_not_trusted: &'static str,
    pub(crate) no_agreement: &'static str,
    pub(crate) partner_serves: &'static str,
    pub(crate) check_offline: &'static str,
    pub(crate) same_history: &'static str,
    pub(crate) other_history: &'static str,
    /// The script's steps, in order.
    pub(crate) script: [&'static str; 7],
    /// Why an item waits or is refused, by code.
    pub(crate) reason: fn(&str) -> &'static str,
    pub(crate) error: &'static str,
    /// What to do, by error code.
    pub(crate) advice: fn(&str) -> &'static str,
}

/// The words of one language.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Words(&'static Table);

impl std::ops::Deref for Words {
    type Target = Table;
    fn deref(&self) -> &Table {
        self.0
    }
}

impl Words {
    /// The language asked for, else the locale's, else English.
    pub(crate) fn choose(asked: Option<Lang>) -> Self {
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
            .iter()
            .filter_map(|name| std::env::var(name).ok())
            .find(|value| !value.is_empty());
        match asked {
            Some(Lang::Es) => Self(&es::TABLE),
            Some(Lang::En) => Self(&en::TABLE),
            None if locale.is_some_and(|locale| locale.starts_with("es")) => Self(&es::TABLE),
            None => Self(&en::TABLE),
        }
    }

    /// What went wrong, where, why, and what to do: three lines at most.
    pub(crate) fn failure(&self, error: &NodeError) -> String {
        let mut text = format!("{}: {error}", self.error);
        let mut cause = std::error::Error::source(error);
        while let Some(inner) = cause {
            text.push_str(&format!(": {inner}"));
            cause = inner.source();
        }
        let advice = (self.advice)(error.code());
        if !advice.is_empty() {
            text.push_str(&format!("\n  {advice}"));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_advice_is_in_both_languages() {
        for code in [
            "port_in_use",
            "bind",
            "no_time",
            "map",
            "parameter",
            "window",
            "run_held",
            "archive",
            "feed_url",
            "feed_unreachable",
            "taxii_token",
            "taxii_server",
            "taxii_listen",
            "thread",
            "unknown_officer",
            "not_stix",
            "key",
            "config",
            "store_read_only",
            "store_full",
            "store_unreachable",
        ] {
            assert!(!(es::TABLE.advice)(code).is_empty(), "es lacks {code}");
            assert!(!(en::TABLE.advice)(code).is_empty(), "en lacks {code}");
            assert_ne!((es::TABLE.advice)(code), (en::TABLE.advice)(code), "{code} is not translated");
        }
    }
}
