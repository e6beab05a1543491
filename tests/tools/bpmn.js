// The same graph in bpmn-js, with the tokens of its token simulation: for tests/tools/tokens.mjs.
import Viewer from "bpmn-js/lib/NavigatedViewer";
import TokenSimulation from "bpmn-js-token-simulation/lib/viewer";
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js-token-simulation/assets/css/bpmn-js-token-simulation.css";

const { nodes, edges, size, viewport, frame, count } = window.given;
const name = (id) => `n${id}`;

function xml() {
  const place = new Map(nodes.map((node) => [node.id, node]));
  const tasks = nodes.map((node) => `<bpmn:task id="${name(node.id)}" name="${node.name}" />`);
  const flows = edges.map(
    ({ id, from, to }) => `<bpmn:sequenceFlow id="${name(id)}" sourceRef="${name(from)}" targetRef="${name(to)}" />`,
  );
  const shapes = nodes.map(
    ({ id, x, y }) => `<bpmndi:BPMNShape id="s${id}" bpmnElement="${name(id)}">
      <dc:Bounds x="${x - size.width / 2}" y="${y - size.height / 2}" width="${size.width}" height="${size.height}" /></bpmndi:BPMNShape>`,
  );
  const lines = edges.map(({ id, from, to }) => {
    const [a, b] = [place.get(from), place.get(to)];
    const start = a.x + size.width / 2;
    const end = b.x - size.width / 2;
    const points = [[start, a.y], [(start + end) / 2, a.y], [(start + end) / 2, b.y], [end, b.y]];
    return `<bpmndi:BPMNEdge id="e${id}" bpmnElement="${name(id)}">${points.map(([x, y]) => `<di:waypoint x="${x}" y="${y}" />`).join("")}</bpmndi:BPMNEdge>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>
    <bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"
      xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI" targetNamespace="crowd">
    <bpmn:process id="crowd" isExecutable="false">${tasks.join("")}${flows.join("")}</bpmn:process>
    <bpmndi:BPMNDiagram id="diagram"><bpmndi:BPMNPlane id="plane" bpmnElement="crowd">${shapes.join("")}${lines.join("")}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
    </bpmn:definitions>`;
}

const viewer = new Viewer({ container: "#place", additionalModules: [TokenSimulation] });
await viewer.importXML(xml());
const canvas = viewer.get("canvas");
canvas.viewbox({
  x: -viewport.x / viewport.zoom,
  y: -viewport.y / viewport.zoom,
  width: frame.width / viewport.zoom,
  height: frame.height / viewport.zoom,
});
viewer.get("toggleMode").toggleMode(true);
const animation = viewer.get("animation");
const registry = viewer.get("elementRegistry");
const scope = { element: canvas.getRootElement(), colors: { primary: "#7c3aed", auxiliary: "#ffffff" } };
// Slow enough that they are under way about as long as the messages beside them; whoever arrives sets out again.
animation.setAnimationSpeed(0.1);
const ways = edges.filter(({ kind }) => kind === "subscription").map(({ id }) => registry.get(name(id)));
const send = (way) => animation.animate(way, scope, () => send(way));
for (let token = 0; token < count; token++) setTimeout(send, Math.random() * 1_000, ways[token % ways.length]);
window.ready = true;
