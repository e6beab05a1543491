//! Where exactly edges run: stretches that would lie on each other are spread, in the order in which they cross each
//! other least, and stretches between two nodes run in the middle.
//!
//! Each stretch may move across its direction within the channel that the nodes leave it; those that begin or end at
//! a node, along the node's side. Where more edges meet at one side of a node than have room there, those that leave it
//! share a trunk, and so do those that arrive. First all upright stretches find their places, then all level ones, then the
//! upright ones once more, because their ends have moved.

use super::place::{Axis, Point, Rect};
use super::search::{CLEARANCE, INSET, corners};
use super::terrain::Terrain;
use crate::small;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Between two edges where there is room.
const SPACING: f64 = 16.0;
/// How far to the sides a channel is looked at.
const CHANNEL: f64 = 176.0;
/// Stretches farther apart than this do not ask each other for room.
const EARSHOT: f64 = 3.0 * SPACING;
/// Where two edges turn within this, they turn together.
const TOGETHER: f64 = SPACING / 2.0;
/// Up to so many edges at one side of a node each have a port of their own.
const MOST_APART: usize = 5;
/// A straight edge keeps its place, and others make room.
const STEADY: f64 = 64.0;

/// An edge on its way to its place: rough points, and the nodes that it joins.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    pub points: Vec<Point>,
    pub from: usize,
    pub to: usize,
}

struct Stretch {
    edge: usize,
    index: usize,
    /// The node and the side where it begins or ends, if it does; a straight edge is asked for its beginning.
    node: Option<(usize, bool)>,
    /// Where it begins and ends along its direction.
    low: f64,
    high: f64,
    /// Where it would like to be, how much so, and where it may be.
    wish: f64,
    weight: f64,
    least: f64,
    most: f64,
    place: f64,
}

/// Gives edges their places: those that `moves` names; the others stay, and are kept off.
pub fn nudge(drafts: &mut [Draft], terrain: &Terrain, moves: &[bool]) {
    let trunks = Trunks::of(drafts, terrain.rects().len());
    for axis in [Axis::X, Axis::Y, Axis::X] {
        let mut stretches = collect(drafts, terrain, axis, moves);
        place(&mut stretches, drafts, axis, moves, &trunks);
        for stretch in stretches.iter().filter(|stretch| moves[stretch.edge]) {
            let points = &mut drafts[stretch.edge].points;
            points[stretch.index].set(axis, stretch.place);
            points[stretch.index + 1].set(axis, stretch.place);
        }
    }
    for (draft, _) in drafts.iter_mut().zip(moves).filter(|(_, moves)| **moves) {
        draft.points = corners(std::mem::take(&mut draft.points));
    }
}

/// Which edges share a trunk where they leave a node, and where they arrive.
struct Trunks {
    /// For each edge the crowded sides at its beginning and its end, by number.
    ends: Vec<[Option<usize>; 2]>,
}

impl Trunks {
    fn of(drafts: &[Draft], nodes: usize) -> Trunks {
        let mut count = vec![0_usize; nodes * 4];
        let mut ends: Vec<[Option<usize>; 2]> = drafts.iter().map(Trunks::sides).collect();
        for side in ends.iter().flatten().flatten() {
            count[*side] += 1;
        }
        for (draft, ends) in drafts.iter().zip(&mut ends) {
            for end in ends {
                // A straight edge has nowhere to join others.
                *end = end.filter(|side| count[*side] > MOST_APART && draft.points.len() > 2);
            }
        }
        Trunks { ends }
    }

    /// The side of a node where an edge begins, and that where it ends.
    fn sides(draft: &Draft) -> [Option<usize>; 2] {
        let side = |node: usize, from: Point, to: Point| match (to.x - from.x, to.y - from.y) {
            (x, y) if x.abs() >= y.abs() => node * 4 + if x >= 0.0 { 0 } else { 2 },
            (_, y) => node * 4 + if y >= 0.0 { 1 } else { 3 },
        };
        match draft.points[..] {
            [first, second, .., before, last] => {
                [Some(side(draft.from, first, second)), Some(side(draft.to, last, before))]
            }
            [first, last] => [Some(side(draft.from, first, last)), Some(side(draft.to, last, first))],
            [first, second, last] => [Some(side(draft.from, first, second)), Some(side(draft.to, last, second))],
            _ => [None, None],
        }
    }

