// The whole of a PDF file in place of the pictures of its first pages; what does that is fetched when somebody asks for it.
import { behavior } from "../registry.js";

behavior("[data-pdf]", (root) => {
  const button = root.querySelector("[data-read]");
  const note = root.querySelector("[data-read-note]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    note.textContent = "正在载入全文…";
    try {
      const { openReader } = await import("../reader/view.js");
      await openReader(root);
      button.remove();
      note.textContent = "";
      root.querySelector(".pdf-frame").focus({ preventScroll: true });
    } catch (error) {
      button.disabled = false;
      note.textContent = wordsFor(error);
    }
  });
});

function wordsFor(error) {
  if (error.name === "PasswordException") return "这个文件有密码，请下载后打开。";
  if (error.name === "WorkerError") return "全文没有载入：网络太慢，或者浏览器太旧。下面的图片照常可看。";
  if (error.name === "InvalidPDFException") return "全文读不出来，请下载后打开。";
  return "全文没有载入，可能是网络断了。下面的图片照常可看，过一会儿再试。";
}
