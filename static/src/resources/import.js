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
  let all = 0;
  form.querySelector("[data-without-script]").hidden = true;
  form.querySelector("[data-with-script]").hidden = !("webkitdirectory" in document.createElement("input"));

  const add = (files) => {
    for (const file of files) {
      const path = file.webkitRelativePath || file.name;
      const known = accepted.some((ending) => path.toLowerCase().endsWith(ending));
      if (!LEFTOVERS.test(path) && known) queue.push({ file, path });
    }
    all = sent + running + queue.length;
    work();
  };
  const work = () => {
    while (running < AT_ONCE && queue.length) {
      running += 1;
      sendOne(queue.shift());
    }
    const busy = running > 0 || queue.length > 0;
    state.textContent = all ? (busy ? `正在上传，已完成 ${sent}/${all}` : `已上传 ${sent} 个文件`) : "";
    form.dataset.state = busy ? "saving" : "saved";
    if (!busy && all) readAgain();
  };
  const done = () => {
    running -= 1;
    sent += 1;
    work();
  };
  const sendOne = async ({ file, path, line = null }) => {
    try {
      await post(form.action, file, () => {}, { path });
      if (line) line.remove();
      done();
    } catch (error) {
      if (error.status === 429) {
        // Too fast for the server, which says nothing about the file.
        setTimeout(() => sendOne({ file, path, line }), AGAIN_MS);
        return;
      }
      tellRefusal(line || newLine(refused, path), error, file, path);
      done();
    }
  };
  const tellRefusal = (line, error, file, path) => {
    line.classList.add("is-refused");
    line.children[1].textContent = error.message;
    offerSteps(line, error.final, () => {
      running += 1;
      sent -= 1;
      sendOne({ file, path, line });
      work();
    });
  };
  for (const input of form.querySelectorAll("input[type=file]")) {
    input.addEventListener("change", () => {
      add([...input.files]);
      input.value = "";
    });
  }
  warnBeforeLeaving(() => running > 0 || queue.length > 0);
});

/** What the files that arrived change about the rows. */
async function readAgain() {
  const outlook = document.getElementById("import-outlook");
  try {
    const { html } = await requestHtml(location.href);
    const fresh = new DOMParser().parseFromString(html, "text/html").getElementById("import-outlook");
    if (fresh) outlook.replaceWith(document.importNode(fresh, true));
    else location.reload();
  } catch (_) {
    location.reload();
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
