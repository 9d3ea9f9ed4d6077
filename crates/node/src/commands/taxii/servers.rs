//! `bitacora taxii servers`, `poll` and `push`. A turn is taken by whoever holds the lock of the servers: a running node, else
//! this command.

use std::io::IsTerminal as _;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use bitacora_store::Store;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::json;

use crate::cli::DataArgs;
use crate::cli::taxii::TurnArgs;
use crate::clock;
use crate::commands::officer::log_origin;
use crate::config::{Config, data_folder};
use crate::error::NodeError;
use crate::keys::KeyFolder;
use crate::summary::say;
use crate::taxii::place;
use crate::taxii::remote::settings::{Server, check};
use crate::taxii::remote::state::{self, State};
use crate::taxii::remote::{self, Lock, Wanted};
use crate::words::Words;

/// Between two looks at what a running node does.
const LOOK: Duration = Duration::from_millis(200);

pub(crate) fn standing(data: &DataArgs, as_json: bool, words: Words) -> Result<ExitCode, NodeError> {
    let folder = data_folder(data);
    let config = Config::load(&folder)?;
    check(&config, &folder)?;
    for server in &config.taxii.servers {
        let state = state::read(&folder, &server.name, server.address()?.as_str());
        say(&shown(server, &state, as_json, words)?)?;
    }
    if config.taxii.servers.is_empty() && !as_json {
        say(&format!("{}\n", words.taxii_no_servers()))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn shown(server: &Server, state: &State, as_json: bool, words: Words) -> Result<String, NodeError> {
    let due = remote::due(state, server.every_s);
    if !as_json {
        return Ok(words.taxii_server(server, state, due));
    }
    let polls = state.polls.iter().map(|(id, one)| {
        json!({
            "collection": id, "title": one.title, "taken": one.taken, "known": one.known, "refused": one.refused,
            "cursor": one.state.cursor(), "walked": one.walked,
        })
    });
    let pushes = state.pushes.values().map(|one| {
        json!({
            "from": one.from, "to": one.to, "pushed": one.pushed, "refused": one.refused, "pending": remote::waiting(one),
            "untold": one.untold, "cursor": one.cursor, "failures": one.failures,
        })
    });
    let line = json!({
        "server": server.name, "url": server.url, "last": state.last, "next": due, "failures": state.failures,
        "error": state.error, "polls": polls.collect::<Vec<_>>(), "pushes": pushes.collect::<Vec<_>>(),
    });
    Ok(format!("{line}\n"))
}

pub(crate) fn turn(args: &TurnArgs, wanted: Wanted, words: Words) -> Result<ExitCode, NodeError> {
    let folder = data_folder(&args.data);
    let config = Config::load(&folder)?;
    check(&config, &folder)?;
    let unknown = || NodeError::UnknownTaxiiServer { server: args.name.clone() };
    let server = config.taxii.servers.iter().find(|server| server.name == args.name).ok_or_else(unknown)?;
    let progress = Progress::new(args.json, words);
    let begun = clock::now();
    let state = loop {
        if let Some(_lock) = Lock::take(&folder)? {
            // A wish that a node left unfulfilled is fulfilled here.
            remote::fulfilled(&folder, &server.name, wanted);
            break here(&args.data, &folder, config.clone(), server, wanted, &progress)?;
        }
        if let Some(state) = there(&folder, server, wanted, &progress)? {
            break state;
        }
    };
    progress.finish();
    say(&shown(server, &state, args.json, words)?)?;
    // A running node leaves a server alone that is busy, and its state is as before.
    let is_left_alone = state.busy_until.is_some_and(|until| clock::now() < until);
    let failed = is_left_alone || state.error.is_some_and(|error| error.at >= begun);
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Takes the turn in this process.
fn here(
    data: &DataArgs,
    folder: &Path,
    mut config: Config,
    server: &Server,
    wanted: Wanted,
    progress: &Progress,
) -> Result<State, NodeError> {
    config.database = data.database.clone().or(config.database);
    let store = Arc::new(Store::open(folder, config.database.as_deref())?);
    let keys = KeyFolder::open(folder, &log_origin(&config))?;
    let place = place(&config, &store, &keys, None, &Arc::default())?;
    let (mut state, failed) = remote::take(&place, server, wanted, &mut |state| progress.show(state))?;
    // A server that wants to be left alone was not asked, and its state is as before: that too is told.
    if let Some(failed) = failed {
        state.error = Some(failed.trouble());
    }
    Ok(state)
}

/// Has the running node take it; `None` where the node ended meanwhile.
fn there(
    folder: &Path,
    server: &Server,
    wanted: Wanted,
    progress: &Progress,
) -> Result<Option<State>, NodeError> {
    remote::wish(folder, &server.name, wanted)?;
    let url = server.address()?;
    loop {
        std::thread::sleep(LOOK);
        if remote::is_unknown_to_the_node(folder, &server.name) {
            remote::fulfilled(folder, &server.name, wanted);
            let why = "the running node was started before it was named: start it again".to_owned();
            return Err(NodeError::TaxiiServer { server: server.name.clone(), why });
        }
        let state = state::read(folder, &server.name, url.as_str());
        progress.show(&state);
        let left = remote::wished(folder, &server.name);
        if !(wanted.poll && left.poll || wanted.push && left.push) {
            return Ok(Some(state));
        }
        if Lock::take(folder)?.is_some() {
            return Ok(None);
        }
    }
}

/// A line that counts on a terminal, nothing elsewhere.
struct Progress {
    bar: ProgressBar,
    words: Words,
}

impl Progress {
    fn new(quiet: bool, words: Words) -> Self {
        let terminal = std::io::stderr().is_terminal() && !quiet;
        let target =
            if terminal { ProgressDrawTarget::stderr_with_hz(4) } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(None, target);
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}  {elapsed}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(LOOK);
        Self { bar, words }
    }

    fn show(&self, state: &State) {
        let taken = state.polls.values().map(|one| one.taken).sum();
        let pushed = state.pushes.values().map(|one| one.pushed).sum();
        self.bar.set_message(self.words.taxii_counts(taken, pushed));
    }

    fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
