//! From clauses to Cedar text: one policy for each clause, with the clause's id, and one for each suspension. Checks
//! that the clauses make sense; reads no Cedar back (`load` does).

use std::collections::{BTreeMap, BTreeSet};

use bitacora_primitives::Instant;
use bitacora_primitives::markings::{ClauseId, FieldName, Handling, ItemKind, PartyCode, Purpose, Text, Tlp};
use serde_json::Value;

use crate::bounds::{MOST_ENTRIES, MOST_SUSPENSIONS, check_sizes, check_terms, limit, limit_text};
use crate::clause::{Clause, Form, Rule, Scope};
use crate::decision::ReasonCode;
use crate::error::CompileError;
use crate::request::Terms;
use crate::suspension::SuspensionRule;
use crate::write::{self, annotations, contains, contains_all, contains_any, contains_party, quoted};

/// A boolean Cedar expression and the reason it stands for.
#[derive(Clone, Debug)]
pub(crate) struct Condition {
    pub(crate) code: ReasonCode,
    pub(crate) text: String,
}

impl Condition {
    fn new(code: ReasonCode, text: impl Into<String>) -> Self {
        Self { code, text: text.into() }
    }
}

/// Between whom a permitting clause lets items pass.
#[derive(Clone, Debug)]
pub(crate) enum Direction {
    OneWay { from: PartyCode, to: PartyCode },
    BothWays,
}

/// What a permitting clause adds to the item's obligations.
#[derive(Clone, Debug)]
pub(crate) struct Flow {
    pub(crate) clause: ClauseId,
    pub(crate) code: ReasonCode,
    pub(crate) direction: Direction,
    pub(crate) form: Form,
    pub(crate) cut: BTreeSet<FieldName>,
}

/// What a policy does.
#[derive(Clone, Debug)]
pub(crate) enum Role {
    /// Permits when all conditions hold; a condition's code is its reason when it fails.
    Permit { flow: Flow, conditions: Vec<Condition> },
    /// Forbids when any ground holds; a ground's code is its reason when it holds.
    Forbid { grounds: Vec<Condition> },
    /// As `Forbid`, but of a suspension.
    Suspend { covers: Condition },
}

/// A policy as text, and what its parts mean.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    pub(crate) id: String,
    pub(crate) text: String,
    pub(crate) annotations: [(&'static str, String); 3],
    pub(crate) role: Role,
}

/// How long items of some kinds may be held, counted from their observation.
#[derive(Clone, Debug)]
pub(crate) struct Retained {
    pub(crate) items: BTreeSet<ItemKind>,
    pub(crate) seconds: i64,
}

impl Retained {
    pub(crate) fn of(rule: &Rule) -> Option<Self> {
        match rule {
            Rule::Retention { items, days } => {
                Some(Self { items: items.clone(), seconds: i64::from(*days) * DAY_S })
            }
            _ => None,
        }
    }
}

/// All policies of an agreement as text, with what Cedar has no place for.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    pub(crate) policies: Vec<Written>,
    pub(crate) base: ClauseId,
    pub(crate) counted: Vec<ClauseId>,
    pub(crate) handling: Option<Handling>,
    pub(crate) removed: BTreeSet<FieldName>,
    /// Some clause waives receipts: only then is there an act `poll`, so that other agreements keep their hash.
    pub(crate) waived: bool,
    pub(crate) retention: Vec<Retained>,
    /// The fields whose leaving some policy forbids: requests need name no others.
    pub(crate) watched: BTreeSet<FieldName>,
}

/// What a distress message may carry. Any other field says more than that someone needs help.
const DISTRESS_FIELDS: [&str; 4] = ["distress", "persons_on_board", "position", "time"];

/// Kinds of rule that this version reads. A clause of such a kind that could not be read is not from a later version:
/// it restricts in a way that we would miss, so it refuses everything, critical or not.
const KNOWN_KINDS: [&str; 12] = [
    "base_prohibition",
    "scope",
    "safety_of_life",
    "court_order",
    "handling",
    "grading",
    "originator_control",
    "removed",
    "officers",
    "precedent",
    "receipt_waived",
    "retention",
];

/// A day of UTC, s.
const DAY_S: i64 = 86_400;

/// The prohibition that stands above every agreement. It is ours: no word of it comes from the agreement. It covers
/// every act, and allows the closed list of lawful purposes and nothing beside it.
pub(crate) fn base_condition() -> String {
    write::purposes_within(&Purpose::ALL.iter().copied().collect())
}

