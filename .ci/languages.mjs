// Makes of each catalogue in languages/ a file that the app reads, and names them all in the page.
// node languages.mjs STAGING_FOLDER
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mo, po } from "gettext-parser";

const site = process.argv[2];
const catalogues = join(import.meta.dirname, "../languages");

const made = readdirSync(catalogues)
  .filter((name) => name.endsWith(".po"))
  .sort()
  .map((name) => {
    const language = name.slice(0, -".po".length);
    const bytes = mo.compile(po.parse(readFileSync(join(catalogues, name)), { defaultCharset: "utf-8" }));
    const file = `language-${language}-${createHash("sha256").update(bytes).digest("hex").slice(0, 16)}.mo`;
    writeFileSync(join(site, file), bytes);
    return `${language}=${file}`;
  });

const page = join(site, "index.html");
const MARK = '<meta name="eventyard:languages" content="">';
const text = readFileSync(page, "utf8");
if (!text.includes(MARK)) throw new Error(`index.html lacks ${MARK}`);
writeFileSync(page, text.replace(MARK, MARK.replace('""', `"${made.join(" ")}"`)));
