"""Run the notebooks in place and store their outputs: `python notebooks/run.py [NAME ...]`.

Two runs write the same bytes, so that `git diff` shows what a change really changed. A notebook that fails
is left as it was. Two run at a time; NB_JOBS=1 sets another number.
"""

import argparse
import asyncio
import os
import sys
import time
from pathlib import Path

NOTEBOOKS = Path(__file__).resolve().parent
FIGURES = NOTEBOOKS.parent / "figures"
TIMEOUT = 120  # seconds a cell; the same in pyproject.toml, so that what is stored can be tested

# Defaults only: a caller may set others, and the results must not depend on them.
ENVIRONMENT = {
    "PYTHONHASHSEED": "0",
    "OPENBLAS_NUM_THREADS": "1",  # two notebooks at a time already use the cores
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}
# All that is kept of a notebook's metadata: the rest tells of the machine that it was last opened on.
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def set_environment():
    """Give this process, and so its kernels, the environment that the tests have too."""
    for key, value in ENVIRONMENT.items():
        os.environ.setdefault(key, value)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # else every kernel compiles pandas anew: +6 s a notebook
    os.environ.pop("MPLBACKEND", None)  # else figures would not be drawn into the notebook


async def run(path, slot):
    """Run one notebook and replace its file; return the seconds it took and what went wrong, if anything."""
    import nbformat  # here, since conftest.py imports this file for its environment alone
    from nbclient import NotebookClient

    async with slot:
        start, place = time.perf_counter(), "before its first cell"

        def remember(cell, cell_index):
            nonlocal place
            number = sum(c.cell_type == "code" for c in notebook.cells[: cell_index + 1])
            place = f"in code cell {number}:\n\n{cell.source}\n"

        try:
            notebook = nbformat.read(path, as_version=4)
            client = NotebookClient(
                notebook,
                kernel_name="python3",
                timeout=TIMEOUT,
                startup_timeout=TIMEOUT,
                record_timing=False,
                coalesce_streams=True,
                on_cell_execute=remember,
                # errors only: else each kernel warns that its talk, inside this machine, is not encrypted
                extra_arguments=["--IPKernelApp.log_level=40"],
                resources={"metadata": {"path": str(NOTEBOOKS)}},
            )
            await client.async_execute()
        except Exception as error:  # whatever it was, the other notebooks go on
            name = getattr(error, "ename", type(error).__name__)
            return time.perf_counter() - start, f"{place}\n{name}: {getattr(error, 'evalue', error)}"

        notebook.metadata, notebook.nbformat_minor = nbformat.from_dict(METADATA), 5
        for cell in notebook.cells:
            cell.metadata = {key: cell.metadata[key] for key in cell.metadata if key == "tags"}
        draft = path.with_suffix(".ipynb.part")
        draft.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8", newline="\n")
        os.replace(draft, path)
        return time.perf_counter() - start, None


async def run_all(paths):
    """Run the notebooks, a few at a time, and return what `run` says of each.

    What reads the numbers of the others runs when they are done, and not at all where one failed: they
    would be those of before.
    """
    slot = asyncio.Semaphore(int(os.environ.get("NB_JOBS", "2")))
    reading = [path for path in paths if reads_numbers(path)]
    first = [path for path in paths if path not in reading]
    results = dict(zip(first, await asyncio.gather(*(run(path, slot) for path in first)), strict=True))
    if any(trouble for _, trouble in results.values()):
        return results | dict.fromkeys(reading, (0.0, "not run: it reads the numbers of one that failed"))
    return results | dict(zip(reading, await asyncio.gather(*(run(p, slot) for p in reading)), strict=True))


def reads_numbers(path):
    """Tell whether a notebook reads the numbers that the others publish."""
    return "read_numbers(" in path.read_text(encoding="utf-8")


def figure_files():
    """Return the names of the files under figures/, grouped by stem."""
    stems = {}
    for path in sorted(FIGURES.glob("*.*")):
        stem, _, ending = path.name.partition(".")
        stems.setdefault(stem, []).append(ending)
    return stems


def main():
    """Run what the command line names, and print what was made."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="a notebook, e.g. 01-facts (default: all)")
    known = {path.stem: path for path in sorted(NOTEBOOKS.glob("*.ipynb"))}
    names = [Path(name).name.removesuffix(".ipynb") for name in parser.parse_args().names] or list(known)
    unknown = [name for name in names if name not in known]
    if unknown:
        parser.error(f"no notebook {', '.join(unknown)}; there are: {', '.join(known)}")

    set_environment()
    # the loop that Linux and macOS have anyway: that of Windows cannot wait for kernels, and warns
    with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as loop:
        results = {path.stem: told for path, told in loop.run(run_all([known[n] for n in names])).items()}
    for name, (seconds, _) in results.items():
        print(f"{name:40} {seconds:5.1f} s")
    for stem, endings in figure_files().items():
        print(f"figures/{stem:32} {'  '.join(endings)}")

    stale = [name for name, path in known.items() if name not in names and reads_numbers(path)]
    if stale:
        print(f"not run, and perhaps out of date now: {', '.join(stale)}")
    failed = {name: trouble for name, (_, trouble) in results.items() if trouble}
    for name, trouble in failed.items():
        print(f"\nFAILED, and left as it was: notebooks/{name}.ipynb, {trouble}", file=sys.stderr)
    print(f"{len(results) - len(failed)} of {len(results)} notebooks run")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
