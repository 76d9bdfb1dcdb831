// A screen that sleeps takes the line of many phones and tablets with it: while something is sent it stays on.
let wanted = false;
let asking = false;
let lock = null;

export function keepAwake() {
  wanted = true;
  ask();
}

export function letSleep() {
  wanted = false;
  if (lock) lock.release();
  lock = null;
}

async function ask() {
  if (!wanted || lock || asking || !navigator.wakeLock || document.hidden) return;
  asking = true;
  try {
    const given = await navigator.wakeLock.request("screen");
    if (!wanted) given.release();
    else if (!given.released) hold(given);
  } catch (_) {
    // What is sent goes on, the screen may sleep.
  }
  asking = false;
}

function hold(given) {
  lock = given;
  given.addEventListener("release", () => {
    if (lock === given) lock = null;
  });
}

// The browser takes the lock back when the page is hidden, and does not give it again by itself.
document.addEventListener("visibilitychange", ask);
