//! Results of providers and tables of one's own, as they are read.

use proptest::prelude::*;

use crate::payout_file::number_in;
use crate::payout_file::result::{Outcome, PaidAt, Which, read};
use crate::time::Day;

#[test]
fn results_are_read_by_their_heads() {
    let paypal = "Payout Item ID,Recipient,Amount,Customer ID,Transaction Status,Transaction ID,Error\n\
                  X1,maya@example.com,1.00,PO-1001,Success,8AB,\n\
                  X2,bo@example.com,1.00,PO-1002,Returned,8AC,\"Account closed, sorry\"\n\
                  X3,chi@example.com,1.00,PO-1003,Unclaimed,,\n";
    let answers = read(paypal);
    assert_eq!(answers.errors, []);
    assert_eq!(answers.rows[0].outcome, Outcome::Paid);
    assert_eq!(answers.rows[0].reference.as_deref(), Some("8AB"));
    assert_eq!(
        answers.rows[1].outcome,
        Outcome::Returned("Account closed, sorry".to_owned())
    );
    assert_eq!(
        answers.rows[2].outcome,
        Outcome::Waits("unclaimed".to_owned())
    );

    let wise = "\u{feff}transferId,paymentReference,status,completedOn\r\n77,po-1001,Outgoing payment sent,2026-11-20\r\n";
    let answers = read(wise);
    assert_eq!(answers.errors, []);
    assert_eq!(answers.rows[0].which, Which::Number(1001));
    assert_eq!(
        answers.rows[0].paid_at,
        Some(PaidAt::On(Day::parse("2026-11-20").unwrap()))
    );

    let plain = "payout_id,status,reference,paid_at,reason\nPO-1,paid,,2026-11-20T10:00:00Z,\nPO-1,paid,,,\n,paid,,,\nPO-2,,,,\nPO-3,perhaps,,,\nnonsense,paid,,,\nPO-4,paid,,yesterday,\n";
    let answers = read(plain);
    assert_eq!(answers.rows.len(), 1);
    let lines: Vec<u64> = answers.errors.iter().map(|error| error.line).collect();
    assert_eq!(lines, [3, 4, 5, 6, 7, 8]);
    assert!(
        answers.errors[0]
            .message
            .contains("the same payout as line 2")
    );
    assert_eq!(read("a,b\n1,2\n").errors[0].line, 1);
    assert_eq!(read("").errors.len(), 1);
    assert_eq!(number_in(" po-12 "), Some(12));
    assert_eq!(number_in("PO-1x"), None);
}

#[test]
fn what_a_result_says_was_paid_is_compared() {
    let said = |text: &str| read(text).rows[0].said.clone();
    let differs = |text: &str, amount: i64, currency: &str| {
        said(text).differing(amount, currency.parse().unwrap())
    };
    // The plain file and PayPal's report: amount and currency, however they are written.
    for (cells, amount, currency) in [
        ("15.00,USD", 1500, "USD"),
        ("15,usd", 1500, "USD"),
        ("-15.00,USD", 1500, "USD"),
        ("US$15.00,", 1500, "USD"),
        ("15.00 USD,", 1500, "USD"),
        ("\"1,188.00\",USD", 118_800, "USD"),
        ("\"1.188,00\",EUR", 118_800, "EUR"),
        ("\"15,00\",EUR", 1500, "EUR"),
        ("1500.00,JPY", 1500, "JPY"),
        ("10.001,KWD", 10_001, "KWD"),
        (",", 1500, "USD"),
        (",USD", 1500, "USD"),
        ("15.00,US Dollar", 1500, "USD"),
    ] {
        let text = format!("payout_id,status,amount,currency\nPO-1,paid,{cells}\n");
        assert_eq!(differs(&text, amount, currency), None, "{cells}");
    }
    for (cells, amount, currency, told) in [
        ("14.99,USD", 1500, "USD", "14.99 USD"),
        ("15.00,eur", 1500, "USD", "15.00 EUR"),
        ("15.00 EUR,", 1500, "USD", "15.00 EUR"),
        (",EUR", 1500, "USD", "EUR"),
        ("\"15,00\",USD", 150_000, "USD", "15,00 USD"),
        ("1.50,JPY", 150, "JPY", "1.50 JPY"),
        ("perhaps,USD", 1500, "USD", "perhaps USD"),
    ] {
        let text = format!("payout_id,status,amount,currency\nPO-1,paid,{cells}\n");
        assert_eq!(
            differs(&text, amount, currency).as_deref(),
            Some(told),
            "{cells}"
        );
    }
    let paypal = "Customer ID,Transaction Status,Transaction Amount,Fee\nPO-1,Success,15.00,0.25\n";
    assert_eq!(differs(paypal, 1500, "USD"), None);
    assert_eq!(differs(paypal, 1525, "USD").as_deref(), Some("15.00"));

    // Wise: what the recipient gets; what it was paid with only in the same currency, and fees may be in that.
    let wise = |columns: &str, cells: &str| {
        format!("paymentReference,status,{columns}\nPO-1,completed,{cells}\n")
    };
    let both = "sourceAmount,sourceCurrency,targetAmount,targetCurrency";
    assert_eq!(
        differs(&wise(both, "23.40,USD,20.00,EUR"), 2000, "EUR"),
        None
    );
    assert_eq!(
        differs(&wise(both, "20.00,EUR,23.40,USD"), 2000, "EUR").as_deref(),
        Some("23.40 USD")
    );
    let batch = "amountCurrency,amount,sourceCurrency,targetCurrency";
    assert_eq!(
        differs(&wise(batch, "target,20.00,USD,EUR"), 2000, "EUR"),
        None
    );
    assert_eq!(
        differs(&wise(batch, "target,19.00,USD,EUR"), 2000, "EUR").as_deref(),
        Some("19.00 EUR")
    );
    assert_eq!(
        differs(&wise(batch, "source,23.40,USD,EUR"), 2000, "EUR"),
        None
    );
    let source = "sourceAmount,sourceCurrency,targetCurrency";
    assert_eq!(differs(&wise(source, "20.61,EUR,EUR"), 2000, "EUR"), None);
    assert_eq!(
        differs(&wise(source, "19.99,EUR,EUR"), 2000, "EUR").as_deref(),
        Some("19.99 EUR")
    );
    assert_eq!(differs(&wise(source, "1.00,USD,EUR"), 2000, "EUR"), None);
}

proptest! {
    #[test]
    fn any_text_is_read_without_a_panic(text in "\\PC{0,300}") {
        let with_head = format!("payout_id,status\n{text}");
        let _ = (read(&text), read(&with_head));
    }
}
