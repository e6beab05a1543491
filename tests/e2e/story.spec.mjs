// See why: the story of a message, one request three ways, and the business ledger.
import { expect, test } from "./app.mjs";

/** Stops the simulation after it has run for a while. */
async function after(page, app, query, seconds) {
  await app.open(query);
  await app.speed(5);
  await app.pass(seconds);
  await page.getByTestId("play").click();
}

test("a log line leads to the story of its message", async ({ page, app }) => {
  await after(page, app, "?d=pubsub-topic", 20);
  await page.getByTestId("log-line").filter({ hasText: "message" }).last().getByRole("button").first().click();
  await expect(page.getByTestId("story-title")).toHaveText(/Message \d+/);
  await expect(page.getByTestId("story-sentence")).not.toBeEmpty();
  await expect(page.getByTestId("story-hops").locator("li").first()).toContainText("created it");
  await page.getByTestId("story-body").first().locator("summary").click();
  await expect(page.getByTestId("story-body").first().locator("pre").first()).toContainText("{");
  // From here to the whole request, and to each of its messages.
  await page.getByTestId("story-trace").click();
  await expect(page.getByTestId("trace-sentence")).toContainText("Answered with success");
  await page.getByTestId("trace-look-diagram").click();
  await page.getByTestId("trace-member").nth(2).click();
  await expect(page.getByTestId("story-title")).toHaveText(/Message \d+/);
  // Whoever asks for a place of the story reads on beside it.
  await page.locator(".story-hop").first().click();
  await expect(page.getByTestId("inspector-title")).toBeAttached();
  await expect(page.getByTestId("story")).toBeVisible();
  // Whoever selects a node wants to see that.
  await app.select("Payments");
  await expect(page.getByTestId("story")).toBeHidden();
});

test("why did this not arrive: the filter and the field", async ({ page, app }) => {
  await after(page, app, "?d=pubsub-topic", 30);
  await page.getByTestId("log-line").filter({ hasText: "filtered out" }).last().getByRole("button").first().click();
  await expect(page.getByTestId("story-sentence")).toContainText("Filtered out: the filter policy of the subscription");
  await expect(page.getByTestId("story-sentence")).toContainText("Communication");
  await page.getByTestId("story-where").selectOption({ label: "E-mail service" });
  await expect(page.getByTestId("story-answer")).toContainText("Filtered out");
  await page.getByTestId("story-where").selectOption({ label: "Customer database" });
  await expect(page.getByTestId("story-answer")).toContainText("It did arrive");
});

test("a message in a queue and a row in a database have their stories", async ({ page, app }) => {
  await app.open("?d=decouple-queue");
  await app.select("Sales");
  await page.getByTestId("stop").click();
  await app.speed(10);
  await app.pass(20);
  await page.getByTestId("play").click();
  await app.select("Sales queue");
  const message = page.locator(".message details").first();
  await message.locator("summary").click();
  await message.getByTestId("message-why").click();
  await expect(page.getByTestId("story-sentence")).toContainText("Sales is stopped, and nothing polls for it");
  await app.select("Customer database");
  await page.getByTestId("row-why").first().click();
  await expect(page.getByTestId("story-sentence")).toContainText("Arrived: Customer database");
});

test("a token on its way is clicked", async ({ page, app, allowConsole }) => {
  // Reading the canvas back makes the browser give advice.
  allowConsole();
  await app.open("?d=gateway-multiple");
  await app.speed(1);
  await app.pass(3);
  // What is painted on an edge is a token: stops as soon as there is one.
  const token = () =>
    page.evaluate(() => {
      const canvas = document.querySelector("canvas.tokens");
      const place = canvas.getBoundingClientRect();
      const ratio = canvas.width / place.width;
      const { data, width, height } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      for (let y = 0; y < height; y += 3) {
        for (let x = 0; x < width; x += 3) {
          if (data[(y * width + x) * 4 + 3] < 250) continue;
          const at = { x: place.left + x / ratio, y: place.top + y / ratio };
          if (document.elementFromPoint(at.x, at.y)?.closest(".edge")) return at;
        }
      }
      return null;
    });
  await expect.poll(token, { intervals: [50], timeout: 30_000 }).not.toBeNull();
  await page.getByTestId("play").click();
  await expect.poll(token, { timeout: 5_000 }).not.toBeNull();
  const at = await token();
  await page.mouse.click(at.x, at.y);
  await expect(page.getByTestId("story-title")).toHaveText(/Message \d+/);
  await expect(page.getByTestId("story-sentence")).not.toBeEmpty();
});

test("one request three ways", async ({ page, app }) => {
  await after(page, app, "?d=gateway-multiple", 20);
  await page.getByTestId("dock-trace").click();
  await page.getByTestId("trace-request").last().click();
  await page.getByTestId("trace-look-waterfall").click();
  await expect(page.getByTestId("waterfall-bill")).toContainText("waiting for others, which somebody pays for");
  await expect(page.getByRole("button", { name: /^Payments: .*waiting, paid for/ })).toBeVisible();
  await page.getByTestId("trace-look-sequence").click();
  const first = page.getByTestId("sequence-step").first();
  await expect(first).toHaveAccessibleName(/calls/);
  await first.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("story-title")).toHaveText(/Message \d+/);
  await page.getByTestId("trace-look-diagram").click();
  await expect(page.locator("svg.diagram")).toHaveAttribute("data-path", "");
  await expect(app.node("Payments")).toHaveAttribute("data-on-path", "");
  await page.getByTestId("dock-log").click();
  await expect(page.locator("svg.diagram")).not.toHaveAttribute("data-path", "");
  expect(await app.axe()).toEqual([]);
});

test("the ledger tells what an outage means, and why: two clicks", async ({ page, app }) => {
  await app.open("?d=gateway-multiple");
  await app.select("Sales");
  await app.fault({ outage: true });
  await app.speed(20);
  await app.pass(60);
  await page.getByTestId("play").click();
  await page.getByTestId("dock-ledger").click();
  await expect(page.getByTestId("ledger-table")).toContainText("Customer database");
  await page.getByTestId("why-unasked").first().click();
  await expect(page.getByTestId("ledger-reasons")).toContainText("the latest requests, and why");
  await page.getByTestId("ledger-request").first().click();
  await expect(page.getByTestId("trace-sentence")).toContainText("because");
  await expect(page.getByTestId("trace-sentence")).toContainText("the fault “outage” makes every run fail");
});

test("what is late is a matter of the threshold", async ({ page, app }) => {
  await after(page, app, "?d=decouple-queue", 60);
  await page.getByTestId("dock-ledger").click();
  await expect(page.getByTestId("ledger-late")).toHaveValue("60");
  await page.getByTestId("ledger-late").fill("0.5");
  await page.getByTestId("ledger-late").blur();
  await expect(page.getByTestId("ledger-late").first()).toHaveValue("0.5");
  const late = page.getByTestId("why-late").first();
  await expect(late).toBeVisible();
  expect(await app.axe()).toEqual([]);
});
