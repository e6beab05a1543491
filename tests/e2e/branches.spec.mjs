// Two futures of one past over each other, costs among the tabs below, and designs side by side on one loop of frames.
import { expect, test } from "./app.mjs";

async function pause(page) {
  const play = page.getByTestId("play");
  if ((await play.getAttribute("aria-pressed")) === "true") await play.click();
}

/** A first run of two minutes, and a branch from its middle in which Sales is stopped, for 20 s at least. */
async function branch(page, app) {
  await app.open();
  await app.speed(20);
  await app.waitForTime(120e6);
  await pause(page);
  await page.getByTestId("dock-timeline").click();
  const scrubber = page.getByTestId("scrubber");
  await scrubber.focus();
  await page.keyboard.press("Home");
  for (let times = 0; times < 5; times++) await page.keyboard.press("PageUp");
  await app.select("Sales");
  await page.getByTestId("stop").click();
  await expect(page.getByTestId("line")).toHaveCount(2);
  await page.getByTestId("play").click();
  await app.waitForTime(80e6);
  await pause(page);
  expect(await app.now()).toBeLessThan(118e6);
}

test("two branches lie over each other in the same charts, and in figures since they parted", async ({ page, app }) => {
  await branch(page, app);
  // From the list of branches.
  await page.getByTestId("line").first().getByTestId("line-compare").click();
  const compared = page.getByTestId("branches");
  await expect(compared).toBeVisible();
  await app.select("Sales queue");
  await expect(page.getByTestId("branches-of")).toHaveText("Sales queue");
  await expect(page.getByTestId("branches-table")).toContainText(/From \d\d:\d\d\.\d+, where they part, to \d\d:\d\d/);
  const depth = page.getByTestId("branches-depth");
  await expect(depth).toContainText("▲");
  // Both lines in one chart, told apart by colour, dash and name.
  const chart = page.getByTestId("chart-both-depth");
  await expect(chart.locator(".chart-legend li")).toHaveText([/Branch 1/, /First run/]);
  await expect(page.getByTestId("chart-both-depth-now")).toHaveText(/Branch 1 \d+, First run \d+/);
  await chart.locator("summary").click();
  const heads = chart.locator("thead th");
  await expect(heads).toHaveText(["until", "Branch 1", "First run"]);
  const rows = await chart.locator("tbody tr").evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent)));
  const numbers = rows.map(([, branch, first]) => [Number.parseFloat(branch), Number.parseFloat(first)]);
  const figures = numbers.filter((pair) => pair.every(Number.isFinite));
  const early = figures.slice(0, Math.floor(figures.length * 0.4));
  expect(early.every(([branch, first]) => branch === first)).toBe(true);
  expect(figures.at(-1)[0]).toBeGreaterThan(figures.at(-1)[1] + 3);
  // What is drawn: two colours in the canvas inside of the chart.
  const colours = await chart.locator(".chart-host").evaluate((host) => {
    const canvas = host.shadowRoot.querySelector("canvas");
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const probe = (name) => {
      const [r, g, b] = getComputedStyle(host).getPropertyValue(name).trim().match(/\w\w/g).map((part) => Number.parseInt(part, 16));
      let found = 0;
      for (let at = 0; at < data.length; at += 4) {
        if (Math.abs(data[at] - r) + Math.abs(data[at + 1] - g) + Math.abs(data[at + 2] - b) < 24 && data[at + 3] > 200) found += 1;
      }
      return found;
    };
    return [probe("--accent"), probe("--compute")];
  });
  expect(Math.min(...colours)).toBeGreaterThan(20);
  // The other way round, once the other one is shown.
  await page.getByTestId("dock-timeline").click();
  await page.getByTestId("line").first().getByRole("button").first().click();
  await page.getByTestId("dock-compare").click();
  await expect(page.getByTestId("branches-with")).toHaveValue("2");
  await expect(depth).toContainText("▼");
});

test("with one line of time, the tab says how there come to be two", async ({ page, app }) => {
  await app.open();
  await page.getByTestId("dock-compare").click();
  await expect(page.getByTestId("branches")).toContainText("Go back in the Timeline and change something");
  await page.getByTestId("branches-designs").click();
  await expect(page.getByTestId("study")).toBeVisible();
});

test("costs stand among the tabs below", async ({ page, app }) => {
  await app.open();
  await app.pass(3);
  await page.getByTestId("dock-cost").click();
  await expect(page.getByTestId("costs-bill")).toContainText("A million requests");
  await expect(page.getByTestId("price-SqsRequests")).toBeVisible();
  const sum = () => page.getByTestId("costs-bill").locator("tfoot tr").first().textContent();
  const before = await sum();
  await app.speed(20);
  await expect.poll(sum).not.toBe(before);
});

test("pausing and playing on within one frame keeps one loop of frames", async ({ page, app }) => {
  await app.open("?room=compare");
  await page.getByTestId("compare-run").click();
  const play = page.getByTestId("watch-play");
  await expect(play).toBeEnabled();
  await play.click();
  /** How many frames are asked for while twenty pass. */
  const asked = () =>
    page.evaluate(async () => {
      const own = window.requestAnimationFrame;
      let count = 0;
      window.requestAnimationFrame = (callback) => {
        count += 1;
        return own.call(window, callback);
      };
      for (let frame = 0; frame < 20; frame++) await new Promise((resolve) => own.call(window, resolve));
      window.requestAnimationFrame = own;
      return count;
    });
  const before = await asked();
  await play.evaluate((button) => {
    for (let times = 0; times < 10; times++) button.click();
  });
  await expect(play).toHaveText("Pause");
  expect(await asked()).toBeLessThan(before * 1.5);
});
