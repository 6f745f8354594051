//! One line for each finding, for editors' error lists and for `grep`.

use std::fmt::Write;

use pactward_base::PositionEncoding;

use crate::Report;
use crate::place::Places;
use crate::wording::{Words, clean};

pub(crate) fn render(report: &Report<'_>) -> String {
    let places = Places::new(report.workspace);
    let words = Words::new(report.rules, report.locale);
    let mut out = String::new();
    for finding in report.findings {
        let at = places.start(finding.primary, PositionEncoding::Utf32);
        let _ = writeln!(
            out,
            "{}{}:{}:{}: {}[{}] {}",
            report.shown_prefix,
            clean(places.path(finding.primary.file)),
            at.line,
            at.column,
            finding.severity,
            finding.rule,
            words.finding(finding).headline,
        );
    }
    out
}
