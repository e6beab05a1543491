// Drawing one's own: building, arranging, undoing; by mouse, by keyboard and by touch.
import { readFileSync } from "node:fs";
import { expect, slug, test } from "./app.mjs";

const guide = JSON.parse(readFileSync(new URL("../../src/lessons/guide/decouple-queue.json", import.meta.url), "utf8"));

const nodes = (page) => page.locator("[data-testid^='node-']");

/** The document that is open. */
const document = async (page) => JSON.parse(await page.evaluate(() => window.eventyard.document()));

async function middle(locator) {
  const box = await locator.boundingBox();
  return [box.x + box.width / 2, box.y + box.height / 2];
}

/** Drags with the mouse from one place of the window to another. */
async function drag(page, [fromX, fromY], [toX, toY]) {
  await page.mouse.move(fromX, fromY);
  await page.mouse.down();
  await page.mouse.move((fromX + toX) / 2, (fromY + toY) / 2, { steps: 4 });
  await page.mouse.move(toX, toY, { steps: 4 });
  await page.mouse.up();
}

/** A place of the diagram as a place of the window. */
async function placeOf(page, { x, y }) {
  const matrix = await page.locator("svg.diagram > g").evaluate((group) => {
    const { a, e, f } = group.getScreenCTM();
    return { a, e, f };
  });
  return [x * matrix.a + matrix.e, y * matrix.a + matrix.f];
}

/** The settings in which the guide's node or edge differs, as somebody would type them. */
async function fillIn(page, settings) {
  await page.getByTestId("tab-settings").click();
  for (const [name, value] of Object.entries(settings)) {
    const field = page.getByTestId(`setting-${name}`);
    // What is structured stands there as a form, and as JSON where one asks for it.
    const form = page.getByTestId(`setting-${name}-form`);
    if (name !== "Handler") await expect(form.or(field)).toBeVisible();
    if (await form.isVisible()) await page.getByTestId(`setting-${name}-as`).click();
    // A handler's text stands below its steps, folded away.
    if (name === "Handler" && !(await field.isVisible())) await page.getByTestId("handler-text").click();
    const kind = await field.evaluate((element) => (element.type === "checkbox" ? "check" : element.tagName));
    if (kind === "check") await field.setChecked(value);
    else if (kind === "SELECT") await field.selectOption(value);
    else {
      await field.fill(typeof value === "string" ? value : JSON.stringify(value));
      await field.blur();
    }
    await expect(page.getByTestId(`setting-error-${name}`)).toBeEmpty();
  }
}

/** A guide's document with the ids that the diagram on the screen has given to the nodes and edges of the same place. */
function translated(text, built) {
  const id = (node) => built.nodes.find((other) => other.name === node.name).id;
  const edge = (edge, source) => {
    const name = (id) => source.nodes.find((node) => node.id === id).name;
    return `${name(edge.from)} → ${name(edge.to)}`;
  };
  for (const node of guide.nodes) text = text.replaceAll(node.id, id(node));
  for (const own of guide.edges) {
    const same = built.edges.find((other) => edge(other, built) === edge(own, guide));
    text = text.replaceAll(own.id, same.id);
  }
  return text;
}

/** What was built runs as the guide's diagram does: for the same seed the same journal, record by record, and so the same report. */
async function expectLikeTheGuide(page) {
  const built = await document(page);
  const run = (text) => page.evaluate(([text, time]) => window.eventyard.runUntil(text, 11, time), [text, 600e6]);
  const hash = await run(JSON.stringify(built));
  expect(hash).toMatch(/^[0-9a-f]{16}$/);
  expect(hash).toBe(await run(translated(JSON.stringify(guide), built)));
}

async function settle(page, edit) {
  for (const node of guide.nodes.filter((node) => node.settings)) {
    const built = await document(page);
    const id = (other) => built.nodes.find((mine) => mine.name === other.name).id;
    let settings = JSON.stringify(node.settings);
    for (const other of guide.nodes) settings = settings.replaceAll(other.id, id(other));
    await edit.node(node.name);
    await fillIn(page, JSON.parse(settings));
  }
  const name = (id) => guide.nodes.find((node) => node.id === id).name;
  for (const edge of guide.edges.filter((edge) => edge.settings)) {
    await edit.edge(name(edge.from), name(edge.to));
    await fillIn(page, edge.settings);
  }
}

