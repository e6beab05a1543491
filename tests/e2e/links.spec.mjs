// Links: what one window shows, another one shows as well, to the event; and what cannot be opened leaves everything as it is.
import { execFileSync } from "node:child_process";
import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import { crc32, deflateRawSync } from "node:zlib";
import { expect, test } from "./app.mjs";

const native = new URL("../../", import.meta.url);

const stored = (page) => page.evaluate(() => JSON.stringify({ ...localStorage }));
const shown = (page) => page.evaluate(() => JSON.parse(window.eventyard.document()));

/** The link that the dialog makes. */
async function share(page, holds = "share-design") {
  await page.getByTestId("share-open").click();
  await page.getByTestId(holds).check();
  await expect(page.getByTestId("share-link")).toHaveValue(/^http/);
  const link = await page.getByTestId("share-link").inputValue();
  const length = await page.getByTestId("share-length").textContent();
  expect(Number(length.match(/^[\d\u202f]+/)[0].replaceAll("\u202f", ""))).toBe(link.length);
  await page.getByTestId("share-close").click();
  return link;
}

const dictionary = readFileSync(new URL("src/exchange/link/dictionary.txt", native));

/** A link as another program would make it: a checksum, no ids in the table, and the JSON compressed. */
function packed(value) {
  const body = Buffer.concat([Buffer.from([0]), deflateRawSync(JSON.stringify(value), { dictionary })]);
  const sum = Buffer.alloc(4);
  sum.writeUInt32LE(crc32(body));
  return `#v1.${Buffer.concat([sum, body]).toString("base64url")}`;
}

/** Another person's browser. */
async function elsewhere(browser, link, act) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(link);
  await page.waitForFunction(() => window.eventyard !== undefined);
  await act(page);
  await context.close();
}

const TOPIC = "Publish/subscribe with a topic";

const arrived = (page, name) => expect(page.getByTestId("title")).toHaveText(name);

/** A document with so many queues, whose names cannot be compressed. */
function large(queues) {
  let state = 1;
  const word = () => ((state = (state * 48271) % 2147483647), state.toString(36));
  const nodes = Array.from({ length: queues }, (_, index) => ({
    id: `1b4e28ba-2fa1-41d2-883f-${String(index).padStart(12, "0")}`, kind: "queue", name: `${word()} ${word()} ${word()}`,
    x: (index % 8) * 240, y: Math.floor(index / 8) * 160,
  }));
  return { version: 1, name: "Large", nodes, edges: [] };
}

async function openFile(page, document) {
  await page.waitForFunction(() => document.querySelector("[data-testid=file-menu]"));
  const buffer = Buffer.from(JSON.stringify(document));
  await page.getByTestId("file-input").setInputFiles({ name: "a.json", mimeType: "application/json", buffer });
  await arrived(page, document.name);
}

