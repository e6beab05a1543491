//! What holds for every drawing: over the guide's diagrams and over random ones.

use super::place::{Point, Rect, boxes};
use super::{GRID, Label, NODE_HEIGHT, NODE_WIDTH, Router, Wire, label, layout};
use crate::diagram::{Document, Edge, EdgeKind, Node, NodeKind, check, edge_kinds};
use crate::lessons::guide;
use proptest::prelude::*;
use uuid::Uuid;

/// A drawing: boxes, edges between them by number, and the text beside each edge.
#[derive(Clone, Debug)]
pub struct Sketch {
    pub nodes: Vec<Rect>,
    pub edges: Vec<(usize, usize)>,
    pub texts: Vec<Vec<&'static str>>,
}

impl Sketch {
    pub fn router(&self) -> Router {
        Router::between(self.nodes.clone(), self.edges.iter().copied().map(Some))
    }

    /// As a document, with nodes of these kinds.
    fn document(&self, kinds: &[usize]) -> Document {
        let mut document = Document::new("random");
        let id = |number: usize| Uuid::from_u128(number as u128 + 1);
        for (number, (rect, kind)) in self.nodes.iter().zip(kinds).enumerate() {
            let (Point { x, y }, kind) = (rect.centre(), NodeKind::ALL[*kind]);
            document.nodes.push(Node { id: id(number), kind, name: String::new(), x, y, settings: Default::default() });
        }
        for (number, (from, to)) in self.edges.iter().enumerate() {
            let kinds = edge_kinds(document.nodes[*from].kind, document.nodes[*to].kind);
            let kind = kinds.first().copied().unwrap_or(EdgeKind::Call);
            let (from, to) = (id(*from), id(*to));
            document.edges.push(Edge { id: id(1000 + number), kind, from, to, settings: Default::default() });
        }
        document
    }
}

const TEXTS: &[&[&str]] = &[
    &[],
    &["batch 5"],
    &["POST", "/payments/{requestId}"],
    &["filter"],
    &["after 3", "receives"],
    &["input", "transformed"],
];

/// Nodes strewn about with at least `gap` between any two, and edges of any kind, also double ones and loops.
fn sketches(gap: f64) -> impl Strategy<Value = Sketch> {
    (5_usize..=60).prop_flat_map(move |count| {
        let places = prop::collection::vec((0.0..1.0_f64, 0.0..1.0_f64), count * 4);
        let edges =
            prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), count..count * 2);
        (places, edges, any::<bool>(), any::<bool>()).prop_map(move |(places, edges, on_grid, hub)| {
            let side = (count as f64).sqrt() * 260.0;
            let mut nodes: Vec<Rect> = Vec::new();
            for (x, y) in places {
                let mut centre = Point { x: x * side, y: y * side };
                if on_grid {
                    centre = Point { x: (centre.x / 8.0).round() * 8.0, y: (centre.y / 8.0).round() * 8.0 };
                }
                let rect = Rect::of_node(centre);
                if nodes.len() < count && nodes.iter().all(|other| !other.overlaps(&rect.grown(gap))) {
                    nodes.push(rect);
                }
            }
            // Half of the drawings have a hub, with more edges than have room at its sides.
            let from = |index: usize, edge: usize| if hub && edge.is_multiple_of(3) { 0 } else { index };
            let edges = edges.iter().enumerate();
            let edges: Vec<_> =
                edges.map(|(edge, (a, b))| (from(a.index(nodes.len()), edge), b.index(nodes.len()))).collect();
            let texts = (0..edges.len()).map(|edge| TEXTS[edge % TEXTS.len()].to_vec()).collect();
            Sketch { nodes, edges, texts }
        })
    })
}

/// Every edge goes from the border of its first node to the border of its second, and through no other node.
#[track_caller]
pub fn assert_wires(nodes: &[Rect], edges: &[(usize, usize)], wires: &[Wire], what: &str) {
    for (index, ((from, to), wire)) in edges.iter().zip(wires).enumerate() {
        for (node, at) in [(from, wire.at(0.0)), (to, wire.at(1.0))] {
            let rect = nodes[*node];
            let on_side =
                (at.x - rect.left).abs().min((at.x - rect.right).abs()) < 0.01 && at.y > rect.top && at.y < rect.bottom
                    || (at.y - rect.top).abs().min((at.y - rect.bottom).abs()) < 0.01
                        && at.x > rect.left
                        && at.x < rect.right;
            assert!(on_side, "{what}: edge {index} ends at {at:?}, which is not on {rect:?}");
        }
        for (number, rect) in nodes.iter().enumerate() {
            let inner = rect.grown(-0.5);
            assert!(
                wire.inside(&inner) == 0.0,
                "{what}: edge {index} {:?} runs through node {number} {rect:?}",
                wire.corners()
            );
            let steps = (wire.length() / 3.0) as usize + 1;
            let hit = (0..=steps).map(|step| wire.at(step as f64 / steps as f64)).find(|at| inner.contains(*at));
            assert!(hit.is_none(), "{what}: edge {index} is inside node {number} at {hit:?}");
        }
    }
}

