//! Keeps a panic in one definition's lowering or in one rule from ending the run.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use pactward_base::SmolStr;

/// Runs the work; a panic in it becomes its message. A cancellation of the query passes through,
/// because it is no failure of the work. The work's captures are shared references and values
/// that are dropped with it, so no broken invariant can be seen afterwards.
pub(crate) fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, SmolStr> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|payload| {
        if payload.is::<salsa::Cancelled>() {
            resume_unwind(payload);
        }
        message(payload.as_ref())
    })
}

fn message(payload: &(dyn Any + Send)) -> SmolStr {
    if let Some(text) = payload.downcast_ref::<&str>() {
        SmolStr::new(text)
    } else if let Some(text) = payload.downcast_ref::<String>() {
        SmolStr::new(text)
    } else {
        SmolStr::new_static("panic without a message")
    }
}
