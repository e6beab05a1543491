//! How the painter's tokens, flows and signs look.
//!
//! Changing a colour costs more than drawing a shape, so the tokens are drawn shape by shape, and those that are out of sight
//! not at all. Seen from afar, a token is but a spot of its colour.

use super::{MOST_ON_EDGE, Painter, SIGN, Shape, Token};
use crate::drawing::{NODE_HEIGHT, NODE_WIDTH, Point, Stroke};
use crate::services::Serial;
use crate::small;
use crate::ui::canvas::{Layout, Viewport};
use leptos::prelude::*;
use std::f64::consts::TAU;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

/// Below this zoom a token is a few pixels large, and nobody can tell more of it than its colour and size.
const FROM_AFAR: f64 = 0.45;
/// No token with what belongs to it reaches further than this, in drawing units.
const REACH: f64 = 24.0;

/// The colours, read from the style sheet's tokens.
#[derive(Default)]
pub struct Colours {
    theme: String,
    text: String,
    surface: String,
    accent: String,
    good: String,
    bad: String,
    filtered: String,
    integration: String,
    edge: String,
}

impl Painter {
    fn prepare(&mut self, canvas: &HtmlCanvasElement) {
        let ratio = window().device_pixel_ratio().min(2.0);
        let (width, height) = (f64::from(canvas.client_width()), f64::from(canvas.client_height()));
        if self.context.is_none() || self.size != (width, height, ratio) {
            canvas.set_width((width * ratio) as u32);
            canvas.set_height((height * ratio) as u32);
            self.size = (width, height, ratio);
            let context = canvas.get_context("2d").ok().flatten();
            self.context = context.and_then(|context| context.dyn_into::<CanvasRenderingContext2d>().ok());
        }
    }

    fn refresh_colours(&mut self) {
        let Some(root) = document().document_element() else { return };
        let theme = root.get_attribute("data-theme").unwrap_or_default();
        if theme == self.colours.theme && !self.colours.text.is_empty() {
            return;
        }
        let Ok(Some(style)) = window().get_computed_style(&root) else { return };
        let get = |name: &str| style.get_property_value(name).unwrap_or_default().trim().to_string();
        self.colours = Colours {
            theme,
            text: get("--text"),
            surface: get("--surface"),
            accent: get("--accent"),
            good: get("--good"),
            bad: get("--bad"),
            filtered: get("--filtered"),
            integration: get("--integration"),
            edge: get("--edge"),
        };
    }

    /// Paints what moves; the token of one message is marked.
    pub fn draw(
        &mut self,
        canvas: &HtmlCanvasElement,
        layout: &Layout,
        viewport: Viewport,
        highlighted: Option<Serial>,
    ) {
        let busy = self.busy();
        if !busy && self.clean {
            return;
        }
        self.clean = !busy;
        // Where nothing is drawn, browsers would compose it all the same.
        canvas.set_hidden(!busy);
        if busy {
            self.prepare(canvas);
        }
        let Some(context) = self.context.clone() else { return };
        let (width, height, ratio) = self.size;
        let _ = context.set_transform(ratio, 0.0, 0.0, ratio, 0.0, 0.0);
        context.clear_rect(0.0, 0.0, width, height);
        if !busy {
            return;
        }
        self.refresh_colours();
        let zoom = viewport.zoom * ratio;
        let _ = context.set_transform(zoom, 0.0, 0.0, zoom, viewport.x * ratio, viewport.y * ratio);
        context.set_line_join("round");
        context.set_text_align("center");
        context.set_text_baseline("middle");
        self.draw_flow(&context, layout);
        self.place_tokens(layout, viewport);
        self.draw_tokens(&context, viewport.zoom < FROM_AFAR, highlighted);
        self.draw_signs(&context, layout);
    }

    /// Where more passes than can be followed, a line as thick as the traffic; with reduced motion, a line that lights up.
    fn draw_flow(&self, context: &CanvasRenderingContext2d, layout: &Layout) {
        let least = if self.still { 0.1 } else { MOST_ON_EDGE as f64 * 0.9 };
        context.set_stroke_style_str(&self.colours.accent);
        context.set_line_cap("round");
        for (id, flow) in self.edges.iter().zip(&self.flow) {
            let Some(wire) = layout.wire(*id).filter(|_| *flow >= least) else { continue };
            context.set_global_alpha(if self.still { flow.min(1.0) * 0.5 } else { 0.35 });
            context.set_line_width(3.0 + (f64::from((*flow as u32).max(1).ilog2()) * 1.2).min(14.0));
            context.begin_path();
            for stroke in wire.strokes() {
                match stroke {
                    Stroke::Move(to) => context.move_to(to.x, to.y),
                    Stroke::Line(to) => context.line_to(to.x, to.y),
                    Stroke::Curve(control, to) => context.quadratic_curve_to(control.x, control.y, to.x, to.y),
                }
            }
            context.stroke();
        }
        context.set_global_alpha(1.0);
    }

