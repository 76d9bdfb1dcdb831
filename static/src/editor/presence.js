// Who is here and where the carets are: our own goes out a few times a second at most, the others' come in.
import { applyAwarenessUpdate, encodeAwarenessUpdate } from "y-protocols/awareness";
import { bytes, wire } from "./bytes.js";

const PRESENCE_MS = 120;

export class Presence {
  constructor(provider) {
    this.provider = provider;
    this.awareness = provider.awareness;
    this.awareness.on("update", ({ added, updated, removed }) => {
      if ([...added, ...updated, ...removed].includes(provider.doc.clientID)) this.schedule();
      provider.emit("people");
    });
  }

  schedule() {
    if (this.timer) return;
    this.timer = setTimeout(() => {
      this.timer = null;
      this.send();
    }, PRESENCE_MS);
  }

  send() {
    const { provider } = this;
    if (!provider.joined) return;
    const frame = encodeAwarenessUpdate(this.awareness, [provider.doc.clientID]);
    if (frame.length <= provider.limits.awareness) provider.socket.volatile.emit("w", [provider.handle, wire(frame)]);
  }

  receive(frame) {
    applyAwarenessUpdate(this.awareness, bytes(frame), this.provider);
  }

  // Carets of people we cannot hear any more are not shown; their clocks are forgotten so that they may come back.
  forgetOthers() {
    const others = [...this.awareness.states.keys()].filter((id) => id !== this.provider.doc.clientID);
    others.forEach((id) => {
      this.awareness.states.delete(id);
      this.awareness.meta.delete(id);
    });
    if (!others.length) return;
    const change = { added: [], updated: [], removed: others };
    this.awareness.emit("change", [change, this.provider]);
    this.awareness.emit("update", [change, this.provider]);
  }
}
