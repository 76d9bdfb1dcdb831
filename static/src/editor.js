// The page of a lesson plan. It reads at once as the server rendered it; where the person may write, the editor takes
// over as soon as the document is here. The editor never inserts a template: documents are born on the server.
import "./polyfill.js";
import * as Y from "yjs";
import { Editor, getSchema } from "@tiptap/core";
import Collaboration from "@tiptap/extension-collaboration";
import CollaborationCaret from "@tiptap/extension-collaboration-caret";
import { Placeholder } from "@tiptap/extensions";
import { Awareness } from "y-protocols/awareness";
import { warnBeforeLeaving } from "./behaviors/leaving.js";
import "./behaviors/send-once.js";
import { toast } from "./behaviors/toast.js";
import { linkDialog } from "./composer/link-dialog.js";
import { beginEarly, fetchState } from "./editor/early-state.js";
import { ExactWords } from "./editor/exact-words.js";
import { beginningWith } from "./editor/first-content.js";
import { readCaret } from "./composer/fresh-caret.js";
import { keepCaret } from "./editor/keep-caret.js";
import { keepingFor } from "./editor/keeping-for.js";
import { KeptWords } from "./editor/kept-words.js";
import { LocalMemory } from "./editor/local-memory.js";
import { PlanProvider } from "./editor/provider.js";
import { extensions } from "./editor/schema.js";
import { keepNumber, renumber } from "./editor/own-number.js";
import { Outline } from "./editor/outline.js";
import { People, caret } from "./editor/people.js";
import { Pictures } from "./editor/pictures/pictures.js";
import { holdsUnknown, letGoOfUnknown } from "./editor/unknown.js";
import { Status } from "./editor/status.js";
import { Toolbar } from "./editor/toolbar.js";
import { cardDialog } from "./editor/cards/dialog.js";
import { formulaDialog } from "./editor/formulas/dialog.js";
import { pinyinDialog } from "./editor/pinyin/dialog.js";
import { Finder } from "./editor/find/bar.js";
import { bindFocusMode } from "./editor/focus-mode.js";
import { bindKeysHelp } from "./editor/keys-help.js";
import { Pasting } from "./editor/pasting/pasting.js";
import { pictureDialog } from "./editor/pictures/dialog.js";
import { bindSaving } from "./editor/saving.js";
import { Claims } from "./lessonplans/together/claiming.js";
import { isOff, isRefused, showUnsent, startAgain } from "./lessonplans/suggesting/only.js";
import { SuggestingMode } from "./lessonplans/suggesting/mode.js";
import { bindSuggesting } from "./lessonplans/suggesting/suggesting.js";
import { Comments } from "./lessonplans/comments/comments.js";
import "./lessonplans/suggest.js";

const FIELD = "default";

class PlanPage {
  constructor(page) {
    this.page = page;
    this.text = page.querySelector(".plan-text");
    this.doc = new Y.Doc();
    this.awareness = new Awareness(this.doc);
    this.awareness.setLocalState({});
    const { userId, planId, proposes } = page.dataset;
    renumber(this.doc, this.awareness, Number(userId), proposes === "true");
    this.memory = new LocalMemory(`plan:${userId}:${planId}`, this.doc);
    this.outline = new Outline(page.querySelector("[data-outline]"), page);
  }

  async start() {
    const given = fetchState(this.page.dataset.stateUrl);
    await this.memory.open();
    this.memory.write("title", this.page.dataset.label.replace(/ 正文$/, ""));
    this.memory.write("path", window.location.pathname);
    const { planId, userId, proposes, updatesUrl, compareUrl } = this.page.dataset;
    const { doc, awareness, memory } = this;
    this.provider = new PlanProvider({
      planId: Number(planId),
      doc,
      awareness,
      memory,
      postUrl: updatesUrl,
      compareUrl,
    });
    keepNumber(this.provider, Number(userId), proposes === "true");
    this.kept = new KeptWords(doc, FIELD, keepingFor(this));
    this.provider.around = (change, update, vector) => this.kept.around(update, () => keepCaret(this.editor, change), vector);
    window.addEventListener("pagehide", () => this.kept.putBackNow());
    this.status = new Status(this.page, this.provider, () => this.ownText());
    this.people = new People(this.page.querySelector("[data-plan-here]"), this.provider, this.page);
    this.provider.on("synced", () => this.mount());
    this.provider.on("role", () => this.followRole());
    this.provider.on("stopped", (code) => {
      this.followRole();
      if (isRefused(code)) startAgain(this.page, this.provider, FIELD, Number(this.page.dataset.userId));
    });
    showUnsent(this.page, Number(this.page.dataset.userId));
    this.provider.on("reset", () => this.startOver());
    // Without a line, what this machine remembers is better than waiting.
    if (this.filled) this.provider.on("state", (state) => state === "offline" && this.mount());
    bindSaving(this.provider);
    this.comments = Comments.on(this.page, this.provider);
    // What this machine remembers needs no copy: joining brings only what is new.
    if (!this.filled) given.then((found) => found && beginEarly(this.provider, found));
    warnBeforeLeaving(() => this.provider.unconfirmed || (this.pictures && this.pictures.wouldLose));
  }

