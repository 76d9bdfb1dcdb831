// The document comes beside the page's code and not after it: while the line to the server is still being opened, the
// editor begins with what the page's head asked for.

/** Resolves to the epoch and the whole document, or to null when it cannot be had this way. */
export async function fetchState(url) {
  try {
    const response = await fetch(url, { credentials: "same-origin" });
    const epoch = Number(response.headers.get("X-Epoch"));
    if (!response.ok || response.redirected || !epoch) return null;
    return { epoch, state: new Uint8Array(await response.arrayBuffer()) };
  } catch (_) {
    return null;
  }
}

/** Joining tells what came since, and whether it is still the same document; so whoever has joined needs this no more. */
export function beginEarly(provider, { epoch, state }) {
  const { memory } = provider;
  if (provider.joined || provider.role !== null || provider.problem) return;
  if (memory.epoch !== null && memory.epoch !== epoch) return;
  memory.setEpoch(epoch);
  provider.begun = true;
  provider.size = state.length;
  provider.receive(state);
  provider.emit("synced");
}
