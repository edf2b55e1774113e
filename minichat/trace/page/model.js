"use strict";
/* The model of a trace: from its lines to states, acts and indexes.  It is pure: it knows no page and no clock.

   `read` goes through all lines once, in pieces, and keeps keyframes (the state before an event, every now and then)
   and where acts, turns, messages, troubles and notes are; a line is parsed again when it is needed.  An act is one
   step for a person, such as one message into thirty queues.  `at(i)` is the state after event i: the definition. */

const KEYFRAME_EVENTS = 256;
const KEYFRAME_CONNECTIONS = 4; // so many events for each connection, if that is more
const NAMES = ["header", "wait", "wake", "accept", "open", "recv", "line", "command", "queue", "send", "drop",
  "interest", "head", "frame", "state", "close", "timer", "slow", "note", "end"];
const PHASE_OF = {wait: 0, wake: 0, recv: 1, timer: 2, accept: 3, line: 3, command: 3, queue: 3, drop: 3, state: 3, send: 4};

/* A growing list of whole numbers, four bytes each. */
class Numbers {
  constructor() {
    this.length = 0;
    this.values = new Uint32Array(1024);
  }

  push(value) {
    if (this.length === this.values.length) {
      const longer = new Uint32Array(2 * this.length);
      longer.set(this.values);
      this.values = longer;
    }
    this.values[this.length++] = value;
  }

  at(index) {
    return this.values[index];
  }

  all() {
    return this.values.subarray(0, this.length);
  }