    /// Finds where the tokens in sight are, those of the same shape together.
    fn place_tokens(&mut self, layout: &Layout, viewport: Viewport) {
        let (width, height, _) = self.size;
        let first = viewport.find(Point { x: 0.0, y: 0.0 }).plus(-REACH, -REACH);
        let last = viewport.find(Point { x: width, y: height }).plus(REACH, REACH);
        let mut places = std::mem::take(&mut self.places);
        places.clear();
        for (index, token) in self.tokens.iter().enumerate().filter(|(_, token)| token.begun <= self.clock) {
            let Some(wire) = self.edges.get(token.edge).and_then(|id| layout.wire(*id)) else { continue };
            let place = wire.at(self.share(token).1);
            if (first.x..last.x).contains(&place.x) && (first.y..last.y).contains(&place.y) {
                places.push((token.shape, place, index));
            }
        }
        small::sort_by(&mut places, |(one, _, first), (other, _, second)| (one, first).cmp(&(other, second)));
        self.places = places;
    }

    /// How much of its time a token has been under way, and how far along its edge it is.
    fn share(&self, token: &Token) -> (f64, f64) {
        let share = ((self.clock - token.begun) / token.span).clamp(0.0, 1.0);
        let along = match token.shape {
            // It gets as far as the filter and fades there.
            Shape::Filtered => (share * 2.0).min(0.5),
            _ if token.back => 1.0 - share,
            _ => share,
        };
        (share, along)
    }

    fn draw_tokens(&self, context: &CanvasRenderingContext2d, afar: bool, highlighted: Option<Serial>) {
        let mut colours_for = None;
        for (shape, place, index) in &self.places {
            let token = &self.tokens[*index];
            if highlighted == Some(token.message) {
                self.mark(context, *place);
                colours_for = None;
            }
            let alike = std::mem::discriminant(shape);
            if colours_for != Some(alike) {
                self.choose_colours(context, *shape, afar);
                colours_for = Some(alike);
            }
            if *shape == Shape::Filtered {
                context.set_global_alpha((2.0 - self.share(token).0 * 2.0).clamp(0.0, 1.0));
            }
            if afar {
                draw_from_afar(context, *shape, *place);
            } else {
                draw_shape(context, token, *place);
            }
            if *shape == Shape::Filtered {
                context.set_global_alpha(1.0);
            }
        }
        if !afar {
            self.draw_numbers(context);
        }
    }

    /// A light around the message that was pointed at.
    fn mark(&self, context: &CanvasRenderingContext2d, Point { x, y }: Point) {
        context.set_fill_style_str(&self.colours.accent);
        context.set_global_alpha(0.3);
        circle(context, x, y, 16.0);
        context.fill();
        context.set_global_alpha(1.0);
    }

    fn choose_colours(&self, context: &CanvasRenderingContext2d, shape: Shape, afar: bool) {
        let Colours { text, surface, good, bad, filtered, integration, edge, .. } = &self.colours;
        let (fill, stroke, width) = match shape {
            Shape::Request => (edge, edge, 1.8),
            Shape::Answer => (surface, good, 1.8),
            Shape::FailedAnswer => (bad, bad, 3.0),
            Shape::Message | Shape::Batch(_) => (surface, integration, 1.8),
            Shape::Poll => (surface, text, 1.8),
            Shape::DeadLetter => (bad, bad, 1.8),
            Shape::Filtered => (surface, filtered, 2.0),
        };
        context.set_fill_style_str(if afar { stroke } else { fill });
        context.set_stroke_style_str(stroke);
        context.set_line_width(width);
    }

    /// How many records a batch has, and which attempt it is where it is not the first.
    fn draw_numbers(&self, context: &CanvasRenderingContext2d) {
        context.set_font("600 12px system-ui, sans-serif");
        context.set_line_width(3.0);
        context.set_stroke_style_str(&self.colours.surface);
        context.set_fill_style_str(&self.colours.text);
        let number = |x: f64, y: f64, text: &str| {
            let _ = context.stroke_text(text, x, y);
            let _ = context.fill_text(text, x, y);
        };
        for (shape, Point { x, y }, index) in &self.places {
            if let Shape::Batch(records) = shape {
                number(*x, y - 16.0, &records.to_string());
            }
            let attempt = self.tokens[*index].attempt;
            if attempt > 1 {
                number(x + 11.0, y - 9.0, &format!("{attempt}."));
            }
        }
    }

