//! Charts as SVG, drawn here. Values are whole numbers (counts, or minor units of one currency);
//! a formatter given by the page makes their texts, floating point places pixels and nothing else.
//!
//! The outer SVG has no viewBox, so texts keep their size and stand at percentages; the inner one
//! is stretched over the width, its strokes are not (vector-effect in `chart.css`).

use std::fmt::Write as _;

use super::Markup;
use super::markup::push_escaped;
use crate::language::{phrase, t};

/// Width of the stretched drawing, in its own units.
const WIDTH: f64 = 1000.0;
/// Pixels: the plot begins under the topmost label and leaves room for the days below.
const PLOT_TOP: f64 = 16.0;
const PLOT_HEIGHT: f64 = 208.0;
const CHART_HEIGHT: f64 = 248.0;
const SPARK_WIDTH: f64 = 96.0;
const SPARK_HEIGHT: f64 = 28.0;
/// Lines of the grid, at most one more than this.
const TICKS_MAX: i128 = 4;
const DAY_LABELS: usize = 5;

/// One day (week, month) and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    /// "Oct 22".
    pub label: String,
    pub value: i64,
}

/// One metric over time, with the period before it as a dashed line.
pub struct LineChart<'a> {
    /// Unique on the page; begins the ids of title and description.
    pub id: &'a str,
    /// The metric: "Revenue".
    pub metric: &'a str,
    /// "Revenue per day, Oct 22 to Nov 20".
    pub title: &'a str,
    /// "Total $158,362, up 19.9% on the previous 30 days. Peak $7,441 on Nov 8."
    pub description: &'a str,
    pub points: &'a [Point],
    /// As many points as above, or none.
    pub previous: &'a [Point],
    /// The full text of a value: `495_200` → "$4,952.00".
    pub value_text: &'a dyn Fn(i64) -> String,
    /// The short text at the axis: `200_000` → "$2k".
    pub axis_text: &'a dyn Fn(i64) -> String,
}

