//! What an aid to navigation reports about itself: IALA A-126 as used by the General Lighthouse Authorities (DAC
//! 235 and 250 FI 10; many stations send one byte of padding more), and the form of one maker (DAC 0 FI 0).

use super::layout::{Application, Item, flag, u};

/// Steps of 0.05 V, 0 is not used.
const fn volts(name: &'static str) -> Item {
    u(name, 10).to(1, 1023).na(&[0]).by(5, 0, 100, 2)
}

const MONITORING: &[Item] = &[
    volts("ana_int"),
    volts("ana_ext1"),
    volts("ana_ext2"),
    u("racon", 2),
    u("light", 2),
    flag("alarm"),
    u("stat_ext", 8),
    flag("off_pos"),
    Item::Spare(4),
];

/// Great Britain.
pub(super) static MONITORING_235: Application =
    Application { name: "aid_monitoring", dac: 235, fid: 10, items: MONITORING, also: &[56] };
/// Ireland.
pub(super) static MONITORING_250: Application =
    Application { name: "aid_monitoring", dac: 250, fid: 10, items: MONITORING, also: &[56] };

/// DAC 0 FI 0, addressed, sub-application 1: lantern monitoring (Zeni Lite). Others are not published.
pub(super) static LANTERN: Application = Application {
    name: "lantern_monitoring",
    dac: 0,
    fid: 0,
    items: &[
        u("sub_id", 16).selects(),
        Item::Choice {
            cases: &[(
                1,
                &[
                    u("voltage", 12).tenths(),
                    u("current", 10).tenths(),
                    flag("dc"),
                    flag("light_on"),
                    flag("battery_low"),
                    flag("off_pos"),
                    Item::Spare(6),
                ],
            )],
            otherwise: &[Item::RestBits { name: "data" }],
        },
    ],
    also: &[],
};
