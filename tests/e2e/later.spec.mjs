// What not every diagram needs comes later: the opening diagram runs without it, and whatever needs it waits or says so.
import { expect, test } from "./app.mjs";

const ENGINE = /\/engine-\w+\.wasm$/;

test("the opening diagram runs before the rest of the engine is there", async ({ page }) => {
  let release;
  const held = new Promise((done) => (release = done));
  await page.route(ENGINE, async (route) => {
    await held;
    await route.continue();
  });
  await page.goto("./");
  await expect(page.getByTestId("node-sales-queue")).toBeVisible();
  const clock = page.getByTestId("clock");
  const early = await clock.textContent();
  await expect(clock).not.toHaveText(early);
  // Another one waits until it is there.
  await page.getByTestId("guide-pubsub-bus-rules").click();
  await page.waitForTimeout(300);
  await expect(page.getByTestId("title")).toHaveText("Decouple with a queue");
  release();
  await expect(page.getByTestId("title")).toHaveText("Event bus, one event and rules");
  await expect(page.locator(".diagram .node")).toHaveCount(13);
});

test("a diagram that needs the rest is shown once it is there", async ({ page, app }) => {
  await app.open("?d=pubsub-bus-rules");
  await expect(page.locator(".diagram .node")).toHaveCount(13);
  await expect(page.getByTestId("notice")).toBeHidden();
});

test("without a connection it is said, and what is open goes on", async ({ page, allowConsole }) => {
  allowConsole();
  await page.route(ENGINE, (route) => route.abort());
  await page.goto("./");
  await expect(page.getByTestId("node-sales-queue")).toBeVisible();
  await page.getByTestId("guide-combined").click();
  await expect(page.getByTestId("notice")).toContainText("could not be loaded");
  await expect(page.getByTestId("title")).toHaveText("Decouple with a queue");
  await page.unroute(ENGINE);
  await page.getByTestId("guide-combined").click();
  await expect(page.getByTestId("title")).toHaveText("Patterns combined");
});
