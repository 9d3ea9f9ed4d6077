//! The accounts in words: verdicts, methods, claims, the chain.

use bitacora_accounts::chain::{Formula, Step};
use bitacora_accounts::claims::ClaimState;
use bitacora_accounts::import::Target;
use bitacora_accounts::method::Bilingual;
use bitacora_accounts::moved::Cause;
use bitacora_accounts::observation::Status;
use bitacora_accounts::verdict::{Axis, Reason, Verdict};
use bitacora_accounts::{Decimal, Rounding};
use bitacora_api::accounts::Checked;
use bitacora_report::Lang;

use super::Table;

/// Printed to so many digits after the point; `--json` gives all.
const PLACES: i32 = 2;

macro_rules! phrases {
    ($($name:ident => ($es:literal, $en:literal);)*) => {
        $(pub(crate) const fn $name(&self) -> &'static str {
            if self.is_spanish { $es } else { $en }
        })*
    };
}

impl Table {
    phrases! {
        accounts_unknown_table => ("su clase no se reconoce por los títulos; si tiene una columna por año, dé --series y --unit", "its kind cannot be told from its heading; if it has one column a year, give --series and --unit");
        accounts_rows => ("filas", "rows");
        accounts_defects => ("defectos", "defects");
        accounts_refused => ("rechazadas", "refused");
        accounts_target => ("meta", "target");
        accounts_flips => ("lo cambia:", "changed by:");
        accounts_stability => ("estabilidad", "stability");
        accounts_missing => ("sin dato", "no figure");
        accounts_measured => ("medido:", "measured:");
        chain_meet => ("las vías coinciden", "the routes meet");
        chain_apart => ("LAS VÍAS SE CONTRADICEN", "THE ROUTES CONTRADICT EACH OTHER");
        chain_draws => ("Sorteos", "Draws");
        read_quantities => ("Cantidades", "Quantities");
        read_dates => ("Fechas", "Dates");
        read_actors => ("Actores", "Actors");
        read_claims => ("Afirmaciones", "Claims");
        read_allegations => ("Acusaciones contra personas, no propuestas", "Accusations against persons, not proposed");
        bundle_fails => ("NO SE SOSTIENE", "DOES NOT HOLD");
        rivals_pooled => ("  conjunta: mediana [90 %]", "  pooled: median [90 %]");
        rivals_mean => ("razón media", "mean ratio");
        rivals_signs => ("signo contrario", "opposite sign");
        rivals_not_identified => ("La curva conjunta no identifica", "What the pooled curve does not identify");
        rivals_intervals => ("Intervalos publicados que contienen la revisión,", "Published intervals that hold the revision,");
        moved_world => ("el mundo", "the world");
        moved_revision => ("la revisión", "the revision");
        lint_no_figures => ("no es una tabla de cifras", "no table of figures");
        lint_nothing => ("sin hallazgos", "no findings");
    }

