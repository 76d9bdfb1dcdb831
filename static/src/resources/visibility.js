// The workshop is asked for only where something is shared with one.
import { behavior } from "../registry.js";

behavior("[data-visibility]", (row) => {
  const choice = row.querySelector("[name$=visibility]");
  const field = row.querySelector("[name$=workshop_id]").closest(".field");
  const settle = () => {
    field.hidden = choice.value !== "workshop";
  };
  choice.addEventListener("change", settle);
  settle();
});
