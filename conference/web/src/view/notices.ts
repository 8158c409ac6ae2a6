// Short messages that pass by: who came, who left. The container is a live region, so screen readers say them too.

import { byId, element } from "./dom";

const shownForMs = 4000;
/** More at once would hide the stage; the oldest goes. */
const mostAtOnce = 3;

export function notify(text: string): void {
  const container = byId("notices");
  while (container.childElementCount >= mostAtOnce) container.firstElementChild?.remove();
  const notice = element("div", { class: "notice" }, [text]);
  container.append(notice);
  setTimeout(() => notice.remove(), shownForMs);
}
