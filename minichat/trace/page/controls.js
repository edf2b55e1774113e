"use strict";
/* Keys, buttons, scrubber, the address of the page, playing.  The place is one number: the event last seen. */

const SPEEDS = [0.5, 1, 2, 4, 8]; // acts a second
const LONGEST_WAIT_MS = 1000; // that a wait of the loop is shown
const WRITE_MS = 250; // after the last step, until the address says where
const READ_EVENTS = 2000; // in one go, so that the page never stands still
const ICONS = { // paths, since a font may lack the symbols
  first: "M2 2h2v12H2zM14 2v12L5 8z", backTurn: "M9 2v12L1 8zM16 2v12L8 8z", back: "M12 2v12L4 8z", play: "M4 2v12l9-6z",
  pause: "M3 2h4v12H3zM9 2h4v12H9z", forward: "M4 2v12l8-6z", nextTurn: "M0 2v12l8-6zM7 2v12l8-6z", last: "M2 2v12l9-6zM12 2h2v12h-2z",
};

class Controls {
  constructor(trace, picture) {
    this.trace = trace;
    this.picture = picture;
    this.place = 0;
    this.speed = 1;
    this.hasQuiz = true;
    this.hasKeys = true;
    this.message = -1; // that is followed
    this.language = OPTIONS.language;
    this._timer = this._writing = 0;
    this._wanted = ""; // by the address, but not yet read
  }

  start() {
    this._readAddress();
    this._buttons();
    this.draw();
    document.addEventListener("keydown", (event) => this._key(event));
    element("scrub").addEventListener("input", (event) => this.go(this.trace.turns.at(Number(event.target.value))));
    element("acts").addEventListener("click", (event) => this._clicked(event));
    window.addEventListener("hashchange", () => { this._readAddress(); this._buttons(); this.draw(); });
    window.addEventListener("beforeprint", () => printOn(element("paper"), this.trace, this.language));
  }

  /* Draw what is there now; to be called when more of the trace was read, too. */
  draw() {
    this.picture.language = this.language;
    const told = this.picture.draw(this.place, {message: this.message, ...this._quiz()});
    if (!this.isMoving) put("said", told);
    return told;
  }

  get isMoving() {
    return Boolean(this._timer);
  }

  /* Go to an event, and write it down in the address. */
  go(place) {
    this._wanted = "";
    this.place = Math.max(0, Math.min(place, this.trace.events - 1));
    this.draw();
    if (!this._timer) this._writeAddress();
  }

  // -- steps

  /* Say what cannot be done, until the next picture. */
  _tell(key) {
    const told = speaker(this.language)(key);
    for (const id of ["said", "followed"]) put(id, told);
    hide("followed", false);
  }

  _changed() {
    this._buttons();
    this.draw();
    this._writeAddress();
  }

  /* One act; going forward never passes a question unseen. */
  act(direction) {
    if (this.message >= 0) return this._along(direction);
    const here = this.trace.actOf(this.place);
    if (direction < 0) return this.go(here.first - 1);
    const next = this.place < here.last ? here : this.trace.actOf(Math.min(here.last + 1, this.trace.events - 1));
    return this._forward(next.last);
  }

  turn(direction) {
    const {turns} = this.trace, index = this.trace.turnOf(this.place);
    if (direction < 0) return this.go(turns.at(this.place > turns.at(index) ? index : Math.max(index - 1, 0)));
    return this._forward(index + 1 < turns.length ? turns.at(index + 1) : this.trace.events - 1);
  }

  trouble() {
    const place = this.trace.next(this.trace.troubles, this.place);
    if (place < 0) this._tell("noTrouble");
    else this._forward(place);
  }

  follow() {
    const wasFollowed = this.message >= 0;
    this.message = wasFollowed ? -1 : messageAt(this.trace, this.place);
    this._changed();
    if (this.message < 0 && !wasFollowed) this._tell("noMessage");
  }

  _along(direction) {
    const way = this.trace.way(this.message);
    if (direction > 0) this._forward(way.find((place) => place > this.place) ?? this.place);
    else this.go(way.filter((place) => place < this.place).pop() ?? this.place);
  }

  /* Go to `place`, or to the first question on the way. */
  _forward(place) {
    const isNext = (note) => note > this.place && note <= place && this.trace.event(note).ask;
    this.go((this.hasQuiz && this.trace.notes.all().find(isNext)) || place);
  }

  /* What the note here asks or answers. */
  _quiz() {
    const event = this.trace.event(this.place);
    if (!this.hasQuiz || event.event !== "note") return {question: null, answer: null};
    return {question: event.ask || null, answer: event.answer || null};
  }

  // -- playing

  toggle() {
    if (this._timer) return this._stop();
    this._timer = 1;
    this._tick();
    return this._buttons();
  }

