//! Where the texts of a document stand: a plain list for each sheet, in points from its upper left corner.

use super::document::{Block, Cell, Column, Document, Row, Side, Table, Width};
use super::typeface::{Typefaces, Weight};
use crate::language::phrase;

/// A4 (ISO 216), in points.
pub(super) const SHEET: (f32, f32) = (595.28, 841.89);
/// At the left and at the right.
const MARGIN: f32 = 51.0;
const INNER: f32 = SHEET.0 - 2.0 * MARGIN;
const TOP: f32 = 54.0;
const BOTTOM: f32 = SHEET.1 - 66.0;
/// The line that the foot stands on.
const FOOT: f32 = SHEET.1 - 36.0;
/// Between columns.
const GAP: f32 = 14.0;
/// Between blocks.
const SPACE: f32 = 12.0;
/// Above and below a rule.
const RULE_SPACE: f32 = 4.0;
/// What a column takes at most that is as wide as its texts; the rest has a fourth even beside three of them.
const COLUMN_MAX: f32 = INNER / 4.0;
/// What a column of figures takes at most: the largest amount there is.
const FIGURES_MAX: f32 = INNER * 0.28;
/// The part of a line's height that lies below the letters' foot.
const BELOW_LETTERS: f32 = 0.28;

/// How a text looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Style {
    pub weight: Weight,
    /// In points.
    pub size: f32,
    /// The height of its line, in points.
    pub height: f32,
    /// In grey.
    pub muted: bool,
}

const fn style(weight: Weight, size: f32, height: f32, muted: bool) -> Style {
    Style {
        weight,
        size,
        height,
        muted,
    }
}

const TITLE: Style = style(Weight::Semibold, 16.0, 21.0, false);
const BODY: Style = style(Weight::Regular, 9.5, 13.5, false);
const STRONG: Style = style(Weight::Semibold, 9.5, 13.5, false);
const SMALL: Style = style(Weight::Regular, 8.0, 11.5, true);

/// A sheet.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Page {
    pub texts: Vec<Text>,
    pub rules: Vec<Rule>,
}

/// A text in its place; `y` is the line that its letters stand on.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Text {
    pub x: f32,
    pub y: f32,
    pub text: String,
    pub style: Style,
}

/// A thin line from left to right.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rule {
    pub x: f32,
    pub y: f32,
    pub width: f32,
}

/// Lines below each other, beside those of other strips.
struct Strip {
    x: f32,
    width: f32,
    /// Whether they end at the right instead of beginning at the left.
    at_end: bool,
    lines: Vec<(String, Style)>,
}

/// Sets a document on as many sheets as it takes, one at the least.
pub(super) fn pages(document: &Document, faces: &Typefaces) -> Vec<Page> {
    let mut setting = Setting {
        faces,
        full: Vec::new(),
        page: Page::default(),
        y: TOP,
    };
    for block in &document.blocks {
        setting.block(block);
    }
    let mut pages = setting.full;
    pages.push(setting.page);
    let count = pages.len();
    for (at, page) in pages.iter_mut().enumerate() {
        foot(page, at + 1, count, &document.foot, faces);
    }
    pages
}

/// Who and what at the left, which sheet of how many at the right.
fn foot(page: &mut Page, number: usize, count: usize, who: &str, faces: &Typefaces) {
    let number = phrase("pdf-page")
        .count("page", number)
        .count("pages", count);
    let number = faces.of(SMALL.weight).printable(&number);
    let width = width(faces, &number, SMALL);
    let who = lines(faces, who, SMALL, INNER - width - GAP);
    page.texts.extend(who.into_iter().take(1).map(|text| Text {
        x: MARGIN,
        y: FOOT,
        text,
        style: SMALL,
    }));
    page.texts.push(Text {
        x: MARGIN + INNER - width,
        y: FOOT,
        text: number,
        style: SMALL,
    });
}

