// 批量导入: a folder is sent file by file, three at a time; then the dry run is read again. A report waits for the worker.
import { warnBeforeLeaving } from "../behaviors/leaving.js";
import { requestHtml, requestJson } from "../net.js";
import { behavior } from "../registry.js";
import { newLine, offerSteps, post } from "./sent-whole.js";

const AT_ONCE = 2;
const AGAIN_MS = 15000;
const LOOK_MS = 2000;
const LEFTOVERS = /(^|\/)(\.|~\$|thumbs\.db$|desktop\.ini$)/i;

behavior("[data-import-files]", (form) => {
  const state = form.querySelector("[data-import-state]");
  const refused = form.querySelector("[data-import-refused]");
  const accepted = form.dataset.accept.split(",");
  const queue = [];
  let running = 0;
  let sent = 0;
  let failed = 0;
  let stale = false;
  form.querySelector("[data-without-script]").hidden = true;
  form.querySelector("[data-with-script]").hidden = !("webkitdirectory" in document.createElement("input"));

  const add = (files) => {
    for (const file of files) {
      const path = file.webkitRelativePath || file.name;
      const known = accepted.some((ending) => path.toLowerCase().endsWith(ending));
      if (!LEFTOVERS.test(path) && known) queue.push({ file, path });
    }
    work();
  };
  const work = () => {
    while (running < AT_ONCE && queue.length) {
      running += 1;
      sendOne(queue.shift());
    }
    tell();
    if (!isBusy() && sent + failed) reread();
  };
  const isBusy = () => running > 0 || queue.length > 0;
  const tell = () => {
    const all = sent + failed + running + queue.length;
    const words = isBusy() ? `正在上传，已完成 ${sent}/${all}` : `已上传 ${sent} 个文件`;
    const not = failed ? `，${failed} 个没有传上` : "";
    const old = stale ? "。下面的检查结果还没有更新，联网后刷新本页就能看到" : "";
    state.textContent = all ? words + not + old : "";
    form.dataset.state = isBusy() ? "saving" : "saved";
  };
  const reread = async () => {
    stale = !(await readAgain());
    tell();
  };
  const done = (ok) => {
    running -= 1;
    if (ok) sent += 1;
    else failed += 1;
    work();
  };
  const sendOne = async ({ file, path, line = null }) => {
    try {
      await post(form.action, file, () => {}, { path });
      if (line) line.remove();
      done(true);
    } catch (error) {
      if (error.status === 429) {
        // Too fast for the server, which says nothing about the file.
        setTimeout(() => sendOne({ file, path, line }), AGAIN_MS);
        return;
      }
      tellRefusal(line || newLine(refused, path), error, file, path);
      done(false);
    }
  };
  const tellRefusal = (line, error, file, path) => {
    line.classList.add("is-refused");
    line.children[1].textContent = error.message;
    const again = () => {
      running += 1;
      failed -= 1;
      sendOne({ file, path, line });
      work();
    };
    offerSteps(line, error.final, again, () => {
      failed -= 1;
      tell();
    });
  };
  for (const input of form.querySelectorAll("input[type=file]")) {
    input.addEventListener("change", () => {
      add([...input.files]);
      input.value = "";
    });
  }
  warnBeforeLeaving(isBusy);
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
      const { busy, done, total } = await requestJson(card.dataset.importProgress);
      if (!busy) {
        location.reload();
        return;
      }
      if (total) state.textContent = `已完成 ${done}/${total}。可以离开本页，稍后回来看结果。`;
    } catch (_) {
      // The line is away; it is asked again.
    }
    setTimeout(look, LOOK_MS);
  };
  look();
});
