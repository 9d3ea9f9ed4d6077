//! The machine-readable beginnings of a note: `vintage=`, `status=`, `CONFLICT`, `TERTIARY`, each at the start of a part
//! between semicolons. The rest of a note is for people and decides nothing.

use crate::day::Dates;
use crate::observation::Status;

use super::Rule;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Marks {
    pub(super) vintage: Option<Dates>,
    pub(super) status: Status,
}

/// What the note marks. A status that is spelled out goes before CONFLICT, and CONFLICT before TERTIARY.
pub(super) fn read(note: &str) -> Result<Marks, (Rule, String)> {
    let mut vintage = None;
    let mut spelled = None;
    let mut marked: Option<Status> = None;
    for part in note.split(';').map(str::trim) {
        if let Some(text) = part.strip_prefix("vintage=") {
            let end = text
                .find(|c: char| c.is_whitespace() || c == '(' || c == ':' || c == ',')
                .unwrap_or(text.len());
            let word = text.get(..end).unwrap_or(text);
            let dates: Dates = word.parse().map_err(|_| (Rule::VintageUnreadable, part.to_owned()))?;
            if vintage.replace(dates).is_some_and(|known| known != dates) {
                return Err((Rule::TwoVintages, note.to_owned()));
            }
        } else if let Some(text) = part.strip_prefix("status=") {
            let end = text.find(|c: char| !c.is_ascii_lowercase() && c != '_').unwrap_or(text.len());
            let word = text.get(..end).unwrap_or(text);
            let status: Status = word.parse().map_err(|_| (Rule::StatusUnknown, part.to_owned()))?;
            if spelled.replace(status).is_some_and(|known| known != status) {
                return Err((Rule::TwoStatuses, note.to_owned()));
            }
        } else if is_mark(part, "CONFLICT") {
            marked = marked.max(Some(Status::Contested));
        } else if is_mark(part, "TERTIARY") {
            marked = marked.max(Some(Status::Tertiary));
        }
    }
    Ok(Marks { vintage, status: spelled.or(marked).unwrap_or(Status::Measured) })
}

/// The word itself, not the beginning of a longer one.
fn is_mark(part: &str, word: &str) -> bool {
    part.strip_prefix(word).is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
}
