// The rubric saves itself as one goes and says truthfully whether it has.
import { dropDraft } from "../behaviors/drafts.js";
import { warnBeforeLeaving } from "../behaviors/leaving.js";
import { snapshot, wentOn } from "../behaviors/written.js";
import { requestJson } from "../net.js";
import { goToUnjudged, goToUnproven } from "./unjudged.js";

const WAIT_MS = 500;
const RETRY_MS = 5000;
// What another device may have changed since this page came. Everything else goes along each time.
const SHARED = /^(score-|evidence-|strengths$|advice$)/;

/** `evidenceOf` gives the evidence of this sheet (`Evidence`), once it is there. */
export function bindRubric(form, evidenceOf) {
  new Rubric(form, evidenceOf);
}

class Rubric {
  constructor(form, evidenceOf) {
    this.form = form;
    this.evidenceOf = evidenceOf;
    this.held = servedContents(form);
    this.state = form.querySelector("[data-rubric-state]");
    this.problem = form.querySelector("[data-rubric-error]");
    this.dirty = false;
    form.querySelector(".no-script-only").hidden = true;
    form.addEventListener("input", () => this.changed());
    form.addEventListener("submit", (event) => this.submit(event));
    // A press comes before the question that stands in the button's data-confirm.
    form.querySelector("[data-rubric-submit]").addEventListener("click", (event) => this.isWhole() || event.preventDefault());
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
    const { body, changed } = this.changes();
    try {
      const answer = await requestJson(this.form.action, { method: "POST", body });
      for (const [name, content] of changed) this.held.set(name, content);
      document.querySelector("[data-rubric-done]").textContent = answer.done;
      this.dropDrafts(sent);
      if (!this.dirty) this.say("saved", `自动保存于 ${answer.saved_at}${answer.total === null ? "" : `，总分 ${answer.total.toFixed(1)}`}`);
    } catch (error) {
      this.dirty = true;
      this.say(error.offline ? "offline" : "error", error.offline ? "离线，联网后自动保存" : error.message);
      if (error.offline || error.status >= 500) this.timer = setTimeout(() => this.save(), RETRY_MS);
    }
  }

  /** What is sent: of what other devices may have changed only what the server does not have as it is here. */
  changes() {
    const body = new FormData(this.form);
    const changed = new Map([...contents(body)].filter(([name, content]) => this.held.get(name) !== content));
    for (const name of this.held.keys()) if (!changed.has(name)) body.delete(name);
    // Until the answer comes nobody knows what the server has.
    for (const name of changed.keys()) this.held.set(name, null);
    return { body, changed };
  }

  dropDrafts(sent) {
    // Words that are not added as evidence yet were not sent.
    const sentFields = this.form.querySelectorAll("[data-draft]:not([data-evidence-seen])");
    for (const field of sentFields) if (!wentOn(field, sent)) dropDraft(field);
  }

  async submit(event) {
    event.preventDefault();
    const button = event.submitter;
    const hand = button && button.hasAttribute("data-rubric-submit");
    if (!hand) return this.save();
    this.problem.hidden = true;
    if (!this.evidenceOf().putTyped()) return undefined;
    button.setAttribute("aria-busy", "true");
    try {
      await this.save();
      const answer = await requestJson(button.formAction, { method: "POST", body: this.changes().body });
      this.dirty = false;
      this.dropDrafts();
      location.assign(answer.redirect);
    } catch (error) {
      this.refused(error);
    }
    button.removeAttribute("aria-busy");
    return undefined;
  }

  /** Whether everything is there that the sheet asks for; else it is named and gone to. */
  isWhole() {
    const left = [...this.form.querySelectorAll("[data-rubric-line]")].filter((line) => !line.querySelector("input:checked"));
    const { lacking } = this.evidenceOf();
    if (left.length) goToUnjudged(left, (words) => this.tell(words));
    else if (lacking) this.tell(goToUnproven(lacking, lacking.querySelector("[data-evidence-seen]")));
    else return true;
    return false;
  }

  tell(words) {
    this.problem.textContent = words;
    this.problem.hidden = !words;
  }

  refused(error) {
    this.tell(error.message);
    const field = CSS.escape(error.field || "");
    const line = error.field && this.form.querySelector(`[name="score-${field}"], [data-evidence="${field.replace("evidence-", "")}"] summary`);
    if (line) line.focus();
  }

  say(state, text) {
    this.state.dataset.state = state;
    this.state.textContent = text;
  }
}

/** The shared fields of a sheet as text, by name; of a field that is named several times what is not empty. */
function contents(entries) {
  const found = new Map();
  for (const [name, value] of entries) {
    if (!SHARED.test(name)) continue;
    const before = found.get(name);
    const text = value.replace(/\r\n/g, "\n");
    found.set(name, before && text ? `${before}\n${text}` : before || text);
  }
  return found;
}

/** What the server put there, whatever a draft or the browser has put over it. */
function servedContents(form) {
  const controls = [...form.elements].filter(({ type, defaultChecked }) => !/^(checkbox|radio)$/.test(type) || defaultChecked);
  return contents(controls.map(({ name, defaultValue }) => [name, defaultValue || ""]));
}
