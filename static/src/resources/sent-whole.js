// Files that are sent whole, in one request each: a line for each, and what it says when it is refused.
import { button } from "../elements.js";

const SMALL = "button small";

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

/** 重试 unless the file itself was refused, and 去掉; `drop` hears of that. */
export function offerSteps(line, final, retry, drop) {
  const again = button("重试", SMALL, () => {
    steps.forEach((step) => step.remove());
    line.classList.remove("is-refused");
    line.removeAttribute("role");
    retry();
  });
  const leave = button("去掉", SMALL, () => {
    line.remove();
    drop();
  });
  const steps = [...(final ? [] : [again]), leave];
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
