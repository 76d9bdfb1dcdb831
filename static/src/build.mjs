// Builds static/src into static/dist: hashed names, a manifest, the licenses of what is bundled.
// The same sources give the same bytes: no timestamps, no absolute paths, sorted output.
import { build } from "esbuild";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { createHash } from "node:crypto";
import process from "node:process";

const source = dirname(fileURLToPath(import.meta.url));
const root = join(source, "../..");
const dist = join(root, "static/dist");
// Every page loads app.js and app.css; the others are named by the templates that need them.
const ENTRIES = ["app.js", "editor.js", "plans.js", "lesson.js", "coding.js", "workshop.js", "resources.js", "pdf-worker.js", "app.css", "editor.css", "lesson.css", "coding.css", "resources.css"];

process.chdir(root);
const entries = ENTRIES.map((name) => join("static/src", name)).filter((path) => existsSync(path));
const result = await build({
  entryPoints: entries,
  bundle: true,
  splitting: true,
  preserveSymlinks: true, // node_modules may be a link: names must not depend on where it leads
  format: "esm",
  minify: true,
  sourcemap: false,
  charset: "utf8",
  target: ["es2020", "chrome80", "safari14.1"],
  legalComments: "none",
  loader: { ".bcmap": "file" },
  assetNames: "[name]-[hash]",
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  outdir: "static/dist",
  metafile: true,
  write: false,
  logLevel: "warning",
});

// The editors' code is fetched when somebody writes; tests of a page's weight leave these files out.
const EDITORS = /node_modules\/(prosemirror-|@tiptap\/|yjs\/|y-prosemirror\/)/;
const editors = [];
const manifest = {};
const outputs = new Map();
for (const file of result.outputFiles) {
  const path = relative(root, file.path);
  outputs.set(basename(path), file.contents);
  const { entryPoint, inputs } = result.metafile.outputs[path];
  if (Object.keys(inputs).some((input) => EDITORS.test(input))) editors.push(basename(path));
  // A chunk of a lazy import also has an entry point; only the listed entries are public names.
  if (entryPoint && entries.includes(entryPoint)) manifest[basename(entryPoint)] = basename(path);
}
// The worker's own version: it changes whenever any built file does.
const version = createHash("sha256").update([...outputs.keys()].sort().join("\n")).digest("hex").slice(0, 12);
const sorted = Object.fromEntries(Object.entries(manifest).sort(([a], [b]) => (a < b ? -1 : 1)));
const imports = Object.fromEntries(Object.entries(sorted).flatMap(([name, file]) => (name.endsWith(".js") ? [[name, importsOf(file)]] : [])));
outputs.set("manifest.json", `${JSON.stringify({ version, entries: sorted, imports, editors: editors.sort() }, null, 2)}\n`);
outputs.set("THIRD_PARTY.txt", thirdParty(Object.keys(result.metafile.inputs)));

mkdirSync(dist, { recursive: true });
for (const stale of readdirSync(dist)) if (!outputs.has(stale)) rmSync(join(dist, stale), { recursive: true });
for (const [name, contents] of outputs) writeFileSync(join(dist, name), contents);

/** The files that one needs before it can run: a page that names them at once need not find them one after another. */
function importsOf(file, found = new Set()) {
  for (const { path, kind } of result.metafile.outputs[`static/dist/${file}`].imports) {
    if (kind !== "import-statement" || found.has(basename(path))) continue;
    found.add(basename(path));
    importsOf(basename(path), found);
  }
  return [...found].sort();
}

/** Names, versions and license texts of the packages we depend on and of what they bring into the bundles. */
function thirdParty(inputs) {
  const packages = new Set();
  for (const input of inputs) {
    const found = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (found) packages.add(found[1]);
  }
  for (const name of Object.keys(JSON.parse(readFileSync("package.json", "utf8")).dependencies)) {
    packages.add(join("node_modules", name));
  }
  const parts = [...packages].map(describe).sort((a, b) => (a < b ? -1 : 1));
  return `The files in this folder contain code of these packages.\n\n${[...new Set(parts)].join("\n")}`;
}

function describe(folder) {
  const { name, version: release, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).filter((entry) => /^(licen[cs]e|copying)/i.test(entry)).sort()[0];
  const text = file ? readFileSync(join(folder, file), "utf8").trim().replace(/\r\n/g, "\n") : "";
  const rule = "-".repeat(72);
  return `${rule}\n${name} ${release} (${typeof license === "string" ? license : "see text"})\n\n${text}\n`;
}
