// Choosing a workshop says that its members shall watch; whoever wants less chooses again.
export function bindAudience(form) {
  const workshop = form.querySelector("select[name=workshop_id]");
  const audience = form.querySelectorAll("input[name=visibility]");
  if (!workshop || !audience.length) return;
  let chosen = false;
  for (const option of audience) option.addEventListener("change", () => (chosen = true));
  workshop.addEventListener("change", () => {
    const [shared, invited] = ["workshop", "invited"].map((value) => [...audience].find((option) => option.value === value));
    if (workshop.value && !chosen) shared.checked = true;
    if (!workshop.value && shared.checked) invited.checked = true;
  });
}
