//! Bad input and bad places: each is said with its place and what to do, in both languages, none is a panic, and
//! the good lines around it are stored.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail loudly"
)]

mod harness;

use std::io::Write;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};

use bitacora_store::Store;
use harness::sentences::{SHIP, START, at, closed, fix, fragment, position, report, voyage};
use harness::{Ran, file, folder, officer, run, run_fed, stored, text};

/// Good lines before and after the damage.
const GOOD: usize = 20;

/// What `bitacora ingest --json` makes of a recording, stored in a folder of its own.
fn ingest(folder: &Path, recording: &Path, more: &[&str]) -> Ran {
    let data = folder.join("data");
    let args = [&["ingest", "--json", "--data", text(&data)], more, &[text(recording)]].concat();
    run(&args)
}

/// `damage` between two halves of a voyage: how often it was refused, by reason.
fn between_good_lines(name: &str, damage: &[u8]) -> serde_json::Value {
    let folder = folder(&format!("bad-{name}"));
    let voyage = voyage(SHIP, 2 * GOOD);
    let cut = voyage.match_indices('\n').nth(GOOD - 1).unwrap().0 + 1;
    let bytes = [&voyage.as_bytes()[..cut], damage, &voyage.as_bytes()[cut..]].concat();
    let ran = ingest(&folder, &file(&folder, "recording.nmea", &bytes), &[]);
    assert_eq!(ran.code, 0, "{name}: {ran:?}");
    let rows = stored(&folder.join("data"));
    let kept = rows.iter().filter(|row| row.mmsi.number() == SHIP).count();
    assert_eq!(kept, 2 * GOOD, "{name}: good lines were lost: {ran:?}");
    assert_eq!(rows.len(), kept, "{name}: something bad was stored");
    let summary = ran.summary();
    assert_eq!(summary["positions"], 2 * GOOD, "{name}");
    // Counted by reason, and kept with its place.
    let refused = summary["refused"].as_object().unwrap().clone();
    let file =
        std::fs::read_dir(folder.join("data/quarantine")).map(|mut files| files.next().unwrap().unwrap());
    let samples = Store::open(&folder.join("data"), None).unwrap().quarantine_samples(1000).unwrap();
    for reason in refused.keys() {
        let sample = samples.iter().find(|sample| sample.reason == *reason);
        let sample = sample.unwrap_or_else(|| panic!("{name}: no sample of {reason}"));
        assert!(sample.line > 0, "{name}");
        let kept = std::fs::read_to_string(file.as_ref().unwrap().path()).unwrap();
        assert!(kept.lines().any(|line| line.contains(reason.as_str())), "{name}: {kept}");
    }
    summary["refused"].clone()
}

fn damaged(sentence: &str, from: &str, to: &str) -> String {
    assert!(sentence.contains(from), "{sentence}");
    sentence.replacen(from, to, 1)
}

#[test]
fn bad_lines_are_counted_by_reason_and_the_good_ones_stay() {
    let moment = START + 200;
    let other = SHIP + 1;
    let good = at(moment, &position(other, 14.0, -75.0));
    let wrong_sum = damaged(&good, ",0*", ",1*");
    let no_sum = good.split('*').next().unwrap().to_owned() + "\n";
    let binary: Vec<u8> = (0..=255).cycle().take(4096).chain(*b"\n").collect();
    let cases: [(&str, Vec<u8>, &str); 12] = [
        ("truncated", good.as_bytes()[..30].iter().copied().chain(*b"\n").collect(), "checksum_missing"),
        ("binary", binary, "not_a_sentence"),
        ("zeros", [vec![0; 5000], b"\n".to_vec()].concat(), "line_too_long"),
        ("wrong-sum", wrong_sum.into_bytes(), "checksum"),
        ("no-sum", no_sum.into_bytes(), "checksum_missing"),
        ("mmsi-0", at(moment, &position(0, 14.0, -75.0)).into_bytes(), "mmsi_invalid"),
        ("lat-95", at(moment, &position(other, 95.0, -75.0)).into_bytes(), "position_out_of_range"),
        ("lon-190", at(moment, &position(other, 14.0, 190.0)).into_bytes(), "position_out_of_range"),
        ("fragment-alone", at(moment, &fragment(2, 1, 3)).into_bytes(), "fragments_missing"),
        ("fragment-numbers", at(moment, &fragment(2, 3, 3)).into_bytes(), "fragment_numbers"),
        ("tag-open", format!("\\s:x,c:{moment} no end\n").into_bytes(), "tag_block"),
        ("no-type", at(moment, &closed("AIVDM,1,1,,A,1,0")).into_bytes(), "payload_too_short"),
    ];
    for (name, damage, reason) in cases {
        let refused = between_good_lines(name, &damage);
        assert!(refused[reason].as_u64().is_some_and(|count| count > 0), "{name}: {refused}");
    }
}

