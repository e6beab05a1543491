//! Lays a diagram out in columns from left to right (after Sugiyama): edges that go round in circles are turned,
//! every node stands right of all that lead to it, columns are sorted so that few edges cross, and rows are chosen so
//! that edges run straight. A dead-letter queue stands below its queue.

use super::place::{GRID, NODE_HEIGHT, NODE_WIDTH, Point};
use crate::diagram::{Document, Edge, EdgeKind, NodeKind};
use rustc_hash::FxHashMap;

/// From one row to the next.
const ROW: f64 = 160.0;
/// Between two columns, at least.
const COLUMN_GAP: f64 = 80.0;
/// What an edge that changes its row needs between two columns.
const CHANNEL: f64 = 16.0;
/// More edges than this do not widen a gap further.
const MOST_CHANNELS: usize = 8;
/// What an edge that passes a column keeps from nodes and from other such edges.
const PASSING: f64 = 12.0;
const SWEEPS: usize = 16;
/// Nodes without edges stand in rows of so many.
const SINGLES: usize = 5;
/// Where edges are so long that they pass more places than this, the places are not kept free.
const MOST_PASSING: usize = 20_000;

/// Where each node should stand, in document order, on the grid; the upper left corner of the whole stays where it is.
/// `labels` are the sizes of what stands beside the edges ([`super::label::size`]); they may be missing.
///
/// ```
/// # use eventyard::{drawing::layout, lessons::guide};
/// let document = guide::DIAGRAMS[0].document();
/// let places = layout(&document, &[]);
/// assert_eq!(places.len(), document.nodes.len());
/// assert!(places.iter().all(|place| place.x % 8.0 == 0.0 && place.y % 8.0 == 0.0));
/// ```
pub fn layout(document: &Document, labels: &[(f64, f64)]) -> Vec<Point> {
    let count = document.nodes.len();
    let index: FxHashMap<_, _> = document.nodes.iter().enumerate().map(|(index, node)| (node.id, index)).collect();
    let ends = |edge: &crate::diagram::Edge| Some((*index.get(&edge.from)?, *index.get(&edge.to)?));
    let edges: Vec<Option<(usize, usize)>> = document.edges.iter().map(ends).collect();
    let (heads, stacks) = stack(document, &edges);
    // Between heads of stacks, with the width of the label.
    let mut links: Vec<(usize, usize, f64)> = Vec::new();
    for (number, ends) in edges.iter().enumerate() {
        if let Some((from, to)) = ends.map(|(from, to)| (heads[from], heads[to]))
            && from != to
        {
            links.push((from, to, labels.get(number).map_or(0.0, |size| size.0)));
        }
    }
    let mut places = vec![Point::default(); count];
    let mut top = 0.0;
    let mut singles = Vec::new();
    for part in parts(count, &heads, &links) {
        if part.len() == 1 && stacks[part[0]].len() == 1 {
            singles.push(part[0]);
            continue;
        }
        let mut columns = Columns::new(document, &part, &links, &stacks);
        columns.sort();
        columns.choose_rows();
        top = columns.write(&stacks, &mut places, top) + ROW;
    }
    for (number, node) in singles.into_iter().enumerate() {
        let (column, row) = ((number % SINGLES) as f64, (number / SINGLES) as f64);
        places[node] = Point { x: column * (NODE_WIDTH + COLUMN_GAP), y: top + row * ROW };
    }
    keep_corner(document, places)
}

fn takes_dead_letters(edge: &Edge) -> bool {
    matches!(edge.kind, EdgeKind::Redrive | EdgeKind::DeadLetter)
}

