"""Tasks over worker processes: any number of workers gives the same results.

Workers start fresh (forkserver, or spawn where there is none), ignore Ctrl-C, and end with the process
that started them, however that ends. When the system kills one, or it runs out of memory, the pool is
rebuilt and what was lost runs again; a task that fails so three times while it runs alone is reported,
never dropped.
"""

from __future__ import annotations

import _thread
import errno
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import connection
from multiprocessing.context import BaseContext
from types import ModuleType
from typing import Any, Generic, TypeVar

from ...errors import Message, ResourceError
from ...surroundings import starting_elsewhere

Item = TypeVar("Item")
Result = TypeVar("Result")
Progress = Callable[[int, int, float | None], None]

ATTEMPTS_ALONE = 3
STARTS = 6
PAUSE = 0.05  # seconds before the second start of a worker that could not be started; doubled each time
QUEUED_PER_WORKER = 2


def usable_cpus() -> int:
    """Processors this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Meter:
    """Counts replicates done and tells a callback, with the seconds left at the pace so far."""

    def __init__(self, total: int, progress: Progress | None, *, done: int = 0) -> None:
        self._total, self._done, self._progress = total, done, progress
        self._before, self._start = done, time.monotonic()

    def add(self, count: int) -> None:
        """Say that ``count`` more are done."""
        self._done += count
        if self._progress is not None:
            self._progress(self._done, self._total, self._seconds_left())

    def _seconds_left(self) -> float | None:
        made = self._done - self._before
        if not made:
            return 0.0 if self._done == self._total else None
        return (time.monotonic() - self._start) / made * (self._total - self._done)


def run_tasks(work: Callable[[Item], Result], tasks: Iterable[Item], *, workers: int) -> Iterator[tuple[Item, Result]]:
    """Yield (task, ``work(task)``) as tasks are done, in any order; with one worker, here and in order.

    ``work`` and the tasks must be picklable; results should be small. An error of ``work`` comes out as it
    is. ResourceError when a task takes its worker down again and again. Closing the iterator, an error or
    Ctrl-C ends the workers at once.
    """
    if workers == 1:
        for task in tasks:
            try:
                result = work(task)
            except (MemoryError, OSError) as error:
                if not _has_no_memory(error):
                    raise
                raise ResourceError("no-memory", task=task_message(task)) from error
            yield task, result
        return
    pool = _Pool(work, workers)
    try:
        yield from pool.results(iter(tasks))
    finally:
        pool.stop()


class _Pool(Generic[Item, Result]):
    def __init__(self, work: Callable[[Item], Result], workers: int) -> None:
        self._work, self._workers = work, workers
        self._running: dict[Future[Result], Item] = {}
        self._executor: ProcessPoolExecutor | None = None
        self._leash: Any = None
        self._held_by_workers: Any = None

    def results(self, tasks: Iterator[Item]) -> Iterator[tuple[Item, Result]]:
        """All results; a broken pool is rebuilt on the way."""
        self._start()
        while self._fill(tasks):
            done, _ = wait(self._running, return_when=FIRST_COMPLETED)
            lost = []
            for future in done:
                task = self._running.pop(future)
                if _is_lost(future.exception()):
                    lost.append(task)
                else:
                    yield task, future.result()
            if lost:
                yield from self._recover(lost)

    def _fill(self, tasks: Iterator[Item]) -> bool:
        while len(self._running) < self._workers * QUEUED_PER_WORKER:
            task = next(tasks, None)
            if task is None:
                break
            self._submit(task)
        return bool(self._running)

    def _submit(self, task: Item) -> Future[Result]:
        if self._executor is None:
            self._start()
        assert self._executor is not None  # noqa: S101
        try:
            future = self._executor.submit(self._work, task)
        except BrokenProcessPool as error:  # it broke since we last looked
            future = _failed(error)
        except (EOFError, OSError) as error:  # what starts workers was killed, or there is no room for one
            future = _failed(_NoWorker(str(error)))
        self._running[future] = task
        return future

    def _recover(self, lost: list[Item]) -> Iterator[tuple[Item, Result]]:
        """Run what the broken pool lost, one at a time, so that a deadly task harms no other and is known."""
        wait(self._running)  # the executor fails all of them as soon as it is broken
        for future, task in self._running.items():
            if _is_lost(future.exception()):
                lost.append(task)
            else:
                yield task, future.result()
        self._running.clear()
        self.stop(at_once=True)
        for task in lost:
            yield task, self._alone(task)

    def _alone(self, task: Item) -> Result:
        for _ in range(ATTEMPTS_ALONE):
            future = self._submit_patiently(task)
            error = future.exception()
            del self._running[future]
            if not _is_lost(error):
                return future.result()
            self.stop(at_once=True)
        if isinstance(error, _NoWorker):
            raise ResourceError("no-worker", reason=str(error) or Message("no-worker/no-reason"))
        if _has_no_memory(error):
            raise ResourceError("no-memory/again", task=task_message(task), times=ATTEMPTS_ALONE)
        raise ResourceError("worker-lost", task=task_message(task), times=ATTEMPTS_ALONE)

    def _submit_patiently(self, task: Item) -> Future[Result]:
        """The task with a worker; a worker that cannot be started is not the task's fault."""
        for attempt in range(STARTS):
            future = self._submit(task)
            if not (future.done() and isinstance(future.exception(), _NoWorker)) or attempt == STARTS - 1:
                break
            del self._running[future]
            self.stop(at_once=True)
            time.sleep(PAUSE * 2**attempt)
        return future

    def _start(self) -> None:
        context = worker_context()
        self._held_by_workers, self._leash = context.Pipe(duplex=False)
        self._executor = ProcessPoolExecutor(
            self._workers, mp_context=context, initializer=_begin, initargs=(self._held_by_workers,)
        )

    def stop(self, at_once: bool = False) -> None:
        """End the workers: with work left or ``at_once`` without waiting, idle ones in peace.

        A broken pool must be ended at once: the executor terminates the workers that it knows of at that moment
        and then waits for all, so that one that had just been started would be waited for without end.
        """
        if self._executor is None:
            return
        if self._running or at_once:
            self._leash.close()  # every worker watches the other end, and leaves
        self._executor.shutdown(wait=True, cancel_futures=True)
        self._leash.close()
        self._held_by_workers.close()
        self._executor = None


