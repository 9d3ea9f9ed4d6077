//! What an agreement's clauses decide: each compiles to one Cedar policy, and every answer names its clauses. Pure; a
//! doubt is a refusal. Knows no signature, log or wire.
//!
//! `compile` writes the Cedar text, `load` reads it back, validates it and makes a `PolicySet`, `decide` asks it. Cedar
//! has five properties that would be holes here; each is met so:
//!
//! 1. **A forbid that errs is skipped**, and the request permitted. So policies are validated strictly against our own
//!    schema, each request is checked against it, no attribute is optional, and any error that Cedar reports is a
//!    refusal with the code `decision_error` (`decide`, `ask`).
//! 2. **`@id` is an annotation and names nothing.** Each policy is parsed alone under the id of its clause, or of its
//!    suspension; the annotations carry the number and both languages, and must read back as they were written.
//! 3. **A default deny has no reason.** Each permit's conditions are kept one by one beside the policy, written from the
//!    same text, and evaluated by Cedar when nothing permitted: the answer lists what each flow lacks.
//! 4. **There are no obligations.** Form, cut fields and caveats are those of the first permitting clause in the
//!    agreement's order, with what holds for every flow; the policy of a `removed` clause refuses an uncut item.
//! 5. **The cost is linear in the policies.** There is one set for each agreement. A request is put under one clause,
//!    its resource, at a time: so a suspension can spare a clause, and only where all of them spare the same clause
//!    does an item pass.
//!
//! Above all stands the base prohibition: a forbid over every act unless the purpose and every derived use are in the
//! closed list of lawful purposes. Its text is ours; a set without it, with two or with another is not loaded, and a
//! permit is checked against the list once more without Cedar.
//!
//! What each act must meet: all of them purpose, kind, area, period, markings, grading, originator, conditions and
//! suspensions; only a release also delay, volume and signatures; a platform's poll also a clause that waives the receipt. A distress message needs no second signature, and
//! waits for no resumption; it is bound by everything else.

mod bounds;
pub mod clause;
mod compile;
mod decide;
pub mod decision;
pub mod error;
mod facts;
mod load;
#[cfg(test)]
mod mutations;
pub mod request;
mod schema;
mod set;
pub mod suspension;
mod write;

pub use clause::{Clause, Form, Rule, Scope};
pub use decide::retain_until;
pub use decision::{Decision, Effect, Reason, ReasonCode};
pub use error::CompileError;
pub use request::{Act, Request, Terms};
pub use set::PolicySet;
pub use suspension::{SuspensionRule, SuspensionScope};
