// <p data-news="workshop:7=12 tasks:7=3" data-target="figures" data-part="figures" hidden>: what the page added up is fetched again
// (the page's own address with ?part=) when one of these lists has changed: soon, and not more often than every few seconds. What
// is open, has the focus or was scrolled to stays. Where it cannot be fetched, or more pages of a list were loaded than come back,
// the line says so and whoever reads decides. It publishes data-state="live" when it hears everything.
import { requestHtml } from "../net.js";
import { follow } from "./topics.js";

const SETTLE_MS = 800;
const REST_MS = 4000;

export function watchNews(line) {
  const seen = new Map(line.dataset.news.split(" ").map((mark) => mark.split("=")));
  let joined = 0;
  let timer = 0;
  let last = -REST_MS;
  let busy = false;
  let again = false;
  const later = () => {
    if (busy) again = true;
    else if (!timer) timer = setTimeout(bringUpToDate, Math.max(SETTLE_MS, last + REST_MS - performance.now()));
  };
  const bringUpToDate = async () => {
    [timer, busy, again, last] = [0, true, false, performance.now()];
    line.hidden = await renew(line);
    busy = false;
    if (again) later();
  };
  for (const topic of seen.keys()) {
    follow(topic, {
      seq: () => Number(seen.get(topic)),
      onChanged: (message) => {
        joined += message.what === "join" ? 1 : 0;
        if (joined >= seen.size) line.dataset.state = "live";
        if (message.seq <= Number(seen.get(topic))) return;
        seen.set(topic, message.seq);
        later();
      },
    });
  }
}

/** Bring what is shown up to date; false where it stays as it was. */
async function renew(line) {
  const target = document.getElementById(line.dataset.target);
  const address = new URL(location.href);
  address.searchParams.set("part", line.dataset.part);
  address.hash = "";
  const parsed = document.createElement("template");
  try {
    const [{ morph }, { html }] = await Promise.all([import("./fragment.js"), requestHtml(address.href)]);
    parsed.innerHTML = html;
    const next = parsed.content.querySelector(`#${target.id}`);
    if (!next || (next.querySelector("[data-load-more]") && rows(target) > rows(next))) return false;
    morph(target, next);
    return true;
  } catch (_) {
    return false;
  }
}

/** How many lines of the list are shown. */
function rows(target) {
  const list = target.querySelector("#lines");
  return list ? list.children.length : 0;
}
