"use strict";
/* What is seen around the conversation: who is here, and how the connection is. */

const SECOND = 1000;

/* The list of who is here; each name but our own begins a direct message. */
class People {
  constructor(say, chosen) {
    this._say = say;
    this._chosen = chosen;
    this._nodes = new Map(); // by nick
    this._list = element("people");
    this._isWaiting = false;
  }

  /* Show who is here, once for all that has just come. */
  showSoon(presence) {
    if (this._isWaiting) return;
    this._isWaiting = true;
    setTimeout(() => {
      this._isWaiting = false;
      this._show(presence.nicks, presence.own);
    });
  }

  clear() {
    this._nodes.clear();
    this._list.replaceChildren();
  }

  _show(nicks, own) {
    for (const [nick, node] of this._nodes) if (!nicks.has(nick)) this._remove(nick, node);
    for (const nick of nicks) if (!this._nodes.has(nick)) this._insert(nick, own);
    element("people-button").textContent = this._say("here", {count: nicks.size});
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

/* One line: who we are, and whether there is a connection. */
class Standing {
  constructor(say) {
    this._say = say;
  }

  show(link, own) {
    const seconds = Math.floor(link.receipts.silence / (5 * SECOND)) * 5; // read aloud each five seconds, not each second
    const key = link.place !== IN ? "lost" : link.isLate ? "late" : "in";
    put(element("state"), this._say(key, {seconds, nick: safe(own)}));
    const rest = Math.max(Math.ceil((link.nextAt - Date.now()) / SECOND), 1);
    put(element("countdown"), link.place !== AWAY ? "" : link.nextAt ? this._say("comingBack", {seconds: rest}) : this._say("trying"));
  }
}
