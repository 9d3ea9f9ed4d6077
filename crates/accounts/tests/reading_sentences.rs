//! Sentences of our own in both languages, each with every figure that it states. "-" is a sentence without one.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]

use bitacora_accounts::reading::bound::Bound;
use bitacora_accounts::reading::change::{Direction, Role};
use bitacora_accounts::reading::quantity::{Figure, Quantity};
use bitacora_accounts::reading::{ActorTable, Document, read};
use jiff::civil::date;

/// `>=76 persons @2023`, `52 % up by @2016`.
fn shown(quantity: &Quantity) -> String {
    let bound = match quantity.bound {
        Bound::AsStated => "",
        Bound::About => "~",
        Bound::Nearly => "<~",
        Bound::AtLeast => ">=",
        Bound::MoreThan => ">",
        Bound::AtMost => "<=",
        Bound::LessThan => "<",
    };
    let figure = match quantity.figure {
        Figure::Value(amount) => amount.to_string(),
        Figure::Between { low, high } => format!("{low}..{high}"),
        Figure::Share { numerator, denominator } => format!("{numerator}/{denominator}"),
    };
    let change = quantity.change.map_or(String::new(), |change| {
        let way = if change.direction == Direction::Up { "up" } else { "down" };
        let role = match change.role {
            Role::By => "by",
            Role::To => "to",
            Role::From => "from",
        };
        format!(" {way} {role}")
    });
    let year = quantity.year.map_or(String::new(), |year| format!(" @{year}"));
    format!("{bound}{figure} {}{change}{year}", quantity.unit.code())
}

