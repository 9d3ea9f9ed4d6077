//! The closed table of units and of the things that articles count, in both languages. A word that is not in it
//! is never taken for a unit: the figure then counts items, and says so.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Serialize;

use crate::reading::proposal::Reason;
use crate::reading::text::Language;
use crate::reading::token::Words;

macro_rules! units {
    ($($name:ident $code:literal $words:expr),+ $(,)?) => {
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Unit { $(#[doc = $code] $name),+ }
        impl Unit {
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code),+ }
            }
        }
        /// Folded phrases, each with its unit.
        pub(crate) const UNITS: &[(Unit, &[&str])] = &[$((Unit::$name, $words)),+];
    };
}

units! {
    Percent "%" &["%", "percent", "per cent", "pct", "por ciento", "porciento"],
    PercentagePoint "pp" &["percentage point", "percentage points", "puntos porcentuales", "punto porcentual", "percent points"],
    Hectare "ha" &["hectare", "hectares", "hectarea", "hectareas", "ha", "has"],
    Acre "acre" &["acre", "acres"],
    SquareKilometre "km2" &["km2", "km²", "km ²", "square kilometers", "square kilometres", "square kilometer", "kilometros cuadrados", "kilometro cuadrado", "sq km"],
    SquareMile "sq_mi" &["square mile", "square miles", "millas cuadradas"],
    SquareMetre "m2" &["m2", "m²", "square meters", "square metres", "metros cuadrados"],
    Tonne "t" &["t", "ton", "tons", "tonne", "tonnes", "metric ton", "metric tons", "metric tonnes", "mt", "tonelada", "toneladas", "tonelada metrica", "toneladas metricas", "tm"],
    ShortTon "short_ton" &["short ton", "short tons", "u.s. tons", "toneladas cortas"],
    Kilogram "kg" &["kg", "kgs", "kilo", "kilos", "kilogram", "kilograms", "kilogramme", "kilogrammes", "kilogramo", "kilogramos"],
    Gram "g" &["g", "gram", "grams", "gramo", "gramos"],
    Pound "lb" &["lb", "lbs", "pound", "pounds", "libra", "libras"],
    Ounce "oz" &["oz", "ounce", "ounces", "onza", "onzas"],
    Arroba "arroba" &["arroba", "arrobas"],
    Litre "L" &["l", "liter", "liters", "litre", "litres", "litro", "litros"],
    Gallon "US gal" &["gal", "gallon", "gallons", "galon", "galones"],
    Barrel "bbl" &["barrel", "barrels", "barril", "barriles"],
    Kilometre "km" &["km", "kms", "kilometer", "kilometers", "kilometre", "kilometres", "kilometro", "kilometros"],
    NauticalMile "nmi" &["nautical mile", "nautical miles", "millas nauticas", "milla nautica"],
    Mile "mi" &["mile", "miles", "milla", "millas"],
    Metre "m" &["meter", "meters", "metre", "metres", "metro", "metros"],
    UsDollar "USD" &["dollar", "dollars", "u.s. dollars", "us dollars", "american dollars", "dolar", "dolares", "dolares estadounidenses", "dolares americanos", "usd", "$", "us $", "usd $", "u $ s", "u.s. $"],
    ColombianPeso "COP" &["peso", "pesos", "colombian pesos", "pesos colombianos", "cop", "cop $", "col $"],
    MexicanPeso "MXN" &["mexican pesos", "pesos mexicanos", "mxn"],
    Euro "EUR" &["euro", "euros", "eur", "€"],
    PoundSterling "GBP" &["pounds sterling", "libras esterlinas", "gbp", "£"],
    Family "families" &["family", "families", "familia", "familias"],
    Household "households" &["household", "households", "hogar", "hogares"],
    Extradition "extraditions" &["extradition", "extraditions", "extradicion", "extradiciones"],
    Arrest "arrests" &["arrest", "arrests", "captura", "capturas", "arresto", "arrestos", "detenciones"],
    Laboratory "laboratories" &["laboratory", "laboratories", "lab", "labs", "laboratorio", "laboratorios", "crystallization labs", "cristalizaderos", "cristalizadero"],
    Vessel "vessels" &["vessel", "vessels", "boat", "boats", "ship", "ships", "speedboat", "speedboats", "submarine", "submarines", "semisubmersible", "semisubmersibles", "go - fasts", "go - fast boats", "go - fast boat", "go - fast vessels", "lancha", "lanchas", "embarcacion", "embarcaciones", "buque", "buques", "barco", "barcos", "submarino", "submarinos"],
    Aircraft "aircraft" &["aircraft", "plane", "planes", "helicopter", "helicopters", "avion", "aviones", "aeronave", "aeronaves", "helicoptero", "helicopteros", "avioneta", "avionetas"],
    Container "containers" &["container", "containers", "contenedor", "contenedores"],
    Airstrip "airstrips" &["airstrip", "airstrips", "pista clandestina", "pistas clandestinas"],
    Operation "operations" &["operation", "operations", "operacion", "operaciones", "operativo", "operativos"],
    Seizure "seizures" &["seizure", "seizures", "incautacion", "incautaciones", "decomiso", "decomisos"],
    Strike "strikes" &["strike", "strikes", "airstrike", "airstrikes", "attack", "attacks", "ataque", "ataques", "bombardeo", "bombardeos"],
    Title "titles" &["title", "titles", "land title", "land titles", "land deeds", "titulo", "titulos"],
    Municipality "municipalities" &["municipality", "municipalities", "municipio", "municipios"],
    Plant "plants" &["plant", "plants", "bush", "bushes", "seedlings", "mata", "matas", "planta", "plantas", "arbustos"],
    Weapon "weapons" &["weapon", "weapons", "rifle", "rifles", "gun", "guns", "firearm", "firearms", "fusil", "fusiles", "arma", "armas"],
    Package "packages" &["package", "packages", "paquete", "paquetes"],
    Dose "doses" &["dose", "doses", "dosis"],
    Person "persons" &["person", "persons", "people", "man", "men", "woman", "women", "child", "children", "citizen", "citizens", "migrant", "migrants", "refugee", "refugees", "farmer", "farmers", "grower", "growers", "peasants", "soldier", "soldiers", "police officer", "police officers", "officers", "policemen", "trafficker", "traffickers", "fighter", "fighters", "guerrillas", "rebels", "combatants", "victim", "victims", "suspect", "suspects", "prisoner", "prisoners", "detainees", "fugitives", "crew members", "fishermen", "leaders", "civilians", "death", "deaths", "fatality", "fatalities", "overdose deaths", "dead", "killed", "injured", "wounded", "killings", "murders", "homicide", "homicides", "arrested", "extradited", "detained", "displaced", "venezuelans", "colombians", "haitians", "mexicans", "persona", "personas", "hombre", "hombres", "mujer", "mujeres", "nino", "ninos", "menores", "ciudadano", "ciudadanos", "migrante", "migrantes", "refugiado", "refugiados", "campesino", "campesinos", "cultivador", "cultivadores", "productores", "agricultores", "soldado", "soldados", "policia", "policias", "uniformados", "militares", "narcotraficante", "narcotraficantes", "combatiente", "combatientes", "excombatientes", "guerrilleros", "victima", "victimas", "detenido", "detenidos", "capturado", "capturados", "extraditado", "extraditados", "heridos", "muerto", "muertos", "fallecido", "fallecidos", "muerte", "muertes", "homicidios", "asesinatos", "desplazado", "desplazados", "tripulantes", "pescadores", "lideres", "civiles", "venezolanos", "colombianos", "haitianos", "habitantes", "beneficiarios"],
    Year "years" &["year", "years", "ano", "anos"],
    Decade "decades" &["decade", "decades", "decada", "decadas"],
    Month "months" &["month", "months", "mes", "meses"],
    Week "weeks" &["week", "weeks", "semana", "semanas"],
    Day "days" &["day", "days", "dia", "dias"],
    Hour "hours" &["hour", "hours", "hora", "horas"],
    Times "times" &["times", "fold", "veces"],
    Share "share" &[],
    Item "items" &[],
}

