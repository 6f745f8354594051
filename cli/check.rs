//! `check`: findings of the paths named, and the verdict of the gate.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use pactward_base::{FileId, Finding, Fix, FixSafety, Language, Workspace};
use pactward_db::{Analysis, Scope};
use pactward_policy::{Input, Options, Outcome, Settings, apply};
use pactward_project::Project;
use pactward_report::Words;

use crate::Verdict;
use crate::args::CheckArgs;
use crate::failure::Failure;
use crate::fix;
use crate::load::{self, Wanted};
use crate::notices;
use crate::output::{self, Output};
use crate::progress::Bar;
use crate::report::{self, Results};
use crate::rules::metas;
use crate::say::Say;
use crate::terminal::Terminal;

/// Rounds of `--fix`: a fix may make room for one that overlapped with it.
const FIX_ROUNDS: usize = 10;

pub(crate) fn run(args: &CheckArgs, terminal: Terminal) -> Result<Verdict, Failure> {
    let say = terminal.say;
    reject_fixed_stdin(args, say)?;
    let output = Output::open(args.output.as_deref(), say)?;
    let wanted = Wanted {
        paths: &args.paths,
        stdin_filename: args.stdin_filename.as_deref(),
        config: args.config.as_deref(),
        no_config: args.no_config,
    };
    let mut project = load::open(&wanted, terminal)?;
    let settings = settings(args, &project, say)?;
    let bar = Bar::new(terminal);
    let mut analysis = analysis(&settings, &project.workspace, &bar);
    let mut outcome = outcome(&analysis, &settings, &project.workspace);
    bar.clear();
    tell_start(&analysis, &project.workspace, terminal);
    if args.fix {
        outcome = fixed(
            args,
            &mut analysis,
            &settings,
            &mut project,
            outcome,
            terminal,
        )?;
    }
    let prefix = report::shown_prefix(&project.root);
    let problems = analysis.problems();
    let notices = notices::worded(
        &problems,
        &outcome.notices,
        &settings,
        &project.workspace,
        say,
    );
    notices::tell(&notices, &project.workspace, &prefix, terminal);
    let text = if args.diff {
        diff(&outcome.kept, &project.workspace, &prefix, terminal)
    } else {
        let results = Results {
            project: &project,
            settings: &settings,
            outcome: &outcome,
            notices: &notices,
            say,
        };
        results.render(args.format, terminal.colors(output.is_terminal()))
    };
    output.write(&text, say)?;
    Ok(if outcome.fails(&settings) {
        Verdict::Findings
    } else {
        Verdict::Clean
    })
}

fn reject_fixed_stdin(args: &CheckArgs, say: Say) -> Result<(), Failure> {
    let reads_stdin = args.paths.iter().any(|p| p.as_os_str() == "-");
    if args.fix && reads_stdin {
        let failure = Failure::new(say.plain("stdin-fix"));
        return Err(failure.help(say.plain("stdin-fix-help")));
    }
    Ok(())
}

fn settings(args: &CheckArgs, project: &Project, say: Say) -> Result<Settings, Failure> {
    let options = Options {
        select: args.select.clone(),
        ignore: args.ignore.clone(),
        preview: args.preview,
        fail_on: args.fail_on,
        min_confidence: args.min_confidence,
        include_tests: args.include_tests,
        include_dependencies: args.include_dependencies,
    };
    let scope = project.scope.clone();
    Settings::new(&project.config, &options, &metas(), scope)
        .map_err(|problems| load::configuration_failure(&problems, say))
}

/// The analysis with the rules that are enabled anywhere, and the files that are reported on.
fn analysis(settings: &Settings, workspace: &Workspace, bar: &Bar) -> Analysis {
    let all = pactward_rules::all().iter().copied();
    let rules: Vec<_> = all.filter(|rule| settings.enabled(rule.meta())).collect();
    let mut analysis = Analysis::new(&rules);
    analysis.set_progress(bar.listener());
    analysis.set_scope(Scope {
        dependencies: settings.include_dependencies,
        tests: settings.include_tests,
    });
    analysis.set_workspace(workspace);
    analysis
}

