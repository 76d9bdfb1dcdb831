// 一起看: who leads, who is here, 跟上 or 自己看. The film itself is led by `LedFilm`.
import { viewerId } from "../../net.js";
import { toast } from "../../behaviors/toast.js";
import { LedFilm } from "./led-film.js";
import { WatchLine } from "./line.js";
import { ServerClock } from "./server-clock.js";

const MISSED_MS = 8000;

export class WatchTogether {
  constructor(element) {
    this.element = element;
    this.lesson = Number(element.dataset.lesson);
    this.mayLead = "mayLead" in element.dataset;
    this.state = JSON.parse(element.dataset.watch || "null");
    this.joined = false;
    this.people = [];
    this.clock = new ServerClock();
    this.line = new WatchLine(this.lesson, this.clock, (state, asked) => this.take(state, asked));
    element.addEventListener("click", ({ target }) => {
      const button = target.closest("[data-act]");
      if (button && button.tagName === "BUTTON") this[button.dataset.act]();
    });
    element.addEventListener("change", ({ target }) => {
      if (target.dataset.act === "everybody") this.act("cowatch_lead", { what: "everybody", on: target.checked });
    });
    this.show();
  }

  attach(player) {
    this.film = new LedFilm(player, this.clock, {
      onDeed: () => this.deed(),
      onRefused: () => this.askForPress(true),
      onDrift: (error) => this.publish(error),
    });
    const wanted = new URLSearchParams(location.search).has("together") || this.remembered;
    if (wanted && this.state) this.join();
  }

  get me() {
    return Number(viewerId());
  }

  get leads() {
    return Boolean(this.state) && this.state.leader_id === this.me;
  }

  get maySteer() {
    return this.leads || Boolean(this.state && this.state.everybody);
  }

  /** Begin, or take over what runs already. */
  async lead() {
    this.enter();
    const begins = !this.state;
    const answer = await this.act("cowatch_lead", { what: "take", ...this.film.scene });
    if (!answer.ok) this.leave();
    else if (begins && this.film.differs) await this.steer(); // it was played before the answer came
    if (answer.ok) this.film.lead();
    this.show();
  }

  join() {
    this.enter();
    this.film.lead();
    this.show();
  }

  enter() {
    if (this.joined) return;
    this.joined = true;
    this.remember(true);
    this.line.enter({
      here: (people) => {
        this.people = people;
        this.show();
      },
      lost: () => this.leave("这节课现在不能一起看了"),
    });
  }

  follow() {
    this.film.lead();
    this.show();
  }

  own() {
    this.film.release();
    this.show();
  }

  /** One press; who leads and is alone ends it. */
  leave(words) {
    if (this.leads && this.people.every(({ id }) => id === this.me)) this.line.act("cowatch_lead", { what: "end" });
    this.joined = false;
    this.remember(false);
    if (this.line.leave) this.line.leave();
    this.film.release();
    this.askForPress(false);
    this.people = [];
    if (typeof words === "string") toast(words);
    this.show();
  }

  end() {
    this.act("cowatch_lead", { what: "end" });
  }

  /** Chosen with the list, done with the button: arrow keys walk through a list and would hand over to everybody on the way. */
  give() {
    const chosen = this.element.querySelector("[data-give-to]");
    if (chosen.value) this.act("cowatch_lead", { what: "give", to: Number(chosen.value) });
    else chosen.focus();
  }

  async act(event, deed) {
    const answer = await this.line.act(event, deed);
    if (!answer.ok) toast(answer.message || "这一步没有做成，请再试一次");
    this.show();
    return answer;
  }

  /** Where the film of all stands has changed, or nobody watches together any more. */
  take(state, asked) {
    if (!state && asked && this.joined && this.state && this.isMissed()) return;
    if (state) this.missedSince = 0;
    const had = this.state;
    this.state = state;
    if (this.film) {
      this.film.leads = this.leads && !(state && state.everybody);
      this.film.take(state);
    }
    if (!state && had && this.joined) this.leave("一起看结束了，您可以接着自己看");
    this.show();
  }

  /** A server that was started anew knows nothing: who leads says again where the film is, the others wait for that. */
  isMissed() {
    this.missedSince = this.missedSince || Date.now();
    if (this.leads && this.mayLead) this.act("cowatch_lead", { what: "take", ...this.film.scene });
    return Date.now() - this.missedSince < MISSED_MS;
  }

