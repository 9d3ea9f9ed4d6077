//! What ships and ports tell each other about a call: cargo, draught, persons, berth, tidal window (SN/Circ.236 and
//! SN.1/Circ.289).

use super::layout::{
    Application, Item, bearing, day, flag, hour, lat3, lat4, lon3, lon4, minute, month, text, u,
};

/// FI 12 of SN/Circ.236: dangerous cargo, superseded by FI 25.
pub(super) static DANGEROUS_OLD: Application = Application {
    name: "dangerous_cargo_236",
    dac: 1,
    fid: 12,
    items: &[
        text("lastport", 5),
        month("lmonth"),
        day("lday"),
        hour("lhour"),
        minute("lminute"),
        text("nextport", 5),
        month("nmonth"),
        day("nday"),
        hour("nhour"),
        minute("nminute"),
        text("dangerous", 20),
        text("imdcat", 4),
        u("unid", 13).to(1, 3363).na(&[0]),
        u("amount", 10).to(1, 1023).na(&[0]),
        u("unit", 2).to(1, 3).na(&[0]),
        Item::Spare(3),
    ],
    also: &[],
};

/// FI 25: dangerous cargo, up to 28 kinds.
pub(super) static DANGEROUS: Application = Application {
    name: "dangerous_cargo",
    dac: 1,
    fid: 25,
    items: &[
        u("unit", 2).to(1, 3).na(&[0]),
        u("amount", 10).to(1, 1023).na(&[0]),
        Item::Repeat {
            name: "cargos",
            least: 1,
            most: 28,
            items: &[u("code", 4).to(1, 6).na(&[0]), u("subtype", 13)],
        },
    ],
    also: &[],
};

/// FI 14 of SN/Circ.236: up to three predictions; latitude before longitude.
pub(super) static TIDAL_OLD: Application = Application {
    name: "tidal_window_236",
    dac: 1,
    fid: 14,
    items: &[
        month("month"),
        day("day"),
        Item::Repeat {
            name: "tidals",
            least: 1,
            most: 3,
            items: &[
                lat4("lat"),
                lon4("lon"),
                hour("from_hour"),
                minute("from_min"),
                hour("to_hour"),
                minute("to_min"),
                bearing("cdir"),
                u("cspeed", 7).to(0, 126).na(&[127]).tenths(),
            ],
        },
    ],
    also: &[],
};

/// FI 32: the same, coarser positions, faster currents.
pub(super) static TIDAL: Application = Application {
    name: "tidal_window",
    dac: 1,
    fid: 32,
    items: &[
        month("month"),
        day("day"),
        Item::Repeat {
            name: "tidals",
            least: 1,
            most: 3,
            items: &[
                lon3("lon"),
                lat3("lat"),
                hour("from_hour"),
                minute("from_min"),
                hour("to_hour"),
                minute("to_min"),
                bearing("cdir"),
                u("cspeed", 8).to(0, 251).na(&[255]).tenths(),
            ],
        },
    ],
    also: &[],
};

/// FI 15 of SN/Circ.236: height over keel.
pub(super) static HEIGHT_OLD: Application = Application {
    name: "extended_ship_data_236",
    dac: 1,
    fid: 15,
    items: &[u("airdraught", 11).to(1, 2047).na(&[0]).tenths(), Item::Spare(5)],
    also: &[],
};

/// FI 16: persons on board. SN/Circ.236 ends after 16 bits, SN.1/Circ.289 fills up to one slot.
pub(super) static PERSONS: Application = Application {
    name: "persons_on_board",
    dac: 1,
    fid: 16,
    items: &[u("persons", 13).to(1, 8191).na(&[0]), Item::Spare(35)],
    also: &[16],
};

/// FI 18: when a ship may enter.
pub(super) static CLEARANCE: Application = Application {
    name: "clearance_time",
    dac: 1,
    fid: 18,
    items: &[
        u("linkage", 10).to(1, 1023).na(&[0]),
        month("month"),
        day("day"),
        hour("hour"),
        minute("minute"),
        text("portname", 20),
        text("destination", 5),
        lon3("lon"),
        lat3("lat"),
        Item::Spare(43),
    ],
    also: &[],
};

