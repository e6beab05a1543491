// Labs: found, taken by mouse and by keyboard, left without a trace on one's own diagram; made, saved and opened again; and
// the glossary.
import { readFileSync } from "node:fs";
import { expect, test } from "./app.mjs";

/** A lab in which every kind of step comes once. */
const TINY = {
  lab: 1,
  id: "tiny",
  title: "A tiny lab",
  summary: "Everything once.",
  minutes: 2,
  teaches: "A message that is not deleted in time is there again.",
  diagram: "decouple-queue",
  prepare: [
    { set: "Sales queue.VisibilityTimeout", to: 1 },
    { set: "Sales queue -> Sales.BatchSize", to: 1 },
    { set: "Sales.Handler", at: "/0", to: { step: "work", duration: { constant: 3000 } } },
    { set: "Front end.Arrivals", to: { poisson: 1 } },
  ],
  seed: 3,
  steps: [
    {
      title: "It is hidden",
      text: "A queue hides what was received for its [visibility timeout](glossary:visibility-timeout). <b>Raw</b> [no](javascript:alert(1)).",
      highlight: ["Sales queue", "Sales queue -> Sales"],
      question: {
        ask: "What happens after that?",
        choice: ["Nothing.", { text: "It is received *again*.", if: "Sales queue.redelivered > 0" }],
        after: "Received again {{Sales queue.redelivered}} times.",
      },
      run: { until: "Sales queue.redelivered >= 1", limit: "60 s", speed: 20 },
      reveal: "The queue does not know that Sales is at work.",
    },
    { title: "Where is it?", text: "Look for it.", question: { ask: "Which node holds it?", node: { is: "Sales queue" } }, run: { limit: "2 s", speed: 20 } },
    { title: "How often?", text: "Count.", question: { ask: "How many seconds is it hidden?", number: { is: "1", unit: "s", tolerance: 0.1 } } },
    {
      title: "Change one thing",
      text: "Let it be hidden for longer.",
      allow: { settings: ["Sales queue.VisibilityTimeout"] },
      run: { anew: true, limit: "20 s", speed: 50 },
      goals: [{ title: "Nothing is received twice", holds: "Sales queue.redelivered = 0" }],
      hints: ["Select the queue.", "Six times the function's timeout is right."],
      solution: [{ set: "Sales queue.VisibilityTimeout", to: 180 }],
      reveal: "Nothing came back.",
    },
  ],
};

const asFile = (lab, name = "tiny.eventyard-lab.json") => ({
  name,
  mimeType: "application/json",
  buffer: Buffer.from(typeof lab === "string" ? lab : JSON.stringify(lab)),
});

/** Opens a lab from a file, into the player. */
async function take(page, app, query = "") {
  await app.open(query);
  await page.waitForFunction(() => document.querySelector("[data-testid=file-menu]"));
  await page.getByTestId("file-input").setInputFiles(asFile(TINY));
  await expect(page.getByTestId("lab-title")).toHaveText("A tiny lab");
}

async function choose(page, place) {
  await page.getByTestId(`lab-choice-${place}`).check();
  await page.getByTestId("lab-answer").click();
}

const documentOf = (page) => page.evaluate(() => window.eventyard.document());
const kept = (page) =>
  page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("eventyard.diagram.")).length);

test("a lab that comes with the app is found in the list, and its run pauses by itself", async ({ page, app }) => {
  await app.open();
  await page.getByTestId("side-labs").click();
  await expect(page.getByTestId("lab-list")).toBeVisible();
  await page.getByTestId("lab-visibility-timeout").click();
  await expect(page.getByTestId("lab-player")).toBeVisible();
  expect(page.url()).toContain("lab=visibility-timeout");
  const before = await app.now();
  await page.getByTestId("play").click();
  await expect(page.getByTestId("notice")).toContainText("Answer the lab's question first");
  expect(await app.now()).toBe(before);
  await page.getByTestId("lab-choice-1").check();
  await page.getByTestId("lab-answer").click();
  await page.getByTestId("lab-run").click();
  await expect(page.getByTestId("lab-verdict")).toBeVisible({ timeout: 30_000 });
  await expect(page.getByTestId("play")).toHaveAttribute("aria-pressed", "false");
});

