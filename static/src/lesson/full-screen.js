// Full screen with what lies over the film: the browser's own button would show the bare film.
export function bindFullScreen(element, video) {
  const box = element.querySelector(".player-picture");
  if (!box || !box.requestFullscreen) return;
  if (video.controlsList) video.controlsList.add("nofullscreen");
  for (const button of element.querySelectorAll("[data-full-screen]")) {
    button.hidden = false;
    button.addEventListener("click", () => toggleFullScreen(box));
  }
  // A browser that keeps its own button: what lies over the film comes along.
  document.addEventListener("fullscreenchange", () => {
    if (document.fullscreenElement === video) box.requestFullscreen().catch(() => {});
  });
}

/** Do what takes place beside the picture: in full screen nobody would see it. */
export function besidePicture(act) {
  if (document.fullscreenElement) document.exitFullscreen().then(act, act);
  else act();
}

export function toggleFullScreen(box) {
  if (!box || !box.requestFullscreen) return;
  if (document.fullscreenElement) document.exitFullscreen();
  else box.requestFullscreen().catch(() => {});
}