  /* The index of the last value that is at most `value`; -1 if there is none. */
  find(value) {
    let low = 0, high = this.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.values[middle] <= value) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

/* The value of a key of its own: "constructor" is none. */
function own(object, key) {
  return Object.prototype.hasOwnProperty.call(object, key) ? object[key] : undefined;
}

/* A list, whatever a trace holds in its place. */
function list(value) {
  return Array.isArray(value) ? value : [];
}

/* -- the state, and what an event does to it ------------------------------------- */

function emptyState() {
  return {
    age: 0, // of the last keyframe: a connection that is older is copied before it is changed
    t: 0, turn: 0, phase: 0, n: -1, isSure: true, timeout: 0, ready: [],
    conns: new Map(), lastEvent: null,
  };
}

/* A state that can be changed without changing `state`. */
function copyOf(state) {
  state.age += 1;
  return {...state, conns: new Map(state.conns)};
}

function connOf(state, number) {
  const known = state.conns.get(number);
  if (known && known.age === state.age) return known;
  const conn = known ? {...known, age: state.age} : {
    age: state.age, number, nick: "", interest: "", life: "open", reason: "", buffered: 0,
    held: "", queued: 0, messages: [], kernel: null, ready: "", lastSeen: 0,
  };
  state.conns.set(number, conn);
  return conn;
}

const REDUCERS = {
  header(state, event) {
    for (const known of list(event.snapshot)) Object.assign(connOf(state, known.conn), known, {number: known.conn});
  },
  wait(state, event) {
    state.timeout = event.timeout;
    state.ready = [];
    for (const [number, conn] of state.conns) if (conn.ready) connOf(state, number).ready = "";
  },
  wake(state, event) {
    state.ready = list(event.ready);
    for (const [name, letters] of state.ready) if (state.conns.has(name)) connOf(state, name).ready = letters;
  },
  open(state, event) {
    connOf(state, event.conn);
  },
  recv(state, event) {
    const conn = connOf(state, event.conn);
    conn.ready = conn.ready.replace("R", "");
    if (typeof event.got === "number" && conn.life === "open") {
      if (event.data !== undefined) conn.held += (conn.held || !conn.buffered ? "" : "…") + event.data;
      conn.buffered += event.got;
    }
    keepKernel(conn, event);
  },
  line(state, event) {
    const conn = connOf(state, event.conn);
    // Cut only where each byte is one character.
    const rest = conn.held.length === conn.buffered ? conn.held.slice(-event.buffered) : conn.held && "…";
    conn.held = event.buffered ? rest : "";
    conn.buffered = event.buffered;
  },
  queue(state, event) {
    const conn = connOf(state, event.conn);
    conn.queued = event.queued;
    conn.messages = conn.messages.concat(list(event.messages));
  },
  send(state, event) {
    const conn = connOf(state, event.conn);
    conn.ready = conn.ready.replace("W", "");
    conn.queued = event.queued;
    conn.messages = conn.messages.slice(list(event.done).length);
    keepKernel(conn, event);
  },
  drop(state, event) {
    const conn = connOf(state, event.conn);
    conn.queued = event.queued;
    conn.messages = conn.messages.slice(0, conn.messages.length - list(event.messages).length);
  },
  interest(state, event) {
    connOf(state, event.conn).interest = event.to;
  },
  state(state, event) {
    const conn = connOf(state, event.conn);
    if (event.state === "joined") {
      conn.nick = String(event.nick);
      return;
    }
    if (event.state === "watching") state.conns.delete(event.conn);
    conn.life = String(event.state);
    conn.reason = String(event.reason || "");
    conn.buffered = 0; // what is left will never be a line
    conn.held = "";
  },
  close(state, event) {
    state.conns.delete(event.conn);
  },
};

function keepKernel(conn, event) {
  if (Array.isArray(event.kernel)) conn.kernel = {unread: event.kernel[0], unsent: event.kernel[1], n: event.n};
}

/* Change `state` by one event. */
function reduce(state, event) {
  if (state.n >= 0 && event.n !== state.n + 1) state.isSure = false;
  state.n = event.n;
  state.t = event.t;
  state.turn = event.turn;
  state.phase = PHASE_OF[event.event] ?? state.phase;
  const change = own(REDUCERS, event.event);
  if (change) change(state, event);
  const conn = state.conns.get(event.conn);
  if (conn) connOf(state, event.conn).lastSeen = event.turn;
  state.lastEvent = event;
}

/* -- what belongs together ------------------------------------------------------- */

function isShort(event) {
  return event.event === "send" && event.sent !== event.asked;
}

function isTrouble(event) {
  return isShort(event) || event.event === "slow" || event.event === "drop"
    || (event.event === "recv" && typeof event.got === "string" && event.got !== "again" && event.got !== "eof")
    || (event.event === "accept" && event.result !== "ok" && event.result !== "again");
}

/* True if `event` is a further part of the act to which `last` belongs. */
function continues(last, event) {
  if (!last || last.turn !== event.turn) return false;
  const pair = `${last.event} ${event.event}`;
  if (pair === "queue queue") return String(last.messages) === String(event.messages);
  if (pair === "send send") return !isShort(last) && !isShort(event);
  return last.conn === event.conn && /^(accept open|line command|state close|(open|state|recv|send) interest)$/.test(pair);
}

/* -- the trace ------------------------------------------------------------------- */

class Trace {
  constructor(text = "") {
    this.text = "";
    this.starts = new Numbers(); // of each line, in the text
    this.acts = new Numbers(); // the first event of each act
    this.turns = new Numbers(); // the first event of each turn that is in the trace
    this.turnNumbers = new Numbers();
    this.work = new Numbers(); // events in each of these turns
    this.troubles = new Numbers();
    this.notes = new Numbers(); // those that ask
    this.commands = new Map(); // by message: its event
    this.keyframes = [];
    this.keyframeEvents = new Numbers();
    this.nicks = new Map(); // by connection, also of those that are closed
    this.largest = {buffered: 0, queued: 0}; // in the whole trace
    this.header = {};
    this.hasKernel = false; // what the kernel holds was recorded
    this.events = 0; // read so far
    this._state = emptyState();
    this._last = null;
    this._parsed = new Map(); // some events that were needed of late
    this.append(text);
  }

  /* Add text at the end; only whole lines count. */
  append(text) {
    let from = this.text.length - (this._rest || 0);
    this.text += text;
    for (;;) {
      const end = this.text.indexOf("\n", from);
      if (end < 0) break;
      if (end > from) this.starts.push(from);
      from = end + 1;
    }
    this._rest = this.text.length - from;
  }

  get isRead() {
    return this.events === this.starts.length;
  }

  /* Read at most `count` more events; return true while there are others. */
  read(count) {
    const until = Math.min(this.events + count, this.starts.length);
    for (let i = this.events; i < until; i++) this._index(i, this._parse(i));
    return !this.isRead;
  }

  /* The event at a place. */
  event(i) {
    let event = this._parsed.get(i);
    if (!event) {
      event = this._parse(i);
      if (this._parsed.size > 2000) this._parsed.clear();
      this._parsed.set(i, event);
    }
    return event;
  }

  /* The state after event i, which must have been read; -1 is before all of them. */
  at(i) {
    if (i < 0) return emptyState();
    const k = this.keyframeEvents.find(i);
    const state = copyOf(this.keyframes[k]);
    for (let j = this.keyframeEvents.at(k); j <= i; j++) reduce(state, this.event(j));
    return state;
  }

