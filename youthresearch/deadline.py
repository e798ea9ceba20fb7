"""Reading with a time limit: what takes longer is stopped, whatever it is doing."""

import gc
import sys
import threading
import weakref
from contextvars import copy_context


class OutOfTime(BaseException):
    """Not an Exception, so that no parser swallows it."""


def within(seconds, read, *args):
    """Return ``read(*args)``; raise OutOfTime if that takes more than so many seconds.

    It runs in a thread of its own, which is stopped by an exception set into it: the code runs at full
    speed, and nothing can fire into the caller. C code is not interrupted: it is only given what has been
    checked for size; what still does not end is left behind after 100 attempts.
    """
    import ctypes  # some builds of Python lack it; they can still read plain text

    fire = ctypes.pythonapi.PyThreadState_SetAsyncExc
    gate, ended, outcome, context = threading.Lock(), [], [], copy_context()

    def work():
        try:
            outcome.append((context.run(read, *args), None))
        except BaseException as error:  # handed on to the caller
            outcome.append((None, error))
        while not ended:
            try:
                with gate:  # nothing is fired from here on
                    ended.append(True)
                for _ in range(100):  # one fired just before arrives here, at the end of a round
                    pass
            except OutOfTime:
                pass

    def stop():
        with gate:
            if not ended:
                fire(ctypes.c_ulong(thread.ident), ctypes.py_object(OutOfTime))

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        thread.join(seconds)
    finally:  # after Ctrl-C too
        _stop_until_ended(thread, stop)
    result, error = outcome[0] if outcome else (None, OutOfTime())
    if error is not None:
        raise error
    return result


def _stop_until_ended(thread, stop, attempts=100):
    """Stop a thread, time and again: an exception that falls into a destructor is lost, and cuts it short."""
    for _ in range(attempts):
        for _ in range(20):
            if not thread.is_alive():
                return
            if not _in_destructor(thread.ident):
                break
            thread.join(0.005)
        stop()
        thread.join(0.1)


CALLBACKS = {c.__init__.__code__.co_filename for c in (weakref.WeakKeyDictionary, weakref.WeakSet)}


def _in_destructor(ident):
    """Tell whether a thread is in a `__del__` or a callback of weakref or gc: an exception would be lost."""
    hooks = {getattr(callback, "__code__", None) for callback in gc.callbacks}
    frame = sys._current_frames().get(ident)
    while frame:
        code = frame.f_code
        if code.co_name == "__del__" or code.co_filename in CALLBACKS or code in hooks:
            return True
        frame = frame.f_back
    return False
