//! The sentences that filling needs, in both languages.

use bitacora_accounts::SeriesId;
use bitacora_accounts::book::Book;
use bitacora_accounts::import::Commitment;
use bitacora_accounts::method::Bilingual;
use bitacora_accounts::moved::Kind;
use bitacora_accounts::record::MeetingKind;
use bitacora_accounts::verdict::{self, Axis, Reason};

use crate::{Lang, Texts, Verdict};

pub(super) fn texts(words: &Bilingual) -> Texts {
    Texts::new(&words.es, &words.en)
}

pub(super) fn title() -> Texts {
    Texts::new(
        "Informe del grupo de trabajo: promesas y mediciones",
        "Working group report: promises and measurements",
    )
}

pub(super) fn party(code: &str) -> Texts {
    match code {
        "COL" => Texts::same("Colombia"),
        "USA" => Texts::new("Estados Unidos", "United States"),
        "MEX" => Texts::new("México", "Mexico"),
        other => Texts::same(other),
    }
}

pub(super) fn meeting_kind(kind: MeetingKind) -> Texts {
    match kind {
        MeetingKind::WorkingGroup => Texts::new("Grupo de trabajo", "Working group"),
        MeetingKind::HighLevelDialogue => Texts::new("Diálogo de Alto Nivel", "High-Level Dialogue"),
        MeetingKind::Trilateral => Texts::new("Reunión trilateral", "Trilateral meeting"),
        MeetingKind::Other => Texts::new("Reunión", "Meeting"),
    }
}

/// What was promised, by whom and to whom, with its condition in the words of its source.
pub(super) fn promise(own: &Commitment) -> Texts {
    let parties: Vec<&str> = own.promisers.iter().map(String::as_str).collect();
    let (by, to) = (parties.join(" + "), &own.promisee);
    let condition = own.condition.as_deref().map_or_else(String::new, |text| format!(" ({text})"));
    let note = if own.note.is_empty() { String::new() } else { format!(". {}", own.note) };
    Texts::new(format!("{by} a {to}{condition}{note}"), format!("{by} to {to}{condition}{note}"))
}

pub(super) fn computed() -> Texts {
    Texts::new("calculado", "worked out")
}
pub(super) fn stability_rule() -> Texts {
    Texts::new(
        "parte de las celdas juzgadas que coincide con la mayoría",
        "share of the judged cells that agree with the majority",
    )
}
pub(super) fn change_rule() -> Texts {
    Texts::new(
        "de la base a la última cifra, o suma de las partes",
        "from the baseline to the last figure, or sum of the parts",
    )
}
pub(super) fn coverage_rule() -> Texts {
    Texts::new(
        "intervalos publicados frente a la cifra revisada del mismo año",
        "published intervals against the revised figure of the same year",
    )
}
pub(super) fn factor_rule() -> Texts {
    Texts::new("clorhidrato entre hoja fresca", "hydrochloride over fresh leaf")
}
pub(super) fn share_rule() -> Texts {
    Texts::new("parte del cambio en logaritmo", "share of the change in logarithm")
}
pub(super) fn fresh_leaf() -> Texts {
    Texts::new("Hoja fresca", "Fresh leaf")
}
pub(super) fn cocaine() -> Texts {
    Texts::new("Clorhidrato de cocaína", "Cocaine hydrochloride")
}
pub(super) fn hcl_per_leaf() -> Texts {
    Texts::new("Clorhidrato por t de hoja", "Hydrochloride per t of leaf")
}
pub(super) fn chain_title(method: &Bilingual, year: i16) -> Texts {
    Texts::new(format!("{}, {year}", method.es), format!("{}, {year}", method.en))
}
pub(super) fn pooled_rule() -> Texts {
    Texts::new(
        "mediana de un modelo de espacio de estados sobre las cifras de todos los métodos",
        "median of a state-space model over the figures of all methods",
    )
}
pub(super) fn all_intervals() -> Texts {
    Texts::new("todas las cantidades con intervalo", "all quantities with an interval")
}
pub(super) fn omits_factor() -> Texts {
    Texts::new(
        "el intervalo del producto tiene los límites relativos de uno solo de sus factores",
        "the interval of the product has the relative bounds of one of its factors alone",
    )
}
pub(super) fn given_instead() -> Texts {
    Texts::new(
        "es la cifra de otro año o de otra cantidad",
        "this is the figure of another year or of another quantity",
    )
}

/// What the table of indicators says of a gap, in the language of that table.
pub(super) fn missing(said: &str) -> Texts {
    if said.is_empty() {
        Texts::new("no figura en ningún texto obtenido", "in none of the texts obtained")
    } else {
        Texts::same(said)
    }
}

pub(super) fn not_identified(codes: &[&str]) -> Texts {
    let word = |code: &str| match code {
        "absolute_level" => ("el nivel absoluto", "the absolute level"),
        "silent" => ("los métodos sin cifras", "methods without figures"),
        "bias_against_level" => ("sesgo frente a nivel", "bias against level"),
        "bias_against_break" => ("sesgo frente a quiebre", "bias against break"),
        "which_walked" => ("cuál método derivó", "which method drifted"),
        "revision_size" => ("el tamaño de las revisiones", "the size of revisions"),
        "at_bound" => ("una desviación en su límite", "a deviation at its bound"),
        "one_method" => ("años con un solo método", "years with one method"),
        "no_method" => ("años sin método", "years with no method"),
        _ => ("años extrapolados", "extrapolated years"),
    };
    let es: Vec<&str> = codes.iter().map(|code| word(code).0).collect();
    let en: Vec<&str> = codes.iter().map(|code| word(code).1).collect();
    Texts::new(format!("no identifica: {}", es.join("; ")), format!("does not identify: {}", en.join("; ")))
}

