// The service worker keeps the shell and the pages one has visited; signing out takes everything of this person away.
import { viewerId } from "../net.js";

export function registerWorker() {
  if (!("serviceWorker" in navigator) || !viewerId()) return;
  forgetOthers();
  const version = document.querySelector("meta[name=assets-version]");
  navigator.serviceWorker
    .register(`/sw.js?v=${version ? version.content : "0"}`)
    // Inside WeChat and in private windows there is none: the product works without.
    .catch(() => undefined);
}

/** The session may have ended without a sign-out, and somebody else sits here now. */
function forgetOthers() {
  try {
    const before = localStorage.getItem("viewer");
    if (before && before !== viewerId()) clearPerson(before);
    localStorage.setItem("viewer", viewerId());
  } catch (_) {
    // Without storage nothing was kept.
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-logout]") || form.dataset.cleared) return;
  event.preventDefault();
  // However long the browser takes to clear, the sign-out itself must not wait for it.
  const patience = new Promise((resolve) => setTimeout(resolve, 1500));
  Promise.race([clearPerson(viewerId()), patience]).then(() => {
    form.dataset.cleared = "1";
    form.submit();
  });
});

/** Staff-room computers are shared: drafts, cached pages and offline plans of the person go. */
export async function clearPerson(id) {
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith(`draft:${id}:`) || key.startsWith("tus::")) localStorage.removeItem(key);
  }
  sessionStorage.clear();
  await Promise.all([clearCaches(), clearPlans(id)]).catch(() => undefined);
}

async function clearCaches() {
  if (!window.caches) return;
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("pages-")).map((name) => caches.delete(name)));
}

/** Offline copies of plans are databases named plan:<user>:<plan>. */
async function clearPlans(id) {
  if (!window.indexedDB || !indexedDB.databases) return;
  const all = await indexedDB.databases();
  await Promise.all(all.filter(({ name }) => name.startsWith(`plan:${id}:`)).map(({ name }) => dropDatabase(name)));
}

function dropDatabase(name) {
  return new Promise((resolve) => {
    const asked = indexedDB.deleteDatabase(name);
    asked.onsuccess = resolve;
    asked.onerror = resolve;
    asked.onblocked = resolve;
  });
}