/// No label lies on a node or on another label.
#[track_caller]
pub fn assert_labels(nodes: &[Rect], labels: &[Option<Label>], what: &str) {
    let labels: Vec<&Label> = labels.iter().flatten().collect();
    for (index, one) in labels.iter().enumerate() {
        for other in &labels[..index] {
            assert!(!one.area.overlaps(&other.area), "{what}: labels at {:?} and {:?}", one.area, other.area);
        }
        for node in nodes {
            assert!(!one.area.overlaps(node), "{what}: a label at {:?} on a node at {node:?}", one.area);
        }
    }
}

#[track_caller]
fn assert_sketch(sketch: &Sketch, router: &Router) {
    assert_wires(router.nodes(), &sketch.edges, router.wires(), "random");
    let sizes: Vec<_> = sketch.texts.iter().map(|lines| label::size(lines)).collect();
    let labels = label::place(router.terrain(), router.wires(), &sizes);
    assert_eq!(labels.iter().flatten().count(), sketch.texts.iter().filter(|lines| !lines.is_empty()).count());
    assert_labels(router.nodes(), &labels, "random");
}

/// How many pairs of stretches cross each other.
pub fn crossings(wires: &[Wire]) -> usize {
    let crosses = |(a, b): (Point, Point), (c, d): (Point, Point)| {
        let (one, other) = (Rect::spanning(a, b), Rect::spanning(c, d));
        let upright = |rect: &Rect| rect.width() == 0.0;
        upright(&one) != upright(&other) && one.overlaps(&other.grown(-0.01).grown(0.02))
    };
    let mut count = 0;
    for (index, wire) in wires.iter().enumerate() {
        for other in &wires[..index] {
            count += wire
                .stretches()
                .flat_map(|a| other.stretches().map(move |b| (a, b)))
                .filter(|(a, b)| crosses(*a, *b))
                .count();
        }
    }
    count
}

#[test]
fn in_the_guide_edges_keep_off_nodes_and_labels_off_everything() {
    for diagram in guide::DIAGRAMS {
        let document = diagram.document();
        let plan = check(&document).expect("valid");
        let nodes = boxes(&document);
        let edges: Vec<_> = plan.edges.iter().map(|edge| (edge.from.usize(), edge.to.usize())).collect();
        let router = Router::new(&document);
        assert_wires(&nodes, &edges, router.wires(), diagram.id);
        let sizes: Vec<_> = plan.edges.iter().map(|edge| label::size(&label::words(edge))).collect();
        let labels = label::place(router.terrain(), router.wires(), &sizes);
        assert_labels(&nodes, &labels, diagram.id);
        // No label hides another edge, and no two edges lie on each other.
        for (own, label) in labels.iter().enumerate() {
            for (edge, wire) in router.wires().iter().enumerate().filter(|(edge, _)| *edge != own) {
                let hidden = label.is_some_and(|label| wire.inside(&label.area) > 0.0);
                assert!(!hidden, "{}: the label of edge {own} lies on edge {edge}", diagram.id);
            }
        }
        for (index, wire) in router.wires().iter().enumerate() {
            for other in &router.wires()[..index] {
                assert!(together(wire, other) < 4.0, "{}: two edges on each other", diagram.id);
            }
        }
    }
}

