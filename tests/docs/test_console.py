"""Every command in the documentation prints what the page shows; and the runner itself finds what is wrong."""

from pathlib import Path

import console
import pytest


@pytest.mark.parametrize(
    "page", console.pages(), ids=lambda page: str(page.relative_to(console.ROOT))
)
def test_a_page_shows_what_its_commands_print(page: Path) -> None:
    found = console.differences(page)
    advice = "run `python3 dev.py docs --fix` and read the difference"
    assert found == [], "\n".join([f"{page.name}: {advice}", *map(str, found)])


def page(folder: Path, text: str) -> Path:
    path = folder / "page.md"
    path.write_text(text, encoding="utf-8")
    return path


def block(*lines: str) -> str:
    return "\n".join(["```console", *lines, "```", ""])


RIGHT = {
    "files are written": "<!-- file: a/b.txt -->\n```text\nhello\n```\n\n"
    + block("$ cat a/b.txt", "hello"),
    "files of the repository are copied": "<!-- copy: LICENSE -->\n"
    + block("$ head -n 1 LICENSE | tr -d ' '", "ApacheLicense"),
    "blocks share the folder": block("$ mkdir x && cd x") + block("$ pwd", "‹project›/x"),
    "exit codes are seen": block("$ (exit 3)", "$ echo $?", "3"),
    "a command may take lines": block("$ echo one \\", "> two", "one two"),
    "dots stand for lines": block("$ printf 'a\\nb\\nc\\nd\\n'", "a", "...", "d"),
    "times are compared by kind": block("$ echo took 0.2 s", "took 31.5 s"),
    "a shown run id stands for the real one": block(
        "$ tr -dc 0-9a-f </dev/urandom | head -c 12 > id; cat id; echo",
        "0123456789ab",
        "$ test 0123456789ab = $(cat id) && echo the same",
        "the same",
    ),
    "run ids are compared by kind": block("$ echo run_0123456789ab", "‹run›"),
    "standard error is seen": block("$ echo oh >&2", "oh"),
    "one command may show others": "```console one\n$ echo '$ b'; echo c\n$ b\nc\n```\n",
    "other blocks are not run": "```sh\nexit 1\n```\n",
}
WRONG = {
    "another word": block("$ echo a", "b"),
    "a line too many": block("$ echo a", "a", "a"),
    "a line missing": block("$ printf 'a\\nb\\n'", "a"),
    "a caret in another column": block("$ echo '  ^'", " ^"),
    "a promised duration": block("$ echo waits 2 h", "waits 3 h"),
    "an unknown command behind dots": block("$ no-such-command-here", "..."),
    "a traceback behind dots": block("$ echo 'Traceback (most recent call last)'", "..."),
}


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_page_passes(tmp_path: Path, name: str) -> None:
    assert console.differences(page(tmp_path, RIGHT[name])) == []


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_page_is_found(tmp_path: Path, name: str) -> None:
    [difference] = console.differences(page(tmp_path, WRONG[name]))
    assert difference.line == 2


def test_fix_keeps_the_run_ids_that_the_page_has(tmp_path: Path) -> None:
    made = "$ echo 9a9a9a9a9a9a"
    path = page(tmp_path, block(made, "run 0123456789ab", "$ echo x 9a9a9a9a9a9a", "y"))
    console.differences(path, fix=True)
    assert path.read_text(encoding="utf-8") == block(
        made, "0123456789ab", "$ echo x 9a9a9a9a9a9a", "x 0123456789ab"
    )


def test_fix_writes_the_real_output_and_nothing_else(tmp_path: Path) -> None:
    before = "# T\n\n" + block("$ echo a", "b", "c", "$ echo 0.1 s", "9.9 s") + "text\n\n"
    path = page(tmp_path, before + block("$ echo z", "y") + "end\n")
    console.differences(path, fix=True)
    after = "# T\n\n" + block("$ echo a", "a", "$ echo 0.1 s", "9.9 s") + "text\n\n"
    assert path.read_text(encoding="utf-8") == after + block("$ echo z", "z") + "end\n"
    assert console.differences(path) == []
