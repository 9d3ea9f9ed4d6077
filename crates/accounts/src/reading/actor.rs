//! Who is named: states, offices, agencies, armed groups by a table that can be extended, and people by the word
//! of office beside their name. It says who is named and judges nobody.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::reading::proposal::Reason;
use crate::reading::text::{Document, Span};
use crate::reading::token::{Kind, Words};

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ActorKind {
    State,
    /// A government, a ministry, an office, a force.
    Office,
    Agency,
    /// International bodies.
    Body,
    ArmedGroup,
    Press,
    Person,
    /// Officials, analysts, authorities: people without a name.
    Unnamed,
    /// A report or a study that speaks.
    Report,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Actor {
    pub kind: ActorKind,
    /// The code of the table, or the name as the text first gives it in full.
    pub who: String,
    /// The word of office, where one stands beside the name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<&'static str>,
}

#[derive(Clone, Debug)]
pub(crate) struct Named {
    pub first: usize,
    pub end: usize,
    pub span: Span,
    pub sentence: usize,
    pub actor: Actor,
    pub reasons: Vec<Reason>,
}

macro_rules! actors {
    ($($kind:ident $code:literal $names:literal;)+) => {
        const ACTORS: &[(ActorKind, &str, &str)] = &[$((ActorKind::$kind, $code, $names)),+];
    };
}

// Folded names, parted by bars. Those in capitals here must begin with a capital in the text.
actors! {
    State "COL" "Colombia";
    State "USA" "United States|United States of America|U.S.|US|USA|Estados Unidos|EE.UU.|Washington";
    State "MEX" "Mexico"; State "PER" "Peru"; State "BOL" "Bolivia"; State "VEN" "Venezuela"; State "ECU" "Ecuador";
    State "CUB" "Cuba"; State "PAN" "Panama"; State "BRA" "Brazil|Brasil"; State "CHL" "Chile"; State "CRI" "Costa Rica";
    State "GBR" "United Kingdom|U.K.|UK|Reino Unido|Britain"; State "ESP" "Spain|España|Espana"; State "NLD" "Netherlands|Paises Bajos"; State "FRA" "France|Francia";
    State "GTM" "Guatemala"; State "HND" "Honduras"; State "SLV" "El Salvador"; State "HTI" "Haiti"; State "DOM" "Dominican Republic|Republica Dominicana"; State "CHN" "China"; State "AFG" "Afghanistan|Afganistan";
    Office "COL.government" "colombian government|government of Colombia|colombia's government|gobierno colombiano|gobierno de Colombia|gobierno nacional|Casa de Nariño|Casa de Narino|Casa Narino";
    Office "USA.government" "u.s. government|us government|american government|united states government|gobierno de Estados Unidos|gobierno de EE.UU.|gobierno estadounidense|gobierno de los Estados Unidos|Biden administration|Trump administration|administracion Trump|administracion Biden|gobierno Trump|gobierno Biden|Obama administration";
    Office "government" "the government|el gobierno|both governments|ambos gobiernos|gobierno";
    Office "USA.white_house" "White House|Casa Blanca"; Office "USA.congress" "U.S. Congress|Congress|Congreso de Estados Unidos";
    Office "USA.state" "State Department|U.S. Department of State|Department of State|Departamento de Estado|US State Department";
    Office "USA.treasury" "U.S. Treasury|Treasury Department|US Treasury|Treasury|Departamento del Tesoro|Tesoro de Estados Unidos|Department of the Treasury";
    Office "USA.justice" "Justice Department|Department of Justice|DOJ|Departamento de Justicia";
    Office "USA.coast_guard" "Coast Guard|U.S. Coast Guard|US Coast Guard|Guardia Costera|USCG"; Office "USA.southcom" "Southern Command|SOUTHCOM|Comando Sur|JIATF South|JIATF-South";
    Office "USA.pentagon" "Pentagon|Pentagono|Defense Department"; Office "USA.embassy" "U.S. Embassy|US Embassy|embajada de Estados Unidos|embajada estadounidense";
    Office "COL.navy" "Colombian Navy|Colombia's Navy|Armada de Colombia|Armada Nacional|Armada|Colombian navy"; Office "COL.army" "Ejercito Nacional|Ejercito|Colombian Army";
    Office "COL.police" "Colombian police|Colombia's police|National Police|Policia Nacional|Policia Antinarcoticos|Colombian National Police|Direccion de Antinarcoticos|DIRAN|policia";
    Office "COL.defence" "Defense Ministry|Ministry of Defense|Colombian Defense Ministry|Ministerio de Defensa|Mindefensa|MinDefensa|Defence Ministry";
    Office "COL.justice" "Justice Ministry|Ministry of Justice|Ministerio de Justicia|Minjusticia|MinJusticia"; Office "COL.foreign" "Cancilleria|Foreign Ministry|Ministerio de Relaciones Exteriores";
    Office "COL.prosecutor" "Fiscalia|Fiscalia General|Fiscalia General de la Nacion|Attorney General's Office|prosecutor's office"; Office "COL.court" "Corte Suprema|Corte Suprema de Justicia|Supreme Court|Corte Constitucional|Constitutional Court";
    Office "COL.presidency" "Presidencia de la Republica|Presidencia|Colombian presidency"; Office "COL.treasury" "Ministerio de Hacienda|Minhacienda"; Office "congress" "Congreso|Congreso de la Republica|Senado|Senate";
    Agency "UNODC" "UNODC|United Nations Office on Drugs and Crime|U.N. Office on Drugs and Crime|UN Office on Drugs and Crime|Oficina de las Naciones Unidas contra la Droga y el Delito|Oficina de Naciones Unidas contra la Droga y el Delito|Oficina de la ONU contra la Droga y el Delito";
    Agency "SIMCI" "SIMCI|Sistema Integrado de Monitoreo de Cultivos Ilicitos|Integrated Illicit Crops Monitoring System"; Agency "SIIMA" "SIIMA|Siima";
    Agency "ONDCP" "ONDCP|Office of National Drug Control Policy|Oficina de Politica Nacional para el Control de Drogas|White House Office of National Drug Control Policy|Oficina Nacional para el Control de Drogas";
    Agency "DEA" "DEA|Drug Enforcement Administration|Administracion de Control de Drogas"; Agency "OFAC" "OFAC|Office of Foreign Assets Control|Oficina de Control de Activos Extranjeros";
    Agency "FBI" "FBI"; Agency "CIA" "CIA|Central Intelligence Agency"; Agency "INL" "INL|Bureau of International Narcotics and Law Enforcement Affairs"; Agency "GAO" "GAO|Government Accountability Office"; Agency "CBP" "CBP|Customs and Border Protection"; Agency "CDC" "CDC";
    Agency "COL.pnis" "PNIS"; Agency "COL.ant" "Agencia Nacional de Tierras|National Land Agency|ANT"; Agency "COL.dian" "DIAN"; Agency "COL.sae" "Sociedad de Activos Especiales|SAE"; Agency "COL.dane" "DANE"; Agency "COL.ideam" "IDEAM"; Agency "COL.ombudsman" "Defensoria del Pueblo|Defensoria|Ombudsman's Office";
    Agency "COL.migration" "Migracion Colombia"; Agency "USAID" "USAID"; Agency "DEVIDA" "DEVIDA|Devida"; Agency "INDEPAZ" "Indepaz|INDEPAZ"; Agency "FIP" "Fundacion Ideas para la Paz|FIP";
    Body "UN" "United Nations|UN|U.N.|Naciones Unidas|ONU"; Body "UNHCR" "UNHCR|ACNUR"; Body "OHCHR" "OHCHR"; Body "EU" "European Union|EU|E.U.|Union Europea|UE"; Body "OAS" "OAS|OEA|Organization of American States"; Body "NATO" "NATO|OTAN"; Body "EGMONT" "Egmont Group|Grupo Egmont"; Body "INTERPOL" "Interpol|INTERPOL"; Body "EUROPOL" "Europol"; Body "INCB" "INCB|JIFE"; Body "CICAD" "CICAD"; Body "HRW" "Human Rights Watch"; Body "AMNESTY" "Amnesty International|Amnistia Internacional"; Body "WOLA" "WOLA"; Body "ICG" "International Crisis Group"; Body "WORLD_BANK" "World Bank|Banco Mundial";
    ArmedGroup "FARC" "FARC|FARC-EP|Fuerzas Armadas Revolucionarias de Colombia|Revolutionary Armed Forces of Colombia"; ArmedGroup "ELN" "ELN|National Liberation Army|Ejercito de Liberacion Nacional"; ArmedGroup "EMC" "EMC|Estado Mayor Central"; ArmedGroup "CLAN_GOLFO" "Clan del Golfo|Gulf Clan|Autodefensas Gaitanistas|AGC|EGC|Urabeños|Urabenos";
    ArmedGroup "SEGUNDA_MARQUETALIA" "Segunda Marquetalia"; ArmedGroup "AUC" "AUC"; ArmedGroup "TREN_ARAGUA" "Tren de Aragua"; ArmedGroup "SINALOA" "Sinaloa cartel|Sinaloa Cartel|cartel de Sinaloa"; ArmedGroup "CJNG" "CJNG|Jalisco New Generation Cartel|Cartel Jalisco"; ArmedGroup "COMUNEROS" "Comuneros del Sur"; ArmedGroup "COMANDOS_FRONTERA" "Comandos de la Frontera";
    Press "CNN" "CNN"; Press "REUTERS" "Reuters"; Press "AP" "Associated Press|AP"; Press "AFP" "AFP"; Press "EFE" "EFE"; Press "BBC" "BBC"; Press "EL_TIEMPO" "El Tiempo"; Press "EL_ESPECTADOR" "El Espectador"; Press "EL_COLOMBIANO" "El Colombiano"; Press "EL_PAIS" "El Pais"; Press "SEMANA" "Semana"; Press "CARACOL" "Caracol Radio|Blu Radio|W Radio|Noticias Caracol|RCN"; Press "NYT" "New York Times"; Press "WAPO" "Washington Post"; Press "WSJ" "Wall Street Journal"; Press "US_NEWS" "U.S. News|US News"; Press "DEV_DISCOURSE" "Dev Discourse"; Press "DW" "DW|Deutsche Welle";
    Unnamed "officials" "officials|Colombian officials|U.S. officials|U.S. and Colombian officials|funcionarios|autoridades|las autoridades|authorities|Colombian authorities|autoridades colombianas|prosecutors|fiscales|portavoces|fuentes|sources|spokesman|spokeswoman|spokesperson|portavoz|vocero|vocera";
    Unnamed "experts" "experts|analysts|Independent analysts|expertos|analistas|researchers|investigadores|security experts|Colombian security experts|critics|criticos"; Unnamed "ministers" "ministers|ministros"; Unnamed "parties" "the two countries|both countries|both sides|the two sides|ambos paises|los dos paises|las partes|the parties|delegations|delegaciones";
    Report "report" "report|reports|informe|el informe|reporte|study|estudio|statement|comunicado|communique|survey|encuesta|monitoring report|World Drug Report|Informe Mundial sobre las Drogas|International Narcotics Control Strategy|INCSR|data|datos|figures|cifras";
}

/// Words of office, folded, with their code.
const ROLES: &[(&str, &str)] = &[
    ("vice president|vice-president|vicepresidente|vicepresidenta", "vice_president"),
    (
        "president|presidente|presidenta|mandatario|jefe de estado|former president|expresidente|ex president|ex presidente",
        "president",
    ),
    ("secretary of state|secretario de estado|secretaria de estado", "secretary_of_state"),
    (
        "secretary of defense|secretary of war|defense secretary|secretario de defensa|treasury secretary|secretario del tesoro|secretary|secretario|secretaria|general secretary",
        "secretary",
    ),
    (
        "defense minister|defence minister|ministro de defensa|ministra de defensa|minister of defense|mindefensa",
        "minister_defence",
    ),
    (
        "justice minister|ministro de justicia|ministra de justicia|minister of justice|minjusticia",
        "minister_justice",
    ),
    (
        "interior minister|ministro del interior|ministra del interior|minister of the interior",
        "minister_interior",
    ),
    (
        "foreign minister|canciller|minister of foreign affairs|ministra de relaciones exteriores|ministro de relaciones exteriores",
        "minister_foreign",
    ),
    ("minister|ministro|ministra|viceministro|viceministra|vice minister|deputy minister", "minister"),
    (
        "attorney general|chief prosecutor|prosecutor general|fiscal general|fiscal|prosecutor|procurador|procuradora|fiscal general de la nacion",
        "prosecutor",
    ),
    ("ambassador|embajador|embajadora|charge d'affaires|encargado de negocios", "ambassador"),
    (
        "senator|senador|senadora|congressman|congresswoman|congresista|representante|representative|rep|sen",
        "legislator",
    ),
    ("governor|gobernador|gobernadora", "governor"),
    ("mayor|alcalde|alcaldesa", "mayor"),
    (
        "director|directora|head|jefe|chief|administrator|administrador|administradora|chairman|coordinator|coordinador|commissioner|comisionado|drug czar|high commissioner|alto comisionado|alta consejera|gerente|executive director|jefa",
        "director",
    ),
    (
        "general|gen|admiral|almirante|colonel|coronel|commander|comandante|captain|capitan|mayor general|vicealmirante|police chief",
        "commander",
    ),
    (
        "analyst|analista|expert|experto|experta|researcher|investigador|investigadora|professor|profesor|profesora|economist|academic|defense analyst|intelligence expert",
        "analyst",
    ),
    ("spokesman|spokeswoman|spokesperson|portavoz|vocero|vocera", "spokesperson"),
    (
        "diplomat|diplomatic chief|counterpart|homologo|leader|lider|lideresa|delegate|delegado|delegada|negotiator|negociador",
        "other_office",
    ),
    ("mr|mrs|ms|sr|sra|senor|senora|dr|dra|don|dona", "title"),
];

#[derive(Clone, Debug)]
struct Entry {
    words: Vec<String>,
    capital: bool,
    kind: ActorKind,
    code: String,
}

/// The table of known actors; more can be added before a text is read.
#[derive(Clone, Debug)]
pub struct ActorTable {
    entries: BTreeMap<String, Vec<Entry>>,
    roles: BTreeMap<String, Vec<(Vec<String>, &'static str)>>,
}

impl Default for ActorTable {
    fn default() -> Self {
        let mut table = Self { entries: BTreeMap::new(), roles: BTreeMap::new() };
        for (kind, code, names) in ACTORS {
            for name in names.split('|') {
                table.add(*kind, code, name);
            }
        }
        for (names, code) in ROLES {
            for name in names.split('|') {
                let words: Vec<String> = keys(name);
                if let Some(first) = words.first().cloned() {
                    table.roles.entry(first).or_default().push((words, code));
                }
            }
        }
        table
    }
}

fn keys(name: &str) -> Vec<String> {
    crate::reading::token::tokens(name).iter().map(|token| token.key().to_owned()).collect()
}

impl ActorTable {
    /// Adds a name; one that is written with a capital here is found with a capital only.
    pub fn add(&mut self, kind: ActorKind, code: &str, name: &str) {
        let words = keys(name);
        let Some(first) = words.first().cloned() else { return };
        let capital = name.chars().next().is_some_and(char::is_uppercase);
        self.entries.entry(first).or_default().push(Entry { words, capital, kind, code: code.to_owned() });
    }

    fn at(&self, words: &Words<'_, '_>, at: usize) -> Option<(&Entry, usize)> {
        let entries = self.entries.get(words.key(at))?;
        entries
            .iter()
            .filter(|entry| {
                let stands = entry.words.iter().enumerate().all(|(step, word)| words.key(at + step) == word);
                let written = !entry.capital || words.capital(at);
                // "us" and "un", "pan" and "ant" are words; names in capitals are names.
                let short = entry.words.len() == 1 && entry.words.first().is_some_and(|word| word.len() <= 3);
                let caps = words.token(at).is_some_and(|token| token.text.chars().all(|c| !c.is_lowercase()));
                stands && written && (!short || caps)
            })
            .map(|entry| (entry, at + entry.words.len()))
            .max_by_key(|(_, end)| *end)
    }

    pub(crate) fn role_at(&self, words: &Words<'_, '_>, at: usize) -> Option<(&'static str, usize)> {
        self.roles
            .get(words.key(at))?
            .iter()
            .filter(|(role, _)| role.iter().enumerate().all(|(step, word)| words.key(at + step) == word))
            .map(|(role, code)| (*code, at + role.len()))
            .max_by_key(|(_, end)| *end)
    }
}

/// Capitalised words that open sentences or name months, and are no names of people.
const NO_NAMES: &[&str] = &[
    "the",
    "a",
    "an",
    "in",
    "on",
    "at",
    "he",
    "she",
    "it",
    "they",
    "we",
    "but",
    "and",
    "this",
    "that",
    "these",
    "for",
    "after",
    "since",
    "however",
    "if",
    "when",
    "while",
    "el",
    "la",
    "los",
    "las",
    "en",
    "un",
    "una",
    "pero",
    "y",
    "esta",
    "este",
    "tras",
    "desde",
    "para",
    "por",
    "se",
    "no",
    "su",
    "segun",
    "according",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "january",
    "february",
    "march",
    "april",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "of",
    "to",
    "as",
    "two",
    "three",
    "reports",
    "breaking",
    "news",
    "also",
    "today",
    "yesterday",
    "hoy",
    "ayer",
    "lunes",
    "martes",
    "con",
    "como",
    "sin",
    "colombian",
    "american",
    "independent",
    "despite",
    "latin",
    "police",
    "intelligence",
    "defense",
    "drug",
    "assembly",
    "meets",
    "with",
    "council",
    "department",
    "office",
    "secretariat",
    "congress",
    "congreso",
    "house",
    "image",
    "file",
    "watch",
    "written",
    "then",
    "there",
    "his",
    "her",
    "its",
    "our",
    "their",
    "between",
    "under",
    "over",
    "discussions",
];

/// A name of a person at `at`: one to four capitalised words, with "de", "del", "la" between them.
pub(crate) fn name_at(words: &Words<'_, '_>, at: usize) -> Option<usize> {
    let fits = |place: usize| {
        words.capital(place)
            && words.token(place).is_some_and(|token| {
                token.text.chars().count() > 1 && token.text.chars().skip(1).any(char::is_lowercase)
            })
            && !NO_NAMES.contains(&words.key(place))
    };
    fits(at).then_some(())?;
    let mut end = at + 1;
    let mut parts = 1;
    while parts < 4 {
        let initial = words.capital(end)
            && words.token(end).is_some_and(|token| token.text.len() == 1)
            && words.key(end + 1) == ".";
        if initial && fits(end + 2) {
            end += 3;
        } else if words.key(end) == "-" && words.glued(end) && fits(end + 1) {
            end += 2;
        } else if fits(end) {
            end += 1;
        } else if matches!(words.lower(end), "de" | "del" | "la" | "van" | "von" | "da")
            && fits(end + 1)
            && words.is(end, Kind::Word)
        {
            end += 2;
        } else {
            break;
        }
        parts += 1;
    }
    Some(end)
}

pub(crate) fn read(document: &Document<'_>, table: &ActorTable) -> Vec<Named> {
    let mut found: Vec<Named> = Vec::new();
    // Last names that a word of office has introduced, with the full name.
    let mut known: BTreeMap<String, Actor> = BTreeMap::new();
    for (number, sentence) in document.sentences.iter().enumerate() {
        let words = Words { tokens: &document.tokens, first: sentence.first, end: sentence.end };
        let mut at = sentence.first;
        while at < sentence.end {
            let Some((end, actor, reason)) = one(document, &words, at, table, &mut known) else {
                at += 1;
                continue;
            };
            if let Some(span) = document.span(at, end) {
                found.push(Named { first: at, end, span, sentence: number, actor, reasons: vec![reason] });
            }
            at = end;
        }
    }
    found
}

fn one(
    document: &Document<'_>,
    words: &Words<'_, '_>,
    at: usize,
    table: &ActorTable,
    known: &mut BTreeMap<String, Actor>,
) -> Option<(usize, Actor, Reason)> {
    if let Some((role, role_end)) = table.role_at(words, at) {
        // "ministro de Defensa de Colombia, Pedro Sánchez": up to six words of the office before the name.
        let mut from = role_end;
        let mut crossed = 0;
        while crossed < 7 && !words.key(from).is_empty() {
            let key = words.key(from);
            let linked = matches!(
                key,
                "of" | "de"
                    | "del"
                    | "the"
                    | "la"
                    | "los"
                    | "las"
                    | "for"
                    | "to"
                    | "to the"
                    | ","
                    | "'s"
                    | "."
                    | "en"
                    | "in"
                    | "y"
            );
            let actor = table.at(words, from).map(|(_, end)| end);
            let office = crossed > 0
                && matches!(
                    key,
                    "state"
                        | "estado"
                        | "defensa"
                        | "defense"
                        | "justicia"
                        | "justice"
                        | "interior"
                        | "relaciones"
                        | "exteriores"
                        | "republica"
                        | "agricultura"
                        | "ambiente"
                        | "nacion"
                        | "general"
                        | "nacional"
                        | "colombia"
                        | "foreign"
                        | "affairs"
                        | "hacienda"
                        | "policia"
                        | "antinarcoticos"
                );
            let adjective = matches!(
                key,
                "colombiano"
                    | "colombiana"
                    | "estadounidense"
                    | "general"
                    | "mexicano"
                    | "encargado"
                    | "nacional"
                    | "designado"
                    | "electo"
                    | "norteamericano"
                    | "peruano"
            );
            // A full stop only after a title: "Gen. William Salamanca".
            if key == "." && (crossed > 0 || !matches!(role, "commander" | "title" | "legislator"))
                || key == "," && crossed == 0 && role == "title"
            {
                break;
            }
            if linked || office || adjective {
                from += 1;
            } else if let Some(end) = actor.filter(|_| crossed > 0) {
                from = end;
            } else {
                break;
            }
            crossed += 1;
        }
        let named = name_at(words, from).filter(|_| table.at(words, from).is_none());
        let apposed = words.before(from, 1) == ",";
        // After a comma, only a full name is the office holder's.
        if let Some(end) = named.filter(|end| !apposed || end - from >= 2) {
            let actor = person(document, words, from, end, Some(role), known);
            return Some((end, actor, Reason::NameWithOffice));
        }
        let bare = matches!(
            role,
            "president"
                | "vice_president"
                | "secretary_of_state"
                | "minister_defence"
                | "minister_justice"
                | "minister_interior"
                | "minister_foreign"
                | "minister"
                | "prosecutor"
                | "ambassador"
                | "spokesperson"
                | "director"
                | "commander"
        );
        let placed = matches!(
            words.before(at, 1),
            "the" | "el" | "la" | "'s" | "colombian" | "’s" | "a" | "un" | "una" | "al" | "del"
        );
        let titled = words.key(at) != "general"
            && words.key(at) != "head"
            && words.key(at) != "chief"
            && !words.key(at).starts_with("secretari");
        if bare && placed && titled {
            let actor = Actor { kind: ActorKind::Unnamed, who: role.to_owned(), role: Some(role) };
            return Some((role_end, actor, Reason::OfficeWithoutName));
        }
    }
    if let Some((entry, end)) = table.at(words, at) {
        let actor = Actor { kind: entry.kind, who: entry.code.clone(), role: None };
        return Some((end, actor, Reason::InActorTable));
    }
    let end = name_at(words, at)?;
    let last = words.key(end - 1);
    if let Some(actor) = known.get(last) {
        return Some((end, actor.clone(), Reason::NamedBefore));
    }
    // "Jorge Mantilla, analyst of ...": the office after the name.
    let (two, comma) = (end - at >= 2, words.key(end) == ",");
    let after =
        end + 1 + usize::from(matches!(words.key(end + 1), "the" | "an" | "a" | "el" | "la" | "un" | "una"));
    let adjective = usize::from(table.role_at(words, after).is_none());
    if let Some((role, _)) = table.role_at(words, after + adjective).filter(|_| two && comma) {
        let actor = person(document, words, at, end, Some(role), known);
        return Some((end, actor, Reason::NameWithOffice));
    }
    None
}

fn person(
    document: &Document<'_>,
    words: &Words<'_, '_>,
    from: usize,
    end: usize,
    role: Option<&'static str>,
    known: &mut BTreeMap<String, Actor>,
) -> Actor {
    let last = words.key(end - 1).to_owned();
    let single = end - from == 1;
    if let Some(before) = known.get(&last).filter(|_| single) {
        return before.clone();
    }
    let who = document.span(from, end).and_then(|span| document.slice(span)).unwrap_or_default();
    let actor =
        Actor { kind: ActorKind::Person, who: who.split_whitespace().collect::<Vec<_>>().join(" "), role };
    // "Pedro Sánchez Suárez" is later "Sánchez": both last names lead to him.
    if end - from >= 3 {
        known.entry(words.key(end - 2).to_owned()).or_insert_with(|| actor.clone());
    }
    known.insert(last, actor.clone());
    actor
}
