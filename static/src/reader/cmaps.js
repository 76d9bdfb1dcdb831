// How the characters of Chinese PDF files are encoded whose letters are not in the file; fetched when a file asks for one.
import gb1Ucs2 from "pdfjs-dist/cmaps/Adobe-GB1-UCS2.bcmap";
import cns1Ucs2 from "pdfjs-dist/cmaps/Adobe-CNS1-UCS2.bcmap";
import gbEucH from "pdfjs-dist/cmaps/GB-EUC-H.bcmap";
import gbEucV from "pdfjs-dist/cmaps/GB-EUC-V.bcmap";
import gbkEucH from "pdfjs-dist/cmaps/GBK-EUC-H.bcmap";
import gbkEucV from "pdfjs-dist/cmaps/GBK-EUC-V.bcmap";
import gbkpEucH from "pdfjs-dist/cmaps/GBKp-EUC-H.bcmap";
import gbkpEucV from "pdfjs-dist/cmaps/GBKp-EUC-V.bcmap";
import gbk2kH from "pdfjs-dist/cmaps/GBK2K-H.bcmap";
import gbk2kV from "pdfjs-dist/cmaps/GBK2K-V.bcmap";
import gbpcEucH from "pdfjs-dist/cmaps/GBpc-EUC-H.bcmap";
import gbpcEucV from "pdfjs-dist/cmaps/GBpc-EUC-V.bcmap";
import uniGbUcs2H from "pdfjs-dist/cmaps/UniGB-UCS2-H.bcmap";
import uniGbUcs2V from "pdfjs-dist/cmaps/UniGB-UCS2-V.bcmap";
import uniGbUtf16H from "pdfjs-dist/cmaps/UniGB-UTF16-H.bcmap";
import uniGbUtf16V from "pdfjs-dist/cmaps/UniGB-UTF16-V.bcmap";
import b5H from "pdfjs-dist/cmaps/ETen-B5-H.bcmap";
import b5V from "pdfjs-dist/cmaps/ETen-B5-V.bcmap";
import uniCnsUcs2H from "pdfjs-dist/cmaps/UniCNS-UCS2-H.bcmap";
import uniCnsUcs2V from "pdfjs-dist/cmaps/UniCNS-UCS2-V.bcmap";
import uniCnsUtf16H from "pdfjs-dist/cmaps/UniCNS-UTF16-H.bcmap";
import uniCnsUtf16V from "pdfjs-dist/cmaps/UniCNS-UTF16-V.bcmap";

const FILES = {
  "Adobe-GB1-UCS2": gb1Ucs2, "Adobe-CNS1-UCS2": cns1Ucs2, "GB-EUC-H": gbEucH, "GB-EUC-V": gbEucV, "GBK-EUC-H": gbkEucH,
  "GBK-EUC-V": gbkEucV, "GBKp-EUC-H": gbkpEucH, "GBKp-EUC-V": gbkpEucV, "GBK2K-H": gbk2kH, "GBK2K-V": gbk2kV,
  "GBpc-EUC-H": gbpcEucH, "GBpc-EUC-V": gbpcEucV, "UniGB-UCS2-H": uniGbUcs2H, "UniGB-UCS2-V": uniGbUcs2V,
  "UniGB-UTF16-H": uniGbUtf16H, "UniGB-UTF16-V": uniGbUtf16V, "ETen-B5-H": b5H, "ETen-B5-V": b5V,
  "UniCNS-UCS2-H": uniCnsUcs2H, "UniCNS-UCS2-V": uniCnsUcs2V, "UniCNS-UTF16-H": uniCnsUtf16H, "UniCNS-UTF16-V": uniCnsUtf16V,
};

/** What the library of PDF asks for encodings: `fetch({ name })` gives the packed table. */
export class CMaps {
  async fetch({ name }) {
    if (!FILES[name]) throw new Error(`no character map ${name}`);
    const response = await fetch(new URL(FILES[name], import.meta.url));
    if (!response.ok) throw new Error(`${name}: ${response.status}`);
    return { cMapData: new Uint8Array(await response.arrayBuffer()), isCompressed: true };
  }
}
