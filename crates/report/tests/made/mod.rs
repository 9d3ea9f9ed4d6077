//! A small report with something in every section. Figures of public texts; hashes and names of people are invented.
//! Above 500 lines because it fills every field of the input once.

#![allow(dead_code, reason = "each test file uses a part")]

use bitacora_accounts::Day;
use bitacora_accounts::observation::Status;
use bitacora_report::*;

pub fn day(text: &str) -> Day {
    text.parse().unwrap()
}

pub fn t(es: &str, en: &str) -> Texts {
    Texts::new(es, en)
}

pub fn hash(seed: u8) -> String {
    (0..32u8).map(|at| format!("{:02x}", at.wrapping_mul(37).wrapping_add(seed.wrapping_mul(101)))).collect()
}

pub fn row(id: &str, name: &str, reference: &str, row: u64, vintage: &str) -> Source {
    Source {
        id: id.to_owned(),
        name: Texts::same(name),
        reference: reference.to_owned(),
        origin: Origin::Row { sha256: hash(u8::try_from(row % 250).unwrap()), row },
        vintage: vintage.to_owned(),
    }
}

pub fn derived(id: &str, name: Texts, rule: Texts, from: &[&str]) -> Source {
    Source {
        id: id.to_owned(),
        name,
        reference: String::new(),
        origin: Origin::Derived { rule, from: from.iter().map(|one| (*one).to_owned()).collect() },
        vintage: String::new(),
    }
}

pub fn methods() -> Vec<Method> {
    let method = |id: &str, es: &str, en: &str, long_es: &str, long_en: &str| Method {
        id: id.to_owned(),
        short: t(es, en),
        name: t(long_es, long_en),
    };
    vec![
        method(
            "unodc",
            "ONU",
            "UN",
            "SIMCI/UNODC, área neta en todo el país al 31 de diciembre",
            "SIMCI/UNODC, net area of the whole country at 31 December",
        ),
        method(
            "us",
            "EE. UU.",
            "US",
            "CNC y ONDCP, muestra de zonas conocidas, plantas con hoja aprovechable",
            "CNC and ONDCP, sample of known areas, plants with usable leaf",
        ),
        method(
            "siima",
            "Siima",
            "Siima",
            "Policía de Colombia, mapas para erradicar",
            "Colombian police, maps for eradication",
        ),
        method(
            "records",
            "Registros",
            "Records",
            "Registros administrativos: erradicación, incautaciones, programas",
            "Administrative records: eradication, seizures, programmes",
        ),
    ]
}

pub fn cell(method: &str, baseline: Texts, vintage: &str, verdict: Verdict, value: Option<Number>) -> Cell {
    Cell { method: method.to_owned(), baseline, vintage: vintage.to_owned(), end: End::Point, verdict, value }
}

fn change(value: &str, source: &str) -> Option<Number> {
    Some(Number::new(value, "%", source).as_change())
}

pub fn empty() -> ReportInput {
    ReportInput {
        title: t("Informe del grupo de trabajo", "Working-group report"),
        node: "Armada · Cartagena".to_owned(),
        parties: vec![],
        meeting: None,
        as_of: day("2026-11-21"),
        dated: day("2026-11-22"),
        snapshot: hash(7),
        methods: vec![],
        groups: vec![],
        charts: vec![],
        fans: vec![],
        chains: vec![],
        audits: vec![],
        claims: vec![],
        indicators: vec![],
        meetings: vec![],
        diff: None,
        sources: vec![],
        reproduction: Reproduction {
            bundle: String::new(),
            version: "bitacora 0.1.0".to_owned(),
            observations: 0,
            verdicts: 0,
            checks_passed: 0,
            checks_run: 0,
        },
    }
}

