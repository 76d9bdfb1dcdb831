// What every page has. Heavier parts come when the page needs them.
import "./polyfill.js";
import { behavior, isLostOnTheWay, start } from "./registry.js";
import "./behaviors/dialogs.js";
import "./behaviors/async-form.js";
import "./behaviors/viewer-buttons.js";
import "./behaviors/keyboard.js";
import "./behaviors/menus.js";
import "./behaviors/left-out.js";
import "./behaviors/times.js";
import "./behaviors/load-more.js";
import "./behaviors/small-things.js";
import "./behaviors/passages.js";
import "./behaviors/reading.js";
import { settleSentDrafts } from "./behaviors/drafts.js";
import { showWaitingToast } from "./behaviors/toast.js";
import { followUnread } from "./behaviors/connection.js";
import { registerWorker } from "./behaviors/offline.js";
import "./behaviors/sign-out.js";
import { sendKept, signInWithoutPage } from "./workshops/sign-in-queue.js";
import { sendNotes } from "./lesson/live-queue.js";
import { prepareComposer } from "./composer/prepare.js";

settleSentDrafts();
behavior("live-list", () => import("./live/live-list.js"));
behavior("[data-news]", (line) => import("./live/news-line.js").then((m) => m.watchNews(line)));
behavior("[data-presence], [data-presence-scope]", () => import("./live/presence.js"));
behavior("input[data-suggest-src]", (input) => {
  const begin = () => import("./behaviors/search-suggest.js").then((m) => m.suggest(input), unlessLost);
  if (document.activeElement === input) begin();
  // What did not arrive on a bad line is asked for again by the next press into the field.
  input.addEventListener("focus", begin);
});
behavior("textarea[data-composer]", prepareComposer);
behavior("[data-my-drafts]", (list) => import("./behaviors/my-drafts.js").then((m) => m.showDrafts(list)));
behavior("#filters", () => import("./behaviors/facets.js"));
start();
showWaitingToast();
if ("requestIdleCallback" in window) requestIdleCallback(() => followUnread());
else setTimeout(followUnread, 300);
registerWorker();
sendSignIns();
window.addEventListener("online", sendSignIns);
document.addEventListener("connection:back", sendSignIns);

function unlessLost(error) {
  if (!isLostOnTheWay(error)) throw error;
}

/** A sign-in or a live note that waits on this device is sent from any page; the page that stands in without a network takes one. */
function sendSignIns() {
  signInWithoutPage();
  sendKept();
  sendNotes();
}
// Said once every script of the page has run: until then a press may do what it does without them.
window.addEventListener("load", () => document.documentElement.removeAttribute("data-starting"));