    /// Whether two stretches may lie on each other: both belong to one trunk, and want to be at the same place.
    fn share(&self, one: &Stretch, two: &Stretch, drafts: &[Draft]) -> bool {
        let (e, f) = (&drafts[one.edge], &drafts[two.edge]);
        if (one.wish - two.wish).abs() > 0.5 || (e.from, e.to) == (f.from, f.to) {
            return false;
        }
        let same =
            |end: usize| self.ends[one.edge][end].is_some() && self.ends[one.edge][end] == self.ends[two.edge][end];
        let from_end = |stretch: &Stretch, draft: &Draft| draft.points.len().saturating_sub(2 + stretch.index);
        same(0) && one.index < 2 && two.index < 2 || same(1) && from_end(one, e) < 2 && from_end(two, f) < 2
    }
}

/// All stretches that can move along an axis.
fn collect(drafts: &[Draft], terrain: &Terrain, axis: Axis, moves: &[bool]) -> Vec<Stretch> {
    let other = axis.other();
    let mut stretches = Vec::new();
    // Those that stay farther away than anything can move are asked for nothing.
    let around = |draft: &Draft| {
        let points =
            draft.points.iter().map(|point| Rect { left: point.x, right: point.x, top: point.y, bottom: point.y });
        points.reduce(|all, point| all.with(&point))
    };
    let moving = drafts.iter().zip(moves).filter(|(_, moves)| **moves).filter_map(|(draft, _)| around(draft));
    let Some(moving) = moving.reduce(|all, one| all.with(&one)) else { return stretches };
    let reach = moving.grown(CHANNEL + CLEARANCE + EARSHOT + 1.0);
    for (edge, draft) in drafts.iter().enumerate() {
        if !moves[edge] && around(draft).is_none_or(|area| !area.overlaps(&reach)) {
            continue;
        }
        let points = &draft.points;
        let last = points.len().saturating_sub(2);
        let Some(parity) = parity(points, axis) else { continue };
        for (index, pair) in points.windows(2).enumerate().filter(|(index, _)| index % 2 == parity) {
            let at = pair[0].along(axis);
            let (a, b) = (pair[0].along(other), pair[1].along(other));
            let (low, high) = (a.min(b), a.max(b));
            let node = match (index == 0, index == last) {
                (true, _) => Some((draft.from, a < b)),
                (_, true) => Some((draft.to, b < a)),
                _ => None,
            };
            if !moves[edge] {
                let (wish, weight, least, most, place) = (at, 1.0, at, at, at);
                stretches.push(Stretch { edge, index, node, low, high, wish, weight, least, most, place });
                continue;
            }
            let (mut least, mut most) = channel(terrain, axis, at, low, high);
            let (wall_low, wall_high) = (least, most);
            let mut wish = at;
            let mut weight = 1.0;
            let ends = [(index == 0, draft.from), (index == last, draft.to)];
            for node in ends.iter().filter(|(is_end, _)| *is_end).map(|(_, node)| &terrain.rects()[*node]) {
                least = least.max(node.low(axis) + INSET);
                most = most.min(node.high(axis) - INSET);
            }
            match (index == 0, index == last) {
                (true, true) => weight = STEADY,
                (true, false) | (false, true) if draft.from != draft.to => {
                    let node = if index == 0 { draft.from } else { draft.to };
                    wish = terrain.rects()[node].centre().along(axis);
                }
                (false, false) => {
                    let before = points[index - 1].along(axis) - at;
                    let after = points[index + 2].along(axis) - at;
                    // Where moving makes the way no longer, the middle is calmest.
                    if before * after < 0.0 && most - least < 2.0 * CHANNEL - 1.0 {
                        // Never beyond the two ends, or it would turn back.
                        let (first, second) = (before.min(after) + at, before.max(after) + at);
                        wish = small::within((wall_low + wall_high) / 2.0, first, second);
                    }
                }
                _ => {}
            }
            if least > most {
                (least, most) = (at, at);
            }
            let wish = small::within(wish, least, most);
            stretches.push(Stretch { edge, index, node, low, high, wish, weight, least, most, place: wish });
        }
    }
    stretches
}

