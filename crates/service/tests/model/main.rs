//! Random histories against a slow model written with exact fractions from the money page alone.
//!
//! [`model`] knows the rules of money, [`history`] draws what happens, [`stage`] plays it through the
//! use cases and compares every commission, balance and payout. A seed means one history. Where the
//! two differ, the history is cut down to the few steps that show it and printed with its seed:
//!
//! - `TRIBUTARY_MODEL_SEED=7` plays the histories from that seed on, instead of the fixed ones;
//! - `TRIBUTARY_MODEL_COUNT=1` plays so many in each test (`sqlite_0` begins with that seed itself).
//!
//! In some of them months are closed and affiliates are moved below others. No history has clicks that are paid (they are
//! counted out in `tests/use_case/click_pay.rs`), touchpoints that compete, or a business that moves to another time zone.
//!
//! Whether the histories find what is wrong was tried by breaking the product, one thing at a time. Each of
//! these was found within the first thousand histories, most of them within a hundred:
//!
//! | | broken |
//! |---|---|
//! | rounding | a half goes towards zero; to the even neighbour; bands of a graduated tier each rounded |
//! | items | equal remainders of tax go to the later item; tax is not taken off items; a fixed reward is paid a piece |
//! | choice of a rule | of equal ones the youngest; compared before caps; its version by the time of recording; a negative comparison of what is missing holds |
//! | tiers and caps | a band from above its boundary; refunds, full refunds, rejected commissions or rejected lines of zero left in; the month by the time of recording, or in UTC; a cap a customer counted in the sale's currency; a cap a month over all months |
//! | levels | a share of what is below taken of the reward; a skipped affiliate moves the next level; one who is not approved is paid |
//! | recurrence | one more than the first n; the end of the months belongs to them |
//! | holds | counted from the recording; ended a day early |
//! | events | repeated with another amount or customer; the source that is not the truth earns, or the one that is by now earns again; a rejected referral earns |
//! | refunds | the share cut off instead of rounded; without adjustments; one from a pending payout shrinks it; an emptied draft stays |
//! | disputes | won: what a payout has settled is given to the clawback; revived as approved always; a late report counts; lost again takes more than is left |
//! | decisions | the undo leaves the rule to approve again; the undo of a rejection forgets refunds, or what a won dispute gave again; a rejected referral leaves what is approved |
//! | payouts | the clawback is not carried; the minimum is compared without it, or has to be exceeded; a cancelled payout settles nothing; a run's last day is not looked at |

mod fraction;
mod history;
mod model;
mod stage;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use testkit::{Engine, START, TestApp, TestDb};

use history::{Author, Dice, Step};
use stage::{Difference, Founded, Stage};

/// Histories of one part on SQLite, which share their businesses: more than ten thousand in all parts.
const PART: u64 = 720;
/// On PostgreSQL, where each takes longer.
const POSTGRES_PART: u64 = 75;
/// Businesses of one database; each history takes one that nothing has happened in.
const WORLDS: u64 = 24;
/// Each so many histories, what was paid comes back afterwards.
const COMES_BACK: u64 = 4;
/// Steps of that.
const AFTERWARDS: usize = 5;
/// In each so many histories months are closed beside them, and afterwards the clock is set back into one.
const CLOSES: u64 = 3;
/// Steps of that.
const BEHIND: usize = 6;
/// In each so many histories affiliates get others above them afterwards.
const MOVES: u64 = 4;
/// Steps of that.
const MOVED: usize = 8;
/// Differences that are told at a time; the first ones are cut down.
const TOLD_MAX: usize = 12;
/// Tries to leave a step out.
const CUTS_MAX: usize = 150;

