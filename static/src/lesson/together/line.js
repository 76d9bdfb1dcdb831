// What goes between the pages of people who watch together and the server: questions with the time there, deeds, news.
import { liveSocket } from "../../live/socket.js";
import { follow } from "../../live/topics.js";

const ACKS = 5;
const BEAT_MS = 5000;
const PATIENCE_MS = 8000;

export class WatchLine {
  constructor(lesson, clock, heard) {
    this.lesson = lesson;
    this.clock = clock;
    this.heard = heard;
    this.seq = 0;
    liveSocket().on("cowatch", ({ lesson: which, state }) => which === lesson && this.take(state));
  }

  /** Come in: the room, five questions for the clock, then one every five seconds. `here(people)` and `lost(reason)` are called. */
  enter({ here, lost }) {
    if (this.leave) return;
    const end = follow(`cowatch:${this.lesson}`, {
      seq: () => Infinity,
      onHere: here,
      onChanged: () => this.begin(),
      onState: (state, reason) => state === "ended" && lost(reason),
    });
    this.timer = setInterval(() => this.ask(), BEAT_MS);
    this.leave = () => {
      end();
      clearInterval(this.timer);
      this.leave = null;
    };
  }

  /** On joining and after every break: what the clock says may have jumped, and what is known may be old. */
  async begin() {
    this.clock.samples = [];
    for (let count = 0; count < ACKS; count += 1) await this.ask();
  }

  async ask() {
    const asked = this.clock.local();
    const answer = await this.send("cowatch_state", {});
    if (!answer.ok) return;
    this.clock.note(asked, answer.now_ms);
    this.take(answer.state, true);
  }

  /** A word about the film that is not newer than what is known is passed over. */
  take(state, asked = false) {
    if (state && state.seq <= this.seq) return;
    if (state) this.seq = state.seq;
    this.heard(state, asked);
  }

  /** Do something that the others shall see; the answer is {ok, message}. */
  async act(event, deed) {
    const answer = await this.send(event, deed);
    if (answer.ok) this.take(answer.state);
    return answer;
  }

  send(event, details) {
    const socket = liveSocket();
    if (!socket.connected) return Promise.resolve({ ok: false, message: "网络断开了，连上以后再试" });
    return new Promise((resolve) => {
      const late = setTimeout(() => resolve({ ok: false, message: "服务器一直没有回答" }), PATIENCE_MS);
      socket.emit(event, { lesson: this.lesson, ...details }, (answer) => {
        clearTimeout(late);
        resolve(answer || { ok: false });
      });
    });
  }
}
