"use strict";
/* The player on the running loop: it follows the newest event while a person looks at the end.

   Who has gone back stays there, whatever comes, also when the trace there is no longer the newest one. */

const EVENTS = "/loop/events";
const DRAW_MS = 100; // between two pictures: faster than this nobody sees anything
const RETRY_MS = 2000; // after an answer that was no stream: then the browser does not try again by itself

class LiveControls extends Controls {
  constructor(growth) {
    super(growth.trace, new Picture(growth.trace));
    this.growth = growth;
    this.place = this.trace.events - 1;
    this.isLive = true;
    this.isConnected = true;
    this._toldKeys = "live";
  }

  /* Nothing is said aloud of what nobody has asked for. */
  get isMoving() {
    return super.isMoving || this.isLive;
  }

  go(place) {
    this.isLive = place >= this.trace.events - 1;
    if (this.isLive) this._showNewest();
    super.go(this.isLive ? this.trace.events - 1 : place);
    this.tell();
  }

  draw() {
    const told = super.draw();
    this.tell();
    return told;
  }

  /* Some more has come. */
  grew() {
    if (this.isLive) {
      this._showNewest();
      this.place = this.trace.events - 1;
      this.draw();
    } else {
      if (this.trace === this.growth.trace) this._showLength();
      this.tell();
    }
  }

  /* Say where the picture stands in the running loop. */
  tell() {
    const {trace, growth} = this, say = speaker(this.language), keys = [];
    if (!this.isConnected) keys.push("lost");
    if (!this.isLive) keys.push(trace === growth.trace ? "back" : "backInOld");
    else if (this.isConnected) keys.push("live");
    if (growth.restarts > 0) keys.push("restarted");
    if (trace.missed) keys.push("missed");
    const fields = {count: trace.events - 1 - this.place, missed: trace.missed};
    put("live", keys.map((key) => say(key, fields)).join(" · "));
    if (keys.join() === this._toldKeys) return; // a count that grows is not said aloud
    this._toldKeys = keys.join();
    put("said", element("live").textContent);
  }

  /* The strip and the count of turns grow; what a person looks at does not move. */
  _showLength() {
    this.picture._place(this.trace.at(this.place));
    this.picture._position(this.place);
  }

  _showNewest() {
    if (this.trace === this.growth.trace) return;
    this.trace = this.picture.trace = this.growth.trace;
    this.picture._strip = ""; // of the other trace
    this.message = -1;
  }

  _readAddress() {
    super._readAddress();
    this.isLive = this.place >= this.trace.events - 1;
  }

  /* The address of the newest event would be an old one soon. */
  _write() {
    if (!this.isLive) super._write();
    else history.replaceState(null, "", `#lang=${this.language}`);
  }
}

/* The stream: it goes on where it was, for the browser tells the server the last id; a new one begins anew. */
class Stream {
  constructor(growth) {
    this.growth = growth;
    this.controls = null; // from the first event on
    this._timer = 0;
    document.addEventListener("visibilitychange", () => this._drawSoon());
  }

  connect() {
    const source = new EventSource(EVENTS);
    source.onopen = () => this._connected(true);
    source.onmessage = (message) => {
      this.growth.take(message.data, message.lastEventId);
      this._drawSoon();
    };
    source.onerror = () => {
      this._connected(false);
      if (source.readyState !== EventSource.CLOSED) return;
      this.growth.beginAnew(); // what comes then is not what comes next
      setTimeout(() => this.connect(), RETRY_MS);
    };
  }

  _connected(isConnected) {
    if (!this.controls) return put("live", speaker(OPTIONS.language)(isConnected ? "connecting" : "lost"));
    this.controls.isConnected = isConnected;
    return this.controls.tell();
  }

  /* Draw what has come, once for all that comes meanwhile; a page that nobody sees draws nothing. */
  _drawSoon() {
    if (!this._timer && !document.hidden) this._timer = setTimeout(() => this._draw(), DRAW_MS);
  }

  _draw() {
    this._timer = 0;
    if (this.controls) return this.controls.grew();
    if (!this.growth.trace.events) return undefined;
    this.controls = window.player = new LiveControls(this.growth);
    return this.controls.start();
  }
}

const place = make("p", {id: "live"});
place.style.flexBasis = "100%"; // a row of its own: what stands under it does not move when this changes
element("phases").after(place);
put("live", speaker(OPTIONS.language)("connecting"));
new Stream(new Growth()).connect();
