// The service worker keeps the shell and the pages one has visited; what a person leaves on this device can be cleared.
import { viewerId } from "../net.js";
import { clearPlans } from "./plans-on-device.js";

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

/** Staff-room computers are shared: drafts, cached pages and offline plans of the person go. */
export async function clearPerson(id) {
  // What was typed a moment ago must not be kept again when the page is left.
  for (const field of document.querySelectorAll("[data-draft]")) field.draftDirty = false;
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith(`draft:${id}:`) || key.startsWith(`uuid:${id}:`) || key.startsWith("tus::")) localStorage.removeItem(key);
  }
  sessionStorage.clear();
  await Promise.all([clearCaches(), clearPlans(id)]).catch(() => undefined);
}

async function clearCaches() {
  if (!window.caches) return;
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("pages-")).map((name) => caches.delete(name)));
}
