// An hour of simulated time at 100 requests/s in headless Chromium, on the release site: memory and frames.
// make build && node tests/tools/hour.mjs [DIAGRAM] [DIST]. Memory is that of WebAssembly and of JavaScript, as the page
// measures them itself; frames are the distances between them while the hour runs as fast as the machine can, and at 1×
// afterwards. Figures go to benches/RESULTS.md.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { chromium } from "@playwright/test";
import config from "../e2e/playwright.config.mjs";

const id = process.argv[2] ?? "combined";
const DIST = process.argv[3] ?? "dist";
const PORT = 4178;
const RATE = 100;
const HOUR = 3_600e6;

const server = spawn(process.execPath, ["tests/tools/serve.mjs", DIST, String(PORT)], { stdio: "ignore" });
try {
  if (!existsSync(`${DIST}/index.html`)) throw new Error(`${DIST}/ is empty: run make build first`);
  await new Promise((resolve) => setTimeout(resolve, 500));
  const browser = await chromium.launch(config.use.launchOptions);
  const page = await browser.newPage({ viewport: config.use.viewport });
  const session = await page.context().newCDPSession(page);
  await page.goto(`http://127.0.0.1:${PORT}/?d=${id}`);
  await page.waitForFunction(() => window.eventyard !== undefined);
  await raiseRate(page);
  await page.getByTestId("dock-metrics").click();
  await page.getByTestId("speed").selectOption("1000");
  const frames = page.evaluate(distances, HOUR);
  const start = Date.now();
  let most = 0;
  for (let done = false; !done; ) {
    await page.waitForTimeout(2_000);
    const [now, bytes] = [await page.evaluate(() => window.eventyard.now()), await memory(session, page)];
    most = Math.max(most, bytes.wasm + bytes.script);
    done = now >= HOUR;
    console.log(`${(now / 60e6).toFixed(1)} min: WebAssembly ${mega(bytes.wasm)}, JavaScript ${mega(bytes.script)}`);
  }
  console.log(`an hour of ${id} at ${RATE} requests/s took ${((Date.now() - start) / 1000).toFixed(0)} s; at the most ${mega(most)}`);
  console.log(`frames while it ran: ${words(await frames)}`);
  await page.getByTestId("speed").selectOption("1");
  const calm = page.evaluate(distances, (await page.evaluate(() => window.eventyard.now())) + 20e6);
  console.log(`frames at 1× after the hour: ${words(await calm)}`);
  await browser.close();
} finally {
  server.kill();
}

/** Sets the rate of the client, as a person would. */
async function raiseRate(page) {
  const client = await page.evaluate(() => JSON.parse(window.eventyard.document()).nodes.find((node) => node.kind === "client").name);
  await page.getByTestId(`node-${client.toLowerCase().replace(/[^a-z0-9]+/g, "-")}`).click();
  await page.getByTestId("tab-settings").click();
  await page.getByTestId("setting-Arrivals-as").click();
  const field = page.getByTestId("setting-Arrivals");
  await field.fill(JSON.stringify({ poisson: RATE }));
  await field.blur();
  const nodes = await page.evaluate(() => JSON.parse(window.eventyard.document()).nodes);
  const set = nodes.find((node) => node.kind === "client").settings.Arrivals;
  if (set?.poisson !== RATE) throw new Error(`the rate was not set: ${JSON.stringify(set)}`);
}

async function memory(session, page) {
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  return { wasm: await page.evaluate(() => window.eventyard.memory()), script: usedSize };
}

/** Runs in the page: milliseconds between frames until a simulated time. */
function distances(until) {
  return new Promise((resolve) => {
    const list = [];
    let last = performance.now();
    const frame = (now) => {
      list.push(now - last);
      last = now;
      if (window.eventyard.now() < until) requestAnimationFrame(frame);
      else resolve(list.slice(1));
    };
    requestAnimationFrame(frame);
  });
}

function mega(bytes) {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}

function words(list) {
  const sorted = list.toSorted((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))].toFixed(1);
  return `median ${at(0.5)} ms, p95 ${at(0.95)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms, of ${list.length}`;
}
