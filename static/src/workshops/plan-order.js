// The order of a term's plan: an item is dragged by its grip with a mouse, a pen or a finger, also into another stage;
// a stage is dragged among the stages. Alt+↑ and Alt+↓ press the buttons 上移 and 下移. The server decides where things
// stand: after each move the page fetches it.
import { toast } from "../behaviors/toast.js";
import { requestJson } from "../net.js";

const EDGE_PX = 60;
const STEP_PX = 14;
let drag = null;

document.addEventListener("pointerdown", (event) => {
  const grip = event.target.closest("[data-plan-grip]");
  if (!grip || event.button || drag) return;
  event.preventDefault();
  const item = grip.closest("[data-plan-row]");
  drag = { item, pointer: event.pointerId, from: item.parentElement, after: item.nextElementSibling, y: event.clientY };
  drag.board = item.closest("[data-plan-order]");
  // What others change meanwhile waits: a list that moves under the finger cannot be aimed at.
  drag.board.setAttribute("data-keep", "");
  item.classList.add("is-dragged");
  document.documentElement.classList.add("is-dragging");
  drag.timer = setInterval(scrollAtEdge, 30);
  grip.setPointerCapture(event.pointerId);
});

document.addEventListener("pointermove", (event) => {
  if (!drag || event.pointerId !== drag.pointer) return;
  drag.x = event.clientX;
  drag.y = event.clientY;
  follow();
});

/** Put the item where the pointer is: before the first row whose middle lies below it. */
function follow() {
  if (isStage(drag.item)) {
    followAmongStages();
    return;
  }
  const lists = [...drag.board.querySelectorAll("[data-plan-stage]")];
  const near = lists.find((list) => drag.y <= list.closest("[data-plan-row]").getBoundingClientRect().bottom) || lists[lists.length - 1];
  const rows = [...near.querySelectorAll("[data-plan-item]")].filter((row) => row !== drag.item);
  const next = rows.find((row) => drag.y < middle(row)) || null;
  if (drag.item.parentElement !== near || drag.item.nextElementSibling !== next) near.insertBefore(drag.item, next);
}

const isStage = (row) => row.dataset.planRow === "stage";
const idOf = (row) => row.dataset.planItem || row.querySelector("[data-plan-stage]").dataset.planStage;

function followAmongStages() {
  const stages = [...drag.board.querySelectorAll("[data-plan-row=stage]")].filter((row) => row !== drag.item);
  const next = stages.find((row) => drag.y < middle(row)) || null;
  if (drag.item.nextElementSibling !== next) drag.board.insertBefore(drag.item, next);
}

function middle(row) {
  const { top, height } = row.getBoundingClientRect();
  return top + height / 2;
}

function scrollAtEdge() {
  const way = drag.y < EDGE_PX ? -1 : drag.y > window.innerHeight - EDGE_PX ? 1 : 0;
  if (!way) return;
  window.scrollBy(0, way * STEP_PX);
  follow();
}

document.addEventListener("pointerup", (event) => drag && event.pointerId === drag.pointer && drop());
document.addEventListener("pointercancel", (event) => drag && event.pointerId === drag.pointer && giveUp());
document.addEventListener("keydown", (event) => event.key === "Escape" && drag && giveUp());

function letGo() {
  const { board, item, timer } = drag;
  clearInterval(timer);
  board.removeAttribute("data-keep");
  item.classList.remove("is-dragged");
  document.documentElement.classList.remove("is-dragging");
  const ended = drag;
  drag = null;
  return ended;
}

function giveUp() {
  const { from, item, after, board } = letGo();
  from.insertBefore(item, after);
  showTruth(board);
}

async function drop() {
  const { board, item, from, after } = letGo();
  const list = item.parentElement;
  const next = item.nextElementSibling;
  if (list === from && next === after) {
    showTruth(board);
    return;
  }
  const body = new FormData();
  body.set("kind", item.dataset.planRow);
  body.set("id", idOf(item));
  if (!isStage(item)) body.set("stage_id", list.dataset.planStage);
  if (next) body.set("before_id", idOf(next));
  try {
    const answer = await requestJson(board.dataset.planOrder, { method: "POST", body });
    if (answer.toast) toast(answer.toast);
  } catch (error) {
    from.insertBefore(item, after && after.parentElement === from ? after : null);
    toast(`${error.message}，顺序没有改动`);
  }
  showTruth(board);
}

/** The list may have been told of changes while it was held: it fetches them all again. */
function showTruth(board) {
  const list = board.closest("live-list");
  if (list && list.refresh) list.refresh();
}

document.addEventListener("keydown", (event) => {
  if (!event.altKey || event.ctrlKey || event.metaKey || !/^Arrow(Up|Down)$/.test(event.key)) return;
  const row = event.target.closest("[data-plan-row]");
  const button = row && row.querySelector(`.plan-steps [value=${event.key === "ArrowUp" ? "up" : "down"}]`);
  if (!button) return;
  event.preventDefault();
  button.focus();
  button.click();
});

// A row that was moved in the page loses the focus: it gets it back, so that one can press again.
let pressed = null;
document.addEventListener("focusin", (event) => {
  const button = event.target.closest(".plan-steps button, .plan-tick button");
  const which = button && (button.value ? `.plan-steps [value=${button.value}]` : ".plan-tick button");
  pressed = button ? { row: button.closest("[data-plan-row]").id, which } : null;
});
document.addEventListener("live-list:updated", (event) => {
  if (event.target.id !== "plan" || !pressed || document.activeElement !== document.body) return;
  const row = document.getElementById(pressed.row);
  const button = row && row.querySelector(pressed.which);
  if (button) button.focus();
});