/// Dead-letter queues stand below what they serve: for each node the head of its stack, and for each head
/// the whole stack, itself first.
fn stack(document: &Document, edges: &[Option<(usize, usize)>]) -> (Vec<usize>, Vec<Vec<usize>>) {
    let count = document.nodes.len();
    let mut only_dead_letters: Vec<bool> = document.nodes.iter().map(|node| node.kind == NodeKind::Queue).collect();
    for (edge, ends) in document.edges.iter().zip(edges) {
        if let (true, Some((_, to))) = (!takes_dead_letters(edge), ends) {
            only_dead_letters[*to] = false;
        }
    }
    let mut heads: Vec<usize> = (0..count).collect();
    let mut stacks: Vec<Vec<usize>> = (0..count).map(|node| vec![node]).collect();
    for (edge, ends) in document.edges.iter().zip(edges) {
        let Some((from, to)) = *ends else { continue };
        let (head, free) = (heads[from], heads[to] == to);
        if takes_dead_letters(edge) && only_dead_letters[to] && free && head != to {
            let moved = std::mem::take(&mut stacks[to]);
            moved.iter().for_each(|node| heads[*node] = head);
            stacks[head].extend(moved);
        }
    }
    (heads, stacks)
}

/// The heads that hang together, each part and its members in document order.
fn parts(count: usize, heads: &[usize], links: &[(usize, usize, f64)]) -> Vec<Vec<usize>> {
    let mut group: Vec<usize> = (0..count).collect();
    fn root(group: &mut [usize], mut node: usize) -> usize {
        while group[node] != node {
            group[node] = group[group[node]];
            node = group[node];
        }
        node
    }
    for (from, to, _) in links {
        let (a, b) = (root(&mut group, *from), root(&mut group, *to));
        group[a.max(b)] = a.min(b);
    }
    let mut parts: Vec<Vec<usize>> = vec![Vec::new(); count];
    for node in (0..count).filter(|node| heads[*node] == *node) {
        parts[root(&mut group, node)].push(node);
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// A stack of nodes, or the place where a long edge passes a column.
struct Vertex {
    /// The head of the stack; `None` where an edge passes.
    head: Option<usize>,
    column: usize,
    /// What it takes above and below its own row.
    above: f64,
    below: f64,
    left: Vec<usize>,
    right: Vec<usize>,
    y: f64,
}

struct Columns {
    vertices: Vec<Vertex>,
    columns: Vec<Vec<usize>>,
    /// For each column the widest label of the edges that begin there.
    labels: Vec<f64>,
}

impl Columns {
    fn new(document: &Document, part: &[usize], links: &[(usize, usize, f64)], stacks: &[Vec<usize>]) -> Columns {
        let number = |head: usize| part.binary_search(&head).ok();
        let mut edges: Vec<(usize, usize, f64)> =
            links.iter().filter_map(|(from, to, label)| Some((number(*from)?, number(*to)?, *label))).collect();
        let first = |node: &usize| {
            let comes_in = edges.iter().any(|(_, to, _)| to == node);
            (document.nodes[part[*node]].kind != NodeKind::Client, comes_in, *node)
        };
        let mut starts: Vec<usize> = (0..part.len()).collect();
        starts.sort_by_cached_key(first);
        let visited = without_circles(part.len(), &mut edges, &starts);
        let ranks = ranks(part.len(), &edges);
        let mut vertices: Vec<Vertex> = part
            .iter()
            .zip(&ranks)
            .map(|(head, rank)| Vertex {
                head: Some(*head),
                column: *rank,
                above: NODE_HEIGHT / 2.0,
                below: NODE_HEIGHT / 2.0 + ROW * (stacks[*head].len() - 1) as f64,
                left: Vec::new(),
                right: Vec::new(),
                y: 0.0,
            })
            .collect();
        let width = ranks.iter().max().map_or(0, |rank| rank + 1);
        let mut labels = vec![0.0_f64; width];
        for (from, _, label) in &edges {
            labels[ranks[*from]] = labels[ranks[*from]].max(*label);
        }
        edges.iter_mut().for_each(|edge| edge.2 = 0.0);
        edges.sort_by_key(|(from, to, _)| (*from, *to));
        edges.dedup();
        let passing: usize = edges.iter().map(|(from, to, _)| ranks[*to] - ranks[*from] - 1).sum();
        for (from, to, _) in edges {
            let mut last = from;
            let between = if passing > MOST_PASSING { 0..0 } else { ranks[from] + 1..ranks[to] };
            for column in between {
                let vertex =
                    Vertex { head: None, column, above: 0.0, below: 0.0, left: vec![last], right: Vec::new(), y: 0.0 };
                let number = vertices.len();
                vertices[last].right.push(number);
                vertices.push(vertex);
                last = number;
            }
            vertices[last].right.push(to);
            vertices[to].left.push(last);
        }
        // At first in the order in which following the edges meets them.
        let mut columns: Vec<Vec<usize>> = vec![Vec::new(); width];
        let mut met = vec![false; vertices.len()];
        for start in visited {
            let mut open = vec![start];
            while let Some(vertex) = open.pop() {
                if !std::mem::replace(&mut met[vertex], true) {
                    columns[vertices[vertex].column].push(vertex);
                    open.extend(vertices[vertex].right.iter().rev().filter(|next| vertices[**next].head.is_none()));
                }
            }
        }
        Columns { vertices, columns, labels }
    }

    fn positions(&self) -> Vec<usize> {
        let mut positions = vec![0; self.vertices.len()];
        for column in &self.columns {
            column.iter().enumerate().for_each(|(position, vertex)| positions[*vertex] = position);
        }
        positions
    }

    /// How many pairs of edges cross.
    fn crossings(&self) -> usize {
        let positions = self.positions();
        let mut crossings = 0;
        for column in &self.columns {
            let mut ends: Vec<(usize, usize)> = Vec::new();
            for vertex in column {
                ends.extend(self.vertices[*vertex].right.iter().map(|next| (positions[*vertex], positions[*next])));
            }
            ends.sort_unstable();
            crossings += inversions(&mut ends.into_iter().map(|(_, end)| end).collect::<Vec<_>>());
        }
        crossings
    }

    /// Sorts the columns by where their neighbours stand, to and fro, and keeps the best that was seen.
    fn sort(&mut self) {
        let mut best = (self.crossings(), self.columns.clone());
        for sweep in 0..SWEEPS {
            if best.0 == 0 {
                break;
            }
            let forward = sweep % 2 == 0;
            let mut positions = self.positions();
            let count = self.columns.len();
            for step in 0..count {
                let number = if forward { step } else { count - 1 - step };
                let key = |vertex: &usize| {
                    let own = &self.vertices[*vertex];
                    let neighbours = if forward { &own.left } else { &own.right };
                    match neighbours.len() {
                        0 => positions[*vertex] as f64,
                        count => neighbours.iter().map(|other| positions[*other]).sum::<usize>() as f64 / count as f64,
                    }
                };
                let mut column = self.columns[number].clone();
                column.sort_by(|a, b| key(a).total_cmp(&key(b)));
                column.iter().enumerate().for_each(|(position, vertex)| positions[*vertex] = position);
                self.columns[number] = column;
            }
            self.swap_neighbours();
            let crossings = self.crossings();
            if crossings < best.0 {
                best = (crossings, self.columns.clone());
            }
        }
        self.columns = best.1;
    }

    /// Swaps neighbours in a column wherever that makes crossings fewer.
    fn swap_neighbours(&mut self) {
        let mut positions = self.positions();
        for number in 0..self.columns.len() {
            for upper in 0..self.columns[number].len().saturating_sub(1) {
                let (a, b) = (self.columns[number][upper], self.columns[number][upper + 1]);
                let crossings = |a: usize, b: usize| {
                    let pairs = |a: &[usize], b: &[usize]| {
                        a.iter().flat_map(|x| b.iter().filter(|y| positions[**y] < positions[*x])).count()
                    };
                    let (a, b) = (&self.vertices[a], &self.vertices[b]);
                    pairs(&a.left, &b.left) + pairs(&a.right, &b.right)
                };
                if crossings(b, a) < crossings(a, b) {
                    self.columns[number].swap(upper, upper + 1);
                    positions.swap(a, b);
                }
            }
        }
    }

    /// From one vertex of a column to the next below it.
    fn distance(&self, upper: usize, lower: usize) -> f64 {
        let (upper, lower) = (&self.vertices[upper], &self.vertices[lower]);
        let gap = match (upper.head, lower.head) {
            (Some(_), Some(_)) => ROW - NODE_HEIGHT,
            (None, None) => PASSING * 2.0,
            _ => PASSING * 3.0,
        };
        let distance = upper.below + gap + lower.above;
        (distance / GRID).ceil() * GRID
    }

    /// Moves the rows, column by column, to where the neighbours are, as far as order and distances allow.
    fn choose_rows(&mut self) {
        for column in 0..self.columns.len() {
            self.place(column, |_| None);
        }
        let count = self.columns.len();
        for sweep in 0..SWEEPS {
            for step in 0..count {
                let forward = sweep % 2 == 0;
                let column = if forward { step } else { count - 1 - step };
                self.place(column, |vertex| Some(if forward { &vertex.left } else { &vertex.right }));
            }
        }
        for vertex in &mut self.vertices {
            vertex.y = (vertex.y / GRID).round() * GRID;
        }
        // What leads to one, or to several, stands in the row of the middle one; then what comes from one alone.
        for column in (0..count).rev() {
            self.straighten(column, |vertex| &vertex.right);
        }
        for column in 0..count {
            self.straighten(column, |vertex| &vertex.left);
        }
    }

    /// Places a column: each vertex as near as possible to the mean of its neighbours.
    fn place(&mut self, column: usize, neighbours: impl Fn(&Vertex) -> Option<&Vec<usize>>) {
        let vertices = &self.columns[column];
        // Isotonic regression: blocks of (mean, weight, first), after the distances have been taken off.
        let mut blocks: Vec<(f64, f64, usize)> = Vec::new();
        let mut offsets = Vec::with_capacity(vertices.len());
        let mut offset = 0.0;
        for (position, vertex) in vertices.iter().enumerate() {
            if position > 0 {
                offset += self.distance(vertices[position - 1], *vertex);
            }
            offsets.push(offset);
            let own = &self.vertices[*vertex];
            let (mut sum, mut weight) = (0.0, 0.0);
            for other in neighbours(own).into_iter().flatten() {
                // Long edges run straight before short ones do.
                let other = &self.vertices[*other];
                let strength = if own.head.is_none() && other.head.is_none() { 8.0 } else { 1.0 };
                sum += strength * other.y;
                weight += strength;
            }
            let (wish, weight) = if weight > 0.0 { (sum / weight, weight) } else { (own.y, 0.1) };
            let mut block = (wish - offset, weight, position);
            while let Some(last) = blocks.last().filter(|last| last.0 > block.0) {
                let weight = last.1 + block.1;
                block = ((last.0 * last.1 + block.0 * block.1) / weight, weight, last.2);
                blocks.pop();
            }
            blocks.push(block);
        }
        let mut rows = vec![0.0; vertices.len()];
        for (number, block) in blocks.iter().enumerate() {
            let end = blocks.get(number + 1).map_or(vertices.len(), |next| next.2);
            (block.2..end).for_each(|position| rows[position] = block.0 + offsets[position]);
        }
        for (vertex, row) in self.columns[column].iter().zip(rows) {
            self.vertices[*vertex].y = row;
        }
    }

    /// Moves each vertex into the row of its middle neighbour, if it can without moving another.
    fn straighten(&mut self, column: usize, neighbours: impl Fn(&Vertex) -> &Vec<usize>) {
        for position in 0..self.columns[column].len() {
            let vertex = self.columns[column][position];
            let mut rows: Vec<f64> =
                neighbours(&self.vertices[vertex]).iter().map(|other| self.vertices[*other].y).collect();
            rows.sort_unstable_by(f64::total_cmp);
            let Some(wish) = rows.get(rows.len().saturating_sub(1) / 2) else { continue };
            let above = position.checked_sub(1).map(|position| self.columns[column][position]);
            let below = self.columns[column].get(position + 1).copied();
            let least = above.map_or(f64::NEG_INFINITY, |above| self.vertices[above].y + self.distance(above, vertex));
            let most = below.map_or(f64::INFINITY, |below| self.vertices[below].y - self.distance(vertex, below));
            if least <= *wish && *wish <= most {
                self.vertices[vertex].y = *wish;
            }
        }
    }

    /// Writes the places of all nodes, from `top` downwards; says where the lowest row is.
    fn write(&self, stacks: &[Vec<usize>], places: &mut [Point], top: f64) -> f64 {
        let heads = || self.vertices.iter().filter_map(|vertex| Some((vertex, vertex.head?)));
        let highest = heads().map(|(vertex, _)| vertex.y).fold(f64::INFINITY, f64::min);
        let mut lowest = top;
        let mut x = 0.0;
        for (number, column) in self.columns.iter().enumerate() {
            let mut steps = 0;
            for vertex in column.iter().map(|vertex| &self.vertices[*vertex]) {
                steps += vertex.right.iter().filter(|other| self.vertices[**other].y != vertex.y).count();
                let Some(head) = vertex.head else { continue };
                for (row, node) in stacks[head].iter().enumerate() {
                    let y = top + vertex.y - highest + ROW * row as f64;
                    places[*node] = Point { x, y };
                    lowest = f64::max(lowest, y);
                }
            }
            // A label beside an edge that changes its row needs room beside the channels.
            let label = if self.labels[number] > 0.0 { self.labels[number] + 24.0 } else { 0.0 };
            let channels = if steps > 1 { CHANNEL * steps.min(MOST_CHANNELS) as f64 } else { 0.0 };
            let gap = COLUMN_GAP.max(label + channels).max(channels + 48.0);
            x += NODE_WIDTH + (gap / GRID).ceil() * GRID;
        }
        lowest
    }
}

/// Turns the edges that close a circle, so that none is left. Says in which order the nodes were met.
fn without_circles(count: usize, edges: &mut [(usize, usize, f64)], starts: &[usize]) -> Vec<usize> {
    let mut outgoing: Vec<Vec<usize>> = vec![Vec::new(); count];
    for (number, (from, ..)) in edges.iter().enumerate() {
        outgoing[*from].push(number);
    }
    // 0 not met, 1 on the way from the start to here, 2 done.
    let mut state = vec![0_u8; count];
    let mut met = Vec::with_capacity(count);
    for start in starts {
        let mut way: Vec<(usize, usize)> = Vec::new();
        if state[*start] == 0 {
            (state[*start], way) = (1, vec![(*start, 0)]);
            met.push(*start);
        }
        while let Some((node, next)) = way.last_mut() {
            let Some(number) = outgoing[*node].get(*next).copied() else {
                state[*node] = 2;
                way.pop();
                continue;
            };
            *next += 1;
            let edge = &mut edges[number];
            match state[edge.1] {
                0 => {
                    state[edge.1] = 1;
                    met.push(edge.1);
                    way.push((edge.1, 0));
                }
                1 => (edge.0, edge.1) = (edge.1, edge.0),
                _ => {}
            }
        }
    }
    met
}

/// The column of each node: right of all that lead to it; what nothing leads to stands right before what follows.
fn ranks(count: usize, edges: &[(usize, usize, f64)]) -> Vec<usize> {
    let mut outgoing: Vec<Vec<usize>> = vec![Vec::new(); count];
    let mut waiting = vec![0_usize; count];
    for (from, to, _) in edges {
        outgoing[*from].push(*to);
        waiting[*to] += 1;
    }
    let first: Vec<usize> = (0..count).filter(|node| waiting[*node] == 0).collect();
    let mut ranks = vec![0_usize; count];
    let mut open = first.clone();
    while let Some(node) = open.pop() {
        for next in &outgoing[node] {
            ranks[*next] = ranks[*next].max(ranks[node] + 1);
            waiting[*next] -= 1;
            if waiting[*next] == 0 {
                open.push(*next);
            }
        }
    }
    for node in first {
        ranks[node] = outgoing[node].iter().map(|next| ranks[*next]).min().unwrap_or(1).saturating_sub(1);
    }
    ranks
}

/// How many pairs stand in the wrong order (merge sort).
fn inversions(values: &mut [usize]) -> usize {
    if values.len() < 2 {
        return 0;
    }
    let middle = values.len() / 2;
    let (left, right) = values.split_at_mut(middle);
    let mut count = inversions(left) + inversions(right);
    let mut merged = Vec::with_capacity(left.len() + right.len());
    let (mut i, mut j) = (0, 0);
    while i < left.len() || j < right.len() {
        if j == right.len() || i < left.len() && left[i] <= right[j] {
            merged.push(left[i]);
            i += 1;
        } else {
            count += left.len() - i;
            merged.push(right[j]);
            j += 1;
        }
    }
    values.copy_from_slice(&merged);
    count
}

/// Moves everything so that the upper left corner stays where it was, on the grid.
fn keep_corner(document: &Document, mut places: Vec<Point>) -> Vec<Point> {
    let least = |values: &mut dyn Iterator<Item = f64>| values.fold(f64::INFINITY, f64::min);
    let nodes = &document.nodes;
    let x = least(&mut nodes.iter().map(|node| node.x)) - least(&mut places.iter().map(|place| place.x));
    let y = least(&mut nodes.iter().map(|node| node.y)) - least(&mut places.iter().map(|place| place.y));
    let snap = |value: f64| (value / GRID).round() * GRID;
    for place in &mut places {
        *place = place.plus(snap(x), snap(y));
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagram::check;
    use crate::drawing::properties::{assert_labels, assert_wires, crossings};
    use crate::drawing::{Rect, Router, label};
    use crate::lessons::guide;

    fn sizes(document: &Document) -> Vec<(f64, f64)> {
        let plan = check(document).expect("valid");
        plan.edges.iter().map(|edge| label::size(&label::words(edge))).collect()
    }

    #[test]
    fn the_guide_is_laid_out_about_as_well_as_by_hand() {
        for diagram in guide::DIAGRAMS {
            let by_hand = diagram.document();
            let sizes = sizes(&by_hand);
            let mut document = by_hand.clone();
            let places = layout(&document, &sizes);
            assert_eq!(places, layout(&document, &sizes), "{}: the same again", diagram.id);
            for (node, place) in document.nodes.iter_mut().zip(&places) {
                (node.x, node.y) = (place.x, place.y);
            }
            let (router, hand) = (Router::new(&document), Router::new(&by_hand));
            assert!(crossings(router.wires()) <= crossings(hand.wires()), "{}: more edges cross", diagram.id);
            let length = |router: &Router| router.wires().iter().map(|wire| wire.length()).sum::<f64>();
            assert!(
                length(&router) <= 2.0 * length(&hand),
                "{}: {} against {}",
                diagram.id,
                length(&router),
                length(&hand)
            );
            let bends = |router: &Router| router.wires().iter().map(|wire| wire.corners().len() - 2).sum::<usize>();
            assert!(bends(&router) <= bends(&hand) + 4, "{}: {} against {}", diagram.id, bends(&router), bends(&hand));
            let number = |id| document.nodes.iter().position(|node| node.id == id).expect("valid");
            let edges: Vec<_> = document.edges.iter().map(|edge| (number(edge.from), number(edge.to))).collect();
            assert_wires(router.nodes(), &edges, router.wires(), diagram.id);
            let labels = label::place(router.terrain(), router.wires(), &sizes);
            assert_labels(router.nodes(), &labels, diagram.id);
            for (edge, (from, to)) in document.edges.iter().zip(edges) {
                let (from, to) = (places[from], places[to]);
                match edge.kind {
                    EdgeKind::Redrive => assert!(to.x == from.x && to.y > from.y, "{}: below its queue", diagram.id),
                    EdgeKind::Query | EdgeKind::Email => assert!(to.x > from.x, "{}: on the right", diagram.id),
                    _ => {}
                }
            }
        }
    }

    #[test]
    fn nodes_without_edges_and_nothing_at_all_have_places_too() {
        assert_eq!(layout(&Document::new("empty"), &[]), []);
        let mut document = guide::DIAGRAMS[0].document();
        document.edges.clear();
        let places = layout(&document, &[]);
        for (index, place) in places.iter().enumerate() {
            let own = Rect::of_node(*place);
            assert!(places[..index].iter().all(|other| !own.grown(32.0).overlaps(&Rect::of_node(*other))));
        }
    }
}
