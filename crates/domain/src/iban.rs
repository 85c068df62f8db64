//! Bank accounts: the IBAN (ISO 13616) and the BIC (ISO 9362).

/// Countries that have IBANs, with the length of theirs in characters; sorted by code. From the
/// registry that SWIFT keeps.
const LENGTHS: &[(&str, usize)] = &[
    ("AD", 24),
    ("AE", 23),
    ("AL", 28),
    ("AT", 20),
    ("AZ", 28),
    ("BA", 20),
    ("BE", 16),
    ("BG", 22),
    ("BH", 22),
    ("BI", 27),
    ("BR", 29),
    ("BY", 28),
    ("CH", 21),
    ("CR", 22),
    ("CY", 28),
    ("CZ", 24),
    ("DE", 22),
    ("DJ", 27),
    ("DK", 18),
    ("DO", 28),
    ("EE", 20),
    ("EG", 29),
    ("ES", 24),
    ("FI", 18),
    ("FK", 18),
    ("FO", 18),
    ("FR", 27),
    ("GB", 22),
    ("GE", 22),
    ("GI", 23),
    ("GL", 18),
    ("GR", 27),
    ("GT", 28),
    ("HN", 28),
    ("HR", 21),
    ("HU", 28),
    ("IE", 22),
    ("IL", 23),
    ("IQ", 23),
    ("IS", 26),
    ("IT", 27),
    ("JO", 30),
    ("KW", 30),
    ("KZ", 20),
    ("LB", 28),
    ("LC", 32),
    ("LI", 21),
    ("LT", 20),
    ("LU", 20),
    ("LV", 21),
    ("LY", 25),
    ("MC", 27),
    ("MD", 24),
    ("ME", 22),
    ("MK", 19),
    ("MN", 20),
    ("MR", 27),
    ("MT", 31),
    ("MU", 30),
    ("NI", 28),
    ("NL", 18),
    ("NO", 15),
    ("OM", 23),
    ("PK", 24),
    ("PL", 28),
    ("PS", 29),
    ("PT", 25),
    ("QA", 29),
    ("RO", 24),
    ("RS", 22),
    ("RU", 33),
    ("SA", 24),
    ("SC", 31),
    ("SD", 18),
    ("SE", 24),
    ("SI", 19),
    ("SK", 24),
    ("SM", 27),
    ("SO", 23),
    ("ST", 25),
    ("SV", 28),
    ("TL", 23),
    ("TN", 24),
    ("TR", 26),
    ("UA", 29),
    ("VA", 22),
    ("VG", 24),
    ("XK", 20),
    ("YE", 30),
];

/// What is wrong with a text that should be an IBAN.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidIban {
    /// It does not begin with a country that has IBANs.
    #[error("does not begin with a country that has IBANs, such as DE or GB")]
    Country,
    /// It has too few or too many characters for its country.
    #[error("needs {expected} characters for {country}, and has {found}")]
    Length {
        /// The country's code.
        country: String,
        /// Characters of an IBAN there.
        expected: usize,
        /// Characters that came, without spaces.
        found: usize,
    },
    /// Other characters than letters and digits, or the check digits are wrong.
    #[error("is mistyped: its check digits do not fit")]
    Check,
}

/// An IBAN without spaces and in capitals, when country, length and check digits are right.
///
/// # Errors
/// With what is wrong.
pub fn iban(text: &str) -> Result<String, InvalidIban> {
    let iban: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .map(|c| c.to_ascii_uppercase())
        .collect();
    let country: String = iban.chars().take(2).collect();
    let at = LENGTHS
        .binary_search_by_key(&country.as_str(), |(code, _)| code)
        .map_err(|_| InvalidIban::Country)?;
    let expected = LENGTHS[at].1;
    let found = iban.chars().count();
    if found != expected {
        return Err(InvalidIban::Length {
            country,
            expected,
            found,
        });
    }
    if !iban.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Err(InvalidIban::Check);
    }
    // The first four characters go to the end, letters become 10 to 35; the number leaves 1 (ISO 7064).
    let (front, back) = iban.split_at(4);
    let rest = back.bytes().chain(front.bytes()).fold(0_u32, |rest, b| {
        match b {
            b'0'..=b'9' => rest * 10 + u32::from(b - b'0'),
            _ => rest * 100 + u32::from(b - b'A') + 10,
        }
        .rem_euclid(97)
    });
    if rest == 1 {
        Ok(iban)
    } else {
        Err(InvalidIban::Check)
    }
}

/// An IBAN in groups of four, as people read it.
#[must_use]
pub fn grouped(iban: &str) -> String {
    let letters: Vec<char> = iban.chars().collect();
    letters
        .chunks(4)
        .map(|four| four.iter().collect::<String>())
        .collect::<Vec<_>>()
        .join(" ")
}

/// A BIC in capitals, when it has the shape of one: four letters for the bank, two for the country,
/// two characters for the place, and three for the branch or none.
#[must_use]
pub fn bic(text: &str) -> Option<String> {
    let bic: String = text
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| c.to_ascii_uppercase())
        .collect();
    let bytes = bic.as_bytes();
    let shaped = matches!(bytes.len(), 8 | 11)
        && bytes.iter().all(u8::is_ascii_alphanumeric)
        && bytes[..6].iter().all(u8::is_ascii_alphabetic);
    (shaped && crate::country::name(&bic[4..6]).is_some()).then_some(bic)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn right_ones_are_taken_as_people_write_them() {
        // Examples of the registry.
        for text in [
            "DE89 3704 0044 0532 0130 00",
            "gb29nwbk60161331926819",
            "FR14 2004 1010 0505 0001 3M02 606",
            "NO93 8601 1117 947",
            "MT84 MALT 0110 0001 2345 MTLC AST0 01S",
            "CH93-0076-2011-6238-5295-7",
        ] {
            assert!(iban(text).is_ok(), "{text}: {:?}", iban(text));
        }
        assert_eq!(
            grouped("DE89370400440532013000"),
            "DE89 3704 0044 0532 0130 00"
        );
    }

    #[test]
    fn wrong_ones_say_what_is_wrong() {
        assert_eq!(iban(""), Err(InvalidIban::Country));
        assert_eq!(iban("US12 3456"), Err(InvalidIban::Country));
        assert_eq!(
            iban("DE89 3704 0044 0532 0130"),
            Err(InvalidIban::Length {
                country: "DE".to_owned(),
                expected: 22,
                found: 20
            })
        );
        for text in [
            "DE89 3704 0044 0532 0131 00",
            "DE98 3704 0044 0532 0130 00",
            "DE89 3704 0044 0532 013é 00",
        ] {
            assert_eq!(iban(text), Err(InvalidIban::Check), "{text}");
        }
    }

    #[test]
    fn every_length_is_sorted_so_that_it_is_found() {
        assert!(LENGTHS.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }

    #[test]
    fn bank_codes() {
        assert_eq!(bic("cobadeff"), Some("COBADEFF".to_owned()));
        assert_eq!(bic("NWBK GB 2L XXX"), Some("NWBKGB2LXXX".to_owned()));
        for bad in ["", "COBADEF", "COBADEFFX", "C0BADEFF", "COBAXXFF"] {
            assert_eq!(bic(bad), None, "{bad}");
        }
    }
}
