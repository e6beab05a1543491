// The app in another language: how it is chosen, that nothing is lost by it, and that nothing is left in English.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { po } from "gettext-parser";
import { expect, test } from "./app.mjs";

const catalogue = po.parse(readFileSync(join(import.meta.dirname, "../../languages/de.po")));
const german = (text, context = "") => catalogue.translations[context][text].msgstr[0];

const language = (page) => page.evaluate(() => document.documentElement.lang);

test.describe("with a browser that speaks German", () => {
  test.use({ locale: "de-AT" });

  test("the app does, unless the address asks for English", async ({ page, app }) => {
    await app.open();
    expect(await language(page)).toBe("de");
    await expect(page.getByTestId("file-menu-open")).toHaveText(german("File"));
    await app.open("?lang=en");
    expect(await language(page)).toBe("en");
    await expect(page.getByTestId("file-menu-open")).toHaveText("File");
    await app.open("?lang=auto");
    expect(await language(page)).toBe("de");
  });
});

test("the address may ask for a language, and goes on asking; one that there is not is English", async ({ page, app }) => {
  await app.open("?d=decouple-queue&lang=de");
  await expect(page.getByTestId("file-menu-open")).toHaveText(german("File"));
  await expect(page.getByTestId("title")).toHaveText(german("Decouple messaging pattern"));
  await page.getByTestId("guide-combined").click();
  await expect(page).toHaveURL(/d=combined&lang=de$/);
  await page.reload();
  await expect(page.getByTestId("file-menu-open")).toHaveText(german("File"));
  await app.open("?lang=xx");
  await expect(page.getByTestId("file-menu-open")).toHaveText("File");
});

test("another language is chosen under “?”: what was drawn stays, and so does the choice", async ({ page, app }) => {
  await app.open("?d=decouple-queue");
  await app.select("Sales queue");
  await app.set("VisibilityTimeout", "77");
  await page.getByTestId("about").click();
  await expect(page.getByTestId("language").locator("option")).toHaveText(["English", "Deutsch"]);
  await page.getByTestId("language").selectOption("Deutsch");
  await expect(page.getByTestId("file-menu-open")).toHaveText(german("File"));
  await app.select("Sales queue");
  await expect(await app.field("VisibilityTimeout")).toHaveValue("77");
  await page.goto("./");
  await expect(page.getByTestId("file-menu-open")).toHaveText(german("File"));
  await page.getByTestId("about").click();
  await page.getByTestId("language").selectOption("English");
  await expect(page.getByTestId("file-menu-open")).toHaveText("File");
  expect(await language(page)).toBe("en");
});

test("a word that means different things by its place is the one for its place", async ({ page, app }) => {
  await app.open("?lang=de");
  await page.getByTestId("side-labs").click();
  await page.getByTestId("lab-make").click();
  await expect(page.getByTestId("author-run").locator("> summary")).toHaveText(`${german("Run", "noun")} ${german("none", "run")}`);
});

test("a run is the same in every language", async ({ page, app }) => {
  const hashes = [];
  for (const lang of ["en", "de"]) {
    await app.open(`?lang=${lang}`);
    await page.waitForFunction(() => window.eventyard.runUntil("combined", 7, 1) !== null);
    hashes.push(await page.evaluate(() =>
      ["combined", "decouple-queue", "gateway-multiple", "gateway-single", "pubsub-bus-rules", "pubsub-bus-types", "pubsub-topic"].map((id) =>
        window.eventyard.runUntil(id, 7, 30e6))));
  }
  expect(new Set(hashes[0]).size).toBe(7);
  expect(hashes[1]).toEqual(hashes[0]);
});

test("without its catalogue the app speaks English", async ({ page, app, allowConsole }) => {
  allowConsole(/Failed to load resource/);
  await page.route("**/language-de-*.mo", (route) => route.abort());
  await app.open("?lang=de");
  await expect(page.getByTestId("file-menu-open")).toHaveText("File");
  expect(await language(page)).toBe("en");
});

test("a language that is written from right to left turns the window round", async ({ page, app }) => {
  await page.route(/dir\/(\?.*)?$/, async (route) => {
    const answer = await route.fetch();
    const body = (await answer.text()).replace('name="eventyard:language" content="de"', 'name="eventyard:language" content="ar"');
    await route.fulfill({ response: answer, body });
  });
  await app.open("?lang=ar");
  expect(await page.evaluate(() => document.documentElement.dir)).toBe("rtl");
  await page.getByTestId("about").click();
  await expect(page.getByTestId("language").locator("option:checked")).toHaveText("العربية");
});
