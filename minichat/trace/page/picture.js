"use strict";
/* From a state to what is on the page.  All text gets there by textContent: no text of the trace is ever markup. */

const MOST_ROWS = 8;
const MOST_ACTS = 14;
const BINS = 160; // of the strip
const SCALES = Array.from({length: 10}, (none, power) => 256 * 4 ** power);
const MARKS = [65536, 262144];

function element(id) {
  return document.getElementById(id);
}

function make(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key.includes("-")) made.setAttribute(key, value);
    else made[key] = value;
  }
  made.append(...children);
  return made;
}

function put(id, text) {
  const target = element(id);
  if (target.textContent !== text) target.textContent = text;
}

function hide(id, isHidden) {
  element(id).hidden = isHidden;
}

/* What is drawn does not depend on how one got there. */
class Picture {
  constructor(trace) {
    this.trace = trace;
    this.language = "pt";
    this._strip = "";
  }

  /* Draw the state after event i.  `view` has: question, answer, message (followed) or -1. */
  draw(i, view) {
    const trace = this.trace, state = trace.at(i);
    const isQuiz = Boolean(view.question || view.answer);
    let said = i; // notes have nothing to say beside the quiz
    while (isQuiz && said > 0 && trace.event(said).event === "note") said -= 1;
    const act = trace.actOf(said);
    this.say = speaker(this.language);
    document.documentElement.lang = this.language;
    const told = caption(trace, state, {first: act.first, last: isQuiz ? act.last : i}, this.language);
    this._place(state);
    put("caption", told);
    put("gap", this.say("unsure"));
    hide("gap", state.isSure);
    this._quiz(view);
    this._people(state, view);
    this._past(i);
    this._follow(i, view);
    this._selector(state);
    this._position(i);
    const people = element("people"), active = people.querySelector(".active"); // it must be seen
    people.scrollTop = active ? active.offsetTop + active.offsetHeight + element("under").offsetHeight - people.clientHeight : 0;
    return told;
  }

  _place(state) {
    const last = this.trace.turnNumbers.at(this.trace.turnNumbers.length - 1);
    put("place", `${this.say("ofTurns", {turn: state.turn, last})} · ${duration(state.t, this.language)}`);
    const phases = element("phases");
    phases.setAttribute("aria-label", this.say("phases"));
    phases.replaceChildren(...[0, 1, 2, 3, 4].map((number) => {
      const item = make("li", {textContent: `${number + 1} ${this.say(`phase${number}`)}`});
      if (number === state.phase) item.setAttribute("aria-current", "step");
      return item;
    }));
  }

  _quiz({question, answer}) {
    const text = question || answer;
    hide("quiz", !text);
    if (!text) return;
    put("quiz-title", this.say(question ? "question" : "answer"));
    put("quiz-text", safe(pick(text, LANGUAGES.indexOf(this.language))));
    put("quiz-hint", question ? this.say("toSee") : "");
  }

  // -- the connections

  _people(state, view) {
    put("people-title", this.say("people"));
    const scale = {buffered: scaleFor(this.trace.largest.buffered), queued: scaleFor(this.trace.largest.queued)};
    const {hasKernel} = this.trace;
    const heads = [this.say("who"), this.say("waitsFor"),
      `${this.say("lineBuffer")}, ${this.say("upTo", {size: bytes(scale.buffered)})}`,
      `${this.say("outputQueue")}, ${this.say("upTo", {size: bytes(scale.queued)})}`];
    if (hasKernel) heads.push(this.say("kernel"));
    element("columns").replaceChildren(...heads.map((textContent) => make("th", {scope: "col", textContent})));
    const {shown, folded, busy} = chosenRows(state);
    element("rows").replaceChildren(...shown.map((conn) => this._row(state, conn, scale, hasKernel, view)));
    put("quiet", folded ? this.say(busy ? "others" : "quiet", {count: folded}) : shown.length ? "" : this.say("nobody"));
  }

  _row(state, conn, scale, hasKernel, view) {
    const isHere = isActive(state, conn), name = make("bdi", {textContent: nameOf(this.trace, state, conn.number)});
    const head = make("th", {scope: "row"}, isHere ? "▸ " : "", name);
    if (conn.life !== "open") head.append(make("small", {textContent: ` ${safe(conn.reason || conn.life)}`}));
    const cells = [
      make("td", {className: "interest"}, this._letter("R", conn), this._letter("W", conn)),
      make("td", {}, bar(conn.buffered, scale.buffered, "in"), figure(conn.buffered, conn.held ? safe(conn.held) : "")),
      make("td", {}, bar(conn.queued, scale.queued, "out", MARKS), figure(conn.queued, messagesOf(conn), conn.messages.includes(view.message))),
    ];
    if (hasKernel) cells.push(make("td", {className: "kernel"}, ...this._kernel(conn)));
    return make("tr", {className: isHere ? "active" : ""}, head, ...cells);
  }

  _letter(letter, conn) {
    const isWanted = conn.interest.includes(letter), isReady = conn.ready.includes(letter);
    return make("span", {className: `${isWanted ? "wanted" : "unwanted"}${isReady ? " ready" : ""}`,
      textContent: isWanted ? `[${letter}]${isReady ? "!" : ""}` : letter.toLowerCase()});
  }

  _kernel(conn) {
    if (!conn.kernel) return [];
    const {unread, unsent, n} = conn.kernel;
    const text = this.say("kernelHolds", {unread: bytes(unread), unsent: bytes(unsent)});
    return [make("span", {className: "hatched", textContent: text}), make("small", {textContent: ` ${this.say("seenAt", {n})}`})];
  }

