// What both kinds of clients need: the line of a kind of server, talking to beside.py, and figures.
import process from "node:process";
import { createInterface } from "node:readline";
import { Hocuspocus, Ours, Plain } from "./lines.mjs";

const KINDS = { ours: Ours, realtime: Ours, hocuspocus: Hocuspocus, "y-websocket": Plain };

export const lineFor = (config, facts) => new KINDS[config.kind]({ ...config, ...facts });
export const stdin = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
export const say = (what, facts = {}) => process.stdout.write(`${JSON.stringify({ what, ...facts })}\n`);
export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const quantile = (values, q) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * q))] ?? null;
export const rounded = (values) => ({ p50: quantile(values, 0.5), p95: quantile(values, 0.95), n: values.length });

export async function until(holds) {
  while (!holds()) await sleep(20);
}
