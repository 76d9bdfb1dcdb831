// Stretches that are shown: a press on [data-clip] plays one from its beginning to its end, [data-clips-play] those of a part of the
// page one after the other. Where no film is on the page they stay links.
const SLACK_MS = 1500;
const END_MS = 100; // a film that is over reports a little less than its length

export class Clips {
  constructor() {
    this.player = null;
    this.queue = [];
    document.addEventListener("click", (event) => this.onClick(event));
  }

  attach(player) {
    this.player = player;
    player.onTime((ms) => this.follow(ms));
    for (const button of document.querySelectorAll("[data-clips-play]")) {
      button.hidden = document.getElementById(button.dataset.clipsPlay).querySelectorAll("[data-clip]").length < 2;
    }
  }

  onClick(event) {
    if (!this.player || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const link = event.target.closest("[data-clip]");
    const all = event.target.closest("[data-clips-play]");
    if (!link && !all) return;
    event.preventDefault();
    if (link) this.play([link]);
    else this.play([...document.getElementById(all.dataset.clipsPlay).querySelectorAll("[data-clip]")]);
  }

  play(links) {
    this.mark(false);
    this.queue = links;
    const [link] = links;
    if (!link) return;
    this.mark(true);
    this.arrived = false;
    if (this.player.video.getBoundingClientRect().bottom < 80) this.player.element.scrollIntoView({ block: "start", behavior: "smooth" });
    this.player.seek(Number(link.dataset.from));
    this.player.play();
  }

  follow(ms) {
    const [link] = this.queue;
    if (!link) return;
    const [from, until] = [Number(link.dataset.from), Number(link.dataset.until)];
    const inside = ms >= from - SLACK_MS && ms <= until + SLACK_MS;
    if (!inside) this.arrived && this.stop(); // somebody went elsewhere
    else if (ms >= Math.min(until, this.player.duration - END_MS)) this.atEnd();
    else this.arrived = true;
  }

  atEnd() {
    const left = this.queue.slice(1);
    if (left.length) this.play(left);
    else {
      this.player.pause();
      this.stop();
    }
  }

  stop() {
    this.mark(false);
    this.queue = [];
  }

  mark(plays) {
    const item = this.queue[0] && this.queue[0].closest("li");
    if (!item) return;
    if (plays) item.setAttribute("aria-current", "true");
    else item.removeAttribute("aria-current");
  }
}
