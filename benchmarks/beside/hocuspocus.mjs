// Hocuspocus as its documentation sets it up, with its own Database extension on SQLite (WAL, synchronous=FULL).
// usage: node hocuspocus.mjs PORT FOLDER
import { DatabaseSync } from "node:sqlite";
import process from "node:process";
import { Server } from "@hocuspocus/server";
import { Database } from "@hocuspocus/extension-database";

const [port, folder] = process.argv.slice(2);
const sqlite = new DatabaseSync(`${folder}/hocuspocus.db`);
sqlite.exec("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL");
sqlite.exec("CREATE TABLE IF NOT EXISTS documents (name TEXT PRIMARY KEY, data BLOB NOT NULL)");
const read = sqlite.prepare("SELECT data FROM documents WHERE name = ?");
const write = sqlite.prepare("INSERT INTO documents VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET data = excluded.data");

await new Server({
  address: "127.0.0.1",
  port: Number(port),
  quiet: true,
  extensions: [
    new Database({
      fetch: async ({ documentName }) => read.get(documentName)?.data ?? null,
      store: async ({ documentName, state }) => void write.run(documentName, state),
    }),
  ],
}).listen();
