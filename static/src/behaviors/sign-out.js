// Signing out takes everything of this person off the device, for staff-room computers are shared. What was not sent yet
// would be lost for good: so never without a network, never unasked, and only once the server has ended the sign-in.
import { request, viewerId } from "../net.js";
import { confirmStep } from "./dialogs.js";
import { draftPlace, keptWords, myDrafts } from "./drafts.js";
import { leaveUnasked } from "./leaving.js";
import { clearPerson } from "./offline.js";
import { unsentPlans } from "./plans-on-device.js";
import { toast } from "./toast.js";

const NAMED = 3;
const HERE = "这一页正在写的内容";
const PATIENCE_MS = 1500;
const NO_NETWORK = "现在没有网络，不能退出登录。没提交的内容都还在，联网后再退出";

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-logout]")) return;
  event.preventDefault();
  if (navigator.onLine === false) toast(NO_NETWORK);
  else signOut(form);
});

async function signOut(form) {
  const names = await unsent();
  if (names.length && !(await confirmStep(question(names), "清除并退出"))) return;
  try {
    await request(form.action, { method: "POST", body: new FormData(form), redirect: "manual" });
  } catch (error) {
    toast(error.offline ? NO_NETWORK : error.message);
    return;
  }
  // However long the browser takes to clear, the sign-in has ended.
  await Promise.race([clearPerson(viewerId()), new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);
  leaveUnasked();
  location.assign(document.body.dataset.loginUrl || "/login");
}

function question(names) {
  const more = names.length > NAMED ? `等 ${names.length} 处` : "";
  return `还有没提交的内容：${names.slice(0, NAMED).join("、")}${more}。退出登录会把它们从这台电脑上清除，不能恢复。确定退出吗？`;
}

/** The names of what is on this device only. */
async function unsent() {
  const names = draftNames();
  if (keptWords(document.querySelector("main"))) names.push(HERE);
  return [...new Set([...names, ...(await unsentPlans(viewerId()))])];
}

function draftNames() {
  try {
    const drafts = myDrafts().filter((draft) => draft.value);
    return drafts.map((draft) => (draft.path === location.pathname ? HERE : draftPlace(draft)));
  } catch (_) {
    // Without storage there are no drafts.
    return [];
  }
}