#[test]
fn what_is_unknown_or_not_available_is_no_refusal() {
    let moment = START + 200;
    // 91 and 181 degrees are the standard's words for "not available"; types 0 and 29 to 63 are not defined.
    let other = SHIP + 1;
    let mut lines = at(moment, &position(other, 91.0, 181.0));
    for kind in [0, 30, 40, 63] {
        lines += &at(moment, &report(kind, other, 14.0, -75.0));
    }
    lines += "$GPGGA,092750.000,5321.6802,N,00630.3372,W,1,8,1.03,61.7,M,55.2,M,,*76\n# a comment\n\n";
    let refused = between_good_lines("unknown", lines.as_bytes());
    assert_eq!(refused, serde_json::json!({}), "{refused}");
}

#[test]
fn fragments_that_never_complete_stay_bounded() {
    // 300,000 first fragments: every one is refused once its place is needed, the good lines stay.
    let folder = folder("fragments");
    let data = folder.join("data");
    let (ran, peak) = run_fed(&["ingest", "--json", "--data", text(&data), "-"], |input| {
        input.write_all(voyage(SHIP, GOOD).as_bytes())?;
        for block in 0..300 {
            let lines: String =
                (0..1000).map(|i| at(START + 200 + block, &fragment(9, 1, (i % 10) as u8))).collect();
            input.write_all(lines.as_bytes())?;
        }
        input.write_all(at(START + 600, &fix(SHIP, 60)).as_bytes())
    });
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(ran.summary()["refused"]["fragments_missing"], 300_000);
    assert_eq!(stored(&data).len(), GOOD + 1);
    assert!(peak < 256 * 1024, "{peak} KiB");
}

#[test]
fn a_line_without_end_does_not_fill_the_memory() {
    let folder = folder("endless");
    let data = folder.join("data");
    let (ran, peak) = run_fed(&["ingest", "--json", "--data", text(&data), "-"], |input| {
        input.write_all(voyage(SHIP, GOOD).as_bytes())?;
        let mebibyte = vec![b'A'; 1 << 20];
        for _ in 0..128 {
            input.write_all(&mebibyte)?;
        }
        input.write_all(b"\n")?;
        input.write_all(at(START + 600, &fix(SHIP, 60)).as_bytes())
    });
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(ran.summary()["refused"]["line_too_long"], 1);
    assert_eq!(stored(&data).len(), GOOD + 1);
    assert!(peak > 0 || !Path::new("/proc/self/status").exists());
    assert!(peak < 96 * 1024, "{peak} KiB for a line of 128 MiB");
}

