// A screen that sleeps takes the line of many phones and tablets with it: while something is sent it stays on.
let lock = null;

export async function keepAwake() {
  if (lock || !navigator.wakeLock) return;
  try {
    lock = await navigator.wakeLock.request("screen");
  } catch (_) {
    lock = null; // what is sent goes on, the screen may sleep
  }
}

export function letSleep() {
  if (lock) lock.release();
  lock = null;
}