fn width(faces: &Typefaces, text: &str, style: Style) -> f32 {
    faces.of(style.weight).width(text, style.size)
}

/// A text in lines that fit into a width: broken where it was, between words, and in a word that is too long by
/// itself. None for an empty one.
fn lines(faces: &Typefaces, text: &str, style: Style, most: f32) -> Vec<String> {
    let face = faces.of(style.weight);
    let fits = |text: &str| face.width(text, style.size) <= most;
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let paragraph = face.printable(paragraph);
        let paragraph = paragraph.trim();
        if paragraph.is_empty() {
            continue;
        }
        if fits(paragraph) {
            lines.push(paragraph.to_owned());
            continue;
        }
        let mut line = String::new();
        for word in paragraph.split(' ').filter(|word| !word.is_empty()) {
            let longer = if line.is_empty() {
                word.to_owned()
            } else {
                format!("{line} {word}")
            };
            if fits(&longer) {
                line = longer;
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            let mut rest = word;
            while !rest.is_empty() && !fits(rest) {
                let (beginning, after) = rest.split_at(face.fitting(rest, style.size, most));
                lines.push(beginning.to_owned());
                rest = after;
            }
            rest.clone_into(&mut line);
        }
        if !line.is_empty() {
            lines.push(line);
        }
    }
    lines
}

/// The same, each line with its look.
fn styled(faces: &Typefaces, text: &str, style: Style, most: f32) -> Vec<(String, Style)> {
    lines(faces, text, style, most)
        .into_iter()
        .map(|line| (line, style))
        .collect()
}

/// A document that is being set.
struct Setting<'a> {
    faces: &'a Typefaces,
    /// The sheets before this one.
    full: Vec<Page>,
    page: Page,
    /// Where the next line begins.
    y: f32,
}

