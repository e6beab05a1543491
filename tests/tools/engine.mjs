// Measures the engine in headless Chromium on the release site, as benches/engine.rs does natively:
// make build && node tests/tools/engine.mjs [DIST]. Service events a second of each diagram of the guide at 100 requests/s,
// and what 60 simulated seconds at its default traffic take; the best of many. Figures go to benches/RESULTS.md.
import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { chromium } from "@playwright/test";
import config from "../e2e/playwright.config.mjs";

const DIST = process.argv[2] ?? "dist";
const PORT = 4177;
// Short runs and many of them: the best one is that which nothing else interrupted.
const ROUNDS = 12;
const RATE = 100;
const SPAN = 40;

const server = spawn(process.execPath, ["tests/tools/serve.mjs", DIST, String(PORT)], { stdio: "ignore" });
try {
  if (!existsSync(`${DIST}/index.html`)) throw new Error(`${DIST}/ is empty: run make build first`);
  await new Promise((resolve) => setTimeout(resolve, 500));
  const browser = await chromium.launch(config.use.launchOptions);
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${PORT}/`);
  await page.waitForFunction(() => window.eventyard !== undefined);
  await page.getByTestId("play").click();
  console.log("| diagram | events/s in Chromium | 60 simulated seconds at default traffic |\n|---|---|---|");
  const diagrams = readdirSync("src/lessons/guide").filter((file) => file.endsWith(".json"));
  for (const file of diagrams) {
    const id = file.replace(".json", "");
    const [rate, milliseconds] = await page.evaluate(measure, [id, ROUNDS, RATE, SPAN]);
    console.log(`| ${id} | ${(rate / 1e6).toFixed(2)} M | ${milliseconds.toFixed(1)} ms |`);
  }
  await browser.close();
} finally {
  server.kill();
}

/** Runs in the page. */
function measure([id, rounds, requests, seconds]) {
  let [rate, milliseconds] = [0, Infinity];
  for (let round = 0; round < rounds; round++) {
    rate = Math.max(rate, window.eventyard.eventsPerSecond(id, requests, seconds));
    const start = performance.now();
    window.eventyard.runUntil(id, 7, 60e6);
    milliseconds = Math.min(milliseconds, performance.now() - start);
  }
  return [rate, milliseconds];
}