test("by mouse, the queue diagram is built from nothing and runs as the guide's does", async ({ page, app }) => {
  test.setTimeout(180_000);
  await app.open("?d=new");
  await expect(page.getByTestId("empty-diagram")).toBeVisible();
  await page.getByTestId("play").click();
  // Room for the whole of it.
  for (let step = 0; step < 3; step++) await page.getByTestId("zoom-out").click();
  const plane = await page.getByTestId("canvas").boundingBox();
  const scale = 0.5;
  const spot = ({ x, y }) => [plane.x + 90 + x * scale, plane.y + 90 + y * scale];
  for (const node of guide.nodes) {
    await drag(page, await middle(page.getByTestId(`add-${node.kind}`)), spot(node));
    const added = await app.page.locator("g.node.selected");
    await expect(added).toHaveCount(1);
    await added.dblclick();
    await page.getByTestId("name-field").fill(node.name);
    await page.getByTestId("name-field").press("Enter");
    await expect(app.node(node.name)).toBeVisible();
    // The inspector would cover what comes next.
    await page.getByTestId("inspector-close").click();
  }
  const name = (id) => guide.nodes.find((node) => node.id === id).name;
  for (const edge of guide.edges) {
    const [from, to] = [app.node(name(edge.from)), app.node(name(edge.to))];
    await from.hover();
    const box = await from.boundingBox();
    const handle = page.locator(".handle").first();
    await drag(page, await middle(handle.locator(".dot")), await middle(to));
    await expect(page.getByTestId(`edge-${slug(name(edge.from))}--${slug(name(edge.to))}`)).toBeAttached();
    expect(box).not.toBeNull();
    await page.getByTestId("inspector-close").click();
  }
  await settle(page, { node: (name) => app.select(name), edge: (from, to) => app.selectEdge(from, to) });
  await expectLikeTheGuide(page);
});

test("by keyboard, the queue diagram is built from nothing and runs as the guide's does", async ({ page, app }) => {
  test.setTimeout(180_000);
  await app.open();
  await page.keyboard.press("Control+k");
  await expect(page.getByTestId("picker-search")).toBeFocused();
  await page.keyboard.type("new diagram");
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("empty-diagram")).toBeVisible();
  await page.keyboard.press(" ");
  for (const node of guide.nodes) {
    await page.keyboard.press("a");
    await expect(page.getByTestId("add-picker")).toBeVisible();
    await expect(page.getByTestId("picker-search")).toBeFocused();
    const words = { gateway: "api gateway", mailer: "e-mail", endpoint: "http" };
    await page.keyboard.type(words[node.kind] ?? node.kind);
    await page.keyboard.press("Enter");
    await expect(page.locator("g.node.selected")).toHaveCount(1);
    await page.keyboard.press("F2");
    await expect(page.getByTestId("name-field")).toBeFocused();
    await page.keyboard.type(node.name);
    await page.keyboard.press("Enter");
    await expect(app.node(node.name)).toBeFocused();
  }
  const name = (id) => guide.nodes.find((node) => node.id === id).name;
  for (const edge of guide.edges) {
    await app.node(name(edge.from)).focus();
    await page.keyboard.press("c");
    await expect(page.getByTestId("connect-picker")).toBeVisible();
    await expect(page.getByTestId("picker-search")).toBeFocused();
    await page.keyboard.type(name(edge.to));
    await page.keyboard.press("Enter");
    await expect(page.getByTestId(`edge-${slug(name(edge.from))}--${slug(name(edge.to))}`)).toBeAttached();
  }
  const choose = async (locator) => {
    await locator.focus();
    await page.keyboard.press("Enter");
  };
  await settle(page, {
    node: (name) => choose(app.node(name)),
    edge: (from, to) => choose(page.getByTestId(`edge-${slug(from)}--${slug(to)}`)),
  });
  await expectLikeTheGuide(page);
});

