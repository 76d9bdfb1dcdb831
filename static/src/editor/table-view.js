// A table that is wider than the page scrolls by itself; a reader without a mouse must be able to focus it for that.
import { TableView } from "@tiptap/extension-table";

export class ScrollableTable extends TableView {
  constructor(node, cellMinWidth, view, attributes) {
    super(node, cellMinWidth, view, attributes);
    if (!view || view.editable) return;
    this.dom.tabIndex = 0;
    this.dom.setAttribute("role", "region");
    this.dom.setAttribute("aria-label", "表格");
  }
}
