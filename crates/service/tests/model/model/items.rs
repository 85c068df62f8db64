//! The items of a sale: each with its part of tax and shipping taken off.

use crate::fraction::Fraction;
use crate::history::Report;

/// `value × part / whole`, rounded.
pub(super) fn share(value: i64, part: i64, whole: i64) -> i64 {
    if part == 0 {
        return 0;
    }
    let part = Fraction::new(i128::from(part), i128::from(whole));
    Fraction::whole(value).times(part).round()
}

/// The items of a sale as (product, net, gross), or the whole event without a product.
pub(super) fn parts(report: &Report) -> Vec<(Option<&'static str>, i64, i64)> {
    if report.items.is_empty() {
        let net = report.amount - report.tax - report.shipping;
        return vec![(None, net, report.amount)];
    }
    let weights: Vec<i64> = report.items.iter().map(|item| item.1).collect();
    let taxes = spread(report.tax, &weights);
    let shipping = spread(report.shipping, &weights);
    let mut both: Vec<i64> = (0..weights.len())
        .map(|at| taxes[at] + shipping[at])
        .collect();
    if spread_together(report) {
        both = spread(report.tax + report.shipping, &weights);
    }
    report
        .items
        .iter()
        .zip(both)
        .map(|(item, gone)| (Some(item.0), item.1 - gone, item.1))
        .collect()
}

/// Whether the remainders of tax and shipping would meet on an item that is smaller than both: they are
/// spread as one sum then, so that no item is below zero.
pub(super) fn spread_together(report: &Report) -> bool {
    let weights: Vec<i64> = report.items.iter().map(|item| item.1).collect();
    let taxes = spread(report.tax, &weights);
    let shipping = spread(report.shipping, &weights);
    (0..weights.len()).any(|at| taxes[at] + shipping[at] > weights[at])
}

/// Spreads a sum by weight: everyone the whole part of the share, and what is left one by one to
/// the largest remainders, of equal ones to the first.
fn spread(sum: i64, weights: &[i64]) -> Vec<i64> {
    let total: i64 = weights.iter().sum();
    if total == 0 {
        return vec![0; weights.len()];
    }
    let exact = |weight: i64| {
        Fraction::whole(sum).times(Fraction::new(i128::from(weight), i128::from(total)))
    };
    let mut shares: Vec<i64> = weights.iter().map(|&w| exact(w).floor()).collect();
    let rest = |at: usize| exact(weights[at]).minus(Fraction::whole(exact(weights[at]).floor()));
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by(|&a, &b| rest(b).cmp(&rest(a)).then(a.cmp(&b)));
    let mut left = sum - shares.iter().sum::<i64>();
    for at in order {
        if left == 0 {
            break;
        }
        shares[at] += 1;
        left -= 1;
    }
    shares
}
