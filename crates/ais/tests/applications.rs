//! Application data of binary messages: lengths as the definitions print them, tables that hold together, values in
//! their units, errors that name the field.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test fails loudly"
)]

use bitacora_ais::applications::{self, ALL, Application, Item, Record, WriteError};
use bitacora_ais::messages::{BroadcastBinary, encode_with};
use bitacora_ais::{Body, Message, Payload, Quality, Span, decode};

fn whole(payload: &Payload) -> Span {
    Span::rest(payload, 0)
}

/// Bits of the data of a record that names nothing, and of the groups that it may have.
fn lengths(application: &'static Application) -> (usize, Option<usize>) {
    let empty = application.encode(&Record::new()).unwrap().len();
    let list = application.items.iter().find_map(|item| match item {
        Item::Repeat { name, .. } => Some(*name),
        _ => None,
    });
    let group = list.map(|name| {
        let one = Record::new().groups(name, vec![Record::new()]);
        application.encode(&one).unwrap().len() - empty
    });
    (empty, group)
}

/// Bits as the tables of the definitions sum them up, less those of the message's own header.
#[test]
fn every_application_has_the_length_of_its_definition() {
    let want: &[(&str, usize, Option<usize>)] = &[
        ("lantern_monitoring", 16, None),
        ("text", 12, None),
        ("application_acknowledge_old", 112 - 88, None),
        ("function_interrogation", 168 - 88, None),
        ("capability_interrogation", 168 - 88, None),
        ("capability_reply", 352 - 88, None),
        ("application_acknowledge", 168 - 88, None),
        ("met_hydro_236", 352 - 56, None),
        ("dangerous_cargo_236", 360 - 88, None),
        ("fairway_closed", 472 - 56, None),
        ("tidal_window_236", 9, Some(93)),
        ("extended_ship_data_236", 72 - 56, None),
        ("persons_on_board", 136 - 88, None),
        ("vts_targets", 0, Some(120)),
        ("synthetic_targets", 0, Some(120)),
        ("clearance_time", 360 - 88, None),
        ("traffic_signal", 360 - 56, None),
        ("berthing_data", 360 - 88, None),
        ("ship_weather", 360 - 56, None),
        ("area_notice", 111 - 56, Some(87)),
        ("area_notice_addressed", 143 - 88, Some(87)),
        ("extended_ship_data", 360 - 56, None),
        ("dangerous_cargo", 100 - 88, Some(17)),
        ("environment", 0, Some(112)),
        ("route", 117 - 56, Some(55)),
        ("route_addressed", 149 - 88, Some(55)),
        ("text_description", 10, None),
        ("text_description_addressed", 10, None),
        ("met_hydro", 360 - 56, None),
        ("tidal_window", 9, Some(88)),
        ("persons_on_board_old", 104 - 88, None),
        ("inland_ship", 168 - 56, None),
        ("inland_eta", 248 - 88, None),
        ("inland_rta", 232 - 88, None),
        ("inland_warning", 256 - 56, None),
        ("inland_water_levels", 168 - 56, None),
        ("inland_signal", 168 - 56, None),
        ("inland_persons", 168 - 88, None),
        ("aid_monitoring", 136 - 88, None),
        ("aid_monitoring", 136 - 88, None),
        ("seaway_hydro", 8, None),
        ("seaway_locks", 8, None),
        ("seaway_version", 8, None),
        ("seaway_hydro", 8, None),
        ("seaway_locks", 8, None),
        ("seaway_version", 8, None),
        ("area_notice_366", 111 - 56, Some(90)),
        ("environment_366", 0, Some(112)),
        ("geographic_notice", 120 - 56, Some(96)),
        ("satellite_weather", 168 - 56, None),
        ("satellite_weather_small", 128 - 56, None),
        ("satellite_weather_tiny", 96 - 56, None),
        ("environment_367", 0, Some(112)),
    ];
    assert_eq!(ALL.len(), want.len());
    for ((_, application), (name, fixed, group)) in ALL.iter().zip(want) {
        assert_eq!(application.name, *name);
        assert_eq!(lengths(application), (*fixed, *group), "{name}");
    }
}