  _selector(state) {
    const those = (letter) => [...state.conns.values()].filter((conn) => conn.interest.includes(letter));
    const reads = those("R"), writes = those("W"), names = [];
    if (reads.length) names.push(this.say("readsOf", {count: reads.length}));
    if (writes.length) names.push(this.say("writesOf", {names: shortList(writes.map((conn) => nameOf(this.trace, state, conn.number)))}));
    const timeout = state.timeout >= 86400 ? this.say("noTimer") : duration(state.timeout * 1e9, this.language);
    put("selector", this.say("selector", {names: names.join(", ") || this.say("nothing"), timeout}));
  }

  // -- what was, and where

  _past(i) {
    const trace = this.trace, acts = trace.actsOfTurn(i), items = [], shown = acts.slice(-MOST_ACTS);
    put("past-title", this.say("past"));
    const state = trace.at(shown[0].first - 1);
    for (const act of shown) {
      const last = Math.min(act.last, i);
      for (let j = act.first; j <= last; j++) reduce(state, trace.event(j));
      const item = make("li", {value: act.index + 1, textContent: caption(trace, state, {first: act.first, last}, this.language)});
      if (last === i) item.setAttribute("aria-current", "step");
      items.push(item);
    }
    if (acts.length > MOST_ACTS) {
      items.unshift(make("li", {className: "earlier", textContent: this.say("earlier", {count: acts.length - MOST_ACTS})}));
    }
    element("acts").replaceChildren(...items);
    const isOver = i === trace.events - 1 && trace.isRead;
    put("next", isOver ? this.say("over") : `? ${this.say("whatNow")}`);
  }

  _follow(i, view) {
    hide("followed", view.message < 0);
    if (view.message < 0) return;
    const until = this.trace.way(view.message).filter((place) => place <= i);
    const count = (kind) => until.filter((place) => this.trace.event(place).event === kind).length;
    put("followed", this.say("followed", {message: view.message, done: count("send"), all: count("queue")}));
  }

  _position(i) {
    const index = this.trace.turnOf(i), scrub = element("scrub");
    put("scrubber-name", this.say("strip"));
    scrub.max = String(Math.max(this.trace.turns.length - 1, 0));
    scrub.value = String(index);
    scrub.setAttribute("aria-valuetext", this.say("turn", {turn: this.trace.turnNumbers.at(index)}));
    put("legend", this.trace.isRead ? this.say("stripLegend")
      : this.say("reading", {percent: Math.floor((100 * this.trace.events) / this.trace.starts.length)}));
    this._drawStrip();
  }

  /* The strip of turns, made anew only when there are more. */
  _drawStrip() {
    const {turns, work, troubles, notes} = this.trace;
    if (this._strip === `${turns.length}`) return;
    this._strip = `${turns.length}`;
    const count = Math.min(BINS, turns.length), high = new Array(count).fill(0), marks = new Array(count).fill("");
    const binOf = (index) => Math.floor((index * count) / turns.length);
    const mark = (place, text) => { marks[binOf(this.trace.turnOf(place))] = text; };
    work.all().forEach((events, index) => { high[binOf(index)] = Math.max(high[binOf(index)], events); });
    for (const place of troubles.all()) mark(place, "!");
    for (const place of notes.all()) if (this.trace.event(place).ask) mark(place, "?");
    const most = Math.log2(1 + Math.max(...high, 1));
    element("strip").replaceChildren(...high.map((height, bin) => {
      const made = make("span", {className: marks[bin] === "!" ? "trouble" : ""}, make("b", {textContent: marks[bin]}));
      made.style.height = `${Math.max((60 * Math.log2(1 + height)) / most, 3)}%`;
      return made;
    }));
  }
}

function isActive(state, conn) {
  return state.lastEvent.conn === conn.number;
}

/* Who takes part in this turn comes first; the others are counted. */
function chosenRows(state) {
  const all = [...state.conns.values()];
  const weight = (conn) => (isActive(state, conn) ? 4 : 0) + (conn.lastSeen === state.turn ? 2 : 0) + (conn.queued || conn.buffered || conn.life !== "open" ? 1 : 0);
  if (all.length <= MOST_ROWS) return {shown: all, folded: 0};
  const sorted = [...all].sort((one, other) => weight(other) - weight(one) || one.number - other.number);
  const chosen = new Set(sorted.slice(0, MOST_ROWS));
  return {shown: all.filter((conn) => chosen.has(conn)), folded: all.length - MOST_ROWS, busy: weight(sorted[MOST_ROWS]) > 0};
}

function scaleFor(most) {
  return SCALES.find((scale) => scale >= most) || most;
}

/* A bar with its scale; an empty one is a thin line. */
function bar(size, scale, kind, marks = []) {
  const fill = make("span", {className: "fill"});
  fill.style.width = `${Math.min((100 * size) / scale, 100)}%`;
  const made = make("span", {className: `bar ${kind}${size ? "" : " empty"}`}, fill);
  made.setAttribute("aria-hidden", "true");
  for (const mark of marks.filter((one) => one < scale)) {
    const line = make("span", {className: "mark"});
    line.style.left = `${(100 * mark) / scale}%`;
    made.append(line);
  }
  return made;
}

function figure(size, text, isFollowed = false) {
  if (!size) return make("span", {className: "figure aside", textContent: bytes(0)});
  return make("span", {className: isFollowed ? "figure followed" : "figure"}, `${bytes(size)} `, make("bdi", {textContent: text.slice(0, 60)}));
}

function messagesOf(conn) {
  const names = conn.messages.filter(Boolean).map((message) => `m${Number(message)}`);
  return names.length > 3 ? `${names[0]} … ${names[names.length - 1]} (${names.length})` : names.join(" ");
}
