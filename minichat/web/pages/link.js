"use strict";
/* The connection: it opens, comes back after a loss, and finds out whether it is still alive. */

const FIRST_PAUSE = 1000; // ms; twice at first, then each pause is twice as long
const LONGEST_PAUSE = 30000;
const JITTER = 0.25; // more or less: when a server restarts, a whole class must not return in one instant
const STEADY = 10000; // a connection that lasted longer was a good one: the pauses are short again
const ENTER_PATIENCE = 10000; // from the request to OK
const PROBE_PATIENCE = 3000; // for an answer after sleep
const LATE = 5000; // a silence of this length is told
const DEAD = 20000; // a silence of this length is a loss: the page connects anew
const IDLE = 30000; // nobody said anything: the page asks, for a dead connection would look the same
const LOOK = 1000; // from one look at the clock to the next
const JUMP = 5000; // a look that comes so much later: the device has slept
const GHOST = 60000; // our own lost connection may have our nick so long; the server lets go of it after 40 s
const GHOST_ATTEMPTS = 3; // as if there had been no more: the server is there, and a pause of 4 s is long enough

const NO_NICK = new Set(["invalid_utf8", "invalid_text", "line_too_long", "line_unfinished"]); // instead of OK
const THROWN_OUT = new Set(["kicked", "banned"]); // we do not come back by ourselves

/* Where a person is with the server. */
const OUT = "out", ENTERING = "entering", IN = "in", AWAY = "away";

/* One person's way to the server.  The page is told what happens; for each stay:

     status* (refused | ended | cameIn (settled* came)* read)* (lost | ended)) */
class Link {
  constructor(page, open, now) {
    this.place = OUT;
    this.receipts = new Receipts(now);
    this.nextAt = 0; // when the next attempt is
    this._page = page;
    this._open = open; // a function that makes a WebSocket
    this._now = now;
    this._socket = null;
    this._nick = "";
    this._waiting = []; // lines that go when the connection is back
    this._attempts = 0;
    this._inSince = this._lostAt = this._heardAt = 0;
    this._isExpected = false; // we said QUIT
    this._timers = {}; // by what they are for
    this._lookedAt = now();
  }

  get waiting() {
    return this._waiting;
  }

  /* Come in as `nick`; `isBack` if we were in lately: then the nick may still be taken by our own lost connection. */
  enter(nick, isBack = false) {
    this._nick = nick;
    this._lostAt = isBack ? this._now() : -Infinity;
    this._attempts = 0;
    this.place = isBack ? AWAY : ENTERING;
    this._connect();
  }

  /* Send a line now, or once the connection is back. */
  say(line) {
    if (this.place === IN && this._socket.readyState > 1) this._ended("lost"); // it takes lines, and throws them away
    if (this.place === IN) this._send(line);
    else this._waiting.push(line);
  }

  /* Take back a line that waits; false if it has been sent. */
  drop(line) {
    const index = this._waiting.indexOf(line);
    if (index >= 0) this._waiting.splice(index, 1);
    return index >= 0;
  }

  /* Say goodbye. */
  leave() {
    if (this.place === IN) {
      this._isExpected = true;
      this._send({text: "QUIT"});
      this._after("bye", PROBE_PATIENCE, () => this._ended("left"));
    } else {
      this._ended("left");
    }
  }

  /* Look now: the device may have slept, or the network is back. */
  wake() {
    if (this.place === AWAY && !this._socket) this._connect();
    else if (this.place === IN) this._probe(PROBE_PATIENCE);
  }

  /* To be called each second. */
  look(isVisible) {
    const late = this._now() - this._lookedAt - LOOK;
    this._lookedAt = this._now();
    const hasJumped = Math.abs(late) > JUMP; // also when the clock was set
    if (isVisible && hasJumped) this.wake();
    if (this.place !== IN) return;
    if (this._socket.readyState > 1) return this._ended("lost");
    if (this.receipts.isOpenEnded && !this.receipts.hasQuestion) this._ask();
    if (isVisible && this._now() - this._heardAt > IDLE && !this.receipts.hasQuestion) this._ask();
    if (isVisible && !hasJumped && this.receipts.silence >= DEAD) this._ended("silent");
    return undefined;
  }

  get isLate() {
    return this.place === IN && this.receipts.silence >= LATE;
  }

  // -- the socket

  _connect() {
    this._clear();
    this.nextAt = 0;
    this.receipts.close();
    const socket = this._socket = this._open();
    socket.onopen = () => socket.send(this._nick);
    socket.onmessage = (event) => this._read(String(event.data));
    socket.onclose = () => this._ended("lost");
    this._after("enter", ENTER_PATIENCE, () => this._ended("silent"));
    this._page.status();
  }

