#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]
//! Every row of the worked checks, computed again from the figures of the data files. A row without a closure fails.

mod made;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use bitacora_accounts::chain::{
    AccumulatedEradication, Area, AreaTouched, Cocaine, Factor, FreshLeaf, Givens, HclPerHectare, HclPerLeaf,
    LeafYield, NetStock, Refused, Step, attribute, close, implied_passes, net_of, production,
};
use bitacora_accounts::number::{Locale, printed_to, read};
use bitacora_accounts::{Decimal, Interval, Observation, Rounding, Unit};
use made::d;

struct Data {
    folder: PathBuf,
    rows: Vec<Observation>,
    documents: Vec<Observation>,
}

/// The columns of a check, by name.
type Check = BTreeMap<String, String>;
type Closure = fn(&Data, &Check) -> Vec<Decimal>;

impl Data {
    fn all(&self, series: &str, year: i16) -> Vec<&Observation> {
        self.rows.iter().filter(|row| row.series.as_str() == series && row.period.year() == year).collect()
    }
    /// The only figure that may be shipped.
    fn one(&self, series: &str, year: i16) -> Decimal {
        let ship: Vec<_> = self.all(series, year).into_iter().filter(|row| row.ship).collect();
        assert_eq!(ship.len(), 1, "{series} {year}");
        ship[0].number()
    }
    fn vintage(&self, series: &str, year: i16, vintage: &str) -> &Observation {
        let rows = self.all(series, year);
        let named = |row: &&Observation| row.vintage.is_some_and(|own| own.to_string() == vintage);
        rows.into_iter().find(named).unwrap_or_else(|| panic!("{series} {year} {vintage}"))
    }
    fn regions(&self, year: i16) -> BTreeMap<&str, Decimal> {
        let region = |row: &Observation| row.series.as_str().starts_with("co.cult.unodc.region.");
        let rows = self.rows.iter().filter(|row| region(row) && row.period.year() == year);
        rows.map(|row| (row.series.as_str().rsplit('.').next().unwrap(), row.number())).collect()
    }
    fn document(&self, series: &str, unit: Unit) -> Vec<Decimal> {
        let rows = self.documents.iter().filter(|row| row.series.as_str() == series && row.unit == unit);
        rows.map(Observation::number).collect()
    }
}

fn add(a: Decimal, b: Decimal) -> Decimal {
    a.exact_add(b).unwrap()
}
fn sum(all: impl IntoIterator<Item = Decimal>) -> Decimal {
    all.into_iter().fold(Decimal::ZERO, add)
}
fn sub(a: Decimal, b: Decimal) -> Decimal {
    a.sub(b, Rounding::Nearest).unwrap()
}
fn mul(a: Decimal, b: Decimal) -> Decimal {
    a.mul(b, Rounding::Nearest).unwrap()
}
fn div(a: Decimal, b: Decimal) -> Decimal {
    a.div(b, Rounding::Nearest).unwrap()
}
fn percent(a: Decimal, b: Decimal) -> Decimal {
    mul(div(a, b), d("100"))
}
fn growth(a: Decimal, b: Decimal) -> Decimal {
    sub(percent(a, b), d("100"))
}
fn nearest(a: Decimal, places: i32) -> Decimal {
    a.round_to(places, Rounding::Nearest).unwrap()
}
fn root(a: Decimal) -> Decimal {
    format!("{:.6}", a.to_f64().sqrt()).parse().unwrap()
}
fn exact(value: Decimal) -> Interval {
    Interval::exact(value)
}

/// The numbers printed in a text and how many decimals each has. A hyphen between digits is a range.
fn numbers(text: &str) -> Vec<(Decimal, i32)> {
    let bytes: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let before = at.checked_sub(1).map(|place| bytes[place]);
        if !bytes[at].is_ascii_digit() || before.is_some_and(|c| c.is_alphanumeric()) {
            at += 1;
            continue;
        }
        let start = at;
        while at < bytes.len() && (bytes[at].is_ascii_digit() || matches!(bytes[at], '.' | ',')) {
            at += 1;
        }
        let digits: String = bytes[start..at].iter().collect();
        let signed =
            before == Some('-') && !start.checked_sub(2).is_some_and(|place| bytes[place].is_ascii_digit());
        let text = format!("{}{}", if signed { "-" } else { "" }, digits.trim_end_matches([',', '.']));
        let printed = read(&text, Some(Locale::En)).unwrap();
        found.push((printed.value(), printed.decimals()));
    }
    found
}
fn inputs(check: &Check) -> Vec<Decimal> {
    numbers(&check["inputs"]).into_iter().map(|(value, _)| value).collect()
}

