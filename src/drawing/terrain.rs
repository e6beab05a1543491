//! Rectangles that can be asked for by place: what lies where.

use super::place::Rect;
use crate::small;
use rustc_hash::FxHashMap;

/// The side of a square of the index; about as large as a node with the room around it.
const SQUARE: f64 = 192.0;
/// A rectangle of more squares is kept apart, or nodes very far from each other would fill the memory.
const WIDE: i64 = 256;

/// Rectangles by number, and an index by squares of the plane.
#[derive(Clone, Debug, Default)]
pub struct Terrain {
    rects: Vec<Rect>,
    squares: FxHashMap<(i32, i32), Vec<u32>>,
    /// What reaches over so many squares that it is always looked at.
    wide: Vec<u32>,
}

fn squares(rect: &Rect) -> (std::ops::RangeInclusive<i32>, std::ops::RangeInclusive<i32>) {
    let square = |value: f64| (value / SQUARE).floor() as i32;
    (square(rect.left)..=square(rect.right), square(rect.top)..=square(rect.bottom))
}

fn count(range: &std::ops::RangeInclusive<i32>) -> i64 {
    i64::from(*range.end()) - i64::from(*range.start()) + 1
}

impl Terrain {
    pub fn new(rects: Vec<Rect>) -> Terrain {
        let mut terrain = Terrain::default();
        rects.into_iter().for_each(|rect| terrain.add(rect));
        terrain
    }

    pub fn rects(&self) -> &[Rect] {
        &self.rects
    }

    pub fn add(&mut self, rect: Rect) {
        let number = self.rects.len() as u32;
        self.rects.push(rect);
        self.enter(number, &rect);
    }

    fn enter(&mut self, number: u32, rect: &Rect) {
        let (columns, rows) = squares(rect);
        if count(&columns) * count(&rows) > WIDE {
            self.wide.push(number);
            return;
        }
        for column in columns {
            for row in rows.clone() {
                self.squares.entry((column, row)).or_default().push(number);
            }
        }
    }

    /// Moves the rectangle with this number.
    pub fn replace(&mut self, number: usize, rect: Rect) {
        let Some(place) = self.rects.get_mut(number) else { return };
        let before = std::mem::replace(place, rect);
        self.wide.retain(|other| *other != number as u32);
        let (columns, rows) = squares(&before);
        let columns = if count(&columns) * count(&rows) > WIDE { None } else { Some(columns) };
        for column in columns.into_iter().flatten() {
            for row in rows.clone() {
                if let Some(here) = self.squares.get_mut(&(column, row)) {
                    here.retain(|other| *other != number as u32);
                }
            }
        }
        self.enter(number as u32, &rect);
    }

    /// The numbers of all rectangles that touch this one, in order.
    pub fn touching(&self, area: &Rect) -> Vec<u32> {
        let touches = |rect: &Rect| {
            rect.left <= area.right && area.left <= rect.right && rect.top <= area.bottom && area.top <= rect.bottom
        };
        let (columns, rows) = squares(area);
        // Where little lies far apart, the squares are more than the rectangles.
        if count(&columns) * count(&rows) > self.rects.len() as i64 {
            return (0..self.rects.len() as u32).filter(|number| touches(&self.rects[*number as usize])).collect();
        }
        let mut found: Vec<u32> =
            self.wide.iter().copied().filter(|number| touches(&self.rects[*number as usize])).collect();
        for column in columns {
            for row in rows.clone() {
                let here = self.squares.get(&(column, row)).map_or(&[][..], Vec::as_slice);
                found.extend(here.iter().copied().filter(|number| touches(&self.rects[*number as usize])));
            }
        }
        small::sort(&mut found);
        found.dedup();
        found
    }

    pub fn any_overlapping(&self, area: &Rect) -> bool {
        let overlaps = |number: &u32| self.rects[*number as usize].overlaps(area);
        let (columns, rows) = squares(area);
        if count(&columns) * count(&rows) > self.rects.len() as i64 {
            return self.rects.iter().any(|rect| rect.overlaps(area));
        }
        let here = |column: i32, row: i32| self.squares.get(&(column, row)).map_or(&[][..], Vec::as_slice);
        self.wide.iter().any(overlaps)
            || columns.into_iter().any(|column| rows.clone().any(|row| here(column, row).iter().any(overlaps)))
    }
}