#[test]
fn a_clock_that_runs_backwards_or_leaps_makes_no_other_report_late() {
    // One station writes 1999 and another 2099: their reports do not move the picture's time.
    let wild: String = (0..100)
        .map(|i| {
            let seconds = if i % 2 == 0 { 930_000_000 - 900 * i } else { 3_900_000_000 + 400_000 * i };
            at(seconds, &position(SHIP + 2, 14.0, -75.0 + i as f64 * 0.01))
        })
        .collect();
    let folder = folder("clock");
    let lines: Vec<String> = voyage(SHIP, 2 * GOOD).lines().map(|line| format!("{line}\n")).collect();
    let recording = lines[..GOOD].concat() + &wild + &lines[GOOD..].concat();
    let ran = ingest(&folder, &file(&folder, "recording.nmea", recording.as_bytes()), &[]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let rows = stored(&folder.join("data"));
    assert_eq!(rows.iter().filter(|row| row.mmsi.number() == SHIP).count(), 2 * GOOD);
    let refused = &ran.summary()["refused"];
    assert_eq!(refused["clock_leap"], 50, "{ran:?}");
    assert_eq!(ran.summary()["late"], 50, "only the reports of 1999 are late: {ran:?}");
    assert_eq!(ran.summary()["positions"], 2 * GOOD + 50);
    let kept = std::fs::read_dir(folder.join("data/quarantine")).unwrap().next().unwrap().unwrap();
    let kept = std::fs::read_to_string(kept.path()).unwrap();
    assert_eq!(kept.matches("clock_leap").count(), 50, "{kept}");

    // A recording in reverse loses nothing either.
    let backwards: String = voyage(SHIP, 500).lines().rev().map(|line| format!("{line}\n")).collect();
    let ran = ingest(&folder, &file(&folder, "backwards.nmea", backwards.as_bytes()), &[]);
    assert_eq!((ran.code, ran.summary()["positions"].as_u64()), (0, Some(500)), "{ran:?}");
}

#[test]
fn a_mass_of_impossible_times_is_read_in_bounded_time_and_memory() {
    // Every second report claims to be years ahead, no three agree: a position that is taken back must not cost
    // a walk over all that wait for their commit.
    let folder = folder("leaps");
    let data = folder.join("data");
    let before = std::time::Instant::now();
    let (ran, peak) = run_fed(&["ingest", "--json", "--data", text(&data), "-"], |input| {
        for block in 0..100 {
            let lines: String = (0..1000)
                .flat_map(|i| {
                    let (index, ship) = (block * 1000 + i, SHIP + i as u32);
                    let leap = if index < 64 { START + 40_000_000 + 300_000 * index } else { 3_900_000_000 };
                    let leap = leap + 60 * index.max(64);
                    [at(START + index / 100, &fix(ship, i as usize)), at(leap, &fix(SHIP + 5000, i as usize))]
                })
                .collect();
            input.write_all(lines.as_bytes())?;
        }
        Ok(())
    });
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.summary()["refused"]["clock_leap"].as_u64().unwrap() > 90_000, "{ran:?}");
    assert!(peak < 512 * 1024, "{peak} KiB");
    assert!(before.elapsed().as_secs() < 20, "{:?}", before.elapsed());
}

#[test]
fn duplicate_feeds_and_second_readings_count_once() {
    let folder = folder("duplicates");
    let recording = voyage(SHIP, GOOD);
    let doubled: String = recording.lines().map(|line| format!("{line}\n{line}\n")).collect();
    let path = file(&folder, "doubled.nmea", doubled.as_bytes());
    for _ in 0..2 {
        let ran = ingest(&folder, &path, &[]);
        assert_eq!(ran.summary()["duplicates"], GOOD, "{ran:?}");
        assert_eq!(stored(&folder.join("data")).len(), GOOD);
    }
}

/// The message in a language: names `place`, says `advice`, exits with failure.
fn refused(ran: &Ran, place: &str, advice: &str) {
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.err.contains(place), "`{place}` is not named: {}", ran.err);
    assert!(ran.err.contains(advice), "`{advice}` is not said: {}", ran.err);
}

/// The same in Spanish and English.
fn refused_in_both(args: &[&str], place: &str, spanish: &str, english: &str) {
    refused(&run(&[&["--lang", "es"], args].concat()), place, spanish);
    refused(&run(&[&["--lang", "en"], args].concat()), place, english);
}

