"""Renew what is generated: parts of pages, and the data of built-in step types. Tells what changed."""

from __future__ import annotations

import sys

from tools import signatures
from tools.pages.generated import GENERATED, PAGES, renewed
from tools.pages.rules import files


def main() -> int:
    """Write the files that are not as the code says; 0 also where some were written."""
    for name in GENERATED:
        page = PAGES / name
        old = page.read_text(encoding="utf-8")
        new = renewed(old, GENERATED[name])
        if new != old:
            page.write_text(new, encoding="utf-8")
            print(f"wrote {page.relative_to(PAGES.parent)}")
    for name, text in files():
        whole = PAGES / name
        if not whole.exists() or whole.read_text(encoding="utf-8") != text:
            whole.parent.mkdir(exist_ok=True)
            whole.write_text(text, encoding="utf-8")
            print(f"wrote {whole.relative_to(PAGES.parent)}")
    return signatures.main()


if __name__ == "__main__":
    sys.exit(main())