fn groups() -> Vec<Group> {
    let base = || t("base 2000", "baseline 2000");
    let none = || t("", "");
    let plan = Commitment {
        id: "plan-colombia-50pct".to_owned(),
        title: t("Plan Colombia: −50 % en seis años", "Plan Colombia: −50% in six years"),
        text: t(
            "Colombia y Estados Unidos: reducir a la mitad, en seis años, cultivo y producción. Base y método no dichos.",
            "Colombia and the United States: halve cultivation and production in six years. Baseline and method not stated.",
        ),
        target: Some(Number::new("-50", "%", "gao").as_change()),
        deadline: "2006-12-31".to_owned(),
        cells: vec![
            cell("unodc", base(), "2007-06", Verdict::Met, change("-52.3", "d-simci")),
            cell("unodc", base(), "2019-09", Verdict::Met, change("-52.3", "d-simci")),
            Cell {
                end: End::Low,
                ..cell("unodc", base(), "2019-09", Verdict::Missed, change("-49.1", "d-simci"))
            },
            cell("us", base(), "2008-10", Verdict::Missed, change("15", "gao")),
            cell("siima", base(), "2026-01", Verdict::NotMeasurable, None),
        ],
        stability: Some(Number::new("0.50", "", "d-stability")),
        flips: Some(t("el método: área neta o muestra", "the method: net area or sample")),
        sources: vec!["gao".to_owned()],
    };
    let dialogue = Commitment {
        id: "hld-50pct-area".to_owned(),
        title: t("Diálogo 2018: −50 % de área a fin de 2023", "Dialogue 2018: −50% of area by end 2023"),
        text: t(
            "Las dos partes, entre sí: reducir a la mitad el área cultivada. El año de base no se dijo.",
            "Both parties, to each other: halve the cultivated area. The year of the baseline was not stated.",
        ),
        target: Some(Number::new("-50", "%", "gao").as_change()),
        deadline: "2023-12-31".to_owned(),
        cells: vec![
            cell(
                "unodc",
                t("leída como 2017", "read as 2017"),
                "2024",
                Verdict::Missed,
                change("47.5", "un-2023"),
            ),
            cell(
                "unodc",
                t("leída como 2016", "read as 2016"),
                "2024",
                Verdict::Missed,
                change("73", "un-2023"),
            ),
            cell(
                "us",
                t("leída como 2017", "read as 2017"),
                "2022",
                Verdict::Undecided,
                change("12", "us-2021"),
            ),
            cell("us", t("leída como 2016", "read as 2016"), "2024", Verdict::NotPublished, None),
        ],
        stability: Some(Number::new("0.67", "", "d-stability")),
        flips: Some(t("faltan 2022 y 2023 de EE. UU.", "US figures of 2022 and 2023 are missing")),
        sources: vec!["gao".to_owned()],
    };
    let simple = |id: &str,
                  es: &str,
                  en: &str,
                  target: &str,
                  deadline: &str,
                  cells: Vec<Cell>,
                  flips: Option<Texts>| {
        Commitment {
            id: id.to_owned(),
            title: t(es, en),
            text: t(&format!("Colombia, en público: {es}."), &format!("Colombia, in public: {en}.")),
            target: Some(Number::new(target, "ha", "odc")),
            deadline: deadline.to_owned(),
            stability: (!cells.is_empty()).then(|| Number::new("1.00", "", "d-stability")),
            cells,
            flips,
            sources: vec!["odc".to_owned()],
        }
    };
    let share = |value: &str| Some(Number::new(value, "%", "odc"));
    vec![
        Group { title: t("Área de coca", "Coca area"), commitments: vec![plan, dialogue] },
        Group {
            title: t("Erradicación y sustitución", "Eradication and substitution"),
            commitments: vec![
                simple(
                    "erad-2017-total",
                    "100.000 ha en 2017, forzada más voluntaria",
                    "100,000 ha in 2017, forced plus voluntary",
                    "100000",
                    "2017-12-31",
                    vec![
                        cell("records", none(), "2017-12", Verdict::Missed, share("53.2")),
                        cell("records", none(), "2019-09", Verdict::Missed, share("75.8")),
                    ],
                    None,
                ),
                simple(
                    "erad-2017-forced",
                    "50.000 ha forzadas en 2017",
                    "50,000 ha forced in 2017",
                    "50000",
                    "2017-12-31",
                    vec![cell("records", none(), "2019-09", Verdict::Met, share("104"))],
                    None,
                ),
                simple(
                    "manual-2018",
                    "70.000 ha manuales en 2018",
                    "70,000 ha by hand in 2018",
                    "70000",
                    "2018-12-31",
                    vec![cell("records", none(), "2019-09", Verdict::Missed, share("85.7"))],
                    None,
                ),
                simple(
                    "manual-2020",
                    "130.000 ha manuales en 2020",
                    "130,000 ha by hand in 2020",
                    "130000",
                    "2020-12-31",
                    vec![cell("records", none(), "2021-03", Verdict::Met, share("100.1"))],
                    Some(t("por 142 ha", "by 142 ha")),
                ),
                Commitment {
                    target: None,
                    ..simple(
                        "land-titles",
                        "Títulos de tierra a familias cultivadoras",
                        "Land titles for growing families",
                        "0",
                        "",
                        vec![],
                        Some(t("sin meta ni serie en el texto", "no target and no series in the text")),
                    )
                },
            ],
        },
    ]
}

