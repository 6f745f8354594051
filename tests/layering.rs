//! The crates depend on each other only as the tables of `ARCHITECTURE.md` say.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use cargo_metadata::{DependencyKind, MetadataCommand, Package};

const ARCHITECTURE: &str = include_str!("../ARCHITECTURE.md");

#[test]
fn crates_stand_on_what_the_table_grants() {
    let granted = granted();
    let packages = packages();
    let folders: BTreeSet<_> = packages.keys().cloned().collect();
    let listed: BTreeSet<_> = granted.keys().cloned().collect();
    assert_eq!(
        folders, listed,
        "the table lists other crates than there are"
    );

    let mut broken = Vec::new();
    for (folder, package) in &packages {
        for dependency in normal(package) {
            let Some(target) = packages.iter().find(|(_, p)| *p.name == dependency) else {
                continue;
            };
            if !granted[folder].contains(target.0) {
                broken.push(format!("{folder} -> {}", target.0));
            }
        }
    }
    assert!(
        broken.is_empty(),
        "edges that the table does not grant: {broken:#?}"
    );
}

#[test]
fn the_table_has_no_circle() {
    for (folder, below) in granted() {
        assert!(!below.contains(&folder), "{folder} stands on itself");
    }
}

#[test]
fn outside_crates_stay_where_they_belong() {
    let owners: BTreeMap<String, Vec<String>> = rows("| crate | only in |")
        .map(|cells| (plain(&cells[0]), words(&cells[1])))
        .collect();
    assert!(owners.len() > 3, "the table was not found");
    let mut strays = Vec::new();
    for (folder, package) in packages() {
        for dependency in normal(&package) {
            if owners
                .get(&dependency)
                .is_some_and(|owners| !owners.contains(&folder))
            {
                strays.push(format!("{folder} uses {dependency}"));
            }
        }
    }
    assert!(strays.is_empty(), "{strays:#?}");
}

/// For each folder all that it may depend on.
fn granted() -> BTreeMap<String, BTreeSet<String>> {
    let direct: BTreeMap<String, Vec<String>> = rows("| folder | responsibility | stands on |")
        .map(|cells| (plain(&cells[0]), words(&cells[2])))
        .collect();
    assert!(direct.len() > 10, "the table was not found");
    let folder_of = |noun: &str| {
        let mut folders = direct.keys();
        folders
            .find(|f| Path::new(f).ends_with(noun))
            .unwrap_or_else(|| panic!("the table names `{noun}`, which it does not list"))
            .clone()
    };
    let mut granted = BTreeMap::new();
    for (folder, nouns) in &direct {
        let mut below = BTreeSet::new();
        if nouns == &["everything"] {
            below.extend(direct.keys().filter(|f| *f != folder).cloned());
        } else {
            let mut open: Vec<_> = nouns.iter().map(|n| folder_of(n)).collect();
            while let Some(next) = open.pop() {
                if below.insert(next.clone()) {
                    open.extend(direct[&next].iter().map(|n| folder_of(n)));
                }
            }
        }
        granted.insert(folder.clone(), below);
    }
    granted
}

/// Cells of the rows of the table with this head.
fn rows(head: &str) -> impl Iterator<Item = Vec<String>> {
    let lines = ARCHITECTURE.lines().skip_while(move |line| *line != head);
    lines
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .map(|line| {
            let cells = line.trim_matches('|').split('|');
            cells.map(|cell| cell.trim().to_owned()).collect()
        })
}

fn plain(cell: &str) -> String {
    cell.trim_matches('`').to_owned()
}

/// The names in a cell; a dash stands for none.
fn words(cell: &str) -> Vec<String> {
    let names = cell.split(',').map(str::trim);
    names
        .filter(|n| !n.is_empty() && *n != "–")
        .map(plain)
        .collect()
}

/// The workspace's packages by folder; the root package is `cli`.
fn packages() -> BTreeMap<String, Package> {
    let metadata = MetadataCommand::new()
        .no_deps()
        .exec()
        .expect("cargo describes the workspace");
    let root = metadata.workspace_root.clone();
    let by_folder = metadata.packages.into_iter().map(|package| {
        let dir = package
            .manifest_path
            .parent()
            .expect("a manifest is in a directory");
        let folder = dir
            .strip_prefix(&root)
            .expect("members are in the workspace")
            .to_string();
        let folder = if folder.is_empty() {
            "cli".to_owned()
        } else {
            folder
        };
        (folder, package)
    });
    by_folder.collect()
}

/// Names of the packages that a package is built with.
fn normal(package: &Package) -> impl Iterator<Item = String> {
    let wanted = package
        .dependencies
        .iter()
        .filter(|d| d.kind != DependencyKind::Development);
    wanted
        .map(|d| d.name.clone())
        .collect::<Vec<_>>()
        .into_iter()
}
