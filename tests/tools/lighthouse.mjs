// What Lighthouse thinks of the release site, on its slow phone: node lighthouse.mjs [FOLDER] [RUNS]
// Prints the figures of the median run, and fails below 95, or below 100 in accessibility and best practices.
import { launch } from "chrome-launcher";
import lighthouse from "lighthouse";
import config from "../e2e/playwright.config.mjs";
import { serve } from "./serve.mjs";

const [folder = "dist", runs = "3"] = process.argv.slice(2);
const LEAST = { performance: 0.95, accessibility: 1, "best-practices": 1, seo: 0.95 };

const server = await serve(folder, 0);
const url = `http://127.0.0.1:${server.address().port}/`;
const { executablePath, args } = config.use.launchOptions;
// Hosts have compressed their files before somebody comes, and not on the visitor's processor.
for (const name of ["", "sw.js", ...(await (await fetch(new URL("files.json", url))).json())]) {
  await (await fetch(new URL(name, url), { headers: { "accept-encoding": "br" } })).arrayBuffer();
}
const results = [];
for (let run = 0; run < Number(runs); run++) {
  const chrome = await launch({ chromePath: executablePath, chromeFlags: args });
  results.push((await lighthouse(url, { port: chrome.port, onlyCategories: Object.keys(LEAST), logLevel: "error" })).lhr);
  chrome.kill();
}
server.closeAllConnections();
server.close();

results.sort((one, other) => one.categories.performance.score - other.categories.performance.score);
const median = results[Math.floor(results.length / 2)];
const scores = Object.keys(LEAST).map((name) => [name, median.categories[name].score]);
for (const [name, score] of scores) console.log(`${String(Math.round(score * 100)).padStart(4)}  ${name}`);
for (const name of ["first-contentful-paint", "largest-contentful-paint", "total-blocking-time", "cumulative-layout-shift", "speed-index", "interactive"]) {
  console.log(`${median.audits[name].displayValue.padStart(9)}  ${median.audits[name].title}`);
}
console.log(`performance of each run: ${results.map((it) => Math.round(it.categories.performance.score * 100)).join(", ")}; the machine's index: ${median.environment.benchmarkIndex}`);
// What is not as it should be, with the reason.
for (const [category] of scores) {
  for (const { id, weight } of median.categories[category].auditRefs) {
    const audit = median.audits[id];
    if (weight > 0 && audit.score !== null && audit.score < 0.9) console.log(`${category}: ${audit.title} ${audit.displayValue ?? ""}`);
  }
}
process.exit(scores.every(([name, score]) => score >= LEAST[name]) ? 0 : 1);
