//! Methods, programmes and indicators that fit together, and the refusal of a promise that names one that does not
//! exist. Holds no figure.

use std::collections::BTreeMap;

use crate::import::{Absent, AnswerRow, Commitment, Defect, Defects, Imported, Rule};
use crate::indicator::{Answer, Indicator, Programme};
use crate::method::Method;
use crate::series::SeriesId;

/// What figures and promises are read against.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Registry {
    methods: Vec<Method>,
    programmes: Vec<Programme>,
    indicators: Vec<Indicator>,
    absent: Vec<Absent>,
    by_indicator: BTreeMap<SeriesId, usize>,
}

/// The rows of its tables, each read by itself.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Tables {
    pub methods: Vec<Method>,
    pub programmes: Vec<Programme>,
    pub indicators: Vec<Indicator>,
    pub answers: Vec<AnswerRow>,
    pub absent: Vec<Absent>,
}

fn defect(line: u64, column: &str, rule: Rule, text: &str) -> Defect {
    Defect { line, column: column.to_owned(), rule, text: text.chars().take(200).collect() }
}

impl Registry {
    /// Joins the tables. What names a method, a programme or an indicator that is not there is left out and listed.
    pub fn new(tables: Tables) -> (Self, Defects) {
        let Tables { methods, programmes, indicators, answers, absent } = tables;
        let mut registry = Self { methods, programmes, absent, ..Self::default() };
        let mut defects = Defects::default();
        for indicator in indicators {
            if registry.programme(&indicator.programme).is_none() {
                let text = &indicator.programme;
                defects.push(defect(indicator.line, "programme", Rule::UnknownProgramme, text));
            } else {
                registry.by_indicator.insert(indicator.id.clone(), registry.indicators.len());
                registry.indicators.push(indicator);
            }
        }
        for AnswerRow { indicator, answer } in answers {
            let Answer { line, method, parts, .. } = &answer;
            if registry.method(method).is_none() {
                defects.push(defect(*line, "method", Rule::UnknownMethod, method));
                continue;
            }
            // A series whose name says how it is counted is not another method's.
            let own = |part: &crate::indicator::Part| part.series.publisher().map(|own| own.method());
            if let ([part], Some(other)) =
                (parts.as_slice(), parts.first().and_then(own).filter(|own| *own != &**method))
            {
                let text = format!("{}: {other}, not {method}", part.series);
                defects.push(defect(*line, "method", Rule::MethodContradiction, &text));
                continue;
            }
            match registry.by_indicator.get(&indicator).and_then(|place| registry.indicators.get_mut(*place))
            {
                Some(known) => known.answers.push(answer),
                None => {
                    let text = indicator.as_str();
                    defects.push(defect(*line, "indicator", Rule::UnknownIndicator, text));
                }
            }
        }
        (registry, defects)
    }

    /// In the order of the table.
    pub fn methods(&self) -> &[Method] {
        &self.methods
    }
    pub fn programmes(&self) -> &[Programme] {
        &self.programmes
    }
    pub fn indicators(&self) -> &[Indicator] {
        &self.indicators
    }
    pub fn absent(&self) -> &[Absent] {
        &self.absent
    }
    pub fn method(&self, id: &str) -> Option<&Method> {
        self.methods.iter().find(|method| &*method.id == id)
    }
    pub fn programme(&self, code: &str) -> Option<&Programme> {
        self.programmes.iter().find(|programme| &*programme.code == code)
    }
    pub fn indicator(&self, id: &SeriesId) -> Option<&Indicator> {
        self.by_indicator.get(id).and_then(|place| self.indicators.get(*place))
    }
    pub fn of_programme<'a>(&'a self, code: &'a str) -> impl Iterator<Item = &'a Indicator> {
        self.indicators.iter().filter(move |indicator| &*indicator.programme == code)
    }
    /// What is known to be missing of a series.
    pub fn absent_of(&self, series: &SeriesId) -> Vec<&Absent> {
        let of = |absent: &&Absent| match absent.series.strip_suffix('*') {
            Some(start) => series.as_str().starts_with(start),
            // `co.bulkcash / co.forfeiture` is two.
            None => absent.series.split('/').any(|own| own.trim() == series.as_str()),
        };
        self.absent.iter().filter(of).collect()
    }

    /// By which rule a promise is refused; none where it is not.
    pub fn refusal(&self, commitment: &Commitment) -> Option<Defect> {
        let line = commitment.line;
        if self.indicator(&commitment.indicator).is_none() {
            let text = commitment.indicator.as_str();
            return Some(defect(line, "indicator", Rule::UnknownIndicator, text));
        }
        let named = commitment.method_named.as_deref();
        named
            .filter(|method| self.method(method).is_none())
            .map(|method| defect(line, "method_named", Rule::UnknownMethod, method))
    }

    /// The promises that can be read against the registry; the others are added to the defects.
    pub fn admit(&self, imported: Imported<Commitment>) -> Imported<Commitment> {
        let Imported { file, rows, mut defects } = imported;
        let mut kept = Vec::with_capacity(rows.len());
        for row in rows {
            match self.refusal(&row) {
                None => kept.push(row),
                Some(refusal) => defects.push(refusal),
            }
        }
        defects.first.sort_by_key(|defect| defect.line);
        Imported { file, rows: kept, defects }
    }
}
