// Requests of tus that are given up when nothing moves: they would hang for ever.
import { DefaultHttpStack } from "tus-js-client";
import { watchStillness } from "../stillness.js";

const plain = new DefaultHttpStack();

/** What tus sends by. What came of a portion stays on the server, so giving one up repeats little. */
export const watchedStack = {
  createRequest: (method, url) => watched(plain.createRequest(method, url)),
  getName: () => "WatchedHttpStack",
};

function watched(request) {
  const send = request.send.bind(request);
  request.send = (body) =>
    new Promise((resolve, reject) => {
      watchStillness(request.getUnderlyingObject(), () => {
        reject(new Error("nothing moves"));
        request.abort();
      });
      send(body).then(resolve, reject);
    });
  return request;
}