test("every lab of the list opens at its first step, or at the one that was reached", async ({ page, app }) => {
  test.slow();
  await app.open();
  await page.getByTestId("side-labs").click();
  const items = page.locator("button.lab-item");
  await expect(items).toHaveCount(17);
  for (const test of await items.evaluateAll((list) => list.map((item) => item.dataset.testid))) {
    await page.getByTestId(test).click();
    await expect(page.getByTestId("lab-where")).toHaveText(/step 1 of \d/);
    expect(page.url()).toContain(`lab=${test.replace(/^lab-/, "")}`);
    await page.getByTestId("lab-leave").click();
  }
  await expect(page.getByTestId("title")).toHaveText("Decouple with a queue");
});

test("the address opens a lab, and one that there is not is said", async ({ page, app }) => {
  await app.open("?d=combined&lab=visibility-timeout");
  await expect(page.getByTestId("lab-player")).toBeVisible();
  await page.getByTestId("lab-leave").click();
  await expect(page.getByTestId("title")).toHaveText("Patterns combined");
  await app.open("?lab=nothing");
  await expect(page.getByTestId("notice")).toContainText("There is no lab “nothing”");
  await expect(app.node("Sales queue")).toBeVisible();
});

test("from start to summary by mouse: a wrong prediction, a node, a number, a refused change, hints, a missed goal and a reached one", async ({ page, app }) => {
  await take(page, app);
  // The text: Markdown, raw HTML as text, and no link but those that are allowed.
  const player = page.getByTestId("lab-player");
  await expect(player).toContainText("<b>Raw</b>");
  await expect(player.locator("a")).toHaveCount(0);
  await expect(app.node("Sales queue")).toHaveAttribute("data-lab", "pointed");

  await choose(page, 1);
  await expect(page.getByTestId("lab-noted")).toContainText("Nothing.");
  await page.getByTestId("lab-run").click();
  await expect(page.getByTestId("lab-verdict")).toContainText("otherwise than you predicted", { timeout: 30_000 });
  await expect(page.getByTestId("lab-predicted")).toHaveText("Nothing.");
  await expect(page.getByTestId("lab-found")).toHaveText("It is received again.");
  await expect(page.getByTestId("lab-verdict")).toContainText("Received again 1 times.");
  await expect(page.getByTestId("lab-outcome")).toContainText("does not know");
  await page.getByTestId("lab-next").click();

  // Which node? By a click on the diagram, which opens no inspector.
  await expect(page.getByTestId("lab-step-title")).toHaveText("Where is it?");
  await app.node("Sales queue").click();
  await expect(page.getByTestId("lab-node")).toHaveValue("Sales queue");
  await expect(app.node("Sales queue")).toHaveAttribute("data-lab", "chosen");
  await expect(page.getByTestId("inspector-title")).toBeHidden();
  await page.getByTestId("lab-answer").click();
  await page.getByTestId("lab-run").click();
  await expect(page.getByTestId("lab-verdict")).toContainText("was right", { timeout: 30_000 });
  await expect(app.node("Sales queue")).toHaveAttribute("data-lab", "right");
  await page.getByTestId("lab-next").click();

  await page.getByTestId("lab-number").fill("many");
  await expect(page.getByTestId("lab-answer")).toBeDisabled();
  await page.getByTestId("lab-number").fill("1,05");
  await page.getByTestId("lab-answer").click();
  await expect(page.getByTestId("lab-verdict")).toContainText("was right");
  await page.getByTestId("lab-next").click();

  // What is not to be changed is refused with a reason, in its field and on the diagram.
  await app.select("Sales queue");
  await app.set("DelaySeconds", "5");
  await expect(page.getByTestId("setting-error-DelaySeconds")).toContainText("you can change only: Sales queue.VisibilityTimeout");
  await page.keyboard.press("Escape");
  await app.select("Sales");
  await page.keyboard.press("Delete");
  await expect(page.getByTestId("notice")).toContainText("you can change only");
  await expect(app.node("Sales")).toBeVisible();

  await page.getByTestId("lab-hint-more").click();
  await expect(page.getByTestId("lab-hint")).toHaveCount(1);
  await expect(page.getByTestId("lab-hint-more")).toHaveText("Hint 2 of 2");

  await page.getByTestId("lab-run").click();
  await expect(page.getByTestId("lab-goal-1")).toContainText("missed", { timeout: 30_000 });
  await page.getByTestId("lab-again").click();
  await page.getByTestId("lab-may").click();
  await expect(page.getByTestId("setting-VisibilityTimeout")).toBeFocused();
  await page.getByTestId("setting-VisibilityTimeout").fill("60");
  await page.getByTestId("setting-VisibilityTimeout").blur();
  await page.getByTestId("lab-run").click();
  await expect(page.getByTestId("lab-goal-1")).toContainText("reached: Sales queue.redelivered is 0", { timeout: 30_000 });
  await page.getByTestId("lab-next").click();

  const summary = page.getByTestId("lab-summary");
  await expect(page.getByTestId("lab-score-right")).toHaveText("2 of 3");
  await expect(page.getByTestId("lab-score-goals")).toHaveText("1 of 1");
  await expect(summary).toContainText("With one hint.");
  await expect(page.getByTestId("lab-summary-step")).toHaveCount(4);
});

