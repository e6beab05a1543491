//! The texts of labs: Markdown as nodes of the page. Raw HTML stays text, pictures become their description, and links
//! lead only to `https:` addresses and, as `glossary:term`, into the glossary.

use super::glossary::term_link;
use leptos::prelude::*;
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use std::iter::Peekable;

/// Lists and quotes may nest so deep; what lies deeper is told in one line.
const DEPTH: usize = 12;

/// A text as blocks: paragraphs, lists, tables, code.
pub fn blocks(text: &str) -> AnyView {
    let mut events = Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH).peekable();
    inner(&mut events, 0)
}

/// A text of one paragraph, without the paragraph around it.
pub fn line(text: &str) -> AnyView {
    let events = Parser::new_ext(text, Options::ENABLE_STRIKETHROUGH);
    let inline = |event: &Event<'_>| !matches!(event, Event::Start(Tag::Paragraph) | Event::End(TagEnd::Paragraph));
    let list: Vec<Event<'_>> = events.filter(inline).collect();
    inner(&mut list.into_iter().peekable(), 0)
}

/// Everything up to the end of the element that has begun, or of the text.
fn inner<'a>(events: &mut Peekable<impl Iterator<Item = Event<'a>>>, depth: usize) -> AnyView {
    let mut views = Vec::new();
    while let Some(event) = events.next() {
        match event {
            Event::End(_) => break,
            Event::Start(tag) => views.push(element(tag, events, depth + 1)),
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => {
                views.push(text.into_string().into_any())
            }
            Event::Code(text) => views.push(view! { <code>{text.into_string()}</code> }.into_any()),
            Event::SoftBreak => views.push(" ".into_any()),
            Event::HardBreak => views.push(view! { <br /> }.into_any()),
            Event::Rule => views.push(view! { <hr /> }.into_any()),
            // Notes, formulas and check boxes are not switched on.
            _ => {}
        }
    }
    views.into_any()
}

/// The texts inside, without elements.
fn plain<'a>(events: &mut Peekable<impl Iterator<Item = Event<'a>>>) -> String {
    let (mut text, mut open) = (String::new(), 1);
    while open > 0 {
        match events.next() {
            None => break,
            Some(Event::Start(_)) => open += 1,
            Some(Event::End(_)) => open -= 1,
            Some(Event::Text(part) | Event::Code(part)) => text += &part,
            Some(Event::SoftBreak | Event::HardBreak) => text.push(' '),
            Some(_) => {}
        }
    }
    text
}

fn element<'a>(tag: Tag<'a>, events: &mut Peekable<impl Iterator<Item = Event<'a>>>, depth: usize) -> AnyView {
    if depth > DEPTH {
        return plain(events).into_any();
    }
    match tag {
        Tag::CodeBlock(kind) => {
            let language = match kind {
                CodeBlockKind::Fenced(language) => language.into_string(),
                CodeBlockKind::Indented => String::new(),
            };
            let text = plain(events);
            // Wide code can be scrolled, by keyboard too.
            view! { <pre class="lab-code" tabindex="0" data-language=language><code>{text}</code></pre> }.into_any()
        }
        Tag::Image { .. } => plain(events).into_any(),
        Tag::Link { dest_url, .. } => {
            let address = dest_url.into_string();
            let inside = inner(events, depth);
            match address.strip_prefix("glossary:") {
                Some(term) => term_link(term.to_string(), inside),
                None if address.starts_with("https://") => {
                    view! { <a href=address target="_blank" rel="noopener noreferrer">{inside}</a> }.into_any()
                }
                None => inside,
            }
        }
        // The step's own title is a heading of the third rank.
        Tag::Heading { .. } => {
            let inside = inner(events, depth);
            view! { <h4>{inside}</h4> }.into_any()
        }
        Tag::List(first) => {
            let inside = inner(events, depth);
            match first {
                Some(first) => view! { <ol start=first.to_string()>{inside}</ol> }.into_any(),
                None => view! { <ul>{inside}</ul> }.into_any(),
            }
        }
        Tag::Table(_) => {
            let inside = inner(events, depth);
            view! { <div class="lab-scroll" tabindex="0"><table>{inside}</table></div> }.into_any()
        }
        tag => {
            let inside = inner(events, depth);
            match tag {
                Tag::Paragraph => view! { <p>{inside}</p> }.into_any(),
                Tag::BlockQuote(_) => view! { <blockquote>{inside}</blockquote> }.into_any(),
                Tag::Item => view! { <li>{inside}</li> }.into_any(),
                Tag::Emphasis => view! { <em>{inside}</em> }.into_any(),
                Tag::Strong => view! { <strong>{inside}</strong> }.into_any(),
                Tag::Strikethrough => view! { <s>{inside}</s> }.into_any(),
                Tag::TableHead => view! { <thead><tr class="lab-head">{inside}</tr></thead> }.into_any(),
                Tag::TableRow => view! { <tr>{inside}</tr> }.into_any(),
                Tag::TableCell => view! { <td>{inside}</td> }.into_any(),
                _ => inside,
            }
        }
    }
}
