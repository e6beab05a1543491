// What people draw is kept: through a reload, in several windows, in files; and nothing is lost where it cannot be.
import { readFileSync } from "node:fs";
import { expect, test } from "./app.mjs";

const rename = async (page, name) => {
  await page.getByTestId("file-menu-open").click();
  await page.getByTestId("diagram-name").fill(name);
  await page.getByTestId("diagram-name").press("Enter");
  await page.keyboard.press("Escape");
};

const kept = (page) =>
  page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("eventyard.diagram.")).length);

test("a changed diagram of the guide survives a reload and can be put back, which can be undone", async ({ page, app }) => {
  await app.open();
  await app.select("Sales queue");
  await app.set("VisibilityTimeout", "77");
  await expect.poll(() => kept(page)).toBe(1);
  await page.reload();
  await app.select("Sales queue");
  await page.getByTestId("tab-settings").click();
  await expect(page.getByTestId("setting-VisibilityTimeout")).toHaveValue("77");
  await page.getByTestId("kept-reset").click();
  await expect.poll(() => kept(page)).toBe(0);
  await page.getByTestId("undo").click();
  await expect.poll(() => kept(page)).toBe(1);
});

test("a diagram of one's own gets a place of its own, a name, a copy, and can be deleted and had back", async ({ page, app }) => {
  await app.open("?d=new");
  await rename(page, "My shop");
  await expect.poll(() => kept(page)).toBe(1);
  await expect(page).toHaveURL(/d=[0-9a-f-]{36}/);
  await page.getByTestId("file-menu-open").click();
  await page.getByTestId("file-duplicate").click();
  await expect.poll(() => kept(page)).toBe(2);
  await expect(page.getByTestId("title")).toHaveText("My shop (copy)");
  await page.getByTestId("side-guide").click();
  await expect(page.getByTestId("kept-open")).toHaveCount(2);
  await page.getByRole("button", { name: "Delete “My shop”", exact: true }).click();
  await expect.poll(() => kept(page)).toBe(1);
  await page.getByTestId("kept-put-back").click();
  await expect.poll(() => kept(page)).toBe(2);
  await page.getByTestId("kept-open").filter({ hasText: /^My shop\d|^My shop[^ ]/ }).first().click();
  await expect(page.getByTestId("title")).toHaveText("My shop");
});

test("two windows do not overwrite each other", async ({ page, app, context }) => {
  await app.open("?d=new");
  await rename(page, "Shared");
  await expect(page).toHaveURL(/d=[0-9a-f-]{36}/);
  const other = await context.newPage();
  await other.goto(page.url());
  await expect(other.getByTestId("title")).toHaveText("Shared");
  await other.waitForFunction(() => document.querySelector("[data-testid=file-menu]"));
  await rename(other, "Changed there");
  await expect(page.getByTestId("keep-trouble")).toContainText("another window");
  await rename(page, "Changed here");
  await page.waitForTimeout(800);
  expect(await page.evaluate(() => JSON.stringify({ ...localStorage }))).toContain("Changed there");
  await page.getByTestId("keep-copy").click();
  await expect(page.getByTestId("title")).toHaveText("Changed here (copy)");
  await expect.poll(() => kept(page)).toBe(2);
  await other.close();
});

test("of two windows, one shows what the other has changed, if asked", async ({ page, app, context }) => {
  await app.open("?d=new");
  await rename(page, "Shared");
  await expect(page).toHaveURL(/d=[0-9a-f-]{36}/);
  const other = await context.newPage();
  await other.goto(page.url());
  await expect(other.getByTestId("title")).toHaveText("Shared");
  await other.waitForFunction(() => document.querySelector("[data-testid=file-menu]"));
  await rename(other, "Changed there");
  await expect(page.getByTestId("keep-trouble")).toContainText("another window");
  await page.getByTestId("keep-theirs").click();
  await expect(page.getByTestId("title")).toHaveText("Changed there");
  await expect(page.getByTestId("keep-trouble")).not.toBeVisible();
  // From here on it is kept again.
  await rename(page, "Agreed");
  await expect.poll(() => page.evaluate(() => JSON.stringify({ ...localStorage }))).toContain("Agreed");
  expect(await kept(page)).toBe(1);
  await other.close();
});

test("full storage is said and loses nothing on the screen; a file still can be saved", async ({ page, app }) => {
  await page.addInitScript(() => {
    Storage.prototype.setItem = () => {
      throw new DOMException("full", "QuotaExceededError");
    };
  });
  await app.open("?d=new");
  await rename(page, "Too much");
  await expect(page.getByTestId("keep-trouble")).toContainText("storage is full");
  await expect(page.getByTestId("title")).toHaveText("Too much");
  const download = page.waitForEvent("download");
  await page.getByTestId("keep-file").click();
  const file = await download;
  expect(file.suggestedFilename()).toBe("too-much.eventyard.json");
  expect(JSON.parse(readFileSync(await file.path(), "utf8")).name).toBe("Too much");
});

