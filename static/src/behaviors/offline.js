// The service worker keeps the shell and the pages one has visited. Staff-room computers are shared: what a person has seen
// goes from the device when they do; what they wrote and did not send stays, under their name, unless they say otherwise.
import { viewerId } from "../net.js";
import { keptSignIns } from "../workshops/sign-in-queue.js";
import { KEEP_MS } from "./drafts.js";
import { clearFiles } from "./files-on-device.js";
import { clearPlans } from "./plans-on-device.js";
import { clearNotes, forgetSheets } from "../lesson/note-store.js";

const OFFLINE_PAGE = "/offline";

export function registerWorker() {
  if (!("serviceWorker" in navigator) || !viewerId()) return;
  forgetOthers();
  const version = document.querySelector("meta[name=assets-version]");
  navigator.serviceWorker
    .register(`/sw.js?v=${version ? version.content : "0"}`)
    // Inside WeChat and in private windows there is none: the product works without.
    .catch(() => undefined);
}

/** Keep this page so that it opens without a network, also where it was the first one: the worker did not see that come. */
export async function keepThisPage() {
  const version = document.querySelector("meta[name=assets-version]");
  if (!("serviceWorker" in navigator) || !window.caches || !version) return false;
  try {
    await navigator.serviceWorker.ready;
    const [pages, assets] = await Promise.all([caches.open(`pages-${version.content}`), caches.open("assets")]);
    const files = performance.getEntriesByType("resource").map(({ name }) => name);
    const ours = files.filter((name) => new URL(name).origin === location.origin && new URL(name).pathname.startsWith("/static/dist/"));
    const here = location.pathname + location.search;
    const wanted = [[pages, here], ...ours.map((name) => [assets, name])];
    await Promise.all(wanted.map(async ([cache, url]) => (await cache.match(url)) || cache.add(url)));
    return true;
  } catch (_) {
    return false;
  }
}

/** The session may have ended without a sign-out, and somebody else sits here now. */
function forgetOthers() {
  try {
    const before = localStorage.getItem("viewer");
    if (before && before !== viewerId()) clearSeen((owner) => owner !== viewerId());
    localStorage.setItem("viewer", viewerId());
  } catch (_) {
    // Without storage nothing was kept.
  }
}

/** Cached pages go, and the copies of lesson plans that the server has too: of this person, or of whom `whose` names. */
export async function clearSeen(whose = (owner) => owner === viewerId()) {
  const served = ({ unsentAt }) => !(unsentAt > Date.now() - KEEP_MS);
  sessionStorage.clear();
  await Promise.all([clearPages(), forgetSheets(whose), clearPlans(whose, served)]).catch(() => undefined);
}

/** Everything of this person goes, what was not sent too. */
export async function clearPerson() {
  const id = viewerId();
  // What was typed a moment ago must not be kept again when the page is left.
  for (const field of document.querySelectorAll("[data-draft]")) field.draftDirty = false;
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith("tus::") || ["draft", "uuid", "mark", "note", "sheet"].some((kind) => key.startsWith(`${kind}:${id}:`))) localStorage.removeItem(key);
  }
  for (const key of keptSignIns(id)) localStorage.removeItem(key);
  sessionStorage.clear();
  await Promise.all([clearPages(), clearNotes(id), clearFiles((owner) => owner === id), clearPlans((owner) => owner === id)]).catch(() => undefined);
}

/** The page that says there is no network is everybody's. */
async function clearPages() {
  if (!window.caches) return;
  const names = (await caches.keys()).filter((name) => name.startsWith("pages-"));
  await Promise.all(names.map(async (name) => clearCache(await caches.open(name))));
}

async function clearCache(cache) {
  const pages = (await cache.keys()).filter(({ url }) => new URL(url).pathname !== OFFLINE_PAGE);
  await Promise.all(pages.map((page) => cache.delete(page)));
}
