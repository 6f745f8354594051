//! A sub-message runs between an entry and its reply: what the reply relies on, and what it leaves
//! undone (CosmWasm).

mod reply;

use std::collections::BTreeMap;

use pactward_base::{
    Args, Confidence, Language, Platform, References, RuleMeta, RuleStatus, Severity, StepRole,
};
use pactward_flow::{At, EntryWays, Event, Memo, Trace, UnitWays, Visibility, Waiting};
use pactward_ir::{EntryKind, ExtKind, OpRef};
use pactward_lint::{Claim, ClaimStep, Rule, UnitContext};

use self::reply::Reply;
use super::hazard::hazards_at;
use super::target::Control;
use super::tell;

static META: RuleMeta = RuleMeta {
    id: "reply-order",
    category: "reentrancy",
    severity: Severity::High,
    confidence: Confidence::Medium,
    status: RuleStatus::Stable,
    languages: &[Language::Rust],
    platforms: &[Platform::Cosmwasm],
    references: References {
        swc: &[107],
        cwe: &[841, 696],
        scwe: &[46],
        ethtrust: &[],
        links: &["https://docs.rs/cosmwasm-std/latest/cosmwasm_std/struct.SubMsg.html"],
    },
    doc_en: include_str!("doc.md"),
    doc_zh: include_str!("doc.zh.md"),
    messages: include_str!("messages.toml"),
    cases: include_str!("cases.md"),
};

/// See the module documentation.
pub(crate) struct ReplyOrder;

impl Rule for ReplyOrder {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn check(&self, cx: &dyn UnitContext) -> Vec<Claim> {
        if cx.unit().platform != Platform::Cosmwasm {
            return Vec::new();
        }
        let ways = cx.ways();
        let replies: Vec<_> = ways
            .entries
            .iter()
            .filter(|e| e.entry.kind == EntryKind::Reply)
            .flat_map(|e| &e.traces)
            .collect();
        let mut claims: BTreeMap<OpRef, Claim> = BTreeMap::new();
        for entry in ways.entries.iter().filter(|e| !e.is_view()) {
            for trace in &entry.traces {
                for (at, call, site) in trace.calls() {
                    if call.kind != ExtKind::Submessage || claims.contains_key(&site.op) {
                        continue;
                    }
                    let found = replies.iter().find_map(|reply| {
                        let sub = Sub {
                            cx,
                            ways,
                            entry,
                            trace,
                            at,
                            site,
                            reply,
                        };
                        sub.ignored_failure()
                            .or_else(|| sub.mixed_up())
                            .or_else(|| sub.acted_on())
                    });
                    if let Some(claim) = found {
                        claims.insert(site.op.clone(), claim);
                    }
                }
            }
        }
        claims.into_values().collect()
    }
}

/// One sub-message with one way of the reply entry that may follow it.
struct Sub<'w> {
    cx: &'w dyn UnitContext,
    ways: &'w UnitWays<'w>,
    entry: &'w EntryWays,
    trace: &'w Trace,
    at: usize,
    site: &'w At,
    reply: &'w Trace,
}

