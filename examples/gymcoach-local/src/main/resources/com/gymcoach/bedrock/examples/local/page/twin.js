// The page of the local twin: calls the API like any browser client, and plots the data of
// /local/stats. Answers are inserted into the page as text, never as markup.

const USERS = ["alice", "bob", "carol", "admin"];
const list = (text) => text.split(",").map((part) => part.trim()).filter((part) => part !== "");
const goals = { name: "goals", label: "Goals, with commas between", value: "strength, endurance", read: list };

const ENDPOINTS = {
  "chat": {
    label: "Chat",
    path: "chat",
    fields: [{ name: "message", label: "Message", value: "How do I squat safely?", long: true, max: 2000 }],
    answer: (reply) => reply.data.response,
  },
  "workout-plan": {
    label: "Workout plan",
    path: "workout-plan/generate",
    fields: [
      goals,
      { name: "duration", label: "Weeks", value: "4", read: Number },
      { name: "daysPerWeek", label: "Days a week", value: "3", read: Number },
      { name: "equipment", label: "Equipment", value: "dumbbells", read: list },
    ],
    answer: (reply) => reply.plan,
  },
  "meal-plan": {
    label: "Meal plan",
    path: "meal-plan/generate",
    fields: [
      goals,
      { name: "dietaryPreferences", label: "Preferences", value: "vegetarian", read: list },
      { name: "allergies", label: "Allergies", value: "nuts", read: list },
      { name: "dietaryRestrictions", label: "Restrictions", value: "low sodium", read: list },
      { name: "duration", label: "Days", value: "7", read: Number },
      { name: "mealsPerDay", label: "Meals a day", value: "3", read: Number },
      { name: "calorieTarget", label: "kcal a day", value: "", read: Number },
    ],
    answer: (reply) => reply.plan,
  },
  "progress-analysis": {
    label: "Progress",
    path: "progress/analyze",
    fields: [{ name: "timeRange", label: "Time range", value: "30 days" }],
    answer: (reply) => reply.analysis,
  },
  "form-check": {
    label: "Form check",
    path: "form-check",
    fields: [
      { name: "exerciseName", label: "Exercise", value: "squat" },
      { name: "issueDescription", label: "What is wrong", value: "My knees cave in.", long: true },
    ],
    answer: (reply) => reply.formTips,
  },
  "motivation": {
    label: "Motivation",
    path: "motivation",
    fields: [{ name: "context", label: "Context", value: "I skipped two sessions.", long: true }],
    answer: (reply) => reply.motivation,
  },
};

const QUESTIONS = [
  "How do I squat safely?",
  "What should I eat after training?",
  "How often should I train?",
  "How do I warm up?",
  "Is walking enough?",
  "How long should I rest between sets?",
];

const HISTORY = 12;
const POLL_MS = 1000;
const TRAFFIC_MS = 500;
const AT_ONCE = 4;

const find = (id) => document.getElementById(id);

