use proptest::prelude::*;

use super::*;
use crate::ServiceError;
use crate::messaging::mail::{MailKind, TEMPLATES};
use crate::messaging::template::{Draft, NAME};
use domain::language::Language;
use store::messaging::notice::Sender;

fn sender() -> Sender {
    Sender {
        name: "Fern & Hill".to_owned(),
        slug: "fern-hill".to_owned(),
        timezone: "UTC".to_owned(),
        language: Language::English,
        support_email: None,
        notify_affiliate_approved: true,
        notify_payout: true,
    }
}

fn example(_: &Sender) -> Values {
    Values::default()
        .text_of("name", "Maya <b>{{link}}</b>")
        .text_of("code", "1234-5678")
        .text_of("link", "https://portal.test/?a=1&b=2")
        .text_of("campaign", "")
        .parts_of("list", vec![Part::Facts(vec![("A".into(), "B".into())])])
}

static SAMPLE: Template = Template {
    kind: MailKind::Invitation,
    about: "",
    variables: &[
        NAME,
        Variable::secret("code", ""),
        Variable::address("link", "").required(),
        Variable::words("campaign", "").at_times(),
        Variable::parts("list", "").at_times(),
    ],
    subject: "Hello {{name}}",
    heading: "{{code}}",
    body: "[Go]({{link}})",
    reason: "Because.",
    german: None,
    example,
};

fn source(subject: &str, heading: &str, body: &str) -> Source {
    Source {
        subject: subject.to_owned(),
        heading: heading.to_owned(),
        body: body.to_owned(),
        html: String::new(),
    }
}

