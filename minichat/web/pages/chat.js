"use strict";
/* The page: the door, the row, the question before a secret is told, and what is kept when the page goes. */

const OPTIONS = JSON.parse(element("options-of-page").textContent);
const MOST_BYTES = OPTIONS.lineBytes - 1; // of a text; its newline is the rest
const TOLD_BYTES = MOST_BYTES - 500; // from here on the size is told
const SHOWN_NICKS = 8; // that fit, at most
const SECOND = 1000;

/* What this browser, or this tab, keeps; a browser may refuse to. */
class Keeper {
  get(store, key) {
    try {
      return JSON.parse(window[store].getItem(`minichat.${key}`));
    } catch {
      return null;
    }
  }

  put(store, key, value) {
    try {
      if (value === null) window[store].removeItem(`minichat.${key}`);
      else window[store].setItem(`minichat.${key}`, JSON.stringify(value));
    } catch {
      // then nothing is kept
    }
  }
}

/* One input row: a size that is told, nicks that are completed, an input method that is left alone. */
class Row {
  constructor(chat) {
    this._chat = chat;
    this.input = element("row");
    this.completions = new Completions(this.input, (nick) => this._complete(nick));
    this.input.addEventListener("input", () => this.changed());
    this.input.addEventListener("keydown", (event) => this._key(event));
    this.input.addEventListener("blur", () => this.completions.show([]));
    element("send").addEventListener("mousedown", (event) => event.preventDefault()); // a touch keyboard stays open
  }

  get text() {
    return this.input.value;
  }

  set text(text) {
    this.input.value = text;
    this.changed();
  }

  focus() {
    this.input.focus();
  }

  /* Begin a direct message to `nick`, before what is in the row. */
  address(nick) {
    this.text = `@${nick} ${this.text.replace(/^@[^ ]* ?/, "")}`;
    this.focus();
  }

  tell(text, isWrong = false) {
    element("told").textContent = text;
    element("told").className = isWrong ? "wrong" : "";
  }

  changed() {
    const {chat, input} = {chat: this._chat, input: this.input};
    const size = byteLength(input.value);
    const isTooLong = size > MOST_BYTES;
    input.setAttribute("aria-invalid", String(isTooLong));
    const fields = {size, most: MOST_BYTES};
    if (isTooLong) this.tell(chat.say("tooLong", fields), true);
    else if (size > TOLD_BYTES) this.tell(chat.say("fits", fields));
    else this.tell(this._addressee());
    const word = nickAt(input.value, input.selectionStart);
    const nicks = word ? chat.presence.startingWith(word.beginning).slice(0, SHOWN_NICKS) : [];
    const isWhole = nicks.length === 1 && nicks[0] === word.beginning;
    this.completions.show(isWhole || document.activeElement !== input ? [] : nicks);
  }

  _addressee() {
    const [first, rest] = cut(this.input.value, " ");
    return first.length > 1 && first[0] === "@" && rest ? this._chat.say("privateTo", {nick: safe(first.slice(1))}) : "";
  }

  _complete(nick) {
    const {start} = nickAt(this.input.value, this.input.selectionStart);
    this.input.setRangeText(`@${nick} `, start, this.input.selectionStart, "end");
    this.changed();
  }

  _key(event) {
    if (isComposing(event)) {
      if (event.key === "Enter") event.preventDefault(); // it ends a word, not the line
    } else if (this.completions.take(event.key)) {
      event.preventDefault();
    }
  }
}

/* True for a key that belongs to an input method; Safari says so by its number alone. */
function isComposing(event) {
  return event.isComposing || event.keyCode === 229;
}

