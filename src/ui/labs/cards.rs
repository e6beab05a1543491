//! What lists say of the labs that come with the app, in the person's language; read once.

use crate::language::translation_of;
use crate::lessons::labs::{Group, LABS, Lab};
use std::cell::OnceCell;
use std::rc::Rc;

pub struct Card {
    pub id: &'static str,
    pub group: Group,
    pub title: String,
    /// The title as it is written.
    pub english: String,
    pub summary: String,
    pub minutes: u32,
    pub steps: usize,
}

thread_local! {
    static CARDS: OnceCell<Rc<Vec<Card>>> = const { OnceCell::new() };
}

pub fn cards() -> Rc<Vec<Card>> {
    CARDS.with(|cards| cards.get_or_init(|| Rc::new(LABS.iter().filter_map(card).collect())).clone())
}

fn card(entry: &crate::lessons::labs::Entry) -> Option<Card> {
    // A test holds that all of them can be read.
    let Lab { title, summary, minutes, steps, .. } = Lab::read_text(entry.text()).ok()?;
    let said = |text: String| translation_of(&text).into_owned();
    let (english, title, summary) = (title.clone(), said(title), said(summary));
    Some(Card { id: entry.id, group: entry.group, title, english, summary, minutes, steps: steps.len() })
}
