//! International function messages of M.1371-5 Annex 5: text, interrogations, capability, acknowledgement;
//! and the text descriptions of SN.1/Circ.289 that are linked to another message.

use super::layout::{Application, Item, flag, u};

/// FI 0: text in six-bit characters.
pub(super) static TEXT: Application = Application {
    name: "text",
    dac: 1,
    fid: 0,
    items: &[flag("ack_required"), u("text_sequence", 11), Item::RestText { name: "text" }],
    also: &[],
};

/// FI 1 of M.1371-1: application acknowledgement, withdrawn in M.1371-4.
pub(super) static ACKNOWLEDGE_OLD: Application = Application {
    name: "application_acknowledge_old",
    dac: 1,
    fid: 1,
    items: &[u("ack_dac", 10), u("text_sequence", 11), Item::Spare(3)],
    also: &[],
};

/// FI 2: interrogation for one function. 16 bits in M.1371-1, filled up to one slot since.
pub(super) static INTERROGATION: Application = Application {
    name: "function_interrogation",
    dac: 1,
    fid: 2,
    items: &[u("req_dac", 10), u("req_fid", 6), Item::Spare(32), Item::Spare(32)],
    also: &[16],
};

/// FI 3: which functions of an area do you know? 16 bits in M.1371-1.
pub(super) static CAPABILITY: Application = Application {
    name: "capability_interrogation",
    dac: 1,
    fid: 3,
    items: &[u("req_dac", 10), Item::Spare(6), Item::Spare(32), Item::Spare(32)],
    also: &[16],
};

/// FI 4: the answer, two bits for each of 64 functions: "available" and a reserved one. 144 bits in M.1371-1.
pub(super) static CAPABILITY_REPLY: Application = Application {
    name: "capability_reply",
    dac: 1,
    fid: 4,
    items: &[
        u("ack_dac", 10),
        Item::Bits { name: "capability", bits: 128 },
        Item::Spare(42),
        Item::Spare(42),
        Item::Spare(42),
    ],
    also: &[144],
};

/// FI 5: application acknowledgement of an addressed binary message.
pub(super) static ACKNOWLEDGE: Application = Application {
    name: "application_acknowledge",
    dac: 1,
    fid: 5,
    items: &[
        u("ack_dac", 10),
        u("ack_fid", 6),
        u("text_sequence", 11),
        flag("ai_available"),
        u("ai_response", 3).to(0, 5),
        Item::Spare(49),
    ],
    also: &[],
};

const LINKED: &[Item] = &[u("linkage", 10).to(1, 1023).na(&[0]), Item::RestText { name: "text" }];

/// FI 29: text that belongs to another message, to all.
pub(super) static DESCRIPTION: Application =
    Application { name: "text_description", dac: 1, fid: 29, items: LINKED, also: &[] };
/// FI 30: the same to one station.
pub(super) static DESCRIPTION_TO: Application =
    Application { name: "text_description_addressed", dac: 1, fid: 30, items: LINKED, also: &[] };

/// The old number of persons on board of M.1371-4, IFM 40.
pub(super) static PERSONS_OLD: Application = Application {
    name: "persons_on_board_old",
    dac: 1,
    fid: 40,
    items: &[u("persons", 13).to(1, 8191).na(&[0]), Item::Spare(3)],
    also: &[],
};
