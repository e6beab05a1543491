// Drags one node of a graph of 300 nodes and 400 edges, here and in React Flow, in the same run:
// node tests/tools/drag.mjs [folder] [rounds]. Both show the graph in a frame of the same place, size and zoom, and the
// mouse goes the same way, one step in each frame. What a step costs is all that the page's main thread does from one
// step to the next: scripting, style, layout, painting. Figures go to benches/RESULTS.md.
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "@playwright/test";
import { build } from "esbuild";
import config from "../e2e/playwright.config.mjs";
import { serve } from "./serve.mjs";
import { at, cost, outermost } from "./trace.mjs";

const COLUMNS = 20;
const ROWS = 15;
const EDGES = 400;
const STEPS = 120;
/** The app's node, in its own units. */
const SIZE = { width: 152, height: 88 };
const SCRIPT = ["EventDispatch", "FireAnimationFrame", "FunctionCall", "TimerFire", "RunMicrotasks"];
const STYLE = ["UpdateLayoutTree", "Layout"];
const PAINT = ["PrePaint", "Paint", "Layerize", "UpdateLayer", "Commit"];

const [folder = "dist", rounds = "3"] = process.argv.slice(2);
if (!existsSync(join(folder, "index.html"))) throw new Error(`${folder}/ is empty: run make build first`);
const graph = grid();
const middle = graph.nodes[Math.floor(ROWS / 2) * COLUMNS + COLUMNS / 2];

const other = await mkdtemp(join(tmpdir(), "reactflow-"));
const servers = [await serve(folder, 4176), await serve(other, 4177)];
let browser;
try {
  await bundle(other);
  browser = await chromium.launch(config.use.launchOptions);
  const apps = { Eventyard: openHere, "React Flow": openThere };
  const measured = [];
  for (const full of [false, true]) {
    const seen = await look(full);
    for (let round = 0; round < Number(rounds); round++) {
      const order = round % 2 ? Object.keys(apps).reverse() : Object.keys(apps);
      for (const app of order) {
        const page = await browser.newPage({ viewport: config.use.viewport });
        const node = await apps[app](page, full, seen);
        measured.push({ app, full, round, ...(await drag(page, node)) });
        await page.context().close();
      }
    }
  }
  report(measured);
} finally {
  await browser?.close();
  for (const server of servers) server.close();
  await rm(other, { recursive: true });
}

/** Each node is joined to the one on its right, and some to the one below. */
function grid() {
  const id = (number) => `00000000-0000-4000-8000-${number.toString(16).padStart(12, "0")}`;
  const nodes = Array.from({ length: COLUMNS * ROWS }, (_, index) => ({
    id: id(index + 1),
    name: `Step ${index + 1}`,
    x: (index % COLUMNS) * 240,
    y: Math.floor(index / COLUMNS) * 160,
  }));
  const right = nodes.flatMap((_, from) => ((from + 1) % COLUMNS ? [[from, from + 1]] : []));
  const below = nodes.slice(COLUMNS).map((_, from) => [from, from + COLUMNS]);
  const few = EDGES - right.length;
  const spread = Array.from({ length: few }, (_, index) => below[Math.floor((index * below.length) / few)]);
  const edges = [...right, ...spread].map(([from, to], index) => ({
    id: id(COLUMNS * ROWS + index + 1),
    from: nodes[from].id,
    to: nodes[to].id,
  }));
  return { nodes, edges };
}

/** The graph as a diagram: functions that call each other, and nobody who calls the first. */
function diagram() {
  const nodes = graph.nodes.map((node) => ({ ...node, kind: "function" }));
  const edges = graph.edges.map((edge) => ({ ...edge, kind: "call" }));
  return JSON.stringify({ version: 1, name: "300 nodes", nodes, edges });
}

async function bundle(outdir) {
  await build({
    entryPoints: ["tests/tools/reactflow.jsx"],
    bundle: true,
    minify: true,
    format: "esm",
    jsx: "automatic",
    define: { "process.env.NODE_ENV": '"production"' },
    outdir,
    logLevel: "warning",
  });
  const head = '<meta charset="utf-8"><link rel="stylesheet" href="reactflow.css">';
  await writeFile(
    join(outdir, "index.html"),
    `<!doctype html><head>${head}</head><body><div id="root"></div><script type="module" src="reactflow.js"></script></body>`,
  );
}

async function openHere(page, full) {
  await page.goto("http://127.0.0.1:4176/");
  await page.waitForFunction(() => window.eventyard !== undefined);
  await page
    .getByTestId("file-input")
    .setInputFiles({ name: "grid.json", mimeType: "application/json", buffer: Buffer.from(diagram()) });
  const node = page.locator(`.diagram g[data-node="${middle.id}"]`);
  await node.waitFor();
  if (full) await page.keyboard.press("0");
  // While it is dragged, a copy above it moves.
  return page.locator(`.canvas g[data-node="${middle.id}"] .box`).last();
}

