// Where a plan lies and who may see it belong together: the members of its workshop see it, whatever was chosen before.
import { behavior } from "../registry.js";

behavior("[data-plan-audience]", (place) => {
  const workshop = place.querySelector("[name=workshop_id]");
  const [alone, members] = ["private", "workshop"].map((value) => place.querySelector(`[name=visibility][value=${value}]`));
  const follow = () => {
    place.querySelector("[data-field=workshop_writes]").hidden = !workshop.value;
    rule(alone, workshop.value, "放进了工作坊，坊员都看得到");
    rule(members, !workshop.value, "先在上面选一个工作坊");
  };
  workshop.addEventListener("change", () => {
    if (workshop.value && alone.checked) members.checked = true;
    if (!workshop.value && members.checked) alone.checked = true;
    follow();
  });
  follow();
});

/** Say why something cannot be chosen; what is chosen already stays for the server to judge. */
function rule(option, out, words) {
  option.disabled = Boolean(out) && !option.checked;
  const label = option.closest("label");
  const said = label.querySelector("[data-why]");
  if (said) said.remove();
  if (!option.disabled) return;
  const why = document.createElement("span");
  why.className = "muted small";
  why.dataset.why = "";
  why.textContent = `（${words}）`;
  label.querySelector("span").append(why);
}
