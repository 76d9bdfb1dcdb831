// The one socket of a page, opened when something on it wants to be live.
import { io } from "socket.io-client";
import parser from "socket.io-msgpack-parser";

const GREETING_MS = 15000;
let socket = null;

/**
 * Hang up when the browser says that the network is gone, and dial when it says that it is back.
 * The library does so too, but takes a socket off its list while walking it: of two sockets the second stays "connected".
 */
export function followNetwork(socket) {
  window.addEventListener("offline", () => socket.connected && socket.io.engine.close());
  // Back again it dials at once: after a long break it would wait for seconds more, whatever is asked of it.
  window.addEventListener("online", () => {
    if (socket.active && socket.io._readyState === "closed") socket.disconnect().connect();
  });
}

/**
 * Hang up and try again where a line was opened on which the server then says nothing: it failed while it looked who comes.
 * It answers pings all the same, so the library would wait for ever.
 */
export function hangUpWhenSilent(socket) {
  let timer = 0;
  const over = () => clearTimeout(timer);
  socket.io.on("open", () => {
    over();
    timer = setTimeout(() => socket.active && !socket.connected && socket.io.engine.close(), GREETING_MS);
  });
  socket.io.on("close", over);
}

/** The shared connection to the namespace /live; opened at the first call. */
export function liveSocket() {
  if (!socket) {
    socket = io("/live", {
      parser,
      transports: ["websocket", "polling"],
      tryAllTransports: true,
      reconnectionDelay: 500,
      reconnectionDelayMax: 8000,
      randomizationFactor: 0.5,
    });
    followNetwork(socket);
    hangUpWhenSilent(socket);
    // The server closes sockets of ended sign-ins; ask again later instead of hammering.
    socket.on("disconnect", (reason) => {
      if (reason === "io server disconnect") setTimeout(() => socket.connect(), 10000);
    });
    // Refused: nobody is signed in any more. Whoever signs in again does so elsewhere and comes back here.
    socket.on("connect_error", () => {
      if (!socket.active) window.addEventListener("focus", () => socket.connect(), { once: true });
    });
  }
  return socket;
}
