// The page of a lesson: player, timeline, time-coded comments, rubric, upload.
import { behavior } from "./registry.js";
import "./behaviors/order.js";
import "./behaviors/send-once.js";
import "./live/under-way.js";
import { Player } from "./lesson/player.js";
import { bindKeys } from "./lesson/keys.js";
import { Timeline } from "./lesson/timeline.js";
import { CommentForm } from "./lesson/comment-form.js";
import { CommentList } from "./lesson/comment-list.js";
import { followRecording } from "./lesson/recording.js";
import { bindAudience } from "./lesson/audience.js";
import { bindLiveNotes } from "./lesson/live-notes.js";
import { bindCommentFilter } from "./lesson/comment-filter.js";
import { bindSyncMark } from "./lesson/sync-mark.js";
import { bindRubric } from "./lesson/rubric.js";
import { bindScoring } from "./lesson/scoring-sheet.js";
import { bindScoringDesk } from "./lesson/scoring-desk.js";
import { Clips } from "./lesson/clips.js";
import { Evidence } from "./lesson/evidence.js";
import { Lanes } from "./lesson/lanes.js";
import { WatchTogether } from "./lesson/together/panel.js";
import { bindPerspectives } from "./lesson/perspectives.js";
import { bindPhaseLines } from "./lesson/phases.js";
import { DrawingBoard } from "./lesson/drawing/board.js";
import { ShownDrawings } from "./lesson/drawing/shown.js";
import { bindDrawingEdit } from "./lesson/drawing/edit.js";
import { DataSaver } from "./lesson/data-saver.js";
import { bindClipList } from "./lesson/reel/list.js";
import { bindCutLink, bindEdge } from "./lesson/reel/cut.js";
import { bindFullScreen } from "./lesson/full-screen.js";

const page = { drawings: null, board: null, player: null, timeline: null, form: null, list: null, lanes: null, together: null, evidence: null };
const clips = new Clips();

behavior("[data-player]", (element) => {
  page.player = new Player(element);
  page.timeline = new Timeline(element, page.player);
  clips.attach(page.player);
  if (element.querySelector("[data-board]")) {
    page.board = new DrawingBoard(element);
    page.drawings = new ShownDrawings(page.player, page.board, page);
  }
  bindFullScreen(element, page.player.video);
  new DataSaver([page.player]);
  if (page.list) page.list.attach(page.player, page.timeline);
  if (page.form) page.form.attach(page.player, page.timeline, page.board);
  bindSyncMark(page.player);
  if (page.lanes) page.lanes.attach(page.player);
  if (page.together) page.together.attach(page.player);
});

behavior("[data-together]", (element) => {
  page.together = new WatchTogether(element);
  if (page.player) page.together.attach(page.player);
});

behavior("#comments", (element) => {
  page.list = new CommentList(element);
  page.list.onShown = () => page.drawings && page.drawings.show();
  if (page.player) page.list.attach(page.player, page.timeline);
});

behavior("[data-comment-form]", (element) => {
  page.form = new CommentForm(element);
  if (page.player) page.form.attach(page.player, page.timeline, page.board);
});

behavior("[data-lanes]", (element) => {
  page.lanes = new Lanes(element);
  if (page.player) page.lanes.attach(page.player);
});

behavior("[data-beside]", async (element) => {
  const { Beside } = await import("./lesson/beside/beside.js");
  page.player = new Beside(element).left;
});

behavior("[data-reel]", async (element) => {
  const { Reel } = await import("./lesson/reel/reel.js");
  page.list = new Reel(element, page);
  page.remark = page.list.panel;
});

behavior("[data-reel-list]", bindClipList);
behavior("[data-edge-now]", bindEdge);
behavior("[data-cut]", (link) => bindCutLink(link, page));
behavior("form[data-comment-filter]", (form) => bindCommentFilter(form, page));
behavior("[data-phase-now]", (button) => bindPhaseLines(button, page));
behavior("[data-drawing-edit]", bindDrawingEdit);
behavior("#recording[data-topic]", followRecording);
behavior("form[data-rubric]", (form) => {
  bindRubric(form, () => page.evidence);
  page.evidence = new Evidence(form, page);
});
behavior("[data-live-notes]", bindLiveNotes);
behavior("[data-perspectives]", bindPerspectives);
behavior("form[data-scoring]", bindScoring);
behavior("[data-scoring-desk]", bindScoringDesk);
behavior("form[data-audience]", bindAudience);
behavior("form[data-upload]", async (form) => {
  const { bindUpload } = await import("./lesson/upload.js");
  bindUpload(form);
});
behavior("form[data-pack-copy]", async (form) => {
  const { bindPackCopy } = await import("./lesson/pack-copy.js");
  await bindPackCopy(form);
});

bindKeys(page);
