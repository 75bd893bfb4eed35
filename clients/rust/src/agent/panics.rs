//! Panics of the program's own code, which take nothing else with them.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Calls a listener of the program. A panic in it has been told by the panic hook, and the agent lives on.
pub(crate) fn call_listener(listener: impl FnOnce()) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(listener)) {
        tracing::error!(
            panic = text_of_panic(panic.as_ref()),
            "a listener of the agent panicked"
        );
    }
}

/// What a panic says.
pub(crate) fn text_of_panic(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("it did not say why")
}
