//! The colours of pictures that leave the app. They are those of `style/tokens.css`; a test keeps them equal.

use crate::diagram::NodeKind;
use crate::drawing::icon;

/// Light or dark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    Light,
    Dark,
}

/// By name: light, then dark.
const COLOURS: [(&str, &str, &str); 9] = [
    ("canvas", "#f6f7f9", "#12161c"),
    ("surface", "#ffffff", "#191f27"),
    ("line-strong", "#7c8795", "#7d8a9a"),
    ("text", "#17202b", "#e8ecf1"),
    ("text-quiet", "#4d5968", "#a9b4c1"),
    ("compute", "#b4540a", "#f0a055"),
    ("integration", "#a3195b", "#f08fb8"),
    ("storage", "#2f5bb7", "#8fb3ff"),
    ("edge", "#6d3fc0", "#b89cf2"),
];
/// People stand for themselves.
const PEOPLE: (&str, &str) = ("#3b4654", "#c0cad6");

/// The value of a token, without its leading dashes.
pub fn colour(name: &str, theme: Theme) -> &'static str {
    let found = COLOURS.iter().find(|(token, ..)| *token == name);
    let (light, dark) = found.map_or(PEOPLE, |(_, light, dark)| (*light, *dark));
    if theme == Theme::Light { light } else { dark }
}

/// The hue of a node's family.
pub fn hue(kind: NodeKind, theme: Theme) -> &'static str {
    colour(icon::family(kind), theme)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_colours_are_those_of_the_style_sheet() {
        let tokens = include_str!("../../style/tokens.css");
        let (light, dark) = tokens.split_once("data-theme=\"dark\"").expect("a dark theme");
        let names = COLOURS.iter().map(|(name, ..)| *name).chain(["people"]);
        for name in names {
            for (part, theme) in [(light, Theme::Light), (dark, Theme::Dark)] {
                let value = part.split(&format!("\n  --{name}: ")).nth(1).and_then(|rest| rest.split(';').next());
                assert_eq!(value, Some(colour(name, theme)), "--{name}, {theme:?}");
            }
        }
    }
}
