//! Identifiers in the one form that the event hash compares: the constrained, canonical GS1 Digital Link URI (CBV 2.0,
//! 8.9, rules on EPC URIs and Digital Links; EPC Tag Data Standard 1.13, 6.3; GS1 Digital Link 1.2, 4.11). What has no
//! such form, as a BIC container code, stays as it is.

/// The canonical form of an identifier, `None` where it has none.
pub(super) fn canonical(uri: &str) -> Option<String> {
    match uri.strip_prefix("urn:epc:") {
        Some(rest) => of_epc(rest),
        None => of_link(uri),
    }
}

const DOMAIN: &str = "https://id.gs1.org";

/// `id:sgtin:4012345.011111.9876`, `class:lgtin:...`, `idpat:sgtin:....*`.
fn of_epc(rest: &str) -> Option<String> {
    let (form, rest) = rest.split_once(':')?;
    let (scheme, body) = rest.split_once(':')?;
    let body = match form {
        "id" | "class" => body,
        // A pattern of all serials of one class is that class (CBV 2.0, 8.2.1.1).
        "idpat" => body.strip_suffix(".*")?,
        _ => return None,
    };
    let parts: Vec<&str> = body.splitn(5, '.').collect();
    let path = match (form, scheme, parts.as_slice()) {
        ("id", "sgtin", [company, item, ..]) => {
            format!("/01/{}/21/{}", gtin(company, item)?, serial(after(body, 2)?, 20)?)
        }
        ("class", "lgtin", [company, item, ..]) => {
            format!("/01/{}/10/{}", gtin(company, item)?, serial(after(body, 2)?, 20)?)
        }
        ("id", "upui", [company, item, ..]) => {
            format!("/01/{}/235/{}", gtin(company, item)?, serial(after(body, 2)?, 28)?)
        }
        ("idpat", "sgtin" | "upui", [company, item]) => format!("/01/{}", gtin(company, item)?),
        ("id", "sscc", [company, reference]) => format!("/00/{}", with_extension(company, reference, 17)?),
        ("id", "sgln", [company, place, ..]) => {
            let gln = checked(company, place, 12)?;
            match after(body, 2)? {
                "0" => format!("/414/{gln}"),
                extension => format!("/414/{gln}/254/{}", serial(extension, 20)?),
            }
        }
        ("id", "pgln", [company, party]) => format!("/417/{}", checked(company, party, 12)?),
        ("id", "grai", [company, asset, ..]) => {
            format!("/8003/0{}{}", checked(company, asset, 12)?, serial(after(body, 2)?, 16)?)
        }
        ("idpat", "grai", [company, asset]) => format!("/8003/0{}", checked(company, asset, 12)?),
        ("id", "giai", [company, ..]) => {
            format!(
                "/8004/{}{}",
                prefix(company)?,
                serial(after(body, 1)?, 30_usize.saturating_sub(company.len()))?
            )
        }
        ("id", "gsrn", [company, service]) => format!("/8018/{}", checked(company, service, 17)?),
        ("id", "gsrnp", [company, service]) => format!("/8017/{}", checked(company, service, 17)?),
        ("id", "gdti", [company, kind, ..]) => {
            format!("/253/{}{}", checked(company, kind, 12)?, serial(after(body, 2)?, 17)?)
        }
        ("idpat", "gdti", [company, kind]) => format!("/253/{}", checked(company, kind, 12)?),
        ("id", "sgcn", [company, coupon, number]) => {
            format!("/255/{}{}", checked(company, coupon, 12)?, digits(number, 12)?)
        }
        ("idpat", "sgcn", [company, coupon]) => format!("/255/{}", checked(company, coupon, 12)?),
        ("id", "cpi", [company, part, number]) => {
            format!(
                "/8010/{}{}/8011/{}",
                prefix(company)?,
                serial(part, 30_usize.saturating_sub(company.len()))?,
                digits(number, 12)?
            )
        }
        ("idpat", "cpi", [company, part]) => {
            format!("/8010/{}{}", prefix(company)?, serial(part, 30_usize.saturating_sub(company.len()))?)
        }
        ("id", "ginc", [company, ..]) => {
            format!(
                "/401/{}{}",
                prefix(company)?,
                serial(after(body, 1)?, 30_usize.saturating_sub(company.len()))?
            )
        }
        ("id", "gsin", [company, shipment]) => format!("/402/{}", checked(company, shipment, 16)?),
        ("id", "itip", [company, item, piece, total, ..]) => {
            let (piece, total) = (two(piece)?, two(total)?);
            format!("/8006/{}{piece}{total}/21/{}", gtin(company, item)?, serial(after(body, 4)?, 20)?)
        }
        ("idpat", "itip", [company, item, piece, total]) => {
            format!("/8006/{}{}{}", gtin(company, item)?, two(piece)?, two(total)?)
        }
        _ => return None,
    };
    Some(format!("{DOMAIN}{path}"))
}

