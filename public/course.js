// In a course package: the page's link between the lab, which is an embed (embed.d.ts), and the run-time of the learning
// management system. What is to be reported, the embed tells in the words of the standard; here it is only passed on.
//
// After SCORM 1.2 Run-Time Environment (3.2, 3.3: finding the API, its functions), SCORM 2004 4th Edition Run-Time Environment
// (3.1, 3.3), and the cmi5 specification (8.1 launch, 8.2 authorization, 9 statements, 10 state).
(() => {
/** What the page says is written into it, in the language of whoever has made the package. */
const { standard, address, ...says } = document.currentScript.dataset;
const frame = document.getElementById("lab");
const note = (text) => (document.getElementById("note").textContent = text);
const began = Date.now();
/** Between a change and when the run-time is asked to keep it, in milliseconds. */
const SOON = 500;
/** So many windows are looked through. */
const DEEPEST = 500;

/** The lab's address, with what was kept of it, and what else the embed has to know. */
function open(parameters) {
  const url = new URL(address, document.baseURI);
  for (const [name, value] of Object.entries(parameters)) if (value) url.searchParams.set(name, value);
  frame.src = url;
}

function listen(heard) {
  addEventListener("message", ({ source, origin, data }) => {
    if (source === frame.contentWindow && origin === location.origin && data?.eventyard === 1) heard(data);
  });
}

/** The session is over when the page goes; should it come back as it was, it begins another one. */
function atEnd(act) {
  addEventListener("pagehide", act);
  addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
}

/** The object that the run-time has put into one of the windows around, or into the one that opened this. */
function find(name) {
  const through = (start) => {
    let place = start;
    for (let deep = 0; place && deep < DEEPEST; deep++) {
      try {
        if (place[name]) return place[name];
      } catch {
        // Another origin's.
      }
      if (place.parent === place) return null;
      place = place.parent;
    }
    return null;
  };
  return through(window) ?? through(window.opener) ?? through(window.top?.opener);
}

const pad = (number, digits = 2) => String(number).padStart(digits, "0");

const dialects = {
  scorm12: {
    api: "API",
    prefix: "LMS",
    end: "Finish",
    mode: "cmi.core.lesson_mode",
    status: "cmi.core.lesson_status",
    time: "time",
    session: "cmi.core.session_time",
    /** The time of day. */
    now: () => new Date().toTimeString().slice(0, 8),
    span: (seconds) => `${pad(Math.floor(seconds / 3600), 4)}:${pad(Math.floor(seconds / 60) % 60)}:${pad(Math.floor(seconds % 60))}`,
  },
  scorm2004: {
    api: "API_1484_11",
    prefix: "",
    end: "Terminate",
    mode: "cmi.mode",
    time: "timestamp",
    session: "cmi.session_time",
    now: () => new Date().toISOString().slice(0, 19),
    span: (seconds) => `PT${Math.floor(seconds / 3600)}H${Math.floor(seconds / 60) % 60}M${Math.floor(seconds % 60)}S`,
  },
};

function scorm(dialect) {
  const api = find(dialect.api);
  const call = (name, ...values) => String(api[dialect.prefix + name](...values));
  if (!api || call("Initialize", "") !== "true") {
    note(says.alone);
    return open({});
  }
  const get = (name) => call("GetValue", name);
  const said = new Map();
  const set = (name, value) => {
    if (said.get(name) === value) return;
    said.set(name, value);
    call("SetValue", name, value);
  };
  // A look at what was done before changes nothing.
  const counts = !["browse", "review"].includes(get(dialect.mode));
  const kept = get("cmi.suspend_data");
  let timer = 0;
  const commit = () => {
    clearTimeout(timer);
    timer = 0;
    call("Commit", "");
  };

  const places = { objectives: new Map(), interactions: new Map() };
  /** Where a record stands: where it stood before, as far as the run-time tells, or at the end. */
  function place(list, id) {
    const known = places[list];
    if (!known.has(id)) {
      const count = Number(get(`cmi.${list}._count`)) || 0;
      let found = count;
      // SCORM 1.2 tells nothing of interactions.
      for (let index = 0; index < count && (list === "objectives" || !dialect.prefix); index++) {
        if (get(`cmi.${list}.${index}.id`) === id) found = index;
      }
      known.set(id, found);
    }
    return known.get(id);
  }
  function put(list, record) {
    const [[, id]] = record;
    const at = `cmi.${list}.${place(list, id)}`;
    for (const [name, value] of record) {
      set(`${at}.${name}`, value);
      if (name === "type") set(`${at}.${dialect.time}`, said.get(`${at}.${dialect.time}`) ?? dialect.now());
    }
  }

  // What was answered in earlier sessions was reported in those.
  const earlier = new Map();
  let first = true;
  listen((message) => {
    if (message.type !== "course" || !counts) return;
    const text = (record) => JSON.stringify(record);
    if (first && kept) for (const record of message.interactions) earlier.set(record[0][1], text(record));
    first = false;
    for (const record of message.objectives) put("objectives", record);
    for (const record of message.interactions) {
      if (earlier.get(record[0][1]) !== text(record)) put("interactions", record);
    }
    for (const [name, value] of message.values) set(name, value);
    timer ||= setTimeout(commit, SOON);
  });
  atEnd(() => {
    set(dialect.session, dialect.span((Date.now() - began) / 1000));
    commit();
    call(dialect.end, "");
  });
  // A run-time that says "not attempted" has to hear that somebody is at it.
  if (dialect.status && get(dialect.status) === "not attempted") set(dialect.status, "incomplete");
  open({ progress: kept });
}

const STATE = "eventyard.progress";
const ENDS = "terminated";

async function cmi5() {
  const launch = Object.fromEntries(new URLSearchParams(location.search));
  if (!launch.endpoint || !launch.fetch || !launch.actor) {
    note(says.unlaunched);
    return open({});
  }
  const actor = JSON.parse(launch.actor);
  const token = (await (await fetch(launch.fetch, { method: "POST" })).json())["auth-token"];
  const headers = { Authorization: `Basic ${token}`, "X-Experience-API-Version": "1.0.3" };
  const base = launch.endpoint.replace(/\/?$/, "/");
  const at = (resource, parameters) => `${base}${resource}?${new URLSearchParams(parameters)}`;
  const of = { activityId: launch.activityId, agent: launch.actor, registration: launch.registration };
  const state = (stateId) => at("activities/state", { ...of, stateId });
  const read = async (url) => {
    const answer = await fetch(url, { headers });
    return answer.ok ? answer.text() : null;
  };
  const data = JSON.parse(await read(state("LMS.LaunchData")));
  // It has to be asked for, whatever it says.
  await read(at("agents/profile", { agent: launch.actor, profileId: "cmi5LearnerPreferences" }));
  const kept = await read(state(STATE));
  const template = data.contextTemplate ?? {};
  const counts = (data.launchMode ?? "Normal") === "Normal";

  const span = () => `PT${((Date.now() - began) / 1000).toFixed(2)}S`;
  const verbOf = ({ verb }) => verb.id.slice(verb.id.lastIndexOf("/") + 1);
  function complete(statement) {
    const own = statement.context ?? {};
    const activities = { ...template.contextActivities };
    for (const [name, list] of Object.entries(own.contextActivities ?? {})) activities[name] = [...(activities[name] ?? []), ...list];
    const context = {
      ...template,
      ...own,
      registration: launch.registration,
      contextActivities: activities,
      extensions: { ...template.extensions, ...own.extensions },
    };
    const whole = { id: crypto.randomUUID(), actor, timestamp: new Date().toISOString(), ...statement, context };
    if (["completed", "passed", "failed", ENDS].includes(verbOf(statement))) whole.result = { ...statement.result, duration: span() };
    return whole;
  }
  const send = (statement, how = {}) =>
    fetch(`${base}statements`, { method: "POST", headers: { ...headers, "Content-Type": "application/json" }, body: JSON.stringify(complete(statement)), ...how });

  // One after the other: what comes later is true only after what came before.
  let queue = Promise.resolve();
  const then = (act) => (queue = queue.then(act).catch(() => note(says.unreachable)));
  const DECIDES = ["completed", "passed", "failed"];
  listen((message) => {
    if (message.type === "xapi" && (counts || !DECIDES.includes(verbOf(message.statement)))) then(() => send(message.statement));
    if (message.type === "progress" && counts) {
      then(() => fetch(state(STATE), { method: "PUT", headers: { ...headers, "Content-Type": "text/plain" }, body: message.progress }));
    }
  });
  atEnd(() => {
    const category = [{ id: "https://w3id.org/xapi/cmi5/context/categories/cmi5" }];
    const verb = { id: `http://adlnet.gov/expapi/verbs/${ENDS}`, display: { en: ENDS } };
    void send({ verb, object: { id: launch.activityId }, context: { contextActivities: { category } } }, { keepalive: true });
  });
  open({ progress: kept, activity: launch.activityId, mastery: data.masteryScore });
}

if (standard === "cmi5") cmi5().catch(() => note(says.wrong));
else scorm(dialects[standard]);
})();
