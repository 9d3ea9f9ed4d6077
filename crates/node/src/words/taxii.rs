//! `bitacora taxii` in words.

use bitacora_primitives::Instant;

use super::Table;
use crate::taxii::remote::settings::Server;
use crate::taxii::remote::state::State;
use crate::taxii::remote::waiting;

impl Table {
    pub(crate) const fn taxii_token(&self) -> &'static str {
        if self.is_spanish { "token, se muestra una sola vez" } else { "token, shown this once" }
    }

    pub(crate) const fn taxii_no_servers(&self) -> &'static str {
        if self.is_spanish {
            "bitacora.toml no nombra ningún servidor TAXII"
        } else {
            "bitacora.toml names no TAXII server"
        }
    }

    /// How far a turn is.
    pub(crate) fn taxii_counts(&self, taken: u64, pushed: u64) -> String {
        if self.is_spanish {
            format!("{taken} recibidos, {pushed} enviados")
        } else {
            format!("{taken} taken, {pushed} pushed")
        }
    }

    /// A server's standing, a line for each collection.
    pub(crate) fn taxii_server(&self, server: &Server, state: &State, next: Option<Instant>) -> String {
        let (es, en) = (("última vez", "próxima"), ("last", "next"));
        let (last_word, next_word) = if self.is_spanish { es } else { en };
        let at = |at: Option<Instant>| at.map_or_else(|| "-".to_owned(), |at| at.to_string());
        let mut text = format!(
            "{}  {}\n  {last_word} {}  {next_word} {}\n",
            server.name,
            server.url,
            at(state.last),
            at(next)
        );
        for one in state.polls.values() {
            let (taken, known, refused, to) = (one.taken, one.known, one.refused, at(one.state.cursor()));
            text += &if self.is_spanish {
                format!(
                    "  de {}: {taken} recibidos, {known} ya estaban, {refused} rechazados, hasta {to}\n",
                    one.title
                )
            } else {
                format!(
                    "  from {}: {taken} taken, {known} were here, {refused} refused, up to {to}\n",
                    one.title
                )
            };
        }
        for one in state.pushes.values() {
            let (pushed, refused, waiting, untold) = (one.pushed, one.refused, waiting(one), one.untold);
            text += &if self.is_spanish {
                format!(
                    "  {} a {}: {pushed} enviados, {refused} rechazados, {waiting} pendientes, {untold} sin respuesta\n",
                    one.from, one.to
                )
            } else {
                format!(
                    "  {} to {}: {pushed} pushed, {refused} refused, {waiting} pending, {untold} untold\n",
                    one.from, one.to
                )
            };
            for failure in &one.failures {
                text += &format!("    {}: {}\n", failure.id, failure.message.as_deref().unwrap_or("-"));
            }
        }
        if let Some(trouble) = &state.error {
            text += &format!("  {}: {} {}: {}\n", self.error, trouble.at, trouble.code, trouble.detail);
        }
        text
    }
}
