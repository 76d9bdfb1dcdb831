// form[data-keeps-files]: photos, attachments and a recording are kept on this device from the moment they are chosen until the
// server has them, and come back into the form after a closed tab. A recording is kept while it is being spoken, too.
import { contentOf, wentOn } from "../behaviors/written.js";
import { dropFiles, dropOldFiles, keepFiles, keptFiles } from "../behaviors/files-on-device.js";
import { behavior } from "../registry.js";
import { viewerId } from "../net.js";

const SAVED = "照片、附件和录音已存本机";
const BACK = "上次没发出的照片、附件或录音还在";
const FULL = "本机存不下这些照片、附件或录音了，发出以前请不要关闭页面";

// The toolbar of an editor puts a field without a name into the form, sooner or later: it is never kept.
const FIELDS = "input[type=file][name]";

behavior("form[data-keeps-files]", (form) => {
  const fields = [...form.querySelectorAll(FIELDS)];
  // A task that takes words only has nothing to keep, and no place to say so.
  if (!fields.length) return;
  // One at a time, in the order in which things happened.
  let turn = restoreAll(form, fields);
  const later = (work) => (turn = turn.then(work));
  form.addEventListener("change", (event) => {
    if (fields.includes(event.target) && !event.target.comesBack) later(() => keep(form, event.target));
  });
  form.addEventListener("recording:part", (event) => later(() => keep(form, event.target, [event.detail])));
  form.addEventListener("reset", () => later(() => startAgain(form, fields)));
  form.addEventListener("async-form:done", () => {
    const sent = form.sentValues;
    for (const field of fields.filter((one) => !wentOn(one, sent))) {
      field.sentAs = contentOf(field);
      dropFiles(keyOf(form, field));
    }
    later(() => settle(form, fields));
  });
  later(dropOldFiles);
});

function keyOf(form, field) {
  const place = [...form.querySelectorAll(FIELDS)].indexOf(field);
  return `${viewerId()}:${location.pathname}:${form.id}:${field.name}${place}`;
}

/** Emptied after it was sent: the same photo may be chosen again, and is another one to keep. */
function startAgain(form, fields) {
  for (const field of fields) field.sentAs = field.keptAs = null;
  settle(form, fields);
}

/** Say at the end of an act what holds now. */
function settle(form, fields) {
  if (!fields.some((field) => field.files.length)) say(form, "", "");
}

async function keep(form, field, files = [...field.files]) {
  const key = keyOf(form, field);
  const content = contentOf(field);
  if (!files.length) {
    field.sentAs = null;
    await dropFiles(key);
    settle(form, [...form.querySelectorAll(FIELDS)]);
    return;
  }
  // Its turn came after the server had answered.
  if (field.files.length && field.sentAs === content) return;
  try {
    await keepFiles({ key, owner: viewerId(), path: location.pathname, title: document.title, files });
    field.keptAs = content;
    say(form, SAVED, "saved");
  } catch (_) {
    field.keptAs = null;
    say(form, FULL, "error");
  }
}

async function restoreAll(form, fields) {
  const found = [];
  for (const field of fields) {
    const kept = await keptFiles(keyOf(form, field));
    // The browser may have put them back itself, and somebody may have been faster.
    if (!kept || field.files.length) continue;
    putBack(field, kept.files);
    found.push(field);
  }
  if (!found.length) return;
  form.dispatchEvent(new CustomEvent("files:restored", { bubbles: true }));
  offerToDrop(form, found);
}

function putBack(field, files) {
  const all = new DataTransfer();
  for (const file of files) all.items.add(file);
  field.comesBack = true;
  field.files = all.files;
  field.dispatchEvent(new Event("change", { bubbles: true }));
  field.comesBack = false;
  field.keptAs = contentOf(field);
  const folded = field.closest("details");
  if (folded) folded.open = true;
}

function offerToDrop(form, fields) {
  const place = say(form, BACK, "saved");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "link-button";
  button.textContent = "不要了";
  button.addEventListener("click", () => {
    for (const field of fields) {
      field.value = "";
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }
  });
  place.append(" ", button);
}

function say(form, text, state) {
  let place = form.querySelector("[data-files-state]");
  if (!place) {
    place = document.createElement("p");
    place.className = "save-state";
    place.dataset.filesState = "";
    place.setAttribute("role", "status");
    const last = [...form.querySelectorAll(FIELDS)].pop();
    (last.closest(".field") || last).insertAdjacentElement("afterend", place);
  }
  place.textContent = text;
  place.dataset.state = state;
  return place;
}
