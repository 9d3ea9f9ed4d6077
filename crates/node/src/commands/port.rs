//! `bitacora port`: files in, alerts, coverage and picks out. Nothing is stored and nothing is fetched: beacon rounds and
//! shares come as files.

use std::fs::File;
use std::io::{BufReader, Write};
use std::path::Path;
use std::process::ExitCode;

use bitacora_feeds::containers::{Batch, csv};
use bitacora_port::draw::commitment::Terms;
use bitacora_port::draw::{self, Bundle, Commitment, Draw, Entry, Hex, Outcome, Round, SecretKey, Share};
use bitacora_port::game::{self, certificate, quantal, side, slots, table};
use bitacora_port::screening::inputs::ReeferRow;
use bitacora_port::screening::{Inputs, Rule, Thresholds, baseline, screen};
use bitacora_primitives::{EvidenceRef, SourceId};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::cli::port::{DrawAct, Game, PortAct, PortArgs, Profile, RulesArgs, SolveArgs};
use crate::error::NodeError;
use crate::exchange::engine::Chain;
use crate::exchange::publish::write_whole;
use crate::summary::say;

pub(crate) fn run(args: PortArgs) -> Result<ExitCode, NodeError> {
    match args.act {
        PortAct::Rules(args) => rules(&args),
        PortAct::Solve(args) => solve(&args),
        PortAct::Draw(args) => draw(args.act),
        PortAct::VerifyDraw { file, commitment } => verify_draw(&file, commitment.as_deref()),
    }
}

fn bad(path: &Path, error: &dyn std::error::Error) -> NodeError {
    NodeError::Port { path: path.to_owned(), why: Chain(error).to_string() }
}

fn bytes(path: &Path) -> Result<Vec<u8>, NodeError> {
    std::fs::read(path).map_err(NodeError::file(path, "read"))
}

fn text(path: &Path) -> Result<String, NodeError> {
    std::fs::read_to_string(path).map_err(NodeError::file(path, "read"))
}

fn open(path: &Path) -> Result<BufReader<File>, NodeError> {
    File::open(path).map(BufReader::new).map_err(NodeError::file(path, "read"))
}

// -- rules

fn rules(args: &RulesArgs) -> Result<ExitCode, NodeError> {
    let asked = |rule: Rule| args.rules.is_empty() || args.rules.contains(&rule);
    let lines = match args.profile {
        Profile::Baseline => {
            let mut screened =
                baseline::screen(&bytes(&args.input)?).map_err(|error| bad(&args.input, &error))?;
            screened
                .alerts
                .retain(|alert| Rule::ALL.iter().any(|rule| rule.number() == alert.rule && asked(*rule)));
            for refusal in &screened.refusals {
                eprintln!("{}: {refusal}", args.input.display());
            }
            screened.alert_lines(args.tiers)
        }
        Profile::Field => {
            let wanted: Vec<Rule> = Rule::ALL.iter().copied().filter(|rule| asked(*rule)).collect();
            screen(field_inputs(args)?, &Thresholds::default(), &wanted).alert_lines(args.tiers)
        }
    };
    say(&lines)?;
    Ok(ExitCode::SUCCESS)
}

fn field_inputs(args: &RulesArgs) -> Result<Inputs, NodeError> {
    let read = csv::events(open(&args.input)?, "events", source_of(&args.input))
        .map_err(|error| bad(&args.input, &error))?;
    let mut inputs = Inputs { events: told(&args.input, read), ..Inputs::default() };
    inputs.orders = args.orders.as_deref().map(side_table).transpose()?;
    inputs.access = some_table(args.access.as_deref())?;
    inputs.telematics = some_table(args.telematics.as_deref())?;
    inputs.seal_ranges = some_table(args.seal_ranges.as_deref())?;
    inputs.travel_times = some_table(args.travel_times.as_deref())?;
    if let Some(path) = &args.reefer {
        for (evidence, row) in rows::<ReeferRow>(path)? {
            let at = row.at;
            inputs.events.push(row.event("reefer", at, evidence));
        }
    }
    Ok(inputs)
}

fn some_table<T: DeserializeOwned>(path: Option<&Path>) -> Result<Vec<T>, NodeError> {
    path.map_or_else(|| Ok(Vec::new()), side_table)
}

fn side_table<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>, NodeError> {
    rows(path).map(|rows| rows.into_iter().map(|(_, row)| row).collect())
}

fn rows<T: DeserializeOwned>(path: &Path) -> Result<Vec<(EvidenceRef, T)>, NodeError> {
    csv::table(open(path)?, source_of(path)).map(|read| told(path, read)).map_err(|error| bad(path, &error))
}

