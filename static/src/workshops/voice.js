// A spoken reply: record up to three minutes, see time and loudness, listen again, drop it or send it with the form.
// What was recorded stays in the form's own file field, so it is sent, sent again and emptied like any other file.
import { toast } from "../behaviors/toast.js";
import { behavior } from "../registry.js";
import { recorderType, startRecording } from "./recording-voice.js";

const MOST_S = 180;

class VoicePanel {
  constructor(button) {
    this.button = button;
    this.form = button.form;
    this.part = (name) => this.form.querySelector(`[data-voice-${name}]`);
    this.file = this.part("file");
    this.part("stop").addEventListener("click", () => this.running && this.running.stop());
    this.part("drop").addEventListener("click", () => this.drop());
    this.file.addEventListener("change", () => (this.file.files.length ? this.offer(this.file.files[0]) : this.clear()));
    this.form.addEventListener("reset", () => this.clear());
    this.form.addEventListener("submit", (event) => this.refuseWhileSpeaking(event));
  }

  async record() {
    if (this.running || this.starting) return;
    this.starting = true;
    try {
      this.running = await startRecording({
        most: MOST_S,
        onTime: (s) => this.showTime(s),
        onLevel: (v) => (this.part("level").value = v),
        onPart: (spoken) => this.file.dispatchEvent(new CustomEvent("recording:part", { bubbles: true, detail: fileOf(spoken) })),
      });
    } catch (_) {
      toast("没有打开麦克风，请在浏览器的网站设置里允许使用麦克风");
      return;
    } finally {
      this.starting = false;
    }
    this.show({ speaking: true });
    this.part("state").textContent = "正在录音";
    this.keep(await this.running.ended);
  }

  showTime(seconds) {
    this.part("time").textContent = `${clock(seconds)} / ${clock(MOST_S)}`;
  }

  keep(spoken) {
    this.running = null;
    if (!spoken.blob.size) {
      this.clear();
      toast("没有录到声音，请再录一次");
      return;
    }
    const files = new DataTransfer();
    files.items.add(fileOf(spoken));
    this.file.files = files.files;
    // What is sent and what is kept on the device hear of it as of anything that is written.
    for (const name of ["input", "change"]) this.file.dispatchEvent(new Event(name, { bubbles: true }));
    this.form.querySelector("[type=submit]").focus({ preventScroll: true });
  }

  /** Let a recording be listened to: one just made, or one that came back. */
  offer(file) {
    this.listenTo(file);
    this.part("state").textContent = "录好了，可以先听一遍";
    this.show({ speaking: false });
  }

  listenTo(file) {
    this.forget();
    this.part("listen").src = URL.createObjectURL(file);
  }

  forget() {
    const player = this.part("listen");
    if (player.src) URL.revokeObjectURL(player.src);
    player.removeAttribute("src");
  }

  drop() {
    this.file.value = "";
    this.file.dispatchEvent(new Event("change", { bubbles: true }));
    this.button.focus();
  }

  clear() {
    if (this.running) return;
    this.forget();
    this.part("panel").hidden = true;
    this.button.disabled = false;
  }

  show({ speaking }) {
    this.part("panel").hidden = false;
    this.part("panel").dataset.state = speaking ? "speaking" : "spoken";
    this.button.disabled = true;
    for (const name of ["stop", "level", "time"]) this.part(name).hidden = !speaking;
    for (const name of ["listen", "drop"]) this.part(name).hidden = speaking;
  }

  refuseWhileSpeaking(event) {
    if (!this.running) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    toast("还在录音，请先停止，听一遍再发送");
  }
}

function fileOf({ blob, seconds, extension }) {
  const length = `${Math.floor(seconds / 60)}分${String(Math.floor(seconds % 60)).padStart(2, "0")}秒`;
  return new File([blob], `语音 ${length}.${extension}`, { type: blob.type });
}

const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

behavior("[data-voice-start]", (button) => {
  if (!recorderType()) return;
  button.hidden = false;
  const panel = new VoicePanel(button);
  button.addEventListener("click", () => panel.record());
});
