"""Runs scripts from Python, with functions of Python's."""

import sys

from weft import Weft, WeftError

weft = Weft(sys.argv[1])
weft.lib.weft_limit_operations(weft.pointer, 1_000_000)
weft.define("reverse", lambda text: text[::-1], ["text"])
weft.define("fail", lambda: {}["key"], [])

value, output = weft.run(
    """
    param words = []
    print("reversing \\(len(words)) words")
    let reversed = gather for word in words { reverse(word) }
    {words: reversed, big: 2 ** 80, none: none, half: 0.5}
    """, words=["weft", "loom"])
print(output, end="")
print(value)

for source in ["fail()", "revrse(1)", "while true { }", "reverse(text: 3)"]:
    try:
        weft.run(source, name="a.weft")
    except WeftError as error:
        print(f"{error.kind}: {error.message}")
