// Random runs of two or three pages that suggest, accept and refuse merged, split and heading cells of one table while others type in
// it and add rows and columns, hearing of each other late and in any order, closing and coming back. At the end all say the same, the table is
// sound, and no word that stood in it or was typed is gone or there twice. The editor's own modules run without a browser, put together by esbuild:
//   node benchmarks/cells.mjs [FIRST_SEED [RUNS [list]]]      or      node benchmarks/cells.mjs SEED,SEED,…
import { build } from "esbuild";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";

const chosen = (process.argv[2] || "1").split(",").map(Number);
const runs = chosen.length > 1 ? chosen.length : Number(process.argv[3] || 1000);
const seeds = chosen.length > 1 ? chosen : Array.from({ length: runs }, (_none, n) => chosen[0] + n);
const folder = mkdtempSync(join(tmpdir(), "cells-"));
try {
  const outfile = join(folder, "pages.mjs");
  const entry = fileURLToPath(new URL("cells_pages.mjs", import.meta.url));
  await build({ entryPoints: [entry], bundle: true, platform: "node", format: "esm", preserveSymlinks: true, outfile, logLevel: "error" });
  const { run } = await import(pathToFileURL(outfile).href);
  let [decided, doubled] = [0, 0];
  for (const seed of seeds) {
    const { accepted, twice } = await run(seed);
    decided += accepted;
    doubled += Number(twice);
    if (twice && process.argv[4]) process.stdout.write(`seed ${seed}: words twice\n`);
  }
  process.stdout.write(`${runs} runs, ${decided} suggestions accepted, ${doubled} with words twice\n`);
} finally {
  rmSync(folder, { recursive: true });
}
