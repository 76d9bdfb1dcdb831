// Signing out takes what this person has seen off the device, for staff-room computers are shared. What was not sent yet
// stays under their name, shown to nobody else, or goes if they say so; and only once the server has ended the sign-in.
import { request, viewerId } from "../net.js";
import { keptSignIns } from "../workshops/sign-in-queue.js";
import { keptNotes } from "../lesson/note-store.js";
import { chooseStep } from "./dialogs.js";
import { draftPlace, keepNow, myDrafts, wouldBeLost } from "./drafts.js";
import { unsentFiles } from "./files-on-device.js";
import { leaveUnasked } from "./leaving.js";
import { clearPerson, clearSeen } from "./offline.js";
import { unsentPlans } from "./plans-on-device.js";
import { toast } from "./toast.js";

const NAMED = 3;
const HERE = "这一页正在写的内容";
const SIGN_IN = "还没送出的签到";
const NOTES = "还没送出的现场随记";
const SCORES = "还没送出的评分";
const PATIENCE_MS = 1500;
const NO_NETWORK = "现在没有网络，不能退出登录。没提交的内容都还在，联网后再退出";
const LEAVE = "退出登录";
const KEEP = "保留并退出";
const CLEAR = "清除并退出";

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-logout]")) return;
  event.preventDefault();
  if (navigator.onLine === false) toast(NO_NETWORK);
  else signOut(form);
});

async function signOut(form) {
  const step = await chosenStep();
  if (!step) return;
  try {
    await request(form.action, { method: "POST", body: new FormData(form), redirect: "manual" });
  } catch (error) {
    toast(error.offline ? NO_NETWORK : error.message);
    return;
  }
  // However long the browser takes to clear, the sign-in has ended.
  const cleared = step === CLEAR ? clearPerson() : clearSeen();
  await Promise.race([cleared, new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);
  leaveUnasked();
  location.assign(document.body.dataset.loginUrl || "/login");
}

/** Nothing is asked of those who have sent everything. */
async function chosenStep() {
  keepNow();
  const names = await unsent();
  const lost = wouldBeLost(document.querySelector("main"));
  if (!names.length && !lost) return LEAVE;
  return chooseStep(question(names, lost), names.length ? [CLEAR, KEEP] : [LEAVE]);
}

function question(names, lost) {
  const gone = lost ? `${HERE}没有存下来，退出后就没有了。` : "";
  if (!names.length) return `${gone}确定退出吗？`;
  const more = names.length > NAMED ? `等 ${names.length} 处` : "";
  const named = `还有没提交的内容：${names.slice(0, NAMED).join("、")}${more}。`;
  return `${gone}${named}保留的话，您下次在这台设备上登录时还在，别人登录看不到；清除了就不能恢复。`;
}

/** The names of what is on this device only. */
async function unsent() {
  const [plans, files, notes] = await Promise.all([unsentPlans(viewerId()), unsentFiles(viewerId()), keptNotes()]);
  return [...new Set([...draftNames(), ...files.map(placeName), ...plans.map(({ title }) => title), ...signInNames(), ...notes.map(({ to }) => (to === "scoring" ? SCORES : NOTES))])];
}

function signInNames() {
  try {
    return keptSignIns(viewerId()).map(() => SIGN_IN);
  } catch (_) {
    // Without storage none waits.
    return [];
  }
}

const placeName = (kept) => (kept.path === location.pathname ? HERE : draftPlace(kept));

function draftNames() {
  try {
    const drafts = myDrafts().filter((draft) => draft.value);
    return drafts.map(placeName);
  } catch (_) {
    // Without storage there are no drafts.
    return [];
  }
}
