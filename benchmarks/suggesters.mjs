// Puts the pages of suggesters.py together and runs them.
import { build } from "esbuild";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";

const folder = mkdtempSync(join(tmpdir(), "suggesters-"));
process.on("exit", () => rmSync(folder, { recursive: true }));
const outfile = join(folder, "pages.mjs");
const entry = fileURLToPath(new URL("suggesters_pages.mjs", import.meta.url));
// No page: what would say something to somebody finds no place for it.
const js = "globalThis.document = { documentElement: { style: {} }, querySelector: () => null, querySelectorAll: () => [], addEventListener() {} }; globalThis.window = globalThis;";
const options = { bundle: true, platform: "node", format: "esm", preserveSymlinks: true, logLevel: "error", loader: { ".css": "empty" } };
await build({ entryPoints: [entry], outfile, banner: { js }, ...options });
await import(pathToFileURL(outfile).href);
