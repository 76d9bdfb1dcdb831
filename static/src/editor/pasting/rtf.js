// Word gives a browser only the names of its pictures; their bytes are in the RTF that lies beside the HTML.
const START = "{\\pict";

/** The pictures of an RTF in their order, as files; what is no PNG or JPEG is left out. */
export function picturesOf(rtf) {
  const files = [];
  for (let at = rtf.indexOf(START); at >= 0; at = rtf.indexOf(START, at + START.length)) {
    const words = ownWords(rtf, at);
    const kind = /\\(png|jpeg)blip/.exec(words);
    const hex = /\s([0-9a-f\s]{16,})$/i.exec(words);
    if (kind && hex) files.push(asFile(hex[1].replace(/\s+/g, ""), `image/${kind[1]}`, `图${files.length + 1}.${kind[1]}`));
  }
  return files;
}

/** What stands in a group itself, without the groups inside. */
function ownWords(rtf, start) {
  const parts = [];
  const brace = /[{}]/g;
  brace.lastIndex = start + 1;
  let from = start + 1;
  for (let depth = 1, found = brace.exec(rtf); depth > 0 && found; found = depth > 0 ? brace.exec(rtf) : null) {
    if (depth === 1) parts.push(rtf.slice(from, found.index));
    depth += found[0] === "{" ? 1 : -1;
    from = found.index + 1;
  }
  return parts.join(" ");
}

function asFile(hex, type, name) {
  const bytes = new Uint8Array(hex.length >> 1);
  for (let i = 0; i < bytes.length; i += 1) bytes[i] = parseInt(hex.substr(2 * i, 2), 16);
  return new File([bytes], name, { type });
}

/** A picture written into its own address. */
export function fileOfData(address) {
  const found = /^data:(image\/(?:png|jpeg|gif|webp));base64,([\w+/=\s]+)$/.exec(address);
  if (!found) return null;
  try {
    const bytes = Uint8Array.from(atob(found[2].replace(/\s+/g, "")), (character) => character.charCodeAt(0));
    return new File([bytes], `图.${found[1].slice(6)}`, { type: found[1] });
  } catch (_) {
    return null;
  }
}
