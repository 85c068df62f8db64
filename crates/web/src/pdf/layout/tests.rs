use domain::time::UnixMs;

use super::*;
use crate::language::{self, Language};

fn set(blocks: Vec<Block>) -> Vec<Page> {
    let faces = Typefaces::new().expect("`make assets` has been run");
    let document = Document {
        title: "Statement".to_owned(),
        language: Language::English,
        made_at: UnixMs(0),
        foot: "Fernhill Ltd · ST-0001".to_owned(),
        blocks,
    };
    let pages = pages(&document, &faces);
    for (at, page) in pages.iter().enumerate() {
        for text in &page.texts {
            let right = text.x + width(&faces, &text.text, text.style);
            assert!(
                text.x >= MARGIN - 0.1 && right <= MARGIN + INNER + 0.1,
                "beyond the margin: {text:?}"
            );
            assert!(text.y > TOP && text.y <= FOOT, "beyond the sheet: {text:?}");
        }
        let number = format!("Page {} of {}", at + 1, pages.len());
        assert!(has(page, &number) && has(page, "Fernhill Ltd · ST-0001"));
    }
    pages
}

fn has(page: &Page, wanted: &str) -> bool {
    page.texts.iter().any(|text| text.text == wanted)
}

fn table(rows: usize, what: &str, amount: &str) -> Block {
    let column = |head: &str, width| Column {
        head: head.to_owned(),
        width,
    };
    Block::Table(Table {
        columns: vec![
            column("Date", Width::Text),
            column("For", Width::Rest),
            column("Amount", Width::Figure),
        ],
        rows: (0..rows)
            .map(|number| Row {
                cells: vec![
                    "21 Nov 2026".into(),
                    Cell {
                        text: format!("{what} {number}"),
                        below: "by hand".to_owned(),
                    },
                    amount.into(),
                ],
                strong: false,
            })
            .collect(),
    })
}

#[test]
fn one_line_is_one_sheet_and_a_thousand_are_many_with_their_heads() {
    assert_eq!(set(vec![table(1, "Sale", "€20.00")]).len(), 1);
    let pages = set(vec![
        Block::Text("Before".to_owned()),
        table(1_000, "Sale", "€20.00"),
        Block::Sums(vec![("Paid".to_owned(), "€20,000.00".to_owned())]),
    ]);
    assert!((35..=60).contains(&pages.len()), "{}", pages.len());
    for page in &pages {
        assert!(["Date", "For", "Amount"].iter().all(|head| has(page, head)));
    }
    // Each line is there once, in its order, whole on its sheet.
    let sales: Vec<&str> = pages
        .iter()
        .flat_map(|page| &page.texts)
        .filter(|text| text.text.starts_with("Sale "))
        .map(|text| text.text.as_str())
        .collect();
    let wanted: Vec<String> = (0..1_000).map(|number| format!("Sale {number}")).collect();
    assert_eq!(sales, wanted);
    for page in &pages {
        let count = |wanted: &str| page.texts.iter().filter(|text| text.text == wanted).count();
        assert_eq!(count("21 Nov 2026"), count("by hand"));
    }
    assert!(has(pages.last().unwrap(), "€20,000.00"));
}

#[test]
fn amounts_end_below_each_other() {
    let faces = Typefaces::new().expect("`make assets` has been run");
    let column = |width| Column {
        head: String::new(),
        width,
    };
    let row = |amount: &str, strong| Row {
        cells: vec!["x".into(), amount.into()],
        strong,
    };
    let pages = set(vec![Block::Table(Table {
        columns: vec![column(Width::Rest), column(Width::Figure)],
        rows: vec![
            row("€1.00", false),
            row("\u{2212}€1,000,000.00", false),
            row("€7.00", true),
        ],
    })]);
    let ends: Vec<f32> = pages[0]
        .texts
        .iter()
        .filter(|text| text.text.contains('€'))
        .map(|text| text.x + width(&faces, &text.text, text.style))
        .collect();
    assert_eq!(ends.len(), 3);
    assert!(
        ends.iter().all(|end| (end - (MARGIN + INNER)).abs() < 0.01),
        "{ends:?}"
    );
}

#[test]
fn an_amount_is_never_cut() {
    let amount = "\u{2212}IDR\u{a0}9,007,199,254,740.99";
    let pages = set(vec![
        Block::Heading {
            title: "Self-billing invoice".to_owned(),
            below: "SB-0001".to_owned(),
            figure: amount.to_owned(),
            figure_below: String::new(),
        },
        table(2, "Autumn", amount),
        Block::Sums(vec![
            ("Carried".into(), amount.into()),
            ("Paid".into(), amount.into()),
        ]),
    ]);
    let times = |page: &Page| page.texts.iter().filter(|text| text.text == amount).count();
    assert_eq!(pages.iter().map(times).sum::<usize>(), 5);
}

#[test]
fn long_words_and_names_stay_on_the_sheet() {
    let word = "Donaudampfschifffahrtsgesellschaft".repeat(12);
    let name = "Anna-Sophia von und zu Hohenlohe ".repeat(9);
    let side = || Side {
        role: "Paid to".to_owned(),
        name: word.clone(),
        lines: vec![name.clone(), "漢字".repeat(60)],
    };
    let pages = set(vec![
        Block::Heading {
            title: name.clone(),
            below: word.clone(),
            figure: "€1,000,000,000.00".repeat(6),
            figure_below: name.clone(),
        },
        Block::Note(word.clone()),
        Block::Sides(vec![side(), side()]),
        table(3, &word, &"9".repeat(80)),
        Block::Sums(vec![
            (name.clone(), "9".repeat(60)),
            (word.clone(), "1".to_owned()),
        ]),
        Block::Small(format!("{name}\n\n{word}")),
    ]);
    // Nothing is lost on the way.
    let all: String = pages
        .iter()
        .flat_map(|page| &page.texts)
        .map(|text| text.text.as_str())
        .collect();
    let letters = |text: &str| text.matches("Donau").count();
    assert!(letters(&all) >= 12 * 7, "{}", letters(&all));
    assert!(all.contains("□□□□"));
}

#[test]
fn a_text_longer_than_a_sheet_goes_on_on_the_next() {
    let long = "word ".repeat(6_000);
    let pages = set(vec![table(2, &long, "€1.00")]);
    assert!(pages.len() > 4, "{}", pages.len());
    let words: usize = pages
        .iter()
        .flat_map(|page| &page.texts)
        .map(|text| text.text.matches("word").count())
        .sum();
    assert_eq!(words, 12_000);
}

#[test]
fn the_foot_is_in_the_language_of_the_document() {
    let faces = Typefaces::new().expect("`make assets` has been run");
    let document = Document {
        title: String::new(),
        language: Language::German,
        made_at: UnixMs(0),
        foot: "x".repeat(300),
        blocks: Vec::new(),
    };
    let pages = language::speaking(document.language, || pages(&document, &faces));
    assert_eq!(pages.len(), 1, "an empty document has a sheet");
    assert!(has(&pages[0], "Seite 1 von 1"));
    assert_eq!(pages[0].texts.len(), 2, "one line, whatever its length");
}
