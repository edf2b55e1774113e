"use strict";
/* What is seen of the conversation: the lines, what has no answer yet, and who is here.
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

  note(text) {
    const line = this._line("note");
    line.append(foreign(text));
    this._add(line, false);
  }

  /* Who came or left: several in one line, and not read aloud. */
  quiet(text) {
    if (!this._quiet) {
      this._quiet = {line: this._line("quiet"), count: 0, rest: null};
      this._quiet.line.setAttribute("aria-live", "off");
      const kept = this._quiet;
      this._add(kept.line, false);
      this._quiet = kept;
    }
    this._quiet.count += 1;
    if (this._quiet.count <= MOST_IN_ONE) {
      this._quiet.line.append(this._quiet.count > 1 ? " · " : "", foreign(text));
    } else {
      this._quiet.rest = this._quiet.rest || this._quiet.line.appendChild(made("span"));
      this._quiet.rest.textContent = ` · ${this._say("more", {count: this._quiet.count - MOST_IN_ONE})}`;
    }
    this.settle();
  }

  /* A line of ours that may be lost, or was refused, with something to do about it. */
  doubt(text, what, action, act) {
    const line = this._line("own doubt");
    line.append(made("span", "what", what), foreign(text), " ");
    const node = button(action, () => {
      node.remove();
      line.classList.remove("doubt");
      act(text);
    });
    line.append(node);
    this._add(line, false);
    return line;
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
    const line = made("div", `line ${classes}`, timeNode());
    if (kind) line.append(made("span", "kind", kind), " ");
    return line;
  }

  _add(line, counts) {
    this._quiet = null;
    this._lines.append(line);
    while (this._lines.childElementCount > MOST_LINES) {
      this._lines.firstElementChild.remove();
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

/* The list of who is here; each name but our own begins a direct message. */
class People {
  constructor(say, chosen) {
    this._say = say;
    this._chosen = chosen;
    this._nodes = new Map(); // by nick
    this._list = element("people");
  }

  show(nicks, own) {
    for (const [nick, node] of this._nodes) if (!nicks.has(nick)) this._remove(nick, node);
    for (const nick of nicks) if (!this._nodes.has(nick)) this._insert(nick, own);
    element("people-button").textContent = this._say("here", {count: nicks.size});
  }

  clear() {
    this._nodes.clear();
    this._list.replaceChildren();
  }

  _remove(nick, node) {
    node.remove();
    this._nodes.delete(nick);
  }

  _insert(nick, own) {
    const node = nick === own ? made("li", "own", foreign(nick), ` (${this._say("you")})`) : made("li", "", this._button(nick));
    this._nodes.set(nick, node);
    const after = [...this._list.children].find((other) => other.nick.localeCompare(nick) > 0);
    node.nick = nick;
    this._list.insertBefore(node, after || null);
  }

  _button(nick) {
    const node = button("", () => this._chosen(nick));
    node.append(foreign(nick));
    node.title = this._say("tellNick", {nick: safe(nick)});
    return node;
  }
}

/* The nicks that fit what is being typed after "@". */
class Completions {
  constructor(row, chosen) {
    this._row = row;
    this._chosen = chosen;
    this._list = element("completions");
    this._index = -1; // of the one that the arrows have reached
    this._list.addEventListener("mousedown", (event) => event.preventDefault()); // the row keeps the focus
    this._list.addEventListener("click", (event) => this._clicked(event));
  }

  get isOpen() {
    return !this._list.hidden;
  }

  show(nicks) {
    this._index = -1;
    this._list.replaceChildren(...nicks.map((nick, i) => this._option(nick, i)));
    this._list.hidden = !nicks.length;
    this._row.setAttribute("aria-expanded", String(this.isOpen));
    this._row.removeAttribute("aria-activedescendant");
  }

  /* Take a key; true if it was for the list. */
  take(key) {
    if (!this.isOpen) return false;
    const {children} = this._list;
    if (key === "ArrowDown" || key === "ArrowUp") this._move((this._index + (key === "ArrowDown" ? 1 : -1) + children.length) % children.length);
    else if (key === "Escape") this.show([]);
    else if (key === "Tab" || (key === "Enter" && this._index >= 0)) this._choose(children[Math.max(this._index, 0)]);
    else return false;
    return true;
  }

  _option(nick, i) {
    const node = made("li", "", "@", foreign(nick));
    node.id = `option-${i}`;
    node.nick = nick;
    node.setAttribute("role", "option");
    node.setAttribute("aria-selected", "false");
    return node;
  }

  _move(index) {
    if (this._index >= 0) this._list.children[this._index].setAttribute("aria-selected", "false");
    this._index = Math.max(index, 0);
    const node = this._list.children[this._index];
    node.setAttribute("aria-selected", "true");
    node.scrollIntoView({block: "nearest"});
    this._row.setAttribute("aria-activedescendant", node.id);
  }

  _clicked(event) {
    const node = event.target.closest("li");
    if (node) this._choose(node);
  }

  _choose(node) {
    this.show([]);
    this._chosen(node.nick);
  }
}