/// Published on Friday 15 December 2023: a figure without a date of its own is of 2023.
fn check(cases: &[(&str, &str)]) {
    let table = ActorTable::default();
    let mut wrong = Vec::new();
    for (sentence, expected) in cases {
        let document = Document::new(sentence).unwrap();
        let reading = read(&document, Some(date(2023, 12, 15)), &table);
        let found: Vec<String> = reading.quantities.iter().map(|q| shown(q.recognised())).collect();
        let found = if found.is_empty() { "-".to_owned() } else { found.join(" | ") };
        if found.replace(" @2023", "") != *expected {
            wrong.push(format!("{sentence}\n  expected {expected}\n  found    {found}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {} wrong:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn figures_in_english() {
    check(&[
        ("Navy ships intercepted 14 go-fast boats and arrested 41 crew members.", "14 vessels | 41 persons"),
        ("Colombia eradicated 1.234 hectares of coca in 2016, officials said.", "1.234 ha @2016"),
        ("Troops destroyed 1,234 hectares in 2016.", "1234 ha @2016"),
        ("The plan will cost $1.5 billion over six years.", "1500000000 USD | 6 years"),
        ("Half of the coca is grown in three departments.", "1/2 share"),
        ("A quarter of the crop was lost.", "1/4 share"),
        ("Two-thirds of growers signed up in 2017.", "2/3 share @2017"),
        (
            "The government plans to buy land worth between 7 and 14 billion dollars.",
            "7000000000..14000000000 USD",
        ),
        (
            "Cultivation rose from 146,000 hectares in 2016 to 171,000 hectares in 2017.",
            "146000 ha up from @2016 | 171000 ha up to @2017",
        ),
        ("Output rose from 866 to 1,053 metric tons.", "866 t up from | 1053 t up to"),
        (
            "Up to 250 kilograms of cocaine were found aboard two go-fast boats on Monday.",
            "<=250 kg | 2 vessels",
        ),
        ("The agency registered a 52 percent increase in coca area last year.", "52 % up by @2022"),
        ("Coca production fell 10 percent compared with 2019, the White House said.", "10 % down by"),
        ("Seizures grew by 12.5% to 739.5 metric tons in 2022.", "12.5 % up by @2022 | 739.5 t up to @2022"),
        ("Two million five hundred thousand people fled.", "2500000 persons"),
        ("More than two million displaced Venezuelans live here.", ">2000000 persons"),
        ("At least 76 people have been killed since September.", ">=76 persons"),
        ("Nearly 2.9 million Venezuelans were registered.", "<~2900000 persons"),
        ("The operation seized 1,058-1,379 tonnes.", "1058..1379 t"),
        (
            "Police destroyed 5,400 laboratories and seized 47,000 gallons of precursors last year.",
            "5400 laboratories @2022 | 47000 US gal @2022",
        ),
        ("Congress approved US$ 500 million; Brussels gave €20m.", "500000000 USD | 20000000 EUR"),
        ("The 10-ton shipment was hidden in 3 containers.", "10 t | 3 containers"),
        ("Four out of five hectares were replanted.", "4/5 share"),
        ("Deaths were cut by half.", "1/2 share down by"),
        ("The number of families doubled to 82,000.", "2 times up to | 82000 families up to"),
        ("Colombia extradited 183 people to the United States in 2021.", "183 persons @2021"),
        ("Officials reported 253,000 hectares of coca at the end of 2022.", "253000 ha @2022"),
        ("About half a million acres were sprayed between 2000 and 2006.", "~500000 acre @2006"),
        ("One tonne of base was burned.", "1 t"),
        ("It covers 1,142,000 square kilometers.", "1142000 km2"),
        ("The share rose three percentage points.", "3 pp up by"),
        ("The aid will be no more than 40 million dollars by 2026.", "<=40000000 USD @2026"),
        ("Fewer than 1,200 families were paid.", "<1200 families"),
    ]);
}

#[test]
fn figures_in_spanish() {
    check(&[
        ("Cerca del 62 % de la coca se concentra en tres departamentos.", "~62 %"),
        ("Más del 40 % de la meta se cumplió.", ">40 %"),
        (
            "Colombia erradicó 1.234 hectáreas de coca en 2016, según el Ministerio de Defensa.",
            "1234 ha @2016",
        ),
        ("El rendimiento fue de 1,234 toneladas por lote.", "1.234 t"),
        (
            "El Gobierno destinó 2 mil millones de dólares a la sustitución de cultivos en 2019.",
            "2000000000 USD @2019",
        ),
        ("El programa costará 1,5 billones de pesos, dijo el presidente Gustavo Petro.", "1500000000000 COP"),
        ("Se invirtieron $500.000 millones en vías.", "500000000000 COP"),
        ("Medio millón de personas fueron desplazadas entre 2016 y 2020.", "500000 persons @2020"),
        ("La tercera parte de los cultivos está en Nariño.", "1/3 share"),
        ("Dos terceras partes de las familias cumplieron.", "2/3 share"),
        ("Cultivos de coca aumentaron 52 % en 2016, según la UNODC.", "52 % up by @2016"),
        ("El área cayó a la mitad respecto a 2015.", "1/2 share down to"),
        (
            "Los cultivos pasaron de 146.000 a 171.000 hectáreas en 2017, un aumento del 17 %.",
            "146000 ha up from @2017 | 171000 ha up to @2017 | 17 % up by @2017",
        ),
        ("La Armada incautó más de 3,5 toneladas de clorhidrato de cocaína el martes.", ">3.5 t"),
        ("Entre 7 y 14 toneladas de base de coca fueron decomisadas en septiembre de 2017.", "7..14 t @2017"),
        ("Al menos 76 personas han muerto desde septiembre, dijo el Pentágono.", ">=76 persons"),
        (
            "Colombia se comprometió a erradicar 100.000 hectáreas antes de finales de 2018.",
            "100000 ha @2018",
        ),
        ("Unas 35.000 familias recibirán títulos de tierras, prometió el Gobierno.", "~35000 families"),
        (
            "Según SIMCI, en 2022 se detectaron 230.000 hectáreas de coca, 13 % más que en 2021.",
            "230000 ha @2022 | 13 % up by @2022",
        ),
        ("Dos millones quinientos mil venezolanos viven en Colombia.", "2500000 persons"),
        ("Ciento cuarenta y tres mil hectáreas fueron sembradas.", "143000 ha"),
        ("Uno de cada cinco campesinos abandonó el programa.", "1/5 share"),
        ("El precio subió 3 puntos porcentuales.", "3 pp up by"),
        (
            "La producción potencial pasó de 1.738 toneladas a 2.664 toneladas, un incremento de 53 %.",
            "1738 t up from | 2664 t up to | 53 % up by",
        ),
        (
            "Hasta 900 kilos de marihuana y cerca de 40 galones de insumos fueron hallados ayer.",
            "<=900 kg | ~40 US gal",
        ),
        ("La meta es erradicar 50 mil hectáreas este año.", "50000 ha"),
        ("Hubo 146 000 hectáreas en 2016.", "146000 ha @2016"),
        ("Fueron capturados 14 hombres y destruidos 23 laboratorios.", "14 persons | 23 laboratories"),
        ("Las incautaciones se redujeron un 8 por ciento en el primer semestre de 2023.", "8 % down by"),
        ("Dos millones y medio de dólares fueron congelados.", "2500000 USD"),
        ("Casi 800 uniformados participaron.", "<~800 persons"),
        ("La cifra se duplicó en 2021.", "2 times up to @2021"),
        ("El proyecto vale 120 millones de pesos y durará seis meses.", "120000000 COP | 6 months"),
        ("Se extraditó a 200 colombianos entre enero y junio.", "200 persons"),
        ("Fueron entregadas treinta y dos mil quinientas hectáreas.", "32500 ha"),
    ]);
}

#[test]
fn what_is_no_figure_is_left_out() {
    check(&[
        ("Llame al 555-1234 o al +57 601 234 5678.", "-"),
        ("Call 1-800-555-0199 for details.", "-"),
        ("La sede está en la Carrera 7 No. 12-34 de Bogotá.", "-"),
        ("The office is at 1600 Pennsylvania Avenue.", "-"),
        ("Colombia beat Peru 3-1 in the final.", "-"),
        ("El equipo ganó 2-1.", "-"),
        ("In 2016 the accord was signed.", "-"),
        ("The 2021 report was published on June 25, 2022.", "-"),
        ("Resolution 1540 and Law 599 were cited.", "-"),
        ("La Ley 1448 de 2011 y el Decreto 896 siguen vigentes.", "-"),
        ("It is one of the largest seizures.", "-"),
        ("That is the million-dollar question.", "-"),
        ("Es una de las regiones más afectadas.", "-"),
        ("The 36-year-old met Juan Pérez, 41, at 10:30 a.m. in Bogota.", "-"),
        ("Gabriel Boric, de 36 años, viajó a las 8 a Lima.", "-"),
        ("Thousands of families left.", "-"),
        ("Decenas de miles de campesinos marcharon.", "-"),
        ("COVID-19 and the G20 were discussed on 9/11.", "-"),
        ("The case file is No. 2019-00345.", "-"),
        ("It was the 3rd meeting and the 21st century began.", "-"),
        ("El Frente 33 opera en el Catatumbo.", "-"),
        ("The budget for fiscal 2024 was debated.", "-"),
        ("The vote was 12-3 against the bill.", "-"),
    ]);
}
