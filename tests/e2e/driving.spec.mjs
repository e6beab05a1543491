// What a person does with a running diagram.
import { expect, test } from "./app.mjs";

test("stopping Sales lets the queue grow and loses nothing; starting it drains the queue", async ({ page, app }) => {
  await app.open();
  await app.speed(20);
  await app.pass(5);
  await app.select("Sales");
  await page.getByTestId("stop").click();
  await expect(app.node("Sales")).toContainText("stopped");
  await app.pass(60);
  expect(await app.headline("depth")).toBeGreaterThan(40);
  expect(await app.headline("success")).toBe(100);
  expect(await app.headline("p95")).toBeLessThan(1e6);
  await page.getByTestId("resume").click();
  await app.pass(120);
  expect(await app.headline("depth")).toBeLessThan(5);
  expect(await app.headline("dead")).toBe(0);
});

test("a visibility timeout shorter than the work writes duplicates", async ({ page, app }) => {
  await app.open();
  await app.select("Sales queue");
  await app.set("VisibilityTimeout", "1");
  await app.speed(50);
  await app.pass(240);
  expect(await app.headline("duplicates")).toBeGreaterThan(0);
  await app.select("Sales database");
  await page.getByTestId("tab-live").click();
  await expect(page.getByTestId("db-row").filter({ hasText: "duplicate" }).first()).toBeVisible();
});

test("a setting that is not allowed is refused where it stands, with the reason, and can be put back", async ({ page, app }) => {
  await app.open();
  await app.select("Sales queue");
  await app.set("VisibilityTimeout", "99999");
  const error = page.getByTestId("setting-error-VisibilityTimeout");
  await expect(error).toContainText("outside the limits");
  await expect(error).toContainText("0 to 43200");
  await expect(page.getByTestId("setting-VisibilityTimeout")).toHaveValue("99999");
  await app.set("VisibilityTimeout", "45");
  await expect(error).toBeEmpty();
  await page.getByTestId("setting-default-VisibilityTimeout").click();
  await expect(page.getByTestId("setting-VisibilityTimeout")).toHaveValue("30");
});

test("a handler that is not JSON keeps what was typed and says where", async ({ page, app }) => {
  await app.open();
  await app.select("Sales");
  await page.getByTestId("tab-settings").click();
  await page.getByTestId("handler-text").click();
  await app.set("Handler", '[{"step": "work"');
  await expect(page.getByTestId("setting-error-Handler")).toContainText("Line 1, column");
  await app.set("Handler", '[{"step": "dance"}]');
  await expect(page.getByTestId("setting-error-Handler")).toContainText("not a step");
  await expect(page.getByTestId("setting-Handler")).toHaveValue('[{"step": "dance"}]');
});

test("a message of one's own: wrong JSON is pointed at, a right one and a burst are sent", async ({ page, app }) => {
  await app.open();
  await page.getByTestId("play").click();
  await app.select("Front end");
  await page.getByTestId("send-open").click();
  await expect(page.getByTestId("send-payload")).toHaveValue(/policyNumber/);
  await page.getByTestId("send-payload").fill('{"amount": 12,\n "currency" "EUR"}');
  await expect(page.getByTestId("send-error")).toContainText("Line 2");
  await expect(page.getByTestId("send-one")).toBeDisabled();
  await page.getByTestId("send-payload").fill('{"amount": 12, "currency": "EUR"}');
  const before = await app.headline("requests");
  await page.getByTestId("send-one").click();
  await expect(page.getByTestId("headline-requests")).toHaveText(String(before + 1));
  await page.getByTestId("send-open").click();
  await page.getByTestId("send-count").fill("25");
  await page.getByTestId("send-burst").click();
  await expect(page.getByTestId("headline-requests")).toHaveText(String(before + 26));
});

test("unsubscribing Customer changes nothing for Payments", async ({ page, app }) => {
  await app.open("?d=pubsub-topic");
  await app.speed(20);
  await app.pass(20);
  await app.selectEdge("Payments topic", "Customer");
  await page.getByTestId("setting-Subscribed").uncheck();
  await app.select("Customer database");
  await app.pass(5);
  const rows = await app.node("Customer database").textContent();
  await app.pass(30);
  expect(await app.node("Customer database").textContent()).toBe(rows);
  expect(await app.headline("success")).toBe(100);
});

