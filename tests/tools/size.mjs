// Adds up what the first load of the app fetches, compressed as a good host does, and fails above the budget; and where the
// app is in so many files that fetching them would be slow on a host that answers one request after the other.
// node size.mjs dist
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";

/** All that is needed until the opening diagram runs; benches/RESULTS.md tells what it is. */
const BUDGET = 350 * 1024;
/** Modules of WebAssembly, all together. */
const MOST_MODULES = 120;
/** What is loaded only when it is needed. */
const LATER =
  /^((editor|charts|embed|offline|course|sw)\.js|embed\.d\.ts|embed-app\.css|licences\.txt|files\.json|manifest\.webmanifest|icon-[a-z0-9-]+\.png|language-[\w-]+\.(bin|json)|(?!eventyard)[a-z]+\d*-\w+\.wasm)$/;

const folder = process.argv[2] ?? "dist";
let sum = 0;
for (const name of readdirSync(folder).sort()) {
  const bytes = readFileSync(join(folder, name));
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  const size = brotliCompressSync(bytes, { params }).length;
  const later = LATER.test(name);
  if (!later) sum += size;
  console.log(`${String(size).padStart(8)} B brotli ${String(bytes.length).padStart(9)} B  ${name}${later ? " (later)" : ""}`);
}
const verdict = sum <= BUDGET ? "within" : "ABOVE";
console.log(`first load: ${(sum / 1024).toFixed(1)} KB brotli, ${verdict} the budget of ${BUDGET / 1024} KB`);
const modules = readdirSync(folder).filter((name) => name.endsWith(".wasm")).length;
console.log(`${modules} modules, ${modules <= MOST_MODULES ? "within" : "ABOVE"} the limit of ${MOST_MODULES}`);
process.exit(sum <= BUDGET && modules <= MOST_MODULES ? 0 : 1);
