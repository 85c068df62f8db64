//! Transactions on a file of their own.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sqlx::SqlStr;
use tokio::sync::Barrier;

use super::checkpoint::{Checkpoint, MOVED_AT_ONCE, MOVED_BESIDE};
use super::session::{Kind, Session};
use super::{Pool, Transaction};
use crate::db::Result;
use crate::db::error::StoreError;
use crate::db::row::Single;
use crate::db::value::Value;

struct File {
    writer: Pool,
    readers: Pool,
    path: PathBuf,
    _folder: tempfile::TempDir,
}

async fn file() -> File {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.db");
    let writer = Pool::writer(path.clone());
    let made = writer.with(|connection| {
        Ok(connection.execute_batch("create table t (n integer primary key) strict")?)
    });
    made.await.unwrap();
    File {
        writer,
        readers: Pool::readers(path.clone()),
        path,
        _folder: folder,
    }
}

async fn insert(tx: &mut Transaction, n: i64) -> Result<u64> {
    let sql = SqlStr::from_static("insert into t (n) values ($1)");
    tx.execute(sql, vec![Value::from(n)]).await
}

async fn numbers(pool: &Pool) -> Vec<i64> {
    let mut tx = pool.begin().await.unwrap();
    let rows: Vec<Single<i64>> = tx
        .fetch_all("select n as value from t order by n", Vec::new())
        .await
        .unwrap();
    rows.into_iter().map(|row| row.0).collect()
}

