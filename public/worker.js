// The service worker: keeps the site's files, so that the app opens without a connection. The build puts what belongs to it in
// front (.ci/offline.mjs): VERSION, the MODULE and the PAGE that belong together, FILES with a hash of each, and which of
// them the FIRST picture needs and which come later (REST).
//
// A version is taken as a whole: files are fetched with their hashes, so that two versions never mix, and a new one waits
// until the page says that it may take over. The version before stays, because other windows may still show it.
const PREFIX = `eventyard ${registration.scope} `;
const NAME = PREFIX + VERSION;
/** Fetched at a time where nobody waits for it. */
const ABREAST = 3;

const address = (name) => registration.scope + (name === PAGE ? "" : name);
/** The same file has the same key in every version. */
const key = (name) => `${registration.scope}${name}?${encodeURIComponent(FILES[name])}`;

async function fetched(name) {
  if (name === PAGE) {
    // Hosts may change a page, or lead to it in a roundabout way; that it is this version's shows in what it loads.
    const answer = await fetch(address(PAGE), { cache: "no-cache" });
    const text = await answer.text();
    if (!answer.ok || !text.includes(MODULE)) throw new Error("The page is another version's.");
    return new Response(text, { headers: { "content-type": "text/html; charset=utf-8" } });
  }
  const ask = (cache) => fetch(address(name), { cache, integrity: FILES[name] });
  const answer = await ask("default").catch(() => ask("reload"));
  if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
  return answer;
}

async function keep(cache, name) {
  if (await cache.match(key(name))) return;
  const before = await caches.match(key(name));
  await cache.put(key(name), before ?? (await fetched(name)));
}

async function first() {
  const cache = await caches.open(NAME);
  await Promise.all(FIRST.map((name) => keep(cache, name)));
}

/** What nobody has wanted so far. What cannot be had now is tried again with the next visit. */
async function rest() {
  const cache = await caches.open(NAME);
  const waiting = [...REST].reverse();
  let missing = 0;
  const work = async () => {
    for (let name = waiting.pop(); name; name = waiting.pop()) await keep(cache, name).catch(() => missing++);
  };
  await Promise.all(Array.from({ length: ABREAST }, work));
  return missing;
}

/** This version and the one before stay. */
async function forget() {
  const names = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== NAME);
  await Promise.all(names.slice(0, -1).map((name) => caches.delete(name)));
}

async function own(name) {
  const cache = await caches.open(NAME);
  const kept = await cache.match(key(name));
  if (kept) return kept;
  const answer = await fetched(name).catch(() => fetch(address(name)));
  if (answer.ok) await cache.put(key(name), answer.clone());
  return answer;
}

/** What a window of an earlier version asks for. */
async function earlier(request) {
  for (const name of (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== NAME).reverse()) {
    const kept = await (await caches.open(name)).match(request, { ignoreSearch: true, ignoreVary: true });
    if (kept) return kept;
  }
  return fetch(request);
}

self.addEventListener("install", (event) => event.waitUntil(first()));
self.addEventListener("activate", (event) => event.waitUntil(forget().then(() => clients.claim())));

self.addEventListener("message", (event) => {
  if (event.data === "take over") skipWaiting();
  if (event.data === "keep everything") event.waitUntil(rest().then((missing) => event.source.postMessage({ missing })));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || !request.url.startsWith(registration.scope)) return;
  const name = url.pathname.slice(new URL(registration.scope).pathname.length);
  if (request.mode === "navigate") {
    if (name === "" || name === PAGE) event.respondWith(own(PAGE));
    return;
  }
  // Whoever is asked whether there is a new version says so.
  if (name === "sw.js") return;
  const others = url.search && decodeURIComponent(url.search.slice(1)) !== MODULE;
  event.respondWith(name in FILES && !others ? own(name) : earlier(request));
});
