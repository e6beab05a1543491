//! Where a text's quotes, brackets and commas are, found for 64 bytes at a time.
//!
//! A walk over a text looks at little of it. With one bit for each byte that gives JSON its structure it finds the end of
//! a string, of a value or of a whole object in a step or two, whatever lies between.

/// The structure of 64 bytes: bit *i* of each mask is about byte *i*.
#[derive(Clone, Copy, Debug, Default)]
struct Block {
    /// Quotes that open or close a string.
    quotes: u64,
    backslashes: u64,
    /// Outside of strings: commas and brackets.
    structural: u64,
    opening: u64,
    closing: u64,
}

/// The structure of a text.
#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    blocks: Vec<Block>,
    has_backslashes: bool,
}

impl Index {
    /// Takes in a text in place of the one before.
    pub(super) fn read(&mut self, bytes: &[u8]) {
        self.blocks.clear();
        self.blocks.reserve(bytes.len() / 64 + 1);
        let mut strings = Strings::default();
        let (whole, rest) = bytes.as_chunks::<64>();
        for block in whole {
            self.blocks.push(strings.pass(classify(block)));
        }
        if !rest.is_empty() {
            self.blocks.push(strings.pass(classify_end(bytes, rest)));
        }
        self.has_backslashes = strings.has_backslashes;
    }

    /// The next quote that opens or closes a string, from a place on.
    #[inline]
    pub(super) fn quote(&self, from: usize) -> Option<usize> {
        self.next(from, |block| block.quotes)
    }

    /// The next comma or bracket outside of strings, from a place on.
    #[inline]
    pub(super) fn structural(&self, from: usize) -> Option<usize> {
        self.next(from, |block| block.structural)
    }

    #[inline]
    fn next(&self, from: usize, mask: impl Fn(&Block) -> u64) -> Option<usize> {
        let mut number = from / 64;
        let mut bits = mask(self.blocks.get(number)?) & (u64::MAX << (from % 64));
        while bits == 0 {
            number += 1;
            bits = mask(self.blocks.get(number)?);
        }
        Some(number * 64 + bits.trailing_zeros() as usize)
    }

    /// Whether there is a backslash in a part of the text.
    #[inline]
    pub(super) fn has_backslash(&self, from: usize, to: usize) -> bool {
        self.has_backslashes && self.next(from, |block| block.backslashes).is_some_and(|found| found < to)
    }

    /// The bracket that closes the one at a place; nothing when none does, or when it opens more than `depth` levels.
    pub(super) fn closing(&self, from: usize, depth: usize) -> Option<usize> {
        let mut number = from / 64;
        let mut open = 0;
        let mut wanted = u64::MAX << (from % 64);
        loop {
            let block = self.blocks.get(number)?;
            let (mut opening, mut closing) = (block.opening & wanted, block.closing & wanted);
            if (closing.count_ones() as usize) < open {
                open += opening.count_ones() as usize;
                open -= closing.count_ones() as usize;
            } else {
                while opening | closing != 0 {
                    let place = (opening | closing).trailing_zeros();
                    let bit = 1 << place;
                    if opening & bit != 0 {
                        opening &= !bit;
                        open += 1;
                    } else {
                        closing &= !bit;
                        open -= 1;
                        if open == 0 {
                            return Some(number * 64 + place as usize);
                        }
                    }
                }
            }
            if open > depth {
                return None;
            }
            number += 1;
            wanted = u64::MAX;
        }
    }
}

/// Tells from block to block what is inside of strings.
#[derive(Default)]
struct Strings {
    /// All bits set while a string reaches from one block into the next.
    inside: u64,
    /// Whether the last byte before a block escapes the first one in it.
    escaping: bool,
    has_backslashes: bool,
}

impl Strings {
    #[inline]
    fn pass(&mut self, classes: Classes) -> Block {
        let mut quotes = classes.quotes;
        if classes.backslashes != 0 || self.escaping {
            self.has_backslashes = true;
            quotes &= !escaped(classes.backslashes, &mut self.escaping);
        }
        // From each opening quote on, up to before the closing one.
        let inside = odd_before(quotes) ^ self.inside;
        self.inside = (inside as i64 >> 63) as u64;
        let (opening, closing) = (classes.opening & !inside, classes.closing & !inside);
        let structural = classes.commas & !inside | opening | closing;
        Block { quotes, backslashes: classes.backslashes, structural, opening, closing }
    }
}

/// Which bytes are escaped by a backslash before them; `escaping` carries on from block to block.
fn escaped(backslashes: u64, escaping: &mut bool) -> u64 {
    let mut escaped = u64::from(*escaping);
    *escaping = false;
    let mut left = backslashes & !escaped;
    while left != 0 {
        let place = left.trailing_zeros();
        if place == 63 {
            *escaping = true;
            break;
        }
        // The byte behind is escaped, and so escapes nothing even if it is a backslash.
        escaped |= 2 << place;
        left &= !(3 << place);
    }
    escaped
}

/// For each bit whether, with itself, an odd number of bits up to it are set.
fn odd_before(bits: u64) -> u64 {
    let mut odd = bits;
    for distance in [1, 2, 4, 8, 16, 32] {
        odd ^= odd << distance;
    }
    odd
}

/// Classifies the bytes behind the last whole block, `rest`, by way of the last 64 bytes of the text if it has so many.
fn classify_end(bytes: &[u8], rest: &[u8]) -> Classes {
    if let Some(last) = bytes.last_chunk::<64>() {
        let before = 64 - rest.len();
        let Classes { quotes, backslashes, commas, opening, closing } = classify(last);
        return Classes {
            quotes: quotes >> before,
            backslashes: backslashes >> before,
            commas: commas >> before,
            opening: opening >> before,
            closing: closing >> before,
        };
    }
    let mut block = [b' '; 64];
    block[..rest.len()].copy_from_slice(rest);
    classify(&block)
}

