//! What the linter finds, in sentences. `{computed}` and the like are filled in from the finding's arithmetic.

use bitacora_accounts::lint::{Code, Finding};
use bitacora_accounts::{Decimal, Unit};

use super::Table;

impl Table {
    /// A sentence with its arithmetic.
    pub(crate) fn lint_sentence(&self, finding: &Finding) -> String {
        let mut text = self.lint_template(finding.code).to_owned();
        let said = finding.text.clone().unwrap_or_default();
        if let Some(own) = &finding.arithmetic {
            let unit = own.unit.map(|unit: Unit| unit.to_string()).unwrap_or_default();
            let number = |value: Decimal| self.decimal(value);
            for (place, value) in [
                ("{computed}", number(own.computed)),
                ("{stated}", number(own.stated)),
                ("{n}", number(own.computed)),
                ("{all}", number(own.stated)),
                ("{low}", number(own.stated_within.low())),
                ("{high}", number(own.stated_within.high())),
                ("{unit}", unit),
                ("{expr}", own.to_string()),
            ] {
                text = text.replace(place, &value);
            }
        }
        text.replace("{text}", &said)
            .replace("{expr}", &said)
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    }

    const fn lint_template(&self, code: Code) -> &'static str {
        let (es, en) = match code {
            Code::SumMismatch => (
                "Las partes suman {computed} {unit}, el total dice {stated}: {expr}",
                "The parts add up to {computed} {unit}, the total says {stated}: {expr}",
            ),
            Code::PartExceedsWhole => (
                "La parte supera el todo: {computed} {unit} de {stated}",
                "The part is more than the whole: {computed} {unit} of {stated}",
            ),
            Code::GrowthMismatch => (
                "El cambio indicado de {stated} % no es el de los niveles: {expr}",
                "The stated change of {stated} % is not that of the levels: {expr}",
            ),
            Code::GrowthWrongBase => (
                "El cambio indicado de {stated} % corresponde a otra base: {expr}",
                "The stated change of {stated} % fits another base: {expr}",
            ),
            Code::WrongDenominator => (
                "El {stated} % es de una parte, no del todo: {expr}",
                "The {stated} % are of a part, not of the whole: {expr}",
            ),
            Code::ShareMismatch => (
                "La proporción indicada de {stated} % no es la de las cifras: {expr}",
                "The stated share of {stated} % is not that of the figures: {expr}",
            ),
            Code::FactorThousand => (
                "Difiere en un factor de cerca de 1.000, como toneladas por kilogramos: {expr}",
                "Off by about 1,000, as tonnes for kilograms are: {expr}",
            ),
            Code::GallonsLitres => (
                "Difiere en un factor de 3,785, como galones y litros: {expr}",
                "Off by 3.785, as gallons and litres are: {expr}",
            ),
            Code::AcresHectares => (
                "Difiere en un factor de 2,471, como acres y hectáreas: {expr}",
                "Off by 2.471, as acres and hectares are: {expr}",
            ),
            Code::PercentFraction => (
                "Difiere en un factor de 100, como una fracción por un porcentaje: {expr}",
                "Off by 100, as a fraction for a percentage is: {expr}",
            ),
            Code::OutsidePhysicalRange => (
                "{computed} {unit} está fuera de lo que un campo puede producir ({low} a {high})",
                "{computed} {unit} is outside what a field can bear ({low} to {high})",
            ),
            Code::ChainMismatch => (
                "La hoja y la cocaína implican áreas cosechadas que no coinciden: {computed} y {stated} ha",
                "Leaf and cocaine imply harvested areas that do not meet: {computed} and {stated} ha",
            ),
            Code::DigitsSwapped => (
                "Dos cifras vecinas están invertidas respecto de otro dato: {stated} y {computed} {unit}",
                "Two neighbouring digits are exchanged against another figure: {stated} and {computed} {unit}",
            ),
            Code::DigitChanged => (
                "Una cifra difiere de otro dato de lo mismo: {stated} y {computed} {unit}",
                "One digit differs from another figure of the same: {stated} and {computed} {unit}",
            ),
            Code::DigitLost => (
                "Una cifra de más o de menos respecto de otro dato de lo mismo: {stated} y {computed} {unit}",
                "One digit more or less than another figure of the same: {stated} and {computed} {unit}",
            ),
            Code::LastPlace => (
                "Dos fuentes difieren en una unidad de la última cifra impresa: {stated} y {computed} {unit}",
                "Two sources differ by one unit of the last printed place: {stated} and {computed} {unit}",
            ),
            Code::Conflict => (
                "Dos fuentes de un mismo dato discrepan más que el redondeo: {stated} y {computed} {unit}",
                "Two sources of one figure disagree beyond rounding: {stated} and {computed} {unit}",
            ),
            Code::PartYear => (
                "Una parte del año aparece donde van años: {n} de {all}",
                "A part of a year stands where years stand: {n} of {all}",
            ),
            Code::PublishedBefore => (
                "La fuente es anterior al periodo del que habla",
                "The source is older than the period it speaks of",
            ),
            Code::MixedScope => {
                ("Es el dato de otro alcance: {expr}", "This is the figure of another scope: {expr}")
            }
            Code::CumulativeAsYearly => (
                "Un acumulado aparece donde van años: {expr}",
                "A running total stands where years stand: {expr}",
            ),
            Code::CopiedFromPlace => (
                "Las mismas cifras que el dato de otro país: {stated} {unit}",
                "The same digits as another country's figure: {stated} {unit}",
            ),
            Code::CopiedFromYear => (
                "Las mismas cifras que el dato de otro año: {stated} {unit}",
                "The same digits as another year's figure: {stated} {unit}",
            ),
            Code::Jump => (
                "Muy lejos de los años vecinos, y ningún rival se movió igual: {computed} veces",
                "Far from the years beside it, and no rival moved likewise: {computed} times",
            ),
            Code::StockTimesYield => (
                "Es la existencia al 31 de diciembre por un rendimiento, no la producción: {expr}",
                "This is the stock of 31 December times a yield, not production: {expr}",
            ),
            Code::EradicationFromStock => (
                "Es una existencia menos la erradicación acumulada: {expr}",
                "This is a stock less accumulated eradication: {expr}",
            ),
            Code::NumberFormat => {
                ("El formato de números cambia: {expr}", "The number format drifts: {expr}")
            }
            Code::DivipolaMangled => ("{text}", "{text}"),
            Code::PlaceUnderOtherCode => (
                "Un lugar aparece con el código de otro: {text}",
                "One place stands under the code of another: {text}",
            ),
            Code::ListShort => ("La lista tiene {n} de {all}", "The list has {n} of {all}"),
            Code::UnreadableRow => ("No se pudo leer la fila: {text}", "The row could not be read: {text}"),
        };
        if self.is_spanish { es } else { en }
    }
}