fn leaf(data: &Data, year: i16) -> FreshLeaf {
    let vintage = if year == 2016 || year == 2017 { Some("2018-09") } else { None };
    let value = vintage
        .map_or_else(|| data.one("co.leaf.unodc", year), |v| data.vintage("co.leaf.unodc", year, v).number());
    FreshLeaf::new(exact(value), Unit::TonneFreshLeaf).unwrap()
}
fn cocaine(data: &Data, year: i16, vintage: &str) -> Cocaine {
    Cocaine::new(exact(data.vintage("co.prod.unodc", year, vintage).number()), Unit::Tonne).unwrap()
}
fn hcl_per_hectare(data: &Data, year: i16) -> HclPerHectare {
    let printed = printed_to(data.one("co.hclperha.unodc", year), 1).unwrap();
    HclPerHectare::new(printed, Unit::KilogramPerHarvestedHectare).unwrap()
}
fn leaf_yield(data: &Data, year: i16) -> LeafYield {
    LeafYield::new(printed_to(data.one("co.leafyield.unodc", year), 1).unwrap(), Unit::TonnePerHectareYear)
        .unwrap()
}
fn stock(data: &Data, year: i16) -> NetStock {
    NetStock::new(exact(sum(data.regions(year).into_values())), Unit::Hectare).unwrap()
}
/// The chain of 2016 or 2017 as the fact sheet of September 2018 prints it.
fn closed(data: &Data, year: i16) -> bitacora_accounts::chain::Closed {
    let givens = Givens {
        leaf: Some(leaf(data, year)),
        cocaine: Some(cocaine(data, year, "2018-09")),
        leaf_yield: Some(leaf_yield(data, year)),
        hcl_per_hectare: Some(hcl_per_hectare(data, year)),
        ..Givens::default()
    };
    close(&givens).unwrap()
}
fn per_leaf(data: &Data, year: i16, vintage: &str) -> HclPerLeaf {
    cocaine(data, year, vintage).per_leaf(leaf(data, year)).unwrap()
}

