// Settings in forms: the handler's steps with their preview, and a node as JSON.
import { expect, replaceText, test } from "./app.mjs";

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
  // A step goes before another one, and back.
  const order = () => steps.evaluateAll((all) => all.map((step) => step.querySelector("summary").textContent));
  const first = await order();
  await steps.nth(1).locator("summary").first().click();
  await steps.nth(1).getByRole("button", { name: "Earlier" }).click();
  await expect.poll(order).toEqual([first[1], first[0], ...first.slice(2)]);
  await page.getByTestId("undo").click();
  await expect.poll(order).toEqual(first);
  // What a template makes of the message that came last.
  const send = steps.filter({ hasText: "Send to a queue" });
  await send.locator("summary").first().click();
  await app.waitForTime(3_000_000);
  await expect(send.getByTestId("step-preview").first()).toContainText("With the last message: {");
});

test("a step has steps instead of failing, and a branch of several beside others; undone without a trace", async ({ page, app }) => {
  await app.open();
  const handler = async () => {
    const document = JSON.parse(await page.evaluate(() => window.eventyard.document()));
    return document.nodes.find((node) => node.name === "Sales").settings.Handler;
  };
  const before = await handler();
  await app.select("Sales");
  await page.getByTestId("tab-settings").click();
  const write = page.getByTestId("handler-step").filter({ hasText: "Write a row" }).first();
  await write.locator("summary").first().click();
  await write.getByText("Condition, retries, time-out").click();
  await write.getByTestId("step-fallback").click();
  await page.getByTestId("step-add-inside").selectOption("respond");
  await expect.poll(async () => (await handler()).find((step) => step.step === "write").fallbackSteps).toEqual([{ step: "respond", payload: { statusCode: 200 } }]);
  await page.getByTestId("step-add").selectOption("parallel");
  await page.getByTestId("step-add-inside").last().selectOption("branch");
  // The branch stands before where the next one is added.
  await page.getByTestId("step-add-inside").nth(1).selectOption("work");
  await expect.poll(async () => (await handler()).at(-1)).toEqual({ step: "parallel", steps: [[{ step: "work", duration: 40 }]] });
  for (let undo = 0; undo < 5; undo += 1) await page.getByTestId("undo").click();
  expect(await handler()).toEqual(before);
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

test("what is structured has a form of its own; JSON stays beside it; each change is one step", async ({ page, app }) => {
  await app.open();
  await page.getByTestId("play").click();
  const settings = async (name) => {
    const document = JSON.parse(await page.evaluate(() => window.eventyard.document()));
    return document.nodes.find((node) => node.name === name).settings;
  };
  const before = await settings("Front end");
  await app.select("Front end");
  await page.getByTestId("tab-settings").click();
  const at = (place) => page.getByTestId(`setting-${place}`);
  await at("Arrivals-kind").selectOption("steps");
  await at("Arrivals-steps-0-rate").fill("7");
  await at("Arrivals-steps-0-rate").press("Tab");
  await expect(at("Arrivals-steps-0-seconds")).toBeFocused();
  await at("Arrivals-steps-add").click();
  await at("Arrivals-steps-1-remove").click();
  const wanted = { steps: [{ rate: 7, seconds: 30 }, { rate: 5, seconds: 30 }] };
  await expect.poll(async () => (await settings("Front end")).Arrivals).toEqual(wanted);
  // What is refused stays where it was typed, with the reason.
  await at("Arrivals-steps-0-rate").fill("-1");
  await at("Arrivals-steps-0-rate").blur();
  await expect(at("error-Arrivals")).toContainText("outside the limits");
  await expect(at("Arrivals-steps-0-rate")).toHaveValue("-1");
  await at("Arrivals-steps-0-rate").fill("8");
  await at("Arrivals-steps-0-rate").blur();
  await expect(at("error-Arrivals")).toBeEmpty();
  // Names and their values; an optional part.
  await at("Headers-add").click();
  await at("Headers-0-name").fill("X-Tenant");
  await at("Headers-0-name").press("Tab");
  await at("Headers-0").fill("a");
  await at("Headers-0").blur();
  await expect.poll(async () => (await settings("Front end")).Headers).toEqual({ "X-Tenant": "a" });
  await at("CircuitBreaker-add").click();
  await at("CircuitBreaker-failures").fill("3");
  await at("CircuitBreaker-failures").blur();
  await expect.poll(async () => (await settings("Front end")).CircuitBreaker).toMatchObject({ failures: 3 });
  // As JSON and back.
  await at("Arrivals-as").click();
  await at("Arrivals").fill('{"ramp": {"from": 1, "to": 9}}');
  await at("Arrivals").blur();
  await at("Arrivals-as").click();
  await expect(at("Arrivals-kind")).toHaveValue("ramp");
  await expect(at("Arrivals-ramp-overSeconds")).toHaveAttribute("placeholder", "60");
  await expect(at("Arrivals-ramp-to")).toHaveValue("9");
  while (await page.getByTestId("undo").isEnabled()) await page.getByTestId("undo").click();
  expect(await settings("Front end")).toEqual(before);
});

test("a pattern is put together field by field, and a duration is chosen by its kind", async ({ page, app }) => {
  await app.open("?d=pubsub-bus-rules");
  await page.getByTestId("play").click();
  const settings = async (name) => {
    const document = JSON.parse(await page.evaluate(() => window.eventyard.document()));
    return document.nodes.find((node) => node.name === name).settings;
  };
  await app.select("Payments above 100");
  await page.getByTestId("tab-settings").click();
  const at = (place) => page.getByTestId(`setting-EventPattern${place}`);
  await at("-as").click();
  await at("").fill('{"source": ["shop"]}');
  await at("").blur();
  await at("-as").click();
  await at("-0-add").click();
  await at("-0-1-kind").selectOption("prefix");
  await at("-0-1-prefix").fill("pay");
  await at("-0-1-prefix").blur();
  await at("-add").click();
  await at("-1-name").fill("detail");
  await at("-1-asks").selectOption("holds");
  await at("-1-0-name").fill("amount");
  await at("-1-0-name").blur();
  await at("-1-0-0-kind").selectOption("numeric");
  await expect
    .poll(async () => (await settings("Payments above 100")).EventPattern)
    .toEqual({ source: ["shop", { prefix: "pay" }], detail: { amount: [{ numeric: [">", 0] }] } });
  await app.select("Payments");
  await page.getByTestId("tab-settings").click();
  const cold = page.getByTestId("setting-InitDuration-as");
  if ((await page.getByTestId("setting-InitDuration-form").count()) === 0) await cold.click();
  await page.getByTestId("setting-InitDuration-kind").selectOption("uniform");
  await page.getByTestId("setting-InitDuration-uniform-1").fill("90");
  await page.getByTestId("setting-InitDuration-uniform-1").blur();
  await expect.poll(async () => (await settings("Payments")).InitDuration).toEqual({ uniform: [10, 90] });
});

test("a node as JSON: what is wrong is pointed at, what is right applies and can be undone", async ({ page, app }) => {
  await app.open();
  await app.select("Sales queue");
  await page.getByTestId("tab-json").click();
  const editor = page.getByTestId("json-view").locator(".cm-content");
  await expect(editor).toContainText('"kind": "queue"');
  const text = await page.evaluate(() => document.querySelector("[data-testid=json-view] textarea").value);
  const type = (text) => replaceText(editor, text);
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

test("the whole document as JSON: what is wrong is named with its place, what is right applies and can be undone", async ({ page, app }) => {
  await app.open();
  await page.getByTestId("file-menu-open").click();
  await page.getByTestId("file-json").click();
  const dialog = page.getByTestId("document-json");
  const editor = dialog.locator(".cm-content");
  await expect(editor).toBeVisible();
  const document = JSON.parse(await page.evaluate(() => document.querySelector("[data-testid=document-json] textarea").value));
  const type = (value) => replaceText(editor, JSON.stringify(value, null, 2));
  await type({ ...document, nodes: [{ ...document.nodes[0], kind: "teapot" }, ...document.nodes.slice(1)] });
  await dialog.getByTestId("json-apply").click();
  await expect(dialog.getByTestId("json-error")).toContainText("nodes[0].kind");
  await type({ ...document, name: "Called otherwise" });
  await dialog.getByTestId("json-apply").click();
  await expect(dialog.getByTestId("json-error")).toBeEmpty();
  await dialog.getByRole("button", { name: "Close" }).click();
  await page.getByTestId("undo").click();
  await page.getByTestId("file-menu-open").click();
  await expect(page.getByTestId("diagram-name")).toHaveValue(document.name);
});

for (const theme of ["light", "dark"]) {
  test(`axe finds no fault in forms, files and problems, ${theme}`, async ({ page, app, allowConsole }) => {
    allowConsole();
    await page.emulateMedia({ colorScheme: theme });
    await app.open();
    await app.select("Customer");
    await page.getByTestId("tab-settings").click();
    await page.getByTestId("handler-step").first().locator("summary").first().click();
    expect(await app.axe()).toEqual([]);
    await page.getByTestId("tab-json").click();
    await expect(page.getByTestId("json-view")).toBeVisible();
    expect(await app.axe()).toEqual([]);
    await page.getByTestId("side-problems").click();
    expect(await app.axe()).toEqual([]);
    await page.getByTestId("file-menu-open").click();
    expect(await app.axe()).toEqual([]);
  });
}
