// The problems panel: live, with the reason, a jump to the place, and a fix that can be undone.
import { expect, test } from "./app.mjs";

test("a visibility timeout that is too short is found at once, mended by one click, and the mending undone", async ({ page, app }) => {
  await app.open();
  await page.getByTestId("side-problems").click();
  const finding = page.getByTestId("finding-visibility-timeout-too-short");
  await expect(finding).toHaveCount(0);
  await app.select("Sales queue");
  await app.set("VisibilityTimeout", "1");
  await expect(finding).toBeVisible();
  await expect(page.getByTestId("side-problems")).toContainText(/Problems \d/);
  await page.getByTestId("inspector-close").click();
  await finding.getByTestId("finding-jump").click();
  await expect(page.getByTestId("inspector-title")).toContainText("Sales");
  await finding.getByTestId("finding-fix").click();
  await expect(finding).toHaveCount(0);
  await page.getByTestId("undo").click();
  await expect(finding).toBeVisible();
});

test("an empty diagram has no problems, and the panel says what would stand there", async ({ page, app }) => {
  await app.open("?d=new");
  await page.getByTestId("side-problems").click();
  await expect(page.getByTestId("no-problems")).toBeVisible();
});