test("by keyboard alone", async ({ page, app }) => {
  await take(page, app);
  await page.getByTestId("lab-choice-1").focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  // The focus goes on to what comes next.
  await expect(page.getByTestId("lab-run")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("lab-verdict")).toContainText("was right", { timeout: 30_000 });
  await expect(page.getByTestId("lab-outcome")).toBeFocused();
  await page.getByTestId("lab-next").focus();
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("lab-step-title")).toBeFocused();
  // A node, from the diagram.
  await app.node("Sales").focus();
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("lab-node")).toHaveValue("Sales");
  await page.getByTestId("lab-node").selectOption("Sales queue");
  await page.getByTestId("lab-answer").focus();
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("lab-run")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("lab-verdict")).toContainText("was right", { timeout: 30_000 });
  await expect(page.getByTestId("said")).toContainText("Your prediction was right");
});

test("progress survives a reload; every step can be begun again, from the lab's own state", async ({ page, app }) => {
  await take(page, app);
  await choose(page, 2);
  await page.getByTestId("lab-run").click();
  await expect(page.getByTestId("lab-verdict")).toBeVisible({ timeout: 30_000 });
  await page.getByTestId("lab-next").click();
  await expect(page.getByTestId("lab-step-title")).toHaveText("Where is it?");
  const [hash, now] = await page.evaluate(() => [window.eventyard.hash(), window.eventyard.now()]);
  await page.reload();
  await expect(page.getByTestId("lab-step-title")).toHaveText("Where is it?");
  await expect(page.getByTestId("lab-step-1")).toHaveAttribute("aria-label", /done/);
  expect(await page.evaluate(() => [window.eventyard.hash(), window.eventyard.now()])).toEqual([hash, now]);
  await page.getByTestId("lab-step-1").click();
  await expect(page.getByTestId("lab-step-title")).toHaveText("It is hidden");
  await expect.poll(() => app.now()).toBe(0);
  await expect(page.getByTestId("lab-noted")).toContainText("again");
  await page.getByTestId("lab-leave").click();
  await page.getByTestId("side-labs").click();
  await expect(page.getByTestId("lab-own").getByRole("img", { name: "1 of 4 steps done" })).toBeVisible();
});

test("leaving a lab gives back one's own diagram, with its run and what can be undone", async ({ page, app }) => {
  await app.open("?d=decouple-queue");
  await app.select("Sales queue");
  await app.set("VisibilityTimeout", "77");
  await page.getByTestId("play").click();
  await expect.poll(() => kept(page)).toBe(1);
  const before = await documentOf(page);
  const moment = () => page.evaluate(() => [window.eventyard.now(), window.eventyard.hash()]);
  const [now, hash] = await moment();
  const entry = () => page.evaluate(() => localStorage.getItem("eventyard.diagram.decouple-queue"));
  const text = await entry();
  await page.waitForFunction(() => document.querySelector("[data-testid=file-menu]"));
  await page.getByTestId("file-input").setInputFiles(asFile(TINY));
  await expect(page.getByTestId("lab-title")).toHaveText("A tiny lab");
  await choose(page, 2);
  await page.getByTestId("lab-run").click();
  await expect(page.getByTestId("lab-verdict")).toBeVisible({ timeout: 30_000 });
  await page.waitForTimeout(600);
  expect(await entry()).toBe(text);
  await page.getByTestId("lab-leave").click();
  await expect.poll(() => documentOf(page)).toBe(before);
  expect(await moment()).toEqual([now, hash]);
  expect(page.url()).toMatch(/\?d=decouple-queue$/);
  expect(await entry()).toBe(text);
  // It goes back and on from there, and what was done can be undone.
  await page.getByTestId("back").click();
  await page.getByTestId("play").click();
  await expect.poll(() => app.now()).toBeGreaterThan(now);
  await page.getByTestId("undo").click();
  await expect.poll(() => kept(page)).toBe(0);
});

