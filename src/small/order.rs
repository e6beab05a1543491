//! Sorting in little code, for what the app loads first.
//!
//! The standard library's sorting is the faster one, but it is compiled anew for each type, some four kilobytes each time;
//! a dozen of them would be a twentieth of the first load. Here that costs a few hundred bytes each.

use std::cmp::Ordering;

/// How far apart what is compared lies, as Ciura found by trying (2001); after that each is 2.25 times the one before.
const DISTANCES: [usize; 8] = [701, 301, 132, 57, 23, 10, 4, 1];

/// Sorts by Shell's method. What compares as equal may change places: a comparison that has to decide compares to the end.
pub fn sort_by<T>(items: &mut [T], compare: impl Fn(&T, &T) -> Ordering) {
    let mut far = DISTANCES[0];
    while far < items.len() / 2 {
        far = far * 9 / 4;
    }
    let further = std::iter::successors(Some(far), |far| Some(far * 4 / 9)).take_while(|far| *far > DISTANCES[0]);
    for distance in further.chain(DISTANCES) {
        for next in distance..items.len() {
            let mut place = next;
            while place >= distance && compare(&items[place - distance], &items[place]) == Ordering::Greater {
                items.swap(place - distance, place);
                place -= distance;
            }
        }
    }
}

pub fn sort<T: Ord>(items: &mut [T]) {
    sort_by(items, T::cmp);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_sorts(items in proptest::collection::vec(any::<u16>(), 0..3_000)) {
            let mut expected = items.clone();
            expected.sort();
            let mut sorted = items;
            sort(&mut sorted);
            prop_assert_eq!(sorted, expected);
        }
    }
}
