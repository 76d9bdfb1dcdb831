// What takes a PDF file apart, in a thread of its own.
import "pdfjs-dist/legacy/build/pdf.worker.mjs";
