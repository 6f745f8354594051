//! Work on all processors, on stacks that nested input cannot exhaust.

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, ScopedJoinHandle};

use crate::inputs::Db;
use crate::store::Store;

/// Stack of a worker. Only pages that are touched count, and bracket nesting is bounded, so this
/// is room to spare for recursive lowering.
const STACK_BYTES: usize = 64 << 20;

/// Told after each item: how many are done, of how many. Called from several threads.
pub(crate) type Tick<'a> = &'a (dyn Fn(usize, usize) + Sync);

/// Calls `work` with each item, on as many threads as there are processors. Results are what
/// queries remember. A cancellation of the queries passes through to the caller.
pub(crate) fn for_each<T: Sync>(
    store: &Store,
    items: &[T],
    tick: Tick<'_>,
    work: impl Fn(&dyn Db, &T) + Sync,
) {
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let run = |store: &Store| {
        while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
            work(store, item);
            tick(done.fetch_add(1, Ordering::Relaxed) + 1, items.len());
        }
    };
    let processors = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let mut workers = Vec::new();
        for _ in 0..processors.min(items.len()) {
            let view = store.clone();
            let run = &run;
            let builder = thread::Builder::new().stack_size(STACK_BYTES);
            match builder.spawn_scoped(scope, move || run(&view)) {
                Ok(worker) => workers.push(worker),
                // Without a thread the work is done here.
                Err(_) => break,
            }
        }
        if workers.is_empty() {
            run(store);
        }
        let results: Vec<_> = workers.into_iter().map(ScopedJoinHandle::join).collect();
        for result in results {
            if let Err(payload) = result {
                resume_unwind(payload);
            }
        }
    });
}