def _is_lost(error: BaseException | None) -> bool:
    """Whether a task has no result because its worker is gone, or is not to be trusted any more."""
    return isinstance(error, BrokenProcessPool) or _has_no_memory(error)


def _has_no_memory(error: BaseException | None) -> bool:
    """Whether there was no memory, as Python says it or as the system does when a file is opened."""
    return isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno == errno.ENOMEM)


class _NoWorker(BrokenProcessPool):
    """No worker could be started."""


def _failed(error: Exception) -> Future[Any]:
    future: Future[Any] = Future()
    future.set_exception(error)
    return future


def task_message(task: object) -> Message:
    """How a message names a task."""
    first, end = getattr(task, "first", None), getattr(task, "end", None)
    return Message("task") if first is None or end is None else Message("task/batch", first=first, last=end - 1)


def _begin(leash: connection.Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    # Not a threading.Thread: its start waits for ever for a thread that finds no memory to begin with.
    _thread.start_new_thread(_leave_with_parent, (leash,))


def _leave_with_parent(leash: connection.Connection) -> None:
    # Nothing is ever sent: the pipe becomes readable when the parent closes it or dies. A worker may stop
    # anywhere, since files appear whole or not at all.
    try:
        connection.wait([leash])
    finally:
        os._exit(1)


def worker_context() -> BaseContext:
    """How workers start: a fork server on Linux, which imports the engine once for all of them, else spawn."""
    if sys.platform != "linux":
        return _SpawnContext()
    context = _ForkServerContext()
    above = __package__.rpartition(".")[0]
    context.set_forkserver_preload([f"{above}.{name}" for name in ("workers.quiet_start", "storage.shards")])
    _start_deaf_to_ctrl_c()
    return context


def _start_deaf_to_ctrl_c() -> None:
    """Start the fork server with Ctrl-C blocked: while it imports, it would end with a traceback of its own."""
    from multiprocessing import forkserver, resource_tracker

    with _starting():
        resource_tracker.ensure_running()  # it unblocks Ctrl-C when it starts, so it starts first
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            forkserver.ensure_running()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _starting() -> Iterator[None]:
    """Starting workers that neither import the user's script again nor what lies in the working folder.

    They need nothing from it, and a script without ``if __name__ == "__main__"`` would start itself over.
    """
    main, blank = sys.modules["__main__"], ModuleType("__main__")
    blank.__spec__ = None
    sys.modules["__main__"] = blank
    try:
        with starting_elsewhere():
            yield
    finally:
        sys.modules["__main__"] = main


class _SpawnProcess(multiprocessing.context.SpawnProcess):
    @staticmethod
    def _Popen(process_obj: Any) -> Any:
        with _starting():
            return multiprocessing.context.SpawnProcess._Popen(process_obj)


class _SpawnContext(multiprocessing.context.SpawnContext):
    Process = _SpawnProcess


if sys.platform == "win32":
    _ForkServerContext = _SpawnContext
else:

    class _ForkServerProcess(multiprocessing.context.ForkServerProcess):
        @staticmethod
        def _Popen(process_obj: Any) -> Any:
            with _starting():
                return multiprocessing.context.ForkServerProcess._Popen(process_obj)

    class _ForkServerContext(multiprocessing.context.ForkServerContext):
        Process = _ForkServerProcess