  _tick() {
    const before = this.place;
    this.act(1);
    const event = this.trace.event(this.place);
    const wait = event.event === "wake" ? Math.min(event.duration / 1e6, LONGEST_WAIT_MS) : 0;
    if ((this.place === before && this.trace.isRead) || this._quiz().question) this._stop();
    else this._timer = setTimeout(() => this._tick(), Math.max(1000 / this.speed, wait));
  }

  _stop() {
    clearTimeout(this._timer);
    this._timer = 0;
    this._changed();
  }

  // -- keys and buttons

  _key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || element("helped").open) return;
    if (["select-one", "range"].includes(event.target.type) && event.key.length > 1) return; // it has arrows of its own
    if (event.target.tagName === "BUTTON" && [" ", "Enter"].includes(event.key)) return;
    const actions = {
      ArrowRight: () => (event.shiftKey ? this.go(this.place + 1) : this.act(1)), ArrowLeft: () => (event.shiftKey ? this.go(this.place - 1) : this.act(-1)),
      ArrowDown: () => this.turn(1), ArrowUp: () => this.turn(-1), Home: () => this.go(0), End: () => this.go(this.trace.events - 1),
    };
    const single = {
      " ": () => this.toggle(), f: () => this.follow(), n: () => this.trouble(), q: () => this._setQuiz(!this.hasQuiz),
      l: () => this._setLanguage(), h: () => this.help(), p: () => window.print(),
    };
    const act = actions[event.key] || (this.hasKeys && single[event.key])
      || (this.hasKeys && /^[1-5]$/.test(event.key) && (() => this._setSpeed(SPEEDS[Number(event.key) - 1])));
    if (!act) return;
    event.preventDefault();
    act();
  }

  /* The buttons, with their names in the language of now. */
  _buttons() {
    const say = speaker(this.language), playing = this._timer ? "pause" : "play";
    const button = ([id, act, pressed]) => {
      const icon = ICONS[id], label = say(id);
      const made = make("button", {id, type: "button", title: label, "aria-label": label, onclick: act});
      if (icon) made.append(drawnIcon(icon));
      if (!icon || id === playing) made.append(label);
      if (pressed !== undefined) made.setAttribute("aria-pressed", String(pressed));
      return made;
    };
    const speed = make("select", {id: "speed", "aria-label": say("speed"), onchange: () => this._setSpeed(Number(speed.value))},
      ...SPEEDS.map((value) => make("option", {value: String(value), textContent: `${value}×`, selected: value === this.speed})));
    const moves = [["first", () => this.go(0)], ["backTurn", () => this.turn(-1)], ["back", () => this.act(-1)], [playing, () => this.toggle()],
      ["forward", () => this.act(1)], ["nextTurn", () => this.turn(1)], ["last", () => this.go(this.trace.events - 1)]];
    const others = [["follow", () => this.follow(), this.message >= 0], ["trouble", () => this.trouble()],
      ["questions", () => this._setQuiz(!this.hasQuiz), this.hasQuiz], ["language", () => this._setLanguage()],
      ["help", () => this.help()], ["print", () => window.print()]];
    const focused = document.activeElement && document.activeElement.id;
    element("buttons").setAttribute("aria-label", say("play"));
    element("buttons").replaceChildren(...moves.map(button), speed, ...others.map(button));
    const again = focused && element(focused === "play" || focused === "pause" ? playing : focused);
    if (again) again.focus({preventScroll: true});
  }

  _clicked(event) {
    const item = event.target.closest("li[value]");
    if (item) this.go(this.trace.actOf(this.trace.acts.at(item.value - 1)).last);
  }

  _setSpeed(speed) {
    this.speed = speed;
    this._buttons();
  }

  _setQuiz(hasQuiz) {
    this.hasQuiz = hasQuiz;
    this._changed();
  }

  _setLanguage() {
    this.language = this.language === "pt" ? "en" : "pt";
    this._changed();
  }

  help() {
    const say = speaker(this.language), column = LANGUAGES.indexOf(this.language), dialog = element("helped");
    const terms = (pairs) => make("dl", {}, ...pairs.flatMap(([term, text]) => [make("dt", {textContent: pick(term, column)}), make("dd", {textContent: pick(text, column)})]));
    const single = make("input", {type: "checkbox", id: "single-keys", checked: this.hasKeys, onchange: () => { this.hasKeys = single.checked; }});
    const close = make("button", {type: "button", textContent: say("close"), onclick: () => dialog.close()});
    dialog.replaceChildren(make("h2", {id: "help-title", textContent: say("keys")}), terms(KEYS), make("label", {}, single, ` ${say("singleKeys")}`),
      make("h2", {textContent: say("glossary")}), terms(GLOSSARY), make("p", {textContent: `${say("link")} #turn=42, #n=1337, #message=7, &lang=en, &quiz=0`}), close);
    dialog.showModal();
  }

  // -- the address

  _readAddress() {
    const wish = new URLSearchParams(location.hash.slice(1));
    if (LANGUAGES.includes(wish.get("lang"))) this.language = wish.get("lang");
    if (wish.has("quiz")) this.hasQuiz = wish.get("quiz") !== "0";
    const number = (name) => (/^\d{1,9}$/.test(wish.get(name) || "") ? Number(wish.get(name)) : -1);
    const message = number("message");
    if (this.trace.commands.has(message)) this.message = message;
    let place = -1;
    if (number("n") >= 0) place = this.trace.placeOf(number("n"));
    else if (number("turn") >= 0) place = this.trace.turnStart(number("turn"));
    else place = this.trace.commands.get(message) ?? -1;
    if (place >= 0) this.place = place;
    // What the address names may not have been read yet: then it is looked for again.
    this._wanted = this.trace.isRead ? "" : location.hash;
  }

  /* Some more was read. */
  grew() {
    if (this._wanted && this._wanted === location.hash) this._readAddress();
    this.draw();
  }

  /* Browsers slow down a page that changes its address often, as with a key that is held down. */
  _writeAddress() {
    clearTimeout(this._writing);
    this._writing = setTimeout(() => this._write(), WRITE_MS);
  }

  _write() {
    const wish = [`n=${this.trace.event(this.place).n}`];
    if (this.message >= 0) wish.push(`message=${this.message}`);
    wish.push(`lang=${this.language}`);
    if (!this.hasQuiz) wish.push("quiz=0");
    history.replaceState(null, "", `#${wish.join("&")}`);
  }
}

