//! SARIF 2.1.0, as GitHub code scanning, editors and other readers take it.

mod line_hash;
mod model;
mod rules;

use std::collections::BTreeMap;
use std::fmt::Write;

use pactward_base::{
    Edit, Evidence, FileId, Finding, Fix, FixSafety, Locale, Location, PositionEncoding, Step,
    StepRole,
};

use crate::place::Places;
use crate::wording::Words;
use crate::{Allowed, Report};
use line_hash::line_hashes;
use model::{
    Artifact, ArtifactChange, ArtifactLocation, CodeFlow, Descriptor, Driver, Fingerprints,
    FixObject, FixProperties, Invocation, LocationObject, Log, LogicalLocation, Notification,
    PhysicalLocation, Region, Replacement, ResultProperties, Run, SarifResult, SuppressionObject,
    Text, ThreadFlow, ThreadFlowLocation, ToolObject, UriBases,
};

/// Name of the base directory that artifact locations are relative to.
const BASE: &str = "SRCROOT";

/// Most steps of one finding that readers take.
const MAX_STEPS: usize = 1000;

pub(crate) fn render(report: &Report<'_>) -> String {
    let maker = Maker::new(report);
    let log = Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: [maker.run()],
    };
    // Plain structs with string keys always serialise.
    let mut text = serde_json::to_string_pretty(&log).unwrap_or_default();
    text.push('\n');
    text
}

struct Maker<'a> {
    report: &'a Report<'a>,
    places: Places<'a>,
    words: Words,
    /// Files with results, with their index among the artifacts.
    artifacts: BTreeMap<FileId, usize>,
    hashes: BTreeMap<FileId, Vec<String>>,
}

impl<'a> Maker<'a> {
    fn new(report: &'a Report<'a>) -> Self {
        let places = Places::new(report.workspace);
        let all = || {
            let allowed = report.allowed.iter().map(|a| a.finding);
            report.findings.iter().chain(allowed)
        };
        let mut artifacts: BTreeMap<_, _> = all().map(|f| (f.primary.file, 0)).collect();
        for (i, index) in artifacts.values_mut().enumerate() {
            *index = i;
        }
        let hashes = artifacts
            .keys()
            .map(|file| (*file, line_hashes(places.text(*file))))
            .collect();
        Self {
            report,
            places,
            words: Words::new(report.rules, report.locale),
            artifacts,
            hashes,
        }
    }

    fn run(&self) -> Run {
        let report = self.report;
        let rules = report.rules.iter();
        let artifacts = self.artifacts.keys().map(|file| Artifact {
            location: self.artifact(*file),
        });
        Run {
            tool: ToolObject {
                driver: Driver {
                    name: "pactward",
                    semantic_version: env!("CARGO_PKG_VERSION"),
                    language: match report.locale {
                        Locale::En => "en-US",
                        Locale::Zh => "zh-CN",
                    },
                    rules: rules.map(|r| rules::descriptor(r, report.locale)).collect(),
                },
            },
            invocations: vec![Invocation {
                execution_successful: true,
                tool_execution_notifications: self.notifications(),
            }],
            original_uri_base_ids: UriBases {
                srcroot: ArtifactLocation {
                    uri: directory_uri(report.root),
                    ..ArtifactLocation::default()
                },
            },
            artifacts: artifacts.collect(),
            results: Some(self.results()),
            column_kind: "utf16CodeUnits",
        }
    }

    /// What is reported, then what comments allow. When there is any of the latter, all others say
    /// that they are not suppressed, as the format demands.
    fn results(&self) -> Vec<SarifResult> {
        let none = || (!self.report.allowed.is_empty()).then(Vec::new);
        let kept = self.report.findings.iter().map(|f| self.result(f, none()));
        let allowed = self.report.allowed.iter().map(|a| {
            let suppression = self.suppression(a);
            self.result(a.finding, Some(vec![suppression]))
        });
        kept.chain(allowed).collect()
    }