#[tokio::test]
async fn where_nothing_is_begun_each_statement_sees_what_is_committed_by_then() {
    let file = file().await;
    let mut reader = file.readers.unbegun().await.unwrap();
    let count = async |reader: &mut Transaction| {
        let sql = "select count(*) as value from t where n > $1";
        let rows: Vec<Single<i64>> = reader
            .fetch_all(sql, vec![Value::from(0_i64)])
            .await
            .unwrap();
        rows[0].0
    };
    assert_eq!(count(&mut reader).await, 0);
    let mut tx = file.writer.begin().await.unwrap();
    insert(&mut tx, 1).await.unwrap();
    assert_eq!(count(&mut reader).await, 0);
    tx.commit().await.unwrap();
    assert_eq!(count(&mut reader).await, 1);
    drop(reader);
    // The same connection, on which a transaction sees one state.
    let mut reader = file.readers.begin().await.unwrap();
    assert_eq!(count(&mut reader).await, 1);
    let mut tx = file.writer.begin().await.unwrap();
    insert(&mut tx, 2).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(count(&mut reader).await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn together_each_is_whole_or_not_at_all() {
    let file = file().await;
    let start = Arc::new(Barrier::new(60));
    let tasks: Vec<_> = (0..60_i64)
        .map(|n| {
            let (writer, readers, start) = (
                file.writer.clone(),
                file.readers.clone(),
                Arc::clone(&start),
            );
            tokio::spawn(async move {
                start.wait().await;
                // Every fifth one writes alone.
                let mut tx = if n % 5 == 4 {
                    writer.begin().await
                } else {
                    writer.begin_together().await
                }
                .unwrap();
                insert(&mut tx, n).await.unwrap();
                if n % 3 == 2 {
                    return; // dropped
                }
                tx.commit().await.unwrap();
                assert!(
                    numbers(&readers).await.contains(&n),
                    "who is answered is stored"
                );
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let kept: Vec<i64> = (0..60).filter(|n| n % 3 != 2).collect();
    assert_eq!(numbers(&file.readers).await, kept);
}

#[tokio::test]
async fn a_refused_statement_leaves_the_group_alone() {
    let file = file().await;
    let mut first = file.writer.begin_together().await.unwrap();
    insert(&mut first, 1).await.unwrap();
    let second = {
        let writer = file.writer.clone();
        tokio::spawn(async move {
            let mut tx = writer.begin_together().await.unwrap();
            insert(&mut tx, 2).await.unwrap();
            let twice = insert(&mut tx, 1).await;
            assert!(
                matches!(twice, Err(crate::db::StoreError::Unique(_))),
                "{twice:?}"
            );
        })
    };
    tokio::task::yield_now().await;
    first.commit().await.unwrap();
    second.await.unwrap();
    assert_eq!(numbers(&file.readers).await, [1]);
}

/// Writes two rows and asks for them.
async fn pair(tx: &mut Transaction, n: i64) -> Result<Vec<Single<i64>>> {
    let sql = "insert into t (n) values ($1), ($1 * 2) returning n as value";
    tx.fetch_all(sql, vec![Value::from(n)]).await
}

#[tokio::test]
async fn who_leaves_a_group_takes_only_its_own_along() {
    let file = file().await;
    let mut first = file.writer.begin_together().await.unwrap();
    insert(&mut first, 1).await.unwrap();
    let others: Vec<_> = [10_i64, 7, 30, 9, 40]
        .into_iter()
        .map(|n| {
            let writer = file.writer.clone();
            tokio::spawn(async move {
                let mut tx = writer.begin_together().await.unwrap();
                if n == 9 {
                    // Refused before it has written anything.
                    insert(&mut tx, 1).await.unwrap_err();
                    return;
                }
                assert_eq!(pair(&mut tx, n).await.unwrap().len(), 2);
                if n == 7 {
                    insert(&mut tx, 1).await.unwrap_err();
                    return;
                }
                if n == 30 {
                    // It has written what it then cannot read, and stays.
                    let sql = "insert into t (n) values ($1) returning 'x' as value";
                    let values = vec![Value::from(31_i64)];
                    let misread = tx.fetch_all::<Single<i64>>(sql, values).await;
                    assert!(misread.is_err());
                }
                tx.commit().await.unwrap();
            })
        })
        .collect();
    tokio::task::yield_now().await;
    first.commit().await.unwrap();
    for other in others {
        other.await.unwrap();
    }
    assert_eq!(
        numbers(&file.readers).await,
        [1, 10, 20, 30, 31, 40, 60, 80]
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_process_may_come_between() {
    let file = file().await;
    let made = file
        .writer
        .with(|connection| Ok(connection.execute_batch("create table other (n integer) strict")?));
    made.await.unwrap();
    let (ended, path) = (Arc::new(AtomicBool::new(false)), file.path.clone());
    let end = Arc::clone(&ended);
    // Another one asks for the file again and again.
    let other = std::thread::spawn(move || {
        let connection = rusqlite::Connection::open(path).unwrap();
        connection.busy_timeout(Duration::ZERO).unwrap();
        // It has the file for a moment only, however slow the disk is.
        connection
            .execute_batch("pragma synchronous = off")
            .unwrap();
        while !end.load(Ordering::Relaxed) {
            let _ = connection.execute("insert into other (n) values (1)", []);
            std::thread::park_timeout(Duration::from_micros(300));
        }
    });
    for n in (0..300_i64).step_by(3) {
        let mut first = file.writer.begin_together().await.unwrap();
        insert(&mut first, n).await.unwrap();
        let leaves = {
            let writer = file.writer.clone();
            tokio::spawn(async move {
                // While the other has the file it may not come to its turn.
                if let Ok(mut tx) = writer.begin_together().await {
                    insert(&mut tx, n + 1).await.unwrap();
                }
            })
        };
        tokio::task::yield_now().await;
        let told = first.commit().await;
        leaves.await.unwrap();
        let stored = numbers(&file.readers).await;
        assert_eq!(told.is_ok(), stored.contains(&n), "{told:?}");
        assert!(!stored.contains(&(n + 1)));
    }
    ended.store(true, Ordering::Relaxed);
    other.join().unwrap();
}

#[tokio::test]
async fn a_group_is_not_done_again_on_another_file() {
    let file = file().await;
    let mut session = Session::open(&file.path, Kind::Writer).unwrap();
    let sql = "insert into t (n) values (1)";
    for other_writes in [false, true] {
        session.begin(Duration::ZERO).unwrap();
        session.write_log();
        session
            .execute(SqlStr::from_static(sql), Vec::new())
            .unwrap();
        let (told, mut hears) = tokio::sync::oneshot::channel();
        session.add_to_group(told);
        session.put_back().unwrap();
        let seen = session.version().unwrap();
        session.command("rollback").unwrap();
        if other_writes {
            let mut tx = file.writer.begin().await.unwrap();
            insert(&mut tx, 2).await.unwrap();
            tx.commit().await.unwrap();
        }
        assert_eq!(session.redo(seen).is_err(), other_writes);
        if other_writes {
            session.command("rollback").unwrap();
            session.put_back().unwrap();
            assert!(matches!(hears.try_recv(), Ok(Err(_))));
        } else {
            session.commit_group().unwrap();
            assert!(matches!(hears.try_recv(), Ok(Ok(()))));
            let mut tx = file.writer.begin().await.unwrap();
            tx.execute(SqlStr::from_static("delete from t"), Vec::new())
                .await
                .unwrap();
            tx.commit().await.unwrap();
        }
    }
    assert_eq!(numbers(&file.readers).await, [2]);
}

#[tokio::test]
async fn a_group_is_not_done_again_without_an_end() {
    let file = file().await;
    let mut first = file.writer.begin_together().await.unwrap();
    for n in 0..900 {
        insert(&mut first, n).await.unwrap();
    }
    let leaves: Vec<_> = (0..3_i64)
        .map(|n| {
            let writer = file.writer.clone();
            tokio::spawn(async move {
                let mut tx = writer.begin_together().await.unwrap();
                insert(&mut tx, 10_000 + n).await.unwrap();
            })
        })
        .collect();
    tokio::task::yield_now().await;
    let committed = tokio::spawn(first.commit());
    let next = {
        let writer = file.writer.clone();
        tokio::spawn(async move { writer.begin_together().await })
    };
    let mut next = next.await.unwrap().unwrap();
    for leaving in leaves {
        leaving.await.unwrap();
    }
    // Done again twice, it takes nobody in any more, though others wait.
    committed.await.unwrap().unwrap();
    insert(&mut next, 900).await.unwrap();
    next.commit().await.unwrap();
    assert_eq!(numbers(&file.readers).await.len(), 901);
}

#[tokio::test]
async fn nobody_joins_a_group_that_has_grown_long() {
    let file = file().await;
    let mut first = file.writer.begin_together().await.unwrap();
    for n in 0..3_000 {
        insert(&mut first, n).await.unwrap();
    }
    let waiting = {
        let writer = file.writer.clone();
        tokio::spawn(async move { writer.begin_together().await })
    };
    tokio::task::yield_now().await;
    let committed = tokio::spawn(first.commit());
    let mut next = waiting.await.unwrap().unwrap();
    // Stored already, and the next one is not.
    committed.await.unwrap().unwrap();
    insert(&mut next, 3_000).await.unwrap();
    assert_eq!(numbers(&file.readers).await.len(), 3_000);
    next.commit().await.unwrap();
    assert_eq!(numbers(&file.readers).await.len(), 3_001);
}

#[tokio::test]
async fn a_group_ends_though_its_callers_went_away() {
    let file = file().await;
    let mut first = file.writer.begin_together().await.unwrap();
    insert(&mut first, 1).await.unwrap();
    // Somebody waits, so the first leaves its commit to the group.
    let waiting = {
        let writer = file.writer.clone();
        tokio::spawn(async move { writer.begin_together().await })
    };
    tokio::task::yield_now().await;
    let commit = tokio::spawn(first.commit());
    tokio::task::yield_now().await;
    commit.abort();
    // Dropped, so that the transaction goes too if it has begun.
    waiting.abort();
    drop(waiting);
    let mut last = file.writer.begin().await.unwrap();
    insert(&mut last, 2).await.unwrap();
    last.commit().await.unwrap();
    assert_eq!(numbers(&file.readers).await, [1, 2]);
}

/// Lets the file have so many pages at the most, and at the least those it has; a full disk is answered alike.
async fn limit(file: &File, pages: u32) {
    let limited = file.writer.with(move |connection| {
        Ok(connection.execute_batch(&format!("pragma max_page_count = {pages}"))?)
    });
    limited.await.unwrap();
}

/// Writes more than the limited file has room for.
async fn fill(tx: &mut Transaction) -> Result<u64> {
    let sql = SqlStr::from_static("insert into large (content) values (zeroblob(1000000))");
    tx.execute(sql, Vec::new()).await
}

#[tokio::test]
async fn a_full_disk_is_told_and_what_was_stored_stays() {
    let file = file().await;
    let made = file.writer.with(|connection| {
        Ok(connection.execute_batch("create table large (content blob) strict")?)
    });
    made.await.unwrap();
    let mut tx = file.writer.begin().await.unwrap();
    insert(&mut tx, 1).await.unwrap();
    tx.commit().await.unwrap();

    limit(&file, 1).await;
    let mut tx = file.writer.begin().await.unwrap();
    insert(&mut tx, 2).await.unwrap();
    let full = fill(&mut tx).await;
    assert!(matches!(full, Err(StoreError::Unavailable(_))), "{full:?}");
    drop(tx);
    assert_eq!(numbers(&file.readers).await, [1], "reads go on");

    // One of a group meets it: each of the others is stored if and only if it is told so.
    let mut first = file.writer.begin_together().await.unwrap();
    insert(&mut first, 3).await.unwrap();
    let second = {
        let writer = file.writer.clone();
        tokio::spawn(async move {
            let mut tx = writer.begin_together().await.unwrap();
            let full = fill(&mut tx).await;
            assert!(matches!(full, Err(StoreError::Unavailable(_))), "{full:?}");
        })
    };
    tokio::task::yield_now().await;
    let told = first.commit().await;
    second.await.unwrap();
    let stored = numbers(&file.readers).await.contains(&3);
    assert_eq!(told.is_ok(), stored, "{told:?}");

    // With room again everything goes on by itself.
    limit(&file, 1_000_000).await;
    let mut tx = file.writer.begin_together().await.unwrap();
    insert(&mut tx, 4).await.unwrap();
    fill(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    assert!(numbers(&file.readers).await.contains(&4));
}

#[tokio::test]
async fn a_long_read_is_answered_whole() {
    let file = file().await;
    let mut tx = file.readers.begin().await.unwrap();
    let long = "with recursive c(n) as (select 1 union all select n + 1 from c where n < $1) select cast(sum(n) as bigint) as value from c";
    for many in [10_i64, 300_000] {
        let rows: Vec<Single<i64>> = tx.fetch_all(long, vec![Value::from(many)]).await.unwrap();
        assert_eq!(rows[0].0, many * (many + 1) / 2);
    }
}

#[tokio::test]
async fn closed_files_serve_nobody() {
    let file = file().await;
    file.writer.close().await;
    assert!(file.writer.begin().await.is_err());
}

#[tokio::test]
async fn places_go_by_their_numbers() {
    let File {
        writer, _folder, ..
    } = file().await;
    let mut tx = writer.begin().await.unwrap();
    let ask = async |tx: &mut Transaction, sql: &str, values: Vec<Value>| -> Result<Vec<i64>> {
        let rows: Vec<Single<i64>> = tx.fetch_all(sql, values).await?;
        Ok(rows.into_iter().map(|row| row.0).collect())
    };
    let values = || {
        vec![
            Value::from(100_i64),
            Value::from(20_i64),
            Value::from(3_i64),
        ]
    };
    let sql = "select $3 + $1 * 10 + $3 as value";
    assert_eq!(ask(&mut tx, sql, values()).await.unwrap(), [1_006]);
    // A sign that is no place is left alone.
    let sql = "select length('$ and $x') + $2 as value";
    assert_eq!(ask(&mut tx, sql, values()).await.unwrap(), [28]);
    assert!(
        ask(&mut tx, "select $1 + $4 as value", values())
            .await
            .is_err()
    );
    // Places without numbers take the values in turn; what is left over is NULL.
    let sql = "select coalesce(?, 0) - coalesce(?, 0) + coalesce(?, 7) as value";
    let two = vec![Value::from(50_i64), Value::from(8_i64)];
    assert_eq!(ask(&mut tx, sql, two).await.unwrap(), [49]);
}

/// The size of a file that may be missing.
fn size(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |file| file.len())
}

const PAGES: &str = "with recursive c(n) as (select 1 union all select n + 1 from c where n < $1) \
    insert into page (text) select hex(zeroblob(2000)) from c";

/// A table whose rows fill a page each.
async fn file_of_pages() -> File {
    let file = file().await;
    let made = file.writer.with(|connection| {
        Ok(connection.execute_batch("create table page (text text not null) strict")?)
    });
    made.await.unwrap();
    file
}

/// Commits so many pages; answers with how many the log has then.
fn commit_pages(session: &mut Session, pages: i64) -> i32 {
    session.begin(Duration::ZERO).unwrap();
    let values = vec![Value::from(pages)];
    session.execute(SqlStr::from_static(PAGES), values).unwrap();
    session.commit().unwrap();
    session.put_back().unwrap();
    session.take_log_pages()
}

#[tokio::test]
async fn a_commit_leaves_the_log_to_be_moved_beside() {
    let file = file_of_pages().await;
    let mut session = Session::open(&file.path, Kind::Writer).unwrap();
    let checkpoint = Checkpoint::default();
    assert!(!checkpoint.is_due(commit_pages(&mut session, 100)));
    let pages = commit_pages(&mut session, 1_200);
    assert!(pages > 1_200, "{pages}");
    assert!(size(&file.path) < 100 * 4_096, "no commit has moved it");
    assert!(checkpoint.is_due(pages));
    assert!(!checkpoint.is_due(pages), "somebody is about it");
    checkpoint.run(&file.path);
    assert!(size(&file.path) > 1_300 * 4_096);
    // All of it is in the file, so it begins anew; what was moved of the one before does not count.
    let pages = commit_pages(&mut session, 300);
    assert!(pages < 400, "{pages}");
    assert!(!checkpoint.is_due(pages));
    let pages = commit_pages(&mut session, 1_400);
    assert!(checkpoint.is_due(pages));
    checkpoint.run(&file.path);
    assert!(!checkpoint.is_due(commit_pages(&mut session, 10)));
    // Closed, it opens the file no more.
    checkpoint.close();
    let before = size(&file.path);
    assert!(checkpoint.is_due(commit_pages(&mut session, 1_400)));
    checkpoint.run(&file.path);
    assert_eq!(size(&file.path), before);
}

#[tokio::test]
async fn a_commit_of_nothing_does_not_make_the_log_a_new_one() {
    let file = file_of_pages().await;
    let mut session = Session::open(&file.path, Kind::Writer).unwrap();
    let checkpoint = Checkpoint::default();
    assert!(checkpoint.is_due(commit_pages(&mut session, 1_200)));
    // Who reads from the log keeps it from beginning anew.
    let mut reader = file.readers.begin().await.unwrap();
    let sql = "select count(*) as value from page";
    let rows: Vec<Single<i64>> = reader.fetch_all(sql, Vec::new()).await.unwrap();
    assert_eq!(rows[0].0, 1_200);
    checkpoint.run(&file.path);
    session.begin(Duration::ZERO).unwrap();
    session.commit().unwrap();
    session.put_back().unwrap();
    assert!(!checkpoint.is_due(session.take_log_pages()));
    let pages = commit_pages(&mut session, 10);
    assert!(pages > 1_200, "{pages}");
    assert!(!checkpoint.is_due(pages), "all but these ten were moved");
}

#[tokio::test]
async fn a_long_log_is_moved_by_a_commit_when_nobody_reads_an_older_page() {
    let file = file_of_pages().await;
    let mut session = Session::open(&file.path, Kind::Writer).unwrap();
    let fill = |session: &mut Session| {
        let mut pages = 0;
        while pages < MOVED_AT_ONCE {
            pages = commit_pages(session, 500);
        }
    };
    fill(&mut session);
    let pages = commit_pages(&mut session, 10);
    assert!(pages < 100, "it begins anew: {pages}");
    // Who reads for long holds it, and nothing else.
    let mut reader = file.readers.begin().await.unwrap();
    let count = async |reader: &mut Transaction| {
        let sql = "select count(*) as value from page";
        let rows: Vec<Single<i64>> = reader.fetch_all(sql, Vec::new()).await.unwrap();
        rows[0].0
    };
    let before = count(&mut reader).await;
    fill(&mut session);
    assert!(commit_pages(&mut session, 10) > MOVED_AT_ONCE);
    assert_eq!(count(&mut reader).await, before);
    drop(reader);
    commit_pages(&mut session, 10);
    let pages = commit_pages(&mut session, 10);
    assert!(pages < 100, "it begins anew: {pages}");
    // The last one that closes the file leaves no log.
    drop(session);
    file.readers.close().await;
    file.writer.close().await;
    let mut log = file.path.clone().into_os_string();
    log.push("-wal");
    assert_eq!(size(Path::new(&log)), 0);
}

#[tokio::test]
async fn what_is_committed_gets_into_the_file_by_itself() {
    let file = file_of_pages().await;
    let mut tx = file.writer.begin().await.unwrap();
    let pages = i64::from(MOVED_BESIDE) * 2;
    let values = vec![Value::from(pages)];
    tx.execute(SqlStr::from_static(PAGES), values)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let moved = async {
        while size(&file.path) < pages as u64 * 4_096 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), moved)
        .await
        .expect("it is moved");
}

#[test]
fn the_log_can_be_moved_beside_with_this_sqlite() {
    // Older ones could damage a file when the log was moved and begun anew at the same instant.
    assert!(rusqlite::version_number() >= 3_051_003);
}
