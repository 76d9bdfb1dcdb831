// [data-passage]: a link to where one is right now: the second of the recording, or the section of the plan in sight.
// "copy" puts it into the clipboard, "discuss" is a link to a new topic that begins with it (?about=<path>).
import { copy } from "./small-things.js";

document.addEventListener("click", (event) => {
  const way = event.target.closest("[data-passage]");
  if (!way) return;
  if (way.dataset.passage === "copy") copy(new URL(here(), location.href).href);
  else way.href = addressAbout(way.href, here());
});

function here() {
  const video = document.querySelector("[data-player] video");
  if (video) return `${location.pathname}?t=${Math.floor(video.currentTime)}`;
  const section = document.querySelector("[data-outline-key][aria-current]");
  return location.pathname + (section ? section.hash : "");
}

function addressAbout(href, about) {
  const url = new URL(href);
  url.searchParams.set("about", about);
  return url.href;
}
