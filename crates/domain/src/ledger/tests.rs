use super::*;
use crate::balance::Balance;
use crate::id::{BusinessId, CommissionId, EventId, JournalId, PayoutId};
use crate::time::UnixMs;
use Account::{Approved, Clawback, Expense, InPayout, Paid, Pending};
use uuid::Uuid;

#[test]
fn the_signs_of_every_kind() {
    type Row = (Movement, JournalKind, Vec<(Account, i64)>);
    let table: Vec<Row> = vec![
        (
            Movement::earn(980).unwrap(),
            JournalKind::Earn,
            vec![(Expense, -980), (Pending, 980)],
        ),
        (
            Movement::adjust(-30, Place::Pending).unwrap(),
            JournalKind::Adjust,
            vec![(Expense, 30), (Pending, -30)],
        ),
        (
            Movement::adjust(50, Place::Approved).unwrap(),
            JournalKind::Adjust,
            vec![(Expense, -50), (Approved, 50)],
        ),
        (
            Movement::approve(980).unwrap(),
            JournalKind::Approve,
            vec![(Pending, -980), (Approved, 980)],
        ),
        (
            Movement::unapprove(980).unwrap(),
            JournalKind::Unapprove,
            vec![(Approved, -980), (Pending, 980)],
        ),
        (
            Movement::reject(980).unwrap(),
            JournalKind::Reject,
            vec![(Pending, -980), (Expense, 980)],
        ),
        (
            Movement::unreject(980).unwrap(),
            JournalKind::Unreject,
            vec![(Expense, -980), (Pending, 980)],
        ),
        (
            Movement::draft(1500, -980).unwrap(),
            JournalKind::Draft,
            vec![
                (Approved, -1500),
                (InPayout, 1500),
                (InPayout, -980),
                (Clawback, 980),
            ],
        ),
        (
            Movement::draft(1500, 0).unwrap(),
            JournalKind::Draft,
            vec![(Approved, -1500), (InPayout, 1500)],
        ),
        (
            Movement::cancel_payout(1500, -980, 20).unwrap(),
            JournalKind::CancelPayout,
            vec![
                (Clawback, -980),
                (InPayout, 980),
                (InPayout, -1500),
                (Approved, 1500),
                (Approved, -20),
                (Clawback, 20),
            ],
        ),
        (
            Movement::pay(520).unwrap(),
            JournalKind::Pay,
            vec![(InPayout, -520), (Paid, 520)],
        ),
        (
            Movement::reverse(9, Place::Pending).unwrap(),
            JournalKind::Reverse,
            vec![(Pending, -9), (Expense, 9)],
        ),
        (
            Movement::reverse(9, Place::Approved).unwrap(),
            JournalKind::Reverse,
            vec![(Approved, -9), (Expense, 9)],
        ),
        (
            Movement::reverse(9, Place::DraftPayout).unwrap(),
            JournalKind::Reverse,
            vec![(InPayout, -9), (Expense, 9)],
        ),
        (
            Movement::reverse(9, Place::PaidOut).unwrap(),
            JournalKind::Reverse,
            vec![(Clawback, -9), (Expense, 9)],
        ),
        (
            Movement::restore(9, Place::PaidOut).unwrap(),
            JournalKind::Restore,
            vec![(Expense, -9), (Clawback, 9)],
        ),
        (
            Movement::restore(9, Place::Approved).unwrap(),
            JournalKind::Restore,
            vec![(Expense, -9), (Approved, 9)],
        ),
    ];
    for (movement, kind, postings) in table {
        assert_eq!(movement.kind(), kind);
        assert_eq!(
            movement
                .postings()
                .iter()
                .map(|p| (p.account, p.amount))
                .collect::<Vec<_>>(),
            postings,
            "{kind}"
        );
        assert_eq!(
            movement.postings().iter().map(|p| p.amount).sum::<i64>(),
            0,
            "{kind}"
        );
    }
}