  /* The first and the last event of the act with event i in it. */
  actOf(i) {
    const index = this.acts.find(i);
    const next = index + 1 < this.acts.length ? this.acts.at(index + 1) : this.events;
    return {index, first: this.acts.at(index), last: next - 1};
  }

  /* The acts of a turn up to event i, as pairs of events. */
  actsOfTurn(i) {
    const begin = this.turns.at(this.turnOf(i));
    const acts = [];
    for (let index = this.acts.find(begin); index < this.acts.length && this.acts.at(index) <= i; index++) {
      acts.push(this.actOf(this.acts.at(index)));
    }
    return acts;
  }

  /* Which of the turns event i is in. */
  turnOf(i) {
    return Math.max(this.turns.find(i), 0);
  }

  /* The event at which a turn begins, or -1. */
  turnStart(turn) {
    const index = this.turnNumbers.find(turn);
    return index >= 0 ? this.turns.at(index) : -1;
  }

  /* The place of the event with the number n, or the last one before it. */
  placeOf(n) {
    let low = 0, high = this.events;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.event(middle).n <= n) low = middle + 1;
      else high = middle;
    }
    return Math.max(low - 1, 0);
  }

  /* The way of a message: the events that carried, served, queued and sent it, in order. */
  way(message) {
    const key = `${message} ${this.events}`; // of the last one, for it may be long
    if (this._wayKey !== key) this._way = this._wayOf(message);
    this._wayKey = key;
    return this._way;
  }

  _wayOf(message) {
    const command = this.commands.get(message);
    if (command === undefined) return [];
    const sender = this.event(command).conn;
    const found = [command];
    let isLine = false;
    for (let i = command - 1; i >= 0 && command - i < 5000; i--) {
      const event = this.event(i);
      if (event.conn !== sender) continue;
      if (event.event === "line" && !isLine) {
        isLine = true;
        found.unshift(i);
      } else if (event.event === "recv") {
        found.unshift(i);
        break;
      }
    }
    let waiting = 0;
    for (let i = command + 1; i < this.events && i - command < 100000; i++) {
      const event = this.event(i);
      if (event.event === "queue" && list(event.messages).includes(message)) {
        waiting += 1;
        found.push(i);
      } else if ((event.event === "send" && list(event.done).includes(message))
        || (event.event === "drop" && list(event.messages).includes(message))) {
        waiting -= 1;
        found.push(i);
      } else if (event.event === "wait" && waiting === 0 && event.turn > this.event(command).turn) {
        break;
      }
    }
    return found;
  }

  /* The first of `numbers` after event i, or -1. */
  next(numbers, i) {
    const index = numbers.find(i) + 1;
    return index < numbers.length ? numbers.at(index) : -1;
  }

  _parse(i) {
    const end = i + 1 < this.starts.length ? this.starts.at(i + 1) : this.text.length - this._rest;
    return JSON.parse(this.text.slice(this.starts.at(i), end));
  }

  _index(i, event) {
    const last = this._last;
    const sinceKeyframe = i - (this.keyframeEvents.length ? this.keyframeEvents.at(this.keyframeEvents.length - 1) : 0);
    if (i === 0 || sinceKeyframe >= Math.max(KEYFRAME_EVENTS, KEYFRAME_CONNECTIONS * this._state.conns.size)) {
      this.keyframes.push(copyOf(this._state));
      this.keyframeEvents.push(i);
      this._state.age += 1;
    }
    if (event.event === "header") this.header = event;
    if (event.kernel) this.hasKernel = true;
    if (!last || event.turn !== last.turn || this.turns.length === 0) {
      this.turns.push(i);
      this.turnNumbers.push(event.turn);
      this.work.push(0);
    }
    this.work.values[this.work.length - 1] += 1;
    if (!continues(last, event)) this.acts.push(i);
    if (isTrouble(event)) this.troubles.push(i);
    if (event.event === "note" && (event.ask || event.answer)) this.notes.push(i);
    if (event.event === "command") this.commands.set(event.message, i);
    reduce(this._state, event);
    const conn = this._state.conns.get(event.conn);
    if (conn) {
      if (conn.nick) this.nicks.set(event.conn, conn.nick);
      for (const what of ["buffered", "queued"]) this.largest[what] = Math.max(this.largest[what], conn[what]);
    }
    this._last = event;
    this.events = i + 1;
  }
}