/// Every place the histories must come through, so that a change of the generator cannot quietly
/// leave one out.
const PLACES: &[&str] = &[
    "a band by count ever",
    "a band by count in the month",
    "a band by revenue ever",
    "a bonus",
    "a cap a customer cut",
    "a cap a month cut",
    "a cap an event cut",
    "a circle of affiliates was refused",
    "a closed month was not closed again",
    "a closer scope decided",
    "a commission was rejected",
    "a commission was wholly reversed",
    "a condition did not hold",
    "a condition held",
    "a correction below zero",
    "a customer came back",
    "a customer left",
    "a customer's lead and sale both paid",
    "a dispute",
    "a dispute was lost",
    "a dispute was won",
    "a draft was cancelled",
    "a full refund",
    "a graduated sale crossed bands",
    "a hold passed and the commission approved itself",
    "a later version paid",
    "a lead paid",
    "a line of zero",
    "a minimum was not reached",
    "a month that is not over was not closed",
    "a month was closed",
    "a new parent earned",
    "a parent earned",
    "a partial refund",
    "a payout of a run is not paid by itself",
    "a payout was drafted",
    "a payout was paid",
    "a pending payout was cancelled",
    "a product rule decided",
    "a recurrence by count was over",
    "a recurrence by months was over",
    "a referral was rejected",
    "a referral's approval was undone",
    "a refund after payment",
    "a refund emptied a draft",
    "a refund lowered a tier",
    "a refund of more than is left",
    "a refund of what is on its way",
    "a refund shrank a draft",
    "a repeated dispute",
    "a repeated event",
    "a repeated refund",
    "a rule changed",
    "a run drafted several payouts",
    "a run was drafted",
    "a run was paid",
    "a run was submitted",
    "a second level earned",
    "a second payout of a currency",
    "a seventh level earned",
    "a third level or more earned",
    "a tier left a rejected event out",
    "a tier left another month out",
    "a won dispute gave to what is unpaid",
    "a won dispute revived a commission",
    "an adjustment",
    "an affiliate of several currencies was paid",
    "an approval during the hold was refused",
    "an approval was undone",
    "an earlier version paid an event of its time",
    "an entry was dated behind a closed month",
    "an event of a closed month",
    "an event of an earlier month",
    "an event on a rejected referral",
    "an event that happened before one recorded earlier",
    "an event too far ahead",
    "an id used for something else",
    "an invoice seen twice",
    "an upline who is not approved was skipped",
    "approvals were undone together",
    "approved at once",
    "approved with its referral",
    "figures that do not fit together",
    "held",
    "items of one rule were summed",
    "money that was paid came back",
    "no payout, since nothing would be paid",
    "one commission was paid by hand",
    "one sale, several rules by item",
    "rules of one scope competed",
    "rules of several currencies competed",
    "the younger rule of a scope paid more",
];

/// Places that only a few histories in a thousand come through: one part is asked for them.
const RARE: &[&str] = &[
    "a band by revenue in the month",
    "a bound customer of an affiliate who is not approved",
    "a cancelled payout settled a clawback",
    "a clawback was carried forward",
    "a hold was released",
    "a referral with a commission in a payout cannot be rejected",
    "a referral's rejection was undone",
    "a rejection was undone",
    "a rejection was undone after a dispute was won",
    "a report of a dispute that came late",
    "a run carried a clawback forward",
    "a run was cancelled",
    "a run's last day left a commission out",
    "a sale counted once although the source of truth was changed",
    "a settled clawback was given again as a commission of its own",
    "a tier left a rejected line of zero out",
    "a won dispute gave to a draft",
    "a won dispute settled a clawback",
    "an affiliate was left out of a run",
    "tax and shipping of an item were spread together",
    "what was approved together has gone on",
    "what a won dispute revived was undone with its referral",
    "what was given again was taken again",
];

const USUAL: &[&[&str]] = &[PLACES, &model::CURRENCY_PLACES];
const ALL: &[&[&str]] = &[PLACES, &model::CURRENCY_PLACES, RARE];
/// PostgreSQL shows what the engines do differently; its few histories need not come through every place.
const NONE: &[&[&str]] = &[];

/// Businesses in which nothing has happened yet, as often as they are wanted.
struct Ground {
    engine: Engine,
    /// The part whose businesses these are.
    part: u64,
    /// On SQLite: the database that is copied, with its businesses.
    original: Option<(TestApp, Vec<Founded>)>,
    made: u64,
}

impl Ground {
    async fn new(engine: Engine, part: u64) -> Self {
        let original = match engine {
            Engine::Sqlite => Some(Self::fresh(engine, part).await),
            Engine::Postgres => None,
        };
        Self {
            engine,
            part,
            original,
            made: 1,
        }
    }

    async fn fresh(engine: Engine, part: u64) -> (TestApp, Vec<Founded>) {
        let test = TestApp::over(TestDb::new(engine).await, 1);
        let mut founded = Vec::new();
        for number in part * WORLDS..(part + 1) * WORLDS {
            let number = usize::try_from(number).expect("few");
            founded.push(stage::found(&test.app, number).await);
        }
        (test, founded)
    }

    async fn take(&mut self) -> (TestApp, Vec<Founded>) {
        self.made += 1;
        match &self.original {
            Some((test, founded)) => {
                let copy = test.db.copy().await;
                (TestApp::over(copy, self.made), founded.clone())
            }
            None => Self::fresh(self.engine, self.part).await,
        }
    }
}

