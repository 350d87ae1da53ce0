// One record: its picture, what is known of it, its files and results, how they were made, and where they lie.

import * as api from "./api.js";
import { announce, element, notice } from "./dom.js";
import { count, day, duration, fileState, size, state, tape, tapeMeaning, time, value } from "./format.js";

const RECALL_POLL_MS = 4_000;
const RECALLABLE = new Set(["VERIFIED", "RELEASING", "RELEASED"]);
const RECALL_OPEN = new Set(["REQUESTED", "STAGING"]);

export function recordView(id, { lost, back }) {
  const life = new AbortController();
  const node = element("article", { class: "record", "aria-busy": "true" });

  async function load() {
    node.replaceChildren(element("p", { class: "dim loading" }, "Loading …"));
    try {
      draw(await api.record(id, life.signal));
    } catch (problem) {
      failed(problem);
    } finally {
      node.removeAttribute("aria-busy");
    }
  }

  function draw(record) {
    document.title = `${name(record)} · Lightpipe`;
    const heading = element("h1", { tabindex: "-1" }, name(record));
    node.replaceChildren(...[
      trail(record, back),
      element("header", {}, heading, element("p", { class: "title" }, record.title),
        element("p", { class: "badges" }, state(record.state), record.tape && tape(record.tape.state))),
      element("div", { class: `overview${record.preview ? "" : " bare"}` }, picture(record), facts(record)),
      metadata(record),
      jobs(record),
      results(record),
      files(record),
      tapeSection(record, life.signal, lost),
    ].filter(Boolean));
    heading.focus({ preventScroll: true });
  }

  function failed(problem) {
    if (life.signal.aborted) return;
    if (problem.status === 401) {
      lost();
    } else if (problem.status === 404) {
      node.replaceChildren(notice("There is no such record",
        "It does not exist, or it belongs to an experiment of which you are not a user.",
        element("a", { class: "button", href: back }, "Back to the search")));
    } else {
      node.replaceChildren(notice("The record cannot be shown", `${problem.message} ${problem.mend ?? ""}`,
        element("button", { class: "primary", onclick: load }, "Try again")));
    }
  }

  return {
    node,
    enter() {
      window.scrollTo(0, 0);
      load();
    },
    leave: () => life.abort(),
  };
}

const name = (record) => record.dataset + (record.part > 1 ? ` part ${record.part}` : "");

function trail(record, back) {
  return element("nav", { class: "trail", "aria-label": "Where you are" },
    element("a", { href: back }, "← Results"),
    element("a", { href: `#/?${new URLSearchParams({ experiment: record.experiment })}` }, record.experiment));
}

function picture(record) {
  if (!record.preview) return null;
  const address = api.previewAddress(record.id);
  return element("figure", {},
    element("a", { href: address, target: "_blank", rel: "noopener", title: "Open in full size" },
      element("img", { src: address, alt: `Preview of ${name(record)}` })));
}

function facts(record) {
  const rows = [
    ["Experiment", element("a", { href: `#/?${new URLSearchParams({ experiment: record.experiment })}` }, record.experiment)],
    ["Beamline", element("a", { href: `#/?${new URLSearchParams({ beamline: record.beamline })}` }, record.beamline)],
    ["Station", record.station],
    ["Type", record.type],
    ["Beam time", record.startDate && record.endDate && `${day(record.startDate)} – ${day(record.endDate)}`],
    ["First file", time(record.openedAt)],
    ["Complete", time(record.completedAt)],
    ["Published", time(record.publishedAt)],
    ["Data", `${count(record.files, "file")}, ${size(record.bytes)}`],
    ["About", record.description],
  ];
  return element("dl", { class: "facts panel" }, rows.filter(([, content]) => content).map(([term, content]) =>
    element("div", {}, element("dt", {}, term), element("dd", {}, content))));
}

function section(title, note, ...children) {
  return element("section", { class: "part-of-record" },
    element("h2", {}, title, note && element("span", { class: "note" }, note)), children);
}

