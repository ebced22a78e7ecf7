//! Jobs: leased once, reported, cancelled, tried again, taken over from a worker that went silent.

use crate::contract;
use crate::world::{On, World};
use store::{GoOn, JobState};

contract!(
    a_job_is_leased_once_and_ends,
    a_failing_job_is_tried_again_and_given_up,
    a_silent_worker_loses_its_job,
    cancelling_stops_waiting_and_running,
    many_workers_share_without_doubling
);

const LEASE_MS: i64 = 10_000;

async fn a_job_is_leased_once_and_ends(on: On) {
    let world = World::new(on).await;
    let store = &world.store;
    let id = store.queue_job("screen", "{\"month\":\"2026-01\"}", Some(world.li), 3).await.expect("queued");
    assert!(store.lease_job(&["export"], LEASE_MS).await.expect("asked").is_none(), "another kind");
    let lease = store.lease_job(&["export", "screen"], LEASE_MS).await.expect("asked").expect("one waits");
    assert_eq!((lease.job.id.as_str(), lease.job.attempts, lease.job.payload.as_str()), (id.as_str(), 1, "{\"month\":\"2026-01\"}"));
    assert!(store.lease_job(&["screen"], LEASE_MS).await.expect("asked").is_none(), "it is taken");
    assert_eq!(store.report_job(&lease, 5, 10, "五月", LEASE_MS).await.expect("reported"), GoOn::Yes);
    let job = store.job(&id).await.expect("asked").expect("it is there");
    assert_eq!((job.done, job.total, job.message.as_str(), job.state), (5, 10, "五月", JobState::Running));
    store.job_done(&lease, "完成").await.expect("ended");
    let job = store.job(&id).await.expect("asked").expect("it is there");
    assert_eq!((job.state, job.message.as_str(), job.ended), (JobState::Done, "完成", Some(store.now())));
    assert_eq!(store.report_job(&lease, 6, 10, "", LEASE_MS).await.expect("reported"), GoOn::Lost);
    assert_eq!(store.jobs(5).await.expect("listed").len(), 1);
}

async fn a_failing_job_is_tried_again_and_given_up(on: On) {
    let world = World::new(on).await;
    let store = &world.store;
    let id = store.queue_job("export", "{}", None, 2).await.expect("queued");
    let lease = store.lease_job(&["export"], LEASE_MS).await.expect("asked").expect("one waits");
    store.job_failed(&lease, "磁盘").await.expect("noted");
    assert!(store.lease_job(&["export"], LEASE_MS).await.expect("asked").is_none(), "not at once");
    world.pass(3_600_000);
    let lease = store.lease_job(&["export"], LEASE_MS).await.expect("asked").expect("again");
    assert_eq!(lease.job.attempts, 2);
    store.job_failed(&lease, "又是磁盘").await.expect("noted");
    let job = store.job(&id).await.expect("asked").expect("it is there");
    assert_eq!((job.state, job.message.as_str()), (JobState::Failed, "又是磁盘"));
    world.pass(86_400_000);
    assert!(store.lease_job(&["export"], LEASE_MS).await.expect("asked").is_none());
}

async fn a_silent_worker_loses_its_job(on: On) {
    let world = World::new(on).await;
    let store = &world.store;
    let id = store.queue_job("export", "{}", None, 2).await.expect("queued");
    let first = store.lease_job(&["export"], LEASE_MS).await.expect("asked").expect("one waits");
    world.pass(LEASE_MS + 1);
    let second = store.lease_job(&["export"], LEASE_MS).await.expect("asked").expect("taken over");
    assert_eq!(second.job.id, first.job.id);
    assert_eq!(store.report_job(&first, 1, 1, "", LEASE_MS).await.expect("reported"), GoOn::Lost);
    store.job_done(&first, "zu spät").await.expect("ignored");
    assert_eq!(store.job(&id).await.expect("asked").expect("it is there").state, JobState::Running);
    world.pass(LEASE_MS + 1);
    assert!(store.lease_job(&["export"], LEASE_MS).await.expect("asked").is_none(), "tried often enough");
    assert_eq!(store.job(&id).await.expect("asked").expect("it is there").state, JobState::Failed);
}

async fn cancelling_stops_waiting_and_running(on: On) {
    let world = World::new(on).await;
    let store = &world.store;
    let waiting = store.queue_job("export", "{}", None, 3).await.expect("queued");
    store.cancel_job(&waiting).await.expect("cancelled");
    assert_eq!(store.job(&waiting).await.expect("asked").expect("it is there").state, JobState::Cancelled);
    assert!(store.lease_job(&["export"], LEASE_MS).await.expect("asked").is_none());
    let running = store.queue_job("export", "{}", None, 3).await.expect("queued");
    let lease = store.lease_job(&["export"], LEASE_MS).await.expect("asked").expect("one waits");
    store.cancel_job(&running).await.expect("asked to stop");
    assert_eq!(store.report_job(&lease, 1, 2, "", LEASE_MS).await.expect("reported"), GoOn::Cancelled);
    store.job_cancelled(&lease).await.expect("stopped");
    assert_eq!(store.job(&running).await.expect("asked").expect("it is there").state, JobState::Cancelled);
}

async fn many_workers_share_without_doubling(on: On) {
    let world = World::new(on).await;
    for _ in 0..20 {
        world.store.queue_job("export", "{}", None, 1).await.expect("queued");
    }
    let workers: Vec<_> = (0..8)
        .map(|_| {
            let store = world.store.clone();
            tokio::spawn(async move {
                let mut taken = Vec::new();
                while let Some(lease) = store.lease_job(&["export"], LEASE_MS).await.expect("asked") {
                    taken.push(lease.job.id);
                }
                taken
            })
        })
        .collect();
    let mut taken = Vec::new();
    for worker in workers {
        taken.extend(worker.await.expect("it ends well"));
    }
    taken.sort();
    taken.dedup();
    assert_eq!(taken.len(), 20);
}
