// The thumb of a post sends what the person wants now: on when it is off, off when it is on.
document.addEventListener(
  "click",
  (event) => {
    const button = event.target.closest("[data-like]");
    if (button) button.value = button.getAttribute("aria-pressed") === "true" ? "0" : "1";
  },
  true,
);