test("forbidden storage is said, too", async ({ page, app }) => {
  await page.addInitScript(() => {
    Object.defineProperty(window, "localStorage", { get() { throw new DOMException("no", "SecurityError"); } });
  });
  await app.open("?d=new");
  await rename(page, "Nowhere");
  await expect(page.getByTestId("keep-trouble")).toContainText("does not let the page keep anything");
});

test("a damaged entry is named, left as it is, and does not stop the app", async ({ page, app }) => {
  const key = "eventyard.diagram.pubsub-topic";
  await page.addInitScript((key) => localStorage.getItem(key) ?? localStorage.setItem(key, "{half"), key);
  await app.open("?d=pubsub-topic");
  await expect(page.getByTestId("notice")).toContainText("cannot be read");
  await rename(page, "Mine now");
  await expect.poll(() => kept(page)).toBe(2);
  expect(await page.evaluate((key) => localStorage.getItem(key), key)).toBe("{half");
});

test("a diagram goes into a file and comes back; so does a picture of it", async ({ page, app }) => {
  await app.open("?d=combined");
  await page.waitForFunction(() => document.querySelector("[data-testid=file-menu]"));
  for (const [choice, ending] of [["file-save", ".eventyard.json"], ["file-svg", ".svg"]]) {
    await page.getByTestId("file-menu-open").click();
    const download = page.waitForEvent("download");
    await page.getByTestId(choice).click();
    const file = await download;
    expect(file.suggestedFilename()).toContain(ending);
    await app.open("?d=new");
    await page.waitForFunction(() => document.querySelector("[data-testid=file-menu]"));
    await page.getByTestId("file-input").setInputFiles({
      name: file.suggestedFilename(),
      mimeType: "text/plain",
      buffer: readFileSync(await file.path()),
    });
    await expect(app.node("Payments")).toBeVisible();
    expect(await page.evaluate(() => window.eventyard.now())).toBeGreaterThan(-1);
  }
});

test("PNG and Mermaid are handed over", async ({ page, app }) => {
  await app.open("?d=pubsub-topic");
  await page.waitForFunction(() => document.querySelector("[data-testid=file-menu]"));
  for (const [choice, ending, start] of [["file-png", ".png", "\x89PNG"], ["file-mermaid", ".mmd", "flowchart LR"]]) {
    await page.getByTestId("file-menu-open").click();
    const download = page.waitForEvent("download");
    await page.getByTestId(choice).click();
    const file = await download;
    expect(file.suggestedFilename()).toContain(ending);
    expect(readFileSync(await file.path(), "latin1")).toContain(start);
  }
});

test("a bad file gets every problem with its place, and what is on the screen stays", async ({ page, app }) => {
  await app.open();
  await page.waitForFunction(() => document.querySelector("[data-testid=file-menu]"));
  const document = { version: 1, name: "Bad", nodes: [{ id: "x", kind: "queue", name: "Q" }, { id: "y", kind: "teapot", name: "" }], edges: [] };
  await page.getByTestId("file-input").setInputFiles({
    name: "bad.json",
    mimeType: "application/json",
    buffer: Buffer.from(JSON.stringify(document)),
  });
  const dialog = page.getByTestId("file-problems");
  await expect(dialog).toContainText("“bad.json” cannot be opened");
  await expect(dialog).toContainText("nodes[0].id");
  await expect(dialog).toContainText("nodes[1].kind");
  await page.keyboard.press("Escape");
  await expect(app.node("Sales queue")).toBeVisible();
});

test("a file that is dropped onto the window is opened", async ({ page, app }) => {
  await app.open("?d=new");
  await page.waitForFunction(() => document.querySelector("[data-testid=file-menu]"));
  const text = JSON.stringify({ version: 1, name: "Dropped", nodes: [{ id: "1b4e28ba-2fa1-41d2-883f-0016d3cca427", kind: "queue", name: "Lonely", x: 0, y: 0 }], edges: [] });
  const data = await page.evaluateHandle((text) => {
    const data = new DataTransfer();
    data.items.add(new File([text], "dropped.json", { type: "application/json" }));
    return data;
  }, text);
  await page.dispatchEvent("body", "dragover", { dataTransfer: data });
  await page.dispatchEvent("body", "drop", { dataTransfer: data });
  await expect(app.node("Lonely")).toBeVisible();
  await expect(page.getByTestId("title")).toHaveText("Dropped");
});
