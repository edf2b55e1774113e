"use strict";
/* The model of a trace that grows while it is looked at: it is pure, as the model of the player is.

   The stream of /loop brings whole lines, and two things that no recorded trace has:
   - a header in the midst, with a snapshot of all connections: what is known there, whatever was before;
   - an event `gap` before it: so many events are not in this page. */

const MOST_CHARACTERS = 50e6; // of one trace; a page with ten times as many would be ended by the browser
const READ_AT_ONCE = 1000;

Object.assign(WORDS, {
  gap: ["Lacuna: faltam {missed} eventos antes daqui.", "Gap: {missed} events before this are missing."],
  over: ["Depois daqui, nada aconteceu ainda.", "After this, nothing has happened yet."],
  last: ["ao vivo", "live"],
  live: ["● ao vivo", "● live"],
  back: ["parado aqui; {count} eventos depois; End: ao vivo", "stopped here; {count} events since; End: live"],
  backInOld: ["parado no rastro de antes; End: ao vivo", "stopped in the trace of before; End: live"],
  missed: ["faltam {missed} eventos", "{missed} events are missing"],
  restarted: ["o servidor recomeçou: o rastro é novo", "the server has restarted: the trace is new"],
  connecting: ["conectando…", "connecting…"],
  lost: ["sem conexão com o servidor; tentando de novo…", "no connection to the server; trying again…"],
});
KEYS.find(([key]) => key === "Home End")[1] = ["início, ao vivo", "begin, live"];
NAMES.push("gap");

const headerOfFile = REDUCERS.header;

REDUCERS.gap = (state) => {
  state.isSure = false;
};

REDUCERS.header = (state, event) => {
  if (event.snapshot) {
    state.conns = new Map();
    state.isSure = true;
    state.phase = event.phase ?? state.phase;
  }
  headerOfFile(state, event);
};

/* A trace whose lines come one by one.  (One long text would be copied for each of them.) */
class GrowingTrace extends Trace {
  append(text) {
    this.lines = this.lines || []; // the first call comes from the constructor of Trace
    this.size = this.size || 0;
    this.missed = this.missed || 0; // events that the stream has left out
    for (const line of text.split("\n")) if (line) this.add(line);
  }

  add(line) {
    this.starts.push(this.lines.length);
    this.lines.push(line);
    this.size += line.length;
  }

  readAll() {
    while (this.read(READ_AT_ONCE));
  }

  _parse(i) {
    return JSON.parse(this.lines[i]);
  }

  _index(i, event) {
    super._index(i, event);
    if (event.event !== "gap") return;
    this.troubles.push(i);
    if (i > 0) this.missed += event.missed; // the first one is what was before this page
  }
}

/* Two lines with which another trace can go on after the last event of `trace`. */
function goingOnAfter(trace) {
  const state = trace.at(trace.events - 1), about = {n: state.n, t: state.t, turn: state.turn};
  const snapshot = [...state.conns.values()].map(({number, age, ...known}) => ({conn: number, ...known}));
  const header = {...trace.header, ...about, phase: state.phase, snapshot};
  return [{...about, event: "gap", missed: state.n + 1}, header].map((event) => JSON.stringify(event));
}

/* What the stream has brought.  `trace` is the newest one.

   No trace grows for ever: when it is half full a younger one begins to grow beside it, and takes its place later. */
class Growth {
  constructor(most = MOST_CHARACTERS) {
    this.most = most;
    this.run = "";
    this.restarts = -1; // the first run is none
    this._isAnew = true;
    this._begin();
  }

  /* The next message begins another trace, whatever its run. */
  beginAnew() {
    this._isAnew = true;
  }

  /* Take the lines of one message; its id is the run and the number of the last event. */
  take(text, id) {
    const run = id.slice(0, id.lastIndexOf("-"));
    if (run !== this.run || this._isAnew) {
      this._begin();
      if (run !== this.run) this.restarts += 1;
      this.run = run;
      this._isAnew = false;
    }
    const before = this.trace.events;
    this.trace.append(text);
    this.trace.readAll();
    if (this._younger) {
      for (let i = before; i < this.trace.events; i++) this._younger.add(this.trace.lines[i]);
      this._younger.readAll();
    }
    this._bound();
  }

  _begin() {
    this.trace = new GrowingTrace();
    this._younger = null;
  }

  _bound() {
    if (!this._younger && this.trace.size > this.most / 2) {
      this._younger = new GrowingTrace(goingOnAfter(this.trace).join("\n"));
      this._younger.readAll();
    }
    if (this.trace.size > this.most) {
      this.trace = this._younger;
      this._younger = null;
    }
  }
}
