// The files of a choice or a drop, folders walked through: [{file, folder}]. What systems leave lying about is left out.
const LEFT_LYING = /^(\.|~\$|thumbs\.db$|desktop\.ini$)/i;

export function pickedFiles(input) {
  return wanted([...input.files].map((file) => ({ file, folder: folderOf(file.webkitRelativePath || "") })));
}

/** Ask for the entries at once: after the first wait the browser has forgotten what was dropped. */
export async function droppedFiles(transfer) {
  const entries = [...(transfer.items || [])].map((item) => item.webkitGetAsEntry && item.webkitGetAsEntry()).filter(Boolean);
  if (!entries.length) return wanted([...transfer.files].map((file) => ({ file, folder: "" })));
  const found = [];
  for (const entry of entries) await walk(entry, found);
  return wanted(found);
}

/** Files may be dropped on `zone`, which shows it; `take(transfer)` is asked at once, before the browser forgets them. */
export function acceptDrops(zone, take) {
  for (const name of ["dragenter", "dragover"]) {
    zone.addEventListener(name, (event) => {
      event.preventDefault();
      zone.classList.add("is-over");
    });
  }
  for (const name of ["dragleave", "drop"]) zone.addEventListener(name, () => zone.classList.remove("is-over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    take(event.dataTransfer);
  });
}

async function walk(entry, found) {
  if (entry.isFile) {
    const file = await new Promise((resolve) => entry.file(resolve, () => resolve(null)));
    if (file) found.push({ file, folder: folderOf(entry.fullPath) });
    return;
  }
  const reader = entry.createReader();
  for (;;) {
    const some = await new Promise((resolve) => reader.readEntries(resolve, () => resolve([])));
    if (!some.length) return; // browsers give at most a hundred at a time
    for (const inside of some) await walk(inside, found);
  }
}

const folderOf = (path) => path.split("/").slice(0, -1).filter(Boolean).join("/").slice(-200);

const wanted = (found) => found.filter(({ file }) => !LEFT_LYING.test(file.name));
