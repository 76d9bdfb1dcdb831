// Sound and stills of a film in one small file, for a line on which the film takes hours: first a line of JSON, then the
// sound, then the pictures (observations/media/first_look.py reads it).
import { readAdts } from "./mp4-sound.js";
import { stillsOf } from "./stills.js";

const STILL_BYTES = 9000;

/** About how large it becomes, in bytes. */
export const sizeOfFirstLook = (sound) => sound.bytes + Math.min(240, sound.durationMs / 2000) * STILL_BYTES;

/** `progress(share)` from 0 to 1; `stopped()` says whether nobody wants it any more. */
export async function firstLook(file, sound, progress, stopped) {
  const heard = await readAdts(file, sound, (share) => progress(share * 0.2));
  const { everyMs, stills } = await stillsOf(file, sound.durationMs, (share) => progress(0.2 + share * 0.8), stopped);
  const said = {
    sound: heard.size,
    stills: stills.map((still) => still.size),
    every_ms: everyMs,
    duration_ms: sound.durationMs,
    delay_ms: Math.min(60000, sound.delayMs),
  };
  const name = `${file.name.replace(/\.\w+$/, "")}（声音和画面）`;
  return new File([`YXFIRST1 ${JSON.stringify(said)}\n`, heard, ...stills], name, { lastModified: file.lastModified });
}
