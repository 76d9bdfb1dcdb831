// A file on its way by tus: in portions that suit the line, tried again by itself, found again tomorrow.
import { Upload } from "tus-js-client";
import { isStillHere } from "../lesson/live-queue.js";
import { request, viewerId } from "../net.js";
import { Portions } from "./portions.js";
import { STILL_MS } from "../stillness.js";
import { watchedStack } from "./watched.js";

const RETRY_MS = [0, 1000, 3000, 5000, 10000, 20000, 60000];
const DISK_FULL = 507;

/** On a shared computer another person has signed in since: nothing is sent in their name. */
export class SomebodyElse extends Error {
  constructor() {
    super("这台设备上换了人登录，先停在这里；您重新登录后再点继续");
  }
}

const checkStillHere = () => {
  if (!isStillHere()) throw new SomebodyElse();
};

/**
 * Prepare a tus upload of `file`. `subject` says what it belongs to; staff-room computers are shared, so who sends it is
 * part of the fingerprint: the address of somebody else's upload must never be found. `onWaiting` hears that the line is
 * lost, or the server busy (status not 0), and that it is tried again by itself.
 */
export function resumable(file, { endpoint, subject, metadata, onProgress, onWaiting = () => {}, onError, onSuccess }) {
  const portions = new Portions();
  /** Each portion is cut anew, so the next one may have another size. */
  const resize = (change) => {
    change();
    upload.options.chunkSize = portions.size;
  };
  const upload = new Upload(file, {
    endpoint,
    httpStack: watchedStack,
    chunkSize: portions.size,
    onBeforeRequest: (sent) => {
      checkStillHere();
      if (sent.getMethod() === "PATCH") portions.begin();
    },
    onUploadUrlAvailable: () => continueAt(upload, upload.url),
    onChunkComplete: (bytes) => resize(() => portions.arrived(bytes)),
    retryDelays: RETRY_MS,
    removeFingerprintOnSuccess: true,
    storeFingerprintForResuming: true,
    headers: { "X-Requested-With": "fetch" },
    metadata: { filename: file.name, filetype: file.type, ...metadata },
    fingerprint: async (chosen) => ["yanxiu", viewerId(), subject, chosen.name, chosen.size, chosen.lastModified].join("|"),
    onShouldRetry: (error) => {
      if (error.causingError instanceof SomebodyElse) return false;
      const status = statusOf(error);
      if (!status) resize(() => portions.broke());
      const again =
        status === 409 ? error.originalRequest.getMethod() !== "POST" : !status || status === 423 || status === 429 || (status >= 500 && status !== DISK_FULL);
      if (again) onWaiting(status);
      return again;
    },
    onProgress,
    onError,
    onSuccess,
  });
  return upload;
}

/**
 * The upload has an address, and no other is made: as long as tus knows where to make one, it takes any answer that is
 * not the one hoped for (a server that restarts, a sign-in that has ended) for a reason to begin again at nothing.
 */
export function continueAt(upload, address) {
  upload.url = address;
  upload.options.endpoint = null;
}

/**
 * Tell the server of a file before its turn comes: it refuses at once what it would refuse later, and knows of the file
 * also after this page is closed. Gives the address; throws {status, message}, status 0 when the line is lost, or SomebodyElse.
 */
export async function announce(file, endpoint, metadata) {
  checkStillHere();
  const pairs = Object.entries({ filename: file.name, filetype: file.type, ...metadata });
  const headers = {
    "Tus-Resumable": "1.0.0",
    "X-Requested-With": "fetch",
    "Upload-Length": String(file.size),
    "Upload-Metadata": pairs.map(([key, value]) => `${key} ${encoded(value)}`.trim()).join(","),
  };
  const aborter = new AbortController();
  const timer = setTimeout(() => aborter.abort(), STILL_MS);
  const answer = await fetch(endpoint, { method: "POST", headers, credentials: "same-origin", signal: aborter.signal }).catch(() => null);
  clearTimeout(timer);
  if (answer && answer.status === 201) return new URL(answer.headers.get("Location"), location.href).pathname;
  const message = answer ? await answer.text().catch(() => "") : "";
  throw Object.assign(new Error(message), { status: answer ? answer.status : 0 });
}

/**
 * Ask the application once how much has come: where another process takes the bytes, it hears so that all of a recording is
 * there. Should the line be lost now, its worker sees to it.
 */
export const tellArrived = (address) => request(address, { method: "HEAD", headers: { "Tus-Resumable": "1.0.0" } }).catch(() => null);

const encoded = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

/** What the server answered to a failed request; 0 when it did not. */
export const statusOf = (error) => (error.originalResponse ? error.originalResponse.getStatus() : 0);

/** How many seconds the rest takes by what has come since `began` ({at, sent}, milliseconds and bytes); null as long as nobody knows. */
export function secondsLeft(began, sent, total) {
  const seconds = (Date.now() - began.at) / 1000;
  const rate = (sent - began.sent) / seconds;
  return seconds < 3 || !(rate > 0) ? null : Math.round((total - sent) / rate);
}

/** The same in words, "" as long as nobody knows. */
export function timeLeft(began, sent, total) {
  const seconds = secondsLeft(began, sent, total);
  return seconds === null ? "" : inWords(seconds);
}

const inWords = (seconds) => (seconds < 90 ? `还要约 ${Math.max(1, seconds)} 秒` : `还要约 ${Math.round(seconds / 60)} 分钟`);

/** The file shall not be continued at an address that is gone. */
export function forgetAddress(path) {
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith("tus::") && localStorage.getItem(key).includes(path)) localStorage.removeItem(key);
  }
}
