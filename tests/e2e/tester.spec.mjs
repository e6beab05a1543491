// The pattern tester: verdict and reasons while typing, from a rule or subscription and back, and into the diagram.
import { expect, replaceText, test } from "./app.mjs";

const verdict = (page) => page.getByTestId("tester-verdict");
const left = (page) => page.getByTestId("tester-left").locator(".cm-content");
const right = (page) => page.getByTestId("tester-right").locator(".cm-content");

test("opens alone by its address, and loads the editor only then", async ({ page, app }) => {
  const requests = [];
  page.on("request", (request) => requests.push(request.url()));
  await app.open();
  expect(requests.some((url) => url.includes("editor.js"))).toBe(false);
  await page.getByTestId("tester-open").click();
  await expect(left(page)).toBeVisible();
  expect(requests.some((url) => url.includes("editor.js"))).toBe(true);
  expect(page.url()).toContain("room=patterns");
  await app.open("?room=patterns");
  await expect(left(page)).toBeVisible();
  await expect(verdict(page)).toContainText("Match");
  await page.keyboard.press("Escape");
  await expect(page.getByTestId("tester")).toHaveCount(0);
  expect(page.url()).not.toContain("room=");
});

test("opens and closes again and again, by keyboard too, and nothing behind it can be reached", async ({ page, app }) => {
  await app.open();
  for (let time = 0; time < 3; time++) {
    await page.getByTestId("tester-open").click();
    await expect(left(page)).toBeVisible();
    expect(await page.locator("main").evaluate((main) => main.inert)).toBe(true);
    await page.getByTestId("tester-fidelity").click();
    await expect(page.locator("dialog[open]")).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(page.locator("dialog[open]")).toHaveCount(0);
    await expect(page.getByTestId("tester")).toHaveCount(1);
    await page.keyboard.press("Escape");
    await expect(page.getByTestId("tester")).toHaveCount(0);
  }
  await page.keyboard.press(" ");
  await app.select("Sales queue");
});

test("says while one types whether it matches, and why not, in place", async ({ page, app }) => {
  await app.open("?room=patterns");
  await replaceText(left(page), '{"detail": {"amount": [{"numeric": [">", 100]}]}}');
  await replaceText(right(page), '{"detail": {"amount": "120"}}');
  await expect(verdict(page)).toContainText("No match");
  await expect(verdict(page)).toContainText("detail.amount is \"120\", a string; numeric compares numbers only");
  await expect(page.getByTestId("tester-left").locator(".cm-failed").first()).toBeVisible();
  await replaceText(right(page), '{"detail": {"amount": 120}}');
  await expect(verdict(page)).toContainText("✓ Match");
  await expect(page.getByTestId("tester-left").locator(".cm-held").first()).toBeVisible();
  const says = await page.getByTestId("tester-verdict").boundingBox();
  const reason = await page.getByTestId("tester-leaves").locator("li").first().boundingBox();
  expect(reason.y, "the reasons stand below the verdict").toBeGreaterThan(says.y);
  await expect(page.getByTestId("tester")).toContainText("detail-type");
});

test("points at the character that is wrong, in patterns and in events", async ({ page, app }) => {
  await app.open("?room=patterns");
  await replaceText(left(page), '{"detail": {"amount": [{"numerik": [">", 100]}]}}');
  await expect(verdict(page)).toContainText("Invalid");
  await expect(verdict(page)).toContainText("line 1, column 25");
  await expect(page.getByTestId("tester-left").locator(".cm-lintRange-error")).toHaveCount(1);
  await replaceText(left(page), '{"detail": {"amount": [100]}}');
  await replaceText(right(page), '{"detail": {"amount": 100,}}');
  await expect(verdict(page)).toContainText("The event cannot be used");
  await expect(page.getByTestId("tester-right").locator(".cm-lintRange-error")).toHaveCount(1);
});

test("every example gets the verdict that it is there for", async ({ page, app }) => {
  await app.open("?room=patterns");
  const expected = {
    "Payments above 100": "✓ Match",
    "A number is not a string": "✗ No match",
    "prefix, suffix, wildcard": "✓ Match",
    "anything-but never matches a missing field": "✗ No match",
    "exists looks at leaves only": "✗ No match",
    $or: "✓ Match",
    "Two conditions, one array element": "✗ No match",
    "A pattern that is refused": "! Invalid",
    "Filter policy on attributes": "✓ Match",
    "Filter policy: every attribute has to be there": "✗ No match",
    "Filter policy on the body": "✓ Match",
  };
  const examples = page.getByTestId("tester-examples");
  await expect(examples.locator("option")).toHaveCount(Object.keys(expected).length + 1);
  for (const [title, outcome] of Object.entries(expected)) {
    await examples.selectOption(title);
    await expect(verdict(page), title).toContainText(outcome);
  }
});

