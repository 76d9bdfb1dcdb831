// One way to talk to the server: CSRF header, JSON errors in words, offline told apart from refused.
import { sendWatched } from "./stillness.js";

const OFFLINE = "网络断开了";
const SILENT = "服务器一直没有回答";
export const STILL = "网络没有反应，等了很久没有传完";
const TIMEOUT_MS = 30000;

export class NetError extends Error {
  constructor(message, details = {}) {
    super(message);
    this.name = "NetError";
    Object.assign(this, { status: 0, code: "", offline: false, field: null, errors: null }, details);
  }
}

export const viewerId = () => document.body.dataset.viewerId || "";

const token = () => document.querySelector("meta[name=csrf-token]");

/** Fetch and return the Response; throw a NetError that can be shown to a person. What carries a file goes `slowly`: it takes
 *  as long as it takes, tells `onProgress` which share has left, and is given up when nothing moves. */
export async function request(url, options = {}) {
  const method = (options.method || "GET").toUpperCase();
  const response = await send(url, method, options);
  // A redirect that was asked to be left alone is the answer of a form that did its work.
  if (response.ok || response.type === "opaqueredirect") return response;
  const error = await explain(response);
  if (error.code === "csrf" && !options.retried && (await renewToken())) {
    if (options.body instanceof FormData) options.body.set("csrf_token", token().content);
    return request(url, { ...options, retried: true });
  }
  throw error;
}

/** Like `request`, for answers in JSON. `json` is sent as the body. */
export async function requestJson(url, { json, ...options } = {}) {
  const headers = { Accept: "application/json", ...options.headers };
  if (json !== undefined) {
    headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(json);
    options.method = options.method || "POST";
  }
  const response = await request(url, { ...options, headers });
  const text = await bodyOf(response);
  try {
    return text ? JSON.parse(text) : { ok: true };
  } catch (_) {
    // A page instead of JSON: the server redirected us, e.g. to the sign-in.
    if (response.redirected) return { ok: true, redirect: response.url };
    throw new NetError("服务器的回答不完整，请再试一次", { status: response.status });
  }
}

/** HTML of a list or a part of a page. */
export async function requestHtml(url, options = {}) {
  const response = await request(url, { ...options, headers: { Accept: "text/html", ...options.headers } });
  return { html: await bodyOf(response), response };
}

/** An answer that has begun may break off all the same. */
async function bodyOf(response) {
  try {
    return await response.text();
  } catch (_) {
    throw new NetError(OFFLINE, { offline: true });
  }
}

async function send(url, method, { headers, body, timeout = TIMEOUT_MS, signal, redirect, slowly, onProgress }) {
  const own = { "X-Requested-With": "fetch", ...headers };
  if (method !== "GET" && method !== "HEAD") own["X-CSRFToken"] = token() ? token().content : "";
  if (slowly) return sendSlowly(url, { method, headers: own, body, signal }, onProgress);
  return fetchWithin(timeout, url, { method, headers: own, body, redirect, signal });
}

async function sendSlowly(url, asked, onProgress) {
  try {
    return await sendWatched(url, asked, onProgress);
  } catch ({ still }) {
    throw new NetError(still ? STILL : OFFLINE, { offline: true, slow: still });
  }
}

/** Given up when the answer has not begun after `timeout` milliseconds, or has not come whole after twice as long again. */
async function fetchWithin(timeout, url, { signal, ...options }) {
  const aborter = new AbortController();
  let late = false;
  const giveUp = () => {
    late = true;
    aborter.abort();
  };
  const timer = setTimeout(giveUp, timeout);
  if (signal) signal.addEventListener("abort", () => aborter.abort());
  try {
    const response = await fetch(url, { credentials: "same-origin", signal: aborter.signal, ...options });
    setTimeout(giveUp, 2 * timeout);
    return response;
  } catch (_) {
    throw new NetError(late ? SILENT : OFFLINE, { offline: true, silent: late });
  } finally {
    clearTimeout(timer);
  }
}

async function explain(response) {
  let body = {};
  if ((response.headers.get("Content-Type") || "").includes("json")) {
    body = await response.json().catch(() => ({}));
  }
  const fallback = {
    401: "登录已过期，请重新登录后再试",
    403: "您没有权限做这一步",
    404: "没有找到，可能已经删除",
    413: "文件太大了，请压缩后再传",
    429: "操作太快了，请等一分钟再试",
  }[response.status];
  return new NetError(body.message || fallback || "服务器没有做成这一步，请稍后再试", {
    status: response.status,
    code: body.code || "",
    field: body.field || null,
    errors: body.errors || null,
  });
}

/** A page kept open overnight, or shown from the cache, carries an old token: fetch a fresh one, unless somebody else has signed in. */
async function renewToken() {
  try {
    const response = await fetchWithin(TIMEOUT_MS, location.href, { cache: "reload" });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const now = page.body.dataset.viewerId;
    if (viewerId() && now && now !== viewerId()) return false;
    const fresh = page.querySelector("meta[name=csrf-token]");
    if (!fresh || !token()) return false;
    token().content = fresh.content;
    for (const input of document.querySelectorAll("input[name=csrf_token]")) input.value = fresh.content;
    return true;
  } catch (_) {
    return false;
  }
}
