// Shows 2,000 messages in flight, and as many answers on their way back, on a diagram of 100 nodes; and in the same run, in
// a frame of the same size, tokens of bpmn-js with bpmn-js-token-simulation on the same graph, and a bare canvas with 2,000
// dots. node tests/tools/tokens.mjs [folder] [rounds]. What a frame costs is all that the page's main thread does from one
// frame to the next. PICTURE=file keeps pictures of what was measured. The peers are installed into target/, never into the
// site. Figures go to benches/RESULTS.md.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "@playwright/test";
import { build } from "esbuild";
import config from "../e2e/playwright.config.mjs";
import { serve } from "./serve.mjs";
import { at, frames } from "./trace.mjs";

const PEERS = "target/peers";
const PACKAGES = ["bpmn-js@18.31.1", "bpmn-js-token-simulation@0.39.4"];
const MESSAGES = 2_000;
/** How many tokens the peer is given. */
const TRIED = [100, 200, 400, 800, 2_000];
const SECONDS = 4;
/** The app's node, in its own units. */
const SIZE = { width: 152, height: 88 };
const CHAINS = 4;
const TOPICS = 8;
const QUEUES = 80;
/** 480 subscriptions, each with 4 messages on their way, and 4 answers on theirs. */
const SUBSCRIBERS = 60;
/** There and back, in milliseconds. */
const DELIVERY = 20_000;
const RATE = MESSAGES / (TOPICS * SUBSCRIBERS) / (DELIVERY / 2_000);

const [folder = "dist", rounds = "3"] = process.argv.slice(2);
if (!existsSync(join(folder, "index.html"))) throw new Error(`${folder}/ is empty: run make build first`);
if (!existsSync(join(PEERS, "node_modules/bpmn-js-token-simulation"))) {
  execFileSync("npm", ["install", "--prefix", PEERS, "--no-save", "--no-audit", "--no-fund", ...PACKAGES], { stdio: "inherit" });
}
const graph = crowd();
const other = await mkdtemp(join(tmpdir(), "tokens-"));
const servers = [await serve(folder, 4178), await serve(other, 4179)];
let browser;
try {
  await bundle(other);
  browser = await chromium.launch(config.use.launchOptions);
  const measured = [];
  for (let round = 0; round < Number(rounds); round++) {
    const { frame, viewport, costs } = await measureHere();
    measured.push({ app: "Eventyard", count: MESSAGES, costs });
    measured.push({ app: "bare canvas", count: MESSAGES, costs: await measure("canvas.html", { ...frame, count: MESSAGES }) });
    for (const count of TRIED) {
      const given = { ...graph, size: SIZE, ...frame, viewport, count };
      measured.push({ app: "bpmn-js-token-simulation", count, costs: await measure("bpmn.html", given) });
    }
  }
  report(measured);
} finally {
  await browser?.close();
  for (const server of servers) server.close();
  await rm(other, { recursive: true });
}

/** Four ways in, eight topics, eighty queues that many topics deliver to. */
function crowd() {
  const id = (number) => `00000000-0000-4000-8000-${number.toString(16).padStart(12, "0")}`;
  const nodes = [];
  const edges = [];
  const add = (kind, name, x, y, settings) => nodes.push({ id: id(nodes.length + 1), kind, name, x, y, settings }) - 1;
  const join = (kind, from, to, settings) =>
    edges.push({ id: id(1_000 + edges.length), kind, from: nodes[from].id, to: nodes[to].id, settings });
  const topics = Array.from({ length: TOPICS }, (_, index) => add("topic", `Topic ${index + 1}`, 720, index * 260 + 80));
  for (let chain = 0; chain < CHAINS; chain++) {
    const y = chain * 520 + 200;
    const client = add("client", `Client ${chain + 1}`, 0, y, { Arrivals: { constant: RATE } });
    const gateway = add("gateway", `Gateway ${chain + 1}`, 240, y);
    const own = topics.slice(chain * 2, chain * 2 + 2);
    const steps = own.map((topic) => ({ step: "publish", to: nodes[topic].id, payload: "{{message}}" }));
    steps.push({ step: "respond", payload: { statusCode: 202, body: "" } });
    const worker = add("function", `Function ${chain + 1}`, 480, y, { Handler: steps });
    join("request", client, gateway);
    join("integration", gateway, worker);
    for (const topic of own) join("publish", worker, topic);
  }
  const queues = Array.from({ length: QUEUES }, (_, index) =>
    add("queue", `Queue ${index + 1}`, 1_400 + Math.floor(index / 16) * 320, (index % 16) * 130),
  );
  topics.forEach((topic, index) => {
    for (let step = 0; step < SUBSCRIBERS; step++) {
      join("subscription", topic, queues[(index * 10 + step) % QUEUES], { Latency: DELIVERY });
    }
  });
  return { nodes, edges };
}

