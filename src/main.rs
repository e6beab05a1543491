//! Two short `main`s: in the browser the app is mounted, elsewhere the command line runs.

fn main() {}
