//! Panics. The analysis catches those of single definitions and rules and reports them as
//! problems, so the usual message on standard error would only disturb.

use std::any::Any;

use crate::args::ColorChoice;
use crate::failure::Failure;
use crate::say::Say;
use crate::terminal::Terminal;

/// Silences the message of a panic, unless a backtrace is asked for.
pub(crate) fn install() {
    if std::env::var_os("RUST_BACKTRACE").is_none_or(|v| v == "0") {
        std::panic::set_hook(Box::new(|_| ()));
    }
}

/// Tells of a panic that ended the run.
pub(crate) fn tell(payload: &(dyn Any + Send), say: Say) {
    let what = payload
        .downcast_ref::<&str>()
        .map(ToString::to_string)
        .or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_default();
    let message = say.text("panicked", &[("what", &what)]);
    let failure = Failure::new(message).help(say.plain("panicked-help"));
    Terminal::new(say, ColorChoice::Auto, false).fail(&failure);
}
