// Has the app kept by the browser, so that it opens without a connection (worker.js), and tells it when a new version waits:
// it is offered (src/ui/keep/update.rs), and taken only when somebody says so.
const root = document.documentElement;
/** Between two questions whether there is a new version, in milliseconds. */
const OFTEN = 3_600_000;

/** For so long the app has the processor and the connection for itself, in milliseconds. */
const FIRST_MOMENTS = 5_000;

const idle = () => new Promise((done) => (window.requestIdleCallback ?? setTimeout)(done));

export async function start() {
  await new Promise((done) => setTimeout(done, FIRST_MOMENTS));
  await idle();
  const container = navigator.serviceWorker;
  const registration = await container?.register("./sw.js", { updateViaCache: "none" }).catch(() => null);
  // Where it is forbidden, the app works with a connection only.
  if (!registration) return;

  let taken = false;
  const offer = () => {
    if (!registration.waiting || !container.controller) return;
    root.dataset.update = "";
    dispatchEvent(new Event("eventyard-update"));
  };
  const follow = (worker) => worker?.addEventListener("statechange", offer);
  follow(registration.installing);
  registration.addEventListener("updatefound", () => follow(registration.installing));
  offer();
  addEventListener("eventyard-take-update", () => {
    taken = true;
    // Another window may have taken it meanwhile.
    if (registration.waiting) registration.waiting.postMessage("take over");
    else location.reload();
  });
  container.addEventListener("controllerchange", () => taken && location.reload());

  let asked = Date.now();
  document.addEventListener("visibilitychange", () => {
    if (document.hidden || Date.now() - asked < OFTEN) return;
    asked = Date.now();
    registration.update().catch(() => {});
  });

  // Everything else that the app consists of, once there is nothing better to do.
  await container.ready;
  await idle();
  if (navigator.connection?.saveData) return;
  container.addEventListener("message", ({ data }) => {
    if (data?.missing === 0) root.dataset.offline = "";
  });
  registration.active?.postMessage("keep everything");
}
