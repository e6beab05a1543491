// Measures the rule engine in headless Chromium on the rule sets of benches/rules.rs:
// EXPORT=target/rules-bench cargo bench --bench rules && node tests/tools/rules.mjs [NAME…]
// The native figure comes from `cargo bench --bench rules` and stands beside it in benches/RESULTS.md.
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "@playwright/test";
import config from "../e2e/playwright.config.mjs";

const FOLDER = "target/rules-bench";
const PORT = 4176;
const SECONDS = 0.6;
const wanted = process.argv.slice(2);

const server = spawn(process.execPath, ["tests/tools/serve.mjs", "dist", String(PORT)], { stdio: "ignore" });
try {
  await new Promise((resolve) => setTimeout(resolve, 500));
  const browser = await chromium.launch(config.use.launchOptions);
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${PORT}/`);
  await page.waitForFunction(() => window.eventyard !== undefined);
  await page.getByTestId("play").click();
  const events = readFileSync(join(FOLDER, "events.jsonl"), "utf8");
  console.log("| rules | count | in Chromium, thousand events a second |\n|---|---|---|");
  const files = readdirSync(FOLDER).filter((file) => /-\d+\.jsonl$/.test(file));
  for (const file of files) {
    const [, name, count] = file.match(/^(.+)-(\d+)\.jsonl$/);
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const rules = readFileSync(join(FOLDER, file), "utf8");
    let best = 0;
    for (let round = 0; round < 3; round++) {
      const rate = await page.evaluate(([r, e, s]) => window.eventyard.matchesPerSecond(r, e, s), [rules, events, SECONDS]);
      best = Math.max(best, rate);
    }
    console.log(`| ${name} | ${count} | ${(best / 1000).toFixed(0)} |`);
  }
  await browser.close();
} finally {
  server.kill();
}
