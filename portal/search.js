// The search: a box, facets, and cards that go on as far as one scrolls.

import * as api from "./api.js";
import { announce, drawing, element, notice } from "./dom.js";
import { count, size, state, tape, time } from "./format.js";

const TYPING_PAUSE_MS = 250;
const FACETS = { experiment: "Experiment", beamline: "Beamline" };
const FACET_VALUES_AT_FIRST = 8;

export function searchView(initial, { lost, changed }) {
  const choices = { q: initial.q ?? "", experiment: initial.experiment ?? "", beamline: initial.beamline ?? "" };
  let question = new AbortController();
  let next = null;
  let loading = false;
  let scrolled = 0;
  let began = false;
  let typing;

  const box = element("input", {
    id: "q", type: "search", value: choices.q, placeholder: "Sample, dataset, user, metadata …", autocomplete: "off",
    spellcheck: "false", "aria-label": "Search the records", "aria-keyshortcuts": "/",
    oninput() {
      clearTimeout(typing);
      typing = setTimeout(() => choose({ q: box.value }), TYPING_PAUSE_MS);
    },
  });
  const total = element("h1", { class: "total", tabindex: "-1" }, "Records");
  const chosen = element("div", { class: "chosen" });
  const facets = element("div", { class: "facets" });
  const list = element("ul", { class: "cards" });
  const end = element("div", { class: "end" });
  // a wide window has the facets open beside the results, a telephone has them closed above
  const wide = window.matchMedia("(min-width: 56rem)");
  const drawer = element("details", { class: "drawer", open: wide.matches },
    element("summary", {}, "Filter"), facets);
  const node = element("div", { class: "search" },
    element("form", {
      class: "box", role: "search",
      onsubmit(event) {
        event.preventDefault();
        clearTimeout(typing);
        choose({ q: box.value });
      },
    }, glass(), box, element("kbd", { title: "Press / to search", "aria-hidden": "true" }, "/")),
    drawer,
    element("section", { class: "results", "aria-label": "Records" },
      element("div", { class: "above" }, total, chosen), list, end));
  const nearEnd = new IntersectionObserver(([entry]) => entry.isIntersecting && more(), { rootMargin: "600px" });

  function choose(change) {
    Object.assign(choices, change);
    choices.q = choices.q.trim();
    changed(choices);
    load();
  }

  async function load() {
    question.abort();
    question = new AbortController();
    const { signal } = question;
    next = null;
    loading = true;
    node.classList.add("waiting");
    try {
      const page = await api.search(choices, null, signal);
      loading = false;
      list.replaceChildren(...page.records.map(card));
      total.textContent = count(page.total, "record");
      announce(`${count(page.total, "record")} found`);
      drawFacets(page.facets);
      drawChosen();
      finish(page);
    } catch (problem) {
      failed(problem, signal, load);
    } finally {
      if (!signal.aborted) node.classList.remove("waiting");
    }
  }

  async function more() {
    if (loading || next === null) return;
    loading = true;
    const { signal } = question;
    end.replaceChildren(element("p", { class: "dim" }, "Loading …"));
    try {
      const page = await api.search(choices, next, signal);
      loading = false;
      list.append(...page.records.map(card));
      announce(`${count(page.records.length, "more record")} loaded`);
      finish(page);
    } catch (problem) {
      failed(problem, signal, more);
    }
  }

  function finish(page) {
    next = page.next;
    end.replaceChildren();
    if (next !== null) {
      const button = element("button", { onclick: more }, "Show more");
      end.replaceChildren(button);
      nearEnd.disconnect();
      nearEnd.observe(button);
    } else if (list.children.length === 0) {
      end.replaceChildren(nothing());
    }
  }

  function nothing() {
    if (choices.q || choices.experiment || choices.beamline) {
      return notice("Nothing found", "No record that you may see has all of this. Try fewer or other words.",
        element("button", {
          onclick() {
            box.value = "";
            choose({ q: "", experiment: "", beamline: "" });
          },
        }, "Clear the search"));
    }
    return notice("No records yet",
      "As soon as a measurement of one of your experiments is in storage, it appears here by itself.");
  }

  function failed(problem, signal, again) {
    if (signal.aborted) return;
    loading = false;
    if (problem.status === 401) {
      lost();
      return;
    }
    if (again === load) list.replaceChildren();
    nearEnd.disconnect();
    end.replaceChildren(notice("The records cannot be shown", `${problem.message} ${problem.mend ?? ""}`,
      element("button", { class: "primary", onclick: again }, "Try again")));
  }

  function drawFacets(counts) {
    // the choices are drawn anew; whoever works with the keyboard stays on the one he has just made
    const focused = facets.contains(document.activeElement) ? document.activeElement.id : "";
    drawer.hidden = Object.keys(FACETS).every((name) => counts[name].length === 0 && !choices[name]);
    facets.replaceChildren(...Object.entries(FACETS).map(([name, title]) => {
      const values = [...counts[name]];
      if (choices[name] && !values.some((item) => item.value === choices[name])) {
        values.unshift({ value: choices[name], count: 0 });
      }
      const rows = values.map((item, index) => facetRow(name, item, index));
      const hidden = rows.filter((row) => row.hidden).length;
      return element("fieldset", {},
        element("legend", {}, title),
        rows.length > 0 ? rows : element("p", { class: "dim" }, "none"),
        hidden > 0 && element("button", {
          type: "button", class: "quiet",
          onclick(event) {
            rows.forEach((row) => { row.hidden = false; });
            event.target.remove();
          },
        }, `${hidden} more`));
    }));
    if (focused) document.getElementById(focused)?.focus();
  }

  function facetRow(name, item, index) {
    const on = choices[name] === item.value;
    return element("label", { class: "facet", hidden: index >= FACET_VALUES_AT_FIRST && !on },
      element("input", {
        type: "checkbox", id: `${name}=${item.value}`, checked: on,
        onchange: () => choose({ [name]: on ? "" : item.value }),
      }),
      element("span", { class: "value", title: item.value }, item.value),
      element("span", { class: "count" }, item.count.toLocaleString("en")));
  }

  function drawChosen() {
    chosen.replaceChildren(...Object.keys(FACETS).filter((name) => choices[name]).map((name) =>
      element("button", {
        class: "chip", title: `Remove this ${name}`, "aria-label": `Remove ${name} ${choices[name]}`,
        onclick: () => choose({ [name]: "" }),
      }, choices[name], element("span", { "aria-hidden": "true" }, "×"))));
  }

  function slash(event) {
    const writing = event.target.closest?.("input, textarea");
    if (event.key === "/" && !writing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      box.select();
    }
  }

  return {
    node,
    enter() {
      document.addEventListener("keydown", slash);
      if (began) {
        window.scrollTo(0, scrolled);
      } else {
        began = true;
        window.scrollTo(0, 0);
        load();
      }
    },
    leave() {
      scrolled = window.scrollY;
      clearTimeout(typing);
      document.removeEventListener("keydown", slash);
    },
  };
}

function card(record) {
  const picture = record.preview
    ? element("img", { src: api.previewAddress(record.id), alt: "", loading: "lazy", decoding: "async" })
    : element("span", { class: "none" }, "no preview");
  return element("li", { class: "card" },
    element("a", { href: `#/record/${record.id}` },
      element("div", { class: "picture" }, picture),
      element("div", { class: "words" },
        element("h2", {}, record.dataset,
          record.part > 1 && element("span", { class: "part" }, ` part ${record.part}`)),
        element("p", { class: "title" }, record.title),
        element("p", { class: "dim" }, `${record.experiment} · ${record.beamline}`),
        element("p", { class: "dim" },
          time(record.completedAt ?? record.publishedAt), ` · ${count(record.files, "file")}, ${size(record.bytes)}`),
        element("p", { class: "badges" }, state(record.state), record.tape && tape(record.tape)))));
}

function glass() {
  return drawing("svg", { viewBox: "0 0 20 20", class: "glass", "aria-hidden": "true" },
    drawing("circle", { cx: "8.5", cy: "8.5", r: "5.5" }), drawing("path", { d: "m13 13 4.5 4.5" }));
}
