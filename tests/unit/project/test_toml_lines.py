from lambdatui.project.toml_lines import key_lines, line_of

TEXT = '''\
title = "x"  # a [comment]
[functions.api]
handler = "a.b"
text = """
[not.a.table]
key = 1
"""
list = [
  "[neither]",
]
dotted.key = 1
after = 2

[functions."with dots.in"]
'quoted' = 1
inline = { one = 1 }
'''


def test_each_key_has_the_line_it_starts_on() -> None:
    assert key_lines(TEXT) == {
        ("title",): 1,
        ("functions",): 2,
        ("functions", "api"): 2,
        ("functions", "api", "handler"): 3,
        ("functions", "api", "text"): 4,
        ("functions", "api", "list"): 8,
        ("functions", "api", "dotted"): 11,
        ("functions", "api", "dotted", "key"): 11,
        ("functions", "api", "after"): 12,
        ("functions", "with dots.in"): 14,
        ("functions", "with dots.in", "quoted"): 15,
        ("functions", "with dots.in", "inline"): 16,
    }


def test_a_key_of_an_inline_table_has_the_line_of_the_table() -> None:
    assert line_of(("functions", "with dots.in", "inline", "one"), key_lines(TEXT)) == 16
