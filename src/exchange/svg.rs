//! A diagram as a picture: an SVG that needs nothing else, and that holds the document, so that opening it in the app
//! restores the diagram.

use super::palette::{Theme, colour, hue};
use crate::diagram::{Document, EdgeKind, Node, NodeKind, Problem, check};
use crate::drawing::{NODE_HEIGHT, NODE_WIDTH, Rect, Router, icon, label};
use crate::language::in_english;
use std::fmt::Write;

/// The element that holds the document, up to the attribute that tells it from other programs' metadata.
const TAG: &str = "<metadata";
const MARK: &str = "data-eventyard";
const END: &str = "</metadata>";
/// Larger files are not looked into, in bytes; the largest document is far smaller.
const LARGEST: usize = 32 << 20;
/// Around the drawing.
const MARGIN: f64 = 32.0;
const FONT: &str = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'DejaVu Sans', sans-serif";

/// The document as a picture.
///
/// ```
/// # use eventyard::{diagram::Document, exchange::{Theme, svg}, lessons::guide};
/// let document = guide::DIAGRAMS[0].document();
/// let picture = svg::write(&document, Theme::Dark);
/// let text = svg::read(&picture).expect("it holds its document");
/// assert_eq!(Document::parse(&text), Ok(document));
/// ```
pub fn write(document: &Document, theme: Theme) -> String {
    in_english(|| written(document, theme))
}

fn written(document: &Document, theme: Theme) -> String {
    let router = Router::new(document);
    // A document that is not valid yet has a picture too, without words beside its edges.
    let words: Vec<Vec<String>> = match check(document) {
        Ok(plan) => plan.edges.iter().map(label::words).collect(),
        Err(_) => vec![Vec::new(); document.edges.len()],
    };
    let sizes: Vec<(f64, f64)> = words.iter().map(|lines| label::size(lines)).collect();
    let labels = label::place(router.terrain(), router.wires(), &sizes);
    let corners = router.wires().iter().flat_map(|wire| wire.corners()).map(|at| Rect::spanning(*at, *at));
    let parts = router.nodes().iter().copied().chain(corners).chain(labels.iter().flatten().map(|label| label.area));
    let whole = parts.reduce(|a, b| a.with(&b)).unwrap_or_default().grown(MARGIN);
    let (left, top, width, height) = (whole.left, whole.top, whole.width(), whole.height());
    let (canvas, line) = (colour("canvas", theme), colour("line-strong", theme));
    let name = escape(&document.name);
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"{left} {top} {width} {height}\" width=\"{width}\" \
         height=\"{height}\" role=\"img\" font-family=\"{FONT}\" font-size=\"12\">\n<title>{name}</title>\n\
         {TAG} {MARK}=\"1\">{}{END}\n<rect x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\" \
         fill=\"{canvas}\"/>\n<g fill=\"none\" stroke=\"{line}\" stroke-width=\"1.5\">\n",
        escape(&document.to_json().to_string())
    );
    for ((edge, wire), words) in document.edges.iter().zip(router.wires()).zip(&words) {
        let dashes = if edge.kind.is_synchronous() { "" } else { " stroke-dasharray=\"6 4\"" };
        let off = words.first().is_some_and(|first| first == "unsubscribed" || first == "disabled");
        let faint = if off { " opacity=\"0.35\"" } else { "" };
        let (path, arrow) = (wire.path(), wire.arrow());
        let _ = writeln!(
            out,
            "<path d=\"{path}\"{dashes}{faint}/><path d=\"{arrow}\" fill=\"{line}\" stroke=\"none\"{faint}/>"
        );
    }
    out += "</g>\n";
    let buries = |kind| matches!(kind, EdgeKind::Redrive | EdgeKind::DeadLetter);
    let dead = |node: &Node| document.edges.iter().any(|edge| edge.to == node.id && buries(edge.kind));
    for (node, place) in document.nodes.iter().zip(router.nodes()) {
        let dashes = if node.kind == NodeKind::Queue && dead(node) { " stroke-dasharray=\"5 3\"" } else { "" };
        write_node(&mut out, node, place, dashes, theme);
    }
    let quiet = colour("text-quiet", theme);
    let _ = writeln!(
        out,
        "<g fill=\"{quiet}\" text-anchor=\"middle\" stroke=\"{canvas}\" stroke-width=\"4\" \
         stroke-linejoin=\"round\" paint-order=\"stroke\">"
    );
    for (lines, label) in words.iter().zip(&labels) {
        for (index, line) in lines.iter().enumerate() {
            let Some(at) = label.map(|label| label.baseline(index)) else { continue };
            let _ = writeln!(out, "<text x=\"{:.1}\" y=\"{:.1}\">{}</text>", at.x, at.y, escape(line));
        }
    }
    out += "</g>\n</svg>\n";
    out
}

