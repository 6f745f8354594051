//! Path patterns of the configuration.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

/// A list of path patterns with the habits of `.gitignore`: a pattern without `/` matches a name
/// at any depth, one with `/` starts at the directory of the configuration file, and a directory
/// that matches takes everything below it along.
#[derive(Debug, Clone, Default)]
pub struct Globs {
    patterns: Vec<String>,
    set: GlobSet,
}

impl PartialEq for Globs {
    fn eq(&self, other: &Self) -> bool {
        self.patterns == other.patterns
    }
}

impl Eq for Globs {}

impl Globs {
    /// Compiles patterns; the error is the index of the bad one and what is wrong with it.
    pub fn new(patterns: Vec<String>) -> Result<Self, (usize, String)> {
        let mut builder = GlobSetBuilder::new();
        for (i, pattern) in patterns.iter().enumerate() {
            for form in forms(pattern) {
                let glob = GlobBuilder::new(&form)
                    .literal_separator(true)
                    .build()
                    .map_err(|e| (i, e.kind().to_string()))?;
                builder.add(glob);
            }
        }
        let set = builder.build().map_err(|e| (0, e.kind().to_string()))?;
        Ok(Self { patterns, set })
    }

    /// Whether a path relative to the directory of the configuration file matches.
    pub fn matches(&self, path: &str) -> bool {
        self.set.is_match(path)
    }

    pub fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }
}

/// The pattern itself and the pattern of what is below it, both anchored.
fn forms(pattern: &str) -> [String; 2] {
    let bare = pattern.strip_prefix("./").unwrap_or(pattern);
    let trimmed = bare.trim_matches('/');
    let anchored = if bare.trim_end_matches('/').contains('/') {
        trimmed.to_owned()
    } else {
        format!("**/{trimmed}")
    };
    let below = format!("{anchored}/**");
    [anchored, below]
}

/// How workspace paths relate to the directory of the configuration file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Scope {
    /// Both are the same directory.
    #[default]
    Same,
    /// The configuration lies above the workspace root: this prefix, with a final `/`, leads from
    /// it to the root.
    Above(String),
    /// The configuration lies inside the workspace in this directory, with a final `/`.
    Inside(String),
}

impl Scope {
    /// The path as the patterns of the configuration see it; nothing when it lies outside.
    pub fn relative(&self, path: &str) -> Option<String> {
        match self {
            Self::Same => Some(path.to_owned()),
            Self::Above(prefix) => Some(format!("{prefix}{path}")),
            Self::Inside(dir) => path.strip_prefix(dir.as_str()).map(str::to_owned),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_behave_as_in_gitignore() {
        let globs = |p: &str| Globs::new(vec![p.to_owned()]).unwrap();
        assert!(globs("mocks").matches("src/mocks/A.sol"));
        assert!(globs("mocks/").matches("mocks/A.sol"));
        assert!(globs("*.t.sol").matches("a/b/C.t.sol"));
        assert!(globs("/src/*.sol").matches("src/A.sol"));
        assert!(!globs("/src/*.sol").matches("src/deep/A.sol"));
        assert!(!globs("/src/*.sol").matches("lib/src/A.sol"));
        assert!(globs("src/**/gen").matches("src/a/b/gen/A.sol"));
        assert!(globs("./old/**").matches("old/A.sol"));
        assert!(!globs("old").matches("older/A.sol"));
        assert_eq!(Globs::new(vec!["a".into(), "[".into()]).unwrap_err().0, 1);
    }

    #[test]
    fn scopes_translate_paths() {
        assert_eq!(Scope::Same.relative("a.sol").as_deref(), Some("a.sol"));
        let above = Scope::Above("pkg/".into());
        assert_eq!(above.relative("a.sol").as_deref(), Some("pkg/a.sol"));
        let inside = Scope::Inside("pkg/".into());
        assert_eq!(inside.relative("pkg/a.sol").as_deref(), Some("a.sol"));
        assert_eq!(inside.relative("other/a.sol"), None);
    }
}
