"""What the benchmarks share: servers on one core, a fresh installation, and wrk on the other core."""

import contextlib
import datetime
import http.client
import json
import os
import pathlib
import platform
import shutil
import signal
import socket
import subprocess
import sys
import time

BENCH = pathlib.Path(__file__).resolve().parent
ROOT = BENCH.parent
OUT = BENCH / "out"
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "dist"
BINARY = TARGET / "tributary"
SERVER_CORE, LOAD_CORE = "0", "1"
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
CODE = "bench"


class Server:
    """A child process on core 0, and what the kernel knows of it."""

    def __init__(self, name, command, port, env=None):
        self.name, self.port = name, port
        self.log = open(OUT / f"{name}.log", "wb")
        self.process = subprocess.Popen(
            ["taskset", "-c", SERVER_CORE, *map(str, command)],
            env=env, stdout=self.log, stderr=subprocess.STDOUT)
        self.wait_until_ready()

    def wait_until_ready(self):
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            with contextlib.suppress(OSError):
                if request(self.port, "GET", "/readyz")[0] == 200:
                    return
            time.sleep(0.05)
        self.stop()
        sys.exit(f"{self.name} did not get ready, see {self.log.name}")

    def cpu_seconds(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS_A_SECOND

    def peak_mib(self):
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
        return 0.0

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()


def request(port, method, path, body=None, key=None):
    """One HTTP request to a server of ours: (status, headers, body)."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Content-Type": "application/json"} if body is not None else {}
    if key:
        headers["Authorization"] = f"Bearer {key}"
    connection.request(method, path, None if body is None else json.dumps(body), headers)
    answer = connection.getresponse()
    try:
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def expect_binaries():
    for name in ("tributary", "tributary-bench-reference"):
        if not (TARGET / name).exists():
            sys.exit(f"{TARGET / name} is missing: `make bench` builds it")
    OUT.mkdir(exist_ok=True)


def start_reference(name):
    port = free_port()
    return Server(name, [TARGET / "tributary-bench-reference", f"127.0.0.1:{port}"], port)


class Tributary:
    """A fresh installation with one business, campaign, affiliate and link: on a SQLite file, or in an
    empty PostgreSQL database."""

    def __init__(self, name="tributary", folder="data", database_url=None):
        data = OUT / folder
        shutil.rmtree(data, ignore_errors=True)
        port = free_port()
        env = {name: value for name, value in os.environ.items() if not name.startswith("TRIBUTARY_")}
        env.update(
            TRIBUTARY_DATA_DIR=str(data), TRIBUTARY_LISTEN=f"127.0.0.1:{port}",
            TRIBUTARY_BASE_URL=f"http://127.0.0.1:{port}", TRIBUTARY_LOG="warn")
        if database_url:
            env["TRIBUTARY_DATABASE_URL"] = database_url
        self.env = env
        made = subprocess.run(
            [BINARY, "init", "--business", "Bench", "--owner-email", "owner@bench.example",
             "--owner-password", "correct horse battery staple", "--json"],
            env=env, check=True, stdout=subprocess.PIPE)
        self.key = json.loads(made.stdout)["api_key"]
        self.server = Server(name, [BINARY, "serve"], port, env)
        try:
            affiliate = self.call("POST", "/affiliates", {
                "name": "Ada Bench", "email": "ada@affiliate.example", "status": "approved"})
            campaign = self.call("POST", "/campaigns", {
                "name": "Bench", "active": True, "destination_url": "https://shop.example/landing",
                "hosts": ["shop.example"]})
            self.call("POST", f"/campaigns/{campaign['id']}/partnerships", {
                "affiliate_id": affiliate["id"], "code": CODE})
        except BaseException:
            self.server.stop()
            raise

    def call(self, method, path, body=None):
        status, _, answer = request(self.server.port, method, "/api/v1" + path, body, self.key)
        if status not in (200, 201):
            sys.exit(f"{method} /api/v1{path} answered {status}: {answer.decode(errors='replace')}")
        return json.loads(answer)

    def stored_clicks(self):
        return sum(row["clicks"] for row in self.call("GET", "/stats?group_by=link")["data"])


def measure(server, connections, seconds, script, path, **environment):
    """One wrk run: rate, latencies in ms, CPU µs a request, answered requests."""
    before = server.cpu_seconds()
    printed = subprocess.run(
        ["taskset", "-c", LOAD_CORE, "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "--timeout", "10s",
         "-s", BENCH / script, f"http://127.0.0.1:{server.port}{path}"],
        check=True, stdout=subprocess.PIPE, text=True, env={**os.environ, **environment}).stdout
    cpu = server.cpu_seconds() - before
    result = json.loads(printed.split("RESULT ", 1)[1])
    if result["bad"] or not result["answered"]:
        sys.exit(f"{server.name} at {connections} connections: {result['bad']} bad answers\n{printed}")
    return {
        "rate": result["answered"] / (result["micros"] / 1e6),
        "p50": result["p50"] / 1000, "p99": result["p99"] / 1000,
        "cpu": cpu * 1e6 / result["answered"], "answered": result["answered"],
    }


def machine():
    cpu = next((line.split(":", 1)[1].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
                if line.startswith("model name")), platform.machine())
    disk = subprocess.run(["df", "--output=fstype", OUT], stdout=subprocess.PIPE, text=True).stdout.split()[-1]
    rustc = subprocess.run(["rustc", "--version"], stdout=subprocess.PIPE, text=True).stdout.split()[1]
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, stdout=subprocess.PIPE,
                            stderr=subprocess.DEVNULL, text=True).stdout.strip()
    return (f"{os.cpu_count()} cores {cpu}, Linux {platform.release()}, {disk}, rustc {rustc}, profile {TARGET.name}"
            + (f", commit {commit}" if commit else "") + f", {datetime.date.today()}")