fn charts() -> Vec<SeriesChart> {
    let point = |year: i16, value: &str, source: &str, status: Status| Point {
        year,
        value: Number::new(value, "ha", source),
        low: None,
        high: None,
        status,
        vintage: "2024-10".to_owned(),
    };
    let un = [
        (2016, "146140"),
        (2017, "171494.94"),
        (2018, "169000"),
        (2019, "154000"),
        (2020, "143000"),
        (2021, "204000"),
        (2022, "230000"),
        (2023, "253000"),
    ];
    let us = [
        (2014, "112000"),
        (2015, "159000"),
        (2016, "188000"),
        (2017, "209000"),
        (2018, "208000"),
        (2020, "245000"),
        (2021, "234000"),
    ];
    let mut first: Vec<Point> =
        un.iter().map(|(year, value)| point(*year, value, "un-2023", Status::Measured)).collect();
    first[1].low = Some("150000".to_owned());
    first[1].high = Some("190000".to_owned());
    first.push(point(2024, "261000", "un-2023", Status::Leaked));
    let second = us.iter().map(|(year, value)| point(*year, value, "us-2021", Status::Measured)).collect();
    vec![SeriesChart {
        title: t("Área de coca en Colombia", "Coca area in Colombia"),
        unit: "ha".to_owned(),
        note: None,
        curves: vec![
            Curve { method: "unodc".to_owned(), points: first, missing: vec![] },
            Curve {
                method: "us".to_owned(),
                points: second,
                missing: vec![
                    Missing {
                        from: 2019,
                        to: 2019,
                        why: t("no figura en los textos obtenidos", "in none of the texts obtained"),
                    },
                    Missing { from: 2022, to: 2024, why: t("no publicada", "not published") },
                ],
            },
        ],
        hull: [
            (2016, "146140", "188000"),
            (2017, "171494.94", "209000"),
            (2018, "169000", "208000"),
            (2020, "143000", "245000"),
            (2021, "204000", "234000"),
        ]
        .into_iter()
        .map(|(year, low, high)| HullYear { year, low: low.to_owned(), high: high.to_owned() })
        .collect(),
        pooled: Some(Pooled {
            not_identified: t(
                "con dos rivales el nivel absoluto no se puede saber",
                "with two rivals the absolute level cannot be known",
            ),
            years: [(2016, "160000"), (2017, "185000"), (2018, "186000")]
                .into_iter()
                .map(|(year, middle)| PooledYear {
                    year,
                    middle: Number::new(middle, "ha", "d-pooled"),
                    low: "140000".to_owned(),
                    high: "215000".to_owned(),
                })
                .collect(),
        }),
        breaks: vec![Break { year: 2021, what: t("cambio de imágenes", "change of images") }],
    }]
}

fn fans() -> Vec<Fan> {
    let line = |method: &str, year: i16, points: &[(&str, &str)], note: Option<Texts>| FanLine {
        method: method.to_owned(),
        year,
        points: points
            .iter()
            .map(|(published, value)| FanPoint {
                published: day(published),
                value: Number::new(*value, "t", "un-2023"),
                low: (*value == "1379").then(|| "1174".to_owned()),
                high: (*value == "1379").then(|| "1623".to_owned()),
                status: Status::Measured,
            })
            .collect(),
        note,
    };
    vec![Fan {
        title: t("Cocaína potencial", "Potential cocaine"),
        unit: "t".to_owned(),
        note: None,
        lines: vec![
            line("unodc", 2016, &[("2017-07-14", "866"), ("2018-09-19", "1053")], None),
            line(
                "unodc",
                2017,
                &[("2018-09-19", "1379"), ("2019-08-02", "1058")],
                Some(t(
                    "kg de clorhidrato por t de hoja, de 1,48 a 1,15",
                    "kg of hydrochloride per t of leaf, 1.48 to 1.15",
                )),
            ),
            line("us", 2017, &[("2018-06-25", "921"), ("2019-06-26", "900")], None),
            line("us", 2018, &[("2019-06-26", "887"), ("2020-03-05", "879")], None),
        ],
    }]
}

