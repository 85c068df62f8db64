//! Rows that come and go while the form is filled in.

use domain::rule::LevelOf;

use super::typed::{Typed, Word as _};

/// Rows, bands and levels that the form shows at most; rules allow no more either.
const ROWS_MAX: usize = 50;
const BANDS_MAX: usize = 20;
const LEVELS_MAX: usize = 7;

impl Typed {
    /// Does what a button of the form asks: another row, one less. False when it was no such button.
    pub(super) fn arrange(&mut self) -> bool {
        let (word, number) = self.act.split_once(':').unwrap_or((&self.act, ""));
        let (word, index) = (word.to_owned(), number.parse::<usize>().unwrap_or(0));
        match word.as_str() {
            "preview" => {}
            "add-row" => self.add_row(index),
            "remove-row" => self.remove_row(index),
            "add-group" if self.group_match.len() < ROWS_MAX => {
                self.group_match.push("any".to_owned());
                self.add_row(self.group_match.len());
            }
            "remove-group" => self.remove_group(index),
            "add-band" if self.band_from.len() < BANDS_MAX => {
                self.band_from.push(String::new());
                self.band_pays.push(String::new());
            }
            "remove-band" => {
                remove(&mut self.band_from, index);
                remove(&mut self.band_pays, index);
            }
            "add-level" if self.level_percent.len() < LEVELS_MAX => {
                self.level_percent.push(String::new());
                self.level_of.push(LevelOf::Base.word().to_owned());
            }
            "remove-level" => {
                remove(&mut self.level_percent, index);
                remove(&mut self.level_of, index);
            }
            "add-group" | "add-band" | "add-level" => {}
            _ => return false,
        }
        self.act.clear();
        true
    }

    fn add_row(&mut self, group: usize) {
        if self.row_field.len() >= ROWS_MAX {
            return;
        }
        let rows = self.row_field.len();
        for column in [
            &mut self.row_group,
            &mut self.row_name,
            &mut self.row_op,
            &mut self.row_value,
        ] {
            column.resize(rows, String::new());
        }
        self.row_group.push(group.to_string());
        self.row_field.push("amount".to_owned());
        self.row_name.push(String::new());
        self.row_op.push("gte".to_owned());
        self.row_value.push(String::new());
    }

    fn remove_row(&mut self, index: usize) {
        for column in [
            &mut self.row_group,
            &mut self.row_field,
            &mut self.row_name,
            &mut self.row_op,
            &mut self.row_value,
        ] {
            remove(column, index);
        }
    }

    fn remove_group(&mut self, number: usize) {
        let Some(index) = number
            .checked_sub(1)
            .filter(|i| *i < self.group_match.len())
        else {
            return;
        };
        self.group_match.remove(index);
        let mut row = 0;
        while row < self.row_field.len() {
            let of: usize = self
                .row_group
                .get(row)
                .and_then(|text| text.parse().ok())
                .unwrap_or(0);
            if of == number {
                self.remove_row(row);
                continue;
            }
            if let Some(cell) = self.row_group.get_mut(row).filter(|_| of > number) {
                *cell = (of - 1).to_string();
            }
            row += 1;
        }
    }
}

fn remove(column: &mut Vec<String>, index: usize) {
    if index < column.len() {
        column.remove(index);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_go_with_their_rows() {
        let act = |typed: &mut Typed, act: &str| {
            act.clone_into(&mut typed.act);
            assert!(typed.arrange(), "{act}");
        };
        let mut typed = Typed::default();
        act(&mut typed, "add-row:0");
        act(&mut typed, "add-group");
        act(&mut typed, "add-group");
        assert_eq!(typed.row_group, ["0", "1", "2"]);
        act(&mut typed, "remove-group:1");
        assert_eq!(
            (typed.row_group.clone(), typed.group_match.len()),
            (vec!["0".to_owned(), "1".to_owned()], 1)
        );
        act(&mut typed, "remove-row:0");
        assert_eq!(typed.row_group, ["1"]);
        act(&mut typed, "remove-row:9");
        act(&mut typed, "remove-group:9");
        for _ in 0..10 {
            act(&mut typed, "add-level");
        }
        assert_eq!(typed.level_percent.len(), LEVELS_MAX);
        "save".clone_into(&mut typed.act);
        assert!(!typed.arrange());
    }
}
