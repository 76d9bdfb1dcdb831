// Service worker, served at /sw.js?v=<version of the build>.
// Built files come from the cache first; pages one has visited come from the network first and from the cache when the
// network is away. Nothing else is touched: no posts, sockets, uploads, media, downloads or fragments.
const version = new URL(self.location.href).searchParams.get("v") || "0";
const ASSETS = "assets";
const PAGES = `pages-${version}`;
const OFFLINE_PAGE = "/offline";
const PATIENCE_MS = 4000;
const MOST_PAGES = 60;
const MOST_ASSETS = 150;
const SIGN_IN = /^\/login(\/|$)/;
const NEVER = /^\/(socket\.io|login|logout|admin|files|media|uploads|up|sw\.js)(\/|$)/;

self.addEventListener("install", (event) => {
  event.waitUntil(keepOfflinePage().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(dropPages((name) => name !== PAGES).then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (url.pathname.startsWith("/static/dist/")) event.respondWith(asset(request));
  else if (request.mode === "navigate" && SIGN_IN.test(url.pathname)) event.waitUntil(dropSeen());
  else if (request.mode === "navigate" && !NEVER.test(url.pathname)) event.respondWith(page(event));
});

/** The offline page is the same for everybody: fetched without a cookie, with the files it needs. */
async function keepOfflinePage() {
  const response = await fetch(OFFLINE_PAGE, { credentials: "omit", cache: "reload" });
  if (!response.ok) return;
  const html = await response.clone().text();
  const files = html.match(/\/static\/dist\/[\w.-]+/g) || [];
  const assets = await caches.open(ASSETS);
  await assets.addAll([...new Set(files)]);
  const pages = await caches.open(PAGES);
  await pages.put(OFFLINE_PAGE, response);
}

async function dropPages(which) {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("pages-") && which(name)).map((name) => caches.delete(name)));
}

/** Who comes to sign in may be somebody else: on a slow network they must not be shown what the one before them saw. */
async function dropSeen() {
  const pages = await caches.open(PAGES);
  const seen = (await pages.keys()).filter(({ url }) => !url.endsWith(OFFLINE_PAGE));
  await Promise.all(seen.map((key) => pages.delete(key)));
}

async function asset(request) {
  const cache = await caches.open(ASSETS);
  const kept = await cache.match(request);
  if (kept) return kept;
  const response = await fetch(request);
  if (response.ok) await keep(cache, request, response.clone(), MOST_ASSETS);
  return response;
}

async function page(event) {
  const pages = await caches.open(PAGES);
  const kept = await pages.match(event.request);
  const coming = fetch(event.request).then((response) => {
    if (worthKeeping(response)) event.waitUntil(keep(pages, event.request, response.clone(), MOST_PAGES));
    return response;
  });
  coming.catch(() => undefined);
  try {
    return await (kept ? Promise.race([coming, later(kept)]) : coming);
  } catch (_) {
    return kept || (await pages.match(OFFLINE_PAGE)) || Response.error();
  }
}

/** A slow network gets its time; then what one saw last is better than a blank page. */
function later(kept) {
  return new Promise((resolve) => setTimeout(() => resolve(kept), PATIENCE_MS));
}

function worthKeeping(response) {
  const type = response.headers.get("Content-Type") || "";
  const policy = response.headers.get("Cache-Control") || "";
  return response.status === 200 && !response.redirected && type.startsWith("text/html") && !policy.includes("no-store");
}

async function keep(cache, request, response, most) {
  // Put again, so that the order of the keys is the order of the last visits.
  await cache.delete(request);
  await cache.put(request, response);
  const keys = await cache.keys();
  const old = keys.filter(({ url }) => !url.endsWith(OFFLINE_PAGE)).slice(0, Math.max(0, keys.length - most));
  await Promise.all(old.map((key) => cache.delete(key)));
}
