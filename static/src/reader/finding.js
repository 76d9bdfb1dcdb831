// Finding words in the pieces a PDF page is made of: white space, width and case make no difference.

/** What of a text counts for finding, character by character. */
export const folded = (text) => text.normalize("NFKC").toLowerCase().replace(/\s+/g, "");

/** Every place of `wanted` (folded) in the pieces; each is a list of [piece, from, to]. */
export function placesOf(wanted, pieces) {
  if (!wanted) return [];
  let text = "";
  const origin = [];
  pieces.forEach((piece, number) => {
    let at = 0;
    for (const character of piece) {
      const plain = folded(character);
      for (let i = 0; i < plain.length; i++) origin.push([number, at, at + character.length]);
      text += plain;
      at += character.length;
    }
  });
  const places = [];
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) {
    places.push(joined(origin.slice(at, at + wanted.length)));
  }
  return places;
}

/** Neighbors of the same piece as one range. */
function joined(characters) {
  const ranges = [];
  for (const [piece, from, to] of characters) {
    const last = ranges[ranges.length - 1];
    if (last && last[0] === piece) last[2] = to;
    else ranges.push([piece, from, to]);
  }
  return ranges;
}
