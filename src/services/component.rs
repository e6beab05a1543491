//! Whoever takes part in a simulation: the nodes of the diagram, and one poller fleet for each event source mapping.

use crate::diagram::{EdgeIndex, NodeIndex};

/// Even numbers are nodes, odd ones the event source mappings of edges: both keep theirs when others come and go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Component(pub u32);

impl Component {
    /// The simulation itself, which no service is: what the document schedules.
    pub const SIMULATION: Component = Component(u32::MAX);

    /// The pollers of an event source mapping.
    pub fn of_mapping(edge: EdgeIndex) -> Component {
        Component(edge.0 * 2 + 1)
    }

    /// The node that it is, or else the edge whose pollers it is.
    pub fn node(self) -> Result<NodeIndex, EdgeIndex> {
        if self.0.is_multiple_of(2) { Ok(NodeIndex(self.0 / 2)) } else { Err(EdgeIndex(self.0 / 2)) }
    }

    pub fn usize(self) -> usize {
        self.0 as usize
    }
}

impl From<NodeIndex> for Component {
    fn from(node: NodeIndex) -> Self {
        Component(node.0 * 2)
    }
}
