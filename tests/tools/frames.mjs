// Measures the frames of the opening diagram at its usual traffic, from a trace of headless Chromium:
// node tests/tools/frames.mjs [seconds]. What a frame costs is all that the page's main thread does between two frames:
// scripting, style, layout, painting, and whatever else comes in between. Figures go to benches/RESULTS.md.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { chromium } from "@playwright/test";
import config from "../e2e/playwright.config.mjs";
import { at, frames } from "./trace.mjs";

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

function report({ costs, rate }) {
  const share = (part) => at(costs, part).toFixed(2);
  console.log(`${costs.length} frames at ${rate.toFixed(0)} a second`);
  console.log(`main thread a frame: median ${share(0.5)} ms, p95 ${share(0.95)} ms, p99 ${share(0.99)} ms, longest ${share(1)} ms`);
  console.log(`frames over 50 ms: ${costs.filter((cost) => cost > 50).length}`);
}