test("a lab that is left before its run begins does nothing to one's own diagram, which plays on", async ({ page, app }) => {
  await app.open();
  await page.waitForFunction(() => document.querySelector("[data-testid=file-menu]"));
  const before = await documentOf(page);
  await page.getByTestId("file-input").setInputFiles(asFile(TINY));
  await page.getByTestId("lab-step-4").click();
  await expect(page.getByTestId("lab-run")).toBeVisible();
  await page.getByTestId("lab-step-1").click();
  await choose(page, 2);
  await page.getByTestId("lab-leave").click();
  await expect(page.getByTestId("play")).toHaveAttribute("aria-pressed", "true");
  await app.pass(0.2);
  expect(await documentOf(page)).toBe(before);
  await expect(page.getByTestId("speed")).toHaveValue("0.25");
  await expect(page.locator("[data-lab], .lab-mark")).toHaveCount(0);
});

test("opening another diagram leaves the lab, and nothing of the lab is kept as a diagram", async ({ page, app }) => {
  await take(page, app);
  const count = await kept(page);
  await page.getByTestId("side-guide").click();
  await page.getByTestId("guide-combined").click();
  await expect(page.getByTestId("title")).toHaveText("Patterns combined");
  expect(page.url()).not.toContain("lab=");
  await page.waitForTimeout(600);
  expect(await kept(page)).toBe(count);
  await page.getByTestId("side-labs").click();
  await expect(page.getByTestId("lab-list")).toBeVisible();
});

test("where nothing can be kept, a lab can be taken all the same, and that is said", async ({ page, app }) => {
  await page.addInitScript(() => {
    Object.defineProperty(window, "localStorage", { get() { throw new DOMException("no", "SecurityError"); } });
  });
  await take(page, app);
  await expect(page.getByTestId("lab-not-kept")).toContainText("does not let the page keep anything");
  await choose(page, 2);
  await expect(page.getByTestId("lab-noted")).toBeVisible();
});

test("progress that cannot be read is left as it is until somebody replaces it", async ({ page, app }) => {
  const key = "eventyard.lab-progress.visibility-timeout";
  await page.addInitScript((key) => localStorage.getItem(key) ?? localStorage.setItem(key, "{half"), key);
  await app.open("?lab=visibility-timeout");
  await expect(page.getByTestId("lab-spoilt")).toBeVisible();
  await page.getByTestId("lab-choice-1").check();
  await page.getByTestId("lab-answer").click();
  expect(await page.evaluate((key) => localStorage.getItem(key), key)).toBe("{half");
  await page.getByTestId("lab-spoilt").getByRole("button").click();
  await expect.poll(() => page.evaluate((key) => localStorage.getItem(key), key)).toContain("visibility-timeout");
});

