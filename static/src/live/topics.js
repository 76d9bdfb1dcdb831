// Topics of live lists: join on every (re)connect with the sequence number one has, hear `changed`, tell the followers.
import { viewerId } from "../net.js";
import { watchSocket } from "../behaviors/connection.js";
import { liveSocket } from "./socket.js";

const TOO_OFTEN_MS = 5000;
const ANSWER_MS = 15000;
const topics = new Map();
let wired = false;

/** Follow a topic. The follower has `seq()`, and may have onChanged({seq, what, id}), onState(text, reason), onHere(users, count).
 *  Returns a function that ends it. */
export function follow(topic, follower) {
  wire();
  const entry = topics.get(topic) || { followers: new Set(), joined: false, here: [], count: 0 };
  topics.set(topic, entry);
  entry.followers.add(follower);
  if (entry.joined) {
    tell(follower, "onState", "live");
    tell(follower, "onHere", entry.here, entry.count);
    join(topic);
  } else if (liveSocket().connected) join(topic);
  return () => unfollow(topic, follower);
}

function unfollow(topic, follower) {
  const entry = topics.get(topic);
  if (!entry) return;
  entry.followers.delete(follower);
  if (entry.followers.size) return;
  topics.delete(topic);
  if (liveSocket().connected) liveSocket().emit("leave", { topic });
}

function wire() {
  if (wired) return;
  wired = true;
  const socket = liveSocket();
  watchSocket(socket);
  socket.on("connect", () => topics.forEach((_, topic) => join(topic)));
  socket.on("disconnect", () => {
    for (const entry of topics.values()) {
      entry.joined = false;
      setHere(entry, []); // Without a line nobody knows who is here.
      each(entry, "onState", "offline");
    }
  });
  socket.on("changed", (message) => each(topics.get(message.topic), "onChanged", message));
  socket.on("here", ({ topic, users, count }) => setHere(topics.get(topic), users, count));
  socket.on("ejected", ({ topic }) => end(topic));
  // Refused for good: the sign-in has ended. Visitors without one were never promised news.
  socket.on("connect_error", () => {
    if (!socket.active && viewerId()) topics.forEach((_, topic) => end(topic, "sign_in_required"));
  });
}

function join(topic) {
  const entry = topics.get(topic);
  if (!entry) return;
  const seq = Math.min(...[...entry.followers].map((follower) => follower.seq()));
  const socket = liveSocket();
  socket.timeout(ANSWER_MS).emit("join", { topic, seq: Number.isFinite(seq) ? seq : 0 }, (error, answer) => {
    // A server that failed over it says nothing. Without a line it is asked again as soon as there is one.
    if (!error) joined(topic, answer);
    else if (socket.connected) join(topic);
  });
}

function joined(topic, answer) {
  const entry = topics.get(topic);
  if (!entry) return;
  if (answer && answer.code === "rate_limited") {
    setTimeout(() => liveSocket().connected && join(topic), TOO_OFTEN_MS);
    return;
  }
  if (!answer || !answer.ok) {
    end(topic, answer && answer.code);
    return;
  }
  entry.joined = true;
  each(entry, "onState", "live");
  if (answer.here) setHere(entry, answer.here, answer.count);
  each(entry, "onChanged", { topic, seq: answer.seq, what: "join" });
}

/** The right to see the topic is gone, or it never was there. */
function end(topic, reason) {
  const entry = topics.get(topic);
  if (!entry) return;
  entry.joined = false;
  setHere(entry, []);
  each(entry, "onState", "ended", reason);
}

/** The first of them by name, and how many they are. */
function setHere(entry, users, count = users.length) {
  if (!entry) return;
  entry.here = users;
  entry.count = count;
  each(entry, "onHere", users, count);
}

function each(entry, name, ...values) {
  if (entry) for (const follower of entry.followers) tell(follower, name, ...values);
}

function tell(follower, name, ...values) {
  if (follower[name]) follower[name](...values);
}