#[test]
fn what_cannot_be_opened_is_named_and_the_rest_is_read() {
    let folder = folder("unopened");
    let data = folder.join("data");
    let args = ["ingest", "--data", text(&data)];
    let missing = folder.join("missing.nmea");
    refused_in_both(
        &[&args[..], &[text(&missing)]].concat(),
        "missing.nmea",
        "verifique la ruta",
        "check the path",
    );
    refused_in_both(
        &[&args[..], &[text(&folder)]].concat(),
        text(&folder),
        "verifique la ruta",
        "check the path",
    );
    let empty = file(&folder, "empty.nmea", b"");
    refused_in_both(&[&args[..], &[text(&empty)]].concat(), "empty.nmea", "no llegó nada", "nothing usable");
    let noise = file(&folder, "noise.nmea", &[0xff; 3000]);
    refused_in_both(&[&args[..], &[text(&noise)]].concat(), "noise.nmea", "no llegó nada", "nothing usable");

    // One good recording among bad ones is stored, and the run is no failure; the bad ones are still said.
    let good = file(&folder, "good.nmea", voyage(SHIP, GOOD).as_bytes());
    let columns = file(&folder, "columns.csv", b"a,b,c,d\n1,2,3,4\n");
    let all = [text(&missing), text(&folder), text(&empty), text(&columns), text(&good)];
    let ran = run(&[&args[..], &["--lang", "en"], &all].concat());
    assert_eq!(ran.code, 0, "{ran:?}");
    for place in ["missing.nmea", "is a folder", "columns.csv"] {
        assert!(ran.err.contains(place), "{place}: {}", ran.err);
    }
    assert!(ran.out.contains("good.nmea"), "{}", ran.out);
    assert_eq!(stored(&data).len(), GOOD);
}

#[test]
fn a_damaged_archive_keeps_its_good_part() {
    let folder = folder("archive");
    let recording = voyage(SHIP, 5000);
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(recording.as_bytes()).unwrap();
    let gzip = gzip.finish().unwrap();
    let zstd = zstd::encode_all(recording.as_bytes(), 1).unwrap();
    for (name, bytes) in [("cut.nmea.gz", gzip), ("cut.nmea.zst", zstd)] {
        let cut = file(&folder, name, &bytes[..bytes.len() * 2 / 3]);
        let data = folder.join(format!("data-{name}"));
        let ran = run(&["ingest", "--lang", "es", "--data", text(&data), text(&cut)]);
        assert!(ran.err.contains(name), "the damage is not said: {ran:?}");
        let kept = stored(&data).len();
        if kept > 0 {
            assert_eq!(ran.code, 0, "usable lines came: {ran:?}");
            assert!(ran.out.contains(name), "no summary: {ran:?}");
        } else {
            assert_eq!(ran.code, 1, "nothing usable came: {ran:?}");
        }
        assert!(kept > 0 || name.ends_with("zst"), "a cut gzip file holds good lines");
    }
    // Damaged from its first block on: nothing usable, and it says where.
    let noise =
        file(&folder, "noise.gz", &[&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3][..], &[0x5a; 900]].concat());
    let data = folder.join("data");
    refused_in_both(&["ingest", "--data", text(&data), text(&noise)], "noise.gz", "verifique", "check");
}