test("two windows in the same lab: neither takes away what the other has come to", async ({ page, app, context }) => {
  await app.open("?lab=visibility-timeout");
  await expect(page.getByTestId("lab-player")).toBeVisible();
  const other = await context.newPage();
  await other.goto("./?lab=visibility-timeout");
  await expect(other.getByTestId("lab-player")).toBeVisible();
  await choose(page, 1);
  await page.getByTestId("lab-run").click();
  await expect(page.getByTestId("lab-verdict")).toBeVisible({ timeout: 30_000 });
  // The other window knows nothing of that, and keeps something of its own.
  await other.getByTestId("lab-step-2").click();
  await other.getByTestId("lab-number").fill("7");
  await other.getByTestId("lab-answer").click();
  const kept = () => page.evaluate(() => JSON.parse(localStorage.getItem("eventyard.lab-progress.visibility-timeout")).steps);
  await expect.poll(async () => (await kept())[1].q?.a).toEqual({ n: 7 });
  expect((await kept())[0]).toMatchObject({ q: { a: { c: 0 }, r: false }, d: true });
  await page.reload();
  await expect(page.getByTestId("lab-step-1")).toHaveAttribute("aria-label", /done/);
  // A list in a window that did nothing follows.
  await other.getByTestId("lab-leave").click();
  await expect(other.getByTestId("lab-visibility-timeout").getByRole("img", { name: /^1 of/ })).toBeVisible();
});

