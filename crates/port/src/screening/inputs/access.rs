//! Look-ups and uses of records at a terminal or port community system. Staff by pseudonym, release codes as hashes: the
//! row types cannot hold either in clear.
//!
//! ```csv
//! id,at,user,role,object,action,container,task,code_hash,party,haulier,consignee
//! 1,2026-11-20T10:00:00Z,st-04c1,planner,location,view,CSQU3054383,WO-1,,TERM-A,,
//! 2,2026-11-21T09:00:00Z,st-9b20,gate,release_code,use,CSQU3054383,,9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08,HAUL-C,HAUL-C,CONS-D
//! ```

use bitacora_primitives::Instant;
use serde::{Deserialize, Serialize};

use crate::screening::container::ContainerNumber;
use crate::screening::pseudonym::{CodeHash, Pseudonym};
use crate::screening::seal::codes;

codes!(
    AccessObject {
        Location = "location",
        ScanState = "scan_state",
        ReleaseCode = "release_code",
        Record = "record",
    }
);
codes!(
    /// `use` of a release code is the pick-up at the gate.
    AccessAction { View = "view", Use = "use" }
);

/// Accounts of this role poll in bulk by design; R9 does not judge them.
pub const SYSTEM_ROLE: &str = "system";

/// One line of the log.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccessRecord {
    /// The log's own id of the line.
    pub id: String,
    pub at: Instant,
    pub user: Pseudonym,
    pub role: String,
    pub object: AccessObject,
    pub action: AccessAction,
    pub container: ContainerNumber,
    /// The task the user had for this box.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code_hash: Option<CodeHash>,
    /// The party the user acts for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub party: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub haulier: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consignee: Option<String>,
}