function table(heads, rows) {
  return element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Table" },
    element("table", {},
      element("thead", {}, element("tr", {}, heads.map((head) =>
        element("th", { scope: "col", class: head.startsWith("#") ? "number" : null }, head.replace("#", ""))))),
      element("tbody", {}, rows)));
}

function metadata(record) {
  const entries = Object.entries(record.metadata).sort(([a], [b]) => a.localeCompare(b, "en", { numeric: true }));
  if (entries.length === 0) {
    return section("Metadata", null, element("p", { class: "dim" }, "The files carry no metadata."));
  }
  const rows = entries.map(([key, json]) => {
    const cut = key.lastIndexOf("/") + 1;
    const text = value(json);
    return {
      words: `${key} ${text}`.toLowerCase(),
      node: element("tr", {},
        element("th", { scope: "row" }, element("span", { class: "dim" }, key.slice(0, cut)), key.slice(cut)),
        element("td", {}, text)),
    };
  });
  const shown = element("span", { class: "note", role: "status" }, count(entries.length, "field"));
  const filter = element("input", {
    type: "search", placeholder: "Filter", "aria-label": "Filter the metadata", autocomplete: "off", spellcheck: "false",
    oninput() {
      const wanted = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
      let found = 0;
      for (const row of rows) {
        row.node.hidden = !wanted.every((word) => row.words.includes(word));
        if (!row.node.hidden) found++;
      }
      shown.textContent = wanted.length > 0 ? `${found} of ${count(entries.length, "field")}` : count(entries.length, "field");
    },
  });
  return element("section", { class: "part-of-record" },
    element("div", { class: "head" }, element("h2", {}, "Metadata", shown), filter),
    element("div", { class: "scroll tall", tabindex: "0", role: "region", "aria-label": "Metadata" },
      element("table", { class: "metadata" }, element("tbody", {}, rows.map((row) => row.node)))),
    record.metadataShortened && element("p", { class: "hint" },
      "There is more in the files than is shown here: long values, long lists or many files were shortened."));
}

function jobs(record) {
  if (record.jobs.length === 0) {
    return section("Processing", null, element("p", { class: "dim" }, "No workflow has run on this dataset."));
  }
  return section("Processing", count(record.jobs.length, "job"), record.jobs.map((job) =>
    element("div", { class: "job panel" },
      element("h3", {}, job.workflow, state(job.state)),
      element("p", { class: "dim" }, "Started ", time(job.startedAt), ` · took ${duration(job.startedAt, job.endedAt)}`),
      job.reason && element("p", { class: "error" }, job.reason),
      job.stages.length > 0 && element("ol", { class: "stages" }, job.stages.map(stage)))));
}

function stage(run) {
  const metrics = Object.entries(run.metrics);
  return element("li", {},
    element("div", { class: "stage" },
      element("strong", {}, run.stage), state(run.state),
      element("span", { class: "dim" },
        [duration(run.startedAt, run.endedAt), run.resource, run.host].filter(Boolean).join(" · "),
        run.exitStatus ? ` · exit status ${run.exitStatus}` : "")),
    metrics.length > 0 && element("dl", { class: "metrics" }, metrics.map(([key, number]) =>
      element("div", {}, element("dt", {}, key.replaceAll("_", " ")), element("dd", {}, value(number))))));
}

function results(record) {
  if (record.results.length === 0) return null;
  return section("Results", count(record.results.length, "file"),
    table(["File", "#Size", "SHA-256"], record.results.map((result) =>
      element("tr", {},
        element("td", { class: "path" }, result.path, result.kind === "preview" && element("span", { class: "note" }, "preview")),
        element("td", { class: "number" }, size(result.size)),
        element("td", {}, digest(result.digest))))));
}

