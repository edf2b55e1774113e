"use strict";
/* The row in which a person types, and the question before a secret is told. */

const OPTIONS = JSON.parse(element("options-of-page").textContent);
const MOST_BYTES = OPTIONS.lineBytes - 1; // of a text; its newline is the rest
const TOLD_BYTES = MOST_BYTES - 500; // from here on the size is told
const STEP_BYTES = 100; // it is read aloud once for each
const SHOWN_NICKS = 8; // that fit, at most

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
    put(element("told"), text);
    element("told").className = isWrong ? "wrong" : "";
  }

  changed() {
    const {chat, input} = {chat: this._chat, input: this.input};
    const size = byteLength(input.value);
    const isTooLong = size > MOST_BYTES;
    input.setAttribute("aria-invalid", String(isTooLong));
    const left = Math.ceil((MOST_BYTES - size) / STEP_BYTES) * STEP_BYTES;
    if (isTooLong) this.tell(chat.say("tooLong", {size, most: MOST_BYTES}), true);
    else if (size > TOLD_BYTES) this.tell(chat.say("fits", {left}));
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
    } else if (!(event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) && this.completions.take(event.key)) {
      event.preventDefault();
    }
  }
}

/* True for a key that belongs to an input method; Safari says so by its number alone. */
function isComposing(event) {
  return event.isComposing || event.keyCode === 229;
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

/* The question before a text that seems to be private goes to everyone. */
class Question {
  constructor(row) {
    this._row = row;
    this._act = null; // what a yes does
    element("ask-yes").addEventListener("click", () => this._answered(true));
    element("ask-no").addEventListener("click", () => this._answered(false));
    element("ask").addEventListener("keydown", (event) => event.key === "Escape" && this._answered(false));
  }

  get isOpen() {
    return this._act !== null;
  }

  ask(text, act) {
    this._act = act;
    element("ask-text").textContent = text;
    this._show(true);
    element("ask-no").focus();
  }

  /* Ask no more: there is no chat any more. */
  cancel() {
    this._act = null;
    this._show(false);
  }

  _answered(isYes) {
    const act = this._act;
    this.cancel();
    if (isYes) act();
    this._row.focus();
  }

  _show(isShown) {
    element("ask").hidden = !isShown;
    this._row.input.readOnly = isShown;
  }
}
