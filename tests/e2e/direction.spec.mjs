// The window in languages that are written from right to left: mirrored, except for diagrams, axes of time and code.
import { expect, test } from "./app.mjs";

test.beforeEach(({ page }) => page.addInitScript(() => {
  document.addEventListener("DOMContentLoaded", () => (document.documentElement.dir = "rtl"));
}));

/** The sides of elements on the page. */
const sides = (locator) => locator.evaluate((element) => {
  const { left, right } = element.getBoundingClientRect();
  return { left, right };
});

for (const width of [1280, 390]) {
  test(`nothing leaves its place at a width of ${width}`, async ({ page, app }) => {
    await page.setViewportSize({ width, height: 800 });
    await app.open();
    for (const node of await page.locator("[data-testid^=node-]").all()) {
      const [box, words] = [await sides(node.locator("rect").first()), await sides(node.locator("text").first())];
      expect(words.left).toBeGreaterThanOrEqual(box.left);
      expect(words.right).toBeLessThanOrEqual(box.right);
    }
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  });
}

test("the guide stands on the right, the inspector on the left, and time runs to the right", async ({ page, app }) => {
  await app.open();
  await app.select("Sales queue");
  const canvas = await sides(page.getByTestId("canvas"));
  expect((await sides(page.getByTestId("guide-combined"))).left).toBeGreaterThanOrEqual(canvas.right);
  expect((await sides(page.getByTestId("inspector-title"))).right).toBeLessThanOrEqual(canvas.left);
  const [client, database] = [await sides(app.node("Front end")), await sides(app.node("Sales database"))];
  expect(client.left).toBeLessThan(database.left);
  expect(await app.axe()).toEqual([]);
});
