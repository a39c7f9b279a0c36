"""Reads cleaned HTML as a browser would (html5lib) and names everything in it that must not be there.

usage: oracle.py FILE     a JSON list of texts; prints a JSON list of {"index", "faults"} of those that have some

It shares nothing with the cleaner: the lists below are written out once more on purpose.
"""

import json
import re
import sys

import html5lib

ELEMENTS = set(
    """a abbr acronym address b bdo big blockquote br caption center cite code col colgroup dd del dfn div dl dt em font
    h1 h2 h3 h4 h5 h6 hr i img ins kbd li ol p pre q s samp small span strike strong sub sup table tbody td tfoot th
    thead tr tt u ul var""".split()
)
ATTRIBUTES = set(
    """align alt bgcolor border cellpadding cellspacing color colspan dir face height href lang rel rowspan size span src
    start style target title type valign width""".split()
)
STYLE = re.compile(r"url\s*\(|expression|import|position|behaviou?r|javascript|-moz-|\\|/\*|[{}<@]", re.IGNORECASE)
XHTML = "{http://www.w3.org/1999/xhtml}"


def link_faults(name, value):
    # Browsers overlook these characters before they look at the scheme.
    scheme = re.sub(r"[\x00-\x20\x7f-\xa0]", "", value).split(":")[0].lower()
    if name == "src" and scheme != "cid":
        yield f"source {value[:60]!r}"
    if name == "href" and scheme not in ("http", "https", "mailto"):
        yield f"link {value[:60]!r}"


def element_faults(element):
    if not isinstance(element.tag, str):
        yield "a comment or an instruction"
        return
    if not element.tag.startswith(XHTML):
        yield f"{element.tag} is of another language"
        return
    name = element.tag[len(XHTML) :]
    if name not in ELEMENTS:
        yield f"element {name}"
    for attribute, value in element.attrib.items():
        if attribute not in ATTRIBUTES:
            yield f"attribute {attribute} of {name}"
        yield from link_faults(attribute, value) if attribute in ("href", "src") else ()
        if attribute == "style" and STYLE.search(value):
            yield f"style {value[:60]!r}"


def faults(text):
    """The page puts it into an element of its own: it must not get out of it."""
    tree = html5lib.parse(f'<!DOCTYPE html><body><div id="mail">{text}</div><hr id="after">', treebuilder="etree")
    body = tree.find(f"{XHTML}body")
    shell = [child for child in body if child.get("id") in ("mail", "after")]
    if [child.get("id") for child in body] != ["mail", "after"] or (body.text or "").strip():
        yield "it leaves its place"
    if shell and (shell[0].tail or "").strip():
        yield "words leave its place"
    for child in shell[:1]:
        for element in child.iter():
            if element is not child:
                yield from element_faults(element)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        texts = json.load(file)
    found = []
    for index, text in enumerate(texts):
        named = list(faults(text))
        if named:
            found.append({"index": index, "faults": named[:5]})
    json.dump(found, sys.stdout)


main()