/** Creates an element; string children become text nodes. */
function make(name, properties = {}, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

// Why: reasons and faults, in the words of the repository's pages

let meanings = { reasons: {}, faults: {} };
fetch("/meanings.json")
  .then((response) => response.json())
  .then((loaded) => {
    meanings = loaded;
    showFaults();
  })
  .catch(() => {}); // the names alone are shown, and are links

/** A link from a reason's or a fault's name to its explanation. */
function named(kind, name) {
  return make("a", { href: `/troubleshooting#${kind}-${name}`, target: "_blank", textContent: name });
}

/** A reason or a fault: its name as a link, and what it means. */
function explained(kind, name, ...more) {
  const meaning = meanings[`${kind}s`][name];
  return make("li", {}, named(kind, name), ...more, meaning ? `: ${meaning}` : "");
}

/** Reads how the cache handled a call from the headers that the twin adds to its reply. */
function handling(headers) {
  const parts = (headers.get("Cache-Status") ?? "").split(";").map((part) => part.trim());
  const value = (name) => parts.find((part) => part.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";
  const [place, stale = ""] = value("detail").split(".");
  const hit = parts.includes("hit");
  return {
    known: parts.length > 1,
    hit,
    joined: parts.includes("collapsed"),
    kept: parts.includes("kept"),
    stored: parts.includes("stored"),
    reason: hit ? stale : place,
    faults: (headers.get("Cache-Faults") ?? "").split(",").map((name) => name.trim()).filter((name) => name !== ""),
  };
}

const SOURCES = {
  hot: "Memory had this answer.",
  warm: "The table had this answer, and memory did not.",
  bedrock: "Bedrock was asked.",
};

/** Says in a sentence where an answer came from, and where it is now. */
function origin(how, reply) {
  if (how.joined) return "Another call was asking the same, and shares its answer.";
  if (how.hit) return SOURCES[reply.cacheSource];
  const places = [how.kept ? "memory" : "", how.stored ? "the table" : ""].filter((place) => place !== "");
  return `${SOURCES.bedrock} The answer is ${places.length ? `now in ${places.join(" and ")}` : "kept nowhere"}.`;
}

/** A list of why an answer is what it is. */
function why({ ok, how, reply }) {
  if (!how.known) return make("ul", { className: "why" });
  return make(
    "ul",
    { className: "why" },
    ...(ok ? [make("li", {}, origin(how, reply))] : []),
    ...(how.reason ? [explained("reason", how.reason)] : []),
    ...how.faults.map((name) => explained("fault", name)),
  );
}

// What the cache remembers of a miss. A cause that is not here says no more than the reason does.
const CAUSES = {
  DIFFERS: ({ paths }) => `The nearest request whose answer was kept differs at ${paths.join(", ")}.`,
  NOT_SEEN: () => "This instance has seen neither this request nor a similar one.",
  EXPIRED: ({ since }) => `This answer was kept until its time was over, at ${clock(since)}.`,
  EVICTED: ({ since }) => `This answer left memory at ${clock(since)}, and the table did not have it.`,
  INVALIDATED: ({ since }) => `This answer was forgotten at ${clock(since)}.`,
  REFUSED: ({ since, reason }) => `Bedrock's answer to this at ${clock(since)} was not kept: ${reason}.`,
  FAILED: ({ since }) => `Bedrock failed to answer this at ${clock(since)}.`,
  STORE_UNREAD: () => "The table may have this answer, but it could not be read.",
};

const clock = (instant) => new Date(instant).toLocaleTimeString();

/** Adds to an answer from Bedrock why neither memory nor the table had it. */
async function addCause({ user, endpoint, how }) {
  if (!how.known || how.hit || how.joined) return;
  const list = find("answer").querySelector("ul.why");
  const reply = await fetch(`/local/why?user=${user}&endpoint=${endpoint}`);
  const [latest] = (await reply.json()).misses;
  const text = latest && CAUSES[latest.cause]?.(latest);
  if (text) list.append(make("li", { className: "cause" }, text));
}

// Formatting

const millis = (ms) =>
  ms < 10 ? `${ms.toFixed(1)} ms` : ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`;

const age = (seconds) =>
  seconds < 60 ? `${seconds} s` : seconds < 3600 ? `${Math.floor(seconds / 60)} min` : `${Math.floor(seconds / 3600)} h`;

function dollars(usd) {
  const sign = usd < 0 ? "\u2212" : "";
  const amount = Math.abs(usd);
  const digits = amount === 0 ? 0 : Math.max(2, 2 - Math.floor(Math.log10(amount))); // three significant digits
  return `${sign}$${amount.toFixed(Math.min(9, digits))}`;
}

// The API

const tokens = new Map();

async function token(user) {
  if (!tokens.has(user)) {
    const reply = await fetch(`/local/token?user=${user}&admin=${user === "admin"}`);
    tokens.set(user, (await reply.json()).token);
  }
  return tokens.get(user);
}

/** Posts as a user. Renews a rejected token once: it expires after an hour or a restart. */
async function post(user, path, body, again = true) {
  const headers = { "Content-Type": "application/json", "Authorization": `Bearer ${await token(user)}` };
  const start = performance.now();
  const response = await fetch(`/api/ai/${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  const reply = await response.json();
  if (response.status === 401 && again) {
    tokens.delete(user);
    return post(user, path, body, false);
  }
  const took = performance.now() - start;
  return { status: response.status, ok: response.ok, reply, how: handling(response.headers), took };
}

/** Requests an answer and adds it to the history. */
async function ask(user, endpoint, body, title) {
  const result = { user, endpoint, title, status: 0, ok: false, reply: {}, how: handling(new Headers()), took: 0 };
  try {
    Object.assign(result, await post(user, ENDPOINTS[endpoint].path, body));
  } catch {
    // Stays a result without an answer: trouble() says so.
  }
  remember(result);
  return result;
}

// The form

const form = find("ask");
const typed = {};

function pills(into, name, labels) {
  Object.entries(labels).forEach(([value, label], index) => {
    const input = make("input", { type: "radio", name, value, checked: index === 0 });
    find(into).append(make("label", { className: "pill" }, input, make("span", {}, label)));
  });
}

const chosen = (name) => form.elements[name].value;

function showFields() {
  const endpoint = chosen("endpoint");
  const values = (typed[endpoint] ??= {});
  find("fields").replaceChildren(
    ...ENDPOINTS[endpoint].fields.map((field) => {
      const id = `field-${field.name}`;
      const input = make(field.long ? "textarea" : "input", { id, value: values[field.name] ?? field.value });
      if (!field.long) input.type = field.read === Number ? "number" : "text";
      if (field.max) input.maxLength = field.max;
      input.addEventListener("input", () => (values[field.name] = input.value));
      const half = field.read && field !== goals && field.name !== "equipment";
      return make("div", { className: half ? "field half" : "field" }, make("label", { htmlFor: id }, field.label), input);
    }),
  );
}

function nameButtons() {
  const user = chosen("user");
  find("forget-endpoint").textContent = `Forget ${ENDPOINTS[chosen("endpoint")].label.toLowerCase()} for ${user}`;
  find("forget-all").textContent = `Forget all for ${user}`;
}

let busy = false;

async function send(event) {
  event.preventDefault();
  if (busy) return;
  busy = true;
  find("send").setAttribute("aria-disabled", "true");
  const user = chosen("user");
  const endpoint = chosen("endpoint");
  const body = {};
  for (const field of ENDPOINTS[endpoint].fields) {
    const text = find(`field-${field.name}`).value;
    if (text.trim() !== "") body[field.name] = field.read ? field.read(text) : text;
  }
  showAnswer("busy", [make("span", { className: "badge busy" }, "asking")], "", "");
  find("said").textContent = "Asking.";
  const result = await ask(user, endpoint, body, find(`field-${ENDPOINTS[endpoint].fields[0].name}`).value);
  showResult(result);
  addCause(result).catch(() => {}); // the answer is shown without it
  find("send").removeAttribute("aria-disabled");
  busy = false;
}

// The answer and the history

function badge(result) {
  return result.ok
    ? make("span", { className: `badge ${result.reply.cacheSource}` }, result.reply.cacheSource)
    : make("span", { className: "badge error" }, result.status ? `error ${result.status}` : "no answer");
}

const fact = (label, value) => make("span", {}, `${label} `, make("strong", {}, value));

function showAnswer(state, facts, text, reasons) {
  const answer = find("answer");
  answer.dataset.state = state;
  answer.replaceChildren(
    make("ul", { className: "facts" }, ...facts.map((one) => make("li", {}, one))),
    reasons,
    make("p", { className: "text" }, text),
  );
}

const isDown = (id) => find(`${id}-state`).dataset.state === "down";

/** Says why a request failed and what helps, by what the page knows. */
function trouble({ status, reply }, forgetting = false) {
  if (status === 0) return "The twin does not answer. Start it again, then try once more.";
  if (status === 400 || status === 413) return `The function refused this request: ${reply.message.replace(/\.$/, "")}.`;
  if (status === 401) return "The function did not accept the token. Try again: the page gets a new one.";
  if (status === 403) return "Only the user admin may do this for another user.";
  if (status === 429) return "The model is busy. Try again in a moment.";
  if (forgetting && isDown("dynamodb")) {
    return "The table could not be told, because DynamoDB is stopped. This instance no longer serves the answers, but others may: start DynamoDB, then forget again.";
  }
  if (forgetting) return "The table did not confirm that it has forgotten. Forget again; the twin's log has the cause.";
  if (isDown("bedrock")) {
    return "Bedrock is stopped, and neither memory nor the table has this answer. Start Bedrock, or ask what was asked before.";
  }
  return "The function failed. The twin's log has the cause.";
}

function showResult(result) {
  const { user, ok, reply, took } = result;
  if (ok) {
    showAnswer(
      "ok",
      [
        badge(result),
        fact("took", millis(took)),
        fact("age", age(reply.cacheAge)),
        fact("tokens", String(reply.tokensUsed)),
        fact("for", user),
      ],
      ENDPOINTS[result.endpoint].answer(reply),
      why(result),
    );
    find("said").textContent = `Answer for ${user} from ${reply.cacheSource}, ${millis(took)}, age ${age(reply.cacheAge)}.`;
  } else {
    const text = trouble(result);
    showAnswer("error", [badge(result), fact("took", millis(took)), fact("for", user)], text, why(result));
    find("said").textContent = `No answer for ${user}: ${text}`;
  }
}

function remember(result) {
  const { user, endpoint, title, ok, reply, how, took } = result;
  const cell = (className, ...children) => {
    const one = make("td", { className }, ...children);
    one.setAttribute("role", "cell");
    return one;
  };
  const number = (unit, text) => cell("number", make("span", { className: "unit" }, `${unit} `), text);
  const asked = make("span", { title }, `${user} `, make("small", {}, `${ENDPOINTS[endpoint].label.toLowerCase()}: ${title}`));
  const names = [...(how.reason ? [named("reason", how.reason)] : []), ...how.faults.map((name) => named("fault", name))];
  const rows = find("history");
  const row = make(
    "tr",
    {},
    cell("", asked),
    cell("", badge(result)),
    cell("reason", ...names),
    number("took", millis(took)),
    number("age", ok ? age(reply.cacheAge) : "\u2013"),
    number("tokens", ok ? String(reply.tokensUsed) : "\u2013"),
  );
  row.setAttribute("role", "row");
  rows.prepend(row);
  while (rows.children.length > HISTORY) rows.lastChild.remove();
  find("no-history").hidden = true;
}

// Outages, new instances and invalidations

function done(text, ok = true) {
  find("done").textContent = text;
  find("done").dataset.state = ok ? "ok" : "bad";
}

async function forget(body) {
  const user = chosen("user");
  let result = { status: 0, ok: false };
  try {
    result = await post(user, "cache/invalidate", body);
  } catch {
    // Stays a result without an answer: trouble() says so.
  }
  const { ok, reply } = result;
  done(ok ? `Forgotten for ${user}: ${reply.invalidatedCount}.` : trouble(result, true), ok);
}

async function act(path, text) {
  try {
    const response = await fetch(`/local/${path}`, { method: "POST" });
    const reply = await response.json();
    if (response.ok) showServices(reply);
    done(response.ok ? text : `The twin refused: ${reply.message}`, response.ok);
  } catch {
    done(trouble({ status: 0 }), false);
  }
}

const SERVICES = { dynamodb: "DynamoDB", bedrock: "Bedrock" };

function showServices(state) {
  for (const [id, name] of Object.entries(SERVICES)) {
    const up = state[id] === "up";
    if (show(`${id}-state`, up ? "up" : "down", up ? "running" : "stopped")) {
      find(id).replaceChildren(up ? "Stop" : "Start", make("span", { className: "visually-hidden" }, ` ${name}`));
      find(id).disabled = false;
    }
  }
}

/** Updates an element only if its state differs: a screen reader announces each change. */
function show(id, state, text) {
  const changes = find(id).dataset.state !== state;
  if (changes) {
    find(id).dataset.state = state;
    find(id).textContent = text;
  }
  return changes;
}

// Traffic: questions of three users, so that the graphs have data

let traffic = 0;
let asking = 0;

function ride() {
  if (asking >= AT_ONCE) return;
  const user = USERS[Math.floor(Math.random() * 3)];
  const message = QUESTIONS[Math.floor(Math.random() ** 2 * QUESTIONS.length)]; // the first ones more often
  asking++;
  ask(user, "chat", { message }, message).finally(() => asking--);
}

function toggleTraffic() {
  const on = traffic === 0;
  if (on) {
    traffic = setInterval(ride, TRAFFIC_MS);
  } else {
    clearInterval(traffic);
    traffic = 0;
  }
  find("traffic").setAttribute("aria-pressed", String(on));
}

// The graphs

const SVG = "http://www.w3.org/2000/svg";
const HEIGHT = 132;
const LEFT = 54;
const BOTTOM = 18;
const TOP = 6;
const SPANS = [60, 120, 300, 600]; // seconds
const WINDOW = 20; // calls
const GOAL = 70; // per cent
const BARS = 40;
const KEPT = 600;

function svg(name, attributes, ...children) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/** A marker shape for each source, so that they differ by more than colour. */
const MARKS = {
  hot: (x, y) => svg("circle", { class: "mark hot", cx: x, cy: y, r: 3.4 }),
  warm: (x, y) => svg("rect", { class: "mark warm", x: x - 3.2, y: y - 3.2, width: 6.4, height: 6.4 }),
  bedrock: (x, y) => svg("path", { class: "mark bedrock", d: `M${x} ${y - 4.4}l4.4 4.4l-4.4 4.4l-4.4 -4.4z` }),
  bad: (x, y) => svg("rect", { class: "mark bad", x: x - 4, y: y - 4, width: 8, height: 8 }),
  over: (x, y) => svg("rect", { class: "mark over", x: x - 4, y: y - 4, width: 8, height: 8 }),
};

const key = (mark, text) =>
  make("span", { className: "key" }, svg("svg", { viewBox: "-5 -5 10 10", "aria-hidden": "true" }, MARKS[mark](0, 0)), text);

/** A graph over time. Ticks are pairs of a height, from 0 to 1, and its label. */
class Graph {
  constructor(id, title) {
    this.value = make("strong", { className: "value" }, "\u2013");
    this.note = make("span", { className: "note" });
    this.svg = svg("svg", { role: "img" });
    this.title = title;
    find(id).append(
      make("figcaption", {}, make("span", { className: "title" }, title), this.value, this.note),
      this.svg,
    );
  }

  draw({ value, note, ticks, span, parts }) {
    this.value.textContent = value;
    this.note.replaceChildren(...note);
    this.width = this.svg.clientWidth || 300;
    this.span = span;
    const lines = ticks.flatMap(([height, label]) => {
      const y = this.y(height);
      return [
        svg("line", { class: "grid", x1: LEFT, x2: this.width, y1: y, y2: y }),
        svg("text", { class: "tick", x: LEFT - 7, y: y + 4, "text-anchor": "end" }, label),
      ];
    });
    const past = span < 120 ? `${span} s ago` : `${span / 60} min ago`;
    const times = [
      svg("text", { class: "tick", x: LEFT, y: HEIGHT - 2 }, past),
      svg("text", { class: "tick", x: this.width, y: HEIGHT - 2, "text-anchor": "end" }, "now"),
    ];
    this.svg.setAttribute("aria-label", `${this.title}: ${value}. ${this.note.textContent}`);
    this.svg.setAttribute("viewBox", `0 0 ${this.width} ${HEIGHT}`);
    this.svg.replaceChildren(...lines, ...times, ...parts(this));
  }

  x(ago) {
    return this.width - (ago / this.span) * (this.width - LEFT);
  }

  y(height) {
    return HEIGHT - BOTTOM - height * (HEIGHT - BOTTOM - TOP);
  }

  /** A step line: each value holds until the next point, the last one until now. */
  steps(points, floor) {
    if (points.length === 0) return [];
    let path = "";
    let before = 0;
    for (const { ago, height } of points) {
      const x = this.x(Math.min(ago, this.span)).toFixed(1);
      path += path === "" ? `M${x} ${this.y(height)}` : `H${x}V${this.y(height)}`;
      before ||= x;
    }
    path += `H${this.width}`;
    return [
      svg("path", { class: "area", d: `${path}V${this.y(floor)}H${before}Z` }),
      svg("path", { class: "line", d: path }),
    ];
  }
}

const graphs = {
  rate: new Graph("rate", "Hit rate"),
  time: new Graph("time", "Response time"),
  saved: new Graph("saved", "Cost saved"),
  errors: new Graph("errors", "Errors"),
};

const median = (numbers) => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

function drawRate(calls, span) {
  const answered = calls.filter((call) => call.source !== "");
  const points = answered.map((call, index) => {
    const last = answered.slice(Math.max(0, index + 1 - WINDOW), index + 1);
    return { ago: call.ago, height: last.filter((one) => one.cached).length / last.length };
  });
  graphs.rate.draw({
    value: points.length ? `${Math.round(100 * points[points.length - 1].height)} %` : "\u2013",
    note: [`of the last ${WINDOW} answers`, make("span", {}, `goal ${GOAL} %`)],
    ticks: [[0, "0 %"], [0.5, "50 %"], [1, "100 %"]],
    span,
    parts: (graph) => [
      svg("line", { class: "goal", x1: LEFT, x2: graph.width, y1: graph.y(GOAL / 100), y2: graph.y(GOAL / 100) }),
      ...graph.steps(visible(points, span), 0),
    ],
  });
}

/** Returns the points in the span and the last one before it, where the line starts. */
function visible(points, span) {
  const first = points.findIndex((point) => point.ago <= span);
  return first < 0 ? points.slice(-1) : points.slice(Math.max(0, first - 1));
}

function drawTime(calls, span) {
  const shown = calls.filter((call) => call.source in MARKS && call.ago <= span);
  const latest = shown[shown.length - 1];
  const height = (ms) => Math.min(1, Math.max(0, (Math.log10(Math.max(ms, 0.1)) + 0.5) / 4.5)); // 0.3 ms to 10 s
  const notes = ["hot", "warm", "bedrock"].map((source) => {
    const times = shown.filter((call) => call.source === source).map((call) => call.millis);
    return key(source, times.length ? `${source} ${millis(median(times))}` : source);
  });
  graphs.time.draw({
    value: latest ? millis(latest.millis) : "\u2013",
    note: notes,
    ticks: [1, 10, 100, 1000, 10000].map((ms) => [height(ms), ms < 1000 ? `${ms} ms` : `${ms / 1000} s`]),
    span,
    parts: (graph) => shown.map((call) => MARKS[call.source](graph.x(call.ago), graph.y(height(call.millis)))),
  });
}

function drawSaved(calls, span, saved) {
  const shown = visible(calls, span);
  const top = nice(Math.max(...shown.map((call) => call.savedUsd), 0));
  const floor = Math.min(...shown.map((call) => call.savedUsd), 0); // a first write costs money and saves none
  const height = (usd) => (usd - floor) / (top - floor);
  graphs.saved.draw({
    value: dollars(saved),
    note: ["calls not made, less what the table costs"],
    ticks: [[height(0), "$0"], [1, `$${top.toFixed(9).replace(/0+$/, "")}`]],
    span,
    parts: (graph) =>
      graph.steps(shown.map((call) => ({ ago: call.ago, height: height(call.savedUsd) })), height(0)),
  });
}

/** Rounds up to the next of 1, 2, 5 or 10 times a power of ten. */
function nice(number) {
  if (number === 0) return 0.00001;
  const size = 10 ** Math.floor(Math.log10(number));
  return size * [1, 2, 5, 10].find((step) => number <= step * size * 1.0001);
}

function drawErrors(calls, span) {
  const bars = Array.from({ length: BARS }, () => ({ bad: 0, over: 0 }));
  const all = { bad: 0, over: 0 };
  for (const call of calls) {
    const bar = bars[BARS - 1 - Math.floor((call.ago / span) * BARS)];
    const failed = call.status >= 400 ? 1 : 0;
    const over = call.faults - call.faultsBefore;
    if (!bar) continue;
    bar.bad += failed;
    bar.over += over;
    all.bad += failed;
    all.over += over;
  }
  const top = Math.max(4, ...bars.map((bar) => bar.bad + bar.over));
  graphs.errors.draw({
    value: String(all.bad),
    note: [key("bad", "calls failed"), key("over", `${all.over} faults in the cache`)],
    ticks: [[0, "0"], [1, String(top)]],
    span,
    parts: (graph) =>
      bars.flatMap((bar, index) => {
        const x = graph.x(span * (1 - index / BARS)) + 1;
        const width = Math.max(1, (graph.width - LEFT) / BARS - 2);
        const part = (className, from, to) =>
          svg("rect", { class: `mark ${className}`, x, width, y: graph.y(to / top), height: graph.y(from / top) - graph.y(to / top) });
        return [
          ...(bar.bad ? [part("bad", 0, bar.bad)] : []),
          ...(bar.over ? [part("over", bar.bad, bar.bad + bar.over)] : []),
        ];
      }),
  });
}

/** Lists the faults since the start by name, the most frequent first. */
function showFaults() {
  const counts = Object.entries(stats?.totals.faultsByName ?? {}).sort(([, a], [, b]) => b - a);
  const state = JSON.stringify(counts);
  find("faults").hidden = counts.length === 0;
  if (find("fault-list").dataset.state === state) return; // a link must not lose the focus
  find("fault-list").dataset.state = state;
  find("fault-list").replaceChildren(...counts.map(([name, count]) => explained("fault", name, `, ${count} times`.replace(", 1 times", ", once"))));
}

// Polls the twin each second

let run = "";
let calls = [];
let stats = null;

function draw() {
  if (!stats) return;
  const now = stats.now + (performance.now() - stats.heard);
  for (const call of calls) call.ago = Math.max(0, (now - call.at) / 1000);
  const oldest = calls.length ? calls[0].ago : 0;
  const span = SPANS.find((seconds) => oldest <= seconds) ?? SPANS[SPANS.length - 1];
  drawRate(calls, span);
  drawTime(calls, span);
  drawSaved(calls, span, stats.totals.savedUsd);
  drawErrors(calls, span);
}

async function poll() {
  try {
    const after = calls.length ? calls[calls.length - 1].number : 0;
    const response = await fetch(`/local/stats?after=${after}`);
    stats = await response.json();
  } catch {
    show("connection", "down", "not reachable");
    return;
  }
  stats.heard = performance.now();
  if (stats.run !== run) {
    // The twin was restarted: its calls count from 1 again.
    const known = run !== "";
    run = stats.run;
    calls = [];
    tokens.clear();
    if (known) return poll();
  }
  for (const call of stats.calls) {
    const before = calls[calls.length - 1];
    call.faultsBefore = before ? before.faults : call.number === 1 ? 0 : call.faults;
    calls.push(call);
  }
  calls.splice(0, Math.max(0, calls.length - KEPT));
  show("connection", "up", "live");
  find("introduction").textContent = stats.introduction;
  const entries = stats.cache.hot_cache_entries;
  find("memory-state").textContent = entries === 0 ? "empty" : entries === 1 ? "1 answer" : `${entries} answers`;
  showServices(stats);
  showFaults();
  draw();
}

async function keepPolling() {
  await poll().finally(() => setTimeout(keepPolling, POLL_MS));
}

pills("users", "user", Object.fromEntries(USERS.map((user) => [user, user])));
pills("endpoints", "endpoint", Object.fromEntries(Object.entries(ENDPOINTS).map(([id, { label }]) => [id, label])));
showFields();
nameButtons();
find("endpoints").addEventListener("change", showFields);
form.addEventListener("change", nameButtons);
form.addEventListener("submit", send);
form.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
});
find("traffic").addEventListener("click", toggleTraffic);
find("forget-all").addEventListener("click", () => forget({ invalidateAll: true }));
find("forget-endpoint").addEventListener("click", () => forget({ endpointType: chosen("endpoint") }));
find("replace").addEventListener("click", () => act("function/replace", "A new instance: memory is empty, the table is not."));
for (const [id, name] of Object.entries(SERVICES)) {
  find(id).addEventListener("click", () => {
    const stop = find(`${id}-state`).dataset.state === "up";
    act(`${id}/${stop ? "stop" : "start"}`, `${name} is ${stop ? "stopped" : "running again"}.`);
  });
}
new ResizeObserver(draw).observe(find("rate"));
keepPolling();
