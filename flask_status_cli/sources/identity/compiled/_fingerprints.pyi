"""The interface of `fingerprints.c`, which is compiled when the package is installed."""

def fingerprints(
    whole: bytes, dense: int, span: int, step: int, lines: int, /
) -> tuple[bytes, bytes]:
    """Return the packed marks and the prints of a content that is not empty.

    - `dense`: up to this position, each line end has a mark.
    - `span`: a mark covers so many bytes.
    - `step`: further marks are at the multiples of this number. The end of the content has one, too.
    - `lines`: so many first lines have a print.
    """