/// What differs between two cells.
pub fn axis(axis: Axis) -> Texts {
    match axis {
        Axis::Method => Texts::new("método", "method"),
        Axis::Baseline => Texts::new("base", "baseline"),
        Axis::Vintage => Texts::new("cosecha", "vintage"),
        Axis::End => Texts::new("extremo del intervalo", "interval end"),
    }
}

pub(super) fn axes(axes: &[Axis]) -> Texts {
    let words: Vec<Texts> = axes.iter().map(|own| axis(*own)).collect();
    let joined = |lang| words.iter().map(|own| own.of(lang)).collect::<Vec<_>>().join(", ");
    Texts::new(joined(Lang::Es), joined(Lang::En))
}

pub(super) const fn verdict(own: verdict::Verdict) -> Verdict {
    match own {
        verdict::Verdict::Met => Verdict::Met,
        verdict::Verdict::Missed => Verdict::Missed,
        verdict::Verdict::Undecided => Verdict::Undecided,
        verdict::Verdict::NotMeasurable => Verdict::NotMeasurable,
    }
}

/// Why a cell says what it says.
pub fn reason(reason: Reason) -> Texts {
    let (es, en) = match reason {
        Reason::Measured => ("medido", "measured"),
        Reason::PublishedChange => ("variación publicada", "published change"),
        Reason::LowerBound => ("una parte ya lo alcanza", "a part reaches it already"),
        Reason::UpperBound => ("ni el todo lo alcanza", "not even the whole reaches it"),
        Reason::BeforeDeadline => ("antes del plazo", "before the deadline"),
        Reason::EndNotPublished => ("falta la cifra final", "the final figure is not published"),
        Reason::NoDeadline => ("sin plazo", "no deadline"),
        Reason::PartPeriod => ("solo parte del período", "only a part of the period"),
        Reason::PeriodBeyondDeadline => ("el período pasa del plazo", "the period goes beyond the deadline"),
        Reason::BoundOnly => ("solo un límite", "only a bound"),
        Reason::PartMissing => ("falta un sumando", "an addend is missing"),
        Reason::TwoFigures => ("dos cifras distintas", "two different figures"),
        Reason::ClaimedOnly => ("solo afirmado", "claimed only"),
        Reason::LeakedOnly => ("solo filtrado", "leaked only"),
        Reason::TertiaryOnly => ("solo de segunda mano", "second hand only"),
        Reason::ContestedOnly => ("en disputa", "contested"),
        Reason::NoTarget => ("sin meta", "no target"),
        Reason::TargetUnclear => ("meta sin regla", "a target without a rule"),
        Reason::NoSeries => ("sin serie", "no series"),
        Reason::NoFigure => ("sin cifra", "no figure"),
        Reason::NoBaseFigure => ("sin cifra de base", "no figure for the baseline"),
        Reason::BaseIsZero => ("la base es cero", "the baseline is zero"),
        Reason::BaselineUnreadable => ("base ilegible", "the baseline is unreadable"),
        Reason::SeriesStartsLater => ("la serie empieza después", "the series starts later"),
        Reason::NamedMethodHasNoSeries => {
            ("el método nombrado no tiene serie", "the named method has no series")
        }
        Reason::OtherUnit => ("otra unidad", "another unit"),
        Reason::TooManyFigures => ("demasiadas cifras", "too many figures"),
        Reason::NotComputable => ("no se puede calcular", "not computable"),
    };
    Texts::new(es, en)
}

pub(super) fn subject(book: &Book, series: &SeriesId, period: &str) -> Texts {
    let known = book.registry().indicators().iter().find(|own| own.series().any(|own| own == series));
    let method = series.publisher().and_then(|own| book.registry().method(own.method()));
    match (known, method) {
        (Some(own), Some(method)) => Texts::new(
            format!("{}, {} ({period})", own.name.es, method.name.es),
            format!("{}, {} ({period})", own.name.en, method.name.en),
        ),
        (Some(own), None) => {
            Texts::new(format!("{} ({period})", own.name.es), format!("{} ({period})", own.name.en))
        }
        (None, _) => Texts::same(format!("{series} ({period})")),
    }
}

pub(super) fn moved(kind: Kind, factor: Option<&str>) -> Texts {
    let (es, en) = match kind {
        Kind::NewPeriod => ("período nuevo", "a new period"),
        Kind::HistoryAdded => ("historia añadida", "history added"),
        Kind::NewMethod => ("método nuevo", "a new method"),
        Kind::NewSeries => ("serie nueva", "a new series"),
        Kind::Revised => ("revisado", "revised"),
        Kind::StatusChanged => ("cambió de condición", "its status changed"),
        Kind::Restated => ("publicado de nuevo", "published again"),
        Kind::Contested => ("en disputa", "contested"),
        Kind::ClaimedOtherwise => ("afirmado de otro modo", "claimed otherwise"),
        Kind::Withdrawn => ("retirado", "withdrawn"),
    };
    match factor {
        Some("hcl_per_leaf") => Texts::new(
            format!("{es}: lo mueve el factor de clorhidrato por t de hoja"),
            format!("{en}: moved by the factor of HCl per t of leaf"),
        ),
        Some("fresh_leaf" | "leaf") => {
            Texts::new(format!("{es}: lo mueve la hoja fresca"), format!("{en}: moved by fresh leaf"))
        }
        _ => Texts::new(es, en),
    }
}
