// Puts the parts of the app that are loaded on demand into the site, beside the module that Trunk has put there, and
// shrinks the loaders. Every name holds the build's hash, so that a browser never mixes two builds.
// node parts.mjs STAGING_FOLDER
import { execFileSync } from "node:child_process";
import { copyFileSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { transformSync } from "esbuild";

const site = process.argv[2];
const parts = join(import.meta.dirname, "../target/web/parts");
/** What browsers with SIMD have; wasm-opt must not use more than that. */
const FEATURES = ["simd", "bulk-memory", "mutable-globals", "nontrapping-float-to-int", "reference-types", "sign-ext", "multivalue"];

const loader = readdirSync(site).find((name) => /^eventyard-\w+\.js$/.test(name));
const hash = loader.match(/-(\w+)\.js$/)[1];
const minify = (text) => transformSync(text, { minify: true, format: "esm", logLevel: "error" }).code;

let link = readFileSync(join(parts, "__wasm_split.js"), "utf8").replace("./eventyard.js", `./${loader}`);
for (const name of readdirSync(parts).filter((name) => /^(chunk|split)_.*\.wasm$/.test(name))) {
  const renamed = name.replace(/^split_/, "").replace(".wasm", `-${hash}.wasm`);
  if (process.env.QUICK) {
    copyFileSync(join(parts, name), join(site, renamed));
  } else execFileSync("wasm-opt", [
    "-Oz", "--strip-debug", "--strip-producers", "--strip-target-features", ...FEATURES.map((name) => `--enable-${name}`),
    join(parts, name), "-o", join(site, renamed),
  ], { stdio: ["ignore", "ignore", "ignore"] });
  link = link.replaceAll(`./${name}`, `./${renamed}`);
}
// Some hosts do not know the type of WebAssembly files, which streaming insists on.
link = link.replaceAll(
  "WebAssembly.instantiateStreaming(src, imports)",
  "src.then((answer) => answer.arrayBuffer()).then((bytes) => WebAssembly.instantiate(bytes, imports))",
);
writeFileSync(join(site, `parts-${hash}.js`), minify(link));

// Only where the file is fetched: the module itself asks for its parts under the old name.
const main = readFileSync(join(site, loader), "utf8").replaceAll(/from (["'])\.\/__wasm_split\.js\1/g, `from "./parts-${hash}.js"`);
writeFileSync(join(site, loader), minify(main));
