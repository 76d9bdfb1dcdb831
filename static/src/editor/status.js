// The label that says what is true about the text right now, and the box that says what to do when something is wrong.
import { button } from "../elements.js";

const SMALL = "button small";
const LABELS = {
  connecting: "正在打开",
  saved: "已保存",
  saving: "保存中",
  limited: "网络受限，每 15 秒同步",
  readonly: "只读",
};
const LIMITED_UNSENT = "网络受限，每 15 秒同步，新写的还在本机";
const OFFLINE = "离线，已存本机";
const OFFLINE_CLEAN = "离线";
const REASONS = {
  malformed: "服务器无法识别刚才的内容",
  too_large: "一次贴入的内容太多",
  read_only: "您现在不能改这份教案的正文",
  suggest_only: "刚才的改动里有不是修订的",
  revoked: "您不再能打开这份教案",
  not_found: "教案已被删除",
  doc_full: "教案太长，已经放不下更多内容",
  epoch: "教案已被替换",
  upgrade: "页面版本太旧",
  sign_in: "登录已过期",
  forbidden: "登录已过期",
  slow: "服务器一直没有回应，内容在本机",
  too_slow: "网络太慢，还没有传完，内容在本机",
  no_memory: "网络断开，本机也存不下",
  long: "这份教案已经很长",
};
const ADVICE = {
  malformed: "请复制下面自己写的内容，再刷新页面。",
  too_large: "请撤销刚才的粘贴，分几次贴入。",
  read_only: "主备人改了您的权限。还没提交的内容可以复制出来。",
  revoked: "还没提交的内容可以复制出来，再联系主备人。",
  not_found: "还没提交的内容可以复制出来，再联系主备人。",
  doc_full: "请先保存为版本，把不用的内容删掉，或分成两份教案。",
  epoch: "请复制自己写的内容，再刷新页面。",
  upgrade: "请刷新页面；还没提交的内容存在本机，刷新后自动提交。",
  sign_in: "写的内容存在本机。在新页面登录后回到这里，会自动提交。",
  forbidden: "写的内容存在本机。在新页面登录后回到这里，会自动提交。",
  no_memory: "请不要关闭页面，先把内容复制到别处。",
  long: "再长就写不进去了。请把不用的内容删掉，或分成两份教案。",
};

export class Status {
  constructor(page, provider, ownText) {
    this.provider = provider;
    this.ownText = ownText;
    this.loginUrl = page.dataset.loginUrl;
    const { noun = "教案", keeper = "主备人" } = page.dataset;
    this.fitting = (text) => text.replace(/教案/g, noun).replace(/主备人/g, keeper);
    this.label = page.querySelector("[data-plan-state]");
    this.box = page.querySelector("[data-plan-problem]");
    provider.on("state", () => this.show());
    this.show();
  }

  show() {
    const { state } = this.provider;
    this.label.dataset.state = state;
    const text = this.words(state);
    if (this.label.textContent !== text) this.label.textContent = text;
    this.explain(state);
  }

  words(state) {
    if (state === "offline") return this.provider.unconfirmed ? OFFLINE : OFFLINE_CLEAN;
    if (state === "limited" && this.provider.unconfirmed) return this.provider.tooSlow ? REASONS.too_slow : LIMITED_UNSENT;
    if (state === "unsaved") return this.fitting(`未保存（${REASONS[this.provider.reason] || REASONS.slow}）`);
    return LABELS[state];
  }

  // Shown only when the person has to do something.
  explain(state) {
    const { problem, unconfirmed, isLong, mayWrite } = this.provider;
    const urgent = problem || (state === "unsaved" ? this.provider.reason : null);
    const reason = urgent || (isLong && mayWrite ? "long" : null);
    const advice = reason && ADVICE[reason];
    const shown = Boolean(advice) && (Boolean(problem) || unconfirmed || reason === "long");
    this.box.classList.toggle("is-mild", reason === "long");
    const key = shown ? `${reason}:${unconfirmed && reason !== "long"}` : "";
    if (this.shownKey === key) return;
    this.shownKey = key;
    this.box.hidden = !shown;
    if (!shown) return this.box.replaceChildren();
    const words = document.createElement("p");
    words.textContent = this.fitting(`${REASONS[reason]}。${advice}`);
    this.box.replaceChildren(words, ...this.steps(reason, unconfirmed));
  }

  steps(reason, unconfirmed) {
    const steps = [];
    if (reason === "long") return steps;
    if (["sign_in", "forbidden"].includes(reason)) steps.push(link("重新登录", this.loginUrl));
    if (["upgrade", "epoch", "malformed"].includes(reason)) steps.push(button("刷新页面", SMALL, () => location.reload()));
    if (unconfirmed) steps.push(button("复制我的内容", SMALL, (event) => this.copy(event.target)));
    return steps;
  }

  async copy(pressed) {
    const text = this.ownText();
    try {
      await navigator.clipboard.writeText(text);
      pressed.textContent = "已复制";
    } catch (_) {
      this.showText(text);
    }
  }

  // Without the right to write to the clipboard the text is shown, selected, to be copied by hand.
  showText(text) {
    let area = this.box.querySelector("textarea");
    if (!area) {
      area = document.createElement("textarea");
      area.readOnly = true;
      area.rows = 8;
      area.setAttribute("aria-label", "我写的内容");
      this.box.append(area);
    }
    area.value = text;
    area.focus();
    area.select();
  }
}

function link(text, url) {
  const element = document.createElement("a");
  element.className = SMALL;
  element.href = url;
  element.target = "_blank";
  element.rel = "opener";
  element.textContent = text;
  return element;
}
