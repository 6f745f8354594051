//! From bytes to text: what is accepted for analysis.

/// Largest file that is analysed. Real contracts stay below 1 MB; generated or binary files do
/// not, and a front end's offsets must fit 32 bits with room to spare.
pub const MAX_FILE_BYTES: usize = 4 << 20;

/// Deepest bracket nesting that is analysed: far more than people write, and little enough for
/// recursive lowering.
pub const MAX_NESTING: usize = 256;

/// Why a file is not analysed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// More than [`MAX_FILE_BYTES`].
    TooLarge,
    /// Contains NUL bytes or is mostly no text.
    Binary,
    /// Brackets nest deeper than [`MAX_NESTING`].
    TooDeep,
}

/// Text of a file; `lossy` when bytes that are no UTF-8 were replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    pub text: String,
    pub lossy: bool,
}

/// Decodes a file's bytes, replacing what is no UTF-8, or says why it is not analysed.
pub fn decode(bytes: &[u8]) -> Result<Decoded, Refusal> {
    if bytes.len() > MAX_FILE_BYTES {
        return Err(Refusal::TooLarge);
    }
    if bytes.contains(&0) {
        return Err(Refusal::Binary);
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = String::from_utf8_lossy(bytes);
    let lossy = matches!(text, std::borrow::Cow::Owned(_));
    if lossy && text.chars().filter(|c| *c == '\u{fffd}').count() * 10 > text.len() {
        return Err(Refusal::Binary);
    }
    if nesting(bytes) > MAX_NESTING {
        return Err(Refusal::TooDeep);
    }
    Ok(Decoded {
        text: text.into_owned(),
        lossy,
    })
}

/// Greatest bracket depth, counted without regard to strings and comments.
fn nesting(bytes: &[u8]) -> usize {
    let (mut depth, mut deepest) = (0usize, 0usize);
    for byte in bytes {
        match byte {
            b'(' | b'[' | b'{' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_told_from_other_bytes() {
        assert_eq!(decode(b"contract A {}").unwrap().text, "contract A {}");
        assert_eq!(decode(b"\xef\xbb\xbfa").unwrap().text, "a");
        assert!(
            decode(b"// caf\xe9 is fine when the rest is text")
                .unwrap()
                .lossy
        );
        assert_eq!(decode(b"a\0b"), Err(Refusal::Binary));
        assert_eq!(decode(&[0xff; 64]), Err(Refusal::Binary));
        assert_eq!(
            decode(&vec![b' '; MAX_FILE_BYTES + 1]),
            Err(Refusal::TooLarge)
        );
        assert_eq!(decode(&[b'('; 300]), Err(Refusal::TooDeep));
    }
}
