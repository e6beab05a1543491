// The room for comparisons and experiments: what it shows, that the page stays responsive meanwhile, and exported runs.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "./app.mjs";

const quick = async (page, seconds = "60", seeds = "3") => {
  const form = page.locator(".study-body:not(.hidden)");
  await form.getByTestId("study-seconds").fill(seconds);
  await form.getByTestId("study-seeds").fill(seeds);
  await form.getByTestId("study-seeds").blur();
};

test("a ready-made comparison says what it shows, runs, and marks what differs beyond noise", async ({ page, app }) => {
  const requests = [];
  page.on("request", (request) => requests.push(request.url()));
  await app.open();
  const before = requests.length;
  await page.getByTestId("study-open").click();
  await expect(page.getByTestId("study")).toBeVisible();
  expect(requests.length).toBeGreaterThan(before);
  expect(page.url()).toContain("room=compare");
  await expect(page.getByTestId("compare-results")).toContainText("Every design gets the same requests");
  await expect(page.getByTestId("compare-sentence")).toContainText("Sales' work takes 2 s longer");
  await quick(page, "200");
  await page.getByTestId("compare-run").click();
  await expect(page.getByTestId("compare-run")).toBeDisabled();
  await expect(page.getByTestId("row-p99")).toContainText("▲ better");
  await expect(page.getByTestId("compare-run")).toBeEnabled({ timeout: 30_000 });
  await expect(page.getByTestId("compare-table")).toContainText("Means of 3 seeds");
  await expect(page.getByTestId("row-p99").locator("td").first()).toContainText("±");
  await expect(page.getByTestId("row-recovery")).toBeVisible();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByTestId("compare-save").click()]);
  const table = JSON.parse(readFileSync(await download.path(), "utf8"));
  expect(table.seeds).toBe(3);
  // The same figures as the command line's, to the last digit.
  const printed = execFileSync(
    "cargo",
    "run --quiet --profile ci -- compare --ready chain-or-queue --for 200s --seeds 3 --json".split(" "),
    { cwd: new URL("../../", import.meta.url), encoding: "utf8" },
  );
  expect(table.rows).toEqual(JSON.parse(printed).rows);
  expect(table.rows.find((row) => row.metric === "p99").designs[1].mark).toBe("better");
});

test("designs of one's choice: the diagram on the screen beside the guide's, with a fault", async ({ page, app }) => {
  await app.open("?d=decouple-queue");
  await page.getByTestId("study-open").click();
  await page.getByTestId("compare-ready").selectOption("");
  await page.getByTestId("compare-design-gateway-multiple").uncheck();
  await page.getByTestId("compare-run").click();
  await expect(page.locator(".study-problem").first()).toContainText("at least two");
  await page.getByTestId("compare-design-this").check();
  await page.locator(".study-body:not(.hidden)").getByTestId("study-fault-target").selectOption("Sales");
  await quick(page, "60", "2");
  await page.getByTestId("study-fault-from").fill("10");
  await page.getByTestId("study-fault-until").fill("20");
  await page.getByTestId("study-fault-until").blur();
  await page.getByTestId("compare-run").click();
  const row = page.getByTestId("row-p99");
  await expect(row).toBeVisible();
  await expect(page.getByTestId("compare-run")).toBeEnabled({ timeout: 30_000 });
  // The same design twice: the same figures, and no mark.
  const cells = await row.locator("td > span").allTextContents();
  expect(cells[0]).toBe(cells[1]);
  await expect(page.getByTestId("compare-table")).not.toContainText("better");
});

test("the page stays responsive while it runs, and whoever stops it keeps what is complete", async ({ page, app }) => {
  await app.open("?room=compare");
  await quick(page, "3600", "50");
  await page.getByTestId("compare-run").click();
  const progress = page.locator(".study-body:not(.hidden)").getByTestId("study-progress");
  await expect(progress).toBeVisible();
  const longest = await page.evaluate(
    () =>
      new Promise((resolve) => {
        let last = performance.now();
        let longest = 0;
        let frames = 0;
        const frame = (now) => {
          longest = Math.max(longest, now - last);
          last = now;
          frames += 1;
          if (frames < 60) requestAnimationFrame(frame);
          else resolve(longest);
        };
        requestAnimationFrame(frame);
      }),
  );
  expect(longest).toBeLessThan(500);
  await page.locator(".study-body:not(.hidden)").getByTestId("study-cancel").click();
  await expect(progress).toBeHidden();
  await expect(page.getByTestId("compare-run")).toBeEnabled();
});

