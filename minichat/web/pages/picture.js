"use strict";
/* What is seen of the conversation: the lines, and what has no answer yet.
   Text of others becomes text nodes in <bdi>, and nothing else. */

const MOST_LINES = 500; // in the page
const MOST_IN_ONE = 6; // who came or left, in one quiet line
const NEAR_END = 40; // px from the end: the person reads what comes

function element(id) {
  return document.getElementById(id);
}

/* Change a text only if it differs, so that it is read aloud once. */
function put(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/* A new element with classes and children; a string is text. */
function made(tag, classes = "", ...children) {
  const node = document.createElement(tag);
  if (classes) node.className = classes;
  node.append(...children);
  return node;
}

/* Text of a person, which cannot turn the direction of what is around it. */
function foreign(text) {
  return made("bdi", "", safe(text));
}

/* The text of a key as nodes, in which each field stands in a <bdi>. */
function sentence(say, key, fields = {}) {
  const given = (name) => (Object.hasOwn(fields, name) ? foreign(fields[name]) : `{${name}}`);
  return say(key).split(/\{(\w+)\}/).map((piece, i) => (i % 2 ? given(piece) : piece));
}

function button(text, act) {
  const node = made("button", "", text);
  node.type = "button";
  node.addEventListener("click", act);
  return node;
}

function timeNode(date = new Date()) {
  const node = made("time", "", date.toLocaleTimeString(document.documentElement.lang, {hour: "2-digit", minute: "2-digit"}));
  node.dateTime = date.toISOString();
  return node;
}

/* The lines that were said, at most MOST_LINES, and under them those that have no answer. */
class Log {
  constructor(say) {
    this._say = say;
    this._scroller = element("scroller");
    this._lines = element("log");
    this._pending = element("pending");
    this._quiet = null; // the last line, if it tells who came and left
    this._unread = 0; // below what is seen
    this._isAtEnd = true;
    this._scroller.addEventListener("scroll", () => this._scrolled());
    this._scroller.addEventListener("click", (event) => this._touched(event));
    element("newer").addEventListener("click", () => this.toEnd());
    new ResizeObserver(() => this.settle()).observe(this._scroller); // a keyboard opens, a tablet is turned
  }

  /* A line of a member; `own` is our nick. */
  from({nick, to, text}, own) {
    const isOwn = nick === own;
    const line = this._line(`${isOwn ? "own" : ""} ${to === "dm" ? "dm" : ""}`, to === "dm" ? this._say("private") : "");
    const words = made("bdi");
    for (const [piece, isUs] of isOwn ? [[text, false]] : mentions(text, own)) words.append(isUs ? made("mark", "", safe(piece)) : safe(piece));
    if (words.querySelector("mark")) line.classList.add("mentioned");
    line.append(made("b", "", foreign(nick)), ": ", words);
    this._add(line, !isOwn);
  }

  /* Our own direct message, of which there is no echo. */
  told(text, own) {
    const [nick, body] = cut(text.slice(1), " ");
    const line = this._line("own dm", this._say("private"));
    line.append(made("b", "", foreign(own), " → ", foreign(nick)), ": ", foreign(body));
    this._add(line, false);
  }

  /* What the page itself says. */
  note(key, fields) {
    const line = this._line("note");
    line.append(...sentence(this._say, key, fields));
    this._add(line, false);
  }

  /* A line of the server that this page does not know. */
  unknown(text) {
    const line = this._line("note");
    line.append(foreign(text));
    this._add(line, false);
  }

  /* Who came or left: several in one line, and not read aloud. */
  quiet(key, fields) {
    const quiet = this._quiet || this._newQuiet();
    quiet.count += 1;
    if (quiet.count <= MOST_IN_ONE) quiet.told.append(quiet.count > 1 ? " · " : "", ...sentence(this._say, key, fields));
    else quiet.rest.textContent = ` · ${this._say("more", {count: quiet.count - MOST_IN_ONE})}`;
  }

  /* A line of ours that may be lost, or was refused, with something to do about it; `done` tells that it was done. */
  doubt(text, what, action, done, act) {
    const line = this._line("own doubt");
    const label = made("span", "what", what);
    line.append(label, foreign(text), " ");
    const node = button(action, () => {
      node.remove();
      line.classList.remove("doubt");
      label.textContent = done;
      act(text);
    });
    line.append(node);
    this._add(line, false);
  }

  /* A line on its way; `drop` takes it back, if it only waits. */
  pending(text, what, drop) {
    const line = made("div", "line own waiting", made("span", "what", what), foreign(text));
    if (drop) line.append(" ", button(this._say("drop"), drop));
    this._pending.append(line);
    this._showPending();
    this.toEnd();
    return line;
  }

  settled(line) {
    line.remove();
    this._showPending();
  }

  clear() {
    for (const list of [this._lines, this._pending]) list.replaceChildren();
    this._quiet = null;
    element("trimmed").hidden = true;
    this._showPending();
    this.toEnd();
  }

  toggleTimes() {
    const isOn = this._lines.classList.toggle("times");
    element("times").setAttribute("aria-pressed", String(isOn));
    this.settle();
  }

  /* Stay at the end, if the person was there. */
  settle() {
    if (this._isAtEnd) this._scroller.scrollTop = this._scroller.scrollHeight;
    else this._showUnread();
  }

  toEnd() {
    this._isAtEnd = true;
    this._unread = 0;
    this._showUnread();
    this.settle();
  }

  _line(classes, kind = "") {
    const time = timeNode();
    const line = made("div", `line ${classes}`, time);
    line.title = time.textContent; // for a mouse; a touch shows the time itself
    if (kind) line.append(made("span", "kind", kind), " ");
    return line;
  }

  _newQuiet() {
    const line = this._line("quiet");
    line.setAttribute("aria-live", "off");
    const quiet = {count: 0, told: line.appendChild(made("span")), rest: line.appendChild(made("span"))};
    this._add(line, false);
    this._quiet = quiet;
    return quiet;
  }

  /* Add a line; the oldest one goes if there are too many, one of ours that may be lost stays. */
  _add(line, counts) {
    this._quiet = null;
    this._lines.append(line);
    while (this._lines.childElementCount > MOST_LINES) {
      (this._lines.querySelector(".line:not(.doubt)") || this._lines.firstElementChild).remove();
      element("trimmed").hidden = false;
    }
    if (counts && !this._isAtEnd) this._unread += 1;
  }

  _showPending() {
    const isEmpty = !this._pending.childElementCount;
    this._pending.hidden = element("pending-title").hidden = isEmpty;
  }

  _showUnread() {
    element("newer").hidden = !this._unread;
    if (this._unread) element("newer").textContent = this._say("newer", {count: this._unread});
  }

  _scrolled() {
    const {scrollTop, scrollHeight, clientHeight} = this._scroller;
    this._isAtEnd = scrollHeight - scrollTop - clientHeight < NEAR_END;
    if (this._isAtEnd) this._unread = 0;
    this._showUnread();
  }

  _touched(event) {
    const line = event.target.closest(".line");
    if (line && !event.target.closest("button")) line.classList.toggle("timed");
  }
}
