// Talks to the hub. Every failure becomes a Problem with words that can be shown.

const PATIENCE_MS = 30_000;

/** Something did not work; the message is for people. */
export class Problem extends Error {
  constructor(status, message, mend = "") {
    super(message);
    this.status = status;
    this.mend = mend;
  }
}

/** Asks the hub. A question that is no longer wanted ends with an AbortError. */
async function ask(path, { method = "GET", body, signal } = {}) {
  const patience = AbortSignal.timeout(PATIENCE_MS);
  let response;
  try {
    response = await fetch(`/api/v1${path}`, {
      method,
      credentials: "same-origin",
      headers: body === undefined ? {} : { "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: signal ? either(signal, patience) : patience,
    });
    if (response.ok) return await response.json();
  } catch (failure) {
    if (signal?.aborted) throw failure;
    throw new Problem(0, "The hub does not answer.", "Check your connection, then try again.");
  }
  const [error] = (await response.json().catch(() => ({}))).errors ?? [];
  throw new Problem(response.status, error?.problem || `The hub answered with status ${response.status}.`, error?.mend);
}

function either(...signals) {
  const controller = new AbortController();
  for (const signal of signals) {
    if (signal.aborted) controller.abort(signal.reason);
    signal.addEventListener("abort", () => controller.abort(signal.reason), { once: true });
  }
  return controller.signal;
}

export const me = () => ask("/me");
export const login = (token) => ask("/login", { method: "POST", body: { token } });
export const logout = () => ask("/logout", { method: "POST" });
export const record = (id, signal) => ask(`/records/${encodeURIComponent(id)}`, { signal });
export const requestRecall = (dataset) => ask("/recalls", { method: "POST", body: { dataset } });
export const recall = (id, signal) => ask(`/recalls/${encodeURIComponent(id)}`, { signal });
export const previewAddress = (id) => `/api/v1/records/${encodeURIComponent(id)}/preview`;

/** A page of records; choices that are empty are left out. */
export function search(choices, after, signal) {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...choices, after })) {
    if (value) parameters.set(name, value);
  }
  return ask(`/records?${parameters}`, { signal });
}
