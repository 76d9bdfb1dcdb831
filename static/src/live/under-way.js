// <live-list data-under-way="<selector>">: as long as it holds such an element it asks for news now and then. What the
// worker does reaches this page's server process at once only where the processes have a line to each other.
import { behavior } from "../registry.js";

const AGAIN_MS = 4000;

behavior("live-list[data-under-way]", (list) => {
  setInterval(() => {
    if (document.visibilityState === "visible" && list.querySelector(list.dataset.underWay)) list.refresh();
  }, AGAIN_MS);
});
