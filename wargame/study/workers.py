"""Many independent jobs on this machine's processors, or on those of a cluster: one way for every study and page.

A pool hands jobs to `concurrent.futures` executors. `spread` gives results as they come, `in_order` in the order of the
jobs. A process that dies (out of memory, killed from outside) costs the job that killed it and no other.
"""

from __future__ import annotations

import hashlib
import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from contextlib import suppress
from functools import cache
from importlib import import_module
from multiprocessing.context import BaseContext
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, TypeVar

import wargame
from wargame.errors import UsageError, WargameError

J = TypeVar("J")
R = TypeVar("R")
AHEAD = 3
"""Jobs handed out for each worker, so that none waits for its next one."""
PATIENCE_S = 15
"""Seconds to wait for a scheduler."""
SCHEMES = ("tcp", "tls", "ucx", "ws", "wss", "inproc")
PRELOADED = "wargame.study.batch"


class WorkerDiedError(WargameError):
    """The process of a job died under it."""


class Pool(Protocol):
    """Where jobs are done. ``count`` workers do one job each at a time; ``width`` jobs are handed out at a time."""

    count: int
    width: int

    def submit(self, work: Callable[[J], R], job: J) -> Future[R]:
        """Hand out a job."""

    def restart(self) -> None:
        """Begin anew with fresh workers after some have died."""

    def __enter__(self) -> Any: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def pool(workers: int | None = None, scheduler: str = "") -> Pool:
    """So many processes of this machine (one a processor if not said), or the workers of a Dask scheduler."""
    if scheduler:
        return _Cluster(scheduler)
    count = workers if workers is not None else available()
    return _Here() if count <= 1 else _Processes(count)


def available() -> int:
    """Processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def spread(work: Callable[[J], R], jobs: Iterable[J], on: Pool) -> Iterator[tuple[J, R | None, BaseException | None]]:
    """Do every job; yields (job, result, error) as they end, in no certain order. Jobs are drawn only as needed.

    A job whose process died is done once more by itself; if it dies again its error is a `WorkerDiedError`.
    """
    waiting, flying = iter(jobs), dict[Future[R], J]()
    while True:
        suspects: list[J] = []
        while len(flying) < on.width and (job := next(waiting, _NONE)) is not _NONE:
            try:
                flying[on.submit(work, job)] = job
            except BrokenExecutor:
                suspects.append(job)
                break
        if not flying and not suspects:
            return
        for future in wait(flying, return_when=FIRST_COMPLETED).done if flying else ():
            yield from _ended(future, flying.pop(future), suspects)
        if suspects:  # the pool is broken, and with it all that was handed out
            for future in wait(flying).done:
                yield from _ended(future, flying.pop(future), suspects)
            on.restart()
            for job in suspects:
                yield _alone(work, job, on)


_NONE: Any = object()
DIED = "its process died more than once: out of memory, or killed from outside"


def _ended(future: Future[R], job: J, suspects: list[J]) -> Iterator[tuple[J, R | None, BaseException | None]]:
    error = _error(future)
    if isinstance(error, BrokenExecutor):
        suspects.append(job)
    else:
        yield job, None if error else future.result(), error


def _error(future: Future[Any]) -> BaseException | None:
    """What a job ended with instead of a result; `WorkerDiedError` where a cluster gave it up for that reason."""
    try:
        error = future.exception()
    except CancelledError as cancelled:  # by a scheduler that went away
        return cancelled
    return WorkerDiedError(DIED) if type(error).__name__ == "KilledWorker" else error


def _alone(work: Callable[[J], R], job: J, on: Pool) -> tuple[J, R | None, BaseException | None]:
    future = on.submit(work, job)
    error = _error(future)
    if isinstance(error, BrokenExecutor):
        on.restart()
        return job, None, WorkerDiedError(DIED)
    return job, None if error else future.result(), error


def in_order(
    work: Callable[[J], R],
    jobs: Sequence[J],
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[R]:
    """The results of jobs in their order; the first error of one is raised. ``progress`` is told (done, of all)."""
    results: dict[int, R] = {}
    with pool(min(workers if workers is not None else available(), len(jobs))) as on:
        for (n, _), result, error in spread(_Numbered(work), list(enumerate(jobs)), on):
            if error is not None:
                raise error
            results[n] = result  # type: ignore[assignment]
            if progress is not None:
                progress(len(results), len(jobs))
    return [results[n] for n in range(len(jobs))]


class _Numbered:
    """Work on a job that carries its number; can be sent to another process."""

    def __init__(self, work: Callable[[Any], Any]) -> None:
        self.work = work

    def __call__(self, job: tuple[int, Any]) -> Any:
        return self.work(job[1])


# --- this machine ----------------------------------------------------------------------------------------------------


class _Some:
    """What pools of several workers have in common. At the end nothing handed out is begun any more."""

    executor: Executor

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.executor.shutdown(wait=kind is None, cancel_futures=True)


class _Here(_Some):
    """One worker: this process itself."""

    count = width = 1

    def __enter__(self) -> _Here:
        self.executor = _Inline()
        return self

    def submit(self, work: Callable[[J], R], job: J) -> Future[R]:
        return self.executor.submit(work, job)

    def restart(self) -> None:
        """Nothing can have died."""


class _Inline(Executor):
    def submit(self, work: Callable[..., R], /, *args: Any, **kwargs: Any) -> Future[R]:
        future: Future[R] = Future()
        try:
            future.set_result(work(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - it is the future's business
            future.set_exception(error)
        return future


class _Processes(_Some):
    """Processes of this machine, each forked from one that has loaded the program and runs no thread."""

    def __init__(self, count: int) -> None:
        self.count, self.width = count, AHEAD * count

    def __enter__(self) -> _Processes:
        self._begin()
        return self

    def _begin(self) -> None:
        self.executor: Executor = ProcessPoolExecutor(self.count, mp_context=_context(), initializer=_ready)

    def submit(self, work: Callable[[J], R], job: J) -> Future[R]:
        return self.executor.submit(work, job)

    def restart(self) -> None:
        self.executor.shutdown(wait=False, cancel_futures=True)
        self._begin()


@cache
def _context() -> BaseContext:
    """A fork of this process would inherit its threads and half-used locks; a fork server has none."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([PRELOADED])
    return context


