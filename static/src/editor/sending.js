// Sending what may take long: it says how far it is, and is given up only when nothing moves any more.
// XMLHttpRequest, because fetch does not tell how much has left.
import { NetError, requestJson } from "../net.js";

const PATIENCE_MS = 60000;
const SLOWEST_BYTES_PER_MS = 8;
export const SLOW = "网络太慢，等了很久没有传完";

/** POST `body` (of `size` bytes) and return the JSON of the answer; throws a NetError with `slow`, `offline` or `status`. */
export async function sendSlowly(url, body, size, { headers = {}, onProgress = () => undefined } = {}) {
  try {
    return await transmit(url, body, size, headers, onProgress);
  } catch (error) {
    if (error.code !== "csrf") throw error;
    // A page kept open overnight carries an old token; this way fetches a fresh one.
    return requestJson(url, { method: "POST", body, headers, timeout: patience(size) });
  }
}

// What the system has buffered is on its way still: a large body may stand at 100 % for long.
const patience = (size) => PATIENCE_MS + size / SLOWEST_BYTES_PER_MS;

function transmit(url, body, size, headers, onProgress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let watch = 0;
    const moving = () => {
      clearTimeout(watch);
      watch = setTimeout(() => request.abort(), patience(size));
    };
    const end = (finish, value) => {
      clearTimeout(watch);
      finish(value);
    };
    request.open("POST", url);
    const all = { Accept: "application/json", "X-Requested-With": "fetch", "X-CSRFToken": token(), ...headers };
    for (const [name, value] of Object.entries(all)) request.setRequestHeader(name, value);
    request.upload.addEventListener("progress", (event) => {
      moving();
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    });
    request.addEventListener("load", () => {
      const answer = parsed(request.responseText);
      if (request.status < 300 && answer) end(resolve, answer);
      else end(reject, refusal(request.status, answer || {}));
    });
    request.addEventListener("error", () => end(reject, new NetError("网络断开了", { offline: true })));
    request.addEventListener("abort", () => end(reject, new NetError(SLOW, { slow: true })));
    moving();
    request.send(body);
  });
}

const token = () => document.querySelector("meta[name=csrf-token]").content;

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch (_) {
    return null;
  }
}

function refusal(status, { message, code }) {
  return new NetError(message || "服务器没有做成这一步，请稍后再试", { status, code: code || "" });
}
