//! STIX 2.1 (OASIS, 10 June 2021) at the border: what is released, shown in the form that partners' platforms read, and
//! other people's bundles, read. Never decides, sends or stores: the signed document of a release is the authority, and an
//! object here holds nothing that the document does not. The extension is described in docs/stix/README.md.

pub mod export;
pub mod id;
pub mod import;
pub mod item;
pub mod object;
pub mod time;
pub mod vocabulary;

pub use export::bundle::Bundle;
pub use export::caveats::{Caveats, Receipt};
pub use export::{ExportError, Standing, incident_objects, item_objects};
pub use id::StixId;
pub use import::{Imported, Known, Limits, import};
pub use item::Item;
pub use object::Object;
pub use time::Times;
