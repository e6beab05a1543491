// Course packages: made in the browser from any lab, valid by the published schemas, and played in a real SCORM run-time
// (scorm-again) and by a small cmi5 launcher: completion, score and answers arrive, and a later session goes on where it was.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, extname, join } from "node:path";
import { inflateRawSync } from "node:zlib";
import { XmlDocument, XsdValidator } from "libxml2-wasm";
import { xmlRegisterFsInputProviders } from "libxml2-wasm/lib/nodejs.mjs";
import { elsewhere, expect, test } from "./app.mjs";

const root = new URL("../../", import.meta.url).pathname;
xmlRegisterFsInputProviders();

/** A lab of one's own with each kind of thing that is reported. */
const LAB = {
  lab: 1,
  id: "for-a-course",
  title: "Hidden & <seen>",
  summary: "Each kind of answer once.",
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
      text: "A queue hides what was received.",
      question: { ask: "What happens *after* that?", choice: ["Nothing.", { text: "It is received again.", if: "Sales queue.redelivered > 0" }] },
      run: { until: "Sales queue.redelivered >= 1", limit: "60 s", speed: 20 },
    },
    { title: "How often?", text: "Count.", question: { ask: "How many seconds is it hidden?", number: { is: "1", unit: "s", tolerance: 0.1 } } },
    {
      title: "Change one thing",
      text: "Let it be hidden for longer.",
      allow: { settings: ["Sales queue.VisibilityTimeout"] },
      run: { anew: true, limit: "20 s", speed: 50 },
      goals: [{ title: "Nothing is received twice", holds: "Sales queue.redelivered = 0" }],
      solution: [{ set: "Sales queue.VisibilityTimeout", to: 180 }],
    },
  ],
};

/** The files of an archive, by name. */
function unpack(bytes) {
  const files = new Map();
  let at = bytes.readUInt32LE(bytes.lastIndexOf("PK\x05\x06") + 16);
  while (bytes.readUInt32LE(at) === 0x02014b50) {
    const [method, packed, name, offset] = [bytes.readUInt16LE(at + 10), bytes.readUInt32LE(at + 20), bytes.readUInt16LE(at + 28), bytes.readUInt32LE(at + 42)];
    const begin = offset + 30 + bytes.readUInt16LE(offset + 26) + bytes.readUInt16LE(offset + 28);
    const content = bytes.subarray(begin, begin + packed);
    files.set(bytes.toString("utf8", at + 46, at + 46 + name), method === 8 ? inflateRawSync(content) : content);
    at += 46 + name + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return files;
}

/** Makes a package as a person does, and gives its files. */
async function make(page, app, standard, { mastery = "60", lab } = {}) {
  await app.open();
  await page.getByTestId("side-labs").click();
  if (!lab) {
    await page.getByTestId("lab-file").setInputFiles({ name: "x.eventyard-lab.json", mimeType: "application/json", buffer: Buffer.from(JSON.stringify(LAB)) });
    await expect(page.getByTestId("lab-title")).toHaveText(LAB.title);
    await page.getByTestId("lab-leave").click();
  }
  await page.getByTestId("lab-course").click();
  await expect(page.getByTestId("course")).toBeVisible();
  await page.getByTestId("course-lab").selectOption({ label: lab ?? LAB.title });
  await page.getByTestId("course-standard").selectOption(standard);
  await page.getByTestId("course-mastery").fill(mastery);
  await page.getByTestId("course-mastery").press("Tab");
  const download = page.waitForEvent("download", { timeout: 120_000 });
  await page.getByTestId("course-save").click();
  const saved = await download;
  await expect(page.getByTestId("course-status")).toContainText(/Saved .*\.zip: [\d.]+ MB/);
  expect(saved.suggestedFilename()).toMatch(new RegExp(`\\.${standard}\\.zip$`));
  return unpack(readFileSync(await saved.path()));
}

const SCHEMAS = {
  scorm12: ["scorm12edition", { "http://www.imsproject.org/xsd/imscp_rootv1p1p2": "imscp_rootv1p1p2.xsd", "http://www.adlnet.org/xsd/adlcp_rootv1p2": "adlcp_rootv1p2.xsd" }],
  scorm2004: ["scorm20044thedition", { "http://www.imsglobal.org/xsd/imscp_v1p1": "imscp_v1p1.xsd", "http://www.adlnet.org/xsd/adlcp_v1p3": "adlcp_v1p3.xsd", "http://www.imsglobal.org/xsd/imsss": "imsss_v1p0.xsd" }],
};

/** Holds a manifest against the published schemas; what is wrong is thrown. */
function validate(standard, manifest) {
  const [folder, spaces] = SCHEMAS[standard];
  const imports = Object.entries(spaces).map(([space, file]) => `<xs:import namespace="${space}" schemaLocation="${join(root, "target/schemas", folder, file)}"/>`);
  const schema = XmlDocument.fromString(`<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">${imports.join("")}</xs:schema>`);
  XsdValidator.fromDoc(schema).validate(XmlDocument.fromBuffer(manifest));
}

const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".wasm": "application/wasm", ".json": "application/json" };

