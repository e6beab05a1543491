// What the tests share: the app as a person drives it. A message in the console that nobody expected fails the test.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { test as base, expect } from "@playwright/test";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Said by Playwright, because the tests are about what the server has. */
const BLOCKED = /^Service Worker registration blocked/;

export function slug(name) {
  return name.toLowerCase().replace(/[^a-z0-9]+/g, "-");
}

/** Puts a text in place of an editor's, as a person does who pastes. With `fill` the browser edits what is marked itself, and
 * now and then leaves styles of its own, which the page's policy forbids. */
export async function replaceText(editor, text) {
  await editor.focus();
  await editor.page().keyboard.press("ControlOrMeta+a");
  await editor.evaluate((element, text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", text);
    element.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  }, text);
}

/** Another origin, for as long as `act` takes with its address: a server on loopback that answers as `answer` does. */
export async function elsewhere(answer, act) {
  const server = createServer(answer);
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  try {
    await act(`http://127.0.0.1:${server.address().port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

class App {
  constructor(page) {
    this.page = page;
  }

  async open(query = "") {
    await this.page.goto(`./${query}`);
    await expect(this.page.getByTestId("canvas")).toBeVisible();
    await this.page.waitForFunction(() => window.eventyard !== undefined);
  }

  /** Simulated microseconds. */
  now() {
    return this.page.evaluate(() => window.eventyard.now());
  }

  async waitForTime(microseconds) {
    await this.page.waitForFunction((time) => window.eventyard.now() >= time, microseconds, { timeout: 30_000 });
  }

  /** Lets this many simulated seconds pass. */
  async pass(seconds) {
    await this.waitForTime((await this.now()) + seconds * 1e6);
  }

  node(name) {
    return this.page.getByTestId(`node-${slug(name)}`);
  }

  async select(name) {
    await this.node(name).click();
    await expect(this.page.getByTestId("inspector-title")).toHaveText(name);
  }

  async selectEdge(from, to) {
    await this.page.getByTestId(`edge-${slug(from)}--${slug(to)}`).focus();
    await this.page.keyboard.press("Enter");
    await expect(this.page.getByTestId("inspector-title")).toHaveText(`${from} → ${to}`);
  }

  async speed(speed) {
    await this.page.getByTestId("speed").selectOption(String(speed));
  }

  /** A figure of the headline as a number; spans as microseconds. */
  async headline(name) {
    const text = (await this.page.getByTestId(`headline-${name}`).textContent()).replace(/\u202f/g, "");
    const parts = [...text.matchAll(/([\d.]+)\s*(µs|ms|s|min|h)?/g)];
    const units = { µs: 1, ms: 1e3, s: 1e6, min: 60e6, h: 3600e6 };
    return parts.reduce((sum, [, number, unit]) => sum + Number(number) * (units[unit] ?? 1), 0);
  }

  /** The field of a setting in the inspector; of a structured one that in which it stands as JSON. */
  async field(name) {
    await this.page.getByTestId("tab-settings").click();
    const form = this.page.getByTestId(`setting-${name}-form`);
    const field = this.page.getByTestId(`setting-${name}`);
    await expect(form.or(field)).toBeVisible();
    if (await form.isVisible()) await this.page.getByTestId(`setting-${name}-as`).click();
    return field;
  }

  async set(name, value) {
    const field = await this.field(name);
    await field.fill(value);
    await field.blur();
  }

  async fault(fields) {
    await this.page.getByTestId("fault-open").click();
    for (const [name, value] of Object.entries(fields)) {
      const field = this.page.getByTestId(`fault-${name}`);
      if (value === true) await field.check();
      else await field.fill(value);
    }
    await this.page.getByTestId("fault-apply").click();
  }

  /** What axe-core finds, as short lines. It is evaluated from here, so the page's policy stays as it is. */
  async axe() {
    await this.page.evaluate(axeSource);
    return this.page.evaluate(async () => {
      const { violations } = await window.axe.run();
      return violations.map((found) => `${found.id}: ${found.nodes.map((node) => node.html).slice(0, 3).join(" | ")}`);
    });
  }
}

export const test = base.extend({
  allowConsole: async ({}, use) => {
    // Everything, or only what fits a pattern.
    const box = { allowed: null };
    await use(Object.assign((pattern = /^/) => (box.allowed = pattern), { box }));
  },
  app: async ({ page, allowConsole }, use) => {
    const said = [];
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) said.push(message.text());
    });
    page.on("pageerror", (error) => said.push(String(error)));
    await use(new App(page));
    const { allowed } = allowConsole.box;
    expect(said.filter((text) => !allowed?.test(text) && !BLOCKED.test(text))).toEqual([]);
  },
});

export { expect };
