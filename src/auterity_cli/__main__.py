"""The entry point: `--version` at once, everything else through the app."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line given to the process, and exit with its code."""
    if sys.argv[1:] == ["--version"]:
        from auterity_sdk import __version__

        try:
            sys.stdout.write(f"auterity {__version__}\n")
            sys.stdout.flush()
        except OSError:
            sys.exit(5)  # nobody reads it, or there is no space for it
        return
    import gc

    gc.disable()  # a command is short; those that run workflows switch it on again
    from auterity_cli.app import run

    code = run()
    gc.freeze()  # the end of the process needs no collection, which would look at every object once more
    sys.exit(code)


if __name__ == "__main__":
    main()
