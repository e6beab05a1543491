// Puts the parts of the app that are loaded on demand into the site, beside the module that Trunk has put there, and
// shrinks the loaders. Every name holds the build's hash, so that a browser never mixes two builds.
// node parts.mjs STAGING_FOLDER
import { execFile } from "node:child_process";
import { copyFileSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { transformSync } from "esbuild";
import { withoutHashes } from "./names.mjs";
import { packed } from "./packs.mjs";
import { withoutEmptyElements } from "./table.mjs";

const site = process.argv[2];
const parts = join(import.meta.dirname, "../target/web/parts");
/** What browsers with SIMD have; the tools must not use more than that. */
const FEATURES = ["simd", "bulk-memory", "mutable-globals", "nontrapping-float-to-int", "reference-types", "sign-ext", "multivalue"]
  .map((name) => `--enable-${name}`);
/** The module of the splitter's imports; in packs its place is taken by `SHARED`. */
const SPLITTER = "__wasm_split";
const SHARED = "shared";

const loader = readdirSync(site).find((name) => /^eventyard-\w+\.js$/.test(name));
const hash = loader.match(/-(\w+)\.js$/)[1];
const minify = (text) => transformSync(text, { minify: true, format: "esm", logLevel: "error" }).code;
const tool = (name, ...options) =>
  promisify(execFile)(name, [...FEATURES, ...options], { env: { ...process.env, BINARYEN_CORES: "1" }, maxBuffer: 1 << 26 });

const { pieces, doors } = splitPieces();
// A quick look does without packs: the tools would take longer than the look.
const packs = process.env.QUICK ? pieces.map(({ file, users }) => ({ files: [file], users: new Set(users) })) : packed(pieces);
packs.forEach((pack, index) => {
  const part = pack.files.map((file) => file.match(/^split_(\w+)\.wasm$/)?.[1]).find(Boolean);
  pack.name = `${part ?? `shared${index}`}-${hash}.wasm`;
});
const hub = process.env.QUICK ? undefined : await hubModule();
// The largest first, and a process for each core: faster than many cores for each pack.
const waiting = [...packs].sort((one, other) => one.size - other.size);
await Promise.all(Array.from({ length: availableParallelism() }, async () => {
  for (let pack = waiting.pop(); pack; pack = waiting.pop()) await place(pack);
}));
writeFileSync(join(site, `parts-${hash}.js`), minify(link()));

const wasm = join(site, loader.replace(/\.js$/, "_bg.wasm"));
writeFileSync(wasm, withoutEmptyElements(readFileSync(wasm)));

// Only where the file is fetched: the module itself asks for its parts under the old name.
const main = readFileSync(join(site, loader), "utf8").replaceAll(/from (["'])\.\/__wasm_split\.js\1/g, `from "./parts-${hash}.js"`);
const [module, script] = withoutHashes(readFileSync(wasm), minify(main));
writeFileSync(wasm, module);
writeFileSync(join(site, loader), script);
const boot = join(site, "boot.js");
writeFileSync(boot, minify(readFileSync(boot, "utf8")));

/** The module through which the app opens its doors: each fetches the packs of its part, once, and calls back. */
function link() {
  const numbers = (part) => packs.flatMap(({ users }, index) => (users.has(part) ? [index] : []));
  return `
    import { initSync } from "./${loader}";
    const names = ${JSON.stringify(packs.map(({ name }) => name))};
    const fetched = [];
    let imports;
    function main() {
      if (!imports) {
        const shared = initSync();
        imports = { ${SPLITTER}: ${process.env.QUICK ? `{ ...shared, ${canary()} }` : "shared"}, ${SHARED}: shared };
      }
      return imports;
    }
    async function fetchPack(index) {
      const answer = await fetch(new URL(names[index], import.meta.url));
      if (!answer.ok) throw new Error(names[index] + ": " + answer.status);
      // Some hosts do not know the type of WebAssembly files, which streaming insists on.
      await WebAssembly.instantiate(await answer.arrayBuffer(), main());
    }
    function pack(index) {
      fetched[index] ??= fetchPack(index).catch((error) => {
        // So that the next time that it is wanted it is tried again.
        fetched[index] = undefined;
        throw error;
      });
      return fetched[index];
    }
    const door = (...needed) => async (callback, data) => {
      let success = true;
      try {
        await Promise.all(needed.map(pack));
      } catch (error) {
        console.error(error);
        success = false;
      }
      main().${SHARED}.__indirect_function_table.get(callback)(data, success);
    };
    ${doors.map((part) => `export const __wasm_split_load_${part} = door(${numbers(part)});`).join("\n")}
  `;
}

/** A number by which the splitter's pieces know each other. Merging leaves it out, because nobody reads it. */
function canary() {
  return readFileSync(join(parts, "__wasm_split.js"), "utf8").match(/__canary_\w+: ~0xdead/)?.[0] ?? "";
}

/** What the splitter has made: each piece with the parts that use it, and the names of the parts. */
function splitPieces() {
  const text = readFileSync(join(parts, "__wasm_split.js"), "utf8");
  const piece = (file, users) => ({ file, users, size: statSync(join(parts, file)).size });
  const doors = [...text.matchAll(/__wasm_split_load_(\w+) = /g)].map(([, part]) => part);
  const common = [...text.matchAll(/\/\* ([\w, ]+) \*\/\s*const __(chunk_\w+) /g)].map(([, users, file]) => piece(`${file}.wasm`, users.split(", ")));
  const pieces = [...doors.map((part) => piece(`split_${part}.wasm`, [part])), ...common];
  const files = readdirSync(parts).filter((name) => /^(chunk|split)_.*\.wasm$/.test(name));
  if (files.length !== pieces.length) throw new Error(`The splitter has made ${files.length} pieces, and tells of ${pieces.length}.`);
  return { pieces, doors };
}

/**
 * Every piece imports the same memory, table and stack. This module stands in for the splitter's and hands its own imports
 * on, which makes them one in a pack.
 */
async function hubModule() {
  const text = join(parts, "hub.wat");
  const { stdout } = await tool("wasm-dis", join(parts, `split_${doors[0]}.wasm`));
  const imports = [...stdout.matchAll(/\(import "__wasm_split" "(?<name>\w+)" \((?<kind>\w+) \$\S+ (?<type>[^\n]+)\)\)\n/g)];
  const lines = imports.map(({ groups: { name, kind, type } }) => `(import "${SHARED}" "${name}" (${kind} $${name} ${type}))`);
  lines.push(...imports.map(({ groups: { name, kind } }) => `(export "${name}" (${kind} $${name}))`));
  writeFileSync(text, `(module\n${lines.join("\n")})\n`);
  const file = join(parts, "hub.wasm");
  await tool("wasm-as", text, "-o", file);
  return file;
}

/** Puts a pack into the site: one module, and smaller, unless it is for a quick look. */
async function place({ files, name }) {
  const target = join(site, name);
  if (process.env.QUICK) return copyFileSync(join(parts, files[0]), target);
  const merged = join(parts, `merged-${name}`);
  await tool("wasm-merge", hub, SPLITTER, ...files.flatMap((file, index) => [join(parts, file), `piece${index}`]), "-o", merged);
  // More effort makes modules smaller, but not once they are compressed.
  await tool("wasm-opt", "-O1", "--strip-debug", "--strip-producers", "--strip-target-features", merged, "-o", target);
}
