import { existsSync } from "node:fs";
import { defineConfig } from "@playwright/test";

const chromium = process.env.CHROMIUM ?? ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find(existsSync);

export default defineConfig({
  testDir: ".",
  testMatch: "*.spec.mjs",
  timeout: 60_000,
  workers: 2,
  fullyParallel: true,
  retries: 0,
  forbidOnly: true,
  reporter: "list",
  outputDir: "../../test-results",
  use: {
    // Below a sub-path, as on a host that serves several sites.
    baseURL: "http://127.0.0.1:4174/sub/dir/",
    viewport: { width: 1280, height: 800 },
    // What is tested is what the server has; offline.spec.mjs is about the rest.
    serviceWorkers: "block",
    launchOptions: {
      executablePath: chromium,
      args: [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
  webServer: {
    command: "node ../tools/serve.mjs ../../dist 4174 /sub/dir/",
    url: "http://127.0.0.1:4174/sub/dir/",
    reuseExistingServer: false,
  },
});