function files(record) {
  const listed = record.fileList.length;
  const note = listed < record.files ? `the first ${count(listed, "file")} of ${count(record.files, "file")}` : count(record.files, "file");
  return section("Files", note,
    table(["File", "#Size", "SHA-256", "Where"], record.fileList.map((file) =>
      element("tr", {},
        element("td", { class: "path" }, file.path),
        element("td", { class: "number" }, size(file.size)),
        element("td", {}, digest(file.digest)),
        element("td", {}, fileState(file.state))))));
}

/** The beginning of a digest; a click copies the whole. */
function digest(hex) {
  if (!hex) return "–";
  const button = element("button", {
    class: "digest", title: `${hex}\nClick to copy`, "aria-label": `Copy the digest ${hex.slice(0, 12)}…`,
    async onclick() {
      try {
        await navigator.clipboard.writeText(hex);
        button.classList.add("copied");
        announce("The digest is copied");
        setTimeout(() => button.classList.remove("copied"), 1200);
      } catch {
        button.textContent = hex;
      }
    },
  }, `${hex.slice(0, 12)}…`);
  return button;
}

function tapeSection(record, signal, lost) {
  const bag = record.tape;
  if (!bag) {
    return section("Tape", null, element("p", { class: "dim" }, "The data is not on tape yet. It is written there when its time has come."));
  }
  const rows = [
    ["Library", bag.tape],
    ["Bag", bag.path],
    ["Size", bag.size !== null && size(bag.size)],
    [bag.algorithm, bag.digest && digest(bag.digest)],
    ["Written", bag.writtenAt && time(bag.writtenAt)],
    ["Verified", bag.verifiedAt && time(bag.verifiedAt)],
    ["Left the disk", bag.releasedAt && time(bag.releasedAt)],
  ];
  return section("Tape", null,
    element("div", { class: "panel tape" },
      element("p", {}, tape(bag.state), " ", tapeMeaning(bag.state)),
      bag.reason && element("p", { class: "error" }, bag.reason),
      element("dl", { class: "facts" }, rows.filter(([, content]) => content).map(([term, content]) =>
        element("div", {}, element("dt", {}, term), element("dd", {}, content)))),
      RECALLABLE.has(bag.state) && recallPart(record, signal, lost)));
}

function recallPart(record, signal, lost) {
  const words = element("p", { role: "status" });
  const button = element("button", { class: "primary", onclick: request }, "Bring back from tape");

  function show(recall) {
    const open = recall && RECALL_OPEN.has(recall.state);
    button.disabled = Boolean(open);
    button.textContent = recall?.state === "ONLINE" ? "Bring back again" : "Bring back from tape";
    words.className = recall?.state === "FAILED" ? "error" : "dim";
    words.textContent = recallWords(recall);
    if (open) setTimeout(() => watch(recall), RECALL_POLL_MS);
  }

  async function request() {
    button.disabled = true;
    words.className = "dim";
    words.textContent = "Asking for the data …";
    try {
      show({ state: "REQUESTED", ...(await api.requestRecall(record.datasetId)) });
    } catch (problem) {
      if (problem.status === 401) {
        lost();
        return;
      }
      button.disabled = false;
      words.className = "error";
      words.textContent = `${problem.message} ${problem.mend ?? ""}`;
    }
  }

  async function watch(recall) {
    if (signal.aborted) return;
    try {
      show({ ...recall, ...(await api.recall(recall.id, signal)) });
    } catch (problem) {
      if (signal.aborted) return;
      if (problem.status === 401) lost();
      else show(recall);
    }
  }

  show(record.tape.recall);
  return element("div", { class: "recall" }, button, words);
}

function recallWords(recall) {
  switch (recall?.state) {
    case "REQUESTED":
      return "The data has been asked for. You can leave this page; it comes back to where it was.";
    case "STAGING":
      return "The data is being read from tape and compared, byte for byte.";
    case "ONLINE":
      return "The data is back on disk, where it was.";
    case "FAILED":
      return `The recall failed${recall.reason ? `: ${recall.reason}` : ""}. An operator has been told.`;
    default:
      return "";
  }
}