#[test]
fn nothing_and_the_wrong_direction_are_refused() {
    for movement in [
        Movement::earn(0),
        Movement::earn(-1),
        Movement::approve(0),
        Movement::reject(-5),
        Movement::pay(0),
        Movement::reverse(-1, Place::Approved),
        Movement::restore(0, Place::PaidOut),
        Movement::adjust(0, Place::Pending),
        Movement::adjust(5, Place::PaidOut),
        Movement::draft(100, -100),
        Movement::draft(0, 0),
        Movement::cancel_payout(0, 0, 0),
    ] {
        assert_eq!(movement, Err(MovementError::NotPositive));
    }
    assert_eq!(
        Movement::draft(100, 1),
        Err(MovementError::CarriedAboveZero)
    );
    assert_eq!(
        Movement::cancel_payout(100, 0, -1),
        Err(MovementError::CarriedAboveZero)
    );
    assert!(matches!(
        Movement::adjust(i64::MIN, Place::Pending),
        Err(MovementError::TooLarge(_))
    ));
    assert_eq!(
        (settleable(15, -10), settleable(15, -20), settleable(15, 0)),
        (10, 15, 0)
    );
}

fn balance(movements: &[Movement]) -> Balance {
    let rows = movements
        .iter()
        .flat_map(|m| m.postings().iter().map(|p| (m.kind(), p.account, p.amount)));
    let balance = Balance::from_sums(rows).unwrap();
    balance.check().unwrap();
    balance
}

#[test]
fn paid_980_then_refunded_then_1500_pays_520() {
    let mut movements = vec![
        Movement::earn(980).unwrap(),
        Movement::approve(980).unwrap(),
        Movement::draft(980, 0).unwrap(),
        Movement::pay(980).unwrap(),
        Movement::reverse(980, Place::PaidOut).unwrap(),
    ];
    let owing = balance(&movements);
    assert_eq!(
        (
            owing.paid,
            owing.clawback,
            owing.owed,
            owing.earned,
            owing.reversed
        ),
        (980, -980, -980, 980, 980)
    );

    movements.extend([
        Movement::earn(1500).unwrap(),
        Movement::approve(1500).unwrap(),
    ]);
    let payable = crate::payout::Payable {
        commission_id: Uuid::nil().into(),
        amount: 1500,
    };
    let draft = crate::payout::draft(&[payable], balance(&movements).clawback, None).unwrap();
    assert_eq!(
        (draft.commissions_total, draft.carried_forward, draft.amount),
        (1500, -980, 520)
    );
    movements.extend([
        Movement::draft(1500, -980).unwrap(),
        Movement::pay(520).unwrap(),
    ]);
    let settled = balance(&movements);
    assert_eq!((settled.paid, settled.clawback, settled.owed), (1500, 0, 0));
    assert_eq!((settled.earned, settled.reversed), (2480, 980));
}

#[test]
fn broken_books_are_found() {
    let broken = Balance {
        earned: 10,
        pending: 9,
        ..Balance::default()
    };
    assert_eq!(
        broken.check().unwrap_err().to_string(),
        "earned − reversed is 10, the accounts add up to 9"
    );
    let above = Balance {
        earned: 1,
        clawback: 1,
        ..Balance::default()
    };
    assert!(above.check().is_err());
    assert!(
        Balance::from_sums([
            (JournalKind::Earn, Pending, i64::MAX),
            (JournalKind::Earn, Pending, 1)
        ])
        .is_err()
    );
}

fn first_entry() -> EntryContent {
    EntryContent {
        business_id: BusinessId::from_i64(7_340_032_000_000_000_001),
        seq: 1,
        entry_id: JournalId::from(Uuid::from_u128(0x0193_5000_0000_7000_8000_0000_0000_0001)),
        at: UnixMs(1_795_253_400_000),
        affiliate_id: Uuid::from_u128(0x0193_5000_0000_7000_8000_0000_0000_0002).into(),
        currency: "USD".parse().unwrap(),
        kind: JournalKind::Earn,
        commission_id: Some(CommissionId::from(Uuid::from_u128(
            0x0193_5000_0000_7000_8000_0000_0000_0003,
        ))),
        payout_id: None,
        event_id: Some(EventId::from(Uuid::from_u128(
            0x0193_5000_0000_7000_8000_0000_0000_0004,
        ))),
        postings: Movement::earn(980).unwrap().postings().to_vec(),
    }
}

