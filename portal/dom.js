// Builds elements. Text always goes in as text, never as HTML: metadata is written by anyone.

const PROPERTIES = new Set(["value", "disabled", "hidden", "checked", "htmlFor", "className", "textContent", "open"]);

/** An element with attributes, properties, "on…" listeners, and children (elements, texts, or nothing). */
export function element(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

/** As element(), for drawings. */
export function drawing(name, attributes = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}

function fill(node, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (PROPERTIES.has(key)) node[key] = value;
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** Reads out to people who do not see the page what has changed on it. */
export function announce(text) {
  document.getElementById("status").textContent = text;
}

/** A message in the middle of the page: what is the matter, and what can be done. */
export function notice(title, text, ...actions) {
  return element(
    "section",
    { class: "notice" },
    element("h2", {}, title),
    element("p", {}, text),
    actions.length > 0 && element("p", { class: "actions" }, actions),
  );
}
