// Behaviors are bound by selector, on what the page holds now and on what is added later.
const known = [];
const bound = new WeakMap();

/** Call `connect(element)` once for every element that matches, now or later. */
export function behavior(selector, connect) {
  known.push([selector, connect]);
  if (watching) bindAll(document, selector, connect);
}

let watching = false;

/** Start: called once by app.js, after which added nodes are bound by themselves. */
export function start() {
  watching = true;
  for (const [selector, connect] of known) bindAll(document, selector, connect);
  new MutationObserver((changes) => {
    for (const { addedNodes, target } of changes) {
      // Editors redraw their own content all the time; behaviors never live in there.
      if (target.isContentEditable) continue;
      for (const node of addedNodes) if (node.nodeType === Node.ELEMENT_NODE) scan(node);
    }
  }).observe(document.body, { childList: true, subtree: true });
}

/** Bind what is inside `root` (and `root` itself). */
export function scan(root) {
  for (const [selector, connect] of known) {
    if (root.matches && root.matches(selector)) bind(root, selector, connect);
    bindAll(root, selector, connect);
  }
}

function bindAll(root, selector, connect) {
  for (const element of root.querySelectorAll(selector)) bind(element, selector, connect);
}

function bind(element, selector, connect) {
  const done = bound.get(element) || new Set();
  if (done.has(selector)) return;
  done.add(selector);
  bound.set(element, done);
  const coming = connect(element);
  if (!coming || !coming.catch) return;
  coming.catch((error) => {
    if (!isLostOnTheWay(error)) throw error;
    done.delete(selector);
  });
}

/** The code of a behavior did not arrive; on a bad line that is no error, and it is asked for again when the line is back. */
export const isLostOnTheWay = (error) =>
  error instanceof TypeError && /dynamically imported module|module script/i.test(error.message);

window.addEventListener("online", () => watching && scan(document));
