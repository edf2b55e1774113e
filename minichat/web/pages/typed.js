"use strict";
/* What a typed row asks for, who is here, and for whom a text seems to be meant.  Nothing here knows the page. */

const LONGEST_NICK = 100; // characters, in any spelling: composed it has at most 24
const MOST_MARKS = 8; // of our nick in one text: a thousand in each line would keep the page from anything else
const GONE = 1000; // of those who left are remembered: a message for one of them is not for everyone

/* A nick as it is compared: without case, width and composition.  The server compares more; it has the last word. */
function fold(nick) {
  return nick.normalize("NFKC").toLowerCase().normalize("NFKC");
}

/* The nicks of those who are here; the server spells each of them in one way. */
class Presence {
  constructor() {
    this.isLearning = true; // until the first reply to WHO is complete
    this.own = "";
    this.nicks = new Set(); // the last one to speak stands last
    this._gone = new Set();
  }

  /* Forget all nicks: we have come in, and ask who is there. */
  begin(own) {
    for (const nick of this.nicks) this._noteGone(nick);
    this.nicks.clear();
    this.own = own;
    this.isLearning = true;
  }

  heard(message) {
    if (message.kind === "who") message.nicks.forEach((nick) => this.nicks.add(nick));
    else if (message.kind === "join") this.nicks.add(message.nick);
    else if (message.kind === "leave") this._leave(message.nick);
    else if (message.kind === "from" && this.nicks.delete(message.nick)) this.nicks.add(message.nick);
  }

  /* True if a member of that nick is here, or was lately. */
  hasMet(word) {
    const wanted = fold(word);
    return this._gone.has(wanted) || [...this.nicks].some((nick) => fold(nick) === wanted);
  }

  /* The nicks, without our own, that begin so; the last one to speak comes first. */
  startingWith(beginning) {
    const wanted = fold(beginning);
    return [...this.nicks].reverse().filter((nick) => nick !== this.own && fold(nick).startsWith(wanted));
  }

  _leave(nick) {
    this.nicks.delete(nick);
    this._noteGone(nick);
  }

  _noteGone(nick) {
    this._gone.delete(fold(nick));
    this._gone.add(fold(nick));
    if (this._gone.size > GONE) this._gone.delete(this._gone.values().next().value);
  }
}

/* Where the word before the caret begins with "@": its start and what follows "@"; else null. */
function nickAt(text, caret) {
  const start = text.lastIndexOf(" ", caret - 1) + 1;
  return caret > start && text[start] === "@" ? {start, beginning: text.slice(start + 1, caret)} : null;
}

/* -- commands of the page */

const LOCAL = {"/ajuda": "help", "/help": "help", "/quem": "who", "/who": "who", "/sair": "quit", "/quit": "quit"};
const TELLS = new Set(["/msg", "/privado"]);

/* What a typed row asks for: {name, text}; name is say, who, quit, help, or the key of a word that explains. */
function parseTyped(row) {
  if (row.startsWith("/") && !row.startsWith("//")) return parseLocal(row);
  const text = row.startsWith("//") ? row.slice(1) : row;
  const name = commandOf(text);
  return {name: name === "tell" ? "say" : name, text};
}

function parseLocal(row) {
  const [first, rest] = cut(row, " ");
  const word = first.toLowerCase();
  if (TELLS.has(word)) {
    const [nick, text] = cut(rest.replace(/^ +/, ""), " ");
    const bare = nick.replace(/^@/, "").replace(/[:,]+$/, "");
    return bare && text.trim() ? {name: "say", text: `@${bare} ${text}`} : {name: "howToTell", text: word};
  }
  if (!Object.hasOwn(LOCAL, word)) return {name: "unknownCommand", text: word};
  return rest.trim() ? {name: "commandAlone", text: word} : {name: LOCAL[word], text: word};
}

/* -- private messages in the dialects of other programs, which the server would show to everyone */

const DIALECT = new Set(["msg", "dm", "pm", "pv", "pvt", "priv", "privado", "private", "query", "whisper", "sussurrar",
  "tell", "notice", "d", "m", "t", "w"]);
const REPLIES = new Set(["responder", "reply", "r"]); // these name no nick
const ANYONE = "@"; // what is meant for one person, but does not say for whom

/* The nick for which alone `text` seems to be meant, though everyone would read it; else null.
   `isNick` is asked where an honest sentence may begin in the same way. */
function meantFor(text, isNick) {
  if (text.startsWith("@")) return null;
  const [first, after] = cut(visible(text), " ");
  const rest = visible(after);
  if (!rest) return null;
  if (/^[@＠﹫]/.test(first)) return bareNick(first);
  const word = first.replace(/^[/／\\.!:;,]+|[/／\\.!:;,]+$/g, "").toLowerCase();
  if (/^[/／\\.!:;,]/.test(first) && REPLIES.has(word)) return ANYONE;
  if (first.endsWith(">") && isNick(first.slice(0, -1))) return first.slice(0, -1);
  const [second, body] = cut(rest, " ");
  if (!(DIALECT.has(word) || word === "privmsg") || !visible(body)) return null;
  const isCommand = /^[/／\\]/.test(first) || word === "privmsg"; // no sentence begins so
  return isCommand || /^[@＠﹫]/.test(second) || isNick(bareNick(second)) ? bareNick(second) : null;
}

/* The text from its first visible character on, with a space for each other kind of space. */
function visible(text) {
  return text.replace(/\s/gu, " ").replace(/^[\p{Z}\p{C}]+/u, "");
}

/* A word without what people put around a nick. */
function bareNick(word) {
  return word.replace(/^[@＠﹫]+/, "").replace(/[:,]+$/, "") || ANYONE;
}

/* A word without the dots at its end.  (A pattern would look from each dot to the end.) */
function withoutDots(word) {
  let end = word.length;
  while (end && word[end - 1] === ".") end -= 1;
  return word.slice(0, end);
}

/* The pieces of a text: [piece, true if it is our own nick]. */
function mentions(text, own) {
  const wanted = fold(own);
  const pieces = [];
  let from = 0;
  for (const found of text.matchAll(/[^\s@,:;!?()[\]{}"'<>]+/gu)) {
    const bare = withoutDots(found[0]);
    if (!wanted || bare.length > LONGEST_NICK) continue; // to fold a long word costs too much, and it is no nick
    const word = fold(found[0]) === wanted ? found[0] : bare;
    if (fold(word) !== wanted) continue;
    if (pieces.length >= 2 * MOST_MARKS) break;
    pieces.push([text.slice(from, found.index), false], [word, true]);
    from = found.index + word.length;
  }
  pieces.push([text.slice(from), false]);
  return pieces.filter(([piece]) => piece);
}
