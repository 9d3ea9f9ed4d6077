//! `bitacora taxii` in words.

use super::Table;

impl Table {
    pub(crate) const fn taxii_token(&self) -> &'static str {
        if self.is_spanish { "token, se muestra una sola vez" } else { "token, shown this once" }
    }
}