#[test]
fn wrong_column_maps_name_the_columns() {
    let folder = folder("columns");
    let data = folder.join("data");
    let header = "when,ship,north,east\n";
    let rows: String = (0..GOOD)
        .map(|i| format!("2026-03-14T00:{i:02}:00Z,{SHIP},14.5,{}\n", -75.0 + i as f64 / 100.0))
        .collect();
    let path = file(&folder, "own.csv", format!("{header}{rows}").as_bytes());
    let args = ["ingest", "--data", text(&data), text(&path)];
    refused_in_both(&args, "own.csv", "indique las columnas", "name the columns");
    let with = |map: &'static str| [&args[..], &["--map", map]].concat();
    refused_in_both(
        &with("time=moment,mmsi=ship,lat=north,lon=east"),
        "moment",
        "indique",
        "name the columns",
    );
    refused_in_both(&with("time=when,boat=ship"), "boat", "indique", "name the columns");
    refused_in_both(&with("nonsense"), "nonsense", "indique", "name the columns");
    refused_in_both(&with("time=when,time=ship"), "time", "indique", "name the columns");
    assert_eq!(stored(&data).len(), 0);
    let ran = run(&with("time=when,mmsi=ship,lat=north,lon=east"));
    assert_eq!((ran.code, stored(&data).len()), (0, GOOD), "{ran:?}");

    // Rows that cannot be read, among those that can.
    let bad = format!(
        "{header}yesterday,{SHIP},1,1\n2026-03-14T00:00:00Z,ship,1,1\n2026-03-14T00:00:00Z,0,1,1\n2026-03-14T00:00:00Z,{SHIP},99,1\nx\n{rows}"
    );
    let data = folder.join("data-rows");
    let path = file(&folder, "rows.csv", bad.as_bytes());
    let ran = run(&[
        "ingest",
        "--json",
        "--data",
        text(&data),
        "--map",
        "time=when,mmsi=ship,lat=north,lon=east",
        text(&path),
    ]);
    assert_eq!(stored(&data).len(), GOOD, "{ran:?}");
    let refused = ran.summary()["refused"].clone();
    for reason in ["time_unreadable", "mmsi_invalid", "position_out_of_range", "field_count"] {
        assert!(refused[reason].as_u64().is_some_and(|count| count >= 1), "{reason}: {refused}");
    }
    // Broken Parquet is said, not read as something else.
    let parquet = file(&folder, "broken.parquet", &[&b"PAR1"[..], &[7; 500], b"PAR1"].concat());
    let ran = run(&["ingest", "--data", text(&data), text(&parquet)]);
    assert!(ran.code == 1 && ran.err.contains("broken.parquet"), "{ran:?}");
}

#[test]
fn a_recording_without_times_asks_for_start_and_rate() {
    let folder = folder("no-time");
    let data = folder.join("data");
    let bare: String = (0..GOOD).map(|index| fix(SHIP, index) + "\n").collect();
    let path = file(&folder, "bare.nmea", bare.as_bytes());
    let args = ["ingest", "--data", text(&data), text(&path)];
    refused_in_both(&args, "bare.nmea", "--start", "--start");
    refused_in_both(&args, "bare.nmea", "--rate", "--rate");
    assert_eq!(stored(&data).len(), 0);
    let ran = run(&[&args[..], &["--start", "2026-03-14T00:00:00Z", "--rate", "0.1"]].concat());
    assert_eq!(ran.code, 0, "{ran:?}");
    let rows = stored(&data);
    assert_eq!(rows.len(), GOOD);
    assert_eq!((rows[GOOD - 1].time - rows[0].time).micros(), 190_000_000);
}

/// Refused by the command line itself, before anything is opened.
fn usage(args: &[&str], named: &str) {
    let ran = run(args);
    assert_eq!(ran.code, 2, "{args:?}: {ran:?}");
    assert!(ran.err.contains(named), "{args:?}: {}", ran.err);
}