  get filled() {
    return this.doc.getXmlFragment(FIELD).length > 0;
  }

  mount() {
    if (this.editor || !this.filled) return;
    if (holdsUnknown(this.doc.getXmlFragment(FIELD), getSchema(extensions()))) return this.provider.stop("upgrade");
    const pictures = (this.pictures = new Pictures(this.page.dataset.imagesUrl, this.memory));
    this.finder = new Finder(this.provider.hold);
    this.suggesting = new SuggestingMode(this.provider, this.page.dataset);
    const place = document.createElement("div");
    const { onBeforeCreate, ySyncOptions } = beginningWith(this.doc.getXmlFragment(FIELD));
    this.editor = new Editor({
      element: place,
      onBeforeCreate,
      injectCSS: false,
      editable: this.writable,
      editorProps: { attributes: this.attributes() },
      extensions: [
        ...extensions(),
        Placeholder.configure({ placeholder: ({ node }) => (node.type.name === "heading" ? "小标题" : "") }),
        Collaboration.configure({ document: this.doc, field: FIELD, ySyncOptions }),
        ExactWords,
        CollaborationCaret.configure({ provider: this.provider, user: this.provider.me || {}, render: caret }),
        pictures.extension(),
        new Pasting(pictures).extension(),
        this.finder.extension(),
        this.suggesting.extension(),
        ...(this.comments ? [this.comments.extension()] : []),
      ],
    });
    this.takeOver(place);
    pictures.attach(this.editor);
    letGoOfUnknown(this.doc, this.editor, () => this.provider.stop("upgrade"));
    this.provider.hold.attach(this.editor.view.dom);
    this.provider.on("frame", () => this.editor && readCaret(this.editor.view));
    this.finder.attach(this.editor, place);
    this.outline.count(this.editor);
    this.editor.on("update", () => this.outline.changed(this.editor));
    this.editor.on("selectionUpdate", () => this.outline.changed(this.editor));
    this.editor.on("sectionGuarded", () => toast("章节标题受保护，选中章节里的内容再删"));
    this.people.following.attach(this.editor);
    new Claims(this.page, this.editor, this.provider);
    this.bindTools(pictures);
    if (this.comments) this.comments.attach(this.editor);
    this.page.dataset.ready = "true";
  }

  attributes() {
    const { label } = this.page.dataset;
    return {
      id: "plan-text",
      role: "textbox",
      "aria-multiline": "true",
      "aria-label": label,
      lang: "zh-CN",
      class: "plan-text",
    };
  }

  // The editor stands where the server's text stood, without a jump: what was read stays in its place, although the
  // browser had only guessed the height of what lay far from it.
  takeOver(place) {
    if (!window.scrollY) return this.text.replaceWith(place);
    const at = window.scrollY;
    const top = (section) => section.getBoundingClientRect().top;
    const read = [...this.text.querySelectorAll(".plan-section")].find((one) => one.getBoundingClientRect().bottom > 0);
    const before = read && top(read);
    this.text.replaceWith(place);
    const now = read && place.querySelector(`#${CSS.escape(read.id)}`);
    window.scrollTo(0, now ? window.scrollY + top(now) - before : at);
  }

  bindTools(pictures) {
    const suggest = bindSuggesting(this.page, this.editor, this.suggesting);
    const bar = this.page.querySelector("[data-plan-toolbar]");
    if (!bar) return;
    const input = bar.querySelector("[data-image-input]");
    input.addEventListener("change", () => {
      pictures.insert(this.editor, input.files);
      input.value = "";
    });
    this.toolbar = new Toolbar(bar, this.editor, {
      image: () => input.click(),
      link: linkDialog,
      card: cardDialog,
      formula: formulaDialog,
      pinyin: pinyinDialog,
      find: () => this.finder.open(),
      suggesting: suggest,
      focusMode: bindFocusMode(bar.querySelector("[data-command=focusMode]")),
      help: bindKeysHelp(),
      describe: pictureDialog,
      isOff: (name) => isOff(this.suggesting, this.editor, name),
    });
  }

  // Whether typing makes sense: with the right to write, or offline with a right that was not taken away.
  get writable() {
    const { provider, page } = this;
    if (provider.problem && !["sign_in", "forbidden"].includes(provider.problem)) return false;
    return provider.role === null ? page.dataset.mayWrite === "true" : provider.mayWrite;
  }

  followRole() {
    if (!this.editor) return;
    this.editor.setEditable(this.writable);
    if (this.toolbar) this.toolbar.refresh();
  }

  ownText() {
    return this.editor ? this.editor.getText({ blockSeparator: "\n" }) : "";
  }

  // The document was replaced on the server: the local copy is of another document now.
  async startOver() {
    await this.memory.clear();
    location.reload();
  }
}

const page = document.querySelector("[data-plan-page]");
if (page) {
  page.planPage = new PlanPage(page);
  page.planPage.start();
}
