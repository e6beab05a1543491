// For those who listen or use keys alone: every room and every dialog in both themes, what is read out and how often, and
// that the focus is seen.
import { expect, test } from "./app.mjs";

/** Opens something by the command palette. */
async function command(page, label) {
  await page.keyboard.press("Control+k");
  await page.getByTestId("picker-search").fill(label);
  await page.getByTestId("picker-search").press("Enter");
}

const DIALOGS = [
  ["Export template", "exporting"],
  ["Import a template", "import"],
  ["Share: a link", "share"],
  ["Embed: the diagram", "embedding"],
  ["Edit the diagram as JSON", "document-json"],
  ["Name, open, save", "file-menu"],
  ["Glossary", "glossary"],
  ["Keyboard shortcuts", "shortcuts"],
  ["History", "history"],
];

for (const theme of ["light", "dark"]) {
  test(`axe finds no fault in any dialog, ${theme}`, async ({ page, app, allowConsole }) => {
    test.setTimeout(240_000);
    allowConsole();
    await page.emulateMedia({ colorScheme: theme });
    await app.open();
    await page.getByTestId("play").click();
    for (const [label, id] of DIALOGS) {
      await command(page, label);
      await expect(page.getByTestId(id)).toBeVisible();
      expect(await app.axe(), label).toEqual([]);
      // A code editor has its own use for Escape.
      if (id === "document-json") await page.getByTestId(id).getByRole("button", { name: "Close" }).click();
      else await page.keyboard.press("Escape");
      await expect(page.getByTestId(id)).not.toBeVisible();
    }
    for (const label of ["Fidelity", "About Eventyard"]) {
      await command(page, label);
      await expect(page.locator("dialog[open]")).toBeVisible();
      expect(await app.axe(), label).toEqual([]);
      await page.keyboard.press("Escape");
      await expect(page.locator("dialog[open]")).toHaveCount(0);
    }
    for (const [node, act, label] of [["Sales", "f", "faults"], ["Sales queue", "s", "send"]]) {
      await app.select(node);
      await page.keyboard.press(act);
      await expect(page.locator("dialog[open]")).toBeVisible();
      expect(await app.axe(), label).toEqual([]);
      await page.keyboard.press("Escape");
    }
    await app.select("Sales");
    // A file with mistakes.
    const bad = { name: "bad.json", mimeType: "application/json", buffer: Buffer.from('{"version": 1, "nodes": 5}') };
    await page.getByTestId("file-input").setInputFiles(bad);
    await expect(page.getByTestId("file-problems")).toBeVisible();
    expect(await app.axe(), "problems of a file").toEqual([]);
  });

  test(`axe finds no fault in any room, panel and tab, ${theme}`, async ({ page, app, allowConsole }) => {
    test.setTimeout(240_000);
    allowConsole();
    await page.emulateMedia({ colorScheme: theme });
    await app.open("?d=gateway-multiple");
    await app.speed(20);
    await app.pass(20);
    await page.getByTestId("play").click();
    for (const tab of ["log", "timeline", "trace", "metrics", "ledger", "cost"]) {
      await page.getByTestId(`dock-${tab}`).click();
      await page.waitForTimeout(400);
      expect(await app.axe(), tab).toEqual([]);
    }
    await page.getByTestId("dock-log").click();
    await page.getByTestId("log-line").filter({ hasText: "message" }).last().getByRole("button").first().click();
    await expect(page.getByTestId("story-title")).toBeVisible();
    expect(await app.axe(), "story").toEqual([]);
    for (const tab of ["live", "settings", "json"]) {
      await app.select("Payments");
      await page.getByTestId(`tab-${tab}`).click();
      await page.waitForTimeout(300);
      expect(await app.axe(), `inspector, ${tab}`).toEqual([]);
    }
    for (const side of ["build", "labs", "problems", "guide"]) {
      await page.getByTestId(`side-${side}`).click();
      expect(await app.axe(), side).toEqual([]);
    }
    for (const [room, id] of [["compare", "study"], ["experiments", "study"], ["patterns", "tester"]]) {
      await app.open(`?room=${room}`);
      await expect(page.getByTestId(id)).toBeVisible();
      expect(await app.axe(), room).toEqual([]);
    }
  });
}

test("what is read out comes at a rate that a person can follow, however fast it runs", async ({ page, app }) => {
  await app.open();
  await page.getByTestId("dock-timeline").click();
  await app.select("Sales queue");
  await app.speed(20);
  await page.evaluate(() => {
    window.told = [];
    const isLive = (element) => {
      for (let at = element; at; at = at.parentElement) {
        const live = at.getAttribute("aria-live");
        if (live) return live !== "off";
        const role = at.getAttribute("role");
        if (role === "timer" || role === "marquee") return false;
        if (["status", "alert", "log"].includes(role) || at.tagName === "OUTPUT") return true;
      }
      return false;
    };
    new MutationObserver((list) => {
      const owners = new Set(list.map(({ target }) => target.parentElement && (target.nodeType === 3 ? target.parentElement : target)));
      for (const owner of owners) if (owner && isLive(owner)) window.told.push(owner.textContent);
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
  await page.waitForTimeout(16_000);
  const told = (await page.evaluate(() => window.told)).filter((text) => text.trim());
  expect(told.length).toBeGreaterThan(1);
  expect(told.length, told.join(" | ")).toBeLessThan(5);
  expect(told.at(-1)).toMatch(/\d+ requests, \d+ percent succeeded/);
});

test("the focus is seen on whatever has it, in both themes", async ({ page, app }) => {
  for (const theme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme: theme });
    await app.open();
    await page.getByTestId("play").click();
    const seen = new Set();
    for (let step = 0; step < 70; step++) {
      await page.keyboard.press("Tab");
      const found = await page.evaluate(() => {
        const element = document.activeElement;
        if (!element || element === document.body) return null;
        const look = () => {
          const parts = [element, ...element.querySelectorAll(".box, .line"), element.parentElement, element.closest("label")];
          return parts.filter(Boolean).map((part) => {
            const style = getComputedStyle(part);
            const outline = style.outlineStyle === "none" || parseFloat(style.outlineWidth) === 0 ? "" : style.outline;
            return [outline, style.boxShadow, style.stroke, style.strokeWidth, style.borderColor, style.backgroundColor].join(";");
          }).join("|");
        };
        const focused = look();
        const name = element.getAttribute("data-testid") ?? element.textContent.slice(0, 30);
        element.blur();
        const without = look();
        element.focus({ focusVisible: true, preventScroll: true });
        return { name, visible: focused !== without };
      });
      if (!found) continue;
      expect(found.visible, `${theme}: ${found.name}`).toBe(true);
      seen.add(found.name);
    }
    expect(seen.size, theme).toBeGreaterThan(40);
    expect([...seen].some((name) => name.startsWith("node-"))).toBe(true);
    expect([...seen].some((name) => name.startsWith("edge-"))).toBe(true);
  }
});
