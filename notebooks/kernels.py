"""Kernels for the tests of the notebooks: forked from a process that has imported what all of them import.

A kernel's imports take longer than most of its cells. Each notebook has a process of its own all the same;
`notebooks/run.py` starts every kernel afresh.
"""

import multiprocessing
import os
from functools import cache
from multiprocessing import forkserver

IMPORTS = [  # not matplotlib.pyplot: with it a notebook would draw figures in another way
    "ipykernel.kernelapp",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_pdf",
    "scipy.special",
    "youthresearch.effects",
    "youthresearch.metrics",
    "youthresearch.repair",
    "youthresearch.report",
]


@cache
def forks():
    """Start the process that kernels are forked from."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(IMPORTS)
    forkserver.ensure_running()
    return context


def fork_kernels():
    """Have Jupyter fork the kernels that it starts from here on."""
    from jupyter_client.provisioning import local_provisioner

    forks()  # before Jupyter chooses a kernel's ports: who waits with them may find them taken
    local_provisioner.launch_kernel = Kernel


def run(ready, command, environment, folder):
    """Be the kernel that a command line asks for, in a session of its own, as Jupyter expects, and silent."""
    import pandas as pd
    from ipykernel.kernelapp import launch_new_instance

    pd.set_option("display.max_columns", 20)  # pandas sets it as it is imported: 0 if outside a notebook
    os.setsid()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    ready.send(None)
    options = command[command.index("-f") :]
    launch_new_instance([*options, f"--IPKernelApp.parent_handle={os.getppid()}"])


class Kernel:
    """A forked kernel, with what Jupyter asks of a `subprocess.Popen`."""

    stdin = stdout = stderr = None

    def __init__(self, command, *, env, cwd, **_):
        ready, told = multiprocessing.Pipe(duplex=False)
        self._process = forks().Process(target=run, args=(told, command, env, cwd))
        self._process.start()
        self.pid = self._process.pid
        ready.recv()

    def poll(self):
        """Return how the kernel ended; None while it runs."""
        return self._process.exitcode

    def wait(self):
        """Return how the kernel ended, once it has."""
        self._process.join()
        return self._process.exitcode

    def send_signal(self, number):
        """Signal the kernel, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)
