// @name in a plain text field: colleagues to choose from, by keyboard or touch.
const TYPED = /@([^\s@，。；：、？！]{0,12})$/;
const MOST = 6;
let counter = 0;

export class Mentions {
  constructor(place, people) {
    this.people = people;
    this.list = document.createElement("ul");
    this.list.className = "suggest comment-people";
    this.list.id = `comment-people-${(counter += 1)}`;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", "提到谁");
    this.list.hidden = true;
    place.addEventListener("input", (event) => this.offer(event.target));
    place.addEventListener("keydown", (event) => this.onKey(event));
    place.addEventListener("focusout", () => this.close());
    this.list.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const line = event.target.closest("li");
      if (line) this.choose(line.dataset.name);
    });
  }

  offer(area) {
    if (!area.matches("[data-mentions]")) return;
    const typed = TYPED.exec(area.value.slice(0, area.selectionStart));
    const names = typed ? this.people.filter((name) => name.startsWith(typed[1])).slice(0, MOST) : [];
    if (!names.length || (names.length === 1 && names[0] === typed[1])) return this.close();
    this.area = area;
    this.typed = typed[1];
    this.list.replaceChildren(...names.map((name, index) => line(name, `${this.list.id}-${index}`)));
    area.insertAdjacentElement("afterend", this.list);
    area.setAttribute("aria-controls", this.list.id);
    this.list.hidden = false;
    this.mark(0);
  }

  mark(index) {
    this.index = index;
    [...this.list.children].forEach((item, number) => item.setAttribute("aria-selected", String(number === index)));
    this.area.setAttribute("aria-activedescendant", this.list.children[index].id);
  }

  onKey(event) {
    if (this.list.hidden || event.isComposing || event.keyCode === 229) return;
    const count = this.list.children.length;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.mark((this.index + step + count) % count);
    else if (event.key === "Enter" || event.key === "Tab") this.choose(this.list.children[this.index].dataset.name);
    else if (event.key === "Escape") this.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  choose(name) {
    const { area, typed } = this;
    const at = area.selectionStart;
    area.setRangeText(`${name} `, at - typed.length, at, "end");
    this.close();
    area.dispatchEvent(new Event("input", { bubbles: true }));
    area.focus();
  }

  close() {
    if (this.list.hidden) return;
    this.list.hidden = true;
    this.area.removeAttribute("aria-activedescendant");
    this.area.removeAttribute("aria-controls");
  }
}

function line(name, id) {
  const item = document.createElement("li");
  item.id = id;
  item.dataset.name = name;
  item.setAttribute("role", "option");
  item.textContent = name;
  return item;
}
