//! `bitacora demo`: a generated theatre played to a node with one officer of each role. Everything in it is
//! invented.

use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::Ordering;
use std::thread;

use bitacora_api::sign_in_link;
use bitacora_primitives::{Duration, Metres, Position, Role};
use bitacora_scenarios::chart::PORTS;
use bitacora_sea::indications::UsualPlace;
use bitacora_sea::{Kind, Parameters};
use bitacora_store::Store;

use crate::cli::DemoArgs;
use crate::commands::node::report_end;
use crate::commands::{officer, scenario};
use crate::config::{Config, DEFAULT_BIND, NodeSettings, data_folder};
use crate::error::NodeError;
use crate::replay::replay;
use crate::serving::Node;
use crate::summary::say;
use crate::words::Words;

/// Marks a folder as made by the demo, so that only such a folder is ever emptied.
const MARKER: &str = "demo.json";

const OFFICERS: [(Role, &str); 6] = [
    (Role::Watch, "Tte. Marina Oquendo"),
    (Role::Port, "Insp. Tomás Berrío"),
    (Role::Release, "Cap. Lucía Arbeláez"),
    (Role::Case, "Fisc. Elena Casas"),
    (Role::Analyst, "An. Ruth Palma"),
    (Role::Auditor, "Aud. Iván Lemos"),
];

pub(crate) fn run(args: DemoArgs, words: Words) -> Result<ExitCode, NodeError> {
    let folder = args.data.data.clone().unwrap_or_else(|| data_folder(&args.data).join("demo"));
    start_afresh(&folder)?;
    eprintln!("{}", words.making_theatre);
    let theatre = scenario::make(args.seed, args.small);
    let recording = folder.join("theatre.nmea");
    scenario::write_recording(&theatre, &recording)?;
    let truth = folder.join("truth.json");
    std::fs::write(&truth, serde_json::to_string_pretty(&theatre.truth)?)
        .map_err(NodeError::file(&truth, "written"))?;
    drop(theatre);

    let store = Store::open(&folder, args.data.database.as_deref())?;
    let config = Config {
        node: NodeSettings { id: "DEMO-1".to_owned(), name: "Guardacostas · Coralina".to_owned() },
        sea: parameters(),
        places: places(),
        ..Config::default()
    };
    let node = Node::new(config, store)?;
    let links = OFFICERS
        .iter()
        .map(|(role, name)| Ok((*role, *name, officer::add(&node.store, &node.keys, name, *role)?)))
        .collect::<Result<Vec<_>, NodeError>>()?;

    thread::scope(|scope| {
        let served = node.serve(args.serve.bind.unwrap_or(DEFAULT_BIND), |address| {
            let base = format!("http://{address}");
            say(&format!("\n{} {base}\n{}:\n", words.serving, words.link_once))?;
            for (role, name, token) in &links {
                say(&format!("officer {:8} {name:22} {}\n", role.code(), sign_in_link(&base, token)))?;
            }
            say(&format!("listening {base}\n"))?;
            scope.spawn(|| {
                report_end(replay(&node, &recording, args.speed), &node, words);
                if args.exit {
                    node.stop.store(true, Ordering::Relaxed);
                } else {
                    eprintln!("{}", words.replay_ended);
                }
            });
            Ok(())
        });
        node.stop.store(true, Ordering::Relaxed);
        served
    })?;
    eprintln!("{}", words.stopped);
    Ok(ExitCode::SUCCESS)
}

fn start_afresh(folder: &Path) -> Result<(), NodeError> {
    if folder.join(MARKER).is_file() {
        std::fs::remove_dir_all(folder).map_err(NodeError::file(folder, "emptied"))?;
    }
    let is_foreign = std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some());
    if is_foreign {
        let cause =
            std::io::Error::new(std::io::ErrorKind::AlreadyExists, "it holds something that is no demo");
        return Err(NodeError::file(folder, "emptied")(cause));
    }
    std::fs::create_dir_all(folder).map_err(NodeError::file(folder, "created"))?;
    let marker = folder.join(MARKER);
    std::fs::write(&marker, "{}\n").map_err(NodeError::file(&marker, "written"))
}

/// The theatre's receivers send in order, so little has to be waited for; the thresholds are those of any watch.
fn parameters() -> Parameters {
    Parameters { lateness: Duration::from_mins(2), ..Config::default().sea }
}

/// Anchorages and pilot grounds of the theatre's ports: meetings and waiting are usual there.
fn places() -> Vec<UsualPlace> {
    PORTS
        .iter()
        .flat_map(|port| {
            [("pilot", port.pilot_ground), ("anchorage", port.anchorage), ("berths", port.berths)]
                .map(|(what, point)| (port.name, what, point))
        })
        .filter_map(|(name, what, point)| {
            Some(UsualPlace {
                name: format!("{name} {what}"),
                position: Position::new(point.lat, point.lon).ok()?,
                radius: Metres::from_nautical_miles(4.0),
                usual: vec![Kind::Encounter, Kind::Loitering],
            })
        })
        .collect()
}
