//! `bitacora demo`: a generated theatre played to Colombia's node, the United States' node beside it and an oversight
//! witness, with an agreement that both have signed. Everything in it is invented.

use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::Ordering;
use std::sync::{Arc, mpsc};
use std::thread;

use bitacora_primitives::{Duration, Metres, Position};
use bitacora_scenarios::chart::PORTS;
use bitacora_sea::behaviour::port_visit::anchorages::{Anchorage, Anchorages};
use bitacora_sea::indications::UsualPlace;
use bitacora_sea::{Charts, Kind, Parameters};

use crate::bound::Bound;
use crate::cli::{DemoArgs, Script};
use crate::commands::node::report_end;
use crate::commands::scenario;
use crate::config::{Config, DEFAULT_BIND, data_folder};
use crate::demo::{self, script};
use crate::error::NodeError;
use crate::exchange;
use crate::exchange::desk::Desk;
use crate::replay::replay;
use crate::summary::say;
use crate::words::Words;

/// Marks a folder as made by the demo, so that only such a folder is ever emptied.
const MARKER: &str = "demo.json";
/// A theatre of two hours in some seconds.
const SCRIPT_SPEED: f64 = 100_000.0;

pub(crate) fn run(args: DemoArgs, words: Words) -> Result<ExitCode, NodeError> {
    let folder = args.data.data.clone().unwrap_or_else(|| data_folder(&args.data).join("demo"));
    start_afresh(&folder)?;
    let bind = args.serve.bind.unwrap_or(DEFAULT_BIND);
    let page = Bound::to(bind)?;
    let partner_page = Bound::to(args.partner_bind.unwrap_or_else(|| next_to(bind)))?;
    let (between, oversight) = (Bound::free()?, Bound::free()?);
    eprintln!("{}", words.making_theatre);
    // A script needs leads, not a day of them.
    let theatre = scenario::make(args.seed, args.small || args.script.is_some());
    let recording = folder.join("theatre.nmea");
    scenario::write_recording(&theatre, &recording)?;
    let truth = folder.join("truth.json");
    std::fs::write(&truth, serde_json::to_string_pretty(&theatre.truth)?)
        .map_err(NodeError::file(&truth, "written"))?;
    drop(theatre);

    let ports = demo::Ports { colombia: between.address(), witness: oversight.address() };
    let signed = demo::sign_agreement(&folder, ports)?;
    let agreement = exchange::installed::installed(&folder.join("witness"))?
        .into_values()
        .find_map(|one| one.newest().cloned())
        .ok_or_else(|| NodeError::Exchange("the demo's agreement is missing".to_owned()))?;
    let cast = |name: &'static str, officers| demo::Cast { folder: folder.join(name), officers };
    let (own, token) = demo::settings("CO-DEMO-1", "Armada · Colombia", signed.colombia.clone())?;
    let config = Config { sea: parameters(), places: places(), ..own };
    let (colombia, links) =
        demo::node(&cast("colombia", demo::COLOMBIA), config, charts(), args.data.database.as_deref())?;
    demo::port::play(&colombia, &folder, args.seed, args.small || args.script.is_some())?;
    let (config, partner_token) =
        demo::settings("US-DEMO-1", "Coast Guard · United States", signed.united_states.clone())?;
    let (united_states, partner_links) =
        demo::node(&cast("united-states", demo::UNITED_STATES), config, Arc::default(), None)?;
    let speed = if args.script.is_some() { SCRIPT_SPEED } else { args.speed };

    let stop = &colombia.stop;
    let outcome = thread::scope(|scope| {
        let (tell_partner, partner_ready) = mpsc::channel::<(SocketAddr, Arc<Desk>)>();
        let witness = scope.spawn(|| demo::run_witness(&signed.witness, &agreement, oversight, stop));
        let (united_states, partner_links) = (&united_states, &partner_links);
        let partner = scope.spawn(move || {
            let served = united_states.serve(partner_page, None, |address, desk| {
                let base = format!("http://{address}");
                say(&format!("{} {base}\n", words.partner_serves))?;
                demo::say_links("us ", &base, partner_links)?;
                demo::say_platform("us ", &base, &partner_token)?;
                say(&format!("us listening {base}\n"))?;
                desk.into_iter().for_each(|desk| drop(tell_partner.send((address, desk))));
                Ok(())
            });
            drop(tell_partner);
            // One node of the demo without the other is no demo.
            stop.store(true, Ordering::Relaxed);
            served
        });
        let served = colombia.serve(page, Some(between), |address, desk| {
            let base = format!("http://{address}");
            say(&format!("\n{} {base}\n{}:\n", words.serving, words.link_once))?;
            demo::say_links("", &base, &links)?;
            demo::say_platform("", &base, &token)?;
            say(&format!("listening {base}\n"))?;
            let (node, links) = (&colombia, &links);
            let (recording, folder, args) = (&recording, &folder, &args);
            scope.spawn(move || {
                report_end(replay(node, recording, speed), node, words);
                if let (Some(Script::Suspension), Some(desk)) = (args.script, desk) {
                    let played =
                        partner_ready.recv().map_err(|_| NodeError::Exchange("the partner ended".to_owned()));
                    let played = played.and_then(|united_states| {
                        let stage = script::Stage { colombia: (address, links, desk), united_states, words };
                        let suspension = script::suspension(&stage)?;
                        demo::verify_all(folder, &suspension, words)
                    });
                    report_end(played, node, words);
                }
                if args.exit {
                    node.stop.store(true, Ordering::Relaxed);
                } else {
                    eprintln!("{}", words.replay_ended);
                }
            });
            Ok(())
        });
        colombia.stop.store(true, Ordering::Relaxed);
        united_states.stop.store(true, Ordering::Relaxed);
        let ended = |thread: thread::ScopedJoinHandle<'_, Result<(), NodeError>>| {
            thread
                .join()
                .unwrap_or_else(|_| Err(NodeError::Exchange("a node of the demo broke down".to_owned())))
        };
        served.and(ended(partner)).and(ended(witness))
    });
    outcome?;
    eprintln!("{}", words.stopped);
    Ok(ExitCode::SUCCESS)
}

/// The partner's page: the next port, or a free one where the first is free too.
fn next_to(bind: SocketAddr) -> SocketAddr {
    let port = if bind.port() == 0 { 0 } else { bind.port().saturating_add(1) };
    SocketAddr::new(bind.ip(), port)
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

/// The theatre's ports, as a node has them from `anchorages.csv`. It has no coastline and no areas.
fn charts() -> Arc<Charts> {
    let anchorages = PORTS.iter().flat_map(|port| {
        let places = [("anchorage", port.anchorage), ("berths", port.berths)];
        places.into_iter().filter_map(|(what, point)| {
            let position = Position::new(point.lat, point.lon).ok()?;
            Some(Anchorage { id: format!("{} {what}", port.name), position })
        })
    });
    Arc::new(Charts { anchorages: Anchorages::new(anchorages.collect()), ..Charts::default() })
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
                usual: vec![Kind::Encounter, Kind::Loitering, Kind::Drift, Kind::TransshipmentPosture],
            })
        })
        .collect()
}
