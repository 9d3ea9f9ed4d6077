//! The exchange's answers as an officer reads them at the console.

use bitacora_policy::Reason;
use bitacora_primitives::markings::Text;

use super::Words;
use crate::exchange::request::{AgreementStatus, Reply};

impl Words {
    /// The sentence of an agreement or a notice in this language.
    pub(crate) fn pick<'t>(&self, text: &'t Text) -> &'t str {
        if self.is_spanish { &text.es } else { &text.en }
    }

    pub(crate) fn reply(&self, reply: &Reply) -> String {
        match reply {
            Reply::Status { agreements } if agreements.is_empty() => format!("{}\n", self.no_agreement),
            Reply::Status { agreements } => agreements.iter().map(|one| self.standing(one)).collect(),
            Reply::Suspended { suspension, gate_closed, gate_closed_us, leaf, leaf_durable } => {
                let mut text = format!(
                    "{}  {suspension}\n{}  {gate_closed}  ({gate_closed_us} µs)\n",
                    self.reply_suspended, self.reply_gate
                );
                match (leaf, leaf_durable) {
                    (Some(leaf), Some(at)) => {
                        text += &format!("{} {leaf}  {} {at}\n", self.reply_leaf, self.reply_durable);
                    }
                    _ => text += &format!("{}\n", self.reply_not_logged),
                }
                text
            }
            Reply::Resumed { leaf, released, held, refused } => format!(
                "{}  {} {leaf}\n{} {released}, {} {held}, {} {refused}\n",
                self.reply_resumed,
                self.reply_leaf,
                self.reply_released,
                self.reply_held_again,
                self.reply_refused
            ),
            Reply::Released { outcome, leaf, reasons } => {
                let word = match outcome.as_str() {
                    "released" => self.reply_released,
                    "held" => self.reply_held_again,
                    "already" => self.reply_already,
                    _ => self.reply_refused,
                };
                let reasons: String = reasons.iter().map(|reason| self.because(reason)).collect();
                format!("{word}  {} {leaf}\n{reasons}", self.reply_leaf)
            }
            Reply::Carried { frames, bytes, held } => format!(
                "{frames} {}, {bytes} {}, {held} {}\n",
                self.reply_frames, self.reply_bytes, self.reply_held_again
            ),
            Reply::CarriedIn { frames, refused } => {
                format!("{frames} {}, {refused} {}\n", self.reply_frames, self.reply_refused)
            }
            Reply::Ended { leaf } => format!("{}  {} {leaf}\n", self.reply_ended, self.reply_leaf),
            Reply::Rotated { leaf, key } => {
                format!("{}  {} {leaf}\n  {key}\n", self.reply_rotated, self.reply_leaf)
            }
            Reply::Dismissed { leaf } => format!("{}  {} {leaf}\n", self.reply_dismissed, self.reply_leaf),
            Reply::Revoked { was_trusted } => {
                let text = if *was_trusted { self.reply_revoked } else { self.reply_was_not_trusted };
                format!("{text}\n")
            }
            Reply::Leases { leases } => {
                leases.iter().map(|one| format!("{}  {}\n", one.lease.agreement, one.until)).collect()
            }
            Reply::Refused { code, detail } => format!("{}: {code}: {detail}\n", self.reply_refused),
        }
    }

    fn because(&self, reason: &Reason) -> String {
        let code = serde_json::to_value(reason.code).ok();
        let code = code.as_ref().and_then(|code| code.as_str()).unwrap_or_default();
        let until = reason.until.map_or_else(String::new, |until| format!("  {until}"));
        format!("  {}  {}{until}\n", reason.clause, (self.reason)(code))
    }

    fn standing(&self, one: &AgreementStatus) -> String {
        let stopped: String = one.suspensions.iter().map(|id| format!("  {id}")).collect();
        format!(
            "{} {}  {} - {}  {}{stopped}\n  {} {} ({} {})  {} {}\n",
            one.agreement,
            one.version,
            one.me,
            one.partner,
            one.state,
            self.verify_leaves,
            one.leaves,
            one.partner,
            one.partner_leaves,
            self.verify_held,
            one.held
        )
    }
}
