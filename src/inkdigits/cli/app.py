"""The commands put together, and the one door out: every error is a line and an exit code."""

from __future__ import annotations

import io
import signal
import sys
from importlib.metadata import version
from typing import Annotated

import typer
from typer.exceptions import TyperException

from inkdigits.cli import batching, data, keys, models, reading, serving, training
from inkdigits.cli.common import BROKEN_PIPE, INTERRUPTED, TERMINATED, complain, say
from inkdigits.decode import hush
from inkdigits.errors import InkdigitsError, NotWritten

EXIT_CODES = (
    "Exit codes: 0 all went well · 1 internal error · 2 wrong usage or setting · 3 some input could not be "
    "read · 4 the model cannot be used · 5 a dataset cannot be had · 6 a training run cannot go on · "
    "7 an optional part is not installed · 8 a batch cannot start or go on · 9 a file cannot be written · "
    "130 interrupted · 141 nobody reads the output any more · 143 terminated"
)
WRONG_USAGE = 2
USABLE = "See that it is there, that you may use it, and that the disk has room."

app = typer.Typer(
    help="Reads handwritten digits: from files, drawings and requests, with small models.",
    epilog=EXIT_CODES,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
)
for command in (reading, batching, serving, keys, data, models, training):
    command.register(app)


def _print_version(wanted: bool) -> None:
    if wanted:
        say(f"inkdigits {version('inkdigits')}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _start(
    context: typer.Context,
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    if context.invoked_subcommand is None:
        print(context.get_help())


def main() -> None:
    """Run the command that the shell gave, and exit with its code."""
    hush()
    # Else SIGTERM would leave what a command holds as it is, and not end a container's first process at all.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A file name need not be valid text; it is shown all the same.
            stream.reconfigure(errors="backslashreplace")
    sys.exit(run(sys.argv[1:]))


def _check_stdout() -> None:
    """Raises NotWritten where stdout is closed: print would drop every answer without a word."""
    if sys.stdout is None:
        raise NotWritten("The standard output is closed", "Send it somewhere, as by >FILE or >/dev/null.")


def run(arguments: list[str]) -> int:
    """Run one command; its exit code."""
    try:
        _check_stdout()
        return app(arguments, prog_name="inkdigits", standalone_mode=False) or 0
    except InkdigitsError as error:
        complain(error.message, error.remedy)
        return error.exit_code
    except OSError as error:
        named = error.filename or "A file or a connection"
        complain(f"{named} cannot be used: {error.strerror or error}", USABLE)
        return NotWritten.exit_code
    except TyperException as error:
        context = getattr(error, "ctx", None)
        complain(" ".join(error.format_message().split()).rstrip(".?"),
                 f"See `{context.command_path if context else 'inkdigits'} --help`.")  # fmt: skip
        return WRONG_USAGE
    except (typer.Abort, KeyboardInterrupt):  # the latter before the command itself has begun
        return INTERRUPTED
    except SystemExit as error:
        if isinstance(error.__context__, BrokenPipeError):  # rich's own way out
            return BROKEN_PIPE
        raise
