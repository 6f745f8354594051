//! Why the work could not be done: what, where, and how to mend it.

/// Ends the run with exit code 2.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) message: String,
    pub(crate) helps: Vec<String>,
}

impl Failure {
    pub(crate) fn new(message: String) -> Self {
        Self {
            message,
            helps: Vec::new(),
        }
    }

    #[must_use]
    pub(crate) fn help(mut self, help: String) -> Self {
        self.helps.push(help);
        self
    }
}
