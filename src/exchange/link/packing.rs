//! JSON as text for an address: `v1.` and URL-safe base64 of a checksum, the ids, and the rest compressed.
//!
//! The dictionary is what compression refers to as if it had just been said: words that diagrams use, and the guide's
//! diagrams as they were when version 1 was made. So one of them with a few changes takes hardly more than the changes.
//! It must never change: links that exist refer to it. Another dictionary would be a version 2.

use super::ids;
use super::written::{broken, problem};
use crate::diagram::Problem;
use crate::exchange::zip::checksum;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use miniz_oxide::deflate::core::{
    CompressorOxide, TDEFLFlush, compress_to_output, create_comp_flags_from_zip_params, deflate_flags,
};
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress, inflate_flags};
use serde_json::Value;
use std::sync::LazyLock;

const VERSION: &str = "v1.";
static DICTIONARY: &[u8] = include_bytes!("dictionary.txt");

/// No longer fragments are looked at: 512 KB.
pub const LONGEST: usize = 512 * 1024;
/// As large as what is unpacked may be: far more than the largest document that can be simulated needs in this form.
const LARGEST: usize = 4 * 1024 * 1024;

/// A value as the part of an address after the `#`.
pub fn pack(value: &Value) -> String {
    let mut value = value.clone();
    let ids = ids::take(&mut value);
    let text = value.to_string();
    let mut body = ids::write(&ids);
    // Which way to write the codes is shorter depends on how much there is.
    let [own, fixed] = WITH_DICTIONARY.each_ref().map(|compressor| compress(text.as_bytes(), compressor));
    body.extend(if fixed.len() < own.len() { fixed } else { own });
    let mut bytes = checksum(&body).to_le_bytes().to_vec();
    bytes.extend(body);
    format!("{VERSION}{}", URL_SAFE_NO_PAD.encode(bytes))
}

/// Reads what [`pack`] has written, or says what is wrong with it.
pub fn unpack(fragment: &str) -> Result<Value, Vec<Problem>> {
    let fragment = fragment.trim().trim_start_matches('#');
    if fragment.len() > LONGEST {
        return Err(broken("", tr!("it is longer than any link is")));
    }
    let Some(text) = fragment.strip_prefix(VERSION) else {
        let digits = fragment.strip_prefix('v').and_then(|rest| rest.split_once('.')).map(|(digits, _)| digits);
        return Err(match digits {
            Some(digits) if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) => problem(
                "",
                tr!("The link was made by a newer Eventyard (version {digits}).", digits = digits),
                tr!("Open it there, or ask for the diagram as a file."),
            ),
            _ => problem(
                "",
                tr!("What follows the # in the address is no link to a diagram."),
                tr!("Was it copied whole?"),
            ),
        });
    };
    let damaged = || broken("", tr!("something is missing or was changed on the way"));
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| damaged())?;
    let (sum, body) = bytes.split_first_chunk::<4>().ok_or_else(damaged)?;
    if checksum(body) != u32::from_le_bytes(*sum) {
        return Err(damaged());
    }
    let (ids, packed) = ids::read(body).ok_or_else(damaged)?;
    let text = decompress_text(packed)?;
    let mut value: Value = serde_json::from_str(&text).map_err(|_| damaged())?;
    if ids::put_back(&mut value, &ids) { Ok(value) } else { Err(damaged()) }
}

/// Compressors that have read the dictionary, with codes of their own for each text and with fixed ones. Reading it takes
/// far longer than copying what comes of it, or than a diagram; so it is read once.
static WITH_DICTIONARY: LazyLock<[CompressorOxide; 2]> = LazyLock::new(|| {
    [0, deflate_flags::TDEFL_FORCE_ALL_STATIC_BLOCKS].map(|flags| {
        let mut compressor = CompressorOxide::new(create_comp_flags_from_zip_params(10, -15, 0) | flags);
        // What it says about the dictionary, the reader of a link has already.
        compress_to_output(&mut compressor, DICTIONARY, TDEFLFlush::Sync, |_| true);
        compressor
    })
});

