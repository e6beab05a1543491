// The same graph in React Flow, as its documentation shows a controlled flow: for tests/tools/drag.mjs.
import { ReactFlow, useEdgesState, useNodesState } from "@xyflow/react";
import "@xyflow/react/dist/style.css";
import { createRoot } from "react-dom/client";

const { nodes: places, edges: pairs, size, frame, viewport } = window.graph;

const firstNodes = places.map(({ id, name, x, y }) => ({
  id,
  position: { x: x - size.width / 2, y: y - size.height / 2 },
  data: { label: name },
  style: { width: size.width, height: size.height },
  sourcePosition: "right",
  targetPosition: "left",
}));
const firstEdges = pairs.map(({ id, from, to }) => ({ id, source: from, target: to }));

function Flow() {
  const [nodes, , onNodesChange] = useNodesState(firstNodes);
  const [edges, , onEdgesChange] = useEdgesState(firstEdges);
  return (
    <ReactFlow
      nodes={nodes}
      edges={edges}
      onNodesChange={onNodesChange}
      onEdgesChange={onEdgesChange}
      defaultViewport={viewport}
      minZoom={0.1}
    />
  );
}

const root = document.getElementById("root");
Object.assign(root.style, {
  position: "fixed",
  left: `${frame.x}px`,
  top: `${frame.y}px`,
  width: `${frame.width}px`,
  height: `${frame.height}px`,
});
createRoot(root).render(<Flow />);
