//! Whoever takes part in a simulation: the nodes of the diagram, and one poller fleet for each event source mapping.

use crate::diagram::NodeIndex;

/// Nodes come first, in document order; event source mappings follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Component(pub u32);

impl Component {
    /// The simulation itself, which no service is: what the document schedules.
    pub const SIMULATION: Component = Component(u32::MAX);

    pub fn usize(self) -> usize {
        self.0 as usize
    }
}

impl From<NodeIndex> for Component {
    fn from(node: NodeIndex) -> Self {
        Component(node.0)
    }
}