/** A learning management system: it serves the package below /course/, a page that opens it, and whatever `answer` answers. */
async function system(files, start, answer, act) {
  const folder = mkdtempSync(join(tmpdir(), "eventyard-course-"));
  for (const [name, content] of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  const serve = async (request, response) => {
    const url = new URL(request.url, "http://localhost");
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const send = (status, type, content) => response.writeHead(status, { "content-type": type }).end(content);
    try {
      if (url.pathname === "/") return send(200, TYPES[".html"], start());
      if (url.pathname === "/scorm-again.js") return send(200, TYPES[".js"], readFileSync(join(root, "node_modules/scorm-again/dist/scorm-again.js")));
      if (url.pathname.startsWith("/course/")) {
        const name = url.pathname.slice("/course/".length);
        return send(200, TYPES[extname(name)] ?? "application/octet-stream", readFileSync(join(folder, name)));
      }
      const answered = answer(request, url, Buffer.concat(chunks).toString());
      if (answered !== undefined) return send(200, "application/json", typeof answered === "string" ? answered : JSON.stringify(answered));
    } catch {
      // It is not there.
    }
    return send(404, "text/plain", "not found");
  };
  try {
    await elsewhere(serve, act);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function player(page) {
  const inside = () => page.frames().find((frame) => frame.url().includes("/app/index.html"));
  await expect.poll(() => inside() !== undefined, { timeout: 20_000 }).toBe(true);
  await inside().waitForFunction(() => window.eventyard !== undefined, null, { timeout: 30_000 });
  await expect(inside().getByTestId("lab-player")).toBeVisible({ timeout: 30_000 });
  return inside();
}

/** Answers the first question, wrongly, and lets the run go to its end. */
async function firstStep(frame) {
  await frame.getByTestId("lab-choice-1").check();
  await frame.getByTestId("lab-answer").click();
  await frame.getByTestId("lab-run").click();
  await expect(frame.getByTestId("lab-verdict")).toContainText("otherwise", { timeout: 30_000 });
}

async function otherSteps(frame) {
  await frame.getByTestId("lab-number").fill("1");
  await frame.getByTestId("lab-answer").click();
  await expect(frame.getByTestId("lab-verdict")).toContainText("right");
  await frame.getByTestId("lab-next").click();
  await frame.getByTestId("lab-may").click();
  await frame.getByTestId("setting-VisibilityTimeout").fill("180");
  await frame.getByTestId("setting-VisibilityTimeout").blur();
  await frame.getByTestId("lab-run").click();
  await expect(frame.getByTestId("lab-goal-1")).toContainText("reached", { timeout: 30_000 });
}

const dialects = {
  scorm12: {
    make: "Scorm12API",
    set: "LMSSetValue",
    look: (cmi) => ({
      status: cmi.core.lesson_status, completion: cmi.core.lesson_status, raw: cmi.core.score.raw, place: cmi.core.lesson_location,
      exit: cmi.core.exit, session: cmi.core.session_time, response: "student_response",
    }),
    wrong: "wrong",
    begun: "incomplete",
    done: { status: "passed", completion: "passed", exit: "" },
    // The run-time writes it in its own way.
    session: /^\d{2,4}:\d\d:\d\d/,
    number: { student_response: "1", pattern: "1" },
  },
  scorm2004: {
    make: "Scorm2004API",
    set: "SetValue",
    look: (cmi) => ({
      status: cmi.success_status, completion: cmi.completion_status, raw: cmi.score.raw, place: cmi.location, exit: cmi.exit,
      session: cmi.session_time, response: "learner_response",
    }),
    wrong: "incorrect",
    begun: "unknown",
    done: { status: "passed", completion: "completed", exit: "normal" },
    session: /^PT\d+H\d+M\d+S$/,
    number: { learner_response: "1", pattern: "0.9[:]1.1" },
  },
};

for (const [standard, dialect] of Object.entries(dialects)) {
  test(`${standard}: valid by its schemas; a run-time sees answers, score and completion, and brings the learner back`, async ({ page, app }) => {
    test.setTimeout(150_000);
    const files = await make(page, app, standard);
    const manifest = files.get("imsmanifest.xml");
    validate(standard, manifest);
    expect(() => validate(standard, manifest.toString().replace("identifierref=", "identifierrefs="))).toThrow();
    // All of it is listed, and there.
    const listed = [...manifest.toString().matchAll(/<file href="([^"]+)"/g)].map(([, name]) => name);
    expect(listed.sort()).toEqual([...files.keys()].filter((name) => name !== "imsmanifest.xml").sort());

    // What the run-time keeps, commit by commit.
    const commits = [];
    let kept = null;
    const start = () => `<!doctype html><html lang="en"><title>LMS</title><link rel="icon" href="data:,"><script src="/scorm-again.js"></script>
      <body style="margin:0"><script>
        window.refused = [];
        const api = new ${dialect.make}({ lmsCommitUrl: "/commit", logLevel: 5 });
        const kept = ${JSON.stringify(kept).replaceAll("<", "\\u003c")};
        if (kept) api.loadFromJSON(kept);
        const set = api.${dialect.set}.bind(api);
        api.${dialect.set} = (...given) => {
          const result = set(...given);
          if (String(result) !== "true") window.refused.push(given);
          return result;
        };
        window.api = window.API = window.API_1484_11 = api;
        document.write('<iframe src="/course/index.html" style="width:100%;height:780px;border:0"></iframe>');
      </script>`;
    const answer = (request, url, body) => {
      if (url.pathname !== "/commit") return undefined;
      commits.push(JSON.parse(body).cmi);
      return { result: "true", errorCode: 0 };
    };
    await system(files, start, answer, async (url) => {
      const cmi = () => page.evaluate(() => JSON.parse(JSON.stringify(window.api.cmi)));
      await page.goto(url);
      let frame = await player(page);
      await expect.poll(async () => (await cmi()).suspend_data).toMatch(/^v1\./);
      expect(dialect.look(await cmi()).status).toBe(dialect.begun);
      await firstStep(frame);
      await expect.poll(async () => (await cmi()).interactions[0]?.result).toBe(dialect.wrong);
      const [first] = Object.values((await cmi()).interactions);
      expect(first).toMatchObject({ id: "step-1", type: "choice", [dialect.look(await cmi()).response]: "a" });
      expect(first.correct_responses[0].pattern).toBe("b");
      await frame.getByTestId("lab-next").click();
      await expect.poll(async () => dialect.look(await cmi()).place).toBe("2");
      expect(await page.evaluate(() => window.refused)).toEqual([]);
      // The learner goes away in the middle of it.
      await page.goto("about:blank");
      kept = commits.at(-1);
      expect(dialect.look(kept)).toMatchObject({ completion: "incomplete", exit: "suspend", place: "2" });
      expect(dialect.look(kept).session).toMatch(dialect.session);
      expect(kept.suspend_data.length).toBeLessThanOrEqual(4096);

      // Another day: it goes on where it was, and nothing is reported twice.
      await page.goto(url);
      frame = await player(page);
      await expect(frame.getByTestId("lab-step-title")).toHaveText("How often?");
      await expect(frame.getByTestId("lab-step-1")).toHaveAttribute("aria-label", /done/);
      await otherSteps(frame);
      await expect.poll(async () => dialect.look(await cmi()).status).toBe("passed");
      const model = await cmi();
      expect(dialect.look(model)).toMatchObject({ ...dialect.done, raw: "66.67" });
      const answers = Object.values(model.interactions).filter((it) => it.id);
      expect(answers.map(({ id, result }) => `${id} ${result}`)).toEqual([`step-1 ${dialect.wrong}`, "step-2 correct"]);
      const { pattern, ...response } = dialect.number;
      expect(answers[1]).toMatchObject({ type: "numeric", ...response });
      expect(answers[1].correct_responses[0].pattern).toBe(pattern);
      const goals = Object.values(model.objectives).filter((it) => it.id);
      expect(goals.map((it) => `${it.id} ${it.status ?? it.success_status}`)).toEqual(["step-3-goal-1 passed"]);
      expect(await page.evaluate(() => window.refused)).toEqual([]);
      await page.goto("about:blank");
      expect(dialect.look(commits.at(-1))).toMatchObject(dialect.done);
    });
  });
}

/** What the course structure of the cmi5 specification wants, as far as it can be said in a few lines: its schema is in no package. */
function judge(text) {
  const space = { c: "https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd" };
  const document = XmlDocument.fromString(text);
  const names = (path) => document.find(path, space).map(({ name }) => name);
  const attribute = (path) => document.get(path, space)?.value;
  expect(names("/c:courseStructure/*")).toEqual(["course", "au"]);
  expect(names("//c:course/*")).toEqual(["title", "description"]);
  expect(names("//c:au/*")).toEqual(["title", "description", "url"]);
  expect(document.find("//c:langstring[@lang and string-length(.) > 0]", space).length).toBe(4);
  const ids = [attribute("//c:course/@id"), attribute("//c:au/@id")];
  expect(new Set(ids).size).toBe(2);
  for (const id of ids) expect(new URL(id).protocol).toMatch(/^https?:$/);
  expect(["Passed", "Completed", "CompletedAndPassed", "CompletedOrPassed", "NotApplicable"]).toContain(attribute("//c:au/@moveOn"));
  expect(["AnyWindow", "OwnWindow"]).toContain(attribute("//c:au/@launchMethod"));
  expect(Number(attribute("//c:au/@masteryScore"))).toBe(0.6);
}

test("cmi5: a launch is answered by statements in their order, and by progress that brings the learner back", async ({ page, app, allowConsole }) => {
  test.setTimeout(150_000);
  // Nobody has preferences, and nothing is kept at first.
  allowConsole(/404/);
  const files = await make(page, app, "cmi5");
  judge(files.get("cmi5.xml").toString());

  const activity = "https://school.example/lab/1";
  const registration = "7f0a6b0e-95b9-4a0c-9d3e-0e6b5ffb2a11";
  const category = "https://w3id.org/xapi/cmi5/context/categories/";
  const session = "https://w3id.org/xapi/cmi5/context/extensions/sessionid";
  const actor = { objectType: "Agent", account: { homePage: "https://school.example", name: "7" } };
  const asked = [];
  const statements = [];
  const states = new Map();
  const start = () => {
    const launch = new URLSearchParams({ endpoint: `${location}/xapi/`, fetch: `${location}/fetch`, actor: JSON.stringify(actor), registration, activityId: activity });
    return `<!doctype html><html lang="en"><title>LMS</title><link rel="icon" href="data:,"><body style="margin:0">
      <iframe src="/course/index.html?${launch}" style="width:100%;height:780px;border:0"></iframe>`.replaceAll("&", "&amp;");
  };
  let location = "";
  const answer = (request, url, body) => {
    asked.push(`${request.method} ${url.pathname} ${url.searchParams.get("stateId") ?? url.searchParams.get("profileId") ?? ""}`.trim());
    if (url.pathname === "/fetch" && request.method === "POST") return { "auth-token": "dG9rZW4=" };
    expect(request.headers.authorization).toBe("Basic dG9rZW4=");
    if (url.pathname === "/xapi/activities/state") {
      const id = url.searchParams.get("stateId");
      if (request.method === "PUT") states.set(id, body);
      else if (id !== "LMS.LaunchData") return states.get(id);
      else {
        const contextTemplate = { extensions: { [session]: "s1" }, contextActivities: { grouping: [{ id: "https://school.example/course" }] } };
        return { contextTemplate, launchMode: "Normal", moveOn: "CompletedOrPassed", masteryScore: 0.6 };
      }
      return "";
    }
    if (url.pathname === "/xapi/statements") {
      statements.push(JSON.parse(body));
      return ["id"];
    }
    return undefined;
  };
  const verbs = () => statements.map(({ verb }) => verb.id.split("/").at(-1));
  await system(files, start, answer, async (url) => {
    location = url;
    await page.goto(url);
    let frame = await player(page);
    await expect.poll(verbs).toEqual(["initialized"]);
    // In the order that cmi5 wants.
    expect(asked.slice(0, 3)).toEqual(["POST /fetch", "GET /xapi/activities/state LMS.LaunchData", "GET /xapi/agents/profile cmi5LearnerPreferences"]);
    await firstStep(frame);
    await frame.getByTestId("lab-next").click();
    await expect.poll(verbs).toEqual(["initialized", "answered", "progressed"]);
    await expect.poll(() => states.get("eventyard.progress")).toMatch(/^v1\./);
    await page.goto("about:blank");
    await expect.poll(verbs).toEqual(["initialized", "answered", "progressed", "terminated"]);

    await page.goto(url);
    frame = await player(page);
    await expect(frame.getByTestId("lab-step-title")).toHaveText("How often?");
    await otherSteps(frame);
    await expect.poll(() => verbs().slice(4)).toEqual(["initialized", "answered", "progressed", "completed", "passed"]);
    await page.goto("about:blank");
    await expect.poll(() => verbs().at(-1)).toBe("terminated");
  });
  const duration = /^PT[\d.]+S$/;
  for (const statement of statements) {
    expect(statement).toMatchObject({ actor, context: { registration, extensions: { [session]: "s1" } } });
    expect(statement.id).toMatch(/^[0-9a-f-]{36}$/);
    expect(Number.isNaN(Date.parse(statement.timestamp))).toBe(false);
    expect(statement.context.contextActivities.grouping).toEqual([{ id: "https://school.example/course" }]);
  }
  const of = (verb) => statements.filter((it) => it.verb.id.endsWith(`/${verb}`));
  const categories = (statement) => (statement.context.contextActivities.category ?? []).map(({ id }) => id.replace(category, ""));
  for (const verb of ["initialized", "terminated"]) for (const it of of(verb)) expect(categories(it)).toEqual(["cmi5"]);
  for (const verb of ["completed", "passed"]) for (const it of of(verb)) expect(categories(it)).toEqual(["cmi5", "moveon"]);
  for (const verb of ["answered", "progressed"]) for (const it of of(verb)) expect(categories(it)).toEqual([]);
  for (const verb of ["completed", "passed", "terminated"]) for (const it of of(verb)) expect(it.result.duration).toMatch(duration);
  expect(of("completed")[0].result).toMatchObject({ completion: true });
  expect(of("passed")[0]).toMatchObject({
    object: { id: activity },
    result: { success: true, score: { scaled: 0.6667 } },
    context: { extensions: { "https://w3id.org/xapi/cmi5/context/extensions/masteryscore": 0.6 } },
  });
  expect(of("answered")[0]).toMatchObject({
    object: { id: `${activity}/step-1`, definition: { interactionType: "choice", correctResponsesPattern: ["b"] } },
    result: { response: "a", success: false },
  });
});

test("a lab that comes with the app, and what the dialog says; where there is no run-time it is taken all the same", async ({ page, app }) => {
  test.slow();
  const files = await make(page, app, "scorm12", { lab: "A dead-letter queue that nobody redrives" });
  expect(await app.axe()).toEqual([]);
  await page.getByTestId("course-close").click();
  await expect(page.getByTestId("course")).toBeHidden();
  const html = files.get("index.html").toString();
  expect(html).toContain("lab=dead-letters");
  // What the page says is written into it, in the language of whoever made the package.
  const alone = "No learning management system was found: the lab can be taken, but nothing is reported.";
  expect(html).toContain(`data-alone="${alone}"`);
  files.set("index.html", html.replace(alone, "Hier gibt es kein Lernmanagementsystem."));
  const start = () => '<!doctype html><html lang="en"><title>No LMS</title><link rel="icon" href="data:,"><iframe src="/course/index.html" style="width:100%;height:700px"></iframe>';
  await system(files, start, () => undefined, async (url) => {
    await page.goto(url);
    const frame = await player(page);
    await expect(frame.getByTestId("lab-title")).toHaveText("A dead-letter queue that nobody redrives");
    await expect(page.frames().find((it) => it.url().endsWith("/course/index.html")).locator("#note")).toHaveText("Hier gibt es kein Lernmanagementsystem.");
    // A package installs nothing.
    expect(await frame.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).toBe(0);
  });
});

test("pages around any embed hear of progress and statements, and can bring a learner back", async ({ page, app }) => {
  void app;
  const start = () => '<!doctype html><html lang="en"><title>Host</title><link rel="icon" href="data:,"><body style="margin:0">';
  const application = "http://127.0.0.1:4174/sub/dir/";
  await system(new Map(), start, () => undefined, async (url) => {
    await page.goto(url);
    const show = (more = "") => page.evaluate(([application, more]) => {
      window.heard = [];
      window.onmessage = ({ data }) => window.heard.push(data);
      document.body.innerHTML = `<iframe src="${application}?embed&lab=visibility-timeout&origins=${location.origin}${more}" width="1200" height="700"></iframe>`;
    }, [application, more]);
    const frame = async () => {
      await expect.poll(() => page.frames().some((frame) => frame.url().startsWith(application))).toBe(true);
      return page.frames().find((frame) => frame.url().startsWith(application));
    };
    const heard = (type) => page.evaluate((type) => window.heard.filter((it) => it.type === type), type);
    await show();
    await (await frame()).getByTestId("lab-choice-1").check();
    await (await frame()).getByTestId("lab-answer").click();
    await (await frame()).getByTestId("lab-run").click();
    await expect.poll(async () => (await heard("xapi")).map((it) => it.statement.verb.id.split("/").at(-1)), { timeout: 30_000 }).toEqual(["initialized", "answered", "progressed"]);
    expect((await heard("course")).length).toBe(0);
    await (await frame()).getByTestId("lab-next").click();
    await expect.poll(async () => (await heard("progress")).at(-1)?.step).toBe(2);
    const last = (await heard("progress")).at(-1);
    expect(last).toMatchObject({ eventyard: 1, lab: "visibility-timeout", stepsDone: 1, complete: false, passed: null });
    await show(`&progress=${last.progress}`);
    await expect((await frame()).getByTestId("lab-where")).toHaveText(/step 2 of/);
    await expect((await frame()).getByTestId("lab-step-1")).toHaveAttribute("aria-label", /done/);
    // What is damaged begins anew, and is said by nobody's loss.
    await show(`&progress=${last.progress.slice(0, -4)}`);
    await expect((await frame()).getByTestId("lab-where")).toHaveText(/step 1 of/);
  });
});
