// The list of clips of a set: what is taken out leaves it at once and comes back when that is undone.
import { morph } from "../../live/fragment.js";
import { requestHtml } from "../../net.js";

export function bindClipList(list) {
  list.refresh = async () => {
    const { html } = await requestHtml(location.pathname);
    const page = new DOMParser().parseFromString(html, "text/html");
    const next = page.getElementById(list.id);
    const playable = (place) => place.querySelectorAll("[data-reel-clip]").length > 0;
    // With the last film the player goes, with the first one it comes.
    if (!next || playable(next) !== playable(list)) return location.assign(location.pathname);
    morph(list, next);
    // Counted by the server: places of clips one may not watch stand in the list, too.
    for (const count of ["#clips-title .num", "[data-reel-extent]"]) {
      document.querySelector(count).textContent = page.querySelector(count).textContent;
    }
    return list.dispatchEvent(new CustomEvent("reel:list"));
  };
}
