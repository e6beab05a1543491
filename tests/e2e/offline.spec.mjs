// Without a connection the app opens and everything in it works; a new version is offered, and taken only when somebody says so.
import { execFileSync } from "node:child_process";
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serve } from "../tools/serve.mjs";
import { expect, test } from "./app.mjs";

const root = new URL("../../", import.meta.url).pathname;

test.use({ serviceWorkers: "allow" });

/** The site from a host of its own, which can be changed and switched off. */
async function site(act) {
  const folder = mkdtempSync(join(tmpdir(), "eventyard-site-"));
  cpSync(join(root, "dist"), folder, { recursive: true });
  let server = await serve(folder, 0, "/below/");
  const { port } = server.address();
  const close = () => {
    server?.closeAllConnections();
    server?.close();
    server = null;
  };
  try {
    await act({ url: `http://127.0.0.1:${port}/below/`, folder, close });
  } finally {
    close();
    rmSync(folder, { recursive: true });
  }
}

async function open(page, url) {
  await page.goto(url);
  await page.waitForFunction(() => window.eventyard !== undefined);
}

/** Everything is there: the worker has said so. */
const kept = (page) => expect(page.locator("html")).toHaveAttribute("data-offline", "", { timeout: 40_000 });

test("without a connection: it opens, runs, and each room, the code editor and the labs are there", async ({ page, app, context }) => {
  test.slow();
  await site(async ({ url, close }) => {
    await open(page, url);
    await kept(page);
    close();
    await context.setOffline(true);
    await page.reload();
    await page.waitForFunction(() => window.eventyard !== undefined);
    await app.pass(0.3);
    await app.select("Sales queue");
    await app.set("VisibilityTimeout", "45");
    await app.fault({ outage: true });
    await page.keyboard.press("Escape");
    await page.getByTestId("guide-pubsub-bus-rules").click();
    await expect(page.getByTestId("title")).toHaveText("Event bus, one event and rules");
    await app.pass(0.2);
    await page.getByTestId("tester-open").click();
    await expect(page.getByTestId("tester").locator(".cm-content").first()).toBeVisible();
    await page.keyboard.press("Escape");
    await page.getByTestId("study-open").click();
    await expect(page.getByTestId("study")).toBeVisible();
    await page.keyboard.press("Escape");
    await open(page, `${url}?lab=visibility-timeout`);
    await page.getByTestId("lab-choice-1").check();
    await page.getByTestId("lab-answer").click();
    await page.getByTestId("lab-run").click();
    await expect(page.getByTestId("lab-verdict")).toBeVisible({ timeout: 30_000 });
    // What was changed before is still there.
    await open(page, `${url}?d=decouple-queue`);
    expect(await page.evaluate(() => window.eventyard.document())).toContain('"VisibilityTimeout": 45');
  });
});

/** Puts another version onto the host. */
function change(folder) {
  const page = join(folder, "index.html");
  writeFileSync(page, readFileSync(page, "utf8").replace("<title>Eventyard</title>", "<title>Eventyard, next</title>"));
  appendFileSync(join(folder, "boot.js"), "document.documentElement.dataset.next = '';\n");
  execFileSync("node", [join(root, ".ci/offline.mjs"), folder]);
}

test("a new version is offered, not forced; taking it keeps what is drawn", async ({ page, app, context }) => {
  test.slow();
  await site(async ({ url, folder }) => {
    await open(page, url);
    await kept(page);
    const other = await context.newPage();
    await open(other, url);
    change(folder);
    // With the next visit it is found, and the one that is there goes on.
    await page.reload();
    await page.waitForFunction(() => window.eventyard !== undefined);
    await expect(page).toHaveTitle("Eventyard");
    const offer = page.getByTestId("update");
    await expect(offer).toBeVisible({ timeout: 20_000 });
    await page.getByTestId("update-later").click();
    await expect(offer).toBeHidden();
    await app.pass(0.2);
    // Again with the next one; what was drawn a moment ago is kept first.
    await page.reload();
    await page.waitForFunction(() => window.eventyard !== undefined);
    await expect(page).toHaveTitle("Eventyard");
    await app.select("Sales queue");
    await expect(offer).toBeVisible();
    expect(await app.axe()).toEqual([]);
    await app.set("VisibilityTimeout", "46");
    await page.getByTestId("update-take").click();
    await expect(page).toHaveTitle("Eventyard, next");
    await expect(page.locator("html")).toHaveAttribute("data-next", "");
    await page.waitForFunction(() => window.eventyard !== undefined);
    expect(await page.evaluate(() => window.eventyard.document())).toContain('"VisibilityTimeout": 46');
    await expect(offer).toBeHidden();
    // The other window is left alone, and what it has not fetched yet is there.
    await expect(other).toHaveTitle("Eventyard");
    await other.getByTestId("tester-open").click();
    await expect(other.getByTestId("tester").locator(".cm-content").first()).toBeVisible();
  });
});

test("an embed installs nothing", async ({ page, app }) => {
  void app;
  await site(async ({ url }) => {
    await open(page, `${url}?embed&d=combined`);
    await page.waitForTimeout(1_500);
    expect(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).toBe(0);
  });
});

test("it can be installed: the manifest, its icons and addresses are in order", async ({ page, app, request }) => {
  await app.open();
  const address = await page.locator("link[rel=manifest]").evaluate((link) => link.href);
  const manifest = await (await request.get(address)).json();
  expect(manifest).toMatchObject({ name: "Eventyard", start_url: "./", scope: "./", display: "standalone", theme_color: "#1d4ed8" });
  expect(manifest.icons.map(({ sizes, purpose = "any" }) => `${sizes} ${purpose}`)).toEqual(["192x192 any", "512x512 any", "512x512 maskable"]);
  for (const icon of manifest.icons) {
    const bytes = await (await request.get(new URL(icon.src, address).href)).body();
    // Width and height stand in a PNG's first chunk.
    expect(`${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`).toBe(icon.sizes);
  }
  const { installabilityErrors } = await (await page.context().newCDPSession(page)).send("Page.getInstallabilityErrors");
  expect(installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== "in-incognito")).toEqual([]);
});
