//! Options of `bitacora port`: screening rules, inspection games, draws.

use std::path::PathBuf;

use bitacora_port::draw::Body;
use bitacora_port::screening::Rule;
use clap::{Args, Subcommand, ValueEnum};

use super::DataArgs;

#[derive(Debug, Args)]
pub(crate) struct PortArgs {
    #[command(subcommand)]
    pub(crate) act: PortAct,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PortAct {
    /// Keep container events and what is read beside them in the data folder, screen them, and raise leads
    #[command(after_help = "Example:\n  bitacora port ingest events.csv orders.csv gate.edi\n  \
        bitacora port ingest --standard tnt3 carrier.json\n  \
        bitacora port ingest --utc-offset -05:00 gate.edi")]
    Ingest(PortIngestArgs),
    /// The queue of boxes with alerts, the strongest first
    #[command(after_help = "Example:\n  bitacora port alerts\n  bitacora port alerts --json --all")]
    Alerts(AlertsArgs),
    /// Make an invented port day with known truth, screen it, plan its inspections, and print the score
    #[command(
        after_help = "Example:\n  bitacora port simulate --seed 7\n  bitacora port simulate --seed 1 --seeds 20\n  \
        bitacora port simulate --seed 7 --out day"
    )]
    Simulate(SimulateArgs),
    /// Check files against their standard: a line a file, `valid` or its first defects
    #[command(after_help = "Example:\n  bitacora port validate --standard tnt3 events.json\n  \
        bitacora port validate --standard edifact codeco.edi")]
    Validate(ValidateArgs),
    /// Read a file and write it in the same standard again, byte for byte
    #[command(after_help = "Example:\n  bitacora port convert --to edifact codeco.edi")]
    Convert(ConvertArgs),
    /// Screen container events: one line `Rk,event_id` an alert
    #[command(after_help = "Example:\n  bitacora port rules --in events.csv --tiers\n  \
        bitacora port rules --profile baseline --rules R1,R2,R3,R4,R5 --in events.csv")]
    Rules(RulesArgs),
    /// Solve an inspection game: JSON with the coverage and a certificate that anyone can check
    #[command(after_help = "Example:\n  bitacora port solve slot --in game.csv --slots 24 --capacity 41\n  \
        bitacora port solve origami --in game.csv --resources 10\n  bitacora port solve qr --in game.csv --lambda 0.76\n  \
        bitacora port solve patrol --in patrol.json --picture patrol.svg")]
    Solve(SolveArgs),
    /// Draw which containers are inspected, slot by slot
    Draw(DrawArgs),
    /// Derive every pick of a published draw again
    VerifyDraw {
        file: PathBuf,
        /// The hash that the ledger holds from before the first round
        #[arg(long, value_name = "HASH")]
        commitment: Option<String>,
    },
}

/// How a file is written. Without it, its first bytes tell, or the columns of its header.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum Standard {
    /// Container events with a header
    Csv,
    Orders,
    Access,
    Reefer,
    Telematics,
    SealRanges,
    TravelTimes,
    FoundBad,
    /// DCSA Track & Trace 3.0
    Tnt3,
    /// DCSA Track & Trace 2.2
    Tnt22,
    /// DCSA Verified Gross Mass 1.0
    Vgm1,
    /// UN/EDIFACT CODECO, COARRI, BAPLIE, VERMAS
    Edifact,
    /// GS1 EPCIS 2.0, JSON
    Epcis2,
}

#[derive(Debug, Args)]
pub(crate) struct PortIngestArgs {
    #[command(flatten)]
    pub(crate) data: DataArgs,
    #[arg(long, value_enum)]
    pub(crate) standard: Option<Standard>,
    /// The party or file family within which the events' own ids are unique
    #[arg(long, value_name = "NAME", default_value = "events")]
    pub(crate) authority: String,
    /// Distance to UTC of the times that a file gives without a zone, as EDIFACT does: the sender's local time
    #[arg(long, value_name = "±HH:MM", default_value = "+00:00", allow_hyphen_values = true, value_parser = minutes_east)]
    pub(crate) utc_offset: i16,
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
}

