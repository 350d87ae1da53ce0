// Numbers, times and states as people read them.

import { element } from "./dom.js";

const UNITS = ["bytes", "kB", "MB", "GB", "TB", "PB"];
const NUMBER = new Intl.NumberFormat("en");
const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });
const MOMENT = new Intl.DateTimeFormat("en-GB", {
  day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit",
});
const EXACT = new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeStyle: "long" });

/** 1640448 → "1.64 MB"; units of a thousand, as disks and networks have them. */
export function size(bytes) {
  if (bytes === null || bytes === undefined) return "–";
  let unit = 0;
  let amount = bytes;
  while (amount >= 1000 && unit < UNITS.length - 1) {
    amount /= 1000;
    unit++;
  }
  return `${unit === 0 ? amount : Number(amount.toPrecision(3))} ${UNITS[unit]}`;
}

/** "1 file", "2,048 files". */
export function count(number, one, many = `${one}s`) {
  return `${NUMBER.format(number)} ${number === 1 ? one : many}`;
}

/** A time in the reader's own zone; the exact time is in its title. */
export function time(iso, style = "moment") {
  if (!iso) return "–";
  const date = new Date(iso);
  const text = (style === "day" ? DAY : MOMENT).format(date);
  return element("time", { datetime: iso, title: EXACT.format(date) }, text);
}

/** A calendar day such as 2026-11-18, which has no time zone. */
export function day(iso) {
  const [year, month, date] = iso.split("-").map(Number);
  return DAY.format(new Date(year, month - 1, date));
}

/** How long something took, or has been going on. */
export function duration(from, to) {
  if (!from) return "–";
  const seconds = Math.max(0, ((to ? new Date(to) : new Date()) - new Date(from)) / 1000);
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min`;
}

const STATES = {
  STORED: ["Stored", "calm", "The data is in storage; no workflow has run on it."],
  PROCESSING: ["Processing", "busy", "A workflow runs on the data now."],
  PROCESSED: ["Processed", "good", "Every workflow has ended well."],
  FAILED: ["Failed", "bad", "A workflow has failed."],
  PENDING: ["Waiting", "calm", "It has not begun yet."],
  RUNNING: ["Running", "busy", "It runs now."],
  FINALIZING: ["Ending", "busy", "It collects its results."],
  DONE: ["Done", "good", "It has ended well."],
  ABORTED: ["Aborted", "bad", "It was stopped."],
  SKIPPED: ["Skipped", "calm", "It was not needed."],
};

const TAPE = {
  PLANNED: ["Tape planned", "calm", "The data will be written to tape."],
  BUILDING: ["Writing to tape", "busy", "The data is being written to tape."],
  VERIFIED: ["On tape", "good", "A copy is on tape, read back and verified. The data is also on disk."],
  RELEASING: ["On tape", "good", "A verified copy is on tape. The copy on disk is being given up."],
  RELEASED: ["On tape only", "tape", "The data is on tape, not on disk. A recall brings it back."],
  FAILED: ["Tape failed", "bad", "The data could not be written to tape; an operator has been told."],
};

const FILES = {
  DETECTED: "waits for transfer",
  TRANSFERRING: "in transfer",
  STORED: "in storage",
  CATALOGUING: "in storage",
  CATALOGUED: "in storage",
  ARCHIVED: "in storage and on tape",
  RELEASED: "on tape only",
  RECALLED: "recalled to disk",
  FAILED: "failed",
};

/** The state of a record, a job or a stage. */
export function state(name) {
  return badge(STATES[name] ?? [name, "calm", ""]);
}

/** The state of the copy on tape. */
export function tape(name) {
  return badge(TAPE[name] ?? [name, "calm", ""]);
}

/** What the state of the copy on tape means. */
export function tapeMeaning(name) {
  return (TAPE[name] ?? ["", "", name])[2];
}

/** Where a file is. */
export function fileState(name) {
  return FILES[name] ?? name.toLowerCase();
}

function badge([text, kind, meaning]) {
  return element("span", { class: `badge ${kind}`, title: meaning }, text);
}

/** A value of the metadata as one line. */
export function value(json) {
  if (Array.isArray(json)) return json.map((item) => (Array.isArray(item) ? `[${value(item)}]` : String(item))).join(", ");
  return String(json);
}
