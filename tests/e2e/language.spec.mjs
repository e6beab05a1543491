// The app in another language: how it is chosen, that nothing is lost by it, and that nothing is left in English.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { po } from "gettext-parser";
import { expect, test } from "./app.mjs";

const catalogue = po.parse(readFileSync(join(import.meta.dirname, "../../languages/de.po")));
const german = (text, context = "") => catalogue.translations[context][text].msgstr[0];

/** A word may be the German for one thing and the English for another. */
const translations = new Set(Object.values(catalogue.translations).flatMap(Object.values).flatMap(({ msgstr }) => msgstr));

const language = (page) => page.evaluate(() => document.documentElement.lang);

/** What is said in English: texts that the catalogue has in German, and whatever reads like an English sentence. Code, what
 * documents hold, and names (of nodes, settings, fields and documentation pages) are the same in every language. */
async function english(page) {
  const said = await page.evaluate(() => {
    const texts = [];
    const same = "code, pre, script, style, textarea, .cm-editor, [lang=en], [data-testid=mail]";
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    for (let at = walker.nextNode(); at; at = walker.nextNode()) {
      const element = at.nodeType === Node.TEXT_NODE ? at.parentElement : at;
      if (element.closest(same)) continue;
      const named = element.closest(".settings") !== null;
      if (at.nodeType === Node.TEXT_NODE) texts.push([at.data, named]);
      else for (const name of ["aria-label", "title", "placeholder", "alt"]) if (at.hasAttribute(name)) texts.push([at.getAttribute(name), named]);
    }
    return texts.map(([text, named]) => [text.replace(/\s+/g, " ").trim(), named]);
  });
  const names = new Set(await page.evaluate(() => {
    const { name, nodes } = JSON.parse(window.eventyard.document());
    return [name, ...nodes.map((node) => node.name)];
  }));
  const sentence = /\b(the|is|are|of|and|with|which|this|that|not|from|has|have|it|its|at|by|to|be|there|when|how|what)\b/gi;
  const left = said.filter(([text, named]) => {
    if (names.has(text) || translations.has(text) || (named && /^\w+$/.test(text))) return false;
    const known = catalogue.translations[""][text];
    // JSON, what a message holds, pages of documentation, and conditions as they are typed.
    const prose = text.replace(/\{.*\}|".*"|[\w.]+(-[\w.]+)+| of [A-Z].* > \d.*/g, "");
    return (known && /[a-z]{3}/.test(text)) || (prose.match(sentence) ?? []).length >= 2;
  });
  return [...new Set(left.map(([text]) => text))];
}

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
  await expect(page.getByTestId("title")).toHaveText(german("Decouple with a queue"));
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

test("when a diagram was kept is written as the language writes dates", async ({ page, app }) => {
  await app.open("?lang=de");
  await page.getByTestId("file-menu-open").click();
  await page.getByTestId("file-duplicate").click();
  await expect(page.getByTestId("kept-open").locator("small")).toHaveText(/^\d{1,2}\.\d{1,2}\.\d{4}, \d{1,2}:\d\d:\d\d$/);
});

test("without its catalogue the app speaks English", async ({ page, app, allowConsole }) => {
  allowConsole(/Failed to load resource/);
  await page.route("**/language-de-*.bin", (route) => route.abort());
  await app.open("?lang=de");
  await expect(page.getByTestId("file-menu-open")).toHaveText("File");
  expect(await language(page)).toBe("en");
});

test("longer words are whole on a phone", async ({ page, app }) => {
  await page.setViewportSize({ width: 390, height: 800 });
  await app.open("?lang=de");
  const { left, right } = await page.locator(".hint").evaluate((hint) => hint.getBoundingClientRect().toJSON());
  expect(left).toBeGreaterThanOrEqual(0);
  expect(right).toBeLessThanOrEqual(390);
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

const ROOMS = [
  "Glossary",
  "Keyboard shortcuts",
  "History",
  "Fidelity: what is simplified",
  "About Eventyard",
  "Pattern tester",
  "Compare designs…",
  "Share: a link that holds the diagram…",
  "Embed: the diagram in another page…",
  "Name, open, save, pictures…",
  "Edit the diagram as JSON…",
  "Import a template…",
  "Export template…",
  "Make a lab from this diagram",
];

test.describe("nothing is left in English", () => {
  test.setTimeout(240_000);
  for (const id of ["gateway-multiple", "pubsub-bus-rules", "decouple-queue"]) {
    test(`in ${id}: beside the diagram, below it, and in what can be selected`, async ({ page, app, allowConsole }) => {
      allowConsole();
      await app.open(`?d=${id}&lang=de`);
      await app.speed(20);
      await app.pass(20);
      await page.getByTestId("play").click();
      for (const side of ["guide", "build", "labs", "problems"]) {
        await page.getByTestId(`side-${side}`).click();
        await page.waitForTimeout(300);
        expect.soft(await english(page), side).toEqual([]);
      }
      for (const tab of ["log", "timeline", "trace", "metrics", "ledger", "cost"]) {
        await page.getByTestId(`dock-${tab}`).click();
        await page.waitForTimeout(400);
        expect.soft(await english(page), tab).toEqual([]);
      }
      for (const node of await page.locator(".diagram [data-node]").all()) {
        await node.focus();
        await page.keyboard.press("Enter");
        for (const tab of ["live", "settings", "json"]) {
          const choose = page.getByTestId(`tab-${tab}`);
          if (!(await choose.count())) continue;
          await choose.click();
          await page.waitForTimeout(100);
          expect.soft(await english(page), `${await node.getAttribute("data-testid")} ${tab}`).toEqual([]);
        }
      }
      for (const edge of await page.locator(".diagram g.edge[data-edge]").all()) {
        await edge.focus();
        await page.keyboard.press("Enter");
        await page.waitForTimeout(100);
        expect.soft(await english(page), await edge.getAttribute("data-testid")).toEqual([]);
      }
    });
  }

  test("in dialogs and rooms", async ({ page, app, allowConsole }) => {
    allowConsole();
    await app.open("?d=combined&lang=de");
    await app.pass(5);
    await page.getByTestId("play").click();
    await page.keyboard.press("Control+k");
    await expect(page.getByTestId("choice").first()).toBeVisible();
    expect.soft(await english(page), "all commands").toEqual([]);
    await page.keyboard.press("Escape");
    for (const label of ROOMS) {
      await page.keyboard.press("Control+k");
      // Commands are found by their English words as well.
      await page.getByTestId("picker-search").fill(label);
      await expect(page.getByTestId("choice")).not.toHaveCount(0);
      await page.getByTestId("picker-search").press("Enter");
      await page.waitForTimeout(700);
      expect.soft(await english(page), label).toEqual([]);
      await app.open("?d=combined&lang=de");
      await page.getByTestId("play").click();
    }
  });
});
