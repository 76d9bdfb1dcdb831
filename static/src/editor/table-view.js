// A table that is wider than the page scrolls by itself; a reader without a mouse must be able to focus it for that.
import { Table, TableCell, TableHeader, TableRow, TableView } from "@tiptap/extension-table";
import { changeAttributes } from "../lessonplans/suggesting/blocks.js";
import { fillerAttribute } from "../lessonplans/suggesting/columns.js";
import { gridAttributes } from "../lessonplans/suggesting/grid.js";

class ScrollableTable extends TableView {
  constructor(node, cellMinWidth, view, attributes) {
    super(node, cellMinWidth, view, attributes);
    if (!view || view.editable) {
      this.dom.setAttribute("contenteditable", "inherit"); // said where it can be seen: the caret goes in, and scrolls it
      return;
    }
    this.dom.tabIndex = 0;
    this.dom.setAttribute("role", "region");
    this.dom.setAttribute("aria-label", "表格");
  }
}

// The editor draws its tables itself from the first moment. Left to the plugin that resizes columns, the view would come
// with the plugins, after everything has been drawn once, and all would be drawn a second time.
export const PlanTable = Table.extend({
  addNodeView() {
    return ({ node, view }) => new ScrollableTable(node, this.options.cellMinWidth, view);
  },
}).configure({ resizable: true, lastColumnResizable: false, cellMinWidth: 48, View: null });

/** A row may be suggested as a whole, and a column, and that cells are merged or split: cells say so. */
export const PlanRow = TableRow.extend({ addAttributes: changeAttributes });

function cellAttributes() {
  return { ...this.parent(), ...changeAttributes(), ...fillerAttribute(), ...gridAttributes() };
}

export const PlanCell = TableCell.extend({ addAttributes: cellAttributes });
export const PlanHeader = TableHeader.extend({ addAttributes: cellAttributes });