/// Writes every policy.
pub(crate) fn source(terms: &Terms<'_>, suspensions: &[SuspensionRule]) -> Result<Source, CompileError> {
    check_terms(terms)?;
    let base = find_base(terms.clauses)?;
    let mut seen = BTreeSet::new();
    let mut policies = Vec::with_capacity(terms.clauses.len() + suspensions.len());
    let (mut counted, mut removed, mut handling) = (Vec::new(), BTreeSet::new(), None::<Handling>);
    let (mut waivers, mut retention) = (BTreeMap::new(), Vec::new());
    for clause in terms.clauses {
        if !seen.insert(&clause.id) {
            return Err(CompileError::DuplicateClause { clause: clause.id.clone() });
        }
        check_sizes(clause)?;
        match &clause.rule {
            Rule::Scope(scope) if scope.per_day.is_some() => counted.push(clause.id.clone()),
            Rule::Removed { fields } => removed.extend(fields.iter().cloned()),
            Rule::ReceiptWaived { from, to, .. } => {
                if let Some(first) = waivers.insert((from, to), &clause.id) {
                    let (first, second) = (first.clone(), clause.id.clone());
                    return Err(CompileError::SecondWaiver { first, second });
                }
            }
            Rule::Handling(more) => {
                handling = Some(handling.map_or_else(|| more.clone(), |had| merged(&had, more)))
            }
            _ => {}
        }
        retention.extend(Retained::of(&clause.rule));
        policies.push(written(clause, terms)?);
    }
    let mut always: BTreeSet<ClauseId> = BTreeSet::new();
    for clause in terms.clauses {
        if matches!(clause.rule, Rule::SafetyOfLife) {
            always.insert(clause.id.clone());
        }
    }
    if suspensions.len() > MOST_SUSPENSIONS {
        let count = suspensions.len();
        return Err(CompileError::TooMany { what: "suspensions", count, limit: MOST_SUSPENSIONS });
    }
    let mut seen = BTreeSet::new();
    for rule in suspensions {
        if !seen.insert(&rule.id) {
            return Err(CompileError::DuplicateSuspension { suspension: rule.id });
        }
        policies.push(suspended(rule, &always)?);
    }
    let waived = !waivers.is_empty();
    let watched = removed.clone();
    Ok(Source { policies, base, counted, handling, watched, removed, waived, retention })
}

/// The caveats of an item under an agreement's: narrower audience, all codes, only recipients that both name.
pub(crate) fn merged(one: &Handling, other: &Handling) -> Handling {
    Handling {
        tlp: one.tlp.max(other.tlp),
        codes: one.codes.union(&other.codes).copied().collect(),
        releasable_to: one.releasable_to.intersection(&other.releasable_to).cloned().collect(),
    }
}

fn find_base(clauses: &[Clause]) -> Result<ClauseId, CompileError> {
    let mut bases = clauses.iter().filter(|clause| matches!(clause.rule, Rule::BaseProhibition));
    let first = bases.next().ok_or(CompileError::NoBaseProhibition)?.id.clone();
    match bases.next() {
        Some(second) => Err(CompileError::SecondBaseProhibition { first, second: second.id.clone() }),
        None => Ok(first),
    }
}

fn forbid(clause: &Clause, rule: &'static str, grounds: Vec<Condition>) -> Written {
    let any: Vec<String> = grounds.iter().map(|ground| format!("({})", ground.text)).collect();
    let body = format!("forbid (principal, action, resource)\nwhen {{ {} }};\n", any.join(" || "));
    policy(clause.id.as_str(), rule, &clause.text, &body, Role::Forbid { grounds })
}

fn policy(id: &str, rule: &'static str, text: &Text, body: &str, role: Role) -> Written {
    Written {
        id: id.to_owned(),
        text: format!("{}{body}", annotations(id, rule, text)),
        annotations: [("id", id.to_owned()), ("es", text.es.clone()), ("en", text.en.clone())],
        role,
    }
}

