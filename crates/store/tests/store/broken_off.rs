//! Transactions whose asker goes away while they begin, as requests do whose caller hangs up.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Waker};
use std::time::Duration;

use store::db::Engine;
use testkit::{TestDb, both_engines};

const OPEN: &str = "select cast(count(*) as text) as open from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'";

/// Waits until no connection stands in a transaction.
async fn nothing_is_open(test: &TestDb) {
    if test.db.engine() == Engine::Sqlite {
        return;
    }
    let raw = test.raw().await;
    for tries in 0.. {
        let open = raw.texts(OPEN).await.unwrap();
        if open == [["0"]] {
            return;
        }
        assert!(tries < 100, "still open: {open:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Has it asked once, and drops it while it waits for the answer.
fn break_off(asked: impl Future) {
    let _ = pin!(asked).poll(&mut Context::from_waker(Waker::noop()));
}

both_engines! {
    async fn a_begin_that_is_broken_off_leaves_nothing_open(test: TestDb) {
        test.db.system_read().await.unwrap();
        for _ in 0..10 {
            // The connection has time to be given back.
            tokio::time::sleep(Duration::from_millis(20)).await;
            break_off(test.db.system_write());
            tokio::time::sleep(Duration::from_millis(20)).await;
            nothing_is_open(&test).await;
            break_off(test.db.system_read());
            tokio::time::sleep(Duration::from_millis(20)).await;
            nothing_is_open(&test).await;
        }
        test.db.system_write().await.unwrap().commit().await.unwrap();
    }
}
