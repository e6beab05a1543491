// The examples of tests/examples/, each on an origin of its own: a page, a deck of slides and documentation, each with a lab that is driven.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import { elsewhere, expect, test } from "./app.mjs";

const APP = "http://127.0.0.1:4174/sub/dir/";
const root = new URL("../../", import.meta.url).pathname;
const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".json": "application/json" };

/** Serves a folder; where the examples expect the app, it is the one that is tested. */
async function host(folder, act) {
  await elsewhere((request, response) => {
    const path = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
    const file = normalize(join(folder, path.endsWith("/") ? `${path}index.html` : path));
    if (!file.startsWith(folder) || !existsSync(file)) return response.writeHead(404).end();
    let content = readFileSync(file);
    if (extname(file) === ".html") content = content.toString().replaceAll("http://127.0.0.1:8080/", APP);
    response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" }).end(content);
  }, act);
}

const frames = (page) => page.frames().filter((frame) => frame.url().startsWith(APP));

/** The frame whose address says this. */
async function inside(page, words) {
  const found = () => frames(page).find((frame) => frame.url().includes(words));
  await expect.poll(() => found() !== undefined, { timeout: 20_000 }).toBe(true);
  const frame = found();
  await frame.waitForFunction(() => window.eventyard !== undefined, null, { timeout: 30_000 });
  return frame;
}

/** Answers a lab's first question, whatever it is, and lets its run go to the end. */
async function drive(frame) {
  await expect(frame.getByTestId("lab-player")).toBeVisible({ timeout: 20_000 });
  const choice = frame.getByTestId("lab-choice-1");
  if (await choice.isVisible()) await choice.check();
  else if (await frame.getByTestId("lab-number").isVisible()) await frame.getByTestId("lab-number").fill("3");
  else await frame.getByTestId("lab-node").selectOption({ index: 1 });
  await frame.getByTestId("lab-answer").click();
  await frame.getByTestId("lab-run").click();
  await expect(frame.getByTestId("lab-verdict")).toBeVisible({ timeout: 40_000 });
}

test("a plain page: the lab is taken, its score is shown beside it, and a button speaks with it", async ({ page, app }) => {
  void app;
  test.slow();
  await host(join(root, "tests/examples/plain"), async (url) => {
    await page.goto(url);
    const frame = await inside(page, "lab=");
    await expect(page.locator("#score")).toContainText("Step 1 of");
    await drive(frame);
    await frame.getByTestId("lab-next").click();
    await expect(page.locator("#score")).toContainText("Step 2 of");
    // What the lab does not allow is refused with its reason.
    await page.locator("#fault").click();
    await expect(page.locator("#score")).not.toContainText("Step 2 of");
  });
});

test("a deck of slides: the lab loads with its slide, is taken there, and rests on others", async ({ page, app }) => {
  void app;
  test.slow();
  await host(root, async (url) => {
    await page.goto(`${url}/tests/examples/reveal/`);
    await expect(page.locator(".slides > section.present")).toContainText("Queues under load");
    await page.keyboard.press("ArrowRight");
    const frame = await inside(page, "lab=");
    await drive(frame);
    await page.evaluate(() => document.querySelector(".navigate-right").click());
    await expect(page.locator("#diagram")).toBeVisible();
    const diagram = await inside(page, "d=decouple-queue");
    const now = (frame) => frame.evaluate(() => window.eventyard.now());
    const before = await now(diagram);
    await expect.poll(() => now(diagram)).toBeGreaterThan(before);
    await page.evaluate(() => document.querySelector(".navigate-left").click());
    // Back on the lab's slide it is as it was, and the diagram rests.
    await expect(frame.getByTestId("lab-verdict")).toBeVisible();
    await page.waitForTimeout(500);
    const rests = await now(diagram);
    await page.waitForTimeout(500);
    expect(await now(diagram)).toBe(rests);
  });
});

test("documentation by MkDocs: built, and its lab is taken", async ({ page, app }) => {
  void app;
  test.slow();
  const folder = mkdtempSync(join(tmpdir(), "eventyard-mkdocs-"));
  const mkdocs = join(root, "target/venv/bin/mkdocs");
  try {
    execFileSync(mkdocs, ["build", "--quiet", "--strict", "-f", join(root, "tests/examples/mkdocs/mkdocs.yml"), "-d", folder]);
    await host(folder, async (url) => {
      await page.goto(url);
      await expect(page.getByRole("heading", { name: "Dead letters" })).toBeVisible();
      await drive(await inside(page, "lab="));
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
