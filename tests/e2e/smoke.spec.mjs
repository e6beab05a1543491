// The page itself: loads from a sub-path, says nothing in the console, asks for nothing more, and lets nothing foreign run.
import { readFileSync } from "node:fs";
import { expect, test } from "./app.mjs";

test("loads, runs, and asks for nothing after that", async ({ page, app }) => {
  await app.open();
  const requests = [];
  page.on("request", (request) => requests.push(request.url()));
  await app.waitForTime(300_000);
  await page.getByTestId("guide-pubsub-topic").click();
  await app.select("Payments topic");
  await page.getByTestId("theme").click();
  await page.waitForTimeout(500);
  expect(requests.filter((url) => !url.startsWith("blob:"))).toEqual([]);
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

test("with reduced motion nothing travels, and the log tells what happens", async ({ page, app }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await app.open();
  await app.speed(0.5);
  await app.pass(2);
  await page.getByTestId("play").click();
  await expect(page.getByTestId("log-line").first()).toBeVisible();
  // Between two looks at a paused picture nothing has moved: what lit up has only faded.
  await page.waitForTimeout(3_000);
  const canvas = page.locator("canvas.tokens");
  const before = await canvas.evaluate((canvas) => canvas.toDataURL());
  await page.waitForTimeout(200);
  expect(await canvas.evaluate((canvas) => canvas.toDataURL())).toBe(before);
});
