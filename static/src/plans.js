// Pages around a lesson plan that need no editor: inviting colleagues, printing.
import "./editor/invite.js";
import "./resources/books.js";
import "./workshops/marking.js";
import "./editor/past.js";
import "./lessonplans/audience.js";
import "./lessonplans/template-preview.js";

document.addEventListener("click", (event) => event.target.closest("[data-print]") && window.print());