const CLOSURES: [(&str, Closure); 32] = [
    ("W01", |data, _| {
        let total = sum(data.regions(2016).into_values());
        assert_eq!(
            (data.regions(2016).len(), nearest(sub(data.one("co.cult.simci_odc", 2016), total), 1)),
            (7, d("1.1"))
        );
        vec![total]
    }),
    ("W02", |data, _| {
        let total = sum(data.regions(2017).into_values());
        assert_eq!(
            (data.regions(2017).len(), sub(total, data.one("co.cult.simci_odc", 2017))),
            (7, d("0.06"))
        );
        vec![total]
    }),
    ("W03", |data, check| {
        let (before, after) = (data.regions(2016), data.regions(2017));
        let order =
            ["Pacific", "Central", "Putumayo-Caqueta", "Meta-Guaviare", "Orinoco", "Amazon", "Sierra Nevada"];
        let all: Vec<_> = order.iter().map(|region| growth(after[region], before[region])).collect();
        let stated: Vec<_> = numbers(&check["stated"]).into_iter().map(|(value, _)| value).collect();
        assert_eq!(all.iter().map(|value| nearest(*value, 0)).collect::<Vec<_>>(), stated);
        all
    }),
    ("W04", |data, _| {
        let area = leaf(data, 2017).harvested(leaf_yield(data, 2017)).unwrap().interval();
        vec![
            div(leaf(data, 2017).interval().low(), data.one("co.leafyield.unodc", 2017)),
            area.low(),
            area.high(),
        ]
    }),
    ("W05", |data, check| {
        let area = cocaine(data, 2017, "2018-09").harvested(hcl_per_hectare(data, 2017)).unwrap().interval();
        let both = closed(data, 2017).overlap(Step::Harvested).unwrap();
        let stated: Vec<_> = numbers(&check["verdict"]).into_iter().map(|(value, _)| value).collect();
        assert_eq!(vec![nearest(both.low(), 0), nearest(both.high(), 0)], stated);
        assert_eq!(closed(data, 2017).contradictions(), []);
        vec![mul(div(d("1379"), data.one("co.hclperha.unodc", 2017)), d("1000")), area.low(), area.high()]
    }),
    ("W06", |data, _| {
        assert!(closed(data, 2016).overlap(Step::Harvested).is_some());
        let by_leaf = div(leaf(data, 2016).interval().low(), data.one("co.leafyield.unodc", 2016));
        let kilograms = mul(cocaine(data, 2016, "2018-09").interval().low(), d("1000"));
        vec![by_leaf, div(kilograms, data.one("co.hclperha.unodc", 2016))]
    }),
    ("W07", |data, _| {
        // What the refused formula would give, by numbers alone.
        let wrong = |year| {
            mul(stock(data, year).interval().low(), mul(data.one("co.hclperha.unodc", year), d("0.001")))
        };
        assert_eq!(nearest(growth(wrong(2017), d("1379")), 0), d("2"));
        assert_eq!(
            (nearest(wrong(2016), 0), nearest(growth(wrong(2016), d("1053")), 0)),
            (d("1228"), d("17"))
        );
        let refused = production(Area::NetStock(stock(data, 2017)), hcl_per_hectare(data, 2017)).unwrap_err();
        assert_eq!(refused.code(), "stock_times_yield");
        let givens = Givens {
            net_stock: Some(stock(data, 2017)),
            hcl_per_hectare: Some(hcl_per_hectare(data, 2017)),
            ..Givens::default()
        };
        assert!(matches!(close(&givens), Err(Refused::StockTimesYield(_))));
        vec![wrong(2017)]
    }),
    ("W08", |data, _| {
        let of = |year, vintage: Option<&str>| {
            let tonnes = vintage.map_or_else(
                || data.one("co.prod.unodc", year),
                |v| data.vintage("co.prod.unodc", year, v).number(),
            );
            mul(div(tonnes, leaf(data, year).interval().low()), d("1000"))
        };
        vec![of(2017, Some("2018-09")), of(2016, Some("2018-09")), of(2018, None), of(2019, Some("2020-07"))]
    }),
    ("W09", |data, _| {
        let factor = HclPerLeaf::new(
            exact(nearest(per_leaf(data, 2018, "2020").interval().low(), 3)),
            Unit::KilogramPerTonne,
        )
        .unwrap();
        let again = leaf(data, 2017).cocaine(factor).unwrap().interval().low();
        let revised = data.vintage("co.prod.unodc", 2017, "2019").number();
        assert!(growth(again, revised).abs() < d("1"), "{}", growth(again, revised));
        // The leaf stayed and the factor moved: it carries the whole revision of 1,379 to 1,058.
        let leaves = leaf(data, 2017).interval();
        let (before, after) =
            (per_leaf(data, 2017, "2018-09").interval(), exact(div(mul(revised, d("1000")), leaves.low())));
        let factors = [
            Factor { name: "fresh_leaf", before: leaves, after: leaves },
            Factor { name: "hcl_per_leaf", before, after },
        ];
        let revision = attribute(&factors, Some((exact(d("1379")), exact(revised)))).unwrap();
        assert_eq!(
            (revision.mover, revision.shares[1].share, revision.shares[0].share),
            (Some(1), Some(1.0), Some(0.0))
        );
        assert!(revision.unexplained.abs() < 1e-12 && (revision.log_change + 0.265).abs() < 0.001);
        vec![again]
    }),
    ("W10", |data, _| {
        let relative =
            |row: &Observation| [div(row.low.unwrap(), row.number()), div(row.high.unwrap(), row.number())];
        let mut all = relative(data.vintage("co.prod.unodc", 2017, "2018-09")).to_vec();
        all.extend(relative(data.vintage("co.leaf.unodc", 2017, "2018-09")));
        assert_eq!((nearest(all[0], 3), nearest(all[1], 3)), (nearest(all[2], 3), nearest(all[3], 3)));
        all
    }),
    ("W11", |data, _| {
        let row = data.vintage("co.prod.unodc", 2017, "2018-09");
        let (low, high) = (row.low.unwrap(), row.high.unwrap());
        let log_sd = libm::log(high.to_f64() / low.to_f64()) / (2.0 * 1.96);
        assert!((log_sd - 0.083).abs() < 0.0005, "{log_sd}");
        let leaf = data.vintage("co.leaf.unodc", 2017, "2018-09");
        let thousand = root(mul(leaf.low.unwrap(), leaf.high.unwrap()));
        vec![root(mul(low, high)), div(thousand, d("1000"))]
    }),
    ("W12", |data, _| {
        let published = data.vintage("co.prod.unodc", 2017, "2018-09").interval().unwrap();
        assert!(!published.contains(data.vintage("co.prod.unodc", 2017, "2019").number()));
        let leaf = data.vintage("co.leaf.unodc", 2016, "2017-07");
        let mirrored = sub(mul(leaf.number(), d("2")), leaf.low.unwrap());
        assert_eq!(mirrored, d("689300"));
        let published = Interval::new(leaf.low.unwrap(), mirrored).unwrap();
        assert!(!published.contains(data.vintage("co.leaf.unodc", 2016, "2018-09").number()));
        vec![]
    }),
    ("W13", |data, _| {
        let us = div(
            mul(data.vintage("co.prod.us", 2017, "2018-06").number(), d("1000")),
            data.one("co.cult.us", 2017),
        );
        let un = div(
            mul(data.vintage("co.prod.unodc", 2017, "2018-09").number(), d("1000")),
            data.one("co.cult.unodc", 2017),
        );
        assert!(data.one("co.cult.us", 2017) > data.one("co.cult.unodc", 2017) && us < un);
        vec![us, un]
    }),
    ("W14", |data, _| {
        vec![growth(data.one("co.prod.unodc", 2011), data.vintage("co.prod.us", 2011, "2012-07").number())]
    }),
    // The 167,000 of 2007 stands in no data file.
    ("W15", |data, check| vec![growth(data.one("co.cult.us", 2012), inputs(check)[1])]),
    ("W16", |data, _| vec![growth(data.one("co.cult.simci_odc", 2016), data.one("co.cult.simci_odc", 2015))]),
    ("W18", |data, check| {
        let rise = growth(data.one("co.prod.unodc", 2024), data.one("co.prod.unodc", 2023));
        assert_eq!(rise.round_to(1, Rounding::Down).unwrap(), numbers(&check["stated"])[0].0);
        vec![rise]
    }),
    ("W19", |data, _| {
        let total = |year, vintage: Option<&str>| {
            let colombia = vintage.map_or_else(
                || data.one("co.cult.unodc", year),
                |v| data.vintage("co.cult.unodc", year, v).number(),
            );
            sum([colombia, data.one("pe.cult.unodc", year), data.one("bo.cult.unodc", year)])
        };
        let all = vec![total(2009, Some("2010/2011")), total(2013, None)];
        assert_eq!(all, [data.one("andes.cult.unodc", 2009), data.one("andes.cult.unodc", 2013)]);
        all
    }),
    ("W23", |data, check| {
        let term = |row: &&Observation| {
            row.series.as_str() == "co.extr.all"
                && row.published.is_some_and(|dates| dates.to_string() == "2022-03-11")
        };
        let total = sum(data.rows.iter().filter(term).map(Observation::number));
        assert_eq!(total, data.one("co.extr.all.duque_to_2022_02", 2022));
        let text: Vec<_> = numbers(&check["verdict"]).into_iter().map(|(value, _)| value).collect();
        assert_eq!(add(text[0], text[1]), total);
        assert_eq!(percent(text[3], text[4]).round_to(1, Rounding::Down).unwrap(), d("81.6"));
        vec![total]
    }),
    ("W24", |data, check| {
        let total = sum(inputs(check));
        assert_eq!(total, data.one("co.extr.orders", 2022));
        vec![total]
    }),
    ("W25", |data, _| {
        let parts = ["co.cult.siima.productive", "co.cult.siima.other", "co.cult.siima.new"];
        let total = sum(parts.map(|part| data.one(part, 2025)));
        assert_eq!(total, data.one("co.cult.siima", 2025));
        vec![total]
    }),
    ("W29", |data, _| {
        let product = mul(data.one("co.hclperha.unodc", 2017), data.one("co.cult.unodc", 2017));
        let over = div(product, data.vintage("co.prod.unodc", 2017, "2018-09").number());
        assert!(exact(d("1000")).hull(exact(d("1030"))).contains(over), "{over}");
        vec![product]
    }),
    ("W31", |data, _| vec![growth(data.one("co.seiz.base.gov", 2024), data.one("co.seiz.base.gov", 2023))]),
    ("W32", |data, _| {
        let change = growth(data.one("co.labs.all", 2017), data.one("co.labs.all", 2016));
        assert_eq!(nearest(change, 0), d("-12"));
        vec![change]
    }),
    ("W33", |data, _| {
        let (dollars, euros) = (
            data.document("co.land.purchase.plan", Unit::Usd),
            data.document("co.land.purchase.plan", Unit::Eur),
        );
        let rate = |place: usize| {
            // Billions with two decimals.
            let printed = printed_to(euros[place].shift(-9).unwrap(), 2).unwrap();
            printed.div(exact(dollars[place].shift(-9).unwrap())).unwrap()
        };
        let one_rate = rate(0).overlap(rate(1)).unwrap();
        assert_eq!((nearest(one_rate.low(), 4), nearest(one_rate.high(), 4)), (d("1.0164"), d("1.0168")));
        vec![div(euros[0], dollars[0]), div(euros[1], dollars[1])]
    }),
    ("W34", |data, _| {
        let un = growth(data.one("co.cult.simci_odc", 2006), data.one("co.cult.simci_odc", 2000));
        let us = data.one("co.cult.us.change_2000_2006", 2006);
        let target = d("-50");
        assert!(un <= target && us > target);
        vec![un, us]
    }),
    ("W35", |data, _| {
        let goal = d("50000");
        vec![percent(data.one("co.erad.manual.odc", 2017), goal), percent(data.one("co.pnis.ha", 2017), goal)]
    }),
    ("W37", |data, _| vec![percent(data.one("co.erad.manual.odc", 2018), d("70000"))]),
    ("W38", |data, _| {
        let semana =
            data.all("co.erad.manual.gov", 2020).into_iter().find(|row| row.number() == d("130142")).unwrap();
        vec![
            percent(semana.number(), d("130000")),
            percent(data.one("co.erad.manual.gov", 2021), d("130000")),
        ]
    }),
    ("W39", |data, check| {
        let rate = percent(inputs(check)[0], inputs(check)[1]);
        assert_eq!(nearest(rate, 1), data.one("co.pnis.replant", 2019));
        vec![rate]
    }),
    ("W42", |data, check| {
        let text = String::from_utf8(made::bytes(&data.folder, "departments-divipola.csv")).unwrap();
        let total = sum(text.lines().skip(1).map(|line| d(line.rsplit(',').next().unwrap())));
        let study = numbers(&check["stated"])[0].0;
        assert_eq!(nearest(growth(total, study), 1), d("-0.3"));
        vec![total]
    }),
    ("W43", |data, check| {
        let hectares = |value| exact(value);
        let touched = AreaTouched::new(hectares(inputs(check)[0]), Unit::Hectare).unwrap();
        let standing = NetStock::new(hectares(data.one("co.cult.simci_odc", 2012)), Unit::Hectare).unwrap();
        let passes = add(data.one("co.erad.aerial", 2012), nearest(data.one("co.erad.manual.odc", 2012), 0));
        let eradicated = AccumulatedEradication::new(hectares(passes), Unit::Hectare).unwrap();
        let ratio = implied_passes(eradicated, touched, standing).unwrap();
        assert_eq!(nearest(ratio.low(), 1), d("1.5"));
        let refused = net_of(Area::NetStock(standing), Area::Eradication(eradicated)).unwrap_err();
        assert_eq!(refused.code(), "eradication_from_stock");
        vec![touched.cleared(standing).unwrap().low(), passes]
    }),
];

fn checks(folder: &Path) -> Vec<Check> {
    let bytes = made::bytes(folder, "worked-checks.csv");
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    reader.deserialize().map(|row| row.unwrap()).collect()
}

#[test]
fn every_worked_check_reproduces() {
    let Some(folder) = made::shared() else { return };
    let rows = made::all_tidy(&folder);
    let documents = bitacora_accounts::import::documents(&made::bytes(&folder, "documents.csv")).unwrap();
    let data = Data { folder: folder.clone(), rows, documents: documents.rows };
    let known: BTreeMap<&str, Closure> = CLOSURES.into_iter().collect();
    let checks = checks(&folder);
    assert_eq!(known.len(), CLOSURES.len());
    assert_eq!(checks.len(), known.len(), "a closure is for a check that is gone");
    for check in &checks {
        let id = check["id"].as_str();
        let closure = known.get(id).unwrap_or_else(|| panic!("{id} has no closure"));
        let computed = closure(&data, check);
        let printed = numbers(&check["computed"]);
        assert_eq!(computed.len(), printed.len(), "{id}: {computed:?} {printed:?}");
        for (value, (want, decimals)) in computed.iter().zip(printed) {
            assert_eq!(nearest(*value, decimals), want, "{id}");
        }
    }
}