/// How far two edges run on each other, or nearly.
fn together(one: &Wire, other: &Wire) -> f64 {
    one.stretches().map(|(from, to)| other.inside(&Rect::spanning(from, to).grown(1.0))).fold(0.0, f64::max)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn edges_keep_off_nodes_and_labels_off_nodes_and_labels(sketch in sketches(8.0)) {
        assert_sketch(&sketch, &sketch.router());
    }

    #[test]
    fn also_where_nodes_touch(sketch in sketches(0.0)) {
        let router = sketch.router();
        assert_wires(router.nodes(), &sketch.edges, router.wires(), "touching");
    }

    /// Whatever is connected to whatever: laid out, nodes keep apart and stand on the grid, and all else holds as well.
    #[test]
    fn what_is_laid_out_is_a_good_drawing(sketch in sketches(8.0), kinds in prop::collection::vec(0_usize..10, 60)) {
        let document = sketch.document(&kinds);
        let sizes: Vec<_> = sketch.texts.iter().map(|lines| label::size(lines)).collect();
        let places = layout(&document, &sizes);
        prop_assert_eq!(&places, &layout(&document, &sizes));
        let nodes: Vec<Rect> = places.iter().map(|place| Rect::of_node(*place)).collect();
        for (index, node) in nodes.iter().enumerate() {
            prop_assert!(places[index].x % GRID == 0.0 && places[index].y % GRID == 0.0);
            prop_assert!(nodes[..index].iter().all(|other| !node.grown(24.0).overlaps(other)));
        }
        let sketch = Sketch { nodes, ..sketch };
        assert_sketch(&sketch, &sketch.router());
    }

    /// What holds for a drawing holds while nodes are dragged, and letting go gives what a fresh drawing would give.
    #[test]
    fn dragging_keeps_it_so_and_settling_makes_it_new(
        sketch in sketches(8.0),
        steps in prop::collection::vec((any::<prop::sample::Index>(), -400.0..400.0_f64, -400.0..400.0_f64), 1..6),
    ) {
        let mut router = sketch.router();
        let mut nodes = sketch.nodes.clone();
        let sizes: Vec<_> = sketch.texts.iter().map(|lines| label::size(lines)).collect();
        let mut labels = label::place(router.terrain(), router.wires(), &sizes);
        for (node, x, y) in steps {
            let node = node.index(nodes.len());
            let moved = Rect::of_node(nodes[node].centre().plus(x, y));
            let free = nodes.iter().enumerate().all(|(other, rect)| other == node || !rect.overlaps(&moved.grown(8.0)));
            if free {
                router.move_nodes(&[(node, moved.centre())]);
                nodes[node] = router.nodes()[node];
                assert_wires(router.nodes(), &sketch.edges, router.wires(), "dragged");
                label::update(&mut labels, router.terrain(), router.wires(), &sizes, router.changed());
                assert_labels(router.nodes(), &labels, "dragged");
            }
        }
        router.settle();
        let fresh = Sketch { nodes, ..sketch }.router();
        prop_assert_eq!(router.wires(), fresh.wires());
    }

    /// However nodes lie, also upon each other: nothing panics, and every edge has a way.
    #[test]
    fn every_edge_has_a_way(places in prop::collection::vec((-300.0..300.0_f64, -300.0..300.0_f64), 2..20)) {
        let nodes: Vec<Rect> = places.iter().map(|(x, y)| Rect::of_node(Point { x: *x, y: *y })).collect();
        let edges = (0..nodes.len() * 2).map(|edge| Some((edge % nodes.len(), edge * 7 % nodes.len())));
        let router = Router::between(nodes.clone(), edges);
        for wire in router.wires() {
            prop_assert!(wire.corners().len() >= 2 && wire.length() > 0.0 || nodes.len() < 2, "{:?}", wire);
        }
    }
}

/// Found once by chance: two ports at the same place.
#[test]
fn an_edge_whose_ends_coincide_has_a_way() {
    let places =
        [(0.0, 0.0), (253.2680250022382, 187.91287872444974), (0.0, 0.0), (158.58730266245314, 99.88550874206604)];
    let nodes: Vec<Rect> = places.iter().map(|(x, y)| Rect::of_node(Point { x: *x, y: *y })).collect();
    let edges = (0..nodes.len() * 2).map(|edge| Some((edge % nodes.len(), edge * 7 % nodes.len())));
    for wire in Router::between(nodes.clone(), edges).wires() {
        assert!(wire.corners().len() >= 2 && wire.length() > 0.0, "{wire:?}");
    }
}

