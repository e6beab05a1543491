import base from "/work/trees/links/tests/e2e/playwright.config.mjs";
const { webServer, ...rest } = base;
export default { ...rest, testDir: "/work/trees/links/tests/e2e", use: { ...rest.use, baseURL: "http://127.0.0.1:4199/sub/dir/" }, webServer: { ...webServer, command: "node /work/trees/links/tests/tools/serve.mjs /tmp/lk/dist 4199 /sub/dir/", url: "http://127.0.0.1:4199/sub/dir/" }, outputDir: "/tmp/lk/results" };