  _send(line) {
    // Of two direct messages one after the other, an ERR does not say which one it refuses.
    if (!line.isSilent && commandOf(line.text) === "tell" && this.receipts.isOpenEnded) this._ask();
    this.receipts.sent(line);
    this._socket.send(line.text);
  }

  _ask() {
    this._send({text: "WHO", isSilent: true});
  }

  /* Ask, and connect anew if nothing at all comes. */
  _probe(patience) {
    if (this._socket.readyState > 1) return this._ended("lost");
    if (!this.receipts.hasQuestion) this._ask();
    this.receipts.since = this._heardAt = this._now(); // the silence of sleep is none of the server's
    if (!this._timers.probe) this._after("probe", patience, () => this._ended("silent"));
    return undefined;
  }

  _read(data) {
    this._heardAt = this._now();
    this._cancel("probe");
    const lines = data.split("\n");
    if (lines[lines.length - 1] === "") lines.pop();
    const socket = this._socket;
    for (const line of lines) {
      if (this._socket !== socket) return;
      this._hear(parseLine(line), line);
    }
    this._page.read();
  }

  _hear(message, line) {
    if (this.place !== IN) return this._hearFirst(message);
    const settled = this.receipts.heard(message);
    for (const [one, outcome] of settled) this._page.settled(one, outcome, message);
    this._page.came(message, line, settled.length > 0);
    if (message && message.kind === "bye") this._ended(message.isShutdown ? "stopped" : "left");
    if (message && message.kind === "err" && THROWN_OUT.has(message.code)) this._refused(message.code);
    return undefined;
  }

  _hearFirst(message) {
    if (message && message.kind === "ok") this._cameIn(message);
    else if (message && message.kind === "err") this._refused(NO_NICK.has(message.code) ? "apelido_invalido" : message.code);
    else if (message && message.kind === "bye") this._ended("stopped");
  }

  _cameIn(message) {
    const isBack = this.place === AWAY;
    this._clear();
    this.place = IN;
    this._inSince = this._now();
    this.receipts.heard(message);
    this._page.cameIn(message.nick, isBack);
    this._ask();
    for (const line of this._waiting.splice(0)) this._send(line);
  }

  _refused(code) {
    const isGhost = code === "apelido_em_uso" && this._now() - this._lostAt < GHOST;
    if (isGhost) this._attempts = Math.min(this._attempts, GHOST_ATTEMPTS);
    const isFinal = code === "apelido_em_uso" || code === "apelido_invalido" || THROWN_OUT.has(code);
    if (this.place === AWAY && (isGhost || !isFinal)) return this._ended("lost");
    this._close();
    this.place = OUT;
    this._page.refused(code, lostOf(this.receipts));
    return undefined;
  }

  /* The connection is over; `why` is lost, silent, stopped or left. */
  _ended(why) {
    const was = this.place;
    this._close();
    const lost = lostOf(this.receipts);
    const isLeft = why === "left" || this._isExpected;
    this._isExpected = false;
    if (isLeft || was === OUT || was === ENTERING) {
      this.place = OUT;
      this._page.ended(isLeft ? "left" : why, lost, isLeft ? this._waiting.splice(0) : []);
      return;
    }
    this.place = AWAY;
    if (was === IN) {
      this._lostAt = this._now();
      if (this._lostAt - this._inSince > STEADY) this._attempts = 0;
      this._page.lost(why, lost);
    }
    this._tryAgain();
  }

  _tryAgain() {
    const pause = Math.min(FIRST_PAUSE * 2 ** Math.max(this._attempts - 1, 0), LONGEST_PAUSE);
    this._attempts += 1;
    const wait = pause * (1 - JITTER + 2 * JITTER * Math.random());
    this.nextAt = this._now() + wait;
    this._after("again", wait, () => this._connect());
    this._page.status();
  }

  /* Forget the socket at once; a browser may take minutes to close one that hangs. */
  _close() {
    this._clear();
    this.nextAt = 0;
    const socket = this._socket;
    this._socket = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  // -- timers

  _after(name, wait, act) {
    this._cancel(name);
    this._timers[name] = setTimeout(() => {
      this._cancel(name);
      act();
    }, wait);
  }

  _cancel(name) {
    clearTimeout(this._timers[name]);
    delete this._timers[name];
  }

  _clear() {
    for (const name of Object.keys(this._timers)) this._cancel(name);
  }
}

/* The texts that may be lost with a connection; a command is no loss. */
function lostOf(receipts) {
  return receipts.close().filter((line) => ["say", "tell"].includes(commandOf(line.text)));
}