/// Which of 64 bytes are what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Classes {
    quotes: u64,
    backslashes: u64,
    commas: u64,
    opening: u64,
    closing: u64,
}

/// In ASCII the round half of each pair: `[` and `{`, `]` and `}` differ in this bit only.
const CURLY: u8 = 0x20;

#[cfg(target_arch = "x86_64")]
#[inline]
fn classify(block: &[u8; 64]) -> Classes {
    // SAFETY: SSE2 belongs to every x86-64 processor.
    #[allow(unsafe_code, reason = "the compiler asks for it although the feature is always there")]
    unsafe {
        classify_with_sse2(block)
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "sse2")]
#[inline]
fn classify_with_sse2(block: &[u8; 64]) -> Classes {
    use std::arch::x86_64::{_mm_cmpeq_epi8, _mm_movemask_epi8, _mm_or_si128, _mm_set_epi64x, _mm_set1_epi8};
    let all = |byte: u8| _mm_set1_epi8(byte as i8);
    let (pairs, _) = block.as_chunks::<8>();
    let mut classes = Classes::default();
    for (part, pair) in pairs.chunks_exact(2).enumerate() {
        let bytes = _mm_set_epi64x(i64::from_le_bytes(pair[1]), i64::from_le_bytes(pair[0]));
        let curly = _mm_or_si128(bytes, all(CURLY));
        let equal = |bytes, byte| u64::from(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, all(byte))) as u32) << (part * 16);
        classes.quotes |= equal(bytes, b'"');
        classes.backslashes |= equal(bytes, b'\\');
        classes.commas |= equal(bytes, b',');
        classes.opening |= equal(curly, b'{');
        classes.closing |= equal(curly, b'}');
    }
    classes
}

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
fn classify(block: &[u8; 64]) -> Classes {
    use std::arch::wasm32::{u8x16_bitmask, u8x16_eq, u8x16_splat, u64x2, v128_or};
    let (pairs, _) = block.as_chunks::<8>();
    let mut classes = Classes::default();
    for (part, pair) in pairs.chunks_exact(2).enumerate() {
        let bytes = u64x2(u64::from_le_bytes(pair[0]), u64::from_le_bytes(pair[1]));
        let curly = v128_or(bytes, u8x16_splat(CURLY));
        let equal = |bytes, byte| u64::from(u8x16_bitmask(u8x16_eq(bytes, u8x16_splat(byte)))) << (part * 16);
        classes.quotes |= equal(bytes, b'"');
        classes.backslashes |= equal(bytes, b'\\');
        classes.commas |= equal(bytes, b',');
        classes.opening |= equal(curly, b'{');
        classes.closing |= equal(curly, b'}');
    }
    classes
}

#[cfg(not(any(target_arch = "x86_64", all(target_arch = "wasm32", target_feature = "simd128"))))]
fn classify(block: &[u8; 64]) -> Classes {
    classify_plainly(block)
}

/// What every [`classify`] must say; the one where nothing faster is known.
#[cfg(any(test, not(any(target_arch = "x86_64", all(target_arch = "wasm32", target_feature = "simd128")))))]
fn classify_plainly(block: &[u8; 64]) -> Classes {
    let (words, _) = block.as_chunks::<8>();
    let mut classes = Classes::default();
    for (part, word) in words.iter().enumerate() {
        let bytes = u64::from_le_bytes(*word);
        let all = |byte: u8| u64::from_ne_bytes([byte; 8]);
        let curly = bytes | all(CURLY);
        let equal = |bytes: u64, byte: u8| {
            // The high bit of each byte that differs, the others cleared; then those eight bits side by side.
            let difference = bytes ^ all(byte);
            let differs = (((difference & all(0x7F)) + all(0x7F)) | difference) & all(0x80);
            ((!differs & all(0x80)) >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56 << (part * 8)
        };
        classes.quotes |= equal(bytes, b'"');
        classes.backslashes |= equal(bytes, b'\\');
        classes.commas |= equal(bytes, b',');
        classes.opening |= equal(curly, b'{');
        classes.closing |= equal(curly, b'}');
    }
    classes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_classification_is_the_same() {
        for first in 0..=255u8 {
            let mut block = [0u8; 64];
            for (place, byte) in block.iter_mut().enumerate() {
                *byte = first.wrapping_mul(place as u8).wrapping_add(first >> 3);
            }
            let mut expected = Classes::default();
            for (place, byte) in block.iter().enumerate() {
                let bit = |is: bool| u64::from(is) << place;
                expected.quotes |= bit(*byte == b'"');
                expected.backslashes |= bit(*byte == b'\\');
                expected.commas |= bit(*byte == b',');
                expected.opening |= bit(matches!(byte, b'[' | b'{'));
                expected.closing |= bit(matches!(byte, b']' | b'}'));
            }
            assert_eq!(classify(&block), expected);
            assert_eq!(classify_plainly(&block), expected);
        }
    }

    #[test]
    fn structure_inside_strings_is_none() {
        let mut text = r#"{"a\\":"],\"}{","b":[1,{"#.to_string();
        text.push_str(&"\"x\\\"\\\\\":{},".repeat(30));
        text.push_str("\"y\":0}]}");
        let mut index = Index::default();
        index.read(text.as_bytes());
        assert_eq!(index.closing(0, 10), Some(text.len() - 1));
        assert_eq!(index.closing(0, 1), None);
        assert_eq!(index.structural(1), text.find(",\"b"));
        assert_eq!(index.quote(2), Some(5));
        assert!(index.has_backslash(2, 5) && !index.has_backslash(15, 25));
    }
}
