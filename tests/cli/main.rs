//! The real binary: exit codes, forms of output, bad input, suppressions and fixes.

mod bad_input;
mod forms;
mod hostile;
mod run;
mod support;
