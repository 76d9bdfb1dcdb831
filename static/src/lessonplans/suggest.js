// A suggestion is about what is selected: the link takes the words and their section along.
import { behavior } from "../registry.js";

const LONGEST = 300;

behavior("a[data-suggest]", (link) => {
  const plain = link.href;
  // The selection is gone by the time of the click where the link takes the focus.
  link.addEventListener("pointerdown", () => point(link, plain));
  link.addEventListener("keydown", () => point(link, plain));
});

function point(link, plain) {
  link.href = plain;
  const selection = window.getSelection();
  const words = selection.isCollapsed ? "" : selection.toString().trim().split("\n")[0].slice(0, LONGEST);
  const from = selection.anchorNode;
  const place = from && (from.nodeType === Node.ELEMENT_NODE ? from : from.parentElement);
  const section = place && place.closest(".plan-section");
  if (!words || !section) return;
  const url = new URL(plain);
  url.searchParams.set("section", section.id.replace(/^section-/, ""));
  url.searchParams.set("quote", words);
  url.hash = "suggestion-form";
  link.href = url.href;
}