fn source_of(path: &Path) -> SourceId {
    SourceId::of(&[path.as_os_str().as_encoded_bytes()])
}

/// The items, with the defects told on standard error.
fn told<T>(path: &Path, read: Batch<T>) -> Vec<T> {
    for defect in &read.defects {
        eprintln!("{}: {defect}", path.display());
    }
    let untold = read.defective - read.defects.len() as u64;
    if untold > 0 {
        eprintln!("{}: {untold} more defects", path.display());
    }
    read.items
}

// -- games

fn solve(args: &SolveArgs) -> Result<ExitCode, NodeError> {
    let input = text(&args.input)?;
    let wrong = |error: game::GameError| bad(&args.input, &error);
    let rows = || u32::try_from(input.lines().count().saturating_sub(1)).unwrap_or(u32::MAX);
    let resources = || args.resources.unwrap_or_else(|| (rows() / 10).max(1));
    match args.game {
        Game::Slot => {
            let in_all = u32::try_from(args.slots).unwrap_or(u32::MAX).max(1).saturating_mul(10);
            let capacity = args.capacity.unwrap_or_else(|| (rows() / in_all).max(1));
            let game = table::slot_game(&input, args.slots, capacity).map_err(wrong)?;
            let Some(path) = &args.constraints else {
                let plan = slots::solve(&game, slots::Spare::Idle).map_err(wrong)?;
                return print(args, certificate::slots(&game, &plan));
            };
            let told = |error: game::GameError| bad(path, &error);
            let constraints = table::side_constraints(&text(path)?).map_err(told)?;
            let game = side::SideGame::new(game, constraints).map_err(told)?;
            let plan = side::solve(&game).map_err(told)?;
            print(args, certificate::side(&game, &plan))
        }
        Game::Origami => {
            let game = table::security_game(&input, resources()).map_err(wrong)?;
            let plan = game::origami::solve(&game).map_err(wrong)?;
            print(args, certificate::origami(&game, &plan))
        }
        Game::Qr => {
            let game = table::security_game(&input, resources()).map_err(wrong)?;
            let rationality = quantal::Rationality::new(args.lambda);
            let rationality = rationality.ok_or(game::GameError::Number { what: "lambda", index: 0 });
            let game = quantal::QuantalGame::new(game, rationality.map_err(wrong)?);
            let plan = quantal::solve(&game).map_err(wrong)?;
            print(args, certificate::quantal(&game, &plan))
        }
    }
}

fn print<C: Serialize>(args: &SolveArgs, answer: certificate::Answer<C>) -> Result<ExitCode, NodeError> {
    let mut json = serde_json::to_value(&answer)?;
    if let Some(path) = &args.coverage {
        let mut out = File::create(path).map_err(NodeError::file(path, "created"))?;
        let lines: String = answer.coverage.iter().map(|share| format!("{share}\n")).collect();
        out.write_all(lines.as_bytes()).map_err(NodeError::file(path, "written"))?;
        if let Some(members) = json.as_object_mut() {
            members.insert("coverage".to_owned(), path.display().to_string().into());
        }
        say(&format!("{json}\n"))?;
    } else {
        say(&format!("{}\n", serde_json::to_string(&answer)?))?;
    }
    Ok(ExitCode::SUCCESS)
}

// -- draws

fn verify_draw(file: &Path, commitment: Option<&str>) -> Result<ExitCode, NodeError> {
    let bundle = Bundle::parse(&text(file)?).map_err(|why| bad(file, &why))?;
    let verified = draw::verify(&bundle).map_err(|why| bad(file, &why))?;
    if commitment.is_some_and(|hash| !hash.eq_ignore_ascii_case(&verified.commitment.to_string())) {
        let why = format!("the draw commits to {}, which is another hash", verified.commitment);
        return Err(NodeError::Port { path: file.to_owned(), why });
    }
    say(&verified.text())?;
    Ok(ExitCode::SUCCESS)
}

fn draw(act: DrawAct) -> Result<ExitCode, NodeError> {
    match act {
        DrawAct::Key { out } => {
            let seed = crate::random::bytes()?;
            crate::keys::write_secret(&out, &format!("{}\n", bitacora_ledger::hex::encode(&seed)))?;
            say(&format!("{}\n", SecretKey::from_seed(&seed).public()))?;
        }
        DrawAct::Commit { terms, list, out } => {
            let read: Terms = json(&terms)?;
            let entries: Vec<Entry> = json(&list)?;
            let commitment = Commitment::new(read, &entries).map_err(|error| bad(&terms, &error))?;
            let drawn = Draw::new(commitment, entries).map_err(|error| bad(&list, &error))?;
            keep(&out, &drawn)?;
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
