// The diagram as a template that deploys it: shown, explained, copied, saved with all that belongs to it.
import { readFileSync } from "node:fs";
import { expect, test } from "./app.mjs";

const open = async (page, app) => {
  await app.open();
  await page.getByTestId("file-menu-open").click();
  await page.getByTestId("file-template").click();
  await expect(page.getByTestId("exporting")).toBeVisible();
};

test("a template is shown in both notations and languages, with what to know before", async ({ page, app }) => {
  await open(page, app);
  const text = page.getByTestId("exporting-text");
  await expect(text).toContainText("AWS::Serverless-2016-10-31");
  await expect(page.getByTestId("exporting-notes")).toContainText("Customer database: An Aurora cluster");
  await page.getByTestId("exporting-language").selectOption("Python");
  await page.getByTestId("exporting-notation").selectOption("JSON");
  await expect(text).toContainText('"AWSTemplateFormatVersion": "2010-09-09"');
  expect(await app.axe()).toEqual([]);
  await page.getByTestId("exporting-close").click();
  await expect(page.getByTestId("exporting")).toBeHidden();
});

test("a template is saved as a file, with its code as an archive, and copied", async ({ page, app, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await open(page, app);
  const save = async (button) => {
    const download = page.waitForEvent("download");
    await page.getByTestId(button).click();
    const file = await download;
    return [file.suggestedFilename(), readFileSync(await file.path())];
  };
  const [name, template] = await save("exporting-save");
  expect(name).toBe("decouple-messaging-pattern.template.yaml");
  expect(template.toString()).toContain("deadLetterTargetArn: !GetAtt SalesDeadLettersQueue.Arn");
  const [archive, bytes] = await save("exporting-zip");
  expect(archive).toBe("decouple-messaging-pattern.zip");
  expect(bytes.subarray(0, 4).toString("latin1")).toBe("PK\x03\x04");
  for (const path of ["template.yaml", "src/CustomerFunction/index.js", "README.md"]) {
    expect(bytes.includes(path)).toBe(true);
  }
  await page.getByTestId("exporting-copy").click();
  await expect(page.getByTestId("said")).toHaveText("Copied.");
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(template.toString());
});
