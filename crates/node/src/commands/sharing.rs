//! `bitacora release | suspend | resume | carry`: an officer's acts from the console of the node. A running node is asked
//! over its control socket; where none runs, the act is carried out here, under the same lock and the same gate.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use bitacora_exchange::record::Condition;
use bitacora_policy::SuspensionScope;
use bitacora_primitives::markings::Text;
use bitacora_store::Store;

use crate::cli::DataArgs;
use crate::cli::exchange::{CarryArgs, CarryWay, ReleaseArgs, ResumeArgs, ScopeArgs, SuspendArgs};
use crate::commands::officer::log_origin;
use crate::config::{Config, data_folder};
use crate::error::NodeError;
use crate::exchange::desk::Desk;
use crate::exchange::installed::installed;
use crate::exchange::request::{Reply, Request};
use crate::exchange::unlogged::UnloggedStops;
use crate::exchange::{Exchanges, control};
use crate::keys::KeyFolder;
use crate::summary::say;
use crate::words::Words;

pub(crate) fn release(args: ReleaseArgs, words: Words) -> Result<ExitCode, NodeError> {
    let agreement = args.agreement;
    let request = match (args.item, args.distress, args.lat, args.lon) {
        (Some(item), _, _, _) => {
            Request::Release { agreement, item, to: args.to, purpose: args.purpose, officers: args.officers }
        }
        (None, Some(distress), Some(lat), Some(lon)) => {
            Request::Distress { agreement, lat, lon, distress, persons_on_board: args.persons_on_board }
        }
        // The command line has asked for one or the other.
        _ => return Ok(ExitCode::FAILURE),
    };
    answer(&args.data, &request, args.json, words)
}

pub(crate) fn suspend(args: SuspendArgs, words: Words) -> Result<ExitCode, NodeError> {
    let request = Request::Suspend {
        agreement: args.agreement,
        officer: args.officer,
        scope: scope(args.scope),
        exceptions: args.exceptions.into_iter().collect(),
        reason: Text { es: args.reason_es, en: args.reason_en },
        condition: Condition { text: Text { es: args.until_es, en: args.until_en }, rule: None },
        incident: args.incident,
    };
    answer(&args.data, &request, args.json, words)
}

pub(crate) fn resume(args: ResumeArgs, words: Words) -> Result<ExitCode, NodeError> {
    let request = Request::Resume {
        agreement: args.agreement,
        suspension: args.suspension,
        officers: args.officers,
        scope: scope(args.scope),
        condition_met: Text { es: args.met_es, en: args.met_en },
    };
    answer(&args.data, &request, args.json, words)
}

pub(crate) fn carry(args: CarryArgs, words: Words) -> Result<ExitCode, NodeError> {
    let absolute =
        |path: std::path::PathBuf| std::path::absolute(&path).map_err(NodeError::file(path, "found"));
    let (data, request) = match args.way {
        CarryWay::Out { agreement, out, data } => {
            (data, Request::CarryOut { agreement, out: absolute(out)? })
        }
        CarryWay::In { file, data } => (data, Request::CarryIn { bundle: absolute(file)? }),
    };
    answer(&data, &request, false, words)
}

fn scope(args: ScopeArgs) -> SuspensionScope {
    SuspensionScope {
        from: args.from,
        to: args.to,
        items: args.items.into_iter().collect(),
        areas: args.areas.into_iter().collect(),
        purposes: args.purposes.into_iter().collect(),
    }
}

/// Asks the running node, or does it here.
pub(crate) fn ask(data: &DataArgs, request: &Request) -> Result<Reply, NodeError> {
    let folder = data_folder(data);
    if let Some(reply) = control::ask(&folder, request)? {
        return Ok(reply);
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| NodeError::Exchange(error.to_string()))?;
    let desk = open(&folder, data.database.as_deref(), runtime.handle())?;
    Ok(desk.carry_out(request.clone()))
}

fn open(folder: &Path, database: Option<&str>, runtime: &tokio::runtime::Handle) -> Result<Desk, NodeError> {
    let config = Config::load(folder)?;
    let database = database.map(str::to_owned).or_else(|| config.database.clone());
    let store = Arc::new(Store::open(folder, database.as_deref())?);
    let keys = KeyFolder::open(folder, &log_origin(&config))?;
    let (agreements, database) = (installed(folder)?, database.as_deref());
    let exchanges =
        Exchanges::open(folder, agreements, database, &config.exchange, runtime, Arc::new(|_| {}))?;
    let originator = exchanges.originator(&config.exchange)?;
    let unlogged = UnloggedStops::open(folder)?;
    let desk = Desk { exchanges, store, keys, originator, unlogged };
    desk.keep_stopped();
    desk.enrol_officers()?;
    Ok(desk)
}

fn answer(data: &DataArgs, request: &Request, json: bool, words: Words) -> Result<ExitCode, NodeError> {
    let reply = ask(data, request)?;
    if json {
        say(&format!("{}\n", serde_json::to_string(&reply)?))?;
    } else {
        say(&words.reply(&reply))?;
    }
    let refused = matches!(&reply, Reply::Refused { .. })
        || matches!(&reply, Reply::Released { outcome, .. } if outcome == "refused");
    Ok(if refused { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
