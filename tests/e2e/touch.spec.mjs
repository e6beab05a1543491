// What fingers do on a phone beside tapping: frames, two fingers, the menu.
import { expect, test as base } from "./app.mjs";

const test = base.extend({
  phone: async ({ browser, baseURL }, use) => {
    const context = await browser.newContext({ viewport: { width: 390, height: 800 }, hasTouch: true, isMobile: true });
    const page = await context.newPage();
    await page.goto(`${baseURL}?d=decouple-queue`);
    await page.waitForFunction(() => window.eventyard !== undefined);
    await page.getByTestId("select-mode").waitFor();
    await page.getByTestId("play").tap();
    const session = await context.newCDPSession(page);
    const send = (type, points) => session.send("Input.dispatchTouchEvent", { type, touchPoints: points.map(([x, y], id) => ({ x, y, id })) });
    await use({ page, send });
    await context.close();
  },
});

async function middle(locator) {
  const { x, y, width, height } = await locator.boundingBox();
  return [x + width / 2, y + height / 2];
}

/** A corner beyond the upper left of the topmost node on the left, and one beyond the lower right of another. */
async function around(page, first, second) {
  const [a, b] = await Promise.all([first, second].map((name) => page.getByTestId(`node-${name}`).boundingBox()));
  const left = Math.min(a.x, b.x);
  const top = Math.min(a.y, b.y);
  return [[left - 6, top - 14], [Math.max(a.x + a.width, b.x + b.width) + 4, Math.max(a.y + a.height, b.y + b.height) + 4]];
}

async function drag(send, [from, to], rest = 0) {
  await send("touchStart", [from]);
  if (rest) await new Promise((resolve) => setTimeout(resolve, rest));
  for (const share of [0.2, 0.5, 0.8, 1]) {
    await send("touchMove", [[from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share]]);
  }
  await send("touchEnd", []);
}

const selected = (page) => page.locator(".diagram .node.selected");

test("a long press on the empty plane and a drag select what the frame touches", async ({ phone: { page, send } }) => {
  await drag(send, await around(page, "sales", "sales-database"), 700);
  await expect(selected(page)).toHaveCount(2);
  await expect(page.getByTestId("several-title")).toHaveText("2 nodes and 1 edge");
  await expect(page.getByTestId("context-menu")).toHaveCount(0);
});

test("a long press that is let go asks for the menu", async ({ phone: { page, send } }) => {
  const [from] = await around(page, "sales", "sales-database");
  await send("touchStart", [from]);
  await page.waitForTimeout(700);
  await send("touchEnd", []);
  await expect(page.getByTestId("context-menu")).toBeVisible();
  await expect(page.getByTestId("menu-add")).toBeVisible();
});

test("in the mode of selecting a finger draws a frame, taps add, and what is selected moves together", async ({ phone: { page, send } }) => {
  const before = await middle(page.getByTestId("node-front-end"));
  await page.getByTestId("select-mode").tap();
  await expect(page.getByTestId("select-mode")).toHaveAttribute("aria-pressed", "true");
  await drag(send, await around(page, "sales", "sales-database"));
  await expect(selected(page)).toHaveCount(2);
  // The view has not moved along with the finger; that the sheet makes it move up is another matter.
  expect((await middle(page.getByTestId("node-front-end")))[0]).toBeCloseTo(before[0], 0);
  await page.getByTestId("node-sales-queue").tap();
  await expect(selected(page)).toHaveCount(3);
  await page.getByTestId("node-sales-queue").tap();
  await expect(selected(page)).toHaveCount(2);
  const document = async () => JSON.parse(await page.evaluate(() => window.eventyard.document()));
  const start = await document();
  const [x, y] = await middle(page.getByTestId("node-sales"));
  await drag(send, [[x, y], [x, y - 40]]);
  const moved = async (name) => {
    const of = (document) => document.nodes.find((node) => node.name === name);
    return of(await document()).y - of(start).y;
  };
  await expect.poll(() => moved("Sales")).toBeLessThan(-20);
  expect(await moved("Sales database")).toBe(await moved("Sales"));
  expect(await moved("Customer")).toBe(0);
  await expect(page.getByTestId("undo")).toHaveAttribute("title", "Undo: Move 2 nodes");
  // No finger is back sooner, and the browser takes no tap right after a drag.
  await page.waitForTimeout(400);
  await page.getByTestId("undo").tap();
  await expect.poll(document).toEqual(start);
  // Under the sheet.
  await page.getByRole("button", { name: "Close the inspector" }).tap();
  await page.getByTestId("select-mode").tap();
  await expect(page.getByTestId("select-mode")).toHaveAttribute("aria-pressed", "false");
});

test("two fingers zoom and move the view", async ({ phone: { page, send } }) => {
  const size = async () => (await page.getByTestId("node-sales").boundingBox()).width;
  const plane = await page.getByTestId("canvas").boundingBox();
  const [x, y] = [plane.x + plane.width / 2, plane.y + plane.height / 2];
  const before = await size();
  await send("touchStart", [[x - 40, y], [x + 40, y]]);
  for (const wide of [60, 80, 100, 120]) await send("touchMove", [[x - wide, y], [x + wide, y]]);
  await send("touchEnd", []);
  await expect.poll(size).toBeGreaterThan(before * 2.5);
  const [left, top] = await middle(page.getByTestId("node-sales"));
  await send("touchStart", [[x - 40, y], [x + 40, y]]);
  for (const down of [10, 20, 30]) await send("touchMove", [[x - 40, y + down], [x + 40, y + down]]);
  await send("touchEnd", []);
  const [nowLeft, nowTop] = await middle(page.getByTestId("node-sales"));
  expect(nowTop - top).toBeGreaterThan(24);
  expect(Math.abs(nowLeft - left)).toBeLessThan(6);
  await expect(selected(page)).toHaveCount(0);
});
