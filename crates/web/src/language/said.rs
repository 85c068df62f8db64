//! Sentences of use cases, which refuse in English, in the language that is spoken.
//!
//! The file `said.ftl` holds them: the English message is the sentence itself, by which it is found, with
//! its arguments taken out of it. A sentence that the file lacks stays English.

use std::collections::HashMap;
use std::sync::LazyLock;

use domain::language::Language;
use fluent_bundle::FluentResource;
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};

use super::catalogue::{self, AREAS};
use super::now;

/// The area of these sentences.
pub(super) const AREA: &str = "said";

/// The keys of all messages of a file.
pub(super) fn keys(resource: &FluentResource) -> Vec<String> {
    resource
        .entries()
        .filter_map(|entry| match entry {
            Entry::Message(message) => Some(message.id.name.to_owned()),
            _ => None,
        })
        .collect()
}

/// A piece of a sentence.
enum Piece {
    Text(String),
    /// The name of an argument.
    Argument(String),
}

/// The English sentences of an area and their keys.
pub(super) struct Sentences {
    whole: HashMap<String, String>,
    with_arguments: Vec<(Vec<Piece>, String)>,
}

impl Sentences {
    /// Reads the English messages of an area.
    pub(super) fn read(area: &str) -> Self {
        let mut sentences = Self {
            whole: HashMap::new(),
            with_arguments: Vec::new(),
        };
        let english = AREAS
            .iter()
            .find(|known| known.name == area)
            .map_or("", |area| area.english);
        let resource = match FluentResource::try_new(english.to_owned()) {
            Ok(resource) | Err((resource, _)) => resource,
        };
        for entry in resource.entries() {
            let Entry::Message(message) = entry else {
                continue;
            };
            let Some(pieces) = message.value.as_ref().map(pieces) else {
                continue;
            };
            let key = message.id.name.to_owned();
            match pieces.as_slice() {
                [Piece::Text(text)] => {
                    sentences.whole.insert(text.clone(), key);
                }
                _ => sentences.with_arguments.push((pieces, key)),
            }
        }
        sentences
    }

    /// The key of a sentence with its arguments, each of which `fits` its name; none for one that is not known.
    pub(super) fn find<'a>(
        &'a self,
        sentence: &'a str,
        fits: fn(&str, &str) -> bool,
    ) -> Option<(&'a str, Vec<(&'a str, &'a str)>)> {
        if let Some(key) = self.whole.get(sentence) {
            return Some((key, Vec::new()));
        }
        self.with_arguments.iter().find_map(|(pieces, key)| {
            arguments(pieces, sentence, fits).map(|arguments| (key.as_str(), arguments))
        })
    }
}

static SENTENCES: LazyLock<Sentences> = LazyLock::new(|| Sentences::read(AREA));

fn pieces(pattern: &Pattern<&str>) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { value } => match pieces.last_mut() {
                Some(Piece::Text(text)) => text.push_str(value),
                _ => pieces.push(Piece::Text((*value).to_owned())),
            },
            PatternElement::Placeable {
                expression: Expression::Inline(InlineExpression::VariableReference { id }),
            } => pieces.push(Piece::Argument(id.name.to_owned())),
            PatternElement::Placeable { .. } => {}
        }
    }
    pieces
}

/// The arguments of a sentence that is made of these pieces; none when it is another one.
fn arguments<'a>(
    pieces: &'a [Piece],
    sentence: &'a str,
    fits: fn(&str, &str) -> bool,
) -> Option<Vec<(&'a str, &'a str)>> {
    match pieces {
        [] => sentence.is_empty().then(Vec::new),
        [Piece::Text(text), rest @ ..] => {
            arguments(rest, sentence.strip_prefix(text.as_str())?, fits)
        }
        [Piece::Argument(name)] => fits(name, sentence).then(|| vec![(name.as_str(), sentence)]),
        [Piece::Argument(name), rest @ ..] => {
            let Some(Piece::Text(next)) = rest.first() else {
                return None;
            };
            sentence.match_indices(next.as_str()).find_map(|(at, _)| {
                if !fits(name, &sentence[..at]) {
                    return None;
                }
                let mut found = arguments(rest, &sentence[at..], fits)?;
                found.insert(0, (name, &sentence[..at]));
                Some(found)
            })
        }
    }
}

/// A sentence of a use case in the language that is spoken; as it is when nobody has turned it.
#[must_use]
pub(crate) fn said(sentence: String) -> String {
    let language = now();
    if language == Language::FIRST {
        return sentence;
    }
    let Some((key, arguments)) = SENTENCES.find(&sentence, |_, _| true) else {
        return sentence;
    };
    catalogue::filled_by_names(language, key, &arguments)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_taken_out() {
        let pieces = [
            Piece::Text("has more than ".to_owned()),
            Piece::Argument("n".to_owned()),
            Piece::Text(" characters".to_owned()),
        ];
        assert_eq!(
            arguments(&pieces, "has more than 200 characters", |_, _| true),
            Some(vec![("n", "200")])
        );
        assert_eq!(
            arguments(&pieces, "has more than 200 words", |_, _| true),
            None
        );
    }
}
