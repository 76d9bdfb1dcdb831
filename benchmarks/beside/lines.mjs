// One line to a server, for each of the three protocols, as thin as it can be: a raw WebSocket and hand-made frames.
// A line tells `onUpdate(bytes)` for what others wrote and `onAck(number)` for how many of its own updates are confirmed.
import { Decoder, Encoder } from "@msgpack/msgpack";
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import WebSocket from "ws";
import * as Y from "yjs";

const EMPTY = Y.encodeStateVector(new Y.Doc());
const [STEP_1, STEP_2, UPDATE] = [0, 1, 2];
const [SYNC, AWARENESS, AUTH, SYNC_STATUS] = [0, 1, 2, 8];

class Line {
  constructor(address, options = {}) {
    this.bytes = this.confirmed = this.sent = 0;
    this.onUpdate = this.onAck = () => undefined;
    this.ready = new Promise((resolve) => (this.isReady = resolve));
    this.socket = new WebSocket(address, { perMessageDeflate: false, ...options });
    this.socket.binaryType = "nodebuffer";
    this.socket.on("error", () => undefined); // the server is killed at the end
    this.socket.on("message", (data, binary) => {
      this.bytes += data.length;
      this.receive(data, binary);
    });
  }

  write(data) {
    if (this.socket.readyState !== WebSocket.OPEN) return;
    this.bytes += data.length;
    this.socket.send(data);
  }

  confirm(number) {
    this.confirmed = number;
    this.onAck(number);
  }

  close() {
    this.socket.terminate();
  }
}

/** A frame of the awareness protocol: where this client's caret is. */
export function caretFrame(client, clock, at) {
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, 1);
    encoding.writeVarUint(encoder, client);
    encoding.writeVarUint(encoder, clock);
    const cursor = { type: null, tname: null, item: { client, clock: at }, assoc: 0 };
    encoding.writeVarString(encoder, JSON.stringify({ user: { name: "老师", color: "#0f5c46" }, cursor: { anchor: cursor, head: cursor } }));
  });
}

/** y-websocket's server: no acknowledgement at all. */
export class Plain extends Line {
  constructor({ url, room }) {
    super(`${url}/${room}`);
    this.socket.on("open", () => this.sync(STEP_1, EMPTY));
  }

  sync(step, data) {
    this.write(this.frame((encoder) => sync(encoder, step, data)));
  }

  frame(fill) {
    return encoding.encode(fill);
  }

  receive(data) {
    this.read(decoding.createDecoder(data));
  }

  read(decoder) {
    if (decoding.readVarUint(decoder) !== SYNC) return;
    const step = decoding.readVarUint(decoder);
    if (step === STEP_1) return;
    this.onUpdate(decoding.readVarUint8Array(decoder));
    if (step === STEP_2) this.isReady();
  }

  send(update) {
    this.sent += 1;
    this.sync(UPDATE, update);
  }

  point(caret) {
    this.write(
      this.frame((encoder) => {
        encoding.writeVarUint(encoder, AWARENESS);
        encoding.writeVarUint8Array(encoder, caret);
      }),
    );
  }
}

function sync(encoder, step, data) {
  encoding.writeVarUint(encoder, SYNC);
  encoding.writeVarUint(encoder, step);
  encoding.writeVarUint8Array(encoder, data);
}

/** Hocuspocus: the same frames behind the name of the document, and a word for each update that was taken in. */
export class Hocuspocus extends Plain {
  constructor({ url, room }) {
    super({ url, room });
    this.room = room;
    this.socket.removeAllListeners("open");
    this.socket.on("open", () => {
      this.write(
        this.frame((encoder) => {
          encoding.writeVarUint(encoder, AUTH);
          encoding.writeVarUint(encoder, 0);
          encoding.writeVarString(encoder, "");
        }),
      );
      this.sync(STEP_1, EMPTY);
    });
  }

  frame(fill) {
    return encoding.encode((encoder) => {
      encoding.writeVarString(encoder, this.room);
      fill(encoder);
    });
  }

  receive(data) {
    const decoder = decoding.createDecoder(data);
    decoding.readVarString(decoder);
    const rest = decoder.pos;
    if (decoding.readVarUint(decoder) === SYNC_STATUS && decoding.readVarUint(decoder) === 1) {
      // The answer to our own first state is one of these too.
      if (this.sent) this.confirm(Math.min(this.confirmed + 1, this.sent));
      return;
    }
    decoder.pos = rest;
    this.read(decoder);
  }
}

/** Ours: Socket.IO with one msgpack frame a message; `a` is said when everything up to a number is on disk. */
export class Ours extends Line {
  constructor({ url, plan, cookie, client }) {
    super(`${url}/socket.io/?EIO=4&transport=websocket&doc=${plan}`, { headers: { Cookie: cookie } });
    this.request = { doc: plan, sv: EMPTY, cid: client, v: 1 };
    this.encoder = new Encoder({ ignoreUndefined: true });
    this.decoder = new Decoder();
  }

  packet(type, data, id) {
    this.write(this.encoder.encode({ type, nsp: "/rt", data, id }));
  }

  receive(raw, binary) {
    if (!binary) return this.engine(raw.toString());
    // Not a Buffer, which a browser has none of, and Yjs on Node reads more slowly: the other lines' decoder makes plain bytes too.
    const { type, data } = this.decoder.decode(new Uint8Array(raw.buffer, raw.byteOffset, raw.length));
    if (type === 0) this.packet(2, ["join", this.request], 1);
    else if (type === 3) this.joined(data[0]);
    else if (type === 2) this.heard(...data);
  }

  engine(text) {
    if (text[0] === "0") this.packet(0);
    else if (text[0] === "2") this.write("3");
  }

  joined(answer) {
    if (!answer.ok && answer.code !== "busy") throw new Error(`not let in: ${answer.code}`);
    if (!answer.ok) return void setTimeout(() => this.packet(2, ["join", this.request], 1), 500);
    this.handle = answer.h;
    this.onUpdate(answer.diff);
    this.isReady();
  }

  heard(name, payload) {
    if (name === "u") this.onUpdate(payload[1]);
    else if (name === "a") this.confirm(payload[1]);
    else if (name === "nak") throw new Error(`refused: ${payload[2]}`);
  }

  send(update) {
    this.sent += 1;
    this.packet(2, ["u", [this.handle, this.sent, update]]);
  }

  point(caret) {
    this.packet(2, ["w", [this.handle, caret]]);
  }
}
