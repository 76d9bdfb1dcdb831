// @name: people who may be told, asked from the server, chosen by keyboard or touch.
import Mention from "@tiptap/extension-mention";
import { requestJson } from "../net.js";

let counter = 0;

export function mentions(source) {
  return Mention.extend({
    // The server keeps data-mention only; it is also what we read back from a draft.
    parseHTML: () => [{ tag: "[data-mention]" }],
    addAttributes: () => ({
      id: {
        default: null,
        parseHTML: (element) => element.getAttribute("data-mention"),
        renderHTML: ({ id }) => ({ "data-mention": id }),
      },
      label: {
        default: null,
        parseHTML: (element) => element.textContent.replace(/^@/, ""),
        renderHTML: () => ({}),
      },
    }),
    renderHTML: ({ node, HTMLAttributes }) => ["span", HTMLAttributes, `@${node.attrs.label}`],
  }).configure({
    renderText: ({ node }) => `@${node.attrs.label}`,
    suggestion: {
      char: "@",
      // Chinese has no spaces before a name.
      allowedPrefixes: null,
      items: ({ query }) => find(source, query),
      command: ({ editor, range, props }) => {
        const mention = { type: "mention", attrs: { id: String(props.id), label: props.name } };
        editor.chain().focus().insertContentAt(range, [mention, { type: "text", text: " " }]).run();
      },
      render: () => new Suggestions(),
    },
  });
}

async function find(source, query) {
  const url = new URL(source, location.href);
  url.searchParams.set("q", query);
  const found = await requestJson(url.href).catch(() => []);
  return (Array.isArray(found) ? found : found.people || []).slice(0, 8);
}

class Suggestions {
  onStart(props) {
    this.list = document.createElement("ul");
    this.list.className = "suggest";
    this.list.id = `suggest-${(counter += 1)}`;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", "提到谁");
    document.body.append(this.list);
    this.editable = props.editor.view.dom;
    this.editable.setAttribute("aria-controls", this.list.id);
    this.onUpdate(props);
  }

  onUpdate(props) {
    this.props = props;
    this.index = 0;
    this.list.hidden = !props.items.length;
    this.list.replaceChildren(...props.items.map((item, index) => this.option(item, index)));
    this.place();
    this.mark();
  }

  option(item, index) {
    const line = document.createElement("li");
    line.id = `${this.list.id}-${index}`;
    line.setAttribute("role", "option");
    const place = document.createElement("span");
    place.className = "muted small";
    place.textContent = item.place ? `　${item.place}` : "";
    line.append(item.name, place);
    line.addEventListener("mousedown", (event) => {
      event.preventDefault();
      this.props.command(item);
    });
    return line;
  }

  mark() {
    [...this.list.children].forEach((line, index) => {
      line.setAttribute("aria-selected", String(index === this.index));
      if (index === this.index) line.scrollIntoView({ block: "nearest" });
    });
    const current = this.list.children[this.index];
    if (current) this.editable.setAttribute("aria-activedescendant", current.id);
    else this.editable.removeAttribute("aria-activedescendant");
  }

  place() {
    const box = this.props.clientRect && this.props.clientRect();
    if (!box) return;
    const left = Math.min(box.left, document.documentElement.clientWidth - this.list.offsetWidth - 8);
    this.list.style.left = `${Math.max(8, left) + window.pageXOffset}px`;
    const below = box.bottom + 4 + this.list.offsetHeight < window.innerHeight;
    const top = below ? box.bottom + 4 : box.top - this.list.offsetHeight - 4;
    this.list.style.top = `${top + window.pageYOffset}px`;
  }

  onKeyDown({ event }) {
    const { items, command } = this.props;
    // Enter while pinyin is being composed chooses a character, not a person.
    if (event.isComposing || event.keyCode === 229 || !items.length) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      this.index = (this.index + step + items.length) % items.length;
      this.mark();
      return true;
    }
    if ((event.key === "Enter" && !event.ctrlKey && !event.metaKey) || event.key === "Tab") {
      command(items[this.index]);
      return true;
    }
    return false;
  }

  onExit() {
    this.list.remove();
    this.editable.removeAttribute("aria-controls");
    this.editable.removeAttribute("aria-activedescendant");
  }
}
