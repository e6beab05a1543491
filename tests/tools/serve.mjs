// A static file server without dependencies, which does what good hosts do: it compresses, and lets browsers keep what has a
// hash in its name. node serve.mjs FOLDER PORT [PATH]
// With PATH, the folder appears below it, as on a host that serves several sites.
import { createServer } from "node:http";
import { readFile, stat } from "node:fs/promises";
import { extname, join, normalize, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

const types = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".json": "application/json",
  ".webmanifest": "application/manifest+json",
  ".png": "image/png",
};

const HASHED = /-[0-9a-f]{12,}(_bg)?\.\w+$/;
const PACKED = new Set([".png", ".zip"]);
/** As hosts do that compress while they serve. */
const QUALITY = 5;
const encoders = {
  br: (bytes) => promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: QUALITY } }),
  gzip: promisify(gzip),
};

/** A file's bytes as one of the encodings has them; each is made once. */
function reader() {
  const made = new Map();
  return async (file, encoding) => {
    const { mtimeMs } = await stat(file);
    const key = `${file} ${mtimeMs} ${encoding}`;
    if (!made.has(key)) made.set(key, readFile(file).then(encoders[encoding] ?? ((bytes) => bytes)));
    return made.get(key);
  };
}

export function serve(folder, port, below = "/") {
  const root = resolve(folder);
  const read = reader();
  const server = createServer(async (request, response) => {
    let path = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
    if (path.startsWith(below)) path = "/" + path.slice(below.length);
    else path = "/missing";
    if (path.endsWith("/")) path += "index.html";
    const file = normalize(join(root, path));
    try {
      if (!file.startsWith(root)) throw new Error("outside");
      const accepted = request.headers["accept-encoding"] ?? "";
      const encoding = PACKED.has(extname(file)) ? undefined : Object.keys(encoders).find((name) => accepted.includes(name));
      const body = await read(file, encoding);
      response.writeHead(200, {
        "content-type": types[extname(file)] ?? "application/octet-stream",
        "cache-control": HASHED.test(file) ? "public, max-age=31536000, immutable" : "no-cache",
        vary: "accept-encoding",
        ...(encoding && { "content-encoding": encoding }),
      });
      response.end(body);
    } catch {
      response.writeHead(404, { "content-type": "text/plain" });
      response.end("not found");
    }
  });
  return new Promise((done) => server.listen(port, "127.0.0.1", () => done(server)));
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [folder = "dist", port = "8080", below = "/"] = process.argv.slice(2);
  await serve(folder, Number(port), below);
  console.log(`Eventyard is at http://127.0.0.1:${port}${below} (Ctrl-C stops it)`);
}
