"use strict";
/* The page: the door, what is said, the question before a secret is told, and what is kept when the page goes. */

class Chat {
  constructor() {
    this.say = speaker(LANGUAGES[0]);
    this._memory = new Memory();
    const say = (key, fields) => this.say(key, fields);
    this.presence = new Presence();
    this.log = new Log(say);
    this.people = new People(say, (nick) => this._address(nick));
    this.row = new Row(this);
    this.door = new Door(say, (nick) => this.link.enter(nick));
    const url = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/chat`;
    this.link = new Link(this, () => new WebSocket(url), Date.now);
    this._standing = new Standing(say);
    this._unseen = 0; // messages that came while the page was hidden
    this._question = new Question(this.row);
  }

  start() {
    this._speak(new URLSearchParams(location.search).get("lang") || document.documentElement.lang);
    this._listen();
    this.door.nick = this._memory.nick;
    this._restore();
    setInterval(() => this._look(), SECOND);
    if (this.link.place === OUT) this.door.open("");
  }

  _listen() {
    const on = (id, kind, act) => element(id).addEventListener(kind, act);
    on("say", "submit", (event) => this._submitted(event));
    on("people-button", "click", () => this._open(!element("room").classList.contains("opened")));
    on("times", "click", () => this.log.toggleTimes());
    on("help", "click", () => this._help());
    on("leave", "click", () => this.link.leave());
    on("side", "keydown", (event) => event.key === "Escape" && this._closePeople());
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
    this.people.showSoon(this.presence);
    this.status();
  }

  // -- what the link tells

  cameIn(nick, isBack) {
    this._memory.nick = nick;
    const wasAtDoor = this.door.isOpen;
    this.presence.begin(nick);
    this.people.clear();
    this._goIn(nick);
    this.log.note(isBack ? "noteBack" : "noteIn", {nick});
    for (const line of this.link.waiting) this._showPending(line, "sending");
    this.status();
    if (wasAtDoor) focusIfFine(this.row.input);
  }

  came(message, line, isSettled) {
    if (!message) {
      this.log.unknown(line);
      return;
    }
    this.presence.heard(message);
    if (message.kind === "from") this._said(message);
    else if (message.kind === "join") this.log.quiet("joined", {nick: message.nick});
    else if (message.kind === "leave") this.log.quiet(hasWord(`left_${message.reason}`) ? `left_${message.reason}` : "left", message);
    else if (message.kind === "err" && !isSettled) this.log.note("noteTold", {reason: this._reason(message.code)});
  }

  /* A line of ours has its answer. */
  settled(line, outcome, message) {
    if (line.node) this.log.settled(line.node);
    if (commandOf(line.text) === "who" && line.nicks) {
      this.presence.isLearning = false;
      if (!line.isSilent) this.log.note("listed", {count: line.nicks.length, nicks: line.nicks.join(", ")});
    } else if (outcome === "refused") {
      const why = this.say("why", {what: this.say("refusedLine"), why: this._reason(message.code)});
      this.log.doubt(line.text, why, this.say("edit"), why, (text) => this._edit(text));
    } else if (commandOf(line.text) === "tell" && outcome !== "said") {
      this.log.told(line.text, this.presence.own);
    }
  }

  /* A message with any number of lines was read. */
  read() {
    this.log.settle();
    this.people.showSoon(this.presence);
    this.status();
  }

  lost(why, lines) {
    this.log.note({stopped: "noteStopped", silent: "noteSilent"}[why] || "noteLost");
    this._doubt(lines);
    this.log.settle();
  }

  refused(code, lines = []) {
    this._doubt(lines);
    this._goOut(this.say(hasWord(code) ? code : "refused", {nick: safe(this.door.nick), code: safe(code)}));
  }

  /* We are out; after a goodbye the next person at this machine finds nothing of ours. */
  ended(why, lines, unsent) {
    if (why !== "left") {
      this._doubt(lines);
      this._goOut(this.say(why === "silent" ? "silent" : "noServer"));
      if (why === "lost") this._askWhy();
      return;
    }
    this._memory.forget();
    this.log.clear();
    this.row.text = "";
    const told = (key, list) => list.map(({text}) => `${this.say(key)}: ${safe(text)}`);
    this._goOut([...told("unsure", lines), ...told("refusedLine", unsent)].join(" · "));
  }

  /* A script is not told why a WebSocket was refused; the page itself may be refused for the same reason. */
  async _askWhy() {
    const answer = await fetch(location.pathname, {cache: "no-store"}).catch(() => null);
    const key = answer && {200: "busy", 429: "too_many_connections", 503: "server_full"}[answer.status];
    if (key && this.link.place === OUT) this.door.open(this.say(key));
  }

  status() {
    this._standing.show(this.link, this.presence.own);
  }

  _said(message) {
    this.log.from(message, this.presence.own);
    if (document.hidden && message.nick !== this.presence.own) this._unseen += 1;
    this._title();
  }

  _reason(code) {
    return this.say(hasWord(`err_${code}`) ? `err_${code}` : "err_other", {code: safe(code)});
  }

  /* Show lines that may be lost, each with a way to send it again. */
  _doubt(lines) {
    for (const line of lines) {
      if (line.node) this.log.settled(line.node);
      this._memory.doubt(line.text);
      this.log.doubt(line.text, this.say("unsure"), this.say("again"), this.say("sentAgain"), (text) => {
        this._memory.settle(text);
        this._send(text);
      });
    }
  }

  // -- the row

  _submitted(event) {
    event.preventDefault();
    const row = this.row.text;
    if (!row.trim() || this._question.isOpen) return;
    const {name, text} = parseTyped(row);
    if (name === "say") this._meant(text, row);
    else if (name === "who" || name === "quit" || name === "help") this._obey(name);
    else this.row.tell(this.say(name, {command: safe(text)}), true);
  }

  _meant(text, row) {
    if (byteLength(text) > MOST_BYTES) return;
    const isNick = (word) => this.presence.isLearning || this.presence.hasMet(word);
    const nick = row.startsWith("/") ? null : meantFor(text, isNick);
    const send = () => {
      this._send(text);
      this.row.text = "";
    };
    if (nick === null) send();
    else this._question.ask(this.say("askMeant", {nick: nick === ANYONE ? this.say("aNick") : safe(nick)}), send);
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
    this.link.say(line);
    this._showPending(line, this.link.waiting.includes(line) ? "waits" : "sending");
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
    for (const key of ["help1", "help2", "help3", "help4"]) this.log.note(key);
    this._open(false);
    this.log.toEnd();
  }

  // -- the places around

  _closePeople() {
    this._open(false);
    element("people-button").focus();
  }

  _goIn(nick) {
    this.door.close(nick);
    element("room").hidden = false;
  }

  _goOut(why) {
    this._question.cancel();
    this._open(false);
    element("room").hidden = true;
    this.door.open(why);
  }

  _open(isOpen) {
    element("room").classList.toggle("opened", isOpen);
    element("people-button").setAttribute("aria-expanded", String(isOpen));
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
    this._memory.recall();
    this._unseen = 0;
    this._title();
    this.link.wake();
  }

  _title() {
    document.title = this._unseen ? `(${this._unseen}) minichat` : "minichat";
  }

  // -- what is kept when the page goes

  _unanswered() {
    return [...this.link.receipts.lines.filter((line) => line.node), ...this.link.waiting];
  }

  _keep() {
    const isIn = this.link.place === IN || this.link.place === AWAY;
    this._memory.keep(isIn ? this.presence.own : "", this.row.text, this._unanswered().map(({text}) => text));
  }

  _restore() {
    const {nick, draft, texts} = this._memory.recall();
    this.row.text = draft;
    this._doubt(texts.map((text) => ({text})));
    if (!nick) return;
    this.presence.own = nick;
    this._goIn(nick);
    this.link.enter(nick, true);
    focusIfFine(this.row.input);
  }
}

window.chat = new Chat(); // for the tests, and for the curious
window.chat.start();
