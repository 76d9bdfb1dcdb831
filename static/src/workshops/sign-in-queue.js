// A sign-in that could not be sent waits on this device: the code that was read and the moment it was read. It is sent
// from whatever page is open once the network is back; the server notes it once, however often it arrives.
import { NetError, requestJson, viewerId } from "../net.js";
import { toast } from "../behaviors/toast.js";

const PREFIX = "signin:";
const PAGE = /^\/workshops\/\d+\/activities\/\d+\/sign-in$/;
const GIVE_UP_MS = 12 * 3600 * 1000;
const AGAIN_MS = 15000;
export const KEPT = "网络断开了，签到已存在本机，联网后自动提交";
let timer = 0;
let sending = null;

/** Keep a sign-in; false where the device keeps nothing. */
export function keepSignIn(path, { code, t, at }) {
  try {
    // On the page without a network nobody is known; it is whoever was here last.
    const viewer = viewerId() || localStorage.getItem("viewer") || "";
    localStorage.setItem(PREFIX + path, JSON.stringify({ code, t, at, viewer }));
    again();
    return true;
  } catch (_) {
    return false;
  }
}

/** Send one sign-in; `elapsed` is counted by this device's clock alone, whatever time it believes it is. */
export function sendSignIn(path, { code, t, at }) {
  const body = new FormData();
  body.set("code", code);
  body.set("t", t || "");
  body.set("elapsed", String(Math.max(0, Date.now() - at)));
  return requestJson(path, { method: "POST", body });
}

/** Send what waits here for this person; a page that asks meanwhile waits for the same round, so that nothing goes out twice. */
export function sendKept() {
  if (!sending) sending = sendAll().finally(() => (sending = null));
  return sending;
}

async function sendAll() {
  clearTimeout(timer);
  timer = 0;
  if (!viewerId()) return;
  for (const key of Object.keys(localStorage).filter((name) => name.startsWith(PREFIX))) {
    const kept = read(key);
    if (!kept || Date.now() - kept.at > GIVE_UP_MS) localStorage.removeItem(key);
    else if (!kept.viewer || kept.viewer === viewerId()) await sendOne(key, kept);
  }
}

async function sendOne(key, kept) {
  try {
    const answer = await sendSignIn(key.slice(PREFIX.length), kept);
    localStorage.removeItem(key);
    toast(answer.toast || "已签到");
    document.dispatchEvent(new CustomEvent("sign-in:sent", { detail: answer }));
  } catch (error) {
    if (waits(error)) again();
    else {
      localStorage.removeItem(key);
      toast(`签到没有成功：${error.message}`);
    }
  }
}

/** The keys of what waits here for this person. */
export const keptSignIns = (viewer) =>
  Object.keys(localStorage).filter((key) => key.startsWith(PREFIX) && (read(key) || {}).viewer === viewer);

/** Whether it is worth sending again; a token that cannot be renewed is that of whoever signed in meanwhile. */
export const waits = (error) =>
  error instanceof NetError && (error.offline || error.code === "csrf" || error.status === 401 || error.status === 429 || error.status >= 500);

function again() {
  if (!timer) timer = setTimeout(sendKept, AGAIN_MS);
}

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch (_) {
    return null;
  }
}

/** On the page that stands in without a network: the code of a scanned picture is kept, else one can be typed. */
export function signInWithoutPage() {
  const path = location.pathname;
  const main = document.querySelector("main");
  if (!PAGE.test(path) || viewerId() || !main || main.querySelector("form")) return;
  const query = new URLSearchParams(location.search);
  const at = Date.now();
  const box = document.createElement("div");
  box.className = "card narrow stack-s";
  box.setAttribute("role", "status");
  if (query.get("code") && keepSignIn(path, { code: query.get("code"), t: query.get("t"), at })) box.textContent = KEPT;
  else box.append(codeForm(path, box));
  main.prepend(box);
}

function codeForm(path, box) {
  const form = document.createElement("form");
  form.className = "form";
  form.innerHTML =
    '<div class="field"><label for="kept-code">签到码</label><input id="kept-code" name="code" class="code-field" inputmode="numeric" maxlength="12" autocomplete="off"></div>' +
    '<div class="form-actions"><button class="button primary" type="submit">签到</button></div>';
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const code = form.elements.code.value.trim();
    if (code && keepSignIn(path, { code, t: "", at: Date.now() })) box.textContent = KEPT;
  });
  return form;
}