fn written(clause: &Clause, terms: &Terms<'_>) -> Result<Written, CompileError> {
    use ReasonCode as Code;
    Ok(match &clause.rule {
        Rule::BaseProhibition => {
            let body = format!("forbid (principal, action, resource)\nunless {{ {} }};\n", base_condition());
            let grounds = vec![Condition::new(Code::NoSuchPurpose, format!("!({})", base_condition()))];
            policy(clause.id.as_str(), "base_prohibition", &clause.text, &body, Role::Forbid { grounds })
        }
        Rule::Scope(scope) => scope_permit(clause, scope, terms)?,
        Rule::SafetyOfLife => permit(
            clause,
            "safety_of_life",
            terms,
            both_ways(clause, Code::SafetyOfLife),
            vec![
                Condition::new(Code::KindNotAllowed, "context.kind == \"distress\""),
                Condition::new(
                    Code::NotOnlyDistress,
                    contains_all(DISTRESS_FIELDS.into_iter(), "context.fields"),
                ),
                Condition::new(
                    Code::PurposeNotAllowed,
                    write::purposes_within(&BTreeSet::from([Purpose::Rescue])),
                ),
            ],
        ),
        Rule::CourtOrder { cases, officers } => permit(
            clause,
            "court_order",
            terms,
            both_ways(clause, Code::CourtOrder),
            vec![
                Condition::new(Code::KindNotAllowed, "context.kind != \"distress\""),
                // An item of no case has the empty text here.
                Condition::new(
                    Code::CaseNotNamed,
                    contains(
                        cases.iter().map(String::as_str).filter(|case| !case.is_empty()),
                        "context.case",
                    ),
                ),
                Condition::new(
                    Code::PurposeNotAllowed,
                    write::purposes_within(&BTreeSet::from([Purpose::Prosecution])),
                ),
                not_recent(Form::default(), &ItemKind::ALL.iter().copied().collect()),
                Condition::new(Code::NotStanding, on_release("!context.standing")),
                signed(*officers),
            ],
        ),
        Rule::Handling(handling) => {
            let named = contains_party(handling.releasable_to.iter(), "principal");
            let mut grounds = vec![
                Condition::new(Code::MarkedNarrower, "context.tlp == \"red\""),
                Condition::new(
                    Code::NotReleasable,
                    format!("!(context.releasable_to.contains(principal) && {named})"),
                ),
            ];
            if handling.tlp == Tlp::Red {
                // A clause that marks everything RED lets nothing leave.
                grounds.push(Condition::new(Code::MarkedNarrower, "true"));
            }
            forbid(clause, "handling", grounds)
        }
        Rule::Grading { worst } => {
            let worse = format!(
                "context.source > {} || context.information > {}",
                worst.source_rank(),
                worst.information_rank()
            );
            forbid(clause, "grading", vec![Condition::new(Code::GradedWorse, worse)])
        }
        Rule::OriginatorControl => {
            let other = Condition::new(Code::OtherOriginator, "context.originator != context.from");
            forbid(clause, "originator_control", vec![other])
        }
        // The cut itself is an obligation; this policy refuses an item from which it was not made.
        Rule::Removed { fields } => {
            let left = contains_any(fields.iter().map(FieldName::as_str), "context.leaving");
            forbid(clause, "removed", vec![Condition::new(Code::DecisionError, left)])
        }
        // A distress message does not wait for a second signature.
        Rule::Officers { release, .. } => {
            let missing = format!(
                "action == Exchange::Action::\"release\" && !context.standing && context.approvals < {release} && \
                 context.kind != \"distress\""
            );
            forbid(clause, "officers", vec![Condition::new(Code::SecondOfficerMissing, missing)])
        }
        Rule::Precedent { condition } => {
            let unmet = format!("!context.conditions_met.contains({})", quoted(condition));
            forbid(clause, "precedent", vec![Condition::new(Code::ConditionNotMet, unmet)])
        }
        Rule::ReceiptWaived { from, to, items } => {
            check_direction(clause, from, to, terms)?;
            let covered = contains(items.iter().map(|kind| kind.code()), "context.kind");
            let other = format!("{POLL} && {} && !({covered})", direction(from, to));
            forbid(clause, "receipt_waived", vec![Condition::new(Code::ReceiptNotWaived, other)])
        }
        Rule::Retention { items, days } => {
            let listed = contains(items.iter().map(|kind| kind.code()), "context.kind");
            let seconds = i64::from(*days) * DAY_S;
            let over = format!("{listed} && context.now - context.observed >= {seconds}");
            forbid(clause, "retention", vec![Condition::new(Code::RetentionOver, over)])
        }
        Rule::Unknown(value) => {
            let refuses = clause.critical || is_known_kind(value);
            let ground = Condition::new(Code::UnknownCriticalClause, if refuses { "true" } else { "false" });
            forbid(clause, "unknown", vec![ground])
        }
    })
}

/// A platform of the recipient reads what was released, without a receipt.
const POLL: &str = "action == Exchange::Action::\"poll\"";

fn direction(from: &PartyCode, to: &PartyCode) -> String {
    format!("principal == {} && context.from == {}", write::party(to), write::party(from))
}