#[test]
fn unknown_options_and_impossible_values_are_named() {
    let folder = folder("usage");
    let path = file(&folder, "bare.nmea", (fix(SHIP, 0) + "\n").as_bytes());
    let data = folder.join("data");
    let path = text(&path);
    usage(&["ingest", "--fast", path], "--fast");
    usage(&["sail"], "sail");
    usage(&["ingest"], "PATH");
    usage(&["ingest", path, "--start", "2026-03-14T00:00:00Z"], "--rate");
    usage(&["ingest", path, "--start", "yesterday", "--rate", "1"], "yesterday");
    for rate in ["0", "-5", "nan", "inf", "fast"] {
        usage(&["ingest", path, "--start", "2026-03-14T00:00:00Z", &format!("--rate={rate}")], rate);
        usage(&["node", "--data", text(&data), "--replay", path, &format!("--speed={rate}")], rate);
        usage(&["demo", "--data", text(&data), &format!("--speed={rate}")], rate);
    }
    usage(&["officer", "add", "X", "--role", "captain"], "captain");
    usage(&["node", "--bind", "nowhere"], "nowhere");
    refused_in_both(
        &["ingest", "--data", text(&data), "tcp://nowhere"],
        "tcp://nowhere",
        "escriba tcp://",
        "write tcp://",
    );
    refused_in_both(
        &["node", "--data", text(&data), "--feed", "http://x:1"],
        "http://x:1",
        "escriba tcp://",
        "write tcp://",
    );
    let unknown = "off-00000000000000000000";
    refused_in_both(
        &["officer", "link", unknown, "--data", text(&data)],
        unknown,
        "vea los oficiales",
        "see the officers",
    );
    std::fs::create_dir_all(&data).unwrap();
    std::fs::write(data.join("bitacora.toml"), "[node]\n\nspeed = 3\n").unwrap();
    refused_in_both(&["node", "--data", text(&data)], "line 3", "corrija esa línea", "correct that line");
}

#[test]
fn a_file_in_the_data_folders_place_is_said_before_anything_is_stored() {
    let folder = folder("place");
    let path = file(&folder, "good.nmea", voyage(SHIP, GOOD).as_bytes());
    let data = file(&folder, "data", b"not a folder");
    let place = text(&data);
    refused_in_both(&["ingest", "--data", place, text(&path)], place, "elija una carpeta", "choose a folder");
    refused_in_both(&["node", "--data", place], place, "elija una carpeta", "choose a folder");
    let below = data.join("below");
    refused_in_both(
        &["ingest", "--data", text(&below), text(&path)],
        text(&below),
        "elija una carpeta",
        "choose a folder",
    );
    assert_eq!(std::fs::read(&data).unwrap(), b"not a folder");
}

/// A small file system of its own; `None` where the test may not mount one.
struct Mounted(std::path::PathBuf);

impl Mounted {
    fn tmpfs(at: &Path, options: &str) -> Option<Self> {
        std::fs::create_dir_all(at).unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", options, "tmpfs", text(at)])
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success());
        mounted.then(|| Self(at.to_owned()))
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let _left = Command::new("umount").arg(text(&self.0)).status();
    }
}

#[test]
fn a_read_only_data_folder_is_said_before_anything_is_stored() {
    let folder = folder("read-only");
    let path = file(&folder, "good.nmea", voyage(SHIP, GOOD).as_bytes());
    let Some(mounted) = Mounted::tmpfs(&folder.join("disk"), "size=4m,ro") else {
        println!("skipped: no file system can be mounted here");
        return;
    };
    for data in [mounted.0.clone(), mounted.0.join("below")] {
        let place = text(&data);
        refused_in_both(&["ingest", "--data", place, text(&path)], place, "permiso de escritura", "writable");
        refused_in_both(&["node", "--data", place], place, "permiso de escritura", "writable");
        refused_in_both(
            &["officer", "add", "X", "--role", "watch", "--data", place],
            place,
            "permiso",
            "writable",
        );
    }
}

#[test]
fn a_full_data_folder_is_said_and_what_was_committed_is_kept() {
    let folder = folder("full");
    let path = harness::theatre(&folder, 3, false);
    let small = file(&folder, "small.nmea", voyage(SHIP, GOOD).as_bytes());
    let Some(mounted) = Mounted::tmpfs(&folder.join("disk"), "size=3m") else {
        println!("skipped: no file system can be mounted here");
        return;
    };
    let place = text(&mounted.0);
    assert_eq!(run(&["ingest", "--data", place, text(&small)]).code, 0);
    refused_in_both(&["ingest", "--data", place, text(&path)], place, "libere espacio", "free disk space");
    // The first recording is whole, and the second claims nothing.
    assert_eq!(stored(&mounted.0).len(), GOOD);
    std::fs::write(mounted.0.join("filler"), vec![0; 4 << 20]).unwrap_err();
    refused_in_both(&["ingest", "--data", place, text(&small)], place, "libere espacio", "free disk space");
    std::fs::remove_file(mounted.0.join("filler")).unwrap();
    assert_eq!(run(&["ingest", "--data", place, text(&small)]).code, 0);
    assert_eq!(stored(&mounted.0).len(), GOOD);
}