test("a name typed sooner than the next frame is drawn is taken whole", async ({ page, app }) => {
  await page.addInitScript(() => {
    const next = window.requestAnimationFrame.bind(window);
    window.requestAnimationFrame = (frame) => next(() => setTimeout(() => next(frame), 300));
  });
  await app.open("?d=new");
  await page.getByTestId("start-client").click();
  await page.keyboard.press("F2");
  await page.keyboard.type("Customer database");
  await page.waitForTimeout(800);
  await expect(page.getByTestId("name-field")).toHaveValue("Customer database");
  await page.keyboard.press("Enter");
  await expect(app.node("Customer database")).toBeFocused();
});

test("what was just connected runs at once", async ({ page, app }) => {
  await app.open("?d=new");
  await page.getByTestId("start-client").click();
  for (const kind of ["api gateway", "function", "queue"]) {
    await page.keyboard.press("c");
    await expect(page.getByTestId("picker-search")).toBeFocused();
    await page.keyboard.type(`new ${kind}`);
    await page.keyboard.press("Enter");
    await expect(page.getByTestId("connect-picker")).not.toBeVisible();
    await expect(page.locator("g.node.selected")).toContainText(kind === "api gateway" ? "API" : kind, { ignoreCase: true });
  }
  await expect(nodes(page)).toHaveCount(4);
  await app.speed(10);
  await expect.poll(() => app.headline("depth")).toBeGreaterThan(3);
  // Requests that set out before there was anything to answer them have failed; from the start none does.
  await page.getByTestId("reset").click();
  await expect.poll(() => app.headline("depth")).toBeGreaterThan(3);
  expect(await app.headline("success")).toBe(100);
});

test("a connection that is not allowed is refused where it is tried, with the reason and the detour", async ({ page, app }) => {
  await app.open();
  await page.getByTestId("play").click();
  await app.node("Sales queue").hover();
  const from = await middle(page.locator(".handle .dot").first());
  const to = await middle(app.node("Sales database"));
  await page.mouse.move(...from);
  await page.mouse.down();
  await page.mouse.move(...to, { steps: 6 });
  await expect(page.getByTestId("refusal")).toContainText("something has to poll it");
  await expect(page.getByTestId("refusal")).toContainText("Put a function between");
  await page.mouse.up();
  await expect(page.getByTestId("notice")).toContainText("Put a function between");
  await expect(page.getByTestId("edge-sales-queue--sales-database")).not.toBeAttached();
  // By keyboard it stands in the list, with the reason.
  await app.node("Sales queue").focus();
  await page.keyboard.press("c");
  await expect(page.getByTestId("picker-search")).toBeFocused();
  await page.keyboard.type("Sales database");
  await expect(page.getByTestId("choice").first()).toContainText("something has to poll it");
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("connect-picker")).toBeVisible();
  await expect(page.getByTestId("picker-search")).toBeFocused();
});

test("a queue is put between two functions, by the menu and by dropping it onto the edge", async ({ page, app }) => {
  await app.open("?d=gateway-multiple");
  await page.getByTestId("play").click();
  const before = await document(page);
  const edge = page.locator("g.edge.asynchronous, g.edge.synchronous").filter({ has: page.locator(".line") });
  const call = before.edges.find((edge) => edge.kind === "integration");
  const line = page.locator(`g.edge[data-edge="${call.id}"]`);
  expect(await edge.count()).toBeGreaterThan(3);
  await line.focus();
  await page.keyboard.press("Shift+F10");
  await page.getByTestId("menu-insert-queue").click();
  await expect(nodes(page)).toHaveCount(before.nodes.length + 1);
  await page.keyboard.press("Control+z");
  await expect(nodes(page)).toHaveCount(before.nodes.length);
  expect(await document(page)).toEqual(before);

  await page.getByTestId("side-build").click();
  const [x, y] = await line.locator(".line").evaluate((path) => {
    const at = path.getPointAtLength(path.getTotalLength() / 2);
    const matrix = path.getScreenCTM();
    return [at.x * matrix.a + matrix.e, at.y * matrix.d + matrix.f];
  });
  await drag(page, await middle(page.getByTestId("add-queue")), [x, y]);
  await expect(nodes(page)).toHaveCount(before.nodes.length + 1);
  const after = await document(page);
  const queue = after.nodes.find((node) => !before.nodes.some((other) => other.id === node.id));
  expect(after.edges.filter((edge) => edge.from === queue.id || edge.to === queue.id)).toHaveLength(2);
});