  /** Somebody's hand was on this film: who moves it moves all, everybody else watches alone until 跟上大家. */
  deed() {
    if (this.maySteer) this.steer();
    else {
      this.own();
      toast("您在自己看，点“跟上大家”回到一起");
    }
  }

  /** One word at a time; what happens meanwhile on this page is said with the next. */
  async steer() {
    const { film } = this;
    film.waits = true;
    const scene = film.scene;
    const answer = await this.line.act("cowatch_steer", scene);
    film.waits = false;
    if (!answer.ok) {
      toast(answer.message || "这一步没有做成，请再试一次");
      return;
    }
    if (film.isLed && film.differs) this.deed();
  }

  askForPress(wanted) {
    const press = document.querySelector("[data-together-press]");
    if (!press) return;
    press.hidden = !wanted;
    press.onclick = () => {
      press.hidden = true;
      this.film.unblock();
    };
  }

  /** For whoever looks how well the pages agree: ms this film is ahead, and when it was seen. */
  publish(error) {
    if (error === null) delete this.element.dataset.driftMs;
    else this.element.dataset.driftMs = Math.round(error);
  }

  get remembered() {
    try {
      return sessionStorage.getItem(`together:${this.lesson}`) === "1";
    } catch (_) {
      return false;
    }
  }

  remember(yes) {
    try {
      if (yes) sessionStorage.setItem(`together:${this.lesson}`, "1");
      else sessionStorage.removeItem(`together:${this.lesson}`);
    } catch (_) {
      // Without storage a reload asks once more.
    }
  }

  show() {
    const { element, state, joined } = this;
    const focused = element.querySelector(":focus-visible");
    const follows = joined && Boolean(this.film) && this.film.isLed;
    const others = this.people.filter(({ id }) => id !== this.me);
    element.hidden = !state && !this.mayLead;
    element.dataset.state = !state ? "none" : !joined ? "running" : !follows ? "own" : this.leads ? "leading" : "following";
    const shown = {
      lead: this.mayLead && (!state || (joined && !this.leads)),
      join: state && !joined,
      follow: state && joined && !follows,
      own: state && follows && !this.maySteer,
      leave: state && joined,
      end: state && joined && (this.leads || this.mayLead),
      everybody: state && joined && (this.leads || this.mayLead),
      give: state && joined && (this.leads || this.mayLead) && others.length > 0,
    };
    for (const control of element.querySelectorAll("[data-act]")) {
      (control.closest("label, .together-give") || control).hidden = !shown[control.dataset.act];
    }
    element.querySelector("[data-act=lead]").textContent = state ? "我来带" : "带大家一起看";
    element.querySelector("[data-act=everybody]").checked = Boolean(state && state.everybody);
    this.showPeople(others);
    element.querySelector("[data-together-words]").textContent = this.words(follows);
    if (focused && focused.closest("[hidden]")) this.keepFocus();
  }

  /** The keyboard goes on where something can be done. */
  keepFocus() {
    const next = [...this.element.querySelectorAll("[data-act]")].find((control) => !control.closest("[hidden]"));
    if (next) next.focus();
  }

  showPeople(others) {
    const names = this.people.map(({ id, name }) => (this.state && id === this.state.leader_id ? `${name}（带看）` : name));
    this.element.querySelector("[data-together-people]").textContent = this.joined && names.length ? `${names.length} 人在一起看：${names.join("、")}` : "";
    const give = this.element.querySelector("[data-give-to]");
    if (document.activeElement === give) return;
    const chosen = Number(give.value);
    give.replaceChildren(new Option("选一位老师", ""), ...others.map(({ id, name }) => new Option(name, id, false, id === chosen)));
  }

  words(follows) {
    const { state, joined } = this;
    if (!state) return "您播放、暂停、跳到哪里，加入的老师就看到哪里。适合远程议课时一起看一段。";
    if (!joined) return `${state.leader}正在带大家一起看这节课。`;
    if (!follows) return "您在自己看，大家的画面没有停。";
    if (state.everybody) return "大家都能播放、暂停和跳转。";
    return this.leads ? "您在带大家看：您播放、暂停、跳到哪里，大家就看到哪里。" : `您跟着${state.leader}看。自己动一下进度，就会变成自己看。`;
  }
}