#[test]
fn a_port_in_use_and_an_unreachable_server_are_said() {
    let folder = folder("ports");
    let data = folder.join("data");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    refused_in_both(
        &["node", "--data", text(&data), "--bind", &address],
        &address,
        "otro programa usa ese puerto",
        "another program uses that port",
    );
    refused_in_both(
        &["node", "--data", text(&data), "--bind", "203.0.113.7:8750"],
        "203.0.113.7:8750",
        "elija una dirección",
        "choose an address",
    );
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let feed = format!("tcp://{closed}");
    refused_in_both(
        &["ingest", "--data", text(&data), &feed],
        &feed,
        "verifique el equipo",
        "check the feed",
    );
    let database = format!("postgresql://user:secret@127.0.0.1:{}/none", closed.port());
    let args = ["--data", text(&data), "--database", &database];
    let path = file(&folder, "good.nmea", voyage(SHIP, GOOD).as_bytes());
    for command in [&["ingest", text(&path)][..], &["node"], &["officer", "list"]] {
        let args = [command, &args].concat();
        refused_in_both(
            &args,
            &closed.port().to_string(),
            "verifique que PostgreSQL",
            "check that PostgreSQL",
        );
        assert!(!run(&args).err.contains("secret"), "a password is shown");
    }
    refused_in_both(
        &["officer", "list", "--data", text(&data), "--database", "mysql://x"],
        "postgresql://",
        "postgresql://",
        "postgresql://",
    );
}

#[test]
fn a_reader_that_goes_away_is_no_panic() {
    let folder = folder("closed");
    let data = folder.join("data");
    officer(&data, "Ana", "watch");
    let path = file(&folder, "good.nmea", voyage(SHIP, GOOD).as_bytes());
    let data = text(&data);
    for args in [
        &["officer", "list", "--data", data][..],
        &["officer", "add", "Bruno", "--role", "port", "--data", data],
        &["ingest", "--data", data, text(&path)],
        &["decode", text(&path)],
        &["decode", "--summary", text(&path)],
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = Command::new(env!("CARGO_BIN_EXE_bitacora")).args(args).stdout(writer).output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(!error.contains("panicked"), "{args:?}: {error}");
    }
}

#[test]
fn lost_keys_are_named() {
    let folder = folder("keys");
    let data = folder.join("data");
    officer(&data, "Ana", "watch");
    std::fs::write(data.join("keys/log.key"), "broken").unwrap();
    refused_in_both(
        &["node", "--data", text(&data)],
        "log.key",
        "restaure la carpeta keys",
        "restore the folder keys",
    );
}

#[test]
fn a_recording_that_was_still_being_written_is_read_on() {
    // Cut in the middle of its last line and read; grown and read again, that line is there.
    let folder = folder("growing");
    let whole = voyage(SHIP, 3000);
    let path = file(&folder, "growing.nmea", &whole.as_bytes()[..whole.len() / 2 + 17]);
    let ran = ingest(&folder, &path, &[]);
    let before = stored(&folder.join("data")).len();
    assert_eq!((ran.code, ran.summary()["commit_line"].as_u64()), (0, Some(before as u64)), "{ran:?}");
    assert!((1400..1600).contains(&before), "{before}");
    let path = file(&folder, "growing.nmea", whole.as_bytes());
    assert_eq!(ingest(&folder, &path, &[]).code, 0);
    assert_eq!(stored(&folder.join("data")).len(), 3000);
}