/// Bits of a table, and whether it reaches to the end of the data.
fn size(items: &'static [Item]) -> (usize, bool) {
    let mut sum = (0, false);
    for item in items {
        let (bits, open) = match item {
            Item::Number(field) => (usize::from(field.bits), false),
            Item::Text { chars, .. } => (6 * usize::from(*chars), false),
            Item::Bits { bits, .. } => (usize::from(*bits), false),
            Item::Spare(bits) => (usize::from(*bits), false),
            Item::Times { times, items, .. } => (usize::from(*times) * size(items).0, size(items).1),
            Item::Repeat { .. } | Item::RestText { .. } | Item::RestBits { .. } => (0, true),
            Item::Choice { otherwise, .. } => size(otherwise),
        };
        sum = (sum.0 + bits, sum.1 | open);
    }
    sum
}

/// Every table in a table, and the names of one level.
fn levels(items: &'static [Item], names: &mut Vec<&'static str>, each: &mut impl FnMut(&[&'static str])) {
    for item in items {
        match item {
            Item::Number(field) => {
                assert!(field.bits <= 57, "{}", field.name);
                assert!(field.absent.iter().all(|raw| fits(field, *raw)), "{}", field.name);
                assert!(fits(field, field.least) && fits(field, field.most), "{}", field.name);
                assert!(field.least <= field.most);
                names.push(field.name);
            }
            Item::Text { name, .. }
            | Item::RestText { name }
            | Item::Bits { name, .. }
            | Item::RestBits { name } => names.push(name),
            Item::Spare(bits) => assert!(*bits <= 57),
            Item::Times { name, items, .. } | Item::Repeat { name, items, .. } => {
                names.push(name);
                assert!(!size(items).1, "{name} has groups without an end");
                let mut inner = Vec::new();
                levels(items, &mut inner, each);
            }
            Item::Choice { cases, otherwise } => {
                let want = size(otherwise);
                for (value, case) in *cases {
                    assert!(want.1 || size(case) == want, "{value}: {:?} {want:?}", size(case));
                    let mut inner = names.clone();
                    levels(case, &mut inner, each);
                }
                let mut inner = names.clone();
                levels(otherwise, &mut inner, each);
            }
        }
    }
    each(names);
}

fn fits(field: &applications::Field, raw: i64) -> bool {
    let half = 1_i64 << (field.bits - 1);
    if field.signed { (-half..half).contains(&raw) } else { (0..2 * half).contains(&raw) }
}

#[test]
fn tables_have_cases_of_one_length_names_that_are_unique_and_values_that_fit() {
    // What the message around the data says already.
    let taken = [
        "type",
        "repeat",
        "mmsi",
        "seqno",
        "dest_mmsi",
        "retransmit",
        "dac",
        "fid",
        "addressed",
        "structured",
        "radio",
        "line",
        "lines",
        "channel",
        "talker",
        "formatter",
        "time",
        "quality",
    ];
    for (_, application) in ALL {
        let mut top = Vec::new();
        levels(application.items, &mut top, &mut |names| {
            let mut sorted = names.to_vec();
            sorted.sort_unstable();
            sorted.dedup();
            assert_eq!(sorted.len(), names.len(), "{} {names:?}", application.name);
        });
        assert!(top.iter().all(|name| !taken.contains(name) && *name != "station"), "{top:?}");
    }
}

/// What names nothing says nothing: every field with a "not available" is that.
#[test]
fn an_empty_record_is_not_available_throughout() {
    fn check(record: &Record, items: &'static [Item]) {
        for item in items {
            match item {
                Item::Number(field) => {
                    let raw = record.get_number(field.name).unwrap();
                    assert_eq!(raw, field.default_raw(), "{}", field.name);
                }
                Item::Text { name, .. } => assert_eq!(record.get_text(name), Some("")),
                Item::Times { name, items, .. } => {
                    record.get_groups(name).iter().for_each(|group| check(group, items));
                }
                _ => {}
            }
        }
    }
    for (_, application) in ALL {
        let payload = application.encode(&Record::new()).unwrap();
        let (record, quality) = application.decode(&payload, whole(&payload));
        let least = application.items.iter().any(|item| matches!(item, Item::Repeat { least: 1.., .. }));
        assert!(
            quality == Quality::GOOD
                || least
                || payload.len() == 8
                || application.name == "lantern_monitoring",
            "{} {quality:?}",
            application.name
        );
        if !payload.is_empty() {
            check(&record, application.items);
        }
    }
}

#[test]
fn what_does_not_fit_is_an_error_that_names_it() {
    let (_, notice) = ALL.iter().find(|(_, a)| a.name == "area_notice").unwrap();
    let wide = Record::new().number("notice", 128);
    assert_eq!(notice.encode(&wide), Err(WriteError::Field { field: "notice" }));
    let stray = Record::new().number("notic", 1);
    assert!(matches!(notice.encode(&stray), Err(WriteError::Unknown { field: "notic", .. })));
    let kind = Record::new().text("notice", "A");
    assert!(matches!(notice.encode(&kind), Err(WriteError::Kind { field: "notice", .. })));
    let many = Record::new().groups("sub_areas", vec![Record::new(); 11]);
    assert_eq!(notice.encode(&many), Err(WriteError::Groups { field: "sub_areas", count: 11, most: 10 }));
    let (_, text) = ALL.iter().find(|(_, a)| a.name == "text").unwrap();
    let long = Record::new().text("text", &"A".repeat(300));
    assert!(matches!(text.encode(&long), Err(WriteError::TooLong { .. })));
}

/// A notice as a port would send it, through a whole message and back.
#[test]
fn a_notice_with_a_circle_a_line_and_words_survives_the_whole_way() {
    let (_, notice) = ALL.iter().find(|(_, a)| a.name == "area_notice").unwrap();
    let point = |bearing, distance| Record::new().number("bearing", bearing).number("distance", distance);
    let record =
        Record::new().number("linkage", 7).number("notice", 38).number("day", 12).number("hour", 6).groups(
            "sub_areas",
            vec![
                Record::new()
                    .number("shape", 0)
                    .number("scale", 2)
                    .number("lon", -4_635_000)
                    .number("lat", 231_000)
                    .number("radius", 5),
                Record::new()
                    .number("shape", 3)
                    .number("scale", 1)
                    .groups("points", vec![point(180, 1023), point(719, 1)]),
                Record::new().number("shape", 5).text("text", "Drifting mines"),
            ],
        );
    let data = notice.encode(&record).unwrap();
    assert_eq!(data.len(), 55 + 3 * 87);
    let header = BroadcastBinary { dac: 1, fid: 22 };
    let message = Message::new(8, 2_300_001, Body::BroadcastBinary(header, whole(&data)));
    let mut payload = encode_with(&message, &data).unwrap();
    let (back, quality) = decode(&mut payload).unwrap();
    assert_eq!(quality, Quality::GOOD);
    let (application, span) = applications::of(&back).unwrap();
    assert_eq!(application.name, "area_notice");
    let (got, quality) = application.decode(&payload, span);
    assert_eq!(quality, Quality::GOOD);
    let areas = got.get_groups("sub_areas");
    assert_eq!(areas.len(), 3);
    assert_eq!(areas[0].get_number("radius"), Some(5));
    assert_eq!(areas[1].get_groups("points")[0].get_number("distance"), Some(1023));
    assert_eq!(areas[1].get_groups("points")[3].get_number("bearing"), Some(720));
    assert_eq!(areas[2].get_text("text"), Some("DRIFTING MINES"));
    // The scale factor of a part holds for its points.
    let mut distances = Distances(Vec::new());
    application.read(&payload, span, &mut distances);
    assert_eq!(distances.0, [10_230, 10, 0, 0]);
}

struct Distances(Vec<i64>);
impl applications::Visitor for Distances {
    fn number(&mut self, field: &'static applications::Field, raw: i64, power: u8) {
        if let ("distance", applications::Scaled::Whole(metres)) = (field.name, field.scaled(raw, power)) {
            self.0.push(metres);
        }
    }
    fn text(&mut self, _: &'static str, _: Span) {}
    fn bits(&mut self, _: &'static str, _: Span) {}
    fn list(&mut self, _: &'static str) {}
    fn group(&mut self) {}
    fn group_end(&mut self) {}
    fn list_end(&mut self) {}
}

#[test]
fn values_are_told_in_their_units() {
    let field = |application: &str, name: &str| {
        fn find(items: &'static [Item], name: &str) -> Option<&'static applications::Field> {
            items.iter().find_map(|item| match item {
                Item::Number(field) if field.name == name => Some(field),
                Item::Times { items, .. } | Item::Repeat { items, .. } => find(items, name),
                Item::Choice { cases, otherwise } => {
                    cases.iter().find_map(|(_, items)| find(items, name)).or_else(|| find(otherwise, name))
                }
                _ => None,
            })
        }
        let (_, application) = ALL.iter().find(|(_, a)| a.name == application).unwrap();
        find(application.items, name).unwrap()
    };
    let told = |application: &str, name: &str, raw: i64, power: u8| match field(application, name)
        .scaled(raw, power)
    {
        applications::Scaled::Decimal { value, digits } => Some(format!("{value:.*}", usize::from(digits))),
        applications::Scaled::Whole(value) => Some(value.to_string()),
        applications::Scaled::Flag(flag) => Some(flag.to_string()),
        applications::Scaled::Nothing => None,
    };
    for (application, name, raw, power, want) in [
        ("met_hydro", "pressure", 214, 0, Some("1013")),
        ("met_hydro", "waterlevel", 1538, 0, Some("5.38")),
        ("met_hydro", "airtemp", -1024, 0, None),
        ("met_hydro", "wdir", 511, 0, None),
        ("met_hydro_236", "airtemp", 742, 0, Some("14.2")),
        ("met_hydro_236", "lat", 0x7f_ffff, 0, None),
        ("area_notice", "radius", 5, 2, Some("500")),
        ("area_notice", "bearing", 719, 0, Some("359.5")),
        ("environment", "watertemp", 223, 0, Some("12.3")),
        ("environment", "conductivity", 701, 0, Some("7.01")),
        ("environment_367", "dewpoint", 200, 0, Some("0.0")),
        ("ship_weather", "airtemp", 100, 0, Some("10.0")),
        ("ship_weather", "pdelta", 500, 0, Some("0.0")),
        ("ship_weather", "surftemp", 0, 0, Some("-5.15")),
        ("ship_weather", "twinddir", 72, 0, Some("360")),
        ("inland_ship", "draught", 204, 0, Some("2.04")),
        ("inland_water_levels", "level", 0x0155, 0, Some("1.70")),
        ("inland_water_levels", "level", 0x0154, 0, Some("-1.70")),
        ("inland_water_levels", "level", 1, 0, None),
        ("inland_warning", "min", 20, 0, Some("20")),
        ("inland_warning", "min", -236, 0, Some("-20")),
        ("aid_monitoring", "ana_int", 274, 0, Some("13.70")),
        ("seaway_hydro", "wspeed", 1023, 0, None),
        ("tidal_window", "lon", -4_635_000, 0, Some("-77.250000")),
    ] {
        assert_eq!(told(application, name, raw, power).as_deref(), want, "{application} {name} {raw}");
    }
}