test("the log names what happened; a message can be followed", async ({ page, app }) => {
  await app.open();
  await app.speed(1);
  await app.pass(3);
  await page.getByTestId("play").click();
  const line = page.getByTestId("log-line").filter({ hasText: "message" }).last();
  await line.hover();
  await line.getByRole("button", { name: /only this message/ }).click();
  const number = await page.getByTestId("log-filter-message").inputValue();
  for (const text of await page.getByTestId("log-line").allTextContents()) expect(text).toContain(`message ${number}`);
  await page.getByTestId("log-filter-message").fill("");
  await page.getByTestId("log-filter-message").blur();
  await page.getByTestId("log-filter-node").selectOption({ label: "Sales queue" });
  await expect(page.getByTestId("log-line").first()).toContainText("Sales queue");
});

test("play, step, speed and reset by keyboard", async ({ page, app }) => {
  await app.open();
  await app.pass(0.2);
  await page.keyboard.press(" ");
  await expect(page.getByTestId("play")).toHaveAttribute("aria-pressed", "false");
  const paused = await app.now();
  await page.waitForTimeout(300);
  expect(await app.now()).toBe(paused);
  await page.keyboard.press(".");
  expect(await app.now()).toBeGreaterThan(paused);
  await page.keyboard.press("]");
  await expect(page.getByTestId("speed")).toHaveValue("0.5");
  await page.keyboard.press("?");
  await expect(page.getByTestId("shortcuts")).toContainText("Step to the next event");
  await page.keyboard.press("Escape");
  await page.getByTestId("about").click();
  await expect(page.getByTestId("journal-hash")).toHaveText(/^[0-9a-f]{16}$/);
  await page.keyboard.press("Escape");
  await page.getByTestId("reset").click();
  expect(await app.now()).toBe(0);
});

test("nodes are dragged with the mouse and moved with the arrow keys; the run does not notice", async ({ page, app }) => {
  await app.open();
  await page.getByTestId("play").click();
  const hash = await page.evaluate(() => window.eventyard.hash());
  const node = app.node("Sales");
  const before = await node.boundingBox();
  await page.mouse.move(before.x + 40, before.y + 20);
  await page.mouse.down();
  await page.mouse.move(before.x + 40, before.y + 90, { steps: 5 });
  await page.mouse.up();
  const after = await node.boundingBox();
  expect(after.y - before.y).toBeGreaterThan(40);
  await node.focus();
  await page.keyboard.press("ArrowUp");
  expect((await node.boundingBox()).y).toBeLessThan(after.y);
  expect(await page.evaluate(() => window.eventyard.hash())).toBe(hash);
});

test("a node's own menu opens where it stands, injects a fault and heals it", async ({ page, app }) => {
  await app.open();
  await app.node("Sales").click({ button: "right" });
  const menu = page.getByRole("menu", { name: "Actions" });
  await expect(menu).toBeVisible();
  await menu.getByRole("menuitem", { name: /Faults/ }).click();
  await page.getByTestId("fault-outage").check();
  await page.getByTestId("fault-apply").click();
  await expect(app.node("Sales")).toContainText("outage");
  await app.node("Sales").click({ button: "right" });
  await menu.getByRole("menuitem", { name: "Heal" }).click();
  await expect(app.node("Sales")).not.toContainText("outage");
});

test("a click into the empty plane lets go, moving the view does not", async ({ page, app }) => {
  await app.open();
  await app.select("Sales");
  const plane = await page.getByTestId("canvas").boundingBox();
  const [x, y] = [plane.x + 60, plane.y + 60];
  const before = await app.node("Sales").boundingBox();
  await page.mouse.move(x, y);
  await page.mouse.down({ button: "middle" });
  await page.mouse.move(x + 50, y + 20, { steps: 4 });
  await page.mouse.up({ button: "middle" });
  await expect.poll(async () => (await app.node("Sales").boundingBox()).x - before.x).toBeCloseTo(50, 0);
  await expect(page.getByTestId("inspector-title")).toHaveText("Sales");
  await page.mouse.click(x, y);
  await expect(page.getByTestId("inspector-title")).not.toBeVisible();
});

test("the guide can be folded away, which makes the diagram larger", async ({ page, app }) => {
  await app.open();
  await app.select("Sales");
  const small = (await app.node("Sales").boundingBox()).width;
  await page.getByTestId("menu").click();
  await expect(page.getByTestId("guide-combined")).not.toBeVisible();
  await expect.poll(async () => (await app.node("Sales").boundingBox()).width).toBeGreaterThan(small * 1.2);
  await page.getByTestId("menu").click();
  await expect(page.getByTestId("guide-combined")).toBeVisible();
});

