// The dictionary, fetched when pinyin is wanted for the first time.
import { convert, pinyin } from "pinyin-pro";

/** For each character how it is likely read here, and all its readings. */
export function propose(text) {
  const likely = pinyin(text, { type: "array" });
  return [...text].map((character, n) => ({
    likely: likely[n] || "",
    all: pinyin(character, { multiple: true, type: "array" }),
  }));
}

/** hang2 as háng; what carries its tone already stays. */
export function written(text) {
  const bare = text.trim();
  return /^[a-zü]+[1-5]$/i.test(bare) ? convert(bare, { format: "numToSymbol" }) : bare;
}
