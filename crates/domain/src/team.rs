//! Affiliates who bring affiliates.

use crate::status::TeamNames;

/// A name as the affiliate above sees it: `Maria Lopez`, `Maria L.` or `M. L.`.
#[must_use]
pub fn shown_name(name: &str, names: TeamNames) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    let initial = |word: &str| {
        word.chars()
            .next()
            .map(|letter| format!("{}.", letter.to_uppercase()))
            .unwrap_or_default()
    };
    match (names, words.as_slice()) {
        (TeamNames::Full, _) => words.join(" "),
        (TeamNames::Short, [first, .., last]) => format!("{first} {}", initial(last)),
        (TeamNames::Short, _) => words.join(" "),
        (TeamNames::Initials, words) => {
            let letters: Vec<String> = words.iter().map(|word| initial(word)).collect();
            letters.join(" ")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_masked_as_chosen() {
        for (name, full, short, initials) in [
            ("Maria  Lopez", "Maria Lopez", "Maria L.", "M. L."),
            ("Jean Luc Godard", "Jean Luc Godard", "Jean G.", "J. L. G."),
            ("Cher", "Cher", "Cher", "C."),
            ("émile zola", "émile zola", "émile Z.", "É. Z."),
            ("", "", "", ""),
        ] {
            assert_eq!(shown_name(name, TeamNames::Full), full);
            assert_eq!(shown_name(name, TeamNames::Short), short);
            assert_eq!(shown_name(name, TeamNames::Initials), initials);
        }
    }
}
