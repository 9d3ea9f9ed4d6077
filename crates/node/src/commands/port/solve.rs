//! `bitacora port solve`: a game's table in, a plan with its certificate out.

use std::fs::File;
use std::io::Write;
use std::process::ExitCode;

use bitacora_port::game::{self, certificate, patrol, quantal, side, slots, table};
use serde::Serialize;

use super::{bad, text};
use crate::cli::port::{Game, SolveArgs};
use crate::error::NodeError;
use crate::exchange::publish::write_whole;
use crate::summary::say;

pub(super) fn solve(args: &SolveArgs) -> Result<ExitCode, NodeError> {
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
        Game::Patrol => {
            let told = |error: &dyn std::error::Error| bad(&args.input, error);
            let game = patrol::read(&input).map_err(|error| told(&error))?;
            let plan = patrol::solve(&game).map_err(|error| told(&error))?;
            let answer = certificate::patrol(&game, &plan).map_err(|error| told(&error))?;
            if let Some(path) = &args.picture {
                write_whole(path, patrol::picture(&game, &plan).as_bytes())?;
            }
            print(args, answer)
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
