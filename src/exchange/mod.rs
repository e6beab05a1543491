//! Documents in and out: the pure part of keeping, files and pictures.
//!
//! Invariant: what is written is read again as the same document; reading bounds what it looks at, and says what is
//! wrong.

pub mod chart;
pub mod course;
pub mod embed;
pub mod kept;
pub mod link;
pub mod mermaid;
mod palette;
pub mod run;
pub mod svg;
pub mod template;
pub mod zip;

pub use palette::Theme;