impl Unit {
    pub const fn is_money(self) -> bool {
        matches!(
            self,
            Self::UsDollar | Self::ColombianPeso | Self::MexicanPeso | Self::Euro | Self::PoundSterling
        )
    }
    pub const fn is_time(self) -> bool {
        matches!(self, Self::Year | Self::Decade | Self::Month | Self::Week | Self::Day | Self::Hour)
    }
    /// Units that a lone "one" or "una" before them makes a figure of.
    pub const fn is_measure(self) -> bool {
        matches!(
            self,
            Self::Percent
                | Self::PercentagePoint
                | Self::Hectare
                | Self::Acre
                | Self::SquareKilometre
                | Self::Tonne
                | Self::Kilogram
        )
    }
}

impl Serialize for Unit {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(self.code())
    }
}

static BY_FIRST_WORD: LazyLock<BTreeMap<&'static str, Vec<(Unit, &'static str)>>> = LazyLock::new(|| {
    let mut table: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (unit, names) in UNITS {
        for name in *names {
            table.entry(name.split(' ').next().unwrap_or(name)).or_default().push((*unit, *name));
        }
    }
    table
});

/// The unit that stands at `at`: unit, the token after it.
pub(crate) fn unit_at(words: &Words<'_, '_>, at: usize) -> Option<(Unit, usize)> {
    let key = words.key(at);
    if key.is_empty() {
        return None;
    }
    // "has" is both an abbreviation of hectáreas and an English verb; "t", "l", "g" and "m" are letters.
    let letter = key.len() == 1 && key.bytes().all(|b| b.is_ascii_alphabetic());
    if letter && words.token(at).is_none_or(|token| !matches!(token.text, "t" | "l" | "L" | "g")) {
        return None;
    }
    if key == "has" && !matches!(words.key(at + 1), "de" | "." | "," | "") {
        return None;
    }
    let names = BY_FIRST_WORD.get(key)?;
    names
        .iter()
        .filter_map(|(unit, name)| Some((*unit, at + words.phrase(at, name)?)))
        .max_by_key(|(_, end)| *end)
}

