//! The Cedar schema that every policy and every request is held against. One text; only the counters of an agreement's
//! volume clauses differ, and whether a clause waives receipts. Gives no meaning to anything it names.

use bitacora_primitives::markings::ClauseId;

use crate::write::quoted;

/// Principal: who would hold the item. Resource: the clause it would go under, so that an exception to a suspension
/// can be told from an ordinary flow. All facts of the item are context: there is no store of entities to go stale.
const SCHEMA: &str = r#"namespace Exchange {
  entity Party;
  entity Clause;
  type Facts = {
    from: Party,
    kind: String,
    originator: Party,
    areas: Set<String>,
    positioned: Bool,
    observed: Long,
    source: Long,
    information: Long,
    tlp: String,
    codes: Set<String>,
    releasable_to: Set<Party>,
    case: String,
    fields: Set<String>,
    leaving: Set<String>,
    purpose: String,
    derived_uses: Set<String>,
    now: Long,
    released_today: {COUNTERS},
    approvals: Long,
    standing: Bool,
    asset: String,
    conditions_met: Set<String>,
  };
  action release, receive, open{POLL} appliesTo { principal: [Party], resource: [Clause], context: Facts };
}
"#;

/// The schema with a counter for each clause that limits its volume, and the act `poll` where a clause waives receipts.
pub(crate) fn schema_text<'a>(counted: impl Iterator<Item = &'a ClauseId>, waived: bool) -> String {
    let counters: Vec<String> = counted.map(|clause| format!("{}: Long", quoted(clause.as_str()))).collect();
    let poll = if waived { ", poll" } else { "" };
    SCHEMA.replace("{COUNTERS}", &format!("{{{}}}", counters.join(", "))).replace("{POLL}", poll)
}