test("a loose node that is dropped onto an edge is put into it, in one step", async ({ page, app }) => {
  await app.open();
  await page.getByTestId("play").click();
  const before = await document(page);
  await page.getByTestId("side-build").click();
  const plane = await page.getByTestId("canvas").boundingBox();
  await drag(page, await middle(page.getByTestId("add-queue")), [plane.x + 60, plane.y + plane.height - 70]);
  await page.getByTestId("inspector-close").click();
  const loose = await document(page);
  const queue = loose.nodes.find((node) => !before.nodes.some((other) => other.id === node.id));
  const mapping = before.edges.find((edge) => edge.kind === "integration");
  const [x, y] = await page.locator(`g.edge[data-edge="${mapping.id}"] .line`).evaluate((path) => {
    const at = path.getPointAtLength(path.getTotalLength() / 2);
    const matrix = path.getScreenCTM();
    return [at.x * matrix.a + matrix.e, at.y * matrix.d + matrix.f];
  });
  await drag(page, await middle(page.locator(`g.node[data-node="${queue.id}"]`)), [x, y]);
  const after = await document(page);
  expect(after.edges.filter((edge) => edge.from === queue.id || edge.to === queue.id)).toHaveLength(2);
  expect(after.nodes).toHaveLength(loose.nodes.length);
  await page.keyboard.press("Control+z");
  expect(await document(page)).toEqual(loose);
});

test("an edge becomes one of another kind, and a handler's step goes with it", async ({ page, app }) => {
  await app.open("?d=gateway-multiple");
  await page.getByTestId("play").click();
  const before = await document(page);
  const integration = before.edges.find((edge) => edge.kind === "integration");
  await page.locator(`g.edge[data-edge="${integration.id}"]`).focus();
  await page.keyboard.press("Shift+F10");
  await page.getByTestId("menu-edge-kind").click();
  await expect(page.getByTestId("edge-kind-picker")).toBeVisible();
  await expect(page.getByTestId("picker-search")).toBeFocused();
  await page.keyboard.type("authorizer");
  await page.keyboard.press("Enter");
  const after = await document(page);
  expect(after.edges.filter((edge) => edge.to === integration.to && edge.from === integration.from).map((edge) => edge.kind)).toEqual(["authorizer"]);
  await page.keyboard.press("Control+z");
  expect(await document(page)).toEqual(before);
});

test("an edge ends at another node, what cannot be is refused with the reason, and it is undone", async ({ page, app }) => {
  await app.open("?d=decouple-queue");
  await page.getByTestId("play").click();
  const before = await document(page);
  const named = (name) => before.nodes.find((node) => node.name === name).id;
  const edge = before.edges.find((edge) => edge.from === named("Payment status") && edge.to === named("Sales database"));
  await page.locator(`g.edge[data-edge="${edge.id}"]`).focus();
  await page.keyboard.press("Shift+F10");
  await page.getByTestId("menu-edge-target").click();
  const picker = page.getByTestId("edge-end-picker");
  await expect(page.getByTestId("picker-search")).toBeFocused();
  await expect(picker.locator("[aria-disabled=true]").filter({ hasText: "Front end" })).toHaveCount(1);
  await page.keyboard.type("customer database");
  await page.keyboard.press("Enter");
  const after = await document(page);
  expect(after.edges.filter((other) => other.from === edge.from).map((other) => other.to)).toEqual([named("Customer database")]);
  await page.keyboard.press("Control+z");
  expect(await document(page)).toEqual(before);
});

test("the view moves by keys", async ({ page, app }) => {
  await app.open();
  const before = await app.node("Sales").boundingBox();
  await page.keyboard.press("Control+ArrowRight");
  await page.keyboard.press("Control+ArrowDown");
  const moved = async () => {
    const after = await app.node("Sales").boundingBox();
    return [Math.round(after.x - before.x), Math.round(after.y - before.y)];
  };
  await expect.poll(moved).toEqual([-80, -80]);
});