/// What follows the `dots`-th dot: serials have dots of their own.
fn after(body: &str, dots: usize) -> Option<&str> {
    body.splitn(dots + 1, '.').nth(dots)
}

/// A GS1 company prefix has 6 to 12 digits.
fn prefix(company: &str) -> Option<&str> {
    ((6..=12).contains(&company.len()) && all_digits(company)).then_some(company)
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

fn digits(text: &str, most: usize) -> Option<&str> {
    ((1..=most).contains(&text.len()) && all_digits(text)).then_some(text)
}

fn two(text: &str) -> Option<&str> {
    (text.len() == 2 && all_digits(text)).then_some(text)
}

/// `digits` and its check digit (GS1 General Specifications, 7.9.1).
fn with_check(digits: &str) -> String {
    let sum: u32 =
        digits.bytes().rev().zip([3, 1].iter().cycle()).map(|(b, by)| u32::from(b - b'0') * by).sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}

/// Company prefix and reference of `length` digits together, and the check digit.
fn checked(company: &str, reference: &str, length: usize) -> Option<String> {
    let fits = prefix(company)?.len() + reference.len() == length && all_digits(reference);
    fits.then(|| with_check(&format!("{company}{reference}")))
}

/// The first digit of the reference goes in front: indicator of a GTIN, extension of an SSCC.
fn with_extension(company: &str, reference: &str, length: usize) -> Option<String> {
    let (first, rest) = reference.split_at_checked(1)?;
    let fits = prefix(company)?.len() + reference.len() == length && all_digits(reference);
    fits.then(|| with_check(&format!("{first}{company}{rest}")))
}

fn gtin(company: &str, item: &str) -> Option<String> {
    with_extension(company, item, 13)
}

/// A serial of at most `most` characters, with the escapes that a Digital Link asks for where an EPC URI does not.
fn serial(text: &str, most: usize) -> Option<String> {
    let mut out = String::new();
    let mut count = 0;
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        count += 1;
        match byte {
            b'%' => {
                let (high, low) = (bytes.next()?, bytes.next()?);
                if !high.is_ascii_hexdigit() || !low.is_ascii_hexdigit() {
                    return None;
                }
                out.extend(['%', char::from(high), char::from(low)]);
            }
            b'!' | b'(' | b')' | b'*' | b'+' | b',' | b':' => out.push_str(&format!("%{byte:02X}")),
            b'\'' | b'-' | b'.' | b';' | b'=' | b'_' => out.push(char::from(byte)),
            byte if byte.is_ascii_alphanumeric() => out.push(char::from(byte)),
            _ => return None,
        }
    }
    (1..=most).contains(&count).then_some(out)
}

/// Primary keys: application identifier, the name early Digital Links used, digits in front, most characters after.
const KEYS: [(&str, &str, usize, usize); 15] = [
    ("00", "sscc", 18, 0),
    ("01", "gtin", 14, 0),
    ("253", "gdti", 13, 17),
    ("255", "gcn", 13, 12),
    ("401", "ginc", 0, 30),
    ("402", "gsin", 17, 0),
    ("414", "gln", 13, 0),
    ("417", "party", 13, 0),
    ("8003", "grai", 14, 16),
    ("8004", "giai", 0, 30),
    ("8006", "itip", 18, 0),
    ("8010", "cpid", 0, 30),
    ("8013", "gmn", 0, 30),
    ("8017", "gsrnp", 18, 0),
    ("8018", "gsrn", 18, 0),
];