/// As far apart as a document may place them: what is empty between costs nothing.
#[test]
fn nodes_very_far_apart_are_no_burden() {
    let spread = |number: usize, step: usize| (number * step % 50) as f64 * 40_000.0 - 1e6;
    let nodes: Vec<Rect> =
        (0..50).map(|node| Rect::of_node(Point { x: spread(node, 7), y: spread(node, 3) })).collect();
    let edges: Vec<(usize, usize)> = (0..100).map(|edge| (edge % 50, (edge * 31 + 1) % 50)).collect();
    let router = Router::between(nodes, edges.into_iter().map(Some));
    let labels = label::place(router.terrain(), router.wires(), &[(40.0, 16.0); 100]);
    assert_labels(router.nodes(), &labels, "far apart");
    for wire in router.wires() {
        assert!(router.nodes().iter().all(|node| wire.inside(&node.grown(-0.5)) == 0.0));
    }
}

/// A hub on the left, and `count` nodes in a column on the right.
fn fan(count: usize) -> Router {
    let place = |number: usize| Point { x: 480.0, y: number as f64 * 136.0 - (count as f64 - 1.0) * 68.0 };
    let nodes = [Point { x: 0.0, y: 8.0 }].into_iter().chain((0..count).map(place)).map(Rect::of_node);
    Router::between(nodes.collect(), (1..=count).map(|target| Some((0, target))))
}

#[test]
fn a_few_edges_have_ports_of_their_own_and_many_share_a_trunk() {
    for count in [2, 3, 5, 6, 9, 20, 59] {
        let router = fan(count);
        let edges: Vec<(usize, usize)> = (1..=count).map(|target| (0, target)).collect();
        assert_wires(router.nodes(), &edges, router.wires(), "fan");
        let bent: Vec<&Wire> = router.wires().iter().filter(|wire| wire.corners().len() > 2).collect();
        let mut ports: Vec<f64> = bent.iter().map(|wire| wire.at(0.0).y).collect();
        ports.sort_by(f64::total_cmp);
        ports.dedup();
        assert!(if count > 5 { ports.len() <= 2 } else { ports.len() == bent.len() }, "{count}: {ports:?}");
        if count > 5 {
            let mut turns: Vec<f64> = bent.iter().map(|wire| wire.corners()[1].x).collect();
            turns.dedup();
            assert_eq!(turns.len(), 1, "{count} turn together: {turns:?}");
        } else {
            assert_eq!(crossings(router.wires()), 0, "{count} of a fan cross each other");
        }
        let ends: Vec<f64> = bent.iter().map(|wire| wire.at(1.0).y).collect();
        assert!(ends.windows(2).all(|pair| pair[0] < pair[1]), "each arrives at its own node");
    }
}

#[test]
fn a_loop_goes_around_a_corner_of_its_node() {
    let nodes = vec![Rect::of_node(Point { x: 0.0, y: 0.0 })];
    let router = Router::between(nodes.clone(), [Some((0, 0))].into_iter());
    assert_wires(&nodes, &[(0, 0)], router.wires(), "loop");
    let wire = &router.wires()[0];
    assert_eq!(wire.corners().len(), 5, "{wire:?}");
    assert!(wire.at(0.0).x == NODE_WIDTH / 2.0 && wire.at(1.0).y == -NODE_HEIGHT / 2.0);
}

#[test]
fn there_and_back_run_side_by_side() {
    let nodes = vec![Rect::of_node(Point { x: 0.0, y: 0.0 }), Rect::of_node(Point { x: 400.0, y: 200.0 })];
    let router = Router::between(nodes, [Some((0, 1)), Some((1, 0)), Some((0, 1))].into_iter());
    let wires = router.wires();
    for (one, other) in [(0, 1), (1, 2), (0, 2)] {
        assert!(together(&wires[one], &wires[other]) == 0.0);
        for (a, b) in wires[one].stretches() {
            let crossing = wires[other].inside(&Rect::spanning(a, b).grown(0.5));
            assert!(crossing == 0.0, "they do not cross: {:?} {:?}", wires[one], wires[other]);
        }
    }
}

#[test]
fn a_token_moves_evenly() {
    let nodes = vec![Rect::of_node(Point { x: 0.0, y: 0.0 }), Rect::of_node(Point { x: 400.0, y: 200.0 })];
    let router = Router::between(nodes, [Some((0, 1))].into_iter());
    let wire = &router.wires()[0];
    for step in 0..100 {
        let (a, b) = (wire.at(f64::from(step) / 100.0), wire.at(f64::from(step + 1) / 100.0));
        let expected = wire.length() / 100.0;
        assert!((a.distance(b) / expected - 1.0).abs() < 0.25, "{a:?} {b:?} {expected}");
    }
}
