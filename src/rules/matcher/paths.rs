//! The paths that a matcher's rules look at, as a tree of keys.

use rustc_hash::FxHashMap;

/// More children than this are looked up by hash.
const FEW: usize = 8;

/// Nothing: no field, no node.
pub(super) const NONE: u32 = u32::MAX;

/// The root of the tree, an event as a whole.
pub(super) const ROOT: u32 = 0;

/// Keys of all paths; each path is a list of keys without dots, since `a.b` and `a` with `b` inside are one path.
#[derive(Clone, Debug)]
pub(super) struct Paths {
    nodes: Vec<Node>,
    free: Vec<u32>,
}

#[derive(Clone, Debug, Default)]
struct Node {
    key: Box<str>,
    parent: u32,
    field: Option<u32>,
    /// One bit for each byte, modulo 64, that a key leading to a child may start with.
    starts: u64,
    few: Vec<Child>,
    many: FxHashMap<Box<str>, u32>,
}

/// A child with the first bytes of its key, which tell most keys apart without looking further.
#[derive(Clone, Debug)]
struct Child {
    start: u64,
    length: usize,
    key: Box<str>,
    node: u32,
}

/// Up to eight bytes as a number.
fn start_of(key: &[u8]) -> u64 {
    key.iter().take(8).rev().fold(0, |start, byte| start << 8 | u64::from(*byte))
}

/// The bits of the bytes that a key which leads to this one, or through it, may start with in an event's text: with its
/// first byte, with an escape, or, when it is empty, with a dot or the quote that closes it.
fn starts(key: &str) -> u64 {
    let first = key.bytes().next();
    [first.unwrap_or(b'"'), first.unwrap_or(b'.'), b'\\'].iter().fold(0, |bits, byte| bits | 1 << (byte & 63))
}

impl Default for Paths {
    fn default() -> Paths {
        Paths { nodes: vec![Node { parent: NONE, ..Node::default() }], free: Vec::new() }
    }
}

impl Paths {
    /// The node of a path, made if it is not there yet.
    pub(super) fn insert(&mut self, path: &str) -> u32 {
        path.split('.').fold(ROOT, |node, key| match self.child(node, key, start_of(key.as_bytes())) {
            NONE => self.add_child(node, key),
            known => known,
        })
    }

    fn add_child(&mut self, parent: u32, key: &str) -> u32 {
        let child = Node { key: key.into(), parent, ..Node::default() };
        let index = match self.free.pop() {
            Some(index) => {
                self.nodes[index as usize] = child;
                index
            }
            None => {
                self.nodes.push(child);
                self.nodes.len() as u32 - 1
            }
        };
        let node = &mut self.nodes[parent as usize];
        node.starts |= starts(key);
        if node.many.is_empty() && node.few.len() < FEW {
            let bytes = key.as_bytes();
            node.few.push(Child { start: start_of(bytes), length: bytes.len(), key: key.into(), node: index });
        } else {
            node.many.extend(node.few.drain(..).map(|child| (child.key, child.node)));
            node.many.insert(key.into(), index);
        }
        index
    }

    /// The field of a node, where rules look at values.
    #[inline]
    pub(super) fn field(&self, node: u32) -> Option<u32> {
        self.nodes[node as usize].field
    }

    pub(super) fn set_field(&mut self, node: u32, field: u32) {
        self.nodes[node as usize].field = Some(field);
    }

    /// Takes a node's field away, and with it the nodes that now lead nowhere.
    pub(super) fn clear_field(&mut self, node: u32) {
        self.nodes[node as usize].field = None;
        let mut node = node;
        while node != ROOT && !self.has_children(node) && self.field(node).is_none() {
            let Node { key, parent, .. } = std::mem::take(&mut self.nodes[node as usize]);
            let above = &mut self.nodes[parent as usize];
            above.few.retain(|child| child.node != node);
            above.many.remove(&key);
            let few = above.few.iter().map(|child| &child.key);
            above.starts = few.chain(above.many.keys()).fold(0, |all, key| all | starts(key));
            self.free.push(node);
            node = parent;
        }
    }

    #[inline]
    pub(super) fn has_children(&self, node: u32) -> bool {
        let node = &self.nodes[node as usize];
        !node.few.is_empty() || !node.many.is_empty()
    }

    /// Whether a key that starts with a byte can lead anywhere from a node; a quick no for most keys.
    #[inline]
    pub(super) fn may_start(&self, node: u32, first: u8) -> bool {
        self.nodes[node as usize].starts >> (first & 63) & 1 != 0
    }

    /// The child with a key that holds no dot; `start` is the number of its first eight bytes. [`NONE`] without one.
    #[inline]
    pub(super) fn child(&self, node: u32, key: &str, start: u64) -> u32 {
        let node = &self.nodes[node as usize];
        for child in &node.few {
            if child.start == start && child.length == key.len() && (key.len() <= 8 || *child.key == *key) {
                return child.node;
            }
        }
        if node.many.is_empty() { NONE } else { node.many.get(key).copied().unwrap_or(NONE) }
    }

    /// The node that a key of an event leads to; its dots lead deeper.
    pub(super) fn descend(&self, node: u32, key: &str) -> u32 {
        let mut node = node;
        for part in key.split('.') {
            node = self.child(node, part, start_of(part.as_bytes()));
            if node == NONE {
                break;
            }
        }
        node
    }
}
