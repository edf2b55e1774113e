"use strict";
/* What the page says: pairs of Portuguese and English, with {fields}. */

const LANGUAGES = ["pt", "en"];

const WORDS = {
  who: ["quem", "who"], waitsFor: ["espera", "waits for"], lineBuffer: ["buffer de linha", "line buffer"],
  outputQueue: ["fila de saída", "output queue"], kernel: "kernel", upTo: ["até {size}", "up to {size}"],
  people: ["Conexões", "Connections"], past: ["Nesta volta, até aqui", "In this turn, so far"],
  whatNow: ["O que acontece agora?", "What happens now?"], over: ["O rastro acaba aqui.", "The trace ends here."],
  turn: ["volta {turn}", "turn {turn}"], ofTurns: ["volta {turn} de {last}", "turn {turn} of {last}"],
  quiet: ["+ {count} em silêncio", "+ {count} quiet"], others: ["+ {count} a mais", "+ {count} more"], earlier: ["({count} antes)", "({count} before)"],
  phases: ["fases da volta", "phases of the turn"],
  phase0: ["espera", "wait"], phase1: ["lê", "read"], phase2: ["tempo", "time"], phase3: ["serve", "serve"], phase4: ["envia", "send"],
  selector: ["O seletor espera: {names}. Temporizador: {timeout}.", "The selector waits for: {names}. Timer: {timeout}."],
  readsOf: ["R de {count}", "R of {count}"], writesOf: ["W de {names}", "W of {names}"], nothing: ["nada", "nothing"],
  nobody: ["(nenhuma conexão)", "(no connection)"], noTimer: ["nenhum", "none"],
  seenAt: ["no evento {n}", "at event {n}"], kernelHolds: ["entrada {unread}, saída {unsent}", "in {unread}, out {unsent}"],
  unsure: ["Lacuna: faltam eventos; o que se vê pode não ser exato.", "Gap: events are missing; what is shown may not be exact."],
  // -- controls
  first: ["início", "begin"], backTurn: ["volta anterior", "turn before"], back: ["ato anterior", "act before"],
  play: ["tocar", "play"], pause: ["pausar", "pause"], forward: ["próximo ato", "next act"], nextTurn: ["próxima volta", "next turn"],
  last: ["fim", "end"], speed: ["velocidade", "speed"], follow: ["seguir", "follow"],
  followed: ["m{message}: {done} de {all} receberam; ← → vão com ela, f solta", "m{message}: {done} of {all} have it; ← → go with it, f lets go"],
  trouble: ["problema", "trouble"], noTrouble: ["Nenhum problema depois daqui.", "No trouble after this."],
  noMessage: ["Aqui não há mensagem para seguir.", "There is no message to follow here."],
  questions: ["perguntas", "questions"], question: ["Pergunta", "Question"], answer: ["Resposta", "Answer"],
  toSee: ["Diga o seu palpite; depois siga (→) para ver.", "Say what you predict; then go on (→) to see."],
  language: ["English", "português"], help: ["ajuda", "help"], print: ["imprimir", "print"], close: ["fechar", "close"],
  strip: ["volta", "turn"], reading: ["lendo… {percent} %", "reading… {percent} %"],
  stripLegend: ["altura = trabalho, ! problema, ? pergunta", "height = work, ! trouble, ? question"],
  singleKeys: ["teclas de uma letra", "single keys"], keys: ["Teclas", "Keys"], glossary: ["Palavras", "Words"],
  link: ["O endereço guarda o lugar:", "The address keeps the place:"],
  answers: ["Respostas", "Answers"], printed: ["Voltas com pergunta, nota ou problema", "Turns with a question, a note or trouble"],
  // -- captions, one for each kind of event
  header: ["O rastro de {program}, {start}.", "The trace of {program}, {start}."],
  wait0: ["Há o que fazer: o laço não espera.", "There is more to do: the loop does not wait."],
  wait: ["O laço espera até que algo esteja pronto, no máximo {time}.", "The loop waits until something is ready, {time} at most."],
  wakeIo: ["O kernel diz: prontos {names} (depois de {time}).", "The kernel says: ready are {names} (after {time})."],
  wakeSignal: ["Chegou um sinal.", "A signal has come."],
  wakeTimer: ["Chegou a hora de um temporizador (depois de {time}).", "The time of a timer has come (after {time})."],
  wakeDeferred: ["O laço continua o que tinha.", "The loop goes on with what it had."],
  acceptOk: ["Uma conexão nova: #{conn}.", "A new connection: #{conn}."],
  acceptAgain: ["Não há mais conexões novas: EAGAIN não é erro.", "There are no more new connections: EAGAIN is no error."],
  acceptError: ["accept falha: {result}.", "accept fails: {result}."], open: ["A conexão #{conn} começa.", "Connection #{conn} begins."],
  recv: ["O kernel entrega {got} de {who}; no buffer de linha há agora {buffered}.", "The kernel hands over {got} of {who}; the line buffer now holds {buffered}."],
  recvDropped: ["{who} já saiu: {got} são descartados.", "{who} has left: {got} are dropped."],
  recvEof: ["{who} não manda mais nada: fim da entrada.", "{who} sends no more: end of the input."],
  recvAgain: ["De {who} não há nada, afinal: EAGAIN.", "There is nothing of {who} after all: EAGAIN."],
  recvError: ["A leitura de {who} falha: {got}.", "Reading from {who} fails: {got}."],
  line: ["Uma linha inteira de {who}: {length} saem do buffer.", "A whole line of {who}: {length} leave the buffer."],
  lineLong: ["A linha de {who} é longa demais e é jogada fora.", "The line of {who} is too long and is thrown away."],
  command: ["{who}: {what} (mensagem m{message}).", "{who}: {what} (message m{message})."],
  say: ["fala a todos", "speaks to all"], tell: ["fala a uma pessoa", "speaks to one person"], who_: ["pergunta quem está", "asks who is here"],
  quit: ["se despede", "says goodbye"], join: ["pede para entrar", "asks to come in"], refuse: ["uma linha é recusada", "a line is refused"], nothing_: ["uma linha vazia", "an empty line"],
  queue: ["{messages} entra na fila de {names}: +{bytes}.", "{messages} is queued for {names}: +{bytes}."],
  queueOwn: ["O servidor põe {bytes} na fila de {names}.", "The server queues {bytes} for {names}."],
  send: ["O kernel aceita tudo para {names}.", "The kernel takes everything for {names}."],
  sendShort: ["O kernel aceita só {sent} de {asked} para {who}. Ficam na fila: {queued}.", "The kernel takes only {sent} of {asked} for {who}. Left in the queue: {queued}."],
  sendAgain: ["O kernel não aceita nada para {who}: EAGAIN não é erro. Ficam na fila: {queued}.", "The kernel takes nothing for {who}: EAGAIN is no error. Left in the queue: {queued}."],
  sendError: ["O envio para {who} falha: {sent}.", "Sending to {who} fails: {sent}."],
  drop: ["{lost} da fila de {who} são abandonados.", "{lost} of the queue of {who} are given up."],
  interest: ["De {who} o laço espera agora {to}, antes {from}: {why}.", "Of {who} the loop now waits for {to}, before {from}: {why}."],
  head: ["O pedido de {who} tem resposta: {status}.", "The request of {who} is answered: {status}."],
  frame: ["Um frame inteiro de {who}: {kind}, {length}.", "A whole frame of {who}: {kind}, {length}."],
  watching: ["#{conn} assiste a este laço e sai do rastro.", "#{conn} watches this loop and leaves the trace."],
  joined: ["{who} entrou.", "{who} is in."], draining: ["{who} sai ({reason}): antes vai a fila, depois o fim.", "{who} leaves ({reason}): first the queue, then the end."],
  closed: ["{who}: acabou ({reason}).", "{who}: it is over ({reason})."], closeConn: ["O socket de {who} é fechado.", "The socket of {who} is closed."],
  timer: ["Um temporizador toca, {time} depois da hora.", "A timer rings, {time} after its time."],
  slow: ["{what} prendeu o laço por {time}: todos esperaram.", "{what} held the loop for {time}: all others waited."],
  note: "{text}", end: ["Fim: {turns} voltas, {received} recebidos, {sent} enviados, {lost} perdidos.", "End: {turns} turns, {received} received, {sent} sent, {lost} lost."],
  unknown: ["Um evento desconhecido: {event}.", "An unknown event: {event}."],
};