fn outcome(analysis: &Analysis, settings: &Settings, workspace: &Workspace) -> Outcome {
    let input = Input {
        workspace,
        settings,
        suppressions: &|file| analysis.suppressions(file),
    };
    apply(analysis.findings().to_vec(), &input)
}

fn tell_start(analysis: &Analysis, workspace: &Workspace, terminal: Terminal) {
    let say = terminal.say;
    let languages: BTreeSet<Language> = workspace.files.iter().map(|f| f.language).collect();
    let platforms = analysis.platforms();
    let listed = |all: Vec<String>| all.join(", ");
    let languages = listed(languages.iter().map(ToString::to_string).collect());
    let platforms = if platforms.is_empty() {
        say.plain("no-platform")
    } else {
        listed(platforms.iter().map(ToString::to_string).collect())
    };
    let files = workspace.files.len().to_string();
    let args = [
        ("files", &*files),
        ("languages", &*languages),
        ("platforms", &*platforms),
    ];
    terminal.remark(&say.text("checking", &args));
}

/// Applies fixes and checks again until no more can be applied, then writes the files.
fn fixed(
    args: &CheckArgs,
    analysis: &mut Analysis,
    settings: &Settings,
    project: &mut Project,
    mut outcome: Outcome,
    terminal: Terminal,
) -> Result<Outcome, Failure> {
    let say = terminal.say;
    let is_allowed = |safety| safety == FixSafety::Safe || args.unsafe_fixes;
    let mut changed: BTreeMap<FileId, Arc<str>> = BTreeMap::new();
    let mut count = 0;
    for _ in 0..FIX_ROUNDS {
        let plan = fix::plan(&outcome.kept, &project.workspace, &is_allowed);
        if plan.texts.is_empty() {
            break;
        }
        count += plan.applied.len();
        for (id, text) in plan.texts {
            let file = &mut project.workspace.files[id.0 as usize];
            analysis.set_file_text(&file.path, Arc::clone(&text));
            let original = std::mem::replace(&mut file.text, text);
            changed.entry(id).or_insert(original);
        }
        outcome = self::outcome(analysis, settings, &project.workspace);
    }
    for (id, original) in &changed {
        let path = &project.disk[id.0 as usize];
        let text = &project.workspace.file(*id).text;
        output::replace(path, original, text).map_err(|error| {
            let why = error.to_string();
            let args = [("path", &*path.to_string_lossy()), ("why", &*why)];
            Failure::new(say.text("fix-unwritable", &args)).help(say.plain("fix-unwritable-help"))
        })?;
    }
    if changed.is_empty() {
        terminal.remark(&say.plain("nothing-fixed"));
    } else {
        let (count, files) = (count.to_string(), changed.len().to_string());
        let args = [("count", &*count), ("files", &*files)];
        terminal.remark(&say.text("fixed", &args));
    }
    Ok(outcome)
}

/// The fixes as a diff for standard output, and what each is on standard error.
fn diff(findings: &[Finding], workspace: &Workspace, prefix: &str, terminal: Terminal) -> String {
    let say = terminal.say;
    let plan = fix::plan(findings, workspace, &|_| true);
    let words = Words::new(&metas(), say.locale);
    let tell = |slot: &str, finding: &Finding, fix: &Fix| {
        let place = notices::place(workspace, finding.primary, prefix);
        let text = words.slot(finding.rule, fix.slot, &fix.args);
        let safety = say.plain(match fix.safety {
            FixSafety::Safe => "safe",
            FixSafety::Unsafe => "unsafe",
        });
        let args = [
            ("place", &*place),
            ("rule", finding.rule),
            ("fix", &*text),
            ("safety", &*safety),
        ];
        terminal.remark(&say.text(slot, &args));
    };
    for (finding, fix) in &plan.applied {
        tell("diff-fix", finding, fix);
    }
    for (finding, fix) in &plan.left_out {
        tell("diff-overlap", finding, fix);
    }
    if plan.texts.is_empty() {
        terminal.remark(&say.plain("nothing-to-diff"));
    }
    fix::diff(&plan, workspace)
}
