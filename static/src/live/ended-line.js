// Why a list no longer follows, and the one step that helps.
const WORDS = {
  sign_in_required: "登录已过期，这里不再更新。",
  busy: "打开的页面太多，这里不再更新。请关闭一些页面再刷新。",
};
const OTHER = "这里不再更新，您可能已不是这里的成员。";

export function endedLine(reason) {
  const line = document.createElement("p");
  line.className = "list-ended";
  line.append(WORDS[reason] || OTHER, reason === "sign_in_required" ? signIn() : reload());
  return line;
}

/** In a page of its own: what is half written here stays. */
function signIn() {
  const link = document.createElement("a");
  link.className = "button small";
  link.href = document.body.dataset.loginUrl;
  link.target = "_blank";
  link.rel = "opener";
  link.textContent = "重新登录";
  return link;
}

function reload() {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button small";
  button.dataset.reload = "";
  button.textContent = "刷新";
  return button;
}