async function measureHere() {
  const page = await browser.newPage({ viewport: config.use.viewport });
  await page.goto("http://127.0.0.1:4178/");
  await page.waitForFunction(() => window.eventyard !== undefined);
  const document = JSON.stringify({ version: 1, name: "Crowd", ...graph });
  await page
    .getByTestId("file-input")
    .setInputFiles({ name: "crowd.json", mimeType: "application/json", buffer: Buffer.from(document) });
  await page.locator(`.diagram g[data-node="${graph.nodes[0].id}"]`).waitFor();
  // At the usual speed, until the first messages have arrived.
  await page.getByTestId("speed").selectOption("1");
  await page.waitForFunction((until) => window.eventyard.now() > until * 1000, DELIVERY + 3_000, { timeout: 60_000 });
  const frame = await page.getByTestId("canvas").boundingBox();
  const text = await page.locator("svg.diagram > g[transform]").first().getAttribute("transform");
  const [x, y, zoom] = text.match(/-?[\d.]+/g).map(Number);
  if (process.env.PICTURE) await page.screenshot({ path: process.env.PICTURE });
  const costs = await trace(page);
  await page.context().close();
  return { frame: { frame }, viewport: { x, y, zoom }, costs };
}

async function measure(path, given) {
  const page = await browser.newPage({ viewport: config.use.viewport });
  await page.addInitScript((given) => (window.given = given), given);
  await page.goto(`http://127.0.0.1:4179/${path}`);
  await page.waitForFunction(() => window.ready === true);
  await page.waitForTimeout(1_500);
  if (process.env.PICTURE) await page.screenshot({ path: `${process.env.PICTURE}-${path}-${given.count}.png` });
  const costs = await trace(page);
  await page.context().close();
  return costs;
}

async function trace(page) {
  await browser.startTracing(page, { categories: ["toplevel", "devtools.timeline"] });
  await page.waitForTimeout(SECONDS * 1000);
  // The first frames pay for the tracing's own beginning.
  return frames(JSON.parse((await browser.stopTracing()).toString()).traceEvents).costs.slice(3);
}

async function bundle(outdir) {
  await build({
    entryPoints: ["tests/tools/bpmn.js"],
    bundle: true,
    minify: true,
    format: "esm",
    nodePaths: [join(PEERS, "node_modules")],
    loader: { ".woff": "empty", ".woff2": "empty", ".eot": "empty", ".ttf": "empty", ".svg": "empty" },
    outdir,
    logLevel: "warning",
  });
  const place = `const { x, y, width, height } = given.frame;
    Object.assign(place.style, { position: "fixed", left: x + "px", top: y + "px", width: width + "px", height: height + "px" });`;
  await writeFile(
    join(outdir, "bpmn.html"),
    `<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="bpmn.css"><div id="place"></div>
    <script>${place}</script><script type="module" src="bpmn.js"></script>`,
  );
  await writeFile(
    join(outdir, "canvas.html"),
    `<!doctype html><meta charset="utf-8"><canvas id="place"></canvas><script>${place}
    place.width = width;
    place.height = height;
    const context = place.getContext("2d");
    const dots = Array.from({ length: given.count }, (_, dot) => ({ x: (dot * 61) % width, y: (dot * 37) % height, speed: 0.5 + (dot % 5) / 5 }));
    function draw() {
      context.clearRect(0, 0, width, height);
      context.fillStyle = "#7c3aed";
      for (const dot of dots) {
        dot.x = (dot.x + dot.speed) % width;
        context.beginPath();
        context.arc(dot.x, dot.y, 3, 0, 2 * Math.PI);
        context.fill();
      }
      requestAnimationFrame(draw);
    }
    requestAnimationFrame(draw);
    window.ready = true;
    </script>`,
  );
}

function report(measured) {
  const text = (number) => number.toFixed(2);
  const of = (app, count) => measured.filter((it) => it.app === app && it.count === count).flatMap((it) => it.costs);
  console.log("| | tokens | frames | median | p95 |");
  console.log("|---|---|---|---|---|");
  for (const key of new Set(measured.map(({ app, count }) => `${app}/${count}`))) {
    const [app, count] = key.split("/");
    const costs = of(app, Number(count));
    console.log(`| ${app} | ${count} | ${costs.length} | ${text(at(costs, 0.5))} ms | ${text(at(costs, 0.95))} ms |`);
  }
  const here = at(of("Eventyard", MESSAGES), 0.5);
  const bare = at(of("bare canvas", MESSAGES), 0.5);
  // Between what was tried, the cost grows evenly.
  const peer = TRIED.map((count) => [count, at(of("bpmn-js-token-simulation", count), 0.5)]);
  const above = peer.findIndex(([, cost]) => cost >= here);
  const [low, high] = above > 0 ? [peer[above - 1], peer[above]] : [[0, 0], peer[Math.max(above, 0)]];
  const equal = above < 0 ? TRIED.at(-1) : low[0] + ((here - low[1]) / (high[1] - low[1])) * (high[0] - low[0]);
  console.log(`\nEventyard: ${text(here)} ms a frame, ${text(here / bare)} times the bare canvas`);
  console.log(`the peer shows ${Math.round(equal)} tokens in that time: ${text(MESSAGES / equal)} times as many here`);
}
