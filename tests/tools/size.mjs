// Adds up what the first load of the app fetches, compressed as a good host does, and fails above the budget.
// node size.mjs dist
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";

/** All that is needed until the opening diagram runs; benches/RESULTS.md tells what it is. */
const BUDGET = 360 * 1024;
/** What is loaded only when it is needed. */
const LATER = /^((editor|charts|embed|offline|course|sw)\.js|embed\.d\.ts|embed-app\.css|licences\.txt|files\.json|manifest\.webmanifest|icon-[a-z0-9-]+\.png|(?!eventyard)(chunk_\d+|[a-z]+)-\w+\.wasm)$/;

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
process.exit(sum <= BUDGET ? 0 : 1);
