//! The columns that say how much: their names, and which of them counts where there are several.

use super::{Said, shortened};

/// Where a file says how much.
pub(super) struct AmountColumns {
    amount: Option<usize>,
    currency: Option<usize>,
    /// Wise: which of its two currencies `amount` is in, `source` or `target`.
    side: Option<usize>,
    target: Option<usize>,
    target_currency: Option<usize>,
    source: Option<usize>,
    source_with_fees: Option<usize>,
    source_currency: Option<usize>,
}

impl AmountColumns {
    pub(super) fn find(place: impl Fn(&[&str]) -> Option<usize>) -> Self {
        Self {
            amount: place(&["transactionamount", "payoutamount", "amount"]),
            currency: place(&[
                "transactioncurrency",
                "transactioncurrencycode",
                "payoutcurrency",
                "currency",
                "currencycode",
            ]),
            side: place(&["amountcurrency"]),
            target: place(&["targetamount", "targetamountafterfees", "targetvalue"]),
            target_currency: place(&["targetcurrency"]),
            source: place(&["sourceamountafterfees"]),
            source_with_fees: place(&["sourceamount", "sourcevalue"]),
            source_currency: place(&["sourcecurrency"]),
        }
    }

    pub(super) fn read<'a>(&self, cell: impl Fn(Option<usize>) -> Option<&'a str>) -> Said {
        let said = |amount: Option<&str>, currency: Option<&str>, with_fees| Said {
            amount: amount.map(shortened),
            currency: currency.map(shortened),
            with_fees,
            ..Said::default()
        };
        let (target, source) = (cell(self.target_currency), cell(self.source_currency));
        let one_currency = match (target, source) {
            (Some(target), Some(source)) => target.eq_ignore_ascii_case(source),
            _ => false,
        };
        if let Some(amount) = cell(self.target) {
            return said(Some(amount), target.or(cell(self.currency)), false);
        }
        if let Some(amount) = cell(self.amount) {
            let side = cell(self.side).map(str::to_ascii_lowercase);
            return match side.as_deref() {
                Some("target") => said(Some(amount), target, false),
                Some("source") if one_currency => said(Some(amount), target, true),
                Some("source") => said(None, target, false),
                // Which of two currencies it is in is not said.
                _ if cell(self.currency).is_none() && target.is_some() && !one_currency => {
                    said(None, target, false)
                }
                _ => said(Some(amount), cell(self.currency).or(target), false),
            };
        }
        if one_currency && let Some(amount) = cell(self.source) {
            return said(Some(amount), target, false);
        }
        if one_currency && let Some(amount) = cell(self.source_with_fees) {
            return said(Some(amount), target, true);
        }
        said(None, target.or(cell(self.currency)), false)
    }
}
