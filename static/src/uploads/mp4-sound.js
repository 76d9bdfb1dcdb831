// Finds the sound of an MP4 or MOV without reading its pictures: the index says where each frame of AAC lies
// (ISO/IEC 14496-12, the sample table; 14496-3 for AAC and its ADTS frames).
const MOST_INDEX = 64 * 1024 * 1024;
const AAC = 0x40;
const SAMPLES = 1024;

/** {config, chunks: [{offset, sizes}], bytes, durationMs, delayMs}; null where the file is no such one. */
export async function soundOf(file) {
  try {
    const index = await readIndex(file);
    return index && readSound(index);
  } catch (_) {
    return null; // an index that breaks off, or one of a kind we do not know
  }
}

/** The sound as one Blob of ADTS frames. */
export async function readAdts(file, sound, progress) {
  const parts = [];
  for (const [number, { offset, sizes }] of sound.chunks.entries()) {
    const length = sizes.reduce((sum, size) => sum + size, 0);
    const bytes = new Uint8Array(await file.slice(offset, offset + length).arrayBuffer());
    if (bytes.length !== length) throw new Error("the file has become shorter");
    let at = 0;
    for (const size of sizes) {
      parts.push(adtsHeader(sound.config, size), bytes.subarray(at, at + size));
      at += size;
    }
    if (number % 50 === 0) progress(number / sound.chunks.length);
  }
  return new Blob(parts);
}

async function readIndex(file) {
  let at = 0;
  while (at + 16 <= file.size) {
    const head = new DataView(await file.slice(at, at + 16).arrayBuffer());
    const type = name(head, 4);
    const size = head.getUint32(0) === 1 ? wide(head, 8) : head.getUint32(0) || file.size - at;
    if (type === "moov") return size <= MOST_INDEX ? new DataView(await file.slice(at, at + size).arrayBuffer()) : null;
    if (type === "moof" || size < 8) return null;
    at += size;
  }
  return null;
}

function readSound(index) {
  const moov = inside(index, 8, index.byteLength);
  const movie = timing(index, moov.get("mvhd")[0]);
  for (const track of moov.get("trak") || []) {
    const parts = inside(index, ...track);
    const media = inside(index, ...parts.get("mdia")[0]);
    if (name(index, media.get("hdlr")[0][0] + 8) !== "soun") continue;
    const table = inside(index, ...inside(index, ...media.get("minf")[0]).get("stbl")[0]);
    const config = readConfig(index, ...table.get("stsd")[0]);
    if (!config) return null;
    const edits = parts.has("edts") ? readEdits(index, inside(index, ...parts.get("edts")[0]), movie.scale) : { delayMs: 0, skip: 0 };
    const chunks = readChunks(index, table, Math.round(edits.skip / SAMPLES));
    const bytes = chunks.reduce((sum, { sizes }) => sum + sizes.reduce((all, size) => all + size + 7, 0), 0);
    return { config, chunks, bytes, durationMs: Math.round((movie.duration / movie.scale) * 1000), delayMs: edits.delayMs };
  }
  return null;
}

/** The boxes between two places, by type: [[start, end] of what is in them]. */
function inside(index, start, end) {
  const found = new Map();
  for (let at = start; at + 8 <= end; ) {
    const long = index.getUint32(at) === 1;
    const size = long ? wide(index, at + 8) : index.getUint32(at) || end - at;
    if (size < 8 || at + size > end) break;
    const type = name(index, at + 4);
    found.set(type, [...(found.get(type) || []), [at + (long ? 16 : 8), at + size]]);
    at += size;
  }
  return found;
}

function timing(index, [at]) {
  const wideTimes = index.getUint8(at) === 1;
  const place = at + (wideTimes ? 20 : 12);
  return { scale: index.getUint32(place), duration: wideTimes ? wide(index, place + 4) : index.getUint32(place + 4) };
}

