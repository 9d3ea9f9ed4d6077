#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]
//! Published intervals against later figures: the findings of checks W10 to W12, and cases worked by hand.

mod made;

use bitacora_accounts::audit::{Inferred, PublisherAudit, Shape, audit};
use bitacora_accounts::import::tidy;
use bitacora_accounts::{Ledger, Observation};
use made::{HEADING, d};

fn run(rows: Vec<Observation>, day: &str) -> Vec<PublisherAudit> {
    let mut ledger = Ledger::default();
    for row in rows {
        ledger.append(row).unwrap();
    }
    audit(&ledger, day.parse().unwrap())
}
fn rows(table: &str) -> Vec<Observation> {
    let imported = tidy(format!("{HEADING}{table}").as_bytes(), None).unwrap();
    assert!(imported.defects.is_empty(), "{:?}", imported.defects);
    imported.rows
}

#[test]
fn the_findings_of_the_data() {
    let Some(folder) = made::shared() else { return };
    let all = run(made::all_tidy(&folder), "2026-02-01");
    let un = all.iter().find(|own| own.publisher.as_deref() == Some("unodc")).unwrap();
    // W12: 0 of 2, one of them by an end that mirrors the other.
    assert_eq!((un.published.inside, un.published.of), (0, 1));
    assert_eq!((un.with_inferred.inside, un.with_inferred.of), (0, 2));
    assert!((un.with_inferred.high - 0.841_886).abs() < 1e-6);
    let of = |series: &str, value: &str| {
        let found = un.intervals.iter().find(|own| own.series.as_str() == series && own.value == d(value));
        found.unwrap()
    };
    let hcl = of("co.prod.unodc", "1379");
    assert_eq!((hcl.inside, hcl.later[0].value, hcl.inferred), (Some(false), d("1058"), None));
    // W11: the geometric middle 1,380 and a deviation of 0.083.
    assert_eq!(hcl.shape, Some(Shape::Multiplicative));
    assert!(
        (hcl.geometric_middle.unwrap() - 1380.0).abs() < 0.5 && (hcl.log_sd.unwrap() - 0.083).abs() < 0.0005
    );
    assert!((hcl.relative_width - 449.0 / 1379.0).abs() < 1e-12);
    let leaf = of("co.leaf.unodc", "606100");
    assert_eq!(
        (leaf.interval.high(), leaf.inferred, leaf.inside),
        (d("689300"), Some(Inferred::High), Some(false))
    );
    // 606,100² / 522,900 is 702,540: mirrored in proportion, the end would hold the revised 701,100.
    assert!(leaf.hangs_on_symmetry && leaf.log_sd.is_none());
    // The fact sheet of 2017 printed its interval of 2015 about the arithmetic middle.
    assert_eq!(of("co.leaf.unodc", "454000").shape, Some(Shape::Additive));
    assert_eq!(of("co.leaf.unodc", "930900").shape, Some(Shape::Multiplicative));
    // W10: in 2017 the interval of the product is the leaf's; in 2016 it is not.
    assert_eq!(un.omissions.len(), 1);
    let omission = &un.omissions[0];
    assert_eq!((omission.code, omission.period.year()), ("omits_factor", 2017));
    assert_eq!((omission.product.as_str(), omission.carries.as_str()), ("co.prod.unodc", "co.leaf.unodc"));
    let places = |value: bitacora_accounts::Decimal| {
        value.round_to(4, bitacora_accounts::Rounding::Nearest).unwrap().to_string()
    };
    assert_eq!(
        (places(omission.product_bounds.0), places(omission.product_bounds.1)),
        ("0.8513".into(), "1.1769".into())
    );
    assert_eq!(
        (places(omission.factor_bounds.0), places(omission.factor_bounds.1)),
        ("0.8513".into(), "1.1772".into())
    );
    // Before the revision nothing was there to judge by.
    let before = run(made::all_tidy(&folder), "2018-12-31");
    let un = before.iter().find(|own| own.publisher.as_deref() == Some("unodc")).unwrap();
    assert_eq!((un.published.of, un.with_inferred.of), (0, 1));
    assert!(serde_json::to_string(&all).unwrap().contains("\"omits_factor\""));
}

#[test]
fn inside_outside_and_what_does_not_count() {
    let audits = run(
        rows(
            "co.prod.us,COL,2010,100,t,90,110,A,,vintage=2011,yes
co.prod.us,COL,2010,200,t,,,B,,vintage=2012,yes
co.prod.us,COL,2010,105000,kg,,,C,,vintage=2013,yes
co.prod.us,COL,2010,300,t,,,Press 3 Mar 2014,,CONFLICT,no
co.prod.us,COL,2010,400,t,,,Press 4 Mar 2014,,status=claimed,no
co.prod.us,COL,2011,100,t,90,110,A,,vintage=2012,yes
co.prod.us,COL,2011,100,t,90,110,A again,,vintage=2013,yes
co.prod.us,COL,2012,100,t,90,110,A,,vintage=2013,yes
co.prod.us,COL,2012,100,t,,,Press 5 Mar 2014,,,yes
co.prod.us,COL,2013,100,t,0,110,A,,vintage=2014,yes
co.prod.us,COL,2013,111,t,,,A,,vintage=2015,yes
co.prod.us,COL,2014,0,t,0,1,A,,vintage=2015,yes
co.prod.us,COL,2015,100,t,,110,A,,vintage=2015,yes
co.prod.us,COL,2015,89,t,,,A,,vintage=2016,yes
",
        ),
        "2020-01-01",
    );
    assert_eq!(audits.len(), 1);
    let us = &audits[0];
    let by: Vec<_> =
        us.intervals.iter().map(|own| (own.period.year(), own.later.len(), own.inside)).collect();
    assert_eq!(
        by,
        [
            // Outside first, inside in the end; the press counts for nothing.
            (2010, 2, Some(true)),
            // Printed again under a later vintage: one interval, and its figure held.
            (2011, 1, Some(true)),
            // A quotation is no later vintage.
            (2012, 0, None),
            (2013, 1, Some(false)),
            (2015, 1, Some(false)),
        ]
    );
    assert_eq!((us.published.inside, us.published.of), (2, 3));
    assert_eq!((us.with_inferred.inside, us.with_inferred.of), (2, 4));
    assert_eq!((us.intervals[3].log_sd, us.intervals[3].shape), (None, None));
    // 100² / 110 = 90.9: 89 is outside either way.
    assert!(us.intervals[4].inferred == Some(Inferred::Low) && !us.intervals[4].hangs_on_symmetry);
    assert_eq!(us.intervals[0].shape, Some(Shape::Additive));
    // (20 + 20 + 20 + 110) / 4 in hundredths.
    assert!((us.mean_relative_width.unwrap() - 0.425).abs() < 1e-12);
}
