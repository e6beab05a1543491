// Loads the app. A file of its own, because the page's Content-Security-Policy allows no inline script.

const query = new URLSearchParams(location.search);
const root = document.documentElement;

// Before anything is drawn: as the address or somebody earlier says, else as the system does.
let theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
try {
  theme = localStorage.getItem("eventyard.theme") ?? theme;
} catch {
  // Storage may be forbidden, in an embed for example.
}
const asked = query.get("theme");
if (asked === "light" || asked === "dark") theme = asked;
else if (asked === "auto") theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
root.dataset.theme = theme === "dark" ? "dark" : "light";

// In which language: as the address or somebody earlier says, else as the browser does. English needs no catalogue.
const languages = new Map([...document.querySelectorAll('meta[name="eventyard:language"]')].map((meta) => [meta.content, meta.dataset]));
function wished() {
  const wish = query.get("lang");
  if (wish && wish !== "auto") return [wish];
  try {
    return [wish ? null : localStorage.getItem("eventyard.language"), ...navigator.languages];
  } catch {
    return navigator.languages;
  }
}
const spoken = wished()
  .filter(Boolean)
  .flatMap((wish) => [wish, wish.split("-")[0]])
  .find((language) => language === "en" || languages.has(language));
root.lang = spoken ?? "en";
if (["ar", "fa", "he", "ps", "ur", "yi"].includes(root.lang.split("-")[0])) root.dir = "rtl";
const fetched = (name) => fetch(new URL(`./${name}`, document.baseURI), { priority: "high" });
const words = languages.has(root.lang) && fetched(languages.get(root.lang).words).then((answer) => answer.json()).catch(() => null);
const say = async (text) => (await words)?.[text] ?? text;

const script = document.querySelector("script[data-js]");
/** What is below the head may not be there yet: this is fetched first and runs as soon as it can. */
const parsed = new Promise((done) => {
  if (document.readyState !== "loading") done();
  else document.addEventListener("DOMContentLoaded", done);
});

if (words) {
  parsed.then(async () => {
    const known = await words;
    for (const each of document.querySelectorAll("[data-say]")) each.textContent = known?.[each.textContent] ?? each.textContent;
  });
}

/** What the page says meanwhile is to be seen before the module begins to work. Where nobody looks, nothing is painted. */
const painted = Promise.race([
  new Promise((done) => requestAnimationFrame(() => setTimeout(done))),
  new Promise((done) => setTimeout(done, 200)),
]);

// What is loaded only when it is needed. The name of the build keeps a browser from mixing two versions.
const build = encodeURIComponent(script.dataset.wasm);
globalThis.eventyardLoadEditor = () => import(`./editor.js?${build}`);
globalThis.eventyardLoadCharts = () => import(`./charts.js?${build}`);

// Inside another page: what stands around the diagram is for the address to say (src/exchange/embed/parameters.rs).
const embedded = query.has("embed");
if (embedded) {
  const words = (name, usual) => (query.get(name) ?? usual).replaceAll(",", " ");
  root.dataset.embed = "";
  root.dataset.panels = words("panels", "headline inspector") + (query.has("lab") || query.has("course") ? " lab" : "");
  root.dataset.controls = words("controls", "play step reset speed clock zoom");
  const sheet = document.createElement("link");
  sheet.rel = "stylesheet";
  sheet.href = `./embed-app.css?${build}`;
  document.head.append(sheet);
}

/** Resolves at once, or where there is to be a poster, when somebody clicks it. */
async function wanted() {
  const poster = embedded && query.get("poster");
  if (typeof poster !== "string" || ["0", "false", "off", "no"].includes(poster)) return;
  await parsed;
  const [load, loading] = [await say("Load the simulation"), await say("Eventyard is loading…")];
  await new Promise((resolve) => {
    const text = document.getElementById("loading-text");
    // Its words are the button's from now on.
    delete text.dataset.say;
    const button = document.createElement("button");
    button.className = "primary";
    button.textContent = `▶ ${load}`;
    button.addEventListener("click", () => {
      text.textContent = loading;
      resolve();
    });
    text.replaceChildren(button);
  });
}

async function fail(message, detail) {
  await parsed;
  const text = document.getElementById("loading-text");
  if (text) text.textContent = `${message} (${detail})`;
}

// A function that makes a vector: only browsers with WebAssembly SIMD find it valid.
const VECTOR = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 8, 1, 6, 0, 65, 0, 253, 15, 11];

if (typeof WebAssembly !== "object" || !WebAssembly.validate(new Uint8Array(VECTOR))) {
  fail(
    await say("Eventyard needs WebAssembly with SIMD, which this browser does not have or does not allow."),
    await say("Try a Firefox, Chrome, Edge or Safari of 2023 or newer"),
  );
} else {
  try {
    await wanted();
    const { catalogue } = languages.get(root.lang) ?? {};
    if (catalogue) {
      const unpacked = ({ body }) => new Response(body.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
      globalThis.eventyardCatalogue = fetched(catalogue).then((answer) => (answer.ok ? unpacked(answer) : null)).catch(() => null);
    }
    // Both at once: the loader would ask for the module only when it runs itself.
    const module = fetch(new URL(`./${script.dataset.wasm}`, document.baseURI), { priority: "high" });
    const [{ default: start }] = await Promise.all([import(`./${script.dataset.js}`), parsed, painted]);
    await start({ module_or_path: module });
    // Once it is there: nothing is installed by an embed.
    if (!embedded) (await import(`./offline.js?${build}`)).start();
  } catch (error) {
    fail(await say("Eventyard could not be loaded. Please reload the page; if that does not help, the site may be incomplete."), error);
  }
}
