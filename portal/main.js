// The page: who is here, which address is shown, and the bar on top.

import * as api from "./api.js";
import { element, notice } from "./dom.js";
import { loginView } from "./login.js";
import { recordView } from "./record.js";
import { searchView } from "./search.js";

const content = document.getElementById("content");
const bar = document.getElementById("bar");
let user = null;
let shown = { leave() {} };
let results = null;

document.getElementById("skip").addEventListener("click", (event) => {
  event.preventDefault();
  content.focus();
});
window.addEventListener("hashchange", show);
start();

async function start() {
  try {
    user = await api.me();
  } catch (problem) {
    if (problem.status !== 401) {
      content.replaceChildren(
        notice("The portal cannot start", `${problem.message} ${problem.mend}`,
          element("button", { class: "primary", onclick: () => location.reload() }, "Try again")),
      );
      return;
    }
  }
  show();
}

/** Shows what the address says: #/?q=…, #/record/12. Without a user it is the log-in, and the address stays. */
function show() {
  shown.leave();
  drawBar();
  if (!user) {
    present(loginView(entered), "Log in");
    return;
  }
  const record = /^#\/record\/(\d+)$/.exec(location.hash);
  if (record) {
    present(recordView(record[1], { lost, back: results?.address ?? "#/" }), `Record ${record[1]}`);
    return;
  }
  if (results?.address !== address()) results = remembered();
  present(results.view, "Search");
}

/** Coming back from a record finds the results as they were left. */
function remembered() {
  const choices = Object.fromEntries(new URLSearchParams(address().split("?")[1] ?? ""));
  const page = {
    address: address(),
    view: searchView(choices, {
      lost,
      changed(next) {
        const parameters = new URLSearchParams(Object.entries(next).filter(([, value]) => value));
        page.address = parameters.size > 0 ? `#/?${parameters}` : "#/";
        history.replaceState(null, "", page.address);
      },
    }),
  };
  return page;
}

function address() {
  return location.hash === "" ? "#/" : location.hash;
}

function present(view, title) {
  shown = view;
  document.title = `${title} · Lightpipe`;
  content.replaceChildren(view.node);
  view.enter();
}

function entered(caller) {
  user = caller;
  results = null;
  show();
}

/** The session has ended: log in again, and go on where it was. */
function lost() {
  user = null;
  results = null;
  show();
}

async function leave() {
  try {
    await api.logout();
  } finally {
    location.hash = "#/";
    lost();
  }
}

function drawBar() {
  bar.hidden = !user;
  if (!user) return;
  bar.replaceChildren(
    element("a", { class: "brand", href: "#/" }, element("img", { src: "/portal/icon.svg", alt: "" }), "Lightpipe"),
    element("div", { class: "person" },
      element("span", { class: "name" }, user.username),
      user.operator && element("span", { class: "badge calm" }, "operator"),
      element("button", { class: "quiet", onclick: leave }, "Log out")),
  );
}
