// Embeds: a guest in another page, on another origin; it shows what its address asks for, keeps its manners, and follows messages.
import { elsewhere, expect, test } from "./app.mjs";

const APP = "http://127.0.0.1:4174/sub/dir/";

/** A page of another origin with this inside. */
async function host(html, act) {
  await elsewhere((request, response) => {
    response.setHeader("content-type", "text/html; charset=utf-8");
    response.end(`<!doctype html><html lang="en"><title>Host</title><link rel="icon" href="data:,"><body style="margin:0">${html}`);
  }, act);
}

async function inside(page, place = 0) {
  await expect.poll(() => page.frames().filter((frame) => frame.url().startsWith(APP)).length).toBeGreaterThan(place);
  const frame = page.frames().filter((frame) => frame.url().startsWith(APP))[place];
  await frame.waitForFunction(() => window.eventyard !== undefined);
  return frame;
}

const now = (frame) => frame.evaluate(() => window.eventyard.now());
const stored = (page) => page.evaluate(() => JSON.stringify({ ...localStorage }));

/** Whether time passes. */
async function passes(frame) {
  const before = await now(frame);
  await new Promise((done) => setTimeout(done, 400));
  return (await now(frame)) > before;
}

test("the address says what stands around the diagram and how it begins", async ({ page, app }) => {
  await app.open("?embed&d=pubsub-topic&panels=inspector&controls=play,clock&autoplay=0&theme=dark&node=Payments&t=2s&seed=5");
  await expect(page.getByTestId("inspector-title")).toHaveText("Payments");
  for (const gone of ["menu", "share-open", "side-guide", "headline-requests", "dock-log", "step", "speed", "zoom-in"]) {
    await expect(page.getByTestId(gone)).toBeHidden();
  }
  for (const there of ["play", "clock", "canvas"]) await expect(page.getByTestId(there)).toBeVisible();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect.poll(() => app.now()).toBe(2e6);
  await expect(page.getByTestId("play")).toHaveText("Play");
  await expect(page.getByTestId("embed-note")).toBeHidden();
  expect(await page.evaluate(() => window.eventyard.hash())).toBe(
    await page.evaluate(() => window.eventyard.runUntil("pubsub-topic", 5, 2e6)),
  );
  expect(await app.axe()).toEqual([]);
});

test("what the address says wrongly is named, and the usual taken", async ({ page, app }) => {
  await app.open("?embed&panels=kitchen&controls=play,brakes&autoplay=perhaps&colour=red&node=Nobody&speed=fast");
  const note = page.getByTestId("embed-note");
  for (const words of ["panels", "kitchen", "brakes", "perhaps", "colour", "Nobody"]) await expect(note).toContainText(words);
  await expect(page.getByTestId("notice")).toContainText("speed");
  await expect(page.getByTestId("headline-requests")).toBeVisible();
  await expect(page.getByTestId("step")).toBeVisible();
  await app.pass(0.1);
  await note.getByRole("button").click();
  await expect(note).toBeHidden();
});

test("an embed neither reads nor writes what its visitor keeps, and its address stays", async ({ page, app }) => {
  await app.open("?d=decouple-queue");
  await app.select("Sales queue");
  await app.set("VisibilityTimeout", "77");
  await expect.poll(() => stored(page)).toContain("77");
  const before = await stored(page);
  await app.open("?embed&d=decouple-queue&panels=inspector");
  await app.select("Sales queue");
  await page.getByTestId("tab-settings").click();
  await expect(page.getByTestId("setting-VisibilityTimeout")).toHaveValue("60");
  await app.set("VisibilityTimeout", "11");
  await expect(page.getByTestId("undo")).toHaveAttribute("title", /VisibilityTimeout/);
  await page.waitForTimeout(800);
  expect(await stored(page)).toBe(before);
  expect(page.url()).toContain("?embed&d=decouple-queue&panels=inspector");
  await expect(page.getByTestId("keep-trouble")).toBeHidden();
});

