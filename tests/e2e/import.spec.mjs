// Templates in: chosen, dropped or pasted, previewed with what needs attention; a bad one says each mistake with its line
// and leaves what is open alone.
import { readFileSync } from "node:fs";
import { expect, test } from "./app.mjs";

const template = (name) => readFileSync(new URL(`../templates/${name}`, import.meta.url), "utf8");

const importing = async (page) => {
  await page.getByTestId("file-menu-open").click();
  await page.getByTestId("file-import").click();
  await expect(page.getByTestId("import")).toBeVisible();
};

const paste = (page, text) =>
  page.evaluate((text) => {
    const data = new DataTransfer();
    data.setData("text/plain", text);
    document.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true }));
  }, text);

test("a template from a file is previewed with what needs attention, and becomes a running diagram of its own", async ({ page, app }) => {
  await app.open();
  await importing(page);
  await expect(page.getByTestId("import-accept")).toBeDisabled();
  await page.getByTestId("import-file").setInputFiles({ name: "shop.json", mimeType: "application/json", buffer: Buffer.from(template("cdk-output.json")) });
  await expect(page.getByTestId("import-summary")).toContainText("nodes");
  await expect(page.locator(".import-preview svg")).toBeVisible();
  await expect(page.getByTestId("import-attention")).toContainText("things need attention");
  await expect(page.getByTestId("import-note").filter({ hasText: "AWS::S3::Bucket" })).toContainText("not simulated");
  expect(await app.axe()).toEqual([]);
  await page.getByTestId("import-accept").click();
  await expect(page.getByTestId("import")).toBeHidden();
  await expect(page.getByTestId("title")).toHaveText("shop");
  await expect(app.node("Assets")).toContainText("AWS::S3::Bucket");
  // It is kept as it came.
  await page.reload();
  await expect(page.getByTestId("title")).toHaveText("shop");
  await expect(app.node("Assets")).toContainText("AWS::S3::Bucket");
  await app.speed(10);
  await app.pass(20);
  await app.select("Worker");
  await expect(page.getByTestId("inspector")).toContainText("invocations");
  // Guesses are findings, and each step says from what.
  await page.getByTestId("side-problems").click();
  await expect(page.getByTestId("finding-guessed-handler")).toHaveCount(1);
  await page.getByTestId("finding-guessed-handler").getByTestId("finding-fix").click();
  await expect(page.getByTestId("finding-guessed-handler")).toHaveCount(0);
  await page.getByTestId("undo").click();
  await expect(page.getByTestId("finding-guessed-handler")).toHaveCount(1);
});

test("a template with mistakes says each with its line and leaves the diagram alone", async ({ page, app }) => {
  await app.open();
  const title = await page.getByTestId("title").textContent();
  await importing(page);
  await page.getByTestId("import-text").fill("Resources:\n  A:\n    Type: AWS::SQS::Queue\n    Properties: { QueueName: !Ref Nme }\n  B: {}\n");
  await expect(page.getByTestId("import-flaw")).toHaveCount(2);
  await expect(page.getByTestId("import-flaw").first()).toContainText("Line 4, column 30");
  await expect(page.getByTestId("import-accept")).toBeDisabled();
  // Mended while it stands there.
  await page.getByTestId("import-text").fill("Resources:\n  A:\n    Type: AWS::SQS::Queue\n");
  await expect(page.getByTestId("import-accept")).toBeEnabled();
  await page.getByTestId("import-close").click();
  await expect(page.getByTestId("import")).toBeHidden();
  await expect(page.getByTestId("title")).toHaveText(title);
});

test("what is pasted or dropped onto the window opens the import, and a missing policy is a finding at once", async ({ page, app }) => {
  await app.open();
  await page.getByTestId("canvas").click({ position: { x: 5, y: 5 } });
  // The part that listens is there.
  await expect(page.getByTestId("add-queue")).toBeAttached();
  await paste(page, template("fan-out-without-policy.yaml"));
  await expect(page.getByTestId("import-note").filter({ hasText: "not allowed" })).toHaveCount(2);
  await page.getByTestId("import-accept").click();
  await expect(app.node("Billing queue")).toBeVisible();
  await page.getByTestId("side-problems").click();
  await expect(page.getByTestId("finding-delivery-not-allowed")).toHaveCount(2);
  await page.evaluate((text) => {
    const data = new DataTransfer();
    data.items.add(new File([text], "broken.yaml", { type: "text/yaml" }));
    window.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true }));
  }, "Resources:\n  A: [\n");
  await expect(page.getByTestId("import-flaw")).toHaveCount(1);
  await page.keyboard.press("Escape");
  await expect(page.getByTestId("import")).toBeHidden();
  await expect(app.node("Billing queue")).toBeVisible();
});

test("an import that is changed is kept as a diagram of its own, and survives a reload", async ({ page, app }) => {
  await app.open();
  await importing(page);
  await page.getByTestId("import-text").fill(template("rest-proxy.yaml"));
  await page.getByTestId("import-accept").click();
  await expect(page.getByTestId("title")).toHaveText("Orders behind a REST API");
  await page.getByTestId("side-problems").click();
  await page.getByTestId("finding-guessed-handler").first().getByTestId("finding-fix").click();
  await expect(page).toHaveURL(/d=[0-9a-f-]{36}/);
  await expect.poll(() => page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("eventyard.diagram.")).length)).toBe(1);
  await page.reload();
  await expect(page.getByTestId("title")).toHaveText("Orders behind a REST API");
  await expect(app.node("Create order function")).toBeVisible();
});
