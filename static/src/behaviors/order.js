// The order of a list: a row is dragged by its grip with mouse, pen or finger; its buttons and Alt+↑, Alt+↓ move it
// by one. What the server refuses goes back where it was, and so does what somebody takes back.
import { behavior } from "../registry.js";
import { requestJson } from "../net.js";
import { toast } from "./toast.js";

behavior("[data-order]", (list) => {
  let drag = null;
  let sent = Promise.resolve();
  const rows = () => [...list.querySelectorAll("[data-order-row]")];
  const rowOf = (node) => node.closest("[data-order-row]");

  list.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest("[data-order-grip]");
    if (!grip || event.button || drag) return;
    event.preventDefault();
    const row = rowOf(grip);
    drag = { row, after: row.nextElementSibling, pointer: event.pointerId };
    row.classList.add("is-dragged");
    // Not by the grip: it leaves the page for a moment whenever its row moves, and with it would go the capture.
    list.setPointerCapture(event.pointerId);
  });
  list.addEventListener("pointermove", (event) => {
    if (!drag || event.pointerId !== drag.pointer) return;
    const next = rows().find((row) => row !== drag.row && event.clientY < middle(row)) || null;
    if (drag.row.nextElementSibling !== next) list.insertBefore(drag.row, next);
  });
  const drop = (keep) => {
    const { row, after } = drag;
    drag = null;
    row.classList.remove("is-dragged");
    if (!keep) list.insertBefore(row, after);
    else if (row.nextElementSibling !== after) tell(row, after);
  };
  list.addEventListener("pointerup", (event) => drag && event.pointerId === drag.pointer && drop(true));
  list.addEventListener("pointercancel", (event) => drag && event.pointerId === drag.pointer && drop(false));
  list.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && drag) drop(false);
    if (!event.altKey || !/^Arrow(Up|Down)$/.test(event.key) || !rowOf(event.target)) return;
    event.preventDefault();
    step(rowOf(event.target), event.key === "ArrowUp");
  });
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-order-steps] button");
    if (!button) return;
    event.preventDefault();
    step(rowOf(button), button.value === "up", button);
  });

  function step(row, up, focus = document.activeElement) {
    const after = row.nextElementSibling;
    if (up && row.previousElementSibling) list.insertBefore(row, row.previousElementSibling);
    else if (!up && after) list.insertBefore(row, after.nextElementSibling);
    else return;
    if (focus && row.contains(focus)) focus.focus();
    tell(row, after);
  }

  function tell(row, after, isTakenBack = false) {
    const body = new FormData();
    if (row.nextElementSibling) body.set("before_id", row.nextElementSibling.dataset.orderRow);
    const place = rows().indexOf(row) + 1;
    // One after the other, or a later press could arrive before an earlier one.
    sent = sent.then(() => send(row, after, body, isTakenBack ? null : place));
  }

  /** Before what it stood before, unless that has gone. */
  function takeBack(row, after) {
    if (row.parentElement !== list) throw new Error("这一项已经不在列表里了");
    if (row.nextElementSibling === after) return;
    const now = row.nextElementSibling;
    list.insertBefore(row, after && after.parentElement === list ? after : null);
    tell(row, now, true);
  }

  async function send(row, after, body, place) {
    try {
      await requestJson(row.querySelector("[data-order-steps]").action, { method: "POST", body });
      if (place) toast(`已移到第 ${place} 位`, { undo: { act: () => takeBack(row, after) } });
    } catch (error) {
      list.insertBefore(row, after && after.parentElement === list ? after : null);
      toast(`${error.message}，顺序没有改动`);
    }
  }
});

function middle(row) {
  const { top, height } = row.getBoundingClientRect();
  return top + height / 2;
}