/// The currency whose sign or code ends just before `at`: unit, its first token, why it was read so.
pub(crate) fn currency_before(
    words: &Words<'_, '_>,
    at: usize,
    language: Language,
) -> Option<(Unit, usize, Option<Reason>)> {
    let one = at.checked_sub(1)?;
    let (unit, first) = match words.key(one) {
        "$" => {
            let word = words.before(one, 1);
            match word {
                "us" | "usd" | "u.s." => (Unit::UsDollar, one - 1),
                "cop" | "col" => (Unit::ColombianPeso, one - 1),
                "mx" | "mxn" => (Unit::MexicanPeso, one - 1),
                _ if language == Language::Es => {
                    return Some((Unit::ColombianPeso, one, Some(Reason::CurrencyByLanguage)));
                }
                _ => return Some((Unit::UsDollar, one, Some(Reason::CurrencyByLanguage))),
            }
        }
        "usd" => (Unit::UsDollar, one),
        "s" if words.before(one, 1) == "$" && words.before(one, 2) == "u" => (Unit::UsDollar, one - 2),
        "cop" => (Unit::ColombianPeso, one),
        "€" | "eur" => (Unit::Euro, one),
        "£" | "gbp" => (Unit::PoundSterling, one),
        _ => return None,
    };
    Some((unit, first, None))
}

macro_rules! topics {
    ($($name:ident $code:literal $words:expr),+ $(,)?) => {
        /// What a figure is about, as far as the words around it say.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
        pub enum Topic { $(#[serde(rename = $code)] $name),+ }
        pub(crate) const TOPICS: &[(Topic, &[&str])] = &[$((Topic::$name, $words)),+];
    };
}

// Folded beginnings of words.
topics! {
    Coca "coca" &["coca"],
    Cocaine "cocaine" &["cocain", "clorhidrato", "hydrochlorid"],
    Base "base" &["base", "basuco", "paste", "pasta"],
    Leaf "leaf" &["leaf", "leaves", "hoja"],
    Cannabis "cannabis" &["marijuana", "marihuana", "cannabis", "hemp"],
    Heroin "heroin" &["heroin", "opium", "opio", "poppy", "amapola"],
    Fentanyl "fentanyl" &["fentan"],
    Drugs "drugs" &["drug", "droga", "narcotic", "estupefaciente", "alcaloide"],
    Precursors "precursors" &["precursor", "chemical", "quimic", "permanganat", "gasolin", "acid", "acetone", "acetona", "insumos"],
    Cash "cash" &["cash", "efectivo"],
    Cultivation "cultivation" &["cultivat", "cultiv", "crop", "grown", "sembrad", "siembra", "plantaci", "planted"],
    Production "production" &["produc"],
    Seizure "seizure" &["seiz", "incaut", "decomis", "interdict", "intercept", "caught", "confiscat"],
    Eradication "eradication" &["eradicat", "erradic", "destroy", "destru", "fumig", "spray", "aspersi"],
    Substitution "substitution" &["substitut", "sustitu", "pnis", "voluntar"],
    Forced "forced" &["forced", "force", "forzad", "forzos"],
    Land "land" &["land", "tierra", "predio", "arable"],
    Families "families" &["famil", "household", "hogar"],
    Killed "killed" &["kill", "death", "dead", "died", "muert", "muri", "asesin", "fallec", "homicid", "murder"],
    Injured "injured" &["injur", "wound", "herid"],
    Extradited "extradited" &["extradit", "extradi"],
    Arrested "arrested" &["arrest", "captur", "deten", "detain"],
    Displaced "displaced" &["displac", "desplaz", "venezuelan", "venezolan", "migrant", "refug"],
    Laboratory "laboratory" &["lab", "laborator", "cristalizadero"],
    Strike "strike" &["strike", "airstrike", "missile", "misil", "bombarde", "ataque", "attack"],
    Aid "aid" &["aid", "ayuda", "assistance", "asistencia", "spent", "funding", "fondos", "invers", "invest", "counter", "cooperaci"],
    Forfeiture "forfeiture" &["forfeit", "extincion", "asset", "bienes"],
    Status "status" &["status", "estatus", "permiso"],
    Vessel "vessel" &["vessel", "boat", "lancha", "embarcaci", "ship", "buque", "submarin", "semisumerg"],
    Overdose "overdose" &["overdos", "sobredosis"],
    Forest "forest" &["forest", "rainforest", "deforest", "bosque", "selva"],
}