    pub(crate) fn bilingual<'t>(&self, words: &'t Bilingual) -> &'t str {
        if self.is_spanish { &words.es } else { &words.en }
    }

    /// Rounded, grouped by thousands in the language's way.
    pub(crate) fn decimal(&self, value: Decimal) -> String {
        let rounded = value.round_to(PLACES, Rounding::Nearest).unwrap_or(value).to_string();
        let (sign, digits) = rounded.strip_prefix('-').map_or(("", rounded.as_str()), |rest| ("-", rest));
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        let (group, point) = if self.is_spanish { ('.', ',') } else { (',', '.') };
        let mut text = sign.to_owned();
        for (place, digit) in whole.chars().enumerate() {
            if place > 0 && (whole.len() - place).is_multiple_of(3) {
                text.push(group);
            }
            text.push(digit);
        }
        if !part.is_empty() {
            text.push(point);
            text.push_str(part);
        }
        text
    }

    pub(crate) fn target(&self, target: Target) -> String {
        match target {
            Target::One(value) => self.decimal(value),
            Target::Between { low, high } => format!("{} - {}", self.decimal(low), self.decimal(high)),
        }
    }

    pub(crate) const fn verdict(&self, verdict: Verdict) -> &'static str {
        let (es, en) = match verdict {
            Verdict::Met => ("cumplido", "met"),
            Verdict::Missed => ("no cumplido", "missed"),
            Verdict::Undecided => ("indeciso", "undecided"),
            Verdict::NotMeasurable => ("no medible", "not measurable"),
        };
        if self.is_spanish { es } else { en }
    }

    /// Shape beside the word.
    pub(crate) const fn verdict_mark(&self, verdict: Verdict) -> char {
        match verdict {
            Verdict::Met => '✓',
            Verdict::Missed => '✗',
            Verdict::Undecided => '◐',
            Verdict::NotMeasurable => '·',
        }
    }

    /// In the words of the report.
    pub(crate) fn verdict_reason(&self, reason: Reason) -> String {
        bitacora_report::reason(reason).of(self.report_lang()).to_owned()
    }

    pub(crate) fn axis(&self, axis: Axis) -> String {
        bitacora_report::axis(axis).of(self.report_lang()).to_owned()
    }

    pub(crate) const fn report_lang(&self) -> Lang {
        if self.is_spanish { Lang::Es } else { Lang::En }
    }

    pub(crate) const fn moved_cause(&self, cause: Cause) -> &'static str {
        let (es, en) = match cause {
            Cause::World => ("el mundo", "the world"),
            Cause::Method => ("el método", "the method"),
            Cause::Knowledge => ("lo sabido", "knowledge"),
            Cause::Dispute => ("la disputa", "a dispute"),
        };
        if self.is_spanish { es } else { en }
    }

    pub(crate) const fn figure_status(&self, status: Status) -> &'static str {
        let (es, en) = match status {
            Status::Measured => ("medido", "measured"),
            Status::Claimed => ("afirmado", "claimed"),
            Status::Leaked => ("filtrado", "leaked"),
            Status::Tertiary => ("de segunda mano", "tertiary"),
            Status::Contested => ("en disputa", "contested"),
        };
        if self.is_spanish { es } else { en }
    }

    pub(crate) const fn claim_state(&self, state: ClaimState) -> &'static str {
        let (es, en) = match state {
            ClaimState::Matched => ("concuerda", "matched"),
            ClaimState::Unmatched => ("sin medida", "unmatched"),
            ClaimState::Misquoted => ("mal citado", "misquoted"),
            ClaimState::Contested => ("en disputa", "contested"),
        };
        if self.is_spanish { es } else { en }
    }

    pub(crate) fn known_state(&self, state: &str) -> &'static str {
        let (es, en) = match state {
            "undecided" => (
                "Quizá conocido (solo consta el mes o el año):",
                "Perhaps known (only the month or year is stated):",
            ),
            _ => ("Cosecha desconocida:", "Vintage unknown:"),
        };
        if self.is_spanish { es } else { en }
    }

    pub(crate) const fn chain_step(&self, step: Step) -> &'static str {
        let (es, en) = match step {
            Step::Harvested => ("área cosechada", "harvested area"),
            Step::Leaf => ("hoja fresca", "fresh leaf"),
            Step::Cocaine => ("clorhidrato de cocaína", "cocaine hydrochloride"),
            Step::LeafYield => ("rendimiento de hoja", "leaf yield"),
            Step::HclPerHectare => ("clorhidrato por hectárea cosechada", "HCl per harvested hectare"),
            Step::HclPerLeaf => ("clorhidrato por t de hoja", "HCl per t of leaf"),
        };
        if self.is_spanish { es } else { en }
    }

    pub(crate) const fn chain_formula(&self, formula: Formula) -> &'static str {
        let (es, en) = match formula {
            Formula::LeafOverYield => ("hoja / rendimiento", "leaf / yield"),
            Formula::CocaineOverHclPerHectare => ("cocaína / kg por ha", "cocaine / kg per ha"),
            Formula::AreaTimesYield => ("área x rendimiento", "area x yield"),
            Formula::CocaineOverHclPerLeaf => ("cocaína / kg por t de hoja", "cocaine / kg per t of leaf"),
            Formula::LeafTimesHclPerLeaf => ("hoja x kg por t", "leaf x kg per t"),
            Formula::AreaTimesHclPerHectare => ("área x kg por ha", "area x kg per ha"),
            Formula::LeafOverArea => ("hoja / área", "leaf / area"),
            Formula::CocaineOverArea => ("cocaína / área", "cocaine / area"),
            Formula::CocaineOverLeaf => ("cocaína / hoja", "cocaine / leaf"),
        };
        if self.is_spanish { es } else { en }
    }

    pub(crate) fn bundle_holds(&self, own: &Checked) -> String {
        let signed = if own.signed_by.is_empty() {
            if self.is_spanish {
                "firma no comprobada: falta --key"
            } else {
                "signature not checked: no --key"
            }
            .to_owned()
        } else {
            let by = own.signed_by.join(", ");
            if self.is_spanish { format!("firmado por {by}") } else { format!("signed by {by}") }
        };
        let Checked {
            as_of, snapshot, verdicts_sha256, claims_sha256, verdicts, claims, figures, facts, ..
        } = own;
        if self.is_spanish {
            format!(
                "SE SOSTIENE  conocido al {as_of}\n  instantánea  {snapshot}\n  {verdicts} veredictos  {verdicts_sha256}\n  \
                 {claims} afirmaciones  {claims_sha256}\n  {figures} cifras, {facts} hechos; {signed}\n"
            )
        } else {
            format!(
                "HOLDS  as known on {as_of}\n  snapshot  {snapshot}\n  {verdicts} verdicts  {verdicts_sha256}\n  \
                 {claims} claims  {claims_sha256}\n  {figures} figures, {facts} facts; {signed}\n"
            )
        }
    }
}
