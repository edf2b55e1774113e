"use strict";
/* The lines of the wire: what the server says, and what was said to it and has no answer yet.  Nothing here knows the page. */

const KINDS = {FROM: parseFrom, OK: (rest) => named("ok", rest), JOIN: (rest) => named("join", rest), LEAVE: parseLeave,
  WHO: parseWho, ERR: parseErr, BYE: parseBye};

/* The message in a line of the server, or null if no minichat server says that. */
function parseLine(line) {
  const [word, rest] = cut(line, " ");
  return Object.hasOwn(KINDS, word) ? KINDS[word](rest) : null;
}

function parseFrom(rest) {
  const found = /^([^ ]+) \[(all|dm)\]: (.*)$/su.exec(rest);
  return found && {kind: "from", nick: found[1], to: found[2], text: found[3]};
}

function named(kind, rest) {
  return rest && !rest.includes(" ") ? {kind, nick: rest} : null;
}

function parseLeave(rest) {
  const [nick, reason] = cut(rest, " ");
  return nick && reason && !reason.includes(" ") ? {kind: "leave", nick, reason} : null;
}

function parseWho(rest) {
  const [total, names] = cut(rest, " ");
  return /^[0-9]{1,9}$/.test(total) ? {kind: "who", total: Number(total), nicks: names ? names.split(" ") : []} : null;
}

function parseErr(rest) {
  return rest && !rest.includes(" ") ? {kind: "err", code: rest} : null;
}

function parseBye(rest) {
  return rest === "" || rest === "shutdown" ? {kind: "bye", isShutdown: rest === "shutdown"} : null;
}

/* The text before the first `mark`, and the text after it. */
function cut(text, mark) {
  const place = text.indexOf(mark);
  return place < 0 ? [text, ""] : [text.slice(0, place), text.slice(place + mark.length)];
}

/* What the server takes a line for: who, quit, nothing, tell or say. */
function commandOf(line) {
  if (line.startsWith("@")) return "tell";
  const word = line.replace(/ +$/, "").toLowerCase();
  if (word === "") return "nothing";
  return word === "who" || word === "quit" ? word : "say";
}

/* Controls but TAB, line separators and bidi controls: the server relays none of them. */
const FORBIDDEN = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/u;

function byteLength(text) {
  return new TextEncoder().encode(text).length;
}

/* The text as a WebSocket sends it: what is no whole character becomes U+FFFD. */
function asSent(text) {
  return text.replace(/[\ud800-\udfff]/gu, "\ufffd");
}

/* Hostile text as text that cannot turn the direction of the rest nor hide a part of it. */
function safe(text) {
  return String(text).replace(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ud800-\udfff]/gu,
    (found) => `\\u{${found.codePointAt(0).toString(16)}}`);
}

/* The codes that say why we do not come in or are thrown out.  They answer no line. */
const ENDS = new Set(["apelido_em_uso", "apelido_invalido", "line_unfinished", "server_full", "too_many_connections",
  "timeout", "too_slow", "kicked", "banned"]);
const LINE_CODES = new Set(["line_too_long", "invalid_utf8", "invalid_text"]);
const DIRECT_CODES = new Set(["user_not_found", "empty_message"]);

/* True if `ERR <code>` can answer `line`, while no line before it waits for its own. */
function canRefuse(line, code) {
  if (ENDS.has(code)) return false;
  if (FORBIDDEN.test(line)) return code === "invalid_text";
  const name = commandOf(line);
  if (LINE_CODES.has(code)) return name === "say";
  return name === "tell" || (name === "say" && !DIRECT_CODES.has(code));
}

/* True if the server answers `line` in any case; a direct message has an ERR or nothing. */
function hasOwnAnswer(line) {
  return commandOf(line) !== "tell";
}

/* The lines that were sent to one server and have no answer yet, in order.

   The server serves the lines of one sender in order, so the answer to a line also
   confirms each line before it.  A line is an object with its `text`; a silent one is
   a question of the page itself, which nobody has to see. */
class Receipts {
  constructor(now) {
    this.lines = [];
    this.since = 0; // when the last answer came, or the first line that waits was sent
    this._now = now;
    this._nick = "";
    this._nicks = []; // of a WHO reply that has several lines
  }

  get hasQuestion() {
    return this.lines.some((line) => line.isSilent);
  }

  /* True if only a question tells whether the last line arrived. */
  get isOpenEnded() {
    return this.lines.length > 0 && !hasOwnAnswer(this.lines[this.lines.length - 1].text);
  }

  /* Milliseconds that something has waited for an answer while none came. */
  get silence() {
    return this.lines.length ? this._now() - this.since : 0;
  }

  sent(line) {
    if (!this.lines.length) this.since = this._now();
    this.lines.push(line);
  }

  /* Note a message of the server; return what it settles: [line, "said" | "answered" | "refused"], in order. */
  heard(message) {
    if (!message) return [];
    switch (message.kind) {
      case "ok": this._nick = message.nick; return [];
      case "from": return message.nick === this._nick ? this._echo(message) : [];
      case "who": return this._list(message);
      case "err": return this._settle((line) => !line.isSilent && canRefuse(line.text, message.code), "refused");
      case "bye": return message.isShutdown ? [] : this._settle((line) => commandOf(line.text) === "quit", "answered");
      default: return [];
    }
  }

  /* Forget all, for the connection is lost; return the lines that may be lost with it. */
  close() {
    const lost = this.lines.filter((line) => !line.isSilent);
    this.lines = [];
    this._nicks = [];
    return lost;
  }

  _echo({to, text}) {
    if (to === "all") return this._settle((line) => line.text === text, "said");
    return this._settle((line) => line.text.startsWith("@") && line.text.endsWith(` ${text}`), "said"); // from us to us
  }

  _list({total, nicks}) {
    const index = this.lines.findIndex((line) => commandOf(line.text) === "who");
    if (index < 0) return [];
    const settled = this._take(index, "answered");
    this._nicks.push(...nicks);
    if (this._nicks.length >= total) {
      this.lines[0].nicks = this._nicks;
      this._nicks = [];
      settled.push(...this._take(1, "answered"));
    }
    return settled;
  }

  _settle(fits, outcome) {
    const index = this.lines.findIndex(fits);
    return index < 0 ? [] : this._take(index + 1, outcome);
  }

  /* Settle the first `count` lines; the last of them with `outcome`. */
  _take(count, outcome) {
    this.since = this._now();
    return this.lines.splice(0, count).map((line, i) => [line, i === count - 1 ? outcome : "answered"]);
  }
}
