"""The socket that a server listens on, taken before anything else is done: a supervisor then sees at once that the address is taken."""

from __future__ import annotations

import socket

from bot.errors import AssistantError


class AddressUnavailableError(AssistantError):
    """Nothing can listen at an address; the message says why and what to do."""


def listening_socket(host: str, port: int) -> socket.socket:
    """A socket that is bound to an address, for a server to listen on.

    Args:
        host: Name or address, of IPv4 or IPv6.
        port: TCP port, 1 to 65535.

    Raises:
        AddressUnavailableError: Another program has the port, or the host is none of this machine's.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except (OSError, OverflowError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise AddressUnavailableError(
            f"Nothing can listen at {host} port {port}: {reason}. Stop the program that has the port, or choose another address "
            "with --host and --port (or ASSISTANT_HOST and ASSISTANT_PORT)."
        ) from None
    return listener