fn write_node(out: &mut String, node: &Node, place: &Rect, dashes: &str, theme: Theme) {
    let hue = hue(node.kind, theme);
    let (surface, line) = (colour("surface", theme), colour("line-strong", theme));
    let (text, quiet) = (colour("text", theme), colour("text-quiet", theme));
    let length = node.name.chars().count();
    let size = if length > 14 { 12 } else { 14 };
    // As in the app, longer names are squeezed into the box rather than cut.
    let squeezed = match length > 17 {
        true => format!(" textLength=\"{}\" lengthAdjust=\"spacingAndGlyphs\"", NODE_WIDTH - 22.0),
        false => String::new(),
    };
    let (x, y, band) = (place.left, place.top, NODE_HEIGHT - 16.0);
    let (icon, service, name) = (icon::path(node.kind), icon::service(node), escape(&node.name));
    let _ = writeln!(
        out,
        "<g transform=\"translate({x} {y})\">\
         <rect width=\"{NODE_WIDTH}\" height=\"{NODE_HEIGHT}\" rx=\"8\" fill=\"{surface}\" stroke=\"{line}\" \
         stroke-width=\"1.2\"{dashes}/><rect width=\"6\" height=\"{band}\" y=\"8\" rx=\"3\" fill=\"{hue}\"/>\
         <text x=\"14\" y=\"37\" fill=\"{text}\" font-size=\"{size}\" font-weight=\"600\"{squeezed}>{name}</text>\
         <path transform=\"translate(13 46) scale(0.8)\" d=\"{icon}\" fill=\"none\" stroke=\"{hue}\" \
         stroke-width=\"1.5\" stroke-linecap=\"round\" stroke-linejoin=\"round\"/>\
         <text x=\"34\" y=\"58\" fill=\"{quiet}\">{service}</text></g>"
    );
}

/// Text for XML: what would be markup is named, and what XML cannot hold is replaced.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for character in text.chars() {
        match character {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            // In the document's JSON these can only be inside strings, where they have a spelling of their own.
            '\u{fffe}' | '\u{ffff}' => {
                let _ = write!(out, "\\u{:04x}", character as u32);
            }
            '\t' | '\n' => out.push(character),
            control if control < ' ' => out.push('\u{fffd}'),
            other => out.push(other),
        }
    }
    out
}

/// Finds the document in a picture that was written by [`write`], also if another program has saved it since. Gives
/// back the document's text; whether that can be read is for [`Document::parse`] to say.
pub fn read(text: &str) -> Result<String, Vec<Problem>> {
    let problem = |message: &str, hint: &str| Err(vec![Problem::new("", message).with_hint(hint)]);
    if text.len() > LARGEST {
        return problem(tr!("This file is larger than any diagram."), tr!("Open a picture that Eventyard exported."));
    }
    if !text.contains("<svg") {
        return problem(tr!("This is not an SVG."), tr!("Open a picture that Eventyard exported, or a document."));
    }
    let mut rest = text;
    while let Some(start) = rest.find(TAG) {
        let after = &rest[start + TAG.len()..];
        let Some(close) = after.find('>') else { break };
        let content = &after[close + 1..];
        rest = content;
        if !after[..close].contains(MARK) {
            continue;
        }
        let Some(end) = content.find(END) else {
            return problem(tr!("The diagram in this SVG is cut off."), tr!("Use a complete copy of the file."));
        };
        let content = content[..end].trim();
        return match content.strip_prefix("<![CDATA[").and_then(|content| content.strip_suffix("]]>")) {
            Some(content) => Ok(content.to_string()),
            None => unescape(content),
        };
    }
    problem(
        tr!("This SVG holds no diagram."),
        tr!("Only pictures that Eventyard exported do; programs that make SVGs smaller may remove it."),
    )
}