/// Raw DEFLATE (RFC 1951) that refers to the dictionary.
fn compress(text: &[u8], with_dictionary: &CompressorOxide) -> Vec<u8> {
    let mut compressor = with_dictionary.clone();
    let mut packed = Vec::new();
    compress_to_output(&mut compressor, text, TDEFLFlush::Finish, |bytes| {
        packed.extend_from_slice(bytes);
        true
    });
    packed
}

fn decompress_text(packed: &[u8]) -> Result<String, Vec<Problem>> {
    let damaged = || broken("", tr!("something is missing or was changed on the way"));
    let mut decompressor = DecompressorOxide::new();
    let mut output = DICTIONARY.to_vec();
    let (mut read, mut written) = (0, output.len());
    loop {
        let room = (2 * (output.len() - DICTIONARY.len())).clamp(8 * 1024, LARGEST);
        output.resize(DICTIONARY.len() + room, 0);
        let flags = inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
        let (status, taken, given) = decompress(&mut decompressor, &packed[read..], &mut output, written, flags);
        read += taken;
        written += given;
        match status {
            TINFLStatus::Done if read == packed.len() => break,
            TINFLStatus::HasMoreOutput if room < LARGEST => {}
            TINFLStatus::HasMoreOutput => return Err(broken("", tr!("what it holds is larger than any diagram"))),
            _ => return Err(damaged()),
        }
    }
    output.truncate(written);
    output.drain(..DICTIONARY.len());
    String::from_utf8(output).map_err(|_| damaged())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_dictionary_is_the_one_that_links_refer_to() {
        assert_eq!((DICTIONARY.len(), checksum(DICTIONARY)), (27_859, 0x1853_3976));
    }

    #[test]
    fn what_is_packed_is_unpacked_as_it_was() {
        let id = "1b4e28ba-2fa1-41d2-883f-0016d3cca427";
        let next = "1b4e28ba-2fa1-41d2-883f-0016d3cca428";
        let texts = ["", "@", "@@1", "@0", id, next, id, "1B4E28BA-2FA1-41D2-883F-0016D3CCA427", "é\u{0}😀"];
        let value = json!({ "texts": texts, "@1": [1, -1, 0.5, 1e300, null, true, {}, []] });
        let packed = pack(&value);
        assert_eq!(unpack(&packed), Ok(value.clone()));
        assert_eq!(unpack(&format!("#{packed} ")), Ok(value));
        assert!(packed.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte)));
    }

    #[test]
    fn every_change_on_the_way_is_noticed() {
        let packed = pack(&json!({ "d": ["a", 1, "1b4e28ba-2fa1-41d2-883f-0016d3cca427"] }));
        for place in VERSION.len()..packed.len() {
            let mut changed = packed.clone().into_bytes();
            changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
            assert!(unpack(&String::from_utf8_lossy(&changed)).is_err(), "{place}");
            assert!(unpack(&packed[..place]).is_err(), "cut off at {place}");
        }
        assert!(unpack(&format!("{packed}A")).is_err());
    }

    #[test]
    fn a_bomb_does_not_go_off() {
        let bomb = json!({ "d": "x".repeat(64 * 1024 * 1024) });
        let packed = pack(&bomb);
        assert!(packed.len() < LONGEST, "{}", packed.len());
        let problems = unpack(&packed).expect_err("too large");
        assert!(problems[0].message.contains("larger than any diagram"), "{problems:?}");
    }

    #[test]
    fn other_versions_and_other_fragments_are_told_apart() {
        let said = |fragment: &str| unpack(fragment).expect_err(fragment)[0].message.clone();
        assert!(said("v2.abc").contains("newer Eventyard"));
        assert!(said("section-3").contains("no link"));
        assert!(said("v1.").contains("damaged"));
        assert!(said("v1.***").contains("damaged"));
        assert!(said(&"x".repeat(LONGEST + 1)).contains("longer"));
    }
}