    fn result(
        &self,
        finding: &Finding,
        suppressions: Option<Vec<SuppressionObject>>,
    ) -> SarifResult {
        let worded = self.words.finding(finding);
        let parts = [Some(worded.headline), worded.why, worded.help];
        let message: Vec<_> = parts.into_iter().flatten().collect();
        SarifResult {
            rule_id: finding.rule,
            rule_index: self.report.rules.iter().position(|r| r.id == finding.rule),
            level: rules::level(finding.severity),
            message: Text {
                text: message.join("\n"),
            },
            locations: vec![self.primary(finding)],
            related_locations: self.related(finding),
            code_flows: self.code_flows(finding),
            partial_fingerprints: Fingerprints {
                line_hash: self.line_hash(finding.primary),
                own: finding.fingerprint.to_string(),
            },
            fixes: finding
                .fixes
                .iter()
                .filter(|fix| !fix.edits.is_empty())
                .map(|fix| self.fix(finding.rule, fix))
                .collect(),
            suppressions,
            properties: ResultProperties {
                severity: finding.severity.as_str(),
                confidence: finding.confidence.as_str(),
                platform: finding.platform.as_str(),
                evidence: match finding.evidence {
                    Evidence::Static => "static",
                    Evidence::Executed => "executed",
                },
            },
        }
    }

    fn primary(&self, finding: &Finding) -> LocationObject {
        let names = [(&finding.function, "function"), (&finding.unit, "type")];
        let logical = names
            .into_iter()
            .filter(|(name, _)| !name.is_empty())
            .map(|(name, kind)| LogicalLocation {
                fully_qualified_name: name.to_string(),
                kind,
            });
        LocationObject {
            physical_location: self.physical(finding.primary, true),
            logical_locations: logical.take(1).collect(),
            ..LocationObject::default()
        }
    }

    /// Steps and labels, for readers that show no code flow.
    fn related(&self, finding: &Finding) -> Vec<LocationObject> {
        let steps = finding.path.iter().take(MAX_STEPS);
        let steps = steps.map(|s| (s.location, s.slot, &s.args));
        let labels = finding.labels.iter().map(|l| (l.location, l.slot, &l.args));
        steps
            .chain(labels)
            .enumerate()
            .map(|(i, (at, slot, args))| LocationObject {
                id: Some(i + 1),
                physical_location: self.physical(at, false),
                message: Some(Text {
                    text: self.words.slot(finding.rule, slot, args),
                }),
                ..LocationObject::default()
            })
            .collect()
    }

    fn code_flows(&self, finding: &Finding) -> Vec<CodeFlow> {
        let locations: Vec<_> = finding
            .path
            .iter()
            .take(MAX_STEPS)
            .map(|step| self.step(finding, step))
            .collect();
        if locations.is_empty() {
            return Vec::new();
        }
        vec![CodeFlow {
            thread_flows: vec![ThreadFlow { locations }],
        }]
    }

    fn step(&self, finding: &Finding, step: &Step) -> ThreadFlowLocation {
        ThreadFlowLocation {
            location: LocationObject {
                physical_location: self.physical(step.location, false),
                message: Some(Text {
                    text: self.words.slot(finding.rule, step.slot, &step.args),
                }),
                ..LocationObject::default()
            },
            kinds: match step.role {
                StepRole::Entry | StepRole::Reentry => vec!["enter", "function"],
                StepRole::Check => vec!["value", "read"],
                StepRole::Enter | StepRole::Call => vec!["call", "function"],
                StepRole::Write => vec!["value", "write"],
            },
            importance: if step.location == finding.primary {
                "essential"
            } else {
                "important"
            },
        }
    }

