"""Print the API's document, of which the web client's types are made."""

import json
from importlib.metadata import version

from inkdigits.server.contract import KINDS, OPERATIONS
from inkdigits.server.openapi import document

print(json.dumps(document(OPERATIONS, KINDS, "", version("inkdigits")), indent=2))
