// Files are sent one by one as soon as they are chosen or dropped; each answer is the card to describe it.
import { warnBeforeLeaving } from "../behaviors/leaving.js";
import { button } from "../elements.js";
import { behavior } from "../registry.js";

const AT_ONCE = 2;
const SMALL = "button small";

behavior("[data-drop-zone]", (zone) => {
  const input = zone.querySelector("input[type=file]");
  const lines = zone.querySelector("[data-progress]");
  const queue = [];
  let running = 0;
  zone.querySelector("[data-without-script]").hidden = true;
  zone.classList.add("is-enhanced");

  const add = (files) => {
    for (const file of files) queue.push({ file, line: newLine(lines, file.name) });
    work();
  };
  const work = () => {
    zone.dataset.state = queue.length || running ? "saving" : "saved";
    while (running < AT_ONCE && queue.length) {
      running += 1;
      const { file, line } = queue.shift();
      sendOne(zone.action, file, line).then(() => {
        running -= 1;
        work();
      });
    }
  };

  input.addEventListener("change", () => {
    add([...input.files]);
    input.value = "";
  });
  for (const name of ["dragenter", "dragover"]) {
    zone.addEventListener(name, (event) => {
      event.preventDefault();
      zone.classList.add("is-over");
    });
  }
  for (const name of ["dragleave", "drop"]) zone.addEventListener(name, () => zone.classList.remove("is-over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    add([...event.dataTransfer.files]);
  });
  warnBeforeLeaving(() => running > 0);
});

/** A line of the list of files on their way: name and state. */
export function newLine(lines, name) {
  const line = document.createElement("li");
  const label = document.createElement("span");
  const state = document.createElement("span");
  label.className = "grow";
  label.textContent = name;
  state.className = "muted small num";
  state.textContent = "等待上传";
  line.append(label, state);
  lines.append(line);
  return line;
}

async function sendOne(url, file, line) {
  const state = line.children[1];
  try {
    const answer = await post(url, file, (share) => {
      state.textContent = share < 1 ? `${Math.floor(share * 100)}%` : "正在检查";
    });
    document.dispatchEvent(new CustomEvent("resource-card", { detail: answer.html }));
    line.remove();
  } catch (error) {
    line.classList.add("is-refused");
    line.setAttribute("role", "alert");
    state.textContent = error.message;
    offerSteps(line, error.final, () => sendOne(url, file, line));
  }
}

/** 重试 unless the file itself was refused, and 去掉. */
export function offerSteps(line, final, retry) {
  const again = button("重试", SMALL, () => {
    steps.forEach((step) => step.remove());
    line.classList.remove("is-refused");
    line.removeAttribute("role");
    retry();
  });
  const steps = [...(final ? [] : [again]), button("去掉", SMALL, () => line.remove())];
  line.append(...steps);
}

/** XMLHttpRequest, because fetch does not tell how much has left. `fields` are sent beside the file. */
export function post(url, file, onProgress, fields = {}) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const data = new FormData();
    data.append("files", file);
    for (const [name, value] of Object.entries(fields)) data.append(name, value);
    request.open("POST", url);
    request.setRequestHeader("X-Requested-With", "fetch");
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRFToken", document.querySelector("meta[name=csrf-token]").content);
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    });
    request.addEventListener("load", () => {
      const answer = parsed(request.responseText);
      if (request.status < 300 && answer.ok) resolve(answer);
      else reject(refusal(request.status, answer.message));
    });
    request.addEventListener("error", () => {
      reject(new Error("网络断开了，联网后点重试"));
    });
    request.send(data);
  });
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch (_) {
    return {};
  }
}

/** `final`: the same file would be refused again. */
function refusal(status, message) {
  return Object.assign(new Error(message || explain(status)), { status, final: status === 413 || status === 422 });
}

function explain(status) {
  if (status === 413) return "文件太大，每个不能超过 60 MB";
  if (status === 429) return "上传得太快了，请等一分钟再试";
  return "没有上传成功，请点重试";
}
