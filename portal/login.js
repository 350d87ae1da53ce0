// The log-in: a token, and nothing else.

import * as api from "./api.js";
import { element } from "./dom.js";

export function loginView(entered) {
  const error = element("p", { class: "error", role: "alert", hidden: true });
  const token = element("input", {
    id: "token", type: "password", autocomplete: "current-password", spellcheck: "false", required: true,
    "aria-describedby": "token-hint",
  });
  const button = element("button", { class: "primary", type: "submit" }, "Log in");

  async function submit(event) {
    event.preventDefault();
    error.hidden = true;
    button.disabled = true;
    try {
      entered(await api.login(token.value.trim()));
    } catch (problem) {
      error.textContent = problem.message;
      error.hidden = false;
      token.select();
    } finally {
      button.disabled = false;
    }
  }

  const node = element("div", { class: "welcome" },
    element("form", { class: "panel login", onsubmit: submit },
      element("img", { src: "/portal/icon.svg", alt: "", width: "48", height: "48" }),
      element("h1", {}, "Lightpipe"),
      element("p", { class: "dim" }, "Your measurements, from the detector to the result."),
      element("label", { for: "token" }, "Access token"),
      token,
      error,
      button,
      element("p", { class: "hint", id: "token-hint" },
        "You get a token from the people who run your beamline. This browser stays logged in for a week.")));
  return { node, enter: () => token.focus(), leave() {} };
}
