"use strict";
/* What the browser keeps: the nick for the next time, and in this tab what a reload must not lose.
   A phone may throw a page away without a word.  A browser may refuse to keep anything. */

class Memory {
  constructor() {
    this._doubted = []; // texts that may be lost, and were not sent again
  }

  get nick() {
    return this._get("localStorage", "nick") || "";
  }

  set nick(nick) {
    this._put("localStorage", "nick", nick);
  }

  /* Note a text that may be lost. */
  doubt(text) {
    this._doubted.push(text);
  }

  /* Note that it was sent again. */
  settle(text) {
    this._doubted.splice(this._doubted.indexOf(text), 1);
  }

  /* Keep, for this tab: the nick if we are in, the row, and the texts that have no answer. */
  keep(nick, draft, texts) {
    this._put("sessionStorage", "kept", {nick, draft, texts: [...this._doubted, ...texts]});
  }

  /* Return what was kept, once; it ages from then on. */
  recall() {
    const kept = this._get("sessionStorage", "kept");
    this._put("sessionStorage", "kept", null);
    return kept || {nick: "", draft: "", texts: []};
  }

  /* Forget all but the nick: the person has left. */
  forget() {
    this._doubted = [];
    this.recall();
  }

  _get(store, key) {
    try {
      return JSON.parse(window[store].getItem(`minichat.${key}`));
    } catch {
      return null;
    }
  }

  _put(store, key, value) {
    try {
      if (value === null) window[store].removeItem(`minichat.${key}`);
      else window[store].setItem(`minichat.${key}`, JSON.stringify(value));
    } catch {
      // then nothing is kept
    }
  }
}
