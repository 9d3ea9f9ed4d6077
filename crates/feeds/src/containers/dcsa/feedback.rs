//! `FeedbackElement` of Track & Trace 3.0.0 and VGM 1.0.0: what the other side says about a message. Checked, never
//! read on: it holds sentences for people.

use super::check::{Is, Member, may};

static SEVERITY: &[&str] = &["ERROR", "INFO", "WARN"];

static FEEDBACK: &[Member] = &[
    may("severity", Is::Code(SEVERITY)),
    may("message", Is::Text(5000)),
    may("propertyPath", Is::Text(1000)),
];

static ELEMENT: Is = Is::Object(FEEDBACK);
pub(super) static LIST: Is = Is::List(&ELEMENT, usize::MAX);