/// Key qualifiers that may follow, with the names of early Digital Links.
const QUALIFIERS: [(&str, &str); 7] = [
    ("10", "lot"),
    ("21", "ser"),
    ("22", "cpv"),
    ("235", "235"),
    ("254", "glnx"),
    ("8011", "cpsn"),
    ("7040", "7040"),
];

/// The qualifier that a primary key keeps: the most fine-grained one (rule III).
fn kept(key: &str) -> &'static [&'static str] {
    match key {
        "01" => &["21", "235", "10"],
        "414" => &["254"],
        "8006" => &["21", "10"],
        "8010" => &["8011"],
        _ => &[],
    }
}

/// A Digital Link under any domain and path; without its query.
fn of_link(uri: &str) -> Option<String> {
    let (scheme, rest) = uri.split_once("://")?;
    if !(scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http")) || rest.contains('#') {
        return None;
    }
    let path = rest.split_once('?').map_or(rest, |(path, _)| path);
    let mut segments = path.split('/').skip(1).peekable();
    while let Some(segment) = segments.next() {
        let Some((key, _, fixed, more)) =
            KEYS.iter().find(|(key, name, ..)| *key == segment || *name == segment)
        else {
            continue;
        };
        let Some(value) = segments.peek().and_then(|value| key_value(key, value, *fixed, *more)) else {
            continue;
        };
        segments.next();
        return Some(format!("{DOMAIN}/{key}/{value}{}", qualifier(key, &mut segments)?));
    }
    None
}

fn key_value(key: &str, value: &str, fixed: usize, more: usize) -> Option<String> {
    // A GTIN-8, -12 or -13 is written with 14 digits.
    if key == "01" {
        return ([8, 12, 13, 14].contains(&value.len()) && all_digits(value))
            .then(|| format!("{value:0>14}"));
    }
    let (digits, rest) = value.split_at_checked(fixed)?;
    let fits = all_digits(digits) && (fixed > 0 || !rest.is_empty());
    (fits && (rest.is_empty() || serial(rest, more).is_some())).then(|| value.to_owned())
}

/// The qualifier kept, from pairs that all must be qualifiers; `None` where the rest is no Digital Link.
fn qualifier<'a>(key: &str, segments: &mut impl Iterator<Item = &'a str>) -> Option<String> {
    let mut found: Vec<(&str, &str)> = Vec::new();
    while let Some(segment) = segments.next() {
        let (own, _) = QUALIFIERS.iter().find(|(own, name)| *own == segment || *name == segment)?;
        let value = segments.next()?;
        serial(value, 30)?;
        if found.len() > QUALIFIERS.len() {
            return None;
        }
        found.push((own, value));
    }
    let finest = kept(key).iter().find_map(|own| found.iter().find(|(name, _)| name == own));
    Some(finest.map_or_else(String::new, |(own, value)| format!("/{own}/{value}")))
}