/// Puts characters in the place of XML's names for them.
fn unescape(text: &str) -> Result<String, Vec<Problem>> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('&') {
        out += &rest[..start];
        let after = &rest[start + 1..];
        // The longest is a number of six digits.
        let end = after.bytes().take(10).position(|byte| byte == b';');
        let name = end.and_then(|end| after.get(..end)).unwrap_or_default();
        let Some(character) = named(name) else {
            let shown: String = after.chars().take(8).collect();
            let message =
                tr!("The diagram in this SVG is damaged: `&{shown}` is not a character of XML.", shown = shown);
            return Err(vec![Problem::new("", message).with_hint(tr!("Use an unchanged copy of the file."))]);
        };
        out.push(character);
        rest = &after[name.len() + 1..];
    }
    if rest.contains('<') {
        let problem = Problem::new("", tr!("The diagram in this SVG is damaged: there is markup inside it."));
        return Err(vec![problem.with_hint(tr!("Use an unchanged copy of the file."))]);
    }
    out += rest;
    Ok(out)
}

fn named(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let digits = name.strip_prefix('#')?;
            let code = match digits.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16),
                None => digits.parse(),
            };
            char::from_u32(code.ok()?)
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::lessons::guide;
    use proptest::prelude::*;

    #[test]
    fn every_diagram_of_the_guide_is_restored_from_its_picture() {
        for diagram in guide::DIAGRAMS {
            let document = diagram.document();
            let (light, dark) = (write(&document, Theme::Light), write(&document, Theme::Dark));
            assert!(light != dark && light.contains("#f6f7f9") && dark.contains("#12161c"));
            for picture in [light, dark] {
                assert_eq!(Document::parse(&read(&picture).expect("it is there")), Ok(document.clone()));
                assert!(document.nodes.iter().all(|node| picture.contains(&format!(">{}</text>", escape(&node.name)))));
                // Self-contained: nothing is fetched, nothing runs.
                let forbidden = ["href", "url(", "<script", "<style", "@import", "<image", "<foreignObject"];
                assert!(forbidden.iter().all(|word| !picture.contains(word)));
            }
        }
    }

    #[test]
    fn names_cannot_break_out_of_the_picture() {
        let mut document = guide::DIAGRAMS[0].document();
        let name = "</text><script>alert(1)</script> \"&amp;' ]]> \u{1} \u{fffe} \u{ffff}";
        document.nodes[0].name = name.to_string();
        document.name = format!("{name}</metadata></svg>");
        let picture = write(&document, Theme::Light);
        assert!(!picture.contains("<script") && picture.matches("</svg>").count() == 1);
        assert!(!picture.contains(['\u{1}', '\u{fffe}', '\u{ffff}']), "not allowed in XML");
        assert_eq!(Document::parse(&read(&picture).expect("it is there")), Ok(document));
    }

    #[test]
    fn a_picture_that_another_program_saved_is_still_read() {
        let saved = "<svg><metadata id='other'>x</metadata><metadata id='a' data-eventyard='1'>\n&#123;&#x22;a&quot;:1}\n</metadata></svg>";
        assert_eq!(read(saved), Ok("{\"a\":1}".to_string()));
        let saved = "<svg><metadata data-eventyard=\"1\"><![CDATA[{\"a\":\"<&>\"}]]></metadata></svg>";
        assert_eq!(read(saved), Ok("{\"a\":\"<&>\"}".to_string()));
    }

    #[test]
    fn what_holds_no_diagram_says_so() {
        for (text, words) in [
            ("{}", "not an SVG"),
            ("<svg></svg>", "holds no diagram"),
            ("<svg><metadata>{}</metadata></svg>", "holds no diagram"),
            ("<svg><metadata data-eventyard", "holds no diagram"),
            ("<svg><metadata data-eventyard='1'>{}", "cut off"),
            ("<svg><metadata data-eventyard='1'>&bad;</metadata>", "damaged"),
            ("<svg><metadata data-eventyard='1'>&#xd800;</metadata>", "damaged"),
            ("<svg><metadata data-eventyard='1'>&</metadata>", "damaged"),
            ("<svg><metadata data-eventyard='1'>&ééééééééé;</metadata>", "damaged"),
            ("<svg><metadata data-eventyard='1'><g/></metadata>", "damaged"),
        ] {
            let problems = read(text).expect_err(text);
            assert!(problems[0].message.contains(words) && !problems[0].hint.is_empty(), "{text}: {problems:?}");
        }
        assert!(read(&"<svg>".repeat(LARGEST / 4)).is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_text_makes_reading_panic(text in "(<svg>|<metadata|data-eventyard|>|</metadata>|&(amp|#x?[0-9a-f]{0,8})?;?|.){0,40}") {
            let _ = read(&text);
        }

        #[test]
        fn what_is_escaped_is_found_again(text in "[^\u{0}-\u{1f}\u{fffe}\u{ffff}]{0,60}") {
            prop_assert_eq!(unescape(&escape(&text)), Ok(text));
        }
    }
}