/// ISO 8601-1:2019, 4.3.13: a sign, two digits of hours and two of minutes. Zones lie from -12:00 to +14:00.
fn minutes_east(text: &str) -> Result<i16, String> {
    let read = || {
        let (sign, rest) = text.split_at_checked(1)?;
        let sign = match sign {
            "+" => 1,
            "-" => -1,
            _ => return None,
        };
        let (hours, minutes) = rest.split_once(':')?;
        let two = |text: &str| (text.len() == 2).then(|| text.parse::<u8>().ok()).flatten();
        let (hours, minutes) = (two(hours)?, two(minutes).filter(|minutes| *minutes < 60)?);
        Some(sign * (i16::from(hours) * 60 + i16::from(minutes)))
    };
    read()
        .filter(|minutes| (-720..=840).contains(minutes))
        .ok_or_else(|| "it is not an offset from -12:00 to +14:00, such as -05:00".to_owned())
}

#[derive(Debug, Args)]
pub(crate) struct AlertsArgs {
    #[command(flatten)]
    pub(crate) data: DataArgs,
    /// Likely misreads too, which wait until the seal is read again
    #[arg(long)]
    pub(crate) all: bool,
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct SimulateArgs {
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Days, from that seed on, scored together
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=1_000))]
    pub(crate) seeds: u64,
    /// Write the first day's files here, as `port ingest` and `port rules` read them, and truth.json
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ValidateArgs {
    #[arg(long, value_enum)]
    pub(crate) standard: Standard,
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum Target {
    Edifact,
}

#[derive(Debug, Args)]
pub(crate) struct ConvertArgs {
    #[arg(long, value_enum)]
    pub(crate) to: Target,
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum Profile {
    /// R1 to R5 as the published baseline defines them
    Baseline,
    /// R1 to R12 over each container's journey
    Field,
}

#[derive(Debug, Args)]
pub(crate) struct RulesArgs {
    #[arg(long, value_enum, default_value = "field")]
    pub(crate) profile: Profile,
    /// R1,R2,...; without it all of the profile
    #[arg(long, value_delimiter = ',', value_parser = rule)]
    pub(crate) rules: Vec<Rule>,
    /// Events as CSV
    #[arg(long = "in", value_name = "FILE")]
    pub(crate) input: PathBuf,
    /// A third column: `first`, or `reread` where the seal is to be read again before load
    #[arg(long)]
    pub(crate) tiers: bool,
    /// Work, customs and release orders; without it an event's own order number counts as it stands
    #[arg(long, value_name = "FILE")]
    pub(crate) orders: Option<PathBuf>,
    /// Access log of the terminal or port system
    #[arg(long, value_name = "FILE")]
    pub(crate) access: Option<PathBuf>,
    /// Readings of reefer controllers
    #[arg(long, value_name = "FILE")]
    pub(crate) reefer: Option<PathBuf>,
    /// Reports of trucks on the road to the gate
    #[arg(long, value_name = "FILE")]
    pub(crate) telematics: Option<PathBuf>,
    /// Seal serials issued
    #[arg(long, value_name = "FILE")]
    pub(crate) seal_ranges: Option<PathBuf>,
    /// Least minutes on the road between facilities
    #[arg(long, value_name = "FILE")]
    pub(crate) travel_times: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum Game {
    Slot,
    Origami,
    Qr,
    /// Boats over sectors of the sea; the file is JSON
    Patrol,
}

#[derive(Debug, Args)]
pub(crate) struct SolveArgs {
    #[arg(value_enum)]
    pub(crate) game: Game,
    /// The game's table, in whole hundredths; of `patrol` a JSON file
    #[arg(long = "in", value_name = "FILE")]
    pub(crate) input: PathBuf,
    /// Scans a slot; without it a tenth of the containers over all slots, at least one
    #[arg(long, value_name = "N")]
    pub(crate) capacity: Option<u32>,
    #[arg(long, value_name = "N", default_value_t = 24)]
    pub(crate) slots: usize,
    /// Resources; without it a tenth of the targets, at least one
    #[arg(long, value_name = "N")]
    pub(crate) resources: Option<u32>,
    /// How much better the attacker tells payoffs apart; 0 is by chance
    #[arg(long, value_name = "X", default_value_t = 0.76)]
    pub(crate) lambda: f64,
    /// Side constraints of a slot game
    #[arg(long, value_name = "FILE")]
    pub(crate) constraints: Option<PathBuf>,
    /// Write the coverage here, one number a line, and not into the JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) coverage: Option<PathBuf>,
    /// Draw the patrols here as SVG: time across, sectors down
    #[arg(long, value_name = "FILE")]
    pub(crate) picture: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct DrawArgs {
    #[command(subcommand)]
    pub(crate) act: DrawAct,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DrawAct {
    /// Make a body's key, and print its public half
    Key {
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Plan the day that begins now over what was ingested: writes terms and list for `commit`
    List(DrawListArgs),
    /// Fix list, chances, plan and rounds; prints the hash that goes into the ledger before the first round
    Commit {
        /// The terms of the draw as JSON
        #[arg(long, value_name = "FILE")]
        terms: PathBuf,
        /// The containers with their chances as JSON
        #[arg(long, value_name = "FILE")]
        list: PathBuf,
        /// Where the draw is kept; without it in the data folder, and its hash in the node's log
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        #[command(flatten)]
        data: DataArgs,
    },
    /// Take in a round of the beacon
    Round {
        draw: PathBuf,
        #[arg(long, value_name = "FILE")]
        round: PathBuf,
    },
    /// Give a body's share for a slot's awaited round
    Share {
        draw: PathBuf,
        /// customs, police or port
        #[arg(long, value_parser = body)]
        body: Body,
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
        #[arg(long)]
        slot: u32,
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Draw a slot with the shares that came
    Pick {
        draw: PathBuf,
        #[arg(long)]
        slot: u32,
        #[arg(long = "share", value_name = "FILE")]
        shares: Vec<PathBuf>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct DrawListArgs {
    #[command(flatten)]
    pub(crate) data: DataArgs,
    /// Scans of each hour, one number for all or one an hour: 3 or 3,3,2,0
    #[arg(long, value_name = "N,...", value_delimiter = ',', required = true)]
    pub(crate) capacity: Vec<u32>,
    #[arg(long, value_name = "N", default_value_t = 24)]
    pub(crate) hours: u16,
    /// Only boxes that stand there
    #[arg(long, value_name = "LOCODE-TERMINAL")]
    pub(crate) facility: Option<String>,
    /// The port's name in the published draw
    #[arg(long, value_name = "NAME")]
    pub(crate) port: String,
    /// The shift's name: a date
    #[arg(long, value_name = "NAME")]
    pub(crate) shift: String,
    /// The beacon as JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) beacon: PathBuf,
    /// Public keys of customs, police and port, in this order
    #[arg(long, value_name = "HEX,HEX,HEX", value_delimiter = ',', required = true)]
    pub(crate) keys: Vec<String>,
    #[arg(long, value_name = "FILE")]
    pub(crate) terms: PathBuf,
    #[arg(long, value_name = "FILE")]
    pub(crate) list: PathBuf,
}

fn rule(text: &str) -> Result<Rule, String> {
    text.parse().map_err(|_| "no rule of R1 to R12".to_owned())
}

fn body(text: &str) -> Result<Body, String> {
    serde_json::from_value(text.into()).map_err(|_| "no body of customs, police and port".to_owned())
}
