//! Markings in words, read from the bodies of STIX marking definitions (STIX 2.1, 7.2). Never decides what they allow.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A marking as it was, and what it marks.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Marking {
    /// STIX id of the definition.
    pub id: String,
    pub says: Said,
    /// Which properties (STIX 2.1, 7.2.3); empty for the whole object.
    pub selectors: Vec<String>,
    /// It marks the event or report that the object came in.
    pub of_holder: bool,
}

/// What a marking says.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Said {
    /// Label of TLP 1.0 or 2.0, lower case: `red`, `amber+strict`, `amber`, `green`, `clear`, `white`.
    Tlp(String),
    Statement(String),
    /// This system's own form: members of the extension, each a text or a list of texts.
    Handling(Handling),
    /// A form that this reader does not know: people must read the definition.
    Other(String),
}

/// The members of a handling marking, in words.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Handling {
    pub originator: Option<String>,
    pub purposes: Vec<String>,
    pub forbidden_purposes: Vec<String>,
    pub originator_control: bool,
    pub handling_codes: Vec<String>,
    /// `None`: nobody but the originator.
    pub releasable_to: Option<Vec<String>>,
    pub agreement: Option<String>,
}

/// The longest description of an unknown marking, characters.
const MAX_OTHER: usize = 300;

impl Said {
    /// Reads the body of a marking definition. What cannot be read is [`Said::Other`], never left out.
    pub fn of(body: &str) -> Self {
        let read: Map<String, Value> = serde_json::from_str(body).unwrap_or_default();
        let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
        let definition = read.get("definition");
        if let Some(label) = text(definition.and_then(|definition| definition.get("tlp"))) {
            return Self::Tlp(label.to_lowercase());
        }
        if let Some(statement) = text(definition.and_then(|definition| definition.get("statement"))) {
            return Self::Statement(statement);
        }
        for extension in read.get("extensions").and_then(Value::as_object).into_iter().flat_map(Map::values) {
            if let Some(label) = text(extension.get("tlp_2_0")) {
                return Self::Tlp(label.to_lowercase());
            }
            if extension.get("originator").is_some() {
                return Self::Handling(handling(extension));
            }
        }
        let name = text(read.get("name")).unwrap_or_else(|| body.to_owned());
        Self::Other(name.chars().take(MAX_OTHER).collect())
    }
}

fn handling(extension: &Value) -> Handling {
    let list = |name: &str| -> Option<Vec<String>> {
        let all = extension.get(name)?.as_array()?;
        Some(all.iter().filter_map(Value::as_str).map(str::to_owned).collect())
    };
    let text = |name: &str| extension.get(name).and_then(Value::as_str).map(str::to_owned);
    Handling {
        originator: text("originator"),
        purposes: list("purposes").unwrap_or_default(),
        forbidden_purposes: list("forbidden_purposes").unwrap_or_default(),
        originator_control: extension.get("originator_control").and_then(Value::as_bool).unwrap_or(false),
        handling_codes: list("handling_codes").unwrap_or_default(),
        releasable_to: list("releasable_to"),
        agreement: text("agreement"),
    }
}

/// How strict a TLP label is; labels that nobody published count as the strictest.
fn strictness(label: &str) -> u8 {
    match label {
        "clear" | "white" => 0,
        "green" => 1,
        "amber" => 2,
        "amber+strict" => 3,
        _ => 4,
    }
}

/// The strictest TLP label among markings; `None` where none says one.
pub fn tlp_of(markings: &[Marking]) -> Option<&str> {
    let labels = markings.iter().filter_map(|marking| match &marking.says {
        Said::Tlp(label) => Some(label.as_str()),
        _ => None,
    });
    labels.max_by_key(|label| strictness(label))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marking(body: &str) -> Marking {
        Marking { id: String::new(), says: Said::of(body), selectors: Vec::new(), of_holder: false }
    }

    #[test]
    fn each_form_of_a_marking_is_read_and_an_unknown_one_is_kept() {
        let tlp = r#"{"extensions":{"extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d":{"extension_type":"property-extension","tlp_2_0":"amber+strict"}}}"#;
        assert_eq!(Said::of(tlp), Said::Tlp("amber+strict".into()));
        assert_eq!(Said::of(r#"{"definition":{"tlp":"RED"}}"#), Said::Tlp("red".into()));
        assert_eq!(Said::of(r#"{"definition":{"statement":"no"}}"#), Said::Statement("no".into()));
        let own = r#"{"extensions":{"x":{"originator":"CO","originator_control":true,"releasable_to":["CO","US"]}}}"#;
        let Said::Handling(read) = Said::of(own) else { panic!("{own}") };
        assert!(read.originator_control && read.releasable_to == Some(vec!["CO".into(), "US".into()]));
        assert_eq!(Said::of(r#"{"name":"PAP red"}"#), Said::Other("PAP red".into()));
        assert_eq!(Said::of("what"), Said::Other("what".into()));
    }

    #[test]
    fn the_strictest_label_counts_and_an_unknown_label_is_the_strictest() {
        let all = ["green", "amber", "clear"]
            .map(|label| marking(&format!(r#"{{"definition":{{"tlp":"{label}"}}}}"#)));
        assert_eq!(tlp_of(&all), Some("amber"));
        let odd = [all[1].clone(), marking(r#"{"definition":{"tlp":"ultraviolet"}}"#)];
        assert_eq!(tlp_of(&odd), Some("ultraviolet"));
        assert_eq!(tlp_of(&[]), None);
    }
}
