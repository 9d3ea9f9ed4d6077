//! Keys of a running exchange: the record key rotated, an officer's signature ended, a transport key revoked. The log
//! keeps the first two, so that the partner and any auditor follow them.

use bitacora_api::exchange::Exchange;
use bitacora_primitives::OfficerId;
use bitacora_primitives::markings::{AgreementId, Text};

use crate::exchange::desk::Desk;
use crate::exchange::engine::Chain;
use crate::exchange::request::{Reply, Why, why};
use crate::exchange::transport::{self, fingerprint};

impl Desk {
    pub(super) fn rotate(&self, agreement: &AgreementId, reason: Text) -> Result<Reply, Why> {
        let standing = self.exchanges.standing.get(agreement);
        let standing = standing.ok_or_else(|| ("unknown_agreement", agreement.to_string()))?;
        let failed = |error: crate::error::NodeError| ("key", Chain(&error).to_string());
        let newest = || standing.keys.newest_record(agreement, &standing.me).map_err(failed);
        // A key that was made for a rotation which was never recorded serves now.
        if newest()?.public_key() == standing.engine.look().side.record_key().public_key() {
            standing.keys.make_record().map_err(failed)?;
        }
        let key = newest()?;
        let shown = key.to_string();
        let leaf = (self as &dyn Exchange)
            .carry_out(agreement, move |side, _, now| side.rotate(&key, reason, now))
            .map_err(why)?;
        Ok(Reply::Rotated { leaf, key: shown })
    }

    /// Not before the stops that the officer signed are in the log: afterwards it would take them from nobody.
    pub(super) fn dismiss(&self, agreement: &AgreementId, officer: OfficerId) -> Result<Reply, Why> {
        self.log_late();
        if self.unlogged.any_by(officer) {
            return Err(("unlogged_stop", officer.to_string()));
        }
        let leaf = (self as &dyn Exchange)
            .carry_out(agreement, move |side, _, now| side.dismiss(officer, now))
            .map_err(why)?;
        Ok(Reply::Dismissed { leaf })
    }

    /// Written down first: a restart must not trust it again.
    pub(super) fn revoke(&self, transport: &str) -> Result<Reply, Why> {
        let failed = |error: crate::error::NodeError| ("key", Chain(&error).to_string());
        let key = fingerprint(transport).map_err(failed)?;
        transport::revoke(&self.exchanges.folder, &key).map_err(failed)?;
        Ok(Reply::Revoked { was_trusted: self.exchanges.endpoint.pins().revoke(&key) })
    }
}
