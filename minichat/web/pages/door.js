"use strict";
/* The door: a person chooses a nick, and reads why one does not come in. */

/* On a touch screen the focus would open the keyboard over half of the page. */
function focusIfFine(node) {
  if (matchMedia("(pointer: fine)").matches) node.focus();
}

class Door {
  constructor(say, chosen) {
    this._say = say;
    this._chosen = chosen;
    this._input = element("nick");
    this._button = element("come-in");
    this.isOpen = true;
    element("enter").addEventListener("submit", (event) => this._submitted(event));
    this._input.addEventListener("keydown", (event) => isComposing(event) && event.key === "Enter" && event.preventDefault());
  }

  get nick() {
    return this._input.value;
  }

  set nick(nick) {
    this._input.value = nick;
  }

  /* Ask for a nick; `why` tells why one is outside. */
  open(why) {
    this.isOpen = true;
    element("door").hidden = false;
    this._tell(why);
    focusIfFine(this._input);
  }

  /* We are in as `nick`. */
  close(nick) {
    this.isOpen = false;
    this.nick = nick;
    this._tell("");
    element("door").hidden = true;
  }

  _submitted(event) {
    event.preventDefault();
    const nick = this.nick.trim();
    if (!nick || this._button.disabled) return;
    this._tell("");
    this._button.disabled = true;
    this._button.textContent = this._say("entering");
    this._chosen(nick);
  }

  _tell(why) {
    put(element("nick-error"), why);
    this._input.setAttribute("aria-invalid", String(Boolean(why)));
    this._button.disabled = false;
    this._button.textContent = this._say("enter");
  }
}
