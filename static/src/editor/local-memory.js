// The copy of a plan on this machine: the document in IndexedDB (one database a person and plan), and two facts beside
// it that must survive a closed tab: whether something is not confirmed by the server yet, and the document's epoch.
//
// Several tabs share the database. Each keeps a mark of its own, `dirty:<client>`; a tab that finds another's mark takes
// over what that tab left behind, and removes the mark only if it has not been renewed meanwhile.
import * as idb from "lib0/indexeddb";
import { IndexeddbPersistence, clearDocument } from "y-indexeddb";

// A slow disk takes its time after the start of a machine; a browser whose database never answers is taken for one without.
const OPEN_MS = 15000;
const CUSTOM = "custom";
const UPDATES = "updates";

export class LocalMemory {
  constructor(name, doc) {
    this.name = name;
    this.doc = doc;
    this.mark = `dirty:${doc.clientID}`; // for as long as this page is open, whatever its number becomes
    this.healthy = false;
    this.dirty = false;
    this.epoch = null;
    this.origin = {};
    this.inherited = new Map();
    this.keeping = 0;
    this.onKept = () => {};
  }

  // What holds for words that no server has: `saving` until they are on this machine's disk.
  get state() {
    if (!this.healthy) return "unsaved";
    return this.keeping ? "saving" : "offline";
  }

  // Resolves when the local copy is loaded, or when the browser does not allow one.
  async open() {
    const store = new IndexeddbPersistence(this.name, this.doc);
    this.origin = store;
    try {
      await withTimeout(Promise.race([store.whenSynced, store._db.then(() => store.whenSynced)]), OPEN_MS);
      const epoch = await store.get("epoch");
      this.store = store;
      this.epoch = typeof epoch === "number" ? epoch : null;
      await this.inherit();
      this.healthy = true;
      // What y-indexeddb writes by itself and finds no room for: it says nothing, but the database hears of it.
      store.db.addEventListener("abort", () => {
        this.fail();
        this.onKept();
      });
    } catch (_) {
      this.healthy = false;
      // What came later would come beside what the server says by then, with nobody to ask whether it fits.
      if (!this.store) store.destroy().catch(() => {});
    }
  }

  async inherit() {
    const keys = await idb.getAllKeys(this.custom());
    for (const key of keys.filter((name) => String(name).startsWith("dirty:"))) {
      this.inherited.set(key, await this.store.get(key));
    }
    this.dirty = this.dirty || this.inherited.size > 0;
  }

  custom() {
    return idb.transact(this.store.db, [CUSTOM])[0];
  }

  setDirty(dirty) {
    if (!dirty && !this.dirty) return;
    this.dirty = dirty;
    if (dirty) this.putMark();
    else this.clean();
  }

  // A transaction over both stores waits for its turn behind the update that is just being written: once the mark is on
  // the disk, so is what it speaks of.
  async putMark() {
    if (!this.store) return;
    this.keeping += 1;
    try {
      const [, custom] = idb.transact(this.store.db, [UPDATES, CUSTOM]);
      custom.put(Date.now(), this.mark);
      await committed(custom.transaction);
    } catch (_) {
      this.fail();
    }
    this.keeping -= 1;
    if (!this.keeping) this.onKept();
  }

  clean() {
    this.remove(this.mark);
    this.inherited.forEach(async (value, key) => {
      if ((await this.store.get(key)) === value) this.remove(key);
    });
    this.inherited.clear();
  }

  setEpoch(epoch) {
    if (epoch === this.epoch) return;
    this.epoch = epoch;
    this.write("epoch", epoch);
  }

  /** Resolves to whether it is kept. */
  async write(key, value) {
    if (!this.store) return false;
    try {
      await this.store.set(key, value);
      return true;
    } catch (_) {
      this.fail();
      return false;
    }
  }

  /** Pairs of key and value whose key begins so. */
  async readAll(start) {
    if (!this.store) return [];
    try {
      const keys = (await idb.getAllKeys(this.custom())).filter((key) => String(key).startsWith(start));
      return await Promise.all(keys.map(async (key) => [key, await this.store.get(key)]));
    } catch (_) {
      return [];
    }
  }

  remove(key) {
    if (this.store) this.store.del(key).catch(() => this.fail());
  }

  fail() {
    this.healthy = false;
  }

  async clear() {
    if (this.store) await this.store.destroy();
    await clearDocument(this.name);
  }
}

function committed(transaction) {
  return new Promise((resolve, reject) => {
    transaction.addEventListener("complete", resolve);
    transaction.addEventListener("abort", () => reject(transaction.error));
  });
}

function withTimeout(promise, milliseconds) {
  return Promise.race([
    promise,
    new Promise((resolve, reject) => setTimeout(() => reject(new Error("no local database")), milliseconds)),
  ]);
}
