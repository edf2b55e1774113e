"use strict";
/* What the page says, in Portuguese and in English.  A text is a pair; {fields} are filled in. */

const LANGUAGES = ["pt", "en"];

const WORDS = {
  // -- the door
  nick: ["Apelido", "Nickname"], enter: ["Entrar", "Come in"], entering: ["Entrando…", "Coming in…"],
  nickHint: ["De 1 a 24 letras ou algarismos; _ - . também, mas não no começo.", "1 to 24 letters or digits; _ - . too, but not at the beginning."],
  language: ["English", "Português"], languageCode: ["en", "pt"],
  noServer: ["O servidor não responde; veja se ele está ligado e tente de novo.", "The server does not answer; see whether it is running, then try again."],
  silent: ["O servidor atende, mas não diz nada; tente de novo daqui a pouco.", "The server answers but says nothing; try again soon."],
  apelido_em_uso: ["O apelido {nick} já está em uso; escolha outro.", "The nickname {nick} is in use; choose another one."],
  apelido_invalido: [
    "O apelido {nick} não é válido: de 1 a 24 letras, algarismos, _ - ou . (primeiro uma letra ou algarismo, todas as letras de um só alfabeto, nada invisível, e sem parecer outro apelido; who, quit, all, dm e system são reservados).",
    "The nickname {nick} is not allowed: 1 to 24 letters, digits, _ - or . (first a letter or digit, all letters of one alphabet, nothing invisible, and it must not look like another nickname; who, quit, all, dm and system are reserved)."],
  busy: ["O servidor não deixou entrar agora: pode estar cheio. Tente de novo daqui a pouco.", "The server did not let you in now: it may be full. Try again soon."],
  server_full: ["O servidor está cheio; tente de novo daqui a pouco.", "The server is full; try again soon."],
  too_many_connections: ["Há conexões demais deste endereço; feche uma ou tente mais tarde.", "There are too many connections from this address; close one or try again later."],
  kicked: ["O operador do servidor tirou você da conversa.", "The operator of the server took you out of the chat."],
  banned: ["O operador do servidor não deixa você entrar.", "The operator of the server does not let you in."],
  refused: ["O servidor não deixou entrar ({code}); tente mais tarde.", "The server did not let you in ({code}); try again later."],
  // -- the places of the chat
  log: ["Conversa", "Conversation"], people: ["Quem está aqui", "Who is here"], here: ["{count} aqui", "{count} here"],
  pending: ["Ainda sem resposta do servidor", "Not answered by the server yet"], row: ["Mensagem", "Message"],
  rowHint: ["Mensagem, ou @apelido", "Message, or @nick"], send: ["Enviar", "Send"], leave: ["Sair", "Leave"],
  times: ["Horas", "Times"], help: ["Ajuda", "Help"], completions: ["Apelidos", "Nicknames"], newer: ["↓ novas: {count}", "↓ new: {count}"],
  tellNick: ["Escrever em privado a {nick}", "Write to {nick} in private"], you: ["você", "you"],
  // -- how the connection is
  in: ["{nick}, conectado", "{nick}, connected"], lost: ["{nick}, sem conexão", "{nick}, not connected"], late: ["sem resposta há {seconds} s", "no answer for {seconds} s"],
  noteLost: ["A conexão caiu; a página volta sozinha.", "The connection was lost; the page comes back by itself."],
  noteSilent: ["O servidor não responde; a página conecta de novo.", "The server does not answer; the page connects anew."],
  noteStopped: ["O servidor foi encerrado; a página volta quando ele voltar.", "The server has been stopped; the page comes back when it does."],
  noteBack: ["De volta, como {nick}. O que os outros disseram enquanto isso não aparece aqui.", "Back, as {nick}. What the others said meanwhile is not shown here."],
  noteIn: ["Você entrou como {nick}.", "You are in, as {nick}."],
  noteTold: ["O servidor avisa: {reason}.", "The server says: {reason}."],
  comingBack: ["nova tentativa em {seconds} s", "trying again in {seconds} s"], trying: ["conectando…", "connecting…"],
  // -- messages
  private: ["privado", "private"],
  sending: ["enviando…", "sending…"], waits: ["vai quando a conexão voltar", "goes when the connection is back"],
  unsure: ["Pode não ter chegado", "May not have arrived"], refusedLine: ["Não foi enviada", "Not sent"], why: ["{what} ({why})", "{what} ({why})"],
  again: ["Enviar de novo", "Send again"], sentAgain: ["Enviada de novo", "Sent again"], edit: ["Corrigir", "Edit"], drop: ["Não enviar", "Do not send"],
  joined: ["{nick} entrou", "{nick} came in"], left_quit: ["{nick} saiu", "{nick} left"], left_gone: ["{nick}: a conexão acabou", "{nick}: the connection ended"],
  left_too_slow: ["{nick} não lia o que recebia", "{nick} did not read what came"], left_timeout: ["{nick} não respondia mais", "{nick} did not answer any more"],
  left_error: ["{nick} saiu por uma falha do servidor", "{nick} left by a fault of the server"], left: ["{nick} saiu ({reason})", "{nick} left ({reason})"],
  more: ["e mais {count}", "and {count} more"], listed: ["Aqui agora ({count}): {nicks}", "Here now ({count}): {nicks}"],
  trimmed: ["(as linhas anteriores saíram da página)", "(earlier lines have left the page)"],
  // -- what the server refuses
  err_user_not_found: ["não há ninguém com esse apelido", "no member has that nickname"],
  err_empty_message: ["falta o texto depois do apelido", "there is no text after the nickname"],
  err_line_too_long: ["a linha é longa demais", "the line is too long"],
  err_invalid_utf8: ["a linha não é UTF-8", "the line is not UTF-8"],
  err_invalid_text: ["a linha tem caracteres de controle", "the line has control characters"],
  err_too_slow: ["esta página não lia o que recebia", "this page did not read what came"],
  err_timeout: ["demorou demais", "it took too long"], err_other: ["o servidor recusou: {code}", "the server refused: {code}"],
  // -- while typing
  tooLong: ["A linha tem {size} bytes e cabem {most}; divida-a.", "The line has {size} bytes and {most} fit; divide it."],
  fits: ["Ainda cabem uns {left} bytes.", "About {left} more bytes fit."],
  privateTo: ["Em privado: só {nick} lê.", "In private: only {nick} reads it."],
  askMeant: ["Todos leriam isto. Em privado seria @{nick} texto.", "Everyone would read this. In private it is @{nick} text."],
  aNick: ["apelido", "nick"], sendAll: ["Enviar a todos", "Send to everyone"], sendNot: ["Não enviar", "Do not send"],
  unknownCommand: ["{command} não existe e não foi enviado. Há /msg, /quem, /ajuda e /sair; // envia uma barra.", "{command} does not exist and was not sent. There are /msg, /who, /help and /quit; // sends a slash."],
  commandAlone: ["Depois de {command} não vai nada; não foi enviado.", "Nothing may follow {command}; it was not sent."],
  howToTell: ["Assim: /msg apelido texto; ou @apelido texto.", "Like this: /msg nick text; or @nick text."],
  notIn: ["Sem conexão agora; não foi enviado.", "Not connected now; it was not sent."],
  help1: ["ENTER envia: todos leem. @apelido texto, ou /msg apelido texto: só essa pessoa lê.", "ENTER sends: everyone reads. @nick text, or /msg nick text: only that person reads it."],
  help2: ["Depois de @, as setas e TAB escolhem um apelido; um toque em um nome também.", "After @, the arrows and TAB choose a nick; so does a touch on a name."],
  help3: ["/quem: quem está. /sair: sair. //texto: uma linha que começa com barra.", "/who: who is here. /quit: leave. //text: a line that begins with a slash."],
  help4: ["Uma linha fica cinza até que o servidor responda. Um toque em uma linha mostra a hora.", "A line is grey until the server answers. A touch on a line shows the time."],
};

/* A function that gives the text of a key in one language. */
function speaker(language) {
  const column = Math.max(LANGUAGES.indexOf(language), 0);
  return (key, fields = {}) => WORDS[key][column].replace(/\{(\w+)\}/g,
    (whole, name) => (Object.hasOwn(fields, name) ? String(fields[name]) : whole));
}

function hasWord(key) {
  return Object.hasOwn(WORDS, key);
}
