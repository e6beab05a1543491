//! From the picture to the hands: what people do on the diagram is understood by a part of the app that is fetched on
//! demand (`building`). Until it is there, what they do waits, and nothing is lost.

use std::cell::RefCell;
use std::rc::Rc;

/// What somebody did.
pub enum Deed {
    /// On the diagram or with the keyboard.
    Event(web_sys::Event),
    /// A command was asked for by its id, by a button for example.
    Command(&'static str),
}

type Taker = Rc<dyn Fn(Deed)>;

thread_local! {
    static TAKER: RefCell<Option<Taker>> = const { RefCell::new(None) };
    static WAITING: RefCell<Vec<Deed>> = const { RefCell::new(Vec::new()) };
}

pub fn give(deed: Deed) {
    let taker = TAKER.with_borrow(Clone::clone);
    match taker {
        Some(take) => take(deed),
        None => WAITING.with_borrow_mut(|waiting| waiting.push(deed)),
    }
}

/// Asks for a command of the table.
pub fn ask(command: &'static str) {
    give(Deed::Command(command));
}

/// From now on `take` gets everything, first what has waited.
pub fn take(take: impl Fn(Deed) + 'static) {
    let taker: Taker = Rc::new(take);
    TAKER.with_borrow_mut(|place| *place = Some(taker.clone()));
    for deed in WAITING.with_borrow_mut(std::mem::take) {
        taker(deed);
    }
}
