//! Months are independent of each other: one a thread.

use std::collections::VecDeque;
use std::num::NonZero;
use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::error::Result;

/// Does the work on as many threads as the machine has, and answers in the order of the items or with the first error.
pub(crate) fn each<T: Send, R: Send>(items: Vec<T>, work: impl Fn(T) -> Result<R> + Sync) -> Result<Vec<R>> {
    run(items, threads(), work)
}

/// As many as the machine has.
pub(crate) fn threads() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}

/// The same for work that waits for the disk and needs no processor.
pub(crate) fn waiting<T: Send, R: Send>(items: Vec<T>, work: impl Fn(T) -> Result<R> + Sync) -> Result<Vec<R>> {
    run(items, WAITING_THREADS, work)
}

const WAITING_THREADS: usize = 16;

fn run<T: Send, R: Send>(items: Vec<T>, threads: usize, work: impl Fn(T) -> Result<R> + Sync) -> Result<Vec<R>> {
    let threads = threads.min(items.len());
    if threads <= 1 {
        return items.into_iter().map(work).collect();
    }
    let count = items.len();
    let queue = Mutex::new(items.into_iter().enumerate().collect::<VecDeque<_>>());
    let done = Mutex::new((0..count).map(|_| None).collect::<Vec<Option<Result<R>>>>());
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    // The queue is free again before the work begins.
                    let Some((at, item)) = lock(&queue).pop_front() else { return };
                    let result = work(item);
                    if result.is_err() {
                        lock(&queue).clear();
                    }
                    lock(&done)[at] = Some(result);
                }
            });
        }
    });
    let done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    // After an error the rest was not started; the error is among those that were.
    done.into_iter().flatten().collect()
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
