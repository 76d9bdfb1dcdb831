// 批量导入: the files of a folder go up in portions like those of the library; then the dry run is read again. A ZIP with its
// sheet goes the same way. A report waits for the worker.
import { requestHtml, requestJson } from "../net.js";
import { behavior } from "../registry.js";
import { sendOnPress } from "./send-on-press.js";

const LOOK_MS = 2000;
const LONGEST_PATH = 400;
/** So many are announced before their turn: hundreds would promise the server's room to files that come tomorrow. */
const AHEAD = 3;

/** What tells a file from others: where it lies, and its bytes by length and samples. The date is another one on each computer. */
const markOf = (place, print) => `${place}|${print}`;
const placeOf = (file, folder) => (folder ? `${folder}/${file.name}` : file.name).slice(-LONGEST_PATH);

const kindOf = (zone, rest) => ({
  subject: `import-${zone.dataset.import}`,
  mark: async (file, folder) => {
    const { fingerprint } = await import("../uploads/fingerprint.js");
    return markOf(placeOf(file, folder), await fingerprint(file));
  },
  earlierMark: ({ name, print }) => markOf(name, print),
  metadata: (one) => ({ import: zone.dataset.import, path: one.name, print: one.mark.slice(one.name.length + 1) }),
  name: placeOf,
  ahead: AHEAD,
  wants: () => true,
  took: () => {},
  rested: () => {},
  body: () => undefined,
  ...rest,
});

behavior("[data-import-files]", async (zone) => {
  const { Arrivals } = await import("./arrivals.js");
  const stale = zone.querySelector("[data-stale]");
  const accepted = zone.dataset.accept.split(",");
  let shown = 0;
  const rested = async (queue) => {
    const arrived = queue.in("done").length;
    if (arrived === shown) return;
    shown = arrived;
    stale.hidden = await readAgain();
  };
  const wants = (file) => accepted.some((ending) => file.name.toLowerCase().endsWith(ending));
  new Arrivals(zone, kindOf(zone, { done: "已收下", wants, rested }));
});

// A sheet is small and goes as it is; a ZIP may take a while, and a broken line shall not cost it.
behavior("[data-import-begin]", async (zone) => {
  const took = (answer) => location.assign(answer.url);
  const goes = (file) => file.name.toLowerCase().endsWith(".zip");
  await sendOnPress(zone, kindOf(zone, { done: "已传到", took }), { goes });
});

/** What the files that arrived change about the rows; false where it cannot be read. The page stays, with the files that did not arrive. */
async function readAgain() {
  try {
    const { html } = await requestHtml(location.href);
    const fresh = new DOMParser().parseFromString(html, "text/html").getElementById("import-outlook");
    if (fresh) document.getElementById("import-outlook").replaceWith(document.importNode(fresh, true));
    else location.reload();
    return true;
  } catch (_) {
    return false;
  }
}

behavior("[data-import-progress]", (card) => {
  const state = card.querySelector("[data-import-state]");
  card.querySelector("[data-without-script]").hidden = true;
  const look = async () => {
    if (!card.isConnected) return;
    try {
      const { busy, done, total, said } = await requestJson(card.dataset.importProgress);
      if (!busy) {
        location.reload();
        return;
      }
      if (said || total) state.textContent = `${said || `已完成 ${done}/${total}`}。可以离开本页，稍后回来看结果。`;
    } catch (_) {
      // The line is away; it is asked again.
    }
    setTimeout(look, LOOK_MS);
  };
  look();
});
