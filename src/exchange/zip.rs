//! A zip archive.
//!
//! After PKWARE's APPNOTE: local headers with their contents, then the central directory, then its end.

use miniz_oxide::deflate::compress_to_vec;

/// The date that every file has: archives of the same files are the same bytes. 1 January 2026, as MS-DOS writes it.
const DATE: u16 = (2026 - 1980) << 9 | 1 << 5 | 1;
/// Names are UTF-8.
const FLAGS: u16 = 1 << 11;
/// Of the format: plain files and folders.
const VERSION: u16 = 20;
/// Contents as they are, or by DEFLATE.
const STORED: u16 = 0;
const DEFLATED: u16 = 8;
/// Small enough, and not slow.
const LEVEL: u8 = 6;

/// An archive to which one file is added after the other.
#[derive(Default)]
pub struct Archive {
    bytes: Vec<u8>,
    directory: Vec<u8>,
    count: u16,
}

impl Archive {
    /// Adds a file as it is.
    pub fn add(&mut self, path: &str, content: &[u8]) {
        self.entry(path, content, STORED, content);
    }

    /// Adds a file, compressed where that makes it smaller.
    pub fn add_compressed(&mut self, path: &str, content: &[u8]) {
        let packed = compress_to_vec(content, LEVEL);
        if packed.len() < content.len() {
            self.entry(path, content, DEFLATED, &packed);
        } else {
            self.add(path, content);
        }
    }

    fn entry(&mut self, path: &str, content: &[u8], method: u16, packed: &[u8]) {
        let offset = self.bytes.len() as u32;
        let mut common = Vec::new();
        for field in [VERSION, FLAGS, method, 0, DATE] {
            common.extend(field.to_le_bytes());
        }
        for field in [checksum(content), packed.len() as u32, content.len() as u32] {
            common.extend(field.to_le_bytes());
        }
        common.extend((path.len() as u16).to_le_bytes());
        common.extend(0u16.to_le_bytes());
        self.bytes.extend(b"PK\x03\x04");
        self.bytes.extend(&common);
        self.bytes.extend(path.as_bytes());
        self.bytes.extend(packed);
        self.directory.extend(b"PK\x01\x02");
        self.directory.extend(VERSION.to_le_bytes());
        self.directory.extend(&common);
        // No comment, first disk, no attributes.
        self.directory.extend([0; 10]);
        self.directory.extend(offset.to_le_bytes());
        self.directory.extend(path.as_bytes());
        self.count += 1;
    }

    pub fn finish(mut self) -> Vec<u8> {
        let begin = self.bytes.len() as u32;
        self.bytes.extend(&self.directory);
        self.bytes.extend(b"PK\x05\x06");
        self.bytes.extend([0; 4]);
        self.bytes.extend(self.count.to_le_bytes());
        self.bytes.extend(self.count.to_le_bytes());
        self.bytes.extend((self.directory.len() as u32).to_le_bytes());
        self.bytes.extend(begin.to_le_bytes());
        self.bytes.extend([0; 2]);
        self.bytes
    }
}

/// Paths and contents as an archive. Nothing is compressed, because it is small and is unpacked at once.
pub fn write<'a>(files: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Vec<u8> {
    let mut archive = Archive::default();
    for (path, content) in files {
        archive.add(path, content);
    }
    archive.finish()
}

/// CRC-32 of ISO 3309.
pub(super) fn checksum(content: &[u8]) -> u32 {
    !content.iter().fold(!0, |rest, byte| {
        (0..8).fold(rest ^ u32::from(*byte), |rest, _| (rest >> 1) ^ (0xedb8_8320 & (rest & 1).wrapping_neg()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_the_standards() {
        assert_eq!(checksum(b"123456789"), 0xcbf4_3926);
    }
}