const KEYS = [
  ["← →", ["um ato", "an act"]], ["Shift ← →", ["um evento", "an event"]], ["↑ ↓", ["uma volta", "a turn"]],
  ["Home End", ["início, fim", "begin, end"]], ["espaço / space", ["tocar, pausar", "play, pause"]], ["1 … 5", ["velocidade", "speed"]],
  ["f", ["seguir a mensagem daqui", "follow the message here"]], ["n", ["próximo problema", "next trouble"]], ["q", WORDS.questions], ["l", ["idioma", "language"]], ["h", WORDS.help], ["p", WORDS.print],
];

const GLOSSARY = [
  [["laço", "loop"], ["espera por todos os sockets de uma vez, serve os prontos, recomeça", "waits for all sockets at once, serves the ready ones, begins again"]],
  [["volta", "turn"], ["uma rodada do laço: esperar, ler, servir, enviar", "one round of the loop: wait, read, serve, send"]],
  [["ato", "act"], ["um passo desta página: o que vai junto, como uma mensagem para todos", "a step of this page: what belongs together, such as a message for all"]],
  [["R e W", "R and W"], ["o laço espera poder ler, poder escrever", "the loop waits until it can read, until it can write"]],
  [["buffer de linha", "line buffer"], ["guarda os bytes até que a linha esteja inteira", "keeps the bytes until the line is whole"]],
  [["fila de saída", "output queue"], ["guarda o que o kernel não aceitou", "keeps what the kernel has not taken"]],
  [["envio parcial", "partial send"], ["o kernel aceita só uma parte; o resto fica na fila, e o laço espera W", "the kernel takes only a part; the rest stays queued, and the loop waits for W"]],
  ["EAGAIN", ["\"agora não\": não é erro", "\"not now\": it is no error"]],
  ["kernel", ["seus buffers, vistos por um instante: uma amostra", "its buffers, seen for a moment: a sample"]],
];