/// Stretches alternate: whether the even ones move along this axis (0) or the odd ones (1).
fn parity(points: &[Point], axis: Axis) -> Option<usize> {
    let index = points.windows(2).position(|pair| pair[0] != pair[1])?;
    let moves = points[index].along(axis) == points[index + 1].along(axis);
    Some((index + usize::from(!moves)) % 2)
}

/// How far a stretch can move before it meets a node, with what it keeps from nodes taken off.
fn channel(terrain: &Terrain, axis: Axis, at: f64, low: f64, high: f64) -> (f64, f64) {
    let (mut least, mut most) = (at - CHANNEL - CLEARANCE, at + CHANNEL + CLEARANCE);
    let area = match axis {
        Axis::X => Rect { left: least, right: most, top: low, bottom: high },
        Axis::Y => Rect { left: low, right: high, top: least, bottom: most },
    };
    let other = axis.other();
    for rect in terrain.touching(&area).into_iter().map(|number| &terrain.rects()[number as usize]) {
        if rect.low(other) >= high || rect.high(other) <= low {
            continue;
        }
        if rect.high(axis) <= at {
            least = least.max(rect.high(axis));
        } else if rect.low(axis) >= at {
            most = most.min(rect.low(axis));
        }
    }
    let keep = CLEARANCE.min((most - least) / 3.0);
    (least + keep, most - keep)
}

/// Which of the two stretches comes first along the axis: `true` if `a` does.
fn comes_first(a: &Stretch, b: &Stretch, drafts: &[Draft], axis: Axis) -> bool {
    let at_one_node = a.node.is_some() && a.node == b.node;
    if !at_one_node && (a.wish - b.wish).abs() >= SPACING * 0.75 {
        return a.wish < b.wish;
    }
    // As seen from the edge that comes first in the document, whichever stretch is asked about.
    let (first, second) = if (a.edge, a.index) < (b.edge, b.index) { (a, b) } else { (b, a) };
    let (e, f) = (&drafts[first.edge].points, &drafts[second.edge].points);
    let along =
        |points: &[Point], index: usize| points[index + 1].along(axis.other()) - points[index].along(axis.other());
    let forward = along(e, first.index) >= 0.0;
    let same = forward == (along(f, second.index) >= 0.0);
    let mut right = side(e, first.index, true, f, second.index, same);
    if right == 0 {
        right = -side(e, first.index, false, f, second.index, !same);
    }
    if right == 0 && (a.wish - b.wish).abs() > 0.5 {
        return a.wish < b.wish;
    }
    // Down the page, what is on the right hand is on the left of the page.
    let second_is_higher = (right >= 0) == (forward == (axis == Axis::Y));
    second_is_higher == std::ptr::eq(first, a)
}

/// On which hand `f` leaves `e`, for somebody who follows `e` from a stretch on: 1 right, -1 left, 0 they stay together.
fn side(e: &[Point], mut i: usize, e_forward: bool, f: &[Point], mut j: usize, f_forward: bool) -> i32 {
    loop {
        let (begin, end) = ends(e, i, e_forward);
        let (_, other) = ends(f, j, f_forward);
        let (dx, dy) = (sign(end.x - begin.x), sign(end.y - begin.y));
        let ahead = (other.x - end.x) * dx + (other.y - end.y) * dy;
        let (e_next, f_next) = (next(e, i, e_forward), next(f, j, f_forward));
        let turn = |points: &[Point], index: Option<usize>, forward: bool| {
            index.map_or(0, |index| {
                let (begin, end) = ends(points, index, forward);
                (dx * sign(end.y - begin.y) - dy * sign(end.x - begin.x)) as i32
            })
        };
        let (e_turn, f_turn) = (turn(e, e_next, e_forward), turn(f, f_next, f_forward));
        if ahead > TOGETHER {
            return -e_turn;
        }
        if ahead < -TOGETHER {
            return f_turn;
        }
        if e_turn != f_turn {
            return if f_turn != 0 { f_turn } else { -e_turn };
        }
        match (e_next, f_next) {
            (Some(e_next), Some(f_next)) if e_turn != 0 => (i, j) = (e_next, f_next),
            _ => return 0,
        }
    }
}