/// Tells the seed when a history ends in a panic.
struct Seed(u64);

impl Drop for Seed {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("TRIBUTARY_MODEL_SEED={} ended in a panic", self.0);
        }
    }
}

/// What became of a history.
struct Played {
    steps: Vec<Step>,
    difference: Option<Difference>,
    reached: Vec<&'static str>,
}

/// Which of the businesses of its part a history happens in.
fn world_of(seed: u64) -> usize {
    usize::try_from(seed % WORLDS).expect("few")
}

fn begins(seed: u64) -> i64 {
    let mut dice = Dice::new(seed ^ 0x5eed);
    START.0 + dice.between(0, 40 * 86_400_000)
}

/// Draws and plays the history of a seed.
async fn play(test: &TestApp, founded: &Founded, seed: u64) -> Played {
    let _told = Seed(seed);
    let mut author = Author::new(seed, begins(seed));
    let mut stage = Stage::new(test, founded, begins(seed));
    let mut steps = Vec::new();
    let mut difference = None;
    let mut closings = (seed % CLOSES == 1).then(|| Dice::new(seed ^ 0xc105e));
    for number in 0..author.length() {
        let beside = (closings.as_mut()).and_then(|dice| history::closing(dice, &stage.model));
        if let Some(step) = beside {
            difference = further(&mut stage, &mut steps, step).await;
            if difference.is_some() {
                break;
            }
        }
        let step = author.next(number, &stage.model);
        steps.push(step.clone());
        let mut result = stage.play(&step).await;
        if result.is_ok() && (number + 1 == author.length() || number % 9 == 8) {
            result = stage.compare().await;
        }
        if let Err(found) = result {
            difference = Some(found);
            break;
        }
    }
    if difference.is_none() && seed.is_multiple_of(COMES_BACK) {
        let mut dice = Dice::new(seed ^ 0xbac4);
        for _ in 0..AFTERWARDS {
            let Some(step) = history::afterwards(&mut dice, &stage.model) else {
                break;
            };
            difference = further(&mut stage, &mut steps, step).await;
            if difference.is_some() {
                break;
            }
        }
    }
    let moves = if seed % MOVES == 1 { MOVED } else { 0 };
    for number in 0..moves {
        if difference.is_none() {
            let step = author.moves(number, &stage.model);
            difference = further(&mut stage, &mut steps, step).await;
        }
    }
    // Last, since time goes back.
    if let Some(dice) = &mut closings {
        for number in 0..BEHIND {
            if difference.is_none() {
                let step = history::behind(dice, &stage.model, number);
                difference = further(&mut stage, &mut steps, step).await;
            }
        }
    }
    if difference.is_none() && seed.is_multiple_of(16) {
        difference = stage.prove().await.err();
    }
    Played {
        steps,
        difference,
        reached: stage.model.reached.iter().copied().collect(),
    }
}

/// Plays one more step and compares.
async fn further(stage: &mut Stage<'_>, steps: &mut Vec<Step>, step: Step) -> Option<Difference> {
    steps.push(step.clone());
    let mut result = stage.play(&step).await;
    if result.is_ok() {
        result = stage.compare().await;
    }
    result.err()
}

/// Plays given steps, comparing after each; how many it took to differ, and the difference.
async fn replay(
    test: &TestApp,
    founded: &Founded,
    seed: u64,
    steps: &[Step],
) -> Option<(usize, Difference)> {
    let mut stage = Stage::new(test, founded, begins(seed));
    for (number, step) in steps.iter().enumerate() {
        let mut result = stage.play(step).await;
        if result.is_ok() {
            result = stage.compare().await;
        }
        if let Err(found) = result {
            return Some((number + 1, found));
        }
    }
    stage.prove().await.err().map(|found| (steps.len(), found))
}

/// Leaves out what is not needed for the difference.
async fn cut(ground: &mut Ground, seed: u64, steps: Vec<Step>) -> (Vec<Step>, Difference) {
    let world = world_of(seed);
    let (test, founded) = ground.take().await;
    let Some((length, mut difference)) = replay(&test, &founded[world], seed, &steps).await else {
        return (steps, "not seen again when played once more".to_owned());
    };
    let mut steps = steps;
    steps.truncate(length);
    let mut at = steps.len();
    let mut tries = 0;
    while at > 0 && tries < CUTS_MAX {
        at -= 1;
        tries += 1;
        // What later steps name by number stays what it was.
        if matches!(steps[at], Step::NewRule { .. }) {
            continue;
        }
        let mut fewer = steps.clone();
        fewer.remove(at);
        let (test, founded) = ground.take().await;
        if let Some((length, found)) = replay(&test, &founded[world], seed, &fewer).await {
            fewer.truncate(length);
            steps = fewer;
            difference = found;
            at = at.min(steps.len());
        }
    }
    (steps, difference)
}

