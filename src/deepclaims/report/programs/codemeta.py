"""The software's metadata in the words of CodeMeta, from `CITATION.cff`: one source for both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def codemeta(citation: Mapping[str, Any]) -> dict[str, Any]:
    """`codemeta.json` of the content of a `CITATION.cff`."""
    return {
        "@context": "https://w3id.org/codemeta/3.0",
        "type": "SoftwareSourceCode",
        "name": str(citation["title"]).partition(":")[0],
        "description": str(citation["title"]),
        "version": str(citation["version"]),
        "datePublished": str(citation["date-released"]),
        "license": f"https://spdx.org/licenses/{citation['license']}",
        "programmingLanguage": "Python",
        "keywords": [str(each) for each in citation.get("keywords", ())],
        "author": [_author(each) for each in citation["authors"]],
    }


def _author(author: Mapping[str, Any]) -> dict[str, str]:
    if "name" in author:
        return {"type": "Organization", "name": str(author["name"])}
    return {
        "type": "Person",
        "givenName": str(author.get("given-names", "")),
        "familyName": str(author.get("family-names", "")),
    }