fn ends(points: &[Point], index: usize, forward: bool) -> (Point, Point) {
    if forward { (points[index], points[index + 1]) } else { (points[index + 1], points[index]) }
}

fn next(points: &[Point], index: usize, forward: bool) -> Option<usize> {
    if forward { (index + 2 < points.len()).then_some(index + 1) } else { index.checked_sub(1) }
}

fn sign(value: f64) -> f64 {
    if value > 0.0 {
        1.0
    } else if value < 0.0 {
        -1.0
    } else {
        0.0
    }
}

/// Finds the places: as near to the wishes as order and spacing allow.
fn place(stretches: &mut [Stretch], drafts: &[Draft], axis: Axis, moves: &[bool], trunks: &Trunks) {
    let mut by_place: Vec<usize> = (0..stretches.len()).collect();
    small::sort_by(&mut by_place, |a, b| stretches[*a].wish.total_cmp(&stretches[*b].wish).then(a.cmp(b)));
    // Pairs that need room between them: the first comes first.
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    for (position, a) in by_place.iter().enumerate() {
        for b in &by_place[position + 1..] {
            let (one, two) = (&stretches[*a], &stretches[*b]);
            if two.wish - one.wish > EARSHOT {
                break;
            }
            let beside = one.low < two.high + TOGETHER && two.low < one.high + TOGETHER;
            let moves = moves[one.edge] || moves[two.edge];
            if beside && one.edge != two.edge && moves && !trunks.share(one, two, drafts) {
                pairs.push(if comes_first(one, two, drafts, axis) { (*a, *b) } else { (*b, *a) });
            }
        }
    }
    let mut group: Vec<usize> = (0..stretches.len()).collect();
    for (a, b) in &pairs {
        let (a, b) = (root(&mut group, *a), root(&mut group, *b));
        group[a.max(b)] = a.min(b);
    }
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); stretches.len()];
    let mut links: Vec<Vec<(usize, usize)>> = vec![Vec::new(); stretches.len()];
    for index in 0..stretches.len() {
        members[root(&mut group, index)].push(index);
    }
    for (a, b) in pairs {
        links[root(&mut group, a)].push((a, b));
    }
    for (members, links) in members.into_iter().zip(links).filter(|(members, _)| members.len() > 1) {
        let order = sorted(&members, &links, stretches);
        let mut spacing = SPACING;
        while spacing > 1.0 && !separate(&order, &links, stretches, spacing) {
            spacing *= 0.7;
        }
    }
    for stretch in stretches {
        if stretch.most - stretch.least >= 2.0 {
            stretch.place = (stretch.place * 2.0).round() / 2.0;
        }
    }
}

fn root(group: &mut [usize], mut index: usize) -> usize {
    while group[index] != index {
        group[index] = group[group[index]];
        index = group[index];
    }
    index
}

/// The members of a group, so that as many pairs as possible stand in order.
fn sorted(members: &[usize], links: &[(usize, usize)], stretches: &[Stretch]) -> Vec<usize> {
    let rank = |index: usize| members.binary_search(&index).unwrap_or(0);
    let mut before = vec![0_usize; members.len()];
    let mut after: Vec<Vec<usize>> = vec![Vec::new(); members.len()];
    for (a, b) in links {
        before[rank(*b)] += 1;
        after[rank(*a)].push(rank(*b));
    }
    let mut by_wish: Vec<usize> = (0..members.len()).collect();
    let wish = |member: usize| stretches[members[member]].wish;
    small::sort_by(&mut by_wish, |a, b| wish(*a).total_cmp(&wish(*b)).then(a.cmp(b)));
    let mut precedence = vec![0; members.len()];
    by_wish.iter().enumerate().for_each(|(position, member)| precedence[*member] = position);
    let mut ready: BinaryHeap<Reverse<usize>> =
        (0..members.len()).filter(|member| before[*member] == 0).map(|member| Reverse(precedence[member])).collect();
    let mut done = vec![false; members.len()];
    let mut order = Vec::with_capacity(members.len());
    while order.len() < members.len() {
        // Where the wishes go round in a circle, somebody has to begin.
        let next = match ready.pop() {
            Some(Reverse(position)) => by_wish[position],
            None => match by_wish.iter().copied().find(|member| !done[*member]) {
                Some(member) => member,
                None => break,
            },
        };
        if std::mem::replace(&mut done[next], true) {
            continue;
        }
        order.push(members[next]);
        for other in &after[next] {
            before[*other] = before[*other].saturating_sub(1);
            if before[*other] == 0 && !done[*other] {
                ready.push(Reverse(precedence[*other]));
            }
        }
    }
    order
}