impl Setting<'_> {
    fn block(&mut self, block: &Block) {
        match block {
            Block::Heading {
                title,
                below,
                figure,
                figure_below,
            } => self.heading((title, below), (figure, figure_below)),
            Block::Text(text) => self.paragraph(text, BODY),
            Block::Note(text) => self.paragraph(text, STRONG),
            Block::Small(text) => self.paragraph(text, SMALL),
            Block::Sides(sides) => self.sides(sides),
            Block::Table(table) => self.table(table),
            Block::Sums(sums) => self.sums(sums),
            Block::Rule => {
                self.keep(2.0 * RULE_SPACE + SMALL.height);
                self.rule();
            }
        }
    }

    fn strip(&self, x: f32, width: f32, parts: &[(&str, Style)]) -> Strip {
        Strip {
            x,
            width,
            at_end: false,
            lines: parts
                .iter()
                .flat_map(|(text, style)| styled(self.faces, text, *style, width))
                .collect(),
        }
    }

    fn strip_at_end(&self, x: f32, width: f32, parts: &[(&str, Style)]) -> Strip {
        Strip {
            at_end: true,
            ..self.strip(x, width, parts)
        }
    }

    fn heading(&mut self, what: (&str, &str), figure: (&str, &str)) {
        // The figure is never cut, and the title has what it leaves.
        let whole = INNER - GAP;
        let below = self.text_width(figure.1, SMALL).min(whole * 0.4);
        let right = self
            .text_width(figure.0, TITLE)
            .max(below)
            .min(whole * 0.66);
        let left = whole - right;
        let strips = [
            self.strip(MARGIN, left, &[(what.0, TITLE), (what.1, SMALL)]),
            self.strip_at_end(
                MARGIN + left + GAP,
                right,
                &[(figure.0, TITLE), (figure.1, SMALL)],
            ),
        ];
        self.place(&strips, &[]);
        self.y += SPACE;
    }

    fn paragraph(&mut self, text: &str, style: Style) {
        let strip = self.strip(MARGIN, INNER, &[(text, style)]);
        if strip.lines.is_empty() {
            return;
        }
        self.place(&[strip], &[]);
        self.y += SPACE / 2.0;
    }

    fn sides(&mut self, sides: &[Side]) {
        let count = sides.len().max(1) as f32;
        let width = (INNER - GAP * (count - 1.0)) / count;
        let strips: Vec<Strip> = sides
            .iter()
            .enumerate()
            .map(|(at, side)| {
                let mut parts = vec![(side.role.as_str(), SMALL), (side.name.as_str(), STRONG)];
                parts.extend(side.lines.iter().map(|line| (line.as_str(), BODY)));
                self.strip(MARGIN + (width + GAP) * at as f32, width, &parts)
            })
            .collect();
        self.y += SPACE / 2.0;
        self.place(&strips, &[]);
        self.y += SPACE * 1.5;
    }

    fn sums(&mut self, sums: &[(String, String)]) {
        let whole = INNER * 0.6;
        let left = MARGIN + INNER - whole;
        let last = sums.len().saturating_sub(1);
        let look = |at| if at == last { STRONG } else { BODY };
        // As wide as the widest amount: none is cut.
        let amounts = sums
            .iter()
            .enumerate()
            .map(|(at, (_, amount))| self.text_width(amount, look(at)))
            .fold(0.0, f32::max)
            .min(whole * 0.6);
        let words = whole - GAP - amounts;
        let rows: Vec<[Strip; 2]> = sums
            .iter()
            .enumerate()
            .map(|(at, (label, amount))| {
                [
                    self.strip(left, words, &[(label.as_str(), look(at))]),
                    self.strip_at_end(left + words + GAP, amounts, &[(amount.as_str(), look(at))]),
                ]
            })
            .collect();
        let all: f32 = rows.iter().map(|row| height(row)).sum();
        self.keep(all + RULE_SPACE * (2.0 + rows.len() as f32));
        for (at, row) in rows.iter().enumerate() {
            if at == last && at > 0 {
                self.line(left, whole);
            }
            self.place(row, &[]);
            self.y += RULE_SPACE / 2.0;
        }
        self.y += SPACE;
    }

    fn table(&mut self, table: &Table) {
        let columns = self.columns(table);
        let heads: Vec<Strip> = table
            .columns
            .iter()
            .zip(&columns)
            .map(|(column, place)| self.cell(column, *place, &[(column.head.as_str(), SMALL)]))
            .collect();
        let rows = table.rows.iter().map(|row| {
            let style = if row.strong { STRONG } else { BODY };
            row.cells
                .iter()
                .zip(table.columns.iter().zip(&columns))
                .map(|(cell, (column, place))| {
                    self.cell(
                        column,
                        *place,
                        &[(cell.text.as_str(), style), (cell.below.as_str(), SMALL)],
                    )
                })
                .collect::<Vec<Strip>>()
        });
        let rows: Vec<Vec<Strip>> = rows.collect();
        // Heads never stand alone at the end of a sheet.
        let first = rows.first().map_or(0.0, |row| height(row));
        self.keep(height(&heads) + first + 2.0 * RULE_SPACE);
        self.place(&heads, &[]);
        self.rule();
        for row in &rows {
            self.place(row, &heads);
            self.y += RULE_SPACE;
        }
        self.line(MARGIN, INNER);
        self.y += SPACE / 2.0;
    }

    /// A cell in its column, which begins at an `x` and has a width.
    fn cell(&self, column: &Column, place: (f32, f32), parts: &[(&str, Style)]) -> Strip {
        match column.width {
            Width::Figure => self.strip_at_end(place.0, place.1, parts),
            Width::Text | Width::Rest => self.strip(place.0, place.1, parts),
        }
    }

    /// Where the columns begin, and their widths.
    fn columns(&self, table: &Table) -> Vec<(f32, f32)> {
        let mut widths: Vec<f32> = Vec::new();
        for (at, column) in table.columns.iter().enumerate() {
            let cells = table
                .rows
                .iter()
                .filter_map(|row| Some((row, row.cells.get(at)?)));
            widths.push(match column.width {
                Width::Rest => 0.0,
                Width::Text | Width::Figure => cells
                    .map(|(row, cell)| self.cell_width(row, cell))
                    .fold(self.text_width(&column.head, SMALL), f32::max)
                    .min(if column.width == Width::Figure {
                        FIGURES_MAX
                    } else {
                        COLUMN_MAX
                    }),
            });
        }
        let gaps = GAP * table.columns.len().saturating_sub(1) as f32;
        let rest = INNER - gaps - widths.iter().sum::<f32>();
        let mut x = MARGIN;
        table
            .columns
            .iter()
            .zip(widths)
            .map(|(column, width)| {
                let width = if column.width == Width::Rest {
                    rest
                } else {
                    width
                };
                let place = (x, width);
                x += width + GAP;
                place
            })
            .collect()
    }

    fn cell_width(&self, row: &Row, cell: &Cell) -> f32 {
        let style = if row.strong { STRONG } else { BODY };
        self.text_width(&cell.text, style)
            .max(self.text_width(&cell.below, SMALL))
    }

    /// How wide a text would be on one line, with a trace more than that, so that it fits into such a width.
    fn text_width(&self, text: &str, style: Style) -> f32 {
        let face = self.faces.of(style.weight);
        face.width(face.printable(text).trim(), style.size) + 0.1
    }

    /// Puts strips beside each other: together on a sheet if one can hold them, each line with those beside it in any
    /// case. `heads` stand above them again on a new sheet.
    fn place(&mut self, strips: &[Strip], heads: &[Strip]) {
        let sheet = BOTTOM - TOP - height(heads) - 2.0 * RULE_SPACE;
        if self.y + height(strips) > BOTTOM && height(strips) <= sheet {
            self.turn(heads);
        }
        for (at, line_height) in heights(strips).into_iter().enumerate() {
            if self.y + line_height > BOTTOM {
                self.turn(heads);
            }
            self.y += line_height;
            let y = self.y - line_height * BELOW_LETTERS;
            for strip in strips {
                let Some((text, style)) = strip.lines.get(at) else {
                    continue;
                };
                let x = if strip.at_end {
                    strip.x + strip.width - width(self.faces, text, *style)
                } else {
                    strip.x
                };
                self.page.texts.push(Text {
                    x,
                    y,
                    text: text.clone(),
                    style: *style,
                });
            }
        }
    }

    /// Goes on on a new sheet where this one has not so much height left.
    fn keep(&mut self, height: f32) {
        if self.y + height > BOTTOM && height <= BOTTOM - TOP {
            self.turn(&[]);
        }
    }

    /// Begins a new sheet.
    fn turn(&mut self, heads: &[Strip]) {
        self.full.push(std::mem::take(&mut self.page));
        self.y = TOP;
        if !heads.is_empty() {
            self.place(heads, &[]);
            self.rule();
        }
    }

    fn rule(&mut self) {
        self.y += RULE_SPACE;
        self.line(MARGIN, INNER);
        self.y += RULE_SPACE;
    }

    fn line(&mut self, x: f32, width: f32) {
        let y = self.y;
        self.page.rules.push(Rule { x, y, width });
    }
}

/// The heights of the lines of strips that stand beside each other.
fn heights(strips: &[Strip]) -> Vec<f32> {
    let count = strips.iter().map(|strip| strip.lines.len()).max();
    (0..count.unwrap_or_default())
        .map(|at| {
            strips
                .iter()
                .filter_map(|strip| strip.lines.get(at))
                .map(|(_, style)| style.height)
                .fold(0.0, f32::max)
        })
        .collect()
}

fn height(strips: &[Strip]) -> f32 {
    heights(strips).into_iter().sum()
}

#[cfg(test)]
mod tests;