test("designs play side by side on one clock", async ({ page, app }) => {
  await app.open("?room=compare");
  await quick(page, "60", "1");
  await page.getByTestId("compare-run").click();
  await expect(page.getByTestId("watch-design")).toHaveCount(2);
  await page.getByTestId("watch-play").click();
  await expect(page.getByTestId("watch-design").first()).toContainText(/[1-9]\d* requests/);
  await page.waitForFunction(() => document.querySelector('[data-testid="watch-time"]').textContent >= "00:20");
  const counts = await page.getByTestId("watch-design").locator("figcaption span").allTextContents();
  const requests = counts.map((text) => Number(text.match(/(\d+) requests/)[1]));
  expect(requests[0]).toBe(requests[1]);
  await page.getByTestId("study-close").click();
  await expect(page.getByTestId("study")).toBeHidden();
});

test("a number is swept, and the breaking point is found with its interval", async ({ page, app }) => {
  await app.open("?d=decouple-queue&room=experiments");
  await expect(page.getByTestId("sweep-parameter")).toHaveValue("Front end.Rate");
  await expect(page.getByTestId("sweep-form")).toContainText("Now: 2 requests/s");
  await page.getByTestId("sweep-from").fill("1");
  await page.getByTestId("sweep-to").fill("9");
  await page.getByTestId("sweep-steps").fill("3");
  await quick(page, "600", "3");
  await page.getByTestId("sweep-run").click();
  await expect(page.getByTestId("sweep-table").locator("tbody tr")).toHaveCount(3);
  await expect(page.getByTestId("sweep-chart").locator(".chart-band")).toHaveCount(1);
  await expect(page.getByTestId("sweep-run")).toBeEnabled({ timeout: 30_000 });
  await page.getByTestId("sweep-search").click();
  await expect(page.getByTestId("sweep-sentence")).toContainText("Sales falls behind above", { timeout: 50_000 });
  await expect(page.getByTestId("sweep-sentence")).toContainText("Not shown at");
  await page.getByTestId("sweep-to").fill("0");
  await page.getByTestId("sweep-to").blur();
  await page.getByTestId("sweep-run").click();
  await expect(page.getByTestId("sweep-form").getByTestId("study-problem")).toContainText("empty");
});

test("the diagram rests behind the room and goes on when it closes; the keyboard is enough", async ({ page, app }) => {
  await app.open();
  await page.getByTestId("study-open").focus();
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("study")).toBeFocused();
  const rest = await app.now();
  await page.waitForTimeout(300);
  expect(await app.now()).toBe(rest);
  expect(await page.locator("main").evaluate((main) => main.inert)).toBe(true);
  await page.keyboard.press("Escape");
  await expect(page.getByTestId("study")).toBeHidden();
  expect(page.url()).not.toContain("room=");
  await app.pass(0.1);
});

test("both rooms are accessible, in both themes and on a phone", async ({ page, app }) => {
  await app.open("?room=compare");
  await quick(page, "30", "2");
  await page.getByTestId("compare-run").click();
  await expect(page.getByTestId("row-p99")).toBeVisible();
  expect(await app.axe()).toEqual([]);
  await page.getByTestId("theme").click();
  expect(await app.axe()).toEqual([]);
  await page.setViewportSize({ width: 390, height: 844 });
  await page.getByTestId("study-experiments").click();
  expect(await app.axe()).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
});

test("a run is exported: a report to read anywhere, its figures and its journal", async ({ page, app }) => {
  await app.open("?d=decouple-queue&speed=10");
  await app.pass(20);
  await page.getByTestId("play").click();
  const hash = await page.evaluate(() => window.eventyard.hash());
  const save = async (test) => {
    await page.getByTestId("file-menu-open").click();
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByTestId(test).click()]);
    return { name: download.suggestedFilename(), text: readFileSync(await download.path(), "utf8") };
  };
  const report = await save("file-report");
  expect(report.name).toMatch(/\.html$/);
  expect(report.text).toContain(hash);
  expect(report.text).not.toContain("<script");
  const figures = await save("file-figures");
  expect(figures.text.split("\n")[0]).toContain("Sales queue.visible");
  const series = await save("file-series");
  expect(series.text.split("\n")[0]).toContain("Front end.p99_ms");
  expect(series.text.split("\n").length).toBeGreaterThan(80);
  const journal = await save("file-journal");
  for (const line of journal.text.trim().split("\n").slice(0, 20)) JSON.parse(line);
});
