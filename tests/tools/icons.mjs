// Draws the icons of public/manifest.webmanifest from the logo in index.html: node icons.mjs
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "@playwright/test";
import config from "../e2e/playwright.config.mjs";

const root = join(import.meta.dirname, "../..");
const page = readFileSync(join(root, "index.html"), "utf8");
const logo = decodeURIComponent(page.match(/href="data:image\/svg\+xml,([^"]+)"/)[1]);
/** Systems cut the maskable one to a shape of their own: it has no corners, and its drawing keeps to the middle. */
const maskable = logo.replace('rx="7" ', "").replace(/<path ([^>]+)\/>/, '<g transform="translate(3.2 3.2) scale(.8)"><path $1/></g>');

const browser = await chromium.launch(config.use.launchOptions);
for (const [name, size, picture] of [["icon-192", 192, logo], ["icon-512", 512, logo], ["icon-maskable-512", 512, maskable]]) {
  const tab = await browser.newPage({ viewport: { width: size, height: size } });
  await tab.setContent(`<style>body{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${picture}`);
  writeFileSync(join(root, "public", `${name}.png`), await tab.screenshot({ omitBackground: true }));
}
await browser.close();