test("a diagram of the guide is shared by its name, a changed one as a whole; copying puts the link into the clipboard", async ({ page, app, context, browser }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await app.open();
  expect(await share(page)).toMatch(/\?d=decouple-queue$/);
  await app.select("Sales queue");
  await app.set("VisibilityTimeout", "77");
  const link = await share(page);
  expect(link).toMatch(/#v1\.[\w-]+$/);
  expect(link.length).toBeLessThan(300);
  await page.getByTestId("share-open").click();
  await page.getByTestId("share-copy").click();
  await expect(page.getByTestId("share-copy")).toHaveText("Copied");
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(link);
  const document = await shown(page);
  await elsewhere(browser, link, async (page) => {
    await arrived(page, "Decouple messaging pattern");
    expect(await shown(page)).toEqual(document);
    expect(JSON.parse(await stored(page))).toEqual({});
  });
});

test("this moment: another browser and the command line come to the same journal, at rest, with the edits to be undone", async ({ page, app, browser }) => {
  await app.open("?d=decouple-queue&seed=11&speed=2");
  await app.select("Sales");
  await page.getByTestId("stop").click();
  await app.pass(3);
  await app.select("Sales queue");
  await app.set("VisibilityTimeout", "45");
  await app.pass(2);
  await page.getByTestId("play").click();
  await page.getByTestId("step").click();
  const link = await share(page, "share-moment");
  const here = await page.evaluate(() => [window.eventyard.hash(), window.eventyard.now()]);
  await elsewhere(browser, link, async (page) => {
    await expect.poll(() => page.evaluate(() => window.eventyard.now())).toBe(here[1]);
    expect(await page.evaluate(() => window.eventyard.hash())).toBe(here[0]);
    await expect(page.getByTestId("play")).toHaveText("Play");
    await expect(page.getByTestId("undo")).toHaveAttribute("title", /VisibilityTimeout/);
    // Time can be gone back in, and played on.
    await page.getByTestId("to-start").click();
    await expect.poll(() => page.evaluate(() => window.eventyard.now())).toBe(0);
    await page.getByTestId("play").click();
    await page.waitForFunction((time) => window.eventyard.now() > time, here[1] + 1e6, { timeout: 30_000 });
  });
  const report = execFileSync("cargo", ["run", "--quiet", "--profile", process.env.NATIVE ?? "ci", "--", "simulate", link, "--format", "json"], { cwd: native, encoding: "utf8" });
  expect(JSON.parse(report).journal_hash).toBe(here[0]);
  expect(JSON.parse(report).simulated_us).toBe(here[1]);
});

test("a link's diagram is one's own: stored work stays, loading again shows it again, and it is kept once it is changed", async ({ page, app }) => {
  await app.open("?d=pubsub-topic");
  await app.select("Payments");
  await app.set("Timeout", "21");
  await expect.poll(() => stored(page)).toContain("pubsub-topic");
  const link = await share(page, "share-run");
  const before = JSON.parse(await stored(page));
  await page.goto("about:blank");
  await page.goto(link);
  await arrived(page, TOPIC);
  await page.waitForFunction(() => window.eventyard !== undefined);
  await page.reload();
  await arrived(page, TOPIC);
  expect(page.url()).toContain("#v1.");
  expect(JSON.parse(await stored(page))).toEqual(before);
  await app.select("Payments");
  await app.set("Timeout", "22");
  await expect(page).toHaveURL(/\?d=[0-9a-f-]{36}$/);
  const after = JSON.parse(await stored(page));
  expect(Object.keys(after).length).toBe(Object.keys(before).length + 1);
  expect(after).toMatchObject(before);
  await page.reload();
  await app.select("Payments");
  await page.getByTestId("tab-settings").click();
  await expect(page.getByTestId("setting-Timeout")).toHaveValue("22");
});

test("a link put into the address while the app is open is opened; a broken one changes nothing", async ({ page, app }) => {
  await app.open("?d=combined");
  const link = await share(page, "share-run");
  await app.open("?d=new");
  await page.waitForFunction(() => document.querySelector("[data-testid=file-menu]"));
  const fragment = new URL(link).hash;
  await page.evaluate((fragment) => (location.hash = fragment), fragment);
  await arrived(page, "Patterns combined");
  for (const [broken, words] of [
    [fragment.slice(0, -9), "damaged"],
    [fragment.replace(/.{5}$/, "AAAAA"), "damaged"],
    ["#v7.abc", "newer Eventyard"],
    ["#<script>alert(1)</script>", "no link"],
  ]) {
    await page.evaluate((broken) => (location.hash = broken), broken);
    await expect(page.getByTestId("notice")).toContainText(words);
    await expect(page.getByTestId("notice")).toContainText("everything else is as it was");
    await arrived(page, "Patterns combined");
    expect(page.url()).toContain(fragment);
    await page.getByTestId("notice").getByRole("button").click();
  }
});

test("a broken link at the start is named, the opening diagram runs, and stored work is untouched", async ({ page, app }) => {
  await page.addInitScript(() => localStorage.setItem("eventyard.diagram.decouple-queue", localStorage.getItem("eventyard.diagram.decouple-queue") ?? "{kept"));
  await app.open("#v1.AAAA");
  await expect(page.getByTestId("notice")).toContainText("The link is damaged");
  await expect(app.node("Sales queue")).toBeVisible();
  await app.pass(0.1);
  expect(JSON.parse(await stored(page))).toEqual({ "eventyard.diagram.decouple-queue": "{kept" });
  await expect(page).toHaveURL(/\?d=decouple-queue$/);
});

test("a long link is warned of, and a file offered instead", async ({ page, app }) => {
  await app.open("?d=new");
  await openFile(page, large(120));
  await page.getByTestId("share-open").click();
  await expect(page.getByTestId("share-length")).toContainText("more than the 2,000");
  await page.keyboard.press("Escape");
  await openFile(page, { ...large(400), name: "Larger" });
  await page.getByTestId("share-open").click();
  await expect(page.getByTestId("share-length")).toContainText("longer than 8 KB");
  const download = page.waitForEvent("download");
  await page.getByTestId("share-file").click();
  expect(JSON.parse(readFileSync(await (await download).path(), "utf8")).nodes.length).toBe(400);
});

test("a moment far away is approached without the page stalling, and can be given up", async ({ page, app }) => {
  await app.open("?d=decouple-queue");
  const document = await shown(page);
  document.nodes[0].settings.Arrivals = { constant: 200 };
  const nodes = document.nodes.map((node) => [node.id, node.kind, node.name, node.x, node.y, node.settings ?? {}]);
  const edges = document.edges.map((edge) => [edge.id, edge.kind, edge.from, edge.to, edge.settings ?? {}]);
  // Half a day of it takes minutes anywhere.
  const link = packed({ d: { n: document.name, N: nodes, E: edges }, t: [43_200e6, null], c: [] });
  await page.goto("about:blank");
  await app.open(link);
  await expect(page.getByTestId("link-way")).toContainText("On the way to", { timeout: 30_000 });
  await page.getByTestId("link-stop").click();
  await expect(page.getByTestId("notice")).toContainText("the link was not opened");
  await expect(app.node("Sales queue")).toBeVisible();
});

test("a document is fetched from another origin that allows it; everything else is explained", async ({ page, app, allowConsole }) => {
  // The browser itself says in the console what it did not let the page read.
  allowConsole();
  const document = { ...large(2), name: "From afar" };
  const asked = [];
  const server = createServer((request, response) => {
    asked.push(request);
    const path = request.url.slice(1);
    if (path !== "closed.json") response.setHeader("access-control-allow-origin", "*");
    if (path === "missing.json") response.writeHead(404).end();
    else if (path === "page.html") response.end("<!doctype html><p>No diagram");
    else if (path === "wrong.json") response.end(JSON.stringify({ ...document, nodes: [{ id: 1, kind: "teapot" }] }));
    else if (path === "endless.json") {
      const more = () => !response.destroyed && response.write("x".repeat(1 << 20), () => setImmediate(more));
      more();
    } else response.end(JSON.stringify(document));
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const origin = `http://127.0.0.1:${server.address().port}`;
  try {
    await page.context().addCookies([{ name: "secret", value: "1", url: origin }]);
    await app.open(`?src=${encodeURIComponent(`${origin}/open.json`)}`);
    await arrived(page, "From afar");
    await expect(page).toHaveURL(/\?src=http/);
    expect(asked.map((request) => request.method)).toEqual(["GET"]);
    expect(asked[0].headers.cookie).toBeUndefined();
    expect(asked[0].headers.referer).toBeUndefined();
    expect(JSON.parse(await stored(page))).toEqual({});
    for (const [source, words] of [
      [`${origin}/missing.json`, "answered 404"],
      [`${origin}/closed.json`, "CORS"],
      [`${origin}/page.html`, "not a diagram|no diagram|cannot be read|not JSON|SVG"],
      [`${origin}/wrong.json`, "teapot"],
      [`${origin}/endless.json`, "larger than 8 MB"],
      ["http://example.org/plain.json", "https://"],
      ["javascript:alert(1)", "https://"],
      ["data:application/json,{}", "https://"],
    ]) {
      await app.open(`?src=${encodeURIComponent(source)}`);
      await expect(page.getByTestId("notice")).toContainText(new RegExp(words));
      await expect(app.node("Sales queue")).toBeVisible();
      expect(JSON.parse(await stored(page))).toEqual({});
    }
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test("a link leads to a step of a lab", async ({ page, app, browser }) => {
  await app.open("?lab=visibility-timeout");
  await expect(page.getByTestId("lab-player")).toBeVisible();
  await page.getByTestId("lab-step-2").click();
  const title = await page.getByTestId("lab-step-title").textContent();
  await page.getByTestId("share-open").click();
  await expect(page.getByTestId("share-link")).toHaveValue(/\?lab=visibility-timeout&step=2$/);
  const link = await page.getByTestId("share-link").inputValue();
  await elsewhere(browser, link, (page) => expect(page.getByTestId("lab-step-title")).toHaveText(title));
});

test("a link holds a whole lab, which is one's own then; one that is wrong is explained", async ({ page, app }) => {
  const lab = {
    lab: 1, id: "by-link", title: "Came by link", summary: "Short.", minutes: 1, teaches: "Labs travel.", diagram: "combined", seed: 3,
    steps: [{ title: "Look", text: "Nothing to do." }],
  };
  await app.open(packed({ l: lab }));
  await expect(page.getByTestId("lab-title")).toHaveText("Came by link");
  await page.getByTestId("lab-leave").click();
  await expect(page.getByTestId("title")).toHaveText("Decouple with a queue");
  await page.goto("about:blank");
  await app.open(packed({ l: { ...lab, steps: [{ title: "Look", text: "", highlight: ["Nobody"] }] } }));
  await expect(page.getByTestId("lab-problems")).toContainText("steps[0].highlight[0]");
  await page.keyboard.press("Escape");
  await expect(app.node("Sales queue")).toBeVisible();
});