impl Sub<'_> {
    /// A failure comes back to the reply, which does not look and commits what the entry wrote.
    fn ignored_failure(&self) -> Option<Claim> {
        let Event::Call(call) = &self.trace.steps[self.at].event else {
            return None;
        };
        let reply = Reply::new(self.reply);
        let written = self
            .trace
            .steps
            .iter()
            .find(|s| matches!(s.event, Event::Write(..)));
        // A reply that runs on failure only and writes is the repair.
        let repairs = reply::is_answered_on(call, "error") && reply.first_write().is_some();
        if !reply::hears_failure(call) || repairs || reply.looks_at_result() || !reply.answers(call)
        {
            return None;
        }
        let written = written.or_else(|| reply.first_write())?;
        let mut args = self.args();
        if let Event::Write(loc, ..) = &written.event {
            args.push(("state", loc.describe().into()));
        }
        let path = self.path(&written.at, "kept", &args);
        Some(self.claim(
            "failure-ignored",
            (Severity::High, Confidence::Medium),
            args,
            path,
        ))
    }

    /// Several kinds of sub-messages come back to a reply that does not tell them apart.
    fn mixed_up(&self) -> Option<Claim> {
        let Event::Call(call) = &self.trace.steps[self.at].event else {
            return None;
        };
        let reply = Reply::new(self.reply);
        let ids = reply::ids(self.ways);
        let write = reply.first_write()?;
        if ids.len() < 2 || reply.looks_at_id() || reply::id_of(call).is_none() {
            return None;
        }
        let args = self.args();
        let path = self.path(&write.at, "any-id", &args);
        Some(self.claim(
            "id-unchecked",
            (Severity::Medium, Confidence::Medium),
            args,
            path,
        ))
    }

    /// Others act between the entry and its reply: on state that was checked and is still to be
    /// written, or on the note that the entry left for its reply.
    fn acted_on(&self) -> Option<Claim> {
        let Event::Call(call) = &self.trace.steps[self.at].event else {
            return None;
        };
        if !Reply::new(self.reply).answers(call) {
            return None;
        }
        let (whole, at) = self.trace.then_reply(self.at, self.reply)?;
        let hazards = hazards_at(
            self.cx,
            self.entry,
            &whole,
            at,
            Visibility::Written,
            &mut |_| true,
        );
        if let Some(hazard) = hazards.iter().find(|h| h.control == Control::Attacker) {
            let args = tell::args(hazard, self.ways);
            let path = tell::path(hazard, self.ways, &args);
            return Some(self.claim(
                "write-in-reply",
                (Severity::High, Confidence::Medium),
                args,
                path,
            ));
        }
        let memo = Memo::default();
        let waiting = Waiting {
            trace: &whole,
            call: at,
            visibility: Visibility::Written,
            is_open: !self.ways.is_guarded(&whole),
            memo: &memo,
        };
        let note = reply::note(&whole, at)?;
        let is_foreign =
            super::target::control(self.cx, self.entry, self.trace, call) == Control::Attacker;
        let others = self.ways.reentries(&waiting, note);
        let other = others
            .iter()
            .find(|o| o.writes && self.ways.entries[o.entry].entry.kind != EntryKind::Reply)?;
        if !is_foreign {
            return None;
        }
        let mut args = self.args();
        args.push(("state", note.describe().into()));
        args.push(("other", self.ways.entries[other.entry].entry.name.clone()));
        let met = &self.ways.entries[other.entry].traces[other.trace].steps[other.step];
        let path = self.path(&met.at, "overwritten", &args);
        Some(self.claim(
            "note-overwritten",
            (Severity::High, Confidence::Medium),
            args,
            path,
        ))
    }

    fn args(&self) -> Args {
        let Event::Call(call) = &self.trace.steps[self.at].event else {
            return Vec::new();
        };
        vec![
            ("entry", self.entry.entry.name.clone()),
            ("target", tell::target_text(call)),
        ]
    }

    fn path(&self, then: &At, slot: &'static str, args: &Args) -> Vec<ClaimStep> {
        let call = tell::step(StepRole::Call, self.site, "submessage", args);
        call.into_iter()
            .chain(tell::step(StepRole::Write, then, slot, args))
            .collect()
    }

    fn claim(
        &self,
        slot: &'static str,
        (severity, confidence): (Severity, Confidence),
        args: Args,
        path: Vec<ClaimStep>,
    ) -> Claim {
        Claim {
            severity,
            confidence,
            primary: tell::site(self.site),
            outer: tell::outer(self.site),
            slot,
            args,
            labels: Vec::new(),
            path,
            fixes: Vec::new(),
            identity: vec![
                self.ways.unit.short_name().into(),
                self.site.op.function.clone(),
                slot.into(),
            ],
        }
    }
}