    fn draw_signs(&self, context: &CanvasRenderingContext2d, layout: &Layout) {
        context.set_font("600 12px system-ui, sans-serif");
        context.set_line_width(4.0);
        for sign in &self.signs {
            let Some(place) = self.nodes.get(sign.node.usize()).and_then(|id| layout.place(*id)) else { continue };
            let share = (self.clock - sign.begun) / SIGN;
            let rise = if self.still { 0.0 } else { share * 14.0 };
            context.set_global_alpha((1.6 - share * 1.6).clamp(0.0, 1.0));
            context.set_stroke_style_str(&self.colours.surface);
            context.set_fill_style_str(if sign.bad { &self.colours.bad } else { &self.colours.text });
            let (x, y) = (place.x + NODE_WIDTH / 2.0 - 40.0, place.y - NODE_HEIGHT / 2.0 - 4.0 - rise);
            let _ = context.stroke_text(sign.words, x, y);
            let _ = context.fill_text(sign.words, x, y);
        }
        context.set_global_alpha(1.0);
    }
}

fn draw_shape(context: &CanvasRenderingContext2d, token: &Token, Point { x, y }: Point) {
    match token.shape {
        Shape::Request => {
            circle(context, x, y, 5.5);
            context.fill();
        }
        Shape::Answer => {
            circle(context, x, y, 5.0);
            context.fill();
            context.stroke();
        }
        Shape::FailedAnswer => cross(context, x, y, 5.0),
        Shape::Message => envelope(context, x, y),
        Shape::Poll => {
            let turn = if token.back { -1.0 } else { 1.0 };
            polygon(context, x, y, &[(-4.0 * turn, -5.0), (5.0 * turn, 0.0), (-4.0 * turn, 5.0)]);
            context.stroke();
        }
        Shape::Batch(_) => [4.0, 0.0].into_iter().for_each(|shift| envelope(context, x + shift, y - shift)),
        Shape::DeadLetter => polygon(context, x, y, &[(0.0, -8.0), (8.0, 0.0), (0.0, 8.0), (-8.0, 0.0)]),
        Shape::Filtered => {
            circle(context, x, y, 7.0);
            context.fill();
            context.stroke();
            context.begin_path();
            context.move_to(x - 4.5, y + 4.5);
            context.line_to(x + 4.5, y - 4.5);
            context.stroke();
        }
    }
}

/// Rectangles are by far the quickest to draw.
fn draw_from_afar(context: &CanvasRenderingContext2d, shape: Shape, Point { x, y }: Point) {
    let (width, height) = match shape {
        Shape::Message => (16.0, 10.0),
        Shape::Batch(_) => (20.0, 14.0),
        Shape::DeadLetter | Shape::Filtered => (14.0, 14.0),
        Shape::Request | Shape::Answer | Shape::FailedAnswer | Shape::Poll => (10.0, 10.0),
    };
    context.fill_rect(x - width / 2.0, y - height / 2.0, width, height);
}

fn envelope(context: &CanvasRenderingContext2d, x: f64, y: f64) {
    context.fill_rect(x - 8.0, y - 5.5, 16.0, 11.0);
    context.stroke_rect(x - 8.0, y - 5.5, 16.0, 11.0);
    context.begin_path();
    context.move_to(x - 8.0, y - 5.0);
    context.line_to(x, y + 1.0);
    context.line_to(x + 8.0, y - 5.0);
    context.stroke();
}

/// Filled; it stays the path that could be stroked.
fn polygon(context: &CanvasRenderingContext2d, x: f64, y: f64, corners: &[(f64, f64)]) {
    context.begin_path();
    for (dx, dy) in corners {
        context.line_to(x + dx, y + dy);
    }
    context.close_path();
    context.fill();
}

fn circle(context: &CanvasRenderingContext2d, x: f64, y: f64, radius: f64) {
    context.begin_path();
    let _: Result<(), JsValue> = context.arc(x, y, radius, 0.0, TAU);
}

fn cross(context: &CanvasRenderingContext2d, x: f64, y: f64, half: f64) {
    context.begin_path();
    context.move_to(x - half, y - half);
    context.line_to(x + half, y + half);
    context.move_to(x + half, y - half);
    context.line_to(x - half, y + half);
    context.stroke();
}