/// Stretches that move together, because each would otherwise come too close to the next.
#[derive(Clone)]
struct Block {
    /// Each with its distance from the block's place.
    members: Vec<(usize, f64)>,
    weight: f64,
    sum: f64,
    least: f64,
    most: f64,
}

impl Block {
    fn place(&self) -> f64 {
        (self.sum / self.weight).max(self.least).min(self.most)
    }
}

/// Places a group with this spacing; says whether it fits into the channels.
fn separate(order: &[usize], links: &[(usize, usize)], stretches: &mut [Stretch], spacing: f64) -> bool {
    let mut rank: Vec<(usize, usize)> = order.iter().enumerate().map(|(position, index)| (*index, position)).collect();
    small::sort(&mut rank);
    let rank = |index: usize| rank.binary_search_by_key(&index, |(index, _)| *index).map_or(0, |at| rank[at].1);
    // What has to stand before each, in the order that was found; what contradicts it is let go.
    let mut before: Vec<Vec<usize>> = vec![Vec::new(); order.len()];
    for (a, b) in links {
        let (a, b) = (rank(*a), rank(*b));
        if a < b {
            before[b].push(a);
        }
    }
    let mut blocks: Vec<Block> = Vec::with_capacity(order.len());
    let mut home: Vec<(usize, f64)> = Vec::with_capacity(order.len());
    for (position, index) in order.iter().enumerate() {
        let stretch = &stretches[*index];
        let mut own = Block {
            members: vec![(position, 0.0)],
            weight: stretch.weight,
            sum: stretch.weight * stretch.wish,
            least: stretch.least,
            most: stretch.most,
        };
        home.push((blocks.len(), 0.0));
        loop {
            // The worst of those that stand too close before this block.
            let at = own.place();
            let mut worst: Option<(f64, usize, f64)> = None;
            for (member, offset) in &own.members {
                for other in &before[*member] {
                    let (block, other_offset) = home[*other];
                    if block == blocks.len() {
                        continue;
                    }
                    let lacking = blocks[block].place() + other_offset + spacing - (at + offset);
                    if lacking > 1e-6 && worst.is_none_or(|(worst, ..)| lacking > worst) {
                        worst = Some((lacking, block, other_offset + spacing - offset));
                    }
                }
            }
            let Some((_, block, shift)) = worst else { break };
            // This block now stands at `shift` from the other one's place.
            let other = std::mem::replace(
                &mut blocks[block],
                Block { members: Vec::new(), weight: 1.0, sum: 0.0, least: f64::NEG_INFINITY, most: f64::INFINITY },
            );
            own.members.iter_mut().for_each(|(_, offset)| *offset += shift);
            own.sum -= own.weight * shift;
            own.least -= shift;
            own.most -= shift;
            own.members.extend(other.members);
            own.weight += other.weight;
            own.sum += other.sum;
            own.least = own.least.max(other.least);
            own.most = own.most.min(other.most);
            for (member, offset) in &own.members {
                home[*member] = (blocks.len(), *offset);
            }
        }
        blocks.push(own);
    }
    let mut fits = true;
    for block in &blocks {
        let place = block.place();
        fits &= block.least <= block.most + 1e-6;
        for (member, offset) in &block.members {
            let stretch = &mut stretches[order[*member]];
            stretch.place = small::within(place + offset, stretch.least, stretch.most);
        }
    }
    fits
}