/* A function that gives the text of a key in one language. */
function speaker(language) {
  const column = Math.max(LANGUAGES.indexOf(language), 0);
  return (key, fields = {}) => pick(own(WORDS, key) || key, column).replace(/\{(\w+)\}/g,
    (whole, name) => (name in fields ? String(fields[name]) : whole));
}

function pick(pair, column) {
  return Array.isArray(pair) ? String(pair[column] ?? pair[0] ?? "") : String(pair);
}

const ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t"};

/* Hostile text as one line: what is not printable becomes an escape, as in the views of the terminal. */
function safe(text) {
  return String(text).replace(/(?! )[\p{C}\p{Z}]/gu,
    (found) => ESCAPES[found] || `\\u{${found.codePointAt(0).toString(16)}}`);
}

function bytes(count) {
  if (count < 10000) return `${count} B`;
  return count < 10e6 ? `${Math.round(count / 1024)} kB` : `${Math.round(count / 1048576)} MB`;
}

function duration(nanoseconds, language) {
  if (nanoseconds < 1e6) return `${Math.round(nanoseconds / 1e3)} µs`;
  if (nanoseconds < 1e9) return `${Math.round(nanoseconds / 1e6)} ms`;
  if (nanoseconds < 36e11) return `${(nanoseconds / 1e9).toFixed(1).replace(".", language === "pt" ? "," : ".")} s`;
  return `${Math.round(nanoseconds / 36e11)} h`;
}

