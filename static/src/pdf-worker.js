// What takes a PDF file apart, in a thread of its own.
import "pdfjs-dist/legacy/build/pdf.worker.mjs";

// The library never asks whether its worker came at all: on a bad line, or in an old browser, the page would wait for ever.
postMessage("here");
