//! The progress bar on standard error.

use std::sync::Arc;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use pactward_db::{Progress, Stage};

use crate::terminal::Terminal;

/// A bar that shows what the analysis is doing; nothing where it would not be seen.
pub(crate) struct Bar {
    bar: Option<ProgressBar>,
    terminal: Terminal,
}

impl Bar {
    pub(crate) fn new(terminal: Terminal) -> Self {
        let bar = terminal.animates().then(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            if let Ok(style) = ProgressStyle::with_template("{msg:>12} [{bar:32}] {pos}/{len}") {
                bar.set_style(style.progress_chars("=> "));
            }
            bar.enable_steady_tick(Duration::from_millis(100));
            bar
        });
        Self { bar, terminal }
    }

    /// What the analysis tells of its progress.
    pub(crate) fn listener(&self) -> Option<Progress> {
        let bar = self.bar.clone()?;
        let say = self.terminal.say;
        Some(Arc::new(move |stage, done, all| {
            let slot = match stage {
                Stage::Nothing | Stage::Linked => "stage-parse",
                Stage::Lowered => "stage-lower",
                Stage::Summarised => "stage-summarise",
                Stage::Checked => "stage-check",
            };
            // The words change once per stage; the bar itself limits how often it is drawn.
            if done == 1 {
                bar.set_message(say.plain(slot));
            }
            bar.set_length(all as u64);
            bar.set_position(done as u64);
        }))
    }

    /// Removes the bar, so that what follows starts on a clean line.
    pub(crate) fn clear(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.clear();
    }
}