test("takes a rule's pattern and the bus's latest event, and puts the pattern back", async ({ page, app }) => {
  await app.open("?d=pubsub-bus-rules");
  await app.speed(5);
  await app.pass(5);
  await app.select("Payments above 100");
  await page.getByTestId("tester-at").click();
  await expect(left(page)).toContainText("numeric");
  await expect(right(page)).toContainText("policyNumber");
  await replaceText(left(page), '{"source": ["nobody"]}');
  await expect(verdict(page)).toContainText("No match");
  await page.getByTestId("tester-apply").click();
  await expect(page.getByTestId("tester-done")).toContainText("Payments above 100 has it from");
  await page.getByTestId("tester-close").click();
  await app.select("Payments above 100");
  await expect(await app.field("EventPattern")).toHaveValue(/nobody/);
});

test("leaving the room loses nothing that was typed", async ({ page, app }) => {
  await app.open("?d=pubsub-bus-rules");
  await app.select("Every payment");
  await page.getByTestId("tester-at").click();
  await replaceText(left(page), '{"source": ["mine"]}');
  await page.getByTestId("tester-close").click();
  await app.select("Every payment");
  await page.getByTestId("tester-at").click();
  await expect(left(page)).toContainText('{"source": ["mine"]}');
  await page.getByTestId("tester-close").click();
  // Another rule brings its own.
  await app.select("Payments above 100");
  await page.getByTestId("tester-at").click();
  await expect(left(page)).toContainText("numeric");
});

test("sends an event into the diagram; typing does not drive it", async ({ page, app }) => {
  await app.open("?d=pubsub-bus-rules");
  await page.getByTestId("play").click();
  const before = await page.evaluate(() => window.eventyard.now());
  await page.getByTestId("tester-open").click();
  await replaceText(right(page), '{"source": "by.hand", "detail-type": "Typed", "detail": {"amount": 999}}');
  await right(page).press("End");
  await page.keyboard.type("  ");
  await expect(page.getByTestId("play")).toHaveAttribute("aria-pressed", "false");
  await page.getByTestId("tester-send").click();
  await expect(page.getByTestId("tester-done")).toContainText("Sent to Default bus");
  await page.getByTestId("tester-close").click();
  await expect(page.getByTestId("inspector-title")).toHaveText("Default bus");
  expect(await page.evaluate(() => window.eventyard.now())).toBe(before);
  await app.speed(1);
  await page.getByTestId("play").click();
  await expect(page.getByTestId("inspector")).toContainText("Latest", { ignoreCase: true });
  await expect(page.locator(".message pre").filter({ hasText: "by.hand" })).toHaveCount(1);
});

test("a subscription's filter policy is tried on attributes or on the body, and put back", async ({ page, app }) => {
  await app.open("?d=pubsub-topic");
  await app.speed(5);
  await app.pass(5);
  await app.selectEdge("Payments topic", "Customer");
  await page.getByTestId("tester-at").click();
  await page.getByTestId("mode-body").click();
  await expect(right(page)).toContainText("policyNumber");
  await replaceText(left(page), '{"amount": [{"numeric": [">", 100000]}]}');
  await expect(verdict(page)).toContainText("No match");
  await page.getByTestId("mode-attributes").click();
  await page.getByTestId("mode-body").click();
  await expect(left(page)).toContainText("100000");
  await page.getByTestId("tester-apply").click();
  await expect(page.getByTestId("tester-done")).toContainText("has it from");
  await page.getByTestId("tester-close").click();
  await app.select("Customer database");
  await app.pass(5);
  const rows = await app.node("Customer database").textContent();
  await app.pass(10);
  expect(await app.node("Customer database").textContent()).toBe(rows);
});

for (const scheme of ["light", "dark"]) {
  test(`axe finds no fault in the tester, ${scheme}`, async ({ page, app, allowConsole }) => {
    allowConsole();
    await page.emulateMedia({ colorScheme: scheme });
    await app.open("?room=patterns");
    await expect(left(page)).toBeVisible();
    expect(await app.axe()).toEqual([]);
    await page.getByTestId("tester-fidelity").click();
    expect(await app.axe()).toEqual([]);
  });
}
