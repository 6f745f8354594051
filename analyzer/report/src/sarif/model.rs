//! The part of SARIF 2.1.0 that is written, in the order of the specification.

use serde::Serialize;

macro_rules! objects {
    ($($(#[$meta:meta])* $name:ident { $($field:ident: $type:ty),+ $(,)? })+) => {
        $(
            $(#[$meta])*
            #[derive(Debug, Default, Serialize)]
            #[serde(rename_all = "camelCase")]
            pub(super) struct $name {
                $(#[serde(skip_serializing_if = "Absent::is_absent")] pub(super) $field: $type),+
            }

            impl Absent for $name {
                fn is_absent(&self) -> bool { false }
            }
        )+
    };
}

/// Members that are left out: `None`, and empty lists and texts. A list that must be present even
/// when it is empty is an `Option`.
trait Absent {
    fn is_absent(&self) -> bool;
}

impl<T> Absent for Option<T> {
    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

impl<T> Absent for Vec<T> {
    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

impl Absent for String {
    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

impl Absent for &str {
    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

macro_rules! always_present {
    ($($type:ty),+) => {
        $(impl Absent for $type { fn is_absent(&self) -> bool { false } })+
    };
}

always_present!(u32, usize, bool);

/// The whole file.
#[derive(Debug, Serialize)]
pub(super) struct Log {
    #[serde(rename = "$schema")]
    pub(super) schema: &'static str,
    pub(super) version: &'static str,
    pub(super) runs: [Run; 1],
}

/// The base directory, under the name that artifact locations use.
#[derive(Debug, Default, Serialize)]
pub(super) struct UriBases {
    #[serde(rename = "SRCROOT")]
    pub(super) srcroot: ArtifactLocation,
}

impl Absent for UriBases {
    fn is_absent(&self) -> bool {
        false
    }
}

/// Properties whose names are not camel case.
#[derive(Debug, Default, Serialize)]
pub(super) struct RuleProperties {
    pub(super) tags: Vec<String>,
    pub(super) precision: &'static str,
    #[serde(rename = "problem.severity")]
    pub(super) problem_severity: &'static str,
    /// GitHub wants a number above zero, so that informative rules have none.
    #[serde(rename = "security-severity", skip_serializing_if = "Option::is_none")]
    pub(super) security_severity: Option<&'static str>,
}

impl Absent for RuleProperties {
    fn is_absent(&self) -> bool {
        false
    }
}

#[derive(Debug, Default, Serialize)]
pub(super) struct Fingerprints {
    #[serde(rename = "primaryLocationLineHash")]
    pub(super) line_hash: String,
    #[serde(rename = "pactwardFingerprint/v1")]
    pub(super) own: String,
}

impl Absent for Fingerprints {
    fn is_absent(&self) -> bool {
        false
    }
}

objects! {
    Run {
        tool: ToolObject,
        invocations: Vec<Invocation>,
        original_uri_base_ids: UriBases,
        artifacts: Vec<Artifact>,
        results: Option<Vec<SarifResult>>,
        column_kind: &'static str,
    }

    ToolObject {
        driver: Driver,
    }

    Driver {
        name: &'static str,
        semantic_version: &'static str,
        language: &'static str,
        rules: Vec<RuleDescriptor>,
    }

    RuleDescriptor {
        id: &'static str,
        name: String,
        short_description: Text,
        full_description: Text,
        help: MarkdownText,
        help_uri: &'static str,
        default_configuration: Configuration,
        properties: RuleProperties,
    }

    Text {
        text: String,
    }

    MarkdownText {
        text: String,
        markdown: String,
    }

    Configuration {
        level: &'static str,
    }

    Invocation {
        execution_successful: bool,
        tool_execution_notifications: Vec<Notification>,
    }

    Notification {
        descriptor: Descriptor,
        level: &'static str,
        message: Text,
        locations: Vec<LocationObject>,
    }

    Descriptor {
        id: &'static str,
    }

    Artifact {
        location: ArtifactLocation,
    }

    ArtifactLocation {
        uri: String,
        uri_base_id: &'static str,
        index: Option<usize>,
    }

    SarifResult {
        rule_id: &'static str,
        rule_index: Option<usize>,
        level: &'static str,
        message: Text,
        locations: Vec<LocationObject>,
        related_locations: Vec<LocationObject>,
        code_flows: Vec<CodeFlow>,
        partial_fingerprints: Fingerprints,
        fixes: Vec<FixObject>,
        suppressions: Option<Vec<SuppressionObject>>,
        properties: ResultProperties,
    }

    ResultProperties {
        severity: &'static str,
        confidence: &'static str,
        platform: &'static str,
        evidence: &'static str,
    }

    LocationObject {
        id: Option<usize>,
        physical_location: PhysicalLocation,
        logical_locations: Vec<LogicalLocation>,
        message: Option<Text>,
    }

    PhysicalLocation {
        artifact_location: ArtifactLocation,
        region: Option<Region>,
    }

    LogicalLocation {
        fully_qualified_name: String,
        kind: &'static str,
    }

    Region {
        start_line: u32,
        start_column: u32,
        end_line: u32,
        end_column: u32,
        snippet: Option<Text>,
    }

    CodeFlow {
        thread_flows: Vec<ThreadFlow>,
    }

    ThreadFlow {
        locations: Vec<ThreadFlowLocation>,
    }

    ThreadFlowLocation {
        location: LocationObject,
        kinds: Vec<&'static str>,
        importance: &'static str,
    }

    FixObject {
        description: Text,
        artifact_changes: Vec<ArtifactChange>,
        properties: FixProperties,
    }

    FixProperties {
        safety: &'static str,
    }

    ArtifactChange {
        artifact_location: ArtifactLocation,
        replacements: Vec<Replacement>,
    }

    Replacement {
        deleted_region: Region,
        inserted_content: Option<Text>,
    }

    SuppressionObject {
        kind: &'static str,
        status: &'static str,
        justification: String,
        location: LocationObject,
    }
}
