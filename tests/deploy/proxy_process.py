"""A real HAProxy with the project's configuration, in front of real assistants that a real DNS server names."""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path

from tests.assistant_process import AssistantProcess
from tests.deploy.tools import DEPLOY, program
from tests.services import free_port, wait_for_port

CONFIGURATION = DEPLOY / "proxy" / "haproxy.cfg"
NAME = "assistant.test"


def environment(**more: str) -> dict[str, str]:
    given = {"PROXY_FILES": str(DEPLOY / "proxy"), "PROXY_PORT": "8080", "ASSISTANT_REPLICAS": f"{NAME}:5005"}
    return {"PATH": os.environ["PATH"], **given, **more}


class ReplicaProcess(AssistantProcess):
    """An assistant on a loopback address of its own: replicas differ by address and share the port."""

    def __init__(self, host: str, port: int, state_dir: Path, **more: str) -> None:
        super().__init__(state_dir, ASSISTANT_HOST=host, **more)
        self.port = port
        self.url = f"http://{host}:{port}/chat"


class ProxyProcess:
    """HAProxy, and dnsmasq that answers with the replicas' addresses. In a mount namespace, so that it reads a resolv.conf of its own."""

    def __init__(self, hosts: list[str], port: int, folder: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/chat"
        self._folder = folder
        self._dns_address = f"127.53.{os.getpid() // 250 % 250 + 1}.{os.getpid() % 250 + 1}"
        self._hosts = hosts
        self._environment = environment(PROXY_PORT=str(self.port), ASSISTANT_REPLICAS=f"{NAME}:{port}")
        self._processes: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        resolv = self._folder / "resolv.conf"
        resolv.write_text(f"nameserver {self._dns_address}\n", encoding="ascii")
        names = [f"--host-record={NAME},{host}" for host in self._hosts]
        listening = ["--no-resolv", "--no-hosts", "--bind-interfaces", f"--listen-address={self._dns_address}", "--port=53"]
        dns = [program("dnsmasq"), "--keep-in-foreground", "--pid-file=", "--user=root", "--conf-file=/dev/null", *listening, *names]
        haproxy = shlex.join([program("haproxy"), "-db", "-f", str(CONFIGURATION)])
        inside = f"mount --make-rprivate / && mount --bind {shlex.quote(str(resolv))} /etc/resolv.conf && exec {haproxy}"
        log = (self._folder / "proxy.log").open("ab")
        self._processes = [
            subprocess.Popen(dns, stdout=log, stderr=log),
            subprocess.Popen([program("unshare"), "--mount", "bash", "-c", inside], env=self._environment, stdout=log, stderr=log),
        ]
        wait_for_port(self.port)

    def stop(self) -> None:
        for process in reversed(self._processes):
            process.kill()
            process.wait(timeout=10)

    @property
    def log(self) -> str:
        return (self._folder / "proxy.log").read_text(encoding="utf-8")
