// A line that fell silent without being closed, as when a phone loses its signal, would be waited on for ever: what carries
// files is given up once nothing has moved for long. XMLHttpRequest, because fetch does not tell how much has left.

export const STILL_MS = 60000;
/** All has left this page, but what the system and proxies have buffered may be on its way for long: for as long as a slow line takes for it. */
const ANSWER_MS = 180000;
const SLOW_BYTES_PER_MS = 8;
const BODILESS = [204, 205, 304];

/** Call `giveUp` once nothing moves on `xhr`; asked for before it is sent. */
export function watchStillness(xhr, giveUp) {
  let timer = 0;
  const wait = (long) => {
    clearTimeout(timer);
    timer = setTimeout(giveUp, long);
  };
  xhr.upload.addEventListener("progress", () => wait(STILL_MS));
  xhr.upload.addEventListener("load", ({ loaded }) => wait(Math.min(ANSWER_MS, STILL_MS + loaded / SLOW_BYTES_PER_MS)));
  xhr.addEventListener("progress", () => wait(STILL_MS));
  xhr.addEventListener("loadend", () => clearTimeout(timer));
  wait(STILL_MS);
}

/** Send and return the Response, as fetch does; `onProgress` hears which share (0 to 1) has left. Rejects with {still: true}
 *  when it was given up because nothing moved. */
export function sendWatched(url, { method, headers, body, signal }, onProgress = () => undefined) {
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    let still = false;
    const broken = () => reject(Object.assign(new Error("not sent"), { still }));
    xhr.open(method, url);
    for (const [name, value] of Object.entries(headers)) xhr.setRequestHeader(name, value);
    xhr.upload.addEventListener("progress", (event) => event.lengthComputable && onProgress(event.loaded / event.total));
    xhr.addEventListener("load", () => resolve(answerOf(xhr, url)));
    xhr.addEventListener("error", broken);
    xhr.addEventListener("abort", broken);
    watchStillness(xhr, () => {
      still = true;
      xhr.abort();
    });
    if (signal) signal.addEventListener("abort", () => xhr.abort());
    xhr.send(body);
  });
}

/** A Response that was not fetched says neither where it is from nor that it was redirected. */
function answerOf(xhr, asked) {
  const response = new Response(BODILESS.includes(xhr.status) ? null : xhr.responseText, {
    status: xhr.status,
    headers: { "Content-Type": xhr.getResponseHeader("Content-Type") || "" },
  });
  const redirected = xhr.responseURL !== new URL(asked, location.href).href.replace(/#.*/, "");
  return Object.defineProperties(response, { url: { value: xhr.responseURL }, redirected: { value: redirected } });
}