test("what it costs is shown, for all and for each node", async ({ page, app }) => {
  await app.open("?d=gateway-multiple");
  await app.speed(20);
  await app.pass(30);
  const perMillion = await app.headline("cost");
  expect(perMillion).toBeGreaterThan(1);
  await app.select("Payments");
  const bill = page.getByTestId("bill");
  await expect(bill).toContainText("requests");
  await expect(bill).toContainText("GB-seconds");
  // Where Sales is slow, Payments pays for its waiting.
  await app.select("Sales");
  await app.fault({ latencyMillis: "2000" });
  await app.pass(120);
  expect(await app.headline("cost")).toBeGreaterThan(perMillion);
});

test("a fault is scheduled, listed and cancelled", async ({ page, app }) => {
  await app.open();
  await app.select("Sales");
  await page.getByTestId("fault-open").click();
  await page.getByTestId("fault-coldStarts").check();
  await page.getByTestId("fault-starts").fill("600");
  await page.getByTestId("fault-lasts").fill("60");
  await page.getByTestId("fault-apply").click();
  await expect(page.getByTestId("fault-apply")).not.toBeVisible();
  await page.getByTestId("fault-open").click();
  await expect(page.getByTestId("fault-schedule")).toContainText("cold-start storm");
  // Only what can happen to a function is offered.
  await expect(page.getByTestId("fault-partition")).toHaveCount(0);
  await page.getByTestId("fault-cancel-0").click();
  await expect(page.getByTestId("fault-schedule")).toHaveCount(0);
  await page.getByTestId("fault-lasts").fill("soon");
  await page.getByTestId("fault-apply").click();
  await expect(page.getByTestId("fault-error")).toContainText("Lasts");
});

test("prices can be changed, and the bill follows", async ({ page, app }) => {
  await app.open("?d=gateway-multiple");
  await app.speed(20);
  await app.pass(30);
  const before = await app.headline("cost");
  await app.select("Payments");
  await page.getByTestId("costs-open").click();
  await expect(page.getByTestId("costs-bill")).toContainText("A million requests");
  const price = page.getByTestId("price-ApiGatewayRestRequests");
  await price.fill("350");
  await price.blur();
  await expect.poll(() => app.headline("cost")).toBeGreaterThan(before * 10);
  await price.fill("-1");
  await price.blur();
  await expect(page.getByTestId("costs-error")).not.toBeEmpty();
  await page.getByRole("button", { name: "List price of ApiGatewayRestRequests" }).click();
  await expect(price).toHaveValue("3.5");
});

test("on a phone the diagram and the transport come first, and a tap opens the inspector", async ({ browser, baseURL }) => {
  const context = await browser.newContext({ viewport: { width: 390, height: 800 }, hasTouch: true, isMobile: true });
  const page = await context.newPage();
  await page.goto(baseURL);
  await expect(page.getByTestId("canvas")).toBeVisible();
  await expect(page.getByTestId("play")).toBeInViewport();
  await page.getByTestId("node-sales-queue").tap();
  await expect(page.getByTestId("inspector-title")).toHaveText("Sales queue");
  await expect(page.getByTestId("queue-visible")).toBeVisible();
  await page.getByTestId("inspector-close").tap();
  await page.getByTestId("menu").tap();
  await page.getByTestId("guide-combined").tap();
  await expect(page.getByTestId("node-payments-queue")).toBeVisible();
  await context.close();
});

test("a bus replays a part of its archive, and stops when asked", async ({ page, app }) => {
  await app.open("?d=pubsub-bus-types");
  await app.select("Payments bus");
  await page.getByTestId("tab-settings").click();
  await page.getByTestId("setting-Archive").check();
  await page.getByTestId("tab-live").click();
  await app.speed(10);
  await app.pass(60);
  // Slowly enough to be stopped on a busy machine as well.
  await app.speed(1);
  await page.getByTestId("replay-from").fill("later");
  await page.getByTestId("replay").click();
  await expect(page.locator(".replay-form .error")).toContainText("Type seconds");
  await page.getByTestId("replay-from").fill("0");
  await page.getByTestId("replay").click();
  await page.getByTestId("cancel-replay").click();
  await expect(page.getByTestId("inspector")).toContainText("cancelled");
  await expect(page.getByTestId("cancel-replay")).toBeHidden();
});