fn second_entry() -> EntryContent {
    EntryContent {
        seq: 2,
        entry_id: JournalId::from(Uuid::from_u128(0x0193_5000_0000_7000_8000_0000_0000_0005)),
        at: UnixMs(1_795_253_460_000),
        kind: JournalKind::Draft,
        commission_id: None,
        payout_id: Some(PayoutId::from(Uuid::from_u128(
            0x0193_5000_0000_7000_8000_0000_0000_0006,
        ))),
        event_id: None,
        postings: Movement::draft(1500, -980).unwrap().postings().to_vec(),
        ..first_entry()
    }
}

fn hex(hash: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(hash)
}

/// The vectors of docs/adr/0003-journal-byte-format.md.
#[test]
fn the_vectors_of_the_byte_format() {
    let first = entry_hash(&first_entry(), GENESIS);
    assert_eq!(
        hex(&first),
        "e183aff1d6680f378032d93a39e2ff8ff483a0aed091b9a00c7c7614917b49ca"
    );
    assert_eq!(
        hex(&entry_hash(&second_entry(), first)),
        "5d6ab30d6e201bab22d9eb2a9b56255ba0b85c49aae3b78e1c3edbcb6d25f7eb"
    );
    assert_eq!(
        hex(&first_entry().bytes(&GENESIS)),
        "7472696275746172792d6a6f75726e616c2d76310065dd083700000001000000000000000101935000000070008000000000000001000001a1fd70f1c00193500000007000800000000000000200000003555344000000046561726e01019350000000700080000000000000030001019350000000700080000000000000040000000200000007657870656e7365fffffffffffffc2c0000000770656e64696e6700000000000003d40000000000000000000000000000000000000000000000000000000000000000"
    );
}

#[test]
fn a_change_anywhere_is_found() {
    let hash = entry_hash(&first_entry(), GENESIS);
    type Change = fn(&mut EntryContent);
    let changes: [Change; 12] = [
        |e| e.business_id = BusinessId::from_i64(1),
        |e| e.seq = 2,
        |e| e.entry_id = Uuid::nil().into(),
        |e| e.at = UnixMs(0),
        |e| e.affiliate_id = Uuid::nil().into(),
        |e| e.currency = "EUR".parse().unwrap(),
        |e| e.kind = JournalKind::Adjust,
        |e| e.commission_id = None,
        |e| e.payout_id = Some(Uuid::nil().into()),
        |e| e.event_id = None,
        |e| e.postings[1].amount += 1,
        |e| e.postings.swap(0, 1),
    ];
    for (index, change) in changes.into_iter().enumerate() {
        let mut entry = first_entry();
        change(&mut entry);
        assert_ne!(entry_hash(&entry, GENESIS), hash, "change {index}");
    }
    assert_ne!(entry_hash(&first_entry(), [1; 32]), hash);
}

#[test]
fn a_chain_is_checked_link_by_link() {
    let (one, two) = (first_entry(), second_entry());
    let first = entry_hash(&one, GENESIS);
    let second = entry_hash(&two, first);
    let mut check = ChainCheck::default();
    check.next(&one, GENESIS, first).unwrap();
    assert_eq!(
        check.clone().next(&one, GENESIS, first),
        Err(ChainBreak::Sequence {
            expected: 2,
            found: 1
        })
    );
    assert_eq!(
        check.clone().next(&two, GENESIS, second),
        Err(ChainBreak::Previous { seq: 2 })
    );
    assert_eq!(
        check.clone().next(&two, first, first),
        Err(ChainBreak::Content { seq: 2 })
    );
    check.next(&two, first, second).unwrap();
    assert_eq!(check.head(), (2, second));
}
