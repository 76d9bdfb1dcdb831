// The copies of lesson plans on this device, as editor/local-memory.js keeps them: a database named plan:<user>:<plan>,
// in it marks dirty:<client> for what the server has not confirmed yet, and the plan's title.
const CUSTOM = "custom";

async function copiesOf(userId) {
  if (!window.indexedDB || !indexedDB.databases) return [];
  const all = await indexedDB.databases();
  return all.map(({ name }) => name).filter((name) => name.startsWith(`plan:${userId}:`));
}

/** The names of this person's plans that hold edits the server lacks. */
export async function unsentPlans(userId) {
  try {
    const found = await Promise.all((await copiesOf(userId)).map(unsentName));
    return found.filter(Boolean);
  } catch (_) {
    return [];
  }
}

async function unsentName(name) {
  const database = await promised(indexedDB.open(name));
  try {
    if (!database.objectStoreNames.contains(CUSTOM)) return "";
    const store = database.transaction(CUSTOM).objectStore(CUSTOM);
    const [keys, title] = await Promise.all([promised(store.getAllKeys()), promised(store.get("title"))]);
    if (!keys.some((key) => String(key).startsWith("dirty:"))) return "";
    return title ? `教案《${title}》` : "一份教案";
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

export async function clearPlans(userId) {
  await Promise.all((await copiesOf(userId)).map((name) => promised(indexedDB.deleteDatabase(name)).catch(() => undefined)));
}
