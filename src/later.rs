//! Functions that come later.
//!
//! Natively everything is there. In a browser the module that is loaded first leaves out what the first picture can do
//! without: the rule engine, the gateways' mapping language, all guide diagrams but one. They are reached through tables
//! of functions, which a part of the app puts in place when it arrives (`ui/engine.rs`). Whoever reads a document that
//! needs one of them before gives an error that says so, [`missed`] tells, and the app fetches the part and reads again.

/// Declares a table of functions that come later: `get` gives it once it is there, `arrive` puts it in place.
macro_rules! later {
    ($(#[$doc:meta])* $table:ident { $($name:ident: $type:ty = $function:expr,)+ }) => {
        $(#[$doc])*
        pub(crate) struct $table {
            $(pub(super) $name: $type,)+
        }

        impl $table {
            const ALL: &'static $table = &$table { $($name: $function,)+ };

            #[cfg(not(target_arch = "wasm32"))]
            pub(super) fn get() -> Option<&'static $table> {
                Some($table::ALL)
            }

            #[cfg(target_arch = "wasm32")]
            fn place() -> &'static std::sync::OnceLock<&'static $table> {
                static PLACE: std::sync::OnceLock<&'static $table> = std::sync::OnceLock::new();
                &PLACE
            }

            #[cfg(target_arch = "wasm32")]
            pub(super) fn get() -> Option<&'static $table> {
                let found = $table::place().get().copied();
                if found.is_none() {
                    $crate::later::miss();
                }
                found
            }

            /// Only for the part that brings these functions along: whoever calls it needs them.
            #[cfg(target_arch = "wasm32")]
            pub(crate) fn arrive() {
                let _ = $table::place().set($table::ALL);
            }
        }
    };
}
pub(crate) use later;

/// What is wrong with something that cannot be read yet, and what helps.
pub const ABSENT: (&str, &str) = (
    phrase!("a part of Eventyard that this needs has not been loaded"),
    phrase!("is the connection there? Please try again in a moment"),
);

#[cfg(target_arch = "wasm32")]
static MISSED: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(false);

#[cfg(target_arch = "wasm32")]
pub(crate) fn miss() {
    MISSED.store(true, std::sync::atomic::Ordering::Relaxed);
}

/// Whether something was asked for since the last time that has not arrived yet.
#[cfg(target_arch = "wasm32")]
pub fn missed() -> bool {
    MISSED.swap(false, std::sync::atomic::Ordering::Relaxed)
}
