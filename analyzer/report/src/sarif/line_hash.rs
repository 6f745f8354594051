//! The hash by which GitHub code scanning recognises a line when it has moved.
//!
//! It is a rolling hash with base 37 over the hundred UTF-16 units from the start of the line.
//! Spaces and tabs do not count, every kind of line end counts as one line feed, and the end of
//! the text is a unit of its own. The number after the colon tells equal lines apart.

use std::collections::HashMap;

const WINDOW: usize = 100;
const BASE: u64 = 37;
const END_OF_TEXT: u64 = 0xFFFF;

/// One entry for each line, in order. A text that ends in a line end has one more, empty, line.
pub(super) fn line_hashes(text: &str) -> Vec<String> {
    let leaving = BASE.wrapping_pow(WINDOW as u32);
    let mut window = [0u64; WINDOW];
    let mut starts_line = [false; WINDOW];
    let (mut hash, mut at) = (0u64, 0usize);
    let mut next_starts_line = true;
    let mut seen: HashMap<u64, u32> = HashMap::new();
    let mut hashes = Vec::new();
    let padding = std::iter::repeat_n(None, WINDOW);
    for unit in counted_units(text).map(Some).chain(padding) {
        // The unit that leaves the window may be the first of a line, whose hash is now complete.
        if std::mem::take(&mut starts_line[at]) {
            let nth = seen.entry(hash).and_modify(|n| *n += 1).or_insert(1);
            hashes.push(format!("{hash:x}:{nth}"));
        }
        if let Some(unit) = unit {
            starts_line[at] = std::mem::take(&mut next_starts_line);
            next_starts_line = unit == u64::from(b'\n');
        }
        let entering = unit.unwrap_or(0);
        hash = hash
            .wrapping_mul(BASE)
            .wrapping_add(entering)
            .wrapping_sub(leaving.wrapping_mul(window[at]));
        window[at] = entering;
        at = (at + 1) % WINDOW;
    }
    hashes
}

/// The units of a text that count, and the end.
fn counted_units(text: &str) -> impl Iterator<Item = u64> {
    let mut after_return = false;
    text.encode_utf16()
        .filter_map(move |unit| {
            let skipped = matches!(unit, 0x20 | 0x09) || (after_return && unit == 0x0A);
            after_return = unit == 0x0D;
            let unit = if after_return { 0x0A } else { unit };
            (!skipped).then_some(u64::from(unit))
        })
        .chain([END_OF_TEXT])
}

#[cfg(test)]
mod tests {
    use super::line_hashes;

    /// Texts and hashes as GitHub's own upload action computes them.
    #[test]
    fn hashes_equal_those_of_the_upload_action() {
        assert_eq!(line_hashes(""), ["c129715d7a2bc9a3:1"]);
        assert_eq!(
            line_hashes(" a\nb\n  \t\tc\n d"),
            [
                "271789c17abda88f:1",
                "54703d4cd895b18:1",
                "180aee12dab6264:1",
                "a23a3dc5e078b07b:1"
            ]
        );
        assert_eq!(
            line_hashes(" hello; \t\nworld!!!\r\r\r  \t\tGreetings\r End\r"),
            [
                "e9496ae3ebfced30:1",
                "fb7c023a8b9ccb3f:1",
                "ce8ba1a563dcdaca:1",
                "e20e36e16fcb0cc8:1",
                "b3edc88f2938467e:1",
                "c8e28b0b4002a3a0:1",
                "c129715d7a2bc9a3:1"
            ]
        );
        let ten = "Lorem ipsum dolor sit amet.\n".repeat(10);
        assert_eq!(
            line_hashes(&ten)[4..],
            [
                "a7f2ff13bc495cf2:5",
                "a7f2ff13bc495cf2:6",
                "a7f2ff1481e87703:1",
                "a9cf91f7bbf1862b:1",
                "55ec222b86bcae53:1",
                "cc97dc7b1d7d8f7b:1",
                "c129715d7a2bc9a3:1"
            ]
        );
    }
}
