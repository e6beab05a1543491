//! Eventyard: a simulator of how microservices are integrated with serverless services.
//!
//! The layers, lowest first; each may use only those named before it (see ARCHITECTURE.md):
//! `small`, `language`, `later`, `rules` and `diagram` (and `drawing` on `diagram` alone), then `kernel` and `services`, then `simulation`, then `lessons` and `exchange`, and on top
//! of all `ui` (only in the browser) or `cli` (only natively).

#[macro_use]
pub mod language;

#[cfg(not(target_arch = "wasm32"))]
pub mod cli;
pub mod diagram;
pub mod drawing;
pub mod exchange;
pub mod kernel;
pub mod later;
pub mod lessons;
pub mod rules;
pub mod services;
pub mod simulation;
mod small;
#[cfg(target_arch = "wasm32")]
pub mod ui;
