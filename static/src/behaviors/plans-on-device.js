// The copies of lesson plans on this device, as editor/local-memory.js keeps them: a database named plan:<user>:<plan>,
// in it marks dirty:<client> with the time since when the server lacks something, pictures picture:<time>:<…> that did not
// arrive yet, and the plan's title and address.
const CUSTOM = "custom";
const NAME = /^plan:(\d+):\d+$/;

async function allCopies() {
  if (!window.indexedDB || !indexedDB.databases) return [];
  const all = await indexedDB.databases();
  return all.map(({ name }) => ({ name, owner: (NAME.exec(name) || [])[1] })).filter(({ owner }) => owner);
}

/** This person's plans that hold edits the server lacks: [{title, path, unsentAt}]. */
export async function unsentPlans(userId) {
  try {
    const mine = (await allCopies()).filter(({ owner }) => owner === userId);
    const found = await Promise.all(mine.map(({ name }) => lookInto(name)));
    return found.filter(({ unsentAt }) => unsentAt);
  } catch (_) {
    return [];
  }
}

/** What a copy is called, where its plan is, and since when it holds something unsent; 0: the server has it all. */
async function lookInto(name) {
  const database = await promised(indexedDB.open(name));
  try {
    if (!database.objectStoreNames.contains(CUSTOM)) return { unsentAt: 0 };
    const store = database.transaction(CUSTOM).objectStore(CUSTOM);
    const marks = promised(store.getAll(IDBKeyRange.bound("dirty:", "dirty;")));
    const pictures = promised(store.getAllKeys(IDBKeyRange.bound("picture:", "picture;")));
    const asked = [marks, pictures, promised(store.get("title")), promised(store.get("path"))];
    const [times, keys, title, path] = await Promise.all(asked);
    const unsentAt = Math.max(0, ...times, ...keys.map((key) => Number(key.split(":")[1])));
    const word = /\/record$/.test(path || "") ? "" : "教案"; // the record of an activity says so in its title
    return { title: title ? `${word}《${title}》` : "一份教案", path, unsentAt };
  } finally {
    database.close();
  }
}

function promised(asked) {
  return new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
    asked.onblocked = () => reject(new Error("blocked"));
  });
}

/** Delete the copies of those whom `whose(owner)` names for which `which({unsentAt})` holds. */
export async function clearPlans(whose, which = () => true) {
  const copies = (await allCopies()).filter(({ owner }) => whose(owner));
  await Promise.all(copies.map(({ name }) => clearIf(which, name).catch(() => undefined)));
}

async function clearIf(which, name) {
  if (which(await lookInto(name))) await promised(indexedDB.deleteDatabase(name));
}
