//! Two short `main`s: in the browser the app is mounted, elsewhere the command line runs.

#[cfg(not(target_arch = "wasm32"))]
fn main() -> std::process::ExitCode {
    eventyard::cli::run()
}

#[cfg(target_arch = "wasm32")]
fn main() {
    eventyard::ui::mount();
}
