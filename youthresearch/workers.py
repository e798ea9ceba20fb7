"""Chunks of work run in this process, in processes that may die, or on a cluster."""

import os
import signal
import sys
import threading
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from itertools import islice


def local_runner(chunks):
    """Choose the local scheduler: the one configured, else processes if they are worth their start."""
    import dask

    chosen = dask.config.get("scheduler", None)
    if chosen in ("threads", "threading", "sync", "synchronous", "single-threaded"):
        return partial(_in_this_process, chosen)
    if chosen in ("processes", "multiprocessing") or chunks > 2:
        return _in_processes
    return partial(_in_this_process, "synchronous")


def _in_this_process(scheduler, job, chunks, done, alone=False):
    """Run chunks where nothing can be killed but the whole."""
    with _watch(done):
        _compute(job, dict(enumerate(chunks)), scheduler=scheduler)
    return []


def _in_processes(job, chunks, done, alone=False):
    """Run chunks in a pool of processes, a new one whenever a process dies.

    Returns
    -------
    list
        Chunks that were being worked on when a process died: with `alone`, the one that killed it. The
        others are done.
    """
    left, suspects = dict(enumerate(chunks)), []
    while left:
        started, finished = set(), set()
        try:
            with _pool(1 if alone else len(left)) as pool, _watch(done, started, finished):
                _compute(job, left, scheduler="processes", pool=pool, chunksize=1, optimize_graph=False)
        except BrokenProcessPool:
            suspects += [left[i] for i in sorted(started - finished)]
            finished |= started
        else:
            break
        left = {i: chunk for i, chunk in left.items() if i not in finished}
    return suspects


def on_cluster(client, job, chunks, done, alone=False):
    """Run chunks on a cluster, some a thread at a time or one; the scheduler repeats what a dead worker had.

    Returns
    -------
    list
        Chunks that were on more dying workers than the scheduler allows.
    """
    from distributed import KilledWorker, as_completed

    waiting, running, suspects = iter(chunks), {}, []
    futures = as_completed()

    def submit(count):
        for chunk in islice(waiting, count):
            future = client.submit(partial(job, chunk), pure=False)
            running[future] = chunk
            futures.add(future)

    try:
        submit(1 if alone else 4 * max(1, sum(client.nthreads().values())))
        for future in futures:
            chunk = running.pop(future)
            try:
                done(future.result())
            except KilledWorker:
                suspects.append(chunk)
            submit(1)
    finally:
        client.cancel(list(running))
    return suspects


def _compute(job, chunks, **options):
    """Compute with Dask; a partial hides a chunk from Dask, which would look for tasks in it."""
    import dask

    tasks = [dask.delayed(partial(job, c), pure=False)(dask_key_name=_key(i)) for i, c in chunks.items()]
    dask.compute(*tasks, **options)


def _key(number):
    return f"chunk-{number}"


def _watch(done, started=None, finished=None):
    """Hand results over as they come and note which chunks were started and finished."""
    from dask.callbacks import Callback

    started, finished = set() if started is None else started, set() if finished is None else finished

    def before(key, dsk, state):
        started.add(int(key.removeprefix("chunk-")))

    def after(key, result, dsk, state, worker):
        finished.add(int(key.removeprefix("chunk-")))
        done(result)

    return Callback(pretask=before, posttask=after)


@contextmanager
def _pool(chunks):
    import dask.multiprocessing
    import dask.system

    workers = min(chunks, dask.config.get("num_workers", None) or dask.system.CPU_COUNT)
    if sys.platform == "win32":
        workers = min(workers, 61)  # Windows waits for no more
    context = dask.multiprocessing.get_context()
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_start_worker)
    try:
        _check_start(pool)
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _check_start(pool):
    try:
        pool.submit(os.getpid).result()
    except BrokenProcessPool:
        raise RuntimeError(
            "Worker processes do not start. In a script, put the call of extract_corpus under "
            '`if __name__ == "__main__":`, or use dask.config.set(scheduler="synchronous").'
        ) from None


def _start_worker():
    """Leave Ctrl-C to the parent, which lets chunks end; end when the parent is killed."""
    from multiprocessing import parent_process

    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def follow():
        parent_process().join()
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()


def progress_bar(total, shown):
    """Return a function that counts documents, drawn on a terminal's last line."""
    if not (shown and sys.stderr and sys.stderr.isatty()):
        return lambda documents, failed: None
    count = Counter()

    def draw(documents, failed):
        count.update(documents=documents, failed=failed)
        part = count["documents"] / max(total, 1)
        bar = "#" * int(30 * part)
        said = f"{count['documents']:,} of {total:,} documents, {count['failed']:,} failed"
        end = "\n" if count["documents"] == total else ""
        print(f"\r[{bar:30}] {part:4.0%} {said}", end=end, file=sys.stderr, flush=True)

    return draw