/// Where some clause waives receipts, every permit asks that one does so in this direction. Nothing is asked where none
/// does: there a platform is refused before any policy is asked.
fn waived(clauses: &[Clause]) -> Option<Condition> {
    let directions: Vec<String> = clauses
        .iter()
        .filter_map(|clause| match &clause.rule {
            Rule::ReceiptWaived { from, to, .. } => Some(format!("({})", direction(from, to))),
            _ => None,
        })
        .collect();
    if directions.is_empty() {
        return None;
    }
    let text = format!("!({POLL}) || {}", directions.join(" || "));
    Some(Condition::new(ReasonCode::ReceiptNotWaived, text))
}

fn check_direction(
    clause: &Clause,
    from: &PartyCode,
    to: &PartyCode,
    terms: &Terms<'_>,
) -> Result<(), CompileError> {
    for party in [from, to] {
        if !terms.parties.contains(party) {
            return Err(CompileError::NotAParty { clause: clause.id.clone(), party: party.clone() });
        }
    }
    if from == to {
        return Err(CompileError::ToItself { clause: clause.id.clone(), party: from.clone() });
    }
    Ok(())
}

fn is_known_kind(value: &Value) -> bool {
    value.get("kind").and_then(Value::as_str).is_some_and(|kind| KNOWN_KINDS.contains(&kind))
}

/// A condition that only a release must meet. The partner who accepts it, and whoever opens it, knows neither our
/// officers nor our counters.
fn on_release(text: &str) -> String {
    format!("action != Exchange::Action::\"release\" || {text}")
}

fn signed(officers: u8) -> Condition {
    Condition::new(
        ReasonCode::SecondOfficerMissing,
        on_release(&format!("context.standing || context.approvals >= {officers}")),
    )
}

fn not_recent(form: Form, items: &BTreeSet<ItemKind>) -> Condition {
    let waits: BTreeSet<u32> = items.iter().map(|kind| effective(form, *kind).delay_s).collect();
    let wait = match waits.into_iter().collect::<Vec<u32>>().as_slice() {
        [] => "0".to_owned(),
        [all] => all.to_string(),
        _ => {
            let (live, other) = (effective(form, ItemKind::Track).delay_s, form.delay_s);
            format!("(if context.kind == \"track\" then {live} else {other})")
        }
    };
    Condition::new(ReasonCode::TooRecent, on_release(&format!("context.now - context.observed >= {wait}")))
}

/// The form in which an item of this kind leaves: a live track is late and coarse unless the clause says otherwise.
pub(crate) fn effective(form: Form, kind: ItemKind) -> Form {
    if kind != ItemKind::Track {
        return form;
    }
    let or = |own: u32, default: u32| if own == 0 { default } else { own };
    Form {
        delay_s: or(form.delay_s, Form::LIVE_TRACK.delay_s),
        grid_m: or(form.grid_m, Form::LIVE_TRACK.grid_m),
        asset_only: form.asset_only || Form::LIVE_TRACK.asset_only,
    }
}

fn scope_permit(clause: &Clause, scope: &Scope, terms: &Terms<'_>) -> Result<Written, CompileError> {
    use ReasonCode as Code;
    check_direction(clause, &scope.from, &scope.to, terms)?;
    if scope.items.contains(&ItemKind::Distress) {
        return Err(CompileError::DistressInScope { clause: clause.id.clone() });
    }
    let mut conditions = vec![
        Condition::new(
            Code::KindNotAllowed,
            contains(scope.items.iter().map(|kind| kind.code()), "context.kind"),
        ),
        Condition::new(Code::PurposeNotAllowed, write::purposes_within(&scope.purposes)),
    ];
    if !scope.areas.is_empty() {
        let inside = contains_any(scope.areas.iter().map(|area| area.as_str()), "context.areas");
        conditions.push(Condition::new(Code::NoPosition, "context.positioned"));
        // Nothing more is said of an item without a position.
        conditions.push(Condition::new(Code::OutsideArea, format!("!context.positioned || {inside}")));
    }
    if scope.form.asset_only {
        conditions.push(Condition::new(Code::AssetOnly, "context.asset != \"\""));
    }
    conditions.push(not_recent(scope.form, &scope.items));
    if let Some(most) = scope.per_day {
        let below = format!("context.released_today[{}] < {most}", quoted(clause.id.as_str()));
        conditions.push(Condition::new(Code::VolumeReached, on_release(&below)));
    }
    if !scope.standing {
        conditions.push(Condition::new(Code::NotStanding, on_release("!context.standing")));
    }
    conditions.push(signed(if scope.standing { 0 } else { scope.officers }));
    let flow = Flow {
        clause: clause.id.clone(),
        code: Code::InScope,
        direction: Direction::OneWay { from: scope.from.clone(), to: scope.to.clone() },
        form: scope.form,
        cut: scope.cut.clone(),
    };
    Ok(permit(clause, "scope", terms, flow, conditions))
}