impl LineChart<'_> {
    /// Draws it: `<time-chart>` with the picture and the table of its figures.
    #[must_use]
    pub fn draw(&self) -> Markup {
        let values = self
            .points
            .iter()
            .chain(self.previous)
            .map(|point| point.value);
        let ticks = ticks(values);
        let scale = Scale::over(&ticks);
        let mut html = String::with_capacity(8 * 1024);
        self.open(&mut html);
        self.grid(&mut html, &ticks, &scale);
        self.lines(&mut html, &scale);
        self.days(&mut html);
        html.push_str("</svg>");
        self.table(&mut html);
        html.push_str("</time-chart>");
        Markup::trusted(html)
    }

    fn open(&self, html: &mut String) {
        html.push_str(r#"<time-chart tabindex="0" role="group" aria-label=""#);
        push_escaped(html, &phrase("chart-keys").with("metric", self.metric));
        html.push_str("\">");
        put(
            html,
            format_args!(
                r#"<svg class="chart" width="100%" height="{CHART_HEIGHT}" role="img" aria-labelledby="{id}-title {id}-desc"><title id="{id}-title">"#,
                id = self.id
            ),
        );
        push_escaped(html, self.title);
        put(
            html,
            format_args!(r#"</title><desc id="{}-desc">"#, self.id),
        );
        push_escaped(html, self.description);
        html.push_str("</desc>");
    }

    fn grid(&self, html: &mut String, ticks: &[i64], scale: &Scale) {
        for &tick in ticks {
            let y = PLOT_TOP + scale.y(tick);
            put(
                html,
                format_args!(
                    r#"<line x1="0" x2="100%" y1="{y:.1}" y2="{y:.1}" class="chart-grid"/>"#
                ),
            );
            // The lowest line is the ground; its value is understood.
            if tick != ticks[0] || tick < 0 {
                put(
                    html,
                    format_args!(r#"<text x="0" y="{:.1}" class="chart-text">"#, y - 4.0),
                );
                push_escaped(html, &(self.axis_text)(tick));
                html.push_str("</text>");
            }
        }
    }

    fn lines(&self, html: &mut String, scale: &Scale) {
        put(
            html,
            format_args!(
                r#"<svg x="0" y="{PLOT_TOP}" width="100%" height="{PLOT_HEIGHT}" viewBox="0 0 {WIDTH} {PLOT_HEIGHT}" preserveAspectRatio="none" overflow="visible" aria-hidden="true">"#
            ),
        );
        let line = polyline(self.points, scale);
        if !line.is_empty() {
            let ground = scale.y(0);
            put(
                html,
                format_args!(
                    r#"<polygon class="chart-area" points="0,{ground:.1} {line} {WIDTH},{ground:.1}"/>"#
                ),
            );
        }
        if !self.previous.is_empty() {
            put(
                html,
                format_args!(
                    r#"<polyline class="chart-previous" points="{}"/>"#,
                    polyline(self.previous, scale)
                ),
            );
        }
        put(
            html,
            format_args!(r#"<polyline class="chart-line" points="{line}"/></svg>"#),
        );
    }

    fn days(&self, html: &mut String) {
        let last = self.points.len().saturating_sub(1);
        for at in label_places(self.points.len()) {
            let anchor = match at {
                0 => "start",
                at if at == last => "end",
                _ => "middle",
            };
            let x = share(at, last) * 100.0;
            put(
                html,
                format_args!(
                    r#"<text x="{x:.2}%" y="242" class="chart-text" text-anchor="{anchor}">"#
                ),
            );
            push_escaped(html, &self.points[at].label);
            html.push_str("</text>");
        }
    }

    /// The same figures for those who do not see the picture, and for the read-out.
    fn table(&self, html: &mut String) {
        html.push_str(r#"<div class="sr-only"><table><caption>"#);
        push_escaped(html, self.title);
        html.push_str(r#"</caption><thead><tr><th scope="col">"#);
        push_escaped(html, t("chart-date"));
        html.push_str(r#"</th><th scope="col">"#);
        push_escaped(html, self.metric);
        html.push_str("</th>");
        if !self.previous.is_empty() {
            for key in ["chart-date-before", "chart-previous"] {
                html.push_str(r#"<th scope="col">"#);
                push_escaped(html, t(key));
                html.push_str("</th>");
            }
        }
        html.push_str("</tr></thead><tbody>");
        for (at, point) in self.points.iter().enumerate() {
            html.push_str(r#"<tr><th scope="row">"#);
            push_escaped(html, &point.label);
            html.push_str("</th><td>");
            push_escaped(html, &(self.value_text)(point.value));
            html.push_str("</td>");
            if let Some(before) = self.previous.get(at) {
                html.push_str("<td>");
                push_escaped(html, &before.label);
                html.push_str("</td><td>");
                push_escaped(html, &(self.value_text)(before.value));
                html.push_str("</td>");
            }
            html.push_str("</tr>");
        }
        html.push_str("</tbody></table></div>");
    }
}

/// A small line without axes for a figure's card, as wide as there is room beside the figure; decoration, so hidden from
/// screen readers.
#[must_use]
pub fn sparkline(values: &[i64]) -> Markup {
    let (Some(&low), Some(&high)) = (values.iter().min(), values.iter().max()) else {
        return Markup::default();
    };
    let last = values.len() - 1;
    let span = gap(low, high).max(1.0);
    let mut points = String::new();
    for (at, &value) in values.iter().enumerate() {
        let x = share(at, last) * SPARK_WIDTH;
        let y = 2.0 + (SPARK_HEIGHT - 4.0) * (gap(value, high) / span);
        put(&mut points, format_args!("{x:.1},{y:.1} "));
    }
    Markup::trusted(format!(
        r#"<svg class="spark" width="{SPARK_WIDTH}" height="{SPARK_HEIGHT}" viewBox="0 0 {SPARK_WIDTH} {SPARK_HEIGHT}" preserveAspectRatio="none" aria-hidden="true"><polyline class="chart-line" points="{}"/></svg>"#,
        points.trim_end()
    ))
}

/// From values to heights in the plot.
struct Scale {
    low: i64,
    high: i64,
}

impl Scale {
    fn over(ticks: &[i64]) -> Self {
        Self {
            low: ticks.first().copied().unwrap_or(0),
            high: ticks.last().copied().unwrap_or(1),
        }
    }

    /// Pixels from the top of the plot.
    fn y(&self, value: i64) -> f64 {
        PLOT_HEIGHT * (gap(value, self.high) / gap(self.low, self.high).max(1.0))
    }
}

/// Round values for the grid that cover all of `values` and 0: steps of 1, 2 or 5 times a power
/// of ten. Always at least two.
fn ticks(values: impl Iterator<Item = i64> + Clone) -> Vec<i64> {
    let low = i128::from(values.clone().min().unwrap_or(0).min(0));
    let high = i128::from(values.max().unwrap_or(0).max(0));
    let least = ((high - low) + TICKS_MAX - 1) / TICKS_MAX;
    let mut power = 1_i128;
    let step = loop {
        if let Some(step) = [1, 2, 5]
            .map(|digit| digit * power)
            .into_iter()
            .find(|step| *step >= least)
        {
            break step;
        }
        power *= 10;
    };
    let first = low.div_euclid(step);
    let last = -(-high).div_euclid(step);
    (first..=last.max(first + 1))
        .map(|at| i64::try_from(at * step).unwrap_or(if at < 0 { i64::MIN } else { i64::MAX }))
        .collect()
}

/// Which points get their label below the axis: the ends and even places between.
fn label_places(count: usize) -> Vec<usize> {
    if count <= DAY_LABELS {
        return (0..count).collect();
    }
    let steps = DAY_LABELS - 1;
    (0..=steps)
        .map(|at| (at * (count - 1) + steps / 2) / steps)
        .collect()
}

fn polyline(points: &[Point], scale: &Scale) -> String {
    let last = points.len().saturating_sub(1);
    let mut line = String::new();
    for (at, point) in points.iter().enumerate() {
        put(
            &mut line,
            format_args!(
                "{:.1},{:.1} ",
                share(at, last) * WIDTH,
                scale.y(point.value)
            ),
        );
    }
    if let [only] = points {
        // One point is no line: draw it across.
        put(
            &mut line,
            format_args!("{WIDTH:.1},{:.1}", scale.y(only.value)),
        );
    }
    line.trim_end().to_owned()
}

/// Place `at` of `0..=last` as a share of the width.
fn share(at: usize, last: usize) -> f64 {
    if last == 0 {
        0.0
    } else {
        at as f64 / last as f64
    }
}

/// The distance between two values, for pixels only.
fn gap(low: i64, high: i64) -> f64 {
    (i128::from(high) - i128::from(low)) as f64
}

/// Writing to a `String` cannot fail.
fn put(html: &mut String, text: std::fmt::Arguments<'_>) {
    let _ = html.write_fmt(text);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[i64]) -> Vec<i64> {
        ticks(values.iter().copied())
    }

    #[test]
    fn ticks_are_round_and_cover_everything() {
        assert_eq!(
            of(&[744_100, 305_000]),
            [0, 200_000, 400_000, 600_000, 800_000]
        );
        assert_eq!(of(&[3]), [0, 1, 2, 3]);
        assert_eq!(of(&[0, 0]), [0, 1]);
        assert_eq!(of(&[]), [0, 1]);
        assert_eq!(of(&[-980, 4900]), [-2000, 0, 2000, 4000, 6000]);
        assert_eq!(of(&[-10]), [-10, -5, 0]);
        assert!(of(&[i64::MAX, i64::MIN]).len() >= 2);
    }

    #[test]
    fn labels_stand_at_the_ends_and_between() {
        assert_eq!(label_places(30), [0, 7, 15, 22, 29]);
        assert_eq!(label_places(3), [0, 1, 2]);
        assert_eq!(label_places(0), [0; 0]);
    }

    #[test]
    fn texts_are_escaped_and_each_point_has_a_row() {
        let points = [
            Point {
                label: "<Oct 1>".to_owned(),
                value: 10,
            },
            Point {
                label: "Oct 2".to_owned(),
                value: 20,
            },
        ];
        let chart = LineChart {
            id: "c",
            metric: "Clicks",
            title: "A & B",
            description: "",
            points: &points,
            previous: &[],
            value_text: &|value| value.to_string(),
            axis_text: &|value| value.to_string(),
        };
        let html = chart.draw().to_string();
        assert!(html.contains("&lt;Oct 1&gt;") && html.contains("A &amp; B"));
        assert_eq!(html.matches(r#"<th scope="row">"#).count(), 2);
        assert!(!html.contains("style="));
    }

    #[test]
    fn a_flat_sparkline_stays_inside() {
        assert!(
            sparkline(&[5, 5, 5])
                .to_string()
                .contains("0.0,2.0 48.0,2.0 96.0,2.0")
        );
        assert!(sparkline(&[]).is_empty());
    }
}