test("single keys can be switched off", async ({ page, app }) => {
  await app.open();
  await page.keyboard.press("?");
  await page.getByTestId("single-keys").uncheck();
  await page.keyboard.press("Escape");
  await page.keyboard.press("a");
  await expect(page.getByTestId("add-picker")).not.toBeVisible();
  await page.reload();
  await expect(page.getByTestId("play")).toBeVisible();
  await page.keyboard.press("?");
  await expect(page.getByTestId("shortcuts")).not.toBeVisible();
  await page.keyboard.press("Control+k");
  await expect(page.getByTestId("picker-search")).toBeFocused();
  await page.keyboard.type("keyboard shortcuts");
  await page.keyboard.press("Enter");
  await page.getByTestId("single-keys").check();
  await page.keyboard.press("Escape");
  await page.keyboard.press("a");
  await expect(page.getByTestId("add-picker")).toBeVisible();
  await expect(page.getByTestId("picker-search")).toBeFocused();
});

test("a dead-letter queue is redriven to a queue of one's choice, at a rate", async ({ page, app }) => {
  await app.open();
  await page.getByTestId("play").click();
  const dead = (await document(page)).edges.find((edge) => edge.kind === "redrive").to;
  await page.locator(`g.node[data-node="${dead}"]`).focus();
  await page.keyboard.press("Shift+F10");
  await page.getByTestId("menu-redrive").click();
  await expect(page.getByTestId("redrive-dialog")).toBeVisible();
  await page.getByTestId("redrive-rate").fill("900");
  await page.getByTestId("redrive-start").click();
  await expect(page.getByTestId("redrive-dialog")).toContainText("1 to 500");
  await page.getByTestId("redrive-rate").fill("100");
  await page.getByTestId("redrive-to").selectOption({ label: "Sales queue" });
  await page.getByTestId("redrive-start").click();
  await expect(page.getByTestId("redrive-dialog")).not.toBeVisible();
  await expect(page.getByTestId("log")).toContainText("redrive");
});

test("a marquee selects, the selection moves together, and one drag is one step", async ({ page, app }) => {
  await app.open();
  await page.getByTestId("play").click();
  const before = await document(page);
  const sales = await app.node("Sales").boundingBox();
  const database = await app.node("Sales database").boundingBox();
  await drag(page, [sales.x - 12, sales.y - 12], [database.x + 60, database.y + 40]);
  await expect(page.getByTestId("several-title")).toHaveText("2 nodes and 1 edge");
  const from = await middle(app.node("Sales"));
  await drag(page, from, [from[0] - 8, from[1] + 60]);
  const after = await document(page);
  const moved = (name) => {
    const of = (document) => document.nodes.find((node) => node.name === name);
    return [of(after).x - of(before).x, of(after).y - of(before).y];
  };
  expect(moved("Sales")).toEqual(moved("Sales database"));
  expect(moved("Sales")[1]).toBeGreaterThan(20);
  expect(moved("Customer")).toEqual([0, 0]);
  await page.keyboard.press("Control+z");
  expect(await document(page)).toEqual(before);
  await page.keyboard.press("Control+Shift+z");
  expect(await document(page)).toEqual(after);
});

test("select all, align, distribute and nudge are undone and done again step by step", async ({ page, app }) => {
  await app.open();
  await page.getByTestId("play").click();
  const before = await document(page);
  await page.keyboard.press("Control+a");
  await expect(page.getByTestId("several-title")).toContainText(`${before.nodes.length} nodes`);
  await page.getByTestId("several-align-top").click();
  await page.getByTestId("several-distribute-across").click();
  const ys = async () => new Set((await document(page)).nodes.map((node) => node.y));
  expect((await ys()).size).toBe(1);
  await page.getByTestId("several-title").click();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Shift+ArrowDown");
  await page.getByTestId("history-open").click();
  const entries = page.getByTestId("history-entry");
  await expect(entries).toHaveCount(4);
  await entries.first().click();
  expect(await document(page)).toEqual(before);
  await entries.nth(1).click();
  expect((await ys()).size).toBe(1);
  await page.keyboard.press("Escape");
  await expect(page.getByTestId("redo")).toBeEnabled();
});

