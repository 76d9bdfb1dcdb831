// A form with one file: pressed, its file goes up in portions, and the page stays where it is meanwhile.
import { toast } from "../behaviors/toast.js";
import { isLostOnTheWay } from "../registry.js";

/**
 * `kind` as in arrivals.js; `goes(file)` tells which files go this way, the others are sent by the form itself. With
 * `singly` a file waits until the one before has come or was given up. What was begun on another day is taken up at once.
 */
export async function sendOnPress(zone, kind, { goes = () => true, singly = false } = {}) {
  const field = zone.querySelector("input[type=file]");
  let queue = null;
  let begins = false;
  const begin = async () => {
    const { Arrivals } = await import("./arrivals.js");
    queue = queue || new Arrivals(zone, { ...kind, picksLater: true });
    return queue;
  };
  zone.addEventListener("submit", async (event) => {
    const file = field.files[0];
    if (!file || !goes(file)) return;
    event.preventDefault();
    if (begins) return;
    if (singly && queue && queue.in("waiting", "sending", "checking", "offline", "paused").length) {
      toast("上一个文件还没有传完，传完或取消以后再传这个");
      return;
    }
    begins = true;
    try {
      const arrivals = await begin();
      field.value = "";
      field.dispatchEvent(new Event("change", { bubbles: true }));
      await arrivals.add([{ file, folder: "" }]);
    } catch (error) {
      if (!isLostOnTheWay(error)) throw error;
      toast("网络断开了，请再按一次上传");
    } finally {
      begins = false;
    }
  });
  if (zone.querySelector("[data-earlier]")) await begin();
}