/// The fields that are refused, with the first message.
fn refused(source: &Source) -> Vec<String> {
    match read(&SAMPLE, source) {
        Ok(_) => Vec::new(),
        Err(ServiceError::Invalid(fields)) => fields
            .into_iter()
            .map(|error| format!("{}: {}", error.field, error.message))
            .collect(),
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn a_text_becomes_the_parts_of_a_letter() {
    let text = "Hello {{ name }},\nwelcome.\r\n\r\n\n> one\n>two {{code}}\n\n{{list}}\n\nIn “{{campaign}}”.\n\n[Open it]({{link}})\n\n[Read](https://example.com/x)\n\n~ Small {{code}}";
    let parsed = read(&SAMPLE, &source("Hello {{name}}", "Yours", text)).unwrap();
    let filled = parsed.fill(&example(&sender()), &Look::default());
    assert_eq!(filled.subject, "Hello Maya <b>{{link}}</b>");
    let [
        Part::Paragraph(hello),
        Part::Quote { title, text },
        Part::Facts(facts),
        Part::Button { label, address },
        Part::Button { address: read, .. },
        Part::Small(small),
    ] = filled.parts.as_slice()
    else {
        panic!("{:?}", filled.parts)
    };
    assert_eq!(hello, "Hello Maya <b>{{link}}</b>,\nwelcome.");
    assert_eq!((title.as_str(), text.as_str()), ("", "one\ntwo 1234-5678"));
    assert_eq!(facts.len(), 1);
    assert_eq!(
        (label.as_str(), address.as_str()),
        ("Open it", "https://portal.test/?a=1&b=2")
    );
    assert_eq!(read, "https://example.com/x");
    assert_eq!(small, "Small 1234-5678");
}

#[test]
fn values_are_escaped_in_html_and_never_read_as_text_of_ours() {
    let parsed = read(&SAMPLE, &SAMPLE.source(Language::English)).unwrap();
    let draft = Draft::new(&SAMPLE, &sender(), "m@x.test", "M", example(&sender()));
    let mail = draft.written(&parsed, Look::default());
    assert!(
        mail.html
            .contains("href=\"https://portal.test/?a=1&amp;b=2\"")
    );
    let parsed = read(&SAMPLE, &source("S", "H", "{{name}} {{link}}")).unwrap();
    let draft = Draft::new(&SAMPLE, &sender(), "m@x.test", "M", example(&sender()));
    let mail = draft.written(&parsed, Look::default());
    assert!(
        mail.html.contains("Maya &lt;b&gt;{{link}}&lt;/b&gt;"),
        "{}",
        mail.html
    );
    assert!(
        mail.text
            .contains("Maya <b>{{link}}</b> https://portal.test")
    );
}

#[test]
fn wrong_texts_are_refused_by_field() {
    let good = "[Go]({{link}})";
    for (wrong, expected) in [
        (source("", "H", good), "subject: is required"),
        (source("S", "H", ""), "body: is required"),
        (source("a\nb", "H", good), "subject: must be one line"),
        (
            source("{{name", "H", good),
            "subject: has “{{” without “}}”",
        ),
        (
            source("S", "name}}", good),
            "heading: has “}}” without “{{”",
        ),
        (
            source("S", "H", "{{name\n\n}} {{link}}"),
            "body: has “{{” without “}}”",
        ),
        (source("S", "H", "{{{link}}}"), "body: has “{{{link}}”"),
        (
            source("S", "H", "{{Name}} {{link}}"),
            "body: has “{{Name}}”, which is no variable",
        ),
        (
            source("S", "H", "{{nme}} {{link}}"),
            "body: {{nme}} is not a variable of this mail. There are {{name}}, {{code}}",
        ),
        (
            source("{{code}}", "H", good),
            "subject: {{code}} cannot stand in the subject",
        ),
        (
            source("S", "{{link}}", good),
            "heading: {{link}} cannot stand in the heading",
        ),
        (
            source("{{campaign}}", "H", good),
            "subject: {{campaign}} is empty at times",
        ),
        (
            source("S", "H", "x {{list}} {{link}}"),
            "body: {{list}} must stand alone",
        ),
        (
            source("S", "H", "[Go]({{name}})\n\n{{link}}"),
            "body: has a button that leads nowhere",
        ),
        (
            source("S", "H", "[Go](javascript:alert)\n\n{{link}}"),
            "body: has a button that leads nowhere",
        ),
        (source("S", "H", "Nothing"), "body: needs {{link}}"),
        (
            source("S", "H", "{{campaign}}: {{link}}"),
            "body: has {{link}} beside {{campaign}}",
        ),
        (
            source("S", "H", &"x".repeat(10_001)),
            "body: has more than 10000",
        ),
    ] {
        let errors = refused(&wrong);
        assert!(
            errors.iter().any(|error| error.starts_with(expected)),
            "{wrong:?}: {errors:?}"
        );
    }
    assert_eq!(
        refused(&source(
            "S",
            "{{code}}",
            "{{campaign}} {{link}}\n\n{{link}}"
        )),
        [""; 0]
    );
}

#[test]
fn every_kind_has_a_text_that_is_right_and_an_example_that_fills_it() {
    for kind in MailKind::ALL {
        assert!(
            Template::of(*kind).is_some(),
            "{kind:?} cannot be edited: write its template"
        );
    }
    let pairs = TEMPLATES.iter().flat_map(|template| {
        Language::ALL
            .iter()
            .map(move |language| (template, *language))
    });
    for (template, language) in pairs {
        let kind = template.kind;
        let sender = || Sender {
            language,
            ..sender()
        };
        let parsed = read(template, &template.source(language))
            .unwrap_or_else(|error| panic!("{kind:?}: {error:?}"));
        let values = (template.example)(&sender());
        for variable in template.variables {
            match values.get(variable.name) {
                Some(Value::Text(text)) => {
                    assert!(
                        variable.shape != Shape::Parts && !text.is_empty(),
                        "{kind:?}: {}",
                        variable.name
                    );
                }
                Some(Value::Parts(parts)) => {
                    assert!(
                        variable.shape == Shape::Parts && !parts.is_empty(),
                        "{kind:?}: {}",
                        variable.name
                    );
                }
                None => panic!("{kind:?}: the example lacks {}", variable.name),
            }
            assert!(variable.about.len() > 8, "{kind:?}: {}", variable.name);
        }
        let mail = Draft::new(template, &sender(), "m@x.test", "M", values)
            .written(&parsed, Look::default());
        for text in [&mail.subject, &mail.text, &mail.html] {
            assert!(
                !text.contains("{{") && !text.contains("}}"),
                "{kind:?}: {text}"
            );
            assert!(
                !text.to_lowercase().contains("tributary"),
                "{kind:?} names who made the software"
            );
        }
    }
}

proptest! {
    #[test]
    fn what_passed_can_be_filled_and_nothing_fails(
        subject in "[a-z {}]{0,20}|Hello \\{\\{name\\}\\}",
        heading in "[a-z{} \\[\\]]{1,20}",
        pieces in prop::collection::vec(prop_oneof![
            "[a-z {}\\[\\]()~>\n]{0,30}",
            Just("{{name}}".to_owned()),
            Just("{{link}}".to_owned()),
            Just("{{list}}".to_owned()),
            Just("{{campaign}}".to_owned()),
            Just("\n\n".to_owned()),
            Just("[Go]({{link}})".to_owned()),
            any::<String>(),
        ], 0..12),
        value in "[^\\r\\n]{0,40}|<script>[&\"'<>{}]*",
    ) {
        let source = source(&subject, &heading, &pieces.concat());
        if let Ok(parsed) = read(&SAMPLE, &source) {
            let values = Values::default().text_of("name", value.clone()).text_of("link", "https://x.test/");
            let filled = parsed.fill(&values, &Look::default());
            // Something with the required link is always left.
            prop_assert!(!filled.parts.is_empty());
            let mail = Draft::new(&SAMPLE, &sender(), "m@x.test", "M", values).written(&parsed, Look::default());
            prop_assert!(mail.text.contains("https://x.test/"));
            // What a value holds makes no element of its own.
            let plain = Values::default().text_of("name", "x").text_of("link", "https://x.test/");
            let plain = Draft::new(&SAMPLE, &sender(), "m@x.test", "M", plain).written(&parsed, Look::default());
            prop_assert_eq!(mail.html.matches('<').count(), plain.html.matches('<').count());
        }
    }

    #[test]
    fn anything_may_be_read(subject in any::<String>(), heading in any::<String>(), body in any::<String>()) {
        let _ = read(&SAMPLE, &source(&subject, &heading, &body));
    }
}
