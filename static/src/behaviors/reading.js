// A link with data-reads tells the server on the way that its message was read; the link itself stays a link.
function note(event) {
  const link = event.target.closest("a[data-reads]");
  if (!link || (event.type === "auxclick" && event.button !== 1)) return;
  const headers = {
    "X-Requested-With": "fetch",
    "X-CSRFToken": document.querySelector("meta[name=csrf-token]").content,
  };
  // keepalive: the request outlives the page that is being left.
  fetch(link.dataset.reads, { method: "POST", headers, credentials: "same-origin", keepalive: true }).catch(() => {});
  link.removeAttribute("data-reads");
}

document.addEventListener("click", note);
document.addEventListener("auxclick", note);