/// A flow between any two parties, of whole items.
fn both_ways(clause: &Clause, code: ReasonCode) -> Flow {
    let direction = Direction::BothWays;
    Flow { clause: clause.id.clone(), code, direction, form: Form::default(), cut: BTreeSet::new() }
}

/// A permit, with the conditions that every permit has.
fn permit(
    clause: &Clause,
    rule: &'static str,
    terms: &Terms<'_>,
    flow: Flow,
    mut conditions: Vec<Condition>,
) -> Written {
    use ReasonCode as Code;
    // To the second, and to the stricter side: `now` was rounded down.
    let period = format!("context.now >= {} && context.now < {}", ceiling_s(terms.from), terms.until.secs());
    conditions.push(Condition::new(Code::OutsidePeriod, period));
    // Whatever an agreement says or forgets: RED stays, and nobody gets what the originator did not mark for them.
    conditions.push(Condition::new(Code::MarkedNarrower, "context.tlp != \"red\""));
    conditions.push(Condition::new(Code::NotReleasable, "context.releasable_to.contains(principal)"));
    // Europol H2 and H1: passing on, and use in court, need the provider's consent. Its own release is that consent.
    conditions.push(Condition::new(
        Code::OtherOriginator,
        "context.originator == context.from || !(context.codes.contains(\"H2\") || \
         context.codes.contains(\"H1\") && (context.purpose == \"prosecution\" || \
         context.derived_uses.contains(\"prosecution\")))",
    ));
    conditions.extend(waived(terms.clauses));
    let under = write::clause(&clause.id);
    let mut body = match &flow.direction {
        Direction::OneWay { from, to } => format!(
            "permit (principal == {}, action, resource == {under})\nwhen {{ context.from == {} }}\n",
            write::party(to),
            write::party(from)
        ),
        Direction::BothWays => format!(
            "permit (principal, action, resource == {under})\nwhen {{ {} && {} && principal != context.from }}\n",
            contains_party(terms.parties.iter(), "principal"),
            contains_party(terms.parties.iter(), "context.from")
        ),
    };
    for condition in &conditions {
        body.push_str(&format!("when {{ {} }}\n", condition.text));
    }
    body.truncate(body.trim_end().len());
    body.push_str(";\n");
    policy(clause.id.as_str(), rule, &clause.text, &body, Role::Permit { flow, conditions })
}

pub(crate) fn ceiling_s(instant: Instant) -> i64 {
    let floor = instant.secs();
    if instant.micros().rem_euclid(1_000_000) == 0 { floor } else { floor.saturating_add(1) }
}

/// INVARIANT: safety of life is always an exception to a suspension, whether it is named or not.
fn suspended(rule: &SuspensionRule, always: &BTreeSet<ClauseId>) -> Result<Written, CompileError> {
    let id = rule.id.to_string();
    limit_text(&id, &rule.reason.es)?;
    limit_text(&id, &rule.reason.en)?;
    limit("areas of a suspension", rule.scope.areas.len(), MOST_ENTRIES)?;
    limit("exceptions of a suspension", rule.exceptions.len(), MOST_ENTRIES)?;
    let scope = &rule.scope;
    let mut covers = Vec::new();
    if let Some(from) = &scope.from {
        covers.push(format!("context.from == {}", write::party(from)));
    }
    if let Some(to) = &scope.to {
        covers.push(format!("principal == {}", write::party(to)));
    }
    if !scope.items.is_empty() {
        covers.push(contains(scope.items.iter().map(|kind| kind.code()), "context.kind"));
    }
    if !scope.areas.is_empty() {
        let meets = contains_any(scope.areas.iter().map(|area| area.as_str()), "context.areas");
        covers.push(format!("(context.areas.isEmpty() || {meets})"));
    }
    if !scope.purposes.is_empty() {
        let codes = || scope.purposes.iter().map(|purpose| purpose.code());
        covers.push(format!(
            "({} || {})",
            contains(codes(), "context.purpose"),
            contains_any(codes(), "context.derived_uses")
        ));
    }
    let covers = if covers.is_empty() { "true".to_owned() } else { covers.join(" && ") };
    let mut body = format!("forbid (principal, action, resource)\nwhen {{ {covers} }}");
    if let Some(exceptions) = write::set(always.union(&rule.exceptions).map(write::clause)) {
        body.push_str(&format!("\nunless {{ {exceptions}.contains(resource) }}"));
    }
    body.push_str(";\n");
    let role = Role::Suspend { covers: Condition::new(ReasonCode::Suspended, covers) };
    Ok(policy(&id, "suspension", &rule.reason, &body, role))
}