test("an embed that is read only is driven, not changed", async ({ page, app }) => {
  await app.open("?embed&d=decouple-queue&readonly");
  await app.select("Sales");
  await page.getByTestId("stop").click();
  await expect(app.node("Sales")).toContainText("stopped");
  await page.getByTestId("tab-settings").click();
  await page.getByTestId("setting-Timeout").fill("9");
  await page.getByTestId("setting-Timeout").blur();
  await expect(page.getByTestId("setting-error-Timeout")).toContainText("not changed");
  await page.getByTestId("canvas").focus().catch(() => {});
  await page.keyboard.press("Delete");
  await expect(app.node("Sales")).toBeVisible();
});

test("the wheel scrolls the page around; with Ctrl it zooms the diagram; a hint says so once", async ({ page, app }) => {
  void app;
  await host(`<iframe src="${APP}?embed&d=combined" width="800" height="400"></iframe><div style="height:3000px"></div>`, async (origin) => {
    await page.goto(origin);
    const frame = await inside(page);
    const transform = () => frame.locator("svg.diagram > g[transform]").getAttribute("transform");
    await expect.poll(transform).toContain("scale");
    await expect(frame.getByTestId("embed-hint")).toBeAttached();
    const before = await transform();
    await page.mouse.move(400, 200);
    await page.mouse.wheel(0, 120);
    await expect(frame.getByTestId("embed-hint")).toBeVisible();
    await expect.poll(() => page.evaluate(() => scrollY)).toBeGreaterThan(50);
    expect(await transform()).toBe(before);
    await expect(frame.getByTestId("embed-hint")).toBeHidden({ timeout: 6_000 });
    await page.evaluate(() => scrollTo(0, 0));
    await page.keyboard.down("Control");
    await page.mouse.wheel(0, -240);
    await page.keyboard.up("Control");
    await expect.poll(transform).not.toBe(before);
    await page.mouse.wheel(0, 120);
    await page.waitForTimeout(200);
    await expect(frame.getByTestId("embed-hint")).toBeHidden();
  });
});