class Chat {
  constructor() {
    this.say = speaker(LANGUAGES[0]);
    this._keeper = new Keeper();
    const say = (key, fields) => this.say(key, fields);
    this.presence = new Presence();
    this.log = new Log(say);
    this.people = new People(say, (nick) => this._address(nick));
    this.row = new Row(this);
    const url = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/chat`;
    this.link = new Link(this, () => new WebSocket(url), Date.now);
    this._unseen = 0; // messages that came while the page was hidden
    this._asked = null; // the text that a question is about
    this._isDrawing = false;
  }

  start() {
    this._speak(new URLSearchParams(location.search).get("lang") || document.documentElement.lang);
    this._listen();
    element("nick").value = this._keeper.get("localStorage", "nick") || "";
    this._restore();
    setInterval(() => this._look(), SECOND);
    if (this.link.place === OUT) focusIfFine(element("nick"));
  }

  _listen() {
    const on = (id, kind, act) => element(id).addEventListener(kind, act);
    on("enter", "submit", (event) => this._enter(event));
    on("nick", "keydown", (event) => isComposing(event) && event.key === "Enter" && event.preventDefault());
    on("say", "submit", (event) => this._submitted(event));
    on("people-button", "click", () => this._open(!element("chat").classList.contains("opened")));
    on("times", "click", () => this._toggleTimes());
    on("help", "click", () => this._help());
    on("leave", "click", () => this.link.leave());
    on("ask-yes", "click", () => this._answered(true));
    on("ask-no", "click", () => this._answered(false));
    on("ask", "keydown", (event) => event.key === "Escape" && this._answered(false));
    on("side", "keydown", (event) => event.key === "Escape" && this._open(false));
    for (const node of document.querySelectorAll(".language")) node.addEventListener("click", () => this._speak(this.say("languageCode")));
    document.addEventListener("visibilitychange", () => this._seen());
    window.addEventListener("pageshow", (event) => event.persisted && this.link.wake());
    window.addEventListener("online", () => this.link.wake());
    window.addEventListener("offline", () => this.link.wake());
    window.addEventListener("pagehide", () => this._keep());
    window.addEventListener("beforeunload", (event) => this._unanswered().length && event.preventDefault());
  }

  // -- language

  _speak(language) {
    this.language = LANGUAGES.includes(language) ? language : LANGUAGES[0];
    this.say = speaker(this.language);
    document.documentElement.lang = this.language;
    for (const node of document.querySelectorAll("[data-word]")) node.textContent = this.say(node.dataset.word);
    for (const node of document.querySelectorAll("[data-label]")) node.setAttribute("aria-label", this.say(node.dataset.label));
    for (const node of document.querySelectorAll("[data-hint]")) node.placeholder = this.say(node.dataset.hint);
    this.people.clear();
    this._draw();
    this.status();
  }

  // -- the door

  _enter(event) {
    event.preventDefault();
    const nick = element("nick").value.trim();
    if (!nick || this.link.place !== OUT) return;
    this._refuse("");
    element("come-in").disabled = true;
    element("come-in").textContent = this.say("entering");
    this.link.enter(nick);
  }

  _refuse(text) {
    element("nick-error").textContent = text;
    element("nick").setAttribute("aria-invalid", String(Boolean(text)));
    element("come-in").disabled = false;
    element("come-in").textContent = this.say("enter");
  }

  /* Show the door, or the chat. */
  _showDoor(isDoor, why = "") {
    element("door").hidden = !isDoor;
    element("chat").hidden = isDoor;
    this._open(false);
    if (!isDoor) return;
    this._refuse(why);
    element("nick").focus();
  }

  // -- what the link tells

  cameIn(nick, isBack) {
    this._keeper.put("localStorage", "nick", nick);
    element("nick").value = nick;
    this._refuse("");
    const wasAtDoor = element("chat").hidden;
    this.presence.begin(nick);
    this.people.clear();
    this._showDoor(false);
    this.log.note(this.say(isBack ? "noteBack" : "noteIn", {nick}));
    for (const line of this.link.waiting) this._showPending(line, "sending");
    this.status();
    if (wasAtDoor) focusIfFine(this.row.input);
  }

  came(message, line, isSettled) {
    if (!message) {
      this.log.note(line);
      return;
    }
    this.presence.heard(message);
    if (message.kind === "from") this._said(message);
    else if (message.kind === "join") this.log.quiet(this.say("joined", {nick: message.nick}));
    else if (message.kind === "leave") this.log.quiet(this._left(message));
    else if (message.kind === "err" && !isSettled) this.log.note(this.say("noteTold", {reason: this._reason(message.code)}));
  }

  /* A line of ours has its answer. */
  settled(line, outcome, message) {
    if (line.node) this.log.settled(line.node);
    if (commandOf(line.text) === "who" && line.nicks) {
      this.presence.isLearning = false;
      if (!line.isSilent) this.log.note(this.say("listed", {count: line.nicks.length, nicks: line.nicks.join(", ")}));
    } else if (outcome === "refused") {
      const why = this.say("why", {what: this.say("refusedLine"), why: this._reason(message.code)});
      this.log.doubt(line.text, why, this.say("edit"), (text) => this._edit(text));
    } else if (commandOf(line.text) === "tell" && outcome !== "said") {
      this.log.told(line.text, this.presence.own);
    }
  }

  /* A message with any number of lines was read. */
  read() {
    this.log.settle();
    this._draw();
    this.status();
  }

  lost(why, lines) {
    this.log.note(this.say({stopped: "noteStopped", silent: "noteSilent"}[why] || "noteLost"));
    this._doubt(lines);
    this.log.settle();
  }

  refused(code, lines = []) {
    this._doubt(lines);
    const nick = safe(element("nick").value);
    this._showDoor(true, this.say(hasWord(code) ? code : "refused", {nick, code}));
  }

  ended(why, lines) {
    this._doubt(lines);
    if (why === "left") this._keeper.put("sessionStorage", "kept", null);
    const words = {silent: "silent", lost: "noServer", stopped: "noServer"};
    this._showDoor(true, why === "left" ? lines.map(({text}) => `${this.say("unsure")}: ${safe(text)}`).join(" ") : this.say(words[why]));
  }

  status() {
    const {link} = this;
    const seconds = Math.round(link.receipts.silence / SECOND);
    put(element("state"), link.place === IN ? this.say(link.isLate ? "late" : "in", {seconds: link.isLate ? Math.floor(seconds / 5) * 5 : 0}) : this.say("lost"));
    const rest = Math.max(Math.ceil((link.nextAt - Date.now()) / SECOND), 1);
    put(element("countdown"), link.place !== AWAY ? "" : link.nextAt ? this.say("comingBack", {seconds: rest}) : this.say("trying"));
  }

  _said(message) {
    this.log.from(message, this.presence.own);
    if (document.hidden && message.nick !== this.presence.own) this._unseen += 1;
    this._title();
  }

  _left({nick, reason}) {
    return this.say(["quit", "gone", "too_slow", "timeout", "error"].includes(reason) ? reason : "left", {nick, reason});
  }

  _reason(code) {
    return this.say(hasWord(`err_${code}`) ? `err_${code}` : "err_other", {code: safe(code)});
  }

  /* Show lines that may be lost, each with a way to send it again. */
  _doubt(lines) {
    for (const line of lines) {
      if (line.node) this.log.settled(line.node);
      this.log.doubt(line.text, this.say("unsure"), this.say("again"), (text) => this._send(text));
    }
  }

  // -- the row

  _submitted(event) {
    event.preventDefault();
    const row = this.row.text;
    if (!row.trim() || this._asked !== null) return;
    const {name, text} = parseTyped(row);
    if (name === "say") this._meant(text, row);
    else if (name === "who" || name === "quit" || name === "help") this._obey(name);
    else this.row.tell(this.say(name, {command: safe(text)}), true);
  }

  _meant(text, row) {
    if (byteLength(text) > MOST_BYTES) return;
    const isNick = (word) => this.presence.isLearning || this.presence.hasMet(word);
    const nick = row.startsWith("/") ? null : meantFor(text, isNick);
    if (nick === null) {
      this._send(text);
      this.row.text = "";
    } else {
      this._ask(text, nick === ANYONE ? this.say("aNick") : nick);
    }
  }

  _obey(name) {
    this.row.text = "";
    if (name === "help") this._help();
    else if (name === "quit") this.link.leave();
    else if (this.link.place === IN) this.link.say({text: "WHO"});
    else this.row.tell(this.say("notIn"), true);
  }

  _send(text) {
    const line = {text: asSent(text), node: null};
    this._showPending(line, this.link.place === IN ? "sending" : "waits");
    this.link.say(line);
  }

  _showPending(line, state) {
    if (line.node) this.log.settled(line.node);
    const drop = state === "waits" ? () => this._drop(line) : null;
    line.node = this.log.pending(line.text, this.say(state), drop);
  }

  _drop(line) {
    if (this.link.drop(line)) this.log.settled(line.node);
    this.row.focus();
  }

  _edit(text) {
    this.row.text = this.row.text ? `${text} ${this.row.text}` : text;
    this.row.focus();
  }

  _address(nick) {
    this._open(false);
    this.row.address(nick);
  }

  _help() {
    for (const key of ["help1", "help2", "help3", "help4"]) this.log.note(this.say(key));
    this._open(false);
    this.log.toEnd();
  }

  // -- the question before a text that seems to be private goes to everyone

  _ask(text, nick) {
    this._asked = text;
    element("ask-text").textContent = this.say("askMeant", {nick: safe(nick)});
    element("ask").hidden = false;
    this.row.input.readOnly = true;
    element("ask-no").focus();
  }

  _answered(isYes) {
    const text = this._asked;
    this._asked = null;
    element("ask").hidden = true;
    this.row.input.readOnly = false;
    if (isYes) {
      this._send(text);
      this.row.text = "";
    }
    this.row.focus();
  }

  // -- the places around

  _open(isOpen) {
    element("chat").classList.toggle("opened", isOpen);
    element("people-button").setAttribute("aria-expanded", String(isOpen));
  }

  _toggleTimes() {
    const isOn = element("log").classList.toggle("times");
    element("times").setAttribute("aria-pressed", String(isOn));
    this.log.settle();
  }

  /* Show who is here, once for all that has just come. */
  _draw() {
    if (this._isDrawing) return;
    this._isDrawing = true;
    setTimeout(() => {
      this._isDrawing = false;
      this.people.show(this.presence.nicks, this.presence.own);
    });
  }

  _look() {
    this.link.look(!document.hidden);
    this.status();
  }

  _seen() {
    if (document.hidden) {
      this._keep();
      return;
    }
    this._unseen = 0;
    this._title();
    this.link.wake();
  }

  _title() {
    document.title = this._unseen ? `(${this._unseen}) minichat` : "minichat";
  }

  // -- what is kept when the page goes: a phone may throw it away without a word

  _unanswered() {
    return [...this.link.receipts.lines.filter((line) => line.node), ...this.link.waiting];
  }

  _keep() {
    const isIn = this.link.place === IN || this.link.place === AWAY;
    const texts = this._unanswered().map(({text}) => text);
    this._keeper.put("sessionStorage", "kept", isIn ? {nick: this.presence.own, draft: this.row.text, texts} : null);
  }

  _restore() {
    const kept = this._keeper.get("sessionStorage", "kept");
    this._keeper.put("sessionStorage", "kept", null);
    if (!kept || !kept.nick) return;
    this.presence.own = kept.nick;
    this._showDoor(false);
    this.row.text = kept.draft;
    this._doubt(kept.texts.map((text) => ({text})));
    this.link.enter(kept.nick, true);
    focusIfFine(this.row.input);
  }
}

/* Change a text only if it differs, so that it is read aloud once. */
function put(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/* On a touch screen the focus would open the keyboard over half of the page. */
function focusIfFine(node) {
  if (matchMedia("(pointer: fine)").matches) node.focus();
}

window.chat = new Chat(); // for the tests, and for the curious
window.chat.start();