    fn fix(&self, rule: &str, fix: &Fix) -> FixObject {
        let mut by_file: BTreeMap<FileId, Vec<&Edit>> = BTreeMap::new();
        for edit in &fix.edits {
            by_file.entry(edit.location.file).or_default().push(edit);
        }
        let replacement = |edit: &&Edit| Replacement {
            deleted_region: self.region(edit.location),
            inserted_content: (!edit.text.is_empty()).then(|| Text {
                text: edit.text.clone(),
            }),
        };
        FixObject {
            description: Text {
                text: self.words.slot(rule, fix.slot, &fix.args),
            },
            artifact_changes: by_file
                .iter()
                .map(|(file, edits)| ArtifactChange {
                    artifact_location: self.artifact(*file),
                    replacements: edits.iter().map(replacement).collect(),
                })
                .collect(),
            properties: FixProperties {
                safety: match fix.safety {
                    FixSafety::Safe => "safe",
                    FixSafety::Unsafe => "unsafe",
                },
            },
        }
    }

    fn suppression(&self, allowed: &Allowed<'_>) -> SuppressionObject {
        SuppressionObject {
            kind: "inSource",
            status: "accepted",
            justification: allowed.reason.to_owned(),
            location: LocationObject {
                physical_location: self.physical(allowed.comment, false),
                ..LocationObject::default()
            },
        }
    }

    /// What is no finding: notices about the input, and files that were not analysed.
    fn notifications(&self) -> Vec<Notification> {
        let notices = self.report.notices.iter().map(|notice| Notification {
            descriptor: Descriptor { id: notice.id },
            level: "warning",
            message: Text {
                text: notice.message.clone(),
            },
            locations: notice
                .location
                .map(|at| LocationObject {
                    physical_location: self.physical(at, false),
                    ..LocationObject::default()
                })
                .into_iter()
                .collect(),
        });
        let skipped = self.report.skipped.iter().map(|skipped| Notification {
            descriptor: Descriptor { id: "skipped-file" },
            level: "warning",
            message: Text {
                text: skipped.reason.clone(),
            },
            locations: vec![LocationObject {
                physical_location: PhysicalLocation {
                    artifact_location: ArtifactLocation {
                        uri: encoded(&skipped.path),
                        uri_base_id: BASE,
                        index: None,
                    },
                    region: None,
                },
                ..LocationObject::default()
            }],
        });
        notices.chain(skipped).collect()
    }

    fn physical(&self, at: Location, with_snippet: bool) -> PhysicalLocation {
        let mut region = self.region(at);
        if with_snippet {
            let shown = self.places.first_line(at).of(self.places.text(at.file));
            region.snippet = (!shown.is_empty()).then(|| Text {
                text: at.span.of(self.places.text(at.file)).to_owned(),
            });
        }
        PhysicalLocation {
            artifact_location: self.artifact(at.file),
            region: Some(region),
        }
    }

    fn region(&self, at: Location) -> Region {
        let start = self.places.start(at, PositionEncoding::Utf16);
        let end = self.places.end(at, PositionEncoding::Utf16);
        Region {
            start_line: start.line,
            start_column: start.column,
            end_line: end.line,
            end_column: end.column,
            snippet: None,
        }
    }

    fn artifact(&self, file: FileId) -> ArtifactLocation {
        ArtifactLocation {
            uri: encoded(self.places.path(file)),
            uri_base_id: BASE,
            index: self.artifacts.get(&file).copied(),
        }
    }

    fn line_hash(&self, at: Location) -> String {
        let line = self.places.start(at, PositionEncoding::Utf16).line as usize;
        let hashes = self.hashes.get(&at.file);
        hashes
            .and_then(|all| all.get(line - 1))
            .cloned()
            .unwrap_or_default()
    }
}

/// A path as a relative URI.
fn encoded(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

/// A directory as an absolute URI with the final slash that base URIs need.
fn directory_uri(path: &str) -> String {
    let path = path.trim_matches('/');
    let slash = if path.is_empty() { "" } else { "/" };
    format!("file:///{}{slash}", encoded(path))
}
