// Measures the frames of the opening diagram at its usual traffic, from a trace of headless Chromium:
// node tests/tools/frames.mjs [seconds]. What a frame costs is all that the page's main thread does between two frames:
// scripting, style, layout, painting, and whatever else comes in between. Figures go to benches/RESULTS.md.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { chromium } from "@playwright/test";
import config from "../e2e/playwright.config.mjs";

const SETTLE = 3_000;
const PORT = 4175;
const seconds = Number(process.argv[2] ?? 20);
const query = process.argv[3] ?? "";

const server = spawn(process.execPath, ["tests/tools/serve.mjs", "dist", String(PORT)], { stdio: "ignore" });
try {
  if (!existsSync("dist/index.html")) throw new Error("dist/ is empty: run make build first");
  const browser = await chromium.launch(config.use.launchOptions);
  const page = await browser.newPage({ viewport: config.use.viewport });
  await open(page);
  await page.waitForTimeout(SETTLE);
  await browser.startTracing(page, { categories: ["toplevel", "devtools.timeline"] });
  await page.waitForTimeout(seconds * 1000);
  const trace = JSON.parse((await browser.stopTracing()).toString());
  await browser.close();
  report(frames(trace.traceEvents));
} finally {
  server.kill();
}

async function open(page) {
  for (let attempt = 0; ; attempt++) {
    try {
      await page.goto(`http://127.0.0.1:${PORT}/${query}`);
      return;
    } catch (error) {
      if (attempt > 20) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** Milliseconds of the main thread's work for each frame. */
function frames(events) {
  const starts = events.filter((event) => event.name === "FireAnimationFrame");
  // The thread that fires the most animation frames is the page's.
  const count = new Map();
  for (const { pid, tid } of starts) count.set(`${pid}/${tid}`, (count.get(`${pid}/${tid}`) ?? 0) + 1);
  const thread = [...count].sort((a, b) => b[1] - a[1])[0]?.[0];
  if (!thread) throw new Error("the trace holds no animation frame");
  const onThread = (event) => `${event.pid}/${event.tid}` === thread;
  const tasks = events.filter((event) => event.ph === "X" && event.name.endsWith("RunTask") && onThread(event));
  const times = starts.filter(onThread).map((event) => event.ts).sort((a, b) => a - b);
  const top = outermost(tasks);
  const costs = new Array(times.length).fill(0);
  let frame = 0;
  for (const task of top) {
    // A task belongs to the frame that it fires, or to the one before.
    while (frame + 1 < times.length && times[frame + 1] < task.ts + task.dur) frame++;
    if (times[frame] < task.ts + task.dur) costs[frame] += task.dur / 1000;
  }
  return { costs, rate: (times.length - 1) / ((times.at(-1) - times[0]) / 1e6) };
}

/** Tasks that run within no other one, in order. */
function outermost(tasks) {
  const result = [];
  for (const task of tasks.sort((a, b) => a.ts - b.ts || b.dur - a.dur)) {
    const last = result.at(-1);
    if (!last || task.ts >= last.ts + last.dur) result.push(task);
  }
  return result;
}

function report({ costs, rate }) {
  const sorted = costs.toSorted((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))].toFixed(2);
  console.log(`${costs.length} frames at ${rate.toFixed(0)} a second`);
  console.log(`main thread a frame: median ${at(0.5)} ms, p95 ${at(0.95)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms`);
  console.log(`frames over 50 ms: ${costs.filter((cost) => cost > 50).length}`);
}
