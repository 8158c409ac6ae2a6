// What the pages around a call share.

import { element } from "./dom";
import { icon, logo } from "./icons";

export function brand(): HTMLElement {
  return element("a", { class: "brand", href: "/" }, [logo(), "Sluice"]);
}

export function problemBox(text: string): HTMLElement {
  return element("p", { class: "problem", role: "alert" }, [icon("warning"), element("span", {}, [text])]);
}

/** A page with one message and what can be done about it: after leaving, or when a call cannot be. */
export function messagePage(options: {
  title: string;
  text: string;
  primary: { words: string; act: () => void };
}): HTMLElement {
  const button = element("button", { class: "button primary", type: "button" }, [options.primary.words]);
  button.addEventListener("click", options.primary.act);
  return element("div", { class: "entry" }, [
    element("header", {}, [brand()]),
    element("main", {}, [
      element("div", { class: "card" }, [
        element("div", {}, [element("h1", {}, [options.title]), element("p", { class: "lead" }, [options.text])]),
        element("div", { class: "chips" }, [button, element("a", { class: "button", href: "/" }, ["Start page"])]),
      ]),
    ]),
  ]);
}