const fn service(name: &'static str) -> Item {
    u(name, 2).to(1, 2).na(&[0])
}

/// FI 20: a berth asked for or given.
pub(super) static BERTHING: Application = Application {
    name: "berthing_data",
    dac: 1,
    fid: 20,
    items: &[
        u("linkage", 10).to(1, 1023).na(&[0]),
        u("berth_length", 9).to(1, 511).na(&[0]),
        u("berth_depth", 8).to(1, 255).na(&[0]).tenths(),
        u("position", 3).to(1, 5).na(&[0]),
        month("month"),
        day("day"),
        hour("hour"),
        minute("minute"),
        flag("availability"),
        service("agent"),
        service("fuel"),
        service("chandler"),
        service("stevedore"),
        service("electrical"),
        service("water"),
        service("customs"),
        service("cartage"),
        service("crane"),
        service("lift"),
        service("medical"),
        service("navrepair"),
        service("provisions"),
        service("shiprepair"),
        service("surveyor"),
        service("steam"),
        service("tugs"),
        service("solidwaste"),
        service("liquidwaste"),
        service("hazardouswaste"),
        service("ballast"),
        service("additional"),
        service("regional1"),
        service("regional2"),
        service("future1"),
        service("future2"),
        text("berth_name", 20),
        lon3("berth_lon"),
        lat3("berth_lat"),
    ],
    also: &[],
};

const fn state(name: &'static str) -> Item {
    u(name, 2).to(1, 3).na(&[0])
}
const fn fuel(name: &'static str) -> Item {
    u(name, 2).to(1, 2).na(&[0])
}

/// FI 24: draught, ports, equipment, bunkers. The circular says 1/10 m for the air draught, but its "81.91 m or
/// more" in 13 bits means 1/100 m.
pub(super) static EXTENDED: Application = Application {
    name: "extended_ship_data",
    dac: 1,
    fid: 24,
    items: &[
        u("linkage", 10).to(1, 1023).na(&[0]),
        u("airdraught", 13).to(1, 8191).na(&[0]).hundredths(),
        text("lastport", 5),
        text("nextport", 5),
        text("secondport", 5),
        state("ais_state"),
        state("ata_state"),
        state("bnwas_state"),
        state("ecdisb_state"),
        state("chart_state"),
        state("sounder_state"),
        state("epaid_state"),
        state("steer_state"),
        state("gnss_state"),
        state("gyro_state"),
        state("lrit_state"),
        state("magcomp_state"),
        state("navtex_state"),
        state("arpa_state"),
        state("sband_state"),
        state("xband_state"),
        state("hfradio_state"),
        state("inmarsat_state"),
        state("mfradio_state"),
        state("vhfradio_state"),
        state("grndlog_state"),
        state("waterlog_state"),
        state("thd_state"),
        state("tcs_state"),
        state("vdr_state"),
        Item::Spare(2),
        u("iceclass", 4).to(0, 10).na(&[15]),
        u("horsepower", 18).to(0, 262_142).na(&[262_143]),
        u("vhfchan", 12).to(1, 4095).na(&[0]),
        text("lshiptype", 7),
        u("tonnage", 18).to(0, 262_142).na(&[262_143]),
        u("lading", 2).to(1, 2).na(&[0]),
        fuel("heavyoil"),
        fuel("lightoil"),
        fuel("dieseloil"),
        u("totaloil", 14).to(0, 16_382).na(&[16_383]),
        u("persons", 13).to(1, 8191).na(&[0]),
        Item::Spare(10),
    ],
    also: &[],
};

/// FI 13 of SN/Circ.236: a fairway is closed.
pub(super) static FAIRWAY_CLOSED: Application = Application {
    name: "fairway_closed",
    dac: 1,
    fid: 13,
    items: &[
        text("reason", 20),
        text("closefrom", 20),
        text("closeto", 20),
        u("radius", 10).to(0, 1000).na(&[1001]),
        u("extunit", 2),
        day("fday"),
        month("fmonth"),
        hour("fhour"),
        minute("fminute"),
        day("tday"),
        month("tmonth"),
        hour("thour"),
        minute("tminute"),
        Item::Spare(4),
    ],
    also: &[],
};
