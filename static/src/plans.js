// Pages around a lesson plan that need no editor: inviting colleagues, printing.
import "./editor/invite.js";

document.addEventListener("click", (event) => event.target.closest("[data-print]") && window.print());
