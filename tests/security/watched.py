"""Run a command with a guard at every door of the interpreter; a child process of the audit test.

``python watched.py FOLDER CACHES LOG WORD...``: FOLDER is the one place that may be written, besides CACHES
(of the compiled engine, and matplotlib's). What was done against that is listed in LOG.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

WRITING = frozenset("wax+")
RUNS = ("os.exec", "os.spawn", "os.posix_spawn", "os.startfile", "pty.spawn", "ctypes.dlopen.remote")
CALLS_OUT = ("socket.connect", "socket.bind", "socket.sendto", "socket.getaddrinfo", "urllib.Request")
OURS = ("multiprocessing", "numba", "llvmlite", "concurrent")


def main() -> int:
    """Set the guard, run the command, write down what the guard saw."""
    places = tuple(Path(word).resolve() for word in (sys.argv[1], *sys.argv[2].split(os.pathsep), "/dev"))
    seen: list[list[str]] = []
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

    def allowed(path: object) -> bool:
        try:
            resolved = Path(str(path)).resolve()
        except (OSError, ValueError):
            return False
        return any(resolved.is_relative_to(place) for place in places)

    def writes(mode: object, flags: object) -> bool:
        if isinstance(mode, str):
            return bool(WRITING & set(mode))
        return isinstance(flags, int) and bool(flags & 0o3)  # O_WRONLY, O_RDWR

    def caller() -> str:
        frame, names = sys._getframe(2), []
        while frame is not None and len(names) < 40:
            names.append(str(frame.f_globals.get("__name__", "")))
            frame = frame.f_back  # type: ignore[assignment]
        return " ".join(names)

    def guard(event: str, arguments: tuple[object, ...]) -> None:
        if event == "open":
            path, mode, flags = arguments
            if not isinstance(path, int) and writes(mode, flags) and not allowed(path):
                seen.append([event, str(path), str(mode)])
        elif event in {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.symlink", "os.link", "os.chmod"}:
            for path in arguments[: 2 if event == "os.rename" else 1]:
                if not allowed(path):
                    seen.append([event, str(path)])
        elif event in {"subprocess.Popen", "os.system", "os.fork", "os.forkpty"} or event.startswith(RUNS):
            seen.append([event, str(arguments)[:200], caller()])
        elif event in CALLS_OUT:
            seen.append([event, str(arguments)[:200]])
        elif event == "pickle.find_class" and not any(name in caller() for name in OURS):
            seen.append([event, str(arguments)[:200], caller()])

    from gvi_sim.cli import main as command

    sys.addaudithook(guard)
    code = command(sys.argv[4:])
    Path(sys.argv[3]).write_text(json.dumps({"code": code, "seen": seen, "modules": sorted(sys.modules)}), "utf-8")
    return code


if __name__ == "__main__":
    raise SystemExit(main())
