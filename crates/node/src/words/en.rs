//! English.

use super::Table;

pub(super) static TABLE: Table = Table {
    source: "source",
    lines: "lines",
    messages: "messages",
    duplicates: "duplicates",
    positions: "positions stored",
    position_not_available: "position not available",
    ignored: "ignored (other sentences, comments)",
    refused: "refused",
    late: "late",
    events: "events",
    leads: "leads",
    rate: "rate",
    per_second: "lines/s",
    commit_mark: "committed up to line",
    quarantine_file: "quarantine",
    type_column: "type",
    count_column: "count",
    reason_column: "reason of refusal",
    nothing_usable: "nothing usable came",
    serving: "Bitácora serves at",
    officer: "officer",
    link_once: "sign-in link, good once",
    making_theatre: "making a 24-hour theatre (invented) ...",
    replay_ended: "the replay has ended; the node goes on serving. Ctrl-C to leave",
    stopped: "stopped; everything committed is stored",
    error: "error",
    advice,
};

fn advice(code: &str) -> &'static str {
    match code {
        "port_in_use" => {
            "another program uses that port: close it or choose another with --bind 127.0.0.1:PORT"
        }
        "bind" => "choose an address of this machine with --bind",
        "no_time" => {
            "say when the first line was heard and how fast they came: --start 2026-01-31T00:00:00Z --rate 10"
        }
        "map" => "name the columns: --map time=COLUMN,mmsi=COLUMN,lat=COLUMN,lon=COLUMN",
        "feed_url" => "write tcp://host:port or udp://host:port",
        "feed_unreachable" => "check the feed's host and port",
        "unknown_officer" => "see the officers with: bitacora officer list",
        "key" => "restore the folder keys/ from its copy; without it nothing can be signed",
        "config" => "correct that line of bitacora.toml or delete it: every setting has a default",
        "store_read_only" => {
            "nothing was stored: make the data folder writable or choose another with --data"
        }
        "store_full" => "nothing more was stored: free disk space and repeat; what was committed is safe",
        "store_not_a_folder" => "choose a folder with --data",
        "store_unreachable" => "check that PostgreSQL runs and the URL of --database",
        "store_refused" => "PostgreSQL said no: check user, password and database name",
        "file" => "check the path and its permissions",
        _ => "",
    }
}