def _ready() -> None:
    """A new worker: leave Ctrl-C to the parent, and end when the parent is gone, however it went."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: Any) -> None:
    parent.join()
    os._exit(1)


# --- a cluster -------------------------------------------------------------------------------------------------------


class _Cluster:
    """The workers of a Dask scheduler, which may be on other machines."""

    def __init__(self, address: str) -> None:
        self.address, self.count, self.width = address, 0, 0

    def __enter__(self) -> _Cluster:
        try:
            client: Any = import_module("distributed").Client
        except ImportError:
            raise UsageError("--scheduler needs Dask: pip install 'wargame-1930s[distributed]'") from None
        for name in ("distributed", "distributed.client", "distributed.batched"):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)  # what goes wrong is told by our own error
        scheme, marked, _ = self.address.partition("://")
        if marked and scheme not in SCHEMES:
            raise UsageError(f"no scheduler can be at {self.address}; write an address such as tcp://node1:8786")
        try:
            where = {"scheduler_file": self.address} if self.address.endswith(".json") else {"address": self.address}
            self.client: Any = client(**where, timeout=PATIENCE_S, set_as_default=False)
        except (OSError, ValueError, TypeError) as error:
            raise UsageError(f"no Dask scheduler at {self.address}: {error} (start one: dask scheduler)") from None
        try:
            self._check()
        except BaseException:
            self.client.close()
            raise
        self.executor = self.client.get_executor(pure=False, retries=0)
        return self

    def _check(self) -> None:
        """Workers there are, each with one thread and this very program."""
        threads = self.client.nthreads()
        if not threads:
            raise UsageError(f"the scheduler at {self.address} has no workers (start some: dask worker {self.address})")
        many = sorted(w for w, n in threads.items() if n != 1)
        if many:
            raise UsageError(
                f"worker {many[0]} has {threads[many[0]]} threads; a run is one thread's work "
                "(start workers with --nthreads 1, more of them with --nworkers)"
            )
        self.count, self.width = len(threads), AHEAD * len(threads)
        try:
            theirs = self.client.run(program)
        except Exception as error:  # noqa: BLE001 - whatever it is, the worker is not fit
            raise UsageError(f"the workers at {self.address} cannot import this program: {error}") from None
        other = sorted(w for w, p in theirs.items() if p != program())
        if other:
            raise UsageError(
                f"worker {other[0]} runs another version of this program (install the same one everywhere)"
            )

    def submit(self, work: Callable[[J], R], job: J) -> Future[R]:
        if self.client.status != "running":
            raise WargameError(
                f"the scheduler at {self.address} is gone (start it, then give the same command to go on)"
            )
        future: Future[R] = self.executor.submit(work, job)
        return future

    def restart(self) -> None:
        """The scheduler replaces its workers by itself."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(Exception):
            self.executor.shutdown(wait=kind is None, cancel_futures=True)
        self.client.close()


@cache
def program() -> str:
    """Digest of this program's own files: two processes with the same one play the same runs."""
    folder = Path(wargame.__file__).resolve().parent
    digest = hashlib.blake2b(wargame.__version__.encode(), digest_size=16)
    for path in sorted([*folder.rglob("*.py"), *(folder / "editions").glob("*.toml")]):
        digest.update(path.relative_to(folder).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
