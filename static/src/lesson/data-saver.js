// 省流量: sound and stills instead of the film, at the same moment; remembered on this device, offered where the line is slow. Of two
// films side by side both change, or the one that has it.
const KEY = "saver";
const SLOW = ["slow-2g", "2g", "3g"];
const OFFER = "现在的网络较慢，可以打开省流量：点评、编码都一样，视频以后再看。";
const ON = "正在用省流量播放：画面每 10 秒换一幅，停下来的画面可能早几秒。";

export class DataSaver {
  /** The box stands within `place`; a film's other file is named by its player's data-lean, else by the box. */
  constructor(players, place = players[0].element) {
    this.place = place;
    this.films = players.map((player) => ({ player, film: player.video.getAttribute("src") }));
    place.addEventListener("change", (event) => {
      if (event.target.matches("[data-saver]")) this.choose(event.target.checked);
      if (event.target.matches("[data-quality]")) this.leave();
    });
    this.begin();
  }

  get box() {
    return this.place.querySelector("[data-saver]");
  }

  begin() {
    if (!this.box) return;
    if (isRemembered()) {
      this.box.checked = true;
      this.show();
    } else if (isSlow()) this.say(OFFER);
  }

  choose(isOn) {
    remember(isOn);
    this.show();
  }

  show() {
    this.switchAll(this.box.checked);
    this.say(this.box.checked ? ON : "");
  }

  switchAll(isOn) {
    for (const one of this.films) {
      const { element } = one.player;
      const quality = element.querySelector("[data-quality]");
      if (quality && quality.value) one.film = quality.value;
      const lean = element.dataset.lean || this.box.dataset.saver;
      if (lean) one.player.switchTo(isOn ? lean : one.film);
    }
  }

  /** Who chooses a quality wants the film. */
  leave() {
    if (!this.box || !this.box.checked) return;
    this.box.checked = false;
    remember(false);
    this.say("");
  }

  say(words) {
    this.place.querySelector("[data-saver-said]").textContent = words;
  }
}

function isSlow() {
  const { connection } = navigator;
  return Boolean(connection && (connection.saveData || SLOW.includes(connection.effectiveType)));
}

function isRemembered() {
  try {
    return localStorage.getItem(KEY) === "on";
  } catch (_) {
    return false;
  }
}

function remember(isOn) {
  try {
    if (isOn) localStorage.setItem(KEY, "on");
    else localStorage.removeItem(KEY);
  } catch (_) {
    // Where nothing is kept, it is chosen anew on each page.
  }
}
