// <p data-news="workshop:7=12 tasks:7=3" hidden>: says that what the page shows was added up before something changed.
// It publishes data-state="live" when it hears everything. It appears once, however much changes, and never reloads by itself: whoever reads is not interrupted.
import { follow } from "./topics.js";

export function watchNews(line) {
  const marks = line.dataset.news.split(" ");
  let joined = 0;
  for (const mark of marks) {
    const [topic, seq] = mark.split("=");
    follow(topic, {
      seq: () => Number(seq),
      onChanged: (message) => {
        joined += message.what === "join" ? 1 : 0;
        if (joined >= marks.length) line.dataset.state = "live";
        if (message.seq > Number(seq)) line.hidden = false;
      },
    });
  }
}
