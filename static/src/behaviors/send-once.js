// A form with data-send-once carries client_uuid, by which the server knows it again. The identifier is kept with the
// draft on this device, so that a text sent just before the line broke or the tab closed is never posted twice. Once
// the server has answered the next text gets another one: the server's, or a fresh one.
import { behavior } from "../registry.js";
import { viewerId } from "../net.js";
import { newUuid } from "./async-form.js";

const keyOf = (form) => `uuid:${viewerId()}:${location.pathname}:${form.id}`;

behavior("form[data-send-once]", (form) => {
  const field = form.elements.client_uuid;
  field.value = read(keyOf(form)) || field.value || newUuid();
  form.addEventListener("input", () => write(keyOf(form), field.value));
  form.addEventListener("async-form:done", (event) => {
    write(keyOf(form), null);
    field.value = event.detail.client_uuid || newUuid();
  });
  // What was begun is let go: what is written next is another text, even if this one's answer was lost.
  form.addEventListener("send-once:anew", () => {
    write(keyOf(form), null);
    field.value = newUuid();
  });
});

function read(key) {
  try {
    return localStorage.getItem(key);
  } catch (_) {
    return null;
  }
}

function write(key, value) {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch (_) {
    // Without storage there is no draft that could be sent again either.
  }
}