/** An empty edit delays the sound, a later media time leaves out what the encoder put in front. */
function readEdits(index, edits, scale) {
  const [at] = edits.get("elst")[0];
  const wideTimes = index.getUint8(at) === 1;
  const [step, count] = [wideTimes ? 20 : 12, index.getUint32(at + 4)];
  let delay = 0;
  for (let number = 0; number < count; number += 1) {
    const entry = at + 8 + number * step;
    const time = wideTimes ? Number(index.getBigInt64(entry + 8)) : index.getInt32(entry + 4);
    if (time >= 0) return { delayMs: Math.round((delay / scale) * 1000), skip: time };
    delay += wideTimes ? wide(index, entry) : index.getUint32(entry);
  }
  return { delayMs: 0, skip: 0 };
}

function readChunks(index, table, skip) {
  const sizes = readSizes(index, ...table.get("stsz")[0]);
  const offsets = table.has("stco") ? readOffsets(index, table.get("stco")[0][0], 4) : readOffsets(index, table.get("co64")[0][0], 8);
  const runs = readRuns(index, table.get("stsc")[0][0]);
  const chunks = [];
  let [run, sample] = [0, 0];
  for (const [number, start] of offsets.entries()) {
    if (run + 1 < runs.length && number + 1 >= runs[run + 1].first) run += 1;
    let offset = start;
    const mine = sizes.slice(sample, sample + runs[run].count);
    sample += mine.length;
    for (; skip > 0 && mine.length; skip -= 1) offset += mine.shift();
    if (mine.length) chunks.push({ offset, sizes: mine });
  }
  return chunks;
}

function readSizes(index, at) {
  const [same, count] = [index.getUint32(at + 4), index.getUint32(at + 8)];
  return Array.from({ length: count }, (_, number) => same || index.getUint32(at + 12 + number * 4));
}

function readOffsets(index, at, width) {
  const count = index.getUint32(at + 4);
  return Array.from({ length: count }, (_, number) => {
    const place = at + 8 + number * width;
    return width === 8 ? wide(index, place) : index.getUint32(place);
  });
}

function readRuns(index, at) {
  const count = index.getUint32(at + 4);
  return Array.from({ length: count }, (_, number) => {
    const place = at + 8 + number * 12;
    return { first: index.getUint32(place), count: index.getUint32(place + 4) };
  });
}

/** What ADTS says in each frame: profile, rate, channels. Phones write their boxes like MP4, older cameras like QuickTime. */
function readConfig(index, start, end) {
  const [entry, stop] = inside(index, start + 8, end).get("mp4a")[0];
  const version = index.getUint16(entry + 8);
  let boxes = inside(index, entry + 28 + (version === 1 ? 16 : version === 2 ? 36 : 0), stop);
  if (boxes.has("wave")) boxes = inside(index, ...boxes.get("wave")[0]);
  let [at] = boxes.get("esds")[0];
  at = descriptor(index, at + 4, 3);
  const flags = index.getUint8(at + 2);
  at = descriptor(index, at + 3 + (flags & 0x80 ? 2 : 0) + (flags & 0x20 ? 2 : 0), 4);
  if (index.getUint8(at) !== AAC) return null;
  at = descriptor(index, at + 13, 5);
  const [first, second] = [index.getUint8(at), index.getUint8(at + 1)];
  const kind = first >> 3;
  const config = { profile: kind === 5 || kind === 29 ? 2 : kind, rate: ((first & 7) << 1) | (second >> 7), channels: (second >> 3) & 15 };
  const isPlain = config.profile >= 1 && config.profile <= 4 && config.rate < 13 && config.channels >= 1 && config.channels <= 7;
  return isPlain ? config : null;
}

/** Where the content of the descriptor of this kind begins: its length is written in one to four bytes. */
function descriptor(index, at, kind) {
  if (index.getUint8(at) !== kind) throw new Error("another descriptor was expected");
  let place = at + 1;
  while (index.getUint8(place) & 0x80) place += 1;
  return place + 1;
}

function adtsHeader({ profile, rate, channels }, size) {
  const length = size + 7;
  return new Uint8Array([
    0xff,
    0xf1,
    ((profile - 1) << 6) | (rate << 2) | (channels >> 2),
    ((channels & 3) << 6) | (length >> 11),
    (length >> 3) & 0xff,
    ((length & 7) << 5) | 0x1f,
    0xfc,
  ]);
}

const name = (index, at) => String.fromCharCode(...[0, 1, 2, 3].map((number) => index.getUint8(at + number)));
const wide = (index, at) => index.getUint32(at) * 2 ** 32 + index.getUint32(at + 4);
