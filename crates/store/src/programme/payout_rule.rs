//! When and how a business, its groups and their affiliates are paid, and above which sum a second person
//! has to approve.

use domain::id::{AffiliateId, GroupId};
use domain::money::Currency;
use domain::status::PayoutFrequency;

use crate::db::{Result, Tx};
use crate::{args, record};

record! {
    /// The rule in force: of the business, or of an affiliate with what its group has of its own.
    pub struct PayoutRule {
        /// How often.
        pub frequency: PayoutFrequency,
        /// 1 for Monday to 7 for Sunday.
        pub weekday: i64,
        /// 1 to 31.
        pub month_day: i64,
        /// Words of the methods that are paid by, with commas; empty: all.
        pub methods: String,
        /// Whether staff who pays needs a second step at the log-in; none: nothing was chosen.
        pub two_step: Option<bool>,
    }
}

record! {
    /// What a group has of its own.
    pub struct GroupRule {
        /// 1 for Monday to 7 for Sunday; none: as the business.
        pub weekday: Option<i64>,
        /// 1 to 31; none: as the business.
        pub month_day: Option<i64>,
        /// Words with commas; empty: as the business.
        pub methods: String,
    }
}

record! {
    /// Above this a second person has to approve.
    pub struct Limit {
        /// In what.
        pub currency: Currency,
        /// Minor units.
        pub amount: i64,
    }
}

/// The business's rule.
///
/// # Errors
/// As the database says.
pub async fn find(tx: &mut Tx) -> Result<Option<PayoutRule>> {
    tx.fetch_optional(include_str!("payout_rule/find.sql"), args![])
        .await
}

/// Sets the business's rule, but for the frequency, which is in its settings.
///
/// # Errors
/// As the database says.
pub async fn set(tx: &mut Tx, rule: &PayoutRule) -> Result<()> {
    let PayoutRule {
        frequency: _,
        weekday,
        month_day,
        methods,
        two_step,
    } = rule;
    tx.execute(
        include_str!("payout_rule/set.sql"),
        args![*weekday, *month_day, methods, two_step.unwrap_or(false)],
    )
    .await?;
    Ok(())
}

/// What a group has of its own.
///
/// # Errors
/// As the database says.
pub async fn of_group(tx: &mut Tx, group: GroupId) -> Result<Option<GroupRule>> {
    tx.fetch_optional(include_str!("payout_rule/of_group.sql"), args![group])
        .await
}

/// Sets what a group has of its own.
///
/// # Errors
/// As the database says.
pub async fn set_group(tx: &mut Tx, group: GroupId, rule: &GroupRule) -> Result<()> {
    let GroupRule {
        weekday,
        month_day,
        methods,
    } = rule;
    tx.execute(
        include_str!("payout_rule/set_group.sql"),
        args![group, *weekday, *month_day, methods],
    )
    .await?;
    Ok(())
}

/// The rule by which an affiliate is paid.
///
/// # Errors
/// As the database says.
pub async fn of_affiliate(tx: &mut Tx, affiliate: AffiliateId) -> Result<Option<PayoutRule>> {
    tx.fetch_optional(
        include_str!("payout_rule/of_affiliate.sql"),
        args![affiliate],
    )
    .await
}

/// The least that an affiliate is paid in a currency, minor units; 0 when there is none.
///
/// # Errors
/// As the database says.
pub async fn minimum_of(tx: &mut Tx, affiliate: AffiliateId, currency: Currency) -> Result<i64> {
    Ok(tx
        .value_optional(
            include_str!("payout_rule/minimum_of.sql"),
            args![affiliate, currency],
        )
        .await?
        .unwrap_or(0))
}

/// The limits, by currency.
///
/// # Errors
/// As the database says.
pub async fn limits(tx: &mut Tx) -> Result<Vec<Limit>> {
    tx.fetch_all(include_str!("payout_rule/limits.sql"), args![])
        .await
}

/// Puts these limits in the place of those there are.
///
/// # Errors
/// As the database says.
pub async fn set_limits(tx: &mut Tx, limits: &[Limit]) -> Result<()> {
    tx.execute(include_str!("payout_rule/delete_limits.sql"), args![])
        .await?;
    let rows = limits
        .iter()
        .map(|limit| args![limit.currency, limit.amount])
        .collect();
    tx.insert_many("payout_limit", &["currency", "amount"], rows, "")
        .await?;
    Ok(())
}
