//! `kill -9` at any moment: a child commits in a loop and prints each mark once it is acknowledged; the parent kills
//! it, opens the store again and finds everything that was printed, without a repair step.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant as Clock;

use bitacora_primitives::EventId;
use bitacora_store::{PositionQuery, ReceptionQuery, Store};

use crate::fixture::*;

pub(crate) const FOLDER: &str = "BITACORA_KILLED_FOLDER";
pub(crate) const DATABASE: &str = "BITACORA_KILLED_DATABASE";
/// Positions of one batch.
const ROWS: u64 = 40;

/// The child: run by the tests below in a process of its own.
#[test]
#[ignore = "a process that the kill tests start"]
fn child_that_commits_until_killed() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let database = std::env::var(DATABASE).ok();
    let store = Store::open(Path::new(&folder), database.as_deref()).unwrap();
    store.register_source(&recording()).unwrap();
    let mut line = store.latest_mark(source()).unwrap().map_or(0, |mark| mark.line);
    let mut out = std::io::stdout();
    // Standard output breaks when the parent is gone: an end even if the kill never comes.
    while line < 10_000_000 {
        let mut next = batch(line + ROWS);
        // Over midnight, so that a batch has two files.
        next.positions = (line + 1..=line + ROWS).map(|n| fix(n, n as i64 % 40 - 20, 211_000_001)).collect();
        for n in line + 1..=line + ROWS {
            // Every third line is a copy of the one before it.
            let one = reception(n - u64::from(n % 3 == 0), n, n as i64 % 40 - 20, "alpha");
            next.receptions.push(one.row, one.station.as_bytes());
        }
        next.statics = (line + 1..=line + ROWS).map(|n| says(n, n as i64 % 40 - 20, 211_000_001)).collect();
        next.events = vec![event(&(line + ROWS).to_string(), 1, 10)];
        next.leads = vec![lead(&(line + ROWS).to_string(), 1, 1.0)];
        line = store.commit(&next).unwrap().mark.line;
        store.append_leaf(|index| leaf("note", index)).unwrap();
        if writeln!(out, "MARK {line}").and_then(|()| out.flush()).is_err() {
            return;
        }
    }
}

/// The next number below a bound (numerical recipes' LCG).
pub(crate) fn random(state: &mut u32, below: u32) -> u32 {
    *state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
    (*state >> 16) % below
}

fn killed_again_and_again(case: &Case, kills: usize) {
    // A fixed sequence chooses how far a child comes.
    let mut state = 20_261_121_u32;
    let mut random = move |below: u32| random(&mut state, below);
    let (mut acknowledged, mut leaves) = (0, 0);
    for kill in 0..kills {
        let child = "killed::child_that_commits_until_killed";
        killed_child(case, child, random(8), u128::from(random(6000)), |mark| {
            acknowledged = acknowledged.max(mark.parse().unwrap_or(0));
            leaves += 1;
        });
        check(&case.open(), acknowledged, leaves, kill);
    }
    assert!(acknowledged > ROWS, "the children came to commit");
}

/// Runs an ignored test on the case in a process of its own and kills it, some microseconds after it has printed `enough`
/// lines with `MARK `. What stands behind that word goes to `see`, of whole lines only.
pub(crate) fn killed_child(case: &Case, test: &str, enough: u32, wait_us: u128, mut see: impl FnMut(&str)) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", test, "--ignored", "--nocapture"])
        .env(FOLDER, case.folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit());
    if let Some(database) = &case.database {
        command.env(DATABASE, database);
    }
    let mut child = command.spawn().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut marks = 0;
    let mut see = |text: &str| {
        // The harness prints on the same line before the first.
        if let Some((_, mark)) = text.trim_end().rsplit_once("MARK ") {
            see(mark);
            marks += 1;
        }
        marks
    };
    let mut text = String::new();
    while output.read_line(&mut text).unwrap() > 0 {
        let marks = see(&text);
        text.clear();
        if marks >= enough {
            break;
        }
    }
    let since = Clock::now();
    while since.elapsed().as_micros() < wait_us {
        std::hint::spin_loop();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    while output.read_line(&mut text).unwrap() > 0 {
        if text.ends_with('\n') {
            see(&text);
        }
        text.clear();
    }
}

fn check(store: &Store, acknowledged: u64, leaves: usize, kill: usize) {
    let mark = store.latest_mark(source()).unwrap().map_or(0, |mark| mark.line);
    assert!(mark >= acknowledged, "kill {kill}: {acknowledged} was acknowledged, {mark} is there");
    let query = PositionQuery { from: at(-1000), to: at(1000), mmsi: None, limit: usize::MAX };
    let mut lines: Vec<u64> = store.positions(&query).unwrap().rows.iter().map(|row| row.line).collect();
    lines.sort_unstable();
    assert_eq!(lines, (1..=mark).collect::<Vec<_>>(), "kill {kill}: each line to the mark once, none above");
    let all = ReceptionQuery { from: at(-1000), to: at(1000), kept: None };
    let heard = store.receptions(&all).unwrap().into_iter().map(|one| one.row.heard_line).collect::<Vec<_>>();
    assert_eq!(heard, lines, "kill {kill}: each hearing to the mark once, none above");
    let said = store.statics(at(-1000), at(1000)).unwrap();
    let mut said: Vec<u64> = said.iter().map(|one| one.evidence.line).collect();
    said.sort_unstable();
    assert_eq!(said, lines, "kill {kill}: each static report to the mark once, none above");
    for line in (ROWS..=mark).step_by(ROWS as usize) {
        let name = line.to_string();
        assert!(store.event(EventId::of(&[name.as_bytes()])).unwrap().is_some(), "kill {kill}: event {line}");
        let number = format!("IND-2611-{:04}", line / ROWS);
        assert_eq!(store.lead(lead_id(&name)).unwrap().unwrap().number, number, "kill {kill}");
    }
    let above = (mark + ROWS).to_string();
    assert_eq!(store.event(EventId::of(&[above.as_bytes()])).unwrap(), None, "kill {kill}: half a batch");
    let held = store.leaf_hashes(0).unwrap().len();
    assert!(held >= leaves, "kill {kill}: {leaves} leaves were acknowledged, {held} are there");
}

#[test]
fn sqlite_loses_nothing_acknowledged_in_30_kills() {
    killed_again_and_again(&Case::sqlite(), 30);
}

#[test]
fn postgresql_loses_nothing_acknowledged_in_10_kills() {
    if let Some(case) = Case::postgresql() {
        killed_again_and_again(&case, 10);
    }
}
