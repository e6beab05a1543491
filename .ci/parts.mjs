// Puts the parts of the app that are loaded on demand into the site, beside the module that Trunk has put there, and
// shrinks the loaders. Every name holds the build's hash, so that a browser never mixes two builds.
// node parts.mjs STAGING_FOLDER
import { execFile } from "node:child_process";
import { copyFileSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { transformSync } from "esbuild";

const site = process.argv[2];
const parts = join(import.meta.dirname, "../target/web/parts");
/** What browsers with SIMD have; wasm-opt must not use more than that. */
const FEATURES = ["simd", "bulk-memory", "mutable-globals", "nontrapping-float-to-int", "reference-types", "sign-ext", "multivalue"];

const loader = readdirSync(site).find((name) => /^eventyard-\w+\.js$/.test(name));
const hash = loader.match(/-(\w+)\.js$/)[1];
const minify = (text) => transformSync(text, { minify: true, format: "esm", logLevel: "error" }).code;

/** Puts a part, as the splitter has left it, into the site: smaller, unless it is for a quick look. */
async function place(name, renamed) {
  if (process.env.QUICK) return copyFileSync(join(parts, name), join(site, renamed));
  await promisify(execFile)("wasm-opt", [
    "-Oz", "--strip-debug", "--strip-producers", "--strip-target-features", ...FEATURES.map((name) => `--enable-${name}`),
    join(parts, name), "-o", join(site, renamed),
  ], { env: { ...process.env, BINARYEN_CORES: "1" } });
}

let link = readFileSync(join(parts, "__wasm_split.js"), "utf8").replace("./eventyard.js", `./${loader}`);
const waiting = readdirSync(parts).filter((name) => /^(chunk|split)_.*\.wasm$/.test(name));
// The parts are many and most are small: a process for each core is faster than many cores for each part.
await Promise.all(Array.from({ length: availableParallelism() }, async () => {
  for (let name = waiting.pop(); name; name = waiting.pop()) {
    const renamed = name.replace(/^split_/, "").replace(".wasm", `-${hash}.wasm`);
    await place(name, renamed);
    link = link.replaceAll(`./${name}`, `./${renamed}`);
  }
}));
// Some hosts do not know the type of WebAssembly files, which streaming insists on.
link = link.replaceAll(
  "WebAssembly.instantiateStreaming(src, imports)",
  "src.then((answer) => answer.arrayBuffer()).then((bytes) => WebAssembly.instantiate(bytes, imports))",
);
writeFileSync(join(site, `parts-${hash}.js`), minify(link));

// Only where the file is fetched: the module itself asks for its parts under the old name.
const main = readFileSync(join(site, loader), "utf8").replaceAll(/from (["'])\.\/__wasm_split\.js\1/g, `from "./parts-${hash}.js"`);
writeFileSync(join(site, loader), minify(main));
