// The rubric saves itself as one goes and says truthfully whether it has.
import { dropDraft } from "../behaviors/drafts.js";
import { warnBeforeLeaving } from "../behaviors/leaving.js";
import { snapshot, wentOn } from "../behaviors/written.js";
import { requestJson } from "../net.js";

const WAIT_MS = 500;
const RETRY_MS = 5000;

export function bindRubric(form) {
  new Rubric(form);
}

class Rubric {
  constructor(form) {
    this.form = form;
    this.state = form.querySelector("[data-rubric-state]");
    this.problem = form.querySelector("[data-rubric-error]");
    this.dirty = false;
    form.querySelector(".no-script-only").hidden = true;
    form.addEventListener("input", () => this.changed());
    form.addEventListener("submit", (event) => this.submit(event));
    window.addEventListener("online", () => this.dirty && this.save());
    warnBeforeLeaving(() => this.dirty);
  }

  changed() {
    this.dirty = true;
    this.say("dirty", "有改动，正要保存");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), WAIT_MS);
  }

  save() {
    clearTimeout(this.timer);
    this.saving = (this.saving || Promise.resolve()).then(() => this.send());
    return this.saving;
  }

  async send() {
    if (!this.dirty) return;
    this.dirty = false;
    this.say("saving", "保存中");
    const sent = snapshot(this.form);
    try {
      const answer = await requestJson(this.form.action, { method: "POST", body: new FormData(this.form) });
      document.querySelector("[data-rubric-done]").textContent = answer.done;
      this.dropDrafts(sent);
      if (!this.dirty) this.say("saved", `自动保存于 ${answer.saved_at}${answer.total === null ? "" : `，总分 ${answer.total.toFixed(1)}`}`);
    } catch (error) {
      this.dirty = true;
      this.say(error.offline ? "offline" : "error", error.offline ? "离线，联网后自动保存" : error.message);
      if (error.offline || error.status >= 500) this.timer = setTimeout(() => this.save(), RETRY_MS);
    }
  }

  dropDrafts(sent) {
    for (const field of this.form.querySelectorAll("[data-draft]")) if (!wentOn(field, sent)) dropDraft(field);
  }

  async submit(event) {
    event.preventDefault();
    const button = event.submitter;
    const hand = button && button.hasAttribute("data-rubric-submit");
    if (!hand) return this.save();
    this.problem.hidden = true;
    button.setAttribute("aria-busy", "true");
    try {
      await (this.saving || Promise.resolve());
      const answer = await requestJson(button.formAction, { method: "POST", body: new FormData(this.form) });
      this.dirty = false;
      this.dropDrafts();
      location.assign(answer.redirect);
    } catch (error) {
      this.refused(error);
    }
    button.removeAttribute("aria-busy");
    return undefined;
  }

  refused(error) {
    this.problem.textContent = error.message;
    this.problem.hidden = false;
    const field = CSS.escape(error.field || "");
    const line = error.field && this.form.querySelector(`[name="score-${field}"], [data-evidence="${field.replace("evidence-", "")}"] summary`);
    if (line) line.focus();
  }

  say(state, text) {
    this.state.dataset.state = state;
    this.state.textContent = text;
  }
}