/* The nick of a connection, or its number; another file has its name already. */
function nameOf(trace, state, number) {
  if (number === undefined) return "";
  const conn = state.conns.get(number);
  const nick = conn ? conn.nick : trace.nicks.get(number);
  return nick ? safe(nick) : typeof number === "number" ? `#${number}` : safe(number);
}

/* The events of an act that stand for all of it come last, except for these. */
const SPEAK_FIRST = new Set(["accept", "open", "recv", "state"]);

/* One sentence about an act; `state` is the state after it. */
function caption(trace, state, act, language) {
  const say = speaker(language);
  const begin = trace.event(act.first);
  const event = SPEAK_FIRST.has(begin.event) || isShort(begin) ? begin : trace.event(act.last);
  const name = (number) => nameOf(trace, state, number);
  const conn = state.conns.get(event.conn);
  const fields = {who: name(event.conn), buffered: bytes(conn ? conn.buffered : 0)};
  for (const [key, value] of Object.entries(event)) {
    const isSize = typeof value === "number" && /^(sent|asked|queued|lost|bytes|received|got|length)$/.test(key);
    fields[key] = isSize ? bytes(value) : safe(value);
  }
  fields.names = event.event === "wake"
    ? shortList(list(event.ready).map(([one, letters]) => `${name(one)} (${safe(letters)})`))
    : namesIn(trace, state, act, event.event);
  fields.time = duration(event.duration ?? event.late ?? (event.timeout || 0) * 1e9, language);
  return say(captionKey(event, conn), captionFields(event, fields, say, language));
}

function captionKey(event, conn) {
  switch (event.event) {
    case "wait": return event.timeout ? "wait" : "wait0";
    case "wake": return own({io: "wakeIo", signal: "wakeSignal", timer: "wakeTimer"}, event.reason) || "wakeDeferred";
    case "accept": return own({ok: "acceptOk", again: "acceptAgain"}, event.result) || "acceptError";
    case "recv":
      if (typeof event.got !== "number") return own({eof: "recvEof", again: "recvAgain"}, event.got) || "recvError";
      return !conn || conn.life === "open" ? "recv" : "recvDropped";
    case "line": return event.length ? "line" : "lineLong";
    case "queue": return list(event.messages).some(Boolean) ? "queue" : "queueOwn";
    case "send":
      if (!isShort(event)) return "send";
      return typeof event.sent === "number" ? "sendShort" : event.sent === "again" ? "sendAgain" : "sendError";
    case "state": return ["joined", "draining", "watching"].includes(event.state) ? event.state : "closed";
    case "close": return "closeConn";
    default: return own(WORDS, event.event) && NAMES.includes(event.event) ? event.event : "unknown";
  }
}

function captionFields(event, fields, say, language) {
  const column = LANGUAGES.indexOf(language);
  switch (event.event) {
    case "command": return {...fields, what: say(own({who: "who_", nothing: "nothing_"}, event.name) || fields.name)};
    case "interest":
      return {...fields, from: fields.from || say("nothing"), to: fields.to || say("nothing"),
        why: pick(own(OPTIONS.reasons, event.why) || fields.why, column)};
    case "note": return {...fields, text: fields.text || say(event.ask ? "question" : "answer")};
    case "queue": return {...fields, messages: shortList(list(event.messages).filter(Boolean).map((one) => `m${Number(one)}`))};
    default: return fields;
  }
}

/* The names of all to whom the events of one kind in an act belong. */
function namesIn(trace, state, act, kind) {
  const names = [];
  for (let i = act.first; i <= act.last; i++) {
    const event = trace.event(i);
    if (event.event === kind && event.conn !== undefined) names.push(nameOf(trace, state, event.conn));
  }
  return shortList(names);
}

function shortList(names) {
  return names.length > 5 ? `${names.slice(0, 4).join(", ")} … (${names.length})` : names.join(", ");
}