test.describe("by touch", () => {
  test.use({ hasTouch: true });

  test("one finger scrolls the page around, two zoom the diagram", async ({ page, app }) => {
    void app;
    await host(`<iframe src="${APP}?embed&d=combined&autoplay=0" width="800" height="400"></iframe><div style="height:3000px"></div>`, async (origin) => {
      await page.goto(origin);
      const frame = await inside(page);
      const scale = async () => Number((await frame.locator("svg.diagram > g[transform]").getAttribute("transform")).match(/scale\(([\d.]+)/)[1]);
      await expect.poll(scale).toBeGreaterThan(0);
      const before = await scale();
      const session = await page.context().newCDPSession(page);
      const touch = (type, ...points) => session.send("Input.dispatchTouchEvent", { type, touchPoints: points.map(([x, y], id) => ({ x, y, id })) });
      const pinch = async (from, to) => {
        await touch("touchStart", [400 - from, 200], [400 + from, 200]);
        for (let step = 1; step <= 10; step++) {
          const apart = from + ((to - from) * step) / 10;
          await touch("touchMove", [400 - apart, 200], [400 + apart, 200]);
        }
        await touch("touchEnd");
      };
      await pinch(40, 120);
      await expect.poll(scale).toBeGreaterThan(before * 1.5);
      const larger = await scale();
      await pinch(120, 60);
      await expect.poll(scale).toBeLessThan(larger * 0.8);
      // The page itself has neither zoomed nor scrolled.
      expect(await page.evaluate(() => [visualViewport.scale, scrollY])).toEqual([1, 0]);
      const after = await scale();
      await touch("touchStart", [400, 300]);
      for (let step = 1; step <= 20; step++) await touch("touchMove", [400, 300 - 10 * step]);
      await touch("touchEnd");
      await expect.poll(() => page.evaluate(() => scrollY)).toBeGreaterThan(100);
      expect(await scale()).toBe(after);
    });
  });
});

test("nothing runs where nobody sees it", async ({ page, app }) => {
  void app;
  await host(`<iframe src="${APP}?embed&d=combined" width="800" height="400"></iframe><div style="height:5000px"></div>`, async (origin) => {
    await page.goto(origin);
    const frame = await inside(page);
    await expect.poll(() => passes(frame)).toBe(true);
    await page.evaluate(() => scrollTo(0, 4000));
    await expect.poll(() => passes(frame)).toBe(false);
    await page.evaluate(() => scrollTo(0, 0));
    await expect.poll(() => passes(frame)).toBe(true);
    // Paused by hand, it stays so.
    await frame.getByTestId("play").click();
    await page.evaluate(() => scrollTo(0, 4000));
    await page.waitForTimeout(300);
    await page.evaluate(() => scrollTo(0, 0));
    await page.waitForTimeout(300);
    expect(await passes(frame)).toBe(false);
  });
});

/** Lets the host page send a message to its frame and wait for the answer. */
const converse = (page) =>
  page.evaluate(() => {
    window.heard = [];
    let count = 0;
    addEventListener("message", ({ data }) => window.heard.push(data));
    window.say = (message) =>
      new Promise((resolve) => {
        const id = ++count;
        addEventListener("message", function answer({ data }) {
          if (data.id !== id) return;
          removeEventListener("message", answer);
          resolve(data);
        });
        document.querySelector("iframe").contentWindow.postMessage({ eventyard: 1, id, ...message }, "*");
      });
  });

test("messages from another origin: everything that can be asked for, and what is told", async ({ page, app }) => {
  void app;
  await host("", async (origin) => {
    await page.goto(origin);
    await page.evaluate(([app, origin]) => {
      document.body.innerHTML = `<iframe src="${app}?embed&d=decouple-queue&autoplay=0&origins=${origin}" width="800" height="500"></iframe>`;
    }, [APP, origin]);
    await converse(page);
    const frame = await inside(page);
    const say = (message) => page.evaluate((message) => window.say(message), message);
    await expect.poll(() => page.evaluate(() => window.heard.some((it) => it.type === "ready" && it.aspect > 1))).toBe(true);

    const state = await say({ type: "getState" });
    expect(state).toMatchObject({ type: "reply", result: { playing: false, diagram: "Decouple messaging pattern", seed: 1 } });
    expect(state.result.document.nodes.length).toBe(9);
    expect((await say({ type: "seek", time: 3 })).result.time).toBe(3);
    expect(await now(frame)).toBe(3e6);
    expect((await say({ type: "play", speed: 5 })).result).toMatchObject({ playing: true, speed: 5 });
    await expect.poll(() => passes(frame)).toBe(true);
    await expect.poll(() => page.evaluate(() => window.heard.some((it) => it.type === "metrics" && it.requests > 0 && it.nodes["Sales queue"]))).toBe(true);
    expect((await say({ type: "pause" })).result.playing).toBe(false);
    const before = await now(frame);
    await say({ type: "step" });
    expect(await now(frame)).toBeGreaterThan(before);
    await say({ type: "seek", time: 1 });
    expect(await now(frame)).toBe(1e6);
    expect((await say({ type: "set", target: "Sales queue", setting: "VisibilityTimeout", value: 33 })).type).toBe("reply");
    expect(await frame.evaluate(() => window.eventyard.document())).toContain("\"VisibilityTimeout\": 33");
    expect((await say({ type: "send", node: "Front end", payload: { amount: 7 }, count: 2 })).type).toBe("reply");
    expect((await say({ type: "fault", target: "Sales", fault: { outage: true } })).type).toBe("reply");
    await expect(frame.getByTestId("node-sales")).toContainText("outage");
    await say({ type: "fault", target: "Sales" });
    await expect(frame.getByTestId("node-sales")).not.toContainText("outage");
    expect((await say({ type: "screenshot" })).result.svg).toContain("<svg");
    expect((await say({ type: "screenshot", format: "png" })).result.png).toMatch(/^data:image\/png;base64,/);
    expect((await say({ type: "load", diagram: "combined" })).type).toBe("reply");
    await expect(frame.getByTestId("node-payments-topic")).toBeVisible();
    await expect.poll(() => page.evaluate(() => window.heard.filter((it) => it.type === "ready").length)).toBeGreaterThan(1);
    const document = { version: 1, name: "<img src=x onerror=parent.hit=1>", nodes: [{ id: "1b4e28ba-2fa1-41d2-883f-0016d3cca427", kind: "queue", name: "<script>top.hit=1</script>", x: 0, y: 0 }], edges: [] };
    expect((await say({ type: "load", document })).result.diagram).toBe(document.name);

    for (const [message, words] of [
      [{ type: "eval", code: "1" }, "not understood"],
      [{ type: "set", target: "Nobody", setting: "x", value: 1 }, "Nobody"],
      [{ type: "load", document: { version: 1 } }, "name"],
      [{ type: "load", link: "#v1.AAAA" }, "damaged"],
      [{ type: "load", diagram: "../../etc" }, "no such diagram"],
      [{ type: "seek", time: "later" }, "time"],
      [{ type: "play", eventyard: 99 }, "version 1"],
    ]) {
      const answer = await say(message);
      expect(answer.type).toBe("error");
      expect(answer.message).toContain(words);
    }
    // What is not for it, and what is odd, does nothing.
    await page.evaluate(() => {
      const { contentWindow } = document.querySelector("iframe");
      const round = { eventyard: 1 };
      round.round = round;
      for (const odd of [null, 1, "play", [], { type: "play" }, round, { eventyard: 1n }, { eventyard: 1, type: { toString: 1 } }]) contentWindow.postMessage(odd, "*");
    });
    await page.waitForTimeout(300);
    expect((await say({ type: "getState" })).result.diagram).toBe(document.name);
    expect(await page.evaluate(() => window.hit)).toBeUndefined();
  });
});

test("a page whose origin is not listed is not listened to and hears nothing", async ({ page, app }) => {
  void app;
  await host(`<iframe src="${APP}?embed&d=decouple-queue&autoplay=0&origins=https://school.example" width="800" height="400"></iframe>`, async (origin) => {
    await page.goto(origin);
    await converse(page);
    const frame = await inside(page);
    await expect(async () => {
      await page.evaluate(() => void window.say({ type: "play" }));
      await expect(frame.getByTestId("embed-note")).toContainText(`Messages from ${origin} are not listened to`, { timeout: 500 });
    }).toPass();
    expect(await passes(frame)).toBe(false);
    expect(await page.evaluate(() => window.heard)).toEqual([]);
  });
});

test("the web component: lazy, with a poster, sized, driven, and taken out and put back", async ({ page, app, allowConsole }) => {
  void app;
  // A frame that is taken out while it fetches a part says that it could not.
  allowConsole(/Failed to fetch/);
  const html = `<script async src="${APP}embed.js"></script>
    <eventyard-diagram id="first" d="decouple-queue" speed="1"></eventyard-diagram>
    <div style="height:4000px"></div>
    <eventyard-diagram id="far" d="combined" height="300"></eventyard-diagram>
    <eventyard-diagram id="poster" d="combined" poster="Watch it" height="300"></eventyard-diagram>`;
  await host(html, async (origin) => {
    await page.goto(origin);
    const frame = await inside(page);
    const frames = () => page.frames().filter((frame) => frame.url().startsWith(APP)).length;
    expect(frames()).toBe(1);
    // As high as its diagram wants to be.
    await expect.poll(() => page.evaluate(() => document.getElementById("first").clientHeight)).toBeGreaterThan(500);
    const state = await page.evaluate(() => document.getElementById("first").pause());
    expect(state).toMatchObject({ playing: false });
    await page.evaluate(async () => {
      const first = document.getElementById("first");
      window.states = [];
      first.addEventListener("state", ({ detail }) => window.states.push(detail));
      await first.seek(4);
      await first.fault("Sales", { outage: true });
    });
    await expect(frame.getByTestId("node-sales")).toContainText("outage");
    expect(await page.evaluate(() => window.states.at(-1).time)).toBe(4);
    const refused = await page.evaluate(() => document.getElementById("first").set("Nobody", "x", 1).catch((error) => error.message));
    expect(refused).toContain("Nobody");
    // Taken out and put back, as slide decks do.
    await page.evaluate(() => {
      const first = document.getElementById("first");
      first.remove();
      document.body.prepend(first);
    });
    const again = await inside(page);
    await expect.poll(() => now(again)).toBe(4e6);
    expect(await passes(again)).toBe(false);
    await page.evaluate(() => document.getElementById("far").scrollIntoView());
    await expect.poll(frames).toBe(2);
    await page.getByRole("button", { name: "Watch it" }).click();
    await expect.poll(frames).toBe(3);
  });
});

test("a lab in another page: it begins at its step, and tells of goals and of its end", async ({ page, app }) => {
  void app;
  const html = `<script async src="${APP}embed.js"></script>
    <eventyard-diagram id="lab" lab="visibility-timeout" step="3" height="560"></eventyard-diagram>`;
  await host(html, async (origin) => {
    await page.goto(origin);
    await page.evaluate(() => {
      window.told = [];
      for (const type of ["goal", "lab"]) document.getElementById("lab").addEventListener(type, ({ detail }) => window.told.push(detail));
    });
    const frame = await inside(page);
    await expect(frame.getByTestId("lab-step-title")).toHaveText("Change one thing");
    await page.evaluate(() => document.getElementById("lab").set("Sales queue", "VisibilityTimeout", 180));
    await frame.getByTestId("lab-run").click();
    await expect(frame.getByTestId("lab-goal-1")).toContainText("reached", { timeout: 40_000 });
    await frame.getByTestId("lab-next").click();
    await expect.poll(() => page.evaluate(() => window.told.find((it) => it.type === "lab"))).toMatchObject({ lab: "visibility-timeout" });
    expect(await page.evaluate(() => window.told.filter((it) => it.type === "goal").map((it) => it.step))).toContain(3);
  });
});

test("a poster in the address waits for a click, and fetches nothing of the app before", async ({ page, app }) => {
  const fetched = [];
  page.on("request", (request) => fetched.push(new URL(request.url()).pathname.split("/").at(-1)));
  await page.goto("./?embed&d=combined&poster");
  await page.waitForTimeout(500);
  expect(fetched.filter((name) => name.startsWith("eventyard-") || name.endsWith(".wasm"))).toEqual([]);
  expect(await page.evaluate(() => window.eventyard)).toBeUndefined();
  await page.getByRole("button", { name: "Load the simulation" }).click();
  await page.waitForFunction(() => window.eventyard !== undefined);
  await app.pass(0.1);
});

test("embed.js is small", async ({ request }) => {
  expect((await (await request.get(`${APP}embed.js`)).body()).length).toBeLessThanOrEqual(5 * 1024);
});

test("the dialog builds a snippet, shows it, and the snippet works in another page", async ({ page, app, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await app.open("?d=decouple-queue&seed=3");
  await app.select("Sales queue");
  await app.set("VisibilityTimeout", "44");
  await page.getByTestId("file-menu-open").click();
  await page.getByTestId("file-embed").click();
  await expect(page.frameLocator("[data-testid=embedding-preview]").getByTestId("node-sales-queue")).toBeVisible({ timeout: 20_000 });
  await page.getByTestId("embedding-headline").uncheck();
  await page.getByTestId("embedding-autoplay").uncheck();
  await page.getByTestId("embedding-theme").selectOption("dark");
  await page.getByTestId("embedding-node").selectOption("Sales");
  await page.getByTestId("embedding-height").fill("320");
  await page.getByTestId("embedding-height").press("Tab");
  for (const kind of ["frame", "component"]) {
    await page.getByTestId("embedding-as").selectOption(kind);
    await page.getByTestId("embedding-copy").click();
    await expect(page.getByTestId("embedding-copy")).toHaveText("Copied");
    const snippet = await page.evaluate(() => navigator.clipboard.readText());
    expect(snippet).toContain('height="320"');
    await host(snippet, async (origin) => {
      const visitor = await context.newPage();
      await visitor.goto(origin);
      const frame = await inside(visitor);
      await expect(frame.getByTestId("inspector-title")).toHaveText("Sales");
      await expect(frame.getByTestId("headline-requests")).toBeHidden();
      expect(await frame.evaluate(() => window.eventyard.document())).toContain("\"VisibilityTimeout\": 44");
      expect(await passes(frame)).toBe(false);
      await visitor.close();
    });
  }
});
