// Lists the files of the finished site, and writes the service worker that keeps them (public/worker.js). What the list
// holds is what lies in the folder; nothing is known of names.
// node offline.mjs STAGING_FOLDER
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { transformSync } from "esbuild";

const site = process.argv[2];
const PAGE = "index.html";
const MODULE = /data-wasm="([^"]+)"/;

const read = (name) => readFileSync(join(site, name));
const hash = (bytes) => `sha256-${createHash("sha256").update(bytes).digest("base64")}`;

// Who takes the app along, such as a course package, has to know what belongs to it.
const belongs = readdirSync(site).filter((name) => !["sw.js", "files.json"].includes(name)).sort();
writeFileSync(join(site, "files.json"), JSON.stringify(belongs));
const names = [...belongs, "files.json"];
const files = Object.fromEntries(names.map((name) => [name, hash(read(name))]));
const page = read(PAGE).toString();

/** What the page itself names, and what those scripts import before they run: all that the first picture needs. */
function first() {
  const wanted = [PAGE];
  for (const name of wanted) {
    if (!/\.(html|js)$/.test(name)) continue;
    const text = read(name).toString();
    const named = name === PAGE ? /(?:href|src|data-js|data-wasm)="(?:\.\/)?([^"]+)"/g : /(?:from|import)\s*"\.\/([^"]+)"/g;
    for (const [, other] of text.matchAll(named)) if (other in files && !wanted.includes(other)) wanted.push(other);
  }
  return wanted;
}

const wanted = first();
const made = {
  VERSION: hash(JSON.stringify(files)).slice(7, 23),
  MODULE: page.match(MODULE)[1],
  PAGE,
  FILES: files,
  FIRST: wanted,
  REST: names.filter((name) => !wanted.includes(name)),
};
const head = Object.entries(made).map(([name, value]) => `const ${name} = ${JSON.stringify(value)};\n`).join("");
const worker = readFileSync(join(import.meta.dirname, "../public/worker.js"), "utf8");
writeFileSync(join(site, "sw.js"), head + transformSync(worker, { minify: true, logLevel: "error" }).code);