test("a test run goes in slices: the page answers meanwhile, and it can be stopped", async ({ page, app }) => {
  test.slow();
  await app.open();
  await page.getByTestId("side-labs").click();
  await page.getByTestId("lab-copy").selectOption("visibility-timeout");
  await page.getByTestId("author-prove").click();
  await expect(page.getByTestId("author-verdict")).toContainText(/step \d of 3/);
  await page.getByTestId("author-prove-stop").click();
  await expect(page.getByTestId("author-verdict")).toHaveText("Stopped.");
  await page.evaluate(() => {
    window.longest = 0;
    let last = performance.now();
    const look = (now) => {
      window.longest = Math.max(window.longest, now - last);
      last = now;
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  await page.getByTestId("author-prove").click();
  await expect(page.getByTestId("author-verdict")).toContainText("Every goal can be missed", { timeout: 60_000 });
  expect(await page.evaluate(() => window.longest)).toBeLessThan(1_000);
  await expect(page.getByTestId("author-prove-stop")).toBeHidden();
});

test("an author's link opens the lab elsewhere", async ({ page, app, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await app.open();
  await page.getByTestId("side-labs").click();
  await page.getByTestId("lab-make").click();
  await page.getByTestId("author-title").fill("A lab by link");
  await page.getByTestId("author-title").blur();
  await page.getByTestId("author-link").click();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toContain("#v1.");
  const link = await page.evaluate(() => navigator.clipboard.readText());
  const visitor = await (await context.browser().newContext({ serviceWorkers: "block" })).newPage();
  await visitor.goto(link);
  await expect(visitor.getByTestId("lab-title")).toHaveText("A lab by link");
  await visitor.context().close();
});

test("a bad lab gets every problem with its place, and what is on the screen stays", async ({ page, app }) => {
  await app.open();
  await page.waitForFunction(() => document.querySelector("[data-testid=file-menu]"));
  const bad = structuredClone(TINY);
  bad.steps[0].highlight = ["Nobody"];
  bad.steps[3].goals[0].holds = "redelivered of nobody";
  await page.getByTestId("file-input").setInputFiles(asFile(bad, "bad.eventyard-lab.json"));
  const dialog = page.getByTestId("lab-problems");
  await expect(dialog).toContainText("bad.eventyard-lab.json");
  await expect(dialog).toContainText("steps[0].highlight[0]");
  await expect(dialog).toContainText("steps[3].goals[0].holds");
  await page.keyboard.press("Escape");
  await page.getByTestId("file-input").setInputFiles(asFile("{half", "half.eventyard-lab.json"));
  await expect(dialog).toContainText("not JSON");
  await page.keyboard.press("Escape");
  await expect(page.getByTestId("title")).toHaveText("Decouple with a queue");
});

test("a lab is made from a diagram, tested, saved to a file and opened again", async ({ page, app }) => {
  await app.open();
  await page.getByTestId("side-labs").click();
  await page.getByTestId("lab-make").click();
  await expect(page.getByTestId("lab-author")).toBeVisible();
  await page.getByTestId("author-title").fill("My own lab");
  await page.getByTestId("author-step-title").fill("First");
  await page.getByTestId("author-step-text").fill("Read *this*.");
  await page.getByTestId("author-step").getByText("Preview", { exact: true }).first().click();
  await expect(page.getByTestId("author-step-text-preview").locator("em")).toHaveText("this");

  // A question.
  await page.getByTestId("author-question").locator("> summary").click();
  await page.getByTestId("author-question-kind").selectOption("choice");
  await page.getByTestId("author-ask").fill("Does it grow?");

  // A run, a goal from menus, and a solution by doing.
  await page.getByTestId("author-run").locator("> summary").click();
  await page.getByTestId("author-has-run").check();
  await page.getByTestId("author-run-limit").fill("20");
  await page.getByTestId("author-goals").locator("> summary").click();
  await page.getByTestId("author-goal-add").click();
  await page.getByTestId("author-goal-title").fill("Sales does nothing");
  const goal = page.getByTestId("author-goal");
  await goal.getByTestId("author-goal-holds-menus").click();
  await goal.getByTestId("build-subject").selectOption("Sales");
  await goal.getByTestId("build-measure").selectOption("Sales.invocations");
  await goal.getByTestId("build-figure").fill("0");
  await goal.getByTestId("author-goal-holds-use").click();
  await expect(page.getByTestId("author-goal-holds")).toHaveValue("Sales.invocations = 0");
  await page.getByTestId("author-solution").locator("> summary").click();
  await page.getByTestId("author-record").click();
  await app.select("Sales");
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await page.getByTestId("author-record").click();
  await expect(page.getByTestId("author-solution-act")).toHaveText(/Stop Sales/);
  await page.getByTestId("author-allow").locator("> summary").click();
  await page.getByTestId("author-allow-solution").click();
  await expect(page.getByTestId("author-allowed")).toHaveText(/run Sales/);

  // A hint that is taken back.
  await page.getByTestId("author-hints").locator("> summary").click();
  await page.getByTestId("author-hint-add").click();
  await expect(page.getByTestId("author-hint")).toHaveCount(1);
  await page.getByTestId("author-undo").click();
  await expect(page.getByTestId("author-hint")).toHaveCount(0);

  await page.getByTestId("author-prove").click();
  await expect(page.getByTestId("author-verdict")).toContainText("Every goal can be missed and can be reached", { timeout: 30_000 });

  // The second step, moved and removed.
  await page.getByTestId("author-step-add").click();
  await page.getByTestId("author-step-title").fill("Second");
  await page.getByTestId("author-step-up").click();
  await expect(page.getByTestId("author-step-1")).toHaveText("1. Second");
  await page.getByTestId("author-step-remove").click();
  await expect(page.getByTestId("author-step-1")).toHaveText("1. First");

  const download = page.waitForEvent("download");
  await page.getByTestId("author-save").click();
  const file = await download;
  expect(file.suggestedFilename()).toBe("my-own-lab.eventyard-lab.json");
  const text = readFileSync(await file.path(), "utf8");
  const lab = JSON.parse(text);
  expect(lab.steps[0].solution).toEqual([{ stop: "Sales" }]);

  // It can be taken at once, and in another browser from the file.
  await page.getByTestId("author-take").click();
  await expect(page.getByTestId("lab-title")).toHaveText("My own lab");
  await page.evaluate(() => localStorage.clear());
  await app.open();
  await page.waitForFunction(() => document.querySelector("[data-testid=file-menu]"));
  await page.getByTestId("file-input").setInputFiles(asFile(text, "my-own-lab.eventyard-lab.json"));
  await choose(page, 1);
  await app.node("Sales").click();
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await page.getByTestId("lab-run").click();
  await expect(page.getByTestId("lab-goal-1")).toContainText("reached", { timeout: 30_000 });
});

test("a copy of a lab is edited; what is drawn becomes its diagram, and a goal that cannot be missed is found out", async ({ page, app }) => {
  await app.open();
  await page.getByTestId("side-labs").click();
  await page.getByTestId("lab-copy").selectOption("visibility-timeout");
  await expect(page.getByTestId("author-title")).toHaveValue(/\(copy\)$/);
  await app.select("Sales queue");
  await app.set("VisibilityTimeout", "400");
  await page.getByTestId("author-prove").click();
  await expect(page.getByTestId("author-verdict")).toContainText("do not hold", { timeout: 60_000 });
  await expect(page.getByTestId("author-finding").filter({ hasText: "cannot fail" }).first()).toBeVisible();
  // Undoing it in the lab undoes it on the diagram.
  await page.getByTestId("author-undo").click();
  await app.select("Sales queue");
  await page.getByTestId("tab-settings").click();
  await expect(page.getByTestId("setting-VisibilityTimeout")).not.toHaveValue("400");
  await page.getByTestId("author-leave").click();
  await expect(page.getByTestId("lab-own")).toHaveCount(1);
  await page.getByTestId("lab-delete").click();
  await expect(page.getByTestId("lab-own")).toHaveCount(0);
  await page.getByTestId("lab-put-back").click();
  await expect(page.getByTestId("lab-own")).toHaveCount(1);
});

test("the glossary opens from a lab's text, from the inspector and from the commands, and is searched", async ({ page, app }) => {
  await take(page, app);
  await page.getByTestId("term-link").first().click();
  const glossary = page.getByTestId("glossary");
  await expect(glossary).toBeVisible();
  await expect(glossary.locator(".found h3")).toBeFocused();
  await expect(glossary.locator(".found h3")).toHaveText("visibility timeout");
  await page.keyboard.press("Escape");
  await page.getByTestId("lab-leave").click();
  await app.select("Sales queue");
  await page.getByTestId("kind-term").click();
  await expect(glossary).toBeVisible();
  await page.getByTestId("glossary-search").fill("no such word");
  await expect(page.getByTestId("glossary-count")).toHaveText("No term fits. Use fewer or other words.");
  await page.keyboard.press("Escape");
  await page.getByTestId("tab-settings").click();
  await page.locator(".setting", { has: page.getByTestId("setting-VisibilityTimeout") }).getByText("What is this?").click();
  await page.getByTestId("term-of-VisibilityTimeout").click();
  await expect(glossary.locator(".found h3")).toHaveText("visibility timeout");
  await page.keyboard.press("Escape");
  await page.keyboard.press("ControlOrMeta+k");
  await page.getByTestId("picker-search").fill("glossary");
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("glossary-search")).toBeFocused();
});

test("on a phone the lab is a sheet, and the diagram stays in sight", async ({ page, app }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await take(page, app);
  const sheet = await page.getByTestId("lab-player").boundingBox();
  const canvas = await page.getByTestId("canvas").boundingBox();
  expect(canvas.height).toBeGreaterThan(200);
  expect(sheet.y).toBeGreaterThanOrEqual(canvas.y + canvas.height - 1);
  expect(sheet.y + sheet.height).toBeLessThanOrEqual(845);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await choose(page, 2);
  await page.getByTestId("lab-run").click();
  await expect(page.getByTestId("lab-verdict")).toBeVisible({ timeout: 30_000 });
  await page.getByTestId("lab-leave").click();
  await expect(page.getByTestId("lab-player")).toBeHidden();
});

for (const scheme of ["light", "dark"]) {
  test(`axe finds no fault in labs in the ${scheme} theme`, async ({ page, app, allowConsole }) => {
    allowConsole();
    await page.emulateMedia({ colorScheme: scheme });
    await take(page, app);
    expect(await app.axe()).toEqual([]);
    await choose(page, 2);
    await page.getByTestId("lab-run").click();
    await expect(page.getByTestId("lab-verdict")).toBeVisible({ timeout: 30_000 });
    expect(await app.axe()).toEqual([]);
    await page.getByTestId("lab-step-4").click();
    await page.getByTestId("lab-hint-more").click();
    expect(await app.axe()).toEqual([]);
    await page.getByTestId("lab-next").click();
    await expect(page.getByTestId("lab-summary")).toBeVisible();
    expect(await app.axe()).toEqual([]);
    await page.getByTestId("lab-leave").click();
    await expect(page.getByTestId("lab-list")).toBeVisible();
    expect(await app.axe()).toEqual([]);
    await page.getByTestId("lab-edit").click();
    await expect(page.getByTestId("lab-author")).toBeVisible();
    await page.evaluate(() => document.querySelectorAll(".lab-section").forEach((section) => (section.open = true)));
    expect(await app.axe()).toEqual([]);
    await page.getByTestId("author-leave").click();
    await page.getByTestId("glossary-open").click();
    await expect(page.getByTestId("glossary")).toBeVisible();
    expect(await app.axe()).toEqual([]);
  });
}