fn number(name: &str) -> Option<u64> {
    #[expect(
        clippy::disallowed_methods,
        reason = "tests are configured by their environment"
    )]
    let text = std::env::var(name).ok()?;
    Some(text.parse().expect("a whole number"))
}

/// Plays the histories of a part, which have to come through these places.
fn histories(engine: Engine, part: u64, count: u64, places: &[&[&'static str]]) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let chosen = number("TRIBUTARY_MODEL_SEED");
        let first = chosen.unwrap_or(0) + part * PART;
        let count = number("TRIBUTARY_MODEL_COUNT").unwrap_or(count);
        let mut ground = Ground::new(engine, first / PART).await;
        let mut reached: BTreeMap<&'static str, u64> = BTreeMap::new();
        let mut different = Vec::new();
        let mut place = ground.take().await;
        for seed in first..first + count {
            if seed / PART != ground.part {
                ground = Ground::new(engine, seed / PART).await;
                place = ground.take().await;
            } else if seed > first && (seed - first).is_multiple_of(WORLDS) {
                place = ground.take().await;
            }
            let world = world_of(seed);
            let played = play(&place.0, &place.1[world], seed).await;
            for what in played.reached {
                *reached.entry(what).or_default() += 1;
            }
            if let Some(difference) = played.difference {
                eprintln!("TRIBUTARY_MODEL_SEED={seed} differs: {difference}");
                different.push((seed, played.steps, difference));
                if different.len() == TOLD_MAX {
                    break;
                }
            }
        }
        let mut told = String::new();
        for (at, (seed, steps, difference)) in different.into_iter().enumerate() {
            if seed / PART != ground.part {
                ground = Ground::new(engine, seed / PART).await;
            }
            let (steps, difference) = match at {
                0..6 => cut(&mut ground, seed, steps).await,
                _ => (Vec::new(), difference),
            };
            let number = ground.part * WORLDS + seed % WORLDS;
            let world = history::World::number(usize::try_from(number).expect("few"));
            let _ = writeln!(told, "\nTRIBUTARY_MODEL_SEED={seed}: {difference}");
            if !steps.is_empty() {
                let _ = writeln!(told, "begins {} in {world:?}, after", begins(seed));
            }
            for (at, step) in steps.iter().enumerate() {
                let _ = writeln!(told, "{at:>3} {step:?}");
            }
        }
        assert!(told.is_empty(), "model and product differ{told}");
        println!("{count} histories from {first}: {reached:#?}");
        if chosen.is_none() && number("TRIBUTARY_MODEL_COUNT").is_none() {
            let places = places.iter().copied().flatten();
            let missing: Vec<_> = places
                .filter(|&place| !reached.contains_key(place))
                .collect();
            assert!(missing.is_empty(), "never reached: {missing:?}");
        }
    });
}

// In parts that run beside each other, each far from the time at which a test is ended.

macro_rules! parts {
    ($($name:ident: $engine:ident $part:literal, $count:ident, $places:ident;)*) => {$(
        #[test]
        fn $name() {
            histories(Engine::$engine, $part, $count, $places);
        }
    )*};
}

parts! {
    sqlite_0: Sqlite 0, PART, USUAL;
    sqlite_1: Sqlite 1, PART, ALL;
    sqlite_2: Sqlite 2, PART, USUAL;
    sqlite_3: Sqlite 3, PART, USUAL;
    sqlite_4: Sqlite 4, PART, USUAL;
    sqlite_5: Sqlite 5, PART, USUAL;
    sqlite_6: Sqlite 6, PART, USUAL;
    sqlite_7: Sqlite 7, PART, USUAL;
    sqlite_8: Sqlite 8, PART, USUAL;
    sqlite_9: Sqlite 9, PART, USUAL;
    sqlite_10: Sqlite 10, PART, USUAL;
    sqlite_11: Sqlite 11, PART, USUAL;
    sqlite_12: Sqlite 12, PART, USUAL;
    sqlite_13: Sqlite 13, PART, USUAL;
    postgres_0: Postgres 14, POSTGRES_PART, NONE;
    postgres_1: Postgres 15, POSTGRES_PART, NONE;
    postgres_2: Postgres 16, POSTGRES_PART, NONE;
    postgres_3: Postgres 17, POSTGRES_PART, NONE;
}
