"""The entry point: `--version` at once, everything else through the app."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line given to the process, and exit with its code."""
    if sys.argv[1:] == ["--version"]:
        from auterity_sdk import __version__

        sys.stdout.write(f"auterity {__version__}\n")
        return
    import gc

    gc.disable()  # a command is short; those that run workflows switch it on again
    from auterity_cli.app import run

    sys.exit(run())


if __name__ == "__main__":
    main()