fn chains() -> Vec<Chain> {
    let step = |es: &str, en: &str, value: &str, unit: &str, ends: Option<(&str, &str)>| Step {
        name: t(es, en),
        value: Number::new(value, unit, "un-2023"),
        low: ends.map(|(low, _)| low.to_owned()),
        high: ends.map(|(_, high)| high.to_owned()),
    };
    vec![Chain {
        title: t("Cocaína potencial 2017, ONU", "Potential cocaine 2017, UN"),
        steps: vec![
            step("Hoja fresca", "Fresh leaf", "930900", "t fresh", None),
            step("Rendimiento", "Yield", "5.6", "t/ha harvested", Some(("5.55", "5.65"))),
            step("Área cosechada", "Harvested area", "166232", "ha", Some(("164761", "167730"))),
        ],
        result: step("Clorhidrato puro", "Pure hydrochloride", "1379", "t", Some(("1174", "1623"))),
        simulated: Some(Simulated {
            middle: Number::new("1380", "t", "d-pooled"),
            low: "1170".to_owned(),
            high: "1627".to_owned(),
            coverage: "95".to_owned(),
            draws: 20_000,
            seed: 7,
        }),
        factors: vec![Factor {
            name: t("kg de clorhidrato por t de hoja", "kg of hydrochloride per t of leaf"),
            from: Number::new("1.48", "kg/t", "un-2023"),
            to: Number::new("1.146", "kg/t", "un-2023"),
            share: Number::new("96.6", "%", "d-pooled"),
        }],
        note: Some(t("Inferencia: a 0,8 % de la cifra revisada.", "Inference: 0.8% off the revised figure.")),
    }]
}