test("copy, paste, cut and duplicate keep the edges within", async ({ page, app, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await app.open();
  await page.getByTestId("play").click();
  const before = await document(page);
  await app.node("Sales").click();
  await app.node("Sales queue").click({ modifiers: ["Shift"] });
  await page.keyboard.press("Control+c");
  const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
  await expect.poll(clipboard).not.toBe("");
  expect(JSON.parse(await clipboard()).nodes).toHaveLength(2);
  await page.keyboard.press("Control+v");
  await expect(nodes(page)).toHaveCount(before.nodes.length + 2);
  expect((await document(page)).edges).toHaveLength(before.edges.length + 1);
  await page.keyboard.press("Control+d");
  await expect(nodes(page)).toHaveCount(before.nodes.length + 4);
  await page.keyboard.press("Control+x");
  await expect(nodes(page)).toHaveCount(before.nodes.length + 2);
  for (let step = 0; step < 3; step++) await page.keyboard.press("Control+z");
  expect(await document(page)).toEqual(before);
});

test("deleting loses nothing that cannot be undone; settings are undone as well", async ({ page, app }) => {
  await app.open();
  await page.getByTestId("play").click();
  const before = await document(page);
  await app.select("Sales queue");
  await app.set("VisibilityTimeout", "45");
  await app.node("Sales queue").focus();
  await page.keyboard.press("Delete");
  await expect(app.node("Sales queue")).not.toBeAttached();
  await expect(page.getByTestId("said")).toContainText("Remove Sales queue");
  await page.getByTestId("undo").click();
  await expect(app.node("Sales queue")).toBeVisible();
  await page.getByTestId("undo").click();
  expect(await document(page)).toEqual(before);
});

test("the command palette and the sheet of shortcuts list the same commands; Space and drag moves the view", async ({ page, app }) => {
  await app.open();
  await page.keyboard.press("?");
  await expect(page.getByTestId("shortcuts")).toBeVisible();
  const sheet = await page.getByTestId("shortcuts").locator("section:not(:last-child) dd").allTextContents();
  expect(sheet.length).toBeGreaterThan(20);
  await page.keyboard.press("Escape");
  await app.select("Sales");
  await page.keyboard.press("Control+k");
  await page.getByTestId("picker-search").fill("fit the diagram");
  await expect(page.getByTestId("choice").first()).toContainText("Fit the diagram into the window");
  await page.keyboard.press("Escape");
  const playing = await page.getByTestId("play").getAttribute("aria-pressed");
  const before = await app.node("Sales").boundingBox();
  const plane = await page.getByTestId("canvas").boundingBox();
  await page.getByTestId("inspector-title").click();
  await page.keyboard.down(" ");
  await drag(page, [plane.x + 40, plane.y + 60], [plane.x + 90, plane.y + 90]);
  await page.keyboard.up(" ");
  expect((await app.node("Sales").boundingBox()).x - before.x).toBeCloseTo(50, 0);
  await expect(page.getByTestId("play")).toHaveAttribute("aria-pressed", playing);
});

test("by touch on a phone: add, connect, move, look inside, send, undo", async ({ browser, baseURL }) => {
  const context = await browser.newContext({ viewport: { width: 390, height: 800 }, hasTouch: true, isMobile: true });
  const page = await context.newPage();
  await page.goto(`${baseURL}?d=new`);
  await page.getByTestId("add-client").waitFor({ state: "attached" });
  const add = async (kind) => {
    await page.getByTestId("menu").tap();
    await page.getByTestId("side-build").tap();
    await page.getByTestId(`add-${kind}`).tap();
    await expect(page.getByTestId("menu")).toHaveAttribute("aria-expanded", "false");
  };
  await add("client");
  await add("gateway");
  await page.getByTestId("inspector-close").tap();
  await page.getByTestId("fit").tap();
  await page.getByTestId("node-client").tap();
  await page.locator(".handle").first().tap();
  await page.getByTestId("choice").filter({ hasText: "API" }).first().tap();
  await expect(page.getByTestId("edge-client--api")).toBeAttached();
  await page.getByTestId("inspector-close").tap();

  const touch = async (points) => {
    const session = await context.newCDPSession(page);
    const [first, ...rest] = points;
    await session.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [{ x: first[0], y: first[1] }] });
    for (const [x, y] of rest) await session.send("Input.dispatchTouchEvent", { type: "touchMove", touchPoints: [{ x, y }] });
    await session.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  };
  const before = await page.getByTestId("node-client").boundingBox();
  const [x, y] = await middle(page.getByTestId("node-client"));
  await touch([[x, y], [x, y + 30], [x, y + 60], [x, y + 70]]);
  await expect.poll(async () => (await page.getByTestId("node-client").boundingBox()).y - before.y).toBeGreaterThan(40);

  await page.getByTestId("node-client").tap();
  await expect(page.getByTestId("inspector-title")).toHaveText("Client");
  await page.getByTestId("send-open").tap();
  await page.getByTestId("send-one").tap();
  await expect(page.getByTestId("headline-requests")).not.toHaveText("0");
  await page.getByTestId("inspector-close").tap();
  await page.getByTestId("undo").tap();
  await expect.poll(async () => (await page.getByTestId("node-client").boundingBox()).y - before.y).toBeLessThan(10);
  await context.close();
});

