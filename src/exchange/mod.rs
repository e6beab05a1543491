//! Documents in and out: the pure part of keeping, files and pictures.

pub mod kept;
pub mod mermaid;
pub mod svg;
