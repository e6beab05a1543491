// Every diagram of the guide: it moves, answers, survives a fault and heals, takes changes; and runs the same as natively.
import { execFileSync } from "node:child_process";
import { expect, test } from "./app.mjs";

/** Something to break in each diagram, and what a person then sees. */
const diagrams = {
  "gateway-multiple": { title: "API gateway, several gateways", breaks: "Communication", fails: true },
  "gateway-single": { title: "API gateway, one gateway", breaks: "Sales", fails: true },
  "decouple-queue": { title: "Decouple with a queue", breaks: "Sales", fails: false },
  "pubsub-topic": { title: "Publish/subscribe with a topic", breaks: "Communication", fails: false },
  "pubsub-bus-types": { title: "Event bus, one event for each subscriber", breaks: "Sales", fails: false },
  "pubsub-bus-rules": { title: "Event bus, one event and rules", breaks: "Customer", fails: false },
  combined: { title: "Patterns combined", breaks: "Communication", fails: false },
};

const native = new URL("../../", import.meta.url);

for (const [id, { title, breaks, fails }] of Object.entries(diagrams)) {
  test(`${id}: moves, answers, survives a fault and heals`, async ({ page, app }) => {
    await app.open();
    await page.getByTestId(`guide-${id}`).click();
    await expect(page.getByTestId("title")).toHaveText(title);
    await app.speed(10);
    await app.pass(15);
    expect(await app.headline("requests")).toBeGreaterThan(5);
    expect(await app.headline("success")).toBe(100);
    // The client's own view has the answer, its request id and how long it took.
    await app.select("Front end");
    await expect(page.getByTestId("exchange").filter({ hasText: "success" }).first()).toBeVisible();

    await app.select(breaks);
    await app.fault({ outage: true });
    await expect(app.node(breaks)).toContainText("outage");
    await app.pass(30);
    if (fails) expect(await app.headline("success")).toBeLessThan(100);
    else expect(await app.headline("success")).toBe(100);

    await page.getByTestId("heal").click();
    await expect(app.node(breaks)).not.toContainText("outage");
    await app.pass(5);
    const moving = await app.headline("requests");
    await app.pass(15);
    expect(await app.headline("requests")).toBeGreaterThan(moving);
  });

  test(`${id}: a changed setting takes effect, an invalid one is refused, reset restores`, async ({ page, app }) => {
    await app.open(`?d=${id}`);
    await app.speed(5);
    await app.select("Front end");
    const rate = async () => {
      const before = await app.headline("requests");
      const from = await app.now();
      await app.pass(10);
      return ((await app.headline("requests")) - before) / (((await app.now()) - from) / 1e6);
    };
    expect(await rate()).toBeLessThan(10);
    const usual = await (await app.field("Arrivals")).inputValue();
    await app.set("Arrivals", '{"constant": 30}');
    expect(await rate()).toBeGreaterThan(25);
    await app.set("Arrivals", '{"constant": -1}');
    await expect(page.getByTestId("setting-error-Arrivals")).not.toBeEmpty();
    expect(await rate()).toBeGreaterThan(25);
    // Reset restores: time from the beginning, settings as they were.
    await page.getByTestId("reset").click();
    expect(await app.now()).toBeLessThan(20e6);
    await app.select("Front end");
    await expect(await app.field("Arrivals")).toHaveValue(usual);
    expect(await rate()).toBeLessThan(10);
  });

  test(`${id}: the same journal natively and in the browser`, async ({ page, app }) => {
    await app.open();
    const seconds = 120;
    const report = execFileSync(
      "cargo",
      ["run", "--quiet", "--profile", "ci", "--", "simulate", "--guide", id, "--for", `${seconds}s`, "--seed", "11", "--format", "json"],
      { cwd: native, encoding: "utf8" },
    );
    const hash = await page.evaluate(([id, time]) => window.eventyard.runUntil(id, 11, time), [id, seconds * 1e6]);
    expect(hash).toBe(JSON.parse(report).journal_hash);
  });
}