async function openThere(page, _full, seen) {
  await page.addInitScript((given) => (window.graph = given), { ...graph, size: SIZE, ...seen });
  await page.goto("http://127.0.0.1:4177/");
  await page.locator(".react-flow__edge").nth(EDGES - 1).waitFor({ state: "attached" });
  return page.locator(`.react-flow__node[data-id="${middle.id}"]`);
}

/** The frame in which the app shows the graph, and where in it. */
async function look(full) {
  const page = await browser.newPage({ viewport: config.use.viewport });
  await openHere(page, full);
  await page.waitForTimeout(500);
  const frame = await page.getByTestId("canvas").boundingBox();
  const text = await page.locator("svg.diagram > g[transform]").first().getAttribute("transform");
  await page.context().close();
  const [x, y, zoom] = text.match(/-?[\d.]+/g).map(Number);
  return { frame, viewport: { x, y, zoom } };
}

async function drag(page, node) {
  // Both get a listener, so that the trace tells of each step.
  await page.evaluate(() => window.addEventListener("pointermove", () => {}, { passive: true }));
  await page.waitForTimeout(1_500);
  const box = await node.boundingBox();
  const from = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  // A short drag first, so that everything is loaded and compiled.
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  for (let step = 0; step <= 30; step++) await page.mouse.move(...way(from, step));
  await browser.startTracing(page, { categories: ["toplevel", "devtools.timeline"] });
  for (let step = 1; step <= STEPS; step++) await page.mouse.move(...way(from, 30 + step));
  const trace = JSON.parse((await browser.stopTracing()).toString());
  const now = await node.boundingBox();
  await page.mouse.up();
  const [x, y] = way(from, 30 + STEPS);
  const off = Math.hypot(now.x + now.width / 2 - x, now.y + now.height / 2 - y);
  // It may snap or lag by a step, but it has to follow.
  if (off > 20) throw new Error(`the node is ${off.toFixed(1)} pixels from the mouse`);
  return steps(trace.traceEvents);
}

/** A figure of eight around where the node was. */
function way({ x, y }, step) {
  const turn = (step / STEPS) * 2 * Math.PI;
  return [x + 150 * Math.sin(turn), y + 100 * Math.sin(2 * turn)];
}

/** For each step, milliseconds of the main thread and what they went into, and the time to the next step. */
function steps(events) {
  const moves = events.filter((event) => event.name === "EventDispatch" && event.args.data.type === "pointermove");
  const thread = ({ pid, tid }) => `${pid}/${tid}`;
  const page = thread(moves[0]);
  const times = [];
  // One step may be dispatched to several listeners.
  for (const { ts } of moves.sort((a, b) => a.ts - b.ts)) if (ts - (times.at(-1) ?? 0) > 2_000) times.push(ts);
  const mine = events.filter((event) => event.ph === "X" && thread(event) === page);
  const sums = (wanted) => {
    const result = new Array(times.length).fill(0);
    let step = -1;
    for (const event of outermost(mine.filter(wanted))) {
      while (step + 1 < times.length && times[step + 1] < event.ts + event.dur) step++;
      if (step >= 0) result[step] += cost(event);
    }
    // The last step has no end, the first may be that of the tracing.
    return result.slice(1, -1);
  };
  const of = (names) => sums((event) => names.includes(event.name));
  return {
    all: sums((event) => event.name.endsWith("RunTask")),
    script: of(SCRIPT),
    style: of(STYLE),
    paint: of(PAINT),
    between: times.slice(2).map((time, index) => (time - times[index + 1]) / 1000),
  };
}

function report(measured) {
  const text = (number) => number.toFixed(2);
  console.log("| zoom | round | | steps | median | p95 | scripting | style, layout | painting | from frame to frame |");
  console.log("|---|---|---|---|---|---|---|---|---|---|");
  for (const { app, full, round, all, script, style, paint, between } of measured) {
    const parts = [at(all, 0.5), at(all, 0.95), at(script, 0.5), at(style, 0.5), at(paint, 0.5), at(between, 0.5)];
    console.log(`| ${full ? "100 %" : "all"} | ${round + 1} | ${app} | ${all.length} | ${parts.map(text).join(" | ")} |`);
  }
  console.log("\n| zoom | Eventyard, median and p95 | React Flow, median and p95 | ratio of medians | of p95 |");
  console.log("|---|---|---|---|---|");
  for (const full of [false, true]) {
    const of = (app) => measured.filter((it) => it.full === full && it.app === app).flatMap((it) => it.all);
    const [here, there] = [of("Eventyard"), of("React Flow")];
    const pair = (list) => `${text(at(list, 0.5))} ms, ${text(at(list, 0.95))} ms`;
    const ratio = (share) => (at(there, share) / at(here, share)).toFixed(1);
    console.log(`| ${full ? "100 %" : "all"} | ${pair(here)} | ${pair(there)} | ${ratio(0.5)} | ${ratio(0.95)} |`);
  }
}
