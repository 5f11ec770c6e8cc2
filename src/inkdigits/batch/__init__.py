"""Many pictures: inputs -> items -> blocks -> rows -> one file, which grows by whole blocks."""

from inkdigits.batch.blocks import Block, blocks_of
from inkdigits.batch.forms import FORMS
from inkdigits.batch.local import cores, read_here
from inkdigits.batch.read import Answered, Asked, BlockReader
from inkdigits.batch.run import Answers, Tally, run
from inkdigits.batch.sources import Input, items_of

__all__ = [
    "FORMS",
    "Answered",
    "Answers",
    "Asked",
    "Block",
    "BlockReader",
    "Input",
    "Tally",
    "blocks_of",
    "cores",
    "items_of",
    "read_here",
    "run",
]
