"""What the system says of an error, in Portuguese; it says all of them in English by itself."""

from __future__ import annotations

import errno
import os
from typing import Dict

_BY_NAME = {
    "EACCES": "permissão negada",
    "EADDRINUSE": "endereço já em uso",
    "EADDRNOTAVAIL": "este computador não tem esse endereço",
    "EAFNOSUPPORT": "este sistema não tem esse tipo de endereço",
    "EAGAIN": "recurso indisponível por enquanto",
    "EBADF": "descritor de arquivo inválido",
    "ECONNABORTED": "conexão abortada",
    "ECONNREFUSED": "conexão recusada",
    "ECONNRESET": "conexão interrompida pelo outro lado",
    "EEXIST": "o arquivo já existe",
    "EFBIG": "arquivo grande demais",
    "EHOSTUNREACH": "sem rota até o computador",
    "EINVAL": "argumento inválido",
    "EIO": "erro de entrada e saída",
    "EISDIR": "é uma pasta",
    "EMFILE": "arquivos abertos demais",
    "ENAMETOOLONG": "nome longo demais",
    "ENETUNREACH": "a rede não pode ser alcançada",
    "ENFILE": "arquivos abertos demais no sistema",
    "ENOENT": "arquivo ou pasta não existe",
    "ENOMEM": "falta memória",
    "ENOSPC": "não há mais espaço no disco",
    "ENOTDIR": "não é uma pasta",
    "EPERM": "operação não permitida",
    "EPIPE": "o leitor se foi",
    "EROFS": "o sistema de arquivos é só para leitura",
    "ETIMEDOUT": "o tempo acabou",
    "ETXTBSY": "arquivo de programa em uso",
}

_BY_TEXT: Dict[str, str] = {
    **{os.strerror(getattr(errno, name)): text for name, text in _BY_NAME.items() if hasattr(errno, name)},
    # -- of a name that was looked up, on Linux, macOS and Windows
    "Name or service not known": "nome desconhecido",
    "nodename nor servname provided, or not known": "nome desconhecido",
    "getaddrinfo failed": "nome desconhecido",
    "No address associated with hostname": "o nome não tem endereço",
    "Temporary failure in name resolution": "a busca do nome falhou por enquanto",
    "Non-recoverable failure in name resolution": "a busca do nome falhou",
}


def in_portuguese(text: object) -> object:
    """Return what the system said of an error in Portuguese, or as it is if it is not known.

    >>> in_portuguese("Name or service not known")
    'nome desconhecido'
    """
    return _BY_TEXT.get(text, text) if isinstance(text, str) else text