pub fn filled() -> ReportInput {
    let mut input = empty();
    input.parties = vec![
        t("República de Colombia", "Republic of Colombia"),
        t("Estados Unidos de América", "United States of America"),
    ];
    input.meeting = Some(Occasion {
        name: t("Grupo de Trabajo Antinarcóticos", "Counternarcotics Working Group"),
        day: Some(day("2026-12-03")),
        place: Some(Texts::same("Cartagena")),
    });
    input.sources = vec![
        row(
            "gao",
            "US GAO, GAO-09-71 (Oct 2008)",
            "https://gao.justia.com/department-of-justice/2008/10/plan-colombia-gao-09-71",
            12,
            "2008-10",
        ),
        row(
            "odc",
            "Observatorio de Drogas de Colombia",
            "github:lgoyenec/project1_lgoyenec:data_xls/obs_drug_colombia.xlsx",
            31,
            "2019-09",
        ),
        row("un-2023", "UNODC, Monitoreo de territorios", "informe 2023", 44, "2024-10"),
        row("us-2021", "ONDCP, Jul 2022", "press release", 15, "2022-07"),
        Source {
            id: "speech".to_owned(),
            name: Texts::same("Nota de prensa, 18 Nov 2025"),
            reference: "english.elpais.com".to_owned(),
            origin: Origin::Span { sha256: hash(77), from: 1204, to: 1388 },
            vintage: "2025-11".to_owned(),
        },
        derived(
            "d-simci",
            t("Cambio del área, ONU", "Change of area, UN"),
            t("cambio en %, 2000 a 2006", "change in %, 2000 to 2006"),
            &["odc"],
        ),
        derived(
            "d-stability",
            t("Estabilidad", "Stability"),
            t("parte de lecturas con la mayoría", "share of readings with the majority"),
            &["gao", "odc"],
        ),
        derived(
            "d-pooled",
            t("Vista opcional", "Optional view"),
            t("modelo de estados", "state-space model"),
            &["un-2023", "us-2021"],
        ),
    ];
    input.methods = methods();
    input.groups = groups();
    input.charts = charts();
    input.fans = fans();
    input.chains = chains();
    input.audits = vec![Audit {
        publisher: t("UNODC/SIMCI", "UNODC/SIMCI"),
        quantity: t("cocaína potencial, 2016 y 2017", "potential cocaine, 2016 and 2017"),
        judged: Number::new("2", "count", "un-2023"),
        covered: Number::new("0", "count", "d-pooled"),
        width: Some(Number::new("32.6", "%", "d-pooled")),
        omitted: Some(t("solo el error del rendimiento de hoja", "holds the error of the leaf yield alone")),
    }];
    input.claims = vec![
        Claim {
            speaker: "Presidencia de Colombia".to_owned(),
            date: "2025-11-18".to_owned(),
            said: Quoted { text: "la cifra de 3.001 toneladas está inflada".to_owned(), lang: Lang::Es },
            quantity: Some(Number::new("3001", "t", "speech")),
            state: ClaimState::Contested,
            found: Some(Number::new("3001", "t", "speech")),
            why: Some(t("cifra filtrada, sin publicar", "leaked figure, not released")),
            positions: vec![
                Position {
                    party: t("Gobierno de Colombia", "Government of Colombia"),
                    text: t(
                        "se extendió a zonas bajas el rendimiento de una zona alta",
                        "the yield of one high region was extended to low ones",
                    ),
                    sources: vec!["speech".to_owned()],
                },
                Position {
                    party: t("UNODC", "UNODC"),
                    text: t(
                        "reconoce límites; la revisión se negocia",
                        "grants limits; the review is under negotiation",
                    ),
                    sources: vec!["speech".to_owned()],
                },
            ],
            sources: vec!["speech".to_owned()],
        },
        Claim {
            speaker: "Ministerio de Justicia".to_owned(),
            date: "2022".to_owned(),
            said: Quoted { text: "660 extraditions since 2018".to_owned(), lang: Lang::En },
            quantity: Some(Number::new("660", "persons", "speech")),
            state: ClaimState::Matched,
            found: Some(Number::new("660", "persons", "odc")),
            why: None,
            positions: vec![],
            sources: vec!["speech".to_owned()],
        },
    ];
    input.indicators = vec![
        Indicator {
            group: t("Incautaciones", "Seizures"),
            name: t("Clorhidrato de cocaína, todas las fuerzas", "Cocaine hydrochloride, all forces"),
            readings: vec![Reading::Shown(Shown {
                value: Number::new("746.3", "t", "odc"),
                period: "2023".to_owned(),
                status: Status::Measured,
                vintage: "2024-12".to_owned(),
            })],
            note: None,
        },
        Indicator {
            group: t("Incautaciones", "Seizures"),
            name: t("Dinero en efectivo", "Bulk cash"),
            readings: vec![Reading::Missing {
                period: "2018–2024".to_owned(),
                why: t("ninguna serie pública hallada", "no public series found"),
            }],
            note: None,
        },
        Indicator {
            group: t("Personas", "People"),
            name: t("Extradiciones a todos los países", "Extraditions to all countries"),
            readings: vec![],
            note: None,
        },
    ];
    input.meetings = vec![Meeting {
        name: t("Diálogo de Alto Nivel", "High-Level Dialogue"),
        days: bitacora_accounts::Dates::on(day("2021-06-23")),
        place: Some(Texts::same("Bogotá")),
        parties: input.parties.clone(),
        agenda: vec![
            t("Métodos que difieren", "Differing methods"),
            t("Control de precursores", "Precursor control"),
        ],
        actions: vec![
            Action {
                text: t(
                    "Entregar los supuestos de rendimiento por región",
                    "Hand over the yield assumptions by region",
                ),
                owner: t("UNODC y Ministerio de Justicia", "UNODC and Ministry of Justice"),
                due: Some(day("2021-12-31")),
                state: ActionState::Late,
                sources: vec!["speech".to_owned()],
            },
            Action {
                text: t("Publicar las cosechas de cada serie", "Publish the vintages of every series"),
                owner: t("ONDCP", "ONDCP"),
                due: None,
                state: ActionState::Open,
                sources: vec![],
            },
        ],
    }];
    input.diff = Some(Diff {
        since: day("2025-11-20"),
        since_snapshot: hash(9),
        moves: vec![
            Move {
                cause: Cause::Method,
                subject: t("Cocaína potencial 2017, ONU", "Potential cocaine 2017, UN"),
                from: Some(Number::new("1379", "t", "un-2023")),
                to: Some(Number::new("1058", "t", "un-2023")),
                verdict: None,
                why: t(
                    "nuevo estudio de campo: el factor de hoja a clorhidrato",
                    "new field study: the leaf-to-hydrochloride factor",
                ),
            },
            Move {
                cause: Cause::World,
                subject: t("Área de coca 2023, ONU", "Coca area 2023, UN"),
                from: None,
                to: Some(Number::new("253000", "ha", "un-2023")),
                verdict: Some((Verdict::NotPublished, Verdict::Missed)),
                why: t("primer dato del año", "first figure of the year"),
            },
        ],
    });
    input.reproduction = Reproduction {
        bundle: "cuentas-2026-11-21.bundle".to_owned(),
        version: "bitacora 0.1.0".to_owned(),
        observations: 1412,
        verdicts: 640,
        checks_passed: 32,
        checks_run: 32,
    };
    input
}
