// What the services do, where it has forms of its own: faults on every kind of edge, a batch of messages, short polls.
import { expect, test } from "./app.mjs";

test("a dead letter's way can have a fault, and the dialog says what cannot happen there", async ({ page, app }) => {
  await app.open();
  await app.selectEdge("Sales queue", "Sales dead letters");
  await page.getByTestId("fault-open").click();
  await expect(page.getByTestId("fault-poison")).toBeVisible();
  await expect(page.getByTestId("fault-duplicateRate")).toBeVisible();
  await expect(page.getByTestId("fault-latencyFactor")).toHaveCount(0);
  const elsewhere = page.getByTestId("fault-not-here");
  await elsewhere.locator("summary").click();
  await expect(elsewhere).toContainText("Failover: Only a database has a writer that fails over.");
  await expect(elsewhere).toContainText("Latency times: There is no time that could be multiplied.");
  expect(await app.axe()).toEqual([]);
  await page.getByTestId("fault-partition").check();
  await page.getByTestId("fault-lasts").fill("30");
  await page.getByTestId("fault-apply").click();
  await page.getByTestId("fault-open").click();
  await expect(page.getByTestId("fault-schedule")).toContainText("partition");
});

test("a step that sends several messages in one call is edited in a form, with a preview", async ({ page, app }) => {
  await app.open();
  await app.select("Customer");
  await page.getByTestId("tab-settings").click();
  await page.getByTestId("step-add").selectOption("sendBatch");
  const step = page.getByTestId("handler-step").last();
  await expect(step).toContainText("Send several to a queue");
  await step.locator("summary").first().click();
  await expect(step).toContainText("Up to 10 entries, each with an Id, a MessageBody");
  const handler = () => page.evaluate(() => JSON.parse(window.eventyard.document()).nodes.find((node) => node.name === "Customer").settings.Handler);
  await expect.poll(async () => (await handler()).at(-1).entries).toEqual([{ Id: "1", MessageBody: "{{message}}" }]);
  await app.speed(10);
  await app.pass(10);
  await expect(step.getByTestId("step-preview").first()).toContainText("With the last message: [");
});

test("a consumer that polls as its queue says is set in a form and pays for empty receives", async ({ page, app }) => {
  await app.open();
  await app.selectEdge("Sales queue", "Sales");
  await page.getByTestId("tab-settings").click();
  await page.getByTestId("setting-Polling").selectOption("AS_QUEUE");
  const mapping = () => page.evaluate(() => JSON.parse(window.eventyard.document()).edges.find((edge) => edge.kind === "event-source-mapping").settings);
  await expect.poll(async () => (await mapping()).Polling).toBe("AS_QUEUE");
  await page.keyboard.press("ControlOrMeta+z");
  await expect.poll(async () => (await mapping()).Polling).toBe(undefined);
});
