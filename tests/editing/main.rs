//! Editing: what people build with a few gestures runs at once, and everything can be taken back.

mod builders;
mod drawn_anew;
mod history;
mod live;
mod problems;
