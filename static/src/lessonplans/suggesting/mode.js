// The switch 修订: while it is on, what one types and deletes becomes a suggestion.
import { Extension } from "@tiptap/core";
import { Fragment, Slice } from "@tiptap/pm/model";
import { Plugin, PluginKey } from "@tiptap/pm/state";
import { Decoration, DecorationSet } from "@tiptap/pm/view";
import { isChangeOrigin } from "@tiptap/extension-collaboration";
import { toast } from "../../behaviors/toast.js";
import { SPOT } from "../../editor/pasting/clean.js";
import { changesOwnPictures, isOwn, isWithinOwn, staysWithinOwn } from "./blocks.js";
import { asColumns, completeRows } from "./columns.js";
import { asFormats } from "./formats.js";
import { looksOf } from "./formulas.js";
import { asGrid, gridHints } from "./grid.js";
import { BREAK, INSERTION, JOIN, markOf } from "./marks.js";
import { mendingPlugin } from "./mending.js";
import { asSuggestion, newAttributes, outsideDeletions, suggestedSince, withoutBreaks, wordsOf } from "./rewriting.js";
import { asSwitches } from "./switches.js";

/** On a transaction that is an ordinary edit though the switch is on: a decision, a picture that arrives late. */
export const PLAIN = "notSuggested";
const JUDGED = "judged";
const REFUSED =
  "修订时可以增加、删除文字、公式、图片和表格的整行整列，合并、拆分格子，设表头，勾选任务，改字的样子、标题、对齐和列表。别的改动，例如插入表格、画板，请先关掉“修订”；别人已经提过的，请先决定那一条";
const REFUSED_HERE =
  "您在这里只提修订：可以增加、删除文字、公式、图片和表格的整行整列，改字的样子、标题、对齐和列表，合并、拆分格子，设表头，勾选任务。要加整个表格、画板，请写在批注里告诉主备人";
const QUIET_MS = 4000;

export class SuggestingMode {
  /** `given`: what the page says of its reader, as long as the server has not said more. */
  constructor(provider, given) {
    this.provider = provider;
    this.given = given;
    this.userId = Number(given.userId);
    this.turned = false;
    this.told = 0;
    // The document as it was when an input method began; null while none is at work.
    this.before = null;
  }

  /** What an input method writes is left alone, for marks would take the text away under it. It becomes a suggestion at its
   *  end, before anything leaves this page. */
  attach(editor, hold) {
    this.editor = editor;
    const { release } = hold;
    hold.release = () => {
      this.endComposing();
      release();
    };
  }

  turn(on) {
    this.endComposing();
    this.turned = on;
  }

  /** Whether this person may do nothing but suggest: then it is always on. */
  get only() {
    const { role } = this.provider;
    return role === null ? this.given.proposes === "true" : role === "suggest";
  }

  get on() {
    return this.turned || this.only;
  }

  /** Who suggests; null before the server has said who one is. */
  get author() {
    const { me } = this.provider;
    if (me) return { id: this.userId, name: me.name };
    return this.only ? { id: this.userId, name: this.given.userName } : null;
  }

  get works() {
    return this.on && this.author !== null;
  }

  /** Not within what one suggests oneself: a new row is filled like any other, by those who may put in rows. */
  worksAt({ state: { doc, selection } }) {
    return this.works && (this.only || !isWithinOwn(doc, selection.from, selection.to, this.userId));
  }

  /** What says that something as a whole is put in by whoever suggests now; null while nobody does. */
  newInsertion() {
    return this.works ? { [INSERTION]: newAttributes(this.author) } : null;
  }

  refuse() {
    if (Date.now() - this.told > QUIET_MS) toast(this.only ? REFUSED_HERE : REFUSED);
    this.told = Date.now();
    // A box that was ticked in the page is as it is in the text.
    const boxes = this.editor ? this.editor.view.dom.querySelectorAll("li[data-checked] input[type=checkbox]") : [];
    boxes.forEach((box) => (box.checked = box.closest("li").dataset.checked === "true"));
  }

  extension() {
    const mode = this;
    return Extension.create({
      name: "suggesting",
      priority: 1000,
      addStorage: () => ({ mode }),
      addProseMirrorPlugins: () => [mode.plugin(), mendingPlugin()],
      dispatchTransaction({ transaction, next }) {
        const kept = mode.allowed(mode.judged(transaction, this.editor.state));
        if (kept) next(kept.setMeta(JUDGED, true));
      },
    });
  }

  /** Of what is put in as an element the server takes from who only suggests what says whose suggestion it is. */
  allowed(transaction) {
    if (!transaction || !this.only || !transaction.docChanged || isChangeOrigin(transaction)) return transaction;
    if (transaction.before === transaction.doc || !putsElements(transaction.before, transaction.doc, this.userId)) return transaction;
    this.refuse();
    return null;
  }

  judged(transaction, state) {
    if (!transaction.docChanged || isChangeOrigin(transaction) || transaction.getMeta(PLAIN)) return transaction;
    if (!this.works) {
      if (!transaction.getMeta("uiEvent")) outsideDeletions(transaction, state);
      return completeRows(transaction);
    }
    const isOwnChange = this.only ? changesOwnPictures : staysWithinOwn;
    if (this.before || isOwnChange(transaction, this.userId)) return completeRows(transaction);
    const suggested = asSuggestion(transaction, state, this.author) || this.asWhole(transaction, state);
    if (!suggested) this.refuse();
    return suggested && completeRows(suggested);
  }