function drawnIcon(path) {
  const [drawn, line] = ["svg", "path"].map((name) => document.createElementNS("http://www.w3.org/2000/svg", name));
  for (const [key, value] of [["viewBox", "0 0 16 16"], ["aria-hidden", "true"]]) drawn.setAttribute(key, value);
  line.setAttribute("d", path);
  drawn.append(line);
  return drawn;
}

/* The message to which an event belongs: the first one from its act on, on the same connection; or -1. */
function messageAt(trace, place) {
  const here = trace.event(place);
  for (let i = trace.actOf(place).first; i < trace.events && trace.event(i).turn <= here.turn + 1; i++) {
    const event = trace.event(i);
    const found = event.conn === here.conn && (event.message || [...list(event.messages), ...list(event.done)].find(Boolean));
    if (found) return found;
  }
  return -1;
}

const MOST_PRINTED = 40; // turns

/* The page for paper: the turns that matter; the answers on a page of their own. */
function printOn(paper, trace, language) {
  const say = speaker(language), column = LANGUAGES.indexOf(language), wanted = new Set(), answers = [];
  let isAsking = false; // until the answer
  for (const place of [...trace.notes.all(), ...trace.troubles.all()]) if (wanted.size < MOST_PRINTED) wanted.add(trace.turnOf(place));
  const sections = [...wanted].sort((one, other) => one - other).map((index) => {
    const begin = trace.turns.at(index), end = index + 1 < trace.turns.length ? trace.turns.at(index + 1) - 1 : trace.events - 1;
    const items = trace.actsOfTurn(end).map((act) => {
      const event = trace.event(act.last);
      const item = (text) => make("li", {textContent: text}), isHidden = isAsking;
      if (event.answer) answers.push(item(safe(pick(event.answer, column))));
      isAsking = Boolean(event.ask) || (isAsking && !event.answer);
      if (event.ask) return item(`? ${safe(pick(event.ask, column))}`);
      return isHidden || event.answer ? "" : item(caption(trace, trace.at(act.last), act, language));
    });
    return make("section", {}, make("h2", {textContent: say("turn", {turn: trace.event(begin).turn})}), make("ol", {}, ...items.filter(Boolean)));
  });
  paper.replaceChildren(make("h1", {textContent: document.title}), make("p", {textContent: say("printed")}), ...sections);
  if (answers.length) paper.append(make("section", {className: "answers"}, make("h2", {textContent: say("answers")}), make("ol", {}, ...answers)));
}

/* -- the beginning: show the first turns at once, and read the rest in between */

const OPTIONS = JSON.parse(element("options").textContent);

function begin() {
  const trace = new Trace(element("trace").textContent);
  element("trace").remove();
  trace.read(READ_EVENTS);
  if (!trace.events) return;
  const controls = new Controls(trace, new Picture(trace));
  controls.start();
  const more = () => (trace.read(READ_EVENTS) ? setTimeout(more) : controls.grew());
  if (!trace.isRead) setTimeout(more);
  window.player = controls;
}

begin();
