// Requests of tus that are given up when nothing moves: on a line that fell silent without being closed, as when a phone
// loses its signal, they would hang for ever.
import { DefaultHttpStack } from "tus-js-client";

export const STILL_MS = 60000;
/** All has left this page, but what the system and proxies have buffered may be on its way for long. */
const ANSWER_MS = 180000;

const plain = new DefaultHttpStack();

/** What tus sends by. What came of a portion stays on the server, so giving one up repeats little. */
export const watchedStack = {
  createRequest: (method, url) => watched(plain.createRequest(method, url)),
  getName: () => "WatchedHttpStack",
};

function watched(request) {
  const xhr = request.getUnderlyingObject();
  const send = request.send.bind(request);
  request.send = (body) =>
    new Promise((resolve, reject) => {
      let timer = 0;
      const wait = (long) => {
        clearTimeout(timer);
        timer = setTimeout(() => {
          reject(new Error("nothing moves"));
          request.abort();
        }, long);
      };
      xhr.upload.addEventListener("progress", () => wait(STILL_MS));
      xhr.upload.addEventListener("load", () => wait(ANSWER_MS));
      xhr.addEventListener("loadend", () => clearTimeout(timer));
      wait(STILL_MS);
      send(body).then(resolve, reject);
    });
  return request;
}
