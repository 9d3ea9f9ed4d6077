//! Sentences with results that nobody here wrote: every file given, every sentence of it, every field that it states.
//! Where a given result contradicts the standard, the exception is named with the rule that settles it and what we give
//! instead is asserted; each is counted, so that the list cannot grow unseen (docs/decoder-comparison.md).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test reads files and fails loudly"
)]

mod gpsd;
mod libais;
mod reading;
mod samples;

use std::collections::BTreeSet;

/// A file that is given and not read by any test would be forgotten.
#[test]
fn every_given_file_is_read() {
    let Some(folder) = reading::shared("") else { return };
    let mut given = BTreeSet::new();
    for part in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let Some(name) = part.file_name().and_then(|name| name.to_str()).filter(|_| part.is_dir()) else {
            continue;
        };
        for file in std::fs::read_dir(&part).unwrap().map(|entry| entry.unwrap().file_name()) {
            let file = file.to_string_lossy();
            if !["LICENSE", "COPYING"].contains(&&*file) {
                given.insert(format!("{name}/{file}"));
            }
        }
    }
    let read: BTreeSet<String> = [gpsd::FILES, libais::FILES]
        .concat()
        .iter()
        .map(|file| (*file).to_owned())
        .chain(samples::files())
        .collect();
    assert_eq!(given, read);
}
