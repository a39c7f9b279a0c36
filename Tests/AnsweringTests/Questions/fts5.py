"""The right article first, by SQLite's FTS5 as it comes: the plain search that ours is held against.

usage: fts5.py KNOWLEDGE QUESTIONS.json     prints {"tokenizer": {"right": n, "of": m}} for three tokenizers

Title and text in two columns, `bm25(3.0, 1.0)`, OR of all terms of subject and question.
"""

import json
import os
import re
import sqlite3
import sys


def articles(folder):
    for place, _, names in sorted(os.walk(folder)):
        for name in sorted(names):
            if not name.endswith(".md"):
                continue
            path = os.path.join(place, name)
            with open(path, encoding="utf-8") as file:
                text = file.read()
            if text.startswith("---"):
                text = text[3:].split("\n---", 1)[1]
            title = re.search(r"^#\s+(.*)$", text, re.MULTILINE)
            yield os.path.relpath(path, folder), title.group(1) if title else "", text


def main():
    folder, file = sys.argv[1:]
    with open(file, encoding="utf-8") as questions:
        asked = [question for question in json.load(questions) if question["article"]]
    rows = list(articles(folder))
    found = {}
    for tokenizer in ("unicode61", "porter unicode61", "trigram"):
        database = sqlite3.connect(":memory:")
        database.execute(f"CREATE VIRTUAL TABLE a USING fts5(path UNINDEXED, title, body, tokenize = '{tokenizer}')")
        database.executemany("INSERT INTO a VALUES (?, ?, ?)", rows)
        right = 0
        for question in asked:
            terms = re.findall(r"\w+", question.get("subject", "") + " " + question["question"])
            if tokenizer == "trigram":
                terms = [term for term in terms if len(term) > 2]
            query = " OR ".join(f'"{term}"' for term in terms)
            row = query and database.execute(
                "SELECT path FROM a WHERE a MATCH ? ORDER BY bm25(a, 0, 3.0, 1.0) LIMIT 1", (query,)
            ).fetchone()
            right += bool(row) and row[0] in (question.get("articles") or [question["article"]])
        found[tokenizer] = {"right": right, "of": len(asked)}
    json.dump(found, sys.stdout)


main()
