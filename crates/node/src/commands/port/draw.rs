//! `bitacora port draw` and `verify-draw`: beacon rounds and shares come as files, nothing is fetched.

use std::path::Path;
use std::process::ExitCode;

use bitacora_api::Keys;
use bitacora_api::port::{Committed, Screening, log_draw};
use bitacora_port::draw::commitment::Terms;
use bitacora_port::draw::{
    self, Bundle, Commitment, Draw, Entry, Hex, OfficerKey, Outcome, Round, SecretKey, Share,
};
use bitacora_port::screening::Facility;
use bitacora_port::targeting::{DrawKeys, Settings, plan};
use bitacora_primitives::Instant;
use bitacora_store::Store;
use serde::de::DeserializeOwned;

use super::{bad, text};
use crate::cli::DataArgs;
use crate::cli::port::{DrawAct, DrawListArgs};
use crate::clock;
use crate::commands::officer::{log_origin, open};
use crate::error::NodeError;
use crate::exchange::publish::write_whole;
use crate::keys::KeyFolder;
use crate::summary::say;

pub(super) fn verify_draw(file: &Path, commitment: Option<&str>) -> Result<ExitCode, NodeError> {
    let bundle = Bundle::parse(&text(file)?).map_err(|why| bad(file, &why))?;
    let verified = draw::verify(&bundle).map_err(|why| bad(file, &why))?;
    if commitment.is_some_and(|hash| !hash.eq_ignore_ascii_case(&verified.commitment.to_string())) {
        let why = format!("the draw commits to {}, which is another hash", verified.commitment);
        return Err(NodeError::Port { path: file.to_owned(), why });
    }
    say(&verified.text())?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn draw(act: DrawAct) -> Result<ExitCode, NodeError> {
    match act {
        DrawAct::Key { out } => {
            let seed = crate::random::bytes()?;
            crate::keys::write_secret(&out, &format!("{}\n", bitacora_ledger::hex::encode(&seed)))?;
            say(&format!("{}\n", SecretKey::from_seed(&seed).public()))?;
        }
        DrawAct::List(args) => write_list(&args)?,
        DrawAct::Commit { terms, list, out, data } => {
            let read: Terms = json(&terms)?;
            let entries: Vec<Entry> = json(&list)?;
            let commitment = Commitment::new(read, &entries).map_err(|error| bad(&terms, &error))?;
            let drawn = Draw::new(commitment, entries).map_err(|error| bad(&list, &error))?;
            match out {
                Some(out) => keep(&out, &drawn)?,
                None => record(&data, &drawn)?,
            }
            say(&format!("{}\n", drawn.commitment()))?;
        }
        DrawAct::Round { draw, round } => {
            let mut drawn = resume(&draw)?;
            let taken: Round = json(&round)?;
            let value = drawn.round(taken).map_err(|error| bad(&round, &error))?;
            keep(&draw, &drawn)?;
            say(&format!("{value}\n"))?;
        }
        DrawAct::Share { draw, body, key, slot, out } => {
            let drawn = resume(&draw)?;
            let none = |why: &str| NodeError::Port { path: draw.clone(), why: format!("slot {slot}: {why}") };
            let awaited = drawn.awaited(slot).ok_or_else(|| none("nothing is awaited"))?;
            let seed = Hex::<32>::parse(text(&key)?.trim());
            let seed = seed
                .ok_or_else(|| NodeError::Key { path: key.clone(), why: "not 64 hex digits".to_owned() })?;
            let secret = SecretKey::from_seed(&seed.0);
            let share = Share::make(body, &secret, drawn.commitment(), slot, awaited.round);
            let share = share.ok_or_else(|| none("no share can be made"))?;
            write_whole(&out, format!("{}\n", serde_json::to_string(&share)?).as_bytes())?;
        }
        DrawAct::Pick { draw, slot, shares } => {
            let mut drawn = resume(&draw)?;
            let given = shares.iter().map(|path| json(path)).collect::<Result<Vec<Share>, NodeError>>()?;
            let attempt = drawn.attempt(slot, &given).map_err(|error| bad(&draw, &error))?;
            keep(&draw, &drawn)?;
            for body in &attempt.missing {
                eprintln!("missing {}", serde_json::to_string(body)?);
            }
            match attempt.outcome {
                Outcome::Drawn { picks } => {
                    say(&picks.iter().map(|pick| format!("{pick}\n")).collect::<String>())?;
                }
                Outcome::FallsBack { round } | Outcome::Waits { round } => {
                    eprintln!("round {round}");
                    return Ok(ExitCode::FAILURE);
                }
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The day that begins now, over what was ingested: every box of the yard with its chance.
fn write_list(args: &DrawListArgs) -> Result<(), NodeError> {
    let (_, store) = open(&args.data)?;
    let book = Screening::default().book(&store)?;
    let facility = args.facility.as_deref().map(Facility::new).transpose();
    let option = |why: String| NodeError::Port { path: "port draw list".into(), why };
    let facility = facility.map_err(|error| option(format!("--facility: {error}")))?;
    let settings = Settings { facility, hours: args.hours, ..Settings::default() };
    let day = book.day(&settings)?.ok_or_else(|| option("nothing was ingested yet".to_owned()))?;
    let capacity = match args.capacity.as_slice() {
        [all] => vec![*all; usize::from(args.hours)],
        each => each.to_vec(),
    };
    let planned = plan(&day, &capacity).map_err(|error| option(error.to_string()))?;
    let key = |text: &String| {
        Hex::<32>::parse(text.trim()).ok_or_else(|| option(format!("--keys: `{text}` is not 64 hex digits")))
    };
    let keys: Vec<Hex<32>> = args.keys.iter().map(key).collect::<Result<_, _>>()?;
    let [customs, police, port] = keys.as_slice() else {
        return Err(option("--keys: customs, police and port each have one".to_owned()));
    };
    let officers = store.officers()?.into_iter();
    let names = DrawKeys {
        port: args.port.clone(),
        shift: args.shift.clone(),
        beacon: json(&args.beacon)?,
        keys: [*customs, *police, *port],
        officers: officers
            .map(|officer| OfficerKey { key: Hex(officer.public_key), officer: officer.id })
            .collect(),
    };
    let entries = planned.entries().map_err(|error| option(error.to_string()))?;
    let terms = planned.terms(&day, names);
    write_whole(&args.terms, serde_json::to_string(&terms)?.as_bytes())?;
    write_whole(&args.list, serde_json::to_string(&entries)?.as_bytes())?;
    let assumed: Vec<&str> = day.assumed.iter().map(|code| code.code()).collect();
    say(&format!(
        "{} boxes  {} slots from {}  value {:.2}  assumed: {}\n",
        entries.len(),
        capacity.len(),
        day.start,
        planned.value(),
        assumed.join(" "),
    ))
}

/// The draw in the data folder, and its hash in the node's log.
fn record(data: &DataArgs, drawn: &Draw) -> Result<(), NodeError> {
    let (config, store) = open(data)?;
    let keys = KeyFolder::open(store.folder(), &log_origin(&config))?;
    keep_in(&store, drawn)?;
    let leaf = log(&store, &*keys, drawn, clock::now())?;
    eprintln!("leaf {leaf}");
    Ok(())
}

/// Among the draws of a data folder, by its shift's name.
pub(crate) fn keep_in(store: &Store, drawn: &Draw) -> Result<(), NodeError> {
    let shift = drawn.bundle().commitment.shift.chars();
    let name: String = shift.map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect();
    keep(&store.folder().join("port").join("draws").join(format!("{name}.json")), drawn)
}

/// The commitment as a leaf of the node's log.
pub(crate) fn log(store: &Store, keys: &dyn Keys, drawn: &Draw, at: Instant) -> Result<u64, NodeError> {
    let commitment = &drawn.bundle().commitment;
    let committed = Committed {
        commitment: drawn.commitment().to_string(),
        shift: commitment.shift.clone(),
        containers: commitment.list.count,
        committed: at,
    };
    Ok(log_draw(store, keys, &committed)?)
}

fn json<T: DeserializeOwned>(path: &Path) -> Result<T, NodeError> {
    serde_json::from_str(&text(path)?).map_err(|error| bad(path, &error))
}

fn resume(path: &Path) -> Result<Draw, NodeError> {
    let bundle = Bundle::parse(text(path)?.trim_end()).map_err(|why| bad(path, &why))?;
    Draw::resume(bundle).map_err(|why| bad(path, &why))
}

fn keep(path: &Path, drawn: &Draw) -> Result<(), NodeError> {
    let json = drawn.bundle().to_json().map_err(|why| bad(path, &why))?;
    write_whole(path, json.as_bytes())
}
