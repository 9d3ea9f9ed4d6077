//! The parameters of a detector that `--set` may change: each with name, default and unit. An unknown name or a value
//! that the parameter does not allow is an error that says what there is.

use crate::error::NodeError;
use crate::words::Words;

/// One parameter.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setting {
    pub(super) name: &'static str,
    pub(super) value: f64,
    pub(super) unit: &'static str,
    /// In Spanish and in English.
    pub(super) means: (&'static str, &'static str),
}

/// The parameters of one detector in one mode.
#[derive(Clone, Debug)]
pub(super) struct Settings(Vec<Setting>);

impl Settings {
    pub(super) fn new(defaults: Vec<Setting>) -> Self {
        Self(defaults)
    }

    pub(super) fn set(&mut self, entries: &[String]) -> Result<(), NodeError> {
        for entry in entries {
            let refuse = |why: String| NodeError::Parameter { entry: entry.clone(), why };
            let (name, text) =
                entry.split_once('=').ok_or_else(|| refuse("it is not of the form name=value".to_owned()))?;
            let names = self.names();
            let setting = self
                .0
                .iter_mut()
                .find(|setting| setting.name == name.trim())
                .ok_or_else(|| refuse(format!("the parameters are {names}")))?;
            setting.value = text
                .trim()
                .parse()
                .ok()
                .filter(|value: &f64| value.is_finite() && (0.0..=1e12).contains(value))
                .ok_or_else(|| refuse("the value is no number from 0 to 1e12".to_owned()))?;
        }
        Ok(())
    }

    fn names(&self) -> String {
        let names: Vec<String> = self.0.iter().map(|setting| format!("`{}`", setting.name)).collect();
        if names.is_empty() { "none".to_owned() } else { names.join(", ") }
    }

    /// Asked for by the names of the table alone.
    pub(super) fn get(&self, name: &str) -> f64 {
        self.0.iter().find(|setting| setting.name == name).map_or(f64::NAN, |setting| setting.value)
    }

    /// One line a parameter.
    pub(super) fn describe(&self, words: Words) -> String {
        let width = self.0.iter().map(|setting| setting.name.len()).max().unwrap_or(0);
        self.0
            .iter()
            .map(|setting| {
                let (es, en) = setting.means;
                let means = if words.is_spanish { es } else { en };
                format!("  {:width$}  {:>8} {:<4} {means}\n", setting.name, setting.value, setting.unit)
            })
            .collect()
    }
}