for (const scheme of ["light", "dark"]) {
  test(`axe finds no fault while building, ${scheme}`, async ({ page, app, allowConsole }) => {
    allowConsole();
    await page.emulateMedia({ colorScheme: scheme });
    await app.open("?d=new");
    expect(await app.axe(), "empty diagram").toEqual([]);
    await page.getByTestId("guide-decouple-queue").waitFor({ state: "attached" });
    await app.open();
    await page.getByTestId("play").click();
    await page.getByTestId("side-build").click();
    expect(await app.axe(), "palette").toEqual([]);
    await page.keyboard.press("Control+a");
    await expect(page.getByTestId("several-title")).toBeVisible();
    expect(await app.axe(), "several").toEqual([]);
    await app.node("Sales").click({ button: "right" });
    await expect(page.getByTestId("context-menu")).toBeVisible();
    expect(await app.axe(), "menu").toEqual([]);
    await page.keyboard.press("Escape");
    for (const [key, test] of [["Control+k", "command-palette"], ["h", "history"], ["?", "shortcuts"], ["a", "add-picker"]]) {
      await page.keyboard.press(key);
      await expect(page.getByTestId(test)).toBeVisible();
      expect(await app.axe(), test).toEqual([]);
      await page.keyboard.press("Escape");
      await expect(page.getByTestId(test)).not.toBeVisible();
    }
    await app.node("Sales").dblclick();
    await expect(page.getByTestId("name-field")).toBeVisible();
    expect(await app.axe(), "name").toEqual([]);
  });
}

test("what is dragged moves above the diagram until it is let go", async ({ page, app }) => {
  await app.open();
  const node = app.node("Sales queue");
  const copies = page.locator(".held .node");
  const [x, y] = await middle(node);
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 60, y + 40, { steps: 4 });
  await expect(copies).toHaveCount(1);
  await expect(node).toHaveAttribute("opacity", "0");
  await expect(node).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(page.locator(".held > g > *")).toHaveCount(0);
  await expect(node).not.toHaveAttribute("opacity", "0");
  const [backX, backY] = await middle(node);
  expect(Math.hypot(backX - x, backY - y)).toBeLessThan(1);
  await page.mouse.up();
});

test("a list that opens from a menu takes what is typed at once", async ({ page, app }) => {
  // Frames that come late, as on a slow machine.
  await page.addInitScript(() => {
    const next = window.requestAnimationFrame.bind(window);
    window.requestAnimationFrame = (frame) => next(() => setTimeout(() => next(frame), 300));
  });
  await app.open();
  // The part that builds is there.
  await expect(page.getByTestId("build-search")).toBeAttached();
  const session = await page.context().newCDPSession(page);
  const type = (text) =>
    Promise.all(
      [...text].flatMap((key) => [
        session.send("Input.dispatchKeyEvent", { type: "keyDown", key, text: key, unmodifiedText: key }),
        session.send("Input.dispatchKeyEvent", { type: "keyUp", key }),
      ]),
    );
  const field = page.getByTestId("picker-search");
  await type("aqueue");
  await expect(field).toHaveValue("queue");
  await page.keyboard.press("Escape");
  await expect(field).not.toBeVisible();
  await app.node("Sales").focus();
  await page.keyboard.press("Shift+F10");
  await page.getByTestId("menu-connect").click();
  await type("sales database");
  await expect(field).toHaveValue("sales database");
});

