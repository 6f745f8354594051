//! Where a Solidity import may lead. File discovery and the front end ask the same question, so
//! that a file that is found on disk is also the file that its importer sees.

use smol_str::SmolStr;

use crate::Layout;

/// The directory part of a workspace path, "" at the root.
pub fn parent_dir(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(dir, _)| dir)
}

/// Joins a workspace directory and a relative path, resolving `.` and `..`. A path that climbs
/// above the workspace root keeps its leading `..` and so names no file of the workspace.
pub fn join_path(dir: &str, path: &str) -> SmolStr {
    let mut parts: Vec<&str> = Vec::new();
    for part in dir.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    SmolStr::new(parts.join("/"))
}

impl Layout {
    /// The workspace paths that an import of a Solidity file may mean, most likely first. The
    /// import leads to the first of them that exists.
    ///
    /// A remapping with the longest context, then the longest prefix, wins over others, as in the
    /// compiler. Libraries nearest to the importer come first, as in Node's search. A bare name
    /// beside the importer comes last: old compilers and web editors accepted it.
    pub fn solidity_candidates(&self, importer: &str, import: &str) -> Vec<SmolStr> {
        let dir = parent_dir(importer);
        let mut found = Vec::new();
        let mut add = |path: SmolStr| {
            if !path.is_empty() && !path.starts_with("..") && !found.contains(&path) {
                found.push(path);
            }
        };
        if import.starts_with("./") || import.starts_with("../") {
            let joined = join_path(dir, import);
            add(joined.clone());
            for target in self.remapped(importer, &joined) {
                add(target);
            }
            return found;
        }
        for target in self.remapped(importer, import) {
            add(target);
        }
        for library in self.libraries_from(dir) {
            add(join_path(library, import));
        }
        add(join_path("", import));
        add(join_path(dir, import));
        found
    }

    /// Targets of the remappings that apply, best first.
    fn remapped(&self, importer: &str, import: &str) -> Vec<SmolStr> {
        let mut applying: Vec<_> = self
            .remappings
            .iter()
            .filter(|r| !r.prefix.is_empty())
            .filter(|r| importer.starts_with(r.context.as_str()))
            .filter_map(|r| Some((r, import.strip_prefix(r.prefix.as_str())?)))
            .collect();
        applying.sort_by_key(|(r, _)| std::cmp::Reverse((r.context.len(), r.prefix.len())));
        applying
            .into_iter()
            .map(|(r, rest)| join_path("", &format!("{}{rest}", r.target)))
            .collect()
    }

    /// Library directories, those in the closest parent of `dir` first, then the others.
    fn libraries_from<'l>(&'l self, dir: &str) -> Vec<&'l str> {
        let closeness = |library: &str| {
            let home = parent_dir(library);
            let above = home.is_empty()
                || dir
                    .strip_prefix(home)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
            above.then_some(home.len())
        };
        let mut libraries: Vec<&str> = self
            .solidity_libraries
            .iter()
            .map(SmolStr::as_str)
            .collect();
        libraries.sort_by_key(|l| match closeness(l) {
            Some(depth) => (0, usize::MAX - depth),
            None => (1, 0),
        });
        libraries
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Remapping;

    fn remapping(context: &str, prefix: &str, target: &str) -> Remapping {
        Remapping {
            context: context.into(),
            prefix: prefix.into(),
            target: target.into(),
        }
    }

    #[test]
    fn relative_imports_are_joined() {
        let layout = Layout::default();
        let of = |import| layout.solidity_candidates("src/a/B.sol", import);
        assert_eq!(of("./C.sol"), ["src/a/C.sol"]);
        assert_eq!(of("../lib/../C.sol"), ["src/C.sol"]);
        assert!(of("../../../C.sol").is_empty());
    }

    #[test]
    fn the_most_specific_remapping_comes_first() {
        let layout = Layout {
            remappings: vec![
                remapping("", "@oz/", "lib/oz/"),
                remapping("", "@oz/token/", "lib/token/"),
                remapping("old/", "@oz/", "lib/oz-old/"),
            ],
            ..Layout::default()
        };
        let first = |importer| layout.solidity_candidates(importer, "@oz/token/T.sol")[0].clone();
        assert_eq!(first("src/A.sol"), "lib/token/T.sol");
        assert_eq!(first("old/A.sol"), "lib/oz-old/token/T.sol");
    }

    #[test]
    fn the_nearest_library_comes_first() {
        let layout = Layout {
            solidity_libraries: vec![
                "node_modules".into(),
                "packages/b/node_modules".into(),
                "packages/a/node_modules".into(),
            ],
            ..Layout::default()
        };
        assert_eq!(
            layout.solidity_candidates("packages/a/src/A.sol", "x/X.sol"),
            [
                "packages/a/node_modules/x/X.sol",
                "node_modules/x/X.sol",
                "packages/b/node_modules/x/X.sol",
                "x/X.sol",
                "packages/a/src/x/X.sol",
            ]
        );
    }
}
