//! The query part of an address (RFC 3986, 3.4), as the pairs that TAXII's filters are written in.

use crate::fault::Fault;

/// Pairs that are read; a request for more is refused.
const MOST_PAIRS: usize = 64;

/// Names with their values, in the order sent.
#[derive(Debug)]
pub(crate) struct Pairs(Vec<(String, String)>);

impl Pairs {
    /// Reads `a=b&c=d` with percent signs and `+` for a blank.
    pub(crate) fn parse(query: Option<&str>) -> Result<Self, Fault> {
        let query = query.unwrap_or_default();
        let mut pairs = Vec::new();
        for part in query.split('&').filter(|part| !part.is_empty()) {
            if pairs.len() == MOST_PAIRS {
                return Err(Fault::bad("query", "more parameters than are read"));
            }
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            pairs.push((decode(name)?, decode(value)?));
        }
        Ok(Self(pairs))
    }

    /// The value of a parameter that may stand once (TAXII 2.1, 3.4).
    pub(crate) fn once(&self, name: &str) -> Result<Option<&str>, Fault> {
        let mut values = self.0.iter().filter(|(own, _)| own == name).map(|(_, value)| value.as_str());
        match (values.next(), values.next()) {
            (value, None) => Ok(value),
            (_, Some(_)) => Err(Fault::bad("repeated_parameter", format!("`{name}` stands twice"))),
        }
    }
}

/// RFC 3986, 2.1, in UTF-8.
pub(crate) fn decode(text: &str) -> Result<String, Fault> {
    let bad =
        || Fault::bad("percent_encoding", "the address is not percent-encoded UTF-8").with("part", text);
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
                let (Some(high), Some(low)) = (digit(rest.next()), digit(rest.next())) else {
                    return Err(bad());
                };
                u8::try_from(high * 16 + low).map_err(|_| bad())?
            }
            b'+' => b' ',
            byte => byte,
        });
    }
    String::from_utf8(bytes).map_err(|_| bad())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_decoded() {
        let pairs = Pairs::parse(Some("match%5Bid%5D=a%2Cb&limit=5&&x+y=%C3%B1&flag")).unwrap();
        assert_eq!(pairs.once("match[id]").unwrap(), Some("a,b"));
        assert_eq!(pairs.once("x y").unwrap(), Some("ñ"));
        assert_eq!((pairs.once("flag").unwrap(), pairs.once("none").unwrap()), (Some(""), None));
    }

    #[test]
    fn what_is_sent_twice_or_cannot_be_read_is_refused() {
        let pairs = Pairs::parse(Some("limit=5&%6Cimit=6")).unwrap();
        assert_eq!(pairs.once("limit").unwrap_err().code(), "repeated_parameter");
        for bad in ["a=%", "a=%4", "a=%zz", "%ff=a"] {
            assert_eq!(Pairs::parse(Some(bad)).unwrap_err().code(), "percent_encoding", "{bad}");
        }
        assert_eq!(Pairs::parse(Some(&"a=1&".repeat(65))).unwrap_err().code(), "query");
    }
}
