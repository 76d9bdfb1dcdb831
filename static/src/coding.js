// Coding a lesson by keyboard, and the results: player, timeline, lanes of codes.
import { behavior } from "./registry.js";
import { Player } from "./lesson/player.js";
import { DataSaver } from "./lesson/data-saver.js";
import { Timeline } from "./lesson/timeline.js";
import { drawLane } from "./lesson/coding/lanes.js";
import { Coding } from "./lesson/coding/coding.js";
import { Happenings } from "./lesson/coding/happenings.js";
import { Windows } from "./lesson/coding/windows.js";
import { Ledger } from "./lesson/coding/ledger.js";
import { Playlist } from "./lesson/coding/playlist.js";
import { SweepForm } from "./lesson/sweep-form.js";
import { bindCodingKeys } from "./lesson/coding/keys.js";

const KINDS = { windows: Windows, events: Happenings };
const page = { player: null, coding: null, playlist: null, sweeps: null };

behavior("[data-player]", (element) => {
  page.player = new Player(element);
  new Timeline(element, page.player);
  new DataSaver([page.player]);
  for (const lane of element.querySelectorAll("[data-lane]")) drawLane(lane, JSON.parse(lane.dataset.lane), page.player.duration);
  if (page.coding) page.coding.attach(page.player);
  if (page.playlist) page.playlist.attach(page.player);
  if (page.sweeps) page.sweeps.attach(page.player);
});

behavior("[data-sweeps]", (element) => {
  page.sweeps = new SweepForm(element);
  if (page.player) page.sweeps.attach(page.player);
});

behavior("[data-coding]", (element) => {
  page.coding = new (KINDS[element.dataset.mode] || Coding)(element);
  if (page.player) page.coding.attach(page.player);
});

behavior("[data-ledger]", (element) => {
  page.coding = new Ledger(element);
  if (page.player) page.coding.attach(page.player);
});

behavior("#agreement[data-topic]", (element) => {
  page.playlist = new Playlist(element);
  if (page.player) page.playlist.attach(page.player);
});

bindCodingKeys(page);

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-seek]");
  if (!link || !page.player || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  page.player.seek(Number(link.dataset.seek));
});
