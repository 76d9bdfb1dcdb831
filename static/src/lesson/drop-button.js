// Beside a note that waits on this machine and was refused.
export function dropButton() {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "link-button danger";
  button.dataset.drop = "";
  button.textContent = "从本机删除";
  return button;
}