test("a topic is replaced by a bus with rules, handlers follow, what needs attention is said, and it runs", async ({ page, app }) => {
  await app.open("?d=pubsub-topic");
  await page.getByTestId("play").click();
  const before = await document(page);
  await app.node("Payments topic").click({ button: "right" });
  await page.getByTestId("menu-topic-to-bus").click();
  await expect(app.node("Payments bus")).toBeVisible();
  await expect(app.node("Payments topic")).not.toBeAttached();
  const after = await document(page);
  const kinds = (kind) => after.nodes.filter((node) => node.kind === kind).length;
  expect([kinds("topic"), kinds("bus"), kinds("rule")]).toEqual([0, 1, 3]);
  const handler = after.nodes.find((node) => node.name === "Payments").settings.Handler;
  const steps = handler.map(({ step }) => step);
  expect(steps).toContain("putEvents");
  expect(steps).not.toContain("publish");
  const rows = async () => (await app.node("Sales database").locator(".words").textContent()).match(/\d+/)[0];
  const known = Number(await rows());
  await app.speed(20);
  await page.getByTestId("play").click();
  await expect.poll(async () => Number(await rows())).toBeGreaterThan(known + 5);
  await page.getByTestId("play").click();
  await page.getByTestId("undo").click();
  await expect(app.node("Payments topic")).toBeVisible();
  expect(await document(page)).toEqual(before);
});

test("laying out moves the nodes to their places where everybody sees it, in one step; with reduced motion at once", async ({ page, app }) => {
  await app.open("?d=combined");
  await page.getByTestId("play").click();
  const before = await document(page);
  // Somebody has made a mess.
  await page.keyboard.press("Control+a");
  await page.getByTestId("several-align-left").click();
  await expect.poll(async () => new Set((await document(page)).nodes.map((node) => node.x)).size).toBe(1);
  await page.waitForTimeout(600);
  const node = page.locator(`.diagram g[data-node="${before.nodes[3].id}"]`);
  /** In how many places the node is seen until two seconds after a deed. */
  const places = async (deed) => {
    await node.evaluate((element) => {
      const seen = (window.seen = new Set([element.getAttribute("transform")]));
      new MutationObserver(() => seen.add(element.getAttribute("transform"))).observe(element, { attributes: true });
    });
    await deed();
    await page.waitForTimeout(2_000);
    return page.evaluate(() => window.seen.size);
  };
  const tidyUp = () => page.keyboard.press("l");
  expect(await places(tidyUp)).toBeGreaterThan(3);
  const tidy = await document(page);
  expect(new Set(tidy.nodes.map((node) => node.x)).size).toBeGreaterThan(2);
  await page.getByTestId("undo").click();
  await page.emulateMedia({ reducedMotion: "reduce" });
  expect(await places(tidyUp)).toBe(2);
  expect(await document(page)).toEqual(tidy);
});

test("the minimap is there when not everything is seen, and takes one elsewhere", async ({ page, app }) => {
  await app.open();
  await page.getByTestId("play").click();
  const map = page.getByTestId("minimap");
  await expect(map).toBeHidden();
  await page.keyboard.press("0");
  for (let step = 0; step < 4; step++) await page.keyboard.press("+");
  await expect(map).toBeVisible();
  const place = await map.boundingBox();
  await page.mouse.click(place.x + 6, place.y + place.height / 2);
  const front = async () => (await app.node("Front end").boundingBox()).x;
  const left = await front();
  await drag(page, [place.x + 6, place.y + place.height / 2], [place.x + place.width - 6, place.y + place.height / 2]);
  await expect.poll(front).toBeLessThan(left - 300);
  await page.keyboard.press("1");
  await expect(map).toBeHidden();
});

test("a node is frozen and goes on, a queue is purged; the log says both", async ({ page, app }) => {
  await app.open();
  await app.speed(20);
  await app.node("Sales").click({ button: "right" });
  await page.getByTestId("menu-freeze").click();
  await expect(app.node("Sales")).toContainText("frozen");
  const depth = () => app.headline("depth");
  await expect.poll(depth, { timeout: 20_000 }).toBeGreaterThan(10);
  await page.getByTestId("play").click();
  await app.node("Sales queue").click({ button: "right" });
  await page.getByTestId("menu-purge").click();
  await expect.poll(depth).toBe(0);
  await expect(page.getByTestId("log-line").last()).toContainText(/purge/i);
  await app.node("Sales").click({ button: "right" });
  await page.getByTestId("menu-start").click();
  await expect(app.node("Sales")).not.toContainText("frozen");
});