  /** What changes no words: the format of paragraphs, columns, cells that are merged, split or headings, tasks that are done. */
  asWhole(transaction, state) {
    const attrs = newAttributes(this.author);
    const ways = [asFormats, asColumns, asGrid, asSwitches];
    return ways.reduce((made, way) => made || way(transaction, state.tr, attrs), null);
  }

  plugin() {
    return new Plugin({
      key: new PluginKey("suggesting"),
      state: {
        init: (_, { doc }) => shownIn(doc),
        apply: (transaction, shown) => (transaction.docChanged ? shownIn(transaction.doc) : shown),
      },
      // What plugins would put right by themselves is no suggestion: it is left to those who write.
      filterTransaction: (tr) => !this.only || !tr.docChanged || Boolean(tr.getMeta(JUDGED)) || isChangeOrigin(tr),
      props: {
        decorations(state) {
          return this.getState(state);
        },
        handleTextInput: (view, from, to, text, usual) => this.type(view, from, to, text, usual),
        handleKeyDown: (view, event) => this.key(view, event),
        handlePaste: (view, event, slice) => this.paste(view, event, slice),
        handleDOMEvents: {
          compositionstart: (view) => this.beginComposing(view),
          beforeinput: (view, event) => this.takeAway(view, event),
        },
      },
    });
  }

  /** Typing “1. ” makes no list here: a list cannot be suggested, the two characters can. */
  type(view, from, to, text, usual) {
    if (!this.works || view.composing) return false;
    const bare = withoutBreaks(text);
    view.dispatch(usual && bare === text ? usual() : view.state.tr.insertText(bare, from, to));
    return true;
  }

  key(view, event) {
    if (!this.worksAt(view) || event.key !== "Enter" || view.composing || event.isComposing) return false;
    view.dispatch(view.state.tr.replaceSelectionWith(view.state.schema.text(BREAK)).scrollIntoView());
    return true;
  }

  /** A character, word or line, as the browser would delete it; what it deletes in the page itself could not be put back. */
  takeAway(view, event) {
    if (!this.worksAt(view) || !event.inputType.startsWith("delete") || !event.cancelable || view.composing || this.before) return false;
    const [range] = event.getTargetRanges();
    if (!range) return false;
    event.preventDefault();
    const from = view.posAtDOM(range.startContainer, range.startOffset, -1);
    const to = view.posAtDOM(range.endContainer, range.endOffset, 1);
    if (from < to) view.dispatch(view.state.tr.delete(from, to).scrollIntoView());
    return true;
  }

  /** Text comes in as one run, its paragraphs as suggested breaks; what has tables or pictures waits for the switch. */
  paste(view, event, slice) {
    if (!this.worksAt(view)) return false;
    const { state } = view;
    const words = wordsOf(slice, state.schema, true);
    const isText = words && !slice.content.textBetween(0, slice.content.size).includes(SPOT);
    // A screenshot is a file beside no text at all.
    const isFile = !slice.size && event.clipboardData && event.clipboardData.files.length > 0;
    if (isFile && isScreenshot(event.clipboardData)) return false;
    if (!isText || isFile) this.refuse();
    else if (words.length) view.dispatch(state.tr.replaceSelection(new Slice(Fragment.from(words), 0, 0)).scrollIntoView());
    return true;
  }

  beginComposing(view) {
    if (this.worksAt(view) && view.editable) this.before = this.before || view.state.doc;
    return false;
  }

  endComposing() {
    const { before, editor } = this;
    this.before = null;
    if (!before || editor.isDestroyed || !this.works || before.eq(editor.state.doc)) return;
    const suggested = suggestedSince(before, editor.state, this.author);
    if (suggested.refused) this.refuse();
    editor.view.dispatch(suggested.transaction.setMeta(PLAIN, true));
  }
}

/** Whether one tree has elements that the other one has not, at any place where they differ, but what this person suggests to
 *  put in. */
function putsElements(before, after, author) {
  const [old, now] = [elementsIn(before, author), elementsIn(after, author)];
  if (now.length > old.length) return true;
  return now.length === old.length
    ? now.some((node, n) => node !== old[n] && (node.type !== old[n].type || putsElements(old[n], node, author)))
    : now.some((node) => !old.includes(node) && !old.some((one) => one.type === node.type && !putsElements(one, node, author)));
}

function elementsIn(parent, author) {
  const found = [];
  parent.forEach((node) => node.isText || isOwn(node, author) || found.push(node));
  return found;
}

/** Pictures only: they come in as a suggestion of their own. */
const isScreenshot = (data) => !data.getData("text/html") && [...data.files].every(({ type }) => type.startsWith("image/"));

/** A suggested break is shown as one, and so is one that would go; the first cell of those to be merged says that. */
function shownIn(doc) {
  const found = gridHints(doc).map(({ from, to, words }) => Decoration.node(from, to, { class: "suggested-grid-first", "data-shape": words, title: words }));
  found.push(...looksOf(doc));
  doc.descendants((node, position) => {
    if (!node.isText || !markOf(node, INSERTION)) return;
    for (let at = 0; at < node.text.length; at += 1) {
      if (![BREAK, JOIN].includes(node.text[at])) continue;
      found.push(Decoration.inline(position + at, position + at + 1, { class: "suggested-break" }));
    }
  });
  return DecorationSet.create(doc, found);
}
