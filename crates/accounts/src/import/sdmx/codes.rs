//! The code lists of SDMX that figures come with. Every code has a stated meaning here, and an unknown one is a defect.

use crate::observation::Status;
use crate::units::Unit;

/// What CL_OBS_STATUS says of a figure.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Meaning {
    Figure(Status),
    /// There is no figure, and a number beside the code contradicts it.
    Missing,
}

/// CL_OBS_STATUS of the SDMX cross-domain code lists, version 2.2 (2021), and `_U` of 2.3. What a publisher estimated,
/// imputed or holds provisional is its measurement still, and the code stays in the note; a forecast is nobody's.
pub(super) fn obs_status(code: &str) -> Option<Meaning> {
    Some(match code {
        // Normal, time series break, definition differs.
        "A" | "B" | "D" => Meaning::Figure(Status::Measured),
        // Estimated, experimental, imputed, derogation, not significant, provisional.
        "E" | "G" | "I" | "J" | "N" | "P" => Meaning::Figure(Status::Measured),
        // Strike and other special events, low reliability, unvalidated, includes data from another category.
        "S" | "U" | "V" | "W" => Meaning::Figure(Status::Measured),
        // The status is not available.
        "_U" => Meaning::Figure(Status::Measured),
        // Forecast.
        "F" => Meaning::Figure(Status::Claimed),
        // Holiday or weekend, included in another category, not collected, cannot exist, missing, suppressed.
        "H" | "K" | "L" | "M" | "O" | "Q" => Meaning::Missing,
        _ => return None,
    })
}

/// CL_CONF_STATUS, version 1.3: only `F` is free; every other code of the list forbids to pass the figure on.
pub(super) fn is_free(code: &str) -> Option<bool> {
    match code {
        "" | "F" => Some(true),
        "A" | "C" | "D" | "E" | "G" | "I" | "M" | "N" | "O" | "P" | "R" | "S" | "T" | "U" | "V" | "W" => {
            Some(false)
        }
        _ => None,
    }
}

/// Codes of unit lists that are not spelt as the table of units spells them.
pub(super) fn unit(code: &str) -> Option<Unit> {
    Some(match code {
        "PT" | "PC" | "PCT" => Unit::Percent,
        "PS" | "PER" | "PERS" => Unit::Person,
        "NR" | "NUMBER" | "UNIT" => Unit::One,
        "KM2" => Unit::SquareKilometre,
        "LT" | "LTR" => Unit::Litre,
        "KGM" => Unit::Kilogram,
        "TNE" => Unit::Tonne,
        "HAR" => Unit::Hectare,
        other => Unit::read(other).ok()?,
    })
}