/// Whether an EPC URI of a scheme of GS1 keys has the parts of that scheme. Schemes of others (`bic`, `imovn`, `gid`,
/// `adi`, `usdod`) and patterns wider than one class are not looked into.
pub(super) fn is_broken(uri: &str) -> bool {
    const SCHEMES: [&str; 15] = [
        "sgtin", "sscc", "sgln", "pgln", "grai", "giai", "gsrn", "gsrnp", "gdti", "sgcn", "cpi", "ginc",
        "gsin", "itip", "upui",
    ];
    let scheme = uri.strip_prefix("urn:epc:id:").and_then(|rest| rest.split_once(':'));
    let class = uri.starts_with("urn:epc:class:lgtin:");
    (class || scheme.is_some_and(|(scheme, _)| SCHEMES.contains(&scheme))) && canonical(uri).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn epc_uris_become_digital_links() {
        for (urn, link) in [
            ("urn:epc:id:sgtin:4012345.011111.98%22", "/01/04012345111118/21/98%22"),
            (
                "urn:epc:id:sgtin:0614141.812345.6789%2F%26%25%22!%3F()",
                "/01/80614141123458/21/6789%2F%26%25%22%21%3F%28%29",
            ),
            ("urn:epc:id:sgtin:4012345.011111.a.b.c", "/01/04012345111118/21/a.b.c"),
            ("urn:epc:id:sscc:4012345.3111111111", "/00/340123451111111111"),
            ("urn:epc:id:sgln:4012345.00005.122", "/414/4012345000054/254/122"),
            ("urn:epc:id:sgln:4012345.00005.0", "/414/4012345000054"),
            ("urn:epc:id:grai:4012345.00022.334455", "/8003/04012345000221334455"),
            ("urn:epc:id:giai:4012345.ABC345", "/8004/4012345ABC345"),
            ("urn:epc:id:gdti:987659999999..9", "/253/98765999999929"),
            (
                "urn:epc:id:cpi:0614141.11111111111111-A%23%2F.1234",
                "/8010/061414111111111111111-A%23%2F/8011/1234",
            ),
            ("urn:epc:id:itip:4012345.011111.01.02.987", "/8006/040123451111180102/21/987"),
            ("urn:epc:id:pgln:999999999999.", "/417/9999999999994"),
            ("urn:epc:class:lgtin:4012345.012345.Lot987", "/01/04012345123456/10/Lot987"),
            ("urn:epc:idpat:sgtin:4054739.099914.*", "/01/04054739999148"),
            ("urn:epc:idpat:itip:4012345.012345.01.02.*", "/8006/040123451234560102"),
        ] {
            assert_eq!(canonical(urn).unwrap(), format!("{DOMAIN}{link}"), "{urn}");
            assert!(!is_broken(urn), "{urn}");
        }
    }

    #[test]
    fn digital_links_are_constrained() {
        for (uri, link) in [
            ("https://example.com/gtin/09780345418913/21/765tz?abc=211121", "/01/09780345418913/21/765tz"),
            ("https://id.gs1.de/00/040123451111111110", "/00/040123451111111110"),
            ("http://example.com/some/path/01/00614141073464/10/LOT/21/9?x=1", "/01/00614141073464/21/9"),
            ("https://example.com/01/614141073464", "/01/00614141073464"),
            ("https://id.gs1.org/01/09780345418913/22/2A/10/L1", "/01/09780345418913/10/L1"),
            ("https://id.gs1.org/01/09780345418913/22/2A", "/01/09780345418913"),
            ("https://example.org/8004/401234599999", "/8004/401234599999"),
            ("https://e.example/gln/4012345000115/glnx/5", "/414/4012345000115/254/5"),
        ] {
            assert_eq!(canonical(uri).unwrap(), format!("{DOMAIN}{link}"), "{uri}");
        }
    }

    #[test]
    fn what_has_no_canonical_form_stays() {
        for uri in [
            "urn:epc:id:bic:CSQU3054383",
            "urn:epc:id:imovn:9176187",
            "urn:epc:idpat:sgtin:4012345.*.*",
            "urn:epc:idpat:sgln:4012345.00005.*",
            "http://transaction.acme.com/po/12345678",
            "https://example.com/00/1",
            "https://example.com/8003/04012345666663#frag",
            "https://id.gs1.org/8004/4000001111/x",
            "geo:50.947573340894124,6.922120147375441",
            "https://",
        ] {
            assert_eq!(canonical(uri), None, "{uri}");
            assert!(!is_broken(uri), "{uri}");
        }
    }

    #[test]
    fn an_epc_uri_with_missing_or_long_parts_is_broken() {
        for urn in [
            "urn:epc:id:sgtin:4012345.0111111.1",
            "urn:epc:id:sgtin:4012345.011111",
            "urn:epc:id:sgtin:4012345.011111.",
            "urn:epc:id:sgtin:4012345.011111.123456789012345678901",
            "urn:epc:id:sgtin:4012345.01111x.1",
            "urn:epc:id:sscc:4012345.311111111",
            "urn:epc:id:sgln:4012345.00005",
            "urn:epc:id:giai:1234567890123.1",
            "urn:epc:class:lgtin:4012345.012345",
        ] {
            assert!(is_broken(urn), "{urn}");
        }
    }
}
