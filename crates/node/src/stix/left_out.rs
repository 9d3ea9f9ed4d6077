//! What is not shown, and why: counted, never dropped in silence.

use std::collections::BTreeMap;

/// Why one version is not shown, found when it was opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Why {
    #[error("{}", .0.code())]
    For(Reason),
    #[error("{0}")]
    NotOpened(String),
    #[error("it has no form in STIX: {0}")]
    NoForm(#[from] bitacora_stix::ExportError),
    #[error("it is not held here any more")]
    Unknown,
}

macro_rules! reasons {
    ($($(#[$doc:meta])* $variant:ident = $code:literal;)+) => {
        /// Reasons by a stable code.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
        pub(crate) enum Reason { $($(#[$doc])* $variant),+ }
        impl Reason {
            #[cfg(test)]
            pub(crate) const ALL: &'static [Self] = &[$(Self::$variant),+];
            pub(crate) const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }
        }
    };
}

reasons!(
    /// We released it, and the partner's receipt has not come: nobody has it yet.
    NoReceipt = "no_receipt";
    /// A stop cut it before its key was given.
    Cut = "cut";
    /// The recipient did not take it.
    Declined = "declined";
    /// Its originator took it back.
    Withdrawn = "withdrawn";
    /// The secret that it is sealed under was destroyed.
    Shredded = "shredded";
    /// A partner released it to us, and its key has not come.
    Sealed = "sealed";
    /// It may be shown, and no officer here has opened it.
    Unopened = "unopened";
    /// The partner's lease has lapsed, or the partner has stopped it.
    Quiet = "quiet";
    /// The same, and it was opened for a boarding in progress: it may be read, not exported.
    BoardingOnly = "boarding_only";
    /// A lead that no officer has accepted.
    NotAccepted = "not_accepted";
    /// An incident that a machine proposed and no officer signed.
    Unsigned = "unsigned";
    /// An incident that rests on what a platform claimed: its caveats are the source's, who has it already.
    Claimed = "claimed";
    /// The node's own, and no agreement says which party the node is.
    NoParty = "no_party";
    /// It could not be opened or has no form in STIX; each is told with its place.
    Damaged = "damaged";
);

/// How many versions were left out, by reason.
#[derive(Debug, Default)]
pub(crate) struct LeftOut(BTreeMap<Reason, u64>);

impl LeftOut {
    pub(crate) fn one(&mut self, reason: Reason) {
        self.several(reason, 1);
    }
    pub(crate) fn several(&mut self, reason: Reason, count: u64) {
        if count > 0 {
            *self.0.entry(reason).or_default() += count;
        }
    }
    pub(crate) fn counts(&self) -> impl Iterator<Item = (Reason, u64)> {
        self.0.iter().map(|(reason, count)| (*reason, *count))
    }
}
