// The page itself: loads from a sub-path, says nothing in the console, asks for nothing more, and lets nothing foreign run.
import { readFileSync } from "node:fs";
import { expect, test } from "./app.mjs";

test("loads, runs, fetches ahead what is likely to be wanted, and asks for nothing after that", async ({ page, app }) => {
  const ahead = page.waitForResponse(/\/dialogs-\w+\.wasm$/);
  await app.open();
  await ahead;
  await page.waitForLoadState("networkidle");
  const requests = [];
  page.on("request", (request) => requests.push(request.url()));
  await app.waitForTime(300_000);
  await page.getByTestId("guide-pubsub-topic").click();
  await app.select("Payments topic");
  await page.getByTestId("theme").click();
  await page.waitForTimeout(500);
  expect(requests.filter((url) => !url.startsWith("blob:"))).toEqual([]);
});

test("a part of the app that cannot be fetched is said, and is there once the connection is back", async ({ page, app, allowConsole }) => {
  allowConsole();
  await page.route(/\/tester-\w+\.wasm$/, (route) => route.abort());
  await app.open();
  await page.getByTestId("tester-open").click();
  await expect(page.getByTestId("notice")).toContainText("could not be loaded");
  await page.unroute(/\/tester-\w+\.wasm$/);
  await page.getByTestId("tester-open").click();
  await expect(page.getByTestId("tester")).toBeVisible();
});

test("the Content-Security-Policy lets no inline script run", async ({ page, app, allowConsole }) => {
  allowConsole();
  await app.open();
  await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "window.intruder = true";
    document.body.append(script);
  });
  expect(await page.evaluate(() => window.intruder)).toBeUndefined();
  const policy = await page.locator("meta[http-equiv=Content-Security-Policy]").getAttribute("content");
  expect(policy).toContain("default-src 'self'");
  expect(policy).not.toContain("unsafe-inline");
});

test("opens on the queue diagram, running", async ({ page, app }) => {
  await app.open();
  await expect(page.getByTestId("title")).toHaveText("Decouple with a queue");
  await expect(page.getByTestId("play")).toHaveAttribute("aria-pressed", "true");
  const before = await app.now();
  await expect.poll(() => app.now()).toBeGreaterThan(before);
});

for (const width of [1280, 390]) {
  test(`nothing jumps while a slow machine builds the window, at a width of ${width}`, async ({ page }) => {
    test.setTimeout(90_000);
    await page.setViewportSize({ width, height: 844 });
    await page.addInitScript(() => {
      window.jumped = 0;
      const add = (list) => list.getEntries().forEach(({ value }) => (window.jumped += value));
      new PerformanceObserver(add).observe({ type: "layout-shift", buffered: true });
    });
    const session = await page.context().newCDPSession(page);
    await session.send("Emulation.setCPUThrottlingRate", { rate: 4 });
    await page.goto("./");
    await expect(page.getByTestId("build-search")).toBeAttached({ timeout: 60_000 });
    // The figures themselves move a little when they grow longer.
    expect(await page.evaluate(() => window.jumped)).toBeLessThan(0.01);
  });
}

test("an address that asks for what there is not says so and opens the usual diagram", async ({ page, app }) => {
  await app.open("?d=nothing&seed=abc&speed=9999");
  await expect(page.getByTestId("notice")).toContainText("nothing");
  await expect(page.getByTestId("notice")).toContainText("seed");
  await expect(page.getByTestId("notice")).toContainText("speed");
  await expect(page.getByTestId("title")).toHaveText("Decouple with a queue");
});

test("the address names the diagram that is open", async ({ page, app }) => {
  await app.open();
  await page.getByTestId("guide-combined").click();
  expect(page.url()).toContain("?d=combined");
  await app.open("?d=combined");
  await expect(page.getByTestId("title")).toHaveText("Patterns combined");
});

for (const scheme of ["light", "dark"]) {
  test(`axe finds no fault in the ${scheme} theme`, async ({ page, app, allowConsole }) => {
    allowConsole();
    await page.emulateMedia({ colorScheme: scheme });
    await app.open();
    await app.select("Sales queue");
    await page.getByTestId("play").click();
    expect(await app.axe()).toEqual([]);
    await page.getByTestId("tab-settings").click();
    expect(await app.axe()).toEqual([]);
  });
}

test("when the app itself breaks, it says what happened and hands over the diagram as it is", async ({ page, app, allowConsole }) => {
  allowConsole();
  await app.open();
  await app.select("Sales queue");
  await app.set("VisibilityTimeout", "77");
  await page.evaluate(() => {
    try {
      window.eventyard.breakDown();
    } catch {
      // A panic ends in a trap; what counts is what people see.
    }
  });
  const box = page.getByRole("alertdialog");
  await expect(box).toContainText("Eventyard has stopped");
  await expect(box).toContainText("somebody asked for it");
  const download = page.waitForEvent("download");
  await box.getByRole("link", { name: "Download the diagram" }).click();
  const saved = JSON.parse(readFileSync(await (await download).path(), "utf8"));
  expect(saved.version).toBe(1);
  expect(saved.nodes.find((node) => node.name === "Sales queue").settings.VisibilityTimeout).toBe(77);
});

/** How many pixels of the messages' layer have the colour of a request on its way. */
function requestPixels(page) {
  return page.locator("canvas.tokens").evaluate((canvas) => {
    const colour = getComputedStyle(document.documentElement).getPropertyValue("--edge").trim();
    const wanted = [1, 3, 5].map((place) => parseInt(colour.slice(place, place + 2), 16));
    // From a copy: reading the page's own canvas would slow it down.
    const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
    copy.drawImage(canvas, 0, 0);
    const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
    let count = 0;
    for (let at = 0; at < data.length; at += 4) {
      if (data[at + 3] === 255 && wanted.every((part, index) => data[at + index] === part)) count++;
    }
    return count;
  });
}

test("requests are seen to travel", async ({ page, app }) => {
  await app.open();
  await expect.poll(() => requestPixels(page)).toBeGreaterThan(20);
});

test("with reduced motion nothing travels, and the log tells what happens", async ({ page, app }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await app.open();
  for (let look = 0; look < 20; look++) {
    expect(await requestPixels(page)).toBe(0);
    await page.waitForTimeout(100);
  }
  expect(await app.headline("requests")).toBeGreaterThan(0);
  await expect(page.getByTestId("log-line").first()).toBeVisible();
});
