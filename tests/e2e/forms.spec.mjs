// Settings in forms: the handler's steps with their preview, and a node as JSON.
import { expect, test } from "./app.mjs";

test("a handler is edited step by step, with a preview of what would be sent, and undone", async ({ page, app }) => {
  await app.open();
  await app.select("Customer");
  await page.getByTestId("tab-settings").click();
  const steps = page.getByTestId("handler-step");
  const before = await steps.count();
  expect(before).toBeGreaterThan(1);
  await page.getByTestId("step-add").selectOption("work");
  await expect(steps).toHaveCount(before + 1);
  await expect(steps.last()).toContainText("Work, 40 ms");
  await steps.last().locator("summary").first().click();
  const duration = page.getByTestId(`step-${before}-duration`);
  await duration.fill("90");
  await duration.press("Enter");
  await expect(steps.last()).toContainText("Work, 90 ms");
  await page.getByTestId("undo").click();
  await expect(steps.last()).toContainText("Work, 40 ms");
  await page.getByTestId("undo").click();
  await expect(steps).toHaveCount(before);
  // What a template makes of the message that came last.
  const send = steps.filter({ hasText: "Send to a queue" });
  await send.locator("summary").first().click();
  await app.waitForTime(3_000_000);
  await expect(send.getByTestId("step-preview").first()).toContainText("With the last message: {");
});

test("a step that needs a connection says so; a field that is refused keeps what was typed", async ({ page, app }) => {
  await app.open();
  await app.select("Sales");
  await page.getByTestId("tab-settings").click();
  await page.getByTestId("step-add").selectOption("publish");
  await expect(page.getByTestId("handler-error")).toContainText("needs a connection");
  const steps = page.getByTestId("handler-step");
  const write = steps.filter({ hasText: "Write a row" }).first();
  await write.locator("summary").first().click();
  const key = write.locator("textarea[id$='-key']");
  await key.fill("{half");
  await key.blur();
  await expect(write.locator("[id$='-error-key']")).not.toBeEmpty();
  await expect(key).toHaveValue("{half");
});

test("a node as JSON: what is wrong is pointed at, what is right applies and can be undone", async ({ page, app }) => {
  await app.open();
  await app.select("Sales queue");
  await page.getByTestId("tab-json").click();
  const editor = page.getByTestId("json-view").locator(".cm-content");
  await expect(editor).toContainText('"kind": "queue"');
  const text = await page.evaluate(() => document.querySelector("[data-testid=json-view] textarea").value);
  const type = async (text) => {
    await editor.click();
    await page.keyboard.press("Control+a");
    await page.keyboard.insertText(text);
  };
  const value = JSON.parse(text);
  await type(JSON.stringify({ ...value, settings: { ...value.settings, VisibilityTimeout: 99_999 } }));
  await page.getByTestId("json-apply").click();
  await expect(page.getByTestId("json-error")).toContainText("43200");
  await type(JSON.stringify({ ...value, settings: { ...value.settings, VisibilityTimeout: 55 } }));
  await page.getByTestId("json-apply").click();
  await expect(page.getByTestId("json-error")).toBeEmpty();
  await page.getByTestId("tab-settings").click();
  await expect(page.getByTestId("setting-VisibilityTimeout")).toHaveValue("55");
  await page.getByTestId("undo").click();
  await expect(page.getByTestId("setting-VisibilityTimeout")).not.toHaveValue("55");
});
