//! What is selected on the diagram: nothing, one thing, or several.

use crate::small;
use uuid::Uuid;

/// A node or an edge.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Selection {
    Node(Uuid),
    Edge(Uuid),
}

impl Selection {
    pub fn id(self) -> Uuid {
        match self {
            Selection::Node(id) | Selection::Edge(id) => id,
        }
    }
}

/// All that is selected, in order and without doubles, so that asking for one is quick however many there are.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Selected(Vec<Selection>);

impl FromIterator<Selection> for Selected {
    fn from_iter<I: IntoIterator<Item = Selection>>(list: I) -> Self {
        let mut list: Vec<Selection> = list.into_iter().collect();
        small::sort(&mut list);
        list.dedup();
        Selected(list)
    }
}

impl Selected {
    /// The one thing that is selected, unless it is none or several.
    pub fn single(&self) -> Option<Selection> {
        match self.0.as_slice() {
            [one] => Some(*one),
            _ => None,
        }
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn contains(&self, one: Selection) -> bool {
        self.0.binary_search(&one).is_ok()
    }

    pub fn iter(&self) -> impl Iterator<Item = Selection> + '_ {
        self.0.iter().copied()
    }

    pub fn nodes(&self) -> impl Iterator<Item = Uuid> + '_ {
        self.iter().filter_map(|one| if let Selection::Node(id) = one { Some(id) } else { None })
    }

    pub fn edges(&self) -> impl Iterator<Item = Uuid> + '_ {
        self.iter().filter_map(|one| if let Selection::Edge(id) = one { Some(id) } else { None })
    }

    /// Takes one in, or lets it go where it was in.
    pub fn toggle(&mut self, one: Selection) {
        match self.0.binary_search(&one) {
            Ok(place) => drop(self.0.remove(place)),
            Err(place) => self.0.insert(place, one),
        }
    }
}
