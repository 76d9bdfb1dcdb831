// A small box for the address of a link, in place of the browser's prompt.
export function editLink(editor, tool) {
  const old = document.querySelector(".link-box");
  if (old) return old.remove();
  const box = document.createElement("form");
  box.className = "link-box card";
  const field = document.createElement("input");
  field.type = "url";
  field.value = editor.getAttributes("link").href || "";
  field.placeholder = "https://";
  field.setAttribute("aria-label", "链接地址");
  box.append(field, button("确定", "submit"), button("去掉链接", "button"));
  tool.closest("[role=toolbar]").append(box);
  field.focus();
  const close = () => {
    box.remove();
    editor.commands.focus();
  };
  box.addEventListener("submit", (event) => {
    event.preventDefault();
    apply(editor, field.value.trim());
    close();
  });
  box.addEventListener("keydown", (event) => event.key === "Escape" && close());
  box.lastChild.addEventListener("click", () => {
    editor.chain().focus().extendMarkRange("link").unsetLink().run();
    close();
  });
}

function apply(editor, address) {
  if (!/^(https?:\/\/|mailto:|\/(?!\/)|#)/i.test(address)) return;
  const chain = editor.chain().focus();
  if (editor.state.selection.empty && !editor.isActive("link")) {
    const text = { type: "text", text: address, marks: [{ type: "link", attrs: { href: address } }] };
    return chain.insertContent(text).run();
  }
  chain.extendMarkRange("link").setLink({ href: address }).run();
}

function button(text, type) {
  const element = document.createElement("button");
  element.type = type;
  element.className = "button small";
  element.textContent = text;
  return element;
}
