"""The pages say all that is in the catalog, and are as it is."""

import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from psycopg2.extensions import connection as Connection

from messenger_db.folders import migrations
from messenger_db.reference.pages import NAMES, pages
from messenger_db.reference.schema import Schema, read

# Of the monospace fonts in use DejaVu Sans Mono has the widest characters, in parts of the font's size.
WIDEST = 0.6021

DOCS = Path(__file__).parents[2] / "docs"

# Of a table that nobody planned for: names and words that Markdown, HTML or Graphviz would take for their own.
ODD = """
CREATE TABLE oddments (
    id bigint GENERATED ALWAYS AS IDENTITY,
    chat_id uuid,
    message_id uuid,
    note text DEFAULT 'a|b',
    CONSTRAINT oddments_pkey PRIMARY KEY (id),
    CONSTRAINT oddments_chat_id_message_id_fkey FOREIGN KEY (chat_id, message_id) REFERENCES messages (chat_id, id),
    CONSTRAINT oddments_note_odd CHECK (note || '<' <> '`|`')
);

COMMENT ON TABLE oddments IS 'A <b>pinned</b> & "starred" | message.';
"""


class Page(HTMLParser):
    """The ids of a page, where its links lead, and what it loads."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            elif name in ("href", "xlink:href"):
                (self.loaded if tag == "link" else self.links).append(value or "")
            elif name in ("src", "srcset", "data"):
                self.loaded.append(value or "")


def made(connection: Connection) -> dict[str, str]:
    return pages(read(connection), migrations()[-1].id)


def unescaped(markdown: str) -> str:
    return re.sub(r"\\(.)", r"\1", markdown)


def facts(schema: Schema) -> set[str]:
    """Return the name and the comment of everything there is."""
    said: list[str] = []
    for table in schema.tables:
        said += [table.name, table.comment]
        for parts in (
            table.columns,
            table.keys,
            table.foreign_keys,
            table.rules,
            table.indexes,
            table.triggers,
            table.policies,
        ):
            said += [text for part in parts for text in (part.name, part.comment)]
    said += [text for view in schema.views for text in (view.name, view.comment)]
    said += [text for type_ in schema.types for text in (type_.name, type_.comment)]
    for function in schema.functions:
        said += [function.signature, function.comment]
    return set(said)


@pytest.mark.parametrize("name", NAMES)
def test_it_is_up_to_date(connection: Connection, name: str) -> None:
    assert made(connection)[name] == (DOCS / name).read_text(encoding="utf-8"), f"docs/{name} is old: run make docs"


def test_both_name_all_there_is(connection: Connection) -> None:
    schema = read(connection)
    texts = pages(schema, "newest")
    words = Words(texts["schema.html"]).text
    assert len(facts(schema)) > 200
    assert [fact for fact in facts(schema) if fact not in unescaped(texts["schema.md"])] == []
    assert [fact for fact in facts(schema) if fact not in words] == []


class Words(HTMLParser):
    """What a page shows."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = ""
        self.feed(text)

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_diagram_fits_its_boxes_in_any_monospace_font(connection: Connection) -> None:
    page = made(connection)["schema.html"]
    assert set(re.findall(r'font-family="(.*?)"', page)) == {"Courier,monospace"}
    boxes = re.findall(r'class="node">(.*?)\n</g>\n</g>', page, re.DOTALL)
    assert len(boxes) == len(read(connection).tables)
    for box in boxes:
        right = max(float(x) for x in re.findall(r"[ \"](-?[\d.]+),-", box))
        texts = re.findall(r'<text .*? x="(.*?)".*? font-size="(.*?)".*?>(.*?)</text>', box)
        assert len(texts) > 4
        for x, size, text in texts:
            assert float(x) + WIDEST * float(size) * len(unescape(text)) <= right, text


def test_a_new_table_appears_by_itself(connection: Connection) -> None:
    connection.cursor().execute(ODD)
    texts = made(connection)
    page = Page(texts["schema.html"])
    assert "oddments" in page.ids
    assert "#oddments" in page.links
    assert 'A <b>pinned</b> & "starred" | message.' in Words(texts["schema.html"]).text
    assert "<b>pinned" not in texts["schema.html"]
    assert "<b>pinned" not in unescaped(re.sub(r"\\[<&]", "", texts["schema.md"]))
    assert "    messages |o..o{ oddments : message_id\n" in texts["schema.md"]
    assert "`` note || '<' <> '`|`' ``".replace("|", r"\|") in texts["schema.md"]


def test_a_table_in_markdown_has_as_many_cells_in_each_row(connection: Connection) -> None:
    connection.cursor().execute(ODD)
    for block in re.findall(r"^\|.*(?:\n\|.*)+", made(connection)["schema.md"], re.MULTILINE):
        assert len({len(re.findall(r"(?<!\\)\|", row)) for row in block.splitlines()}) == 1, block


def test_line_breaks_and_control_characters_are_shown_as_text(connection: Connection) -> None:
    connection.cursor().execute(
        r"""
        CREATE TABLE oddments (id bigint, "e\033[31m" integer);
        COMMENT ON COLUMN oddments.id IS E'one | \033[31m\ntwo';
        """.replace('"e\\033', '"e\x1b')
    )
    texts = made(connection)
    assert not any("\x1b" in text for text in texts.values())
    assert r"one \| \\x1b\[31m two |" in texts["schema.md"]
    assert r"`e\x1b[31m`" in texts["schema.md"]


def test_the_page_stands_alone_and_its_links_lead_somewhere(connection: Connection) -> None:
    page = Page(made(connection)["schema.html"])
    assert page.loaded == []
    assert len(page.ids) == len(set(page.ids))
    assert {link for link in page.links if link.startswith("#")} <= {f"#{name}" for name in page.ids}
    assert {link for link in page.links if not link.startswith("#")} == {"../messenger_db/hot_paths"}
    assert "@import" not in (html := made(connection)["schema.html"])
    assert "url(" not in html


def test_every_foreign_key_is_in_both_drawings(connection: Connection) -> None:
    schema = read(connection)
    texts = pages(schema, "newest")
    keys = [key for table in schema.tables for key in table.foreign_keys]
    lines = re.findall(r"^ +\w+ [|o]{2}(?:--|\.\.)[|{o]{2} \w+ : \w+$", texts["schema.md"], re.MULTILINE)
    assert len(lines) == len(keys)
    drawn = re.findall(r'xlink:title="(\w+_fkey)"', texts["schema.html"])
    own = {key.name for key in keys if key.table == key.target}
    assert set(drawn) == {key.name for key in keys} - own
    assert texts["schema.html"].count("→") == len(own)
